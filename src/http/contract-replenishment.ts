/** The contract of replenishment: the worklist, a line's arithmetic, planners' decisions, what-ifs and planning values. */
import { z } from 'zod';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date like 2026-11-27');
const instant = z.string();
const minor = z.number().int();

export const WaterfallTerm = z.object({ key: z.string(), label: z.string(), quantity: z.number(), sentence: z.string() }).meta({ id: 'WaterfallTerm' });
/** A planning value with who said it: user, rule or default, and in words. */
export const PolicyField = z.object({ value: z.union([z.number(), z.string()]).nullable(), source: z.string(), reason: z.string() });
export const DECISIONS = ['quantity', 'excluded', 'snoozed'] as const;
export const PlanDecision = z.object({ decision: z.enum(DECISIONS), until: day.nullable(), reason: z.string(), by: z.string(), version: z.number() });

export const Recommendation = z.object({
  itemId: z.number(), locationId: z.number(), sku: z.string().nullable(), title: z.string(), vendor: z.string().nullable(), supplierId: z.number().nullable(), supplier: z.string().nullable().describe('who it is bought from, else its vendor'), locationName: z.string(),
  available: z.number().describe('as the plan saw it, of the same moment as the cover'), incoming: z.number().describe('likewise; with sent purchase orders and transfers'), availableNow: z.number(),
  draft: z.object({ purchaseOrderId: z.number(), reference: z.string(), units: z.number() }).nullable().describe('what orders that were not sent yet ask for; such a line is not to be ordered again'), quantity: z.number().describe('as the planner decided it, else as recommended'), recommended: z.number(), need: z.number(),
  unitCost: z.number().nullable(), cost: z.number().nullable(), currency: z.string().describe('of cost and unit cost'), storeCost: z.number().nullable().describe('the cost in the store’s currency at today’s rate; null: no rate is known'), overstock: z.number(),
  atRisk: z.number().describe('units expected to be lost if nothing is ordered until the next review'), atRiskValue: z.number().nullable().describe('minor units of the store’s currency'),
  coverDays: z.number().nullable(), stockoutP50: day.nullable(), stockoutP10: day.nullable(), orderBy: day.nullable(), urgency: z.number(),
  abc: z.string().nullable(), method: z.string(), byRule: z.boolean().describe('there is no forecast: a rule stands in'), wape: z.number().nullable(), flags: z.array(z.string()), computedAt: instant, decision: PlanDecision.nullable(),
  moveTo: z.object({ locationId: z.number(), locationName: z.string(), quantity: z.number() }).nullable().describe('what Transfers proposes to move from here, of what is too much'),
}).meta({ id: 'Recommendation' });
export const RecommendationDetail = Recommendation.extend({
  waterfall: z.array(WaterfallTerm), policy: z.record(z.string(), PolicyField), sentence: z.string(), oneDayLonger: z.number().nullable().describe('units more if the order took a day longer'), orderUpTo: z.number(), position: z.number(),
}).meta({ id: 'RecommendationDetail' });

export const PLAN_VIEWS = ['to order', 'due', 'drafted', 'overstock', 'set aside', 'all'] as const;
const filter = { q: z.string().max(4000).optional(), vendor: z.string().max(300).optional().describe('a supplier’s or a vendor’s name; - for none'), location: z.string().max(300).optional() };
export const ReplenishmentQuery = z.object({
  store: z.coerce.number(), ...filter, view: z.enum(PLAN_VIEWS).default('to order'),
  sort: z.enum(['urgency', 'sku', 'supplier', 'quantity', 'cost', 'risk', 'cover', 'stockout', 'overstock']).default('urgency'), dir: z.enum(['asc', 'desc']).default('asc'),
  cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(500).default(100),
});
const Money = z.object({ currency: z.string(), cost: minor });
const PlanBudget = z.object({ amount: minor, per: z.enum(['plan', 'month']), ordered: minor.describe('this month, where the budget is a month’s'), planned: minor.describe('all that the plan proposes, as planners decided it'), withoutRate: z.array(z.string()).describe('currencies no exchange rate is known of: what is bought in them is outside the budget') });
export const SupplierTotals = z.object({
  supplier: z.string(), supplierId: z.number().nullable(), currency: z.string(), lines: z.number(), units: z.number(), cost: minor, atRiskValue: minor, due: z.number(), orderBy: day.nullable(), minOrderCost: minor.nullable().describe('the supplier’s minimum, in its currency'), minOrderUnits: z.number().nullable(), belowMinimum: z.boolean().describe('the order of a place is, or all of them are, as its terms count'),
  containers: z.number().nullable().describe('over its places; null where its terms know none'), containersFilled: z.number().nullable().describe('share of them that is filled'), budget: PlanBudget.nullable(),
});
export const ReplenishmentPage = z.object({
  rows: z.array(Recommendation), nextCursor: z.string().nullable(), computedAt: instant.nullable(), nextOrderBy: day.nullable(), inDrafts: z.number().describe('lines that orders not sent yet ask for'),
  totals: z.object({ rows: z.number(), units: z.number(), costs: z.array(Money), inStore: z.object({ cost: minor, withoutRate: z.array(z.string()) }).describe('all of it in the store’s currency at today’s rates, but what is bought in the currencies no rate is known of'), withoutCost: z.number(), atRisk: z.number(), atRiskValue: minor, due: z.number(), overstockUnits: z.number() }),
  suppliers: z.array(SupplierTotals), budget: PlanBudget.nullable().describe('over all suppliers, in the store’s currency'),
}).meta({ id: 'ReplenishmentPage' });

/** A planner's word on lines: another quantity, not at all, not now, or none any more. `version` is the decision's they saw; 0 where there was none. */
export const DecisionBody = z.object({
  lines: z.array(z.object({ itemId: z.number().int(), locationId: z.number().int(), version: z.number().int().min(0) })).min(1).max(500),
  decision: z.enum([...DECISIONS, 'none']), quantity: z.number().int().min(0).max(10_000_000).optional(), until: day.nullable().optional(), reason: z.string().trim().min(3, 'say why, in a few words').max(500).optional(),
}).strict().meta({ id: 'DecisionBody' });
/** A line's units over several places: what they order comes to the same in all. */
export const SplitBody = z.object({
  itemId: z.number().int(), parts: z.array(z.object({ locationId: z.number().int(), quantity: z.number().int().min(0).max(10_000_000), version: z.number().int().min(0).describe('of the decision seen; 0 where there was none') }).strict()).min(2).max(200),
  reason: z.string().trim().min(3, 'say why, in a few words').max(500),
}).strict().meta({ id: 'SplitBody' });
export const DecisionResult = z.object({ saved: z.number(), conflicts: z.array(z.object({ itemId: z.number(), locationId: z.number(), message: z.string() })) });

export const WhatIfBody = z.object({
  ...filter, serviceLevel: z.number().min(0.5).max(0.995).optional(), daysOfCover: z.number().int().min(1).max(90).optional().describe('days an order lasts beyond its lead time'),
  budget: minor.min(0).optional().describe('most that all of it may cost, in minor units of the store’s currency'), containers: z.number().int().min(1).max(20).optional(), fillContainer: z.boolean().optional(),
}).strict().meta({ id: 'WhatIfBody' });
const Side = z.object({ units: z.number(), lines: z.number(), costs: z.array(Money), riskLeft: minor.describe('sales still expected to be lost in the review period, minor units of the store’s currency') });
export const WhatIf = z.object({
  considered: z.number(), more: z.boolean().describe('there are more lines; the most urgent were considered'), before: Side, after: Side, notes: z.array(z.string()),
  lines: z.array(z.object({ itemId: z.number(), locationId: z.number(), quantity: z.number(), before: z.number() })).describe('only those that change'),
}).meta({ id: 'WhatIf' });

export const KINDS = ['cycle service', 'fill rate', 'cost ratio', 's,Q', 'min/max', 'planner parity', 'planner parity floored'] as const;
/** Planning values of one scope; null takes the value away, so that the next one in line (user > rule > default) applies. */
export const PolicyBody = z.object({
  kind: z.enum(KINDS).nullable(), leadTimeDays: z.number().int().min(0).max(365).nullable(), reviewDays: z.number().int().min(1).max(90).nullable(),
  serviceLevel: z.number().min(0.5).max(0.999).nullable(), fillRate: z.number().min(0.5).max(0.999).nullable(), costRatio: z.number().min(0.5).max(0.999).nullable(),
  reorderPoint: z.number().int().min(0).max(10_000_000).nullable(), orderQuantity: z.number().int().min(1).max(10_000_000).nullable(), daysOfStock: z.number().int().min(1).max(365).nullable(),
  moq: z.number().int().min(0).max(1_000_000).nullable(), casePack: z.number().int().min(1).max(100_000).nullable(), minStock: z.number().int().min(0).max(1_000_000).nullable(), maxStock: z.number().int().min(0).max(10_000_000).nullable(),
  endOfLife: day.nullable(), lastOrder: day.nullable(), holdingPerYear: z.number().min(0).max(2).nullable().describe('share of the unit cost that a year on the shelf takes'), version: z.number().int().min(0).describe('of the values seen; without it the fields given are set whatever the others are'),
}).partial().strict().meta({ id: 'PolicyBody' });
