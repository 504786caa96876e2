/** Controls of an order's fulfilment orders: move to another location, split, merge, hold, release. What the merchant's staff do in the admin. */
import { holdFulfillmentOrder, releaseHolds } from '../engine/fulfilment-holds.ts';
import { moveFulfillmentOrder } from '../engine/fulfilment-order-moves.ts';
import { mergeFulfillmentOrders, splitFulfillmentOrders } from '../engine/fulfilment-order-splits.ts';
import { isOpen } from '../engine/fulfilment-orders.ts';
import { HttpRefusal } from '../http-message.ts';
import type { FulfillmentOrderRecord, OrderRecord, Shop } from '../state.ts';
import { choiceField, listField, numberField, onlyFields, optionalText, type Fields } from './fields.ts';
import { accepted, lineIdBy, locationIdBy, optionalLocationId, orderBy } from './lookup.ts';
import { COUNT } from './orders.ts';
import type { Route, Routes } from './routes.ts';

const HOLD_REASONS = ['AWAITING_PAYMENT', 'AWAITING_RETURN_ITEMS', 'HIGH_RISK_OF_FRAUD', 'INCORRECT_ADDRESS', 'INVENTORY_OUT_OF_STOCK',
  'ONLINE_STORE_POST_PURCHASE_CROSS_SELL', 'OTHER', 'UNKNOWN_DELIVERY_DATE'] as const;
const NAMED = ['fulfillmentOrderId', 'from', 'fromId'];

/** The work a request means: by id, by the location it is at (`from`), else the order's first that is open. */
function workOf(shop: Shop, order: OrderRecord, body: Fields, fits: (work: FulfillmentOrderRecord) => boolean): FulfillmentOrderRecord {
  const id = optionalText(body, 'fulfillmentOrderId');
  const place = optionalLocationId(shop, body, 'from');
  const work = shop.fulfillmentOrdersOf(order.id).find((candidate) => id !== undefined ? candidate.id === id : fits(candidate) && (place === undefined || candidate.assignedLocationId === place));
  if (work === undefined) throw new HttpRefusal(409, `orders/<id>: ${order.name} has no such fulfilment order`);
  return work;
}

function linesOf(order: OrderRecord, work: FulfillmentOrderRecord, body: Fields): { id: string; quantity: number }[] | null {
  if (body['lines'] === undefined) return null;
  return listField(body, 'lines', (line) => {
    const lineItemId = lineIdBy(order, line);
    const part = work.lines.find((candidate) => candidate.lineItemId === lineItemId);
    if (part === undefined) throw new HttpRefusal(409, 'lineItemId: not part of the fulfilment order');
    return { id: part.id, quantity: numberField(line, 'quantity', COUNT) };
  });
}

/** Every one of these answers the order's fulfilment orders as they are afterwards. */
function onWork(known: string[], act: (shop: Shop, order: OrderRecord, body: Fields) => { userErrors: { field: string[] | null; message: string }[] }): Route {
  return ({ shop }, body, id) => {
    onlyFields(body, [...NAMED, ...known]);
    const order = orderBy(shop, id);
    accepted(act(shop, order, body));
    return { fulfillmentOrders: shop.fulfillmentOrdersOf(order.id) };
  };
}

export const workRoutes: Routes = {
  'POST orders/:id/move': onWork(['location', 'locationId', 'lines'], (shop, order, body) => {
    const work = workOf(shop, order, body, isOpen);
    return moveFulfillmentOrder(shop, { workId: work.id, locationId: locationIdBy(shop, body), lines: linesOf(order, work, body) });
  }),
  'POST orders/:id/split': onWork(['lines'], (shop, order, body) => {
    const work = workOf(shop, order, body, isOpen);
    return splitFulfillmentOrders(shop, [{ workId: work.id, lines: linesOf(order, work, body) ?? [] }]);
  }),
  // Everything of the order that is open at one place becomes one.
  'POST orders/:id/merge': onWork([], (shop, order, body) => {
    const first = workOf(shop, order, body, isOpen);
    const together = shop.fulfillmentOrdersOf(order.id).filter((work) => isOpen(work) && work.assignedLocationId === first.assignedLocationId);
    return mergeFulfillmentOrders(shop, [{ intents: together.map((work) => ({ workId: work.id })) }]);
  }),
  'POST orders/:id/hold': onWork(['reason', 'reasonNotes', 'handle', 'app', 'lines'], (shop, order, body) => {
    const work = workOf(shop, order, body, isOpen);
    return holdFulfillmentOrder(shop, {
      workId: work.id, reason: choiceField(body, 'reason', HOLD_REASONS, 'OTHER'), reasonNotes: optionalText(body, 'reasonNotes') ?? null,
      handle: optionalText(body, 'handle') ?? null, app: optionalText(body, 'app') ?? null, lines: linesOf(order, work, body),
    });
  }),
  'POST orders/:id/release': onWork([], (shop, order, body) => releaseHolds(shop, { workId: workOf(shop, order, body, (work) => work.status === 'ON_HOLD').id })),
};
