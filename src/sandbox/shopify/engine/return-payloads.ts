/** Webhook bodies about returns, after Shopify's own samples. The body of returns/process has no published sample: it carries what the others do. */
import { gid } from '../gid.ts';
import type { DispositionRecord, ReturnRecord } from '../state.ts';
import { numericId, type Body } from './payloads.ts';

const named = (type: string, id: string): Body => ({ id: numericId(id), admin_graphql_api_id: gid(type, id) });

/** Body of returns/request and returns/approve. */
export function returnPayload(each: ReturnRecord): Body {
  return {
    ...named('Return', each.id), status: each.status.toLowerCase(), order: named('Order', each.orderId), name: each.name,
    total_return_line_items: each.lines.reduce((sum, line) => sum + line.quantity, 0),
    return_line_items: each.lines.map((line) => ({
      ...named('ReturnLineItem', line.id), quantity: line.quantity, return_reason: line.reason.toLowerCase(), return_reason_note: line.reasonNote, customer_note: line.customerNote,
      fulfillment_line_item: { ...named('FulfillmentLineItem', line.fulfillmentLineItemId), line_item: named('LineItem', line.lineItemId) },
    })),
    return_shipping_fees: [],
    exchange_line_items: each.exchanges.map((line) => ({ ...named('ExchangeLineItem', line.id), line_item: line.lineItemIds[0] === undefined ? null : named('LineItem', line.lineItemIds[0]) })),
    total_exchange_line_items: each.exchanges.reduce((sum, line) => sum + line.quantity, 0),
  };
}

/** Body of returns/cancel, /close and /reopen. */
export function returnStatusPayload(each: ReturnRecord): Body {
  return { ...named('Return', each.id), order_id: numericId(each.orderId), status: each.status.toLowerCase() };
}

/** Body of returns/decline. */
export function declinePayload(each: ReturnRecord): Body {
  return {
    ...named('Return', each.id), status: 'declined', order: named('Order', each.orderId), decline: { reason: each.decline?.reason.toLowerCase() ?? null, note: each.decline?.note ?? null },
  };
}

/** Body of returns/update: what was taken out. */
export function removalPayload(each: ReturnRecord, removals: readonly { id: string; quantity: number }[]): Body {
  return {
    admin_graphql_api_id: gid('Return', each.id), return_line_items: { removals: removals.map(({ id, quantity }) => ({ admin_graphql_api_id: gid('ReturnLineItem', id), delta: quantity })) },
    restocking_fees: { updates: [], removals: [] }, return_shipping_fees: { updates: [], removals: [] },
  };
}

/** Body of returns/process. */
export function processPayload(each: ReturnRecord, processed: { lines: readonly { id: string; quantity: number }[]; exchanges: readonly { id: string; quantity: number }[] }): Body {
  return {
    ...named('Return', each.id), order: named('Order', each.orderId), status: each.status.toLowerCase(),
    return_line_items: processed.lines.map(({ id, quantity }) => ({ ...named('ReturnLineItem', id), quantity })),
    exchange_line_items: processed.exchanges.map(({ id, quantity }) => ({ ...named('ExchangeLineItem', id), quantity })),
  };
}

/** Body of reverse_fulfillment_orders/dispose. */
export function disposePayload(reverseId: string, made: readonly { lineId: string; disposition: DispositionRecord }[]): Body {
  return {
    ...named('ReverseFulfillmentOrder', reverseId), total_dispositions: made.length,
    dispositions: made.map(({ lineId, disposition }) => ({
      reverse_fulfillment_order_line_item: named('ReverseFulfillmentOrderLineItem', lineId), reverse_delivery_line_item: null, type: disposition.type.toLowerCase(),
      location: disposition.locationId === null ? null : named('Location', disposition.locationId), quantity: disposition.quantity,
    })),
  };
}
