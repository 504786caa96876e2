/** Bulk operations and webhook subscriptions: what the app itself set up. */
import { gid, idOf } from '../gid.ts';
import { idField, instantField, searchPredicate, wordField, type SearchFields } from '../search/match.ts';
import type { BulkOperationRecord, WebhookSubscriptionRecord } from '../state.ts';
import { instant, instantOrNull } from '../wire-format.ts';
import { fieldsOf, list } from './fields.ts';
import { API_VERSION } from '../schema.ts';

const BULK_SEARCH: SearchFields<BulkOperationRecord> = {
  id: idField((operation) => operation.id),
  created_at: instantField((operation) => operation.createdAt),
  completed_at: instantField((operation) => operation.completedAt),
  status: wordField(Object.fromEntries((['CREATED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELING', 'CANCELED', 'EXPIRED'] as const)
    .map((status) => [status.toLowerCase(), (operation: BulkOperationRecord) => operation.status === status]))),
  operation_type: wordField({ query: (operation) => operation.type === 'QUERY', mutation: (operation) => operation.type === 'MUTATION' }),
};

export const operationTypes = {
  BulkOperation: fieldsOf<BulkOperationRecord>({
    id: (operation) => gid('BulkOperation', operation.id),
    type: (operation) => operation.type,
    status: (operation) => operation.status,
    errorCode: (operation) => operation.errorCode,
    query: (operation) => operation.query,
    objectCount: (operation) => String(operation.objectCount),
    rootObjectCount: (operation) => String(operation.rootObjectCount),
    fileSize: (operation) => operation.fileSize === null ? null : String(operation.fileSize),
    createdAt: (operation) => instant(operation.createdAt),
    completedAt: (operation) => instantOrNull(operation.completedAt),
    url: (operation, _args, { bulk, baseUrl }) => operation.url === null || bulk.expired(operation) ? null : `${baseUrl}${operation.url}`,
    partialDataUrl: (operation, _args, { bulk, baseUrl }) => operation.partialDataUrl === null || bulk.expired(operation) ? null : `${baseUrl}${operation.partialDataUrl}`,
  }),
  WebhookSubscription: fieldsOf<WebhookSubscriptionRecord>({
    id: (subscription) => gid('WebhookSubscription', subscription.id),
    legacyResourceId: (subscription) => subscription.id,
    topic: (subscription) => subscription.topic,
    uri: (subscription) => subscription.uri,
    callbackUrl: (subscription) => subscription.uri,
    endpoint: (subscription) => ({ __typename: 'WebhookHttpEndpoint', callbackUrl: subscription.uri }),
    format: () => 'JSON',
    includeFields: (subscription) => subscription.includeFields,
    filter: (subscription) => subscription.filter,
    metafieldNamespaces: () => [],
    metafields: () => [],
    name: () => null,
    apiVersion: (subscription) => ({ handle: subscription.apiVersion, displayName: subscription.apiVersion, supported: subscription.apiVersion === API_VERSION }),
    createdAt: (subscription) => instant(subscription.createdAt),
    updatedAt: (subscription) => instant(subscription.createdAt),
  }),
};

export const operationQueries = fieldsOf<undefined>({
  bulkOperation: (_root, args, { shop }) => shop.tables.bulkOperations.get(idOf(args['id'], 'BulkOperation')) ?? null,
  bulkOperations: list((_root, args, { shop }) => ({
    rows: shop.tables.bulkOperations.values(),
    where: searchPredicate(args['query'], BULK_SEARCH),
    sortKey: (operation: BulkOperationRecord) => ((args['sortKey'] === 'COMPLETED_AT' ? operation.completedAt : operation.createdAt) ?? '').slice(0, 19),
    id: (operation: BulkOperationRecord) => operation.id,
  })),
  currentBulkOperation: (_root, args, { shop }) => [...shop.tables.bulkOperations.values()].filter((operation) => operation.type === args['type']).at(-1) ?? null,
  webhookSubscription: (_root, args, { shop }) => shop.tables.subscriptions.get(idOf(args['id'], 'WebhookSubscription')) ?? null,
  webhookSubscriptions: list((_root, args, { shop }) => {
    const matches = searchPredicate<WebhookSubscriptionRecord>(args['query'], {
      id: idField((subscription) => subscription.id), created_at: instantField((subscription) => subscription.createdAt),
    });
    const topics = args['topics'] == null ? null : new Set(args['topics'] as string[]);
    const uri = args['uri'] ?? args['callbackUrl'] ?? null;
    return {
      rows: shop.tables.subscriptions.values(),
      where: (subscription: WebhookSubscriptionRecord) => matches(subscription) && (topics === null || topics.has(subscription.topic)) && (uri === null || subscription.uri === uri),
      sortKey: args['sortKey'] === 'CREATED_AT' ? (subscription: WebhookSubscriptionRecord) => subscription.createdAt.slice(0, 19) : () => 0,
      id: (subscription: WebhookSubscriptionRecord) => subscription.id,
    };
  }),
});
