/** PO_OVERDUE: a late order is this week's, and today's where a stockout follows before it can be expected, by the plan's own forecast. */
import { expect, it } from 'vitest';
import { addDays } from '../../src/domain/calendar.ts';
import { saveForecasts, startForecastRun } from '../../src/store/forecasts.ts';
import { planningDesk } from '../helpers/planning-desk.ts';

const TODAY = '2026-11-26', { clock, db, storeId, itemIds, locationIds } = await planningDesk(`${TODAY}T12:00:00.000Z`, 4);
const place = locationIds[0]!, { rows: [supplier] } = await db.query<{ id: number }>(`insert into supplier (store_id, name, currency, lead_time_days, updated_at, updated_by) values ($1, 'Mill', 'EUR', 10, $2, 'test') returning supplier_id as id`, [storeId, clock.now()]);

/** A forecast of `rate` units each day of each item, for certain; and what stands there. */
async function world(rates: readonly (number | null)[], stock: readonly number[]): Promise<void> {
  const run = await startForecastRun(db, storeId, addDays(TODAY, -1), 60, clock.now());
  await db.query('update forecast_run set finished_at = $2 where store_id = $1', [storeId, clock.now()]);
  const days = Array.from({ length: 60 }, (_, h) => h), levels = [0.05, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99];
  for (const [n, rate] of rates.entries()) {
    await db.query(`insert into ledger_level (store_id, item_id, location_id, available, updated_at) values ($1, $2, $3, $4, $5) on conflict (store_id, item_id, location_id) do update set available = excluded.available`, [storeId, itemIds[n], place, stock[n], clock.now()]);
    if (rate === null) continue;
    const paths = levels.map((q) => ({ q, values: days.map((h) => rate * (h + 1)) })), result = { method: 'test', mean: days.map(() => rate), totals: days.map((h) => rate * (h + 1)), cumulative: paths, daily: paths, flags: [], error: { wape: null, rmsse: null, bias: null, coverage: null, under80: null, under90: null, pinball: null }, trainedOn: { from: null, to: null, censoredDays: 0 }, shape: { class: 'smooth' }, madeOf: { units: [], weekdays: null } } as never;
    await saveForecasts(db, storeId, run, addDays(TODAY, -1), [{ itemId: itemIds[n]!, locationId: place, result, sold28: 0 }]);
  }
}
let orders = 0;
async function order(expectedOn: string, lines: readonly [number, number][]): Promise<number> {
  const { rows: [made] } = await db.query<{ id: number }>(`insert into purchase_order (store_id, supplier_id, location_id, reference, state, currency, ordered_on, expected_on, created_at, created_by, updated_at) values ($1, $2, $3, $4, 'sent', 'EUR', $5, $6, $7, 'test', $7) returning purchase_order_id as id`, [storeId, supplier!.id, place, `PO-${++orders}`, addDays(TODAY, -40), expectedOn, clock.now()]);
  for (const [n, [item, ordered]] of lines.entries()) await db.query(`insert into purchase_order_line (store_id, purchase_order_id, line, item_id, ordered, unit_cost) values ($1, $2, $3, $4, $5, 100)`, [storeId, made!.id, n + 1, itemIds[item], ordered]);
  return made!.id;
}
const cases = async () => {
  await clock.flow('purchase-orders', storeId);
  return (await db.query<{ severity: number; sentence: string; evidence: { mayComeOn: string; runsOut: unknown } }>(`select severity, sentence, evidence from exception where store_id = $1 and kind = 'PO_OVERDUE' and state = 'open' order by exception_id`, [storeId])).rows;
};

it('is more urgent where what it brings runs out first, and says what and when', async () => {
  await world([2, 2, null, 2], [40, 7, 0, 7]);
  const late = await order(addDays(TODAY, -5), [[0, 30], [2, 30]]);
  // Forty units last twenty days; what nobody forecasts is not judged.
  expect(await cases()).toMatchObject([{ severity: 3, evidence: { mayComeOn: addDays(TODAY, 5), runsOut: [] } }]);
  const worse = await order(addDays(TODAY, -5), [[1, 30], [3, 30]]);
  const [, found] = await cases();
  expect(found).toMatchObject({ severity: 2, evidence: { mayComeOn: addDays(TODAY, 5), runsOut: [{ name: 'SKU-2', on: addDays(TODAY, 3) }, { name: 'SKU-4', on: addDays(TODAY, 3) }] } });
  expect(found!.sentence).toContain(`More likely than not gone before it can be expected on ${addDays(TODAY, 5)}: SKU-2 on ${addDays(TODAY, 3)}, SKU-4 on ${addDays(TODAY, 3)}.`);
  // Others on their way fill the gap.
  await order(addDays(TODAY, 2), [[1, 10], [3, 10]]);
  expect((await cases())[1]!.evidence.runsOut).toEqual([]);
  // Re-dated, it is late no more.
  await db.query('update purchase_order set expected_on = $2 where store_id = $1 and purchase_order_id = any($3)', [storeId, addDays(TODAY, 8), [late, worse]]);
  expect(await cases()).toEqual([]);
});
