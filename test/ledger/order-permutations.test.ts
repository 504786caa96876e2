/** An order's events in any order, any number of times, on eight workers, end in byte-identical balances, demand and order states. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyOrder, type OrderState } from '../../src/domain/orders/order-state.ts';
import { at, outside } from '../../src/domain/stock/fact.ts';
import { ledgerFaults, postFacts } from '../../src/store/ledger.ts';
import { recordOrders } from '../../src/store/orders.ts';
import { freshDatabase } from '../helpers/database.ts';
import { NOW, fingerprint, storeWith } from '../helpers/store.ts';

const { db } = await freshDatabase();
const dayOf = (instant: string): string => instant.slice(0, 10);
const t = (minute: number): string => `2026-11-24T10:${String(minute).padStart(2, '0')}:00.000Z`;

/** The life of one order as the messages Shopify would send of it: created, routed, part shipped, part refunded, edited, shipped, returned. */
function messages(id: string): OrderState[] {
  const line = (variantId: string, ordered: number, removed: number): OrderState['lines'][string] => ({ variantId, sku: 'S', title: 'T', ordered, removed, giftCard: false, requiresShipping: true, price: 100, group: null });
  const head = (minute: number): OrderState => ({ ...emptyOrder(id), name: `#${id}`, updatedAt: t(minute), processedAt: t(1), refundsKnown: true, fulfilmentsKnown: true });
  const first = { locationId: '301', cancelled: false, at: t(5), updatedAt: t(5), lines: { [`${id}1`]: 2 } };
  const second = { locationId: '301', cancelled: false, at: t(9), updatedAt: t(9), lines: { [`${id}1`]: 1 } };
  const other = { locationId: '302', cancelled: false, at: t(10), updatedAt: t(10), lines: { [`${id}2`]: 1 } };
  const cancelled = { refundId: `${id}7`, lineId: `${id}2`, quantity: 1, restockType: 'cancel' as const, locationId: '302', at: t(7) };
  const returned = { refundId: `${id}8`, lineId: `${id}1`, quantity: 1, restockType: 'return' as const, locationId: '302', at: t(20) };
  const a = `${id}1`, b = `${id}2`;
  return [
    { ...head(1), lines: { [a]: line('101', 4, 0), [b]: line('102', 2, 0) }, unfulfilled: { [a]: { quantity: 4, at: t(1) }, [b]: { quantity: 2, at: t(1) } } },
    { ...emptyOrder(id), assignments: { [`${id}91`]: { locationId: '301', open: true, updatedAt: t(2), readAt: t(2), lines: { [a]: { total: 4, remaining: 4 } } }, [`${id}92`]: { locationId: '302', open: true, updatedAt: t(2), readAt: t(2), lines: { [b]: { total: 2, remaining: 2 } } } } },
    { ...emptyOrder(id), fulfilments: { [`${id}51`]: first } },
    { ...head(5), lines: { [a]: line('101', 4, 0), [b]: line('102', 2, 0) }, fulfilments: { [`${id}51`]: first }, unfulfilled: { [a]: { quantity: 2, at: t(5) }, [b]: { quantity: 2, at: t(5) } } },
    { ...emptyOrder(id), refunds: { [`${id}71`]: cancelled } },
    { ...head(8), lines: { [a]: line('101', 4, 1), [b]: line('102', 2, 0) }, fulfilments: { [`${id}51`]: first }, refunds: { [`${id}71`]: cancelled }, unfulfilled: { [a]: { quantity: 1, at: t(8) }, [b]: { quantity: 1, at: t(8) } } },
    { ...head(10), lines: { [a]: line('101', 4, 1), [b]: line('102', 2, 0) }, fulfilments: { [`${id}51`]: first, [`${id}52`]: second, [`${id}53`]: other }, refunds: { [`${id}71`]: cancelled }, unfulfilled: { [a]: { quantity: 0, at: t(10) }, [b]: { quantity: 0, at: t(10) } } },
    { ...emptyOrder(id), refunds: { [`${id}81`]: returned } },
  ];
}

async function opened(): Promise<{ storeId: number; itemIds: number[]; locationIds: number[] }> {
  const store = await storeWith(db, { variants: 2, locations: 2 });
  await db.query(`insert into opening select $1, i, l, '2026-11-24T09:00:00Z' from unnest($2::int[]) i, unnest($3::int[]) l`, [store.storeId, store.itemIds, store.locationIds]);
  await db.transaction((tx) => postFacts(tx, store.storeId, store.itemIds.flatMap((item) => store.locationIds.map((place) => ({
    fact: `opening:${item}@${place}`, kind: 'opening' as const, itemId: item, from: outside('opening'), to: at(place, 'available'), quantity: 10, occurredAt: NOW, source: 'test',
  }))), NOW));
  return store;
}

/** The state of a store in terms of its own position among items and places, so that two stores compare. */
async function outcome(store: { storeId: number; itemIds: number[]; locationIds: number[] }): Promise<string> {
  const { rows } = await db.query<{ item_id: number; location_id: number; state: string; quantity: number }>(
    `select item_id, location_id, state, quantity from balance where store_id = $1 and quantity <> 0
     union all -- an outside party is the fold of its movements
     select item_id, 0, party, sum(quantity)::int from (
       select item_id, from_state as party, -quantity as quantity from movement where store_id = $1 and from_location = 0
       union all select item_id, to_state, quantity from movement where store_id = $1 and to_location = 0) o group by 1, 3 having sum(quantity) <> 0`, [store.storeId]);
  const demand = await db.query<{ item_id: number; location_id: number; day: string; quantity: number; returned: number }>('select * from daily_demand where store_id = $1 and (quantity <> 0 or returned <> 0)', [store.storeId]);
  const orders = await db.query<{ state: unknown }>('select state from sales_order where store_id = $1 order by order_id', [store.storeId]);
  const name = (item: number, place: number): string => `${store.itemIds.indexOf(item)}@${place === 0 ? 'outside' : store.locationIds.indexOf(place)}`;
  return JSON.stringify([
    rows.map((r) => `${name(r.item_id, r.location_id)} ${r.state} ${r.quantity}`).sort(),
    demand.rows.map((r) => `${name(r.item_id, r.location_id)} ${r.day} ${r.quantity} ${r.returned}`).sort(), orders.rows,
  ]);
}

const record = (storeId: number, heard: OrderState[]): Promise<unknown> => db.transaction((tx) => recordOrders(tx, storeId, heard, { dayOf, now: NOW, source: 'test' }));

describe('facts of an order are applied to its state', () => {
  it('ends the same in any order, with repetitions, in any batches', async () => {
    const straight = await opened();
    for (const message of messages('1')) await record(straight.storeId, [message]);
    const expected = await outcome(straight);
    // By hand: 4 ordered, 1 edited away, 3 shipped from place 1, 1 of them returned to place 2; 2 of the other, 1 cancelled, 1 shipped from place 2.
    expect(JSON.parse(expected)[0]).toEqual(['0@0 available 7', '0@1 available 11', '0@outside customer 2', '0@outside opening -20', '1@0 available 10', '1@1 available 9', '1@outside customer 1', '1@outside opening -20']);

    const order = fc.shuffledSubarray([...messages('1').keys()], { minLength: 8 });
    await fc.assert(fc.asyncProperty(order, fc.array(fc.nat(7), { maxLength: 8 }), fc.integer({ min: 1, max: 4 }), async (permutation, repeats, size) => {
      const store = await opened();
      const heard = [...permutation, ...repeats].map((n) => messages('1')[n]!);
      for (let start = 0; start < heard.length; start += size) await record(store.storeId, heard.slice(start, start + size));
      expect(await outcome(store)).toBe(expected);
      expect(await ledgerFaults(db, store.storeId)).toEqual([]);
    }), { numRuns: 40 });
  });

  it('hears the same messages fifty times on eight workers and acts once', async () => {
    const straight = await opened(), crowded = await opened();
    const all = ['1', '2', '3'].flatMap(messages);
    for (const message of all) await record(straight.storeId, [message]);
    const deliveries = Array.from({ length: 50 }, (_, n) => [...all].sort((x, y) => ((JSON.stringify(x).length * (n + 7)) % 97) - ((JSON.stringify(y).length * (n + 7)) % 97))).flat();
    const queue = deliveries.map((message) => [message]);
    await Promise.all(Array.from({ length: 8 }, async () => { for (let next = queue.pop(); next; next = queue.pop()) await record(crowded.storeId, next); }));
    expect(await outcome(crowded)).toBe(await outcome(straight));
    expect(await ledgerFaults(db, crowded.storeId)).toEqual([]);
    expect(await fingerprint(db, crowded.storeId)).toBe(await fingerprint(db, crowded.storeId));
  });
});
