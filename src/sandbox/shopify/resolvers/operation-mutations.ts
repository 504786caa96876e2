/** Starting and stopping bulk queries, and keeping webhook subscriptions. */
import { idOf, gid } from '../gid.ts';
import { API_VERSION } from '../schema.ts';
import type { WebhookSubscriptionRecord } from '../state.ts';
import { parseSearch } from '../search/parse.ts';
import { fieldsOf, notSimulated, type Args } from './fields.ts';

interface UserError { field: string[]; message: string }

/** Where a subscription delivers to, or why it cannot: plain HTTP is allowed for loopback only, as a development tunnel would be. */
function checkedUri(input: Args): { uri: string } | { error: UserError } {
  const uri = input['uri'] ?? input['callbackUrl'];
  if (uri == null) return { error: { field: ['webhookSubscription', 'uri'], message: "Uri can't be blank" } };
  const url = URL.canParse(uri) ? new URL(uri) : null;
  const loopback = url !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url === null || (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback))) {
    return { error: { field: ['webhookSubscription', 'uri'], message: 'Address protocol http:// is not supported' } };
  }
  return { uri };
}

function refuseForeign(input: Args): void {
  if (input['format'] === 'XML') throw notSimulated('webhook format XML');
  for (const name of ['metafieldNamespaces', 'metafields']) {
    if (Array.isArray(input[name]) && input[name].length > 0) throw notSimulated(`webhook ${name}`);
  }
  if (input['filter'] != null) parseSearch(input['filter']);
}

export const operationMutations = fieldsOf<undefined>({
  bulkOperationRunQuery: (_root, args, context) => context.bulk.start(args['query'], args['groupObjects'], context),
  bulkOperationCancel: (_root, args, { bulk }) => {
    const bulkOperation = bulk.cancel(idOf(args['id'], 'BulkOperation'));
    return { bulkOperation, userErrors: bulkOperation === null ? [{ field: ['id'], message: 'Bulk operation does not exist' }] : [] };
  },
  webhookSubscriptionCreate: (_root, args, { shop }) => {
    const input = args['webhookSubscription'] as Args;
    refuseForeign(input);
    const checked = checkedUri(input);
    if ('error' in checked) return { webhookSubscription: null, userErrors: [checked.error] };
    const topic = args['topic'] as string;
    if ([...shop.tables.subscriptions.values()].some((other) => other.topic === topic && other.uri === checked.uri && other.filter === (input['filter'] ?? null))) {
      return { webhookSubscription: null, userErrors: [{ field: ['webhookSubscription', 'callbackUrl'], message: 'Address for this topic has already been taken' }] };
    }
    const webhookSubscription: WebhookSubscriptionRecord = {
      id: shop.nextId('WebhookSubscription'), topic, uri: checked.uri, apiVersion: API_VERSION, includeFields: input['includeFields'] ?? [],
      filter: input['filter'] ?? null, createdAt: shop.now(), consecutiveFailures: 0,
    };
    shop.put('subscriptions', webhookSubscription);
    shop.commit();
    return { webhookSubscription, userErrors: [] };
  },
  webhookSubscriptionUpdate: (_root, args, { shop }) => {
    const input = args['webhookSubscription'] as Args;
    refuseForeign(input);
    const current = shop.tables.subscriptions.get(idOf(args['id'], 'WebhookSubscription'));
    if (current === undefined) return { webhookSubscription: null, userErrors: [{ field: ['id'], message: 'Webhook subscription does not exist' }] };
    const checked = input['uri'] == null && input['callbackUrl'] == null ? { uri: current.uri } : checkedUri(input);
    if ('error' in checked) return { webhookSubscription: null, userErrors: [checked.error] };
    const webhookSubscription: WebhookSubscriptionRecord = {
      ...current, uri: checked.uri, includeFields: input['includeFields'] ?? current.includeFields, filter: input['filter'] === undefined ? current.filter : input['filter'],
    };
    shop.put('subscriptions', webhookSubscription);
    shop.commit();
    return { webhookSubscription, userErrors: [] };
  },
  webhookSubscriptionDelete: (_root, args, { shop }) => {
    const id = idOf(args['id'], 'WebhookSubscription');
    if (!shop.tables.subscriptions.has(id)) return { deletedWebhookSubscriptionId: null, userErrors: [{ field: ['id'], message: 'Webhook subscription does not exist' }] };
    shop.remove('subscriptions', id);
    shop.commit();
    return { deletedWebhookSubscriptionId: gid('WebhookSubscription', id), userErrors: [] };
  },
});
