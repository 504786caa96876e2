/** `instep plan`: the replenishment worklist with each line's sentence. */
import { dayOf } from '../../domain/calendar.ts';
import { replenishment } from '../../flows/replenishment.ts';
import { runFlow } from '../../runtime/run-flow.ts';
import { replenishmentPage, replenishmentTotals, type ReplenishmentFilter } from '../../store/recommendations.ts';
import { chosenStore, withHouse } from '../house.ts';
import { UsageError, print, progressBars, table } from '../terminal.ts';

export async function planCommand(options: { store?: string; json?: boolean; vendor?: string; due?: boolean; limit: string; refresh?: boolean }): Promise<void> {
  if (!/^\d{1,5}$/.test(options.limit)) throw new UsageError(`--limit ${options.limit}: expected a number of lines`);
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store);
    if (options.refresh) {
      const bars = progressBars(options.json ?? false);
      try { await runFlow(house, replenishment, store.store_id, 'command line', bars.watch); } finally { bars.stop(); }
    }
    const filter: ReplenishmentFilter = { view: options.due ? 'due' : 'to order', vendor: options.vendor, today: dayOf(house.clock.now().toISOString(), store.time_zone), sort: 'urgency', dir: 'asc', after: null, limit: Number(options.limit) };
    const rows = await replenishmentPage(house.db, store.store_id, filter);
    const { totals } = await replenishmentTotals(house.db, store.store_id, filter);
    print(options.json ?? false, { totals, lines: rows.map(({ sort_value: _, ...row }) => row) }, () =>
      `${totals.rows.toLocaleString('en-GB')} lines, ${totals.units.toLocaleString('en-GB')} units, ${(Number(totals.cost) / 100).toLocaleString('en-GB')} ${store.currency}\n\n${
        table(['SKU', 'Location', 'Vendor', 'Available', 'Order', 'Order by', 'Out P50'], rows.map((r) => [r.sku || r.title, r.location, r.vendor, r.available, r.quantity, r.order_by, r.stockout_p50]))}\n\n${
        rows.slice(0, 5).map((r) => `${r.sku || r.title}: ${r.detail.sentence}`).join('\n')}`);
  });
}
