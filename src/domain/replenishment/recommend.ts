/**
 * How much to order now, and why: a waterfall of whole-unit terms that sums exactly to the order.
 *
 *   expected demand + safety stock + minimum stock − on hand − incoming + committed + backorders   (the need)
 *   + floor at zero + lots + minimum order + full cases − maximum stock − end of life               (what can be ordered of it)
 *   + price break + supplier minimum + container − budget − store budget                            (what its supplier's order and the purse make of it)
 * A place that buys for others takes off what they have; at those others, what they need comes from there and not from the supplier.
 *
 * The words are made when they are read (terms.ts, sentence.ts): a hundred thousand lines are decided and kept as numbers.
 */
import { assert } from '../assert.ts';
import { addDays, dayFromNumber, dayNumber, daysBetween, type Day } from '../calendar.ts';
import { lastOrderDay, ordersOf } from '../purchasing/order-days.ts';
import { roundDownToCasePack, roundUpToCasePack, units, type Units } from '../quantity.ts';
import { coverDays } from './cover.ts';
import { expectedLeadTime, type LeadTimeShare } from './lead-time.ts';
import { dayExceeded, expectedDemand, type DemandForecast } from './order-up-to.ts';
import { policyFaults, type PlanningPolicy } from './policy.ts';
import { inventoryPosition, type StockPosition } from './position.ts';
import { intervals, lostInReview, shortage } from './service.ts';
import { targetOf, type Economics, type Target } from './target.ts';

export interface RecommendationInput {
  /** The day the order would be placed; the forecast's first day. */
  today: Day;
  forecast: DemandForecast;
  policy: PlanningPolicy;
  stock: StockPosition;
  /** Lead times with their shares as learned from receipts; without them the policy's one. */
  leadTimes?: readonly LeadTimeShare[] | null | undefined;
  economics?: Economics | null | undefined;
  /** ISO weekdays on which the supplier takes orders; none or left out: any day. */
  orderDays?: readonly number[] | undefined;
  /** Of the incoming units, those with a day; the others count as there. */
  arrivals?: readonly Arrival[] | undefined;
  /** Positions of the places this one also buys for; the forecast is of all of them, each day of what must have left for them. */
  elsewhere?: Units | undefined;
  /** Then of what is wanted there day by day: how long what is there lasts. */
  wanted?: DemandForecast | undefined;
  /** Another place buys for this one: nothing is ordered here. */
  boughtElsewhere?: boolean | undefined;
}
export interface Arrival { day: Day; units: Units }

/** Every step of the waterfall, in its order. */
export const TERM_KEYS = [
  'expected demand', 'safety stock', 'minimum stock', 'on hand', 'incoming', 'committed', 'backorders', 'lost before arrival', 'floor at zero', 'order quantity', 'minimum order', 'full cases',
  'maximum stock', 'end of life', 'price break', 'supplier minimum', 'container', 'budget', 'store budget',
  'places supplied', 'bought elsewhere', // kept by place in this list: new ones at its end
] as const;
export type TermKey = (typeof TERM_KEYS)[number];

export interface Recommendation {
  today: Day;
  /** Units to order now: the exact sum of the terms. */
  quantity: Units;
  /** Signed whole units of each term, in the order of TERM_KEYS. */
  terms: Units[];
  /** What is short before the supplier's and the store's constraints; negative where more is there than needed. */
  need: Units;
  /** The level S to order up to, minimum stock included; of an (s,Q) policy the reorder point. */
  orderUpTo: Units;
  position: Units;
  /** Days of demand the order is for. */
  protectionDays: number;
  policy: PlanningPolicy;
  /** The probability the level was chosen for; null where the policy knows none. */
  ratio: number | null;
  /** Days the position lasts at forecast rate without this order; null: more than ten years. */
  coverDays: number | null;
  coverBeyondHorizon: boolean;
  /** Days on which the position is more likely than not gone, or gone with one chance in ten; null: not within the forecast. */
  stockoutDate: { p50: Day | null; p10: Day | null };
  /** Last day to order and still arrive in time at the service level; may be past; null: not within the forecast. */
  orderBy: Day | null;
  /** Units of the position above anything this policy could itself have ordered up to. */
  overstock: Units;
  /** Units expected to be lost if nothing is ordered until the next review; fractional. */
  atRisk: number;
  /** Units more if the order took one day longer; null: beyond the forecast. */
  oneDayLonger: Units | null;
  /** Lead time learned from receipts, in days with its spread; null: the policy's one number. */
  leadTime: { shortest: number; longest: number } | null;
  /** Days until the supplier's next order day, and from there to the next order; null: it takes orders on any day. */
  orders: { wait: number; between: number } | null;
  /** Constraints that kept the order below the need, and what the forecast could not answer. */
  conflicts: string[];
}

/** Chance of having run out by the two stockout dates → quantile of cumulative demand that exceeds the position by then. */
export const LIKELY = 0.5;
const ONE_IN_TEN = 0.9;

/**
 * Throws BeyondForecastError if the forecast is shorter than the protection interval or lacks the quantiles, AssertionError if the
 * policy has faults: callers ask `policyFaults` first and raise them as exceptions.
 */
export function recommend(input: RecommendationInput): Recommendation {
  const { today, forecast, policy, stock } = input;
  const faults = policyFaults(policy);
  assert(faults.length === 0, `cannot plan: ${faults.join('; ')}`);
  const learned = input.leadTimes && input.leadTimes.length > 0 ? input.leadTimes : null, economics = input.economics ?? null, elsewhere = input.elsewhere ?? 0, wanted = input.wanted ?? forecast;
  // An order goes out on the supplier's next day, and the one after it on a day of the supplier's too. Parity knows no such days.
  const orders = policy.kind.startsWith('planner parity') ? null : ordersOf(today, input.orderDays ?? [], policy.reviewDays), wait = orders?.wait ?? 0;
  const timed = orders === null ? policy : { ...policy, leadTimeDays: policy.leadTimeDays + wait, reviewDays: orders.between };
  const leadTimes = learned?.map((one) => ({ ...one, days: one.days + wait })) ?? [{ days: timed.leadTimeDays, share: 1 }];
  const asked = { today, forecast, policy: timed, leadTimes, economics }, target = targetOf(asked);
  const position = inventoryPosition(stock) + elsewhere, need = target.level - position;
  const floor = flooring(timed, forecast, position);

  const due = target.reorderPoint === null ? need + floor > 0 : position <= target.reorderPoint;
  const floored = due ? Math.max(0, need + floor) : 0;
  const lots = due && target.lot !== null ? (Math.floor(Math.max(0, target.level - position) / target.lot) + 1) * target.lot : floored;
  const accepted = lots === 0 ? 0 : Math.max(lots, policy.moq);
  const packed = roundUpToCasePack(accepted, policy.casePack);
  const limit = capped(packed, position, lots, timed, forecast);
  const end = ending(limit.quantity, today, timed);
  const ordered = end === null ? limit.quantity : 0, quantity = input.boughtElsewhere === true ? 0 : ordered;

  const terms = [
    target.expected, target.served - target.expected, target.level - target.served, -stock.onHand, -stock.incoming, stock.committed, stock.backorders, floor, floored - need - floor, lots - floored,
    accepted - lots, packed - accepted, limit.quantity - packed, ordered - limit.quantity, 0, 0, 0, 0, 0, -elsewhere, quantity - ordered,
  ].map((term) => units(term));
  const cover = coverDays(position, wanted.mean), first = dayNumber(today), there = Math.max(0, position);
  const arrivals = datedArrivals(input.arrivals ?? [], today, stock.incoming), nothing = position - arrivals.reduce((sum, one) => sum + one.units, 0) <= 0;
  // What is out and wanted at all is out today, not on the day the first unit is likely to be asked for.
  const gone = (level: number): number | null => { const day = dayExceeded(wanted, level, position, arrivals); return day !== null && nothing ? 0 : day; }, likely = gone(LIKELY);
  const dayAt = (offset: number | null): Day | null => (offset === null ? null : dayFromNumber(first + offset));
  const over = ordered > 0 ? intervals(forecast, leadTimes, timed.reviewDays) : null;
  return {
    today, quantity, terms, need, orderUpTo: target.level, position, protectionDays: target.days, policy, ratio: target.ratio,
    coverDays: cover.days, coverBeyondHorizon: cover.beyondHorizon,
    stockoutDate: { p50: dayAt(likely), p10: dayAt(gone(ONE_IN_TEN)) },
    orderBy: lastOrderDay(orderBy(today, forecast, policy, target, position, there, wait), orders === null ? [] : input.orderDays ?? []),
    overstock: Math.max(0, position - highestOwnPosition(target, policy)),
    atRisk: over === null ? 0 : Math.round((target.lastBuy ? shortage(over, 'through', there) : lostInReview(over, there)) * 10) / 10,
    oneDayLonger: longer(asked, target),
    leadTime: learned && learned.length > 1 ? { shortest: learned[0]!.days, longest: learned.at(-1)!.days } : null, orders,
    conflicts: [...limit.conflicts, ...(end === null ? [] : [end]), ...target.notes, ...late(arrivals, likely, nothing, today)],
  };
}

/** A recommendation with the change its supplier's order makes of it. */
export function adjusted(made: Recommendation, key: 'price break' | 'supplier minimum' | 'container' | 'budget' | 'store budget', change: Units): Recommendation {
  if (change === 0) return made;
  const terms = [...made.terms];
  terms[TERM_KEYS.indexOf(key)]! += units(change);
  assert(made.quantity + change >= 0, `an order of ${made.quantity} cannot be changed by ${change}`);
  return { ...made, terms, quantity: units(made.quantity + change) };
}

/** Units that come on a day of the forecast, by its offset, ascending: no more than are on their way; what is overdue counts as there. */
export function datedArrivals(arrivals: readonly Arrival[], today: Day, incoming: Units): { offset: number; units: Units }[] {
  let left = Math.max(0, incoming);
  return arrivals.map(({ day, units: many }) => ({ offset: daysBetween(today, day), units: many })).sort((a, b) => a.offset - b.offset)
    .map(({ offset, units: many }) => { const counted = Math.min(left, many); left -= counted; return { offset, units: counted }; }).filter((one) => one.offset > 0 && one.units > 0);
}

/** What no order of today can mend: the shelf is empty before the goods come. */
function late(arrivals: readonly { offset: number; units: Units }[], likely: number | null, nothing: boolean, today: Day): string[] {
  const next = likely === null ? undefined : arrivals.find((one) => one.offset > likely);
  if (next !== undefined && nothing) return [`Nothing is left until the ${next.units} of ${addDays(today, next.offset)} come.`];
  return next === undefined ? [] : [`It is more likely than not gone on ${addDays(today, likely!)}, before the ${next.units} of ${addDays(today, next.offset)} come.`];
}

/** Units of the lead time's demand that the position cannot serve and that parity with floor does not buy again; never positive. */
function flooring(policy: PlanningPolicy, forecast: DemandForecast, position: Units): Units {
  if (policy.kind !== 'planner parity floored') return 0;
  return Math.min(0, Math.ceil(Math.max(0, position) - expectedDemand(forecast, policy.leadTimeDays) - 1e-9));
}

/** Full cases that fit under the maximum stock, if they still are an order the supplier accepts. */
function capped(packed: Units, position: Units, need: Units, policy: PlanningPolicy, forecast: DemandForecast): { quantity: Units; conflicts: string[] } {
  // Parity looks at the stock on arrival; every other policy at the position.
  const there = policy.kind.startsWith('planner parity') ? Math.max(0, Math.floor(position - expectedDemand(forecast, policy.leadTimeDays))) : position;
  // Min/max itself orders up to the maximum: the supplier's minimum and cases may pass it.
  if (policy.maxStock === null || packed === 0 || there + packed <= policy.maxStock || policy.kind === 'min/max') return { quantity: packed, conflicts: [] };
  const room = roundDownToCasePack(Math.max(0, policy.maxStock - there), policy.casePack);
  const quantity = room >= policy.moq ? room : 0;
  if (quantity >= need) return { quantity, conflicts: [] };
  const why = room > 0 && quantity === 0 ? `leaves room for ${room}, less than the supplier's minimum of ${policy.moq}` : `leaves room for ${room}`;
  return { quantity, conflicts: [`The maximum stock of ${policy.maxStock} ${why}, but ${need} ${need === 1 ? 'is' : 'are'} needed.`] };
}

/** Why nothing can be ordered any more; null where something can. */
function ending(quantity: Units, today: Day, policy: PlanningPolicy): string | null {
  if (quantity === 0) return null;
  if (policy.lastOrder !== null && today > policy.lastOrder) return `The supplier takes no orders after ${policy.lastOrder}.`;
  if (policy.endOfLife !== null && addDays(today, policy.leadTimeDays) > policy.endOfLife) return `An order placed today would arrive on ${addDays(today, policy.leadTimeDays)}, after its last day of sale, ${policy.endOfLife}.`;
  return null;
}

/** The highest position an order of this policy can end at: one short of S, then the smallest order there is. */
function highestOwnPosition({ level, lot }: Target, policy: PlanningPolicy): Units {
  return Math.max(level, level - (lot === null ? 1 : 0) + roundUpToCasePack(Math.max(1, policy.moq, lot ?? 0), policy.casePack));
}

function orderBy(today: Day, forecast: DemandForecast, policy: PlanningPolicy, target: Target, position: Units, there: Units, wait: number): Day | null {
  if (target.reorderPoint !== null) {
    // Its own day: when the expected demand has eaten the position down to the reorder point.
    if (position <= target.reorderPoint) return addDays(today, wait);
    const offset = dayExceeded(forecast, LIKELY, position - target.reorderPoint - 1);
    return offset === null ? null : addDays(today, offset);
  }
  const offset = dayExceeded(forecast, target.coveredAt, there);
  return offset === null ? null : addDays(today, offset - policy.leadTimeDays);
}

function longer(asked: Parameters<typeof targetOf>[0], target: Target): Units | null {
  const { policy, leadTimes, forecast } = asked;
  if (target.lastBuy || policy.kind === 'min/max' || Math.max(target.days, ...leadTimes.map((one) => one.days + policy.reviewDays)) + 1 > forecast.mean.length) return null;
  const later = targetOf({ ...asked, policy: { ...policy, leadTimeDays: policy.leadTimeDays + 1 }, leadTimes: leadTimes.map((one) => ({ ...one, days: one.days + 1 })) });
  return later.level - target.level;
}

/** The policy's lead time in whole days where receipts have taught another. */
export function learnedDays(shares: readonly LeadTimeShare[]): number {
  return Math.round(expectedLeadTime(shares));
}
