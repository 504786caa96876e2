/** From what a shopper asks for to order lines: bundles exploded into components, a location chosen, stock committed. */
import type { InventoryItemRecord, LineItemRecord, OrderRecord, Shop, VariantRecord } from '../state.ts';
import { refuse, type Action } from './action.ts';
import { changeLevel, levelKey, sellableAt } from './levels.ts';

export interface WantedLine {
  variantId: string; quantity: number;
  /** minor units; the variant's price by default */
  price?: number;
  /** Sell it from here, whatever the other lines do: how an order comes to be split over locations. */
  locationId?: string;
}

/** Shopify marks a product as a gift card at creation; here the product type says so. */
export const GIFT_CARD_TYPE = 'Gift Card';

/** @throws Refusal for an unknown variant or a quantity that is no positive whole number */
export function linesOf(shop: Shop, wanted: WantedLine[], path: string[]): LineItemRecord[] {
  return wanted.flatMap((want, index) => {
    const field = [...path, String(index)];
    const variant = shop.tables.variants.get(want.variantId);
    if (!variant || variant.deletedAt !== null) return refuse([...field, 'variantId'], 'The variant does not exist.', 'INVALID');
    if (!Number.isSafeInteger(want.quantity) || want.quantity <= 0) return refuse([...field, 'quantity'], 'Quantity must be greater than 0.', 'INVALID');
    if (want.locationId !== undefined && !shop.tables.locations.get(want.locationId)?.isActive) return refuse([...field, 'locationId'], 'The location does not exist.', 'INVALID');
    if (variant.components.length === 0) return [lineOf(shop, variant, want.quantity, want.price ?? variant.price, null)];
    return explode(shop, variant, want);
  });
}

/** Where the wanted lines are to be sold from, by line id, as far as they say; `lines` are those `linesOf` made of `wanted`. */
export function placesWanted(shop: Shop, wanted: WantedLine[], lines: LineItemRecord[]): Record<string, string> {
  const places: Record<string, string> = {};
  let next = 0;
  for (const { variantId, locationId } of wanted) {
    const count = Math.max(1, shop.tables.variants.get(variantId)?.components.length ?? 0);
    for (const line of lines.slice(next, next + count)) if (locationId !== undefined) places[line.id] = locationId;
    next += count;
  }
  return places;
}

/** A native bundle sells as its components; the parent appears only as their group (reference §1.4, §3). */
function explode(shop: Shop, parent: VariantRecord, want: WantedLine): LineItemRecord[] {
  const product = shop.tables.products.get(parent.productId);
  const group = {
    id: shop.nextId('LineItemGroup'), productId: parent.productId, variantId: parent.id, variantSku: parent.sku, title: product?.title ?? '', quantity: want.quantity,
  };
  const parts = parent.components.map((component) => ({ component, variant: shop.tables.variants.get(component.variantId) }));
  const worth = parts.reduce((sum, { component, variant }) => sum + (variant?.price ?? 0) * component.quantity, 0);
  // The parent's price is shared by the components' own prices; a line holds one price per unit, so each share is cut to whole minor units.
  return parts.map(({ component, variant }) => {
    if (!variant) throw new Error(`bundle ${parent.id} has no component ${component.variantId}`);
    const price = worth === 0 ? 0 : Math.floor((want.price ?? parent.price) * variant.price / worth);
    return lineOf(shop, variant, want.quantity * component.quantity, price, group);
  });
}

function itemOf(shop: Shop, variant: VariantRecord): InventoryItemRecord {
  const item = shop.tables.inventoryItems.get(variant.inventoryItemId);
  if (!item) throw new Error(`variant ${variant.id} has no inventory item`);
  return item;
}

function lineOf(shop: Shop, variant: VariantRecord, quantity: number, price: number, group: LineItemRecord['group']): LineItemRecord {
  const product = shop.tables.products.get(variant.productId);
  return {
    id: shop.nextId('LineItem'), variantId: variant.id, productId: variant.productId, sku: variant.sku, title: product?.title ?? '',
    variantTitle: variant.title === 'Default Title' ? null : variant.title, quantity, currentQuantity: quantity, unfulfilledQuantity: quantity, price,
    requiresShipping: itemOf(shop, variant).requiresShipping, isGiftCard: product?.productType === GIFT_CARD_TYPE, group,
  };
}

/** The tracked inventory item behind a line; undefined for untracked goods and custom lines, which never touch stock. */
export function trackedItemOf(shop: Shop, line: LineItemRecord): string | undefined {
  const variant = line.variantId === null ? undefined : shop.tables.variants.get(line.variantId);
  return variant && itemOf(shop, variant).tracked ? variant.inventoryItemId : undefined;
}

export interface CommitOptions {
  /** Only here (point of sale, or an edit of a line that has its place). */
  locationId?: string | undefined;
  /** Lines with a place of their own, by line id. */
  places?: Readonly<Record<string, string>> | undefined;
  /** Sell what is not there, whatever the variant's policy (staff and imports may). */
  force?: boolean | undefined;
  reason: string;
}

/**
 * Commits lines (available −q, committed +q) and returns where, by line id. One location that has everything is preferred; otherwise each
 * line goes to the first active location with enough, by the merchant's order of locations, else to the one with most.
 * @throws Refusal when a variant that denies overselling is short at every location
 */
export function commitLines(action: Action, lines: LineItemRecord[], options: CommitOptions): OrderRecord['committedAt'] {
  const { shop } = action;
  const places = options.locationId !== undefined ? [options.locationId]
    : [...shop.tables.locations.values()].filter((location) => location.isActive && location.shipsInventory).map((location) => location.id);
  const main = places[0];
  if (main === undefined) return refuse(null, 'The shop has no active location that ships.', 'INVALID');
  const needs = new Map<string, number>();
  for (const line of lines) {
    const item = options.places?.[line.id] === undefined ? trackedItemOf(shop, line) : undefined;
    if (item !== undefined) needs.set(item, (needs.get(item) ?? 0) + line.quantity);
  }
  const whole = places.find((place) => [...needs].every(([item, units]) => sellableAt(shop, item, place) >= units));
  const committedAt: OrderRecord['committedAt'] = {};
  for (const line of lines) {
    const item = trackedItemOf(shop, line);
    const place = options.places?.[line.id] ?? whole ?? (item === undefined ? main : placeFor(shop, item, line.quantity, places));
    committedAt[line.id] = place;
    if (item === undefined) continue;
    const short = sellableAt(shop, item, place) < line.quantity;
    if (short && !options.force && shop.tables.variants.get(line.variantId!)?.inventoryPolicy === 'DENY') {
      return refuse(['order', 'lineItems'], `Unable to reserve inventory for ${line.title}.`, 'INVALID');
    }
    changeLevel(action, item, place, { available: -line.quantity, committed: line.quantity }, { reason: options.reason });
  }
  return committedAt;
}

function placeFor(shop: Shop, item: string, units: number, places: string[]): string {
  // Oversold goods are owed by a place that stocks them, if any does.
  const stocking = places.filter((place) => shop.tables.levels.get(levelKey(item, place))?.isActive);
  const candidates = stocking.length > 0 ? stocking : places;
  let best = candidates[0]!;
  let most = -Infinity;
  for (const place of candidates) {
    const available = sellableAt(shop, item, place);
    if (available >= units) return place;
    if (available > most) { most = available; best = place; }
  }
  return best;
}

/** Takes units off a line's commitment at one place: shipped or given up (back to `available` when restocked; gone from the shop's books otherwise). */
export function uncommit(action: Action, line: LineItemRecord, place: string, units: number, fate: { reason: string; backTo?: string | null }): void {
  const item = trackedItemOf(action.shop, line);
  if (item === undefined || units === 0) return;
  if (fate.backTo === place) {
    changeLevel(action, item, place, { committed: -units, available: units }, { reason: fate.reason });
    return;
  }
  changeLevel(action, item, place, { committed: -units }, { reason: fate.reason, asItIs: true });
  if (fate.backTo != null) changeLevel(action, item, fate.backTo, { available: units }, { reason: fate.reason });
}
