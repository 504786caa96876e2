/** The contract of alerts: channels, what they are told, the messages and their tries. */
import { z } from 'zod';

const instant = z.string(), hour = z.number().int().min(0).max(23);
export const ALERT_ROLES = ['ecommerce', 'planner', 'warehouse', 'finance', 'integration owner', 'admin'] as const;
export const ALERT_KINDS = ['email', 'slack', 'teams', 'webhook'] as const;
export const DELIVERY_STATES = ['waiting', 'delivered', 'failed'] as const;

const terms = {
  name: z.string().trim().min(1).max(80),
  /** Empty: every role. */
  roles: z.array(z.enum(ALERT_ROLES)).max(6),
  leastSeverity: z.number().int().min(1).max(4),
  /** Hours of the shop's clock; over midnight when `from` is later than `to`. */
  quiet: z.object({ from: hour, to: hour }).strict().refine(({ from, to }) => from !== to, 'must not begin and end at the same hour').nullable(), quietWeekends: z.boolean(),
  /** The hour of the daily check; null: none. */
  digestHour: hour.nullable(),
};
export const AlertChannelView = z.object({
  ...terms, channelId: z.string(), kind: z.enum(ALERT_KINDS), /** The address as people see it: of hooks the host and its end. */ shown: z.string(),
  state: z.enum(['on', 'paused', 'gone']), stateReason: z.string().nullable(), deliveredAt: instant.nullable(), failingSince: instant.nullable(), version: z.number(), updatedAt: instant, updatedBy: z.string(),
}).meta({ id: 'AlertChannelView' });
export const AlertChannels = z.object({ channels: z.array(AlertChannelView), /** False: no mail server is set, so mail waits. */ mailReady: z.boolean(), timeZone: z.string() }).meta({ id: 'AlertChannels' });
export const AlertChannelBody = z.object({ ...terms, kind: z.enum(ALERT_KINDS), address: z.string().trim().min(1).max(4_000), /** Of a webhook, `whsec_…`; made when left out. */ secret: z.string().max(200).optional() }).strict().meta({ id: 'AlertChannelBody' });
export const AlertChannelChange = z.object({
  ...terms, version: z.number().int(), paused: z.boolean(), /** Left out: it stays. */ address: z.string().trim().min(1).max(4_000).optional(), /** Another signing secret; the one before it ends at once. */ newSecret: z.boolean().optional(),
}).strict().meta({ id: 'AlertChannelChange' });
/** `secret` is shown this once. */
export const AlertChannelMade = z.object({ channelId: z.string(), secret: z.string().nullable() }).meta({ id: 'AlertChannelMade' });

export const AlertDelivery = z.object({
  deliveryId: z.string(), channelId: z.string(), channel: z.string(), kind: z.enum(ALERT_KINDS), purpose: z.enum(['alert', 'digest', 'test']), title: z.string(), cases: z.number(), state: z.enum(DELIVERY_STATES), attempts: z.number(),
  createdAt: instant, nextAt: instant.nullable(), settledAt: instant.nullable(), tries: z.array(z.object({ at: instant, ok: z.boolean(), said: z.string() })), message: z.record(z.string(), z.unknown()),
}).meta({ id: 'AlertDelivery' });
export const AlertDeliveryQuery = z.object({ store: z.coerce.number(), state: z.enum(DELIVERY_STATES).optional(), channel: z.string().regex(/^\d{1,18}$/).optional(), cursor: z.string().regex(/^\d{1,18}$/).optional(), limit: z.coerce.number().int().min(1).max(500).default(100), format: z.enum(['json', 'csv']).default('json') });
export const AlertDeliveryPage = z.object({ rows: z.array(AlertDelivery), nextCursor: z.string().nullable() }).meta({ id: 'AlertDeliveryPage' });
