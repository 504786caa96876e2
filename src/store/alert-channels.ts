/** Channels by which people and programs are told: who hears what, when not, and how well it goes. */
import type { ChannelKind } from '../domain/alerts/routing.ts';
import type { Queryable } from './db.ts';

export interface ChannelRow {
  store_id: number; channel_id: string; name: string; /** Whose own it is. */ person: string | null; kind: ChannelKind; shown: string; sealed: Buffer | null; roles: string[]; least_severity: number;
  quiet_from: number | null; quiet_to: number | null; quiet_weekends: boolean; digest_hour: number | null; state: 'on' | 'paused' | 'gone'; state_reason: string | null;
  told_at: string | null; failing_since: string | null; delivered_at: string | null; version: number; updated_at: string; updated_by: string;
}

export async function listChannels(db: Queryable, storeId: number): Promise<ChannelRow[]> {
  return (await db.query<ChannelRow>('select * from alert_channel where store_id = $1 order by channel_id limit 100', [storeId])).rows;
}

export async function findChannel(db: Queryable, storeId: number, channelId: string): Promise<ChannelRow | null> {
  return (await db.query<ChannelRow>('select * from alert_channel where store_id = $1 and channel_id = $2', [storeId, channelId])).rows[0] ?? null;
}

/** The channels of a store, held until the transaction ends, so that one process at a time decides what they are told. */
export async function holdChannels(tx: Queryable, storeId: number): Promise<ChannelRow[]> {
  return (await tx.query<ChannelRow>('select * from alert_channel where store_id = $1 order by channel_id for update', [storeId])).rows;
}

/**
 * Channels of these people, made where they have none: by mail, where the store tells anybody by mail, with the quiet hours of the mail channel that bears their
 * address, else of the first. Whoever has no account, or none any more, gets none.
 */
export async function makePersonal(tx: Queryable, storeId: number, persons: readonly string[], at: string): Promise<void> {
  if (persons.length === 0) return;
  await tx.query(
    `insert into alert_channel (store_id, kind, name, shown, person, least_severity, quiet_from, quiet_to, quiet_weekends, updated_by, updated_at)
     select $1, 'email', left(u.name || ', assigned cases', 80), u.email, u.email, 4, c.quiet_from, c.quiet_to, c.quiet_weekends, 'Instep', $3
     from app_user u cross join lateral (select * from alert_channel m where m.store_id = $1 and m.kind = 'email' and m.person is null and m.state = 'on' order by (u.email = any(string_to_array(m.shown, ', '))) desc, m.channel_id limit 1) c
     where u.email = any($2) and u.disabled_at is null on conflict do nothing`, [storeId, persons, at]);
}

export interface ChannelSettings {
  name: string; shown: string; roles: readonly string[]; leastSeverity: number; quietFrom: number | null; quietTo: number | null; quietWeekends: boolean; digestHour: number | null; state: 'on' | 'paused';
}
const values = (s: ChannelSettings): unknown[] => [s.name, s.shown, s.roles, s.leastSeverity, s.quietFrom, s.quietTo, s.quietWeekends, s.digestHour, s.state];

/** Its address is sealed under its number, so it is set once that is known (`sealChannel`). */
export async function makeChannel(tx: Queryable, storeId: number, kind: ChannelKind, settings: ChannelSettings, by: string, at: string): Promise<string> {
  return (await tx.query<{ channel_id: string }>(
    `insert into alert_channel (store_id, kind, name, shown, roles, least_severity, quiet_from, quiet_to, quiet_weekends, digest_hour, state, updated_by, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning channel_id`, [storeId, kind, ...values(settings), by, at])).rows[0]!.channel_id;
}

export async function sealChannel(tx: Queryable, storeId: number, channelId: string, sealed: Buffer): Promise<void> {
  await tx.query('update alert_channel set sealed = $3 where store_id = $1 and channel_id = $2', [storeId, channelId, sealed]);
}

/** Changes a channel that is still at `version`; false when somebody else was faster. What had made it unusable is forgotten. */
export async function changeChannel(tx: Queryable, storeId: number, channelId: string, version: number, settings: ChannelSettings, by: string, at: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update alert_channel set name = $4, shown = $5, roles = $6, least_severity = $7, quiet_from = $8, quiet_to = $9, quiet_weekends = $10, digest_hour = $11, state = $12, state_reason = null, failing_since = null,
       updated_by = $13, updated_at = $14, version = version + 1 where store_id = $1 and channel_id = $2 and version = $3`, [storeId, channelId, version, ...values(settings), by, at]);
  return (rowCount ?? 0) > 0;
}

export async function removeChannel(tx: Queryable, storeId: number, channelId: string): Promise<boolean> {
  await tx.query('delete from alert_line where store_id = $1 and channel_id = $2', [storeId, channelId]);
  await tx.query('delete from alert_delivery where store_id = $1 and channel_id = $2', [storeId, channelId]);
  return ((await tx.query('delete from alert_channel where store_id = $1 and channel_id = $2', [storeId, channelId])).rowCount ?? 0) > 0;
}

export interface DeafChannel { channel_id: string; name: string; kind: ChannelKind; shown: string; state: string; state_reason: string | null; failing_since: string | null; said: string | null; waiting: number }

/** Channels that nothing has got through to since `before`, or whose address is gone. */
export async function deafChannels(db: Queryable, storeId: number, before: string): Promise<DeafChannel[]> {
  return (await db.query<DeafChannel>(
    `select c.channel_id, c.name, c.kind, c.shown, c.state, c.state_reason, c.failing_since, (select count(*)::int from alert_delivery d where d.store_id = c.store_id and d.channel_id = c.channel_id and d.state = 'waiting') as waiting,
       (select d.tries -> -1 ->> 'said' from alert_delivery d where d.store_id = c.store_id and d.channel_id = c.channel_id and d.attempts > 0 order by d.delivery_id desc limit 1) as said
     from alert_channel c where c.store_id = $1 and (c.state = 'gone' or (c.state = 'on' and c.failing_since <= $2)) order by c.channel_id`, [storeId, before])).rows;
}
