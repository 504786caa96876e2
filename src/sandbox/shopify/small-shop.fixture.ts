/** A small shop written straight into the tables, for tests of the reading side: every number is computable by hand. */
import { openShop, type OpenShop } from './shop.ts';
import type { LevelRecord, OrderRecord, QuantityName } from './state.ts';

export interface SmallShop { shop: OpenShop; orderIds: string[]; itemIds: string[]; locationIds: string[]; setClock(iso: string): void }

const START = Date.parse('2026-11-20T12:00:00Z');
const NAMES: QuantityName[] = ['available', 'committed', 'reserved', 'damaged', 'safety_stock', 'quality_control', 'incoming'];

function level(itemId: string, locationId: string, available: number, committed: number, at: string): LevelRecord {
  return {
    id: `${itemId}:${locationId}`, inventoryItemId: itemId, locationId, isActive: true, createdAt: at, updatedAt: at,
    quantities: { available, committed, reserved: 0, damaged: 1, safety_stock: 0, quality_control: 0, incoming: 7 },
    quantityUpdatedAt: Object.fromEntries([...NAMES, 'on_hand'].map((name) => [name, at])) as LevelRecord['quantityUpdatedAt'],
  };
}

/**
 * `orders` orders of `lines` lines each, one a minute up to 12:00 on 2026-11-20; five variants at two locations; the third order's first line
 * is fulfilled, the second order is refunded and the fourth belongs to a bundle. `file` keeps it on disk.
 */
export function smallShop(options: { orders?: number; lines?: number; file?: string } = {}): SmallShop {
  let now = START;
  const shop = openShop({ file: options.file ?? ':memory:', clock: () => now });
  const at = shop.now();
  const variants: { id: string; itemId: string; sku: string | null }[] = [];
  const locationIds = ['Main', 'Annex'].map((name, index) => {
    const id = String(701 + index);
    shop.put('locations', { id, name, isActive: true, shipsInventory: true, countryCode: 'DE', createdAt: at, updatedAt: at });
    return id;
  });
  shop.commit();
  shop.bulkLoad(() => {
    shop.put('shop', { id: '1', domain: 'small.myshopify.com', name: 'Small', currency: 'EUR', ianaTimezone: 'Europe/Berlin', createdAt: at });
    shop.put('products', {
      id: '201', title: 'Shirt', handle: 'shirt', vendor: 'Weaver', productType: 'Apparel', status: 'ACTIVE', tags: ['cotton'],
      options: [{ name: 'Size', values: ['1', '2', '3', '4', '5'] }], createdAt: at, updatedAt: at, publishedAt: at,
    });
    for (let n = 1; n <= 5; n++) {
      const variant = { id: String(300 + n), itemId: String(400 + n), sku: n === 5 ? null : n === 4 ? 'SH-3' : `SH-${n}` };
      variants.push(variant);
      shop.put('variants', {
        id: variant.id, productId: '201', inventoryItemId: variant.itemId, title: `Size ${n}`, position: n, sku: variant.sku, barcode: null, price: 1000 + n,
        compareAtPrice: null, selectedOptions: [{ name: 'Size', value: String(n) }], inventoryPolicy: 'DENY', taxable: true,
        components: n === 5 ? [{ variantId: '301', quantity: 1 }, { variantId: '302', quantity: 3 }] : [], createdAt: at, updatedAt: at, deletedAt: null,
      });
      shop.put('inventoryItems', { id: variant.itemId, variantId: variant.id, tracked: true, requiresShipping: true, unitCost: 400, countryCodeOfOrigin: null, createdAt: at, updatedAt: at });
      if (n < 5) for (const [index, locationId] of locationIds.entries()) shop.put('levels', level(variant.itemId, locationId, 10 * n + index, 2, at));
    }
    const total = options.orders ?? 10;
    for (let n = 1; n <= total; n++) putOrder(n, total, options.lines ?? 2);
    shop.commit();
  });

  function putOrder(n: number, total: number, lineCount: number): void {
    const id = String(900_000 + n);
    const time = new Date(START - (total - n) * 60_000).toISOString();
    const order: OrderRecord = {
      id, number: 1000 + n, name: `#${1000 + n}`, createdAt: time, processedAt: time, updatedAt: time, cancelledAt: null, cancelReason: null, closedAt: null,
      test: false, confirmed: true, edited: false, sourceName: 'web', currency: 'EUR', tags: [], financialStatus: n === 2 ? 'PARTIALLY_REFUNDED' : 'PAID',
      lines: Array.from({ length: lineCount }, (_, index) => {
        const variant = variants[(n + index) % 4] as (typeof variants)[number];
        return {
          id: `${id}${index}`, variantId: variant.id, productId: '201', sku: variant.sku, title: 'Shirt', variantTitle: `Size ${variant.id}`, quantity: 2,
          currentQuantity: n === 2 && index === 0 ? 1 : 2, unfulfilledQuantity: n === 3 && index === 0 ? 0 : n === 2 && index === 0 ? 1 : 2,
          price: 1001, requiresShipping: true, isGiftCard: false,
          group: n === 4 ? { id: `${id}9`, productId: '201', variantId: '305', variantSku: null, title: 'Set', quantity: 1 } : null,
        };
      }),
      refunds: n === 2 ? [{ id: `${id}5`, createdAt: time, note: null, lines: [{ id: `${id}6`, lineItemId: `${id}0`, quantity: 1, restockType: 'CANCEL', restocked: true, locationId: '701', subtotal: 1001 }] }] : [],
      committedAt: {}, routesAt: null, countryCode: 'DE', discountTotal: 0, shippingTotal: 490, taxTotal: 0,
    };
    shop.put('orders', order);
    shop.put('fulfillmentOrders', {
      id: `5${id}`, orderId: id, assignedLocationId: '701', status: 'OPEN', createdAt: time, updatedAt: time,
      lines: order.lines.map((line) => ({ id: `6${line.id}`, lineItemId: line.id, totalQuantity: line.quantity, remainingQuantity: line.unfulfilledQuantity })),
    });
    if (n === 3) {
      shop.put('fulfillments', {
        id: `7${id}`, orderId: id, locationId: '701', status: 'SUCCESS', createdAt: time, updatedAt: time, tracking: [{ company: 'DHL', number: 'T1', url: null }],
        lines: [{ id: `8${id}`, lineItemId: `${id}0`, fulfillmentOrderId: `5${id}`, quantity: 2 }],
      });
    }
  }

  return {
    shop, locationIds, itemIds: variants.map((variant) => variant.itemId), orderIds: [...shop.tables.orders.keys()],
    setClock: (iso) => { now = Date.parse(iso); },
  };
}
