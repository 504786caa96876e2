/** A purchase order as its supplier reads it, gathered. */
import type { PurchasePaper } from '../domain/purchasing/paper.ts';
import type { Queryable } from './db.ts';
import { purchaseItems } from './purchase-page.ts';
import type { FoundPurchase } from './purchase-orders.ts';
import { findSupplier } from './suppliers.ts';

/** Lines without units are not on paper. A sent order has the number of the version that was last sent or amended: what comes in changes nothing the supplier reads. */
export async function purchasePaper(db: Queryable, store: { store_id: number; name: string }, found: FoundPurchase): Promise<PurchasePaper> {
  const supplier = (await findSupplier(db, store.store_id, { id: found.order.supplierId }))!, items = await purchaseItems(db, store.store_id, found.id);
  const { rows: [before] } = await db.query<{ sent: number; told: number | null }>(`select count(*) filter (where what = 'sent')::int as sent, max(version) filter (where what in ('sent', 'amended')) as told from purchase_order_version where store_id = $1 and purchase_order_id = $2`, [store.store_id, found.id]);
  const { order } = found;
  return {
    reference: order.reference, version: order.orderedOn === null ? order.version : before!.told ?? order.version, shop: store.name, currency: order.currency, orderedOn: order.orderedOn, expectedOn: order.expectedOn, paymentTerms: supplier.payment_terms, notes: order.notes, shipTo: found.row.location,
    supplier: { name: supplier.name, contact: supplier.contact, address: supplier.address },
    replaces: before!.sent > (order.orderedOn === null ? 0 : 1),
    lines: order.lines.filter((line) => line.ordered > 0).map((line) => {
      const item = items.get(line.itemId);
      return { sku: item?.sku ?? null, supplierSku: line.supplierSku, barcode: item?.barcode ?? null, title: item?.title ?? `Item ${line.itemId}`, quantity: line.ordered, unitCost: line.unitCost };
    }),
  };
}
