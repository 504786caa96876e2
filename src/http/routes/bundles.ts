/** Virtual bundles: master data with effective dates, availability from the scarcest part, CSV both ways. A cycle is refused with its path. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { BundleCycle, cycleOf, type BundlePart } from '../../domain/catalogue/bundle.ts';
import { itemsOfVariants, keptBundles, listBundles, saveBundle, type BundleRow } from '../../store/bundles.ts';
import { bundleAvailabilities, searchVariants, variantsBySku } from '../../store/bundles-page.ts';
import { markDirty } from '../../store/push-levels.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { Bundle, BundleBody, ImportResult, VariantHit } from '../contract-stock.ts';
import { csvRows } from '../csv-in.ts';
import { csv } from '../csv.ts';
import { storeOf } from '../store-scope.ts';

const MOST_LINES = 20_000;
const COLUMNS = ['Bundle SKU', 'Part SKU', 'Quantity', 'Effective from'] as const;

export function bundleRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const now = (): string => house.clock.now().toISOString();
  const querystring = z.object({ store: z.coerce.number() });

  api.get('/api/v1/bundles', { schema: { tags: ['bundles'], summary: 'Bundles with their parts, versions and availability', querystring: querystring.extend({ q: z.string().max(200).optional() }), response: { 200: z.object({ bundles: z.array(Bundle) }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const rows = await listBundles(house.db, store.store_id, request.query.q ?? null, 2_000);
    const available = await bundleAvailabilities(house.db, store.store_id);
    return { bundles: rows.map((row) => view(row, available.get(row.variant_id) ?? [], now())) };
  });

  api.get('/api/v1/variants', { schema: { tags: ['bundles'], summary: 'Variants by SKU or words, for choosing parts', querystring: querystring.extend({ q: z.string().min(1).max(200) }), response: { 200: z.object({ variants: z.array(VariantHit) }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { variants: (await searchVariants(house.db, store.store_id, request.query.q, 20)).map((v) => ({ variantId: v.variant_id, sku: v.sku, title: v.title, itemId: v.item_id })) };
  });

  api.put('/api/v1/bundles', { schema: { tags: ['bundles'], summary: 'What a bundle is made of from an instant on; without parts it is none any more', querystring, body: BundleBody, response: { 200: z.object({ saved: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { variantId, parts } = request.body;
    const from = request.body.effectiveFrom === undefined ? now() : new Date(request.body.effectiveFrom).toISOString();
    await save(store.store_id, variantId, from, parts, request.user?.email ?? 'operator');
    await audit(house.db, { at: now(), actor: request.user?.email ?? 'operator', action: 'bundle changed', subject: `variant ${variantId}`, after: { from, parts } });
    return { saved: true };
  });

  api.get('/api/v1/bundles.csv', { schema: { tags: ['bundles'], summary: 'Bundles as CSV, in the form the import takes', querystring } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    const rows = await listBundles(house.db, store.store_id, null, MOST_LINES);
    return csv(reply, `bundles-${store.shop_domain}`, [...COLUMNS], rows.flatMap((row) => row.parts.map((part) => [row.sku ?? row.variant_id, part.sku ?? part.variantId, part.quantity, row.effective_from])));
  });

  api.post('/api/v1/bundles/import', { bodyLimit: 6_000_000, schema: {
    tags: ['bundles'], summary: 'Bundles from CSV: a row a part; a dry run first shows every fault by line', querystring: querystring.extend({ dryRun: z.enum(['true', 'false']).default('true') }), body: z.object({ csv: z.string().max(5_000_000) }).strict(), response: { 200: ImportResult },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), dryRun = request.query.dryRun === 'true';
    const { wanted, errors, lines } = await readFile(store.store_id, request.body.csv, now());
    const result: Of<typeof ImportResult> = { dryRun, lines, applied: 0, unchanged: 0, errors };
    for (const entry of wanted) {
      try {
        if (dryRun) await refuseCycle(store.store_id, entry.variantId, entry.parts, entry.from, wanted.map((w) => [w.variantId, w.parts]));
        else await save(store.store_id, entry.variantId, entry.from, entry.parts, request.user?.email ?? 'operator');
        result.applied += entry.lines.length;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        errors.push({ line: entry.lines[0]!, field: 'Part SKU', message: error.message });
      }
    }
    if (!dryRun && result.applied > 0) await audit(house.db, { at: now(), actor: request.user?.email ?? 'operator', action: 'bundles imported', subject: `${result.applied} lines` });
    return result;
  });

  async function refuseCycle(storeId: number, variantId: string, parts: readonly BundlePart[], from: string, others: readonly (readonly [string, readonly BundlePart[]])[] = []): Promise<void> {
    const book = (await keptBundles(house.db, storeId, [variantId, ...parts.map((p) => p.variantId), ...others.flatMap(([, ps]) => ps.map((p) => p.variantId))]))(from), also = new Map(others);
    const path = cycleOf(variantId, parts, (id) => also.get(id) ?? book(id));
    if (path !== null) throw await cycleRefusal(storeId, path);
  }

  async function cycleRefusal(storeId: number, path: readonly string[]): Promise<Refusal> {
    const names = await itemsOfVariants(house.db, storeId, [...path]);
    return new Refusal(409, `A bundle cannot contain itself: ${path.map((id) => names.get(id)?.sku || names.get(id)?.title || id).join(' → ')}`);
  }

  async function save(storeId: number, variantId: string, from: string, parts: readonly BundlePart[], by: string): Promise<void> {
    const known = await itemsOfVariants(house.db, storeId, [variantId, ...parts.map((p) => p.variantId)]);
    const strange = [variantId, ...parts.map((p) => p.variantId)].find((id) => !known.has(id));
    if (strange !== undefined) throw new Refusal(400, `parts: there is no variant ${strange} in this shop`);
    const native = await house.db.query<{ title: string }>('select title from variant where store_id = $1 and shopify_variant_id = $2 and is_bundle', [storeId, variantId]);
    if (native.rows[0]) throw new Refusal(409, `${native.rows[0].title} is a bundle of Shopify's own: its parts are kept there, and its order lines already are the parts`);
    try {
      await house.db.transaction(async (tx) => {
        await saveBundle(tx, storeId, variantId, from, parts, by, now());
        await markDirty(tx, [...known.values()].flatMap((k) => (k.item_id === null ? [] : [k.item_id])), now());
      });
    } catch (error) {
      if (error instanceof BundleCycle) throw await cycleRefusal(storeId, error.path);
      throw error;
    }
    await house.enqueue('stock-push', storeId);
    house.changed(storeId, ['push', 'stock']);
  }

  interface Entry { variantId: string; from: string; parts: BundlePart[]; lines: number[] }
  async function readFile(storeId: number, text: string, at: string): Promise<{ wanted: Entry[]; errors: Of<typeof ImportResult>['errors']; lines: number }> {
    const errors: Of<typeof ImportResult>['errors'] = [], wanted = new Map<string, Entry>();
    const rows = csvRows(text, MOST_LINES);
    const missing = rows[0] ? COLUMNS.slice(0, 3).filter((name) => !(name in rows[0]!.record)) : [];
    if (missing.length > 0) throw new Refusal(400, `The first line must name the columns; missing: ${missing.join(', ')}`);
    const skus = await variantsBySku(house.db, storeId, [...new Set(rows.flatMap(({ record }) => [record['Bundle SKU'] ?? '', record['Part SKU'] ?? '']))]);
    for (const { record, line } of rows) {
      const wrong = (field: string, message: string): void => { errors.push({ line, field, message }); };
      const variant = (field: 'Bundle SKU' | 'Part SKU'): string | null => {
        const hits = skus.get(record[field] ?? '') ?? [];
        if (hits.length === 1) return hits[0]!;
        wrong(field, record[field] ? (hits.length === 0 ? `no variant of this shop has the SKU ${record[field]}` : `${hits.length} variants have the SKU ${record[field]}; give its variant id`) : 'is empty');
        return null;
      };
      const bundle = variant('Bundle SKU'), part = variant('Part SKU'), quantity = Number(record['Quantity']);
      const from = record['Effective from'] ? new Date(record['Effective from']) : new Date(at);
      if (!Number.isInteger(quantity) || quantity < 1 || quantity > 2000) { wrong('Quantity', `expected a whole number from 1 to 2000, not ${record['Quantity'] || 'nothing'}`); continue; }
      if (Number.isNaN(from.getTime())) { wrong('Effective from', `not a date: ${record['Effective from']}`); continue; }
      if (bundle === null || part === null) continue;
      const key = `${bundle} ${from.toISOString()}`, entry = wanted.get(key) ?? { variantId: bundle, from: from.toISOString(), parts: [], lines: [] };
      entry.parts.push({ variantId: part, quantity });
      entry.lines.push(line);
      wanted.set(key, entry);
    }
    return { wanted: [...wanted.values()], errors, lines: rows.length };
  }
}

function view(row: BundleRow, availability: Of<typeof Bundle>['availability'], at: string): Of<typeof Bundle> {
  const current = row.effective_from <= at && (row.effective_to === null || row.effective_to > at);
  return {
    variantId: row.variant_id, sku: row.sku, title: row.title, effectiveFrom: row.effective_from, effectiveTo: row.effective_to, updatedAt: row.updated_at, updatedBy: row.updated_by, current, parts: row.parts, availability: current ? availability : [],
  };
}
