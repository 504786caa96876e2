/**
 * Inventory Planner's arithmetic on our own figures: velocity over days in stock, then
 *   max(0, Σ forecast over lead time + days of stock + minimum stock + component need − (in stock + on order + in transfer))
 * and, when it is put on an order, the minimum order, full cases and the maximum stock. Source: the vendor's help pages, in docs/inventory-planner.md.
 */
import { assert } from '../assert.ts';

export interface ParityInputs {
  /** Units; may be a fraction. */
  forecastPerDay: number;
  leadTimeDays: number;
  /** "Days of stock": how long an order must last once it has arrived, and how often one orders. */
  coverDays: number;
  minimumStock: number; componentNeed: number;
  inStock: number; onOrder: number; inTransfer: number;
}
export interface ParityRules {
  /** Whether projected stock stops at zero inside the lead time, so that sales lost there are not bought again. Not documented: a switch. */
  floorsInLeadTime: boolean;
}

/** Units a day: sold ÷ days in stock; 0 without a day in stock. */
export function velocity(soldUnits: number, daysInStock: number): number {
  return daysInStock <= 0 ? 0 : Math.max(0, soldUnits) / daysInStock;
}

/** Whole units to order, to the nearest; never below 0 and never rounded to packs. */
export function parityReplenishment(inputs: ParityInputs, { floorsInLeadTime }: ParityRules): number {
  const position = inputs.inStock + inputs.onOrder + inputs.inTransfer, during = inputs.forecastPerDay * inputs.leadTimeDays;
  const lost = floorsInLeadTime ? Math.max(0, during - Math.max(0, position)) : 0;
  const need = during + inputs.forecastPerDay * inputs.coverDays + inputs.minimumStock + inputs.componentNeed - position - lost;
  // Products of decimal fractions miss the half by 1e-13: to six decimals first.
  return Math.max(0, Math.round(Math.round(need * 1e6) / 1e6));
}

/** What "to order" shows: the minimum, then full cases; 0 stays 0. */
export function parityToOrder(replenishment: number, { moq, casePack }: { moq: number; casePack: number }): number {
  assert(moq >= 0 && casePack >= 1, `a minimum of ${moq} in cases of ${casePack} is no way to order`);
  return replenishment <= 0 ? 0 : Math.ceil(Math.max(moq, replenishment) / casePack) * casePack;
}

/** A line as it would be put on an order: `toOrder`, no more than fits under the maximum at arrival; what was changed is said. */
export function parityOrderLine(replenishment: number, terms: { moq: number; casePack: number; maxStock: number | null }, stockAtArrival: number): { quantity: number; notices: string[] } {
  const rounded = parityToOrder(replenishment, terms), notices: string[] = [];
  if (rounded !== replenishment) notices.push(`${replenishment} became ${rounded}: minimum order ${terms.moq}, cases of ${terms.casePack}`);
  const most = terms.maxStock === null ? rounded : Math.max(0, terms.maxStock - Math.floor(Math.max(0, stockAtArrival)));
  if (rounded <= most) return { quantity: rounded, notices };
  return { quantity: most, notices: [...notices, `${rounded} became ${most}: maximum stock ${terms.maxStock}`] };
}
