/** Repairs on a real shop: what nothing explains is accepted or pushed, by two people above the limit, read back by the next check, and reversed. */
import { beforeAll, describe, expect, it } from 'vitest';
import { driftCheck } from '../../src/flows/drift-check.ts';
import { driftRepair } from '../../src/flows/drift-repair.ts';
import { salesHistory } from '../../src/flows/sales-history.ts';
import { stockLevels } from '../../src/flows/stock-levels.ts';
import { at } from '../../src/domain/stock/fact.ts';
import { leadsToShopify } from '../../src/http/routes/inventory-history.ts';
import { postFacts } from '../../src/store/ledger.ts';
import { world } from '../helpers/world.ts';

const w = await world({ months: 1, scale: 0.05, worker: false });
await w.import();
const { rows: levels } = await w.house.db.query<{ item_id: number; location_id: number; available: number; item: string; place: string }>(
  `select g.item_id, g.location_id, g.available, x.shopify_inventory_item_id::text as item, l.shopify_location_id::text as place from ledger_level g join inventory_item x using (store_id, item_id) join location l using (store_id, location_id) where g.available > 4 order by 1, 2 limit 4`);
const shown = (n: number): number => w.sandbox.shop.tables.levels.get(`${levels[n]!.item}:${levels[n]!.place}`)!.quantities.available;
const ledger = async (n: number) => (await w.house.db.query<{ available: number; committed: number }>('select available, committed from ledger_level where item_id = $1 and location_id = $2', [levels[n]!.item_id, levels[n]!.location_id])).rows[0]!;
/** The ledger is made wrong in a way no order and no edit explains: committed that no order made. */
async function spoil(n: number, units: number): Promise<void> {
  const { item_id: itemId, location_id: locationId } = levels[n]!, now = new Date().toISOString();
  await w.house.db.transaction((tx) => postFacts(tx, w.storeId, [{ fact: `test:spoiled/${n}/${now}`, kind: 'order committed', itemId, from: at(locationId, 'available'), to: at(locationId, 'committed'), quantity: units, occurredAt: now, source: 'test' }], now));
  await check();
}
async function check(): Promise<void> { await w.run(salesHistory); await w.run(stockLevels); await w.run(driftCheck); }
const cause = async (n: number) => (await w.api<{ shopify: { difference: number; causes: { cause: string; units: number }[] } | null }>(`/api/v1/drift/${levels[n]!.item_id}/${levels[n]!.location_id}?store=${w.storeId}`)).shopify;
interface Repair { repairId: string; state: string; units: number; message: string | null }
const ask = (n: number, way: string) => w.api<Repair>(`/api/v1/drift/repairs?store=${w.storeId}`, { method: 'POST', body: { itemId: levels[n]!.item_id, locationId: levels[n]!.location_id, way, reason: 'counted by hand' } });
const act = (id: string, action: string) => w.api<Repair>(`/api/v1/drift/repairs/${id}?store=${w.storeId}`, { method: 'POST', body: { action } });
const one = async (id: string) => (await w.api<{ repairs: Repair[] }>(`/api/v1/drift/repairs?store=${w.storeId}`)).repairs.find((repair) => repair.repairId === id)!;
beforeAll(() => check());

describe('a difference nothing explains', () => {
  it('is accepted: the ledger follows by a movement, the next check finds nothing, and it can be taken back', async () => {
    await spoil(0, 4);
    expect((await cause(0))!.causes.map((c) => c.units).reduce((a, b) => a + b)).toBe(4);
    await w.house.db.query(`update drift set causes = '[{"cause":"unknown","units":4,"evidence":"no order made it"}]' where item_id = $1`, [levels[0]!.item_id]);
    const repair = await ask(0, 'accept Shopify');
    expect(repair).toMatchObject({ state: 'sending', units: 8 });
    await w.run(driftRepair);
    expect((await one(repair.repairId)).state).toBe('done');
    expect(await ledger(0)).toEqual({ available: shown(0), committed: 0 });
    await check();
    expect(await cause(0)).toBeNull();
    await act(repair.repairId, 'reverse');
    await w.run(driftRepair);
    expect((await one(repair.repairId)).state).toBe('reversed');
    expect(await ledger(0)).toEqual({ available: shown(0) - 4, committed: 4 });
    await expect(act(repair.repairId, 'reverse')).rejects.toThrow('409');
  });

  it('is pushed: Shopify is set if it still shows what was looked at; else it is refused in words', async () => {
    const before = shown(1);
    await spoil(1, 3);
    await w.house.db.query(`delete from drift where item_id = $1`, [levels[1]!.item_id]);
    const repair = await ask(1, 'push ours');
    await w.run(driftRepair);
    expect((await one(repair.repairId)).state).toBe('done');
    expect(shown(1)).toBe(before - 3);
    await act(repair.repairId, 'reverse');
    await w.run(driftRepair);
    expect(shown(1)).toBe(before);
    const again = await ask(1, 'push ours');
    const variant = [...w.sandbox.shop.tables.variants.values()].find((v) => v.inventoryItemId === levels[1]!.item)!;
    await w.control('/levels', { variantId: variant.id, locationId: levels[1]!.place, change: { name: 'available', delta: 2 } });
    await w.run(driftRepair);
    expect(await one(again.repairId)).toMatchObject({ state: 'refused', message: 'Shopify shows another number by now. Look at the level again.' });
    expect(shown(1)).toBe(before + 2);
  });

  it('above the limit waits for somebody else; while changes are on their way, or none differ, it is refused', async () => {
    await w.house.db.query('update store set repair_limit = 2');
    await spoil(2, 3);
    await w.house.db.query(`delete from drift where item_id = $1`, [levels[2]!.item_id]);
    const repair = await ask(2, 'accept Shopify');
    expect(repair.state).toBe('waits for approval');
    await expect(ask(2, 'push ours')).rejects.toThrow(/already under way/);
    await expect(act(repair.repairId, 'approve')).rejects.toThrow(/403.*Somebody else/);
    await w.house.db.query(`update drift_repair set proposed_by = 'anna@example.com' where repair_id = $1`, [repair.repairId]);
    await act(repair.repairId, 'approve');
    await w.run(driftRepair);
    expect((await one(repair.repairId)).state).toBe('done');
    // It takes as many to take it back: who asked for it does not do so alone.
    await w.house.db.query(`update drift_repair set proposed_by = 'operator' where repair_id = $1`, [repair.repairId]);
    await expect(act(repair.repairId, 'reverse')).rejects.toThrow(/403.*somebody else/);
    await w.house.db.query(`update drift_repair set proposed_by = 'anna@example.com' where repair_id = $1`, [repair.repairId]);
    await act(repair.repairId, 'reverse');
    await w.run(driftRepair);
    // What it was asked for went away by itself while it waited: nothing is posted, and it says so.
    const late = await ask(2, 'accept Shopify'), wanted = await ledger(2);
    await w.house.db.query(`update drift_repair set proposed_by = 'anna@example.com' where repair_id = $1`, [late.repairId]);
    await w.house.db.query('update ledger_level set available = available + 3, committed = committed - 3 where item_id = $1 and location_id = $2', [levels[2]!.item_id, levels[2]!.location_id]);
    await act(late.repairId, 'approve');
    await w.run(driftRepair);
    expect(await one(late.repairId)).toMatchObject({ state: 'refused', message: expect.stringMatching(/other numbers by now/) });
    expect(await ledger(2)).toEqual({ available: wanted.available + 3, committed: wanted.committed - 3 });
    await expect(ask(3, 'accept Shopify')).rejects.toThrow(/Both sides agree/);
    await w.house.db.query(`insert into drift values ($1, $2, $3, 'available', 1, 2, 1, '[{"cause":"event not received","units":1,"evidence":"x"}]', $4, $4)`, [w.storeId, levels[3]!.item_id, levels[3]!.location_id, new Date().toISOString()]);
    const { item_id, location_id } = levels[3]!;
    await w.house.db.query('update ledger_level set available = available - 1 where item_id = $1 and location_id = $2', [item_id, location_id]);
    await expect(ask(3, 'accept Shopify')).rejects.toThrow(/on their way/);
  });
});

describe('chosen levels', () => {
  // Levels no story above has touched.
  const fresh = async () => (await w.house.db.query<(typeof levels)[number]>(
    `select g.item_id, g.location_id, g.available, x.shopify_inventory_item_id::text as item, l.shopify_location_id::text as place from ledger_level g join inventory_item x using (store_id, item_id) join location l using (store_id, location_id)
     where g.available > 1 and exists (select from item n where n.item_id = g.item_id and n.sku <> '') and g.item_id <> all($1) and g.location_id = $2 order by 1 limit 2`, [levels.map((level) => level.item_id), levels[0]!.location_id])).rows;
  it('are read from Shopify again, and compared: what nobody told of is seen at once', async () => {
    const two = await fresh(), keys = two.map((level) => ({ itemId: level.item_id, locationId: level.location_id })), again = () => w.api<{ read: number; differ: number }>(`/api/v1/stock/read-again?store=${w.storeId}`, { method: 'POST', body: { levels: keys } });
    await check();
    expect(await again()).toEqual({ read: 2, differ: 0 });
    await w.control('/faults', { webhooks: { drop: 1 } });
    await w.control('/levels', { inventoryItemId: two[1]!.item, locationId: two[1]!.place, available: two[1]!.available + 7 });
    await w.control('/faults', { webhooks: null });
    expect(await again()).toEqual({ read: 2, differ: 1 });
    await expect(w.api(`/api/v1/stock/read-again?store=${w.storeId}`, { method: 'POST', body: { levels: [] } })).rejects.toThrow(/400/);
  });

  it('lead to the page where Shopify says who changed them, and nowhere else', async () => {
    const [level] = await fresh();
    await w.control('/levels', { inventoryItemId: level!.item, locationId: level!.place, available: level!.available + 2, app: 'A till <of Leeds>' });
    const page = await fetch(`${w.url}/api/v1/items/${level!.item_id}/inventory-history?store=${w.storeId}`);
    expect([page.redirected, new URL(page.url).origin]).toEqual([true, w.sandbox.url]);
    expect(await page.text()).toContain('A till &#60;of Leeds&#62;');
    await expect(w.api(`/api/v1/items/987654/inventory-history?store=${w.storeId}`)).rejects.toThrow(/404/);
    const shop = 'a-shop.myshopify.com', to = (url: string) => leadsToShopify(url, shop, null);
    expect([to(`https://${shop}/admin/products/1`), to('https://admin.shopify.com/store/a-shop'), to(`http://${shop}/admin`), to('https://admin.shopify.com.example/'), to(`https://${shop}@example.com/`), to('javascript:1'), to('')]).toEqual([true, true, false, false, false, false, false]);
  });

  it('are asked to be counted: the count lists them, and ticks off what was', async () => {
    interface Detail { countId: string; wanted: { itemId: number; sku: string; counted: boolean }[] }
    const two = await fresh(), ids = two.map((level) => level.item_id), ask = (itemIds: number[]) => w.api<Detail>(`/api/v1/counts?store=${w.storeId}`, { method: 'POST', body: { locationId: two[0]!.location_id, name: 'Recount', itemIds } });
    const made = await ask(ids);
    expect(made.wanted.map((item) => [item.itemId, item.counted]).sort()).toEqual(ids.map((id) => [id, false]).sort());
    await w.api(`/api/v1/counts/${made.countId}/lines?store=${w.storeId}`, { method: 'POST', body: { lines: [{ sku: made.wanted[0]!.sku, counted: 1 }] } });
    expect((await w.api<Detail>(`/api/v1/counts/${made.countId}?store=${w.storeId}`)).wanted.filter((item) => item.counted).map((item) => item.sku)).toEqual([made.wanted[0]!.sku]);
    await expect(ask([987_654])).rejects.toThrow(/400.*no item 987654/);
  });
});
