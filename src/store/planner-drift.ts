/** The planner beside the ledger, per item and place it is given to: stock as of its last sync, and units of purchase orders. Set-based; nothing is asked without a planner. */
import type { ExplainedUnits } from '../domain/drift/causes.ts';
import { explainPlannerIncoming, explainPlannerStock, type PlannerFinding, type Stray } from '../domain/drift/planner.ts';
import { ON_HAND_STATES } from '../domain/stock/fact.ts';
import { textArray } from './binary.ts';
import type { Queryable } from './db.ts';
import { findPlanner, type PlannerConnectionRow } from './planner.ts';

/** Levels looked at to tell whether the account counts what is on hand. */
const MOST_JUDGED = 10_000;
const HELD = ON_HAND_STATES.filter((state) => state !== 'available'), OPEN = `('approved', 'sent', 'confirmed', 'part received')`;

/** Where a variant nobody matched bears the SKU of an item here, at a place that is ours: what it has. $2: when the figures were read, all of them at once. */
const STRAY = `
  stray as materialized (
    select i.item_id, w.location_id, sum(f.in_stock)::int as in_stock, sum(f.on_order)::int as on_order, coalesce(min(w.synced_at), $2) as synced_at,
      'the variant ' || min(v.planner_variant_id) || ' with the SKU ' || min(v.sku) || ' is matched to no item' as why
    from planner_variant v join planner_figure f using (store_id, planner_variant_id) join planner_warehouse w using (store_id, planner_warehouse_id)
      join item i on lower(i.sku) = lower(v.sku) join inventory_item x on x.store_id = $1 and x.item_id = i.item_id
    where v.store_id = $1 and v.item_id is null and v.sku <> '' and w.location_id is not null and not w.is_disabled group by 1, 2
  ), stands as materialized (
    select item_id, location_id from planner_figure f join planner_variant v using (store_id, planner_variant_id) join planner_warehouse w using (store_id, planner_warehouse_id)
    where f.store_id = $1 and w.location_id is not null and v.item_id in (select item_id from stray)
  )`;

const HELD_NOW = HELD.map((state) => `g.${state}`).join(' + ');
const PAIRS = `planner_figure f join planner_variant v using (store_id, planner_variant_id) join planner_warehouse w using (store_id, planner_warehouse_id) join ledger_level g on g.store_id = f.store_id and g.item_id = v.item_id and g.location_id = w.location_id`;
/**
 * Levels that differ first, by joins alone; what moved since is summed for those. Several listings of one item show the same stock each.
 * $3: the earliest sync of its places, before which no movement matters. $4: states on hand beside available. $5: now. $6: at most.
 */
const STOCK = `
  with ${STRAY}, differs as materialized (
    select v.item_id, w.location_id, max(f.in_stock) as theirs, coalesce(min(w.synced_at), $2) as synced_at, null::text as whole from ${PAIRS}
    where f.store_id = $1 and not w.is_disabled and f.in_stock <> g.available group by 1, 2
    union all select item_id, location_id, 0, synced_at, why from stray s where not exists (select from stands t where t.item_id = s.item_id and t.location_id = s.location_id)
    -- Items at a place that no warehouse of the planner is given to, while one of its warehouses with a place behind it is given to none.
    union all select g.item_id, g.location_id, 0, coalesce(min(w.synced_at), $2), l.name || ' is given to no warehouse of the planner; its ' || min(w.name) || ' is given to no location'
    from planner_warehouse w join planner_figure f using (store_id, planner_warehouse_id) join planner_variant v using (store_id, planner_variant_id)
      join ledger_level g on g.store_id = w.store_id and g.item_id = v.item_id and g.available <> 0 join location l on l.store_id = g.store_id and l.location_id = g.location_id and l.is_active
    where w.store_id = $1 and w.kind = 'warehouse' and w.location_id is null and not w.is_disabled and w.seen_at = (select max(seen_at) from planner_warehouse where store_id = $1)
      and not exists (select from planner_warehouse o where o.store_id = $1 and o.location_id = g.location_id) group by 1, 2, l.name
  ), legs as (
    select item_id, to_location as location_id, to_state as state, occurred_at, recorded_at, quantity as units, kind = 'storefront edit' as found from movement where store_id = $1 and recorded_at > $3 and to_location > 0 and kind not in ('opening', 'opening corrected', 'drift accepted')
    union all select item_id, from_location, from_state, occurred_at, recorded_at, -quantity, kind = 'storefront edit' from movement where store_id = $1 and recorded_at > $3 and from_location > 0 and kind not in ('opening', 'opening corrected', 'drift accepted')
  ), since as materialized (
    select d.item_id, d.location_id, coalesce(sum(m.units) filter (where m.state = 'available' and m.occurred_at > d.synced_at), 0)::int as moved, coalesce(sum(m.units) filter (where m.state = 'available'), 0)::int as heard,
      coalesce(sum(m.units) filter (where m.state = 'available' and m.occurred_at > d.synced_at and not m.found), 0)::int as unedited,
      coalesce(sum(m.units) filter (where m.state = 'available' and m.occurred_at >= date_trunc('second', d.synced_at)), 0)::int as at_once,
      coalesce(sum(m.units) filter (where m.state = any($4) and m.occurred_at > d.synced_at), 0)::int as held
    from differs d join legs m on m.item_id = d.item_id and m.location_id = d.location_id where m.recorded_at > d.synced_at group by 1, 2
  ), account as materialized (
    select count(*) filter (where f.in_stock = g.available + ${HELD_NOW}) > count(*) filter (where f.in_stock = g.available) as counts_on_hand
    from (select * from ledger_level g where store_id = $1 and ${HELD_NOW} <> 0 limit ${MOST_JUDGED}) g join planner_variant v on v.store_id = g.store_id and v.item_id = g.item_id
      join planner_warehouse w on w.store_id = g.store_id and w.location_id = g.location_id join planner_figure f on f.store_id = g.store_id and f.planner_variant_id = v.planner_variant_id and f.planner_warehouse_id = w.planner_warehouse_id
  )
  select d.*, g.available as ours, case when o.as_of > d.synced_at then o.as_of end as opened_at, coalesce(s.moved, 0) as moved, coalesce(s.heard, 0) as heard, coalesce(s.unedited, 0) as unedited, coalesce(s.at_once, 0) as at_once, ${HELD_NOW} - coalesce(s.held, 0) as held, a.counts_on_hand, t.in_stock as stray, t.why as stray_why, e.causes as beside, coalesce(v.available_at <= d.synced_at, false) as beside_is_older,
    exists (select from inventory_item x join variant b on b.store_id = x.store_id and b.shopify_inventory_item_id = x.shopify_inventory_item_id where x.store_id = $1 and x.item_id = d.item_id and b.deleted_at is null
      and (b.is_bundle or exists (select from bundle_version n where n.store_id = b.store_id and n.variant_id = b.shopify_variant_id and n.effective_from <= $5 and (n.effective_to is null or n.effective_to > $5)))) as is_bundle
  from differs d cross join account a join ledger_level g on g.store_id = $1 and g.item_id = d.item_id and g.location_id = d.location_id join opening o on o.store_id = $1 and o.item_id = d.item_id and o.location_id = d.location_id
    left join since s on s.item_id = d.item_id and s.location_id = d.location_id left join stray t on t.item_id = d.item_id and t.location_id = d.location_id
    left join observed_level v on v.store_id = $1 and v.item_id = d.item_id and v.location_id = d.location_id left join drift e on e.store_id = $1 and e.item_id = d.item_id and e.location_id = d.location_id and e.state = 'available'
  where d.theirs <> g.available order by d.item_id, d.location_id limit $6`;

/** What a line of an order both sides keep still has to come there: they agreed on what was received. Orders closed there are not expected. $3: at most. */
const INCOMING = `
  with ${STRAY}, line as materialized (
    select n.item_id, h.location_id, h.reference, case when h.state in ${OPEN} then greatest(0, n.ordered - n.received - n.damaged - n.cancelled) else 0 end as open, o.planner_id is not null as shared,
      case when o.planner_id is null or h.state in ('closed', 'cancelled') then 0 else greatest(0, n.ordered - n.cancelled - coalesce(a.agreed, 0)) - greatest(0, n.ordered - n.cancelled - n.received - n.damaged) end as untold,
      coalesce(h.approved_at, h.created_at) as approved_at, h.updated_at, o.message,
      (select max(r.received_at) from goods_receipt r where r.store_id = $1 and r.purchase_order_id = h.purchase_order_id) as received_at,
      (select max(t.settled_at) from planner_attempt t where t.store_id = $1 and t.purchase_order_id = h.purchase_order_id) as told_at
    from purchase_order h join purchase_order_line n on n.store_id = h.store_id and n.purchase_order_id = h.purchase_order_id join planner_warehouse w on w.store_id = h.store_id and w.location_id = h.location_id and not w.is_disabled
      left join planner_order o on o.store_id = h.store_id and o.purchase_order_id = h.purchase_order_id left join planner_order_line a on a.store_id = h.store_id and a.purchase_order_id = h.purchase_order_id and a.item_id = n.item_id
    where h.store_id = $1 and (h.state in ${OPEN} or (o.planner_id is not null and (h.updated_at > $2 or (h.state = 'received' and n.received + n.damaged <> coalesce(a.agreed, 0)))))
  ), ours as materialized (
    select item_id, location_id, sum(open)::int as units,
      coalesce(sum(open) filter (where not shared and approved_at > $2), 0)::int as fresh,
      coalesce(sum(open) filter (where not shared and approved_at <= $2), 0)::int as unsent, min(reference || coalesce(': ' || message, '')) filter (where not shared and approved_at <= $2 and open > 0) as unsent_why,
      coalesce(sum(untold) filter (where received_at > $2), 0)::int as received_since,
      coalesce(sum(untold) filter (where received_at <= $2), 0)::int as unwritten, min(reference || coalesce(': ' || message, '')) filter (where received_at <= $2 and untold <> 0) as unwritten_why,
      min(reference) filter (where shared and greatest(updated_at, told_at) > $2) as changed
    from line group by 1, 2
  ), theirs as materialized (
    select v.item_id, w.location_id, sum(f.on_order)::int as units from planner_figure f join planner_variant v using (store_id, planner_variant_id) join planner_warehouse w using (store_id, planner_warehouse_id)
    where f.store_id = $1 and f.on_order <> 0 and v.item_id is not null and w.location_id is not null and not w.is_disabled group by 1, 2
  )
  select coalesce(t.item_id, o.item_id) as item_id, coalesce(t.location_id, o.location_id) as location_id, coalesce(t.units, 0) as theirs, $2::timestamptz as synced_at, null as whole, coalesce(o.units, 0) as ours, coalesce(o.fresh, 0) as fresh, coalesce(o.unsent, 0) as unsent, o.unsent_why,
    coalesce(o.received_since, 0) as received_since, coalesce(o.unwritten, 0) as unwritten, o.unwritten_why, o.changed, s.on_order as stray, s.why as stray_why
  from theirs t full join ours o on o.item_id = t.item_id and o.location_id = t.location_id left join stray s on s.item_id = coalesce(t.item_id, o.item_id) and s.location_id = coalesce(t.location_id, o.location_id)
  where coalesce(t.units, 0) <> coalesce(o.units, 0) order by 1, 2 limit $3`;

interface Pair { item_id: number; location_id: number; theirs: number; ours: number; synced_at: string; whole: string | null; stray: number | null; stray_why: string | null }
interface StockCandidate extends Pair { moved: number; heard: number; unedited: number; at_once: number; held: number; counts_on_hand: boolean; beside: ExplainedUnits[] | null; beside_is_older: boolean; is_bundle: boolean; opened_at: string | null }
interface IncomingCandidate extends Pair { fresh: number; unsent: number; unsent_why: string | null; received_since: number; unwritten: number; unwritten_why: string | null; changed: string | null }

export type PlannerMeasure = 'stock' | 'incoming';
export interface PlannerDrift { itemId: number; locationId: number; measure: PlannerMeasure; ours: number; theirs: number; causes: ExplainedUnits[]; syncedAt: string }

/** How long what was found stands while the planner was not read again: what moved here meanwhile is no news of it, and the comparison costs seconds at a million levels. */
const STANDS_MS = 5 * 60_000;
/** An exchange reads figures first and takes orders over after that: so long it is believed to be at work, if it did not fail. */
const EXCHANGE_MS = 15 * 60_000;

/**
 * Works out and keeps the differences; what agrees leaves. `compared` is null where no planner has been read: then nothing is kept. `lastAt`: when it was last
 * worked out, null to do it whatever was found before.
 */
export async function checkPlanner(db: Queryable, storeId: number, lastAt: string | null, now: string, limit = 50_000): Promise<{ compared: number | null; found: PlannerDrift[]; fresh: boolean }> {
  const connection = await findPlanner(db, storeId);
  const { rows: [extent] } = connection === null ? { rows: [] } : await db.query<{ figures: number; since: string | null; read_at: string | null }>(
    `select count(*)::int as figures, max(f.read_at) as read_at, (select min(coalesce(w.synced_at, (select max(read_at) from planner_figure where store_id = $1))) from planner_warehouse w where w.store_id = $1 and not w.is_disabled) as since from planner_figure f where f.store_id = $1`, [storeId]);
  if (!connection || !extent?.read_at) { await db.query('delete from planner_drift where store_id = $1', [storeId]); return { compared: null, found: [], fresh: false }; }
  const ended = connection.exchanged_at ?? '', exchanging = ended < extent.read_at && connection.status !== 'failing' && Date.parse(now) - Date.parse(extent.read_at) < EXCHANGE_MS;
  if (lastAt !== null && lastAt > extent.read_at && lastAt > ended && Date.parse(now) - Date.parse(lastAt) < STANDS_MS) return { compared: extent.figures, found: await kept(db, storeId, limit), fresh: false };
  const stock = await db.query<StockCandidate>(STOCK, [storeId, extent.read_at, extent.since ?? extent.read_at, HELD, now, limit]);
  const incoming = await db.query<IncomingCandidate>(INCOMING, [storeId, extent.read_at, limit]);
  const found = [...stock.rows.map((row) => asDrift(row, 'stock', explainStock(row))), ...incoming.rows.map((row) => asDrift(row, 'incoming', explainIncoming(row, connection, exchanging)))];
  await db.query(
    `with found as (select * from unnest($3::int[], $4::int[], $5::text[], $6::int[], $7::int[], $8::text[], $9::timestamptz[]) as t(item_id, location_id, measure, ours, theirs, causes, synced_at)
     ), gone as (delete from planner_drift d where d.store_id = $1 and not exists (select from found f where f.item_id = d.item_id and f.location_id = d.location_id and f.measure = d.measure))
     insert into planner_drift (store_id, item_id, location_id, measure, ours, theirs, causes, synced_at, first_seen, checked_at) select $1, item_id, location_id, measure, ours, theirs, causes::jsonb, synced_at, $2, $2 from found
     on conflict (store_id, item_id, location_id, measure) do update set ours = excluded.ours, theirs = excluded.theirs, causes = excluded.causes, synced_at = excluded.synced_at, checked_at = excluded.checked_at`,
    [storeId, now, found.map((f) => f.itemId), found.map((f) => f.locationId), found.map((f) => f.measure), found.map((f) => f.ours), found.map((f) => f.theirs), textArray(found.map((f) => JSON.stringify(f.causes))), found.map((f) => f.syncedAt)]);
  return { compared: extent.figures, found, fresh: true };
}

async function kept(db: Queryable, storeId: number, limit: number): Promise<PlannerDrift[]> {
  return (await db.query<PlannerDrift>(`select item_id as "itemId", location_id as "locationId", measure, ours, theirs, causes, synced_at as "syncedAt" from planner_drift where store_id = $1 order by item_id, location_id, measure limit $2`, [storeId, limit])).rows;
}

const asDrift = (row: Pair, measure: PlannerMeasure, finding: PlannerFinding): PlannerDrift => ({ itemId: row.item_id, locationId: row.location_id, measure, ours: row.ours, theirs: row.theirs, causes: finding.causes, syncedAt: row.synced_at });
const strayOf = (row: Pair): Stray | null => (row.whole !== null ? { units: 0, whole: true, evidence: row.whole } : row.stray ? { units: row.stray, whole: false, evidence: row.stray_why! } : null);

function explainStock(row: StockCandidate): PlannerFinding {
  return explainPlannerStock({ theirs: row.theirs, ours: row.ours, syncedAt: row.synced_at, moved: [row.moved, row.heard, row.unedited, row.at_once], held: row.held, countsOnHand: row.counts_on_hand, beside: row.beside ?? [], besideIsOlder: row.beside_is_older, stray: strayOf(row), isBundle: row.is_bundle, openedAt: row.opened_at });
}

function explainIncoming(row: IncomingCandidate, connection: PlannerConnectionRow, exchanging: boolean): PlannerFinding {
  const untold = connection.sends_orders ? 'was not told there' : 'is not told there, as this connection is set';
  return explainPlannerIncoming({
    theirs: row.theirs, ours: row.ours, readAt: row.synced_at, fresh: row.fresh, unsent: row.unsent, unsentWhy: `${row.unsent_why ?? 'an order'} ${untold}`, receivedSince: row.received_since, unwritten: row.unwritten,
    unwrittenWhy: `${row.unwritten_why ?? 'an order'} was received here and is still expected there`, changed: row.changed, takesOrders: connection.takes_orders, exchanging, stray: strayOf(row),
  });
}

/** What the planner holds otherwise of one level, as last checked. */
export async function plannerDriftOf(db: Queryable, storeId: number, itemId: number, locationId: number): Promise<{ measure: PlannerMeasure; ours: number; theirs: number; causes: ExplainedUnits[]; syncedAt: string; firstSeen: string; checkedAt: string }[]> {
  return (await db.query<{ measure: PlannerMeasure; ours: number; theirs: number; causes: ExplainedUnits[]; syncedAt: string; firstSeen: string; checkedAt: string }>(
    `select measure, ours, theirs, causes, synced_at as "syncedAt", first_seen as "firstSeen", checked_at as "checkedAt" from planner_drift where store_id = $1 and item_id = $2 and location_id = $3 order by measure desc`, [storeId, itemId, locationId])).rows;
}
