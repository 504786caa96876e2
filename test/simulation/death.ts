/**
 * kill -9 at an await: after a countdown of steps (a statement, a commit, a call outward) everything the process does next fails, as if it were gone. What
 * was committed stays; what was about to happen does not. Reviving is a new process: its memory is empty, the database is as it was left.
 */
import type { Db } from '../../src/store/db.ts';

export class ProcessDied extends Error { override name = 'ProcessDied'; }

/**
 * Where a countdown counts: any step, only writes to the shop, only the one that makes a fulfilment, only transactions about to commit, or only the one that
 * settles a warehouse document with what it did: the rare moments at which it matters most.
 */
export type Moment = 'any' | 'write' | 'fulfil' | 'commit' | 'document';
/** What a moment also is. */
const ALSO: Partial<Record<Moment, Moment>> = { fulfil: 'write', document: 'commit' };
/** One aimed at these waits for it, however many deeds come first: most deeds have none. */
const WAITS: readonly Moment[] = ['fulfil', 'document'];
export interface Life { step(moment?: Moment): void; dieIn(steps: number, moment?: Moment): void; revive(forGood?: boolean): boolean }

export function life(): Life {
  let dead = false;
  /** Deaths to come, each with its own countdown: one that waits for a rare moment is not forgotten for another drawn meanwhile. */
  let coming: { left: number; counts: Moment }[] = [];
  return {
    step(moment = 'any') {
      if (dead) throw new ProcessDied('the process is gone');
      for (const death of coming) if ((death.counts === 'any' || death.counts === moment || death.counts === ALSO[moment]) && --death.left <= 0) dead = true;
      if (!dead) return;
      coming = coming.filter((death) => death.left > 0);
      throw new ProcessDied('kill -9');
    },
    dieIn(steps, moment = 'any') { coming = [...coming.filter((death) => death.counts !== moment), { left: steps, counts: moment }]; },
    revive(forGood = false) { const was = dead; dead = false; coming = forGood ? [] : coming.filter((death) => WAITS.includes(death.counts)); return was; },
  };
}

/** What tells a transaction that settles a warehouse document from the others. */
const SETTLES = /^update warehouse_document set state/;

/** Puts a step before and after every statement and on both sides of every commit. */
export function mortal(db: Db, { step }: Life): void {
  const query = db.query.bind(db), transaction = db.transaction.bind(db);
  db.query = (async (text: never, values?: never) => { step(); const answer = await query(text, values); step(); return answer; }) as Db['query'];
  db.transaction = async (work) => {
    step();
    const result = await transaction(async (tx) => {
      let moment: Moment = 'commit';
      const own = tx.query.bind(tx) as (...given: unknown[]) => unknown;
      const listening = (...given: unknown[]): unknown => { if (typeof given[0] === 'string' && SETTLES.test(given[0])) moment = 'document'; return own(...given); };
      Object.assign(tx, { query: listening });
      try {
        const made = await work(tx);
        step(moment);
        return made;
      } finally { delete (tx as { query?: unknown }).query; }
    });
    step(); // committed, and nobody heard of it
    return result;
  };
}
