/** The whole first journey on a small town: import, ledger, forecast, recommendation, drift at zero, and life going on by webhook. */
import { describe, expect, it } from 'vitest';
import type { Of, StockPage, Explanation } from '../../src/http/contract.ts';
import type { RecommendationDetail, ReplenishmentPage } from '../../src/http/contract-replenishment.ts';
import { driftCheck } from '../../src/flows/drift-check.ts';
import { salesHistory } from '../../src/flows/sales-history.ts';
import { ledgerFaults } from '../../src/store/ledger.ts';
import { fingerprint } from '../helpers/store.ts';
import { world } from '../helpers/world.ts';

const w = await world();
await w.import();
const { storeId } = w;
const stock = (query: string): Promise<Of<typeof StockPage>> => w.api(`/api/v1/stock?store=${storeId}&${query}`);
const drift = async (): Promise<Record<string, unknown>> => {
  await w.run(salesHistory);
  return (await w.run(driftCheck)).detail;
};

describe('the first import', () => {
  it('ends with every level equal to Shopify, every unit explained', async () => {
    const page = await stock('limit=500');
    expect(page.totals.rows).toBe(w.sandbox.shop.tables.levels.size - untrackedLevels());
    expect(page.totals.driftUnits).toBe(0);
    let onHand = 0;
    for (const level of w.sandbox.shop.tables.levels.values()) {
      if (!w.sandbox.shop.tables.inventoryItems.get(level.inventoryItemId)!.tracked) continue;
      onHand += level.quantities.available + level.quantities.committed + level.quantities.reserved + level.quantities.damaged + level.quantities.safety_stock + level.quantities.quality_control;
    }
    expect(page.totals.onHand).toBe(onHand);
    expect((await drift())['unexplainedUnits']).toBe(0);
    expect(await ledgerFaults(w.house.db, storeId)).toEqual([]);
  });

  it('accounts for every order: input = applied + unchanged + skipped + failed', async () => {
    const { flows } = await w.api<{ flows: { flow: string; lastRun: { input: number; applied: number; unchanged: number; skipped: Record<string, number>; failed: Record<string, number>; state: string } | null }[] }>(`/api/v1/flows?store=${storeId}`);
    for (const { flow, lastRun } of flows) {
      if (!lastRun) continue;
      const sum = (reasons: Record<string, number>): number => Object.values(reasons).reduce((a, b) => a + b, 0);
      expect(`${flow} ${lastRun.state} ${lastRun.input}`).toBe(`${flow} done ${lastRun.applied + lastRun.unchanged + sum(lastRun.skipped) + sum(lastRun.failed)}`);
    }
    const { rows } = await w.house.db.query<{ n: number }>('select count(*)::int as n from sales_order where store_id = $1', [storeId]);
    expect(rows[0]!.n).toBe(w.sandbox.shop.tables.orders.size);
  });

  it('keeps demand as the shop saw it: gross units per day', async () => {
    const { shop, inventoryItems, variants, orders } = w.sandbox.shop.tables;
    const zone = shop.values().next().value!.ianaTimezone;
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone });
    const expected = new Map<string, number>();
    for (const order of orders.values()) {
      if (order.test || (order.cancelledAt !== null && order.cancelReason !== 'INVENTORY')) continue;
      for (const line of order.lines) {
        const variant = line.variantId === null ? undefined : variants.get(line.variantId);
        if (line.isGiftCard || !variant || !inventoryItems.get(variant.inventoryItemId)?.tracked) continue;
        const refunded = order.refunds.flatMap((r) => r.lines).filter((l) => l.lineItemId === line.id).reduce((sum, l) => sum + l.quantity, 0);
        const wanted = line.currentQuantity + refunded; // ordered less removed by edits
        const key = day.format(new Date(order.processedAt));
        if (wanted > 0) expected.set(key, (expected.get(key) ?? 0) + wanted);
      }
    }
    const { rows } = await w.house.db.query<{ day: string; units: number }>('select day, sum(quantity)::int as units from daily_demand where store_id = $1 group by 1 having sum(quantity) <> 0 order by 1', [storeId]);
    expect(Object.fromEntries(rows.map((r) => [r.day, r.units]))).toEqual(Object.fromEntries([...expected].sort()));
  });

  it('recommends with terms that sum exactly to the line', async () => {
    const page = await w.api<Of<typeof ReplenishmentPage>>(`/api/v1/replenishment?store=${storeId}&view=all&limit=200`);
    expect(page.rows.length).toBeGreaterThan(10);
    for (const row of page.rows.slice(0, 25)) {
      const detail = await w.api<Of<typeof RecommendationDetail>>(`/api/v1/items/${row.itemId}/replenishment?store=${storeId}&location=${row.locationId}`);
      expect(detail.waterfall.reduce((sum, term) => sum + term.quantity, 0)).toBe(row.quantity);
      const { rows: [stockRow] } = await stock(`q=${encodeURIComponent(row.sku ?? '')}&location=${row.locationId}`);
      if (row.sku && stockRow?.itemId === row.itemId) expect(0 - detail.waterfall.find((t) => t.key === 'on hand')!.quantity).toBe(stockRow.available + stockRow.committed);
    }
  });

  it('imports again without changing a byte', async () => {
    const before = await fingerprint(w.house.db, storeId);
    await w.house.db.query(`delete from cursor where store_id = $1 and name = 'sales-history'`, [storeId]);
    await w.run(salesHistory);
    expect(await fingerprint(w.house.db, storeId)).toBe(before);
  });
});

describe('life goes on by webhook', () => {
  const row = async (sku: string, location: string): Promise<Of<typeof StockPage>['rows'][number]> =>
    (await stock(`q=${encodeURIComponent(sku)}`)).rows.find((r) => r.sku === sku && r.locationName === location)!;
  const sellable = async (): Promise<Of<typeof StockPage>['rows'][number]> => (await stock('sort=available&dir=desc&limit=60')).rows.find((r) => r.sku && /^[A-Z0-9-]+$/.test(r.sku))!;

  it('shows an order on the stock page, explains it, and returns to zero drift', async () => {
    const before = await sellable();
    await w.control('/orders', { lines: [{ sku: before.sku, quantity: 2 }], locationId: await shopifyLocation(before.locationId) });
    const after = await w.until('the order on the stock page', async () => { const r = await row(before.sku!, before.locationName); return r.available === before.available - 2 && r.committed === before.committed + 2 && r; });
    expect(after.shopifyAvailable).toBe(after.available);
    const why = await w.api<Of<typeof Explanation>>(`/api/v1/items/${after.itemId}/explain?store=${storeId}&location=${after.locationId}`);
    expect(why.balance).toBe(after.available);
    expect(why.byKind.reduce((sum, kind) => sum + kind.quantity, 0)).toBe(after.available);
    expect(why.movements[0]!.sentence).toMatch(/^2 promised to order #\d+/);
    expect((await drift())['unexplainedUnits']).toBe(0);
    expect((await stock('view=drift')).rows).toEqual([]);
  });

  it('takes an edit in the Shopify admin for what it is', async () => {
    const before = await sellable();
    await w.control('/levels', { sku: before.sku, locationId: await shopifyLocation(before.locationId), available: before.available + 5 });
    await w.until('the edit heard', async () => (await row(before.sku!, before.locationName)).shopifyAvailable === before.available + 5);
    const found = await drift();
    expect(found['unitsByCause']).toEqual({ 'edited in Shopify': 5 });
    const after = await row(before.sku!, before.locationName);
    expect(after.available).toBe(before.available + 5);
    const why = await w.api<Of<typeof Explanation>>(`/api/v1/items/${after.itemId}/explain?store=${storeId}&location=${after.locationId}`);
    expect(why.movements[0]!.sentence).toContain('5 added in Shopify by staff or another app');
  });

  it('heals what webhooks lost: order read by updated_at, then zero drift', async () => {
    const before = await sellable();
    await w.control('/faults', { webhooks: { drop: 1 } });
    await w.control('/orders', { lines: [{ sku: before.sku, quantity: 1 }], locationId: await shopifyLocation(before.locationId) });
    await w.control('/faults', { webhooks: { drop: 0 } });
    const found = await w.until('drift gone', async () => { const d = await drift(); const r = await row(before.sku!, before.locationName); return r.available === before.available - 1 && d; });
    expect(found['unexplainedUnits']).toBe(0);
    expect((await row(before.sku!, before.locationName)).committed).toBe(before.committed + 1);
  });

  it('cancels, refunds and ships: the ledger ends with Shopify', async () => {
    const item = await sellable();
    const place = await shopifyLocation(item.locationId);
    const order = async (quantity: number): Promise<string> => (await w.control<{ id: string }>('/orders', { lines: [{ sku: item.sku, quantity }], locationId: place })).id;
    const [first, second, third] = [await order(2), await order(3), await order(1)];
    await w.control(`/orders/${first}/cancel`, { reason: 'CUSTOMER', restock: true });
    await w.until('the others routed', async () => (await Promise.all([second, third].map((id) => w.control<{ fulfillmentOrders: unknown[] }>(`/orders/${id}`)))).every((each) => each.fulfillmentOrders.length > 0));
    await w.control(`/orders/${second}/fulfil`, {});
    await w.control(`/orders/${third}/cancel`, { reason: 'INVENTORY', restock: false });
    await w.until('every level equal', async () => { const d = await drift(); const page = await stock('view=drift'); return page.rows.length === 0 && (d['unexplainedUnits'] === 0); });
    const level = w.sandbox.shop.tables.levels.get([...w.sandbox.shop.tables.levels.values()].find((l) => l.locationId === place && skuOf(l.inventoryItemId) === item.sku)!.id)!;
    const now = await row(item.sku!, item.locationName);
    expect([now.available, now.committed]).toEqual([level.quantities.available, level.quantities.committed]);
    expect(await ledgerFaults(w.house.db, storeId)).toEqual([]);
  });

  it('sees a renamed SKU as the same item', async () => {
    const item = await sellable();
    const variant = [...w.sandbox.shop.tables.variants.values()].find((v) => v.sku === item.sku)!;
    await w.control(`/variants/${variant.id}`, { sku: `${item.sku}-NEW` });
    const renamed = await w.until('the new SKU', async () => (await stock(`q=${encodeURIComponent(`${item.sku}-NEW`)}`)).rows.find((r) => r.itemId === item.itemId));
    expect(renamed.itemId).toBe(item.itemId);
    const page = await w.until('the exception', async () => {
      const { rows } = await w.api<{ rows: { kind: string; sentence: string }[] }>(`/api/v1/exceptions?store=${storeId}&kind=SKU_RENAMED`);
      return rows.length > 0 && rows;
    });
    expect(page[0]!.sentence).toContain(`${item.sku}-NEW`);
  });

  async function shopifyLocation(locationId: number): Promise<string> {
    const { rows } = await w.house.db.query<{ id: string }>('select shopify_location_id as id from location where location_id = $1', [locationId]);
    return rows[0]!.id;
  }
  const skuOf = (inventoryItemId: string): string | null => w.sandbox.shop.variantOfItem(inventoryItemId)?.sku ?? null;
});

function untrackedLevels(): number {
  let count = 0;
  for (const level of w.sandbox.shop.tables.levels.values()) if (!w.sandbox.shop.tables.inventoryItems.get(level.inventoryItemId)!.tracked) count++;
  return count;
}
