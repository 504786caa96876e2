/** Returns as their own documents: what was announced, what is exchanged, and what was done with the goods. Money is not part of it. */
import type { Storefront, StorefrontDisposition, StorefrontReturn } from '../../ports/storefront.ts';
import { ShopifyError, type AdminClient } from './admin-client.ts';
import * as doc from './documents.ts';
import type { Page } from './order-wire.ts';
import { idOf, instant } from './wire.ts';

type Whole<T> = Required<Page<T>>;
interface GqlReturn {
  id: string; name: string; status: string; createdAt: string;
  returnLineItems: Whole<{ __typename: string; quantity: number; fulfillmentLineItem?: { lineItem: { id: string } } }>;
  exchangeLineItems: Whole<{ id: string; variantId: string | null; quantity: number; processedQuantity: number; lineItems: { id: string }[] | null }>;
  reverseFulfillmentOrders: Whole<{ id: string; lineItems: Whole<GqlReverseLine> }>;
}
interface GqlReverseLine {
  id: string; totalQuantity: number; fulfillmentLineItem: { lineItem: { id: string } } | null;
  dispositions: { id: string; type: string; quantity: number; createdAt: string; location: { id: string } | null }[];
}

const STATUS: Record<string, StorefrontReturn['status']> = { REQUESTED: 'requested', OPEN: 'open', CLOSED: 'closed', CANCELED: 'cancelled', DECLINED: 'declined' };
const TYPE: Record<string, StorefrontReturn['dispositions'][number]['type']> = {
  RESTOCKED: 'restocked', NOT_RESTOCKED: 'not restocked', PROCESSING_REQUIRED: 'processing required', MISSING: 'missing',
};

/** In a rush every order changes and next to none has a return: asked for by their status, they come in one page instead of hundreds. */
const WITH_RETURNS = ['return_requested', 'in_progress', 'inspection_complete', 'returned', 'return_failed'].map((status) => `return_status:${status}`).join(' OR ');

export function returnDocuments(client: AdminClient): Pick<Storefront, 'returns' | 'dispose' | 'orderOfReturn' | 'ordersWithReturns'> {
  return {
    async returns(orderIds) {
      const found: StorefrontReturn[] = [];
      // One order a call would be a call a return; two of this size stay below the cost of one query.
      for (let start = 0; start < orderIds.length; start += 2) {
        const { nodes } = await client.run<{ nodes: ({ id: string; returns: Whole<GqlReturn> } | null)[] }>(doc.RETURNS_OF_ORDERS, { ids: orderIds.slice(start, start + 2).map((id) => `gid://shopify/Order/${id}`) });
        for (const order of nodes) {
          if (order === null) continue;
          await rest(order.id, doc.MORE_RETURNS, order.returns, (d: { order: { returns: Whole<GqlReturn> } }) => d.order.returns);
          for (const node of order.returns.nodes) { await readOn(node); found.push(returned(idOf(order.id), node)); }
        }
      }
      return found;
    },
    async dispose(said) {
      try {
        const { reverseFulfillmentOrderDispose: made } = await client.run<{ reverseFulfillmentOrderDispose: { reverseFulfillmentOrderLineItems: GqlReverseLine[] | null; userErrors: { message: string }[] } }>(doc.DISPOSE_RETURNED, {
          said: said.map((one) => ({
            reverseFulfillmentOrderLineItemId: `gid://shopify/ReverseFulfillmentOrderLineItem/${one.reverseLineId}`, quantity: one.quantity, dispositionType: one.type === 'restocked' ? 'RESTOCKED' : 'NOT_RESTOCKED',
            ...(one.locationId === null ? {} : { locationId: `gid://shopify/Location/${one.locationId}` }),
          })),
        });
        if (made.userErrors.length > 0 || made.reverseFulfillmentOrderLineItems === null) return { refused: made.userErrors.map((e) => e.message).join('; ') || 'Shopify said nothing' };
        return { dispositions: made.reverseFulfillmentOrderLineItems.flatMap(dispositions) };
      } catch (error) {
        // Connected before Instep asked to write returns: nothing was done. Of any other error at the top that is not known.
        if (error instanceof ShopifyError && error.code === 'ACCESS_DENIED') return { refused: 'the app may not write returns (scope write_returns)' };
        throw error;
      }
    },
    async orderOfReturn(returnId) {
      const answer = await client.run<{ return: { order: { id: string } } | null }>(doc.ORDER_OF_RETURN, { id: `gid://shopify/Return/${returnId}` });
      return answer.return ? idOf(answer.return.order.id) : null;
    },
    async *ordersWithReturns(since) {
      let after: string | null = null;
      do {
        const { orders: page }: { orders: Whole<{ id: string; returnStatus: string }> } = await client.run(doc.ORDERS_WITH_RETURNS, { query: `updated_at:>='${since}' AND (${WITH_RETURNS})`, after });
        const ids = page.nodes.filter((node) => node.returnStatus !== 'NO_RETURN').map((node) => idOf(node.id));
        if (ids.length > 0) yield ids;
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after !== null);
    },
  };

  /** A long return is read to its end: it must not stop the others. */
  async function readOn({ id, returnLineItems, exchangeLineItems, reverseFulfillmentOrders }: GqlReturn): Promise<void> {
    await rest(id, doc.MORE_RETURN_LINES, returnLineItems, (d: { return: Pick<GqlReturn, 'returnLineItems'> }) => d.return.returnLineItems);
    await rest(id, doc.MORE_EXCHANGE_LINES, exchangeLineItems, (d: { return: Pick<GqlReturn, 'exchangeLineItems'> }) => d.return.exchangeLineItems);
    for (const reverse of reverseFulfillmentOrders.nodes) {
      await rest(id, doc.MORE_REVERSE_LINES, reverse.lineItems, (d: { return: Pick<GqlReturn, 'reverseFulfillmentOrders'> }) => d.return.reverseFulfillmentOrders.nodes.find((node) => node.id === reverse.id)!.lineItems);
    }
  }
  async function rest<T, D>(id: string, document: string, page: Whole<T>, pick: (data: D) => Whole<T>): Promise<void> {
    while (page.pageInfo.hasNextPage && page.pageInfo.endCursor) {
      const next = pick(await client.run<D>(document, { id, after: page.pageInfo.endCursor }));
      page.nodes.push(...next.nodes);
      page.pageInfo = next.pageInfo;
    }
  }
}

/** More than a page holds is an error and never a silent loss: units would be missing from a return. */
function unread(page: Whole<unknown>, what: string): void {
  if (page.pageInfo.hasNextPage) throw new Error(`${what}: more than one page, which Instep does not read`);
}

function returned(orderId: string, node: GqlReturn): StorefrontReturn {
  for (const page of [node.returnLineItems, node.exchangeLineItems, node.reverseFulfillmentOrders, ...node.reverseFulfillmentOrders.nodes.map((n) => n.lineItems)]) unread(page, `return ${node.name}`);
  return {
    id: idOf(node.id), name: node.name, orderId, status: STATUS[node.status] ?? 'open', createdAt: instant(node.createdAt),
    lines: node.returnLineItems.nodes.flatMap((line) => (line.fulfillmentLineItem ? [{ lineId: idOf(line.fulfillmentLineItem.lineItem.id), quantity: line.quantity }] : [])),
    exchanged: node.exchangeLineItems.nodes.map((line) => ({ id: idOf(line.id), variantId: line.variantId ? idOf(line.variantId) : null, quantity: line.quantity, processed: line.processedQuantity, lineIds: (line.lineItems ?? []).map((made) => idOf(made.id)) })),
    dispositions: node.reverseFulfillmentOrders.nodes.flatMap((reverse) => reverse.lineItems.nodes.flatMap(dispositions)),
    reverseLines: node.reverseFulfillmentOrders.nodes.flatMap((reverse) => reverse.lineItems.nodes.map((line) => ({ id: idOf(line.id), lineId: lineOf(line), total: line.totalQuantity }))),
  };
}

const lineOf = (line: GqlReverseLine): string | null => (line.fulfillmentLineItem ? idOf(line.fulfillmentLineItem.lineItem.id) : null);
const dispositions = (line: GqlReverseLine): StorefrontDisposition[] => line.dispositions.map((d) => ({
  id: idOf(d.id), reverseLineId: idOf(line.id), lineId: lineOf(line), quantity: d.quantity, type: TYPE[d.type] ?? 'processing required', locationId: d.location ? idOf(d.location.id) : null, at: instant(d.createdAt),
}));
