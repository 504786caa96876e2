/** Kinds by the flow that detects them, on the database and a clock turned by hand: each is raised and cleared by the flow that detects it, on the database. */
import { kindOf, type ExceptionKindName } from '../../src/domain/exceptions/catalogue.ts';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { FLOWS } from '../../src/flows/contents.ts';
import { emptyOrder } from '../../src/domain/orders/order-state.ts';
import { contextFor } from '../../src/runtime/run-flow.ts';
import { saveBundle } from '../../src/store/bundles.ts';
import { recordOrders } from '../../src/store/orders.ts';
import { recordReceived } from '../helpers/received.ts';
import { clockwork, type Clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

let clock: Clockwork, town: Town;
beforeAll(async () => { clock = await clockwork('2026-03-02T09:00:00.000Z'); });
// A town each: what one story leaves waiting is not in the way of the next.
beforeEach(async () => {
  town = await clock.town({ goods: [{ sku: 'ANT', stock: [10, 6] }, { sku: 'BEE', stock: [4, 4] }], served: [0] });
  await town.settle();
});
const sql = (text: string, ...values: unknown[]) => clock.house.db.query(text, [town.storeId, ...values]);
it('a check that could not look at everything closes nothing: nobody has seen that it is good', async () => {
  const context = await contextFor(clock.house, town.storeId, () => {}), open = async () => (await town.cases('PUSH_HELD')).length;
  await context.raise([{ kind: 'PUSH_HELD', key: 'level/1@1', subject: 'ANT', sentence: 'ANT waits.' }]);
  await clock.advance(3_600_000);
  await context.raise([{ kind: 'PUSH_HELD', key: 'level/1@1', subject: 'ANT', sentence: 'ANT waits.' }]);
  expect(await open()).toBe(1);
  await context.checked('PUSH_HELD', [], false);
  expect(await open()).toBe(1);
  await context.checked('PUSH_HELD', []);
  expect(await open()).toBe(0);
});

/** The flow raises it while it is so, and closes it once it is not. */
async function raisedAndCleared(kind: string, flow: string, bring: () => Promise<unknown>, end: () => Promise<unknown>): Promise<void> {
  expect(FLOWS.find((one) => one.name === flow)!.raises).toContain(kind);
  await bring();
  await town.flow(flow);
  await clock.advance(180_000); // a grace passes
  await town.flow(flow);
  const open = async () => (await sql(`select sentence from exception where store_id = $1 and kind = $2 and state = 'open'`, kind)).rows;
  expect(await open()).toHaveLength(1);
  await end();
  const { goodMinutes = 0, againMinutes = 0 } = kindOf(kind as ExceptionKindName);
  if (againMinutes > 0) { await town.flow(flow); expect(await open()).toHaveLength(1); await clock.advance(againMinutes * 60_000); }
  if (goodMinutes > 0) { await town.flow(flow); expect(await open()).toHaveLength(1); await clock.advance(goodMinutes * 60_000); }
  await town.flow(flow);
  expect(await open()).toEqual([]);
}

it('STOCK_DRIFT: units no cause explains, until both sides are equal', async () => {
  const item = await town.itemId('BEE'), place = town.placeIds[1];
  // A fault of ours: a committed balance nobody ordered, which no event, edit or order explains.
  const off = (units: number) => sql('update ledger_level set committed = committed + $4 where store_id = $1 and item_id = $2 and location_id = $3', item, place, units);
  await raisedAndCleared('STOCK_DRIFT', 'drift-check', async () => { await off(3); await clock.advance(3_600_000); await town.flow('sales-history'); await town.flow('drift-check'); }, () => off(-3));
});

it('PUSH_HELD: a first push above the cap waits for an hour, until somebody lets it', async () => {
  const item = await town.itemId('ANT');
  const set = (state: string, since: string) => sql('update push_level set state = $3, reason = $4, dirty_at = $5, seen_version = dirty_version where store_id = $1 and item_id = $2', item, state, state === 'held' ? 'above the cap of 5' : null, since);
  await raisedAndCleared('PUSH_HELD', 'stock-push', () => set('held', new Date(clock.time() - 2 * 3_600_000).toISOString()), () => set('in step', clock.now()));
});

it('WAREHOUSE_REJECTED: a row nobody could read, until it is set aside with its button', async () => {
  const { rows: [warehouse] } = await sql(`select warehouse_id from location where store_id = $1 and warehouse_id is not null`) as { rows: { warehouse_id: number }[] };
  await raisedAndCleared('WAREHOUSE_REJECTED', 'warehouse-feed', () => recordReceived(clock.house.db, warehouse!.warehouse_id, clock.now()), async () => {
    const { rows: [row] } = await sql(`select exception_id from exception where store_id = $1 and kind = 'WAREHOUSE_REJECTED'`) as { rows: { exception_id: string }[] };
    const press = (reason: string) => clock.app.inject({ method: 'POST', url: `/api/v1/exceptions/${row!.exception_id}/fix?store=${town.storeId}`, headers: { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }, payload: { fix: 'set_row_aside', reason } });
    expect((await press('')).statusCode).toBe(400);
    expect((await press('sent again by mail')).json()).toEqual({ said: 'Set aside; it is kept' });
    expect((await press('once more')).statusCode).toBe(409);
  });
});

it('WAREHOUSE_SILENT: nothing heard for too long, until it is heard from', async () => {
  await raisedAndCleared('WAREHOUSE_SILENT', 'warehouse-feed', async () => { await clock.advance(40 * 86_400_000); town.shelves[0]!.failNext.before = 2; }, async () => { town.shelves[0]!.countAll(); });
});

it('BUNDLE_COMPONENT_UNKNOWN: a bundle is sold whose part nobody knows, until the catalogue has it', async () => {
  await clock.house.db.transaction((tx) => saveBundle(tx, town.storeId, town.variant('BEE').id, '2026-01-01T00:00:00.000Z', [{ variantId: town.variant('ANT').id, quantity: 1 }, { variantId: '999999', quantity: 1 }], 'test', clock.now()));
  await town.sell({ BEE: 1 }, 0);
  await town.settle();
  const open = async () => (await town.cases('BUNDLE_COMPONENT_UNKNOWN')).map((one) => one.evidence['variantId']);
  expect(await open()).toEqual(['999999']);
  await town.flow('catalogue');
  expect(await open()).toEqual(['999999']);
  await sql(`insert into inventory_item (store_id, shopify_inventory_item_id, item_id, tracked, updated_at) select store_id, 999998, item_id, tracked, updated_at from inventory_item where store_id = $1 limit 1`);
  await sql(`insert into variant (store_id, shopify_variant_id, shopify_product_id, shopify_inventory_item_id, sku, title, product_status, updated_at) select store_id, 999999, shopify_product_id, 999998, 'PART', 'Part', product_status, updated_at from variant where store_id = $1 limit 1`);
  await town.flow('catalogue');
  expect(await open()).toEqual([]);
});

it('OVER_FULFILLED: more went out than was ordered and not cancelled, until it is taken back, or accepted; more of it is a case again', async () => {
  const order = await town.sell({ BEE: 2 }, 0);
  await town.settle();
  const lineId = order.lines[0]!.id, place = town.places[0]!;
  const parcel = async (id: string, units: number, cancelled = false) => {
    await clock.advance(1_000);
    const at = clock.now(), heard = { ...emptyOrder(order.id), updatedAt: at, fulfilments: { [id]: { locationId: place, cancelled, at, updatedAt: at, lines: { [lineId]: units } } } };
    await clock.house.db.transaction((tx) => recordOrders(tx, town.storeId, [heard], { dayOf: (instant) => instant.slice(0, 10), now: at, source: 'test' }));
  };
  const open = async () => (await town.cases('OVER_FULFILLED')).map((one) => one.sentence);
  await parcel('901', 2);
  expect(await open()).toEqual([]);
  await raisedAndCleared('OVER_FULFILLED', 'fulfilments', () => parcel('902', 1), () => parcel('902', 1, true));
  await parcel('903', 2);
  expect(await open()).toEqual([expect.stringContaining('4 of BEE are fulfilled, 2 were ordered and 0 of them cancelled. 2 units too many')]);
  const { rows: [row] } = await sql(`select exception_id from exception where store_id = $1 and kind = 'OVER_FULFILLED'`) as { rows: { exception_id: string }[] };
  const press = (reason: string) => clock.app.inject({ method: 'POST', url: `/api/v1/exceptions/${row!.exception_id}/fix?store=${town.storeId}`, headers: { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }, payload: { fix: 'accept_over_fulfilled', reason } });
  expect((await press('')).statusCode).toBe(400);
  expect((await press('a replacement was sent')).json()).toEqual({ said: 'Accepted: 2 units too many; the case closes' });
  await town.flow('fulfilments');
  expect(await open()).toEqual([]);
  await parcel('903', 2);
  expect(await open()).toEqual([]);
  await parcel('904', 1);
  expect(await open()).toEqual([expect.stringContaining('3 units too many')]);
});

it('BUNDLE_CYCLE: no way in makes one, at no moment; a hand in the database does, and the orders beside it go on', async () => {
  const { id: ant } = town.variant('ANT'), { id: bee } = town.variant('BEE'), one = (variantId: string) => [{ variantId, quantity: 1 }];
  const save = (id: string, from: string, part: string) => clock.house.db.transaction((tx) => saveBundle(tx, town.storeId, id, from, one(part), 'test', clock.now()));
  // Half of it from May on, the other from April: from May on it would be one.
  await save(bee, '2026-05-01T00:00:00.000Z', ant);
  await expect(save(ant, '2026-04-01T00:00:00.000Z', bee)).rejects.toThrow('A bundle contains itself');
  await sql('delete from bundle_version where store_id = $1');
  // Two people at once, half each.
  const both = await Promise.allSettled([save(ant, '2026-01-01T00:00:00.000Z', bee), save(bee, '2026-01-01T00:00:00.000Z', ant)]);
  expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
  await sql('delete from bundle_version where store_id = $1');
  const write = async (id: string, part: string) => {
    await sql(`insert into bundle_version (store_id, variant_id, effective_from, updated_at, updated_by) values ($1, $2, '2026-01-01', '2026-01-01', 'a hand')`, id);
    await sql(`insert into bundle_part values ($1, $2, '2026-01-01', $3, 1)`, id, part);
  };
  await raisedAndCleared('BUNDLE_CYCLE', 'catalogue', async () => { await write(ant, bee); await write(bee, ant); const order = await town.sell({ ANT: 1 }, 0); await town.settle(); expect((await town.known(order.id)).id).toBe(order.id); expect((await town.ledger('ANT', 0))['committed']).toBe(1); },
    () => sql('delete from bundle_version where store_id = $1 and variant_id = $2', bee));
});

it('RATE_STARVED: fewer than a tenth of the calls left for five minutes, until half of them have been free for ten minutes', async () => {
  const left = (share: number) => sql(`insert into shop_bucket (store_id, available, maximum, restore_rate, at) values ($1, $2::float8 * 1000, 1000, 0.0001, $3) on conflict (store_id) do update set available = excluded.available, maximum = excluded.maximum, restore_rate = excluded.restore_rate, at = excluded.at`, share, clock.now());
  const open = async () => (await town.cases('RATE_STARVED')).length;
  await left(0.05);
  await town.flow('stock-push');
  expect(await open()).toBe(0); // it may pass by itself
  await clock.advance(301_000); await left(0.05); await town.flow('stock-push');
  expect(await open()).toBe(1);
  await left(0.3); await town.flow('stock-push');
  expect(await open()).toBe(1);
  await left(0.6); await town.flow('stock-push');
  expect(await open()).toBe(1); // it has to last
  await clock.advance(600_000); await town.flow('stock-push');
  expect(await open()).toBe(0);
});

it('OVERSELL_RISK: a level that sells out before the news arrives, until it does not', async () => {
  const item = await town.itemId('ANT');
  // A lag of ten minutes was measured, and the shop shows a handful while sixty were sold within the hour.
  const lag = (seconds: number) => sql(`update inbox set settled_at = coalesce(triggered_at, received_at) + $2 * interval '1 second', received_at = $3, triggered_at = $3::timestamptz - interval '1 second' where store_id = $1 and settled_at is not null`, seconds, clock.now()).then(() => sql(`update inbox set settled_at = triggered_at + $2 * interval '1 second' where store_id = $1 and settled_at is not null`, seconds));
  await raisedAndCleared('OVERSELL_RISK', 'stock-push', async () => {
    await lag(600);
    await sql(`insert into order_demand (store_id, order_id, line_id, item_id, location_id, via_bundle, open, fulfilled, ordered_at) values ($1, 77, 1, $2, $3, false, 0, 240, $4)`, item, town.placeIds[0], clock.now());
  }, async () => { await sql('delete from order_demand where store_id = $1 and order_id = 77'); await lag(1); });
});

it('API_VERSION_ENDING: from ninety days before its end, until a newer one is spoken', async () => {
  await clock.advance(Date.parse('2027-07-20T09:00:00.000Z') - clock.time());
  await town.flow('catalogue');
  expect((await town.cases('API_VERSION_ENDING')).map((one) => one.sentence)).toEqual(['Shopify serves version 2026-10, which Instep speaks, for 73 more days, until 2027-10-01.']);
  // The next version of Instep speaks a newer one: as if it were a year earlier.
  await clock.advance(Date.parse('2026-12-01T09:00:00.000Z') - clock.time());
  await town.flow('catalogue');
  expect(await town.cases('API_VERSION_ENDING')).toEqual([]);
});

it('what differs is called by its name, with what it is worth, and is most urgent where the item sells fast', async () => {
  const item = await town.itemId('ANT'), place = town.placeIds[1];
  await sql('update ledger_level set committed = committed + 3 where store_id = $1 and item_id = $2 and location_id = $3', item, place);
  await clock.advance(3_600_000); await town.flow('sales-history'); await town.flow('drift-check'); await clock.advance(180_000); await town.flow('drift-check');
  const open = async () => (await sql(`select subject, severity, risk, size from exception where store_id = $1 and kind = 'STOCK_DRIFT' and state = 'open'`)).rows;
  expect(await open()).toEqual([{ subject: 'ANT at Store', severity: 2, risk: '3000', size: 3 }]);
  await town.sell({ ANT: 3 }, 1); await town.sell({ ANT: 3 }, 1); await town.settle();
  await clock.advance(300_000); await town.flow('sales-history'); await town.flow('drift-check');
  expect(await open()).toMatchObject([{ subject: 'ANT at Store', severity: 1 }]);
});

it('a level below zero of what sells on by the shop’s own setting is tidied up some day, another hurts today', async () => {
  town = await clock.town({ goods: [{ sku: 'ANT', stock: [10, 6], continues: true }, { sku: 'BEE', stock: [4, 4] }], served: [0] });
  await town.settle();
  for (const sku of ['ANT', 'BEE']) await town.control('/levels', { sku, location: 'Store', available: -2 });
  await town.settle();
  await town.flow('drift-check');
  expect((await sql(`select subject, severity, risk from exception where store_id = $1 and kind = 'STOCK_NEGATIVE' and state = 'open' order by subject`)).rows).toEqual([{ subject: 'ANT at Store', severity: 4, risk: null }, { subject: 'BEE at Store', severity: 2, risk: '2000' }]);
});

it('what Shopify announces to be on its way out is told of until it is said no more', async () => {
  await town.control('/faults', { deprecated: 'https://shopify.dev/changelog/x' });
  await town.flow('catalogue');
  expect((await town.cases('API_VERSION_ENDING')).map((one) => one.sentence)).toEqual([expect.stringContaining('on its way out: https://shopify.dev/changelog/x')]);
  await town.control('/faults', { deprecated: null });
  await town.flow('catalogue');
  expect(await town.cases('API_VERSION_ENDING')).toEqual([]);
});

it('in a peak what threatens it is more urgent', async () => {
  await sql(`update push_policy set peak_until = $2::timestamptz + interval '1 hour' where store_id = $1`, clock.now());
  const left = (share: number) => sql(`insert into shop_bucket (store_id, available, maximum, restore_rate, at) values ($1, $2::float8 * 1000, 1000, 0.0001, $3) on conflict (store_id) do update set available = excluded.available, at = excluded.at`, share, clock.now());
  await left(0.05); await town.flow('stock-push'); await clock.advance(301_000); await left(0.05); await town.flow('stock-push');
  expect((await sql(`select severity from exception where store_id = $1 and kind = 'RATE_STARVED' and state = 'open'`)).rows).toEqual([{ severity: 2 }]);
});
