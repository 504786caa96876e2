/** Which place is supplied from which, the days that takes, and what supplied places are asked for where they are bought. */
import type pg from 'pg';
import { addDays, dayNumber } from '../domain/calendar.ts';
import { DEFAULT_TRANSFER_DAYS, LATEST, LEARNED_DAYS, supplyThen, TRANSFERS_TO_LEARN, type SupplyFrom, type TransferTook } from '../domain/replenishment/supply-then.ts';
import { circleOf, flattened, type Supplied } from '../domain/replenishment/supply-tree.ts';
import type { Queryable } from './db.ts';
import { supplyHistory } from './planning-history.ts';
import type { UnforecastRow } from './unforecast.ts';

/** Who buys for each supplied place; `names` of all places; the days of a transfer between two of them. */
export interface Supply { of: ReadonlyMap<number, Supplied>; names: ReadonlyMap<number, string>; daysOf: (from: number, to: number) => TransferDays }
/** Whole days a transfer takes, and who says so; `transfers` is how many were learned from. */
export interface TransferDays { days: number; said: 'set' | 'learned' | 'default'; transfers: number }

/** As it is set now, with the days of transfers received before `until`. */
export async function supplyOf(db: Queryable, storeId: number, timeZone: string, until: string): Promise<Supply> {
  const { rows } = await db.query<{ location_id: number; name: string; supplied_from: number | null }>('select location_id, name, supplied_from from location where store_id = $1 and is_active', [storeId]);
  const active = new Set(rows.map((row) => row.location_id)), daysOf = await transferDays(db, storeId, timeZone, until);
  const from = new Map(rows.flatMap((row) => (row.supplied_from !== null && active.has(row.supplied_from) ? [[row.location_id, row.supplied_from] as const] : [])));
  return { names: new Map(rows.map((row) => [row.location_id, row.name])), of: flattened(from, (a, b) => daysOf(a, b).days), daysOf };
}

/** Days from the first part leaving to the last coming, the median of the latest forty transfers of a pair. */
async function transferDays(db: Queryable, storeId: number, timeZone: string, until: string): Promise<Supply['daysOf']> {
  const { rows } = await db.query<{ a: number; b: number; days: number; transfers: number; said: 'set' | 'learned' | 'default' }>(
    `select from_location_id as a, to_location_id as b, days, 0 as transfers, 'set' as said from transfer_days where store_id = $1
     union all
     select a, b, percentile_disc(0.5) within group (order by days)::int, count(*)::int, 'learned' from (
       select from_location_id as a, to_location_id as b, least(365, (received_at at time zone $2)::date - (shipped_at at time zone $2)::date) as days, row_number() over (partition by from_location_id, to_location_id order by received_at desc, transfer_id desc) as nth
       from transfer where store_id = $1 and received_at >= $3::date::timestamp at time zone $2 and received_at < $4::date::timestamp at time zone $2 and shipped_at <= received_at) took
     where nth <= ${LATEST} group by 1, 2 having count(*) >= ${TRANSFERS_TO_LEARN}
     union all select 0, 0, transfer_days, 0, 'default' from transfer_setting where store_id = $1`, [storeId, timeZone, addDays(until, -LEARNED_DAYS), until]);
  const known = new Map<string, TransferDays>();
  for (const { a, b, days, transfers, said } of rows) if (said !== 'learned' || !known.has(`${a}>${b}`)) known.set(`${a}>${b}`, { days, transfers, said });
  const otherwise = known.get('0>0') ?? { days: DEFAULT_TRANSFER_DAYS, transfers: 0, said: 'default' };
  return (from, to) => known.get(`${from}>${to}`) ?? otherwise;
}

/** As it was known on each morning of a period: what was said by then, and transfers received by then. */
export async function supplyKnown(db: Queryable, storeId: number, timeZone: string, from: string, days: number): Promise<SupplyFrom[]> {
  const history = await supplyHistory(db, storeId, timeZone);
  if (history === null) return [{ from: 0, of: new Map() }];
  const { rows } = await db.query<{ a: number; b: number; received: string; days: number }>(
    `select from_location_id as a, to_location_id as b, (received_at at time zone $2)::date::text as received, least(365, (received_at at time zone $2)::date - (shipped_at at time zone $2)::date) as days
     from transfer where store_id = $1 and received_at >= $3::date::timestamp at time zone $2 and received_at < $4::date::timestamp at time zone $2 and shipped_at <= received_at order by received_at, transfer_id`, [storeId, timeZone, addDays(from, -LEARNED_DAYS), addDays(from, days)]);
  return supplyThen(history.said, history.begun, rows.map((row): TransferTook => ({ from: row.a, to: row.b, received: dayNumber(row.received), days: row.days })), dayNumber(from), days);
}

/** Why a place cannot be supplied from another, or null when it is from now on; `from` null: it buys for itself again. The caller holds a transaction. */
export async function setSupply(tx: pg.PoolClient, storeId: number, locationId: number, from: number | null, by: string, now: string): Promise<string | null> {
  const { rows } = await tx.query<{ location_id: number; name: string; is_active: boolean; supplied_from: number | null }>('select location_id, name, is_active, supplied_from from location where store_id = $1 order by location_id for update', [storeId]);
  const own = rows.find((row) => row.location_id === locationId), other = rows.find((row) => row.location_id === from);
  if (own === undefined) return `there is no location ${locationId}`;
  if (from !== null) {
    if (other === undefined) return `there is no location ${from}`;
    if (from === locationId) return `${own.name} cannot be supplied from itself`;
    if (!other.is_active) return `${other.name} is closed in Shopify`;
    const circle = circleOf(new Map(rows.flatMap((row) => (row.supplied_from === null ? [] : [[row.location_id, row.supplied_from] as const]))), locationId, from);
    if (circle !== null) {
      const [first, ...above] = circle.map((id) => rows.find((row) => row.location_id === id)!.name);
      return `${first} is supplied from ${above.join(', that one from ')}: it would be a circle`;
    }
  }
  await tx.query('update location set supplied_from = $3, supply_by = $4, updated_at = $5 where store_id = $1 and location_id = $2 and supplied_from is distinct from $3', [storeId, locationId, from, by, now]);
  return null;
}

/** Says the days of transfers between two places; null: they are learned again. */
export async function setTransferDays(tx: Queryable, storeId: number, from: number, to: number, days: number | null, by: string, now: string): Promise<void> {
  if (days === null) await tx.query(
    `with gone as (delete from transfer_days where store_id = $1 and from_location_id = $2 and to_location_id = $3 returning from_location_id, to_location_id)
     insert into planning_history (store_id, kind, key, since, by_whom) select $1, 'way', from_location_id || '>' || to_location_id, $5, $4 from gone`, [storeId, from, to, by, now]);
  else await tx.query(
    `insert into transfer_days as d (store_id, from_location_id, to_location_id, days, updated_at, updated_by) values ($1, $2, $3, $4, $5, $6)
     on conflict (store_id, from_location_id, to_location_id) do update set days = excluded.days, updated_at = excluded.updated_at, updated_by = excluded.updated_by where d.days <> excluded.days`, [storeId, from, to, days, now, by]);
}

/** Items that are forecast, or sold since a day, at a supplied place, as lines of the place that buys for it: there they may be neither. */
export async function boughtFor(db: Queryable, storeId: number, supply: Supply, runId: string | null, since: string): Promise<UnforecastRow[]> {
  const { rows } = await db.query<UnforecastRow>(
    `with l as (select * from unnest($4::int[], $5::int[]) as l(location_id, buyer))
     select item_id, buyer as location_id, 0 as sold from (
       select f.item_id, l.buyer from forecast f join l using (location_id) where f.store_id = $1 and f.run_id = $2
       union select d.item_id, l.buyer from daily_demand d join l using (location_id) where d.store_id = $1 and d.day >= $3 and d.quantity > 0) t
     order by 1, 2 limit 1000000`, [storeId, runId, since, [...supply.of.keys()], [...supply.of.values()].map((one) => one.buyer)]);
  return rows;
}

/** Units sold since a day of some items at some places, by `item@location`. */
export async function soldSince(db: Queryable, storeId: number, since: string, itemIds: readonly number[], locationIds: readonly number[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ item_id: number; location_id: number; sold: number }>(
    'select item_id, location_id, sum(quantity)::int as sold from daily_demand where store_id = $1 and day >= $2 and item_id = any($3) and location_id = any($4) group by 1, 2 having sum(quantity) > 0', [storeId, since, itemIds, locationIds]);
  return new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, row.sold]));
}
