/** Stories of a write and its answer: what Shopify says to a wrong one, which key a repeated one carries, who gets the last unit. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changePolicy } from '../../src/store/authority.ts';
import { ledgerFaults } from '../../src/store/ledger.ts';
import { clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

const clock = await clockwork();
const data = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T;
const sets = (town: Town) => town.calls.filter((call) => call.operation === 'SetQuantities');
const attempts = async (town: Town) => (await clock.house.db.query<{ state: string; key: string; outcome: string | null }>('select state, idempotency_key as key, outcome from push_attempt where store_id = $1 order by attempt_id', [town.storeId])).rows;
const oneAnt = (): Promise<Town> => clock.town({ goods: [{ sku: 'ANT', stock: [10] }], served: [0] });
const written = (town: Town) => [...town.sandbox.shop.tables.adjustments.values()].filter((a) => a.name === 'available' && a.referenceDocumentUri?.startsWith('gid://instep/'));

describe('mutation-shape-changed', () => {
  const given = data<{ name: string; mutation: string; keyed: boolean; input: { quantities?: object[]; changes?: object[] } }[]>('mutation-shape-changed/given.json');
  const expected = data<Record<string, string>>('mutation-shape-changed/expect.json');
  it('trap 1: Shopify’s refusals of 2026 are as recorded, and none of them is a retry', async () => {
    const town = await oneAnt(), level = { inventoryItemId: `gid://shopify/InventoryItem/${town.variant('ANT').inventoryItemId}`, locationId: `gid://shopify/Location/${town.places[0]}` };
    const said: Record<string, string> = {};
    for (const [n, { name, mutation, keyed, input }] of given.entries()) {
      const rows = (list: object[] | undefined) => list?.map((row) => ({ ...level, ...row }));
      const type = mutation === 'inventorySetQuantities' ? 'InventorySetQuantitiesInput' : 'InventoryAdjustQuantitiesInput';
      const answer = await town.admin<{ data?: Record<string, { userErrors: { code: string | null }[] }>; errors?: { extensions?: { code?: string } }[] }>(
        `mutation M($input: ${type}!) { ${mutation}(input: $input)${keyed ? ` @idempotent(key: "given-${n}")` : ''} { inventoryAdjustmentGroup { id } userErrors { code field message } } }`,
        { input: { ...input, ...(input.quantities ? { quantities: rows(input.quantities) } : {}), ...(input.changes ? { changes: rows(input.changes) } : {}) } });
      said[name] = answer.errors?.[0]?.extensions?.code ?? answer.data?.[mutation]?.userErrors[0]?.code ?? 'accepted';
    }
    expect(said).toEqual(expected);
    expect(town.shown('ANT').available).toBe(10);
  });

  it('trap 1, trap 2, trap 8: what Instep sends is accepted: key and comparison always there, null kept as null, a ledger document where one belongs', async () => {
    const town = await oneAnt(), storefront = await clock.house.storefront(town.storeId);
    const level = { inventoryItemId: town.variant('ANT').inventoryItemId, locationId: town.places[0]! };
    expect(await storefront.setAvailable({ key: 'k-1', referenceUri: 'gid://instep/StockPush/1', rows: [{ ...level, quantity: 12, changeFrom: null }] })).toEqual({ outcome: 'written' });
    expect(await storefront.setAvailable({ key: 'k-2', referenceUri: 'gid://instep/StockPush/2', rows: [{ ...level, quantity: 13, changeFrom: 12 }] })).toEqual({ outcome: 'written' });
    for (const [state, ledgerUri] of [['available', null], ['incoming', 'gid://instep/StockAdjustment/3']] as const) {
      expect(await storefront.adjust({ key: `k-${state}`, referenceUri: 'gid://instep/StockAdjustment/3', state, reason: 'received', rows: [{ ...level, delta: 2, ledgerUri }] })).toEqual({ outcome: 'written' });
    }
    expect(town.shown('ANT')).toMatchObject({ available: 15, incoming: 2 });
    expect(sets(town).map((call) => [call.variables['key'], (call.variables['input'] as { quantities: object[] }).quantities.map((row) => 'changeFromQuantity' in row)])).toEqual([['k-1', [true]], ['k-2', [true]]]);
    // A top-level refusal is told as a refusal of the call, once.
    const before = town.calls.length;
    expect(await storefront.setAvailable({ key: ' ', referenceUri: 'gid://instep/StockPush/4', rows: [{ ...level, quantity: 1, changeFrom: 15 }] })).toMatchObject({ outcome: 'refused', faults: [{ row: null, code: 'BAD_REQUEST' }] });
    expect(town.calls.length - before).toBe(1);
  });

  it('trap 4: the answer is lost after Shopify wrote: the same words under the same key, and the stock changes once', async () => {
    const town = await oneAnt();
    await town.control('/faults', { failAfterCommit: { mutation: 'inventorySetQuantities', count: 2 } });
    town.shelves[0]!.change('ANT', 4);
    await town.settle();
    expect(sets(town).length).toBe(3);
    expect(new Set(sets(town).map((call) => JSON.stringify(call.variables))).size).toBe(1);
    expect(written(town).map((a) => a.delta)).toEqual([4]);
    expect(await town.faults()).toEqual([]);
  });

  it('trap 5: a key in use waits and keeps its key; a spent key gets a new one; a key with other rows stops the level and says so', async () => {
    const busy = await oneAnt();
    await busy.control('/faults', { concurrentKeys: 2 });
    busy.shelves[0]!.change('ANT', 4);
    await busy.settle();
    expect(new Set(sets(busy).map((call) => call.variables['key'])).size).toBe(1);
    expect([sets(busy).length, busy.shown('ANT').available]).toEqual([3, 14]);

    const spent = await oneAnt();
    let first = true;
    spent.after = (call) => {
      if (call.operation !== 'SetQuantities' || !first) return;
      first = false;
      // Shopify's own side broke: the level is as before, the key is spent, and we hear nothing.
      const record = spent.sandbox.shop.tables.idempotency.get(call.variables['key'] as string)!;
      spent.sandbox.shop.put('idempotency', { ...record, outcome: 'failed' });
      const level = spent.sandbox.shop.tables.levels.get(`${spent.variant('ANT').inventoryItemId}:${spent.places[0]}`)!;
      spent.sandbox.shop.put('levels', { ...level, quantities: { ...level.quantities, available: 10 } });
      spent.sandbox.shop.commit();
      throw Object.assign(new Error('lost'), { name: 'NetworkError' });
    };
    spent.door = 'held';
    spent.shelves[0]!.change('ANT', 4);
    await spent.settle();
    await clock.advance(10_000);
    await spent.settle();
    expect((await attempts(spent)).map((a) => a.state)).toEqual(['abandoned', 'written']);
    expect(spent.shown('ANT').available).toBe(14);

    const foreign = await oneAnt();
    foreign.before = async (call) => {
      if (call.operation !== 'SetQuantities') return;
      const input = call.variables['input'] as { quantities: object[] };
      await foreign.admin('mutation M($input: InventorySetQuantitiesInput!, $key: String!) { inventorySetQuantities(input: $input) @idempotent(key: $key) { userErrors { code } } }',
        { key: call.variables['key'], input: { ...input, quantities: input.quantities.map((row) => ({ ...row, quantity: 11 })) } });
    };
    foreign.shelves[0]!.change('ANT', 4);
    await foreign.settle();
    await foreign.flow('stock-push');
    expect(sets(foreign)).toHaveLength(1);
    expect((await foreign.cases('PUSH_FAILED')).map((c) => c.sentence)).toEqual([expect.stringContaining('Shopify knows the key')]);
  });

  it('trap 6: no answer for 25 hours: Shopify is read, the old key is never sent again, the stock changed once', async () => {
    const town = await oneAnt();
    await town.control('/faults', { failAfterCommit: { mutation: 'inventorySetQuantities', count: 100_000 } });
    town.door = 'held';
    town.shelves[0]!.change('ANT', 4);
    await clock.turn(town);
    await clock.turn(town);
    const [attempt] = await attempts(town);
    expect(attempt).toMatchObject({ state: 'open' });
    await town.control('/faults', { failAfterCommit: null });
    await clock.advance(25 * 3_600_000);
    town.calls.length = 0;
    town.letters.length = 0;
    town.door = 'open';
    await town.settle();
    expect(sets(town)).toEqual([]);
    expect(town.calls.some((call) => call.operation === 'LevelsById')).toBe(true);
    expect(written(town).map((a) => a.delta)).toEqual([4]);
    expect((await attempts(town)).map((a) => a.state)).toEqual(['written']);
    expect(await town.ledger('ANT')).toMatchObject({ available: 14 });
  });
});

describe('hundred-claims-on-ten-units', () => {
  it('of a hundred claims on ten units exactly ten are promised, and at every instant the promises are the open orders', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }, { sku: 'BEE', stock: [500] }], served: [0] });
    town.door = 'held';
    const claims = await Promise.allSettled(Array.from({ length: 100 }, () => town.sell({ ANT: 1, BEE: 1 }, 0)));
    expect(claims.filter((claim) => claim.status === 'fulfilled')).toHaveLength(10);
    await clock.advance(400);
    await clock.turn(town);
    town.door = 'open';
    // Eight workers hear of them while somebody looks at the books again and again.
    let working = true, looks = 0;
    const watch = (async () => {
      while (working) {
        const { rows: [sum] } = await clock.house.db.query<{ committed: number; orders: number; least: number }>(
          `select (select coalesce(sum(committed), 0)::int from ledger_level where store_id = $1) as committed, (select coalesce(sum(quantity), 0)::int from movement where store_id = $1 and kind = 'order committed') as orders,
             (select min(available) from ledger_level where store_id = $1) as least`, [town.storeId]);
        expect(sum!.committed).toBe(sum!.orders);
        expect(sum!.least).toBeGreaterThanOrEqual(0);
        expect(await ledgerFaults(clock.house.db, town.storeId)).toEqual([]);
        looks++;
      }
    })();
    const letters = [...town.letters];
    await Promise.all(Array.from({ length: 8 }, async () => { for (let next = letters.pop(); next; next = letters.pop()) { await town.say(next); await clock.turn(town); } }));
    working = false;
    await watch;
    await town.settle();
    expect(looks).toBeGreaterThan(3);
    expect(await town.ledger('ANT')).toMatchObject({ available: 0, committed: 10 });
    expect(town.shown('ANT')).toMatchObject({ available: 0, committed: 10 });
    const { rows: [wanted] } = await clock.house.db.query<{ n: number }>('select sum(open)::int as n from order_demand where store_id = $1 and item_id = $2', [town.storeId, await town.itemId('ANT')]);
    expect(wanted!.n).toBe(10);
  });
});

describe('two-lines-share-a-component', () => {
  it('two lines of one order want six each of ten: one decision for the order, not a yes for each line', async () => {
    const town = await clock.town({
      goods: [{ sku: 'ANT', stock: [10] }, { sku: 'SIX', stock: [0], continues: true }, { sku: 'BOX', stock: [0], continues: true }], bundles: { SIX: { ANT: 6 }, BOX: { ANT: 3 } }, served: [0],
    });
    expect([town.shown('SIX').available, town.shown('BOX').available]).toEqual([1, 3]);
    const order = await town.sell({ SIX: 1, BOX: 2 }, 0);
    await town.settle();
    await town.flow('orders-out');
    const short = await town.cases('ORDER_SHORT');
    expect(short.map((c) => c.sentence)).toEqual([`Order ${order.name} cannot be shipped whole: 12 × ANT wanted over all its lines, 10 on the shelf.`]);
    expect([town.shown('ANT').available, town.shown('SIX').available, town.shown('BOX').available]).toEqual([0, 0, 0]);
    await town.flow('stock-push');
    expect((await town.cases('OVERSOLD')).map((c) => c.sentence)).toEqual([expect.stringMatching(/ANT at Mill: open orders want 2 units more/)]);
    // Two more arrive: the same decision is now yes, and both cases close.
    town.shelves[0]!.change('ANT', 2);
    await town.settle();
    await town.flow('orders-out');
    await town.flow('stock-push');
    expect([await town.cases('ORDER_SHORT'), await town.cases('OVERSOLD')]).toEqual([[], []]);
  });
  it('is seen too while nothing is written, and written as soon as the location goes on', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }, { sku: 'SIX', stock: [0], continues: true }], bundles: { SIX: { ANT: 6 } }, served: [0] });
    const paused = (to: boolean) => changePolicy(clock.house.db, town.storeId, town.placeIds[0]!, { paused: to }, 'test', new Date(clock.time()).toISOString());
    await paused(true);
    await town.settle();
    await town.sell({ SIX: 2 }, 0);
    await town.settle();
    await town.flow('orders-out');
    await town.flow('stock-push');
    expect((await town.cases('OVERSOLD')).map((c) => c.sentence)).toEqual([expect.stringMatching(/ANT at Mill: open orders want 2 units more/)]);
    expect(town.shown('ANT').available).toBe(10);
    await paused(false);
    await town.settle();
    expect([town.shown('ANT').available, town.shown('SIX').available]).toEqual([0, 0]);
  });
});
