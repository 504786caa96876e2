/**
 * How much to order now, and why: a waterfall of whole-unit terms that sums exactly to the order.
 *
 *   expected demand + safety stock + minimum stock − on hand − incoming + committed + backorders   (the need)
 *   + floor at zero + minimum order + full cases − maximum stock                                  (what can be ordered of it)
 *
 * With a service level at which the safety stock is nil this is the planners' usual forecast + minimum − stock − on order.
 */
import { assert } from '../assert.ts';
import { addDays, dayFromNumber, dayNumber, type Day } from '../calendar.ts';
import { roundDownToCasePack, roundToNearestUnit, roundUpToCasePack, roundUpToWholeUnits, type Units } from '../quantity.ts';
import { coverDays, firstDayExceeding } from './cover.ts';
import { demandQuantile, demandQuantilePath, expectedDemand, type DemandForecast } from './order-up-to.ts';
import { policyFaults, protectionDays, type PlanningPolicy } from './policy.ts';
import { inventoryPosition, type StockPosition } from './position.ts';
import { are, daysLong, percent, sentenceOf } from './sentence.ts';

export interface RecommendationInput {
  /** The day the order would be placed; the forecast's first day. */
  today: Day;
  forecast: DemandForecast;
  policy: PlanningPolicy;
  stock: StockPosition;
}

export type TermKey =
  | 'expected demand' | 'safety stock' | 'minimum stock' | 'on hand' | 'incoming' | 'committed' | 'backorders'
  | 'floor at zero' | 'minimum order' | 'full cases' | 'maximum stock';

/** One step of the waterfall; `quantity` is signed, whole, and may be zero. */
export interface Term { key: TermKey; label: string; quantity: Units; sentence: string }

export interface Recommendation {
  today: Day;
  /** Units to order now: the exact sum of the terms. */
  quantity: Units;
  terms: Term[];
  /** What is short before the supplier's and the store's constraints; negative where more is there than needed. */
  need: Units;
  /** The level S to order up to, minimum stock included. */
  orderUpTo: Units;
  position: Units;
  protectionDays: number;
  policy: PlanningPolicy;
  /** Days the position lasts at forecast rate without this order; null: more than ten years. */
  coverDays: number | null;
  coverBeyondHorizon: boolean;
  /** Days on which the position is more likely than not gone, or gone with one chance in ten; null: not within the forecast. */
  stockoutDate: { p50: Day | null; p10: Day | null };
  /** Last day to order and still arrive in time at the service level; may be past; null: not within the forecast. */
  orderBy: Day | null;
  /** Units of the position above anything this policy could itself have ordered up to. */
  overstock: Units;
  /** Constraints that kept the order below the need. */
  conflicts: string[];
}

/** Chance of having run out by the two stockout dates → quantile of cumulative demand that exceeds the position by then. */
const LIKELY = 0.5;
const ONE_IN_TEN = 0.9;

/** Levels a forecast must have (or enclose) for a recommendation at this service level. */
export function quantilesNeeded(policy: Pick<PlanningPolicy, 'serviceLevel'>): number[] {
  return [...new Set([LIKELY, ONE_IN_TEN, policy.serviceLevel])].sort((a, b) => a - b);
}

/**
 * Throws BeyondForecastError if the forecast is shorter than the protection interval or lacks the quantiles, AssertionError if the
 * policy has faults: callers ask `policyFaults` first and raise them as exceptions.
 */
export function recommend({ today, forecast, policy, stock }: RecommendationInput): Recommendation {
  const faults = policyFaults(policy);
  assert(faults.length === 0, `cannot plan: ${faults.join('; ')}`);
  const days = protectionDays(policy);
  const expected = roundToNearestUnit(expectedDemand(forecast, days));
  const served = roundUpToWholeUnits(demandQuantile(forecast, days, policy.serviceLevel));
  const orderUpTo = Math.max(served, expected + policy.minStock);
  const position = inventoryPosition(stock);
  const need = orderUpTo - position;

  const floored = Math.max(0, need);
  const accepted = floored === 0 ? 0 : Math.max(floored, policy.moq);
  const packed = roundUpToCasePack(accepted, policy.casePack);
  const { quantity, conflicts } = capped(packed, position, floored, policy);

  const term = (key: TermKey, label: string, units: Units, sentence: string): Term => ({ key, label, quantity: units === 0 ? 0 : units, sentence });
  const terms = [
    term('expected demand', 'Expected demand', expected,
      `${are(expected)} expected to be wanted in ${daysLong(days)} (${policy.leadTimeDays} until an order arrives, ${policy.reviewDays} until the next one)`),
    term('safety stock', 'Safety stock', served - expected,
      served >= expected ? `${served - expected} more keep ${percent(policy.serviceLevel)} of order cycles in stock`
        : `${expected - served} fewer are enough for ${percent(policy.serviceLevel)} of order cycles`),
    term('minimum stock', 'Minimum stock', orderUpTo - served,
      `${orderUpTo - served} more keep the minimum stock of ${policy.minStock} beyond the expected demand`),
    term('on hand', 'On hand', -stock.onHand, stock.onHand < 0 ? `${are(-stock.onHand)} missing on hand` : `${are(stock.onHand)} on hand`),
    term('incoming', 'Incoming', -stock.incoming, `${are(stock.incoming)} on the way`),
    term('committed', 'Committed', stock.committed, `${are(stock.committed)} promised to customers out of it`),
    term('backorders', 'Backorders', stock.backorders, `${are(stock.backorders)} owed to customers`),
    term('floor at zero', 'Already covered', floored - need, `${are(floored - need)} there beyond the need`),
    term('minimum order', 'Minimum order', accepted - floored, `${accepted - floored} more reach the supplier's minimum of ${policy.moq}`),
    term('full cases', 'Full cases', packed - accepted, `${packed - accepted} more fill cases of ${policy.casePack}`),
    term('maximum stock', 'Maximum stock', quantity - packed, `${packed - quantity} fewer, because the position may not pass ${policy.maxStock}`),
  ];

  const cover = coverDays(position, forecast.mean);
  const first = dayNumber(today);
  const runsOut = (level: number): number | null => firstDayExceeding(demandQuantilePath(forecast, level), Math.max(0, position));
  const dayAt = (offset: number | null): Day | null => (offset === null ? null : dayFromNumber(first + offset));
  const lastsUntil = dayAt(runsOut(policy.serviceLevel));
  return {
    today, quantity, terms, need, orderUpTo, position, protectionDays: days, policy,
    coverDays: cover.days, coverBeyondHorizon: cover.beyondHorizon,
    stockoutDate: { p50: dayAt(runsOut(LIKELY)), p10: dayAt(runsOut(ONE_IN_TEN)) },
    orderBy: lastsUntil === null ? null : addDays(lastsUntil, -policy.leadTimeDays),
    overstock: Math.max(0, position - highestOwnPosition(orderUpTo, policy)),
    conflicts,
  };
}

/** Full cases that fit under the maximum stock, if they still are an order the supplier accepts. */
function capped(packed: Units, position: Units, need: Units, policy: PlanningPolicy): { quantity: Units; conflicts: string[] } {
  if (policy.maxStock === null || packed === 0 || position + packed <= policy.maxStock) return { quantity: packed, conflicts: [] };
  const room = roundDownToCasePack(Math.max(0, policy.maxStock - position), policy.casePack);
  const quantity = room >= policy.moq ? room : 0;
  if (quantity >= need) return { quantity, conflicts: [] };
  const why = room > 0 && quantity === 0 ? `leaves room for ${room}, less than the supplier's minimum of ${policy.moq}` : `leaves room for ${room}`;
  return { quantity, conflicts: [`The maximum stock of ${policy.maxStock} ${why}, but ${are(need)} needed.`] };
}

/** The highest position an order of this policy can end at: one short of S, then the smallest order there is. */
function highestOwnPosition(orderUpTo: Units, policy: PlanningPolicy): Units {
  return Math.max(orderUpTo, orderUpTo - 1 + roundUpToCasePack(Math.max(1, policy.moq), policy.casePack));
}

/** The recommendation in words, printed the same by the command line and the screen. */
export function explain(recommendation: Recommendation): string {
  return sentenceOf(recommendation);
}
