/** Mapping: whose a warehouse's code is. What nobody matched keeps its stock and is a case until somebody does. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { mappingCounts, mappingPage, type MappingPageRow } from '../../store/mapping-page.ts';
import { applyMatches, changedSince, describeCodes, type Match } from '../../store/code-matches.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { ImportResult, MappingPage, MappingQuery, MatchBody, type MappingRow } from '../contract-stock.ts';
import { csvRows } from '../csv-in.ts';
import { csv } from '../csv.ts';
import { cut, decodeParts } from '../cursor.ts';
import { storeOf } from '../store-scope.ts';

const MOST_LINES = 50_000;

export function mappingRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const now = (): string => house.clock.now().toISOString();
  const querystring = z.object({ store: z.coerce.number() });

  api.get('/api/v1/mapping', { schema: { tags: ['mapping'], summary: 'Warehouse codes and the items they are', querystring: MappingQuery, response: { 200: MappingPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { view: only, q, limit, cursor } = request.query;
    const rows = await mappingPage(house.db, store.store_id, { view: only, q: q ?? null, after: decodeParts<[string, number]>(cursor, ['string', 'number']), limit: limit + 1 });
    const { page, nextCursor } = cut(rows, limit, (row) => [row.sku, row.warehouse_id]);
    const counts = await mappingCounts(house.db, store.store_id);
    return { rows: page.map(view), nextCursor, counts: { all: counts.all, unmatched: counts.unmatched, suggested: counts.suggested, byHand: counts.by_hand, ignored: counts.ignored } };
  });

  api.get('/api/v1/mapping.csv', { schema: { tags: ['mapping'], summary: 'Warehouse codes as CSV, in the form the import takes', querystring: MappingQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    const rows = await mappingPage(house.db, store.store_id, { view: request.query.view, q: request.query.q ?? null, after: null, limit: MOST_LINES });
    return csv(reply, `mapping-${store.shop_domain}`, ['Warehouse', 'Code', 'Item SKU', 'Item id', 'Title', 'Barcode', 'Ignored because', 'Matched by', 'On hand', 'Suggested SKU', 'Confidence', 'Basis'],
      rows.map((r) => [r.warehouse, r.sku, r.item_sku, r.item_id, r.title, r.barcode, r.ignored_reason, r.matched_by, r.on_hand, r.suggestions?.[0]?.sku ?? null, r.suggestions?.[0]?.confidence ?? null, r.suggestions?.[0]?.why ?? null]));
  });

  api.put('/api/v1/mapping', { schema: { tags: ['mapping'], summary: 'Say whose a code is; null takes it away', querystring, body: MatchBody, response: { 200: z.object({ saved: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { warehouseId, sku, itemId, version } = request.body, by = request.user?.email ?? 'operator';
    await match(store.store_id, [{ warehouseId, sku, itemId, version: version ?? null }], by);
    await audit(house.db, { at: now(), actor: by, action: 'code matched', subject: sku, after: request.body });
    return { saved: true };
  });

  // JSON writes a line break as two characters: room for more than the text.
  api.post('/api/v1/mapping/import', { bodyLimit: 24_000_000, schema: {
    tags: ['mapping'], summary: 'Matches from CSV (Warehouse, Code, Item SKU or Item id; Title and Barcode as the warehouse has them); a dry run first', querystring: querystring.extend({ dryRun: z.enum(['true', 'false']).default('true') }), body: z.object({ csv: z.string().max(20_000_000) }).strict(), response: { 200: ImportResult },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), dryRun = request.query.dryRun === 'true';
    const rows = csvRows(request.body.csv, MOST_LINES);
    const warehouses = await house.db.query<{ warehouse_id: number; name: string }>('select warehouse_id, name from warehouse');
    const skus = rows.map(({ record }) => record['Item SKU'] ?? '').filter(Boolean);
    const items = await house.db.query<{ sku: string; ids: number[] }>('select i.sku, array_agg(distinct i.item_id) as ids from item i join inventory_item x using (item_id) where x.store_id = $1 and i.sku = any($2) group by 1', [store.store_id, skus]);
    const itemOf = new Map(items.rows.map((row) => [row.sku, row.ids]));
    const result: Of<typeof ImportResult> = { dryRun, lines: rows.length, applied: 0, unchanged: 0, errors: [] }, wanted: { warehouseId: number; sku: string; itemId: number | null }[] = [], described: Parameters<typeof describeCodes>[1][number][] = [];
    for (const { record, line } of rows) {
      const wrong = (field: string, message: string): void => { result.errors.push({ line, field, message }); };
      const named = warehouses.rows.filter((w) => w.name === record['Warehouse'] || (!record['Warehouse'] && warehouses.rows.length === 1));
      if (named.length !== 1) { wrong('Warehouse', record['Warehouse'] ? `there is no warehouse called ${record['Warehouse']}` : 'is empty, and there are several'); continue; }
      if (!record['Code']) { wrong('Code', 'is empty'); continue; }
      const byId = record['Item id'] ? Number(record['Item id']) : null, hits = record['Item SKU'] ? itemOf.get(record['Item SKU']) ?? [] : [];
      if (byId !== null && !Number.isInteger(byId)) { wrong('Item id', `not an id: ${record['Item id']}`); continue; }
      if (byId === null && record['Item SKU'] && hits.length !== 1) { wrong('Item SKU', hits.length === 0 ? `no item has the SKU ${record['Item SKU']}` : `${hits.length} items have the SKU ${record['Item SKU']}; give the item id`); continue; }
      if (record['Title'] || record['Barcode']) described.push({ warehouseId: named[0]!.warehouse_id, sku: record['Code'], title: record['Title']?.slice(0, 300) || null, barcode: record['Barcode']?.slice(0, 60) || null });
      // A file of titles alone says nothing of matches.
      if ('Item SKU' in record || 'Item id' in record) wanted.push({ warehouseId: named[0]!.warehouse_id, sku: record['Code'], itemId: byId ?? hits[0] ?? null });
    }
    // The list as it was exported changes nothing: only lines that say another item than is known are matches.
    const kept = await house.db.query<{ warehouse_id: number; sku: string; item_id: number | null }>('select k.warehouse_id, k.sku, k.item_id from warehouse_sku k join unnest($1::int[], $2::text[]) as t(warehouse_id, sku) using (warehouse_id, sku)', [wanted.map((each) => each.warehouseId), wanted.map((each) => each.sku)]);
    const known = new Map(kept.rows.map((row) => [`${row.warehouse_id}:${row.sku}`, row.item_id])), moved = wanted.filter((each) => !known.has(`${each.warehouseId}:${each.sku}`) || known.get(`${each.warehouseId}:${each.sku}`) !== each.itemId);
    const touched = new Set([...moved, ...described].map((each) => `${each.warehouseId}:${each.sku}`));
    result.applied = touched.size;
    result.unchanged = rows.length - result.errors.length - touched.size;
    if (!dryRun && described.length > 0) {
      await describeCodes(house.db.pool, described);
      await house.enqueue('mapping-suggest', store.store_id);
    }
    if (!dryRun && moved.length > 0) {
      await match(store.store_id, moved, request.user?.email ?? 'operator');
      await audit(house.db, { at: now(), actor: request.user?.email ?? 'operator', action: 'codes matched from a file', subject: `${moved.length} codes` });
    }
    return result;
  });

  async function match(storeId: number, wanted: readonly Match[], by: string): Promise<void> {
    const ids = wanted.flatMap((w) => (w.itemId === null ? [] : [w.itemId]));
    const known = await house.db.query<{ item_id: number }>('select distinct item_id from inventory_item where store_id = $1 and item_id = any($2)', [storeId, ids]), there = new Set(known.rows.map((row) => row.item_id));
    const strange = ids.find((id) => !there.has(id));
    if (strange !== undefined) throw new Refusal(400, `itemId: there is no item ${strange} in this store`);
    await house.db.transaction(async (tx) => {
      const theirs = await changedSince(tx, wanted);
      if (theirs) throw new Refusal(409, `${theirs.updated_by} changed ${theirs.sku} meanwhile: it is ${theirs.item === null ? 'matched to nothing' : `matched to ${theirs.item}`} now. Look at it again.`);
      await applyMatches(tx, wanted, by, now());
    });
    house.changed(storeId, ['push', 'stock', 'catalogue']);
    await house.enqueue('warehouse-feed', storeId);
  }
}

function view(row: MappingPageRow): Of<typeof MappingRow> {
  return {
    warehouseId: row.warehouse_id, warehouse: row.warehouse, sku: row.sku, itemId: row.item_id, itemSku: row.item_sku, itemTitle: row.item_title, matchedBy: row.matched_by, onHand: row.on_hand, unsellable: row.unsellable, countedAt: row.counted_at,
    updatedAt: row.updated_at, updatedBy: row.updated_by, codeTitle: row.title, codeBarcode: row.barcode, ignoredReason: row.ignored_reason, version: row.version, suggestions: row.suggestions ?? [],
  };
}
