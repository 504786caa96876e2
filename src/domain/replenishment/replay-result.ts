/** A finished replay in sums: the policy, a frontier of the same with other promises, and beside them what was really bought. */
import { grouped, some } from '../wording.ts';
import type { PolicyKind } from './policy.ts';
import type { PolicyChanges } from './replay-panel.ts';
import type { Replayed } from './replay.ts';
import type { ReplayTotals } from './replay-totals.ts';

/** What really happened on the lines whose stock the ledger knew all the time. */
export interface RealTotals { lines: number; sold: number; /** Units the shop had run out for: an estimate. */ lost: number; ordered: number; orders: number; cameIn: number; unitDays: number; costs: { currency: string; bought: number; holding: number; cash: number }[] }

/** A policy of a frontier: its promise, or other values; null: as each line has it. */
export interface FrontierPolicy { kind: PolicyKind | null; promise: number | null; changes?: PolicyChanges | undefined }
export interface FrontierPoint extends FrontierPolicy { totals: ReplayTotals }

export interface ReplayResult {
  days: number;
  policy: ReplayTotals;
  frontier: FrontierPoint[];
  /** The policy and reality over the same lines; null where the ledger had begun on none of them that was wanted: stock nobody touched proves nothing. */
  compared: { policy: ReplayTotals; real: RealTotals } | null;
  /** Units bought by purchase orders of the period, whether or not stock was known. */
  bought: { ordered: number; orders: number; costs: { currency: string; cost: number }[] };
  estimated: number; unknownDays: number; standing: number; faults: Record<string, number>; learnedFrom: number;
  /** Units the policy's lines ordered more or less for their suppliers' orders, by term. */
  changes: Replayed['changes'];
  /** Lines that are in no sum: the policy could not decide on any of their reviews. Not kept by the first replays. */
  undecided?: number;
  /** What must be said of it, in sentences. */
  notes: string[];
}

/** Promises a frontier is drawn through. */
export const PROMISES = [0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99] as const;
/** Days of stock, and per cent of each line's own minimum and maximum, that a frontier of kinds without a promise is drawn through. */
export const DAYS_OF_STOCK = [7, 14, 21, 30, 45, 60, 90] as const, STOCK_PERCENTS = [25, 50, 75, 100, 150, 200, 300] as const;

/** What a frontier compares: promises where the kind has one, days of stock for parity, shares of their own levels for min/max. As planned: by cycle service. */
export function frontierOf(kind: PolicyKind | null, changes: PolicyChanges): FrontierPolicy[] {
  if (kind === 'planner parity' || kind === 'planner parity floored') return DAYS_OF_STOCK.map((daysOfStock) => ({ kind, promise: null, changes: { ...changes, daysOfStock } }));
  if (kind === 'min/max') return STOCK_PERCENTS.map((stockPercent) => ({ kind, promise: null, changes: { stockPercent } }));
  return PROMISES.map((promise) => ({ kind: kind ?? 'cycle service', promise, changes }));
}

/** "cycle service 95%", "planner parity, 30 days of stock": what a policy of a frontier tries. */
export function pointName({ kind, promise, changes }: Pick<FrontierPolicy, 'kind' | 'promise'> & { changes?: PolicyChanges | null | undefined }): string {
  return `${kind ?? 'as planned'}${promise === null ? '' : ` ${Math.round(promise * 1_000) / 10}%`}${changeWords(changes ?? {})}`;
}
/** ", minimum 20": what is tried in place of each line's own values. */
export function changeWords({ minStock, maxStock, daysOfStock, stockPercent }: PolicyChanges): string {
  const said = [[daysOfStock, `${daysOfStock} days of stock`], [stockPercent, `${stockPercent}% of its minimum and maximum`], [minStock, `minimum ${minStock}`], [maxStock, `maximum ${maxStock}`]] as const;
  return said.map(([value, words]) => (value === undefined ? '' : `, ${words}`)).join('');
}

/** What was known of planning values, for the notes. */
export interface KnownNotes {
  /** The first morning of which all is kept, where the replay begins before it; days of the replay before that. */
  begun: string | null; before: number;
  /** Lines whose values changed within the replay. */
  changed: number;
  /** Events that fall into the days: known on the first morning, and entered later. */
  events: number; eventsLater: number;
  /** Values of today were asked for. */
  today: boolean;
}

/** Units more or less for the supplier's order, by term; none of them zero. */
export function orderTerms({ changes }: Pick<Replayed, 'changes'>): [keyof Replayed['changes'], number][] {
  return (Object.entries(changes) as [keyof Replayed['changes'], number][]).filter(([, units]) => units !== 0);
}

export interface Noted {
  days: number; estimated: number; unknownDays: number; standing: number; faults: Record<string, number>; lines: number; known: number; first: string;
  policy: Pick<ReplayTotals, 'returned' | 'bulkWanted' | 'bulkServed' | 'belowMinimum' | 'orders'>; changes: Replayed['changes'];
  /** Lines left out of all sums, and why, by reviews; policies left out of the frontier. */
  undecided: { lines: number; faults: Record<string, number>; points: number };
  values: KnownNotes;
  /** Something is bought in another currency; those no rate was known of on some day. */
  foreign: boolean; withoutRate: readonly string[];
  /** Lines another line buys for, and lines of places outside the scope that are bought together with those of it. */
  together: { lines: number; added: number; /** Who buys for whom was not the same on all days. */ changed: boolean };
}

/** The three commonest reasons, with how many reviews each had. */
export const whyNot = (faults: Record<string, number>): string => Object.entries(faults).sort((a, b) => b[1] - a[1]).slice(0, 3).map(([why, n]) => `${why} (${grouped(n)})`).join(', ');

/** What a reader must know to believe the numbers. */
export function replayNotes({ days, estimated, unknownDays, standing, faults, lines, known, first, policy, changes, values: { begun, before, changed, events, eventsLater, today }, foreign, withoutRate, together, undecided }: Noted): string[] {
  const notes = [`Every order was decided in the morning from what was known then: demand through the day before, prices and receipts until then${today ? '; planning values, suppliers’ terms, costs and prices are today’s, as was asked' : ', and planning values, suppliers’ terms, unit costs and lead times learned from receipts as they then were'}. What all items share was learned once, from the days before ${first}.`];
  if (before > 0) notes.push(`What was said of planning values is kept since ${begun}. On the ${some(before, 'day')} of the replay before that, the first value anybody said of each stands in for what is not known.`);
  if (changed > 0) notes.push(`Of ${grouped(changed)} of ${some(lines, 'line')} planning values, terms, costs or prices changed within these days; each morning took those it knew.`);
  if (events > 0) notes.push(`${some(events, 'event of the calendar falls', 'events of the calendar fall')} into these days and ${events === 1 ? 'was' : 'were'} ${today || before > 0 ? 'taken as known beforehand: one that was only entered afterwards makes the forecasts look better than they were' : `known by ${first}`}.`);
  if (eventsLater > 0) notes.push(`${some(eventsLater, 'event')} of these days ${eventsLater === 1 ? 'was' : 'were'} entered after ${first}, and left out: what events do is learned once, before the first day.`);
  if (unknownDays > 0) notes.push(`On ${some(unknownDays, 'day')} an item had run out, and what was wanted then is not known: ${some(estimated, 'unit was', 'units were')} added at the rate of the eight weeks before.`);
  if (standing > 0) notes.push(`${standing === lines ? 'The ledger had not begun: all lines begin' : `Of ${grouped(standing)} of ${some(lines, 'line')} the ledger had not begun: they begin`} with the stock the policy itself would hold.${known === 0 ? ' Nothing can be said of what really stood there.' : ''}`);
  if (known < lines && known > 0) notes.push(`Beside what was really held ${known === 1 ? 'stands' : 'stand'} the ${some(known, 'line')} whose stock is known for all ${some(days, 'day')}.`);
  if (undecided.lines > 0) notes.push(`${some(undecided.lines, 'line is left out', 'lines are left out')} of all sums, for the policy could not decide on any of ${undecided.lines === 1 ? 'its' : 'their'} reviews: ${whyNot(undecided.faults)}.`);
  if (undecided.points > 0) notes.push(`${some(undecided.points, 'policy is', 'policies are')} left out of the comparison, for ${undecided.points === 1 ? 'it' : 'they'} could not decide for all of these lines.`);
  const silent = Object.values(faults).reduce((sum, n) => sum + n, 0);
  if (silent > 0) notes.push(`${some(silent, 'review')} could not decide: ${whyNot(faults)}.`);
  if (policy.bulkWanted > 0) notes.push(`${grouped(policy.bulkWanted)} of the units wanted were in bulk order lines, ${grouped(policy.bulkWanted - policy.bulkServed)} of them lost; on a short day the other customers are served first. What is bulk was known from the lines before ${first}.`);
  if (policy.returned > 0) notes.push(`${some(policy.returned, 'unit that customers brought back stands', 'units that customers brought back stand')} on the shelf again from the evening of the day they really came, whatever the policy had sold.${standing > 0 ? ' Where the ledger had not begun, those are the ones refunded in Shopify with a restock.' : ''}`);
  const made = orderTerms({ changes });
  if (made.length > 0) notes.push(`For their suppliers’ orders the lines ordered ${made.map(([term, units]) => `${some(Math.abs(units), 'unit')} ${units > 0 ? 'more' : 'less'} (${term})`).join(', ')}.`);
  if (policy.belowMinimum > 0) notes.push(`${grouped(policy.belowMinimum)} of ${some(policy.orders, 'order line')} were in orders below their supplier’s minimum, which a supplier may not take.`);
  if (made.length > 0 || policy.belowMinimum > 0) notes.push('A supplier’s minimum and its container are asked of the replayed lines alone.');
  if (together.lines > 0) notes.push(`${some(together.lines, 'line is of a place', 'lines are of places')} that another one bought for, ${today ? 'as set today' : `as then set${together.changed ? ', which changed within these days' : ''}`}: it ordered for the demand of all, and sent each on its review days what it lacked until its next delivery, in the days a transfer takes${today ? '' : ' by what was known then'}. What stood too high at one of them was not brought back.${together.added > 0 ? ` ${together.added} lines outside the scope are among them, since they are bought together with it.` : ''}`);
  if (foreign) notes.push(withoutRate.length === 0 ? `Money of other currencies is in the store’s at ${today ? 'today’s rate' : 'the rate of each day, as known that morning'}.` : `No exchange rate of ${withoutRate.join(', ')} was known on some of these days: ${withoutRate.length === 1 ? 'it stands' : 'they stand'} beside the store’s currency. Enter one under Settings → Exchange rates.`);
  notes.push(`Costs are ${today ? 'today’s unit costs' : 'the unit costs of each day'}, stock being held at the price of small orders, and at the share of it a year that each line’s planning values say. Budgets and planners’ own quantities are left out.`);
  return notes;
}
