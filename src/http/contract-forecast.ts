/** The contract of forecasts: the list, its accuracy, earlier runs, planners' overrides, the event calendar. */
import { z } from 'zod';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date like 2026-11-27');
const instant = z.string();
const number = z.number().nullable();

export const ForecastRun = z.object({ runId: z.string(), asOf: day, horizon: z.number(), series: z.number(), finishedAt: instant.nullable(), wape: number, bias: number, learnedFrom: number, failed: z.number() }).meta({ id: 'ForecastRun' });
/** A run with what it expected of its first 28 days and, once they are over, what came of them. */
export const ForecastRunOutcome = ForecastRun.extend({
  inUse: z.boolean(), kept: z.boolean().describe('its series are still there to compare with'), mean28: number,
  outcome: z.object({ series: z.number(), units: z.number(), said: z.number(), wape: number, bias: number, under90: number }).nullable(),
}).meta({ id: 'ForecastRunOutcome' });
export const ForecastRow = z.object({
  itemId: z.number(), locationId: z.number(), sku: z.string().nullable(), title: z.string(), vendor: z.string().nullable(), locationName: z.string(), method: z.string(), demandClass: z.string().nullable(),
  /** Units of the first 28 days, with overrides; `engine28` without them. */
  /** `then28`: what the engine of the run compared with expected of its own next 28 days. */
  next28: number, p90: number, engine28: number, then28: number, sold28: number, wape: number, rmsse: number, bias: number, coverage: number, flags: z.array(z.string()), censoredDays: z.number(),
  /** Overrides in force. */
  overrides: z.number(),
  /** Since when, and why, what was sold is unlike what was forecast. */
  unusual: z.object({ since: day, why: z.string() }).nullable(),
  /** The last day compared: units, and whether they were outside P1 to P99. */
  lastDay: z.object({ day, actual: z.number(), outside: z.boolean() }).nullable(),
}).meta({ id: 'ForecastRow' });
export const ForecastQuery = z.object({
  store: z.coerce.number(), q: z.string().max(4000).optional(), vendor: z.string().optional(), location: z.string().optional().describe('location ids, comma separated'),
  view: z.enum(['all', 'overridden', 'unusual', 'out of stock', 'intermittent', 'short history']).default('all'),
  sort: z.enum(['sku', 'location', 'mean28', 'p90', 'sold28', 'change', 'than', 'wape', 'bias', 'coverage']).default('mean28'), dir: z.enum(['asc', 'desc']).default('desc'),
  than: z.string().regex(/^\d{1,18}$/).optional().describe('a kept run to compare with'),
  cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const ForecastPage = z.object({
  rows: z.array(ForecastRow), nextCursor: z.string().nullable(), totals: z.object({ rows: z.number(), mean28: z.number(), sold28: z.number(), then28: number }),
  /** The run in use, which is the last that came to its end. */
  run: ForecastRun.nullable(),
  /** A later attempt that failed. */
  failure: z.object({ at: instant, error: z.string() }).nullable(),
}).meta({ id: 'ForecastPage' });

const AccuracyGroup = z.object({
  /** `units` of the last 28 days, `next28` expected by the engine: sums of the group's series. */
  name: z.string(), series: z.number(), units: z.number(), next28: z.number(),
  /** Totals of four weeks: errors and pinball loss per unit sold, shares within the 80, 90 and 95 % quantiles. */
  backtest: z.object({ wape: number, bias: number, rmsse: number, under80: number, under90: number, coverage: number, pinball: number }),
  /** Each night's first day ahead beside what came, with a memory of ninety days; null before there is any. */
  live: z.object({ days: z.number(), wape: number, bias: number, under80: number, under90: number, under95: number, pinball: number }).nullable(),
  /** Totals of four weeks beside what came, of runs that are four weeks old; one a week, with a memory of ten. */
  ahead: z.object({ runs: z.number(), wape: number, bias: number, under90: number }).nullable(),
});
export const Accuracy = z.object({ run: ForecastRun.nullable(), by: z.enum(['class', 'category', 'supplier', 'item', 'location']), whole: AccuracyGroup.nullable(), groups: z.array(AccuracyGroup) }).meta({ id: 'Accuracy' });

export const SeriesRuns = z.object({ runs: z.array(z.object({ runId: z.string(), asOf: day, finishedAt: instant, method: z.string(), mean: z.array(z.number()), p10: z.array(z.number()), p90: z.array(z.number()) })) }).meta({ id: 'SeriesRuns' });

export const Override = z.object({
  overrideId: z.string(), itemId: z.number(), locationId: z.number().nullable(), from: day, to: day, kind: z.enum(['replace', 'percent', 'units', 'total']), value: z.number(), words: z.string(), reason: z.string(), author: z.string(),
  createdAt: instant, expiresOn: day.nullable(), endedAt: instant.nullable(), endedBy: z.string().nullable(), endReason: z.string().nullable(), state: z.enum(['in force', 'past', 'expired', 'undone']),
}).meta({ id: 'Override' });
export const OverrideBody = z.object({
  /** null: at every location. */
  locationId: z.number().int().nullable(), from: day, to: day,
  kind: z.enum(['replace', 'percent', 'units', 'total']).describe('units a day in place of the forecast; per cent up or down; units a day more or less; units of all its days together'), value: z.number().min(-1_000_000).max(1_000_000),
  reason: z.string().trim().min(3).max(500), expiresOn: day.nullable().default(null).describe('last day it counts'),
}).strict().meta({ id: 'OverrideBody' });
/** The same word on every series of a filtered list. */
export const OverrideMany = OverrideBody.omit({ locationId: true }).strict().meta({ id: 'OverrideMany' });
export const OverrideList = z.object({
  overrides: z.array(Override.extend({ sku: z.string().nullable(), title: z.string(), locationName: z.string().nullable() })),
  /** Whether there are more than the list shows. */
  cut: z.boolean(),
}).meta({ id: 'OverrideList' });
export const OverrideEnd = z.object({ reason: z.string().trim().min(3).max(500) }).strict();

export const PlanningEvent = z.object({ eventId: z.string(), name: z.string(), from: day, to: day, locationIds: z.array(z.number()).nullable(), locationNames: z.array(z.string()),
  /** Per cent more than on another day (less with a minus): what the planner expects where nothing has been seen, and what the run in use learned, on how many days. */
  uplift: number, learned: z.object({ uplift: z.number(), days: z.number() }).nullable(), updatedAt: instant, updatedBy: z.string() }).meta({ id: 'PlanningEvent' });
export const PlanningEventBody = z.object({ name: z.string().trim().min(1).max(120), from: day, to: day, locationIds: z.array(z.number().int()).min(1).max(500).nullable().default(null), uplift: z.number().min(-100).max(10_000).nullable().default(null).describe('per cent more than on another day, believed as far as nothing has been seen of the event') }).strict().meta({ id: 'PlanningEventBody' });

export const Analogue = z.object({ likeItemId: z.number(), sku: z.string().nullable(), title: z.string(), percent: z.number(), updatedAt: instant, updatedBy: z.string() }).meta({ id: 'Analogue' });
export const AnalogueBody = z.object({ likeItemId: z.number().int(), percent: z.number().gt(0).max(1_000).default(100).describe('of the other item’s demand') }).strict().meta({ id: 'AnalogueBody' });

export const PlannedPrice = z.object({
  planId: z.string(), name: z.string(), from: day, to: day, percentOff: z.number(), skus: z.array(z.string()), vendor: z.string().nullable(), productType: z.string().nullable(),
  /** Items it is for. */
  items: z.number(), updatedAt: instant, updatedBy: z.string(),
}).meta({ id: 'PlannedPrice' });
export const PlannedPriceBody = z.object({
  name: z.string().trim().min(1).max(120), from: day, to: day, percentOff: z.number().gt(0).lt(100).describe('per cent below the price of the day'),
  skus: z.array(z.string().trim().min(1).max(255)).max(2000).default([]), vendor: z.string().trim().min(1).max(255).nullable().default(null), productType: z.string().trim().min(1).max(255).nullable().default(null),
}).strict().meta({ id: 'PlannedPriceBody' });
