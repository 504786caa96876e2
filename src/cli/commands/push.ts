/** `instep push`: what each level Instep may write should show, what it shows, and why it is not so yet. */
import { stockPush } from '../../flows/stock-push.ts';
import { warehouseFeed } from '../../flows/warehouse-feed.ts';
import { runFlow } from '../../runtime/run-flow.ts';
import { pushCounts, pushPage } from '../../store/push-page.ts';
import { chosenStore, withHouse } from '../house.ts';
import { EXIT, UsageError, print, progressBars, rowLimit, table } from '../terminal.ts';

const VIEWS = ['all', 'waiting', 'held', 'failed', 'shadow', 'not written'];

export async function pushCommand(options: { store?: string; json?: boolean; view: string; sku?: string; now?: boolean; limit: string }): Promise<void> {
  if (!VIEWS.includes(options.view)) throw new UsageError(`--view ${options.view}: expected one of ${VIEWS.join(', ')}`);
  const limit = rowLimit(options.limit);
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store);
    if (options.now) {
      const bars = progressBars(options.json ?? false);
      try {
        await runFlow(house, warehouseFeed, store.store_id, 'command line', bars.watch);
        await runFlow(house, stockPush, store.store_id, 'command line', bars.watch);
      } finally { bars.stop(); }
    }
    const counts = await pushCounts(house.db, store.store_id);
    const rows = await pushPage(house.db, store.store_id, { view: options.view, q: options.sku ?? null, location: null, after: null, limit });
    print(options.json ?? false, { counts, levels: rows }, () => counts['all'] === 0
      ? 'No location follows a warehouse yet. Give one to a warehouse under Settings → Locations.'
      : `${Object.entries(counts).map(([name, n]) => `${n} ${name}`).join(', ')}\n${table(['SKU', 'Location', 'State', 'Should show', 'Shopify shows', 'Why'],
        rows.map((r) => [r.sku || r.title, r.location, r.state, r.wanted ?? '', r.shopify ?? '', r.reason ?? r.arithmetic?.sentence ?? '']))}`);
    if ((counts['failed'] ?? 0) > 0) process.exitCode = EXIT.found;
  });
}
