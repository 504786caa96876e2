/** The contract of the peak monitor. */
import { z } from 'zod';

const instant = z.string();
export const PeakRule = z.object({ key: z.string(), label: z.string(), value: z.number().nullable(), unit: z.enum(['s', '%', 'n']), warn: z.number(), bad: z.number(), light: z.enum(['good', 'warn', 'bad']), says: z.string(), acts: z.array(z.object({ label: z.string(), run: z.string().optional(), open: z.string().optional() })).describe('what helps: a flow to run, or a page to open') }).meta({ id: 'PeakRule' });
export const HotItem = z.object({ itemId: z.number(), locationId: z.number(), sku: z.string().nullable(), title: z.string(), locationName: z.string(), available: z.number(), unitsLastHour: z.number(), minutesToZero: z.number().nullable(), continuesSelling: z.boolean(), push: z.string().nullable(), heldBack: z.boolean() }).meta({ id: 'HotItem' });
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

export const HeldBack = z.object({
  itemId: z.number(), sku: z.string().nullable(), title: z.string(), reason: z.string(), since: instant, by: z.string(), until: instant.nullable().describe('null: until somebody lets it go'), sellsOn: z.boolean().describe('the shop goes on selling it at zero, by its own setting'),
  places: z.array(z.object({ locationId: z.number(), name: z.string(), written: z.boolean().describe('Instep sets what is shown here'), state: z.string().nullable(), shown: z.number().nullable(), heldBack: z.number().describe('units the shelf would allow') })),
}).meta({ id: 'HeldBack' });
export const HeldBackList = z.object({ rows: z.array(HeldBack) }).meta({ id: 'HeldBackList' });
const items = z.array(z.number().int().positive()).min(1).max(200), stores = z.array(z.number().int().positive()).min(1).max(50).optional().describe('which stores; the one asked about if left out');
export const HoldBody = z.object({ items, stores, until: instant.nullable().default(null).describe('when it ends by itself, at most 90 days ahead'), reason: z.string().trim().min(3).max(300) }).strict().meta({ id: 'HoldBody' });
export const LetGoBody = z.object({ items, stores }).strict().meta({ id: 'LetGoBody' });
export const HoldAnswer = z.object({ stores: z.array(z.object({ storeId: z.number(), name: z.string(), items: z.number() })), still: z.array(z.string()).describe('what goes on being sold all the same, and where') }).meta({ id: 'HoldAnswer' });
