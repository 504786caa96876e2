/** Finds what a control request names: by id, or by the name a tester knows. Refusals say what is known. */
import { HttpRefusal } from '../http-message.ts';
import type { Shop, OrderRecord, VariantRecord } from '../state.ts';
import { optionalText, textField, type Fields } from './fields.ts';

/** A variant by `variantId`, `inventoryItemId` or `sku`; a SKU several variants share is refused, since nobody could tell which. */
export function variantBy(shop: Shop, fields: Fields): VariantRecord {
  const { tables } = shop;
  const variantId = optionalText(fields, 'variantId');
  const itemId = optionalText(fields, 'inventoryItemId');
  if (variantId !== undefined || itemId !== undefined) {
    const found = variantId !== undefined ? tables.variants.get(variantId) : shop.variantOfItem(itemId ?? '');
    if (found === undefined) throw new HttpRefusal(404, `${variantId !== undefined ? 'variantId' : 'inventoryItemId'}: unknown`);
    return found;
  }
  const sku = textField(fields, 'sku');
  const found = [...tables.variants.values()].filter((variant) => variant.sku === sku && variant.deletedAt === null);
  if (found[0] === undefined || found.length > 1) throw new HttpRefusal(found.length > 1 ? 409 : 404, `sku: ${found.length} variants are called ${sku}`);
  return found[0];
}

/** A location by id (`<name>Id`) or by its name (`<name>`). */
export function locationIdBy(shop: Shop, fields: Fields, name = 'location'): string {
  const { locations } = shop.tables;
  const id = optionalText(fields, `${name}Id`);
  const called = optionalText(fields, name);
  const found = id !== undefined ? locations.get(id) : [...locations.values()].find((location) => location.name === called);
  if (found === undefined) throw new HttpRefusal(404, `${id !== undefined ? `${name}Id` : name}: unknown; known: ${[...locations.values()].map((l) => l.name).join(', ')}`);
  return found.id;
}

/** Undefined when the request names none. */
export function optionalLocationId(shop: Shop, fields: Fields, name = 'location'): string | undefined {
  return fields[name] === undefined && fields[`${name}Id`] === undefined ? undefined : locationIdBy(shop, fields, name);
}

/** A name in a path, percent-encoded or with its `#` left out: the ways it may be meant. */
export function namesMeant(part: string): readonly string[] {
  try {
    return [decodeURIComponent(part), `#${part}`];
  } catch {
    throw new HttpRefusal(400, `${part}: is not percent-encoded text`);
  }
}

/** An order by id or name (`#1001`, percent-encoded or without its `#`). */
export function orderBy(shop: Shop, id: string): OrderRecord {
  const { orders } = shop.tables;
  const order = orders.get(id) ?? [...orders.values()].find((candidate) => namesMeant(id).includes(candidate.name));
  if (order === undefined) throw new HttpRefusal(404, 'orders/<id>: unknown order');
  return order;
}

/** A line by `lineItemId`, or by `sku` when only one line of the order carries it. */
export function lineIdBy(order: OrderRecord, fields: Fields): string {
  const id = optionalText(fields, 'lineItemId');
  if (id !== undefined) return id;
  const sku = textField(fields, 'sku');
  const found = order.lines.filter((line) => line.sku === sku);
  if (found[0] === undefined || found.length > 1) throw new HttpRefusal(404, `sku: ${found.length} lines of ${order.name} carry ${sku}`);
  return found[0].id;
}

/** What the engine did, or 422 with the first thing it refused. */
export function accepted<R extends { userErrors: { field: string[] | null; message: string }[] }>(result: R): R {
  const error = result.userErrors[0];
  if (error !== undefined) throw new HttpRefusal(422, `${error.field?.join('.') ?? 'request'}: ${error.message}`);
  return result;
}
