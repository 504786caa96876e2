/**
 * What was ever said of planning values, read for a replay: policies, suppliers and their terms, unit costs, events of the calendar. The tables write it
 * themselves (migration 0067); what is said on a day is known from the next morning on.
 */
import { dayNumber } from '../domain/calendar.ts';
import type { KnownKind, KnownValues, Said, SaidValue } from '../domain/replenishment/known-then.ts';
import type { PlanningPolicy } from '../domain/replenishment/policy.ts';
import type { Queryable } from './db.ts';
import { valuesOf, type PolicyRow } from './planning.ts';
import type { ItemTerms, SupplierRow } from './supplier-terms.ts';

/** All that was said of these items, and of what may be of any, in the order in which it was said; `begun`: the first morning of which all of it is kept. Null: nothing was ever said. */
export async function planningHistory(db: Queryable, storeId: number, timeZone: string, itemIds: readonly number[]): Promise<{ said: Said[]; begun: number } | null> {
  const { rows } = await db.query<{ kind: KnownKind; key: string; item_id: number | null; day: string; value: SaidValue | null }>(
    `select kind, key, item_id, ((since at time zone $2)::date + 1)::text as day, value from planning_history
     where store_id = $1 and kind not in ('begun', 'supply', 'way') and (item_id is null or item_id = any($3)) order by since, history_id`, [storeId, timeZone, itemIds]);
  const { rows: [begun] } = await db.query<{ day: string | null }>(
    `select ((coalesce(max(since) filter (where kind = 'begun'), min(since)) at time zone $2)::date + 1)::text as day from planning_history where store_id = $1 and key <> 'supply' and kind not in ('supply', 'way')`, [storeId, timeZone]);
  if (!begun?.day) return null;
  return { said: rows.map((row): Said => ({ kind: row.kind, key: row.key, itemId: row.item_id, from: dayNumber(row.day), value: row.value })), begun: dayNumber(begun.day) };
}

/** All that was said of which place is supplied from which, and of the days of transfers; null: there is no place. */
export async function supplyHistory(db: Queryable, storeId: number, timeZone: string): Promise<{ said: Said[]; begun: number } | null> {
  const { rows } = await db.query<{ kind: KnownKind | 'begun'; key: string; day: string; value: SaidValue | null }>(
    `select kind, key, ((since at time zone $2)::date + 1)::text as day, value from planning_history where store_id = $1 and (kind in ('supply', 'way') or (kind = 'begun' and key = 'supply')) order by since, history_id`, [storeId, timeZone]);
  const begun = rows.findLast((row) => row.kind === 'begun')?.day ?? rows[0]?.day;
  if (begun === undefined) return null;
  return { said: rows.flatMap((row): Said[] => (row.kind === 'begun' ? [] : [{ kind: row.kind, key: row.key, itemId: null, from: dayNumber(row.day), value: row.value }])), begun: dayNumber(begun) };
}

/** Values by scope, as `scopedValues` reads those of today. */
export function scopesOf(policies: KnownValues): Map<string, Partial<PlanningPolicy>> {
  return new Map([...policies].map(([scope, value]) => [scope, valuesOf(value as unknown as PolicyRow)]));
}

const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

/** Active suppliers, as `activeSuppliers` reads those of today. */
export function suppliersOf(suppliers: KnownValues): Map<number, SupplierRow> {
  return new Map([...suppliers].flatMap(([id, value]) => {
    if (value['active'] !== true) return [];
    const row = { ...value, supplier_id: Number(id), budget: null } as unknown as SupplierRow;
    return [[Number(id), { ...row, min_order_cost: text(row.min_order_cost), container_volume_cm3: text(row.container_volume_cm3), container_weight_g: text(row.container_weight_g) }]];
  }));
}

/** Terms of the supplier each item was bought from, without prices: those have a history of their own. */
export function termsOfItems(terms: KnownValues, suppliers: ReadonlyMap<number, SupplierRow>): Map<number, ItemTerms> {
  const found = new Map<number, ItemTerms>();
  for (const [key, value] of terms) {
    const slash = key.indexOf('/'), itemId = Number(key.slice(0, slash)), supplierId = Number(value['supplier_id']);
    if (value['preferred'] !== true || !suppliers.has(supplierId)) continue;
    const row = value as unknown as ItemTerms;
    found.set(itemId, { ...row, item_id: itemId, supplier_id: supplierId, unit_cost: text(row.unit_cost), volume_cm3: text(row.volume_cm3), weight_g: text(row.weight_g), price: null });
  }
  return found;
}
