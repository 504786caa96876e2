/** drift check: the one statement that compares every level of the ledger with what Shopify stated (`driftCandidates`), at a million levels. */
import { driftCandidates, levelsCompared } from '../src/store/drift.ts';
import { withCluster } from './cluster.ts';
import { makeCatalogue, makeLevels, PLACES, STORE } from './levels.ts';
import type { Benchmark } from './report.ts';
import { median, ratio, seconds, timed, whole } from './statistics.ts';

const LEVELS = 1_000_000;
const ROUNDS = 5;
/** Levels of the second measurement that differ: a thousandth. */
const DIFFERING = 1_000;

export const bench: Benchmark = {
  name: 'drift',
  about: 'The statement that finds every level whose ledger differs from Shopify (`driftCandidates`), at 1 M levels, beside reading the same balances without comparing them.',
  run: (say) => withCluster(async ({ db }) => {
    say('preparing 1 M levels');
    await makeCatalogue(db, LEVELS / PLACES);
    await makeLevels(db, LEVELS);
    await db.query(
      `insert into observed_level (store_id, item_id, location_id, available, available_at, on_hand, committed, full_at)
       select store_id, item_id, location_id, available, updated_at, available, 0, updated_at from ledger_level order by 2, 3`);
    await db.query('vacuum analyze observed_level');
    const equal: number[] = [], bare: number[] = [], differing: number[] = [];
    const round = async (times: number[], expected: number): Promise<void> => {
      const { ms, value } = await timed(() => driftCandidates(db, STORE, 5_000));
      if (value.length !== expected) throw new Error(`${value.length} candidates, ${expected} levels differ`);
      times.push(ms);
      bare.push((await timed(() => db.query('select count(*), sum(available + committed) from ledger_level where store_id = $1', [STORE]))).ms);
    };
    for (let n = 0; n <= ROUNDS; n++) { await round(equal, 0); if (n === 0) { equal.length = 0; bare.length = 0; } }
    await db.query(`update observed_level set available = available + 1 where (item_id, location_id) in (select 1 + k * 37, 1 + k % $2::int from generate_series(0, $1::int - 1) k)`, [DIFFERING, PLACES]);
    await db.query('vacuum analyze observed_level');
    for (let n = 0; n < ROUNDS; n++) await round(differing, DIFFERING);
    const compared = await levelsCompared(db, STORE), worst = Math.max(median(equal), median(differing));
    return {
      tables: [{
        title: `Median of ${ROUNDS} rounds, ${whole(compared)} levels`, columns: ['', 'time', 'levels/s', '× reading alone'],
        rows: [['balances read and summed, nothing compared', bare], ['all levels equal', equal], [`${whole(DIFFERING)} levels differ`, differing]].map(([title, times]) =>
          [title as string, seconds(median(times as number[])), whole(LEVELS / median(times as number[]) * 1000), ratio(median(times as number[]) / median(bare))]),
      }],
      verdicts: [{ what: 'drift check of 1 M levels, one SQL', goal: '≤ 5 s', measured: seconds(worst), met: worst <= 5_000 }],
      notes: [],
    };
  }),
};
