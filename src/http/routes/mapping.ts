/** Mapping: whose a warehouse's code is. What nobody matched keeps its stock and is a case until somebody does. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { mappingCounts, mappingPage, type MappingPageRow } from '../../store/mapping-page.ts';
import { applyMatches, changedSince, describeCodes, type Match } from '../../store/code-matches.ts';
import { unitsLeaving } from '../../domain/mapping/units-leaving.ts';
import { stockEffect } from '../../store/code-suggestions.ts';
import { repairLimit } from '../../store/drift-repair.ts';
import { askMatches, lockRequest, matchRequests, settleRequest } from '../../store/match-requests.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { Matched, MatchRequests, type Waits } from '../contract-mapping.ts';
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

  api.put('/api/v1/mapping', { schema: { tags: ['mapping'], summary: 'Say whose a code is; null takes it away', querystring, body: MatchBody, response: { 200: Matched } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { warehouseId, sku, itemId, version } = request.body, by = request.user?.email ?? 'operator';
    const waits = await match(store.store_id, [{ warehouseId, sku, itemId, version: version ?? null }], by);
    await audit(house.db, { at: now(), actor: by, action: waits ? 'match asked for' : 'code matched', subject: sku, after: request.body });
    return { saved: waits === null, waits };
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
      result.waits = await match(store.store_id, moved, request.user?.email ?? 'operator');
      await audit(house.db, { at: now(), actor: request.user?.email ?? 'operator', action: result.waits ? 'matches asked for from a file' : 'codes matched from a file', subject: `${moved.length} codes` });
    }
    return result;
  });

  /** Matches at once, or, where more units would stop counting as their item than one person may decide, when a second one has agreed. */
  async function match(storeId: number, wanted: readonly Match[], by: string): Promise<Of<typeof Waits> | null> {
    const ids = wanted.flatMap((w) => (w.itemId === null ? [] : [w.itemId]));
    const known = await house.db.query<{ item_id: number }>('select distinct item_id from inventory_item where store_id = $1 and item_id = any($2)', [storeId, ids]), there = new Set(known.rows.map((row) => row.item_id));
    const strange = ids.find((id) => !there.has(id));
    if (strange !== undefined) throw new Refusal(400, `itemId: there is no item ${strange} in this store`);
    const limit = await repairLimit(house.db, storeId), waits = await house.db.transaction(async (tx) => {
      const theirs = await changedSince(tx, wanted);
      if (theirs) throw new Refusal(409, changedWords(theirs));
      const units = unitsLeaving(await stockEffect(tx, storeId, wanted));
      if (units > limit) return { requestId: await askMatches(tx, storeId, wanted, units, by, now()), units, limit };
      await applyMatches(tx, wanted, by, now());
      return null;
    });
    await told(storeId);
    return waits;
  }
  async function told(storeId: number): Promise<void> {
    house.changed(storeId, ['push', 'stock', 'catalogue']);
    await house.enqueue('warehouse-feed', storeId);
  }

  api.get('/api/v1/mapping/requests', { schema: { tags: ['mapping'], summary: 'Changes of matches that wait for a second person, then what was decided last', querystring, response: { 200: MatchRequests } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { limit: await repairLimit(house.db, store.store_id), requests: (await matchRequests(house.db, store.store_id, DECIDED_SHOWN)).map((row) => ({ requestId: row.request_id, units: row.units, codes: row.codes, count: row.matches.length, state: row.state, askedAt: row.asked_at, askedBy: row.asked_by, decidedAt: row.decided_at, decidedBy: row.decided_by })) };
  });

  api.post('/api/v1/mapping/requests/:requestId', { schema: {
    tags: ['mapping'], summary: 'Agree to a change somebody else asked for, or take it back', querystring, params: z.object({ requestId: z.string().regex(/^\d{1,18}$/) }), body: z.object({ action: z.enum(['approve', 'withdraw']) }).strict(), response: { 200: z.object({ state: z.string() }) },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { action } = request.body, by = request.user?.email ?? 'operator', at = now();
    const outcome = await house.db.transaction(async (tx) => {
      const asked = await lockRequest(tx, store.store_id, request.params.requestId);
      if (!asked) throw new Refusal(409, 'It does not wait any more. Look at it again.');
      if (action === 'withdraw') { await settleRequest(tx, store.store_id, asked.request_id, 'withdrawn', by, at); return { state: 'withdrawn' as const, asked }; }
      if (asked.asked_by === by) throw new Refusal(403, 'Somebody else has to agree to a change of this size.');
      const theirs = await changedSince(tx, asked.matches);
      await settleRequest(tx, store.store_id, asked.request_id, theirs ? 'overtaken' : 'approved', by, at);
      if (theirs) return { state: 'overtaken' as const, asked, theirs };
      await applyMatches(tx, asked.matches.map((each) => ({ ...each, said: `asked by ${asked.asked_by}` })), by, at);
      return { state: 'approved' as const, asked };
    });
    await audit(house.db, { at, actor: by, action: `match request ${outcome.state}`, subject: `${outcome.asked.matches.length} codes`, after: { units: outcome.asked.units, askedBy: outcome.asked.asked_by } });
    await told(store.store_id);
    if ('theirs' in outcome) throw new Refusal(409, `${changedWords(outcome.theirs!)} The request is closed.`);
    return { state: outcome.state };
  });
}

const DECIDED_SHOWN = 5;
const changedWords = (theirs: { sku: string; updated_by: string; item: string | null }): string => `${theirs.updated_by} changed ${theirs.sku} meanwhile: it is ${theirs.item === null ? 'matched to nothing' : `matched to ${theirs.item}`} now. Look at it again.`;

function view(row: MappingPageRow): Of<typeof MappingRow> {
  return {
    warehouseId: row.warehouse_id, warehouse: row.warehouse, sku: row.sku, itemId: row.item_id, itemSku: row.item_sku, itemTitle: row.item_title, matchedBy: row.matched_by, onHand: row.on_hand, unsellable: row.unsellable, countedAt: row.counted_at,
    updatedAt: row.updated_at, updatedBy: row.updated_by, codeTitle: row.title, codeBarcode: row.barcode, ignoredReason: row.ignored_reason, version: row.version, suggestions: row.suggestions ?? [],
  };
}
