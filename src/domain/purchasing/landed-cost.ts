/** Landed cost: what a unit costs once it is here. Shipping, duty and other cost are shared over the lines by value, to the last minor unit. */
import { money, split } from '../money.ts';
import type { PurchaseOrder } from './purchase-order.ts';

export interface LandedLine {
  line: number;
  /** ordered × unit cost, minor units. */
  goods: number;
  /** This line's part of shipping, duty and other cost; the parts sum to them exactly. */
  share: number;
  /** goods + share. */
  landed: number;
  /** landed ÷ ordered, to the nearest minor unit: for a reader and for the value of stock, never to multiply back. */
  landedUnitCost: number;
}

/** Each line's landed cost. Σ share = shipping + duty + otherCost. Lines without value share by units, without units equally (money.split). */
export function landedCost(order: Pick<PurchaseOrder, 'currency' | 'shipping' | 'duty' | 'otherCost' | 'lines'>): LandedLine[] {
  if (order.lines.length === 0) return [];
  const goods = order.lines.map((line) => line.ordered * line.unitCost);
  const weights = goods.some((value) => value > 0) ? goods : order.lines.map((line) => line.ordered);
  const shares = [order.shipping, order.duty, order.otherCost].map((cost) => split(money(cost, order.currency), weights));
  return order.lines.map((line, n) => {
    const share = shares.reduce((sum, parts) => sum + parts[n]!.minor, 0), landed = goods[n]! + share;
    return { line: line.line, goods: goods[n]!, share, landed, landedUnitCost: line.ordered === 0 ? line.unitCost : Math.round(landed / line.ordered) };
  });
}
