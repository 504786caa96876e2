/** The official Admin schema of the pinned API version, built once, and the access scopes it documents. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { buildClientSchema, type GraphQLSchema, type IntrospectionQuery } from 'graphql';
import pinned from './schema/version.json' with { type: 'json' };

/** The one Admin API version the simulated store speaks, e.g. `2026-10`. */
export const API_VERSION: string = pinned.apiVersion;

interface OfficialSchema { schema: GraphQLSchema; scopes: ReadonlyMap<string, readonly string[]> }
let built: OfficialSchema | undefined;

/**
 * The schema and its scopes: a key is a type (`Order`) or a root field (`QueryRoot.ordersCount`), the value the scopes any ONE of which opens it.
 * Built on first use (about 0.3 s) and kept; `assumeValid` because Shopify's own file is not ours to correct.
 */
export function officialSchema(): OfficialSchema {
  if (built === undefined) {
    const file = gunzipSync(readFileSync(new URL(`./schema/admin-${API_VERSION}.json.gz`, import.meta.url)));
    const stored = JSON.parse(file.toString('utf8')) as { data: IntrospectionQuery; scopes: Record<string, string[]> };
    built = { schema: buildClientSchema(stored.data, { assumeValid: true }), scopes: new Map(Object.entries(stored.scopes)) };
  }
  return built;
}
