/**
 * A policy on the days that were: each morning what is due arrives, on a review day the policy orders from what was known then, the day's demand takes what
 * is there, and what customers bring back stands there in the evening. What is short is lost, as it is in a shop. Pure: the same line, policy and forecasts
 * give the same days.
 */
import { assert } from '../assert.ts';
import { dayFromNumber, type DayNumber } from '../calendar.ts';
import type { Series } from '../demand/series.ts';
import { minorDigits } from '../money.ts';
import { ordersOf } from '../purchasing/order-days.ts';
import { units, type Units } from '../quantity.ts';
import type { LeadTimeShare } from './lead-time.ts';
import { demandQuantile, expectedDemand, type DemandForecast } from './order-up-to.ts';
import { planLine, type Buying, type PlanLineInput } from './plan-line.ts';
import type { OrderedLine } from './plan-orders.ts';
import type { PlanningPolicy } from './policy.ts';
import type { Recommendation } from './recommend.ts';
import { unitCostAt } from './supplier-line.ts';

/** How a line is planned and bought, as known on a morning. */
export interface LineTerms {
  policy: PlanningPolicy;
  leadTimes: readonly LeadTimeShare[] | null;
  /** ISO weekdays on which its supplier takes orders; none: any day. What is decided in between goes out on the next of them. */
  orderDays: readonly number[];
  /** Without an exchange rate: that of each day is the line's. */
  buying: Buying;
  /** Minor units of the store's currency. */
  price: number | null;
  /** Whose order it is part of: a supplier in a currency, of one place where that is all its limits are of. Empty: nobody's that sets limits. */
  order: string;
  /** Days of a forecast that may be looked at: as many as these terms need, not those of later ones. */
  reach: number;
}

export interface ReplayLine extends LineTerms {
  key: string;
  /** Units wanted on each day of the period, whole. */
  wanted: Int32Array;
  /** Those of them in bulk order lines, day by day. */
  bulk: Int32Array;
  /** Units that customers brought back and that could be sold again, on the day they came. */
  returned: Int32Array;
  /** What was known later, from a day of the period on. */
  later: readonly { from: number; terms: LineTerms }[];
  /** What the ledger says stood there and was on its way on the first morning; null: it had not begun, so the replay begins at the policy's own level. */
  opening: { onHand: Units; incoming: Units } | null;
  storeCurrency: string;
  /** Of currencies it is bought in but the store's: billionths of the store's for one unit on each day, NaN where no rate was known. */
  exchange: ReadonlyMap<string, Float64Array>;
  /** The line it is bought with on the first morning, and from a later day on. */
  supply: LineSupply | null;
  suppliedLater: readonly { from: number; supply: LineSupply | null }[];
  /** The first day on which it is of what is replayed or bought together with it; before, it is no part of a supplier's order of those. */
  joins: number;
}
/** The line that buys for another, and days from there; null in its place: a line is bought for itself. */
export interface LineSupply { buyer: string; days: number }

/** What was known of a line on a day of the period. */
export function termsOn(line: ReplayLine, day: number): LineTerms {
  return begunBy(line.later, day)?.terms ?? line;
}

/** Who bought for a line on a day of the period. */
export function supplyOn(line: Pick<ReplayLine, 'supply' | 'suppliedLater'>, day: number): LineSupply | null {
  const later = begunBy(line.suppliedLater, day);
  return later ? later.supply : line.supply;
}

/** The last of some entries, ascending, that had begun by a day. */
function begunBy<T extends { from: number }>(entries: readonly T[], day: number): T | undefined {
  let low = 0, high = entries.length;
  while (low < high) { const middle = (low + high) >> 1; if (entries[middle]!.from <= day) low = middle + 1; else high = middle; }
  return entries[low - 1];
}

/** Where the units of a line went: opening + openingIncoming + ordered + returned + movedIn = served + closing + closingIncoming + movedOut. */
export interface Replayed {
  opening: Units; openingIncoming: Units; wanted: Units; served: Units; lost: Units;
  /** Sent here from the line it is bought with, on their way or come; and sent from here. */
  movedIn: Units; movedOut: Units;
  ordered: Units; orders: number; received: Units; returned: Units; closing: Units; closingIncoming: Units;
  /** Of the units wanted and served, those in bulk order lines; on a short day they are served last. */
  bulkWanted: Units; bulkServed: Units;
  /** Minor units, each order at the price its quantity earns; 0 where no cost is known. */
  bought: number;
  /** Units more or less than the line's own policy, by the term of its supplier's order. */
  changes: Partial<Record<OrderedLine['changes'][number]['term'], Units>>;
  /** Orders of it in an order that stayed below its supplier's minimum. */
  belowMinimum: number;
  /** Σ units standing there at the end of each day, and what they cost by the unit costs of those days. */
  unitDays: number; stockCost: number;
  /** What holding them cost, by the share of their unit cost that a year of it takes. */
  holding: number;
  /** Margin of what was lost, by the prices and unit costs of those days; 0 where they are not known. */
  lostMargin: number;
  /** Days on which something was lost. */
  shortDays: number;
  /** Reviews at which the policy could say something. */
  decided: number;
  /** Reviews at which the policy could say nothing, and why. */
  faults: Record<string, number>;
  decisions: Decision[];
}
export interface Decision { /** Offset from the first day. */ day: number; quantity: Units; arrives: number }

/** Days a rate of demand is taken from, and the least that must have been seen of them. */
const RATE_DAYS = 56, LEAST_SEEN = 7;

/**
 * Units wanted on the days of a period. On a day the shop had run out, sales are the least that was wanted: for the share that was not seen the rate of the
 * eight weeks before is added, in whole units over time. `estimated` is how many that is; `unknown` counts days of which nothing can be said for sure.
 */
export function wantedOf(series: Series, first: DayNumber, days: number): { wanted: Int32Array; estimated: Units; unknown: number } {
  const wanted = new Int32Array(days), { start, demand, exposure } = series;
  let owed = 0, estimated = 0, unknown = 0, sold = 0, seen = 0;
  for (let t = Math.max(0, first - start - RATE_DAYS); t < Math.min(demand.length, first - start + days); t++) {
    const offset = t + start - first, share = Number.isNaN(exposure[t]!) ? 1 : exposure[t]!, units = Number.isNaN(demand[t]!) ? 0 : demand[t]!;
    if (offset >= 0) {
      wanted[offset] = Math.round(units);
      if (exposure[t]! < 0.999 || Number.isNaN(demand[t]!)) {
        unknown++;
        owed += seen >= LEAST_SEEN ? (sold / seen) * (1 - share) : 0;
        const whole = Math.floor(owed);
        wanted[offset]! += whole;
        estimated += whole;
        owed -= whole;
      }
    }
    sold += units; seen += share;
    const gone = t - RATE_DAYS;
    if (gone >= Math.max(0, first - start - RATE_DAYS)) { sold -= Number.isNaN(demand[gone]!) ? 0 : demand[gone]!; seen -= Number.isNaN(exposure[gone]!) ? 1 : exposure[gone]!; }
  }
  return { wanted, estimated, unknown };
}

/** The lead time of an order of this line placed on this day: the same for every policy that is compared, drawn from the shares. */
export function drawnLeadTime(shares: readonly LeadTimeShare[], key: string, day: DayNumber): number {
  let hash = 0x811c9dc5; // FNV-1a, then mixed: neighbouring days must not draw alike
  for (const letter of `${key}:${day}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  let left = ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
  for (const one of shares) if ((left -= one.share) < 0) return one.days;
  return shares.at(-1)!.days;
}

/** Policies that look every day; the others on their review days. */
export const looksDaily = (policy: Pick<PlanningPolicy, 'kind'>): boolean => policy.kind === 's,Q' || policy.kind === 'min/max';

/**
 * What a supplied place holds: demand until what leaves for it at its next review has come, at its cycle service level (as far as the forecast tells), and its
 * minimum stock.
 */
export function transferLevel(policy: PlanningPolicy, forecast: DemandForecast | null, days: number): Units {
  const highest = forecast?.cumulative.at(-1)?.q, lowest = forecast?.cumulative[0]?.q;
  if (forecast === null || highest === undefined || lowest === undefined) return policy.minStock;
  return Math.ceil(demandQuantile(forecast, Math.min(forecast.mean.length, policy.reviewDays + days), Math.min(highest, Math.max(lowest, policy.serviceLevel))) - 1e-9) + policy.minStock;
}

/** What a line asks for on a morning: its recommendation, and what it was made from. */
export interface Asked { made: Recommendation; input: PlanLineInput }

/** One line under one policy, a day at a time: `morning`, then `asks` and `order`, then `evening`. */
export class LineDays {
  readonly made: Replayed = {
    opening: 0, openingIncoming: 0, wanted: 0, served: 0, lost: 0, movedIn: 0, movedOut: 0, ordered: 0, orders: 0, received: 0, returned: 0, closing: 0, closingIncoming: 0, bulkWanted: 0, bulkServed: 0, bought: 0, changes: {}, belowMinimum: 0,
    unitDays: 0, stockCost: 0, holding: 0, lostMargin: 0, shortDays: 0, decided: 0, faults: {}, decisions: [],
  };
  readonly #line: ReplayLine;
  readonly #policyOf: (terms: LineTerms) => PlanningPolicy;
  readonly #first: DayNumber;
  readonly #money: LineMoney | null;
  #terms: LineTerms;
  #policy: PlanningPolicy;
  readonly #arriving = new Map<number, Units>();
  #onHand: Units = 0;
  #incoming: Units = 0;

  /**
   * `forecast`: that of the first morning; the policy's own level is made of it where the ledger had not begun. Of a line that buys for others it is of all of
   * them, and `elsewhere` is what stands at and comes to them. `policyOf`: the policy that is tried where these terms hold.
   */
  constructor(line: ReplayLine, policyOf: (terms: LineTerms) => PlanningPolicy, first: DayNumber, forecast: DemandForecast | null, elsewhere: Units = 0) {
    const policy = policyOf(line);
    this.#line = line; this.#policyOf = policyOf; this.#first = first; this.#money = moneyOf(line); this.#terms = line; this.#policy = policy;
    if (line.opening) {
      this.made.opening = Math.max(0, line.opening.onHand);
      this.made.openingIncoming = Math.max(0, line.opening.incoming);
      this.#due(drawnLeadTime(this.#leadTimes(), line.key, first - 1), this.made.openingIncoming);
    } else if (line.supply === null) this.#standing(forecast, elsewhere);
    else this.made.opening = transferLevel(policy, forecast, line.supply.days);
    this.#onHand = this.made.opening; this.#incoming = this.made.openingIncoming;
  }

  /** What is due arrives; what was said since the morning before is known. */
  morning(day: number): void {
    const terms = termsOn(this.#line, day);
    if (terms !== this.#terms) { this.#terms = terms; this.#policy = this.#policyOf(terms); }
    const arrived = this.#arriving.get(day) ?? 0;
    this.#arriving.delete(day);
    this.#onHand += arrived; this.#incoming -= arrived; this.made.received += arrived;
  }

  /** What stands here and is on its way. */
  get position(): Units { return this.#onHand + this.#incoming; }
  get onHand(): Units { return this.#onHand; }
  get policy(): PlanningPolicy { return this.#policy; }

  /** What the policy orders on a review day; null on others, where it can say nothing, and where another line buys for this one. `elsewhere`: positions of the lines this one buys for too. */
  asks(day: number, forecast: () => DemandForecast | null, elsewhere: () => Units = () => 0): Asked | null {
    if (supplyOn(this.#line, day) !== null) return null;
    if (!looksDaily(this.#policy) && day % this.#policy.reviewDays !== 0) return null;
    const asked = this.#decide(day, this.#onHand, this.#incoming, forecast(), elsewhere());
    if (typeof asked !== 'string') { this.made.decided++; return asked; }
    this.made.faults[asked] = (this.made.faults[asked] ?? 0) + 1;
    return null;
  }

  order(day: number, { quantity, changes, notes }: OrderedLine): void {
    const { made } = this, { buying } = this.#terms;
    for (const { term, change } of changes) made.changes[term] = (made.changes[term] ?? 0) + change;
    if (quantity === 0) return;
    const wait = this.#policy.kind.startsWith('planner parity') ? 0 : ordersOf(dayFromNumber(this.#first + day), this.#terms.orderDays, this.#policy.reviewDays)?.wait ?? 0, arrives = day + wait + drawnLeadTime(this.#leadTimes(), this.#line.key, this.#first + day);
    made.decisions.push({ day, quantity, arrives });
    made.ordered += quantity; made.orders++; this.#incoming += quantity;
    made.bought += buying.unitCost === null || this.#money === null ? 0 : Math.round(quantity * unitCostAt({ unitCost: buying.unitCost, priceBreaks: buying.priceBreaks }, quantity) * this.#money.factor(buying, day));
    if (notes.length > 0) made.belowMinimum++;
    this.#due(arrives, quantity);
    if (arrives === day) this.morning(day);
  }

  /** Units leave for a line that this one buys for; what it receives of it on that day stands on its shelf the same morning. */
  send(quantity: Units): void {
    assert(quantity <= this.#onHand, `${quantity} units cannot leave ${this.#line.key}`);
    this.#onHand -= quantity; this.made.movedOut += quantity;
  }
  expect(day: number, arrives: number, quantity: Units): void {
    this.#incoming += quantity; this.made.movedIn += quantity;
    this.#due(arrives, quantity);
    if (arrives === day) this.morning(day);
  }

  /** The day is served, then what came back is put on the shelf: what is decided in a morning knows of the days before. */
  evening(day: number): void {
    const { made } = this, asked = this.#line.wanted[day]!, served = Math.min(asked, this.#onHand), bulk = Math.min(asked, this.#line.bulk[day]!), returned = this.#line.returned[day]!;
    this.#onHand += returned - served;
    made.wanted += asked; made.served += served; made.lost += asked - served; made.returned += returned;
    made.bulkWanted += bulk; made.bulkServed += Math.max(0, served - (asked - bulk));
    if (served < asked) made.shortDays++;
    made.unitDays += this.#onHand;
    const { buying, price } = this.#terms;
    if (buying.unitCost === null || this.#money === null) return;
    const unitCost = buying.unitCost * this.#money.factor(buying, day);
    made.stockCost += this.#onHand * unitCost;
    made.holding += (this.#onHand * unitCost * this.#terms.policy.holdingPerYear) / 365;
    made.lostMargin += price === null ? 0 : (asked - served) * Math.max(0, price - unitCost);
  }

  /** After the last day. */
  end(): Replayed {
    const { made } = this;
    made.closing = this.#onHand; made.closingIncoming = this.#incoming;
    assert(made.opening + made.openingIncoming + made.ordered + made.returned + made.movedIn === made.served + made.closing + made.closingIncoming + made.movedOut, `units of ${this.#line.key} were made or lost in its replay`);
    return made;
  }

  #leadTimes(): readonly LeadTimeShare[] {
    return this.#terms.leadTimes ?? [{ days: this.#policy.leadTimeDays, share: 1 }];
  }

  #due(day: number, quantity: Units): void {
    if (quantity > 0) this.#arriving.set(day, (this.#arriving.get(day) ?? 0) + quantity);
  }

  #decide(day: number, onHand: Units, incoming: Units, forecast: DemandForecast | null, elsewhere: Units): Asked | string {
    if (forecast === null) return 'nothing known yet';
    const { leadTimes, orderDays, price, reach } = this.#terms, { storeCurrency } = this.#line, buying = boughtOn(this.#line, this.#terms.buying, day);
    const input: PlanLineInput = { today: dayFromNumber(this.#first + day), forecast: within(forecast, reach), policy: this.#policy, stock: { onHand, incoming, committed: 0, backorders: 0 }, elsewhere, leadTimes, orderDays, buying, price, storeCurrency };
    const made = planLine(input);
    return typeof made === 'string' ? made : { made, input };
  }

  /** Nothing is known of the stock: the level less the lead time's demand stands there, and that demand comes day by day as if ordered before. */
  #standing(forecast: DemandForecast | null, elsewhere: Units): void {
    const decided = this.#decide(0, 0, 0, forecast, 0);
    if (typeof decided === 'string' || forecast === null) return;
    const orderUpTo = Math.max(0, decided.made.orderUpTo - Math.max(0, elsewhere)), lead = Math.min(this.#policy.leadTimeDays, forecast.mean.length), flow = Math.min(orderUpTo, Math.round(expectedDemand(forecast, lead)));
    this.made.opening = units(Math.max(0, orderUpTo - flow));
    for (let day = 0; day < lead; day++) {
      const share = Math.floor((flow * (day + 1)) / lead) - Math.floor((flow * day) / lead);
      this.made.openingIncoming += share;
      this.#due(day, share);
    }
  }
}

/** The first days of a forecast. */
function within(forecast: DemandForecast, days: number): DemandForecast {
  if (forecast.mean.length <= days) return forecast;
  const cut = (values: ArrayLike<number>): ArrayLike<number> => (values instanceof Float64Array || values instanceof Float32Array ? values.subarray(0, days) : Array.prototype.slice.call(values, 0, days));
  return { mean: cut(forecast.mean), cumulative: forecast.cumulative.map(({ q, values }) => ({ q, values: cut(values) })) };
}

/** What a replayed (or real) line came to, in minor units of `currency`; null where no cost is known. */
export interface LineCosts { currency: string; bought: number; holding: number; ordering: number; /** Margin of what was lost; null where the price is not known in that currency. */ lostMargin: number | null; /** Average money in stock. */ cash: number }

/** What it is bought by on a day, with that day's rate of exchange. */
function boughtOn({ exchange, storeCurrency }: Pick<ReplayLine, 'exchange' | 'storeCurrency'>, buying: Buying, day: number): Buying {
  if (buying.currency === storeCurrency) return buying;
  const rate = exchange.get(buying.currency)?.[day];
  return { ...buying, exchange: rate === undefined || Number.isNaN(rate) ? null : rate };
}

/** In which currency a line's money is told, and what a minor unit of where it is bought comes to in it on a day. */
interface LineMoney { currency: string; factor(buying: Buying, day: number): number }

/** The store's where every rate is known, else its own where that stays the same; null where neither is so. */
function moneyOf(line: ReplayLine): LineMoney | null {
  const { storeCurrency, exchange, buying, later } = line;
  if (withoutRate(line).length === 0) return { currency: storeCurrency, factor: ({ currency }, day) => (currency === storeCurrency ? 1 : (exchange.get(currency)![day]! / 1e9) * 10 ** (minorDigits(storeCurrency) - minorDigits(currency))) };
  return later.every((one) => one.terms.buying.currency === buying.currency) ? { currency: buying.currency, factor: () => 1 } : null;
}

/** Currencies the line is bought in on some day of which no exchange rate was known. */
export function withoutRate({ storeCurrency, buying, later, exchange, wanted }: ReplayLine): string[] {
  const eras = [{ from: 0, currency: buying.currency }, ...later.map((one) => ({ from: one.from, currency: one.terms.buying.currency }))].filter((era, n, all) => n === 0 || era.currency !== all[n - 1]!.currency);
  return [...new Set(eras.flatMap(({ from, currency }, n) => (currency !== storeCurrency && (exchange.get(currency)?.subarray(from, eras[n + 1]?.from ?? wanted.length).some(Number.isNaN) ?? true) ? [currency] : [])))];
}

/** The costs of a replayed line; null where on some days of it no unit cost was known, or its currencies cannot be brought together. */
export function costsOfLine(of: Pick<Replayed, 'bought' | 'orders' | 'stockCost' | 'holding' | 'lostMargin'>, line: ReplayLine, days: number, orderCost: number): LineCosts | null {
  const money = moneyOf(line), all = [line, ...line.later.map((one) => one.terms)];
  if (money === null || all.some(({ buying }) => buying.unitCost === null)) return null;
  return {
    currency: money.currency, bought: of.bought, holding: Math.round(of.holding), ordering: of.orders * orderCost,
    lostMargin: all.some(({ price }) => price === null) || money.currency !== line.storeCurrency ? null : Math.round(of.lostMargin), cash: Math.round(of.stockCost / Math.max(1, days)),
  };
}

/** What units that stood there cost, and holding them, by the unit costs of the days, evenly spread over them. */
export function stockCostOf(unitDays: number, line: ReplayLine, days: number): { stockCost: number; holding: number } {
  const money = moneyOf(line);
  let stockCost = 0, holding = 0;
  for (let day = 0; day < days; day++) {
    const { buying, policy } = termsOn(line, day), cost = ((buying.unitCost ?? 0) * (money?.factor(buying, day) ?? 0) * unitDays) / Math.max(1, days);
    stockCost += cost;
    holding += (cost * policy.holdingPerYear) / 365;
  }
  return { stockCost, holding };
}
