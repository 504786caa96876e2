/** The worklist and what was done of it: lines in a draft are set apart, a line is split over places, and stock and cover are of one moment, also after goods came in. */
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/domain/calendar.ts';
import type { MadePurchases, PurchaseDetail } from '../../src/http/contract-purchasing.ts';
import type { Of } from '../../src/http/contract.ts';
import { recordDemand } from '../../src/store/demand.ts';
import { digestNumbers } from '../../src/store/digests.ts';
import { planningDesk } from '../helpers/planning-desk.ts';

const TODAY = '2026-11-24', { clock, db, storeId, itemIds, locationIds: [mill, shop], call, list, plan } = await planningDesk(`${TODAY}T09:00:00.000Z`, 3);
const line = async (item: number, location: number, view = 'all') => (await list(`&view=${view}`)).rows.find((row) => row.itemId === itemIds[item] && row.locationId === location);
/** Lines to order by today, as the view lists and as Today counts them. */
const due = async (): Promise<[number, number]> => [(await list('&view=due')).totals.rows, (await digestNumbers(db, storeId, clock.now(), TODAY)).due_lines];
const split = (parts: { locationId: number; quantity: number; version?: number }[], item = 0) => call('POST', '/replenishment/split', { itemId: itemIds[item], reason: 'straight to the shop', parts: parts.map((one) => ({ version: 0, ...one })) });

beforeAll(async () => {
  await db.transaction((tx) => recordDemand(tx, storeId, itemIds.flatMap((itemId, item) => [mill!, shop!].flatMap((locationId) => Array.from({ length: 120 }, (_, n) => ({ fact: `order/${item}/${locationId}/${n}`, kind: 'sale' as const, itemId, locationId, day: addDays(TODAY, n - 120), quantity: 3 + item + (n % 2), orderId: '1' }))))));
  for (const location of [mill, shop]) await db.query('insert into ledger_level (store_id, item_id, location_id, available, updated_at) select $1, unnest($2::int[]), $3, 9, $4', [storeId, itemIds, location, clock.now()]);
  await db.query(`with s as (insert into supplier (store_id, name, currency, lead_time_days, updated_at, updated_by) values ($1, 'Yard', 'EUR', 14, $2, 'test') returning supplier_id)
    insert into supplier_item (store_id, supplier_id, item_id, unit_cost, updated_at, updated_by) select $1, supplier_id, unnest($3::int[]), 400, $2, 'test' from s`, [storeId, clock.now(), itemIds]);
  await plan();
});

describe('the worklist', () => {
  it('splits a line over places: the sum stays, all of it or none, and by who saw the latest decision', async () => {
    const [here, there] = [(await line(0, mill!))!.quantity, (await line(0, shop!))!.quantity];
    expect((await split([{ locationId: mill!, quantity: here - 10 }, { locationId: shop!, quantity: there }])).body.detail).toContain(`${here + there - 10} units are given out, ${here + there} are ordered`);
    expect((await split([{ locationId: mill!, quantity: here }, { locationId: mill!, quantity: there }])).body.detail).toContain('named twice');
    expect((await split([{ locationId: mill!, quantity: here }, { locationId: 999_999, quantity: there }])).body.detail).toContain('parts.1.locationId: the item is not planned at location 999999');
    expect((await split([{ locationId: mill!, quantity: here - 10 }, { locationId: shop!, quantity: there + 10, version: 7 }])).status).toBe(409);
    expect([(await line(0, mill!))!.quantity, (await line(0, shop!))!.quantity]).toEqual([here, there]);
    expect((await split([{ locationId: mill!, quantity: here - 10 }, { locationId: shop!, quantity: there + 10 }])).status).toBe(200);
    expect([(await line(0, mill!))!.quantity, (await line(0, shop!))!.quantity]).toEqual([here - 10, there + 10]);
    const { rows } = await db.query<{ subject: string }>(`select subject from audit_event where action = 'plan decision: quantity' and after ->> 'split' = 'true'`);
    expect(rows).toHaveLength(2);
  });

  it('sets lines apart that a draft asks for, says which and how many, and takes them back when it is cancelled', async () => {
    const before = await list(), row = (await line(1, mill!, 'to order'))!, [listed, counted] = await due();
    expect([before.inDrafts, counted]).toEqual([0, listed]);
    const { body } = await call<Of<typeof MadePurchases>>('POST', '/purchase-orders/from-recommendations', { lines: [{ itemId: row.itemId, locationId: row.locationId, quantity: row.quantity - 1 }] }), made = body.made[0]!;
    const after = await list(), drafted = (await list('&view=drafted')).rows;
    expect(after.totals.rows).toBe(before.totals.rows - 1);
    expect(after.totals.units).toBe(before.totals.units - row.quantity);
    expect(await line(1, mill!, 'to order')).toBeUndefined();
    expect(await line(1, mill!, 'due')).toBeUndefined();
    expect([after.inDrafts, await due()]).toEqual([1, [listed - 1, counted - 1]]);
    expect(drafted.map((one) => [one.itemId, one.locationId, one.draft])).toEqual([[row.itemId, row.locationId, { purchaseOrderId: made.purchaseOrderId, reference: made.reference, units: row.quantity - 1 }]]);
    expect((await split([{ locationId: mill!, quantity: 1 }, { locationId: shop!, quantity: 1 }], 1)).body.detail).toContain(`${made.reference} already asks for it`);
    const { body: order } = await call<Of<typeof PurchaseDetail>>('GET', `/purchase-orders/${made.purchaseOrderId}`);
    await call('POST', `/purchase-orders/${made.purchaseOrderId}/cancel`, { version: order.version });
    expect((await line(1, mill!, 'to order'))!.draft).toBeNull();
  });

  it('shows the stock the cover was made from, beside what is there now, until the plan is made again', async () => {
    const planned = (await line(2, mill!))!;
    await db.query('update ledger_level set available = available + 500 where store_id = $1 and item_id = $2 and location_id = $3', [storeId, itemIds[2], mill]);
    const seen = (await line(2, mill!))!;
    expect([seen.available, seen.availableNow, seen.coverDays]).toEqual([planned.available, planned.available + 500, planned.coverDays]);
    await plan();
    const again = (await line(2, mill!))!;
    expect([again.available, again.availableNow]).toEqual([planned.available + 500, planned.available + 500]);
    expect(again.coverDays === null || again.coverDays > planned.coverDays! + 60).toBe(true);
    expect(again.quantity).toBe(0);
  });

  it('a row whose stock alone moved from on its way to the shelf is written again, its position the same', async () => {
    await db.query('update ledger_level set incoming = 40 where store_id = $1 and item_id = $2 and location_id = $3', [storeId, itemIds[1], shop]);
    await plan();
    expect(await line(1, shop!)).toMatchObject({ available: 9, incoming: 40 });
    await db.query('update ledger_level set incoming = 0, available = available + 40 where store_id = $1 and item_id = $2 and location_id = $3', [storeId, itemIds[1], shop]);
    await plan();
    expect(await line(1, shop!)).toMatchObject({ available: 49, availableNow: 49, incoming: 0 });
  });
});
