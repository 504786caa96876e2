/** What a subscription receives of an event: its topic, the fields it asked for, its filter. */
import type { Search, Term } from '../search/parse.ts';
import { parseSearch } from '../search/parse.ts';

type Json = Record<string, unknown>;

/** `orders/create` as the schema's `WebhookSubscriptionTopic` spells it: `ORDERS_CREATE`. */
export function topicEnum(topic: string): string {
  return topic.toUpperCase().replaceAll('/', '_');
}

/** The body's text. Ids are JSON numbers however large, as Shopify sends them: beyond 2^53 only their digits tell them apart. */
export function bodyText(payload: Json): string {
  return JSON.stringify(payload).replace(/"((?:\w+_)?id)":"(\d{16,})"/g, '"$1":$2');
}

/** The payload cut down to `includeFields` (`id`, `line_items.sku`); an empty list means everything. */
export function withFields(payload: Json, includeFields: readonly string[]): Json {
  if (includeFields.length === 0) return payload;
  const groups = Map.groupBy(includeFields, (path) => path.split('.', 1)[0] ?? '');
  const picked: Json = {};
  for (const [name, paths] of groups) {
    if (!Object.hasOwn(payload, name)) continue;
    const value = payload[name];
    if (paths.includes(name)) { picked[name] = value; continue; }
    const below = paths.map((path) => path.slice(name.length + 1));
    const cut = (inner: unknown) => inner !== null && typeof inner === 'object' ? withFields(inner as Json, below) : inner;
    picked[name] = Array.isArray(value) ? value.map(cut) : cut(value);
  }
  return picked;
}

/** Values found at a dotted path; a list on the way spreads. */
function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [name, ...rest] = path;
  if (name === undefined) return [value];
  return value !== null && typeof value === 'object' ? valuesAt((value as Json)[name], rest) : [];
}

function termHolds(term: Term, payload: Json): boolean {
  return valuesAt(payload, term.field.split('.')).some((value) => {
    if (value === undefined || value === null) return false;
    if (term.comparator === '=') return term.value === '*' || String(value).toLowerCase() === term.value.toLowerCase();
    const numeric = Number(value);
    const bound = Number(term.value);
    const order = Number.isNaN(numeric) || Number.isNaN(bound) ? (String(value) < term.value ? -1 : String(value) > term.value ? 1 : 0) : numeric - bound;
    return term.comparator === '>' ? order > 0 : term.comparator === '>=' ? order >= 0 : term.comparator === '<' ? order < 0 : order <= 0;
  });
}

function holds(search: Search, payload: Json): boolean {
  switch (search.kind) {
    case 'everything': return true;
    case 'not': return !holds(search.part, payload);
    case 'and': return search.parts.every((part) => holds(part, payload));
    case 'or': return search.parts.some((part) => holds(part, payload));
    case 'term': return termHolds(search, payload);
  }
}

/** Whether a payload passes a subscription's filter (search syntax over the payload's own field names). */
export function passesFilter(filter: string | null, payload: Json): boolean {
  return filter === null || holds(parseSearch(filter), payload);
}
