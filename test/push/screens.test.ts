/** What the screens ask beyond the flows: one level with its parts, the push beside a stock row, the shelf of an item, orders out counted and as CSV, a count against the shelf. */
import { describe, expect, it } from 'vitest';
import { warehouseDay } from '../helpers/warehouse-day.ts';

const day = await warehouseDay({ webDir: null, months: 1 }), { w, warehouse, skus, heldSku, locationId } = day;
const get = <T>(path: string): Promise<T> => w.api<T>(`/api/v1${path}${path.includes('?') ? '&' : '?'}store=${w.storeId}`);
const { rows: [held] } = await w.house.db.query<{ item_id: number }>('select item_id from item where sku = $1', [heldSku]);

describe('the push queue', () => {
  it('answers one level alone', async () => {
    const page = await get<{ rows: { itemId: number; state: string; parts: unknown[] }[] }>(`/push?item=${held!.item_id}&location=${locationId}`);
    expect(page.rows).toMatchObject([{ itemId: held!.item_id, state: 'held', parts: [] }]);
  });

  it('names the parts of a bundle, whose fewest is what it should show', async () => {
    const page = await get<{ rows: { isBundle: boolean; wanted: number; parts: { sku: string; perUnit: number; available: number }[] }[] }>('/push?limit=500');
    const bundle = page.rows.find((row) => row.isBundle)!;
    expect(bundle.parts.map((part) => [part.sku, part.perUnit]).sort()).toEqual([[skus[0], 1], [skus[1], 2]].sort());
    expect(bundle.wanted).toBe(Math.min(...bundle.parts.map((part) => Math.floor(part.available / part.perUnit))));
  });
});

it('a stock row of a warehouse’s location says what it should show, and no other does', async () => {
  const page = await get<{ rows: { itemId: number; locationId: number; authority: string; push: { state: string; wanted: number } | null }[] }>(`/stock?q=${heldSku}&limit=500`);
  // What the history has sold of it and not sent is promised.
  const { tables } = w.sandbox.shop, variant = [...tables.variants.values()].find((v) => v.sku === heldSku)!, { committed } = tables.levels.get(`${variant.inventoryItemId}:${[...tables.locations.keys()][0]!}`)!.quantities;
  expect(page.rows.find((row) => row.locationId === locationId)!.push).toMatchObject({ state: 'held', wanted: warehouse.shelf.get(heldSku)!.onHand - committed });
  expect(page.rows.filter((row) => row.authority === 'storefront' && row.push !== null)).toEqual([]);
});

it('an item shows its shelf with the arithmetic', async () => {
  const item = await get<{ shelf: { warehouse: string; codes: string[]; onHand: number; state: string; sentence: string }[] }>(`/items/${held!.item_id}`);
  expect(item.shelf).toMatchObject([{ warehouse: 'Leeds', codes: [heldSku], onHand: warehouse.shelf.get(heldSku)!.onHand, state: 'held' }]);
  expect(item.shelf[0]!.sentence).toContain(`${warehouse.shelf.get(heldSku)!.onHand} on the shelf`);
});

it('orders out are counted by view, name their location, and come as CSV', async () => {
  const page = await get<{ rows: { locationId: number; orderName: string }[]; counts: Record<string, number> }>('/orders-out?view=all');
  expect(page.counts).toEqual({ open: 2, stuck: 0, done: 3, all: 5 });
  expect(new Set(page.rows.map((row) => row.locationId))).toEqual(new Set([locationId]));
  const text = await (await fetch(`${w.url}/api/v1/orders-out.csv?view=open&store=${w.storeId}`)).text();
  expect(text.split('\r\n').filter(Boolean)).toHaveLength(1 + 3);
});

it('a count at a warehouse’s location is set beside the shelf, unsellable and withheld units included', async () => {
  // Six of it are unsellable: the ledger, which mirrors Shopify, has six fewer than stand there.
  const sku = skus[4]!, onHand = warehouse.shelf.get(sku)!.onHand;
  const count = await w.api<{ countId: string }>(`/api/v1/counts?store=${w.storeId}`, { method: 'POST', body: { locationId, name: 'Unsellable too' } });
  await w.api(`/api/v1/counts/${count.countId}/lines?store=${w.storeId}`, { method: 'POST', body: { lines: [{ sku, counted: onHand }] } });
  const { items } = await get<{ items: { expected: number; difference: number }[] }>(`/counts/${count.countId}`);
  expect(items).toMatchObject([{ expected: onHand, difference: 0 }]);
});

it('search names the screens', async () => {
  const { hits } = await get<{ hits: { type: string; link: string }[] }>('/search?q=ghost');
  expect(hits.filter((hit) => hit.type === 'screen').map((hit) => hit.link)).toEqual(['/returns?tab=ghosts']);
});
