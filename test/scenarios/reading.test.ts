/** Stories of reading: pages, files, limits, versions, rights, days. What was not read is never taken for what is not there. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { placeOrder } from '../../src/sandbox/shopify/engine/orders.ts';
import { balances } from '../../src/web/flows/tally.ts';
import { clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

const clock = await clockwork('2026-12-01T09:00:00.000Z');
const HOUR = 3_600_000;
const data = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T;
const count = async (text: string, values: unknown[]): Promise<number> => (await clock.house.db.query<{ n: number }>(text, values)).rows[0]!.n;
const goods = (many: number, stock: number[] = [10]) => Array.from({ length: many }, (_, n) => ({ sku: `G${String(n).padStart(4, '0')}`, stock }));

describe('crash-at-any-page', () => {
  it('trap 36: the connection dies at any page of a read: the next run ends with everything, and reads again what changed meanwhile', async () => {
    const town = await clock.town({ goods: goods(150, [5, 5]) }), { shop } = town.sandbox;
    await clock.advance(10 * 60_000);
    await town.settle();
    const change = async (units: number): Promise<void> => {
      town.door = 'held';
      for (const variant of shop.tables.variants.values()) for (const place of ['Mill', 'Store']) await town.control('/levels', { variantId: variant.id, location: place, available: units });
      await town.settle();
    };
    const seen = async (units: number) => count('select count(*)::int as n from observed_level where store_id = $1 and available = $2', [town.storeId, units]);
    await change(6);
    town.calls.length = 0;
    await town.flow('stock-levels');
    const pages = town.calls.map((call) => call.operation);
    expect(pages.filter((name) => name === 'LevelsChanged').length).toBeGreaterThanOrEqual(4);
    expect(await seen(6)).toBe(300);
    for (let death = 0; death < pages.length; death++) {
      await clock.advance(10 * 60_000);
      await change(7 + death);
      let n = 0;
      town.before = () => { if (n++ === death) throw new Error('the process died here'); };
      await expect(town.flow('stock-levels')).rejects.toThrow('the process died here');
      town.before = null;
      // One row changes while nobody reads; it is older than the moment the next run begins.
      await town.control('/levels', { sku: 'G0000', location: 'Mill', available: 99 });
      await town.flow('stock-levels');
      expect([death, await seen(7 + death), await seen(99)]).toEqual([death, 299, 1]);
    }
  });
});

describe('fewer-rows-without-an-error', () => {
  it('a catalogue file with a tenth of its rows missing deletes nothing, says so, and the next whole read closes the case', async () => {
    const town = await clock.town({ goods: goods(40) });
    await clock.advance(25 * HOUR);
    await town.control('/faults', { bulk: { kind: 'fewer-rows' } });
    await expect(town.flow('catalogue')).rejects.toThrow('Shopify counts 40, its file held 36');
    expect(await count('select count(*)::int as n from variant where store_id = $1 and deleted_at is null', [town.storeId])).toBe(40);
    expect((await town.cases('FLOW_FAILED')).map((c) => c.sentence)).toEqual([expect.stringContaining('Nothing is taken for gone')]);
    await town.flow('catalogue');
    expect(await town.cases('FLOW_FAILED')).toEqual([]);
  });

  it('a first count with fewer levels is not taken for the whole; run again, it is', async () => {
    const town = await clock.town({ goods: goods(40), imported: false });
    for (const name of ['subscriptions', 'catalogue', 'sales-history']) await town.flow(name);
    await town.control('/faults', { bulk: { kind: 'fewer-rows' } });
    await expect(town.flow('opening-stock')).rejects.toThrow('inventory items: Shopify counts 40, its file held 36');
    expect(await count(`select count(*)::int as n from cursor where store_id = $1 and name = 'stock-levels'`, [town.storeId])).toBe(0);
    await town.flow('opening-stock');
    expect(await count('select count(*)::int as n from opening where store_id = $1', [town.storeId])).toBe(40);
    expect(await town.faults()).toEqual([]);
  });

  it('a history with fewer orders than Shopify counts is a case, not a finished import', async () => {
    const town = await clock.town({ goods: goods(2), imported: false });
    for (let n = 0; n < 10; n++) await town.sell({ G0000: 1 }, 0);
    await clock.advance(1_000);
    for (const name of ['subscriptions', 'catalogue']) await town.flow(name);
    await town.control('/faults', { bulk: { kind: 'fewer-rows' } });
    await town.flow('sales-history');
    expect((await town.cases('IMPORT_INCOMPLETE')).map((c) => c.sentence)).toEqual(['Shopify counts 10 orders, the import read 9. Demand before today may be understated until the import is run again.']);
  });
});

describe('sixty-day-wall', () => {
  it('without the right to all orders the history is marked as cut, with its first day; with the right it is not', async () => {
    const old = (town: Town): void => { for (const days of [400, 100, 30, 1]) placeOrder(town.sandbox.shop, { lines: [{ variantId: town.variant('G0000').id, quantity: 1 }], at: new Date(clock.time() - days * 24 * HOUR).toISOString() }); };
    const scopes = ['read_products', 'write_inventory', 'read_locations', 'read_orders', 'read_returns', 'read_fulfillments', 'read_merchant_managed_fulfillment_orders'];
    const said: unknown[] = [];
    for (const granted of [scopes, [...scopes, 'read_all_orders']]) {
      const town = await clock.town({ goods: goods(1), scopes: granted, imported: false });
      old(town);
      for (const name of ['subscriptions', 'catalogue', 'sales-history']) await town.flow(name);
      const { stores } = await town.api<{ stores: { storeId: number; historyFrom: string; historyTruncated: boolean }[] }>('/api/v1/session');
      const store = stores.find((s) => s.storeId === town.storeId)!;
      const { connections } = await town.api<{ connections: { storeId: number; missingScopes: string[] }[] }>('/api/v1/connections');
      const { missingScopes } = connections.find((c) => c.storeId === town.storeId)!;
      said.push([store.historyTruncated, store.historyFrom, missingScopes.includes('read_all_orders')]);
      // Whoever may write may read: only what is granted neither way is missing.
      expect([missingScopes.includes('write_returns'), missingScopes.includes('read_inventory')]).toEqual([true, false]);
    }
    const day = (days: number): string => new Date(clock.time() - days * 24 * HOUR).toISOString().slice(0, 10);
    expect(said).toEqual([[true, day(30), true], [false, day(400), false]]);
  });
});

describe('midnight-at-both-clock-changes', () => {
  const given = data<Record<string, string[]>>('midnight-at-both-clock-changes/given.json'), expected = data<Record<string, Record<string, number>>>('midnight-at-both-clock-changes/expect.json');
  it.each(Object.keys(given))('%s: each order around midnight is in one business day, in its message, in the file and when read again', async (zone) => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [100] }], zone });
    const days = async () => Object.fromEntries((await clock.house.db.query<{ day: string; units: number }>('select day, sum(quantity)::int as units from daily_demand where store_id = $1 group by 1 order by 1', [town.storeId])).rows.map((row) => [row.day, row.units]));
    for (const processedAt of given[zone]!) await town.sell({ ANT: 1 }, 0, { processedAt });
    await town.settle();
    expect(await days()).toEqual(expected[zone]);
    const { rows } = await clock.house.db.query<{ processed_at: string }>('select processed_at from sales_order where store_id = $1 order by 1', [town.storeId]);
    expect(rows.map((row) => row.processed_at)).toEqual(given[zone]!.map((instant) => new Date(instant).toISOString()));
    await clock.house.db.query(`delete from cursor where store_id = $1 and name = 'sales-history'`, [town.storeId]);
    await town.flow('sales-history');
    await town.flow('sales-history');
    expect(await days()).toEqual(expected[zone]);
    expect(await count('select count(*)::int as n from store where store_id = $1 and time_zone = $2', [town.storeId, zone])).toBe(1);
  });
});

describe('more-than-a-page', () => {
  it('an order of 500 lines, a product of 2,000 variants, a bundle of 30 parts, a return of 30 lines and 300 places: nothing is cut off', async () => {
    const places = Array.from({ length: 300 }, (_, n) => `Place ${n}`);
    const many = Array.from({ length: 2_000 }, (_, n) => ({ sku: `V${n}`, product: 'Everything', stock: n < 500 ? [20] : [1] }));
    const bundle = { sku: 'BIG', parts: Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`V${n}`, 1])) };
    const town = await clock.town({ goods: [...many, { sku: 'EVERYWHERE', stock: places.map(() => 1) }, bundle], places });
    expect(await count('select count(*)::int as n from variant where store_id = $1', [town.storeId])).toBe(2_002);
    expect(await count('select count(*)::int as n from location where store_id = $1', [town.storeId])).toBe(300);
    const everywhere = await town.itemId('EVERYWHERE');
    expect(await count('select count(*)::int as n from opening where store_id = $1 and item_id = $2', [town.storeId, everywhere])).toBe(300);
    const parts = () => count('select count(*)::int as n from bundle_component where store_id = $1', [town.storeId]);
    expect(await parts()).toBe(30);

    // Read page by page: the same bundle and product once more, then an order whose messages were lost.
    await clock.advance(10 * 60_000);
    for (const sku of ['BIG', 'V7']) await town.control(`/variants/${town.variant(sku).id}`, { price: 1234 });
    await town.flow('catalogue');
    expect([await parts(), await count(`select count(*)::int as n from variant where store_id = $1 and price = 1234`, [town.storeId])]).toEqual([30, 2]);
    expect((await (await clock.house.storefront(town.storeId)).variantsOf([town.variant('V0').productId])).length).toBe(2_000);
    town.door = 'held';
    const { order } = placeOrder(town.sandbox.shop, { locationId: town.places[0]!, lines: Array.from({ length: 500 }, (_, n) => ({ variantId: town.variant(`V${n}`).id, quantity: 1 })) });
    await clock.advance(1_000);
    await town.sandbox.pump();
    await town.flow('sales-history');
    expect(Object.keys((await town.known(order!.id)).lines)).toHaveLength(500);
    expect(await count('select sum(committed)::int as n from ledger_level where store_id = $1', [town.storeId])).toBe(500);

    // One parcel of all lines, one refund of forty: read whole, by changed orders and by the file of the first import alike.
    await town.control(`/orders/${order!.id}/fulfil`, {});
    await town.control(`/orders/${order!.id}/refund`, { lines: order!.lines.slice(0, 40).map((line) => ({ lineItemId: line.id, quantity: 1, restockType: 'RETURN' })) });
    await town.flow('sales-history');
    const whole = await town.known(order!.id);
    expect([Object.keys(whole.refunds).length, Object.keys(Object.values(whole.fulfilments)[0]!.lines).length]).toEqual([40, 500]);
    expect(await town.faults()).toEqual([]);
    // A return of thirty lines comes whole, with what was done to each.
    const made = await town.control<{ id: string }>(`/orders/${order!.id}/return`, { lines: order!.lines.slice(100, 130).map((line) => ({ lineItemId: line.id, quantity: 1 })) });
    await town.control(`/returns/${made.id}/dispose`, { lines: order!.lines.slice(100, 130).map((line) => ({ lineItemId: line.id, quantity: 1, type: 'RESTOCKED', location: 'Place 0' })) });
    await town.flow('returns');
    expect(await count('select count(*)::int as n from return_line where store_id = $1', [town.storeId])).toBe(30);
    expect(Object.keys((await town.known(order!.id)).dispositions)).toHaveLength(30);
    expect(await town.faults()).toEqual([]);
    const [fragment] = await (await clock.house.storefront(town.storeId)).refundsOf([order!.id]);
    expect(Object.keys(fragment!.refunds)).toHaveLength(40);
  }, 60_000);
});

describe('one-missing-scope', () => {
  it('a right that was taken away stops the flow that needs it and no other, and the connection lives', async () => {
    const town = await clock.town({ goods: goods(3, [10, 10]), served: [0] });
    const order = await town.sell({ G0002: 1 }, 1);
    await town.settle();
    await town.control(`/orders/${order.id}/fulfil`, {});
    await town.settle();
    town.door = 'held';
    await town.control(`/orders/${order.id}/return`, { lines: [{ sku: 'G0002', quantity: 1 }] });
    await town.sandbox.pump();
    town.door = 'open';
    await town.control('/faults', { loseScopes: ['read_returns', 'write_returns'] });
    await expect(town.flow('returns')).rejects.toThrow(/Access denied/);
    for (const name of ['subscriptions', 'catalogue', 'sales-history', 'order-routing', 'stock-levels', 'warehouse-feed', 'stock-push', 'orders-out', 'fulfilments', 'drift-check']) await town.flow(name);
    expect((await town.cases()).map((c) => [c.kind, c.evidence['flow'] ?? /^\S+/.exec(c.sentence)![0]])).toEqual([['FLOW_FAILED', 'returns']]);
    expect(await count(`select count(*)::int as n from connection where store_id = $1 and status = 'ok'`, [town.storeId])).toBe(1);
    await town.sell({ G0001: 2 }, 0);
    await town.settle();
    expect(await town.ledger('G0001')).toMatchObject({ available: 8, committed: 2 });
    await town.control('/faults', { loseScopes: [] });
    await town.flow('returns');
    expect(await town.cases()).toEqual([]);
  });
});

describe('green-only-when-nothing-was-skipped', () => {
  it('every run adds up; untracked goods are skipped by name, unknown places fail by name, and neither passes for applied', async () => {
    const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10, 10] }, { sku: 'LOOSE', stock: [3, 3], tracked: false }, { sku: 'BEE', stock: [10] }], imported: false });
    for (const name of ['subscriptions', 'catalogue', 'sales-history']) await town.flow(name);
    await clock.house.db.query('delete from location where store_id = $1 and shopify_location_id = $2', [town.storeId, town.places[1]]);
    const { tally } = await town.flow('opening-stock');
    expect(tally).toEqual({ input: 5, applied: 2, unchanged: 0, skipped: { 'not tracked': 1 }, failed: { 'item or location unmapped': 2 } });
    expect((await town.cases('LOCATION_UNMAPPED')).length).toBe(1);
    await town.flow('catalogue');
    await town.reconcile();
    for (const name of ['subscriptions', 'warehouse-feed', 'stock-push', 'stock-adjustments', 'orders-out', 'fulfilments']) await town.flow(name);
    const { flows } = await town.api<{ flows: { flow: string; lastRun: (Parameters<typeof balances>[0] & { state: string }) | null }[] }>(`/api/v1/flows?store=${town.storeId}`);
    const runs = flows.filter((flow) => flow.lastRun !== null);
    expect(runs.length).toBeGreaterThan(10);
    expect(runs.filter(({ lastRun }) => lastRun!.state !== 'done' || !balances(lastRun!)).map((run) => run.flow)).toEqual([]);
  });
});

describe('version-retired-token-expired', () => {
  it('Shopify answers with another version: a dated case, and work goes on; back again, it closes', async () => {
    const town = await clock.town({ goods: goods(2) });
    await town.control('/faults', { apiVersion: '2027-01' });
    await town.flow('catalogue');
    expect((await town.cases('API_VERSION_RETIRED')).map((c) => c.sentence)).toEqual([expect.stringMatching(/^Seen at 2026-12-\d\dT.*: Shopify answers with its version 2027-01, Instep asks for 2026-10/)]);
    await town.sell({ G0000: 1 }, 0);
    await town.settle();
    expect(await town.ledger('G0000')).toMatchObject({ committed: 1 });
    await town.control('/faults', { apiVersion: null });
    await town.flow('catalogue');
    expect(await town.cases()).toEqual([]);
  });

  it('the token ends while ten flows ask: it is renewed once, and all go on', async () => {
    const town = await clock.town({ goods: goods(2) });
    await clock.advance(30 * HOUR);
    town.calls.length = 0;
    const storefront = await clock.house.storefront(town.storeId);
    await Promise.all(Array.from({ length: 10 }, () => storefront.locations()));
    expect(town.calls.filter((call) => call.operation.includes('access_token'))).toHaveLength(1);
    await town.control('/faults', { revokeTokens: true });
    await town.flow('catalogue');
    expect(town.calls.filter((call) => call.operation.includes('access_token'))).toHaveLength(2);
    expect(await town.cases()).toEqual([]);
  });
});

describe('next-version-refuses-a-call', () => {
  const next = (town: Town, gone: string[]) => town.control('/faults', { apiVersion: { version: '2027-01', gone } });
  const back = async (town: Town): Promise<void> => { await town.control('/faults', { apiVersion: null }); for (const name of ['catalogue', 'returns']) await town.flow(name); await town.settle(); };

  it('a query is refused: the case names the version, the call and Shopify’s words; the rest goes on; afterwards nothing is missing', async () => {
    const town = await clock.town({ goods: goods(2) });
    const order = await town.sell({ G0000: 3 }, 0);
    await town.settle();
    await town.control(`/orders/${order.id}/fulfil`, {});
    await town.settle();
    await next(town, ['Return.returnLineItems']);
    const made = await town.control<{ id: string }>(`/orders/${order.id}/return`, { lines: [{ sku: 'G0000', quantity: 2 }] });
    await town.control(`/returns/${made.id}/dispose`, { lines: [{ sku: 'G0000', quantity: 1, type: 'RESTOCKED', location: 'Mill' }] });
    clock.asked.get(town.storeId)?.clear();
    await expect(town.flow('returns')).rejects.toThrow("Field 'returnLineItems' doesn't exist on type 'Return'");
    await town.flow('catalogue');
    const [said] = await town.cases('API_VERSION_RETIRED');
    expect(said!.sentence).toMatch(/^Seen at 2026-12-\d\dT.*its version 2027-01, Instep asks for 2026-10.* nothing is read by it: ReturnsOfOrders \(Field 'returnLineItems' doesn't exist on type 'Return'\)\.$/);
    // Everything else is read in the meantime.
    await town.sell({ G0001: 4 }, 0);
    await town.control('/levels', { sku: 'G0001', location: 'Mill', available: 5 });
    for (let failed = 0, done = false; !done; ) {
      await town.settle().then(() => { done = true; }, (error: Error) => { expect([++failed <= 5, error.message]).toEqual([true, expect.stringContaining("'returnLineItems'")]); });
    }
    for (const name of ['sales-history', 'order-routing', 'stock-levels', 'drift-check']) await town.flow(name);
    expect(await town.ledger('G0001')).toMatchObject({ available: 5, committed: 4 });
    await back(town);
    expect((await town.movements('G0000')).filter((m) => m.kind === 'returned to stock').map((m) => m.quantity)).toEqual([1]);
    expect(await town.reconcile()).toMatchObject({ unexplainedUnits: 0 });
    expect(await town.faults()).toEqual([]);
    expect(await town.cases('API_VERSION_RETIRED')).toEqual([]);
  });

  it('the call that asks for the shop is refused: that is said too', async () => {
    const town = await clock.town({ goods: goods(2) });
    await next(town, ['Shop.ianaTimezone']);
    await expect(town.flow('catalogue')).rejects.toThrow("Field 'ianaTimezone' doesn't exist on type 'Shop'");
    expect((await town.cases('API_VERSION_RETIRED')).map((c) => c.sentence)).toEqual([expect.stringContaining("version 2027-01")]);
    await town.sell({ G0000: 1 }, 0);
    await town.settle();
    for (const name of ['sales-history', 'stock-levels']) await town.flow(name);
    expect(await town.ledger('G0000')).toMatchObject({ available: 9, committed: 1 });
    await back(town);
    expect(await town.cases('API_VERSION_RETIRED')).toEqual([]);
  });

  it('the write of stock is refused: once a change and without effect, the level says why; in our version again it is written', async () => {
    const town = await clock.town({ goods: goods(1), served: [0], policy: { bufferCapUnits: 0 } });
    await town.settle();
    await next(town, ['Mutation.inventorySetQuantities']);
    town.calls.length = 0;
    town.shelves[0]!.change('G0000', 4);
    await town.settle();
    await clock.advance(HOUR);
    await town.settle();
    expect(town.calls.filter((call) => call.operation === 'SetQuantities')).toHaveLength(1);
    expect(town.shown('G0000').available).toBe(10);
    const { rows } = await clock.house.db.query<{ state: string; reason: string }>('select state, reason from push_level where store_id = $1', [town.storeId]);
    expect(rows).toEqual([{ state: expect.stringMatching(/quarantined|held/), reason: expect.stringContaining("inventorySetQuantities") }]);
    await town.flow('catalogue');
    expect((await town.cases('API_VERSION_RETIRED'))[0]!.sentence).toContain('SetQuantities (Field');
  });
});

describe('bulk-collides-cancelled-expired', () => {
  const imported = (): Promise<Town> => clock.town({ goods: goods(30), imported: false });
  const history = async (town: Town) => { for (let n = 0; n < 12; n++) await town.sell({ [`G00${10 + n}`]: 1 }, 0); await clock.advance(1_000); await town.sandbox.pump(); };
  const ordersKnown = (town: Town) => count('select count(*)::int as n from sales_order where store_id = $1', [town.storeId]);
  const RUN = 'mutation { bulkOperationRunQuery(query: "{ orders { edges { node { id } } } }", groupObjects: false) { bulkOperation { id } userErrors { code } } }';

  it('others’ jobs hold every place: ours waits its turn', async () => {
    const town = await imported();
    await history(town);
    await town.control('/faults', { bulkDelayMs: 12_000 });
    for (let n = 0; n < 5; n++) await town.admin(RUN);
    for (const name of ['subscriptions', 'catalogue', 'sales-history']) await town.flow(name);
    expect(town.calls.filter((call) => call.operation === 'BulkRun').length).toBeGreaterThan(3);
    expect(await ordersKnown(town)).toBe(12);
  });

  it.each(['expired-url', 'failed-partial', 'truncated', 'missing-parent', 'duplicate-lines'])('a job that ends %s fails the run or loses nothing, and the next run has everything once', async (kind) => {
    const town = await imported();
    await history(town);
    for (const name of ['subscriptions', 'catalogue']) await town.flow(name);
    await town.control('/faults', { bulk: { kind } });
    const ended = await town.flow('sales-history').then(() => 'done', () => 'failed');
    expect([kind, ended]).toEqual([kind, kind === 'duplicate-lines' ? 'done' : 'failed']);
    if (ended === 'failed') await town.flow('sales-history');
    await town.flow('opening-stock');
    expect(await ordersKnown(town)).toBe(12);
    expect(await town.faults()).toEqual([]);
    expect(await town.cases()).toEqual([]);
  });

  it('a job of ours that is cancelled half way is run again by the next run', async () => {
    const town = await imported();
    await history(town);
    for (const name of ['subscriptions', 'catalogue']) await town.flow(name);
    let cancelled = false;
    town.after = (call) => {
      if (call.operation !== 'BulkStatus' || cancelled) return;
      cancelled = true;
      const job = [...town.sandbox.shop.tables.bulkOperations.values()].at(-1)!;
      town.sandbox.shop.put('bulkOperations', { ...job, status: 'CANCELED', objectCount: 6, url: null });
      town.sandbox.shop.commit();
    };
    await town.control('/faults', { bulkDelayMs: 60_000 });
    await expect(town.flow('sales-history')).rejects.toThrow(/ended CANCELED/);
    await town.flow('sales-history');
    expect(await ordersKnown(town)).toBe(12);
  });
});
