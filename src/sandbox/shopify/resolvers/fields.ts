/** How resolvers are written: a table per type, each field a function of its source or a listing to be paged. */
import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import type { Access } from '../access.ts';
import type { BulkOperations } from '../bulk/operations.ts';
import type { Listing } from '../connections.ts';
import type { Faults } from '../faults/faults.ts';
import type { IdempotencyStore } from '../graphql/idempotency.ts';
import type { OrderEdits } from '../order-edits.ts';
import type { Shop } from '../state.ts';

/** What every resolver may use: the shop, the caller's rights, and the services beside the tables. */
export interface Context {
  shop: Shop;
  access: Access;
  /** Origin the caller reached, for result files. */
  baseUrl: string;
  bulk: BulkOperations;
  edits: OrderEdits;
  idempotency: IdempotencyStore;
  /** Fields that are to fail; absent outside a store. */
  faults?: Faults;
}
/** Coerced GraphQL arguments; their shape is guaranteed by the schema, so resolvers name the shape they expect. */
export type Args = Record<string, any>;
export type Resolve<S> = (source: S, args: Args, context: Context, info?: GraphQLResolveInfo) => unknown;

/** A connection field: the listing it pages over. `max` is its page limit where it is not 250. */
export interface ListField<S> { listing: (source: S, args: Args, context: Context) => Listing<never>; max?: number }
export type Field<S> = Resolve<S> | ListField<S>;
export type TypeFields = Record<string, Field<never>>;

/** Declares the fields of one type; the source type is checked here and forgotten in the table. */
export function fieldsOf<S>(fields: Record<string, Field<S>>): TypeFields {
  return fields as TypeFields;
}

/** Declares a connection field over rows of any record type. */
export function list<S, N>(listing: (source: S, args: Args, context: Context) => Listing<N>, max?: number): ListField<S> {
  return { listing: listing as unknown as ListField<S>['listing'], max };
}

/** Milliseconds of the shop's clock. */
export function clockOf(shop: Shop): number {
  return Date.parse(shop.now());
}

const typeNames = new WeakMap<object, string>();

/** Marks a record found by `node(id:)` with its GraphQL type, so the `Node` interface can be resolved. */
export function asNode<T extends object>(record: T | null | undefined, typeName: string): T | null {
  if (record === null || record === undefined) return null;
  typeNames.set(record, typeName);
  return record;
}

export function typeNameOf(record: object): string | undefined {
  return typeNames.get(record);
}

/** The answer for a part of the schema this store does not model: an error in the caller's hands, never an invented value. */
export function notSimulated(what: string): GraphQLError {
  return new GraphQLError(`not simulated: ${what}`, { extensions: { code: 'NOT_SIMULATED' } });
}
