/** The contract of the peak monitor. */
import { z } from 'zod';

const instant = z.string();
export const PeakRule = z.object({ key: z.string(), label: z.string(), value: z.number().nullable(), unit: z.enum(['s', '%', 'n']), warn: z.number(), bad: z.number(), light: z.enum(['good', 'warn', 'bad']), says: z.string(), acts: z.array(z.object({ label: z.string(), run: z.string().optional(), open: z.string().optional() })).describe('what helps: a flow to run, or a page to open') }).meta({ id: 'PeakRule' });
export const HotItem = z.object({ itemId: z.number(), locationId: z.number(), sku: z.string().nullable(), title: z.string(), locationName: z.string(), available: z.number(), unitsLastHour: z.number(), minutesToZero: z.number().nullable(), continuesSelling: z.boolean(), push: z.string().nullable() }).meta({ id: 'HotItem' });
export const PeakView = z.object({
  at: instant, ordersPerMinute: z.number(), perMinute: z.array(z.number()).describe('orders of each of the last 60 minutes, oldest first'), rules: z.array(PeakRule), hot: z.array(HotItem),
  inboxWaiting: z.number(), pushWaiting: z.number(), measured: z.boolean(), bucket: z.object({ available: z.number(), maximum: z.number(), restoreRate: z.number() }).nullable(),
  locations: z.array(z.object({ locationId: z.number(), name: z.string(), mode: z.string(), paused: z.boolean(), peakUntil: instant.nullable() })),
  events: z.array(z.object({ action: z.string(), at: instant, by: z.string(), reason: z.string(), until: instant.nullable(), locations: z.number() })),
}).meta({ id: 'PeakView' });
export const PeakAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('begin'), until: instant, reason: z.string().trim().max(300).default('') }),
  z.object({ action: z.literal('end'), reason: z.string().trim().max(300).default('') }),
  z.object({ action: z.literal('freeze'), reason: z.string().trim().min(3).max(300) }),
  z.object({ action: z.literal('let go'), reason: z.string().trim().max(300).default('') }),
]).meta({ id: 'PeakAction' });
