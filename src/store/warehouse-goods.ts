/** What warehouses said they received, for the purchase orders it belongs to. The goods themselves are on the shelf by then (warehouse-feed). */
import type { GoodsReceivedFact } from '../ports/warehouse.ts';
import type { PurchaseState } from '../domain/purchasing/purchase-order.ts';
import type { Queryable } from './db.ts';

export interface GoodsDocument { document_id: string; warehouse_id: number; state: number; body: GoodsReceivedFact }

/** Documents of goods received at warehouses of the store, behind a document id, in the order they were heard. */
export async function goodsDocuments(db: Queryable, storeId: number, after: string, limit: number): Promise<GoodsDocument[]> {
  const { rows } = await db.query<GoodsDocument>(
    `select document_id, warehouse_id, state, body from warehouse_document where type = 'goods received' and document_id > $2 and warehouse_id in (select warehouse_id from location where store_id = $1 and warehouse_id is not null) order by document_id limit $3`, [storeId, after, limit]);
  return rows;
}

export interface Claim { store_id: number; purchase_order_id: number; reference: string; state: PurchaseState; location_id: number; lines: number }

/** Orders of any store that a warehouse may mean by a reference: received at a location of its, best first: one that still awaits goods or has them, then one that was closed, most lines in common. */
export async function claimsOf(db: Queryable, warehouseId: number, reference: string, itemIds: readonly number[]): Promise<Claim[]> {
  const { rows } = await db.query<Claim>(
    `select p.store_id, p.purchase_order_id, p.reference, p.state, p.location_id, (select count(*)::int from purchase_order_line n where n.store_id = p.store_id and n.purchase_order_id = p.purchase_order_id and n.item_id = any($3)) as lines
     from location l join purchase_order p on p.store_id = l.store_id and p.location_id = l.location_id where l.warehouse_id = $1 and lower(p.reference) = lower(trim($2))
     order by p.state in ('sent', 'confirmed', 'part received', 'received') desc, p.state = 'closed' desc, lines desc, p.store_id limit 10`, [warehouseId, reference, itemIds]);
  return rows;
}

/** The store whose word counts for goods no order is known of: the first the warehouse serves. */
export async function firstPlace(db: Queryable, warehouseId: number): Promise<{ store_id: number; location_id: number } | null> {
  return (await db.query<{ store_id: number; location_id: number }>('select store_id, location_id from location where warehouse_id = $1 order by store_id, location_id limit 1', [warehouseId])).rows[0] ?? null;
}
