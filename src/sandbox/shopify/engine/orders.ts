/**
 * The life of an order: sale, routing, edit, refund, cancellation. Rules: reference shopify.md §1.2, §3, §4.
 * Every line keeps currentQuantity = quantity − removed − refunded, and every level's `committed` is the open units of the orders there.
 */
import type { LineItemRecord, OrderRecord, RefundRecord, Shop } from '../state.ts';
import { isLoading, returnsOf, unroutedOrders } from '../shop.ts';
import { act, refuse, type Action, type UserError } from './action.ts';
import { carryAddedUnits, releaseUnits, routeOpenUnits } from './fulfilment-orders.ts';
import { changeLevel } from './levels.ts';
import { openUnits } from './order-figures.ts';
import { commitLines, linesOf, placesWanted, trackedItemOf, uncommit, type WantedLine } from './order-lines.ts';
import { applyRefund, WHERE_IT_WAS, withLine, type RefundPart } from './refunds.ts';
import { orderEditPayload, orderPayload, refundPayload, routingPayload, shopRecord } from './payloads.ts';

export interface OrderOutcome { order: OrderRecord | null; userErrors: UserError[] }
export interface RefundOutcome { refund: RefundRecord | null; order: OrderRecord | null; userErrors: UserError[] }

export interface PlaceOrderInput {
  lines: WantedLine[];
  /** Instant of the sale (ISO, UTC): the shop's now by default. `processedAt` differs from it for imported orders. */
  at?: string; processedAt?: string;
  sourceName?: string; test?: boolean; tags?: string[]; countryCode?: string;
  /** Commit here only (point of sale). */
  locationId?: string;
  /** Sell even what a DENY variant does not have. */
  force?: boolean;
  /** Minor units of the shop's currency. */
  discountTotal?: number; shippingTotal?: number; taxTotal?: number;
}

const DEFAULT_ROUTING_DELAY = 300;
const routingDelays = new WeakMap<Shop, number>();
/** How long after the sale fulfilment orders appear, in milliseconds (default 300); for orders placed from now on. */
export function setRoutingDelay(shop: Shop, ms: number): void {
  if (!(ms >= 0)) throw new RangeError(`a routing delay of ${ms} ms`);
  routingDelays.set(shop, ms);
}

const lastNumbers = new WeakMap<Shop, number>();
function nextNumber(shop: Shop): number {
  let last = lastNumbers.get(shop);
  if (last === undefined) {
    last = 1000;
    for (const order of shop.tables.orders.values()) last = Math.max(last, order.number);
  }
  lastNumbers.set(shop, last + 1);
  return last + 1;
}

/** Sells: available −q, committed +q at the chosen location. Fulfilment orders follow after the routing delay (`routeDue`). */
export function placeOrder(shop: Shop, input: PlaceOrderInput): OrderOutcome {
  const id = shop.nextId('Order');
  return act<OrderOutcome>(shop, `order/${id}`, input.at, (action) => {
    if (input.lines.length === 0) refuse(['order', 'lineItems'], 'Line items must have at least one line item.', 'INVALID');
    if (input.locationId !== undefined && !shop.tables.locations.get(input.locationId)?.isActive) refuse(['order', 'locationId'], 'The location does not exist.', 'INVALID');
    const lines = linesOf(shop, input.lines, ['order', 'lineItems']);
    const committedAt = commitLines(action, lines, { locationId: input.locationId, places: placesWanted(shop, input.lines, lines), force: input.force, reason: 'order_created' });
    const number = nextNumber(shop);
    const order: OrderRecord = {
      id, number, name: `#${number}`, createdAt: action.at, processedAt: input.processedAt ?? action.at, updatedAt: action.at,
      cancelledAt: null, cancelReason: null, closedAt: null, test: input.test ?? false, confirmed: true, edited: false,
      sourceName: input.sourceName ?? 'web', currency: shopRecord(shop).currency, tags: input.tags ?? [], financialStatus: 'PAID', lines, refunds: [], committedAt,
      routesAt: new Date(Date.parse(action.at) + (routingDelays.get(shop) ?? DEFAULT_ROUTING_DELAY)).toISOString(), countryCode: input.countryCode ?? null,
      discountTotal: input.discountTotal ?? 0, shippingTotal: input.shippingTotal ?? 0, taxTotal: input.taxTotal ?? 0,
    };
    shop.put('orders', order);
    announce(action, order, ['orders/create']);
    return { order, userErrors: [] };
  }, (userErrors) => ({ order: null, userErrors }));
}

/** Makes the fulfilment orders of one order now. The order's `updatedAt` stays. Nothing happens when it was routed before. */
export function routeOrder(shop: Shop, orderId: string, at?: string): void {
  const order = shop.tables.orders.get(orderId);
  if (!order || order.routesAt === null) return;
  act(shop, `order/${orderId}`, at, (action) => {
    shop.put('orders', { ...order, routesAt: null });
    for (const work of routeOpenUnits(action, order)) {
      if (!isLoading(shop)) shop.emit('fulfillment_orders/order_routing_complete', routingPayload(work));
    }
  }, () => undefined);
}

/** Makes the fulfilment orders that are due on the shop's clock, one action per order. Returns how many orders were routed. */
export function routeDue(shop: Shop): number {
  const waiting = unroutedOrders(shop);
  if (waiting.length === 0) return 0;
  const now = shop.now();
  const due = waiting.filter((id) => (shop.tables.orders.get(id)?.routesAt ?? '9') <= now);
  for (const id of due) routeOrder(shop, id);
  return due.length;
}

export interface CancelOrderInput { orderId: string; reason: NonNullable<OrderRecord['cancelReason']>; restock: boolean; at?: string }

/**
 * Cancels an order: its open units are refunded as CANCEL (restocked where they were committed) or NO_RESTOCK, its fulfilment orders close.
 * Irreversible. Refused once everything has shipped, and when restocking at a deactivated location.
 */
export function cancelOrder(shop: Shop, input: CancelOrderInput): OrderOutcome {
  return change(shop, input, (action, order) => {
    if (order.cancelledAt !== null) refuse(['orderId'], 'Cannot cancel an order that has already been canceled.', 'INVALID');
    if (openUnits(order) === 0 && shop.fulfillmentsOf(order.id).some((fulfillment) => fulfillment.status === 'SUCCESS')) {
      refuse(['orderId'], 'Cannot cancel an order that has been fulfilled.', 'INVALID');
    }
    if (returnsOf(shop, order.id).some((each) => each.status === 'REQUESTED' || each.status === 'OPEN')) refuse(['orderId'], 'Cannot cancel an order with active returns.', 'INVALID');
    const open = order.lines.filter((line) => line.unfulfilledQuantity > 0);
    const parts = open.map((line): RefundPart => ({
      line, released: line.unfulfilledQuantity, returned: 0, restockType: input.restock ? 'CANCEL' : 'NO_RESTOCK', restockAt: input.restock ? WHERE_IT_WAS : null,
    }));
    const { refund, next } = applyRefund(action, order, parts, null, 'order_cancelled', 'CANCELLED');
    const cancelled: OrderRecord = { ...next, cancelledAt: action.at, cancelReason: input.reason, closedAt: action.at, routesAt: null };
    shop.put('orders', cancelled);
    announce(action, cancelled, ['orders/cancelled', 'orders/updated'], refund);
    return cancelled;
  });
}

export interface RefundOrderInput {
  orderId: string; note?: string | null; at?: string;
  /** CANCEL takes open units, RETURN shipped ones; NO_RESTOCK takes shipped units first and gives up open ones after them. */
  lines: { lineItemId: string; quantity: number; restockType: string; /** where it is restocked: by default where it was committed */ locationId?: string | null }[];
}

/** Refunds units, restocking them or not. Money alone (no lines) is a refund without lines. */
export function refundOrder(shop: Shop, input: RefundOrderInput): RefundOutcome {
  let made: RefundRecord | null = null;
  const { order, userErrors } = change(shop, input, (action, order) => {
    const left = new Map(order.lines.map((line) => [line.id, { open: line.unfulfilledQuantity, shipped: line.currentQuantity - line.unfulfilledQuantity }]));
    const parts = input.lines.map((want, index): RefundPart => {
      const field = ['input', 'refundLineItems', String(index)];
      const line = order.lines.find((candidate) => candidate.id === want.lineItemId);
      const rest = left.get(want.lineItemId);
      if (!line || !rest) return refuse([...field, 'lineItemId'], 'The line item does not exist on the order.');
      if (!Number.isSafeInteger(want.quantity) || want.quantity <= 0) return refuse([...field, 'quantity'], 'Quantity must be greater than 0.');
      const type = want.restockType;
      if (type !== 'CANCEL' && type !== 'RETURN' && type !== 'NO_RESTOCK') return refuse([...field, 'restockType'], 'The restock type is invalid.');
      const returned = type === 'CANCEL' ? 0 : Math.min(want.quantity, rest.shipped);
      const released = type === 'RETURN' ? 0 : Math.min(want.quantity - returned, rest.open);
      if (returned + released < want.quantity) return refuse([...field, 'quantity'], 'Quantity cannot refund more items than were purchased.');
      rest.shipped -= returned;
      rest.open -= released;
      return { line, released, returned, restockType: type, restockAt: type === 'NO_RESTOCK' ? null : want.locationId ?? WHERE_IT_WAS };
    });
    const { refund, next } = applyRefund(action, order, parts, input.note ?? null, 'restock');
    made = refund ?? { id: shop.nextId('Refund'), createdAt: action.at, note: input.note ?? null, lines: [] };
    const refunded = refund ? next : { ...next, refunds: [...next.refunds, made] };
    shop.put('orders', refunded);
    announce(action, refunded, ['orders/updated'], made);
    return refunded;
  });
  return { refund: userErrors.length > 0 ? null : made, order, userErrors };
}

export interface EditOrderInput {
  orderId: string; at?: string;
  /** `quantity` is the line's wanted current quantity; `restock` says whether units taken off return to `available`. */
  set?: { lineItemId: string; quantity: number; restock: boolean }[];
  add?: WantedLine[];
}

/** Edits an order: removed lines stay with a smaller currentQuantity, added units and lines are committed at once (staff may oversell). */
export function editOrder(shop: Shop, input: EditOrderInput): OrderOutcome {
  return change(shop, input, (action, order) => {
    if (order.cancelledAt !== null) refuse(['id'], 'The order cannot be edited because it is cancelled.');
    const deltas: { lineItemId: string; delta: number }[] = [];
    let next: OrderRecord = { ...order, edited: true, updatedAt: action.at };
    for (const set of input.set ?? []) {
      const line = next.lines.find((candidate) => candidate.id === set.lineItemId);
      if (!line) return refuse(['lineItemId'], 'The line item does not exist.');
      const delta = set.quantity - line.currentQuantity;
      if (!Number.isSafeInteger(set.quantity) || -delta > line.unfulfilledQuantity) return refuse(['quantity'], 'Quantity cannot be lower than the fulfilled quantity.');
      if (delta === 0) continue;
      next = withLine(next, { ...line, quantity: line.quantity + Math.max(delta, 0), currentQuantity: set.quantity, unfulfilledQuantity: line.unfulfilledQuantity + delta });
      deltas.push({ lineItemId: line.id, delta });
      if (delta < 0) {
        for (const { locationId, units } of releaseUnits(action, order, line.id, -delta)) {
          uncommit(action, line, locationId, units, { reason: 'order_edited', backTo: set.restock ? locationId : null });
        }
      } else {
        const item = trackedItemOf(shop, line);
        const place = order.committedAt[line.id];
        if (item !== undefined && place !== undefined) changeLevel(action, item, place, { available: -delta, committed: delta }, { reason: 'order_edited' });
      }
    }
    const { order: longer, added } = addLines(action, next, input.add ?? [], 'order_edited');
    next = longer;
    deltas.push(...added.map((line) => ({ lineItemId: line.id, delta: line.quantity })));
    if (deltas.some(({ delta }) => delta > 0)) {
      next = { ...next, closedAt: null };
      if (order.routesAt === null) carryAddedUnits(action, next);
    }
    shop.put('orders', next);
    if (!isLoading(shop)) shop.emit('orders/edited', orderEditPayload(shop, order.id, action.at, deltas));
    announce(action, next, ['orders/updated']);
    return next;
  });
}

/** Adds lines to an order and commits them, oversold if need be; the caller puts the order and makes the work. */
export function addLines(action: Action, order: OrderRecord, wanted: WantedLine[], reason: string): { order: OrderRecord; added: LineItemRecord[] } {
  const added = linesOf(action.shop, wanted, ['variantId']);
  if (added.length === 0) return { order, added };
  const committedAt = commitLines(action, added, { force: true, places: placesWanted(action.shop, wanted, added), reason });
  return { order: { ...order, lines: [...order.lines, ...added], committedAt: { ...order.committedAt, ...committedAt } }, added };
}

function change(shop: Shop, input: { orderId: string; at?: string }, work: (action: Action, order: OrderRecord) => OrderRecord): OrderOutcome {
  return act<OrderOutcome>(shop, `order/${input.orderId}`, input.at, (action) => {
    const order = shop.tables.orders.get(input.orderId);
    if (!order) return refuse(['orderId'], 'The order does not exist.', 'NOT_FOUND');
    return { order: work(action, order), userErrors: [] };
  }, (userErrors) => ({ order: shop.tables.orders.get(input.orderId) ?? null, userErrors }));
}

function announce({ shop }: Action, order: OrderRecord, topics: string[], refund?: RefundRecord): void {
  if (isLoading(shop)) return;
  if (refund) shop.emit('refunds/create', refundPayload(shop, order, refund));
  for (const topic of topics) shop.emit(topic, orderPayload(shop, order));
}
