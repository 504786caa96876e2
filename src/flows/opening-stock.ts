/**
 * opening-stock: first counts → opening movements.   Woken once by the first import; levels that appear later are opened by stock-levels.
 *  1 gather  every level with all its states, by bulk, after the sales history: what was shipped before is inside the count
 *  2 decide  per level: on hand opens as available, open orders then commit their units (domain/stock/order-facts.ts explains the cut)
 *            a level that changed a moment ago is read again first (store/settled-levels.ts)
 *  3 record  opening movements with their balances, the cut, and what Shopify stated; then the open orders are posted against it
 */
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { unmappedLocation } from '../domain/exceptions/unmapped.ts';
import { defineFlow } from '../runtime/flow.ts';
import { mapLevels, openLevels, saveObserved, type MappedLevel } from '../store/levels.ts';
import { postFacts } from '../store/ledger.ts';
import { settleOrders } from '../store/orders.ts';
import { writeCursor } from '../store/runs.ts';
import { isYoung, settledLevels } from '../store/settled-levels.ts';

const CLOCK_SKEW_MS = 10 * 60_000;

export const openingStock = defineFlow({
  name: 'opening-stock', moves: 'first counts → opening movements', owner: 'ecommerce', schedule: { wokenBy: 'the first import' }, raises: ['LOCATION_UNMAPPED'],
  async run(context) {
    const { db, storeId, storefront, tally } = context;
    const started = await storefront.time();
    let movements = 0;
    const unmapped: RaisedException[] = [], young: MappedLevel[] = [];
    const open = async (levels: readonly MappedLevel[]): Promise<void> => {
      movements += await db.transaction(async (tx) => {
        await saveObserved(tx, storeId, levels, started);
        return (await postFacts(tx, storeId, await openLevels(tx, storeId, levels, 'bulk'), context.now())).movements;
      });
      tally.applied += levels.length;
    };
    for await (const batch of storefront.allLevels((p) => context.progress(p.stage, p.done, p.total))) {
      tally.input += batch.length;
      const mapped = await mapLevels(db.pool, storeId, batch);
      if (mapped.untracked > 0) tally.skipped['not tracked'] = (tally.skipped['not tracked'] ?? 0) + mapped.untracked;
      const strangers = batch.length - mapped.known.length - mapped.untracked;
      if (strangers > 0) tally.failed['item or location unmapped'] = (tally.failed['item or location unmapped'] ?? 0) + strangers;
      for (const [id, units] of mapped.unknownLocations) unmapped.push(unmappedLocation(id, units));
      young.push(...mapped.known.filter((level) => isYoung(level, started)));
      await open(mapped.known.filter((level) => !isYoung(level, started)));
    }
    let settled = 0;
    for await (const levels of settledLevels(db, storeId, young, { levels: (keys) => storefront.levels(keys), sleep: (ms) => context.clock.sleep(ms) })) { await open(levels); settled += levels.length; }
    if (settled < young.length) tally.skipped['open already, or gone since'] = young.length - settled;
    await context.raise(unmapped);
    // The commitments of open orders, and whatever happened since the reading began.
    const since = new Date(Date.parse(started) - CLOCK_SKEW_MS).toISOString();
    context.detail['ordersPosted'] = await settleOrders(db, storeId, since, context, (done) => context.progress('opening stock: open orders', done, null));
    await writeCursor(db.pool, storeId, 'stock-levels', since, context.now());
    context.detail['movements'] = movements;
    context.changed('stock');
  },
});
