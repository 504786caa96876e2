/** Orders → what an audit asks of them, one at a time: memory is of variants and open lines, not of orders. */
import { dayNumber, dayOf } from '../calendar.ts';
import { linePosition, type OrderState } from '../orders/order-state.ts';
import type { OpenLine, OrderFacts, Restock, Sold } from './facts.ts';

/** Lines kept of open orders, and days counted of a variant's sales: more tell nothing further. */
const MOST_OPEN = 50_000, MOST_DAYS = 60;

export interface OrderCollector {
  add(order: OrderState): void;
  /** Refund lines of an order, with whether a return of it is known. */
  addRefunds(order: OrderState, refunds: OrderState, hasReturn: boolean): void;
  done(): OrderFacts;
}

export function orderCollector(timeZone: string, since: string): OrderCollector {
  const sold = new Map<string, { units: number; days: Set<number>; first: string; last: string }>(), open: OpenLine[] = [], restocks: Restock[] = [];
  let read = 0, from: string | null = null, refundsRead = 0;
  return {
    add(order) {
      read++;
      if (order.processedAt === null) return;
      const day = dayOf(order.processedAt, timeZone);
      if (from === null || day < from) from = day;
      if (order.test || order.cancelledAt !== null) return;
      for (const [lineId, line] of Object.entries(order.lines)) {
        if (line.giftCard || line.variantId === null) continue;
        const units = line.ordered - line.removed, known = sold.get(line.variantId);
        if (units > 0) {
          if (known === undefined) sold.set(line.variantId, { units, days: new Set([dayNumber(day)]), first: day, last: day });
          else { known.units += units; if (known.days.size < MOST_DAYS) known.days.add(dayNumber(day)); if (day < known.first) known.first = day; if (day > known.last) known.last = day; }
        }
        if (!line.requiresShipping || open.length >= MOST_OPEN) continue;
        const left = linePosition(order, lineId).open;
        if (left > 0) open.push({ orderId: order.id, orderName: order.name, processedAt: order.processedAt, variantId: line.variantId, title: line.title, units: left, price: line.price, held: Object.values(order.assignments).some((work) => work.open && work.held === true) });
      }
    },
    addRefunds(order, refunds, hasReturn) {
      refundsRead++;
      for (const refund of Object.values(refunds.refunds)) {
        if (refund.restockType !== 'return' || refund.at < since) continue;
        const line = order.lines[refund.lineId];
        restocks.push({ orderId: order.id, orderName: order.name, at: refund.at, variantId: line?.variantId ?? null, title: line?.title ?? 'a line', units: refund.quantity, price: line?.price ?? 0, locationId: refund.locationId, hasReturn });
      }
    },
    done: () => ({ read, from, open, restocks, refundsRead, sold: new Map([...sold].map(([id, s]): [string, Sold] => [id, { units: s.units, days: s.days.size, first: s.first, last: s.last }])) }),
  };
}
