/** What one more unit of a line is worth, and what a quantity of it costs and fills: the line as its supplier's order sees it. */
import type { Units } from '../quantity.ts';
import { beyondOf, type DemandTotal } from './demand-total.ts';

export interface PriceBreak { /** From so many units on, all of them cost … */ from: Units; /** … so much, in minor units. */ unitCost: number }

export interface SupplierLine {
  /** Its own among the lines of an order. */
  key: string;
  /** Where it is delivered. */
  place: string;
  /** A planner's own quantity: it stays whatever the order needs, `most` being no more. */
  fixed?: boolean;
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

/** What each line's quantities are worth, in the order of the lines. */
export type Worth = readonly ((quantity: Units) => number)[];

/** The next quantity that can be ordered above `quantity`: the minimum order in full cases, then case by case; null when it passes the most. */
export function nextQuantity(line: SupplierLine, quantity: Units): Units | null {
  const next = quantity === 0 ? Math.ceil(Math.max(1, line.moq) / line.casePack) * line.casePack : quantity + line.casePack;
  return next <= line.most ? next : null;
}

/** The price of a unit when so many are bought. */
export function unitCostAt(line: Pick<SupplierLine, 'unitCost' | 'priceBreaks'>, quantity: Units): number {
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
  const beyond = beyondOf(line.demand), before = beyond(line.position);
  return (quantity) => (quantity === 0 ? 0 : (line.short + line.unitCost - unitCostAt(line, quantity) + line.over) * (before - beyond(line.position + quantity)) - line.over * quantity);
}

/** Quantities a line can be ordered in from `least` to `most`: all of them where they are at most about so many, else every case at first, then in strides; its price breaks too. */
export function choicesOf(line: SupplierLine, least: Units, most: Units, about: number): Units[] {
  const first = nextQuantity(line, 0), found = new Set<Units>([least]);
  if (first === null || first > most) return [least];
  if (first > least) found.add(first);
  const start = Math.max(first, least), cases = Math.floor((most - start) / line.casePack), close = cases <= about ? cases : Math.floor(about / 2);
  for (let k = 1; k <= close; k++) found.add(start + k * line.casePack);
  for (let k = close, stride = Math.max(1, Math.ceil((cases - close) / Math.max(1, about - close))); k <= cases; k += stride) found.add(start + k * line.casePack);
  if (cases >= 0) found.add(start + cases * line.casePack);
  for (const { from } of line.priceBreaks) { const q = Math.ceil(Math.max(from, first) / line.casePack) * line.casePack; if (q >= least && q <= most) found.add(q); }
  return [...found].sort((a, b) => a - b);
}
