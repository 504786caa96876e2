/**
 * Credits of a history: which earlier order a credit note takes back. The file names none, so the latest sale of the SKU that still has
 * the units is taken, one at the same price to the same country before any other. A note equal to a whole recent order cancels it.
 */
import { cancelFulfillment } from '../engine/fulfilments.ts';
import { cancelOrder, editOrder, refundOrder } from '../engine/orders.ts';
import type { LineItemRecord, OrderRecord, Shop } from '../state.ts';
import type { SaleRow } from './sale-rows.ts';

/** A note this much later than a whole order returns the goods; before that the order is called off. */
const CALL_OFF_MS = 7 * 86_400_000;
/** How many earlier sales of a SKU are looked at: popular ones have thousands. */
const LOOK_BACK = 400;

export type CreditOutcome = 'order cancelled' | 'returned and restocked' | 'removed before dispatch' | 'charge refunded' | 'none sold before';
export interface Credited { row: SaleRow; outcome: CreditOutcome; /** units no earlier sale accounts for */ unmatched: number }

export class CreditDesk {
  readonly #shop: Shop;
  /** Sales by SKU, oldest first. */
  readonly #sales = new Map<string, { orderId: string; lineId: string }[]>();

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  sold(order: OrderRecord): void {
    for (const line of order.lines) {
      if (line.sku === null) continue;
      const sales = this.#sales.get(line.sku);
      if (sales) sales.push({ orderId: order.id, lineId: line.id }); else this.#sales.set(line.sku, [{ orderId: order.id, lineId: line.id }]);
    }
  }

  /** Applies one credit note. Every row comes back once. */
  credit(rows: SaleRow[], country: string | null, at: string): Credited[] {
    const whole = this.#wholeOrder(rows, at);
    if (whole) {
      for (const fulfillment of this.#shop.fulfillmentsOf(whole.id)) if (fulfillment.status === 'SUCCESS') must(cancelFulfillment(this.#shop, fulfillment.id, { at }));
      must(cancelOrder(this.#shop, { orderId: whole.id, reason: 'CUSTOMER', restock: true, at }));
      return rows.map((row) => ({ row, outcome: 'order cancelled', unmatched: 0 }));
    }
    return rows.map((row) => this.#creditRow(row, country, at));
  }

  #wholeOrder(rows: SaleRow[], at: string): OrderRecord | undefined {
    const wanted = unitsBySku(rows.map((row) => [row.sku, -row.quantity]));
    for (const { order } of this.#latest(rows[0]!.sku)) {
      if (Date.parse(at) - Date.parse(order.createdAt) > CALL_OFF_MS) return undefined;
      if (order.cancelledAt !== null || order.edited || order.refunds.length > 0) continue;
      const sold = unitsBySku(order.lines.map((line) => [line.sku ?? '', line.quantity]));
      if (sold.size === wanted.size && [...wanted].every(([sku, units]) => sold.get(sku) === units)) return order;
    }
    return undefined;
  }

  #creditRow(row: SaleRow, country: string | null, at: string): Credited {
    let left = -row.quantity;
    let outcome: CreditOutcome = 'none sold before';
    for (const { order, line } of this.#ranked(row, country)) {
      if (left === 0) break;
      const units = Math.min(left, line.currentQuantity);
      const open = line.unfulfilledQuantity >= units;
      if (open) must(editOrder(this.#shop, { orderId: order.id, at, set: [{ lineItemId: line.id, quantity: line.currentQuantity - units, restock: true }] }));
      else must(refundOrder(this.#shop, { orderId: order.id, at, note: `Credit ${row.document}`, lines: [{ lineItemId: line.id, quantity: Math.min(units, line.currentQuantity - line.unfulfilledQuantity), restockType: 'RETURN' }] }));
      left -= open ? units : Math.min(units, line.currentQuantity - line.unfulfilledQuantity);
      outcome = !line.requiresShipping ? 'charge refunded' : open ? 'removed before dispatch' : 'returned and restocked';
    }
    return { row, outcome, unmatched: left };
  }

  /**
   * Lines with units left, each group latest first: a line still to be shipped that is exactly the credited one (a slip, put right); then
   * shipped lines at the same price to the same country; then shipped ones; then whatever is left.
   */
  #ranked(row: SaleRow, country: string | null): { order: OrderRecord; line: LineItemRecord }[] {
    const groups: { order: OrderRecord; line: LineItemRecord }[][] = [[], [], [], []];
    for (const sale of this.#latest(row.sku)) {
      const { order, line } = sale;
      if (line.currentQuantity <= 0) continue;
      const alike = line.price === row.price && order.countryCode === country;
      const shipped = line.unfulfilledQuantity === 0;
      groups[alike && !shipped && line.quantity === -row.quantity ? 0 : shipped ? (alike ? 1 : 2) : 3]!.push(sale);
    }
    return groups.flat();
  }

  *#latest(sku: string): Generator<{ order: OrderRecord; line: LineItemRecord }> {
    const sales = this.#sales.get(sku) ?? [];
    for (let index = sales.length - 1; index >= Math.max(0, sales.length - LOOK_BACK); index--) {
      const order = this.#shop.tables.orders.get(sales[index]!.orderId);
      const line = order?.lines.find((candidate) => candidate.id === sales[index]!.lineId);
      if (order && line) yield { order, line };
    }
  }
}

function unitsBySku(rows: [string, number][]): Map<string, number> {
  const units = new Map<string, number>();
  for (const [sku, quantity] of rows) units.set(sku, (units.get(sku) ?? 0) + quantity);
  return units;
}

function must(outcome: { userErrors: { message: string }[] }): void {
  if (outcome.userErrors.length > 0) throw new Error(`a credit was refused: ${outcome.userErrors.map((error) => error.message).join(' ')}`);
}
