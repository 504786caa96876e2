/**
 * Landed cost: what a unit costs once it is here. Shipping, duty and other cost are shared by value over the units that came (damaged ones too: they were
 * shipped) and those still expected, to the last minor unit. What was cancelled bears nothing: an order closed short shares its charges over what was received.
 */
import { money, split } from '../money.ts';
import type { Units } from '../quantity.ts';
import { openUnits, type PurchaseLine, type PurchaseOrder } from './purchase-order.ts';

export interface LandedLine {
  line: number;
  /** Units it is of: came or still to come. */
  units: Units;
  /** units × unit cost, minor units. */
  goods: number;
  /** This line's part of shipping, duty and other cost; the parts sum to them exactly. */
  share: number;
  /** goods + share. */
  landed: number;
  /** landed ÷ units, to the nearest minor unit: for a reader and for the value of stock, never to multiply back. Without units the unit cost. */
  landedUnitCost: number;
}

/** What of a line says what it costs. */
export type CostedLine = Pick<PurchaseLine, 'line' | 'itemId' | 'ordered' | 'received' | 'damaged' | 'cancelled' | 'unitCost'>;
/** What of an order says what its goods cost. */
export type CostedOrder = Pick<PurchaseOrder, 'currency' | 'shipping' | 'duty' | 'otherCost'> & { lines: readonly CostedLine[] };

export const landedUnits = (line: CostedLine): Units => line.received + line.damaged + openUnits(line);

/**
 * Each line's landed cost. Σ share = shipping + duty + otherCost. Lines without value share by units. Where nothing came and nothing will, what was ordered stands
 * for it: the charges are there all the same.
 */
export function landedCost(order: CostedOrder): LandedLine[] {
  if (order.lines.length === 0) return [];
  const units = order.lines.map(landedUnits), goods = order.lines.map((line, n) => units[n]! * line.unitCost), any = (of: readonly number[]): boolean => of.some((one) => one > 0);
  const ordered = order.lines.map((line) => line.ordered * line.unitCost), weights = any(goods) ? goods : any(units) ? units : any(ordered) ? ordered : order.lines.map((line) => line.ordered);
  const shares = [order.shipping, order.duty, order.otherCost].map((cost) => split(money(cost, order.currency), weights));
  return order.lines.map((line, n) => {
    const share = shares.reduce((sum, parts) => sum + parts[n]!.minor, 0), landed = goods[n]! + share;
    return { line: line.line, units: units[n]!, goods: goods[n]!, share, landed, landedUnitCost: units[n] === 0 ? line.unitCost : Math.round(landed / units[n]!) };
  });
}
