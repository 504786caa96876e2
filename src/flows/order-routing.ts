/**
 * order-routing: fulfilment orders that moved → where each order's units are promised now.   Woken by fulfilment-order webhooks and every five minutes: such a
 * change does not touch the order's own updatedAt, so reading changed orders would never see it.
 *  1 gather  orders with a fulfilment order changed since the cursor (start of the last run less an overlap), read whole
 *  2 record  the order's state, its movements and what its warehouses must know: units leave the old place and are promised at the new one
 */
import { defineFlow } from '../runtime/flow.ts';
import { recordOrders } from '../store/orders.ts';
import { readCursor, writeCursor } from '../store/runs.ts';

const OVERLAP_MS = 2 * 60_000;

export const orderRouting = defineFlow({
  name: 'order-routing', moves: 'fulfilment orders that moved → where units are promised', owner: 'ecommerce', schedule: { cron: '1-59/5 * * * *' }, raises: [],
  async run(context) {
    const { db, storeId, storefront, tally } = context;
    const started = await context.storefront.time();
    const since = (await readCursor(db, storeId, 'order-routing')) ?? (await readCursor(db, storeId, 'sales-history')) ?? started;
    const seen = new Set<string>();
    for await (const ids of storefront.ordersWithMovedWork(since)) {
      const fresh = ids.filter((id) => !seen.has(id) && seen.add(id));
      for (let start = 0; start < fresh.length; start += 100) {
        const orders = await storefront.ordersById(fresh.slice(start, start + 100));
        const recorded = await db.transaction((tx) => recordOrders(tx, storeId, orders, { dayOf: context.dayOf, now: context.now(), source: 'read' }));
        tally.input += orders.length;
        tally.applied += recorded.applied;
        tally.unchanged += recorded.unchanged;
        context.progress('moved orders', tally.input, null);
      }
    }
    await writeCursor(db, storeId, 'order-routing', new Date(Date.parse(started) - OVERLAP_MS).toISOString(), context.now());
    if (tally.applied > 0) context.changed('stock');
  },
});
