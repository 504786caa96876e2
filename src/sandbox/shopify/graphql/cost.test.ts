import { getOperationAST, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { officialSchema } from '../schema.ts';
import { actualCost, planCost, requestedCost } from './cost.ts';

function planOf(query: string) {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('no operation');
  return planCost(officialSchema().schema, document, operation);
}
const cost = (query: string, variables = {}) => requestedCost(planOf(query), variables);

describe('requested cost', () => {
  test.each([
    ['{ shop { name id } }', 1],
    ['{ orders(first: 10) { pageInfo { hasNextPage } nodes { id } } }', 2 + 4],
    ['{ orders(first: 10) { edges { cursor node { id } } } }', 2 + 4],
    // recorded on a live store: a location with 100 levels, five objects a level
    ['{ location(id: "gid://shopify/Location/1") { inventoryLevels(first: 100) { nodes { id item { id variant { id } } location { id } quantities(names: ["available"]) { quantity } } } } }', 48],
    ['{ orders(first: 150) { nodes { id lineItems(first: 150) { nodes { id } } } } }', 2 + (1 + 2 + 10) * 10],
    ['{ orders(first: 1) { nodes { totalPriceSet { shopMoney { amount currencyCode } } } } }', 2 + 1],
    ['{ node(id: "x") { id ... on Order { id refunds { id } } ... on Product { id } } }', 2],
    ['mutation { fulfillmentCancel(id: "x") { fulfillment { id } userErrors { field message } } }', 11],
  ])('%s costs %i', (query, expected) => {
    expect(cost(query)).toBe(expected);
  });

  test('the size may come from a variable', () => {
    const query = 'query($n: Int!) { orders(first: $n) { nodes { id } } }';
    expect(cost(query, { n: 2 })).toBe(3);
    expect(cost(query, { n: 250 })).toBe(2 + 11);
  });
});

test('actual cost follows the rows that came and never exceeds the request', () => {
  const plan = planOf('{ orders(first: 250) { nodes { id lineItems(first: 50) { nodes { id variant { id } } } } } }');
  const asked = requestedCost(plan, {});
  const rows = (n: number) => Array.from({ length: n }, () => ({ id: 'o', lineItems: { nodes: [{ id: 'l', variant: null }] } }));
  expect(asked).toBe(2 + (1 + 2 + 2 * 7) * 11);
  expect(actualCost(plan, { orders: { nodes: [] } }, asked)).toBe(2);
  // one line without variant: 1 × floor(2 ln 2) = 1, so an order is 1 + 2 + 1
  expect(actualCost(plan, { orders: { nodes: rows(10) } }, asked)).toBe(2 + 4 * 4);
  expect(actualCost(plan, { orders: { nodes: rows(250) } }, 30)).toBe(30);
});
