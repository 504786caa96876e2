/**
 * kill -9 at an await: after a countdown of steps (a statement, a commit, a call outward) everything the process does next fails, as if it were gone. What
 * was committed stays; what was about to happen does not. Reviving is a new process: its memory is empty, the database is as it was left.
 */
import type { Db } from '../../src/store/db.ts';

export class ProcessDied extends Error { override name = 'ProcessDied'; }

/** Where a countdown counts: any step, only writes to the shop, only the one that makes a fulfilment, or only transactions about to commit: the rare moments at which it matters most. */
export type Moment = 'any' | 'write' | 'fulfil' | 'commit';
/** What a moment also is. */
const ALSO: Partial<Record<Moment, Moment>> = { fulfil: 'write' };
export interface Life { step(moment?: Moment): void; dieIn(steps: number, moment?: Moment): void; revive(forGood?: boolean): boolean }

export function life(): Life {
  let dead = false, countdown: number | null = null, counts: Moment = 'any';
  return {
    step(moment = 'any') {
      if (dead) throw new ProcessDied('the process is gone');
      if (countdown !== null && (counts === 'any' || counts === moment || counts === ALSO[moment]) && --countdown <= 0) { dead = true; countdown = null; throw new ProcessDied('kill -9'); }
    },
    dieIn(steps, moment = 'any') { countdown = steps; counts = moment; },
    // One aimed at the call that makes a fulfilment waits for it, however many deeds come first: most deeds make none.
    revive(forGood = false) { const was = dead; dead = false; if (was || forGood || counts !== 'fulfil') countdown = null; return was; },
  };
}

/** Puts a step before and after every statement and on both sides of every commit. */
export function mortal(db: Db, { step }: Life): void {
  const query = db.query.bind(db), transaction = db.transaction.bind(db);
  db.query = (async (text: never, values?: never) => { step(); const answer = await query(text, values); step(); return answer; }) as Db['query'];
  db.transaction = async (work) => {
    step();
    const result = await transaction(async (tx) => { const made = await work(tx); step('commit'); return made; });
    step(); // committed, and nobody heard of it
    return result;
  };
}
