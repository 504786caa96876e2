/**
 * The life of a return up to its processing: requested or opened at once, approved, declined, cancelled, closed, reopened, shortened.
 * Rules: reference shopify.md §3 and the schema's texts. A return alone moves neither stock nor money.
 */
import type { OrderRecord, ReturnRecord, Shop } from '../state.ts';
import { returnsOf } from '../shop.ts';
import { act, refuse, type Action, type UserError } from './action.ts';
import { returnableUnits } from './return-figures.ts';
import { declinePayload, removalPayload, returnPayload, returnStatusPayload } from './return-payloads.ts';
import { orderPayload } from './payloads.ts';

export interface ReturnOutcome { return: ReturnRecord | null; userErrors: UserError[] }
export interface ReturnInput {
  orderId: string; at?: string; notifyCustomer?: boolean;
  lines: { fulfillmentLineItemId: string; quantity: number; reason?: string | null; reasonNote?: string | null; customerNote?: string | null }[];
  exchanges?: { variantId: string; quantity: number }[];
}
type Quantity = { id: string; quantity: number };

/** returnCreate: an open return of shipped units, with what is to be given for them. An archived order is opened again. */
export function createReturn(shop: Shop, input: ReturnInput): ReturnOutcome {
  return make(shop, input, 'returnInput', (action, order, fresh) => {
    const each = opened(action, fresh);
    shop.put('returns', each);
    if (order.closedAt !== null) {
      const reopened: OrderRecord = { ...order, closedAt: null, updatedAt: action.at };
      shop.put('orders', reopened);
      shop.emit('orders/updated', orderPayload(shop, reopened));
    }
    shop.emit('returns/approve', returnPayload(each));
    return each;
  });
}

/** returnRequest: waits for the merchant's yes or no. */
export function requestReturn(shop: Shop, input: Omit<ReturnInput, 'exchanges'>): ReturnOutcome {
  return make(shop, input, 'input', (_action, _order, each) => {
    shop.put('returns', each);
    shop.emit('returns/request', returnPayload(each));
    return each;
  });
}

function make(shop: Shop, input: ReturnInput, root: string, finish: (action: Action, order: OrderRecord, fresh: ReturnRecord) => ReturnRecord): ReturnOutcome {
  const id = shop.nextId('Return');
  return act<ReturnOutcome>(shop, `return/${id}`, input.at, (action) => {
    const order = shop.tables.orders.get(input.orderId);
    if (!order) return refuse([root, 'orderId'], 'Order does not exist.', 'NOT_FOUND');
    if (order.cancelledAt !== null) return refuse([root, 'orderId'], 'The order is cancelled.', 'INVALID_STATE');
    if (input.lines.length === 0) return refuse([root, 'returnLineItems'], 'Return must have at least one return line item.', 'BLANK');
    const left = new Map(returnableUnits(shop, order).map(({ line, quantity }) => [line.id, { line, quantity }]));
    const lines = input.lines.map((want, index): ReturnRecord['lines'][number] => {
      const field = [root, 'returnLineItems', String(index)];
      const rest = left.get(want.fulfillmentLineItemId);
      if (!rest) return refuse([...field, 'fulfillmentLineItemId'], 'Fulfillment line item does not exist or cannot be returned.', 'NOT_FOUND');
      if (!Number.isSafeInteger(want.quantity) || want.quantity <= 0) return refuse([...field, 'quantity'], 'Quantity must be greater than 0.', 'GREATER_THAN');
      if (want.quantity > rest.quantity) return refuse([...field, 'quantity'], 'Return line item has an invalid quantity.', 'INVALID');
      if (want.reason === 'OTHER' && !want.reasonNote) return refuse([...field, 'returnReasonNote'], "Return reason note can't be blank.", 'BLANK');
      rest.quantity -= want.quantity;
      return {
        id: shop.nextId('ReturnLineItem'), fulfillmentLineItemId: rest.line.id, lineItemId: rest.line.lineItemId, quantity: want.quantity, processedQuantity: 0, refundedQuantity: 0,
        reason: want.reason ?? 'UNKNOWN', reasonNote: want.reasonNote ?? '', customerNote: want.customerNote ?? null,
      };
    });
    const exchanges = (input.exchanges ?? []).map((want, index): ReturnRecord['exchanges'][number] => {
      const field = [root, 'exchangeLineItems', String(index)];
      const variant = shop.tables.variants.get(want.variantId);
      if (!variant || variant.deletedAt !== null) return refuse([...field, 'variantId'], 'Variant does not exist.', 'NOT_FOUND');
      if (!Number.isSafeInteger(want.quantity) || want.quantity <= 0) return refuse([...field, 'quantity'], 'Quantity must be greater than 0.', 'GREATER_THAN');
      return {
        id: shop.nextId('ExchangeLineItem'), variantId: variant.id, productId: variant.productId, sku: variant.sku, title: shop.tables.products.get(variant.productId)?.title ?? '',
        variantTitle: variant.title === 'Default Title' ? null : variant.title, quantity: want.quantity, processedQuantity: 0, lineItemIds: [],
      };
    });
    const each = finish(action, order, {
      id, orderId: order.id, name: `${order.name}-R${returnsOf(shop, order.id).length + 1}`, status: 'REQUESTED', createdAt: action.at, requestApprovedAt: null, closedAt: null,
      decline: null, lines, exchanges, reverse: null, notifications: input.notifyCustomer ? 1 : 0,
    });
    return { return: each, userErrors: [] };
  }, (userErrors) => ({ return: null, userErrors }));
}

/** An open return has its reverse fulfilment order: one line for each line that comes back. */
function opened({ shop, at }: Action, each: ReturnRecord): ReturnRecord {
  const lines = each.lines.map((line) => ({ id: shop.nextId('ReverseFulfillmentOrderLineItem'), returnLineId: line.id, totalQuantity: line.quantity, dispositions: [] }));
  return { ...each, status: 'OPEN', requestApprovedAt: at, reverse: { id: shop.nextId('ReverseFulfillmentOrder'), status: 'OPEN', lines } };
}

/** Runs `change` on a return in one of the `from` states. */
export function onReturn(shop: Shop, id: string, from: readonly ReturnRecord['status'][], change: (action: Action, each: ReturnRecord) => ReturnRecord, options: { at?: string; field?: string[] } = {}): ReturnOutcome {
  const field = options.field ?? ['id'];
  return act<ReturnOutcome>(shop, `return/${id}`, options.at, (action) => {
    const each = shop.tables.returns.get(id);
    if (!each) return refuse(field, 'Return does not exist.', 'NOT_FOUND');
    if (!from.includes(each.status)) return refuse(field, `Return is ${each.status.toLowerCase()}; it must be ${from.join(' or ').toLowerCase()}.`, 'INVALID_STATE');
    const next = change(action, each);
    shop.put('returns', next);
    return { return: next, userErrors: [] };
  }, (userErrors) => ({ return: null, userErrors }));
}

/** returnApproveRequest. */
export function approveReturn(shop: Shop, input: { id: string; notifyCustomer?: boolean; at?: string }): ReturnOutcome {
  return onReturn(shop, input.id, ['REQUESTED'], (action, each) => {
    const next = { ...opened(action, each), notifications: each.notifications + (input.notifyCustomer ? 1 : 0) };
    shop.emit('returns/approve', returnPayload(next));
    return next;
  }, input);
}

/** returnDeclineRequest: its units may be put into another return. */
export function declineReturn(shop: Shop, input: { id: string; reason: string; note?: string | null; notifyCustomer?: boolean; at?: string }): ReturnOutcome {
  return onReturn(shop, input.id, ['REQUESTED'], (_action, each) => {
    const next: ReturnRecord = { ...each, status: 'DECLINED', decline: { reason: input.reason, note: input.note ?? null }, notifications: each.notifications + (input.notifyCustomer ? 1 : 0) };
    shop.emit('returns/decline', declinePayload(next));
    return next;
  }, input);
}

/** Work was done on a return once anything of it was processed, refunded or disposed of. */
const worked = (each: ReturnRecord): boolean => each.lines.some((line) => line.processedQuantity > 0) || each.exchanges.some((line) => line.processedQuantity > 0)
  || (each.reverse?.lines.some((line) => line.dispositions.length > 0) ?? false);

/** returnCancel: only before any work has been done on it. */
export function cancelReturn(shop: Shop, input: { id: string; notifyCustomer?: boolean; at?: string }): ReturnOutcome {
  return onReturn(shop, input.id, ['REQUESTED', 'OPEN'], (_action, each) => {
    if (worked(each)) return refuse(['id'], 'Return cannot be canceled once it has been processed.', 'INVALID_STATE');
    const next: ReturnRecord = {
      ...each, status: 'CANCELED', reverse: each.reverse && { ...each.reverse, status: 'CANCELED' }, notifications: each.notifications + (input.notifyCustomer ? 1 : 0),
    };
    shop.emit('returns/cancel', returnStatusPayload(next));
    return next;
  }, input);
}

/** returnClose: said to be done, whatever is still undecided. */
export function closeReturn(shop: Shop, input: { id: string; at?: string }): ReturnOutcome {
  return onReturn(shop, input.id, ['OPEN'], (action, each) => {
    const next: ReturnRecord = { ...each, status: 'CLOSED', closedAt: action.at };
    shop.emit('returns/close', returnStatusPayload(next));
    return next;
  }, input);
}

/** returnReopen. */
export function reopenReturn(shop: Shop, input: { id: string; at?: string }): ReturnOutcome {
  return onReturn(shop, input.id, ['CLOSED'], (_action, each) => {
    const next: ReturnRecord = { ...each, status: 'OPEN', closedAt: null };
    shop.emit('returns/reopen', returnStatusPayload(next));
    return next;
  }, input);
}

/** removeFromReturn: takes unprocessed units and exchanges out of an open return. */
export function removeFromReturn(shop: Shop, input: { id: string; lines: readonly Quantity[]; exchanges: readonly Quantity[]; at?: string }): ReturnOutcome {
  return onReturn(shop, input.id, ['OPEN', 'REQUESTED'], (_action, each) => {
    const lines = shortened(each.lines, input.lines, 'returnLineItems', (line) => {
      const decided = each.reverse?.lines.find((other) => other.returnLineId === line.id)?.dispositions.reduce((sum, one) => sum + one.quantity, 0) ?? 0;
      return line.quantity - Math.max(line.processedQuantity, decided);
    });
    const exchanges = shortened(each.exchanges, input.exchanges, 'exchangeLineItems', (line) => line.quantity - line.processedQuantity);
    if (lines.length === 0) return refuse(['returnLineItems'], 'Return must keep at least one return line item.', 'INVALID');
    const quantities = new Map(lines.map((line) => [line.id, line.quantity]));
    const reverse = each.reverse && {
      ...each.reverse, lines: each.reverse.lines.filter((line) => quantities.has(line.returnLineId)).map((line) => ({ ...line, totalQuantity: quantities.get(line.returnLineId)! })),
    };
    const next: ReturnRecord = { ...each, lines, exchanges, reverse };
    shop.emit('returns/update', removalPayload(next, input.lines));
    return next;
  }, { ...input, field: ['returnId'] });
}

function shortened<L extends { id: string; quantity: number }>(lines: L[], removals: readonly Quantity[], field: string, free: (line: L) => number): L[] {
  let kept = lines;
  removals.forEach(({ id, quantity }, index) => {
    const line = kept.find((candidate) => candidate.id === id);
    if (!line) return refuse([field, String(index)], 'Line item does not exist on the return.', 'NOT_FOUND');
    if (!Number.isSafeInteger(quantity) || quantity <= 0 || quantity > free(line)) return refuse([field, String(index), 'quantity'], 'Quantity is invalid.', 'INVALID');
    kept = kept.map((other) => other.id === id ? { ...other, quantity: other.quantity - quantity } : other).filter((other) => other.quantity > 0);
  });
  return kept;
}
