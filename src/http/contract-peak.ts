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
export const PeakSettings = z.object({ peakUntil: instant.nullable().describe('null: no peak is on'), openedUntil: instant.nullable().describe('null: settings stay as they are'), mayOpen: z.boolean() }).meta({ id: 'PeakSettings' });
export const PeakAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('begin'), until: instant, reason: z.string().trim().max(300).default('') }),
  z.object({ action: z.literal('end'), reason: z.string().trim().max(300).default('') }),
  z.object({ action: z.literal('freeze'), reason: z.string().trim().min(3).max(300) }),
  z.object({ action: z.literal('let go'), reason: z.string().trim().max(300).default('') }),
  z.object({ action: z.literal('open settings'), minutes: z.number().int().min(5).max(240), reason: z.string().trim().min(3).max(300) }),
  z.object({ action: z.literal('close settings'), reason: z.string().trim().max(300).default('') }),
]).meta({ id: 'PeakAction' });

export const RehearsalBody = z.object({ times: z.number().min(1).max(10_000).default(10).describe('of the usual orders a minute'), minutes: z.number().min(0.05).max(120).default(10) }).strict().meta({ id: 'RehearsalBody' });
export const RehearsalView = z.object({
  rehearsalId: z.string(), times: z.number(), minutes: z.number(), askedAt: instant, askedBy: z.string(), startedAt: instant.nullable().describe('null: it waits'), endedAt: instant.nullable().describe('null: it is on'), stopping: z.boolean(),
  passed: z.boolean().nullable().describe('null: it is on, or was not judged'), failed: z.array(z.string()).describe('rules not passed'), reachedPerMinute: z.number().nullable(), said: z.string().nullable().describe('why it was not judged'),
}).meta({ id: 'Rehearsal' });
export const RehearsalReport = RehearsalView.extend({ report: z.string().nullable().describe('Markdown') }).meta({ id: 'RehearsalReport' });
export const Rehearsals = z.object({ may: z.boolean().describe('false: a real shop, where nobody rehearses'), rehearsals: z.array(RehearsalView) }).meta({ id: 'Rehearsals' });

export const HeldBack = z.object({
  itemId: z.number(), sku: z.string().nullable(), title: z.string(), reason: z.string(), since: instant, by: z.string(), until: instant.nullable().describe('null: until somebody lets it go'), sellsOn: z.boolean().describe('the shop goes on selling it at zero, by its own setting'),
  places: z.array(z.object({ locationId: z.number(), name: z.string(), written: z.boolean().describe('Instep sets what is shown here'), state: z.string().nullable(), shown: z.number().nullable(), heldBack: z.number().describe('units the shelf would allow') })),
}).meta({ id: 'HeldBack' });
export const HeldBackList = z.object({ rows: z.array(HeldBack) }).meta({ id: 'HeldBackList' });
const items = z.array(z.number().int().positive()).min(1).max(200), stores = z.array(z.number().int().positive()).min(1).max(50).optional().describe('which stores; the one asked about if left out');
export const HoldBody = z.object({ items, stores, until: instant.nullable().default(null).describe('when it ends by itself, at most 90 days ahead'), reason: z.string().trim().min(3).max(300) }).strict().meta({ id: 'HoldBody' });
export const LetGoBody = z.object({ items, stores }).strict().meta({ id: 'LetGoBody' });
export const HoldAnswer = z.object({ stores: z.array(z.object({ storeId: z.number(), name: z.string(), items: z.number() })), still: z.array(z.string()).describe('what goes on being sold all the same, and where') }).meta({ id: 'HoldAnswer' });

export const PeakReports = z.object({ reports: z.array(z.object({ reportId: z.string(), begunAt: instant, begunBy: z.string(), endedAt: instant, endedBy: z.string(), writtenAt: instant, orders: z.number(), rulesAtAct: z.number().describe('rules that were at “act” at some time') })) }).meta({ id: 'PeakReports' });
const seconds = z.number().nullable().describe('seconds; null where nothing was measured');
export const PeakReportView = z.object({
  shop: z.string(), begunAt: instant, begunBy: z.string(), endedAt: instant, endedBy: z.string().describe('“time” where it ended by itself'), minutes: z.number(),
  orders: z.object({ total: z.number(), units: z.number(), busiestMinute: z.number(), busiestAt: instant.nullable() }),
  lag: z.object({ inP50: seconds, inP99: seconds, outP50: seconds, outP99: seconds, messages: z.number() }),
  pushes: z.object({ written: z.number(), stale: z.number().describe('sets that sales had outrun'), refused: z.number(), abandoned: z.number() }),
  oversold: z.object({ cases: z.number(), units: z.number() }), bucket: z.object({ lowest: z.number().nullable(), watched: z.number().describe('share of the samples at or below “watch”') }),
  rules: z.array(z.object({ key: z.string(), label: z.string(), unit: z.enum(['s', '%', 'n']), worst: z.number(), bad: z.number(), passed: z.boolean() })),
  cases: z.array(z.object({ kind: z.string(), raised: z.number(), closed: z.number(), open: z.number() })), heldBack: z.array(z.object({ sku: z.string(), since: instant, until: instant.nullable(), by: z.string(), reason: z.string() })),
  acts: z.array(z.object({ at: instant, by: z.string(), what: z.string(), said: z.string() })), actsLeftOut: z.number(), samples: z.number(), stepMinutes: z.number(),
  steps: z.array(z.object({ at: instant, orders: z.number(), figures: z.object({ second: z.number(), inboxWaiting: z.number(), pushWaiting: z.number(), figures: z.object({ inboxAge: z.number(), pushAge: z.number(), lagIn: z.number(), lagOut: z.number(), bucketLeft: z.number() }) }).nullable() })),
}).meta({ id: 'PeakReport' });
