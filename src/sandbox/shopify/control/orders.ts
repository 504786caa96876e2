/** Controls of orders: sale, cancellation, refund, edit, parcels. */
import { cancelFulfillment, createFulfillment, doubleFulfillment } from '../engine/fulfilments.ts';
import { cancelOrder, editOrder, placeOrder, refundOrder } from '../engine/orders.ts';
import { HttpRefusal } from '../http-message.ts';
import type { OrderRecord, Shop } from '../state.ts';
import { choiceField, flagField, listField, numberField, onlyFields, optionalText, textField, textsField, type Fields } from './fields.ts';
import { accepted, lineIdBy, optionalLocationId, orderBy, variantBy } from './lookup.ts';
import type { Route, Routes } from './routes.ts';

const REASONS = ['CUSTOMER', 'DECLINED', 'FRAUD', 'INVENTORY', 'OTHER', 'STAFF'] as const;
const RESTOCK_TYPES = ['RETURN', 'CANCEL', 'NO_RESTOCK'] as const;
export const COUNT = { min: 1, max: 1_000_000_000, whole: true };

/** A control that changes an order answers the order as it is afterwards. */
export function onOrder(act: (shop: Shop, order: OrderRecord, body: Fields) => { userErrors: { field: string[] | null; message: string }[] }): Route {
  return ({ shop }, body, id) => {
    const order = orderBy(shop, id);
    accepted(act(shop, order, body));
    return shop.tables.orders.get(order.id);
  };
}

export const orderRoutes: Routes = {
  'POST orders': ({ shop }, body) => {
    onlyFields(body, ['lines', 'sourceName', 'test', 'processedAt', 'location', 'locationId', 'force', 'tags']);
    const locationId = optionalLocationId(shop, body);
    const lines = listField(body, 'lines', (line) => {
      const own = optionalLocationId(shop, line);
      return {
        variantId: variantBy(shop, line).id, quantity: numberField(line, 'quantity', COUNT),
        ...(line['price'] === undefined ? {} : { price: numberField(line, 'price', { min: 0, max: 1_000_000_000, whole: true }) }), ...(own === undefined ? {} : { locationId: own }),
      };
    });
    return accepted(placeOrder(shop, {
      lines, test: flagField(body, 'test', false), force: flagField(body, 'force', false), tags: textsField(body, 'tags'),
      ...(body['sourceName'] === undefined ? {} : { sourceName: textField(body, 'sourceName') }),
      ...(body['processedAt'] === undefined ? {} : { processedAt: textField(body, 'processedAt') }), ...(locationId === undefined ? {} : { locationId }),
    })).order;
  },
  'GET orders/:id': ({ shop }, _body, id) => {
    const order = orderBy(shop, id);
    return { order, fulfillmentOrders: shop.fulfillmentOrdersOf(order.id), fulfillments: shop.fulfillmentsOf(order.id) };
  },
  'POST orders/:id/cancel': onOrder((shop, order, body) =>
    cancelOrder(shop, { orderId: order.id, reason: choiceField(body, 'reason', REASONS, 'CUSTOMER'), restock: flagField(body, 'restock', true) })),
  'POST orders/:id/refund': onOrder((shop, order, body) => {
    onlyFields(body, ['lines', 'note']);
    return refundOrder(shop, {
      orderId: order.id, note: optionalText(body, 'note') ?? null,
      lines: listField(body, 'lines', (line) => ({
        lineItemId: lineIdBy(order, line), quantity: numberField(line, 'quantity', COUNT), restockType: choiceField(line, 'restockType', RESTOCK_TYPES, 'NO_RESTOCK'),
        locationId: optionalLocationId(shop, line) ?? null,
      })),
    });
  }),
  'POST orders/:id/edit': onOrder((shop, order, body) => {
    onlyFields(body, ['set', 'add']);
    return editOrder(shop, {
      orderId: order.id,
      set: body['set'] === undefined ? [] : listField(body, 'set', (line) => ({
        lineItemId: lineIdBy(order, line), quantity: numberField(line, 'quantity', { ...COUNT, min: 0 }), restock: flagField(line, 'restock', true),
      })),
      add: body['add'] === undefined ? [] : listField(body, 'add', (line) => ({ variantId: variantBy(shop, line).id, quantity: numberField(line, 'quantity', COUNT) })),
    });
  }),
  // Ships everything still open of the order's first open fulfilment order, or the quantities given by line.
  'POST orders/:id/fulfil': onOrder((shop, order, body) => {
    onlyFields(body, ['lines', 'company', 'number', 'numbers', 'notifyCustomer', 'locationId', 'location']);
    const wanted = optionalLocationId(shop, body) ?? null;
    const work = shop.fulfillmentOrdersOf(order.id).find((candidate) => ['OPEN', 'IN_PROGRESS'].includes(candidate.status) && (wanted === null || candidate.assignedLocationId === wanted));
    if (work === undefined) throw new HttpRefusal(409, `orders/<id>: ${order.name} has no open fulfilment order${wanted === null ? '' : ' at that location'}`);
    const lineItems = body['lines'] === undefined ? undefined : listField(body, 'lines', (line) => {
      const lineId = lineIdBy(order, line);
      const part = work.lines.find((candidate) => candidate.lineItemId === lineId);
      if (part === undefined) throw new HttpRefusal(409, 'lineItemId: not part of the open fulfilment order');
      return { id: part.id, quantity: numberField(line, 'quantity', COUNT) };
    });
    const numbers = body['numbers'] === undefined ? undefined : textsField(body, 'numbers');
    return createFulfillment(shop, {
      notifyCustomer: flagField(body, 'notifyCustomer', false),
      lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: work.id, ...(lineItems === undefined ? {} : { lineItems }) }],
      ...(body['number'] === undefined && numbers === undefined ? {}
        : { trackingInfo: { company: optionalText(body, 'company'), ...(numbers === undefined ? { number: textField(body, 'number') } : { numbers }) } }),
    });
  }),
  // Its last parcel is there a second time, beyond what was open: what a race of two writers leaves behind.
  'POST orders/:id/double': onOrder((shop, order) => doubleFulfillment(shop, shop.fulfillmentsOf(order.id).at(-1)?.id ?? '')),
  'POST fulfillments/:id/cancel': ({ shop }, _body, id) => accepted(cancelFulfillment(shop, id)),
};
