/** Ledger against what Shopify stated, per item and location: candidates by one SQL, findings kept until a check sees both sides equal. */
import type pg from 'pg';
import type { DriftInput, ExplainedUnits, StateFinding } from '../domain/drift/causes.ts';
import { STOCK_STATES } from '../domain/stock/fact.ts';
import type { Queryable } from './db.ts';
import { LEVEL_DIFFERS } from './levels.ts';

export interface DriftCandidate { item_id: number; location_id: number; inventory_item_id: string; shopify_location_id: string }

/** Levels of which any state differs from the ledger, and those that differed when last looked at. One statement over all levels. */
export async function driftCandidates(db: Queryable, storeId: number, limit: number): Promise<DriftCandidate[]> {
  const { rows } = await db.query<DriftCandidate>(
    `select o.item_id, o.location_id, i.shopify_inventory_item_id as inventory_item_id, l.shopify_location_id
     from observed_level o
     join opening p using (store_id, item_id, location_id)
     left join ledger_level g on g.store_id = o.store_id and g.item_id = o.item_id and g.location_id = o.location_id
     join inventory_item i on i.store_id = o.store_id and i.item_id = o.item_id
     join location l on l.store_id = o.store_id and l.location_id = o.location_id
     where o.store_id = $1 and (${LEVEL_DIFFERS} or exists (select from drift d where d.store_id = o.store_id and d.item_id = o.item_id and d.location_id = o.location_id))
     order by o.item_id, o.location_id limit $2`, [storeId, limit]);
  return rows;
}

export async function levelsCompared(db: Queryable, storeId: number): Promise<number> {
  const { rows } = await db.query<{ n: number }>('select count(*)::int as n from observed_level join opening using (store_id, item_id, location_id) where store_id = $1', [storeId]);
  return rows[0]!.n;
}

export interface LedgerLevel { item_id: number; location_id: number; state: string; quantity: number }

/** Balances of the given levels, locked, so that a repair is posted against the number it was computed from. */
export async function lockBalances(tx: pg.PoolClient, storeId: number, levels: readonly { itemId: number; locationId: number }[]): Promise<LedgerLevel[]> {
  const { rows } = await tx.query<LedgerLevel>(
    `with locked as (
       select g.* from ledger_level g join unnest($2::int[], $3::int[]) as t(item_id, location_id) using (item_id, location_id)
       where g.store_id = $1 order by g.item_id, g.location_id for update of g)
     select item_id, location_id, s.state, s.quantity from locked, lateral (values ${STOCK_STATES.map((state) => `('${state}', ${state})`).join(', ')}) as s(state, quantity)`, [storeId, levels.map((l) => l.itemId), levels.map((l) => l.locationId)]);
  return rows;
}

/** Open units of orders without a location, per item: ordered, and not given up or sent since. */
export async function unplacedUnits(db: Queryable, storeId: number): Promise<Map<number, number>> {
  const { rows } = await db.query<{ item_id: number; units: number }>(
    `with waiting as materialized (
       select (line.value ->> 'variantId')::bigint as variant_id, sum(greatest(0, (line.value ->> 'ordered')::int - (line.value ->> 'removed')::int
         - (select coalesce(sum((r.value ->> 'quantity')::int), 0) from jsonb_each(o.state -> 'refunds') r where r.value ->> 'lineId' = line.key and r.value ->> 'restockType' <> 'return')
         - (select coalesce(sum((p.value -> 'lines' ->> line.key)::int), 0) from jsonb_each(o.state -> 'fulfilments') p where p.value ->> 'cancelled' = 'false')))::int as units
       from sales_order o cross join lateral jsonb_each(o.state -> 'lines') as line where o.store_id = $1 and o.needs_place group by 1
     )
     select i.item_id, sum(w.units)::int as units from waiting w join variant v on v.store_id = $1 and v.shopify_variant_id = w.variant_id
     join inventory_item i on i.store_id = v.store_id and i.shopify_inventory_item_id = v.shopify_inventory_item_id group by 1 having sum(w.units) > 0`, [storeId]);
  return new Map(rows.map((row) => [row.item_id, row.units]));
}

export interface OpenOrder { order_id: string; needs_place: boolean; item_ids: number[] }

/** Known orders with open units of these items, which of the items, and whether they wait for a location: what to ask Shopify about when committed differs. Oldest first. */
export async function openOrdersOf(db: Queryable, storeId: number, itemIds: readonly number[], limit: number): Promise<OpenOrder[]> {
  return (await db.query<OpenOrder>(
    `with variants as (select v.shopify_variant_id::text as id, x.item_id from variant v join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id where v.store_id = $1 and x.item_id = any($2))
     select order_id, needs_place, w.item_ids from sales_order o cross join lateral (select array_agg(distinct v.item_id) as item_ids from jsonb_each(o.state -> 'lines') l join variants v on v.id = l.value ->> 'variantId') w
     where store_id = $1 and (is_open or needs_place) and w.item_ids is not null order by needs_place desc, updated_at limit $3`, [storeId, itemIds, limit])).rows;
}

export interface WritesSent { sets: number; deltas: DriftInput['deltasSent'] }

/** Writes of ours to these levels whose outcome is not known: sets of available, and deltas that were sent, each with its state and units. */
export async function writesSent(db: Queryable, storeId: number, levels: readonly { itemId: number; locationId: number }[]): Promise<Map<string, WritesSent>> {
  const { rows } = await db.query<{ item_id: number; location_id: number; sets: number; deltas: WritesSent['deltas'] }>(
    `with level as (select * from unnest($2::int[], $3::int[]) as t(item_id, location_id)), write as (
       select item_id, location_id, 1 as sets, null::jsonb as delta, 0::bigint as n from push_attempt_row where store_id = $1 and state = 'open'
       union all select item_id, location_id, 0, jsonb_build_object('state', state_name, 'cause', case when cause like 'count/%' then 'count pending' else 'push refused or pending' end,
         'units', delta, 'sentAt', to_char(first_sent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'evidence', sentence || ': sent at ' || to_char(first_sent_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ', its outcome not known yet'), adjustment_id from stock_adjustment where store_id = $1 and state = 'sent')
     select item_id, location_id, sum(sets)::int as sets, coalesce(jsonb_agg(delta order by n) filter (where delta is not null), '[]') as deltas from write join level using (item_id, location_id) group by 1, 2`,
    [storeId, levels.map((l) => l.itemId), levels.map((l) => l.locationId)]);
  return new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, { sets: row.sets, deltas: row.deltas }]));
}

/** What was posted so far for facts, so that an edit is added to the edits before it. */
export async function postedSoFar(tx: Queryable, storeId: number, facts: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ fact: string; quantity: number }>(
    'select fact, sum(quantity)::int as quantity from movement where store_id = $1 and fact = any($2) group by fact', [storeId, facts]);
  return new Map(rows.map((row) => [row.fact, row.quantity]));
}

/** What differs at a level: available, which may agree, and the other states that do not. */
export interface DriftRow { itemId: number; locationId: number; ledger: number; observed: number; difference: number; causes: ExplainedUnits[]; states: StateFinding[] }

/** Replaces the findings of the levels looked at: what agrees leaves, the others keep the day they were first seen. A level that differs in any state has a row for available. */
export async function saveDrift(tx: Queryable, storeId: number, checked: readonly { itemId: number; locationId: number }[], levels: readonly DriftRow[], now: string): Promise<void> {
  const found = levels.flatMap(({ itemId, locationId, states, ...available }) => [{ state: 'available', ...available }, ...states].map((state) => ({ itemId, locationId, ...state })));
  await tx.query(
    `with found as (select * from unnest($5::int[], $6::int[], $7::text[], $8::int[], $9::int[], $10::int[], $11::text[]) as t(item_id, location_id, state, ledger, observed, difference, causes)
     ), gone as (
       delete from drift d using unnest($3::int[], $4::int[]) as t(item_id, location_id) where d.store_id = $1 and d.item_id = t.item_id and d.location_id = t.location_id
         and not exists (select from found f where f.item_id = d.item_id and f.location_id = d.location_id and f.state = d.state))
     insert into drift (store_id, item_id, location_id, state, ledger, observed, difference, causes, first_seen, checked_at)
     select $1, item_id, location_id, state, ledger, observed, difference, causes::jsonb, $2, $2 from found
     on conflict (store_id, item_id, location_id, state) do update set ledger = excluded.ledger, observed = excluded.observed,
       difference = excluded.difference, causes = excluded.causes, checked_at = excluded.checked_at`,
    [storeId, now, checked.map((l) => l.itemId), checked.map((l) => l.locationId), found.map((f) => f.itemId), found.map((f) => f.locationId), found.map((f) => f.state), found.map((f) => f.ledger), found.map((f) => f.observed),
      found.map((f) => f.difference), found.map((f) => JSON.stringify(f.causes))]);
}

export interface NegativeLevel { item_id: number; location_id: number; sku: string | null; title: string; location: string; available: number; continues: boolean; price: string | null }

export interface LevelInPlain { item_id: number; location_id: number; name: string; location: string; price: string | null; soldLastHour: number }

/** What people call levels, what a unit of them costs (minor units; the cheapest of the item's variants), and how many were sold there within the hour. */
export async function levelsInPlain(db: Queryable, storeId: number, levels: readonly { itemId: number; locationId: number }[], now: string): Promise<Map<string, LevelInPlain>> {
  if (levels.length === 0) return new Map();
  const { rows } = await db.query<LevelInPlain>(
    `select t.item_id, t.location_id, coalesce(nullif(i.sku, ''), i.title) as name, l.name as location,
       (select min(v.price) from inventory_item x join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id where x.store_id = $1 and x.item_id = t.item_id and v.deleted_at is null) as price,
       coalesce((select sum(m.quantity)::int from movement m where m.store_id = $1 and m.item_id = t.item_id and m.to_location = t.location_id and m.kind = 'order committed' and m.quantity > 0 and m.occurred_at > $4::timestamptz - interval '1 hour'), 0) as "soldLastHour"
     from (select distinct * from unnest($2::int[], $3::int[]) as t(item_id, location_id)) t join item i on i.item_id = t.item_id join location l on l.store_id = $1 and l.location_id = t.location_id`,
    [storeId, levels.map((level) => level.itemId), levels.map((level) => level.locationId), now]);
  return new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, row]));
}

/** Levels below zero, with whether the shop sells them on and what a unit costs there (minor units; the cheapest of its variants). */
/** Levels below zero that are looked at together, the lowest first. */
export const MOST_NEGATIVE = 2_000;

export async function negativeLevels(db: Queryable, storeId: number): Promise<NegativeLevel[]> {
  const { rows } = await db.query<NegativeLevel>(
    `select b.item_id, b.location_id, i.sku, i.title, l.name as location, b.available, coalesce(v.continues, false) as continues, v.price from (select * from ledger_level where store_id = $1 and available < 0 order by available, item_id, location_id limit ${MOST_NEGATIVE}) b
     join item i on i.item_id = b.item_id join location l on l.store_id = b.store_id and l.location_id = b.location_id
     left join lateral (select bool_or(v.continues_selling) as continues, min(v.price) as price from inventory_item x join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id
       where x.store_id = b.store_id and x.item_id = b.item_id and v.deleted_at is null) v on true
     order by b.available`, [storeId]);
  return rows;
}

type Kept = DriftRow & { firstSeen: string; checkedAt: string };

/** Findings of the last check of these levels, by `item@location`; those that agreed in all states are left out. */
export async function findingsOf(db: Queryable, storeId: number, levels: readonly { itemId: number; locationId: number }[]): Promise<Map<string, Kept>> {
  const { rows } = await db.query<StateFinding & { itemId: number; locationId: number; firstSeen: string; checkedAt: string }>(
    `select item_id as "itemId", location_id as "locationId", state, ledger, observed, difference, causes, first_seen as "firstSeen", checked_at as "checkedAt" from drift join unnest($2::int[], $3::int[]) as t(item_id, location_id) using (item_id, location_id)
     where store_id = $1 order by item_id, location_id, state`, [storeId, levels.map((level) => level.itemId), levels.map((level) => level.locationId)]);
  const found = new Map<string, Kept>();
  for (const { state, ...row } of rows) if (state === 'available') found.set(`${row.itemId}@${row.locationId}`, { ...row, states: [] });
  for (const { itemId, locationId, state, ledger, observed, difference, causes } of rows) if (state !== 'available') found.get(`${itemId}@${locationId}`)?.states.push({ state, ledger, observed, difference, causes });
  return found;
}

/** One level's finding of the last check, or null where both sides agreed in all states. */
export async function driftOf(db: Queryable, storeId: number, itemId: number, locationId: number): Promise<Kept | null> {
  return (await findingsOf(db, storeId, [{ itemId, locationId }])).get(`${itemId}@${locationId}`) ?? null;
}
