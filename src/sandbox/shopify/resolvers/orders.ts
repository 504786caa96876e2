/** Orders with their lines and refunds, as far as the records support them. */
import { gid, idOf } from '../gid.ts';
import { returnStatus } from '../engine/return-figures.ts';
import type { Listing } from '../connections.ts';
import { flagField, idField, instantField, searchPredicate, textField, wordField, type SearchFields } from '../search/match.ts';
import type { LineItemRecord, OrderRecord, RefundRecord, Shop } from '../state.ts';
import { instant, instantOrNull, moneyBag, moneyText } from '../wire-format.ts';
import { clockOf, fieldsOf, list, notSimulated, type Args, type Context } from './fields.ts';
import { fulfillmentOrderListing } from './fulfillment.ts';

/** A line or refund line never travels without its order: both live inside the order's record. */
export interface LineSource { order: OrderRecord; line: LineItemRecord }
export interface RefundSource { order: OrderRecord; refund: RefundRecord }
interface RefundLineSource extends RefundSource { line: RefundRecord['lines'][number] }

const WALL_MS = 60 * 86_400_000;

/** `displayFulfillmentStatus` from what was shipped and what still waits. */
export function fulfillmentStatus(shop: Shop, order: OrderRecord): string {
  const open = order.lines.reduce((sum, line) => sum + line.unfulfilledQuantity, 0);
  const shipped = shop.fulfillmentsOf(order.id).some((fulfillment) => fulfillment.status === 'SUCCESS');
  if (open === 0) return shipped ? 'FULFILLED' : order.lines.some((line) => line.requiresShipping) ? 'UNFULFILLED' : 'FULFILLMENT_NOT_REQUIRED';
  if (shipped) return 'PARTIALLY_FULFILLED';
  const statuses = new Set(shop.fulfillmentOrdersOf(order.id).map((work) => work.status));
  return statuses.has('ON_HOLD') ? 'ON_HOLD' : statuses.has('IN_PROGRESS') ? 'IN_PROGRESS' : statuses.has('SCHEDULED') ? 'SCHEDULED' : 'UNFULFILLED';
}

function orderSearch(shop: Shop): SearchFields<OrderRecord> {
  const fulfillment = (status: string) => (order: OrderRecord) => fulfillmentStatus(shop, order) === status;
  const closed = (order: OrderRecord) => order.closedAt !== null;
  const cancelled = (order: OrderRecord) => order.cancelledAt !== null;
  return {
    id: idField((order) => order.id),
    name: textField((order) => [order.name, order.name.replace('#', '')]),
    created_at: instantField((order) => order.createdAt),
    processed_at: instantField((order) => order.processedAt),
    updated_at: instantField((order) => order.updatedAt),
    status: wordField({ any: () => true, not_closed: (order) => !closed(order), open: (order) => !closed(order) && !cancelled(order), closed, cancelled }),
    fulfillment_status: wordField({
      fulfilled: fulfillment('FULFILLED'), shipped: fulfillment('FULFILLED'), partial: fulfillment('PARTIALLY_FULFILLED'), on_hold: fulfillment('ON_HOLD'),
      unfulfilled: (order) => ['UNFULFILLED', 'PARTIALLY_FULFILLED', 'ON_HOLD', 'IN_PROGRESS', 'SCHEDULED'].includes(fulfillmentStatus(shop, order)),
      unshipped: fulfillment('UNFULFILLED'),
    }),
    financial_status: wordField(Object.fromEntries((['PENDING', 'PAID', 'PARTIALLY_REFUNDED', 'REFUNDED', 'VOIDED'] as const)
      .map((status) => [status.toLowerCase(), (order: OrderRecord) => order.financialStatus === status]))),
    return_status: wordField(Object.fromEntries(['NO_RETURN', 'RETURN_REQUESTED', 'IN_PROGRESS', 'INSPECTION_COMPLETE', 'RETURNED', 'RETURN_FAILED']
      .map((status) => [status.toLowerCase(), (order: OrderRecord) => returnStatus(shop, order) === status]))),
    test: flagField((order) => order.test),
    sku: textField((order) => order.lines.flatMap((line) => line.sku ?? [])),
    tag: textField((order) => order.tags),
    source_name: textField((order) => order.sourceName),
    fulfillment_location_id: (term) => {
      const at = idField<string>((id) => id)(term);
      return (order) => shop.fulfillmentsOf(order.id).some((fulfillment) => at(fulfillment.locationId));
    },
  };
}

const ORDER_KEYS: Record<string, (order: OrderRecord) => string | number> = {
  CREATED_AT: (order) => order.createdAt.slice(0, 19), PROCESSED_AT: (order) => order.processedAt.slice(0, 19),
  UPDATED_AT: (order) => order.updatedAt.slice(0, 19), ORDER_NUMBER: (order) => order.number, ID: () => 0,
};

/** Orders the token may see: without `read_all_orders` only those created in the last 60 days. */
export function orderListing({ shop, access }: Context, args: Args): Listing<OrderRecord> {
  const matches = searchPredicate(args['query'], orderSearch(shop));
  const wall = new Date(clockOf(shop) - WALL_MS).toISOString();
  const sortKey = ORDER_KEYS[args['sortKey'] ?? 'ID'];
  if (sortKey === undefined) throw notSimulated(`orders sorted by ${args['sortKey']}`);
  return { rows: shop.tables.orders.values(), where: (order) => (access.allOrders || order.createdAt >= wall) && matches(order), sortKey, id: (order) => order.id };
}

/** One order behind the same 60-day wall as the list. */
export function visibleOrder({ shop, access }: Context, id: string): OrderRecord | null {
  const order = shop.tables.orders.get(id);
  return order !== undefined && (access.allOrders || Date.parse(order.createdAt) >= clockOf(shop) - WALL_MS) ? order : null;
}

const gross = (order: OrderRecord) => order.lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
const total = (order: OrderRecord) => gross(order) - order.discountTotal + order.shippingTotal + order.taxTotal;
const refunded = (order: OrderRecord) => order.refunds.reduce((sum, refund) => sum + refund.lines.reduce((s, line) => s + line.subtotal, 0), 0);
const bag = (amount: (order: OrderRecord) => number) => (order: OrderRecord) => moneyBag(amount(order), order.currency);
const lineOf = (order: OrderRecord, lineItemId: string): LineSource | null => {
  const line = order.lines.find((candidate) => candidate.id === lineItemId);
  return line === undefined ? null : { order, line };
};

export const orderTypes = {
  Order: fieldsOf<OrderRecord>({
    id: (order) => gid('Order', order.id),
    legacyResourceId: (order) => order.id,
    name: (order) => order.name,
    number: (order) => order.number,
    createdAt: (order) => instant(order.createdAt),
    processedAt: (order) => instant(order.processedAt),
    updatedAt: (order) => instant(order.updatedAt),
    cancelledAt: (order) => instantOrNull(order.cancelledAt),
    cancelReason: (order) => order.cancelReason,
    closed: (order) => order.closedAt !== null,
    closedAt: (order) => instantOrNull(order.closedAt),
    test: (order) => order.test,
    edited: (order) => order.edited,
    confirmed: (order) => order.confirmed,
    sourceName: (order) => order.sourceName,
    tags: (order) => order.tags,
    currencyCode: (order) => order.currency,
    presentmentCurrencyCode: (order) => order.currency,
    displayFinancialStatus: (order) => order.financialStatus,
    displayFulfillmentStatus: (order, _args, { shop }) => fulfillmentStatus(shop, order),
    requiresShipping: (order) => order.lines.some((line) => line.requiresShipping),
    subtotalLineItemsQuantity: (order) => order.lines.reduce((sum, line) => sum + line.quantity, 0),
    currentSubtotalLineItemsQuantity: (order) => order.lines.reduce((sum, line) => sum + line.currentQuantity, 0),
    subtotalPriceSet: bag((order) => gross(order) - order.discountTotal),
    totalDiscountsSet: bag((order) => order.discountTotal),
    totalShippingPriceSet: bag((order) => order.shippingTotal),
    totalTaxSet: bag((order) => order.taxTotal),
    totalPriceSet: bag(total),
    totalRefundedSet: bag(refunded),
    lineItems: list((order) => ({ rows: order.lines.map((line): LineSource => ({ order, line })), id: ({ line }: LineSource) => line.id })),
    refunds: (order, args) => order.refunds.slice(0, args['first'] ?? undefined).map((refund): RefundSource => ({ order, refund })),
    fulfillments: (order, args, { shop }) => {
      if (args['query'] != null) throw notSimulated('Order.fulfillments(query:)');
      return shop.fulfillmentsOf(order.id).slice(0, args['first'] ?? undefined);
    },
    returnStatus: (order, _args, { shop }) => returnStatus(shop, order),
    fulfillmentsCount: (order, _args, { shop }) => ({ count: shop.fulfillmentsOf(order.id).length, precision: 'EXACT' }),
    fulfillmentOrders: list((order, args, context) => fulfillmentOrderListing(context, context.shop.fulfillmentOrdersOf(order.id), { ...args, includeClosed: true, sortKey: 'ID' })),
  }),
  LineItem: fieldsOf<LineSource>({
    id: ({ line }) => gid('LineItem', line.id),
    title: ({ line }) => line.title,
    name: ({ line }) => line.variantTitle === null ? line.title : `${line.title} - ${line.variantTitle}`,
    variantTitle: ({ line }) => line.variantTitle,
    sku: ({ line }) => line.sku,
    quantity: ({ line }) => line.quantity,
    currentQuantity: ({ line }) => line.currentQuantity,
    unfulfilledQuantity: ({ line }) => line.unfulfilledQuantity,
    refundableQuantity: ({ line }) => line.currentQuantity,
    requiresShipping: ({ line }) => line.requiresShipping,
    isGiftCard: ({ line }) => line.isGiftCard,
    variant: ({ line }, _args, { shop }) => {
      const variant = line.variantId === null ? undefined : shop.tables.variants.get(line.variantId);
      return variant === undefined || variant.deletedAt !== null ? null : variant;
    },
    product: ({ line }, _args, { shop }) => line.productId === null ? null : shop.tables.products.get(line.productId) ?? null,
    vendor: ({ line }, _args, { shop }) => line.productId === null ? null : shop.tables.products.get(line.productId)?.vendor ?? null,
    originalUnitPriceSet: ({ order, line }) => moneyBag(line.price, order.currency),
    originalTotalSet: ({ order, line }) => moneyBag(line.price * line.quantity, order.currency),
    lineItemGroup: ({ line }) => line.group,
  }),
  LineItemGroup: fieldsOf<NonNullable<LineItemRecord['group']>>({
    id: (group) => gid('LineItemGroup', group.id),
    productId: (group) => gid('Product', group.productId),
    variantId: (group) => gid('ProductVariant', group.variantId),
    variantSku: (group) => group.variantSku,
    title: (group) => group.title,
    quantity: (group) => group.quantity,
  }),
  Refund: fieldsOf<RefundSource>({
    id: ({ refund }) => gid('Refund', refund.id),
    legacyResourceId: ({ refund }) => refund.id,
    createdAt: ({ refund }) => instant(refund.createdAt),
    processedAt: ({ refund }) => instant(refund.createdAt),
    updatedAt: ({ refund }) => instant(refund.createdAt),
    note: ({ refund }) => refund.note,
    return: ({ refund }, _args, { shop }) => refund.returnId === undefined ? null : shop.tables.returns.get(refund.returnId) ?? null,
    order: ({ order }) => order,
    totalRefundedSet: ({ order, refund }) => moneyBag(refund.lines.reduce((sum, line) => sum + line.subtotal, 0), order.currency),
    refundLineItems: list(({ order, refund }) => ({
      rows: refund.lines.map((line): RefundLineSource => ({ order, refund, line })), id: ({ line }: RefundLineSource) => line.id,
    })),
  }),
  RefundLineItem: fieldsOf<RefundLineSource>({
    id: ({ line }) => gid('RefundLineItem', line.id),
    lineItem: ({ order, line }) => lineOf(order, line.lineItemId),
    quantity: ({ line }) => line.quantity,
    restockType: ({ line }) => line.restockType,
    restocked: ({ line }) => line.restocked,
    location: ({ line }, _args, { shop }) => line.locationId === null ? null : shop.tables.locations.get(line.locationId) ?? null,
    subtotalSet: ({ order, line }) => moneyBag(line.subtotal, order.currency),
    subtotal: ({ order, line }) => moneyText(line.subtotal, order.currency),
  }),
};

/** Finds a refund or a line by its own id: the tables hold both inside orders. */
export function insideOrders<S>(context: Context, find: (order: OrderRecord) => S | undefined): S | null {
  for (const order of context.shop.tables.orders.values()) {
    const found = find(order);
    if (found !== undefined) return visibleOrder(context, order.id) === null ? null : found;
  }
  return null;
}

export function lineById(context: Context, id: string): LineSource | null {
  return insideOrders(context, (order) => lineOf(order, id) ?? undefined);
}

export function refundById(context: Context, id: string): RefundSource | null {
  return insideOrders(context, (order) => {
    const refund = order.refunds.find((candidate) => candidate.id === id);
    return refund === undefined ? undefined : { order, refund };
  });
}

export const orderQueries = fieldsOf<undefined>({
  order: (_root, args, context) => visibleOrder(context, idOf(args['id'], 'Order')),
  orders: list((_root, args, context) => orderListing(context, args)),
  refund: (_root, args, context) => refundById(context, idOf(args['id'], 'Refund')),
});
