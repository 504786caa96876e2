/** Orders: GraphQL nodes, bulk lines and REST-shaped webhook bodies → OrderState fragments. Pure. */
import { byId, emptyOrder, type Assignment, type FulfilmentState, type OrderLine, type OrderState, type RefundLine, type RestockType } from '../../domain/orders/order-state.ts';
import { idOf, instant, minorUnits } from './wire.ts';

interface GqlLine {
  id: string; quantity: number; currentQuantity: number; unfulfilledQuantity: number; sku: string | null; name: string; isGiftCard: boolean; requiresShipping: boolean;
  originalUnitPriceSet: { shopMoney: { amount: string } }; variant: { id: string } | null; lineItemGroup: { id: string; variantId: string | null; quantity: number } | null;
}
interface GqlFulfilmentOrder {
  id: string; status: string; updatedAt: string; assignedLocation: { location: { id: string } | null };
  lineItems?: Page<{ totalQuantity: number; remainingQuantity: number; lineItem: { id: string } }>;
}
/** A page of a connection; what was asked without a pageInfo is whole. */
export interface Page<T> { nodes: T[]; pageInfo?: { hasNextPage: boolean; endCursor: string | null } }

export interface GqlOrder {
  id: string; name: string; processedAt: string; updatedAt: string; cancelledAt: string | null; cancelReason: string | null; test: boolean; sourceName: string | null; edited?: boolean;
  refunds: { id: string; createdAt?: string; refundLineItems?: Page<{ id: string; quantity: number; restockType: string; location: { id: string } | null; lineItem: { id: string } }> }[];
  fulfillments?: { id: string; status: string; createdAt: string; updatedAt: string; location: { id: string } | null; fulfillmentLineItems: Page<{ quantity: number; lineItem: { id: string } }> }[];
  lineItems?: Page<GqlLine>;
  fulfillmentOrders?: Page<GqlFulfilmentOrder>;
}

const RESTOCK: Record<string, RestockType> = { RETURN: 'return', CANCEL: 'cancel', NO_RESTOCK: 'no_restock', LEGACY_RESTOCK: 'return' };

/** A complete read of an order: lines, refunds with their lines, every fulfilment, fulfilment orders. */
export function orderFromNode(node: GqlOrder, currency: string, readAt: string): OrderState {
  const order = orderHead(node);
  order.fulfilmentsKnown = order.refundsKnown = true;
  order.refunds = refundLinesOf(node.refunds);
  for (const parcel of node.fulfillments ?? []) order.fulfilments[idOf(parcel.id)] = fulfilmentFromNode(parcel);
  for (const line of node.lineItems?.nodes ?? []) addLine(order, line, currency, true);
  order.assignments = assignmentsFromNodes(node.fulfillmentOrders?.nodes ?? [], readAt);
  return order;
}

/** The refund lines alone: all that a shipped, never edited order still lacks after the bulk file. */
export function refundsFromNode(node: Pick<GqlOrder, 'id' | 'refunds'>): OrderState {
  return { ...emptyOrder(idOf(node.id)), refunds: refundLinesOf(node.refunds), refundsKnown: true };
}

function refundLinesOf(refunds: GqlOrder['refunds']): Record<string, RefundLine> {
  const lines: Record<string, RefundLine> = {};
  for (const refund of refunds) {
    for (const line of refund.refundLineItems?.nodes ?? []) {
      lines[idOf(line.id)] = {
        refundId: idOf(refund.id), lineId: idOf(line.lineItem.id), quantity: line.quantity, restockType: RESTOCK[line.restockType] ?? 'no_restock',
        locationId: line.location ? idOf(line.location.id) : null, at: instant(refund.createdAt!),
      };
    }
  }
  return lines;
}

/** What a bulk file says of an order: it names refunds but not their lines, and parcels not at all. */
export function orderFromBulk(node: GqlOrder, lines: GqlLine[], orders: GqlFulfilmentOrder[], currency: string): OrderState {
  const order = orderHead(node);
  // Without the refund lines the removed units are not known, unless the order was never edited.
  const settled = node.refunds.length === 0;
  order.refundsKnown = settled;
  for (const line of lines) addLine(order, line, currency, settled);
  order.assignments = assignmentsFromNodes(orders, ''); // a file is older than any read
  const places = new Map<string, { quantity: number; locationId: string | null }>();
  for (const assignment of Object.values(order.assignments)) {
    for (const [lineId, units] of Object.entries(assignment.lines)) {
      const left = units.total - units.remaining;
      if (left <= 0) continue;
      const known = places.get(lineId);
      places.set(lineId, { quantity: (known?.quantity ?? 0) + left, locationId: known?.locationId ?? assignment.locationId });
    }
  }
  for (const line of lines) {
    const id = idOf(line.id), gone = line.currentQuantity - line.unfulfilledQuantity;
    if (gone > 0) order.fulfilledBefore[id] = { quantity: gone, locationId: places.get(id)?.locationId ?? null };
  }
  return order;
}

export function assignmentsFromNodes(nodes: GqlFulfilmentOrder[], readAt: string): Record<string, Assignment> {
  const assignments = byId<Assignment>();
  for (const node of nodes) {
    if (!node.assignedLocation.location) continue; // the location was deleted: the units stay without a place until moved
    const lines: Assignment['lines'] = byId();
    for (const line of node.lineItems?.nodes ?? []) {
      const id = idOf(line.lineItem.id), known = lines[id];
      lines[id] = { total: (known?.total ?? 0) + line.totalQuantity, remaining: (known?.remaining ?? 0) + line.remainingQuantity };
    }
    assignments[idOf(node.id)] = {
      locationId: idOf(node.assignedLocation.location.id), open: node.status !== 'CLOSED' && node.status !== 'CANCELLED', ...(node.status === 'ON_HOLD' ? { held: true as const } : {}), updatedAt: instant(node.updatedAt), readAt, lines,
    };
  }
  return assignments;
}

function orderHead(node: GqlOrder): OrderState {
  return {
    ...emptyOrder(idOf(node.id)), name: node.name, updatedAt: instant(node.updatedAt), processedAt: instant(node.processedAt),
    cancelledAt: node.cancelledAt ? instant(node.cancelledAt) : null, cancelReason: node.cancelReason, test: node.test, sourceName: node.sourceName,
  };
}

function addLine(order: OrderState, line: GqlLine, currency: string, refundsKnown: boolean): void {
  const id = idOf(line.id);
  const refunded = refundedUnits(order.refunds, id);
  order.lines[id] = {
    variantId: line.variant ? idOf(line.variant.id) : null, sku: line.sku, title: line.name, ordered: line.quantity,
    // current = ordered − removed − refunded; without the refund lines the removed part is not known yet.
    removed: refundsKnown ? Math.max(0, line.quantity - line.currentQuantity - refunded) : 0,
    giftCard: line.isGiftCard, requiresShipping: line.requiresShipping, price: minorUnits(line.originalUnitPriceSet.shopMoney.amount, currency),
    group: line.lineItemGroup ? { id: idOf(line.lineItemGroup.id), variantId: line.lineItemGroup.variantId ? idOf(line.lineItemGroup.variantId) : null, quantity: line.lineItemGroup.quantity } : null,
  };
  order.unfulfilled[id] = { quantity: line.unfulfilledQuantity, at: order.updatedAt };
}

function refundedUnits(refunds: Record<string, RefundLine>, lineId: string): number {
  let units = 0;
  for (const refund of Object.values(refunds)) if (refund.lineId === lineId) units += refund.quantity;
  return units;
}

function fulfilmentFromNode(parcel: NonNullable<GqlOrder['fulfillments']>[number]): FulfilmentState {
  const lines: Record<string, number> = {};
  for (const line of parcel.fulfillmentLineItems.nodes) lines[idOf(line.lineItem.id)] = (lines[idOf(line.lineItem.id)] ?? 0) + line.quantity;
  return { locationId: parcel.location ? idOf(parcel.location.id) : null, cancelled: parcel.status === 'CANCELLED', at: instant(parcel.createdAt), updatedAt: instant(parcel.updatedAt), lines };
}

// ---- webhooks (REST-shaped, numeric ids) -----------------------------------------------------------------------------------------------
type Id = number | string;
interface RestLine {
  id: Id; variant_id: Id | null; sku: string | null; title: string; variant_title?: string | null; quantity: number; current_quantity?: number; fulfillable_quantity?: number;
  price?: string; gift_card?: boolean; requires_shipping?: boolean; sales_line_item_group_id?: Id | null;
}
interface RestRefund { id: Id; order_id?: Id; created_at: string; refund_line_items: { id: Id; line_item_id: Id; quantity: number; restock_type: string; location_id: Id | null }[] }
interface RestFulfilment { id: Id; order_id?: Id; status: string; location_id: Id | null; created_at: string; updated_at: string; line_items: { id: Id; quantity: number }[] }
export interface RestOrder {
  id: Id; name: string; processed_at: string | null; created_at: string; updated_at: string; cancelled_at: string | null; cancel_reason: string | null;
  test?: boolean; source_name?: string | null; line_items: RestLine[]; refunds?: RestRefund[]; fulfillments?: RestFulfilment[];
}

/** An orders/* webhook: the whole order but for its fulfilment orders. */
export function orderFromWebhook(body: RestOrder, currency: string): OrderState {
  const order: OrderState = {
    ...emptyOrder(String(body.id)), name: body.name, updatedAt: instant(body.updated_at), processedAt: instant(body.processed_at ?? body.created_at),
    cancelledAt: body.cancelled_at ? instant(body.cancelled_at) : null, cancelReason: body.cancel_reason?.toUpperCase() ?? null, test: body.test ?? false,
    sourceName: body.source_name ?? null, fulfilmentsKnown: body.fulfillments !== undefined, refundsKnown: body.refunds !== undefined,
  };
  for (const refund of body.refunds ?? []) Object.assign(order.refunds, refundLines(refund));
  for (const parcel of body.fulfillments ?? []) order.fulfilments[String(parcel.id)] = fulfilmentFromWebhook(parcel);
  for (const line of body.line_items) {
    const id = String(line.id);
    order.lines[id] = lineFromWebhook(line, refundedUnits(order.refunds, id), body.refunds !== undefined, currency);
    if (line.fulfillable_quantity !== undefined) order.unfulfilled[id] = { quantity: line.fulfillable_quantity, at: order.updatedAt };
  }
  return order;
}

export function refundFromWebhook(body: RestRefund & { order_id: Id }): OrderState {
  return { ...emptyOrder(String(body.order_id)), refunds: refundLines(body) };
}

export function parcelFromWebhook(body: RestFulfilment & { order_id: Id }): OrderState {
  return { ...emptyOrder(String(body.order_id)), fulfilments: { [String(body.id)]: fulfilmentFromWebhook(body) } };
}

function lineFromWebhook(line: RestLine, refunded: number, refundsKnown: boolean, currency: string): OrderLine {
  const current = line.current_quantity;
  return {
    variantId: line.variant_id === null ? null : String(line.variant_id), sku: line.sku, title: line.variant_title ? `${line.title} - ${line.variant_title}` : line.title,
    ordered: line.quantity, removed: current === undefined || !refundsKnown ? 0 : Math.max(0, line.quantity - current - refunded), giftCard: line.gift_card ?? false,
    requiresShipping: line.requires_shipping ?? true, price: line.price === undefined ? 0 : minorUnits(line.price, currency),
    // The webhook names the group but not its parent; reads fill that in.
    group: line.sales_line_item_group_id == null ? null : { id: String(line.sales_line_item_group_id), variantId: null, quantity: 0 },
  };
}

function refundLines(refund: RestRefund): Record<string, RefundLine> {
  const lines: Record<string, RefundLine> = {};
  for (const line of refund.refund_line_items) {
    lines[String(line.id)] = {
      refundId: String(refund.id), lineId: String(line.line_item_id), quantity: line.quantity, restockType: RESTOCK[line.restock_type.toUpperCase()] ?? 'no_restock',
      locationId: line.location_id === null ? null : String(line.location_id), at: instant(refund.created_at),
    };
  }
  return lines;
}

function fulfilmentFromWebhook(parcel: RestFulfilment): FulfilmentState {
  const lines: Record<string, number> = {};
  for (const line of parcel.line_items) lines[String(line.id)] = (lines[String(line.id)] ?? 0) + line.quantity;
  return {
    locationId: parcel.location_id === null ? null : String(parcel.location_id), cancelled: parcel.status === 'cancelled', at: instant(parcel.created_at), updatedAt: instant(parcel.updated_at), lines,
  };
}
