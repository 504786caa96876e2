/**
 * replay: a policy on the days that were → what it would have cost and served.   Woken when somebody asks for one.
 *  1 gather  the scope's demand with its days out of stock and its bulk order lines, prices; policies, suppliers' terms, unit costs, lead times learned from receipts, exchange rates and which place buys for which,
 *            as known on each morning (or as they are today), and all places of what is bought together; stock on the first from the ledger; what came back, purchase orders and stock of the period, as they really were
 *  2 decide  domain/replenishment/replay on worker threads: what items share is learned once from before the first day, then each review forecasts from the
 *            days before it alone and orders as a plan does, a supplier's lines together; the policy, and the same with other promises for the frontier
 *  3 record  the lines, their sums and a hash of both, as one: the same data gives the same hash
 */
import { addDays, dayNumber, daysBetween } from '../domain/calendar.ts';
import { ratesThen } from '../domain/exchange-then.ts';
import { toStore } from '../domain/exchange.ts';
import { denseSeries, seriesFrom } from '../domain/demand/series.ts';
import type { PanelOptions, PanelSeries, Pool } from '../domain/forecast/panel.ts';
import { abcClasses } from '../domain/replenishment/abc.ts';
import { cameBack } from '../domain/replenishment/came-back.ts';
import { costsOfLine, stockCostOf, wantedOf, withoutRate, type LineSupply, type Replayed, type ReplayLine } from '../domain/replenishment/replay.ts';
import { knownBefore, type ReplayTask, type Variant } from '../domain/replenishment/replay-panel.ts';
import { frontierOf, orderTerms, replayNotes, whyNot, type RealTotals, type ReplayResult } from '../domain/replenishment/replay-result.ts';
import { addLine, noTotals } from '../domain/replenishment/replay-totals.ts';
import type { SupplyFrom } from '../domain/replenishment/supply-then.ts';
import { some } from '../domain/wording.ts';
import type { PanelTask } from '../runtime/compute-thread.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { bulkUnits, categoriesOf, pricesOf, type SeriesRow, type Sparse } from '../store/demand.ts';
import { ratesOf, saidRates } from '../store/exchange-rates.ts';
import { exposureBelowOne } from '../store/forecasts.ts';
import { knownLines, LONGEST_REACH, SHORTEST_REACH, type KnownLines } from '../store/known-lines.ts';
import { learnedShares, learnedSharesThen } from '../store/plan-inputs.ts';
import { realPurchases, realStock, returnedUnits, seriesAt, seriesBetween } from '../store/replay-series.ts';
import { failReplay, finishReplay, nextReplay, replayProgress, type ReplayItem, type ReplayRow } from '../store/replays.ts';
import { supplyKnown, supplyOf } from '../store/supply.ts';

const HISTORY_DAYS = 760, LEARN_SERIES = 1_000, BATCH = 40;
const QUANTILES = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995];

/** There is nothing to replay, in words for whoever asked. */
class NothingToReplay extends Error {}

interface Gathered { row: SeriesRow; series: PanelSeries; line: ReplayLine; wanted: ReturnType<typeof wantedOf> }

export const replay = defineFlow({
  name: 'replay', moves: 'a policy on the days that were → what it would have cost and served', owner: 'planner', schedule: { wokenBy: 'a replay somebody asked for' }, raises: [],
  async run(context) {
    const { db, storeId, tally } = context;
    for (let asked = await nextReplay(db, storeId, context.now()); asked !== null; asked = await nextReplay(db, storeId, context.now())) {
      tally.input++;
      context.changed('replay');
      try {
        context.detail['hash'] = await replayed(context, asked);
        tally.applied++;
      } catch (error) {
        // Said to whoever asked; the next one waits for nothing.
        await failReplay(db, storeId, asked.replay_run_id, (error as Error).message, context.now());
        if (!(error instanceof NothingToReplay)) context.log.error({ replay: asked.replay_run_id, error: (error as Error).stack }, 'replay failed');
        tally.failed[(error as Error).message.slice(0, 200)] = 1;
      }
      context.changed('replay');
    }
  },
});

async function replayed(context: FlowContext, asked: ReplayRow): Promise<string> {
  const { db, storeId, store, compute } = context, { from_day: from, to_day: to } = asked, days = daysBetween(from, to) + 1, first = dayNumber(from), since = addDays(from, -HISTORY_DAYS);
  context.progress('read the days', 0, null);
  const scoped = await seriesBetween(db, storeId, since, to, asked.scope, asked.most);
  if (scoped.length === 0) throw new NothingToReplay('Nothing was sold in this scope up to the last day. Choose a wider scope, or a later period.');
  const today = context.dayOf(context.now()), supply = asked.known === 'today' ? [{ from: 0, of: (await supplyOf(db, storeId, store.time_zone, today)).of }] : await supplyKnown(db, storeId, store.time_zone, from, days), rows = await withBoughtTogether(context, scoped, supply, since, to);
  const tried: Variant = { kind: asked.kind, promise: asked.promise, changes: asked.changes }, points = frontierOf(asked.kind, asked.changes), orderCost = Number(asked.order_cost);
  const { gathered, known, rateOn } = await gather(context, scoped, rows, asked, days, supply, today, Math.max(0, ...[tried, ...points].map((one) => one.changes?.daysOfStock ?? 0)));
  const batches = together(gathered), lines = batches.flat(), items = [...new Set(rows.map((row) => row.item_id))], away = Math.max(0, ...supply.flatMap(({ of }) => [...of.values()].map((one) => one.days)));
  const horizon = Math.min(LONGEST_REACH, away + Math.max(SHORTEST_REACH, ...lines.flatMap(({ line }) => [line.reach, ...line.later.map((one) => one.terms.reach)])));
  const options: PanelOptions = { grain: 'D', horizon, quantiles: QUANTILES, events: known.events };

  context.progress('learn from the days before', 0, null);
  const best = await knownSeries(context, await seriesBetween(db, storeId, since, addDays(from, -1), {}, LEARN_SERIES), addDays(from, -1), from);
  if (best.length === 0) throw new NothingToReplay(`There is no demand before ${from} to learn from. Begin the replay later.`);
  const learned = best.map((one) => knownBefore(one, first, horizon)).filter((one) => one !== null), learnedFrom = learned.length;
  const pool = await compute.run<PanelTask, Pool>('learn', { panel: learned, options });

  const variants: Variant[] = [tried, ...points], outcomes: Replayed[][] = [];
  const underWay: Promise<Replayed[][]>[] = [];
  const settleOldest = async (): Promise<void> => {
    outcomes.push(...(await underWay.shift()!));
    context.progress('replay', outcomes.length, lines.length);
    await replayProgress(db, storeId, asked.replay_run_id, outcomes.length, lines.length);
  };
  for (const batch of batches) {
    const asks = new Set(batch.flatMap(({ line }) => ordersOf(line)));
    const made = compute.run<ReplayTask, Replayed[][]>('replay', { panel: batch.map((one) => one.series), lines: batch.map((one) => one.line), limits: [...known.limits].filter(([order]) => asks.has(order)), options, first, days, variants }, { key: `replay:${storeId}:${asked.replay_run_id}:${asked.attempts}`, value: pool });
    made.catch(() => {}); // it is thrown where it is awaited
    underWay.push(made);
    if (underWay.length >= 2 * compute.threads) await settleOldest();
  }
  while (underWay.length > 0) await settleOldest();

  const [stock, bought] = [await realStock(db, storeId, store.time_zone, items, from, to), await realPurchases(db, storeId, items, from, to)];
  const without = new Set<string>(), told = (paid: readonly { currency: string; day: number; cost: number }[]): Map<string, number> => {
    const sums = new Map<string, number>();
    for (const { currency: each, day, cost } of paid) {
      const rate = rateOn(each, day - first), currency = rate === null ? each : store.currency;
      if (rate === null) without.add(each);
      sums.set(currency, (sums.get(currency) ?? 0) + (rate === null || each === store.currency ? cost : toStore(cost, each, store.currency, rate)));
    }
    return sums;
  };
  const kept: ReplayItem[] = [], policy = noTotals(), frontier = points.map((point) => ({ ...point, totals: noTotals() })), held = noTotals(), boughtCosts = new Map<string, number>();
  const real: RealTotals = { lines: 0, sold: 0, lost: 0, ordered: 0, orders: 0, cameIn: 0, unitDays: 0, costs: [] }, faults: Record<string, number> = {}, all = { estimated: 0, unknownDays: 0, standing: 0, ordered: 0, orders: 0 }, changes: ReplayResult['changes'] = {};
  // A line the policy never decided for would be sold out at once, and its fill would be nobody's; so would be that of a place another line buys for, when that one never decided.
  const undecided = new Set(lines.flatMap(({ line }, n) => (isUndecided(outcomes[n]![0]!) ? [line.key] : []))), undecidedFaults: Record<string, number> = {}, silentPoints = new Set<number>();
  for (const { line } of lines) if (line.supply !== null && undecided.has(line.supply.buyer)) undecided.add(line.key);
  if (undecided.size === lines.length) throw new NothingToReplay(`The policy could not decide on any day for any of the ${some(lines.length, 'line')}: ${whyNot(sumsOf(outcomes.map(([made]) => made!.faults)))}. Choose another policy, other values, or lines it is set for.`);
  for (const [n, { line, wanted, row }] of lines.entries()) {
    const [made, ...others] = outcomes[n]!, of = costsOfLine(made!, line, days, orderCost), key = `${row.item_id}@${row.location_id}`, there = stock.get(key), orders = bought.get(key), paid = told(orders?.costs ?? []), { unitCost } = line.buying, currency = of?.currency ?? line.buying.currency;
    if (!undecided.has(line.key)) {
      for (const each of withoutRate(line)) without.add(each);
      addLine(policy, made!, of);
      others.forEach((point, k) => { addLine(frontier[k]!.totals, point, costsOfLine(point, line, days, orderCost)); if (isUndecided(point)) silentPoints.add(k); });
      for (const [why, times] of Object.entries(made!.faults)) faults[why] = (faults[why] ?? 0) + times;
      for (const [term, units] of orderTerms(made!)) changes[term] = (changes[term] ?? 0) + units;
      all.estimated += wanted.estimated; all.unknownDays += wanted.unknown; all.ordered += orders?.ordered ?? 0; all.orders += orders?.orders ?? 0;
      for (const [each, cost] of paid) boughtCosts.set(each, (boughtCosts.get(each) ?? 0) + cost);
      if (line.opening === null) all.standing++;
      if (there) {
        addLine(held, made!, of);
        real.lines++; real.sold += made!.wanted - wanted.estimated; real.lost += wanted.estimated; real.ordered += orders?.ordered ?? 0; real.orders += orders?.orders ?? 0; real.cameIn += there.came_in; real.unitDays += Math.max(0, there.unit_days);
        const money = (each: string) => { let found = real.costs.find((one) => one.currency === each); if (!found) { real.costs.push(found = { currency: each, bought: 0, holding: 0, cash: 0 }); real.costs.sort((a, b) => (a.currency < b.currency ? -1 : 1)); } return found; };
        for (const [each, cost] of paid) money(each).bought += cost;
        const cost = costsOfLine({ bought: 0, orders: 0, ...stockCostOf(Math.max(0, there.unit_days), line, days), lostMargin: 0 }, line, days, 0);
        if (cost) { const sums = money(cost.currency); sums.holding += cost.holding; sums.cash += cost.cash; }
      }
    } else for (const [why, times] of Object.entries(made!.faults)) undecidedFaults[why] = (undecidedFaults[why] ?? 0) + times;
    kept.push({
      item_id: row.item_id, location_id: row.location_id, wanted: made!.wanted, estimated: wanted.estimated, unknown_days: wanted.unknown, standing: line.opening === null, opening: made!.opening, opening_incoming: made!.openingIncoming,
      served: made!.served, lost: made!.lost, ordered: made!.ordered, orders: made!.orders, received: made!.received, closing: made!.closing, closing_incoming: made!.closingIncoming, unit_days: made!.unitDays, short_days: made!.shortDays,
      currency, unit_cost: unitCost === null || currency === line.buying.currency ? unitCost : toStore(unitCost, line.buying.currency, store.currency, rateOn(line.buying.currency, 0)!), bought: of?.bought ?? null, holding: of?.holding ?? null, ordering: of?.ordering ?? null, lost_margin: of?.lostMargin ?? null, cash: of?.cash ?? null, fault: Object.keys(made!.faults)[0] ?? null, decisions: made!.decisions,
      moved_in: made!.movedIn, moved_out: made!.movedOut, returned: made!.returned, bulk_wanted: made!.bulkWanted, bulk_served: made!.bulkServed, for_supplier: orderTerms(made!).reduce((sum, [, units]) => sum + units, 0), below_minimum: made!.belowMinimum, real_ordered: orders?.ordered ?? 0, real_orders: orders?.orders ?? 0, real_bought: orders ? paid.get(currency) ?? null : 0, real_came_in: there?.came_in ?? null, real_unit_days: there ? Math.max(0, there.unit_days) : null,
    });
  }
  const result: ReplayResult = {
    days, policy, frontier: frontier.filter((_, k) => !silentPoints.has(k)), undecided: undecided.size, compared: held.wanted === 0 ? null : { policy: held, real },
    bought: { ordered: all.ordered, orders: all.orders, costs: [...boughtCosts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, cost]) => ({ currency, cost })) },
    estimated: all.estimated, unknownDays: all.unknownDays, standing: all.standing, faults, learnedFrom, changes,
    notes: replayNotes({ days, estimated: all.estimated, unknownDays: all.unknownDays, standing: all.standing, faults, undecided: { lines: undecided.size, faults: undecidedFaults, points: silentPoints.size }, lines: lines.length - undecided.size, known: held.wanted === 0 ? 0 : real.lines, first: from, policy, changes, values: known.notes, withoutRate: [...without].sort(), foreign: lines.some(({ line }) => line.exchange.size > 0) || [...bought.values()].some((one) => one.costs.some(({ currency }) => currency !== store.currency)), together: { lines: lines.filter(({ line }) => line.supply !== null || line.suppliedLater.length > 0).length, changed: supply.length > 1, added: rows.length - scoped.length } }),
  };
  return finishReplay(db, storeId, asked.replay_run_id, kept, result, context.now());
}

/** It was looked at, and nothing could be said each time. */
const isUndecided = ({ decided, faults }: Pick<Replayed, 'decided' | 'faults'>): boolean => decided === 0 && Object.keys(faults).length > 0;
function sumsOf(of: readonly Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const one of of) for (const [why, n] of Object.entries(one)) sums[why] = (sums[why] ?? 0) + n;
  return sums;
}

/** The lines with what was known of them: on the first morning, and of how they are planned, bought and supplied on later ones. Series reach to the last day: they are cut at each review. */
async function gather(context: FlowContext, scoped: readonly SeriesRow[], rows: readonly SeriesRow[], asked: ReplayRow, days: number, supply: readonly SupplyFrom[], today: string, daysOfStock: number): Promise<{ gathered: Gathered[]; known: KnownLines; rateOn: (currency: string, day: number) => number | null }> {
  const { db, store, storeId } = context, { from_day: from, to_day: to } = asked, first = dayNumber(from), items = [...new Set(rows.map((row) => row.item_id))], asToday = asked.known === 'today';
  const sold = (row: SeriesRow): number => row.days.reduce((sum, day, n) => (day >= first - 28 && day < first ? sum + row.quantities[n]! : sum), 0), id = (itemId: number, locationId: number): number => itemId * 2 ** 20 + locationId;
  // Of the scope by itself, so that what is bought together with it some day changes none of its classes before.
  const classesOf = (some: readonly SeriesRow[]) => abcClasses(some.map((row) => ({ id: id(row.item_id, row.location_id), value: sold(row) }))), classes = new Map([...classesOf(rows), ...classesOf(scoped)]), prices = await pricesOf(db, storeId, items);
  const known = await knownLines(db, store, {
    lines: rows.map((row) => ({ itemId: row.item_id, locationId: row.location_id, abc: classes.get(id(row.item_id, row.location_id)) ?? null })), from, days, known: asked.known, prices, daysOfStock, eventsSince: addDays(from, -HISTORY_DAYS),
    leadTimes: asToday ? new Map([...await learnedShares(db, store, today)].map(([supplier, shares]) => [supplier, [{ from: 0, shares }]])) : await learnedSharesThen(db, store, from, days),
  });
  const [series, stock, back] = [await knownSeries(context, rows, to, from), await realStock(db, storeId, store.time_zone, items, from, to), await returnedUnits(db, storeId, store.time_zone, items, from, to)];
  const bought = [...known.lines.values()].flatMap((line) => [line.terms, ...line.later.map((one) => one.terms)].map(({ buying }) => buying.currency)), foreign = [...new Set(bought)].filter((currency) => currency !== store.currency), rateOn = await ratesOn(context, asToday ? today : null, first, days);
  const exchange = new Map(foreign.map((currency) => [currency, Float64Array.from({ length: days }, (_, day) => rateOn(currency, day) ?? NaN)] as const)), inScope = new Map(Map.groupBy(scoped, (row) => row.item_id).entries().map(([item, all]) => [item, all.map((row) => row.location_id)]));
  const gathered = rows.flatMap((row, n): Gathered[] => {
    const key = `${row.item_id}@${row.location_id}`, said = known.lines.get(key), there = stock.get(key);
    if (!said) return [];
    const [now, ...later] = suppliesOf(row, supply, (buyer) => known.lines.has(buyer)), wanted = wantedOf(series[n]!.series, first, days), { bulk, series: { start } } = series[n]!, currencies = new Set([said.terms, ...said.later.map((one) => one.terms)].map(({ buying }) => buying.currency));
    return [{ row, series: series[n]!, wanted, line: {
      ...said.terms, key, wanted: wanted.wanted, bulk: Int32Array.from({ length: days }, (_, day) => bulk?.[first + day - start] ?? 0), returned: cameBack(back.get(key), first, days), later: said.later, opening: there ? { onHand: there.opening, incoming: there.incoming } : null, storeCurrency: store.currency,
      exchange: new Map([...exchange].filter(([currency]) => currencies.has(currency))), supply: now!.supply, suppliedLater: later, joins: joinsOn(row.location_id, inScope.get(row.item_id) ?? [], supply, days),
    } }];
  });
  return { gathered, known, rateOn };
}

/** Rates of exchange of the days: as known on each morning, or all of them today's. */
async function ratesOn({ db, store }: FlowContext, today: string | null, first: number, days: number): Promise<(currency: string, day: number) => number | null> {
  if (today !== null) { const rates = await ratesOf(db, store); return (currency) => rates.on(currency, today); }
  const said = await saidRates(db, store), made = new Map<string, Float64Array>();
  return (currency, day) => {
    if (!made.has(currency)) made.set(currency, currency === store.currency ? new Float64Array(days).fill(1e9) : ratesThen(said, currency, first, days));
    const rate = made.get(currency)![day]!;
    return Number.isNaN(rate) ? null : rate;
  };
}

/** Who buys for a line on the first morning, and from which later ones on it is another. */
function suppliesOf({ item_id: itemId, location_id: place }: SeriesRow, supply: readonly SupplyFrom[], known: (key: string) => boolean): { from: number; supply: LineSupply | null }[] {
  const made = supply.map(({ from, of }) => { const above = of.get(place), buyer = above && `${itemId}@${above.buyer}`; return { from, supply: above && known(buyer!) ? { buyer: buyer!, days: above.days } : null }; });
  return made.filter((one, n) => n === 0 || JSON.stringify(one.supply) !== JSON.stringify(made[n - 1]!.supply));
}

/** The first day on which a place is one of those, or is bought together with one of them. */
function joinsOn(place: number, places: readonly number[], supply: readonly SupplyFrom[], days: number): number {
  if (places.includes(place)) return 0;
  return supply.find(({ of }) => { const buyer = (one: number): number => of.get(one)?.buyer ?? one; return places.some((one) => buyer(one) === buyer(place)); })?.from ?? days;
}

/** Orders the line is part of as time goes by. */
const ordersOf = (line: ReplayLine): string[] => [line.order, ...line.later.map((one) => one.terms.order)].filter((order) => order !== '');

/**
 * With them all places where the same item is bought together with theirs on some day, though they are not of the scope: what one of them is bought depends on
 * all. The place that buys is among them also where it sells nothing itself.
 */
async function withBoughtTogether({ db, storeId }: FlowContext, rows: readonly SeriesRow[], supply: readonly SupplyFrom[], since: string, to: string): Promise<SeriesRow[]> {
  const buyers = new Set(supply.flatMap(({ of }) => [...of.values()].map((one) => one.buyer))), above = new Map<number, number>(), key = (itemId: number, place: number): string => `${itemId}@${place}`;
  for (const { of } of supply) for (const [place, { buyer }] of of) joined(above, place, buyer);
  const families = Map.groupBy([...new Set([...buyers, ...above.keys(), ...above.values()])], (place) => rootOf(above, place));
  const known = new Set(rows.map((row) => key(row.item_id, row.location_id))), missing = new Map<string, { itemId: number; locationId: number }>();
  for (const { item_id: itemId, location_id: place } of rows) for (const locationId of families.get(rootOf(above, place)) ?? []) if (!known.has(key(itemId, locationId))) missing.set(key(itemId, locationId), { itemId, locationId });
  if (missing.size === 0) return [...rows];
  const found = await seriesAt(db, storeId, since, to, [...missing.values()]), sold = new Set(found.map((row) => key(row.item_id, row.location_id)));
  const silent = [...missing].flatMap(([each, { itemId, locationId }]): SeriesRow[] => (buyers.has(locationId) && !sold.has(each) ? [{ item_id: itemId, location_id: locationId, days: [], quantities: [], first: dayNumber(to) }] : []));
  return [...rows, ...found, ...silent].sort((a, b) => a.item_id - b.item_id || a.location_id - b.location_id);
}

/** Names that belong together, each under another until the root of all of them. */
function rootOf<T>(above: ReadonlyMap<T, T>, name: T): T { let at = name; for (let next = above.get(at); next !== undefined; next = above.get(at)) at = next; return at; }
function joined<T>(above: Map<T, T>, a: T, b: T): void { const [from, to] = [rootOf(above, a), rootOf(above, b)]; if (from !== to) above.set(from, to); }

/** Batches of lines, those that are ever of one order in one batch, and those bought together, however many they are. */
function together(lines: readonly Gathered[]): Gathered[][] {
  const batches: Gathered[][] = [], above = new Map<string, string>();
  for (const { line } of lines) for (const other of [...ordersOf(line).map((order) => `order ${order.slice(0, order.indexOf('#'))}`), ...[line, ...line.suppliedLater].flatMap(({ supply }) => supply?.buyer ?? [])]) joined(above, line.key, other);
  for (const group of Map.groupBy(lines, ({ line }) => rootOf(above, line.key)).values()) {
    const last = batches.at(-1);
    if (last && last.length + group.length <= BATCH) last.push(...group); else batches.push(group);
  }
  return batches;
}

/** `morning`: the first, which knows what a bulk order line is from the days before it. */
async function knownSeries({ db, storeId }: FlowContext, rows: readonly SeriesRow[], to: string, morning: string): Promise<PanelSeries[]> {
  const items = [...new Set(rows.map((row) => row.item_id))], last = dayNumber(to);
  const [exposures, prices, categories, bulk] = [await exposureBelowOne(db, storeId, items), await pricesOf(db, storeId, items), await categoriesOf(db, items), await bulkUnits(db, storeId, items, addDays(morning, -HISTORY_DAYS), morning)];
  return rows.map((row) => {
    const { first } = row, length = last - first + 1, key = `${row.item_id}@${row.location_id}`, exposure = new Float64Array(length).fill(1), price = prices.get(row.item_id), known = exposures.get(key), large = bulk.get(key), inBulk = large && new Float64Array(length);
    known?.days.forEach((day, n) => { if (day >= first && day <= last) exposure[day - first] = known.shares[n]!; });
    large?.days.forEach((day, n) => { if (day >= first && day <= last) inBulk![day - first] = large.values[n]!; });
    return {
      id: key, item: String(row.item_id), location: String(row.location_id), category: categories.get(row.item_id) ?? '',
      series: seriesFrom(first, denseSeries(row.days.map((day, n) => ({ day, quantity: row.quantities[n]! })), first, last), exposure), ...(inBulk ? { bulk: inBulk } : {}), ...(price ? { price: stepped(price, first, length) } : {}),
    };
  });
}

function stepped({ days, values }: Sparse, first: number, length: number): Float64Array {
  const price = new Float64Array(length).fill(NaN);
  days.forEach((day, n) => { if (day < first + length) price.fill(values[n]!, Math.max(0, day - first)); });
  return price;
}
