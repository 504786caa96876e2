/** Webhooks that stop coming: noticed, said, and nothing lost, for as long as a week. */
import { describe, expect, it } from 'vitest';
import { driftCheck } from '../../src/flows/drift-check.ts';
import { salesHistory } from '../../src/flows/sales-history.ts';
import { stockLevels } from '../../src/flows/stock-levels.ts';
import { subscriptions } from '../../src/flows/subscriptions.ts';
import { world } from '../helpers/world.ts';

const w = await world({ months: 1, scale: 0.05 });
const gap = async (): Promise<string[]> => (await w.api<{ rows: { sentence: string }[] }>(`/api/v1/exceptions?store=${w.storeId}&kind=WEBHOOK_GAP`)).rows.map((row) => row.sentence);
const sellable = [...w.sandbox.shop.tables.variants.values()].find((v) => v.components.length === 0 && v.deletedAt === null && v.sku && w.sandbox.shop.tables.inventoryItems.get(v.inventoryItemId)!.tracked)!;
// Whatever the history left of it, there is enough to sell.
const stocked = [...w.sandbox.shop.tables.locations.keys()].find((place) => w.sandbox.shop.tables.levels.has(`${sellable.inventoryItemId}:${place}`))!;
await w.control('/levels', { variantId: sellable.id, locationId: stocked, available: 20 });
await w.import();

describe('when webhooks stop', () => {
  it('says so once reading finds what nobody told, and takes it back when they come again', async () => {
    await w.control('/faults', { webhooks: { drop: 1 } });
    // Eight days: longer than Shopify would have tried.
    await w.control('/clock/advance', { hours: 8 * 24 });
    const placed = await w.control<{ id: string }>('/orders', { lines: [{ variantId: sellable.id, quantity: 1 }] });
    await w.run(salesHistory);
    await w.run(stockLevels);
    await w.run(subscriptions);
    expect(await gap()).toEqual([expect.stringContaining('Can Shopify reach')]);
    expect((await w.house.db.query('select from sales_order where store_id = $1 and order_id = $2', [w.storeId, placed.id])).rowCount).toBe(1);
    expect((await w.run(driftCheck)).detail['unexplainedUnits']).toBe(0);
    await w.control('/faults', { webhooks: null });
    await w.control('/orders', { lines: [{ variantId: sellable.id, quantity: 1 }] });
    // The shop's clock runs eight days ahead of ours here: what it says of now is moved there.
    await w.until('a webhook has come', async () => ((await w.house.db.query(`update inbox set received_at = received_at + interval '8 days' where store_id = $1 and received_at > (select imported_at from store where store_id = $1)`, [w.storeId])).rowCount ?? 0) > 0);
    await w.run(subscriptions);
    await w.until('what was missed is read, which ends the case', async () => (await gap()).length === 0);
  });
  it('reads what was sold between an old address and a new one, also without a gap', async () => {
    const idle = () => w.until('nothing is queued', async () => (await w.house.db.query(`select from jobs.job where state in ('created', 'active', 'retry') and name in ('sales-history', 'stock-levels')`)).rowCount === 0);
    const here = w.house.publicUrl;
    Object.assign(w.house, { publicUrl: 'http://127.0.0.1:9' });
    await w.run(subscriptions);
    await idle();
    const placed = await w.control<{ id: string }>('/orders', { lines: [{ variantId: sellable.id, quantity: 1 }] });
    Object.assign(w.house, { publicUrl: here });
    await w.run(subscriptions);
    await w.until('the order is read', async () => (await w.house.db.query('select from sales_order where store_id = $1 and order_id = $2', [w.storeId, placed.id])).rowCount === 1);
    expect(await gap()).toEqual([]);
  });
});
