/** Orders, refunds and edits as mutations over the engine. */
import { cancelOrder, editOrder, placeOrder, refundOrder } from '../engine/orders.ts';
import type { KeyedOutcome } from '../graphql/idempotency.ts';
import { gid, idOf, splitGid } from '../gid.ts';
import { calculatedLines, type CalculatedLine, type OrderEdit } from '../order-edits.ts';
import { moneyBag, minorUnitsOf } from '../wire-format.ts';
import { fieldsOf, list, notSimulated, type Args, type Context } from './fields.ts';
import { keyed } from './inventory-mutations.ts';
import { shopRecord } from '../engine/payloads.ts';

interface PlainError { field: string[] | null; message: string }
const failure = (field: string, message: string): { userErrors: PlainError[] } => ({ userErrors: [{ field: [field], message }] });

interface RefundOutcome extends KeyedOutcome { refundId?: string | null; orderId?: string }

function refundPayload(outcome: RefundOutcome, { shop }: Context): unknown {
  const order = outcome.orderId === undefined ? undefined : shop.tables.orders.get(outcome.orderId);
  const refund = order?.refunds.find((candidate) => candidate.id === outcome.refundId);
  return { order: order ?? null, refund: order !== undefined && refund !== undefined ? { order, refund } : null, userErrors: outcome.userErrors };
}

function sessionOf(args: Args, context: Context): OrderEdit | null {
  return context.edits.get(idOf(args['id'], 'CalculatedOrder')) ?? null;
}

function editPayload(edit: OrderEdit, context: Context, lineId: string | null): unknown {
  const order = context.shop.tables.orders.get(edit.orderId);
  const line = order === undefined ? undefined : calculatedLines(edit, order).find((candidate) => candidate.id === lineId);
  return { calculatedOrder: edit, orderEditSession: { id: gid('OrderEditSession', edit.id) }, calculatedLineItem: line ?? null, userErrors: [] };
}

/** Lines of `orderCreate`: only catalogue variants are simulated; their price is the catalogue's unless `priceSet` gives one. */
function orderLines(order: Args, context: Context): { variantId: string; quantity: number; price?: number }[] {
  const { currency } = shopRecord(context.shop);
  return ((order['lineItems'] ?? []) as Args[]).map((line) => {
    if (line['variantId'] == null) throw notSimulated('orderCreate lines without variantId');
    const amount = line['priceSet']?.shopMoney?.amount;
    const price = amount == null ? undefined : minorUnitsOf(String(amount), currency) ?? undefined;
    return { variantId: idOf(line['variantId'], 'ProductVariant'), quantity: line['quantity'], ...(price === undefined ? {} : { price }) };
  });
}

const NOT_MODELLED = ['fulfillment', 'fulfillmentStatus', 'discountCode', 'shippingLines', 'taxLines', 'transactions', 'financialStatus', 'closedAt'];

export const orderMutations = fieldsOf<undefined>({
  orderCreate: (_root, { order }, context) => {
    const foreign = NOT_MODELLED.find((field) => order[field] != null);
    if (foreign !== undefined) throw notSimulated(`orderCreate with ${foreign}`);
    const placed = placeOrder(context.shop, {
      lines: orderLines(order, context), test: order['test'] ?? false,
      ...(order['processedAt'] == null ? {} : { processedAt: new Date(order['processedAt']).toISOString() }),
      ...(order['sourceName'] == null ? {} : { sourceName: order['sourceName'] }),
      ...(order['tags'] == null ? {} : { tags: order['tags'] }),
    });
    return { order: placed.order, userErrors: placed.userErrors };
  },
  orderCancel: (_root, args, { shop }) => {
    const orderId = idOf(args['orderId'], 'Order');
    const { userErrors } = cancelOrder(shop, { orderId, reason: args['reason'], restock: args['restock'] });
    const job = userErrors.length > 0 ? null : { id: gid('Job', orderId), done: false };
    return {
      job, userErrors, orderCancelUserErrors: userErrors,
      jobResult: job === null ? null : { __typename: 'OrderCancelJobResult', id: gid('OrderCancelJobResult', orderId), done: false, status: 'STARTED', errors: [], order: shop.tables.orders.get(orderId) ?? null },
    };
  },
  refundCreate: keyed('refundCreate', ({ input }, { shop }): RefundOutcome => {
    const orderId = idOf(input['orderId'], 'Order');
    const { refund, userErrors } = refundOrder(shop, {
      orderId, note: input['note'] ?? null,
      lines: ((input['refundLineItems'] ?? []) as Args[]).map((line) => ({
        lineItemId: idOf(line['lineItemId'], 'LineItem'), quantity: line['quantity'], restockType: line['restockType'] ?? 'NO_RESTOCK',
        locationId: line['locationId'] == null ? null : idOf(line['locationId'], 'Location'),
      })),
    });
    return { refundId: refund?.id ?? null, orderId, userErrors };
  }, refundPayload),
  orderEditBegin: (_root, args, context) => {
    const orderId = idOf(args['id'], 'Order');
    const order = context.shop.tables.orders.get(orderId);
    if (order === undefined) return { calculatedOrder: null, orderEditSession: null, ...failure('id', 'The order does not exist.') };
    if (order.cancelledAt !== null) return { calculatedOrder: null, orderEditSession: null, ...failure('id', 'The order cannot be edited because it is cancelled.') };
    return editPayload(context.edits.begin(context.shop, orderId), context, null);
  },
  orderEditSetQuantity: (_root, args, context) => {
    const edit = sessionOf(args, context);
    const none = { calculatedOrder: null, orderEditSession: null, calculatedLineItem: null };
    if (edit === null) return { ...none, ...failure('id', 'The calculated order does not exist.') };
    const lineId = splitGid(args['lineItemId'])?.id ?? '';
    const line = context.shop.tables.orders.get(edit.orderId)?.lines.find((candidate) => candidate.id === lineId);
    if (line === undefined) return { ...none, ...failure('lineItemId', 'The line item does not exist.') };
    if (args['quantity'] < 0) return { ...none, ...failure('quantity', 'Quantity must be greater than or equal to 0.') };
    context.edits.setQuantity(edit, lineId, args['quantity'], args['restock'] ?? false);
    return editPayload(edit, context, lineId);
  },
  orderEditAddVariant: (_root, args, context) => {
    const edit = sessionOf(args, context);
    const none = { calculatedOrder: null, orderEditSession: null, calculatedLineItem: null };
    if (edit === null) return { ...none, ...failure('id', 'The calculated order does not exist.') };
    const variantId = idOf(args['variantId'], 'ProductVariant');
    if (!context.shop.tables.variants.has(variantId)) return { ...none, ...failure('variantId', 'The variant does not exist.') };
    edit.add.push({ variantId, quantity: args['quantity'] });
    return editPayload(edit, context, `${edit.id}${edit.add.length - 1}`);
  },
  orderEditCommit: (_root, args, context) => {
    const edit = sessionOf(args, context);
    if (edit === null) return { order: null, successMessages: null, ...failure('id', 'The calculated order does not exist.') };
    const { userErrors } = editOrder(context.shop, { orderId: edit.orderId, set: edit.set, add: edit.add });
    if (userErrors.length > 0) return { order: null, successMessages: null, userErrors };
    context.edits.end(edit.id);
    return { order: context.shop.tables.orders.get(edit.orderId) ?? null, successMessages: ['Order updated'], userErrors };
  },
});

const variantOf = (line: CalculatedLine, { shop }: Context) => line.variantId === null ? undefined : shop.tables.variants.get(line.variantId);
export const editTypes = {
  CalculatedOrder: fieldsOf<OrderEdit>({
    id: (edit) => gid('CalculatedOrder', edit.id),
    originalOrder: (edit, _args, { shop }) => shop.tables.orders.get(edit.orderId),
    lineItems: list((edit, args, { shop }) => {
      if (args['query'] != null) throw notSimulated('CalculatedOrder.lineItems(query:)');
      const order = shop.tables.orders.get(edit.orderId);
      return { rows: order === undefined ? [] : calculatedLines(edit, order), id: (line: CalculatedLine) => line.id };
    }),
  }),
  CalculatedLineItem: fieldsOf<CalculatedLine>({
    id: (line) => gid('CalculatedLineItem', line.id),
    quantity: (line) => line.quantity,
    editableQuantityBeforeChanges: (line) => line.before,
    restocking: (line) => line.restocking,
    sku: (line, _args, context) => line.line?.sku ?? variantOf(line, context)?.sku ?? null,
    title: (line, _args, context) => line.line?.title ?? context.shop.tables.products.get(variantOf(line, context)?.productId ?? '')?.title,
    variantTitle: (line, _args, context) => line.line?.variantTitle ?? variantOf(line, context)?.title ?? null,
    variant: (line, _args, context) => variantOf(line, context) ?? null,
    originalUnitPriceSet: (line, _args, context) => moneyBag(line.line?.price ?? variantOf(line, context)?.price ?? 0, shopRecord(context.shop).currency),
  }),
};
