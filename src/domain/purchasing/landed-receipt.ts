/**
 * What came in, receipt by receipt, at its landed cost: in the order's currency, and in the store's at the rate of the day it came. Amounts are shared, never
 * multiplied back from a rounded unit cost: the receipts of a line that has wholly come are its landed cost, and the lines of a receipt are the receipt, to the minor unit.
 */
import { toStore } from '../exchange.ts';
import { money, split } from '../money.ts';
import type { Units } from '../quantity.ts';
import { landedCost, type CostedOrder } from './landed-cost.ts';

/** Good and damaged units of an item that a receipt counted; of one that takes another back they are negative. */
export interface ReceivedLine { itemId: number; units: Units }
export interface ReceivedGoods { receiptId: number; /** The receipt it takes back. */ reverses: number | null; lines: readonly ReceivedLine[] }

/**
 * Minor units of the order's currency that each line of each receipt of an order comes to, by receipt and item; items the order has no line of are left out.
 * `receipts` are all of the order's, in the order in which they were posted. One taken back and the one that does so come to the same and cancel out.
 */
export function landedReceipts(order: CostedOrder, receipts: readonly ReceivedGoods[]): Map<number, Map<number, number>> {
  const costs = landedCost(order), of = new Map(order.lines.map((line, n) => [line.itemId, { ...costs[n]!, unitCost: line.unitCost }])), gone = new Set(receipts.flatMap((one) => one.reverses ?? [])), made = new Map<number, Map<number, number>>(), come = new Map<number, Units>();
  for (const { receiptId, reverses, lines } of receipts) {
    made.set(receiptId, new Map(lines.flatMap(({ itemId, units }): [number, number][] => {
      const line = of.get(itemId);
      if (!line) return [];
      const until = (some: Units): number => (line.units === 0 ? some * line.unitCost : shareOf(line.landed, some, line.units));
      if (reverses !== null) return [[itemId, -(made.get(reverses)?.get(itemId) ?? until(-units))]];
      if (gone.has(receiptId)) return [[itemId, until(units)]];
      const before = come.get(itemId) ?? 0;
      come.set(itemId, before + units);
      return [[itemId, until(before + units) - until(before)]];
    })));
  }
  return made;
}

/** The parts of a receipt in the store's currency, summing exactly to what the whole of it comes to; all of them of one sign. */
export function inStoreParts(parts: readonly number[], currency: string, storeCurrency: string, billionths: number): number[] {
  if (parts.length === 0) return [];
  const whole = toStore(parts.reduce((sum, one) => sum + one, 0), currency, storeCurrency, billionths);
  return split(money(whole, storeCurrency), parts.map(Math.abs)).map((part) => part.minor);
}

/** amount × part ÷ whole of non-negative numbers, to the nearest minor unit, half up. BigInt: the product may pass 2^53. */
function shareOf(amount: number, part: number, whole: number): number {
  return Number((2n * BigInt(amount) * BigInt(part) + BigInt(whole)) / (2n * BigInt(whole)));
}
