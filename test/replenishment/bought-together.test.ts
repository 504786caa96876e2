/** A warehouse that buys for two shops, on a real database: planned for all three, the shops order nothing, what they lack is proposed from the warehouse; suppliers' order days and what is on its way. */
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays, daysBetween } from '../../src/domain/calendar.ts';
import type { MadePurchases, PurchaseDetail } from '../../src/http/contract-purchasing.ts';
import type { RecommendationDetail, WhatIf } from '../../src/http/contract-replenishment.ts';
import type { LocationView } from '../../src/http/contract-stock.ts';
import type { Replay, ReplayLinesPage } from '../../src/http/contract-replay.ts';
import type { ProposalPage, TransferSettings } from '../../src/http/contract-transfers.ts';
import type { DemandView, Of } from '../../src/http/contract.ts';
import type { WarehouseMovePage } from '../../src/http/contract-moves.ts';
import { recordDemand } from '../../src/store/demand.ts';
import { longestProtection, positions } from '../../src/store/planning.ts';
import { observedLeadTimes } from '../../src/store/supplier-terms.ts';
import { planningDesk } from '../helpers/planning-desk.ts';

const TODAY = '2026-11-24', { clock, db, storeId, itemIds, locationIds: [mill, shop, kiosk], call, list, detail, term, plan } = await planningDesk(`${TODAY}T09:00:00.000Z`, 4, 3); // a Tuesday
type Detail = Of<typeof RecommendationDetail>;
const level = (item: number, available: number, location: number) => db.query('insert into ledger_level (store_id, item_id, location_id, available, updated_at) values ($1, $2, $3, $4, $5) on conflict (store_id, item_id, location_id) do update set available = excluded.available', [storeId, itemIds[item], location, available, clock.now()]);
const supplyFrom = (place: number, from: number | null, days?: number | null) => call<Of<typeof LocationView>>('PUT', `/locations/${place}/supply`, { suppliedFrom: from, ...(days === undefined ? {} : { days }) });
const sumsUp = (line: Detail): void => { expect(line.waterfall.reduce((sum, one) => sum + one.quantity, 0)).toBe(line.recommended); };

beforeAll(async () => {
  // Item 0 sells two a day at the shop and one at the kiosk, nothing at the mill; item 1 sells everywhere; item 2 at the mill alone; item 3 nowhere.
  const sells: [number, number, number][] = [[0, shop!, 2], [0, kiosk!, 1], [1, mill!, 1], [1, shop!, 1], [1, kiosk!, 1], [2, mill!, 2]];
  await db.transaction((tx) => recordDemand(tx, storeId, sells.flatMap(([item, locationId, a]) => Array.from({ length: 90 }, (_, n) => ({ fact: `order/${item}@${locationId}/${n}:line/1`, kind: 'sale' as const, itemId: itemIds[item]!, locationId, day: addDays(TODAY, n - 90), quantity: a + (n % 2), orderId: String(1 + n) })))));
  await db.query('insert into item_price (store_id, item_id, since, price) select $1, unnest($2::int[]), $3, 1000', [storeId, itemIds, '2026-01-01']);
  await level(0, 10, shop!);
  await level(0, 4, kiosk!);
  for (const place of [mill!, shop!, kiosk!]) await level(1, 5, place);
  await level(2, 5, mill!);
  const { rows: [made] } = await db.query<{ supplier_id: number }>(`insert into supplier (store_id, name, currency, lead_time_days, updated_at, updated_by) values ($1, 'Weaver', 'EUR', 14, $2, 'test') returning supplier_id`, [storeId, clock.now()]);
  await db.query(`insert into supplier_item (store_id, supplier_id, item_id, unit_cost, case_pack, updated_at, updated_by) select $1, $2, unnest($3::int[]), 400, 6, $4, 'test'`, [storeId, made!.supplier_id, itemIds, clock.now()]);
  await clock.flow('forecast', storeId);
  await plan();
});

describe('one place buys for the others', () => {
  let alone: Map<string, Detail>;
  beforeAll(async () => {
    alone = new Map();
    for (const [item, place] of [[0, shop!], [0, kiosk!], [1, mill!], [1, shop!], [1, kiosk!], [2, mill!]] as const) alone.set(`${item}@${place}`, await detail(item, place));
    for (const place of [shop!, kiosk!]) expect((await supplyFrom(place, mill!, 0)).status).toBe(200);
    await plan();
  });

  it('is planned for the demand of all against the stock of all, even of what it never sold itself', async () => {
    const line = await detail(0, mill), [a, b] = [alone.get(`0@${shop}`)!, alone.get(`0@${kiosk}`)!], demand = term(a, 'expected demand') + term(b, 'expected demand');
    expect(Math.abs(term(line, 'expected demand') - demand)).toBeLessThanOrEqual(1);
    expect(term(line, 'places supplied')).toBe(-14);
    expect(line).toMatchObject({ byRule: false, supplier: 'Weaver', abc: expect.any(String) });
    expect(line.quantity % 6).toBe(0);
    // Less safety than each for itself.
    expect(line.orderUpTo).toBeLessThan(a.orderUpTo + b.orderUpTo);
    expect(line.orderUpTo).toBeGreaterThan(demand);
    expect(line.sentence).toContain('14 are at the places supplied from here or on the way to them');
    expect(line.sentence).toContain('It is bought here for Place 2 (0 days away), Place 3 (0 days away) too');
    sumsUp(line);
    const own = await detail(1, mill);
    expect(Math.abs(term(own, 'expected demand') - [mill!, shop!, kiosk!].reduce((sum: number, place) => sum + term(alone.get(`1@${place}`)!, 'expected demand'), 0))).toBeLessThanOrEqual(2);
    expect(own.position).toBe(15);
    // What is sold at the mill alone is bought as before, but for the words.
    expect((await detail(2, mill)).quantity).toBe(alone.get(`2@${mill}`)!.quantity);
    expect((await list('&view=all')).rows.some((row) => row.itemId === itemIds[3])).toBe(false);
  });

  it('the others order nothing and say where it comes from; what is at risk there stays to be seen', async () => {
    for (const place of [shop!, kiosk!]) {
      const line = await detail(0, place), before = alone.get(`0@${place}`)!;
      expect(line).toMatchObject({ quantity: 0, need: before.need, atRisk: before.atRisk, stockoutP50: before.stockoutP50 });
      expect(term(line, 'bought elsewhere')).toBe(-before.quantity);
      expect(line.sentence).toContain(`It is bought at Place 1 and comes from there by transfer in 0 days.`);
      sumsUp(line);
    }
    expect((await list('&view=to+order')).rows.every((row) => row.locationId === mill)).toBe(true);
    const { body } = await call<Of<typeof MadePurchases>>('POST', '/purchase-orders/from-recommendations', {});
    expect(body.made.map((order) => order.locationName)).toEqual(['Place 1']);
    await db.query(`update purchase_order set state = 'cancelled' where store_id = $1`, [storeId]);
  });

  it('is what a what-if starts from, and a planner’s own order for a shop still stands', async () => {
    const { body } = await call<Of<typeof WhatIf>>('POST', '/replenishment/what-if', {}), planned = (await list('&view=all')).totals;
    expect(body.before).toMatchObject({ units: planned.units, lines: planned.rows - 4 });
    expect((await call<Of<typeof WhatIf>>('POST', '/replenishment/what-if', { serviceLevel: 0.99 })).body.lines.every((line) => line.locationId === mill)).toBe(true);
    const before = await detail(1, mill);
    expect((await call('PUT', '/replenishment/decisions', { lines: [{ itemId: itemIds[1], locationId: shop, version: 0 }], decision: 'quantity', quantity: 12, reason: 'delivered to the shop' })).status).toBe(200);
    await plan();
    expect(await detail(1, shop)).toMatchObject({ quantity: 12, recommended: 0 });
    expect((await detail(1, mill)).need).toBe(before.need - 12); // not bought twice
    expect((await call('PUT', '/replenishment/decisions', { lines: [{ itemId: itemIds[1], locationId: shop, version: 1 }], decision: 'none' })).status).toBe(200);
  });

  it('gives what stands with it to the places it supplies, for the days until the next review', async () => {
    await level(0, 100, mill!);
    await plan();
    await clock.flow('transfer-proposals', storeId);
    const rows = (await call<Of<typeof ProposalPage>>('GET', '/transfers/proposals')).body.rows.filter((row) => row.itemId === itemIds[0]), to = (place: number) => rows.find((row) => row.toLocationId === place)?.quantity ?? 0;
    expect(rows.every((row) => row.fromLocationId === mill)).toBe(true);
    expect(to(shop!)).toBeGreaterThan(5); // 2.5 a day for a week, and ten there
    expect(to(shop!)).toBeLessThan(25); // not three weeks of it: the mill keeps the rest for whoever needs it first
    await level(0, 0, mill!);
    await plan();
  });

  it('the days of transfers are added to what is bought: said for the pair, else the store’s, else learned from those received', async () => {
    const near = await detail(0, mill);
    for (const place of [shop!, kiosk!]) await supplyFrom(place, mill!, 6);
    await plan();
    const far = await detail(0, mill), ahead = await detail(0, shop);
    // Three a day on average, six days more of it.
    expect(term(far, 'expected demand') - term(near, 'expected demand')).toBeGreaterThan(18);
    expect(term(far, 'expected demand') - term(near, 'expected demand')).toBeLessThan(30);
    expect([far.coverDays, far.stockoutP50]).toEqual([near.coverDays, near.stockoutP50]); // what is there lasts as long as before
    expect(far.sentence).toContain('Place 2 (6 days away), Place 3 (6 days away)');
    expect(ahead.sentence).toContain('by transfer in 6 days');
    sumsUp(far);
    expect((await supplyFrom(shop!, mill!, null)).body.supply).toEqual({ buyer: mill, days: 2, said: 'default', transfers: 0, totalDays: 2 });
    const settings = (await call<Of<typeof TransferSettings>>('GET', '/transfers/settings')).body;
    expect((await call('PUT', '/transfers/settings', { ...settings, transferDays: 4 })).status).toBe(200);
    expect((await supplyFrom(shop!, mill!)).body.supply).toMatchObject({ days: 4, said: 'default' });
    // Two received say nothing yet; the median of three does, and one seen shipped and received at once is none of them.
    for (const [n, [out, back]] of [['10-01', '10-04'], ['10-08', '10-20'], ['10-15', '10-18'], [null, '10-22']].entries()) {
      if (n === 2) expect((await supplyFrom(shop!, mill!)).body.supply).toMatchObject({ said: 'default' });
      await db.query(`insert into transfer (store_id, reference, from_location_id, to_location_id, state, key, created_at, created_by, updated_at, shipped_at, received_at) values ($1, $2, $3, $4, 'received', $2, $5, 'test', $5, $6, $7)`, [storeId, `T-${n}`, mill, shop, clock.now(), out && `2026-${out}T10:00:00Z`, `2026-${back}T10:00:00Z`]);
    }
    expect((await supplyFrom(shop!, mill!)).body.supply).toEqual({ buyer: mill, days: 3, said: 'learned', transfers: 3, totalDays: 3 });
    expect((await supplyFrom(kiosk!, mill!)).body.supply).toMatchObject({ days: 6, said: 'set' });
    // Forecasts reach as far as the farthest place needs: here twelve days, the longest a transfer to the shop took.
    const reach = await longestProtection(db, storeId);
    await supplyFrom(kiosk!, shop!, 30);
    expect(await longestProtection(db, storeId)).toBe(reach + 30);
    await supplyFrom(kiosk!, mill!);
    expect((await supplyFrom(shop!, null, 3)).body.detail).toContain('days: nothing is sent to a place that buys for itself');
    expect((await call('PUT', `/locations/${shop}/supply`, { suppliedFrom: mill, days: 366 })).status).toBe(400);
    await supplyFrom(shop!, mill!, 0);
    await supplyFrom(kiosk!, mill!, 0);
  });

  it('a place that is supplied may supply another: it is planned as if both hung from the top, and a replay buys there too', async () => {
    await supplyFrom(shop!, mill!, 2);
    await supplyFrom(kiosk!, mill!, 5);
    await plan();
    const flat = await detail(0, mill);
    expect((await supplyFrom(kiosk!, shop!, 3)).body.supply).toEqual({ buyer: mill, days: 3, said: 'set', transfers: 0, totalDays: 5 });
    await plan();
    const deep = await detail(0, mill);
    expect({ ...deep, computedAt: '' }).toEqual({ ...flat, computedAt: '' });
    expect((await detail(0, kiosk)).sentence).toContain('It is bought at Place 1 and comes from there by transfer over Place 2 in 5 days.');
    // A replay of the shop alone takes in what is bought with it.
    const made = (await call<Of<typeof Replay>>('POST', '/replays', { key: '0f0c1d52-2f52-4a0e-9c6b-1f4f4cf1a0aa', kind: null, promise: null, from: addDays(TODAY, -45), to: addDays(TODAY, -1), scope: { locations: [shop], q: 'SKU-1' }, most: 50, orderCost: 0 })).body;
    await clock.flow('replay', storeId);
    const run = (await call<Of<typeof Replay>>('GET', `/replays/${made.replayId}`)).body, { rows } = (await call<Of<typeof ReplayLinesPage>>('GET', `/replays/${made.replayId}/lines`)).body, of = (place: number) => rows.find((row) => row.locationId === place)!;
    expect(run.state).toBe('done');
    expect(rows.map((row) => row.locationId).sort()).toEqual([mill, shop, kiosk].sort());
    expect(of(mill!)).toMatchObject({ wanted: 0, movedIn: 0, fault: null });
    expect(of(mill!).ordered).toBeGreaterThan(0);
    expect(of(mill!).movedOut).toBe(of(shop!).movedIn! + of(kiosk!).movedIn!);
    for (const place of [shop!, kiosk!]) { expect(of(place)).toMatchObject({ ordered: 0, orders: 0, movedOut: 0 }); expect(of(place).movedIn).toBeGreaterThan(0); }
    expect(run.result!.policy.fill).toBeGreaterThan(0.9);
    expect(run.result!.notes.join(' ')).toContain('2 lines are of places that another one bought for');
    expect(run.result!.notes.join(' ')).toContain('2 lines outside the scope are among them');
    await supplyFrom(shop!, mill!, 0);
    await supplyFrom(kiosk!, mill!, 0);
    await plan();
  });

  it('in no circle, at open places only; and is undone as simply', async () => {
    expect((await supplyFrom(mill!, shop!)).body.detail).toContain('Place 2 is supplied from Place 1: it would be a circle');
    await supplyFrom(kiosk!, shop!);
    expect((await supplyFrom(mill!, kiosk!)).body.detail).toContain('Place 3 is supplied from Place 2, that one from Place 1: it would be a circle');
    await supplyFrom(kiosk!, mill!);
    expect((await supplyFrom(mill!, mill!)).body.detail).toContain('from itself');
    expect((await supplyFrom(shop!, 999_999)).status).toBe(409);
    expect((await call<{ locations: Of<typeof LocationView>[] }>('GET', '/locations')).body.locations.map((one) => [one.locationId, one.suppliedFrom])).toEqual([[mill, null], [shop, mill], [kiosk, mill]]);
    for (const place of [shop!, kiosk!]) await supplyFrom(place, null);
    await plan();
    expect((await detail(0, shop)).quantity).toBe(alone.get(`0@${shop}`)!.quantity);
    expect((await list('&view=all')).rows.some((row) => row.itemId === itemIds[0] && row.locationId === mill)).toBe(false);
  });
});

describe('what a supplier and its orders say of days', () => {
  it('its next order day is waited for in the plan, and the line is to be ordered on one of its days', async () => {
    const before = await detail(2, mill);
    await db.query(`update supplier set order_days = '{5}' where store_id = $1 and name = 'Weaver'`, [storeId]); // Fridays: three days from this Tuesday
    await plan();
    const line = await detail(2, mill);
    expect(line.sentence).toContain("in 24 days (3 until the supplier's next order day, 14 until an order arrives, 7 until the next one)");
    expect(term(line, 'expected demand')).toBeGreaterThan(term(before, 'expected demand'));
    expect(new Date(`${line.orderBy}T00:00:00Z`).getUTCDay()).toBe(5);
    expect(line.policy['leadTimeDays']).toMatchObject({ value: 14, reason: 'terms of Weaver' });
    sumsUp(line);
    await db.query(`update supplier set order_days = '{}' where store_id = $1`, [storeId]);
    await plan();
  });

  it('a shelf that empties before the goods come is said, with both days', async () => {
    let order = (await call<Of<typeof PurchaseDetail>>('POST', '/purchase-orders', { supplierId: (await detail(2, mill)).supplierId, locationId: mill, expectedOn: addDays(TODAY, 20), lines: [{ itemId: itemIds[2], quantity: 300 }] })).body;
    for (const verb of ['submit', 'send']) order = (await call<Of<typeof PurchaseDetail>>('POST', `/purchase-orders/${order.purchaseOrderId}/${verb}`, { version: order.version })).body;
    await plan();
    const line = await detail(2, mill);
    expect(line).toMatchObject({ quantity: 0, position: 305 });
    expect(line.stockoutP50! < addDays(TODAY, 5)).toBe(true); // five there, two and a half a day
    expect(line.sentence).toContain(`before the 300 of ${addDays(TODAY, 20)} come.`);
    // The order's page says what it does to the shelf, before it is sent and after.
    const draft = (await call<Of<typeof PurchaseDetail>>('POST', '/purchase-orders', { supplierId: line.supplierId, locationId: mill, expectedOn: addDays(TODAY, 1), lines: [{ itemId: itemIds[2], quantity: 60 }] })).body;
    expect(draft.lines[0]!.runsOut).toMatchObject({ without: line.stockoutP50, here: addDays(TODAY, 1) });
    expect(draft.lines[0]!.runsOut!.with === null || draft.lines[0]!.runsOut!.with > addDays(TODAY, 20)).toBe(true); // 60 more bridge the days until the 300
    const { body: sent } = await call<Of<typeof PurchaseDetail>>('GET', `/purchase-orders/${order.purchaseOrderId}`);
    expect(sent.lines[0]!.runsOut).toMatchObject({ without: line.stockoutP50, here: addDays(TODAY, 20) }); // it comes after the shelf is empty
    expect(sent.lines[0]!.runsOut!.with ?? '9999').toMatch(/^(9999|2027)/); // and then lasts for months
    // So does the chart of the item: stock rises on the day the goods come, drafts are shown and do not count.
    const { body: ahead } = await call<Of<typeof DemandView>>('GET', `/items/${itemIds[2]}/demand?location=${mill}`), { p50, orders } = ahead.projection!, index = daysBetween(addDays(ahead.forecast!.asOf, 1), addDays(TODAY, 20));
    expect(orders.map((one) => [one.reference, one.units, one.sent, one.overdue])).toEqual([[draft.reference, 60, false, false], [order.reference, 300, true, false]]);
    expect(p50[index]! - p50[index - 1]!).toBeGreaterThan(290);
    expect(p50[index - 1]!).toBeLessThan(0);
    await call('POST', `/purchase-orders/${draft.purchaseOrderId}/cancel`, { version: draft.version });
  });

  it('its lead time is planned with as its scorecard learns it: when half of the units had come', async () => {
    const { rows: [supplier] } = await db.query<{ supplier_id: number }>(`select supplier_id from supplier where store_id = $1 and name = 'Weaver'`, [storeId]);
    const { rows: [order] } = await db.query<{ id: number }>(`insert into purchase_order (store_id, reference, supplier_id, location_id, state, currency, ordered_on, origin, external_id, created_at, created_by, updated_at) values ($1, 'OLD-1', $2, $3, 'received', 'EUR', '2026-09-01', 'csv', 'OLD-1', $4, 'test', $4) returning purchase_order_id as id`, [storeId, supplier!.supplier_id, mill, clock.now()]);
    await db.query('insert into purchase_order_line (store_id, purchase_order_id, line, item_id, ordered, unit_cost, received) values ($1, $2, 1, $3, 100, 400, 100)', [storeId, order!.id, itemIds[2]]);
    for (const [day, units] of [['2026-09-03', 5], ['2026-09-22', 90], ['2026-10-20', 5]] as const) {
      const { rows: [receipt] } = await db.query<{ id: number }>(`insert into goods_receipt (store_id, reference, purchase_order_id, location_id, received_at, received_by, writes_stock, note) values ($1, $2, $3, $4, $5, 'test', false, '') returning goods_receipt_id as id`, [storeId, `old/${day}`, order!.id, mill, `${day}T10:00:00.000Z`]);
      await db.query('insert into goods_receipt_line (store_id, goods_receipt_id, line, item_id, quantity, damaged) values ($1, $2, 1, $3, $4, 0)', [storeId, receipt!.id, itemIds[2], units]);
    }
    expect([...await observedLeadTimes(db, storeId, 'Europe/Amsterdam', '2026-01-01', TODAY)]).toEqual([[supplier!.supplier_id, [21]]]);
  });
});

describe('where a warehouse has the count', () => {
  it('a move is proposed to its people, with their codes, and is no transfer of Shopify’s', async () => {
    const { rows: [warehouse] } = await db.query<{ id: number }>(`insert into warehouse (name, connector, hook_token, created_at) values ('Third Party', 'warehouse-rest', 'hook-of-third-party', $1) returning warehouse_id as id`, [clock.now()]);
    await db.query(`update location set authority = 'warehouse', warehouse_id = $3 where store_id = $1 and location_id = $2`, [storeId, mill, warehouse!.id]);
    await db.query(`insert into warehouse_sku (warehouse_id, sku, item_id, matched_by, updated_at, updated_by) values ($1, '3PL-0001', $2, 'by hand', $3, 'test')`, [warehouse!.id, itemIds[0], clock.now()]);
    await supplyFrom(shop!, mill!);
    await level(0, 100, mill!);
    await plan();
    await clock.flow('transfer-proposals', storeId);
    const { rows, totals } = (await call<Of<typeof ProposalPage>>('GET', '/transfers/proposals')).body, mine = rows.find((row) => row.itemId === itemIds[0] && row.toLocationId === shop)!;
    expect(mine).toMatchObject({ fromLocationId: mill, warehouse: 'Third Party' });
    expect(totals.told).toBe(rows.filter((row) => row.warehouse !== null).length);
    expect((await call<Of<typeof ProposalPage>>('GET', '/transfers/proposals?told=shopify')).body.rows.every((row) => row.warehouse === null)).toBe(true);
    const list = String((await call<string>('GET', `/transfers/proposals.csv?told=warehouse&to=${shop}`)).body).split('\r\n');
    expect(list.find((row) => row.startsWith('SKU-1'))).toContain('Third Party,3PL-0001');
    const refused = await call('POST', '/transfers', { key: '7f0c1d52-2f52-4a0e-9c6b-1f4f4cf1a001', fromLocationId: mill, toLocationId: shop, reason: '', lines: [{ itemId: itemIds[0], quantity: 1 }] });

    // On the list it is proposed no more, and counts as on its way; told twice is told once.
    const { itemId, fromLocationId, toLocationId, quantity } = mine, moves = (query = '') => call<Of<typeof WarehouseMovePage>>('GET', `/warehouse-moves${query}`), tell = () => call<{ told: number; left: number }>('POST', '/warehouse-moves', { moves: [{ itemId, fromLocationId, toLocationId, quantity }] });
    expect((await tell()).body).toEqual({ told: 1, left: 0 });
    expect((await tell()).body).toEqual({ told: 0, left: 1 });
    const before = (await positions(db, storeId, [itemId])).get(`${itemId}@${shop}`)!.incoming;
    expect(before).toBeGreaterThanOrEqual(quantity);
    await clock.flow('transfer-proposals', storeId);
    expect((await call<Of<typeof ProposalPage>>('GET', '/transfers/proposals')).body.rows.some((row) => row.itemId === itemId && row.toLocationId === shop && row.quantity >= quantity)).toBe(false);
    const [move] = (await moves()).body.rows;
    expect(move).toMatchObject({ reference: `M-${String(move!.moveId).padStart(5, '0')}`, warehouseCode: '3PL-0001', quantity, done: 0, state: 'open', version: 1, events: [{ kind: 'told', quantity }] });
    expect(String((await call<string>('GET', '/warehouse-moves.csv')).body)).toContain(`${move!.reference},Third Party,3PL-0001`);
    // A person says two are done; somebody who looked before is told so.
    const done = (version: number, units: number, close = false) => call('POST', `/warehouse-moves/${move!.moveId}/done`, { version, quantity: units, close, note: 'by van' });
    expect((await done(1, 0)).body.detail).toContain('quantity: say how many');
    expect((await done(1, 2)).status).toBe(200);
    expect((await done(1, 2)).body.detail).toContain('meanwhile');
    // Its own change says the next three, once; a sale says nothing, nor what was before.
    const said = (cause: string, kind: string, change: number, at: string) => db.query(`insert into warehouse_change (warehouse_id, cause, sku, kind, on_hand_change, occurred_at, recorded_at) values ($1, $2, '3PL-0001', $3, $4, $5, $5)`, [warehouse!.id, cause, kind, change, at]);
    const later = new Date(Date.parse(clock.now()) + 60_000).toISOString();
    await said('change/1', 'adjusted', -3, later);
    await said('shipment/1', 'shipped', -5, later);
    await said('change/0', 'adjusted', -5, '2026-11-01T09:00:00.000Z');
    for (let n = 0; n < 2; n++) await clock.flow('transfers', storeId);
    expect((await moves()).body).toMatchObject({ openUnits: quantity - 5, rows: [{ done: 5, version: 3, events: [{ kind: 'seen', quantity: 3, by: 'the warehouse' }, { kind: 'done', quantity: 2, note: 'by van', by: 'operator' }, { kind: 'told' }] }] });
    expect((await positions(db, storeId, [itemId])).get(`${itemId}@${shop}`)!.incoming).toBe(before - 5);
    // The rest is not moved: the list is empty, the history stays.
    expect((await done(3, 0, true)).status).toBe(200);
    expect((await done(4, 1)).body.detail).toContain('is over already');
    expect((await moves()).body).toMatchObject({ rows: [], counts: { open: 0, over: 1, all: 1 }, openUnits: 0 });
    expect((await moves('?view=over')).body.rows[0]).toMatchObject({ state: 'done', done: 5, events: [{ kind: 'dropped' }, { kind: 'seen' }, { kind: 'done' }, { kind: 'told' }] });
    expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('follows a warehouse') } });
    await db.query(`update location set authority = 'storefront', warehouse_id = null where store_id = $1 and location_id = $2`, [storeId, mill]);
  });
});
