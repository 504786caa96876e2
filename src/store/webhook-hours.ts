/** What each topic was heard, folded by the hour from the inbox: four weeks of a topic are at most 672 rows, however many messages came. */
import { LEARNS_WEEKS, type HeardHour } from '../domain/webhooks/silence.ts';
import { readCursor, writeCursor } from './runs.ts';
import type { Queryable } from './db.ts';

const HOUR_MS = 3_600_000, MINUTE_MS = 60_000, LEARNS_MS = LEARNS_WEEKS * 168 * HOUR_MS;
/** A message is committed within moments of being received: what is this old is all there. */
const SETTLED_MS = MINUTE_MS;
/** Nobody looked for so long: this machine may have been off, and Shopify's messages with it. */
const AWAY_MS = 30 * MINUTE_MS;

const FOLDED = 'webhooks.folded', WATCHING = 'webhooks.watching';

/**
 * Counts what came since the last time, in whole minutes, each once; forgets what is older than is learned from. In the caller's transaction. A silence is counted
 * from `watching`: since when somebody looked without a break of half an hour, and since `renewed` subscriptions stand.
 */
export async function foldArrivals(tx: Queryable, storeId: number, now: string, renewed: boolean): Promise<{ through: string; watching: string }> {
  const time = Date.parse(now), before = await readCursor(tx, storeId, FOLDED), oldest = new Date(time - LEARNS_MS).toISOString();
  const through = new Date(Math.floor((time - SETTLED_MS) / MINUTE_MS) * MINUTE_MS).toISOString(), from = before === null || before < oldest ? oldest : before;
  const away = before === null || renewed || time - Date.parse(before) > AWAY_MS + SETTLED_MS, watching = away ? now : (await readCursor(tx, storeId, WATCHING)) ?? now;
  await writeCursor(tx, storeId, WATCHING, watching, now);
  if (through <= from) return { through: from, watching };
  await tx.query(
    `with heard as (
       select topic, floor(extract(epoch from received_at) / 3600)::int as hour, count(distinct date_trunc('minute', received_at))::int as minutes, max(received_at) as last_at
       from inbox where store_id = $1 and received_at >= $2 and received_at < $3 group by 1, 2
     ), last as (
       insert into webhook_topic as t (store_id, topic, last_at) select $1, topic, max(last_at) from heard group by topic order by topic
       on conflict (store_id, topic) do update set last_at = greatest(t.last_at, excluded.last_at)
     ), old as (
       delete from webhook_hour where store_id = $1 and hour < $4
     )
     insert into webhook_hour as h (store_id, topic, hour, minutes) select $1, topic, hour, minutes from heard order by topic, hour
     on conflict (store_id, topic, hour) do update set minutes = least(60, h.minutes + excluded.minutes)`,
    [storeId, from, through, Math.floor(Date.parse(oldest) / HOUR_MS)]);
  await writeCursor(tx, storeId, FOLDED, through, now);
  return { through, watching };
}

export interface TopicHeard { topic: string; lastAt: string; hours: HeardHour[] }

/** Each topic that was ever heard: when last, those since the last fold included, and the hours it is learned from. */
export async function topicsHeard(db: Queryable, storeId: number, now: string): Promise<TopicHeard[]> {
  const oldest = Math.floor((Date.parse(now) - LEARNS_MS) / HOUR_MS), through = await readCursor(db, storeId, FOLDED);
  return (await db.query<TopicHeard>(
    `with newest as (
       select topic, max(at) as last_at from (select topic, last_at as at from webhook_topic where store_id = $1 union all select topic, received_at from inbox where store_id = $1 and received_at >= coalesce($3::timestamptz, 'infinity')) t group by topic
     )
     select topic, last_at as "lastAt", coalesce((select jsonb_agg(jsonb_build_object('hour', h.hour, 'minutes', h.minutes) order by h.hour) from webhook_hour h where h.store_id = $1 and h.topic = n.topic and h.hour >= $2), '[]') as hours
     from newest n order by topic`, [storeId, oldest, through])).rows;
}

/** The first hour in which anything could have been heard: that of the first message of all; null before it. */
export async function heardFrom(db: Queryable, storeId: number): Promise<number | null> {
  return (await db.query<{ hour: number | null }>('select min(hour) as hour from webhook_hour where store_id = $1', [storeId])).rows[0]!.hour;
}

export async function watchingSince(db: Queryable, storeId: number): Promise<string | null> {
  return readCursor(db, storeId, WATCHING);
}

/** Whether reading found orders that changed after an instant and long enough ago to have been told of: placed (`orders/create`), or changed at all. */
export async function ordersUnheard(db: Queryable, storeId: number, topic: string, after: string, until: string): Promise<boolean> {
  const column = topic === 'orders/create' ? 'processed_at' : 'updated_at';
  return (await db.query<{ any: boolean }>(`select exists (select from sales_order where store_id = $1 and ${column} > $2 and ${column} <= $3) as any`, [storeId, after, until])).rows[0]!.any;
}
