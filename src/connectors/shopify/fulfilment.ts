/** Fulfilment orders read for work, parcels read for what is already there, and the one write that makes a fulfilment. */
import type { Fulfilment, FulfilmentOrder, Storefront } from '../../ports/storefront.ts';
import type { AdminClient } from './admin-client.ts';
import * as doc from './documents.ts';
import type { Page } from './order-wire.ts';
import { idOf, instant } from './wire.ts';

interface GqlWork {
  id: string; orderId: string; status: string; updatedAt: string; supportedActions: { action: string }[]; fulfillmentHolds: { reason: string; displayReason: string }[];
  assignedLocation: { location: { id: string } | null }; lineItems: Page<{ id: string; totalQuantity: number; remainingQuantity: number; lineItem: { id: string } }>;
}
interface GqlParcel {
  id: string; status: string; createdAt: string; updatedAt: string; location: { id: string } | null; trackingInfo: { number: string | null }[];
  fulfillmentLineItems: Page<{ quantity: number; lineItem: { id: string } }>;
}

const STATUS: Record<string, FulfilmentOrder['status']> = {
  OPEN: 'open', IN_PROGRESS: 'in progress', SCHEDULED: 'scheduled', ON_HOLD: 'on hold', INCOMPLETE: 'incomplete', CLOSED: 'closed', CANCELLED: 'cancelled',
};
/** Few orders a call: each brings ten fulfilment orders of fifty lines. */
const AT_ONCE = 5;

export function fulfilmentWork(client: AdminClient): Pick<Storefront, 'fulfilmentOrders' | 'ordersWithMovedWork' | 'fulfilments' | 'createFulfilment'> {
  return {
    async fulfilmentOrders(orderIds) {
      const found: FulfilmentOrder[] = [];
      for (let start = 0; start < orderIds.length; start += AT_ONCE) {
        const { nodes } = await client.run<{ nodes: ({ id: string; fulfillmentOrders: Page<GqlWork> } | null)[] }>(doc.WORK_OF_ORDERS, { ids: orderIds.slice(start, start + AT_ONCE).map((id) => `gid://shopify/Order/${id}`) });
        for (const order of nodes) {
          if (order === null) continue;
          for (let page: Page<GqlWork> | null = order.fulfillmentOrders; page !== null;) {
            for (const node of page.nodes) found.push(work(await withAllLines(node)));
            const after: string | null = page.pageInfo?.hasNextPage ? page.pageInfo.endCursor : null;
            page = after === null ? null : (await client.run<{ order: { fulfillmentOrders: Page<GqlWork> } }>(doc.MORE_WORK, { id: order.id, after })).order.fulfillmentOrders;
          }
        }
      }
      return found;
    },
    async *ordersWithMovedWork(since) {
      let after: string | null = null;
      do {
        const { fulfillmentOrders: page }: { fulfillmentOrders: Required<Page<{ orderId: string }>> } = await client.run(doc.WORK_CHANGED, { query: `updated_at:>='${since}'`, after });
        if (page.nodes.length > 0) yield [...new Set(page.nodes.map((node) => idOf(node.orderId)))];
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      } while (after !== null);
    },
    async fulfilments(orderId) {
      const { order } = await client.run<{ order: { fulfillments: GqlParcel[] } | null }>(doc.PARCELS_OF_ORDER, { id: `gid://shopify/Order/${orderId}` });
      return Promise.all((order?.fulfillments ?? []).map(async (node) => parcel(await withAllParcelLines(node))));
    },
    async createFulfilment({ groups, numbers, urls, company, notifyCustomer }) {
      const trackingInfo = numbers.length === 0 && company === null ? undefined : { ...(company === null ? {} : { company }), ...(numbers.length > 0 ? { numbers } : {}), ...(urls.length > 0 ? { urls } : {}) };
      const { fulfillmentCreate: made } = await client.run<{ fulfillmentCreate: { fulfillment: GqlParcel | null; userErrors: { message: string }[] } }>(doc.CREATE_FULFILMENT, { fulfillment: {
        lineItemsByFulfillmentOrder: groups.map((g) => ({
          fulfillmentOrderId: `gid://shopify/FulfillmentOrder/${g.fulfilmentOrderId}`,
          fulfillmentOrderLineItems: g.lines.map((line) => ({ id: `gid://shopify/FulfillmentOrderLineItem/${line.id}`, quantity: line.quantity })),
        })),
        notifyCustomer, ...(trackingInfo ? { trackingInfo } : {}),
      } });
      // User errors carry no code here: what they mean is read off the fulfilment orders afterwards.
      if (made.userErrors.length > 0 || made.fulfillment === null) return { refused: made.userErrors.map((e) => e.message).join('; ') || 'Shopify made no fulfilment and said nothing' };
      return { fulfilment: parcel(await withAllParcelLines(made.fulfillment)) };
    },
  };

  async function withAllLines(node: GqlWork): Promise<GqlWork> {
    return { ...node, lineItems: { nodes: await rest(node.id, node.lineItems, (d: { node: { lineItems: GqlWork['lineItems'] } }) => d.node.lineItems) } };
  }
  async function withAllParcelLines(node: GqlParcel): Promise<GqlParcel> {
    return { ...node, fulfillmentLineItems: { nodes: await rest(node.id, node.fulfillmentLineItems, (d: { node: { fulfillmentLineItems: GqlParcel['fulfillmentLineItems'] } }) => d.node.fulfillmentLineItems) } };
  }
  async function rest<T, D>(id: string, first: Page<T>, pick: (data: D) => Page<T>): Promise<T[]> {
    const all = [...first.nodes];
    for (let after = first.pageInfo?.hasNextPage ? first.pageInfo.endCursor : null; after !== null;) {
      const page: Page<T> = pick(await client.run<D>(doc.MORE_LINES, { id, after }));
      all.push(...page.nodes);
      after = page.pageInfo?.hasNextPage ? page.pageInfo.endCursor : null;
    }
    return all;
  }
}

function work(node: GqlWork): FulfilmentOrder {
  return {
    id: idOf(node.id), orderId: idOf(node.orderId), locationId: node.assignedLocation.location ? idOf(node.assignedLocation.location.id) : null, updatedAt: instant(node.updatedAt),
    status: STATUS[node.status] ?? 'incomplete', holds: node.fulfillmentHolds.map((hold) => hold.displayReason || hold.reason), canFulfil: node.supportedActions.some((a) => a.action === 'CREATE_FULFILLMENT'),
    lines: node.lineItems.nodes.map((line) => ({ id: idOf(line.id), lineId: idOf(line.lineItem.id), total: line.totalQuantity, remaining: line.remainingQuantity })),
  };
}

function parcel(node: GqlParcel): Fulfilment {
  const lines: Record<string, number> = {};
  for (const line of node.fulfillmentLineItems.nodes) lines[idOf(line.lineItem.id)] = (lines[idOf(line.lineItem.id)] ?? 0) + line.quantity;
  return {
    id: idOf(node.id), cancelled: node.status === 'CANCELLED', locationId: node.location ? idOf(node.location.id) : null,
    numbers: node.trackingInfo.map((info) => info.number).filter((n) => n !== null), at: instant(node.createdAt), updatedAt: instant(node.updatedAt), lines,
  };
}
