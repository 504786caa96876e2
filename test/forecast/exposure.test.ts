/** Exposure: what is folded back from today's levels is what movements make of a day counted from its opening, whatever the order they were heard in. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addDays, daysBetween, instantOf } from '../../src/domain/calendar.ts';
import { foldExposure } from '../../src/store/forecasts.ts';
import { openDb } from '../../src/store/db.ts';
import { freshDatabase } from '../helpers/database.ts';

const ZONE = 'Europe/Amsterdam', FROM = '2026-03-25', THROUGH = '2026-03-31'; // with the night of 23 hours
const MINUTE = 60_000, starts = Date.parse(instantOf(FROM, 0, ZONE));
interface Moved { minute: number; units: number }
interface Level { opened: number; units: number; moves: Moved[] }
/** Minutes from two days before the first day to two after the last; quarters of an hour, so that some come together and some at midnight. */
const minutes = fc.integer({ min: -2 * 96, max: 9 * 96 }).map((quarter) => quarter * 15);
const level: fc.Arbitrary<Level> = fc.record({ opened: minutes, units: fc.integer({ min: 0, max: 3 }), moves: fc.array(fc.record({ minute: minutes, units: fc.constantFrom(-2, -1, 1, 2) }), { maxLength: 8 }) })
  .map((made) => ({ ...made, moves: made.moves.filter(({ minute }) => minute > made.opened) }));

/** Seconds above nothing over the day's seconds, by looking at every quarter of an hour; null where the day began before the opening. */
function shareOf({ opened, units, moves }: Level, day: string): number | null {
  const from = (Date.parse(instantOf(day, 0, ZONE)) - starts) / MINUTE, to = (Date.parse(instantOf(addDays(day, 1), 0, ZONE)) - starts) / MINUTE;
  if (from < opened) return null;
  let above = 0;
  for (let minute = from; minute < to; minute += 15) if (units + moves.reduce((sum, move) => sum + (move.minute <= minute ? move.units : 0), 0) > 0) above += 15;
  return above / (to - from);
}

it('is the share of each day a level was above nothing', async () => {
  const { url } = await freshDatabase(), db = openDb(url), at = (minute: number): string => new Date(starts + minute * MINUTE).toISOString();
  try {
    const { rows: [made] } = await db.query<{ store_id: number }>(`insert into store (shop_domain, name, currency, time_zone, created_at) values ('e.myshopify.com', 'E', 'EUR', $1, '2026-01-01') returning store_id`, [ZONE]), store = made!.store_id;
    let item = 0, fact = 0;
    await fc.assert(fc.asyncProperty(fc.array(level, { minLength: 20, maxLength: 40 }), async (levels) => {
      const first = item + 1, rows: (string | number)[][] = [];
      const move = (of: number, units: number, minute: number, kind: string): void => { rows.push([of, kind, units > 0 ? 0 : 1, units > 0 ? 'outside' : 'available', units > 0 ? 1 : 0, units > 0 ? 'available' : 'outside', Math.abs(units), `f${++fact}`, at(minute), at(minute + 20)]); };
      for (const one of levels) {
        item++;
        if (one.units > 0) move(item, one.units, one.opened, 'opening');
        for (const { minute, units } of one.moves) move(item, units, minute, 'counted');
      }
      const column = (n: number): (string | number)[] => rows.map((row) => row[n]!);
      await db.query(`insert into movement (store_id, item_id, kind, from_location, from_state, to_location, to_state, quantity, fact, revision, occurred_at, recorded_at, source)
        select ${store}, *, 'test' from (select unnest($1::int[]), unnest($2::text[]), unnest($3::int[]), unnest($4::text[]), unnest($5::int[]), unnest($6::text[]), unnest($7::int[]), unnest($8::text[]), 1, unnest($9::timestamptz[]), unnest($10::timestamptz[])) m`, Array.from({ length: 10 }, (_, n) => column(n)));
      const ids = levels.map((_, n) => first + n), sum = ({ units, moves }: Level): number => units + moves.reduce((total, one) => total + one.units, 0);
      await db.query('insert into opening select $1, unnest($2::int[]), 1, unnest($3::timestamptz[])', [store, ids, levels.map((one) => at(one.opened))]);
      await db.query(`insert into ledger_level (store_id, item_id, location_id, available, updated_at) select $1, unnest($2::int[]), 1, unnest($3::int[]), $4`, [store, ids, levels.map(sum), at(9 * 96 * 15)]);
      await foldExposure(db, store, ZONE, FROM, THROUGH, 7 * 9); // nine levels a page
      const found = await db.query<{ item_id: number; day: string; in_stock: number }>('select item_id, day, in_stock from daily_exposure where store_id = $1 and item_id >= $2 order by 1, 2', [store, first]);
      const expected = levels.flatMap((one, n) => Array.from({ length: daysBetween(FROM, THROUGH) + 1 }, (_, d) => addDays(FROM, d)).flatMap((day) => { const share = shareOf(one, day); return share === null ? [] : [{ item_id: first + n, day, in_stock: Math.round(share * 1e5) / 1e5 }]; }));
      expect(found.rows.map((row) => ({ ...row, in_stock: Math.round(row.in_stock * 1e5) / 1e5 }))).toEqual(expected);
      expect(await foldExposure(db, store, ZONE, FROM, THROUGH)).toBe(0);
    }), { numRuns: 6 });
  } finally { await db.close(); }
});
