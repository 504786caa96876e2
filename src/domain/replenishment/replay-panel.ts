/**
 * A batch of lines replayed under several policies at once, day by day: the lines of a supplier's order are ordered together, and a line that buys for others
 * orders for the demand of all of them. Forecasts are made on every review day from the days before it alone (the series is cut there,
 * and a price that changed later is not known yet) and serve every policy compared, so that a whole frontier costs little more than one of its points.
 */
import type { DayNumber } from '../calendar.ts';
import { expectedUnits } from '../forecast/forecast.ts';
import { forecastPanel, type PanelOptions, type PanelSeries, type Pool } from '../forecast/panel.ts';
import { echelonsBy, rationed, type Echelons, type SuppliedLine } from './echelon.ts';
import { echelonDemand } from './joined-demand.ts';
import type { DemandForecast } from './order-up-to.ts';
import type { PlanningPolicy, PolicyKind } from './policy.ts';
import { planOrders, type OrderedLine } from './plan-orders.ts';
import { supplierLine } from './plan-line.ts';
import { LineDays, termsOn, transferLevel, type LineTerms, type Replayed, type ReplayLine } from './replay.ts';
import type { SupplierLimits } from './supplier-limits.ts';

/** Other values to try than a line's own. */
export interface PolicyChanges {
  minStock?: number | undefined; maxStock?: number | undefined; daysOfStock?: number | undefined;
  /** Per cent of each line's own minimum, maximum and reorder point, to whole units. */
  stockPercent?: number | undefined;
}
/** A policy to try: another kind, another promise, other values; null or left out: as the line has it. */
export interface Variant { kind: PolicyKind | null; promise: number | null; changes?: PolicyChanges | undefined }

export interface ReplayTask {
  /** Series of the lines, in their order, known through the end of the period. */
  panel: PanelSeries[];
  lines: ReplayLine[];
  /** What suppliers allow, by the order of the lines. */
  limits: [order: string, limits: SupplierLimits][];
  options: PanelOptions;
  first: DayNumber;
  days: number;
  variants: Variant[];
}

/** The policy with another kind, another promise (which each kind keeps in a field of its own) and other values. */
export function varied(policy: PlanningPolicy, { kind, promise, changes = {} }: Variant): PlanningPolicy {
  const share = (units: number | null): number | null => (units === null || changes.stockPercent === undefined ? units : Math.round((units * changes.stockPercent) / 100));
  const minStock = changes.minStock ?? share(policy.minStock)!, maxStock = changes.maxStock ?? share(policy.maxStock);
  const made = { ...policy, kind: kind ?? policy.kind, minStock, maxStock: maxStock === null ? null : Math.max(minStock, maxStock), reorderPoint: share(policy.reorderPoint), daysOfStock: changes.daysOfStock ?? policy.daysOfStock };
  if (promise === null) return made;
  if (made.kind === 'fill rate') return { ...made, fillRate: promise };
  if (made.kind === 'cost ratio') return { ...made, costRatio: promise };
  return { ...made, serviceLevel: promise, ...(made.kind === 's,Q' ? { reorderPoint: null } : {}) };
}

/** Each line under each variant: `outcome[line][variant]`. */
export function replayPanel({ panel, lines, limits, options, first, days, variants }: ReplayTask, pool: Pool): Replayed[][] {
  const allowed = new Map(limits), latest: (DemandForecast | null)[] = lines.map(() => null), madeOn = new Int32Array(lines.length), echelonsOn = echelonsBy(lines);
  const reviews = (n: number, day: number): boolean => day % termsOn(lines[n]!, day).policy.reviewDays === 0;
  let books: LineDays[][] = [];
  for (let day = 0; day < days; day++) {
    // A line is forecast on its own review days, and on those of the line it is bought with.
    const echelons = echelonsOn(day), buyerOf = new Map([...echelons].flatMap(([buyer, supplied]) => supplied.map(({ n }) => [n, buyer] as const))), due = lines.flatMap((_, n) => (reviews(n, day) || (buyerOf.has(n) && reviews(buyerOf.get(n)!, day)) ? [n] : []));
    if (due.length > 0) {
      const known = due.map((n) => knownBefore(panel[n]!, first + day, options.horizon)), made = forecasts(known.filter((one) => one !== null), pool, options);
      let at = 0;
      due.forEach((n, k) => { latest[n] = known[k] === null ? null : made[at++]!; madeOn[n] = day; });
    }
    const known = knownToday((n) => (latest[n] === null ? null : begunAt(latest[n]!, day - madeOn[n]!)), echelons);
    if (day === 0) books = variants.map((variant) => begunBook(lines, lines.map(() => ({ policy }: LineTerms) => varied(policy, variant)), first, known, echelons));
    for (const book of books) replayDay(lines, book, day, known, allowed, echelons);
  }
  return lines.map((_, n) => books.map((book) => book[n]!.end()));
}

/** What is known on a morning: a line's own forecast, and the one it is bought by, which is of all lines it buys for. Each is worked out once. */
export interface Known { own(n: number): DemandForecast | null; bought(n: number): DemandForecast | null }

export function knownToday(forecastOf: (n: number) => DemandForecast | null, echelons: Echelons): Known {
  const mine = new Map<number, DemandForecast | null>(), all = new Map<number, DemandForecast | null>();
  const once = (kept: typeof mine, n: number, make: () => DemandForecast | null): DemandForecast | null => { if (!kept.has(n)) kept.set(n, make()); return kept.get(n)!; };
  const own = (n: number): DemandForecast | null => once(mine, n, () => forecastOf(n));
  return {
    own, bought: (n) => once(all, n, () => {
      const parts = [{ n, days: 0 }, ...(echelons.get(n) ?? [])].flatMap((one) => { const forecast = own(one.n); return forecast === null ? [] : [{ forecast, days: one.days }]; });
      return parts.length === 0 ? null : echelonDemand(parts).leaving;
    }),
  };
}

/** The lines on their first morning; those that buy for others after the others, whose stock counts for them. */
export function begunBook(lines: readonly ReplayLine[], policies: readonly ((terms: LineTerms) => PlanningPolicy)[], first: DayNumber, known: Known, echelons: Echelons): LineDays[] {
  const book = lines.map((line, n) => (echelons.has(n) ? null : new LineDays(line, policies[n]!, first, known.own(n))));
  return book.map((one, n) => one ?? new LineDays(lines[n]!, policies[n]!, first, known.bought(n), echelons.get(n)!.reduce((sum, { n: at }) => sum + book[at]!.position, 0)));
}

/** One day of lines under one policy: what arrives, what is ordered together, what leaves for supplied places, what is served and comes back. */
export function replayDay(lines: readonly ReplayLine[], book: readonly LineDays[], day: number, known: Known, limits: ReadonlyMap<string, SupplierLimits>, echelons: Echelons): void {
  const own: { n: number; ordered: OrderedLine }[] = [], shared: { n: number; planned: Parameters<typeof planOrders>[0][number] }[] = [];
  for (const one of book) one.morning(day);
  for (const [n, one] of book.entries()) {
    const asked = one.asks(day, () => known.bought(n), () => (echelons.get(n) ?? []).reduce((sum, { n: at }) => sum + book[at]!.position, 0)), { key } = lines[n]!, { order } = termsOn(lines[n]!, day);
    if (asked === null) continue;
    if (limits.has(order) && day >= lines[n]!.joins) shared.push({ n, planned: { line: supplierLine(key, key.slice(key.indexOf('@') + 1), asked.made, asked.input), order, inStore: null } });
    else own.push({ n, ordered: { quantity: asked.made.quantity, changes: [], notes: [] } });
  }
  if (shared.length > 0) planOrders(shared.map((one) => one.planned), limits, null).lines.forEach((ordered, k) => own.push({ n: shared[k]!.n, ordered }));
  for (const { n, ordered } of own) book[n]!.order(day, ordered);
  for (const [buyer, supplied] of echelons) moved(book, day, known, buyer, supplied);
  for (const one of book) one.evening(day);
}

/** On its review day a supplied place is sent what it lacks of its level; where that is more than stands there, the buying place for itself and the others get their share. */
function moved(book: readonly LineDays[], day: number, known: Known, buyer: number, supplied: readonly SuppliedLine[]): void {
  const due = supplied.filter(({ n }) => day % book[n]!.policy.reviewDays === 0);
  if (due.length === 0) return;
  const from = book[buyer]!, lacks = [{ n: buyer, days: 0 }, ...due].map(({ n, days }) => Math.max(0, transferLevel(book[n]!.policy, known.own(n), days) - (n === buyer ? 0 : book[n]!.position)));
  rationed(Math.max(0, from.onHand), lacks).slice(1).forEach((quantity, k) => {
    if (quantity === 0) return;
    from.send(quantity);
    book[due[k]!.n]!.expect(day, day + due[k]!.days, quantity);
  });
}

/** The series as it was known on the morning of a day; null before its first day. */
export function knownBefore(one: PanelSeries, day: DayNumber, horizon: number): PanelSeries | null {
  const { start, demand, exposure } = one.series, n = Math.min(demand.length, day - start);
  if (n <= 0) return null;
  const price = one.price && new Float64Array(n + horizon).fill(one.price[n - 1]!);
  price?.set(one.price!.subarray(0, n));
  return { id: one.id, item: one.item, location: one.location, category: one.category, series: { start, demand: demand.slice(0, n), exposure: exposure.slice(0, n) }, ...(one.bulk ? { bulk: one.bulk.slice(0, n) } : {}), ...(price ? { price } : {}) };
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
