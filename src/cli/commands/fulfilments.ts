/** `instep fulfilments`: parcels the warehouse sent and what became of them in Shopify; exit 3 when some are late. */
import { fulfilments, LATE_MS } from '../../flows/fulfilments.ts';
import { runFlow } from '../../runtime/run-flow.ts';
import { shipmentCounts, shipmentPage, type ShipmentView } from '../../store/shipments-page.ts';
import { chosenStore, withHouse } from '../house.ts';
import { EXIT, UsageError, print, progressBars, rowLimit, table } from '../terminal.ts';

const VIEWS: readonly ShipmentView[] = ['late', 'waiting', 'held', 'written', 'all'];

export async function fulfilmentsCommand(options: { store?: string; json?: boolean; view: string; now?: boolean; limit: string }): Promise<void> {
  const view = VIEWS.find((name) => name === options.view);
  if (view === undefined) throw new UsageError(`--view ${options.view}: expected one of ${VIEWS.join(', ')}`);
  const limit = rowLimit(options.limit);
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store);
    if (options.now) {
      const bars = progressBars(options.json ?? false);
      try { await runFlow(house, fulfilments, store.store_id, 'command line', bars.watch); } finally { bars.stop(); }
    }
    const lateBefore = new Date(house.clock.now().getTime() - LATE_MS).toISOString();
    const counts = await shipmentCounts(house.db, store.store_id, lateBefore);
    const rows = await shipmentPage(house.db, store.store_id, { view, q: null, lateBefore, before: null, limit });
    print(options.json ?? false, { counts, parcels: rows }, () => `${counts.late} late, ${counts.waiting} waiting, ${counts.held} held, ${counts.written} in Shopify\n${
      rows.length === 0 ? '' : table(['Order', 'Parcel', 'Shipped', 'State', 'Units', 'Tracking', 'Why'], rows.map((r) => [r.order_name ?? r.order_id, r.document_id, r.shipped_at, r.state, r.units, r.parcels.map((p) => p.number ?? '').join(' '), r.reason ?? '']))}`);
    if (counts.late > 0) process.exitCode = EXIT.found;
  });
}
