/** The simulated store as the planner's connection to it sees it: what it sells where, and what was sold per day. Only read, and only at a sync. */
import type { Shop } from '../shopify/state.ts';
import type { Account, Platform, PlatformLevel } from './account.ts';

const DAYS = 120, DAY_MS = 86_400_000;
const LINES_OF_FIRST_ORDER = 6;

/** Days are UTC. Stockouts are unknown before the planner was connected, so every day counts as in stock. */
export function platformOf(shop: Shop): Platform {
  const { tables } = shop, today = Math.floor(Date.parse(shop.now()) / DAY_MS), locations = [...tables.locations.values()].filter((place) => place.isActive);
  const variants = [...tables.variants.values()].filter((variant) => variant.deletedAt === null && variant.components.length === 0 && tables.inventoryItems.get(variant.inventoryItemId)?.tracked);
  const sold = new Map<string, number[]>();
  for (const order of tables.orders.values()) {
    const day = Math.floor(Date.parse(order.processedAt) / DAY_MS);
    if (order.test || order.cancelledAt !== null || day < today - DAYS || day >= today) continue;
    const assigned = shop.fulfillmentOrdersOf(order.id);
    for (const line of order.lines) {
      if (line.variantId === null) continue;
      const place = assigned.find((each) => each.lines.some((part) => part.lineItemId === line.id))?.assignedLocationId ?? order.committedAt[line.id] ?? locations[0]?.id, key = `${line.variantId}@${place}`;
      const days = sold.get(key) ?? Array.from({ length: DAYS }, () => 0);
      days[day - today + DAYS]! += line.quantity;
      sold.set(key, days);
    }
  }
  const levels: PlatformLevel[] = [], nothing: readonly number[] = Array.from({ length: DAYS }, () => 0), always: readonly boolean[] = Array.from({ length: DAYS }, () => true);
  for (const variant of variants) {
    for (const level of shop.levelsOf(variant.inventoryItemId)) {
      if (level.isActive) levels.push({ variantId: variant.id, locationId: level.locationId, inStock: level.quantities.available, sold: sold.get(`${variant.id}@${level.locationId}`) ?? nothing, inStockDays: always });
    }
  }
  return {
    locations: locations.map((place) => ({ id: place.id, name: place.name })), levels,
    variants: variants.map((variant) => {
      const product = tables.products.get(variant.productId)!;
      return { id: variant.id, sku: variant.sku?.trim() ?? '', title: variant.title === 'Default Title' ? product.title : `${product.title}, ${variant.title}`, barcode: variant.barcode, vendor: product.vendor, price: variant.price, cost: tables.inventoryItems.get(variant.inventoryItemId)?.unitCost ?? 0 };
    }),
  };
}

/** A buyer there has ordered already what one supplier's goods need most. */
export function firstOrder(account: Account): void {
  const warehouse = [...account.warehouses.values()][0];
  if (!warehouse || account.orders.size > 0) return;
  const wanted = [...account.variants.values()].map((variant) => ({ variant, units: Number(account.figures(variant.id, warehouse.name)['to_order']) })).filter((each) => each.units > 0).sort((a, b) => b.units - a.units), vendor = wanted[0]?.variant.vendor;
  if (vendor) account.makeOrder({ vendor, warehouse: warehouse.name, status: account.nameOf('Active'), items: wanted.filter((each) => each.variant.vendor === vendor).slice(0, LINES_OF_FIRST_ORDER).map((each) => ({ id: each.variant.id })) });
}
