/** Making purchase orders: one by hand, or drafts from what replenishment recommends. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dayOf } from '../../domain/calendar.ts';
import type { PurchaseLine, PurchaseOrder } from '../../domain/purchasing/purchase-order.ts';
import { paperOf } from '../../domain/replenishment/facts.ts';
import { idempotencyKey } from '../../runtime/key.ts';
import type { Queryable } from '../../store/db.ts';
import { endDecisions, recommendationsOf, recommendedLines } from '../../store/purchase-making.ts';
import { findPurchase, makePurchase, nextReference, type Doing } from '../../store/purchase-orders.ts';
import type { StoreRow } from '../../store/stores.ts';
import { findSupplier, type SupplierRow } from '../../store/suppliers.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { CopyBody, FromRecommendations, MadePurchases, PurchaseBody, PurchaseDetail, type Of } from '../contract-purchasing.ts';
import { knownPlace, linesOf } from '../purchase-lines.ts';
import { purchaseDetail } from '../purchase-views.ts';
import { storeOf } from '../store-scope.ts';

const MOST_RECOMMENDED = 20_000;

export function purchaseDraftRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const now = (): string => house.clock.now().toISOString(), querystring = z.object({ store: z.coerce.number() });
  const doing = (storeId: number, by: string): Doing => ({ by, now: now(), keyOf: (cause) => idempotencyKey(`stock-adjustments/${storeId}/${cause}`) });
  const detail = (store: StoreRow, id: number, by: string, role: string): Promise<Of<typeof PurchaseDetail>> => purchaseDetail(house.db, store, id, { by, role, today: dayOf(now(), store.time_zone), canMail: house.notifier !== null });

  /** Makes one draft; the caller has looked at the supplier and the location. */
  async function draft(tx: Parameters<typeof makePurchase>[0], store: StoreRow, supplier: SupplierRow, locationId: number, lines: PurchaseLine[], head: Partial<PurchaseOrder>, externalId: string | null, by: string): Promise<{ id: number; reference: string }> {
    const how = doing(store.store_id, by);
    for (;;) {
      const reference = await nextReference(tx, store.store_id, how);
      const id = await makePurchase(tx, store.store_id, {
        supplierId: supplier.supplier_id, locationId, state: 'draft', currency: supplier.currency, orderedOn: null, expectedOn: null, shipping: 0, duty: 0, otherCost: 0, notes: '', approvedBy: null, ...head, reference, version: 1, madeBy: [by], lines,
      }, { origin: 'instep', externalId }, how);
      if (id !== null) return { id, reference }; // else an imported order has that number: the next one
    }
  }
  /** The order made under the key before, else the one made now. */
  async function draftOnce(tx: Parameters<typeof makePurchase>[0], store: StoreRow, key: string | undefined, make: () => Promise<{ id: number; reference: string }>): Promise<{ id: number; reference: string }> {
    if (key === undefined) return make();
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`purchase-order:${store.store_id}:${key}`]);
    const { rows: [known] } = await tx.query<{ id: number; reference: string }>(`select purchase_order_id as id, reference from purchase_order where store_id = $1 and origin = 'instep' and external_id = $2`, [store.store_id, key]);
    return known ?? make();
  }
  const supplierOf = async (storeId: number, id: number, db: Queryable = house.db): Promise<SupplierRow> => {
    const supplier = await findSupplier(db, storeId, { id });
    if (!supplier) throw new Refusal(400, `supplierId: there is no supplier ${id}`);
    return supplier;
  };
  api.post('/api/v1/purchase-orders', { bodyLimit: 4_000_000, schema: { tags: ['purchasing'], summary: 'A draft; lines without a price take the supplier’s', querystring, body: PurchaseBody, response: { 200: PurchaseDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', { supplierId, locationId, lines, key, ...head } = request.body;
    const supplier = await supplierOf(store.store_id, supplierId);
    await knownPlace(house.db, store.store_id, locationId);
    const why = await recommendationsOf(house.db, store.store_id, locationId, lines.map((line) => line.itemId));
    const priced = await linesOf(house.db, store.store_id, supplier, lines.map((line) => ({ ...line, recommendation: why.get(line.itemId) })));
    const made = await house.db.transaction((tx) => draftOnce(tx, store, key, () => draft(tx, store, supplier, locationId, priced, head, key ?? null, by)));
    await audit(house.db, { at: now(), actor: by, action: 'purchase order made', subject: made.reference, after: { supplier: supplier.name, lines: priced.length } });
    house.changed(store.store_id, ['replenishment']);
    return detail(store, made.id, by, request.user?.role ?? 'admin');
  });

  const params = z.object({ purchaseOrderId: z.coerce.number().int().min(1).max(2 ** 31 - 1) });
  api.post('/api/v1/purchase-orders/:purchaseOrderId/copy', { schema: { tags: ['purchasing'], summary: 'A draft of the same lines at the supplier’s prices of today; the same key makes one', querystring, params, body: CopyBody, response: { 200: PurchaseDetail } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', found = await findPurchase(house.db, store.store_id, { id: request.params.purchaseOrderId });
    if (!found) throw new Refusal(404, `There is no purchase order ${request.params.purchaseOrderId}`);
    const { order } = found, supplier = await supplierOf(store.store_id, order.supplierId);
    const priced = await linesOf(house.db, store.store_id, supplier, order.lines.filter((line) => line.ordered > 0).map(({ itemId, ordered, supplierSku }) => ({ itemId, quantity: ordered, supplierSku })));
    const made = await house.db.transaction((tx) => draftOnce(tx, store, request.body.key, () => draft(tx, store, supplier, order.locationId, priced, { notes: order.notes }, request.body.key, by)));
    await audit(house.db, { at: now(), actor: by, action: 'purchase order made', subject: made.reference, after: { copyOf: order.reference, supplier: supplier.name, lines: priced.length } });
    house.changed(store.store_id, ['replenishment']);
    return detail(store, made.id, by, request.user?.role ?? 'admin');
  });

  api.post('/api/v1/purchase-orders/from-recommendations', { schema: { tags: ['purchasing'], summary: 'Drafts from what replenishment recommends, one a supplier and location; what a draft already asks for is left out', querystring, body: FromRecommendations, response: { 200: MadePurchases } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', result: Of<typeof MadePurchases> = { made: [], leftOut: [] };
    await house.db.transaction(async (tx) => {
      Object.assign(result, { made: [], leftOut: [] });
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`purchase-drafts:${store.store_id}`]); // two clicks at once: the second finds the drafts of the first
      const wanted = await recommendedLines(tx, store.store_id, request.body, dayOf(now(), store.time_zone), MOST_RECOMMENDED), groups = new Map<string, typeof wanted>();
      for (const line of wanted) {
        const why = line.drafted !== null ? `${line.drafted} already asks for it` : line.supplier_id === null ? 'nobody it is bought from: give it a supplier' : null;
        if (why !== null) { result.leftOut.push({ itemId: line.item_id, sku: line.sku, locationId: line.location_id, why }); continue; }
        const group = `${line.supplier_id}@${line.location_id}`, known = groups.get(group);
        if (known) known.push(line); else groups.set(group, [line]);
      }
      for (const lines of groups.values()) {
        const supplier = await supplierOf(store.store_id, lines[0]!.supplier_id!, tx), locationId = lines[0]!.location_id;
        const priced = await linesOf(tx, store.store_id, supplier, lines.map((line) => ({ itemId: line.item_id, quantity: line.quantity, recommendation: paperOf(line.facts) })));
        const { id, reference } = await draft(tx, store, supplier, locationId, priced, {}, null, by);
        await endDecisions(tx, store.store_id, locationId, lines.map((line) => line.item_id));
        const { rows: [place] } = await tx.query<{ name: string }>('select name from location where store_id = $1 and location_id = $2', [store.store_id, locationId]);
        result.made.push({ purchaseOrderId: id, reference, supplier: supplier.name, locationName: place!.name, lines: priced.length, units: priced.reduce((sum, line) => sum + line.ordered, 0) });
      }
    });
    for (const made of result.made) await audit(house.db, { at: now(), actor: by, action: 'purchase order made', subject: made.reference, after: made });
    house.changed(store.store_id, ['replenishment']);
    return { made: result.made, leftOut: result.leftOut.slice(0, 1_000) };
  });
}
