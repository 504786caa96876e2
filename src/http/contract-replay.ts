/** The contract of replays: asked for, followed while they run, read as sums, a frontier and lines. */
import { z } from 'zod';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date like 2026-11-27');
const instant = z.string(), minor = z.number().int();

export const REPLAY_KINDS = ['cycle service', 'fill rate', 'cost ratio', 's,Q', 'min/max', 'planner parity', 'planner parity floored'] as const;
const ORDER_TERMS = ['price break', 'supplier minimum', 'container', 'budget', 'store budget'] as const;
const Scope = z.object({ q: z.string().max(4000).optional(), vendor: z.string().max(300).optional(), locations: z.array(z.number().int()).max(200).optional() });
export const PolicyChanges = z.object({
  minStock: z.number().int().min(0).max(1_000_000).optional().describe('units kept beyond the expected demand, or at which min/max orders'), maxStock: z.number().int().min(0).max(1_000_000).optional(), daysOfStock: z.number().int().min(1).max(120).optional().describe('days planner parity buys for beyond the lead time'),
  stockPercent: z.number().int().min(0).max(1_000).optional().describe('of each line’s own minimum, maximum and reorder point'),
}).strict();
export const ReplayBody = z.object({
  key: z.uuid().describe('of this request: sending it again asks for nothing new'), kind: z.enum(REPLAY_KINDS).nullable().describe('null: as each line is planned'), promise: z.number().min(0.5).max(0.995).nullable().describe('service level, fill rate or cost ratio; null: as each line has it'),
  from: day, to: day, scope: Scope, most: z.number().int().min(1).max(5_000).default(500).describe('lines: the best sellers of the scope'), orderCost: minor.min(0).max(1_000_000).default(0).describe('of placing one order of one line, minor units'),
  changes: PolicyChanges.default({}).describe('other values than each line’s own'), known: z.enum(['then', 'today']).default('then').describe('planning values, terms and costs: as known on each morning, or as they are today'),
}).strict().meta({ id: 'ReplayBody' });

const Costs = z.object({ currency: z.string(), bought: minor, holding: minor, ordering: minor, lostMargin: minor, cash: minor.describe('average money in stock') });
export const ReplayTotals = z.object({
  lines: z.number(), wanted: z.number(), served: z.number(), lost: z.number(), fill: z.number().nullable().describe('share of the units wanted that were served'), ordered: z.number(), orders: z.number(), shortDays: z.number(), averageStock: z.number(), costs: z.array(Costs), withoutCost: z.number(),
  returned: z.number().nullable().describe('units customers brought back to the shelf; null, as the next three: a replay from before they were kept'), bulkWanted: z.number().nullable().describe('of the units wanted, those in bulk order lines'), bulkServed: z.number().nullable(),
  belowMinimum: z.number().nullable().describe('order lines in orders below their supplier’s minimum'),
}).meta({ id: 'ReplayTotals' });
const Real = z.object({
  lines: z.number(), sold: z.number(), lost: z.number().describe('an estimate, of days out of stock'), fill: z.number().nullable().describe('an estimate'), ordered: z.number(), orders: z.number(), cameIn: z.number(), averageStock: z.number(),
  costs: z.array(z.object({ currency: z.string(), bought: minor, holding: minor, cash: minor })),
});
export const Replay = z.object({
  replayId: z.number(), kind: z.enum(REPLAY_KINDS).nullable(), promise: z.number().nullable(), from: day, to: day, scope: Scope, most: z.number(), orderCost: minor, changes: PolicyChanges, known: z.enum(['then', 'today']),
  state: z.enum(['waiting', 'running', 'done', 'failed']), message: z.string().nullable(), done: z.number(), total: z.number().nullable(), madeAt: instant, madeBy: z.string(), startedAt: instant.nullable(), finishedAt: instant.nullable(), hash: z.string().nullable().describe('of all that came out: the same data, the same hash'),
  result: z.object({
    days: z.number(), policy: ReplayTotals, frontier: z.array(z.object({ kind: z.enum(REPLAY_KINDS).nullable(), promise: z.number().nullable(), changes: PolicyChanges.nullable().describe('the values tried, where the kind has no promise; null: a promise'), totals: ReplayTotals })), compared: z.object({ policy: ReplayTotals, real: Real }).nullable(),
    bought: z.object({ ordered: z.number(), orders: z.number(), costs: z.array(z.object({ currency: z.string(), cost: minor })) }), estimated: z.number(), unknownDays: z.number(), standing: z.number(), learnedFrom: z.number(),  undecided: z.number(),
    changes: z.array(z.object({ term: z.enum(ORDER_TERMS), units: z.number() })).nullable().describe('units the policy ordered more or less for its suppliers’ orders; null: a replay from before that'), notes: z.array(z.string()),
  }).nullable(),
}).meta({ id: 'Replay' });
export const ReplayList = z.object({ replays: z.array(Replay), span: z.object({ first: day, last: day }).nullable().describe('days with demand') }).meta({ id: 'ReplayList' });

export const REPLAY_SORTS = ['lost', 'cash', 'bought', 'wanted', 'sku'] as const;
export const ReplayLinesQuery = z.object({ store: z.coerce.number(), q: z.string().max(200).optional(), sort: z.enum(REPLAY_SORTS).default('lost'), cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(500).default(100) });
export const ReplayLine = z.object({
  itemId: z.number(), locationId: z.number(), sku: z.string().nullable(), title: z.string(), locationName: z.string(), wanted: z.number(), estimated: z.number(), unknownDays: z.number(), served: z.number(), lost: z.number(), ordered: z.number(), orders: z.number(), shortDays: z.number(),
  opening: z.number(), closing: z.number(), averageStock: z.number(), currency: z.string(), bought: minor.nullable(), holding: minor.nullable(), lostMargin: minor.nullable(), cash: minor.nullable(), standing: z.boolean(), fault: z.string().nullable(),
  movedIn: z.number().nullable().describe('units sent here from the place that buys for this one; null, as the next six: a replay from before they were kept'), movedOut: z.number().nullable(), returned: z.number().nullable(), bulkWanted: z.number().nullable(), bulkServed: z.number().nullable(), forSupplier: z.number().nullable().describe('units more or less than its own policy, for its supplier’s order'), belowMinimum: z.number().nullable(),
  real: z.object({ ordered: z.number(), orders: z.number(), bought: minor.nullable(), cameIn: z.number().nullable(), averageStock: z.number().nullable() }), decisions: z.array(z.object({ on: day, quantity: z.number(), arrives: day })),
}).meta({ id: 'ReplayLine' });
export const ReplayLinesPage = z.object({ rows: z.array(ReplayLine), nextCursor: z.string().nullable(), total: z.number() }).meta({ id: 'ReplayLinesPage' });
