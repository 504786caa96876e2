/** A connection that cannot change a shop: for an audit, which is given a token it should not have to be trusted with. */
import type { CostBucket } from '../../ports/cost-bucket.ts';
import type { AdminClient } from './admin-client.ts';
import { BULK_RUN } from './documents.ts';

/** The same client; a mutation is refused before it is sent. Starting a bulk query is a mutation in name alone, and the only one let through. */
export function readOnly(client: AdminClient): AdminClient {
  return {
    ...client,
    async run(document, variables) {
      if (/^\s*mutation\b/m.test(document) && document !== BULK_RUN) throw new Error(`an audit changes nothing: ${/mutation\s+(\w+)/.exec(document)?.[1] ?? 'a mutation'} was not sent`);
      return client.run(document, variables);
    },
  };
}

/** The cost bucket of one process that shares its shop with nobody it knows of. Shopify's own answers set it right. */
export function bucketOfOne(clock: { now(): Date }): CostBucket {
  let state: { available: number; restore: number; at: number } | null = null;
  return {
    async take(cost) {
      if (state === null) return 0;
      const now = clock.now().getTime();
      state = { ...state, available: state.available + ((now - state.at) / 1000) * state.restore, at: now };
      if (state.available < cost) return Math.ceil(((cost - state.available) / state.restore) * 1000);
      state.available -= cost;
      return 0;
    },
    async observe({ currentlyAvailable, restoreRate }) { state = { available: currentlyAvailable, restore: restoreRate, at: clock.now().getTime() }; },
  };
}
