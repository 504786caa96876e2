/** Virtual bundles: master data with effective dates, availability from the scarcest part, CSV both ways. A cycle is refused with its path. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { BundleCycle, cycleEver, partsAt, type BundlePart, type BundleVersions } from '../../domain/catalogue/bundle.ts';
import { isDay, readDay } from '../../domain/purchasing/import-days.ts';
import { readCount } from '../../domain/purchasing/import-numbers.ts';
import { bundleVersions, itemsOfVariants, listBundles, saveBundle, versionStart, type BundleRow } from '../../store/bundles.ts';
import { bundleAvailabilities, searchVariants, variantsBySku } from '../../store/bundles-page.ts';
import { markDirty } from '../../store/push-levels.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { Bundle, BundleBody, ImportResult, VariantHit } from '../contract-stock.ts';
import { cellSigns, csvTable } from '../csv-in.ts';
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

  api.get('/api/v1/bundles.csv', { schema: { tags: ['bundles'], summary: 'Bundles with all their versions as CSV, in the form the import takes; quantity 0 without a part: no bundle from then on', querystring } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    const rows = await listBundles(house.db, store.store_id, null, MOST_LINES);
    const hits = await variantsBySku(house.db, store.store_id, [...new Set(rows.flatMap((row) => [row.sku ?? '', ...row.parts.map((part) => part.sku ?? '')]))]);
    // A SKU that two variants share would be refused on its way back.
    const code = (sku: string | null, variantId: string): string => (sku !== null && hits.get(sku)?.length === 1 ? sku : variantId);
    const starts = new Set(rows.map((row) => `${row.variant_id} ${row.effective_from}`));
    return csv(reply, `bundles-${store.shop_domain}`, [...COLUMNS], rows.flatMap((row) => [
      ...(row.effective_to === null || starts.has(`${row.variant_id} ${row.effective_to}`) ? [] : [[code(row.sku, row.variant_id), null, 0, row.effective_to]]),
      ...row.parts.map((part) => [code(row.sku, row.variant_id), code(part.sku, part.variantId), part.quantity, row.effective_from]),
    ]));
  });

  api.post('/api/v1/bundles/import', { bodyLimit: 6_000_000, schema: {
    tags: ['bundles'], summary: 'Bundles from CSV: a row a part; a bundle with a wrong line is left out whole; a dry run first shows every fault by line', querystring: querystring.extend({ dryRun: z.enum(['true', 'false']).default('true') }), body: z.object({ csv: z.string().max(5_000_000) }).strict(), response: { 200: ImportResult },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), dryRun = request.query.dryRun === 'true';
    const { wanted, errors, lines, notes } = await readFile(store.store_id, request.body.csv, now());
    const result: Of<typeof ImportResult> = { dryRun, lines, applied: 0, unchanged: 0, errors, ...(notes.length > 0 ? { notes } : {}) };
    const kept = await bundleVersions(house.db, store.store_id, wanted.flatMap((entry) => [entry.variantId, ...entry.parts.map((part) => part.variantId)]));
    const versions = withVersions(kept, wanted);
    for (const entry of wanted) {
      if (holds(kept, entry)) { result.unchanged += entry.lines.length; continue; }
      try {
        if (dryRun) await refuse(store.store_id, entry.variantId, entry.from, versions);
        else await save(store.store_id, entry.variantId, entry.from, entry.parts, request.user?.email ?? 'operator');
        result.applied += entry.lines.length;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        errors.push({ line: entry.lines[0]!, field: 'Part SKU', message: error.message });
      }
    }
    errors.sort((one, other) => one.line - other.line);
    if (!dryRun && result.applied > 0) await audit(house.db, { at: now(), actor: request.user?.email ?? 'operator', action: 'bundles imported', subject: `${result.applied} lines` });
    return result;
  });

  /** Refuses parts for a bundle of Shopify's own, and a bundle that would contain itself at some instant from `from` on. */
  async function refuse(storeId: number, variantId: string, from: string, versions: BundleVersions): Promise<void> {
    const native = await house.db.query<{ title: string }>('select title from variant where store_id = $1 and shopify_variant_id = $2 and is_bundle', [storeId, variantId]);
    if (native.rows[0]) throw new Refusal(409, `${native.rows[0].title} is a bundle of Shopify's own: its parts are kept there, and its order lines already are the parts`);
    const cycle = cycleEver(variantId, from, versions);
    if (cycle !== null) throw await cycleRefusal(storeId, cycle.path, cycle.at > from ? `, from ${cycle.at} on` : '');
  }

  async function cycleRefusal(storeId: number, path: readonly string[], when = ''): Promise<Refusal> {
    const names = await itemsOfVariants(house.db, storeId, [...path]);
    return new Refusal(409, `A bundle cannot contain itself: ${path.map((id) => names.get(id)?.sku || names.get(id)?.title || id).join(' → ')}${when}`);
  }

  async function save(storeId: number, variantId: string, from: string, parts: readonly BundlePart[], by: string): Promise<void> {
    const known = await itemsOfVariants(house.db, storeId, [variantId, ...parts.map((p) => p.variantId)]);
    const strange = [variantId, ...parts.map((p) => p.variantId)].find((id) => !known.has(id));
    if (strange !== undefined) throw new Refusal(400, `parts: there is no variant ${strange} in this shop`);
    await refuse(storeId, variantId, versionStart(from), withVersions(await bundleVersions(house.db, storeId, [variantId, ...parts.map((p) => p.variantId)]), [{ variantId, from: versionStart(from), parts }]));
    try {
      await house.db.transaction(async (tx) => {
        await saveBundle(tx, storeId, variantId, from, parts, by, now());
        await markDirty(tx, [...known.values()].flatMap((k) => (k.item_id === null ? [] : [k.item_id])), now());
      });
    } catch (error) {
      // Somebody saved the other half of a circle since it was looked at.
      if (error instanceof BundleCycle) throw await cycleRefusal(storeId, error.path);
      throw error;
    }
    await house.enqueue('stock-push', storeId);
    house.changed(storeId, ['push', 'stock']);
  }

  async function readFile(storeId: number, text: string, at: string): Promise<{ wanted: Entry[]; errors: Of<typeof ImportResult>['errors']; lines: number; notes: string[] }> {
    const errors: Of<typeof ImportResult>['errors'] = [], wanted = new Map<string, Entry>(), wrongBundles = new Set<string>();
    const table = csvTable(text, MOST_LINES), { rows } = table, signs = cellSigns(table, { numbers: ['Quantity'], days: ['Effective from'] });
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
      const faults = errors.length, quantity = record['Quantity'] ? readCount(record['Quantity'], 'units', signs.numbers) : Number.NaN, ends = !record['Part SKU'] && quantity === 0;
      const bundle = variant('Bundle SKU'), part = ends ? null : variant('Part SKU');
      // An instant is ours, as the export has it; a day is anybody's, and which of two it is the whole file says.
      const said = record['Effective from'] ?? '', dated = said !== '', instant = /^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(said), day = dated && !instant ? readDay(said, signs.days) : said, from = new Date(!dated ? at : instant || isDay(day) ? day : Number.NaN);
      if (typeof quantity === 'string') wrong('Quantity', quantity);
      else if (!ends && !(quantity >= 1 && quantity <= 2000)) wrong('Quantity', `expected a whole number from 1 to 2000, not ${record['Quantity'] || 'nothing'}`);
      if (Number.isNaN(from.getTime())) wrong('Effective from', instant ? `not a date: ${said}; write YYYY-MM-DD` : day);
      if (errors.length > faults || typeof quantity === 'string') { if (bundle !== null) wrongBundles.add(bundle); continue; }
      const start = versionStart(from.toISOString()), key = `${bundle!} ${start}`, entry = wanted.get(key) ?? { variantId: bundle!, from: start, dated, parts: [], lines: [] };
      if (part !== null) entry.parts.push({ variantId: part, quantity });
      entry.lines.push(line);
      wanted.set(key, entry);
    }
    // A version that lacks a part would promise more than there is.
    const whole = [...wanted.values()].filter((entry) => !wrongBundles.has(entry.variantId));
    for (const entry of wanted.values()) if (wrongBundles.has(entry.variantId)) for (const line of entry.lines) errors.push({ line, field: 'Bundle SKU', message: 'left out: another line of this bundle is wrong' });
    return { wanted: whole.sort((one, other) => (one.from < other.from ? -1 : one.from > other.from ? 1 : 0)), errors, lines: rows.length, notes: signs.notes };
  }
}

/** One version of a bundle as a file says it; `dated` when the file said from when. */
interface Entry { variantId: string; from: string; dated: boolean; parts: BundlePart[]; lines: number[] }

/** The versions as they would be with these in their places. */
function withVersions(versions: BundleVersions, wanted: readonly { variantId: string; from: string; parts: readonly BundlePart[] }[]): BundleVersions {
  const all = new Map([...versions].map(([id, own]) => [id, new Map(own)]));
  for (const { variantId, from, parts } of wanted) all.set(variantId, (all.get(variantId) ?? new Map<string, readonly BundlePart[]>()).set(from, parts));
  return all;
}

/** Whether a version is kept already: it is not written again, so who made it, and when, stays. */
function holds(kept: BundleVersions, { variantId, from, dated, parts }: Entry): boolean {
  const own = kept.get(variantId)?.get(from) ?? (dated ? null : partsAt(kept, from)(variantId) ?? []);
  return own !== null && partsKey(own) === partsKey(parts);
}

/** The same for the same parts, in whatever order and on however many lines. */
function partsKey(parts: readonly BundlePart[]): string {
  const units = new Map<string, number>();
  for (const part of parts) units.set(part.variantId, (units.get(part.variantId) ?? 0) + part.quantity);
  return JSON.stringify([...units].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function view(row: BundleRow, availability: Of<typeof Bundle>['availability'], at: string): Of<typeof Bundle> {
  const current = row.effective_from <= at && (row.effective_to === null || row.effective_to > at);
  return {
    variantId: row.variant_id, sku: row.sku, title: row.title, effectiveFrom: row.effective_from, effectiveTo: row.effective_to, updatedAt: row.updated_at, updatedBy: row.updated_by, current, parts: row.parts, availability: current ? availability : [],
  };
}
