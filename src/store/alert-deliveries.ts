/** What channels are to be told and were: events become lines, lines that are due become one message, a message is tried until it got through. */
import type { AlertMessage, ToldCase } from '../domain/alerts/message.ts';
import type { Queryable } from './db.ts';

/** Stores that have an event nobody was told of, a line that is due, or a message to try. */
export async function storesToAlert(db: Queryable, at: string): Promise<number[]> {
  const { rows } = await db.query<{ store_id: number }>(
    `select store_id from store s where exists (select from exception_event e where e.store_id = s.store_id and not e.told)
       or exists (select from alert_line l join alert_channel c using (store_id, channel_id) where l.store_id = s.store_id and l.due_at <= $1 and c.state = 'on' and (c.told_at is null or c.told_at <= $1::timestamptz - interval '1 minute')
           and (select count(*) from alert_delivery d where d.store_id = l.store_id and d.channel_id = l.channel_id and d.state = 'waiting') < ${MOST_WAITING})
       or exists (select from alert_delivery d where d.store_id = s.store_id and d.state = 'waiting' and d.next_at <= $1)
     order by store_id`, [at]);
  return rows.map((row) => row.store_id);
}

/** A channel that cannot be reached collects lines, not messages: with so many waiting no other is composed. */
export const MOST_WAITING = 20;

export interface UntoldEvent { event_id: string; exception_id: string; at: string; what: string; level: number | null; kind: string; severity: number; owner: string; assignedTo: string | null; said: string | null; by: string }

/** Events nobody was told of, oldest first. */
export async function untoldEvents(tx: Queryable, storeId: number, limit: number): Promise<UntoldEvent[]> {
  return (await tx.query<UntoldEvent>(
    `select v.event_id, v.exception_id, v.at, v.what, (v.detail ->> 'level')::int as level, e.kind, e.severity, e.owner, e.assigned_to as "assignedTo", v.said, v.by_whom as by from exception_event v join exception e using (store_id, exception_id)
     where v.store_id = $1 and not v.told order by v.event_id limit $2`, [storeId, limit])).rows;
}

export async function markTold(tx: Queryable, storeId: number, eventIds: readonly string[]): Promise<void> {
  await tx.query('update exception_event set told = true where store_id = $1 and event_id = any($2)', [storeId, eventIds]);
}

export interface Line { channelId: string; eventId: string; exceptionId: string; dueAt: string }

export async function addLines(tx: Queryable, storeId: number, lines: readonly Line[]): Promise<void> {
  await tx.query(
    `insert into alert_line (store_id, channel_id, event_id, exception_id, due_at) select $1, * from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[]) on conflict do nothing`,
    [storeId, lines.map((l) => l.channelId), lines.map((l) => l.eventId), lines.map((l) => l.exceptionId), lines.map((l) => l.dueAt)]);
}

export interface DueLine extends Omit<ToldCase, 'link'> { eventId: string; stillSo: boolean }

/** Takes what a channel is to be told by now, oldest first. `stillSo`: the case still is as the event said, nobody gathered it into a storm, and it is still the person's whose channel it is. */
export async function takeDueLines(tx: Queryable, storeId: number, channelId: string, at: string, limit: number): Promise<DueLine[]> {
  return (await tx.query<DueLine>(
    `with taken as (
       delete from alert_line l using (select event_id from alert_line where store_id = $1 and channel_id = $2 and due_at <= $3 order by event_id limit $4) d
       where l.store_id = $1 and l.channel_id = $2 and l.event_id = d.event_id returning l.event_id, l.exception_id
     ) select t.event_id as "eventId", e.exception_id as "exceptionId", e.kind, v.what, e.severity, e.owner, e.subject, e.sentence, e.due_at as "dueAt",
         (select count(*)::int from exception c where c.store_id = e.store_id and c.parent_id = e.exception_id and c.state in ('open', 'snoozed')) as cases,
         case when v.what = 'resolved' then e.state = 'resolved' else e.state = 'open' and e.parent_id is null and (c.person is null or c.person = e.assigned_to) end as "stillSo"
       from taken t join alert_channel c on c.store_id = $1 and c.channel_id = $2 join exception e on e.store_id = $1 and e.exception_id = t.exception_id join exception_event v on v.store_id = $1 and v.event_id = t.event_id order by t.event_id`,
    [storeId, channelId, at, limit])).rows;
}

/** Puts a message into the outbox, once by its key. Answers its number, null when it is there already. */
export async function addDelivery(tx: Queryable, storeId: number, channelId: string, key: string, message: AlertMessage, at: string): Promise<string | null> {
  const { rows } = await tx.query<{ delivery_id: string }>(
    `insert into alert_delivery (store_id, channel_id, message_key, message, created_at, next_at) values ($1, $2, $3, $4, $5, $5) on conflict do nothing returning delivery_id`, [storeId, channelId, key, JSON.stringify(message), at]);
  if (rows.length > 0 && message.purpose === 'alert') await tx.query('update alert_channel set told_at = $3 where store_id = $1 and channel_id = $2', [storeId, channelId, at]);
  return rows[0]?.delivery_id ?? null;
}

export async function waitingOf(db: Queryable, storeId: number, channelId: string): Promise<number> {
  return (await db.query<{ n: number }>(`select count(*)::int as n from alert_delivery where store_id = $1 and channel_id = $2 and state = 'waiting'`, [storeId, channelId])).rows[0]!.n;
}

export interface Claimed { delivery_id: string; channel_id: string; message: AlertMessage; attempts: number }

/** Takes messages whose time has come; whoever takes them and dies leaves them to others after two minutes. */
export async function claimDeliveries(db: Queryable, storeId: number, at: string, limit: number): Promise<Claimed[]> {
  return (await db.query<Claimed>(
    `update alert_delivery d set attempts = d.attempts + 1, next_at = $2::timestamptz + interval '2 minutes'
     from (select w.delivery_id from alert_delivery w join alert_channel c using (store_id, channel_id) where w.store_id = $1 and w.state = 'waiting' and w.next_at <= $2 and (c.state = 'on' or w.message ->> 'purpose' = 'test')
           order by w.delivery_id limit $3 for update of w skip locked) due
     where d.store_id = $1 and d.delivery_id = due.delivery_id returning d.delivery_id, d.channel_id, d.message, d.attempts`, [storeId, at, limit])).rows;
}

/** How a try ended. `nextAt` null: it got through, or it is given up. `gone`: the channel is not used any more. */
export async function recordTry(tx: Queryable, storeId: number, of: Claimed, outcome: { ok: boolean; said: string; nextAt: string | null; gone: boolean }, at: string): Promise<void> {
  await tx.query(
    `update alert_delivery set state = case when $3 then 'delivered' when $5::timestamptz is null then 'failed' else 'waiting' end, next_at = $5, settled_at = case when $3 or $5::timestamptz is null then $4::timestamptz end,
       tries = tries || jsonb_build_object('at', $4::timestamptz, 'ok', $3::boolean, 'said', $6::text) where store_id = $1 and delivery_id = $2`,
    [storeId, of.delivery_id, outcome.ok, at, outcome.nextAt, outcome.said]);
  await tx.query(
    `update alert_channel set delivered_at = case when $3 then $4::timestamptz else delivered_at end, failing_since = case when $3 then null else coalesce(failing_since, $4::timestamptz) end,
       state = case when $5 then 'gone' else state end, state_reason = case when $5 then $6 else state_reason end where store_id = $1 and channel_id = $2`, [storeId, of.channel_id, outcome.ok, at, outcome.gone, outcome.said]);
  if (outcome.gone) await tx.query(`update alert_delivery set state = 'failed', next_at = null, settled_at = $3 where store_id = $1 and channel_id = $2 and state = 'waiting'`, [storeId, of.channel_id, at]);
}

export interface DeliveryRow { delivery_id: string; channel_id: string; channel: string; kind: string; message: AlertMessage; created_at: string; state: 'waiting' | 'delivered' | 'failed'; attempts: number; next_at: string | null; settled_at: string | null; tries: { at: string; ok: boolean; said: string }[] }

/** Messages, newest first. */
export async function listDeliveries(db: Queryable, storeId: number, filter: { state?: string | undefined; channelId?: string | undefined; before?: string | undefined; limit: number }): Promise<DeliveryRow[]> {
  return (await db.query<DeliveryRow>(
    `select d.*, c.name as channel, c.kind from alert_delivery d join alert_channel c using (store_id, channel_id)
     where d.store_id = $1 and ($2::text is null or d.state = $2) and ($3::bigint is null or d.channel_id = $3) and ($4::bigint is null or d.delivery_id < $4) order by d.delivery_id desc limit $5`,
    [storeId, filter.state ?? null, filter.channelId ?? null, filter.before ?? null, filter.limit])).rows;
}

/** Tries a message again from the first wait; false when it is not there or got through. */
export async function retryDelivery(db: Queryable, storeId: number, deliveryId: string, at: string): Promise<boolean> {
  return ((await db.query(`update alert_delivery set state = 'waiting', attempts = 0, next_at = $3, settled_at = null where store_id = $1 and delivery_id = $2 and state <> 'delivered'`, [storeId, deliveryId, at])).rowCount ?? 0) > 0;
}

/** Keeps ninety days of what was settled. */
export async function forgetDeliveries(db: Queryable, storeId: number, before: string): Promise<number> {
  return (await db.query(`delete from alert_delivery where store_id = $1 and state <> 'waiting' and created_at < $2`, [storeId, before])).rowCount ?? 0;
}
