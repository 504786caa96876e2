/** Fulfilment orders (the work assigned to a location) and fulfilments (what left it). */
import { gid, idOf } from '../gid.ts';
import type { Listing } from '../connections.ts';
import { idField, instantField, searchPredicate, textField, type SearchFields } from '../search/match.ts';
import { appOf, OWN_APP } from '../engine/actors.ts';
import { supportedActions } from '../engine/fulfilment-holds.ts';
import type { FulfillmentOrderRecord, FulfillmentRecord, HoldRecord, OrderRecord, Shop } from '../state.ts';
import { instant } from '../wire-format.ts';
import { fieldsOf, list, type Args, type Context } from './fields.ts';

interface WorkLineSource { work: FulfillmentOrderRecord; line: FulfillmentOrderRecord['lines'][number] }
interface ShippedLineSource { fulfillment: FulfillmentRecord; line: FulfillmentRecord['lines'][number] }

const WORK_SEARCH: SearchFields<FulfillmentOrderRecord> = {
  id: idField((work) => work.id),
  status: textField((work) => work.status),
  updated_at: instantField((work) => work.updatedAt),
  created_at: instantField((work) => work.createdAt),
  assigned_location_id: idField((work) => work.assignedLocationId),
};
const FINISHED = new Set(['CLOSED', 'CANCELLED']);

/** Fulfilment orders the token may see. A missing scope means fewer rows, not an error. */
export function fulfillmentOrderListing({ access }: Context, rows: Iterable<FulfillmentOrderRecord>, args: Args): Listing<FulfillmentOrderRecord> {
  const matches = searchPredicate(args['query'], WORK_SEARCH);
  return {
    rows: access.fulfillmentOrders ? rows : [],
    where: (work) => (args['includeClosed'] === true || !FINISHED.has(work.status)) && matches(work),
    sortKey: args['sortKey'] === 'UPDATED_AT' ? (work) => work.updatedAt.slice(0, 19) : () => 0,
    id: (work) => work.id,
  };
}

function orderOf(shop: Shop, orderId: string): OrderRecord {
  const order = shop.tables.orders.get(orderId);
  if (order === undefined) throw new Error(`order ${orderId} is gone but its fulfilment remains`);
  return order;
}

function lineItem(shop: Shop, orderId: string, lineItemId: string): unknown {
  const order = orderOf(shop, orderId);
  const line = order.lines.find((candidate) => candidate.id === lineItemId);
  return line === undefined ? null : { order, line };
}

export const fulfillmentTypes = {
  FulfillmentOrder: fieldsOf<FulfillmentOrderRecord>({
    id: (work) => gid('FulfillmentOrder', work.id),
    status: (work) => work.status,
    requestStatus: () => 'UNSUBMITTED',
    createdAt: (work) => instant(work.createdAt),
    updatedAt: (work) => instant(work.updatedAt),
    orderId: (work) => gid('Order', work.orderId),
    orderName: (work, _args, { shop }) => orderOf(shop, work.orderId).name,
    orderProcessedAt: (work, _args, { shop }) => instant(orderOf(shop, work.orderId).processedAt),
    order: (work, _args, { shop }) => orderOf(shop, work.orderId),
    supportedActions: (work, _args, { shop }) => supportedActions(shop, work).map((action) => ({ action, externalUrl: null })),
    fulfillmentHolds: (work) => work.holds ?? [],
    fulfillAt: () => null,
    assignedLocation: (work, _args, { shop }) => {
      const location = shop.tables.locations.get(work.assignedLocationId);
      return { location: location ?? null, name: location?.name ?? '', countryCode: location?.countryCode ?? 'ZZ' };
    },
    lineItems: list((work) => ({ rows: work.lines.map((line): WorkLineSource => ({ work, line })), id: ({ line }: WorkLineSource) => line.id })),
    fulfillments: list((work, _args, { shop }) => ({
      rows: shop.fulfillmentsOf(work.orderId), where: (fulfillment: FulfillmentRecord) => fulfillment.lines.some((line) => line.fulfillmentOrderId === work.id),
      id: (fulfillment: FulfillmentRecord) => fulfillment.id,
    })),
  }),
  FulfillmentHold: fieldsOf<HoldRecord>({
    id: (hold) => gid('FulfillmentHold', hold.id),
    reason: (hold) => hold.reason,
    displayReason: (hold) => hold.reason.charAt(0) + hold.reason.slice(1).toLowerCase().replaceAll('_', ' '),
    reasonNotes: (hold) => hold.reasonNotes,
    handle: (hold) => hold.handle === '' ? null : hold.handle,
    heldByApp: (hold) => hold.app === null ? null : appOf(hold.app),
    heldByRequestingApp: (hold) => hold.app === OWN_APP,
  }),
  FulfillmentOrderLineItem: fieldsOf<WorkLineSource>({
    id: ({ line }) => gid('FulfillmentOrderLineItem', line.id),
    totalQuantity: ({ line }) => line.totalQuantity,
    remainingQuantity: ({ line }) => line.remainingQuantity,
    lineItem: ({ work, line }, _args, { shop }) => lineItem(shop, work.orderId, line.lineItemId),
    sku: ({ work, line }, _args, { shop }) => orderOf(shop, work.orderId).lines.find((candidate) => candidate.id === line.lineItemId)?.sku ?? null,
    productTitle: ({ work, line }, _args, { shop }) => orderOf(shop, work.orderId).lines.find((candidate) => candidate.id === line.lineItemId)?.title,
    requiresShipping: ({ work, line }, _args, { shop }) => orderOf(shop, work.orderId).lines.find((candidate) => candidate.id === line.lineItemId)?.requiresShipping,
    inventoryItemId: ({ work, line }, _args, { shop }) => {
      const variantId = orderOf(shop, work.orderId).lines.find((candidate) => candidate.id === line.lineItemId)?.variantId ?? null;
      const variant = variantId === null ? undefined : shop.tables.variants.get(variantId);
      return variant === undefined ? null : gid('InventoryItem', variant.inventoryItemId);
    },
  }),
  Fulfillment: fieldsOf<FulfillmentRecord>({
    id: (fulfillment) => gid('Fulfillment', fulfillment.id),
    legacyResourceId: (fulfillment) => fulfillment.id,
    status: (fulfillment) => fulfillment.status,
    name: (fulfillment, _args, { shop }) => `${orderOf(shop, fulfillment.orderId).name}-F${shop.fulfillmentsOf(fulfillment.orderId).findIndex((f) => f.id === fulfillment.id) + 1}`,
    createdAt: (fulfillment) => instant(fulfillment.createdAt),
    updatedAt: (fulfillment) => instant(fulfillment.updatedAt),
    location: (fulfillment, _args, { shop }) => shop.tables.locations.get(fulfillment.locationId) ?? null,
    order: (fulfillment, _args, { shop }) => orderOf(shop, fulfillment.orderId),
    requiresShipping: (fulfillment, _args, { shop }) => orderOf(shop, fulfillment.orderId).lines.some((line) => line.requiresShipping && fulfillment.lines.some((shipped) => shipped.lineItemId === line.id)),
    totalQuantity: (fulfillment) => fulfillment.lines.reduce((sum, line) => sum + line.quantity, 0),
    trackingInfo: (fulfillment, args) => fulfillment.tracking.slice(0, args['first'] ?? undefined),
    fulfillmentLineItems: list((fulfillment) => ({
      rows: fulfillment.lines.map((line): ShippedLineSource => ({ fulfillment, line })), id: ({ line }: ShippedLineSource) => line.id,
    })),
    fulfillmentOrders: list((fulfillment, args, context) => fulfillmentOrderListing(context,
      context.shop.fulfillmentOrdersOf(fulfillment.orderId).filter((work) => fulfillment.lines.some((line) => line.fulfillmentOrderId === work.id)),
      { ...args, includeClosed: true })),
  }),
  FulfillmentLineItem: fieldsOf<ShippedLineSource>({
    id: ({ line }) => gid('FulfillmentLineItem', line.id),
    quantity: ({ line }) => line.quantity,
    lineItem: ({ fulfillment, line }, _args, { shop }) => lineItem(shop, fulfillment.orderId, line.lineItemId),
  }),
};

export const fulfillmentQueries = fieldsOf<undefined>({
  fulfillment: (_root, args, { shop }) => shop.tables.fulfillments.get(idOf(args['id'], 'Fulfillment')) ?? null,
  fulfillmentOrder: (_root, args, { shop, access }) => (access.fulfillmentOrders ? shop.tables.fulfillmentOrders.get(idOf(args['id'], 'FulfillmentOrder')) : undefined) ?? null,
  fulfillmentOrders: list((_root, args, context) => fulfillmentOrderListing(context, context.shop.tables.fulfillmentOrders.values(), args)),
});
