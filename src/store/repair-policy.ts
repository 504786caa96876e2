/** What may be repaired without asking, and the levels that come into question: all of them differ, have lasted, and are nobody's case of repair yet. */
import type { StateFinding } from '../domain/drift/causes.ts';
import { LASTED_MINUTES, type RepairPolicy } from '../domain/drift/policy.ts';
import type { Queryable } from './db.ts';

export type KeptPolicy = RepairPolicy & { setAt: string; setBy: string; reason: string };

export async function repairPolicies(db: Queryable, storeId: number): Promise<KeptPolicy[]> {
  const { rows } = await db.query<Omit<KeptPolicy, 'moneyLimit'> & { moneyLimit: string }>(
    `select cause, way, unit_limit as "unitLimit", money_limit as "moneyLimit", set_at as "setAt", set_by as "setBy", reason from repair_policy where store_id = $1 order by cause desc`, [storeId]);
  return rows.map((row) => ({ ...row, moneyLimit: Number(row.moneyLimit) }));
}

/** Replaces all of a store's policies; those left out are off. */
export async function setRepairPolicies(tx: Queryable, storeId: number, policies: readonly RepairPolicy[], reason: string, by: string, at: string): Promise<void> {
  await tx.query('delete from repair_policy where store_id = $1', [storeId]);
  await tx.query(
    `insert into repair_policy (store_id, cause, way, unit_limit, money_limit, set_at, set_by, reason) select $1, cause, way, unit_limit, money_limit, $2, $3, $4 from unnest($5::text[], $6::text[], $7::int[], $8::bigint[]) as t(cause, way, unit_limit, money_limit)`,
    [storeId, at, by, reason, policies.map((p) => p.cause), policies.map((p) => p.way), policies.map((p) => p.unitLimit), policies.map((p) => p.moneyLimit)]);
}

export interface RepairCandidate { itemId: number; locationId: number; authority: 'storefront' | 'warehouse'; price: number | null; states: Pick<StateFinding, 'state' | 'causes'>[] }

/** A repair made without asking is not made again at a level within a day, whoever changes it meanwhile; one that was taken back or refused, not within a month. */
const AGAIN = `(r.proposed_at > $2::timestamptz - interval '1 day' or (r.state in ('reversing', 'reversed', 'refused') and r.proposed_at > $2::timestamptz - interval '30 days'))`;

/** Levels whose difference has lasted and has units of these causes, the longest first. Places whose push is paused are left out: somebody froze them. */
export async function repairCandidates(db: Queryable, storeId: number, causes: readonly string[], now: string, most: number): Promise<RepairCandidate[]> {
  const { rows } = await db.query<Omit<RepairCandidate, 'price'> & { price: string | null }>(
    `with lasting as (
       select item_id, location_id, min(first_seen) as since, jsonb_agg(jsonb_build_object('state', state, 'causes', causes) order by state) as states from drift where store_id = $1 group by 1, 2
       having min(first_seen) <= $2::timestamptz - interval '${LASTED_MINUTES} minutes' and bool_or(exists (select from jsonb_array_elements(causes) c where c ->> 'cause' = any($3)))
     )
     select d.item_id as "itemId", d.location_id as "locationId", l.authority, d.states,
       (select min(v.price) from inventory_item x join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id where x.store_id = $1 and x.item_id = d.item_id and v.deleted_at is null) as price
     from lasting d join location l on l.store_id = $1 and l.location_id = d.location_id
     where not exists (select from push_policy p where p.store_id = $1 and p.location_id = d.location_id and p.paused)
       and not exists (select from drift_repair r where r.store_id = $1 and r.item_id = d.item_id and r.location_id = d.location_id and (r.state in ('waits for approval', 'sending', 'reversing') or (r.automatic and ${AGAIN})))
     order by d.since, d.item_id, d.location_id limit $4`, [storeId, now, causes, most]);
  return rows.map((row) => ({ ...row, price: row.price === null ? null : Number(row.price) }));
}

/** What stops repairs of the store without asking, in words, and how many were made within the hour. */
export async function automaticStop(db: Queryable, storeId: number, now: string): Promise<{ peak: boolean; storm: boolean; made: number }> {
  return (await db.query<{ peak: boolean; storm: boolean; made: number }>(
    `select exists (select from push_policy where store_id = $1 and peak_until > $2) as peak, exists (select from exception where store_id = $1 and fingerprint = 'STOCK_DRIFT:storm' and state in ('open', 'snoozed')) as storm,
       (select count(*)::int from drift_repair where store_id = $1 and automatic and proposed_at > $2::timestamptz - interval '1 hour') as made`, [storeId, now])).rows[0]!;
}
