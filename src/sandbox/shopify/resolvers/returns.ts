/** Returns, their lines and exchanges, and the reverse fulfilment orders that take the goods in. */
import { gid, idOf } from '../gid.ts';
import { returnableUnits } from '../engine/return-figures.ts';
import { returnsOf } from '../shop.ts';
import type { DispositionRecord, FulfillmentRecord, OrderRecord, ReturnRecord, Shop } from '../state.ts';
import { instant, instantOrNull, moneyBag } from '../wire-format.ts';
import { fieldsOf, list, notSimulated, type Args, type Context } from './fields.ts';
import { visibleOrder } from './orders.ts';

type ReturnLine = ReturnRecord['lines'][number];
type ReverseLine = NonNullable<ReturnRecord['reverse']>['lines'][number];
/** A line never travels without its return; its name tells the interface which type it is. */
interface ReturnLineSource { __typename: 'ReturnLineItem'; each: ReturnRecord; line: ReturnLine }
interface ExchangeSource { each: ReturnRecord; line: ReturnRecord['exchanges'][number] }
interface ReverseSource { each: ReturnRecord }
export interface ReverseLineSource { each: ReturnRecord; line: ReverseLine }
interface ReturnableSource { fulfillment: FulfillmentRecord; rows: { line: FulfillmentRecord['lines'][number]; quantity: number }[] }

const orderOf = (shop: Shop, each: ReturnRecord): OrderRecord => {
  const order = shop.tables.orders.get(each.orderId);
  if (order === undefined) throw new Error(`order ${each.orderId} is gone but its return remains`);
  return order;
};
const lineSource = (each: ReturnRecord, line: ReturnLine): ReturnLineSource => ({ __typename: 'ReturnLineItem', each, line });
const open = (each: ReturnRecord, units: number) => each.status === 'OPEN' ? units : 0;

/** A parcel line as the fulfilment's own type shows it. */
function parcelLine(shop: Shop, each: ReturnRecord, fulfillmentLineItemId: string): unknown {
  for (const fulfillment of shop.fulfillmentsOf(each.orderId)) {
    const line = fulfillment.lines.find((candidate) => candidate.id === fulfillmentLineItemId);
    if (line !== undefined) return { fulfillment, line };
  }
  throw new Error(`return ${each.name} names a parcel line that is gone`);
}

/** Rows of a processing filter; without it all. */
function filtered<L extends { quantity: number; processedQuantity: number }>(each: ReturnRecord, lines: L[], args: Args): L[] {
  if (args['processingStatus'] === 'PROCESSED') return lines.filter((line) => line.processedQuantity > 0);
  return args['processingStatus'] === 'PROCESSABLE' ? lines.filter((line) => open(each, line.quantity - line.processedQuantity) > 0) : lines;
}

export const returnTypes = {
  Return: fieldsOf<ReturnRecord>({
    id: (each) => gid('Return', each.id),
    name: (each) => each.name,
    status: (each) => each.status,
    createdAt: (each) => instant(each.createdAt),
    requestApprovedAt: (each) => instantOrNull(each.requestApprovedAt),
    closedAt: (each) => instantOrNull(each.closedAt),
    decline: (each) => each.decline,
    order: (each, _args, { shop }) => orderOf(shop, each),
    totalQuantity: (each) => each.lines.reduce((sum, line) => sum + line.quantity, 0),
    returnShippingFees: () => [],
    returnLineItems: list((each, args) => ({ rows: filtered(each, each.lines, args).map((line) => lineSource(each, line)), id: ({ line }: ReturnLineSource) => line.id })),
    exchangeLineItems: list((each, args) => ({ rows: filtered(each, each.exchanges, args).map((line): ExchangeSource => ({ each, line })), id: ({ line }: ExchangeSource) => line.id })),
    reverseFulfillmentOrders: list((each) => ({ rows: each.reverse === null ? [] : [{ each }], id: (source: ReverseSource) => source.each.reverse!.id })),
    refunds: list((each, _args, { shop }) => {
      const order = orderOf(shop, each);
      return { rows: order.refunds.filter((refund) => refund.returnId === each.id).map((refund) => ({ order, refund })), id: ({ refund }: { refund: { id: string } }) => refund.id };
    }),
  }),
  ReturnLineItem: fieldsOf<ReturnLineSource>({
    id: ({ line }) => gid('ReturnLineItem', line.id),
    quantity: ({ line }) => line.quantity,
    processableQuantity: ({ each, line }) => open(each, line.quantity - line.processedQuantity),
    processedQuantity: ({ line }) => line.processedQuantity,
    unprocessedQuantity: ({ line }) => line.quantity - line.processedQuantity,
    refundableQuantity: ({ each, line }) => open(each, line.quantity - line.refundedQuantity),
    refundedQuantity: ({ line }) => line.refundedQuantity,
    returnReason: ({ line }) => line.reason,
    returnReasonNote: ({ line }) => line.reasonNote,
    customerNote: ({ line }) => line.customerNote,
    fulfillmentLineItem: ({ each, line }, _args, { shop }) => parcelLine(shop, each, line.fulfillmentLineItemId),
    withCodeDiscountedTotalPriceSet: ({ each, line }, _args, { shop }) => {
      const order = orderOf(shop, each);
      return moneyBag((order.lines.find((candidate) => candidate.id === line.lineItemId)?.price ?? 0) * line.quantity, order.currency);
    },
  }),
  ExchangeLineItem: fieldsOf<ExchangeSource>({
    id: ({ line }) => gid('ExchangeLineItem', line.id),
    quantity: ({ line }) => line.quantity,
    processableQuantity: ({ each, line }) => open(each, line.quantity - line.processedQuantity),
    processedQuantity: ({ line }) => line.processedQuantity,
    unprocessedQuantity: ({ line }) => line.quantity - line.processedQuantity,
    productId: ({ line }) => gid('Product', line.productId),
    variantId: ({ line }) => gid('ProductVariant', line.variantId),
    variantSku: ({ line }) => line.sku,
    variantTitle: ({ line }) => line.variantTitle,
    title: ({ line }) => line.title,
    lineItem: ({ each, line }, _args, { shop }) => orderLines(shop, each, line.lineItemIds)[0] ?? null,
    lineItems: ({ each, line }, _args, { shop }) => orderLines(shop, each, line.lineItemIds),
  }),
  ReverseFulfillmentOrder: fieldsOf<ReverseSource>({
    id: ({ each }) => gid('ReverseFulfillmentOrder', each.reverse!.id),
    status: ({ each }) => each.reverse!.status,
    order: ({ each }, _args, { shop }) => orderOf(shop, each),
    thirdPartyConfirmation: () => null,
    lineItems: list(({ each }) => ({ rows: each.reverse!.lines.map((line): ReverseLineSource => ({ each, line })), id: ({ line }: ReverseLineSource) => line.id })),
  }),
  ReverseFulfillmentOrderLineItem: fieldsOf<ReverseLineSource>({
    id: ({ line }) => gid('ReverseFulfillmentOrderLineItem', line.id),
    totalQuantity: ({ line }) => line.totalQuantity,
    dispositions: ({ line }) => line.dispositions,
    fulfillmentLineItem: ({ each, line }, _args, { shop }) => {
      const returned = each.lines.find((candidate) => candidate.id === line.returnLineId);
      return returned === undefined ? null : parcelLine(shop, each, returned.fulfillmentLineItemId);
    },
  }),
  ReverseFulfillmentOrderDisposition: fieldsOf<DispositionRecord>({
    id: (disposition) => gid('ReverseFulfillmentOrderDisposition', disposition.id),
    type: (disposition) => disposition.type,
    quantity: (disposition) => disposition.quantity,
    createdAt: (disposition) => instant(disposition.createdAt),
    location: (disposition, _args, { shop }) => disposition.locationId === null ? null : shop.tables.locations.get(disposition.locationId) ?? null,
  }),
  ReturnableFulfillment: fieldsOf<ReturnableSource>({
    id: ({ fulfillment }) => gid('ReturnableFulfillment', fulfillment.id),
    fulfillment: ({ fulfillment }) => fulfillment,
    returnableFulfillmentLineItems: list(({ fulfillment, rows }) => ({
      rows: rows.map((row) => ({ quantity: row.quantity, fulfillmentLineItem: { fulfillment, line: row.line } })), id: (row: { fulfillmentLineItem: { line: { id: string } } }) => row.fulfillmentLineItem.line.id,
    })),
  }),
};

function orderLines(shop: Shop, each: ReturnRecord, ids: readonly string[]): unknown[] {
  const order = orderOf(shop, each);
  return ids.flatMap((id) => order.lines.filter((line) => line.id === id).map((line) => ({ order, line })));
}

/** A return of an order the token may see. */
export function visibleReturn(context: Context, id: string): ReturnRecord | null {
  const each = context.shop.tables.returns.get(id);
  return each === undefined || visibleOrder(context, each.orderId) === null ? null : each;
}

export function reverseById(context: Context, id: string): ReverseSource | null {
  const each = context.shop.tables.returns.values().find((candidate) => candidate.reverse?.id === id);
  return each === undefined || visibleReturn(context, each.id) === null ? null : { each };
}

export const returnQueries = fieldsOf<undefined>({
  return: (_root, args, context) => visibleReturn(context, idOf(args['id'], 'Return')),
  reverseFulfillmentOrder: (_root, args, context) => reverseById(context, idOf(args['id'], 'ReverseFulfillmentOrder')),
  returnableFulfillments: list((_root, args, context) => {
    const order = visibleOrder(context, idOf(args['orderId'], 'Order'));
    const byParcel = Map.groupBy(order === null ? [] : returnableUnits(context.shop, order), ({ fulfillment }) => fulfillment);
    return { rows: [...byParcel].map(([fulfillment, rows]): ReturnableSource => ({ fulfillment, rows })), id: ({ fulfillment }: ReturnableSource) => fulfillment.id };
  }),
});

/** `Order.returns`. */
export const orderReturns = list((order: OrderRecord, args, { shop }) => {
  if (args['query'] != null) throw notSimulated('Order.returns(query:)');
  return { rows: returnsOf(shop, order.id), id: (each: ReturnRecord) => each.id };
});
