/**
 * A policy on the days that were: each morning what is due arrives, on a review day the policy orders from what was known then, and the day's demand takes
 * what is there; what is short is lost, as it is in a shop. Pure: the same line, policy and forecasts give the same days.
 */
import { assert } from '../assert.ts';
import { dayFromNumber, type DayNumber } from '../calendar.ts';
import type { Series } from '../demand/series.ts';
import { units, type Units } from '../quantity.ts';
import type { LeadTimeShare } from './lead-time.ts';
import { expectedDemand, type DemandForecast } from './order-up-to.ts';
import { HOLDING_PER_YEAR, planLine, type Buying } from './plan-line.ts';
import type { PlanningPolicy } from './policy.ts';

export interface ReplayLine {
  key: string;
  /** Units wanted on each day of the period, whole. */
  wanted: Int32Array;
  /** What the ledger says stood there and was on its way on the first morning; null: it had not begun, so the replay begins at the policy's own level. */
  opening: { onHand: Units; incoming: Units } | null;
  policy: PlanningPolicy;
  leadTimes: readonly LeadTimeShare[] | null;
  buying: Buying;
  /** Minor units of the store's currency. */
  price: number | null;
  storeCurrency: string;
}

/** Where the units of a line went: opening + openingIncoming + ordered = served + closing + closingIncoming. */
export interface Replayed {
  opening: Units; openingIncoming: Units; wanted: Units; served: Units; lost: Units;
  ordered: Units; orders: number; received: Units; closing: Units; closingIncoming: Units;
  /** Σ units standing there at the end of each day. */
  unitDays: number;
  /** Days on which something was lost. */
  shortDays: number;
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

/** Runs one line. `forecastAt` answers what was forecast on the morning of a day from the days before it, beginning that day; null where nothing could be. */
export function replayLine(line: ReplayLine, policy: PlanningPolicy, first: DayNumber, forecastAt: (day: number) => DemandForecast | null): Replayed {
  const days = line.wanted.length, leadTimes = line.leadTimes ?? [{ days: policy.leadTimeDays, share: 1 }], arriving = new Map<number, Units>();
  const due = (day: number, quantity: Units): void => { if (quantity > 0) arriving.set(day, (arriving.get(day) ?? 0) + quantity); };
  const made: Replayed = { opening: 0, openingIncoming: 0, wanted: 0, served: 0, lost: 0, ordered: 0, orders: 0, received: 0, closing: 0, closingIncoming: 0, unitDays: 0, shortDays: 0, faults: {}, decisions: [] };
  const decide = (day: number, onHand: Units, incoming: Units) => {
    const forecast = forecastAt(day);
    if (forecast === null) return 'nothing known yet' as const;
    return planLine({ today: dayFromNumber(first + day), forecast, policy, stock: { onHand, incoming, committed: 0, backorders: 0 }, leadTimes: line.leadTimes, buying: line.buying, price: line.price, storeCurrency: line.storeCurrency });
  };
  if (line.opening) {
    made.opening = Math.max(0, line.opening.onHand);
    made.openingIncoming = Math.max(0, line.opening.incoming);
    due(drawnLeadTime(leadTimes, line.key, first - 1), made.openingIncoming);
  } else standing();
  let onHand = made.opening, incoming = made.openingIncoming;
  const receive = (day: number): void => {
    const units = arriving.get(day) ?? 0;
    arriving.delete(day);
    onHand += units; incoming -= units; made.received += units;
  };
  for (let day = 0; day < days; day++) {
    receive(day);
    if (looksDaily(policy) || day % policy.reviewDays === 0) {
      const decided = decide(day, onHand, incoming);
      if (typeof decided === 'string') made.faults[decided] = (made.faults[decided] ?? 0) + 1;
      else if (decided.quantity > 0) {
        const arrives = day + drawnLeadTime(leadTimes, line.key, first + day);
        made.decisions.push({ day, quantity: decided.quantity, arrives });
        made.ordered += decided.quantity; made.orders++; incoming += decided.quantity;
        due(arrives, decided.quantity);
        if (arrives === day) receive(day);
      }
    }
    const asked = line.wanted[day]!, served = Math.min(asked, onHand);
    onHand -= served;
    made.wanted += asked; made.served += served; made.lost += asked - served;
    if (served < asked) made.shortDays++;
    made.unitDays += onHand;
  }
  made.closing = onHand; made.closingIncoming = incoming;
  assert(made.opening + made.openingIncoming + made.ordered === made.served + made.closing + made.closingIncoming, `units of ${line.key} were made or lost in its replay`);
  return made;

  /** Nothing is known of the stock: the level less the lead time's demand stands there, and that demand comes day by day as if ordered before. */
  function standing(): void {
    const decided = decide(0, 0, 0), forecast = forecastAt(0);
    if (typeof decided === 'string' || forecast === null) return;
    const lead = Math.min(policy.leadTimeDays, forecast.mean.length), flow = Math.min(decided.orderUpTo, Math.round(expectedDemand(forecast, lead)));
    made.opening = units(Math.max(0, decided.orderUpTo - flow));
    for (let day = 0; day < lead; day++) {
      const share = Math.floor((flow * (day + 1)) / lead) - Math.floor((flow * day) / lead);
      made.openingIncoming += share;
      due(day, share);
    }
  }
}

/** What a replayed (or real) line came to, in minor units of `currency`; null where no cost is known. */
export interface LineCosts { currency: string; bought: number; holding: number; ordering: number; /** Margin of what was lost; null where the price is not known in that currency. */ lostMargin: number | null; /** Average money in stock. */ cash: number }

export function costsOfLine(of: Pick<Replayed, 'ordered' | 'orders' | 'unitDays' | 'lost'>, { buying, price, storeCurrency }: Pick<ReplayLine, 'buying' | 'price' | 'storeCurrency'>, days: number, orderCost: number): LineCosts | null {
  const { unitCost, currency } = buying;
  if (unitCost === null) return null;
  return {
    currency, bought: of.ordered * unitCost, holding: Math.round((of.unitDays * unitCost * HOLDING_PER_YEAR) / 365), ordering: of.orders * orderCost,
    lostMargin: price === null || currency !== storeCurrency ? null : of.lost * Math.max(0, price - unitCost), cash: Math.round((of.unitDays * unitCost) / Math.max(1, days)),
  };
}
