/** Recommendations: one an item and location, with the numbers it was made of. The list of them is in worklist.ts. */
import { daysBetween } from '../domain/calendar.ts';
import { keptAs } from '../domain/replenishment/facts.ts';
import type { PolicyLayer } from '../domain/replenishment/policy.ts';
import type { Recommendation } from '../domain/replenishment/recommend.ts';
import { intArray, textArray } from './binary.ts';
import type { Queryable } from './db.ts';

export interface RecommendationRecord {
  itemId: number; locationId: number; made: Recommendation; layers: PolicyLayer[]; abc: string | null; supplierId: number | null;
  /** Minor units of `currency`, and the selling price in the store's. */
  unitCost: number | null; currency: string; price: number | null; byRule: boolean;
  /** As the plan saw them. */
  available: number; incoming: number;
}

const COLUMNS = ['quantity', 'urgency', 'order_by', 'stockout_p50', 'stockout_p10', 'cover_days', 'need', 'overstock', 'cost', 'abc', 'facts', 'supplier_id', 'unit_cost', 'currency', 'at_risk', 'at_risk_value', 'by_rule', 'available', 'incoming'];

/** Writes the rows that are new or changed, and says how many: an hourly plan changes few, and a row rewritten as it was costs as much as a new one. */
export async function saveRecommendations(db: Queryable, storeId: number, runId: string | null, records: readonly RecommendationRecord[], now: string): Promise<number> {
  if (records.length === 0) return 0;
  const of = <T>(value: (record: RecommendationRecord) => T): T[] => records.map(value);
  const values = [
    storeId, runId ?? '0', now, intArray(of((r) => r.itemId)), intArray(of((r) => r.locationId)), intArray(of((r) => r.made.quantity)), intArray(of((r) => (r.made.orderBy === null ? 9_999 : daysBetween(r.made.today, r.made.orderBy)))),
    of((r) => r.made.orderBy), of((r) => r.made.stockoutDate.p50), of((r) => r.made.stockoutDate.p10), of((r) => (r.made.coverDays === null ? null : Math.round(r.made.coverDays * 10) / 10)), intArray(of((r) => r.made.need)), intArray(of((r) => r.made.overstock)),
    of((r) => (r.unitCost === null ? null : r.made.quantity * r.unitCost)), of((r) => r.abc), textArray(of((r) => keptAs(r))), of((r) => r.supplierId), of((r) => r.unitCost), textArray(of((r) => r.currency)),
    of((r) => r.made.atRisk), of((r) => (r.price === null ? null : Math.round(r.made.atRisk * r.price))), of((r) => r.byRule), intArray(of((r) => r.available)), intArray(of((r) => r.incoming)),
  ];
  const given = `unnest($4::int[], $5::int[], $6::int[], $7::int[], $8::date[], $9::date[], $10::date[], $11::real[], $12::int[], $13::int[], $14::bigint[], $15::text[], $16::text[], $17::int[], $18::bigint[], $19::text[], $20::real[], $21::bigint[], $22::bool[], $23::int[], $24::int[])
    as t(item_id, location_id, ${COLUMNS.join(', ')})`;
  const { rowCount } = await db.query(
    `with t as materialized (select t.* from ${given}
       left join lateral (select * from recommendation r where r.store_id = $1 and r.item_id = t.item_id and r.location_id = t.location_id limit 1) r on true -- a probe each, not all rows a page
       where r.item_id is null or (r.facts, r.cost, r.abc, r.supplier_id, r.unit_cost, r.currency, r.at_risk_value, r.by_rule, r.available, r.incoming) is distinct from (t.facts, t.cost, t.abc::char(1), t.supplier_id, t.unit_cost, t.currency::char(3), t.at_risk_value, t.by_rule, t.available, t.incoming))
     insert into recommendation (store_id, run_id, computed_at, item_id, location_id, ${COLUMNS.join(', ')}) select $1, $2, $3, t.* from t
     on conflict (store_id, item_id, location_id) do update set run_id = excluded.run_id, computed_at = excluded.computed_at, ${COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}`, values);
  return rowCount ?? 0;
}

/** Removes the lines the latest plan did not make. */
export async function removeOthers(db: Queryable, storeId: number, kept: { itemIds: readonly number[]; locationIds: readonly number[] }): Promise<number> {
  const { rows: [there] } = await db.query<{ n: number }>('select count(*)::int as n from recommendation where store_id = $1', [storeId]);
  if (there!.n === kept.itemIds.length) return 0; // every kept line is there, so nothing else is
  const { rowCount } = await db.query(
    `delete from recommendation r where store_id = $1 and not exists (select from unnest($2::int[], $3::int[]) as t(item_id, location_id) where r.item_id = t.item_id and r.location_id = t.location_id)`,
    [storeId, intArray(kept.itemIds), intArray(kept.locationIds)]);
  return rowCount ?? 0;
}

/** Remembers that the store was planned. */
export async function savePlan(db: Queryable, storeId: number, runId: string | null, plannedOn: string, changed: number, now: string): Promise<void> {
  await db.query(`insert into plan (store_id, run_id, planned_on, computed_at, changed) values ($1, $2, $3, $4, $5)
    on conflict (store_id) do update set run_id = excluded.run_id, planned_on = excluded.planned_on, computed_at = excluded.computed_at, changed = excluded.changed`, [storeId, runId, plannedOn, now, changed]);
}
