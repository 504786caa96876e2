/** What one more unit of a line is worth, and what a quantity of it costs and fills: the line as its supplier's order sees it. */
import type { Units } from '../quantity.ts';
import { expectedBeyond, type DemandTotal } from './demand-total.ts';

export interface PriceBreak { /** From so many units on, all of them cost … */ from: Units; /** … so much, in minor units. */ unitCost: number }

export interface SupplierLine {
  key: string;
  /** Inventory position before the order. */
  position: Units;
  /** What its own policy orders. */
  quantity: Units;
  casePack: Units;
  moq: Units;
  /** Most units that may be ordered of it. */
  most: Units;
  /** Minor units of the supplier's currency. */
  unitCost: number;
  priceBreaks: readonly PriceBreak[];
  /** Of one unit; 0 where not known. */
  volumeCm3: number;
  weightG: number;
  /** Demand over the protection interval. */
  demand: DemandTotal;
  /** Worth of a unit that is wanted (Cu), and loss on one that is not (Co), in minor units. */
  short: number;
  over: number;
}

/** The next quantity that can be ordered above `quantity`: the minimum order in full cases, then case by case; null when it passes the most. */
export function nextQuantity(line: SupplierLine, quantity: Units): Units | null {
  const next = quantity === 0 ? Math.ceil(Math.max(1, line.moq) / line.casePack) * line.casePack : quantity + line.casePack;
  return next <= line.most ? next : null;
}

/** The next quantity below: one case less, or nothing when that is under the minimum order. */
export function previousQuantity(line: SupplierLine, quantity: Units): Units {
  const previous = quantity - line.casePack;
  return previous >= line.moq && previous > 0 ? previous : 0;
}

/** The price of a unit when so many are bought. */
export function unitCostAt(line: SupplierLine, quantity: Units): number {
  let cost = line.unitCost;
  for (const each of line.priceBreaks) if (quantity >= each.from) cost = each.unitCost;
  return cost;
}

/**
 * What a quantity is worth beyond nothing: Σ over its units of v(x) = Cu·P(D > x) − Co·P(D ≤ x) (Silver, Pyke & Thomas 2017, ch. 9), where a lower price
 * adds what it saves to Cu: it saves on what is wanted, not on what is bought to reach it. The sum is read from expected shortages:
 * Σ P(D > x) from the position on = E[(D − position)⁺] − E[(D − position − q)⁺].
 */
export function worthOf(line: SupplierLine): (quantity: Units) => number {
  const before = expectedBeyond(line.demand, line.position), known = new Map<Units, number>([[0, 0]]);
  return (quantity) => {
    let worth = known.get(quantity);
    if (worth === undefined) {
      const sold = before - expectedBeyond(line.demand, line.position + quantity);
      worth = (line.short + line.unitCost - unitCostAt(line, quantity) + line.over) * sold - line.over * quantity;
      known.set(quantity, worth);
    }
    return worth;
  };
}

/** Quantities a line can be ordered in from `least` to `most`, at most about so many: every case at first, then in growing strides; its price breaks too. */
export function choicesOf(line: SupplierLine, least: Units, most: Units, about: number): Units[] {
  const first = nextQuantity(line, 0), found = new Set<Units>([least]);
  if (first === null || first > most) return [least];
  if (first > least) found.add(first);
  const start = Math.max(first, least), cases = Math.floor((most - start) / line.casePack), close = Math.floor(about / 2);
  for (let k = 1; k <= Math.min(cases, close); k++) found.add(start + k * line.casePack);
  for (let k = close, stride = Math.max(1, Math.ceil((cases - close) / close)); k <= cases; k += stride) found.add(start + k * line.casePack);
  if (cases >= 0) found.add(start + cases * line.casePack);
  for (const { from } of line.priceBreaks) { const q = Math.ceil(Math.max(from, first) / line.casePack) * line.casePack; if (q >= least && q <= most) found.add(q); }
  return [...found].sort((a, b) => a - b);
}
