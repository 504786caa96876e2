/**
 * catalogue: products and variants → items and mappings.   Woken by the first import, by product webhooks that differ, and every hour.
 *  1 gather  all variants by bulk the first time (and each night), later those of products changed since the cursor
 *  2 decide  which SKUs are duplicate, blank or renamed: mapping is by id, a SKU is only a label
 *  3 record  variants, inventory items, items, tags, bundle components; deleted variants keep their history; a supplier for each vendor without one
 *  4 settle  SKU exceptions opened and closed by what the check saw; a version of the interface that Shopify no longer serves is a case
 */
import type { Day } from '../domain/calendar.ts';
import { endingSoon } from '../domain/catalogue/api-version.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { bundleCycles, itemsOfVariants } from '../store/bundles.ts';
import { markMissing, saveLocations, saveVariants, skuFaults } from '../store/catalogue.ts';
import { resolveChecked } from '../store/exceptions.ts';
import { settleOrders } from '../store/orders.ts';
import { saveTags } from '../store/product-tags.ts';
import { readCursor, writeCursor } from '../store/runs.ts';
import { seedSuppliers } from '../store/suppliers.ts';
import { updateShop } from '../store/stores.ts';

const OVERLAP_MS = 5 * 60_000;
const WHOLE_EVERY_MS = 24 * 3_600_000;

export const catalogue = defineFlow({
  name: 'catalogue', moves: 'products and variants → items and mappings', owner: 'ecommerce', schedule: { cron: '7 * * * *' },
  raises: ['SKU_DUPLICATE', 'SKU_BLANK', 'SKU_RENAMED', 'VARIANT_UNMAPPED', 'LOCATION_UNMAPPED', 'API_VERSION_RETIRED', 'API_VERSION_ENDING', 'BUNDLE_COMPONENT_UNKNOWN', 'BUNDLE_CYCLE'],
  async run(context) {
    const { db, storeId, storefront, tally } = context;
    const started = context.now();
    const retired = (): RaisedException[] => {
      const fault = storefront.versionFault();
      return fault === null ? [] : [{ kind: 'API_VERSION_RETIRED', key: 'version', subject: 'Shopify API version', sentence: `Seen at ${started}: ${fault}`, evidence: { seenAt: started } }];
    };
    // In another version the very call that asks for the shop may be refused; that is said too. A failure for other reasons closes nothing.
    const shop = await storefront.shop().catch(async (error: Error) => { await context.raise(retired()); throw error; });
    await context.checked('API_VERSION_RETIRED', retired());
    await updateShop(db.pool, storeId, shop, started);
    await context.checked('API_VERSION_ENDING', endings(shop.apiVersion, storefront.deprecation(), context.dayOf(started)));
    await saveLocations(db.pool, storeId, await storefront.locations(), started);

    const since = await storefront.time(), cursor = await readCursor(db.pool, storeId, 'catalogue'), whole = await readCursor(db.pool, storeId, 'catalogue.whole');
    const readAll = cursor === null || whole === null || Date.parse(started) - Date.parse(whole) > WHOLE_EVERY_MS;
    const batches = readAll ? storefront.allVariants((p) => context.progress(p.stage, p.done, p.total)) : storefront.variantsChangedSince(cursor);
    const seen: string[] = [];
    const renamed: RaisedException[] = [];
    for await (const batch of batches) {
      tally.input += batch.length;
      const saved = await db.transaction(async (tx) => {
        const made = await saveVariants(tx, storeId, batch, context.now());
        await saveTags(tx, storeId, batch.map(({ productId, tags, tagsAt }) => ({ productId, tags, asOf: tagsAt })), context.now());
        return made;
      });
      tally.applied += saved.changed;
      tally.unchanged += batch.length - saved.changed;
      if (readAll) for (const variant of batch) seen.push(variant.variantId);
      for (const { variantId, title, from, to, itemId } of saved.renames) {
        renamed.push({
          kind: 'SKU_RENAMED', key: `variant/${variantId}`, subject: to || title, itemId,
          sentence: `${title} was renamed in Shopify from SKU ${from || '(blank)'} to ${to || '(blank)'}. It is the same item here; ${context.store.product_master === 'warehouse' ? 'the inventory system is the master of products, so the SKU is to be set back in Shopify unless it was changed there too.' : 'warehouse and planner codes may need the new name.'}`,
          evidence: { variantId, from, to },
        });
      }
    }
    if (readAll) {
      context.detail['deleted'] = await markMissing(db.pool, storeId, started, seen, context.now());
      await writeCursor(db.pool, storeId, 'catalogue.whole', started, context.now());
    }
    await writeCursor(db.pool, storeId, 'catalogue', new Date(Date.parse(since) - OVERLAP_MS).toISOString(), context.now());
    context.detail['seeded'] = await db.transaction((tx) => seedSuppliers(tx, storeId, context.now()));
    await checkRenames(context, renamed);
    await checkSkus(context);
    await closeMapped(context);
    await checkBundles(context);
    context.changed('catalogue', 'stock', 'exceptions');
  },
});

/** The version's own end, by the calendar; and what Shopify says in its replies to be on its way out before that. */
function endings(apiVersion: string, deprecation: string | null, today: Day): RaisedException[] {
  const ending = endingSoon(apiVersion, today), subject = `Shopify API version ${apiVersion}`;
  return [
    ...(ending === null ? [] : [{
      kind: 'API_VERSION_ENDING' as const, key: apiVersion, subject, severity: ending.severity, size: -ending.days, evidence: ending,
      sentence: ending.days > 0 ? `Shopify serves version ${apiVersion}, which Instep speaks, for ${ending.days} more days, until ${ending.ends}.` : `Shopify has not had to serve version ${apiVersion}, which Instep speaks, since ${ending.ends}.`,
    }]),
    ...(deprecation === null ? [] : [{ kind: 'API_VERSION_ENDING' as const, key: `${apiVersion}/deprecated`, subject, sentence: `Shopify says that something Instep asks for in version ${apiVersion} is on its way out: ${deprecation}`, evidence: { deprecation } }]),
  ];
}

/** No way in lets a bundle contain itself; a hand in the database does. Until it is mended it is taken for no bundle, and its orders go on. */
async function checkBundles({ db, storeId, now, checked }: FlowContext): Promise<void> {
  const cycles = await bundleCycles(db, storeId, now()), names = await itemsOfVariants(db, storeId, [...new Set(cycles.flat())]);
  await checked('BUNDLE_CYCLE', cycles.map((path) => {
    const said = path.map((id) => names.get(id)?.sku || names.get(id)?.title || id);
    return { kind: 'BUNDLE_CYCLE' as const, key: `bundle/${path[0]!}`, subject: said[0]!, sentence: `A bundle contains itself: ${said.join(' → ')}. It is sold and promised as if it were no bundle until its parts are put right.`, evidence: { path } };
  }));
}

/** What was unknown may be known now: those cases close, and the orders of the last week that waited for them are posted. */
async function closeMapped(context: FlowContext): Promise<void> {
  const { db, storeId } = context;
  const still = await db.query<{ kind: 'VARIANT_UNMAPPED' | 'LOCATION_UNMAPPED' | 'BUNDLE_COMPONENT_UNKNOWN'; key: string; known: boolean }>(
    `select e.kind, split_part(e.fingerprint, ':', 2) as key,
       case e.kind when 'VARIANT_UNMAPPED' then exists (select from variant v where v.store_id = e.store_id and 'variant/' || v.shopify_variant_id = split_part(e.fingerprint, ':', 2))
           or exists (select from inventory_item x where x.store_id = e.store_id and 'inventory-item/' || x.shopify_inventory_item_id = split_part(e.fingerprint, ':', 2))
         when 'BUNDLE_COMPONENT_UNKNOWN' then exists (select from variant v join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id where v.store_id = e.store_id and v.shopify_variant_id::text = split_part(e.fingerprint, '/', 3))
         else exists (select from location l where l.store_id = e.store_id and 'location/' || l.shopify_location_id = split_part(e.fingerprint, ':', 2)) end as known
     from exception e where e.store_id = $1 and e.kind in ('VARIANT_UNMAPPED', 'LOCATION_UNMAPPED', 'BUNDLE_COMPONENT_UNKNOWN') and e.state in ('open', 'snoozed', 'ignored', 'grace') and e.fingerprint <> e.kind || ':storm'`, [storeId]);
  for (const kind of ['VARIANT_UNMAPPED', 'LOCATION_UNMAPPED', 'BUNDLE_COMPONENT_UNKNOWN'] as const) {
    const cases = still.rows.filter((row) => row.kind === kind);
    if (!cases.some((row) => row.known)) continue;
    await resolveChecked(db.pool, storeId, kind, cases.filter((row) => !row.known).map((row) => row.key), context.now());
    await settleOrders(db, storeId, new Date(Date.parse(context.now()) - 7 * 86_400_000).toISOString(), context);
  }
}

/** A rename is a case from the name it had first; the name it has again takes it back. */
async function checkRenames(context: FlowContext, renamed: readonly RaisedException[]): Promise<void> {
  const { db, storeId } = context;
  const { rows } = await db.query<{ key: string; first: string | null }>(
    `select substr(fingerprint, length('SKU_RENAMED:') + 1) as key, evidence ->> 'from' as first from exception where store_id = $1 and kind = 'SKU_RENAMED' and state in ('open', 'snoozed', 'ignored', 'grace') and fingerprint <> kind || ':storm'`, [storeId]);
  const first = new Map(rows.map((row) => [row.key, row.first]));
  const takenBack = new Set(renamed.filter(({ key, evidence }) => first.has(key) && first.get(key) === evidence!['to']).map(({ key }) => key));
  await context.raise(renamed.filter(({ key }) => !takenBack.has(key)).map((one) => (first.has(one.key) ? { ...one, evidence: { ...one.evidence, from: first.get(one.key) } } : one)));
  if (takenBack.size > 0) await resolveChecked(db.pool, storeId, 'SKU_RENAMED', rows.filter((row) => !takenBack.has(row.key)).map((row) => row.key), context.now());
}

async function checkSkus(context: FlowContext): Promise<void> {
  const { duplicates, blanks } = await skuFaults(context.db.pool, context.storeId);
  await context.checked('SKU_DUPLICATE', duplicates.map((fault) => ({
    kind: 'SKU_DUPLICATE', key: `sku/${fault.sku}`, subject: fault.sku!, itemId: fault.variants[0]!.itemId,
    sentence: `SKU ${fault.sku} is on ${fault.variants.length} variants: ${fault.variants.map((v) => v.title).join(', ').slice(0, 300)}. They are kept apart by id; files keyed on SKU cannot tell them apart.`,
    evidence: { variants: fault.variants },
  })));
  await context.checked('SKU_BLANK', blanks.map((variant) => ({
    kind: 'SKU_BLANK', key: `variant/${variant.variantId}`, subject: variant.title, itemId: variant.itemId,
    sentence: `${variant.title} has no SKU. It is counted by its id; warehouse and planner files cannot name it.`, evidence: { variantId: variant.variantId },
  })));
}
