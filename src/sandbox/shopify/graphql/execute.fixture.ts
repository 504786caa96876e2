/** Asks a shop without HTTP: the whole request pipeline with a context of its own. */
import { Access, DEFAULT_SCOPES } from '../access.ts';
import { BulkOperations } from '../bulk/operations.ts';
import { OrderEdits } from '../order-edits.ts';
import { clockOf, type Context } from '../resolvers/fields.ts';
import type { OpenShop } from '../shop.ts';
import { answer, type GraphqlReply } from './execute.ts';
import { IdempotencyStore } from './idempotency.ts';
import { CostBucket, type Plan } from './throttle.ts';
import { scratchDir } from '../scratch.fixture.ts';

export interface Asker {
  context: Context; bucket: CostBucket; directory: string;
  (query: string, variables?: Record<string, unknown>): Promise<GraphqlReply>;
}

export function askerOf(shop: OpenShop, options: { scopes?: readonly string[]; plan?: Plan } = {}): Asker {
  const directory = scratchDir();
  const context: Context = {
    shop, access: new Access(options.scopes ?? DEFAULT_SCOPES), baseUrl: 'http://store', bulk: new BulkOperations(shop, directory), edits: new OrderEdits(),
    idempotency: new IdempotencyStore(shop),
  };
  const bucket = new CostBucket(options.plan ?? 'enterprise', clockOf(shop));
  const ask = (query: string, variables: Record<string, unknown> = {}) => answer({ query, variables }, context, bucket, () => clockOf(shop));
  return Object.assign(ask, { context, bucket, directory });
}
