/** Webhook bodies gone wrong in ways receivers have met: the signature fits them all, since the bytes are what the store sent. */

export const POISONS = ['truncated', 'null', 'wrong-type', 'unknown-enum', 'big-id', 'id-mismatch'] as const;
export type Poison = (typeof POISONS)[number];

/** Lifts any id of this store beyond 2^53, where a JSON parser that knows doubles only rounds it. */
const LIFT = 820_982_911_000_000_000n;
const NUMBER_ID = /"((?:\w+_)?id)":(\d+)/g;
const ENUM_FIELD = /^(?:status|type|financial_status|fulfillment_status|cancel_reason|reason|restock_type)$/;

/** Numbers become objects and lists become text, one level down; names stay, so a shallow check passes. */
function wrongType(value: unknown): unknown {
  if (typeof value === 'number') return { value };
  if (Array.isArray(value)) return `${value.length} items`;
  return value;
}

function mapped(value: unknown, change: (name: string, inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((inner) => mapped(inner, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(name, mapped(inner, change))]));
}

/** The body as it is sent. `text` is the JSON the store would have sent. */
export function poisoned(text: string, poison: Poison): string {
  switch (poison) {
    case 'truncated': return text.slice(0, Math.floor(text.length / 2));
    case 'null': return 'null';
    case 'wrong-type': return JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).map(([name, value]) => [name, wrongType(value)])));
    case 'unknown-enum': return JSON.stringify(mapped(JSON.parse(text), (name, value) => ENUM_FIELD.test(name) && typeof value === 'string' ? 'never_heard_of' : value));
    case 'big-id': return text.replace(NUMBER_ID, (_all, name: string, id: string) => `"${name}":${BigInt(id) + LIFT}`)
      .replace(/(gid:\/\/shopify\/\w+\/)(\d+)/g, (_all, start: string, id: string) => `${start}${BigInt(id) + LIFT}`);
    case 'id-mismatch': return text.replace(NUMBER_ID, (_all, name: string, id: string) => `"${name}":${BigInt(id) + 1n}`);
  }
}
