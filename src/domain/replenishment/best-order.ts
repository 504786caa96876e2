/**
 * The most valuable quantities under limits and above leasts, with a bound that says how far from the best they can be: the multiple-choice knapsack by its
 * core (Pisinger 1995), for several rows. Prices are searched; what their bound rules out is left out; the lines that are not settled are followed side by
 * side. Where that proves too little the choices are split (branch.ts), until the order is proven good enough or enough was looked at.
 */
import type { Units } from '../quantity.ts';
import { branched } from './branch.ts';
import { affordable, choicesIn, picked, rowsOf, type Choices, type Pick } from './choices.ts';
import { followed, unsettled } from './core.ts';
import { finer, improved } from './finer.ts';
import type { Bound } from './load.ts';
import { priced } from './priced.ts';
import { pricesOf, stepped } from './prices.ts';
import { choicesOf, type SupplierLine, type Worth } from './supplier-line.ts';

export interface BestOrder { quantities: Units[]; worth: number; /** No order is worth more: proven, but for quantities between two looked at of lines with hundreds of them. */ bound: number }

/** Ways that would better the order by no more than a twentieth of a per cent are not followed; a tenth proven is enough, a quarter to split no choices. */
const NEAR = 0.0005, ENOUGH = 0.001, ENOUGH_UNSPLIT = 0.0025;
/** Choices of all lines together, ways kept from line to line, and choices looked at in all: some dozen milliseconds. */
const MOST_CHOICES = 40_000, FEWEST = 16, WAYS = 60, FEWEST_WAYS = 30, MOST_LOOKED = 600_000;
/** Beside the best prices: what is worth following when less, or more, is left than they assume. */
const AROUND = [1, 0, 0.6, 0.85, 1.15, 1.6, 3], ASIDE = [0, 0.5, 2];

/**
 * Each line between `least` and `most`. Null where nothing was found that keeps the bounds; with limits alone that is: where `least` does not. `start`: quantities
 * that keep them, where some are known; the order is worth no less.
 */
export function bestOrder(lines: readonly SupplierLine[], worth: Worth, least: readonly Units[], most: readonly Units[], cap: Bound, floor: Bound, start: readonly Units[] | null = null): BestOrder | null {
  const rows = rowsOf(cap, floor), about = Math.max(FEWEST, Math.floor(MOST_CHOICES / Math.max(1, lines.length)));
  const some = lines.map((line, n) => { const made = choicesOf(line, least[n]!, most[n]!, about); return start === null || made.includes(start[n]!) ? made : [...made, start[n]!].sort((a, b) => a - b); }), coarse = affordable(choicesIn(rows, lines, worth, (n) => some[n]!));
  if (coarse === null) return null;
  let known: { quantities: Units[]; worth: number } | null = start === null ? null : { quantities: [...start], worth: start.reduce((sum, quantity, n) => sum + worth[n]!(quantity), 0) };
  const seen = (choices: Choices) => (fits: Pick): void => { if (known === null || fits.worth > known.worth) known = { quantities: quantitiesOf(choices, fits), worth: fits.worth }; };
  const found = pricesOf(coarse, seen(coarse));
  if (found === null && known === null) return null;
  const price = found?.price ?? new Float64Array(rows.length), close = finer(lines, worth, coarse, price, known === null ? [] : (known as { quantities: Units[] }).quantities), choices = close === coarse ? coarse : affordable(close);
  if (choices === null) return known && { ...(known as BestOrder), bound: Infinity };
  stepped(choices, price, seen(choices));
  return searched(choices, price, known);
}

const quantitiesOf = (choices: Choices, pick: Pick): Units[] => Array.from(pick.at, (c) => choices.quantity[c]!);

/** Where quantities stand. */
function at({ start, quantity }: Choices, quantities: readonly Units[]): Int32Array {
  return Int32Array.from(quantities, (one, n) => quantity.indexOf(one, start[n]!));
}

/** The prices, all of them less or more, and each alone. */
function around(price: Float64Array): Float64Array[] {
  const alone = price.length < 2 ? [] : [...price.keys()].flatMap((r) => (price[r] === 0 ? [] : ASIDE.map((times) => price.map((one, k) => (k === r ? one * times : one)))));
  return [...AROUND.map((times) => price.map((one) => one * times)), ...alone];
}

/** The core searched, and what that leaves open split into parts. */
function searched(made: Choices, price: Float64Array, known: { quantities: Units[]; worth: number } | null): BestOrder | null {
  const choices: Choices = { ...made, id: made.id.map((_, c) => c) }, asPriced = priced(choices, price), start = known && improved(choices, picked(choices, at(choices, known.quantities))), floor = start?.worth ?? -Infinity, near = NEAR * Math.abs(start?.worth ?? asPriced.bound);
  let best = start, bound = asPriced.bound;
  const open = (share: number): boolean => best === null || bound - best.worth > share * Math.abs(best.worth), answer = (): BestOrder | null => best && { quantities: quantitiesOf(choices, best), worth: best.worth, bound: Math.max(bound, best.worth) };
  if (!open(ENOUGH)) return answer();
  const core = unsettled(choices, asPriced, price, floor + near), ways = core === null ? 0 : Math.min(WAYS, Math.floor(MOST_LOOKED / core.quantity.length));
  if (core === null) bound = Math.min(bound, floor + near);
  else if (ways >= FEWEST_WAYS) {
    const found = followed(core, around(price), floor, near, ways);
    if (found.pick) best = improved(choices, picked(choices, found.pick.at.map((c) => core.id[c]!)));
    if (start !== null) bound = Math.min(bound, Math.max(found.left, best?.worth ?? -Infinity));
  }
  if (core !== null && open(ENOUGH_UNSPLIT)) {
    const found = branched(choices, best, NEAR);
    best = found.pick;
    bound = Math.min(bound, found.bound);
  }
  return answer();
}
