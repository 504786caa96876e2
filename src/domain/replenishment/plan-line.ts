/** One line of the plan: an item at a place, decided from what was gathered of it, and the line its supplier's order makes of that. */
import type { Day } from '../calendar.ts';
import { fromStore, toStore } from '../exchange.ts';
import { ordersOf } from '../purchasing/order-days.ts';
import { roundDownToCasePack, type Units } from '../quantity.ts';
import { atMost, demandTotal } from './demand-total.ts';
import type { LeadTimeShare } from './lead-time.ts';
import { BeyondForecastError, expectedDemand, type DemandForecast } from './order-up-to.ts';
import { policyFaults, protectionDays, type PlanningPolicy } from './policy.ts';
import type { StockPosition } from './position.ts';
import { recommend, type Arrival, type Recommendation } from './recommend.ts';
import type { PriceBreak, SupplierLine } from './supplier-line.ts';
import { percent } from './terms.ts';

/** What an item costs and takes where it is bought. Minor units of `currency`. */
export interface Buying { supplierId: number | null; unitCost: number | null; currency: string; priceBreaks: readonly PriceBreak[]; volumeCm3: number; weightG: number;
  /** Billionths of the store's currency for one unit of `currency`; null or left out: no rate is known. Of the store's own it is not asked. */
  exchange?: number | null | undefined }

export interface PlanLineInput {
  today: Day;
  /** Begins today. */
  forecast: DemandForecast;
  policy: PlanningPolicy;
  stock: StockPosition;
  leadTimes: readonly LeadTimeShare[] | null;
  buying: Buying;
  /** Selling price in minor units of the store's currency; null where not known. */
  price: number | null;
  storeCurrency: string;
  /** ISO weekdays on which the supplier takes orders; none: any day. */
  orderDays?: readonly number[];
  /** Units on their way whose day is known. */
  arrivals?: readonly Arrival[];
  /** Positions of the places this one also buys for: `forecast` is of all of them, each day of what must have left for them. */
  elsewhere?: Units;
  /** Then of what is wanted there day by day. */
  wanted?: DemandForecast;
  /** Another place buys for this one. */
  boughtElsewhere?: boolean;
}

/** The recommendation, or why there can be none. A service level beyond the forecast's last quantile is planned at that, and said. */
export function planLine(input: PlanLineInput): Recommendation | string {
  const { forecast, buying, price } = input, highest = forecast.cumulative.at(-1)?.q ?? 0, beyond = input.policy.serviceLevel > highest && highest > 0;
  const policy = beyond ? { ...input.policy, serviceLevel: highest } : input.policy, [fault] = policyFaults(policy);
  if (fault !== undefined) return fault;
  const orders = ordersOf(input.today, input.orderDays ?? [], policy.reviewDays);
  if (forecast.mean.length < protectionDays(policy) + (orders === null ? 0 : orders.wait + orders.between - policy.reviewDays) || (policy.kind.startsWith('planner') && forecast.mean.length < policy.leadTimeDays + (policy.daysOfStock ?? 0))) return 'forecast too short for the policy';
  const selling = sellingPrice(input);
  try {
    const found = recommend({ ...input, policy, economics: selling !== null && buying.unitCost !== null ? { price: selling, unitCost: buying.unitCost, holdingPerYear: policy.holdingPerYear } : null });
    const made = price !== null && selling === null && policy.kind === 'cost ratio' && policy.costRatio === null ? { ...found, conflicts: [...found.conflicts, `It is bought in ${buying.currency}, of which no exchange rate is known: its margin is not, so it goes by service level.`] } : found;
    return beyond ? { ...made, conflicts: [...made.conflicts, `The service level of ${percent(input.policy.serviceLevel)} lies beyond the forecast's last quantile: ${percent(highest)} is planned for.`] } : made;
  } catch (error) {
    if (error instanceof BeyondForecastError) return error.message; // one line the forecast says too little of stops no other
    throw error;
  }
}

/** What a unit sells for in the currency it is bought in; null where the price, or the exchange rate, is not known. */
export function sellingPrice({ price, buying, storeCurrency }: Pick<PlanLineInput, 'price' | 'buying' | 'storeCurrency'>): number | null {
  if (price === null || buying.currency === storeCurrency) return price;
  return buying.exchange == null ? null : fromStore(price, storeCurrency, buying.currency, buying.exchange);
}

/** The line in money of the store, for a budget over all suppliers; null where that is not known. */
export function inStoreMoney(line: SupplierLine, { currency, exchange }: Buying, storeCurrency: string): SupplierLine | null {
  if (currency === storeCurrency) return line;
  if (exchange == null) return null;
  // Worth is weighed in fractions of a minor unit; what is shown is converted whole.
  const factor = toStore(1_000_000, currency, storeCurrency, exchange) / 1_000_000;
  return { ...line, unitCost: line.unitCost * factor, priceBreaks: line.priceBreaks.map((one) => ({ from: one.from, unitCost: one.unitCost * factor })), short: line.short * factor, over: line.over * factor };
}

/**
 * The line in its supplier's order. A wanted unit is worth its margin (half its cost where the price is not known); what one too many costs follows from
 * the level the policy chose: Co = Cu × (1 − F) ÷ F with F = P(D ≤ level), so that a line alone is worth most at its own quantity. No more is ever
 * bought than the level and the demand of the whole forecast. `fixed`: a planner's own quantity, which stays; null: none.
 */
export function supplierLine(key: string, place: string, made: Recommendation, { forecast, policy, buying, price, storeCurrency, boughtElsewhere }: PlanLineInput, fixed: Units | null = null): SupplierLine {
  const demand = demandTotal(forecast, Math.min(made.protectionDays, forecast.mean.length)), unitCost = buying.unitCost ?? 0;
  const selling = sellingPrice({ price, buying, storeCurrency }), margin = selling !== null && selling > unitCost ? selling - unitCost : unitCost / 2, short = Math.max(1, margin);
  const chosen = Math.min(0.995, Math.max(0.5, made.ratio ?? atMost(demand, made.orderUpTo)));
  const highest = Math.min(policy.maxStock ?? Infinity, made.orderUpTo + Math.ceil(expectedDemand(forecast, forecast.mean.length)));
  return {
    key, place, ...(fixed === null ? {} : { fixed: true }), position: made.position, quantity: fixed ?? made.quantity, casePack: policy.casePack, moq: policy.moq,
    most: fixed ?? (ended(made) || boughtElsewhere === true ? made.quantity : Math.max(made.quantity, roundDownToCasePack(Math.max(0, highest - made.position), policy.casePack))),
    unitCost, priceBreaks: buying.priceBreaks, volumeCm3: buying.volumeCm3, weightG: buying.weightG, demand, short, over: (short * (1 - chosen)) / chosen,
  };
}

/** Nothing beyond its own quantity is bought of what comes to its end. */
function ended({ policy }: Recommendation): boolean {
  return policy.endOfLife !== null || policy.lastOrder !== null;
}

/** What customers are owed beyond what is on hand counts as backorders; the rest of what is promised stands on the shelf. */
export function stockOf(level: { available: Units; committed: Units; incoming: Units }): StockPosition {
  const onHand = level.available + level.committed, backorders = Math.min(level.committed, Math.max(0, level.committed - Math.max(0, onHand)));
  return { onHand, incoming: level.incoming, committed: level.committed - backorders, backorders };
}
