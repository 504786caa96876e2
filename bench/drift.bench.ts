/** drift check: the one statement that compares every level of the ledger with what Shopify stated (`driftCandidates`), at a million levels. */
import { driftCandidates, levelsCompared } from '../src/store/drift.ts';
import { hotLevels } from '../src/store/hot-levels.ts';
import { faultsOf, faultsOfSlice, levelsTouched } from '../src/store/ledger-check.ts';
import { checkPlanner } from '../src/store/planner-drift.ts';
import { withCluster } from './cluster.ts';
import type { Db } from '../src/store/db.ts';
import { makeCatalogue, makeLevels, PLACES, STORE } from './levels.ts';
import type { Benchmark } from './report.ts';
import { median, ratio, seconds, timed, whole } from './statistics.ts';

const LEVELS = 1_000_000;
const ROUNDS = 5;
/** Levels of the second measurement that differ: a thousandth. */
const DIFFERING = 1_000;
/** As in flows/ledger-check.ts: items of a slice of the night, levels of a statement of the hour; and hot levels, as in flows/drift-check.ts. */
const SLICE = 500, WRITTEN = 5_000, HOT = 240;
/** Sales since the planner's sync: a busy day. */
const SOLD_SINCE = 100_000;
const SYNCED_AT = '2026-11-01T02:00:00Z', NOW = '2026-11-01T20:00:00Z';

export const bench: Benchmark = {
  name: 'drift',
  about: 'The statement that finds every level whose ledger differs from Shopify in any state (`driftCandidates`), at 1 M levels, beside reading the same balances without comparing them.',
  run: (say) => withCluster(async ({ db }) => {
    say('preparing 1 M levels');
    await makeCatalogue(db, LEVELS / PLACES);
    await makeLevels(db, LEVELS);
    await db.query(
      `insert into observed_level (store_id, item_id, location_id, available, available_at, on_hand, committed, reserved, damaged, safety_stock, quality_control, incoming, full_at)
       select store_id, item_id, location_id, available, updated_at, available, 0, 0, 0, 0, 0, 0, updated_at from ledger_level order by 2, 3`);
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
    // As many more by damaged goods alone: available agrees there.
    await db.query(`update observed_level set damaged = damaged + 1 where (item_id, location_id) in (select 20 + k * 37, 1 + k % $2::int from generate_series(0, $1::int - 1) k)`, [DIFFERING, PLACES]);
    await db.query('vacuum analyze observed_level');
    const broken: number[] = [];
    for (let n = 0; n < ROUNDS; n++) await round(broken, 2 * DIFFERING);
    const without: number[] = [], beside: number[] = [];
    for (let n = 0; n < ROUNDS; n++) without.push((await timed(() => checkPlanner(db, STORE, null, NOW))).ms);
    say('preparing the planner’s 1 M figures');
    const moved = await makePlanner(db);
    for (let n = 0; n < ROUNDS; n++) {
      const { ms, value } = await timed(() => checkPlanner(db, STORE, null, NOW));
      if (value.compared !== LEVELS || value.found.length !== moved) throw new Error(`${value.compared} figures, ${value.found.length} differ, not ${moved}`);
      if (value.found.some((one) => one.causes.some(({ cause }) => cause !== 'not exchanged yet'))) throw new Error('a sale since the sync was given another cause');
      beside.push(ms);
    }
    say('folding all movements beside the balances');
    const folded = await timed(async () => {
      let levels = 0, slices = 0;
      for (let slice, at = 0; (slice = await faultsOfSlice(db, STORE, at, SLICE, 100)) !== null; at = slice.last) { levels += slice.levels; slices++; if (slice.faults.length > 0) throw new Error('a balance is not the fold of its movements'); }
      if (levels !== LEVELS) throw new Error(`${levels} levels looked at`);
      return slices;
    });
    const hot: number[] = [];
    for (let n = 0; n < ROUNDS; n++) { const { ms, value } = await timed(() => hotLevels(db, STORE, NOW, HOT)); if (value.length !== HOT) throw new Error(`${value.length} hot levels`); hot.push(ms); }
    const hour = await timed(async () => {
      const { levels } = await levelsTouched(db, STORE, NOW, LEVELS);
      for (let start = 0; start < levels.length; start += WRITTEN) if ((await faultsOf(db, STORE, levels.slice(start, start + WRITTEN), 100)).length > 0) throw new Error('a balance is not the fold of its movements');
      return levels.length;
    });
    const compared = await levelsCompared(db, STORE), worst = Math.max(median(equal), median(differing), median(broken));
    return {
      tables: [{
        title: `Median of ${ROUNDS} rounds, ${whole(compared)} levels`, columns: ['', 'time', 'levels/s', '× reading alone'],
        rows: [['no planner is connected: what the check of it costs', without], [`1 M figures of a planner beside the ledger, ${whole(SOLD_SINCE)} movements since its sync, ${whole(moved)} levels differ (\`checkPlanner\`, findings kept)`, beside], ['balances read and summed, nothing compared', bare], ['all levels equal', equal], [`${whole(DIFFERING)} levels differ in available`, differing], [`and ${whole(DIFFERING)} in damaged alone`, broken], [`all balances beside the fold of 1.1 M movements, ${whole(folded.value)} slices of ${SLICE} items (\`ledger-check\` at night), once`, [folded.ms]], [`${whole(hour.value)} levels written within the hour beside theirs, once`, [hour.ms]], [`the ${HOT} hottest levels (\`hotLevels\`, every minute)`, hot]].map(([title, times]) =>
          [title as string, seconds(median(times as number[])), whole(LEVELS / median(times as number[]) * 1000), ratio(median(times as number[]) / median(bare))]),
      }],
      verdicts: [{ what: 'drift check of 1 M levels, one SQL', goal: '≤ 5 s', measured: seconds(worst), met: worst <= 5_000 }],
      notes: [],
    };
  }),
};

/** A planner that shows what was available before the sales of its day; answers at how many levels it differs by them. */
async function makePlanner(db: Db): Promise<number> {
  await db.query(`insert into planner_connection (store_id, origin, account, api_key, files_token, created_at, updated_at, updated_by) values ($1, 'http://127.0.0.1', 'a1', '', 'f', $2, $2, 'bench')`, [STORE, SYNCED_AT]);
  await db.query(`insert into planner_warehouse (store_id, planner_warehouse_id, name, kind, is_disabled, location_id, matched_by, synced_at, seen_at) select $1, 'c1_' || n, 'Place ' || n, 'warehouse', false, n, 'same id', $2, $2 from generate_series(1, ${PLACES}) n`, [STORE, SYNCED_AT]);
  await db.query(`insert into planner_variant select $1, 'c1_' || item_id, sku, title, item_id, 'same id', $2 from item`, [STORE, SYNCED_AT]);
  await db.query(`insert into planner_figure (store_id, planner_variant_id, planner_warehouse_id, in_stock, on_order, replenishment, read_at) select $1, 'c1_' || item_id, 'c1_' || location_id, available, 0, 0, $2 from ledger_level`, [STORE, SYNCED_AT]);
  await db.query(
    `with sold as (insert into movement (store_id, item_id, kind, from_location, from_state, to_location, to_state, quantity, fact, revision, occurred_at, recorded_at, source)
       select $1, 1 + k % ${LEVELS / PLACES} , 'order committed', 1 + k % ${PLACES}, 'available', 1 + k % ${PLACES}, 'committed', 1, 'bench:sale/' || k, 1, $2, $2, 'bench' from generate_series(1, $3::int) k returning item_id, to_location)
     update ledger_level g set available = available - n, committed = committed + n from (select item_id, to_location, count(*)::int as n from sold group by 1, 2) s where g.store_id = $1 and g.item_id = s.item_id and g.location_id = s.to_location`, [STORE, NOW, SOLD_SINCE]);
  await db.query('vacuum analyze movement, ledger_level, planner_figure, planner_variant, planner_warehouse');
  return (await db.query<{ n: number }>('select count(*)::int as n from (select distinct item_id, to_location from movement where store_id = $1 and recorded_at = $2) d', [STORE, NOW])).rows[0]!.n;
}
