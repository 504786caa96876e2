/** Making purchase orders: lines priced by the supplier's terms; drafts from what replenishment recommends, one a supplier and location. */
import { unitCostAt } from '../domain/purchasing/price.ts';
import type { PurchaseLine } from '../domain/purchasing/purchase-order.ts';
import { paperOf } from '../domain/replenishment/facts.ts';
import type { Queryable } from './db.ts';
import { termsOf } from './supplier-items.ts';
import { NOT_SENT } from './worklist.ts';

export interface WantedLine { itemId: number; quantity: number; unitCost?: number | undefined; expectedOn?: string | null | undefined; supplierSku?: string | null | undefined; recommendation?: unknown }

/** Lines with the supplier's price at their quantity, else the item's own cost where it is in the order's currency, else nothing. Items that are not the store's are answered apart. */
export async function pricedLines(db: Queryable, storeId: number, supplierId: number, currency: string, wanted: readonly WantedLine[]): Promise<{ lines: PurchaseLine[]; strangers: number[] }> {
  const ids = wanted.map((line) => line.itemId), terms = await termsOf(db, storeId, supplierId, ids);
  const { rows } = await db.query<{ item_id: number; unit_cost: string | null; currency: string | null }>('select distinct i.item_id, i.unit_cost, i.currency from item i join inventory_item x using (item_id) where x.store_id = $1 and i.item_id = any($2)', [storeId, ids]);
  const items = new Map(rows.map((row) => [row.item_id, row]));
  const lines = wanted.filter((line) => items.has(line.itemId)).map((line, n): PurchaseLine => {
    const item = items.get(line.itemId)!, term = terms.get(line.itemId), asked = term === undefined ? null : unitCostAt(term.unit_cost === null ? null : Number(term.unit_cost), term.price_breaks, line.quantity);
    const own = item.unit_cost !== null && item.currency === currency ? Number(item.unit_cost) : 0;
    return {
      line: n + 1, itemId: line.itemId, supplierSku: line.supplierSku ?? term?.supplier_sku ?? null, ordered: line.quantity, unitCost: line.unitCost ?? asked ?? own, expectedOn: line.expectedOn ?? null,
      received: 0, damaged: 0, cancelled: 0, recommendation: line.recommendation ?? null,
    };
  });
  return { lines, strangers: ids.filter((id) => !items.has(id)) };
}

export interface RecommendedLine { item_id: number; location_id: number; sku: string | null; quantity: number; supplier_id: number | null; drafted: string | null; facts: string }
export interface RecommendedFilter { supplierId?: number | undefined; locationId?: number | undefined; itemIds?: readonly number[] | undefined; lines?: readonly { itemId: number; locationId: number; quantity: number }[] | undefined }

/**
 * What is to be ordered, with whom each item is bought from and the order that already asks for it but was not sent. The most urgent first. Named `lines` come with
 * the quantities they name; without, it is what planners decided where they did, else what replenishment recommends.
 */
export async function recommendedLines(db: Queryable, storeId: number, filter: RecommendedFilter, today: string, limit: number): Promise<RecommendedLine[]> {
  const { rows } = await db.query<RecommendedLine>(
    `with wanted as (select * from unnest($7::int[], $8::int[], $9::int[]) as w(item_id, location_id, quantity)
     ), line as (
       select r.item_id, r.location_id, r.urgency, r.facts, case when $6 then w.quantity when d.decision = 'quantity' then d.quantity when d.decision is not null then 0 else r.quantity end as quantity
       from recommendation r left join wanted w using (item_id, location_id) left join plan_decision d on d.store_id = r.store_id and d.item_id = r.item_id and d.location_id = r.location_id and (d.until is null or d.until >= $10::date)
       where r.store_id = $1 and (not $6 or w.item_id is not null))
     select r.item_id, r.location_id, i.sku, r.quantity, s.supplier_id, r.facts,
       (select p.reference from purchase_order p join purchase_order_line n using (store_id, purchase_order_id) where p.store_id = $1 and p.location_id = r.location_id and n.item_id = r.item_id and n.ordered > 0 and p.state in ${NOT_SENT} limit 1) as drafted
     from line r join item i using (item_id) left join supplier_item t on t.store_id = $1 and t.item_id = r.item_id and t.preferred left join supplier s on s.store_id = t.store_id and s.supplier_id = t.supplier_id and s.active
     where r.quantity > 0 and ($2::int is null or s.supplier_id = $2) and ($3::int is null or r.location_id = $3) and ($4::int[] is null or r.item_id = any($4)) order by r.urgency, r.item_id limit $5`,
    [storeId, filter.supplierId ?? null, filter.locationId ?? null, filter.itemIds ?? null, limit, filter.lines !== undefined, (filter.lines ?? []).map((l) => l.itemId), (filter.lines ?? []).map((l) => l.locationId), (filter.lines ?? []).map((l) => l.quantity), today]);
  return rows;
}

/** A quantity that was decided has been ordered: the decision is over. */
export async function endDecisions(db: Queryable, storeId: number, locationId: number, itemIds: readonly number[]): Promise<void> {
  await db.query(`delete from plan_decision where store_id = $1 and location_id = $2 and item_id = any($3) and decision = 'quantity'`, [storeId, locationId, itemIds]);
}

/** The recommendation behind items at a location, in the words of the day, to be kept in their lines. */
export async function recommendationsOf(db: Queryable, storeId: number, locationId: number, itemIds: readonly number[]): Promise<Map<number, unknown>> {
  const { rows } = await db.query<{ item_id: number; facts: string }>('select item_id, facts from recommendation where store_id = $1 and location_id = $2 and item_id = any($3)', [storeId, locationId, itemIds]);
  return new Map(rows.map((row) => [row.item_id, paperOf(row.facts)]));
}
