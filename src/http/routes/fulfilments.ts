/** Fulfilments: parcels on their way into Shopify, what is late, and orders on their way to the warehouse. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { shipmentCounts, shipmentPage, type ShipmentPageRow } from '../../store/shipments-page.ts';
import { outCounts, outPage } from '../../store/orders-out-page.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { OrderOutPage, OrderOutQuery, Shipment, ShipmentPage, ShipmentQuery } from '../contract-stock.ts';
import { csv } from '../csv.ts';
import { cut, decodeParts } from '../cursor.ts';
import { storeOf } from '../store-scope.ts';

/** The promise the page, the CSV and the exception measure by. */
const LATE_MINUTES = 30;

export function fulfilmentRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const lateBefore = (): string => new Date(house.clock.now().getTime() - LATE_MINUTES * 60_000).toISOString();
  const filterOf = (query: Of<typeof ShipmentQuery>, limit: number): Parameters<typeof shipmentPage>[2] => {
    const before = decodeParts<[string, string]>(query.cursor, ['string', 'string']);
    return { view: query.view, q: query.q ?? null, lateBefore: lateBefore(), before: before && { at: before[0], id: before[1] }, limit };
  };

  api.get('/api/v1/fulfilments', { schema: { tags: ['fulfilments'], summary: 'Parcels the warehouse sent and what became of them in Shopify', querystring: ShipmentQuery, response: { 200: ShipmentPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const rows = await shipmentPage(house.db, store.store_id, filterOf(request.query, request.query.limit + 1));
    const { page, nextCursor } = cut(rows, request.query.limit, (row) => [row.shipped_at, row.shipment_id]);
    return { rows: page.map((row) => view(row, lateBefore())), nextCursor, counts: await shipmentCounts(house.db, store.store_id, lateBefore()), lateMinutes: LATE_MINUTES };
  });

  api.get('/api/v1/fulfilments.csv', { schema: { tags: ['fulfilments'], summary: 'The filtered parcels as CSV, late ones with their reason: the exception report', querystring: ShipmentQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    const rows = await shipmentPage(house.db, store.store_id, { ...filterOf({ ...request.query, cursor: undefined }, 100_000) });
    return csv(reply, `fulfilments-${store.shop_domain}`, ['Order', 'Parcel', 'Warehouse', 'Location', 'Shipped', 'In Shopify', 'State', 'Late', 'Reason', 'Tries', 'Units', 'Tracking', 'Carrier', 'Lines'],
      rows.map((r) => [r.order_name, r.document_id, r.warehouse, r.location, r.shipped_at, r.written_at, r.state, isLate(r, lateBefore()) ? 'late' : '', r.reason, r.attempts, r.units, r.parcels.map((p) => p.number ?? '').join(' '),
        r.parcels.map((p) => p.carrier ?? '').join(' '), r.lines.map((l) => `${l.quantity} × ${l.sku || l.title}`).join('; ')]));
  });

  api.post('/api/v1/fulfilments/:shipmentId/retry', { schema: { tags: ['fulfilments'], summary: 'Try now', params: z.object({ shipmentId: z.string().regex(/^\d+$/) }), querystring: z.object({ store: z.coerce.number() }), response: { 200: z.object({ queued: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const { rowCount } = await house.db.query(`update shipment set not_before = null, state = case when state = 'failed' then 'waiting' else state end where store_id = $1 and shipment_id = $2 and state <> 'written'`, [store.store_id, request.params.shipmentId]);
    if (rowCount === 0) throw new Refusal(409, 'That parcel is fulfilled in Shopify already, or there is none of that id');
    await house.db.query(`select pg_notify('instep_fulfil', '')`);
    await audit(house.db, { at: house.clock.now().toISOString(), actor: request.user?.email ?? 'operator', action: 'fulfilment tried again', subject: `shipment ${request.params.shipmentId}` });
    return { queued: true };
  });

  api.get('/api/v1/orders-out', { schema: { tags: ['fulfilments'], summary: 'Orders and what the warehouse knows of them', querystring: OrderOutQuery, response: { 200: OrderOutPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { view, q, limit, cursor } = request.query;
    const before = decodeParts<[string, string, number]>(cursor, ['string', 'string', 'number']);
    const rows = await outPage(house.db, store.store_id, { view, q: q ?? null, before: before && { at: before[0], orderId: before[1], locationId: before[2] }, limit: limit + 1 });
    const { page, nextCursor } = cut(rows, limit, (row) => [row.created_at, row.order_id, row.location_id]);
    return { rows: page.map((r) => ({
      orderId: r.order_id, orderName: r.order_name, reference: r.reference, warehouse: r.warehouse, locationId: r.location_id, locationName: r.location, state: r.state, version: r.version, sentVersion: r.sent_version, held: r.held, warehouseReference: r.warehouse_reference,
      attempts: r.attempts, message: r.message, createdAt: r.created_at, updatedAt: r.updated_at, acknowledgedAt: r.acknowledged_at, lines: r.lines,
    })), nextCursor, counts: await outCounts(house.db, store.store_id) };
  });

  api.get('/api/v1/orders-out.csv', { schema: { tags: ['fulfilments'], summary: 'The filtered orders as CSV, a row a line (at most 20,000 orders)', querystring: OrderOutQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), { view, q } = request.query;
    const rows = await outPage(house.db, store.store_id, { view, q: q ?? null, before: null, limit: 20_000 });
    return csv(reply, `orders-out-${store.shop_domain}`, ['Order', 'Warehouse', 'Location', 'State', 'On hold', 'Reference there', 'Acknowledged', 'Tries', 'Message', 'SKU', 'Title', 'Wanted', 'Dispatched'],
      rows.flatMap((r) => r.lines.map((l) => [r.order_name, r.warehouse, r.location, r.state, r.held ? 'on hold' : '', r.warehouse_reference, r.acknowledged_at, r.attempts, r.message, l.sku, l.title, l.quantity, l.shipped])));
  });

  api.post('/api/v1/orders-out/:orderId/:locationId/retry', { schema: { tags: ['fulfilments'], summary: 'Tell the warehouse again', params: z.object({ orderId: z.string().regex(/^\d+$/), locationId: z.coerce.number().int() }), querystring: z.object({ store: z.coerce.number() }), response: { 200: z.object({ queued: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const { rowCount } = await house.db.query(
      `update order_out set state = case when jsonb_array_length(lines) = 0 then 'cancelling' else 'waiting' end, not_before = null, attempts = 0, message = null where store_id = $1 and order_id = $2 and location_id = $3 and state in ('waiting', 'cancelling', 'refused', 'unmapped', 'sent')`,
      [store.store_id, request.params.orderId, request.params.locationId]);
    if (rowCount === 0) throw new Refusal(409, 'The warehouse has that order already, or there is none of that id');
    await audit(house.db, { at: house.clock.now().toISOString(), actor: request.user?.email ?? 'operator', action: 'order told again', subject: `order ${request.params.orderId} at location ${request.params.locationId}` });
    await house.db.query(`select pg_notify('instep_orders_out', '')`);
    return { queued: true };
  });
}

const isLate = (row: ShipmentPageRow, before: string): boolean => row.state !== 'written' && row.state !== 'cancelled' && row.shipped_at <= before;

function view(row: ShipmentPageRow, before: string): Of<typeof Shipment> {
  return {
    shipmentId: row.shipment_id, documentId: row.document_id, orderId: row.order_id, orderName: row.order_name, warehouse: row.warehouse, locationName: row.location, shippedAt: row.shipped_at, receivedAt: row.received_at, writtenAt: row.written_at,
    state: row.state as Of<typeof Shipment>['state'], late: isLate(row, before), reason: row.reason, attempts: row.attempts, units: row.units, parcels: row.parcels, fulfilmentIds: row.fulfilment_ids, lines: row.lines,
  };
}
