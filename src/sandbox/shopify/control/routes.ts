/** How a group of controls is written: a table from method and path (`POST orders/:id/cancel`) to what it does. */
import type { BulkOperations } from '../bulk/operations.ts';
import type { IdempotencyStore } from '../graphql/idempotency.ts';
import type { OpenShop } from '../shop.ts';
import type { Tokens } from '../tokens.ts';
import type { Deliveries } from '../webhooks/deliveries.ts';
import type { Faults } from '../faults/faults.ts';
import type { Fields } from './fields.ts';

export interface ControlServices {
  shop: OpenShop; faults: Faults; deliveries: Deliveries; idempotency: IdempotencyStore; bulk: BulkOperations; tokens: Tokens;
  setTrading: ((ordersPerMinute: number) => void) | undefined;
  /** Does what is due after the clock was moved. */
  pump(): Promise<unknown>;
}
/** `id` is the path's second part, '' where the route has none. */
export type Route = (services: ControlServices, body: Fields, id: string) => unknown;
export type Routes = Record<string, Route>;
