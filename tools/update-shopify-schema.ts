/**
 * Fetches the official Shopify Admin schema and stores the part the simulated store needs.
 *   node tools/update-shopify-schema.ts                 from the npm package pinned in schema/version.json
 *   node tools/update-shopify-schema.ts FILE.json[.gz]  from a local introspection file of the same shape
 * The package ships the introspection result together with the access scopes of every type and field.
 * Kept: the introspection without its prose, and the offline scopes of types and root fields. Dropped: everything else
 * (the package itself drags in a command line tool, so it is never a dependency).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

interface ScopeItem { type: 'type' | 'field'; typeName: string; fieldName?: string; offlineScopes: string[] }
interface Shipped { data: { __schema: { types: unknown[] } }; offline_scopes: { items: ScopeItem[] } }

const SCHEMA_DIR = new URL('../src/sandbox/shopify/schema/', import.meta.url);
/** Introspection keys a schema is built from; the shipped file adds documentation flags of its own. */
const KEPT = new Set(['data', '__schema', 'queryType', 'mutationType', 'subscriptionType', 'types', 'directives', 'kind', 'name', 'fields', 'args',
  'type', 'ofType', 'inputFields', 'interfaces', 'enumValues', 'possibleTypes', 'isDeprecated', 'deprecationReason', 'defaultValue',
  'locations', 'isRepeatable', 'specifiedByURL', 'isOneOf']);

function withoutProse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutProse);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => KEPT.has(key)).map(([key, inner]) => [key, withoutProse(inner)]));
}

/** Scopes any one of which opens a type (`Order`) or a root field (`Mutation.orderCancel`). Entries without scopes are left out. */
function compactScopes(items: ScopeItem[]): Record<string, string[]> {
  const scopes: Record<string, string[]> = {};
  for (const item of items) {
    if (item.offlineScopes.length === 0) continue;
    if (item.type === 'type') scopes[item.typeName] = item.offlineScopes;
    else if (item.typeName === 'QueryRoot' || item.typeName === 'Mutation') scopes[`${item.typeName}.${item.fieldName}`] = item.offlineScopes;
  }
  return scopes;
}

function findFile(dir: string, name: string): string | undefined {
  for (const entry of readdirSync(dir)) {
    const path = join(dir, entry);
    const found = statSync(path).isDirectory() ? findFile(path, name) : entry === name ? path : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function fromPackage(name: string, version: string, file: string): Buffer {
  const dir = mkdtempSync(join(tmpdir(), 'shopify-schema-'));
  try {
    const packed = JSON.parse(execFileSync('npm', ['pack', `${name}@${version}`, '--json', '--pack-destination', dir], { encoding: 'utf8' })) as unknown;
    const tarball = readdirSync(dir).find((entry) => entry.endsWith('.tgz'));
    if (tarball === undefined) throw new Error(`npm pack ${name}@${version} left no tarball (${JSON.stringify(packed)})`);
    execFileSync('tar', ['-xzf', join(dir, tarball), '-C', dir]);
    const found = findFile(dir, file) ?? findFile(dir, file.replace(/\.gz$/, ''));
    if (found === undefined) throw new Error(`${name}@${version} holds no ${file}`);
    return readFileSync(found);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const pinned = JSON.parse(readFileSync(new URL('version.json', SCHEMA_DIR), 'utf8')) as { apiVersion: string; package: string; version: string };
const local = process.argv[2];
const raw = local === undefined ? fromPackage(pinned.package, pinned.version, `admin_${pinned.apiVersion}.json.gz`) : readFileSync(local);
const shipped = JSON.parse((raw[0] === 0x1f ? gunzipSync(raw) : raw).toString('utf8')) as Shipped;
const kept = { data: withoutProse(shipped.data), scopes: compactScopes(shipped.offline_scopes.items) };
const target = new URL(`admin-${pinned.apiVersion}.json.gz`, SCHEMA_DIR);
writeFileSync(target, gzipSync(JSON.stringify(kept), { level: 9 }));
console.log(`${shipped.data.__schema.types.length} types, ${Object.keys(kept.scopes).length} scoped, ${statSync(target).size} bytes -> ${target.pathname.split('/').pop()}`);
