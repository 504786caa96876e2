/**
 * Orders mixed in parts that sum to one, so that the mix keeps every row and is worth most: the linear relaxation, by the simplex method over orders that are found
 * by the prices of the mix before (Dantzig & Wolfe 1960). Its prices are those under which the bound is least, and the orders in it are what they waver between.
 */
import { picked, ROUNDING, within, type Choices, type Pick } from './choices.ts';
import { priced, type Priced } from './priced.ts';

export interface Mixture {
  price: Float64Array;
  /** No order is worth more. */
  bound: number;
  /** Parts of orders, the largest first. */
  parts: { pick: Pick; part: number }[];
  /** Choices looked at. */
  looked: number;
}

/** Numbers looked at in a search: a few milliseconds. */
const MOST_LOOKS = 6_000_000, STEPS = 300, FEWEST = 40;
/** The mix is worth as much as the bound but for this share. */
const CLOSE = 1e-6;

/** What stands in the basis: an order; or of a row what is left of it, or is `beyond` it. */
interface Column { pick: Pick | null; row: number; beyond: boolean; entry: number[] }

/** Null: no mix keeps the rows, and so no order does. Orders that fit are told to `seen`. The choices are affordable. */
export function mixtureOf(choices: Choices, seen: (fits: Pick) => void): Mixture | null {
  const { rows } = choices, m = rows.length, scale = rows.map((row) => Math.max(1, Math.abs(row.limit))), right = [...rows.map((row, r) => (row.limit + ROUNDING) / scale[r]!), 1];
  const none = { ...choices, worth: new Float64Array(choices.worth.length) }, most = Math.min(STEPS, Math.max(FEWEST, Math.floor(MOST_LOOKS / (choices.quantity.length * m))));
  const order = (pick: Pick): Column => ({ pick, row: -1, beyond: false, entry: [...scale.map((one, r) => pick.load[r]! / one), 1] }), slack = (row: number, beyond: boolean): Column => ({ pick: null, row, beyond, entry: [...rows.map((_, r) => (r !== row ? 0 : beyond ? -1 : 1)), 0] });
  let best = { price: new Float64Array(m), bound: Infinity };
  const look = (dual: readonly number[]): Priced => {
    const price = Float64Array.from(scale, (one, r) => Math.max(0, dual[r]!) / one), found = priced(choices, price);
    if (within(rows, found.load)) seen(found);
    if (found.bound < best.bound) best = { price, bound: found.bound };
    return found;
  };
  const free = order(look(rows.map(() => 0))), basis = [...rows.map((_, r) => slack(r, free.entry[r]! > right[r]!)), free];
  // The inverse of the basis: of the slacks their sign, and what the order takes of each.
  const inverse = basis.map(({ beyond }, i) => { const sign = beyond ? -1 : 1; return basis.map((_, j) => (i === j ? sign : j === m ? -sign * free.entry[i]! : 0)); });
  const times = (column: readonly number[]): number[] => inverse.map((row) => row.reduce((sum, one, j) => sum + one * column[j]!, 0)), dualOf = (value: (column: Column) => number): number[] => inverse.map((_, j) => basis.reduce((sum, column, i) => sum + value(column) * inverse[i]![j]!, 0));
  const entered = (column: Column): boolean => {
    const along = times(column.entry), part = times(right);
    let leaving = -1, least = Infinity;
    for (let i = 0; i <= m; i++) if (along[i]! > 1e-10) { const ratio = Math.max(0, part[i]!) / along[i]!; if (ratio < least - 1e-12 || (ratio < least + 1e-12 && along[i]! > along[leaving]!)) { least = ratio; leaving = i; } }
    if (leaving === -1) return false;
    const pivot = inverse[leaving]!.map((one) => one / along[leaving]!);
    inverse.forEach((row, i) => { if (i === leaving) inverse[i] = pivot; else for (let j = 0; j <= m; j++) row[j]! -= along[i]! * pivot[j]!; });
    basis[leaving] = column;
    return true;
  };
  const over = (): number => { const part = times(right); return basis.reduce((sum, { beyond }, i) => sum + (beyond ? part[i]! : 0), 0); };
  let steps = 0;
  // First nothing beyond a row, whatever it is worth.
  for (const value = ({ beyond }: Column): number => (beyond ? -1 : 0); over() > 1e-9 && steps < most; steps++) {
    const dual = dualOf(value), cheap = rows.findIndex((_, r) => dual[r]! < -1e-9), column = cheap === -1 ? order(picked(choices, priced(none, Float64Array.from(scale, (one, r) => Math.max(0, dual[r]!) / one)).at)) : slack(cheap, false);
    if (cheap === -1 && column.entry.reduce((sum, one, j) => sum + one * dual[j]!, 0) > -1e-9) { if (over() > 1e-7) return null; break; }
    if (!entered(column)) break;
  }
  // Then the most worth; what is beyond a row costs more than all is worth.
  const beyondAll = 1e3 * Math.max(1, Math.abs(free.pick!.worth)), value = ({ pick, beyond }: Column): number => pick?.worth ?? (beyond ? -beyondAll : 0);
  for (; steps < most; steps++) {
    const dual = dualOf(value), cheap = rows.findIndex((_, r) => dual[r]! < -1e-9 * beyondAll);
    if (cheap !== -1) { if (entered(slack(cheap, false))) continue; break; }
    const found = look(dual), column = order(found), near = CLOSE * Math.max(1, Math.abs(best.bound));
    if (found.worth - column.entry.reduce((sum, one, j) => sum + one * dual[j]!, 0) <= near || !entered(column)) break;
  }
  const part = times(right);
  return { ...best, looked: (steps + 1) * choices.quantity.length, parts: basis.flatMap(({ pick }, i) => (pick === null || part[i]! < 1e-9 ? [] : [{ pick, part: part[i]! }])).sort((a, b) => b.part - a.part) };
}
