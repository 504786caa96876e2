/** What each kind of policy orders up to, before the supplier's and the store's limits. */
import { daysBetween, type Day } from '../calendar.ts';
import { roundToNearestUnit, roundUpToWholeUnits, type Units } from '../quantity.ts';
import { below, demandTotal } from './demand-total.ts';
import type { LeadTimeShare } from './lead-time.ts';
import { expectedDemand, type DemandForecast } from './order-up-to.ts';
import { protectionDays, type PlanningPolicy } from './policy.ts';
import { coverLevel, criticalRatio, fillRate, highestKnown, intervals, least } from './service.ts';

export interface Economics { /** Minor units of one currency. */ price: number; unitCost: number; /** Share of cost. */ holdingPerYear: number }
export interface TargetInput { today: Day; forecast: DemandForecast; policy: PlanningPolicy; leadTimes: readonly LeadTimeShare[]; economics: Economics | null }

export interface Target {
  /** Days of demand the level is for. */
  days: number;
  /** Units expected in them. */
  expected: Units;
  /** The level before minimum stock. */
  served: Units;
  /** The level ordered up to; of (s,Q) the reorder point. */
  level: Units;
  /** The position at or below which something is ordered; null: whenever the position is below the level. */
  reorderPoint: Units | null;
  /** Units of a lot of an (s,Q) policy. */
  lot: Units | null;
  /** The probability the level was chosen for; null where it is not chosen by one. */
  ratio: number | null;
  /** The probability at which the level covers the demand, within the forecast's own quantiles: for dates. */
  coveredAt: number;
  /** An order now is the last one. */
  lastBuy: boolean;
  /** What the forecast could not answer. */
  notes: string[];
}

/** Throws BeyondForecastError where the forecast is too short or lacks the quantile. */
export function targetOf({ today, forecast, policy, leadTimes, economics }: TargetInput): Target {
  const horizon = forecast.mean.length, notes: string[] = [];
  const life = policy.endOfLife === null ? Infinity : Math.max(0, daysBetween(today, policy.endOfLife) + 1);
  const lastBuy = policy.lastOrder !== null && daysBetween(today, policy.lastOrder) < policy.reviewDays;
  const parity = policy.kind === 'planner parity' || policy.kind === 'planner parity floored', continuous = policy.kind === 's,Q';
  const review = parity ? policy.daysOfStock ?? policy.reviewDays : continuous ? 0 : policy.reviewDays;
  const wanted = lastBuy ? life : Math.min(life, policy.leadTimeDays + review);
  if (lastBuy && wanted > horizon) notes.push(`This is the last order, but the forecast ends after ${horizon} days: it buys for those.`);
  const days = lastBuy ? Math.min(horizon, wanted) : wanted, most = Math.min(horizon, days === Infinity ? horizon : lastBuy ? days : life);
  // A last buy has one length: all that is left of its life.
  const lengths = lastBuy || leadTimes.length === 1 ? [{ days: lastBuy ? days : policy.leadTimeDays, share: 1 }] : leadTimes, ahead = lastBuy ? 0 : review;
  // Stored forecasts are single precision: dust of it is no further unit.
  const demand = Math.round(expectedDemand(forecast, days) * 1e4) / 1e4, expected = parity ? roundUpToWholeUnits(demand) : roundToNearestUnit(demand);
  const cover = (level: number): Units => coverLevel(forecast, lengths, ahead, level, most);
  const highest = forecast.cumulative.at(-1)?.q ?? 0, lowest = forecast.cumulative[0]?.q ?? 0;
  const done = (served: Units, level: Units, ratio: number | null, more: Partial<Target> = {}): Target => ({
    days, expected, served, level, reorderPoint: null, lot: null, ratio, lastBuy, notes,
    coveredAt: ratio !== null ? ratio : Math.min(highest, Math.max(lowest, 0.5, below(demandTotal(forecast, days), level))), ...more,
  });
  const kept = (served: Units, ratio: number | null): Target => done(served, Math.max(served, expected + policy.minStock), ratio);
  if (parity) return done(expected, expected + policy.minStock, null);
  if (policy.kind === 'min/max') return done(policy.maxStock!, policy.maxStock!, null, { reorderPoint: policy.minStock });
  if (policy.kind === 's,Q') {
    const lot = policy.orderQuantity ?? Math.max(1, policy.moq, roundUpToWholeUnits(expectedDemand(forecast, Math.min(horizon, protectionDays(policy))) - expectedDemand(forecast, Math.min(horizon, policy.leadTimeDays))));
    const s = policy.reorderPoint ?? Math.max(cover(policy.serviceLevel), expected + policy.minStock);
    return done(s, s, policy.reorderPoint === null ? policy.serviceLevel : null, { reorderPoint: s, lot });
  }
  if (policy.kind === 'fill rate' && !lastBuy) {
    const over = intervals(forecast, lengths, ahead, most), top = highestKnown(forecast, lengths, ahead, most);
    const served = least(0, top, (S) => fillRate(over, S) >= policy.fillRate);
    if (fillRate(over, served) < policy.fillRate) notes.push(`A fill rate of ${(policy.fillRate * 100).toFixed(1)}% lies beyond what the forecast knows: ${served} is its last quantile.`);
    return kept(served, null);
  }
  if (policy.kind === 'cost ratio' || policy.kind === 'fill rate') {
    const asked = policy.kind === 'fill rate' ? policy.serviceLevel : policy.costRatio ?? (economics && criticalRatio(economics.price, economics.unitCost, economics.holdingPerYear, policy.reviewDays));
    if (asked === null) notes.push('Price or cost is not known, so the service level is used in place of the cost ratio.');
    const ratio = Math.min(highest, Math.max(lowest, asked ?? policy.serviceLevel));
    return kept(cover(ratio), ratio);
  }
  return kept(cover(policy.serviceLevel), policy.serviceLevel);
}
