/** The figures of a peak, a few bounded statements, and what was done about it. Levels are changed by the same policies as in Settings. */
import type pg from 'pg';
import type { PeakFigures } from '../domain/push/peak.ts';
import { changePolicy } from './authority.ts';
import type { Queryable } from './db.ts';
import { measuredLag } from './push-terms.ts';

/** Movements looked at for the last hour, newest first: at five hundred orders a second this is a minute and a half, and still the hottest items. */
const MOST_MOVEMENTS = 50_000;

export interface PeakPage extends PeakFigures {
  /** Orders of each of the last sixty minutes, oldest first. */
  perMinute: number[];
  inboxWaiting: number; pushWaiting: number; measured: boolean; bucket: { available: number; maximum: number; restoreRate: number } | null;
  hot: { item_id: number; location_id: number; sku: string | null; title: string; location: string; available: number; units: number; continues: boolean; push: string | null; held_back: boolean }[];
  places: { location_id: number; name: string; mode: string; paused: boolean; peak_until: string | null }[];
}

/** `lag`: what the lag is measured over, the last hour if left out. `faults`: oversales and unread messages are counted that came since, all that are open if left out. */
export async function peakPage(db: Queryable, storeId: number, now: string, hotRows = 25, since: { lag?: string; faults?: string } = {}): Promise<PeakPage> {
  const lag = await measuredLag(db, storeId, now, 0, since.lag);
  const { rows: [sums] } = await db.query<{ inbox_waiting: number; inbox_age: number; dead: number; webhook_age: number | null; order_age: number | null; push_waiting: number; push_age: number; oversold: number; available: number | null; maximum: number | null; restore_rate: number | null }>(
    `select (select count(*)::int from (select from inbox where store_id = $1 and state = 0 limit 100000) i) as inbox_waiting,
       coalesce(extract(epoch from $2::timestamptz - (select min(received_at) from (select received_at from inbox where store_id = $1 and state = 0 order by inbox_id limit 1) i)), 0)::float8 as inbox_age,
       (select count(*)::int from (select from inbox where store_id = $1 and state = 3 and ($3::timestamptz is null or received_at >= $3) limit 1000) i) as dead,
       extract(epoch from $2::timestamptz - (select received_at from inbox where store_id = $1 order by received_at desc limit 1))::float8 as webhook_age,
       extract(epoch from $2::timestamptz - (select updated_at from sales_order where store_id = $1 order by updated_at desc limit 1))::float8 as order_age,
       (select count(*)::int from push_level where store_id = $1 and dirty_version > seen_version and state not in ('held', 'quarantined', 'not written')) as push_waiting,
       coalesce(extract(epoch from $2::timestamptz - (select min(dirty_at) from push_level where store_id = $1 and dirty_version > seen_version and state not in ('held', 'quarantined', 'not written') and (not_before is null or not_before <= $2))), 0)::float8 as push_age,
       (select count(*)::int from exception where store_id = $1 and kind = 'OVERSOLD' and state = 'open' and ($3::timestamptz is null or opened_at >= $3)) as oversold,
       least(b.maximum, b.available + b.restore_rate * greatest(0, extract(epoch from $2::timestamptz - b.at)))::float8 as available, b.maximum, b.restore_rate
     from (select 1) one left join shop_bucket b on b.store_id = $1`, [storeId, now, since.faults ?? null]);
  const { rows: minutes } = await db.query<{ ago: number; n: number }>(
    `select floor(extract(epoch from $2::timestamptz - processed_at) / 60)::int as ago, count(*)::int as n from sales_order
     where store_id = $1 and updated_at >= $2::timestamptz - interval '60 minutes' and processed_at > $2::timestamptz - interval '60 minutes' and processed_at <= $2 group by 1`, [storeId, now]);
  const perMinute = Array.from({ length: 60 }, (_, n) => minutes.find((row) => row.ago === 59 - n)?.n ?? 0), recent = perMinute.slice(-5);
  const { rows: hot } = await db.query<PeakPage['hot'][number]>(
    `with latest as materialized (select item_id, to_location, quantity from (select * from movement where store_id = $1 order by movement_id desc limit ${MOST_MOVEMENTS}) m
       where kind = 'order committed' and quantity > 0 and to_location > 0 and occurred_at >= $2::timestamptz - interval '60 minutes'
     ), sold as (select item_id, to_location as location_id, sum(quantity)::int as units from latest group by 1, 2)
     select s.item_id, s.location_id, i.sku, i.title, l.name as location, coalesce(g.available, 0) as available, s.units, p.state as push,
       exists (select from held_back h where h.store_id = $1 and h.item_id = s.item_id and h.ended_at is null and (h.until is null or h.until > $2)) as held_back,
       coalesce((select bool_or(v.continues_selling) from inventory_item x join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id where x.store_id = $1 and x.item_id = s.item_id and v.deleted_at is null), false) as continues
     from sold s join item i using (item_id) join location l on l.store_id = $1 and l.location_id = s.location_id left join ledger_level g on g.store_id = $1 and g.item_id = s.item_id and g.location_id = s.location_id
     left join push_level p on p.store_id = $1 and p.item_id = s.item_id and p.location_id = s.location_id
     order by (coalesce(g.available, 0) <= 0), (greatest(0, coalesce(g.available, 0))::float8 / s.units), s.units desc, s.item_id limit $3`, [storeId, now, hotRows]);
  const { rows: places } = await db.query<PeakPage['places'][number]>(
    `select p.location_id, l.name, p.mode, p.paused, case when p.peak_until > $2 then p.peak_until end as peak_until from push_policy p join location l using (store_id, location_id) where p.store_id = $1 and p.mode <> 'off' order by l.name`, [storeId, now]);
  return {
    ordersPerMinute: recent.reduce((a, b) => a + b, 0) / recent.length, perMinute, inboxAge: sums!.inbox_age, pushAge: sums!.push_age, lagIn: lag.inSeconds, lagOut: lag.outSeconds, measured: lag.measured,
    bucketLeft: sums!.available === null || sums!.maximum === null ? 1 : sums!.available / sums!.maximum, bucket: sums!.available === null ? null : { available: sums!.available, maximum: sums!.maximum!, restoreRate: sums!.restore_rate! },
    deadLetters: sums!.dead, oversold: sums!.oversold, webhookAge: sums!.webhook_age, orderAge: sums!.order_age, inboxWaiting: sums!.inbox_waiting, pushWaiting: sums!.push_waiting, hot, places,
  };
}

export interface PeakEvent { peak_event_id: string; action: 'peak begun' | 'peak ended' | 'frozen' | 'let go' | 'settings opened' | 'settings closed'; at: string; by_whom: string; reason: string; until: string | null; location_ids: number[] }

export async function peakEvents(db: Queryable, storeId: number, limit: number): Promise<PeakEvent[]> {
  return (await db.query<PeakEvent>('select * from peak_event where store_id = $1 order by peak_event_id desc limit $2', [storeId, limit])).rows;
}

/** Stores with a peak on at an instant. */
export async function storesInPeak(db: Queryable, now: string): Promise<number[]> {
  return (await db.query<{ store_id: number }>('select distinct store_id from push_policy where peak_until > $1 order by 1', [now])).rows.map((row) => row.store_id);
}

export interface SettingsInPeak { store_id: number; name: string; time_zone: string; until: string; /** Until when an administrator has opened the settings; null: they stay as they are. */ opened_until: string | null }

/** Stores with a peak on, until when, and whether their settings were opened all the same. An opening ends with its time, and with the peak. */
export async function settingsInPeak(db: Queryable, now: string): Promise<SettingsInPeak[]> {
  return (await db.query<SettingsInPeak>(
    `select s.store_id, coalesce(nullif(s.name, ''), s.shop_domain) as name, s.time_zone, p.until, case when e.action = 'settings opened' and e.until > $1 then least(e.until, p.until) end as opened_until
     from (select store_id, max(peak_until) as until from push_policy where peak_until > $1 group by 1) p join store s using (store_id)
     left join lateral (select action, until from peak_event e where e.store_id = p.store_id and e.action in ('settings opened', 'settings closed', 'peak ended', 'peak begun') order by peak_event_id desc limit 1) e on true order by 1`, [now])).rows;
}

/** Opens the settings of a store whose peak is on until an instant, or closes them again (null). Answers false where no peak is on. */
export async function openSettings(tx: Queryable, storeId: number, until: string | null, reason: string, by: string, now: string): Promise<boolean> {
  const { rows } = await tx.query<{ location_id: number }>('select location_id from push_policy where store_id = $1 and peak_until > $2 order by 1', [storeId, now]);
  await noted(tx, storeId, until === null ? 'settings closed' : 'settings opened', rows.map((row) => row.location_id), reason, until, by, now);
  return rows.length > 0;
}

/** Peak mode for every location a warehouse stands behind: buffers by the peak's quantile until an instant; null ends it. Answers the locations changed. */
export async function setPeak(tx: pg.PoolClient, storeId: number, until: string | null, reason: string, by: string, now: string): Promise<number[]> {
  const { rows } = await tx.query<{ location_id: number }>(`select location_id from push_policy where store_id = $1 and mode <> 'off' and ($2::timestamptz is not null or peak_until > $3) order by 1 for update`, [storeId, until, now]);
  for (const { location_id: id } of rows) await changePolicy(tx, storeId, id, { peakUntil: until }, by, now);
  return noted(tx, storeId, until === null ? 'peak ended' : 'peak begun', rows.map((row) => row.location_id), reason, until, by, now);
}

/** Stops every write of stock to Shopify; letting go resumes what the freeze stopped and leaves what was paused before it. */
export async function setFrozen(tx: pg.PoolClient, storeId: number, frozen: boolean, reason: string, by: string, now: string): Promise<number[]> {
  const { rows } = frozen
    ? await tx.query<{ location_id: number }>(`select location_id from push_policy where store_id = $1 and mode <> 'off' and not paused order by 1 for update`, [storeId])
    : await tx.query<{ location_id: number }>(
      `select location_id from push_policy where store_id = $1 and paused and location_id = any(coalesce((select location_ids from peak_event where store_id = $1 and action = 'frozen' order by peak_event_id desc limit 1), '{}')) order by 1 for update`, [storeId]);
  for (const { location_id: id } of rows) await changePolicy(tx, storeId, id, { paused: frozen }, by, now);
  return noted(tx, storeId, frozen ? 'frozen' : 'let go', rows.map((row) => row.location_id), reason, null, by, now);
}

async function noted(tx: Queryable, storeId: number, action: PeakEvent['action'], ids: number[], reason: string, until: string | null, by: string, now: string): Promise<number[]> {
  if (ids.length > 0) await tx.query('insert into peak_event (store_id, action, at, by_whom, reason, until, location_ids) values ($1, $2, $3, $4, $5, $6, $7)', [storeId, action, now, by, reason, until, ids]);
  return ids;
}
