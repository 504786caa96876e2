/**
 * One budget over the orders of several places, each with a minimum of its own: which places reach theirs, and with how much. What an order below its minimum is
 * worth counts for nothing, since the supplier need not take it; what is left of the money goes to those all the same, and they say so.
 *
 * Places share the money alone. Each is ordered at some prices of it (best-order.ts) and guessed case by case between them (fill.ts), amounts are chosen over all
 * places at once (a knapsack of multiple choice), a guess is then ordered for its own amount, and each place has what the others leave. The bound is that of the
 * money at those prices, of every choice of places whose minimums can be paid together (Lagrangian duality; Fisher 1981).
 */
import type { Units } from '../quantity.ts';
import { bestOrder, type BestOrder } from './best-order.ts';
import { caseByCase } from './fill.ts';
import { fits, loadOf, total, type Bound } from './load.ts';
import { nextQuantity, type SupplierLine, type Worth } from './supplier-line.ts';

export interface PlaceOrder {
  lines: readonly SupplierLine[]; worth: Worth;
  /** What is ordered whatever happens, and the most of each line; `free`: the most of it where the place does not reach its minimum. */
  least: readonly Units[]; most: readonly Units[]; free: readonly Units[];
  cap: Bound; floor: Bound;
}
/** Quantities of a place, what they cost and are worth; `guessed`: there may be better ones for that money. */
interface Offer { cost: number; worth: number; quantities: readonly Units[]; guessed: boolean }
export interface Shared { quantities: Units[][]; /** Σ worth of the places that reach their minimum. */ worth: number; /** Share of it that the best there is may be above it: proven. */ gap: number }

/** Amounts a place is looked at for, and around what was chosen, in rounds; ways kept while places are gone through; places of which every choice is looked at for the bound; lines of which one, or two, are held back. */
const AMOUNTS = 24, ROUNDS = 2, MOST_WAYS = 1_500, EVERY_CHOICE = 12, PASSES = 2, FEW_LINES = 12, FEWER_LINES = 6;
/** Prices of a minor unit of money, in what it is worth on average over all places; the last buys no more than the minimum. */
const PRICES = [0, 0.3, 0.6, 1, 1.6, 3, 10_000], FEW_PRICES = [0, 0.6, 1.6, 10_000], MANY_PLACES = 6;

/** Null: no place can reach its minimum within the budget. */
export function shared(places: readonly PlaceOrder[], budget: number): Shared | null {
  const fixed = places.map(({ lines, least }) => total(lines, least).cost), own = budget - fixed.reduce((sum, one) => sum + one, 0);
  const ask = (p: number, cap: Bound, worth = places[p]!.worth, start: readonly Units[] | null = null): BestOrder | null => { const { lines, least, most, floor } = places[p]!; return bestOrder(lines, worth, least, most, { ...places[p]!.cap, ...cap }, floor, start); };
  const offered = (p: number, money: number, start: readonly Units[] | null): Offer | null => { const found = ask(p, { cost: money }, places[p]!.worth, start); return found === null || found.worth < 0 ? null : offerOf(places[p]!, found.quantities); };
  const step = new Float64Array(places.length), prices = places.length > MANY_PLACES ? FEW_PRICES : PRICES, free = places.map((_, p) => ask(p, {})), asked = free.flatMap((one, p) => (one === null || one.worth < 0 ? [] : [offerOf(places[p]!, one.quantities)])), usual = asked.reduce((sum, one) => sum + one.worth, 0) / Math.max(1, asked.reduce((sum, one) => sum + one.cost, 0));
  const atPrice = (p: number, price: number): BestOrder | null => (price === 0 ? free[p]! : ask(p, {}, places[p]!.lines.map((line, k) => (quantity) => places[p]!.worth[k]!(quantity) - price * loadOf(line, quantity).cost)));
  const priced = free.map((one, p) => (one === null || one.worth < 0 ? [] : prices.map((times) => atPrice(p, times * usual)))), offers = places.map((place, p): Offer[] => {
    const known = priced[p]!.flatMap((one) => (one === null ? [] : [offerOf(place, one.quantities)])).filter((one) => one.worth >= 0), out: Offer = { cost: fixed[p]!, worth: 0, quantities: place.least, guessed: false };
    if (known.length === 0) return [out];
    const low = Math.min(...known.map((one) => one.cost)), high = known[0]!.cost;
    step[p] = (high - low) / AMOUNTS;
    return [out, ...known, ...Array.from({ length: AMOUNTS - 1 }, (_, k) => guessed(place, low + step[p]! * (k + 1))).flat()];
  });
  let chosen = together(offers.map(efficient), budget);
  for (let round = 0; round < ROUNDS; round++) {
    chosen.forEach((one, p) => {
      if (one === offers[p]![0]) return;
      if (one.guessed) offers[p]!.push(offered(p, one.cost, one.quantities) ?? one);
      for (let k = 1; k < AMOUNTS; k++) offers[p]!.push(...guessed(places[p]!, one.cost + step[p]! * ((2 * k) / AMOUNTS - 1)));
      step[p]! /= AMOUNTS / 2;
    });
    chosen = together(offers.map(efficient), budget);
  }
  // Of few lines large cases leave gaps: beside each amount of one place, another is looked at for exactly what is then left.
  if (places.length <= MANY_PLACES) {
    const few = places.flatMap((place, p) => (place.lines.length <= FEW_LINES && offers[p]!.length > 1 ? [p] : [])), more: [p: number, offers: Offer[]][] = [];
    for (const p of few) for (const { cost } of efficient(offers[p]!)) for (const q of few) if (q !== p) more.push([q, guessed(places[q]!, budget - cost - chosen.reduce((sum, one, k) => sum + (k === p || k === q ? 0 : one.cost), 0))]);
    for (const [q, found] of more) offers[q]!.push(...found);
    chosen = together(offers.map(efficient), budget);
  }
  const paid = (but: number): number => chosen.reduce((sum, one, p) => sum + (p === but ? 0 : one.cost), 0);
  // Each in turn has what the others leave; one that could not reach its minimum before may now.
  for (let pass = 0; pass < PASSES; pass++) for (const p of chosen.keys()) {
    const now = chosen[p]!, left = budget - paid(p), better = offers[p]!.length > 1 && left >= Math.max(fixed[p]!, places[p]!.floor.cost ?? 0) && now !== offers[p]![1] ? offered(p, left, now === offers[p]![0] ? null : now.quantities) : null;
    if (better !== null && better.worth > now.worth) chosen[p] = better;
  }
  const worth = chosen.reduce((sum, one) => sum + one.worth, 0);
  if (worth <= 0 || own < 0) return null;
  const bound = boundOf(places, priced.map((own) => own.map((one) => one?.bound ?? Infinity)), fixed, budget, prices.map((times) => times * usual));
  return { quantities: withRest(places, chosen.map((one, p) => one !== offers[p]![0] ? one : null), budget, chosen.map((one) => one.quantities)), worth, gap: bound <= worth ? 0 : (bound - worth) / bound };
}

function offerOf({ lines, worth }: PlaceOrder, quantities: readonly Units[]): Offer {
  return { quantities, cost: total(lines, quantities).cost, worth: quantities.reduce((sum, quantity, n) => sum + worth[n]!(quantity), 0), guessed: false };
}

/**
 * What a place may do for an amount, taken case by case: of all its lines, and where they are few also with one or two of them held back, or one
 * begun with: a large case keeps others out, and is kept out by them. */
function guessed(place: PlaceOrder, money: number): Offer[] {
  const { lines, worth, least, most, cap, floor } = place, of = (held: readonly number[], begun = -1): Offer | null => {
    const from = least.map((quantity, n) => (n === begun ? Math.max(quantity, nextQuantity(lines[n]!, 0) ?? 0) : quantity));
    if (begun !== -1 && (from[begun]! > most[begun]! || !fits(total(lines, from), { ...cap, cost: money }))) return null;
    const quantities = caseByCase(lines.map((line, n) => ({ ...line, most: held.includes(n) ? from[n]! : most[n]! })), worth, from, { ...cap, cost: money }), load = total(lines, quantities);
    return load.cost < (floor.cost ?? 0) || load.units < (floor.units ?? 0) ? null : { ...offerOf(place, quantities), guessed: true };
  };
  const one = lines.length <= FEW_LINES ? [...lines.keys()].map((n) => [n]) : [], two = lines.length <= FEWER_LINES ? one.flatMap(([n]) => one.slice(n! + 1).map(([m]) => [n!, m!])) : [];
  return [...[[], ...one, ...two].map((held) => of(held)), ...one.map(([n]) => of([], n))].filter((offer) => offer !== null);
}

/** Without those that cost more than another and are worth no more. */
function efficient(own: readonly Offer[]): Offer[] {
  const kept: Offer[] = [];
  for (const one of [...own].sort((a, b) => a.cost - b.cost || b.worth - a.worth)) if (kept.length === 0 || one.worth > kept.at(-1)!.worth) kept.push(one);
  return kept;
}

/** One offer of each place, worth most together within the budget: place by place, what costs more and is worth no more than another way left out. */
function together(offers: readonly (readonly Offer[])[], budget: number): Offer[] {
  let kept: { cost: number; worth: number; of: Offer[] }[] = [{ cost: 0, worth: 0, of: [] }];
  for (const own of offers) {
    const next = kept.flatMap((way) => own.map((one) => ({ cost: way.cost + one.cost, worth: way.worth + one.worth, of: [...way.of, one] }))).filter((way) => way.cost <= budget).sort((a, b) => a.cost - b.cost || b.worth - a.worth);
    kept = [];
    for (const way of next) if (kept.length === 0 || way.worth > kept.at(-1)!.worth + 1e-9) kept.push(way);
    if (kept.length > MOST_WAYS) { const every = kept.length / MOST_WAYS; kept = [...Array.from({ length: MOST_WAYS - 1 }, (_, k) => kept[Math.floor(k * every)]!), kept.at(-1)!]; }
  }
  return kept.at(-1)?.of ?? offers.map((own) => own[0]!);
}

/** No order is worth more. `at`: of each place what it is worth at most less its cost, by price; none of a place that cannot reach its minimum. */
function boundOf(places: readonly PlaceOrder[], at: readonly (readonly number[])[], fixed: readonly number[], budget: number, prices: readonly number[]): number {
  const able = [...places.keys()].filter((p) => at[p]!.length > 0), rest = fixed.reduce((sum, one) => sum + one, 0), more = (p: number): number => Math.max(0, (places[p]!.floor.cost ?? 0) - fixed[p]!);
  // A place left out costs what is ordered whatever happens.
  const value = (some: readonly number[], of: (p: number, k: number) => number): number => Math.min(...prices.map((price, k) => price * (budget - rest + some.reduce((sum, p) => sum + fixed[p]!, 0)) + some.reduce((sum, p) => sum + of(p, k), 0)));
  if (able.length > EVERY_CHOICE) return value(able, (p, k) => Math.max(-prices[k]! * fixed[p]!, at[p]![k]!));
  let most = 0;
  for (let choice = 1; choice < 2 ** able.length; choice++) {
    const some = able.filter((_, k) => (choice >> k) % 2 === 1);
    if (rest + some.reduce((sum, p) => sum + more(p), 0) <= budget) most = Math.max(most, value(some, (p, k) => at[p]![k]!));
  }
  return most;
}

/** What is left goes to the places that do not reach their minimum, as their lines ordered it. */
function withRest(places: readonly PlaceOrder[], reaching: readonly (Offer | null)[], budget: number, quantities: readonly (readonly Units[])[]): Units[][] {
  const made = quantities.map((own) => [...own]), out = places.flatMap((place, p) => (reaching[p] !== null ? [] : place.lines.map((line, k) => ({ p, k, line, worth: place.worth[k]!, least: place.least[k]!, most: place.free[k]! }))));
  const left = budget - reaching.reduce((sum, one) => sum + (one?.cost ?? 0), 0), found = out.length === 0 ? null : bestOrder(out.map((one) => one.line), out.map((one) => one.worth), out.map((one) => one.least), out.map((one) => one.most), { cost: left }, {});
  if (found) out.forEach(({ p, k }, n) => { made[p]![k] = found.quantities[n]!; });
  return made;
}
