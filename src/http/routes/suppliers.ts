/** Suppliers: terms, items, scorecards. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { money, toDecimal } from '../../domain/money.ts';
import { leadTimeDrift } from '../../domain/purchasing/lead-time.ts';
import { breaksFault } from '../../domain/purchasing/price.ts';
import { scorecard, type DeliveredOrder } from '../../domain/purchasing/scorecard.ts';
import { saveSupplierItems, supplierItems, supplierItemsFile, termsOf, type SupplierItemRow } from '../../store/supplier-items.ts';
import { deliveredOrders } from '../../store/supplier-performance.ts';
import { findSupplier, listSuppliers, makeSupplier, saveSupplier, type SupplierRow, type SupplierTerms } from '../../store/suppliers.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { Supplier, SupplierBody, SupplierChange, SupplierItem, SupplierItemsBody, SupplierItemsPage, SupplierPage, SupplierQuery, type Of } from '../contract-purchasing.ts';
import { csv } from '../csv.ts';
import { cut, decodeParts } from '../cursor.ts';
import { storeOf } from '../store-scope.ts';

const MOST = 20_000;

export function supplierRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const now = (): string => house.clock.now().toISOString();
  const querystring = z.object({ store: z.coerce.number() }), params = z.object({ supplierId: z.coerce.number().int().min(1).max(2 ** 31 - 1) });
  const one = async (storeId: number, id: number): Promise<SupplierRow> => {
    const row = await findSupplier(house.db, storeId, { id });
    if (!row) throw new Refusal(404, `There is no supplier ${id}`);
    return row;
  };
  const viewed = async (storeId: number, rows: readonly SupplierRow[]): Promise<Of<typeof Supplier>[]> => {
    const delivered = await deliveredOrders(house.db, storeId, rows.map((row) => row.supplier_id));
    return rows.map((row) => view(row, delivered.get(row.supplier_id) ?? []));
  };

  api.get('/api/v1/suppliers', { schema: { tags: ['purchasing'], summary: 'Suppliers by name, with their scorecards', querystring: SupplierQuery, response: { 200: SupplierPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { q, all, cursor, limit } = request.query, after = decodeParts<[string, number]>(cursor, ['string', 'number']);
    const { page, nextCursor } = cut(await listSuppliers(house.db, store.store_id, { q: q ?? null, all: all === 'true', after: after && { name: after[0], id: after[1] }, limit: limit + 1 }), limit, (row) => [row.name.toLowerCase(), row.supplier_id]);
    return { rows: await viewed(store.store_id, page), nextCursor };
  });

  api.get('/api/v1/suppliers.csv', { schema: { tags: ['purchasing'], summary: 'Suppliers as CSV, in the form the import takes', querystring: SupplierQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    const rows = await listSuppliers(house.db, store.store_id, { q: request.query.q ?? null, all: true, after: null, limit: MOST });
    return csv(reply, `suppliers-${store.shop_domain}`, ['Supplier', 'Email', 'Contact', 'Address', 'Currency', 'Lead time days', 'Lead time tolerance days', 'Order days', 'Minimum order value', 'Minimum order units', 'Minimum counts', 'Container volume cm3', 'Container weight g', 'Most containers', 'Fill containers', 'Planning budget', 'Budget per', 'Payment terms', 'Notes', 'Active'],
      rows.map((r) => [r.name, r.email, r.contact, r.address, r.currency, r.lead_time_days, r.lead_time_tolerance_days, r.order_days.join(' '), amount(r.min_order_cost, r.currency), r.min_order_units, r.minimum_counts, number(r.container_volume_cm3), number(r.container_weight_g), r.most_containers, r.fill_container ? 'yes' : 'no', amount(r.budget, r.currency), r.budget_per, r.payment_terms, r.notes, r.active ? 'yes' : 'no']));
  });

  api.post('/api/v1/suppliers', { schema: { tags: ['purchasing'], summary: 'A new supplier', querystring, body: SupplierBody, response: { 200: Supplier } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator';
    const id = await makeSupplier(house.db, store.store_id, { ...request.body, orderDays: sorted(request.body.orderDays) }, by, now());
    if (id === null) throw new Refusal(409, `name: there is a supplier called ${request.body.name} already`);
    await audit(house.db, { at: now(), actor: by, action: 'supplier made', subject: request.body.name, after: request.body });
    return (await viewed(store.store_id, [await one(store.store_id, id)]))[0]!;
  });

  api.get('/api/v1/suppliers/:supplierId', { schema: { tags: ['purchasing'], summary: 'One supplier', querystring, params, response: { 200: Supplier } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return (await viewed(store.store_id, [await one(store.store_id, request.params.supplierId)]))[0]!;
  });

  api.put('/api/v1/suppliers/:supplierId', { schema: { tags: ['purchasing'], summary: 'Change terms of a supplier', querystring, params, body: SupplierChange, response: { 200: Supplier } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), row = await one(store.store_id, request.params.supplierId), by = request.user?.email ?? 'operator', { version, ...change } = request.body;
    const before = termsFrom(row), after = { ...before, ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) } as SupplierTerms;
    // An amount keeps its digits and would change its worth.
    if (after.currency !== before.currency && row.open_orders > 0) throw new Refusal(409, `currency: ${row.name} has ${row.open_orders} open purchase orders in ${before.currency}; close them first`);
    try {
      if (!(await saveSupplier(house.db, store.store_id, row.supplier_id, version, { ...after, orderDays: sorted(after.orderDays) }, by, now()))) throw new Refusal(409, `${row.name} was changed by ${row.updated_by} at ${row.updated_at} (version ${row.version}, you saw ${version}): load it again and repeat your change`);
    } catch (error) {
      if ((error as { code?: string }).code === '23505') throw new Refusal(409, `name: there is a supplier called ${after.name} already`);
      throw error;
    }
    await audit(house.db, { at: now(), actor: by, action: 'supplier changed', subject: row.name, before, after });
    await house.enqueue('replenishment', store.store_id);
    await house.enqueue('purchase-orders', store.store_id);
    return (await viewed(store.store_id, [await one(store.store_id, row.supplier_id)]))[0]!;
  });

  const itemsQuery = z.object({ store: z.coerce.number(), q: z.string().max(200).optional(), cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(500).default(100) });
  api.get('/api/v1/suppliers/:supplierId/items', { schema: { tags: ['purchasing'], summary: 'What a supplier sells, with its terms', querystring: itemsQuery, params, response: { 200: SupplierItemsPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), row = await one(store.store_id, request.params.supplierId), { q, cursor, limit } = request.query;
    const { page, nextCursor } = cut(await supplierItems(house.db, store.store_id, row.supplier_id, { q: q ?? null, after: decodeParts<[number]>(cursor, ['number'])?.[0] ?? 0, limit: limit + 1 }), limit, (r) => [r.item_id]);
    return { rows: page.map(itemView), nextCursor };
  });

  const TERMS = ['Supplier', 'SKU', 'Variant id', 'Title', 'Supplier SKU', 'Unit cost', 'Currency', 'MOQ', 'Case pack', 'Price breaks', 'Volume cm3', 'Weight g', 'Lead time days', 'Preferred'];
  const termsFile = async (storeId: number, supplierId: number | null): Promise<(string | number | null)[][]> => (await supplierItemsFile(house.db, storeId, supplierId, 200_000)).map((r) => [
    r.supplier, r.sku, r.variant_id, r.title, r.supplier_sku, amount(r.unit_cost, r.supplier_currency), r.supplier_currency, r.moq, r.case_pack, r.price_breaks.map((b) => `${b.from}:${amount(b.unitCost, r.supplier_currency)}`).join(' '), number(r.volume_cm3), number(r.weight_g), r.lead_time_days, r.preferred ? 'yes' : 'no']);
  api.get('/api/v1/suppliers/:supplierId/items.csv', { schema: { tags: ['purchasing'], summary: 'What a supplier sells as CSV, in the form the import takes', querystring, params } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), row = await one(store.store_id, request.params.supplierId);
    return csv(reply, `supplier-items-${row.name}`, TERMS, await termsFile(store.store_id, row.supplier_id));
  });
  api.get('/api/v1/supplier-items.csv', { schema: { tags: ['purchasing'], summary: 'What all suppliers sell as CSV, in the form the import takes', querystring } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    return csv(reply, `supplier-items-${store.shop_domain}`, TERMS, await termsFile(store.store_id, null));
  });

  api.put('/api/v1/suppliers/:supplierId/items', { schema: { tags: ['purchasing'], summary: 'Set terms of items; a supplier made preferred takes the place of the one before', querystring, params, body: SupplierItemsBody, response: { 200: z.object({ saved: z.number() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), row = await one(store.store_id, request.params.supplierId), by = request.user?.email ?? 'operator', { items } = request.body;
    const known = await house.db.query<{ item_id: number }>('select distinct item_id from inventory_item where store_id = $1 and item_id = any($2)', [store.store_id, items.map((i) => i.itemId)]), ours = new Set(known.rows.map((r) => r.item_id));
    items.forEach((item, n) => {
      if (!ours.has(item.itemId)) throw new Refusal(400, `items.${n}.itemId: there is no item ${item.itemId} in this store`);
      const fault = breaksFault(item.unitCost, item.priceBreaks, (minor) => toDecimal(money(minor, row.currency)));
      if (fault !== null) throw new Refusal(400, `items.${n}.priceBreaks: ${fault}`);
    });
    await house.db.transaction(async (tx) => {
      await tx.query('select from supplier where store_id = $1 and supplier_id = $2 for update', [store.store_id, row.supplier_id]);
      const before = await termsOf(tx, store.store_id, row.supplier_id, items.map((i) => i.itemId));
      for (const item of items) {
        const was = before.get(item.itemId);
        if (was && item.seenAt !== null && was.updated_at !== item.seenAt) throw new Refusal(409, `${was.sku || was.title}: its terms were changed by ${was.updated_by} at ${was.updated_at}; load them again and repeat your change`);
      }
      await saveSupplierItems(tx, store.store_id, row.supplier_id, items, by, now());
    });
    await audit(house.db, { at: now(), actor: by, action: 'supplier items changed', subject: row.name, after: { items: items.slice(0, 50) } });
    await house.enqueue('replenishment', store.store_id);
    return { saved: items.length };
  });
}

const number = (text: string | null): number | null => (text === null ? null : Number(text));
const amount = (minor: string | number | null, currency: string): string | null => (minor === null ? null : toDecimal(money(Number(minor), currency)));
const sorted = (list: readonly number[]): number[] => [...new Set(list)].sort((a, b) => a - b);

function termsFrom(row: SupplierRow): SupplierTerms {
  return {
    name: row.name, email: row.email, contact: row.contact, address: row.address, notes: row.notes, currency: row.currency, leadTimeDays: row.lead_time_days, leadTimeToleranceDays: row.lead_time_tolerance_days, orderDays: row.order_days,
    minOrderCost: number(row.min_order_cost), minOrderUnits: row.min_order_units, containerVolumeCm3: number(row.container_volume_cm3), containerWeightG: number(row.container_weight_g), minimumCounts: row.minimum_counts, fillContainer: row.fill_container,
    mostContainers: row.most_containers, budget: number(row.budget), budgetPer: row.budget_per, paymentTerms: row.payment_terms, active: row.active,
  };
}

function view(row: SupplierRow, delivered: readonly DeliveredOrder[]): Of<typeof Supplier> {
  const card = scorecard(delivered, row.lead_time_tolerance_days);
  return { supplierId: row.supplier_id, vendor: row.vendor, ...termsFrom(row), version: row.version, updatedAt: row.updated_at, updatedBy: row.updated_by, items: row.items, openOrders: row.open_orders, scorecard: card, driftDays: leadTimeDrift(row.lead_time_days, card.leadTime)?.days ?? null };
}

function itemView(row: SupplierItemRow): Of<typeof SupplierItem> {
  return {
    itemId: row.item_id, sku: row.sku, title: row.title, supplierSku: row.supplier_sku, unitCost: number(row.unit_cost), itemCost: number(row.item_cost), moq: row.moq, casePack: row.case_pack, priceBreaks: row.price_breaks, volumeCm3: number(row.volume_cm3), weightG: number(row.weight_g),
    leadTimeDays: row.lead_time_days, preferred: row.preferred, updatedAt: row.updated_at, updatedBy: row.updated_by,
  };
}
