/** What becomes of an order after the sale: shipped in one parcel or two, cancelled, edited, returned. Decided at the sale, done when its time comes. */
import type { OrderRecord, Shop } from '../state.ts';
import { createFulfillment } from '../engine/fulfilments.ts';
import { isOpen } from '../engine/fulfilment-orders.ts';
import { cancelOrder, editOrder, refundOrder } from '../engine/orders.ts';
import { offsetMinutes } from '../engine/shop-time.ts';
import { TOWN_ZONE } from './catalogue.ts';
import type { Random } from './random.ts';

/** Something to be done at an instant (milliseconds); it is told that instant as ISO text. */
export interface Deed { at: number; do: (at: string) => void }

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The deeds an order will bring: an outcome that is no longer possible when its time comes is refused by the shop and changes nothing. */
export function planAftermath(shop: Shop, random: Random, order: OrderRecord): Deed[] {
  const sold = Date.parse(order.createdAt);
  const deeds: Deed[] = [];
  const draw = random.next();
  if (order.sourceName !== 'pos') {
    if (draw < 0.022) deeds.push(cancellation(shop, order.id, sold + random.exponential(5 * HOUR) + 120_000, 'CUSTOMER', true));
    else if (draw < 0.026) deeds.push(cancellation(shop, order.id, sold + random.int(1, 4) * HOUR, 'FRAUD', true));
    else if (draw < 0.028) deeds.push(cancellation(shop, order.id, sold + random.int(1, 20) * 60_000, 'DECLINED', true));
    // Nobody finds the goods: they are not put back, because they are not there.
    else if (draw < 0.033) deeds.push(cancellation(shop, order.id, sold + random.int(1, 3) * HOUR, 'INVENTORY', false));
    else if (draw < 0.048) deeds.push(edit(shop, random, order.id, sold + random.int(5, 90) * 60_000));
    deeds.push(...parcels(shop, random, order, sold));
  }
  const apparel = order.lines.some((line) => shop.tables.products.get(line.productId ?? '')?.tags.includes('apparel'));
  if (random.chance(apparel ? 0.11 : 0.035)) deeds.push(returned(shop, random, order.id, sold + random.int(5, 30) * DAY + random.int(9, 17) * HOUR));
  return deeds;
}

function cancellation(shop: Shop, orderId: string, at: number, reason: 'CUSTOMER' | 'FRAUD' | 'DECLINED' | 'INVENTORY', restock: boolean): Deed {
  return { at, do: (now) => { cancelOrder(shop, { orderId, reason, restock, at: now }); } };
}

/** The next dispatch after the sale: weekdays at four in the afternoon, for orders in before noon. */
function dispatchAfter(sold: number, daysLater: number): number {
  const local = sold + offsetMinutes(sold, TOWN_ZONE) * 60_000;
  const midnight = Math.floor(local / DAY) * DAY;
  let day = local - midnight < 12 * HOUR ? midnight : midnight + DAY;
  for (let left = daysLater; ; day += DAY) {
    const weekday = new Date(day).getUTCDay();
    if (weekday === 0 || weekday === 6) continue;
    if (left-- <= 0) break;
  }
  return day + 16 * HOUR - offsetMinutes(day, TOWN_ZONE) * 60_000;
}

function parcels(shop: Shop, random: Random, order: OrderRecord, sold: number): Deed[] {
  const draw = random.next();
  const late = draw < 0.78 ? 0 : draw < 0.95 ? 1 : random.int(2, 6);
  const first = dispatchAfter(sold, late) + random.int(-90, 60) * 60_000;
  const split = order.lines.length > 1 && random.chance(0.04);
  const number = `1Z${String(random.int(1e7, 9e7))}${order.number}`;
  const company = random.pick(['UPS', 'USPS', 'FedEx']);
  const ship = (which: 'first line' | 'rest', at: number): Deed => ({
    at, do: (now) => {
      for (const work of shop.fulfillmentOrdersOf(order.id)) {
        if (!isOpen(work)) continue;
        const line = work.lines.find((candidate) => candidate.remainingQuantity > 0);
        if (!line) continue;
        createFulfillment(shop, {
          at: now, trackingInfo: { company, number: which === 'rest' ? number : `${number}A` },
          lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: work.id, ...(which === 'rest' ? {} : { lineItems: [{ id: line.id, quantity: line.remainingQuantity }] }) }],
        });
      }
    },
  });
  return split ? [ship('first line', first), ship('rest', first + random.int(1, 3) * DAY)] : [ship('rest', first)];
}

function edit(shop: Shop, random: Random, orderId: string, at: number): Deed {
  const remove = random.chance(0.6);
  return {
    at, do: (now) => {
      const line = shop.tables.orders.get(orderId)?.lines.find((candidate) => candidate.unfulfilledQuantity > 0 && candidate.group === null);
      if (line) editOrder(shop, { orderId, at: now, set: [{ lineItemId: line.id, quantity: line.currentQuantity + (remove ? -1 : 1), restock: true }] });
    },
  };
}

/** A line comes back: four in five are put on the shelf again, the others are not fit to sell. */
function returned(shop: Shop, random: Random, orderId: string, at: number): Deed {
  const restock = random.chance(0.8);
  const whole = random.chance(0.5);
  return {
    at, do: (now) => {
      const lines = shop.tables.orders.get(orderId)?.lines.filter((line) => line.requiresShipping && line.currentQuantity > line.unfulfilledQuantity) ?? [];
      const line = lines[0];
      if (!line) return;
      const kept = line.currentQuantity - line.unfulfilledQuantity;
      refundOrder(shop, { orderId, at: now, note: 'Return', lines: [{ lineItemId: line.id, quantity: whole ? kept : 1, restockType: restock ? 'RETURN' : 'NO_RESTOCK' }] });
    },
  };
}
