/**
 * stock-levels: levels Shopify changed → what it stated, and openings of new levels.   Woken every five minutes and by level webhooks of unknown levels.
 *  1 gather  levels updated at or after the cursor (start of the last run less an overlap), all states, switched off ones too; once a day every level by bulk
 *  2 record  what was stated, newest wins; a level seen for the first time is opened with its count, once that is settled (store/settled-levels.ts)
 *  3 settle  stock of unknown variants raises VARIANT_UNMAPPED; locations that are inactive and still hold stock raise LOCATION_DEACTIVATED; drift-check compares
 */
import type pg from 'pg';
import type { StorefrontLevel } from '../domain/catalogue/storefront.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { stockUnmapped, unmappedLocation } from '../domain/exceptions/unmapped.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { mapLevels, openLevels, saveObserved, type MappedLevel } from '../store/levels.ts';
import { heardLevels } from '../store/push-levels.ts';
import { postFacts } from '../store/ledger.ts';
import { saveLocations } from '../store/catalogue.ts';
import { resolveChecked } from '../store/exceptions.ts';
import { settleOrders } from '../store/orders.ts';
import { readCursor, writeCursor } from '../store/runs.ts';
import { isYoung, settledLevels } from '../store/settled-levels.ts';
import { MOST_STRANGERS, soldStrangers, strangersToAsk, type Stranger } from '../store/strangers.ts';

const OVERLAP_MS = 2 * 60_000;
const WHOLE_EVERY_MS = 24 * 3_600_000;

export const stockLevels = defineFlow({
  name: 'stock-levels', moves: 'levels Shopify changed → what it stated', owner: 'ecommerce', schedule: { cron: '2-59/5 * * * *' }, raises: ['LOCATION_UNMAPPED', 'LOCATION_DEACTIVATED', 'VARIANT_UNMAPPED'],
  async run(context) {
    const { db, storeId, storefront } = context;
    const started = await context.storefront.time();
    const cursor = await readCursor(db, storeId, 'stock-levels');
    if (cursor === null) { context.detail['waiting'] = 'the opening count has not been taken yet'; return; }
    const whole = (await readCursor(db, storeId, 'stock-levels.whole')) ?? cursor;
    const all = Date.parse(started) - Date.parse(whole) > WHOLE_EVERY_MS;
    await saveLocations(db, storeId, await storefront.locations(), started);
    let opened = 0;
    const strangers = new Map<string, number>(), unknown = new Map<string, Stranger>(), young: MappedLevel[] = [];
    for await (const batch of all ? storefront.allLevels((p) => context.progress(p.stage, p.done, p.total)) : storefront.levelsChangedSince(cursor)) {
      opened += await record(context, started, batch, strangers, unknown, young);
      context.progress('stock levels', context.tally.input, null);
    }
    for await (const levels of settledLevels(db, storeId, young, { levels: (keys) => storefront.levels(keys), sleep: (ms) => context.clock.sleep(ms) })) {
      opened += await db.transaction(async (tx) => {
        await heardLevels(tx, storeId, await saveObserved(tx, storeId, levels, started), context.now());
        return open(tx, context, levels);
      });
    }
    if (opened > 0) await settleOrders(db, storeId, started, context);
    context.detail['opened'] = opened;
    await writeCursor(db, storeId, 'stock-levels', new Date(Date.parse(started) - OVERLAP_MS).toISOString(), context.now());
    if (all) await writeCursor(db, storeId, 'stock-levels.whole', started, context.now());
    await context.raise([...strangers].map(([id, units]) => unmappedLocation(id, units)));
    await checkStrangers(context, [...unknown.values()]);
    await context.checked('LOCATION_DEACTIVATED', await deactivatedWithStock(context));
    context.changed('stock');
  },
});

/** Answers how many movements opened levels; levels that changed too lately to be opened at once are added to `young`. */
async function record(context: FlowContext, readFrom: string, batch: readonly StorefrontLevel[], strangers: Map<string, number>, unknownItems: Map<string, Stranger>, young: MappedLevel[]): Promise<number> {
  const { db, storeId, tally } = context;
  const mapped = await mapLevels(db, storeId, batch);
  tally.input += batch.length;
  if (mapped.untracked > 0) tally.skipped['not tracked'] = (tally.skipped['not tracked'] ?? 0) + mapped.untracked;
  const unknown = batch.length - mapped.known.length - mapped.untracked;
  if (unknown > 0) tally.failed['item or location unmapped'] = (tally.failed['item or location unmapped'] ?? 0) + unknown;
  for (const [id, units] of mapped.unknownLocations) strangers.set(id, (strangers.get(id) ?? 0) + units);
  for (const { inventoryItemId, locationId } of batch) if (mapped.unknownItems.has(inventoryItemId) && !mapped.unknownLocations.has(locationId) && unknownItems.size < MOST_STRANGERS) unknownItems.set(inventoryItemId, { inventoryItemId, locationId });
  const readBy = await context.storefront.time();
  return db.transaction(async (tx) => {
    const changed = await saveObserved(tx, storeId, mapped.known, readFrom);
    await heardLevels(tx, storeId, changed, context.now());
    tally.applied += changed.length;
    tally.unchanged += mapped.known.length - changed.length;
    young.push(...mapped.known.filter((level) => isYoung(level, readBy)));
    return open(tx, context, mapped.known.filter((level) => !isYoung(level, readBy)));
  });
}

/** A level switched off keeps its number in Shopify; it opens when it is switched on. */
async function open(tx: pg.PoolClient, context: FlowContext, levels: readonly MappedLevel[]): Promise<number> {
  return (await postFacts(tx, context.storeId, await openLevels(tx, context.storeId, levels.filter((level) => level.isActive), 'read'), context.now())).movements;
}

/**
 * Stock of variants the catalogue here does not know: each is asked for by its id, which says whether it is tracked and still there. One that is tracked is a case,
 * unless it was sold, which is one by its variant; the catalogue is read, which mostly ends it within its grace.
 */
async function checkStrangers(context: FlowContext, met: readonly Stranger[]): Promise<void> {
  const { db, storeId, storefront } = context, asked = await strangersToAsk(db, storeId, met);
  const stated = asked.length === 0 ? [] : await storefront.levels(asked), places = new Map(asked.map((one) => [one.inventoryItemId, one])), sold = await soldStrangers(db, storeId), skus = new Set(sold.flatMap(({ sku }) => (sku === null ? [] : [sku])));
  const tracked = stated.filter((level) => level.item?.tracked === true && !(level.item.sku !== null && skus.has(level.item.sku)));
  const cases = tracked.map((level) => stockUnmapped({ inventoryItemId: level.inventoryItemId, shopifyLocationId: level.locationId, location: places.get(level.inventoryItemId)!.location, sku: level.item!.sku, units: level.quantities.available ?? 0 }));
  await context.raise(cases);
  if (asked.length < MOST_STRANGERS) await resolveChecked(db.pool, storeId, 'VARIANT_UNMAPPED', [...sold.map(({ key }) => key), ...cases.map(({ key }) => key)], context.now());
  if (met.length > 0 && cases.length > 0) await context.enqueue('catalogue');
}

async function deactivatedWithStock(context: FlowContext): Promise<RaisedException[]> {
  const { rows } = await context.db.query<{ location_id: number; name: string; units: number }>(
    `select l.location_id, l.name, sum(b.available + b.committed)::int as units from location l
     join ledger_level b on b.store_id = l.store_id and b.location_id = l.location_id
     where l.store_id = $1 and not l.is_active group by 1, 2 having sum(abs(b.available) + abs(b.committed)) > 0`, [context.storeId]);
  return rows.map((row) => ({
    kind: 'LOCATION_DEACTIVATED', key: `location/${row.location_id}`, subject: row.name, locationId: row.location_id,
    sentence: `${row.name} is inactive in Shopify and still holds ${row.units} units in the ledger.`, evidence: { units: row.units },
  }));
}
