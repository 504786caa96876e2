/**
 * What becomes of goods that came back, and what goes out for them. Refund and restock are apart: a disposition moves stock and no money, a
 * refund money and no stock (reference §3, traps 15 and 29).
 */
import type { DispositionRecord, DispositionType, OrderRecord, RefundRecord, ReturnRecord, Shop } from '../state.ts';
import { act, refuse, type Action, type UserError } from './action.ts';
import { carryAddedUnits } from './fulfilment-orders.ts';
import { changeLevel } from './levels.ts';
import { financialStatus, lineSubtotal } from './order-figures.ts';
import { trackedItemOf } from './order-lines.ts';
import { addLines } from './orders.ts';
import { orderPayload, refundPayload } from './payloads.ts';
import { undecided } from './return-figures.ts';
import { disposePayload, processPayload } from './return-payloads.ts';
import { onReturn, type ReturnOutcome } from './returns.ts';

export interface DisposeInput { reverseLineId: string; quantity: number; type: DispositionType; locationId?: string | null }
export interface DisposeOutcome { lines: { return: ReturnRecord; lineId: string }[] | null; userErrors: UserError[] }
export interface ProcessInput {
  id: string; at?: string; note?: string | null; notifyCustomer?: boolean;
  lines: { id: string; quantity: number; dispositions?: DisposeInput[] | null }[];
  exchanges: { id: string; quantity: number }[];
  /** Pays the processed units out, as a refund that restocks nothing. */
  refund?: boolean;
}
type Reverse = NonNullable<ReturnRecord['reverse']>;

/** The open return a reverse fulfilment line belongs to; closed ones too, for goods that turn up late. */
function returnOfReverseLine(shop: Shop, lineId: string): ReturnRecord | undefined {
  return shop.tables.returns.values().find((each) => each.reverse?.lines.some((line) => line.id === lineId));
}

/** reverseFulfillmentOrderDispose: RESTOCKED makes units sellable at its location; the others move no stock. All or nothing. */
export function disposeReturned(shop: Shop, inputs: readonly DisposeInput[], at?: string): DisposeOutcome {
  return act<DisposeOutcome>(shop, `reverse_fulfillment_order_line/${inputs[0]?.reverseLineId ?? 'none'}`, at, (action) => {
    if (inputs.length === 0) return refuse(['dispositionInputs'], "Disposition inputs can't be blank.", 'BLANK');
    const made = new Map<string, Made[]>();
    const lines = inputs.map((input, index) => {
      const each = returnOfReverseLine(shop, input.reverseLineId);
      if (!each) return refuse(['dispositionInputs', String(index), 'reverseFulfillmentOrderLineItemId'], 'Reverse fulfillment order line item does not exist.', 'NOT_FOUND');
      const { next, done } = dispose(action, each, input, ['dispositionInputs', String(index)]);
      shop.put('returns', next);
      made.set(each.id, [...made.get(each.id) ?? [], done]);
      return { returnId: each.id, lineId: input.reverseLineId };
    });
    for (const [id, done] of made) shop.emit('reverse_fulfillment_orders/dispose', disposePayload(shop.tables.returns.get(id)!.reverse!.id, done));
    return { lines: lines.map(({ returnId, lineId }) => ({ return: shop.tables.returns.get(returnId)!, lineId })), userErrors: [] };
  }, (userErrors) => ({ lines: null, userErrors }));
}

interface Made { lineId: string; disposition: DispositionRecord }

function dispose(action: Action, each: ReturnRecord, input: DisposeInput, field: string[]): { next: ReturnRecord; done: Made } {
  const { shop, at } = action;
  const reverse = each.reverse as Reverse;
  const line = reverse.lines.find((candidate) => candidate.id === input.reverseLineId)!;
  if (reverse.status === 'CANCELED') refuse(field, 'Reverse fulfillment order is canceled.', 'INVALID_STATE');
  if (!Number.isSafeInteger(input.quantity) || input.quantity <= 0) refuse([...field, 'quantity'], 'Quantity must be greater than 0.', 'GREATER_THAN');
  const waiting = line.dispositions.reduce((sum, one) => one.type === 'PROCESSING_REQUIRED' ? sum + one.quantity : sum, 0);
  // Units laid aside for processing may be decided on later; laying them aside twice makes no sense.
  const free = input.type === 'PROCESSING_REQUIRED' ? undecided(line) - waiting : undecided(line);
  if (input.quantity > free) refuse([...field, 'quantity'], 'Quantity exceeds what is left to dispose.', 'LESS_THAN_OR_EQUAL_TO');
  const locationId = input.locationId ?? null;
  if (input.type === 'RESTOCKED' && locationId === null) refuse([...field, 'locationId'], "Location can't be blank when the disposition type is RESTOCKED.", 'BLANK');
  if (locationId !== null && !shop.tables.locations.get(locationId)?.isActive) refuse([...field, 'locationId'], 'Location does not exist or is not active.', 'NOT_FOUND');
  if (input.type === 'RESTOCKED' && locationId !== null) {
    const lineItemId = each.lines.find((candidate) => candidate.id === line.returnLineId)?.lineItemId;
    const orderLine = shop.tables.orders.get(each.orderId)?.lines.find((candidate) => candidate.id === lineItemId);
    const item = orderLine && trackedItemOf(shop, orderLine);
    if (item !== undefined) changeLevel(action, item, locationId, { available: input.quantity }, { reason: 'return_restocked' });
  }
  const disposition: DispositionRecord = { id: shop.nextId('ReverseFulfillmentOrderDisposition'), type: input.type, quantity: input.quantity, locationId, createdAt: at };
  const lines = reverse.lines.map((other) => other.id === line.id ? { ...other, dispositions: [...other.dispositions, disposition] } : other);
  const status = lines.every((other) => undecided(other) === 0) ? 'CLOSED' : 'OPEN';
  return { next: { ...each, reverse: { ...reverse, lines, status } }, done: { lineId: line.id, disposition } };
}

/** returnProcess: confirms units that came back, decides on them where told, sends exchanges out as new order lines, pays out when asked. */
export function processReturn(shop: Shop, input: ProcessInput): ReturnOutcome {
  return onReturn(shop, input.id, ['OPEN'], (action, each) => {
    if (input.lines.length + input.exchanges.length === 0) return refuse(['input'], 'Nothing to process.', 'BLANK');
    let next = each;
    const done: Made[] = [];
    input.lines.forEach((want, index) => {
      const field = ['input', 'returnLineItems', String(index)];
      next = { ...next, lines: processed(next.lines, want, field) };
      for (const [which, disposition] of (want.dispositions ?? []).entries()) {
        const path = [...field, 'dispositions', String(which)];
        const reverseLine = next.reverse?.lines.find((line) => line.id === disposition.reverseLineId);
        if (reverseLine?.returnLineId !== want.id) refuse([...path, 'reverseFulfillmentOrderLineItemId'], 'Reverse fulfillment order line item does not belong to the return line item.', 'NOT_FOUND');
        const step = dispose(action, next, disposition, path);
        next = step.next;
        done.push(step.done);
      }
    });
    let order = shop.tables.orders.get(each.orderId)!;
    input.exchanges.forEach((want, index) => {
      const exchanges = processed(next.exchanges, want, ['input', 'exchangeLineItems', String(index)]);
      const { variantId } = exchanges.find((line) => line.id === want.id)!;
      const { order: longer, added } = addLines(action, order, [{ variantId, quantity: want.quantity }], 'exchange_processed');
      order = { ...longer, closedAt: null, updatedAt: action.at };
      next = { ...next, exchanges: exchanges.map((line) => line.id === want.id ? { ...line, lineItemIds: [...line.lineItemIds, ...added.map((one) => one.id)] } : line) };
    });
    const refund = input.refund ? payOut(action, order, next, input) : null;
    if (refund !== null) {
      order = refund.order;
      next = refund.next;
    }
    next = { ...next, notifications: next.notifications + (input.notifyCustomer ? 1 : 0) };
    if (order !== shop.tables.orders.get(each.orderId)) {
      shop.put('orders', order);
      if (input.exchanges.length > 0 && order.routesAt === null) carryAddedUnits(action, order);
      if (refund !== null) shop.emit('refunds/create', refundPayload(shop, order, refund.refund));
      shop.emit('orders/updated', orderPayload(shop, order));
    }
    if (done.length > 0) shop.emit('reverse_fulfillment_orders/dispose', disposePayload(next.reverse!.id, done));
    shop.emit('returns/process', processPayload(next, input));
    return next;
  }, { ...input, field: ['input', 'returnId'] });
}

function processed<L extends { id: string; quantity: number; processedQuantity: number }>(lines: L[], want: { id: string; quantity: number }, field: string[]): L[] {
  const line = lines.find((candidate) => candidate.id === want.id);
  if (!line) return refuse([...field, 'id'], 'Line item does not exist on the return.', 'NOT_FOUND');
  if (!Number.isSafeInteger(want.quantity) || want.quantity <= 0) return refuse([...field, 'quantity'], 'Quantity must be greater than 0.', 'GREATER_THAN');
  if (want.quantity > line.quantity - line.processedQuantity) return refuse([...field, 'quantity'], 'Quantity exceeds what is left to process.', 'LESS_THAN_OR_EQUAL_TO');
  return lines.map((other) => other.id === want.id ? { ...other, processedQuantity: other.processedQuantity + want.quantity } : other);
}

/** A refund of the units processed now that were not paid out by other means before. */
function payOut(action: Action, order: OrderRecord, each: ReturnRecord, input: ProcessInput): { order: OrderRecord; next: ReturnRecord; refund: RefundRecord } {
  const { shop, at } = action;
  let lines = order.lines;
  let returned = each.lines;
  const refundLines = input.lines.map((want, index): RefundRecord['lines'][number] => {
    const { lineItemId } = each.lines.find((line) => line.id === want.id)!;
    const line = lines.find((candidate) => candidate.id === lineItemId)!;
    if (want.quantity > line.currentQuantity - line.unfulfilledQuantity) refuse(['input', 'returnLineItems', String(index), 'quantity'], 'Quantity was already refunded.', 'INVALID');
    lines = lines.map((other) => other.id === line.id ? { ...line, currentQuantity: line.currentQuantity - want.quantity } : other);
    returned = returned.map((other) => other.id === want.id ? { ...other, refundedQuantity: other.refundedQuantity + want.quantity } : other);
    return { id: shop.nextId('RefundLineItem'), lineItemId, quantity: want.quantity, restockType: 'NO_RESTOCK', restocked: false, locationId: null, subtotal: lineSubtotal(line, want.quantity) };
  });
  const refund: RefundRecord = { id: shop.nextId('Refund'), createdAt: at, note: input.note ?? null, returnId: each.id, lines: refundLines };
  const paid: OrderRecord = { ...order, lines, refunds: [...order.refunds, refund], updatedAt: at };
  return { order: { ...paid, financialStatus: financialStatus(paid) }, next: { ...each, lines: returned }, refund };
}
