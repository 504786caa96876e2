/** What an access token may see: Shopify's documented scopes, any one of which opens a type or a root field. */
import { GraphQLError } from 'graphql';
import { officialSchema } from './schema.ts';

/** Scopes a new sandbox app holds unless told otherwise: what an inventory planning app asks for, reports, which name who changed stock, plus the writes its tests drive. */
export const DEFAULT_SCOPES: readonly string[] = [
  'read_products', 'write_products', 'read_inventory', 'write_inventory', 'read_locations', 'read_orders', 'write_orders', 'read_all_orders',
  'write_order_edits', 'write_returns', 'write_locations', 'write_inventory_transfers', 'write_inventory_shipments', 'write_inventory_shipments_received_items', 'read_fulfillments', 'write_fulfillments', 'read_merchant_managed_fulfillment_orders',
  'write_merchant_managed_fulfillment_orders', 'read_third_party_fulfillment_orders', 'read_reports',
];

/** A missing scope hides fulfilment orders row by row instead of failing. */
const SILENT_TYPES = new Set(['FulfillmentOrder']);

export class Access {
  /** Granted scopes; a write scope includes its read scope. */
  readonly scopes: ReadonlySet<string>;
  private readonly refusals = new Map<string, readonly string[] | null>();

  constructor(granted: readonly string[]) {
    this.scopes = new Set(granted.flatMap((scope) => scope.startsWith('write_') ? [scope, scope.replace('write_', 'read_')] : [scope]));
  }

  private missing(key: string): readonly string[] | null {
    let missing = this.refusals.get(key);
    if (missing === undefined) {
      const needed = officialSchema().scopes.get(key);
      missing = needed === undefined || needed.some((scope) => this.scopes.has(scope)) ? null : needed;
      this.refusals.set(key, missing);
    }
    return missing;
  }

  /** Throws ACCESS_DENIED when the field, or the type behind it, needs a scope the token lacks. */
  check(parentType: string, field: string, returnedType: string): void {
    const type = returnedType.replace(/(Connection|Edge)$/, '');
    const needed = (parentType === 'QueryRoot' || parentType === 'Mutation' ? this.missing(`${parentType}.${field}`) : null)
      ?? (SILENT_TYPES.has(type) ? null : this.missing(type));
    if (needed === null) return;
    const required = needed.map((scope) => `\`${scope}\``).join(' or ');
    throw new GraphQLError(`Access denied for ${field} field. Required access: ${required} access scope.`, {
      extensions: { code: 'ACCESS_DENIED', documentation: 'https://shopify.dev/api/usage/access-scopes', requiredAccess: `${required} access scope.` },
    });
  }

  /** Orders older than 60 days need `read_all_orders` besides `read_orders`. */
  get allOrders(): boolean {
    return this.scopes.has('read_all_orders');
  }

  /** Fulfilment orders at the merchant's own locations, the only kind this shop has. */
  get fulfillmentOrders(): boolean {
    return this.scopes.has('read_merchant_managed_fulfillment_orders');
  }
}
