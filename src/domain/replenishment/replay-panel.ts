/**
 * A batch of lines replayed under several policies at once. Forecasts are made on every review day from the days before it alone (the series is cut there,
 * and a price that changed later is not known yet) and serve every policy compared, so that a whole frontier costs little more than one of its points.
 */
import type { DayNumber } from '../calendar.ts';
import { expectedUnits } from '../forecast/forecast.ts';
import { forecastPanel, type PanelOptions, type PanelSeries, type Pool } from '../forecast/panel.ts';
import type { DemandForecast } from './order-up-to.ts';
import type { PlanningPolicy, PolicyKind } from './policy.ts';
import { replayLine, type Replayed, type ReplayLine } from './replay.ts';

/** A policy to try: another kind, another promise; null: as the line has it. */
export interface Variant { kind: PolicyKind | null; promise: number | null }

export interface ReplayTask {
  /** Series of the lines, in their order, known through the end of the period. */
  panel: PanelSeries[];
  lines: ReplayLine[];
  options: PanelOptions;
  first: DayNumber;
  days: number;
  variants: Variant[];
}

/** The policy with another kind and another promise, which each kind keeps in a field of its own. */
export function varied(policy: PlanningPolicy, { kind, promise }: Variant): PlanningPolicy {
  const made = { ...policy, kind: kind ?? policy.kind };
  if (promise === null) return made;
  if (made.kind === 'fill rate') return { ...made, fillRate: promise };
  if (made.kind === 'cost ratio') return { ...made, costRatio: promise };
  return { ...made, serviceLevel: promise, ...(made.kind === 's,Q' ? { reorderPoint: null } : {}) };
}

/** Each line under each variant: `outcome[line][variant]`. */
export function replayPanel({ panel, lines, options, first, days, variants }: ReplayTask, pool: Pool): Replayed[][] {
  const reviews = lines.map((): (DemandForecast | null)[] => []);
  for (let day = 0; day < days; day++) {
    const due = lines.flatMap((line, n) => (day % line.policy.reviewDays === 0 ? [n] : []));
    if (due.length === 0) continue;
    const known = due.map((n) => knownBefore(panel[n]!, first + day, options.horizon)), made = forecasts(known.filter((one) => one !== null), pool, options);
    let at = 0;
    due.forEach((n, k) => { reviews[n]!.push(known[k] === null ? null : made[at++]!); });
  }
  return lines.map((line, n) => {
    const forecastAt = (day: number): DemandForecast | null => {
      const every = line.policy.reviewDays, forecast = reviews[n]![Math.floor(day / every)] ?? null;
      return forecast === null ? null : begunAt(forecast, day % every);
    };
    return variants.map((variant) => replayLine(line, varied(line.policy, variant), first, forecastAt));
  });
}

/** The series as it was known on the morning of a day; null before its first day. */
export function knownBefore(one: PanelSeries, day: DayNumber, horizon: number): PanelSeries | null {
  const { start, demand, exposure } = one.series, n = Math.min(demand.length, day - start);
  if (n <= 0) return null;
  const price = one.price && new Float64Array(n + horizon).fill(one.price[n - 1]!);
  price?.set(one.price!.subarray(0, n));
  return { id: one.id, item: one.item, location: one.location, category: one.category, series: { start, demand: demand.slice(0, n), exposure: exposure.slice(0, n) }, ...(price ? { price } : {}) };
}

/** One odd series stops no other: its reviews know nothing. */
function forecasts(panel: PanelSeries[], pool: Pool, options: PanelOptions): (DemandForecast | null)[] {
  if (panel.length === 0) return [];
  const slim = (result: ReturnType<typeof forecastPanel>[number]): DemandForecast => ({ mean: expectedUnits(result), cumulative: result.cumulative });
  try {
    return forecastPanel(panel, pool, options).map(slim);
  } catch {
    return panel.map((one) => { try { return slim(forecastPanel([one], pool, options)[0]!); } catch { return null; } });
  }
}

/** A forecast some days later: the days gone by are taken off its totals. */
function begunAt(forecast: DemandForecast, skip: number): DemandForecast {
  if (skip === 0) return forecast;
  const rest = (values: ArrayLike<number>, gone: number): number[] => Array.from({ length: Math.max(0, values.length - skip) }, (_, h) => Math.max(0, values[h + skip]! - gone));
  return { mean: rest(forecast.mean, 0), cumulative: forecast.cumulative.map(({ q, values }) => ({ q, values: rest(values, values[skip - 1] ?? 0) })) };
}
