/** Every modelled field of the schema, by type and name. What is not listed here answers "not simulated". */
import { GraphQLError } from 'graphql';
import { countOf, type Listing } from '../connections.ts';
import { adjustmentGroup } from '../engine/adjustment-groups.ts';
import { levelKeyOf, splitGid } from '../gid.ts';
import { catalogueCounts, catalogueQueries, catalogueTypes } from './catalogue.ts';
import { asNode, fieldsOf, notSimulated, type Args, type Context, type TypeFields } from './fields.ts';
import { fulfillmentMutations } from './fulfillment-mutations.ts';
import { fulfillmentQueries, fulfillmentTypes } from './fulfillment.ts';
import { inventoryMutations, inventoryPayloadTypes } from './inventory-mutations.ts';
import { levelTypes } from './levels.ts';
import { operationQueries, operationTypes } from './operations.ts';
import { operationMutations } from './operation-mutations.ts';
import { editTypes, orderMutations } from './order-mutations.ts';
import { lineById, orderListing, orderQueries, orderTypes, refundById, visibleOrder } from './orders.ts';
import { locationMutations } from './location-mutations.ts';
import { returnMutations } from './return-mutations.ts';
import { orderReturns, returnQueries, returnTypes, reverseById, visibleReturn } from './returns.ts';
import { bundleMutations, productOperation } from './bundle-mutations.ts';
import { transferMutations } from './transfer-mutations.ts';
import { transferQueries, transferTypes } from './transfers.ts';
import { catalogueMutations } from './catalogue-mutations.ts';
import { shopRecord } from '../engine/payloads.ts';
import { reportQueries } from './reports.ts';
import { shopQueries, shopTypes } from './shop.ts';

const FINDERS: Record<string, (id: string, context: Context) => object | null | undefined> = {
  Shop: (_id, { shop }) => shopRecord(shop),
  Location: (id, { shop }) => { const found = shop.tables.locations.get(id); return found?.deletedAt ? null : found; },
  Product: (id, { shop }) => shop.tables.products.get(id),
  ProductVariant: (id, { shop }) => { const found = shop.tables.variants.get(id); return found?.deletedAt === null ? found : null; },
  InventoryItem: (id, { shop }) => shop.tables.inventoryItems.get(id),
  InventoryAdjustmentGroup: (id, { shop }) => adjustmentGroup(shop, id),
  Order: (id, context) => visibleOrder(context, id),
  LineItem: (id, context) => lineById(context, id),
  Refund: (id, context) => refundById(context, id),
  Fulfillment: (id, { shop }) => shop.tables.fulfillments.get(id),
  FulfillmentOrder: (id, { shop, access }) => access.fulfillmentOrders ? shop.tables.fulfillmentOrders.get(id) : null,
  InventoryTransfer: (id, { shop }) => shop.tables.transfers.get(id),
  InventoryShipment: (id, { shop }) => shop.tables.shipments.get(id),
  Return: (id, context) => visibleReturn(context, id),
  ReverseFulfillmentOrder: (id, context) => reverseById(context, id),
  BulkOperation: (id, { shop }) => shop.tables.bulkOperations.get(id),
  WebhookSubscription: (id, { shop }) => shop.tables.subscriptions.get(id),
};

/** `node(id:)`: null for an id that names nothing, an error for a type this store does not model. */
function nodeOf(id: string, context: Context): object | null {
  const split = splitGid(id);
  if (split === null) throw new GraphQLError(`Invalid global id '${id}'`, { extensions: { code: 'INVALID_FIELD_ARGUMENTS' } });
  context.access.check('QueryRoot', 'node', split.type);
  if (split.type === 'InventoryLevel') return asNode(context.shop.tables.levels.get(levelKeyOf(id)), 'InventoryLevel');
  const find = FINDERS[split.type];
  if (find === undefined) throw notSimulated(`node of type ${split.type}`);
  return asNode(find(split.id, context), split.type);
}

function counted(listing: (context: Context, args: Args) => Listing<never>) {
  return (_root: unknown, args: Args, context: Context) => countOf(listing(context, args), args['limit'] ?? null);
}

const rootQueries = fieldsOf<undefined>({
  node: (_root, args, context) => nodeOf(args['id'], context),
  nodes: (_root, args, context) => (args['ids'] as string[]).map((id) => nodeOf(id, context)),
  inventoryLevel: (_root, args, { shop }) => shop.tables.levels.get(levelKeyOf(args['id'])) ?? null,
  ordersCount: counted((context, args) => orderListing(context, args) as unknown as Listing<never>),
  productsCount: counted(({ shop }, args) => catalogueCounts.products(shop, args) as unknown as Listing<never>),
  productVariantsCount: counted(({ shop }, args) => catalogueCounts.productVariants(shop, args) as unknown as Listing<never>),
  productOperation: (_root, args, { shop }) => productOperation(shop, args['id']),
  job: (_root, args) => ({ id: args['id'], done: true }),
});

export const resolvers: Record<string, TypeFields> = {
  ...shopTypes, ...catalogueTypes, ...levelTypes, ...orderTypes, ...fulfillmentTypes, ...returnTypes, ...transferTypes, ...operationTypes, ...inventoryPayloadTypes, ...editTypes,
  // Returns know orders, so an order's returns are joined on here.
  Order: { ...orderTypes.Order, returns: orderReturns as never },
  QueryRoot: { ...shopQueries, ...catalogueQueries, ...orderQueries, ...fulfillmentQueries, ...returnQueries, ...transferQueries, ...operationQueries, ...reportQueries, ...rootQueries },
  Mutation: { ...inventoryMutations, ...orderMutations, ...fulfillmentMutations, ...returnMutations, ...locationMutations, ...catalogueMutations, ...bundleMutations, ...transferMutations, ...operationMutations },
};

