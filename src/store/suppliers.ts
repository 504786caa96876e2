/** Suppliers and their terms. A supplier is made for each vendor of the catalogue that has none, so that purchasing works on the first day; what people changed stays. */
import type pg from 'pg';
import type { BudgetPer, SupplierLimits } from '../domain/replenishment/supplier-limits.ts';
import type { Queryable } from './db.ts';

export interface SupplierRow {
  supplier_id: number; name: string; vendor: string | null; email: string | null; contact: string | null; address: string | null; notes: string | null; currency: string; lead_time_days: number | null; lead_time_tolerance_days: number;
  order_days: number[]; min_order_cost: string | null; min_order_units: number | null; container_volume_cm3: string | null; container_weight_g: string | null;
  minimum_counts: SupplierLimits['minimumCounts']; fill_container: boolean; most_containers: number | null; budget: string | null; budget_per: BudgetPer; payment_terms: string | null; active: boolean; version: number;
  updated_at: string; updated_by: string; items: number; open_orders: number;
}
/** What a person may change of a supplier. Money in minor units of `currency`, order days ISO weekdays. */
export interface SupplierTerms {
  name: string; email: string | null; contact: string | null; address: string | null; notes: string | null; currency: string; leadTimeDays: number | null; leadTimeToleranceDays: number; orderDays: number[];
  minOrderCost: number | null; minOrderUnits: number | null; containerVolumeCm3: number | null; containerWeightG: number | null;
  /** Whose order the minimum is of. */
  minimumCounts: SupplierLimits['minimumCounts']; /** Fill the last container with what is worth most. */ fillContainer: boolean; /** A place's order may take; null: as many as it needs. */ mostContainers: number | null;
  /** Of what is planned, or of that and what was ordered this month; null: none. */ budget: number | null; budgetPer: BudgetPer; paymentTerms: string | null; active: boolean;
}

const SUPPLIER = `select s.*, (select count(*)::int from supplier_item i where i.store_id = s.store_id and i.supplier_id = s.supplier_id) as items,
  (select count(*)::int from purchase_order p where p.store_id = s.store_id and p.supplier_id = s.supplier_id and p.state not in ('received', 'closed', 'cancelled')) as open_orders from supplier s`;

/** By name, from behind `after`; active ones unless `all`. */
export async function listSuppliers(db: Queryable, storeId: number, filter: { q: string | null; all: boolean; after: { name: string; id: number } | null; limit: number }): Promise<SupplierRow[]> {
  const { rows } = await db.query<SupplierRow>(
    `${SUPPLIER} where s.store_id = $1 and ($2::text is null or s.name ilike '%' || $2 || '%' or s.email ilike '%' || $2 || '%') and ($3 or s.active)
       and ($4::text is null or (lower(s.name), s.supplier_id) > ($4, $5)) order by lower(s.name), s.supplier_id limit $6`,
    [storeId, filter.q?.replaceAll(/[%_\\]/g, '\\$&') ?? null, filter.all, filter.after?.name ?? null, filter.after?.id ?? null, filter.limit]);
  return rows;
}

export async function findSupplier(db: Queryable, storeId: number, by: { id: number } | { name: string }): Promise<SupplierRow | null> {
  const { rows } = await db.query<SupplierRow>('id' in by ? `${SUPPLIER} where s.store_id = $1 and s.supplier_id = $2` : `${SUPPLIER} where s.store_id = $1 and lower(s.name) = lower($2)`, [storeId, 'id' in by ? by.id : by.name]);
  return rows[0] ?? null;
}

const COLUMNS = 'name, email, contact, address, notes, currency, lead_time_days, lead_time_tolerance_days, order_days, min_order_cost, min_order_units, container_volume_cm3, container_weight_g, minimum_counts, fill_container, most_containers, budget, budget_per, payment_terms, active';
const values = (t: SupplierTerms): unknown[] => [t.name, t.email, t.contact, t.address, t.notes, t.currency, t.leadTimeDays, t.leadTimeToleranceDays, t.orderDays, t.minOrderCost, t.minOrderUnits, t.containerVolumeCm3, t.containerWeightG, t.minimumCounts, t.fillContainer, t.mostContainers, t.budget, t.budgetPer, t.paymentTerms, t.active];

/** Makes a supplier; null when the name is taken. */
export async function makeSupplier(db: Queryable, storeId: number, terms: SupplierTerms, by: string, now: string): Promise<number | null> {
  const { rows } = await db.query<{ supplier_id: number }>(
    `insert into supplier (store_id, updated_at, updated_by, ${COLUMNS}) values ($1, $2, $3, ${values(terms).map((_, n) => `$${n + 4}`).join(', ')}) on conflict do nothing returning supplier_id`, [storeId, now, by, ...values(terms)]);
  return rows[0]?.supplier_id ?? null;
}

/** Saves terms when the supplier is still at `version`. False: somebody else was faster. Throws the database's 23505 when another supplier has the name. */
export async function saveSupplier(db: Queryable, storeId: number, supplierId: number, version: number, terms: SupplierTerms, by: string, now: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update supplier set version = version + 1, updated_at = $4, updated_by = $5, (${COLUMNS}) = row(${values(terms).map((_, n) => `$${n + 6}`).join(', ')}) where store_id = $1 and supplier_id = $2 and version = $3`,
    [storeId, supplierId, version, now, by, ...values(terms)]);
  return (rowCount ?? 0) > 0;
}

/**
 * A supplier for each vendor of the store's items that has none yet (by its vendor or by its name), and the vendor's items as bought from it where nobody
 * has said whom they are bought from. Two statements, however many; what exists is never changed. Answers what was made.
 */
export async function seedSuppliers(tx: pg.PoolClient, storeId: number, now: string): Promise<{ suppliers: number; items: number }> {
  const suppliers = await tx.query(
    `insert into supplier (store_id, name, vendor, currency, updated_at, updated_by)
     select distinct on (lower(i.vendor)) $1::int, i.vendor, i.vendor, t.currency, $2::timestamptz, 'catalogue' from inventory_item x join item i using (item_id) join store t on t.store_id = x.store_id
     where x.store_id = $1 and trim(i.vendor) <> '' and not exists (select from supplier s where s.store_id = $1 and (s.vendor = i.vendor or lower(s.name) = lower(i.vendor))) order by lower(i.vendor), i.vendor
     on conflict do nothing`, [storeId, now]);
  const items = await tx.query(
    `insert into supplier_item (store_id, supplier_id, item_id, preferred, updated_at, updated_by)
     select distinct on (i.item_id) $1::int, s.supplier_id, i.item_id, true, $2::timestamptz, 'catalogue' from inventory_item x join item i using (item_id)
     join supplier s on s.store_id = $1 and (s.vendor = i.vendor or lower(s.name) = lower(i.vendor))
     where x.store_id = $1 and x.tracked and not exists (select from supplier_item o where o.store_id = $1 and o.item_id = i.item_id) order by i.item_id, (s.vendor = i.vendor) desc nulls last
     on conflict do nothing`, [storeId, now]);
  return { suppliers: suppliers.rowCount ?? 0, items: items.rowCount ?? 0 };
}
