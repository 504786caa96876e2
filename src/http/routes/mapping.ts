/** Mapping: whose a warehouse's code is. What nobody matched keeps its stock and is a case until somebody does. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { mappingCounts, mappingPage, type MappingPageRow } from '../../store/mapping-page.ts';
import { applyMatches, changedSince, type Match } from '../../store/code-matches.ts';
import { unitsLeaving } from '../../domain/mapping/units-leaving.ts';
import { stockEffect } from '../../store/code-suggestions.ts';
import { repairLimit } from '../../store/drift-repair.ts';
import { askMatches, lockRequest, matchRequests, settleRequest } from '../../store/match-requests.ts';
import { audit } from '../../store/users.ts';
import { warehousesOf } from '../../store/warehouses.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { Matched, MatchRequests, type Waits } from '../contract-mapping.ts';
import { MappingPage, MappingQuery, MatchBody, type MappingRow } from '../contract-stock.ts';
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
    return csv(reply, `mapping-${store.shop_domain}`, ['Warehouse', 'Code', 'Item SKU', 'Item id', 'Title', 'Barcode', 'Ignored because', 'Matched by', 'On hand', 'Suggested SKU', 'Confidence', 'Basis', 'Version'],
      rows.map((r) => [r.warehouse, r.sku, r.item_sku, r.item_id, r.title, r.barcode, r.ignored_reason, r.matched_by, r.on_hand, r.suggestions?.[0]?.sku ?? null, r.suggestions?.[0]?.confidence ?? null, r.suggestions?.[0]?.why ?? null, r.version]));
  });

  api.put('/api/v1/mapping', { schema: { tags: ['mapping'], summary: 'Say whose a code is; null takes it away', querystring, body: MatchBody, response: { 200: Matched } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { warehouseId, sku, itemId, version } = request.body, by = request.user?.email ?? 'operator';
    const waits = await match(store.store_id, [{ warehouseId, sku, itemId, version: version ?? null }], by);
    await audit(house.db, { at: now(), actor: by, action: waits ? 'match asked for' : 'code matched', subject: sku, after: request.body });
    return { saved: waits === null, waits };
  });

  /** Matches at once, or, where more units would stop counting as their item than one person may decide, when a second one has agreed. */
  async function match(storeId: number, wanted: readonly Match[], by: string): Promise<Of<typeof Waits> | null> {
    const ids = wanted.flatMap((w) => (w.itemId === null ? [] : [w.itemId]));
    const known = await house.db.query<{ item_id: number }>('select distinct item_id from inventory_item where store_id = $1 and item_id = any($2)', [storeId, ids]), there = new Set(known.rows.map((row) => row.item_id));
    const strange = ids.find((id) => !there.has(id));
    if (strange !== undefined) throw new Refusal(400, `itemId: there is no item ${strange} in this store`);
    const served = await warehousesOf(house.db, storeId), other = wanted.find((each) => !served.includes(each.warehouseId));
    if (other !== undefined) throw new Refusal(404, `warehouseId: there is no warehouse ${other.warehouseId} that serves this store`);
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
