import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { askerOf, type Asker } from '../graphql/execute.fixture.ts';
import type { OpenShop } from '../shop.ts';
import { smallShop } from '../small-shop.fixture.ts';

const opened: OpenShop[] = [];
function open(options: Parameters<typeof smallShop>[0] = {}, scopes?: readonly string[]) {
  const small = smallShop(options);
  opened.push(small.shop);
  return { ...small, ask: askerOf(small.shop, scopes === undefined ? {} : { scopes }) };
}
afterEach(() => { for (const shop of opened.splice(0)) shop.close(); });

const RUN = 'mutation($q: String!, $g: Boolean!) { bulkOperationRunQuery(query: $q, groupObjects: $g) { bulkOperation { id status } userErrors { code message } } }';
type Started = { bulkOperation: { id: string } | null; userErrors: { code: string; message: string }[] };
async function start(ask: Asker, query: string, group = false): Promise<Started> {
  const reply = await ask(RUN, { q: query, g: group });
  expect(reply.errors).toBeUndefined();
  return (reply.data as { bulkOperationRunQuery: Started }).bulkOperationRunQuery;
}
type Operation = { status: string; url: string | null; objectCount: string; rootObjectCount: string; errorCode: string | null };
async function finish(ask: Asker, started: Started): Promise<Operation> {
  expect(started.userErrors).toEqual([]);
  await ask.context.bulk.idle();
  const reply = await ask('query($id: ID!) { bulkOperation(id: $id) { status url objectCount rootObjectCount errorCode fileSize completedAt } }', { id: started.bulkOperation?.id });
  return (reply.data as { bulkOperation: Operation }).bulkOperation;
}
function linesOf(ask: Asker, operation: Operation): Record<string, unknown>[] {
  const path = ask.context.bulk.resultFile((operation.url ?? '').split('/').pop() ?? '');
  return path === null ? [] : readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}

const ORDERS = `{ orders(sortKey: UPDATED_AT, query: "updated_at:>=2026-11-20T11:52:00Z") { edges { node { id name updatedAt
  lineItems { edges { node { id quantity sku variant { id sku } } } }
  fulfillmentOrders { edges { node { id status assignedLocation { location { id } } lineItems { edges { node { id remainingQuantity lineItem { id } } } } } } } } } } }`;

describe('bulk queries', () => {
  test.each([false, true])('lines hold what paged queries answer (grouped: %s)', async (group) => {
    const { ask } = open({ orders: 150, lines: 3 });
    const operation = await finish(ask, await start(ask, ORDERS, group));
    expect(operation).toMatchObject({ status: 'COMPLETED', errorCode: null, rootObjectCount: '9', objectCount: String(9 + 9 * 3 + 9 + 9 * 3) });
    const lines = linesOf(ask, operation);

    const paged = await ask(`{ orders(first: 250, sortKey: UPDATED_AT, query: "updated_at:>=2026-11-20T11:52:00Z") { nodes { id name updatedAt
      lineItems(first: 10) { nodes { id quantity sku variant { id sku } } }
      fulfillmentOrders(first: 10) { nodes { id status assignedLocation { location { id } } lineItems(first: 10) { nodes { id remainingQuantity lineItem { id } } } } } } } }`);
    interface Node { id: string; lineItems?: { nodes: Node[] }; fulfillmentOrders?: { nodes: Node[] } }
    const expected: unknown[] = [];
    const flatten = (node: Node, parentId?: string) => {
      const { lineItems, fulfillmentOrders, ...own } = node;
      expected.push({ ...own, ...(parentId === undefined ? {} : { __parentId: parentId }) });
      for (const child of [...lineItems?.nodes ?? [], ...fulfillmentOrders?.nodes ?? []]) flatten(child, node.id);
    };
    for (const node of (paged.data as { orders: { nodes: Node[] } }).orders.nodes) flatten(node);
    const sorted = (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(sorted(lines)).toEqual(sorted(expected));
    // A parent always precedes its children; grouped, they follow at once.
    const seen = new Set<unknown>();
    for (const line of lines) {
      if (line['__parentId'] !== undefined) expect(seen.has(line['__parentId'])).toBe(true);
      seen.add(line['id']);
    }
    expect(lines[1]?.['__parentId']).toBe(group ? lines[0]?.['id'] : undefined);
  });

  test('an order of 40 levels nests through objects, and an empty result has no url', async () => {
    const { ask } = open();
    const levels = await finish(ask, await start(ask, '{ productVariants { edges { node { id inventoryItem { id inventoryLevels { edges { node { id quantities(names: ["available"]) { quantity } } } } } } } } }'));
    const lines = linesOf(ask, levels);
    expect(lines.filter((line) => line['__parentId'] !== undefined)).toHaveLength(8);
    expect(lines).toContainEqual({ id: 'gid://shopify/InventoryLevel/702?inventory_item_id=402', quantities: [{ quantity: 21 }], __parentId: 'gid://shopify/ProductVariant/302' });
    const empty = await finish(ask, await start(ask, '{ orders(query: "id:1") { edges { node { id } } } }'));
    expect(empty).toMatchObject({ status: 'COMPLETED', url: null, objectCount: '0' });
  });

  test.each([
    ['{ shop { name } }', 'at least one connection'],
    ['{ node(id: "gid://shopify/Order/1") { id } }', 'top-level `node`'],
    ['{ orders { edges { node { id lineItems { edges { node { id } } } fulfillmentOrders { edges { node { id lineItems { edges { node { id } } } fulfillments { edges { node { id } } } fulfillmentOrdersForMerge { edges { node { id } } } } } } } } } }', '5 connections'],
    ['{ products { edges { node { id variants { edges { node { id inventoryItem { inventoryLevels { edges { node { id item { variants { edges { node { id } } } } } } } } } } } } } } }', 'nesting depth'],
    ['{ orders { edges { node { id refunds { refundLineItems { edges { node { quantity } } } } } } } }', 'list field'],
    ['{ orders { edges { node { name lineItems { edges { node { id } } } } } } }', "select the 'id' field"],
    ['{ orders { edges { node { id nope } } } }', 'Cannot query field'],
    ['{ orders { edges { node { id note } } } }', 'not simulated: Order.note'],
  ])('%s is refused', async (query, reason) => {
    const { ask } = open();
    const started = await start(ask, query);
    expect(started.bulkOperation).toBeNull();
    expect(started.userErrors[0]).toMatchObject({ code: 'INVALID', message: expect.stringContaining(reason) });
  });

  test('a sixth operation at once reaches the limit', async () => {
    const { ask } = open({ orders: 200 });
    const started = await Promise.all(Array.from({ length: 6 }, () => start(ask, ORDERS)));
    expect(started.map((one) => one.userErrors[0]?.code ?? 'STARTED')).toEqual([...Array.from({ length: 5 }, () => 'STARTED'), 'LIMIT_REACHED']);
    await ask.context.bulk.idle();
    expect((await start(ask, ORDERS)).userErrors).toEqual([]);
    await ask.context.bulk.idle();
  });

  test('a missing scope fails the operation, not the mutation', async () => {
    const { ask } = open({}, ['read_products']);
    expect(await finish(ask, await start(ask, ORDERS))).toMatchObject({ status: 'FAILED', errorCode: 'ACCESS_DENIED', url: null });
  });

  test('the finish webhook speaks lower case, and the result is gone after seven days', async () => {
    const { ask, shop } = open();
    const events: { topic: string; payload: Record<string, unknown> }[] = [];
    shop.onEvent((event) => events.push(event));
    const started = await start(ask, ORDERS);
    const operation = await finish(ask, started);
    expect(events).toMatchObject([{ topic: 'bulk_operations/finish', payload: { admin_graphql_api_id: started.bulkOperation?.id, status: 'completed', type: 'query', error_code: null } }]);
    expect(linesOf(ask, operation).length).toBeGreaterThan(0);
    shop.advance(7 * 86_400_000 + 1);
    expect(linesOf(ask, operation)).toEqual([]);
    expect(await finish(ask, started)).toMatchObject({ status: 'COMPLETED', url: null });
  });

  test('a cancelled operation ends CANCELED', async () => {
    const { ask } = open({ orders: 300 });
    const started = await start(ask, ORDERS);
    const reply = await ask('mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { message } } }', { id: started.bulkOperation?.id });
    expect(reply.data).toEqual({ bulkOperationCancel: { bulkOperation: { status: 'CANCELING' }, userErrors: [] } });
    expect(await finish(ask, started)).toMatchObject({ status: 'CANCELED', url: null });
  });
});
