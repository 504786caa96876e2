/** The storefront port, answered by Shopify's Admin API: bulk operations for the whole, paged queries for what changed, nodes for single things. */
import type { StorefrontLevel, StorefrontLocation, StorefrontVariant } from '../../domain/catalogue/storefront.ts';
import type { OrderState } from '../../domain/orders/order-state.ts';
import type { StockState } from '../../domain/stock/fact.ts';
import type { Storefront } from '../../ports/storefront.ts';
import { ShopifyError, type AdminClient } from './admin-client.ts';
import { bulkLines } from './bulk.ts';
import { fulfilmentWork } from './fulfilment.ts';
import { inventoryWrites } from './inventory-write.ts';
import { returnDocuments } from './returns.ts';
import { transferWrites } from './transfers.ts';
import * as doc from './documents.ts';
import { assignmentsFromNodes, orderFromBulk, orderFromNode, refundsFromNode, type GqlOrder, type Page } from './order-wire.ts';
import { API_VERSION } from './version.ts';
import { adjustmentHistory } from './adjustment-history.ts';
import { WANTED_SCOPES } from './wanted-scopes.ts';
import { TOPICS } from './webhook.ts';
import { idOf, instant, minorUnits } from './wire.ts';

type FullPage<T> = Required<Page<T>>;
interface GqlVariant {
  id: string; sku: string | null; barcode: string | null; title: string; displayName: string; price: string; inventoryPolicy: string; requiresComponents: boolean; updatedAt: string;
  product: { id: string; title: string; vendor: string; productType: string; status: string; tags: string[]; updatedAt: string }; inventoryItem: { id: string; tracked: boolean; unitCost: { amount: string } | null };
  productVariantComponents?: Page<{ quantity: number; productVariant: { id: string } }>;
}
interface GqlLevel { id: string; isActive: boolean; updatedAt: string; item?: { id: string; tracked?: boolean; sku?: string | null }; location: { id: string }; quantities: { name: string; quantity: number; updatedAt: string | null }[] }
type Line = Record<string, unknown> & { id: string; __typename: string; __parentId?: string };

const BATCH = 1_000;
/** Calls for the places of waiting orders on their way together. */
const AT_ONCE = 10;

export function shopifyStorefront(client: AdminClient, options: { currency: string; clock: { now(): Date; sleep(ms: number): Promise<void> } }): Storefront {
  const { currency, clock } = options;
  const sleep = (ms: number): Promise<void> => clock.sleep(ms);
  /** Before a call goes out: what is read is no older. By Shopify's clock, so that readings of two hosts stand in their order. */
  const readAt = (): Promise<string> => client.time();

  async function* pages<T>(document: string, variables: Record<string, unknown>, pick: (data: never) => FullPage<T> | null): AsyncGenerator<T[]> {
    let after: string | null = null;
    do {
      const page: FullPage<T> | null = pick((await client.run(document, { ...variables, after })) as never);
      if (page === null) return;
      if (page.nodes.length > 0) yield page.nodes;
      after = nextOf(page);
    } while (after !== null);
  }

  const variant = (node: GqlVariant, components: StorefrontVariant['components']): StorefrontVariant => ({
    variantId: idOf(node.id), productId: idOf(node.product.id), inventoryItemId: idOf(node.inventoryItem.id), sku: node.sku, barcode: node.barcode,
    title: (node.displayName || node.title).replace(/ - Default Title$/, ''), price: minorUnits(node.price, currency), vendor: node.product.vendor || null, productType: node.product.productType || null, tags: node.product.tags, tagsAt: instant(node.product.updatedAt),
    productStatus: node.product.status, continuesSelling: node.inventoryPolicy === 'CONTINUE', isBundle: node.requiresComponents, components,
    tracked: node.inventoryItem.tracked, unitCost: node.inventoryItem.unitCost ? minorUnits(node.inventoryItem.unitCost.amount, currency) : null, updatedAt: instant(node.updatedAt),
  });
  async function variantsWithParts(nodes: readonly GqlVariant[]): Promise<StorefrontVariant[]> {
    for (const node of nodes) await fill(node.productVariantComponents, doc.MORE_COMPONENTS, node.id, (d: { productVariant: { productVariantComponents: never } }) => d.productVariant.productVariantComponents);
    return nodes.map((node) => variant(node, (node.productVariantComponents?.nodes ?? []).map((c) => ({ variantId: idOf(c.productVariant.id), quantity: c.quantity }))));
  }
  async function variantsCount(): Promise<number> {
    const { productVariantsCount } = await client.run<{ productVariantsCount: { count: number; precision: string } | null }>(doc.VARIANTS_COUNT);
    return productVariantsCount?.precision === 'EXACT' ? productVariantsCount.count : 0;
  }
  /** A file may hold fewer rows than there are, and nothing in it says so: what is missing must not pass for deleted, or for a level that is not there. */
  function enough(read: number, counted: number, what: string): void {
    if (read < counted) throw new Error(`${what}: Shopify counts ${counted}, its file held ${read}. Nothing is taken for gone; it is read again at the next run`);
  }

  const level = (node: GqlLevel, inventoryItemId: string): StorefrontLevel => {
    const quantities: StorefrontLevel['quantities'] = {};
    let availableAt = instant(node.updatedAt), onHandAt = availableAt;
    for (const { name, quantity, updatedAt } of node.quantities) {
      quantities[name as StockState | 'on_hand'] = quantity;
      if (updatedAt && name === 'available') availableAt = instant(updatedAt);
      if (updatedAt && name === 'on_hand') onHandAt = instant(updatedAt);
    }
    return { inventoryItemId, locationId: idOf(node.location.id), isActive: node.isActive, quantities, availableAt, onHandAt, ...(node.item?.tracked === undefined ? {} : { item: { tracked: node.item.tracked, sku: node.item.sku?.trim() || null } }) };
  };
  const levelId = (key: { inventoryItemId: string; locationId: string }): string => `gid://shopify/InventoryLevel/${key.locationId}?inventory_item_id=${key.inventoryItemId}`;

  /** Fills what a first page left out. Rare, and never left out: a truncated list would look like units nobody shipped. */
  async function fill<T>(page: Page<T> | undefined, document: string, id: string, pick: (data: never) => Page<T>): Promise<void> {
    for (let after = nextOf(page); after !== null;) {
      const next: Page<T> = pick((await client.run(document, { id, after })) as never);
      page!.nodes.push(...next.nodes);
      after = nextOf(next);
    }
  }
  async function fillAssignments(node: Pick<GqlOrder, 'id' | 'fulfillmentOrders'>): Promise<void> {
    await fill(node.fulfillmentOrders, doc.MORE_ASSIGNMENTS, node.id, (d: { order: Required<Pick<GqlOrder, 'fulfillmentOrders'>> }) => d.order.fulfillmentOrders);
    for (const order of node.fulfillmentOrders?.nodes ?? []) await fill(order.lineItems, doc.MORE_LINES, order.id, (d: { node: { lineItems: never } }) => d.node.lineItems);
  }
  async function fillRefunds(node: Pick<GqlOrder, 'refunds'>): Promise<void> {
    for (const refund of node.refunds) await fill(refund.refundLineItems, doc.MORE_LINES, refund.id, (d: { node: { refundLineItems: never } }) => d.node.refundLineItems);
  }
  async function whole(node: GqlOrder, read: string): Promise<OrderState> {
    await fill(node.lineItems, doc.ORDER_LINES, node.id, (d: { order: { lineItems: never } }) => d.order.lineItems);
    await fillRefunds(node);
    for (const parcel of node.fulfillments ?? []) await fill(parcel.fulfillmentLineItems, doc.MORE_LINES, parcel.id, (d: { node: { fulfillmentLineItems: never } }) => d.node.fulfillmentLineItems);
    await fillAssignments(node);
    return orderFromNode(node, currency, read);
  }

  /** Runs a nodes query in groups; a group that costs too much is halved. */
  async function byId<T>(document: string, ids: string[], size: number): Promise<T[]> {
    const found: T[] = [];
    for (let start = 0; start < ids.length; start += size) found.push(...(await someById<T>(document, ids.slice(start, start + size))));
    return found;
  }
  async function someById<T>(document: string, ids: string[]): Promise<T[]> {
    try {
      return (await client.run<{ nodes: (T | null)[] }>(document, { ids })).nodes.filter((node) => node !== null);
    } catch (error) {
      if (!(error instanceof ShopifyError) || error.code !== 'MAX_COST_EXCEEDED' || ids.length === 1) throw error;
      const middle = Math.ceil(ids.length / 2);
      return [...(await someById<T>(document, ids.slice(0, middle))), ...(await someById<T>(document, ids.slice(middle)))];
    }
  }

  return {
    versionFault: () => versionFault(client), deprecation: () => client.versionHeard().deprecated,
    time: () => client.time(), clockError: () => client.clockError(),
    ...inventoryWrites(client), ...fulfilmentWork(client), ...returnDocuments(client), ...transferWrites(client), ...adjustmentHistory(client),
    async shop() {
      const { shop } = await client.run<{ shop: { id: string; name: string; myshopifyDomain: string; currencyCode: string; ianaTimezone: string; createdAt: string } }>(doc.SHOP);
      return { id: idOf(shop.id), name: shop.name, domain: shop.myshopifyDomain, currency: shop.currencyCode, timeZone: shop.ianaTimezone, createdAt: instant(shop.createdAt), scopes: await client.scopes(), wantedScopes: WANTED_SCOPES, apiVersion: API_VERSION };
    },
    async locations() {
      const all: StorefrontLocation[] = [];
      for await (const nodes of pages<{ id: string; name: string; isActive: boolean }>(doc.LOCATIONS, {}, (d: { locations: never }) => d.locations)) {
        all.push(...nodes.map((n) => ({ id: idOf(n.id), name: n.name, isActive: n.isActive })));
      }
      return all;
    },

    async *allVariants(onProgress) {
      // Components may come anywhere after their parent: bundles wait for the end of the file, the rest goes out in batches.
      const bundles = new Map<string, StorefrontVariant>(), counted = await variantsCount();
      let batch: StorefrontVariant[] = [], roots = 0;
      for await (const lines of bulkLines(client, doc.BULK_VARIANTS, 'catalogue', sleep, onProgress)) {
        for (const line of lines as Line[]) {
          if (line.__parentId !== undefined) {
            bundles.get(idOf(line.__parentId))?.components.push({ variantId: idOf((line['productVariant'] as { id: string }).id), quantity: line['quantity'] as number });
          } else {
            const read = variant(line as unknown as GqlVariant, []);
            roots++;
            if (read.isBundle) bundles.set(read.variantId, read);
            else batch.push(read);
          }
          if (batch.length >= BATCH) { yield batch; batch = []; }
        }
      }
      batch.push(...bundles.values());
      if (batch.length > 0) yield batch;
      enough(roots, counted, 'variants');
    },
    async *variantsChangedSince(since) {
      for await (const nodes of pages<GqlVariant>(doc.VARIANTS_CHANGED, { query: `updated_at:>='${since}'` }, (d: { productVariants: never }) => d.productVariants)) yield await variantsWithParts(nodes);
    },
    async variantsOf(productIds) {
      const all: StorefrontVariant[] = [];
      for (const id of productIds) {
        const read = pages<GqlVariant>(doc.VARIANTS_OF_PRODUCT, { id: `gid://shopify/Product/${id}` }, (d: { product: { variants: never } | null }) => d.product?.variants ?? null);
        for await (const nodes of read) all.push(...await variantsWithParts(nodes));
      }
      return all;
    },

    async *allOrders(onProgress) {
      yield* oneAhead(assembleOrders(bulkLines(client, doc.BULK_ORDERS, 'sales history', sleep, onProgress), currency));
    },
    async *ordersChangedSince(since) {
      let read = await readAt();
      for await (const nodes of pages<GqlOrder>(doc.ORDERS_CHANGED, { query: `updated_at:>='${since}'` }, (d: { orders: never }) => d.orders)) {
        const orders: OrderState[] = [];
        for (const node of nodes) orders.push(await whole(node, read));
        yield orders;
        read = await readAt();
      }
    },
    async ordersById(ids) {
      const read = await readAt();
      const nodes = await byId<GqlOrder & { __typename: string }>(doc.ORDERS_BY_ID, ids.map((id) => `gid://shopify/Order/${id}`), 8);
      const orders: OrderState[] = [];
      for (const node of nodes) orders.push(await whole(node, read));
      return orders;
    },
    async refundsOf(orderIds) {
      type Node = Pick<GqlOrder, 'id' | 'refunds'>;
      const nodes = await byId<Node>(doc.ORDER_REFUNDS, orderIds.map((id) => `gid://shopify/Order/${id}`), 60);
      for (const node of nodes) await fillRefunds(node);
      return nodes.map(refundsFromNode);
    },
    async assignments(orderIds) {
      const read = await readAt();
      // In a rush hundreds of orders wait for their place, and each call mostly waits for its answer: some at once, the bucket still decides when.
      const nodes: GqlOrder[] = [], ids = orderIds.map((id) => `gid://shopify/Order/${id}`);
      for (let start = 0; start < ids.length; start += 20 * AT_ONCE) {
        const calls = Array.from({ length: AT_ONCE }, (_, n) => ids.slice(start + n * 20, start + n * 20 + 20)).filter((part) => part.length > 0);
        for (const found of await Promise.all(calls.map((part) => byId<GqlOrder>(doc.ORDER_ASSIGNMENTS, part, 20)))) nodes.push(...found);
      }
      for (const node of nodes) await fillAssignments(node);
      return nodes.map((node) => ({ orderId: idOf(node.id), assignments: assignmentsFromNodes(node.fulfillmentOrders?.nodes ?? [], read) }));
    },
    async ordersCount() {
      const { ordersCount } = await client.run<{ ordersCount: { count: number; precision: string } | null }>(doc.ORDERS_COUNT);
      return ordersCount?.precision === 'EXACT' ? ordersCount.count : null;
    },

    async *allLevels(onProgress) {
      let batch: StorefrontLevel[] = [], roots = 0;
      const counted = await variantsCount(); // each variant has one inventory item
      for await (const lines of bulkLines(client, doc.BULK_LEVELS, 'stock levels', sleep, onProgress)) {
        for (const line of lines as Line[]) {
          if (line.__parentId === undefined) { roots++; continue; }
          batch.push(level(line as unknown as GqlLevel, idOf(line.__parentId)));
          if (batch.length >= BATCH) { yield batch; batch = []; }
        }
      }
      if (batch.length > 0) yield batch;
      enough(roots, counted, 'inventory items');
    },
    async *levelsChangedSince(since) {
      for (const place of await this.locations()) {
        if (!place.isActive) continue;
        const read = pages<GqlLevel>(doc.LEVELS_CHANGED, { location: `gid://shopify/Location/${place.id}`, query: `updated_at:>='${since}'` },
          (d: { location: { inventoryLevels: never } | null }) => d.location?.inventoryLevels ?? null);
        for await (const nodes of read) yield nodes.map((node) => level(node, idOf(node.item!.id)));
      }
    },
    async levels(keys) {
      const nodes = await byId<GqlLevel>(doc.LEVELS_BY_ID, keys.map(levelId), 60);
      return nodes.map((node) => level(node, idOf(node.item!.id)));
    },
    async inventoryHistoryUrl(inventoryItemId) {
      const { inventoryItem } = await client.run<{ inventoryItem: { inventoryHistoryUrl: string | null } | null }>(doc.ITEM_HISTORY, { id: `gid://shopify/InventoryItem/${inventoryItemId}` });
      return inventoryItem?.inventoryHistoryUrl ?? null;
    },

    async ensureSubscriptions(address) {
      const result = { created: [] as string[], kept: [] as string[], removed: [] as string[] };
      const wanted = new Map(Object.entries(TOPICS).map(([topic, fields]) => [enumOf(topic), { topic, fields, uri: address(topic) }]));
      const seen = new Set<string>();
      const drop: string[] = [];
      for await (const nodes of pages<{ id: string; topic: string; uri: string; includeFields: string[] }>(doc.SUBSCRIPTIONS, {}, (d: { webhookSubscriptions: never }) => d.webhookSubscriptions)) {
        for (const node of nodes) {
          const want = wanted.get(node.topic);
          if (want && node.uri === want.uri && !seen.has(node.topic) && sameSet(node.includeFields, want.fields)) { seen.add(node.topic); result.kept.push(want.topic); }
          // Another address of ours (an old port, an old token) or a doubled one; other apps' subscriptions are not listed to us.
          else if (want) drop.push(node.id);
        }
      }
      for (const id of drop) { await client.run(doc.UNSUBSCRIBE, { id }); result.removed.push(id); }
      for (const [topic, want] of wanted) {
        if (seen.has(topic)) continue;
        const { webhookSubscriptionCreate: made } = await client.run<{ webhookSubscriptionCreate: { userErrors: { message: string }[] } }>(doc.SUBSCRIBE, {
          topic, subscription: { uri: want.uri, format: 'JSON', ...(want.fields.length > 0 ? { includeFields: want.fields } : {}) },
        });
        if (made.userErrors.length > 0) throw new Error(`Shopify refused the subscription to ${want.topic} (API ${API_VERSION}): ${made.userErrors.map((e) => e.message).join('; ')}`);
        result.created.push(want.topic);
      }
      return result;
    },
  };
}

/** An old version is not refused: Shopify answers with the oldest it still serves, whose words may mean something else. */
function versionFault(client: AdminClient): string | null {
  const { served, unknown } = client.versionHeard();
  // What is refused for its shape is told by name: these are the journeys that stand still.
  const still = unknown.length === 0 ? '' : ` It does not know what ${unknown.length === 1 ? 'this call asks' : 'these calls ask'} for, so nothing is read by ${unknown.length === 1 ? 'it' : 'them'}: ${unknown.slice(0, 5).map((one) => `${one.operation} (${one.message})`).join('; ')}.`;
  if (served !== null && served !== API_VERSION) return `Shopify answers with its version ${served}, Instep asks for ${API_VERSION}: that version is no longer served.${still}`;
  return still === '' ? null : `Shopify answers in version ${API_VERSION}.${still}`;
}

/** Where the next page begins; null after the last. A page that says there is more and not where would be a silent loss. */
function nextOf(page: Page<unknown> | undefined): string | null {
  if (page?.pageInfo?.hasNextPage !== true) return null;
  if (!page.pageInfo.endCursor) throw new Error('Shopify has a further page and gave no cursor for it');
  return page.pageInfo.endCursor;
}

/** orders/create → ORDERS_CREATE, fulfillment_orders/order_routing_complete → FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE. */
export function enumOf(topic: string): string {
  return topic.replace('/', '_').toUpperCase();
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && new Set([...a, ...b]).size === a.length;
}

/** Makes the next value while the consumer is busy with this one: the file is read on while the database writes. Holds one value more. */
async function* oneAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  const ask = (): Promise<IteratorResult<T>> => {
    const next = source.next();
    next.catch(() => {}); // it is thrown where it is awaited
    return next;
  };
  try {
    for (let next = ask(); ;) {
      const { value, done } = await next;
      if (done) return;
      next = ask();
      yield value;
    }
  } finally {
    await source.return(undefined).catch(() => {});
  }
}

interface Parts { head: GqlOrder; lines: never[]; orders: Map<string, { node: never; lines: { totalQuantity: number; remainingQuantity: number; lineItem: { id: string } }[] }> }
interface OrderBatch { orders: OrderState[]; incomplete: string[]; refunded: string[] }

/**
 * Bulk lines → orders. Children follow their parent but need not be next to it, so an order is held back until `lag` more have begun: memory is
 * bounded whatever the size of the file. A child that comes later still sends its order to be read whole; none is lost silently.
 */
export async function* assembleOrders(chunks: AsyncIterable<Record<string, unknown>[]>, currency: string, lag = 3_000): AsyncGenerator<OrderBatch> {
  const waiting = new Map<string, Parts>();
  // Two generations of links from fulfilment orders to orders: those of orders long gone out are forgotten together. Deleting a Map's oldest key
  // one at a time walks over all it deleted before, and made a long history four times as slow.
  let links = new Map<string, string>(), olderLinks = new Map<string, string>();
  const late = new Set<string>();
  const finish = (count: number): OrderBatch => {
    const result: OrderBatch = { orders: [], incomplete: [...late], refunded: [] };
    late.clear();
    for (const [gid, parts] of waiting) {
      if (result.orders.length >= count) break;
      waiting.delete(gid);
      const fulfilmentOrders = [...parts.orders.values()].map(({ node, lines: units }) => ({ ...(node as object), lineItems: { nodes: units } })) as never[];
      const order = orderFromBulk(parts.head, parts.lines, fulfilmentOrders, currency);
      const refunded = parts.head.refunds.length > 0;
      if (Object.values(order.unfulfilled).some((u) => u.quantity > 0) || (refunded && parts.head.edited)) result.incomplete.push(order.id);
      else if (refunded) result.refunded.push(order.id);
      result.orders.push(order);
    }
    return result;
  };
  const place = (line: Line & { __parentId: string }): void => {
    const owner = line.__typename === 'FulfillmentOrderLineItem' ? links.get(line.__parentId) ?? olderLinks.get(line.__parentId) : line.__parentId;
    if (owner === undefined) throw new Error(`bulk file: ${line.__typename} ${line.id} has no parent before it`);
    if (line.__typename === 'FulfillmentOrder') {
      links.set(line.id, owner);
      if (links.size > 10 * (lag + BATCH)) { olderLinks = links; links = new Map(); }
    }
    const order = waiting.get(owner);
    if (!order) late.add(idOf(owner));
    else if (line.__typename === 'LineItem') order.lines.push(line as never);
    else if (line.__typename === 'FulfillmentOrder') order.orders.set(line.id, { node: line as never, lines: [] });
    else order.orders.get(line.__parentId)?.lines.push(line as never);
  };
  for await (const lines of chunks) {
    for (const line of lines as Line[]) {
      if (line.__parentId !== undefined) { place(line as Line & { __parentId: string }); continue; }
      waiting.set(line.id, { head: line as unknown as GqlOrder, lines: [], orders: new Map() });
      if (waiting.size >= lag + BATCH) yield finish(BATCH);
    }
  }
  do yield finish(BATCH); while (waiting.size > 0);
}
