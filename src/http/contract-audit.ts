/** The contract of audits: reports with their gaps, and periods that are signed. Money is minor units of the shop's currency. */
import { z } from 'zod';

const instant = z.string(), inStore = { store: z.coerce.number() }, id = z.string().regex(/^\d{1,18}$/), day = z.iso.date();
export const AuditSummary = z.object({ reportId: z.string(), madeAt: instant, madeBy: z.string(), score: z.number(), gaps: z.number(), units: z.number(), money: z.number().nullable() }).meta({ id: 'AuditSummary' });
export const AuditCheck = z.object({
  id: z.string(), title: z.string(), severity: z.number(), owner: z.string(), fix: z.string(), checked: z.number(), found: z.number(), units: z.number(), money: z.number().nullable(), lost: z.number().describe('points of the score'), skipped: z.string().nullable().describe('why it could not be made'),
}).meta({ id: 'AuditCheck' });
export const AuditView = z.object({
  report: AuditSummary.extend({ explained: z.string(), read: z.object({ variants: z.number(), levels: z.number(), locations: z.number(), orders: z.number(), ordersFrom: z.string().nullable() }), checks: z.array(AuditCheck) }).nullable(),
  history: z.array(AuditSummary).describe('newest first; the last 26'),
}).meta({ id: 'AuditView' });
export const AuditQuery = z.object({ ...inStore, report: id.optional().describe('the newest when left out') });
export const GapQuery = AuditQuery.extend({ check: z.string().max(60).optional(), owner: z.string().max(40).optional(), q: z.string().max(200).optional(), cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(500).default(100) });
export const AuditGap = z.object({
  gapNo: z.number(), check: z.string(), owner: z.string(), severity: z.number(), subject: z.string(), sentence: z.string(), units: z.number(), money: z.number().nullable(), itemId: z.number().nullable(), locationId: z.number().nullable(),
  adminUrl: z.string().nullable().describe('a page of the shop’s admin'), evidence: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
}).meta({ id: 'AuditGap' });
export const GapPage = z.object({ rows: z.array(AuditGap), nextCursor: z.string().nullable() }).meta({ id: 'GapPage' });

const Forward = z.object({
  from: day, to: day, locations: z.array(z.object({ locationId: z.number(), name: z.string(), closing: z.number().describe('as it was signed'), heard: z.array(z.object({ what: z.string(), units: z.number() })).describe('of its days and those before, since it was signed'), between: z.number().describe('moved in days between, which nobody signed'), opening: z.number() })),
}).meta({ id: 'PeriodBroughtForward' });
const Figures = z.object({
  locations: z.array(z.object({ locationId: z.number(), name: z.string(), opening: z.number(),
    counted: z.object({ units: z.number(), from: day, to: day }).nullish().describe('units counted when levels were first looked at, within the period; no movement'), movements: z.array(z.object({ kind: z.string(), units: z.number() })), closing: z.number() })), opening: z.number(), closing: z.number(),
  broughtForward: Forward.optional().describe('from the signed period before; left out where there is none'),
}).meta({ id: 'PeriodFigures' });
const Signature = z.object({ at: instant, by: z.string(), role: z.string(), note: z.string().nullable(), digest: z.string().describe('SHA-256 of days and figures'), chain: z.string().describe('SHA-256 of the signature, the digest and the chain hash of the period signed before') });
export const PeriodQuery = z.object({ ...inStore, from: day, to: day.describe('inclusive') }).refine((asked) => asked.from <= asked.to, { path: ['to'], message: 'lies before from' });
export const PeriodItemsQuery = z.object({ ...inStore, from: day, to: day.describe('inclusive'), location: z.coerce.number().int().positive(), kind: z.string().min(1).max(60) });
export const PeriodItems = z.object({ items: z.number().describe('there are'), rows: z.array(z.object({ itemId: z.number(), sku: z.string().nullable(), title: z.string(), units: z.number(), movements: z.number() })).describe('the most units first, at most 200') }).meta({ id: 'PeriodItems' });
export const PeriodView = z.object({
  from: day, to: day, ledgerBegan: day.nullable().describe('the day levels were first counted; the next one is the first whole day'), unsignable: z.string().nullable().describe('why it cannot be signed'), figures: Figures, seen: z.string().describe('SHA-256 of days and figures as they are here; whoever signs sends it back'), broughtForward: Forward.nullable().describe('closing as signed + heard since + days between = opening, of each location'), signed: Signature.nullable(), heardSince: z.array(z.object({ name: z.string(), what: z.string(), units: z.number() })).describe('differences between the signed figures and those of now'),
}).meta({ id: 'PeriodView' });
const Cases = z.object({ kind: z.string(), opened: z.number(), closed: z.number(), open: z.number().describe('when the period ended'), medianSeconds: z.number().nullable().describe('from opening to closing, of those closed') });
const Act = z.object({ auditId: z.string(), at: instant, actor: z.string(), action: z.string(), subject: z.string(), why: z.string().nullable() });
export const PeriodActs = z.object({
  checks: z.object({ days: z.number(), tied: z.number(), others: z.array(z.object({ day, verdict: z.string() })) }).describe('daily checks'),
  drift: z.object({ opened: z.number(), closed: z.number(), open: z.number(), repairs: z.number(), reversed: z.number(), units: z.number(), byPolicy: z.number() }), cases: z.array(Cases),
  acts: z.array(z.object({ group: z.enum(['stock', 'plan', 'access', 'rules']), label: z.string(), count: z.number(), acts: z.array(Act).describe('the latest 200') })).describe('of the whole installation, as the audit trail has them'), rest: z.number().describe('entries of the trail in none of these groups'),
  backups: z.object({ backUps: z.number(), failed: z.number(), drills: z.array(z.object({ kind: z.enum(['back-up', 'drill', 'restore']), at: instant, by: z.string(), file: z.string(), ok: z.boolean(), said: z.string() })) }),
  trail: z.object({ first: z.string().nullable(), last: z.string().nullable(), head: z.string().nullable().describe('SHA-256 of the last link of the period'), entries: z.number(), broken: z.array(z.string()).describe('faults of the whole chain, today') }),
  versions: z.object({ instep: z.string(), api: z.string(), migrations: z.array(z.object({ name: z.string(), at: instant })) }),
}).meta({ id: 'PeriodActs' });
export const SavedPeriod = z.object({ from: day, to: day, figures: Figures, signed: Signature.nullable() }).describe('a period as it was downloaded as JSON; what else the file holds is not looked at').meta({ id: 'SavedPeriod' });
export const SavedVerdict = z.object({ holds: z.boolean(), said: z.string() }).meta({ id: 'SavedVerdict' });
export const SharedPeriod = z.object({ sharedPeriodId: z.string(), sharedFor: z.string(), madeAt: instant, madeBy: z.string(), until: instant, endedAt: instant.nullable(), endedBy: z.string().nullable(), opened: z.number().describe('how often it was read'), openedAt: instant.nullable(), open: z.boolean() }).meta({ id: 'SharedPeriod' });
export const SharedPeriods = z.object({ shares: z.array(SharedPeriod).describe('the latest 50'), mayShare: z.boolean().describe('whether who asks may make or take back one') }).meta({ id: 'SharedPeriods' });
export const ShareBody = z.object({ from: day, to: day, sharedFor: z.string().trim().min(1, 'say whom it is for').max(200), days: z.number().int().min(1).max(365) }).strict().meta({ id: 'ShareBody' });
export const SharedPeriodMade = z.object({ sharedPeriodId: z.string(), url: z.string().describe('told once: only its hash is kept'), until: instant }).meta({ id: 'SharedPeriodMade' });
export const PeriodList = z.object({ chain: z.object({ links: z.number(), broken: z.array(z.object({ subject: z.string(), fault: z.string() })) }), periods: z.array(Signature.extend({ from: day, to: day, opening: z.number(), closing: z.number() })) }).meta({ id: 'PeriodList' });
export const SignBody = z.object({ from: day, to: day, closing: z.number().int().describe('units on hand at the end, as the signer saw them'), seen: z.string().regex(/^[0-9a-f]{64}$/, 'is not what the report gave as seen').describe('as the report gave it: every row the signer saw'), note: z.string().trim().max(500).optional() }).strict().meta({ id: 'SignBody' });
