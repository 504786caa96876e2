import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { faultsOf } from '../engine/conservation.ts';
import { openUnits } from '../engine/order-figures.ts';
import { openShop, type OpenShop } from '../shop.ts';
import { canSell } from './basket.ts';
import { randomFrom } from './random.ts';
import { seedTown } from './town.ts';
import { startTrading } from './trading.ts';

const until = '2026-11-20T18:00:00.000Z';
const newShop = () => openShop({ file: ':memory:', clock: () => Date.parse(until) });
const orders = (shop: OpenShop) => [...shop.tables.orders.values()];

describe('a town\'s history', () => {
  const shop = newShop();
  const summary = seedTown(shop, { seed: 3, months: 14, scale: 0.25 });

  it('obeys the shop\'s rules: stock conserved, every line accounted for, nothing after its last instant', () => {
    expect(faultsOf(shop)).toEqual([]);
    expect(orders(shop).every((order) => order.updatedAt <= until)).toBe(true);
    for (const level of shop.tables.levels.values()) {
      const variant = shop.variantOfItem(level.inventoryItemId)!;
      const edited = orders(shop).some((order) => order.edited && order.lines.some((line) => line.variantId === variant.id));
      if (variant.inventoryPolicy === 'DENY' && !edited) expect(level.quantities.available, `${variant.sku} at ${level.locationId}`).toBeGreaterThanOrEqual(0);
    }
  });

  it('is the same for the same seed, and another for another', () => {
    const digest = (seed: number) => {
      const twin = newShop();
      seedTown(twin, { seed, months: 2, scale: 0.1 });
      return JSON.stringify([orders(twin), [...twin.tables.levels.values()]]);
    };
    expect(digest(5)).toBe(digest(5));
    expect(digest(5)).not.toBe(digest(6));
  });

  it('has the troubles of a real shop', () => {
    const skus = [...shop.tables.variants.values()].map((variant) => variant.sku);
    expect(skus.filter((sku) => sku === null || sku === '').length).toBeGreaterThanOrEqual(3);
    const named = skus.filter((sku) => sku !== null && sku !== '') as string[];
    const doubled = (list: string[]) => list.length - new Set(list).size;
    expect(doubled(named)).toBeGreaterThanOrEqual(2);
    expect(doubled(named.map((sku) => sku.toLowerCase()))).toBeGreaterThan(doubled(named));
    expect(summary.renamedSkus).toHaveLength(2);
    for (const [old, renamed] of summary.renamedSkus) expect([skus.includes(old), skus.includes(renamed)]).toEqual([false, true]);
    const sold = new Set(orders(shop).flatMap((order) => order.lines.map((line) => line.sku)));
    expect(summary.renamedSkus.some(([old]) => sold.has(old))).toBe(true);
    const reasons = new Set(orders(shop).map((order) => order.cancelReason));
    for (const reason of ['CUSTOMER', 'INVENTORY', null] as const) expect(reasons.has(reason)).toBe(true);
    expect(orders(shop).some((order) => order.edited)).toBe(true);
    expect(orders(shop).some((order) => order.test)).toBe(true);
    expect(orders(shop).some((order) => order.sourceName === 'pos')).toBe(true);
    expect(orders(shop).some((order) => order.lines.some((line) => line.isGiftCard))).toBe(true);
    expect(orders(shop).some((order) => order.lines.some((line) => line.group !== null))).toBe(true);
    const types = new Set(orders(shop).flatMap((order) => order.refunds.flatMap((refund) => refund.lines.map((line) => line.restockType))));
    expect(types).toEqual(new Set(['RETURN', 'CANCEL', 'NO_RESTOCK']));
    expect(summary.lostUnits).toBeGreaterThan(0);
  });

  it('leaves recent orders open and has shipped the old ones', () => {
    const open = orders(shop).filter((order) => openUnits(order) > 0);
    expect(open.length).toBeGreaterThan(0);
    const weekAgo = new Date(Date.parse(until) - 14 * 86_400_000).toISOString();
    expect(open.filter((order) => order.createdAt < weekAgo)).toEqual([]);
  });

  it('has seasons: sweaters sell in winter, garden things in spring', () => {
    const unitsIn = (type: string, months: number[]) => orders(shop).reduce((sum, order) => sum + (months.includes(new Date(order.processedAt).getUTCMonth())
      ? order.lines.reduce((units, line) => units + (shop.tables.products.get(line.productId!)?.productType === type ? line.quantity : 0), 0) : 0), 0);
    expect(unitsIn('Sweaters', [11, 0])).toBeGreaterThan(1.5 * unitsIn('Sweaters', [5, 6]));
    expect(unitsIn('Garden', [3, 4])).toBeGreaterThan(1.5 * unitsIn('Garden', [11, 0]));
  });

  it('is not seeded twice', () => {
    expect(() => seedTown(shop, { seed: 1 })).toThrow('already has a history');
  });
});

describe('trading', () => {
  it('sells, routes, ships and returns at the rate asked for, and stops', async () => {
    const shop = openShop({ file: ':memory:' });
    seedTown(shop, { seed: 2, months: 2, scale: 0.2 });
    const before = shop.tables.orders.size;
    const topics = new Set<string>();
    shop.onEvent((event) => topics.add(event.topic));
    const trading = startTrading(shop, { ordersPerMinute: 6_000, seed: 9, fulfilAfterMs: 300, cancelled: 0.2, returned: 0.3 });
    const deadline = Date.now() + 15_000;
    const wanted = ['orders/create', 'fulfillment_orders/order_routing_complete', 'fulfillments/create', 'orders/cancelled', 'refunds/create', 'inventory_levels/update'];
    while (!wanted.every((topic) => topics.has(topic)) && Date.now() < deadline) await sleep(50);
    trading.setRate(0);
    expect(wanted.filter((topic) => !topics.has(topic))).toEqual([]);
    // Routing goes on at rate zero.
    while ([...shop.tables.orders.values()].some((order) => order.routesAt !== null) && Date.now() < deadline) await sleep(50);
    expect([...shop.tables.orders.values()].filter((order) => order.routesAt !== null)).toEqual([]);
    const sold = shop.tables.orders.size;
    expect(sold).toBeGreaterThan(before);
    await sleep(200);
    expect(shop.tables.orders.size).toBe(sold);
    trading.stop();
    expect(faultsOf(shop)).toEqual([]);
    expect(() => trading.setRate(-1)).toThrow(RangeError);
    shop.close();
  });

  it('a bundle is on sale only while every component is', () => {
    const shop = openShop({ file: ':memory:' });
    seedTown(shop, { seed: 2, months: 1, scale: 0.2 });
    const bundle = [...shop.tables.variants.values()].find((variant) => variant.components.length > 0)!;
    const places = [...shop.tables.locations.keys()];
    const part = shop.tables.variants.get(bundle.components[0]!.variantId)!;
    const fill = (available: number) => {
      for (const component of bundle.components) {
        for (const level of shop.levelsOf(shop.tables.variants.get(component.variantId)!.inventoryItemId)) shop.put('levels', { ...level, quantities: { ...level.quantities, available: 50 } });
      }
      for (const level of shop.levelsOf(part.inventoryItemId)) shop.put('levels', { ...level, quantities: { ...level.quantities, available } });
      shop.commit();
    };
    fill(50);
    expect(canSell(shop, bundle, 1, places)).toBe(true);
    fill(0);
    expect(canSell(shop, bundle, 1, places)).toBe(part.inventoryPolicy === 'CONTINUE');
  });
});

describe('chance', () => {
  it('draws by weight and repeats itself', () => {
    const random = randomFrom(42);
    const counts = [0, 0, 0];
    for (let draw = 0; draw < 6_000; draw++) counts[random.weighted([1, 3, 6])]!++;
    expect(counts.map((count) => Math.round(count / 1_000))).toEqual([1, 2, 3]);
    expect(randomFrom(1).poisson(4)).toBe(randomFrom(1).poisson(4));
    let sum = 0;
    for (let draw = 0; draw < 5_000; draw++) sum += random.poisson(3.5);
    expect(sum / 5_000).toBeCloseTo(3.5, 0);
  });
});
