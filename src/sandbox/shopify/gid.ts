/** Shopify's global ids: `gid://shopify/<Type>/<number>`, and the one composite, the inventory level's. */
import { GraphQLError } from 'graphql';

export function gid(type: string, id: string): string {
  return `gid://shopify/${type}/${id}`;
}

/** `gid://shopify/InventoryLevel/<location>?inventory_item_id=<item>`. */
export function levelGid(inventoryItemId: string, locationId: string): string {
  return `gid://shopify/InventoryLevel/${locationId}?inventory_item_id=${inventoryItemId}`;
}

/** Splits any gid; null when the text is not one. Only the level carries a query part. */
export function splitGid(value: string): { type: string; id: string; inventoryItemId: string | null } | null {
  const match = /^gid:\/\/shopify\/([A-Za-z]+)\/([A-Za-z0-9_-]+)(?:\?inventory_item_id=(\d+))?$/.exec(value);
  if (match === null) return null;
  return { type: match[1] ?? '', id: match[2] ?? '', inventoryItemId: match[3] ?? null };
}

/** Numeric id of a gid that must be of `type`. Throws the top-level error Shopify answers for a malformed or foreign id. */
export function idOf(value: string, type: string): string {
  const split = splitGid(value);
  if (split === null || split.type !== type) {
    throw new GraphQLError(`Invalid global id '${value}', expected gid://shopify/${type}/<id>`, { extensions: { code: 'INVALID_FIELD_ARGUMENTS' } });
  }
  return split.id;
}

/** Table key of a level (`<item>:<location>`) from its gid. */
export function levelKeyOf(value: string): string {
  const split = splitGid(value);
  if (split === null || split.type !== 'InventoryLevel' || split.inventoryItemId === null) {
    throw new GraphQLError(`Invalid global id '${value}', expected gid://shopify/InventoryLevel/<location>?inventory_item_id=<item>`,
      { extensions: { code: 'INVALID_FIELD_ARGUMENTS' } });
  }
  return `${split.inventoryItemId}:${split.id}`;
}

/** Order of decimal ids of any length, beyond 2^53 included. */
export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
