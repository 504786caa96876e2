/** Replays on a real database: asked for over the API, run on worker threads, the same again, nothing of what came later in them, beside what was really bought and held. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/domain/calendar.ts';
import { grouped } from '../../src/domain/wording.ts';
import type { Replay, ReplayLinesPage, ReplayList } from '../../src/http/contract-replay.ts';
import type { Of } from '../../src/http/contract.ts';
import { at, outside, type Fact } from '../../src/domain/stock/fact.ts';
import { recordDemand } from '../../src/store/demand.ts';
import { postFacts } from '../../src/store/ledger.ts';
import { askReplay, nextReplay } from '../../src/store/replays.ts';
import { clockwork } from '../helpers/clockwork.ts';
import { storeWith } from '../helpers/store.ts';

const clock = await clockwork('2026-11-24T09:00:00.000Z'), { house, app } = clock, { db } = house, TODAY = '2026-11-24', FROM = '2026-08-26', TO = '2026-11-23', DAYS = 90;
const { storeId, itemIds, locationIds: [mill] } = await storeWith(db, { variants: 6, locations: 1 });
await db.query('update connection set client_secret = $2 where store_id = $1', [storeId, house.vault.seal(`${storeId}:connection:client_secret`, 'secret')]);

async function call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<{ status: number; body: T & { detail?: string } }> {
  const reply = await app.inject({ method, url: `/api/v1${path}${path.includes('?') ? '&' : '?'}store=${storeId}`, headers: { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }, ...(body ? { payload: body } : {}) });
  return { status: reply.statusCode, body: (reply.headers['content-type']?.includes('json') ? reply.json() : reply.body) as T & { detail?: string } };
}
const asked = { kind: 'cycle service' as const, promise: 0.9, from: FROM, to: TO, scope: {}, most: 100, orderCost: 100 };
async function replayed(more: object = {}): Promise<Of<typeof Replay>> {
  const { status, body } = await call<Of<typeof Replay>>('POST', '/replays', { ...asked, key: randomUUID(), ...more });
  expect(body.detail).toBeUndefined();
  expect(status).toBe(200);
  await clock.flow('replay', storeId);
  return (await call<Of<typeof Replay>>('GET', `/replays/${body.replayId}`)).body;
}
const linesOf = async (id: number): Promise<Of<typeof ReplayLinesPage>> => (await call<Of<typeof ReplayLinesPage>>('GET', `/replays/${id}/lines?sort=sku`)).body;
const sales = (item: number, day: string, quantity: number, tag = '') => ({ fact: `order/${item}${day}${tag}`, kind: 'sale' as const, itemId: itemIds[item]!, locationId: mill!, day, quantity, orderId: '1' });

beforeAll(async () => {
  await db.transaction((tx) => recordDemand(tx, storeId, itemIds.flatMap((_, item) => Array.from({ length: 360 }, (__, n) => sales(item, addDays(TODAY, n - 360), 1 + item + ((n * (item + 3)) % 4))))));
  await db.query('insert into item_price (store_id, item_id, since, price) select $1, unnest($2::int[]), $3, 1000', [storeId, itemIds, '2026-01-01']);
  // Of the first item the ledger knows the stock: 100 stood there, 30 were on their way, 50 came in, 40 were sold.
  const fact = (name: string, kind: Fact['kind'], from: Fact['from'], to: Fact['to'], quantity: number, day: string): Fact => ({ fact: name, kind, itemId: itemIds[0]!, from, to, quantity, occurredAt: `${day}T10:00:00.000Z`, source: 'test' });
  await db.transaction((tx) => postFacts(tx, storeId, [
    fact('opening', 'opening', outside('opening'), at(mill!, 'available'), 100, '2026-08-01'), fact('ordered', 'ordered', outside('supplier'), at(mill!, 'incoming'), 30, '2026-08-02'),
    fact('receipt', 'goods received', outside('supplier'), at(mill!, 'available'), 50, addDays(FROM, 10)), fact('sold', 'fulfilled', at(mill!, 'available'), outside('customer'), 40, addDays(FROM, 20)),
  ], clock.now()));
  await db.query('insert into opening (store_id, item_id, location_id, as_of) values ($1, $2, $3, $4)', [storeId, itemIds[0], mill, '2026-08-01T00:00:00Z']);
  const { rows: [supplier] } = await db.query<{ id: number }>(`insert into supplier (store_id, name, currency, updated_at, updated_by) values ($1, 'Mill Ltd', 'USD', $2, 'test') returning supplier_id as id`, [storeId, clock.now()]);
  const { rows: [order] } = await db.query<{ id: number }>(`insert into purchase_order (store_id, reference, supplier_id, location_id, state, currency, ordered_on, created_at, created_by, updated_at) values ($1, 'PO-1', $2, $3, 'received', 'USD', $4, $5, 'test', $5) returning purchase_order_id as id`, [storeId, supplier!.id, mill, addDays(FROM, 5), clock.now()]);
  await db.query('insert into purchase_order_line (store_id, purchase_order_id, line, item_id, ordered, unit_cost, received) values ($1, $2, 1, $3, 50, 321, 50)', [storeId, order!.id, itemIds[0]]);
});

describe('a replay', () => {
  it('tells what the policy would have served, bought and held, and beside it what really was', async () => {
    const run = await replayed(), { result } = run;
    expect(run).toMatchObject({ state: 'done', done: 6, total: 6, madeBy: 'operator' });
    expect(result!.policy).toMatchObject({ lines: 6, withoutCost: 0 });
    expect(result!.policy.served + result!.policy.lost).toBe(result!.policy.wanted);
    expect(result!.policy.fill).toBeGreaterThan(0.9);
    expect(result!.bought).toEqual({ ordered: 50, orders: 1, costs: [{ currency: 'USD', cost: 16_050 }] });
    // 100 for all days, 50 from the eleventh, 40 less from the twenty-first.
    expect(result!.compared!.real).toMatchObject({ lines: 1, ordered: 50, cameIn: 50, averageStock: Math.round((10 * (100 * DAYS + 50 * (DAYS - 10) - 40 * (DAYS - 20))) / DAYS) / 10 });
    expect(result!.compared!.real.costs.map((one) => one.currency)).toEqual(['EUR', 'USD']);
    expect(result!.standing).toBe(5);
    const { rows, total } = await linesOf(run.replayId), [first, second] = rows;
    expect(total).toBe(6);
    expect(first).toMatchObject({ sku: 'SKU-1', opening: 100, standing: false, real: { ordered: 50, cameIn: 50 } });
    expect(second).toMatchObject({ standing: true, real: { ordered: 0, averageStock: null, cameIn: null } });
    expect(rows.every((row) => row.orders === row.decisions.length && row.ordered === row.decisions.reduce((sum, one) => sum + one.quantity, 0))).toBe(true);
    const file = await call<string>('GET', `/replays/${run.replayId}/lines.csv`);
    expect(String(file.body).split('\r\n')[1]).toContain('SKU-');
  });

  it('more service is more money in stock, and serves no less', async () => {
    const { frontier } = (await replayed()).result!;
    expect(frontier.map((point) => point.promise)).toEqual([0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99]);
    for (let n = 1; n < frontier.length; n++) {
      expect(frontier[n]!.totals.served).toBeGreaterThanOrEqual(frontier[n - 1]!.totals.served);
      expect(frontier[n]!.totals.costs[0]!.cash).toBeGreaterThanOrEqual(frontier[n - 1]!.totals.costs[0]!.cash);
    }
  });

  it('comes out the same again, to the last line', async () => {
    const [once, again] = [await replayed(), await replayed()];
    expect(once.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(again.hash).toBe(once.hash);
    expect((await replayed({ promise: 0.95 })).hash).not.toBe(once.hash);
  });

  it('knows nothing of what came after its last day, nor decides by what came after the day', async () => {
    const to = addDays(FROM, 59), before = await replayed({ to }), lines = (await linesOf(before.replayId)).rows;
    await db.transaction((tx) => recordDemand(tx, storeId, itemIds.map((_, item) => sales(item, addDays(to, 1), 500, 'late'))));
    expect((await replayed({ to })).hash).toBe(before.hash);
    const day = addDays(FROM, 40);
    await db.transaction((tx) => recordDemand(tx, storeId, itemIds.map((_, item) => sales(item, day, 90, 'peak'))));
    const after = await replayed({ to });
    expect(after.hash).not.toBe(before.hash);
    for (const [n, line] of (await linesOf(after.replayId)).rows.entries()) expect(line.decisions.filter((one) => one.on <= day)).toEqual(lines[n]!.decisions.filter((one) => one.on <= day));
  });

  it('orders a supplier’s lines together, by terms that were only kept later where nothing was known before, and says so', async () => {
    const { rows: [supplier] } = await db.query<{ id: number }>(`insert into supplier (store_id, name, currency, min_order_units, updated_at, updated_by) values ($1, 'Weaver', 'EUR', 250, $2, 'test') returning supplier_id as id`, [storeId, clock.now()]);
    await db.query(`insert into supplier_item (store_id, supplier_id, item_id, unit_cost, price_breaks, updated_at, updated_by) select $1, $2, unnest($3::int[]), 400, '[{"from": 60, "unitCost": 300}]', $4, 'test'`, [storeId, supplier!.id, itemIds.slice(1, 3), clock.now()]);
    const run = await replayed(), rows = (await linesOf(run.replayId)).rows.filter((row) => ['SKU-2', 'SKU-3'].includes(row.sku!)), together = Map.groupBy(rows.flatMap((row) => row.decisions), (one) => one.on);
    expect(together.size).toBeGreaterThan(3);
    // What is not worth its minimum stays below it, and is counted.
    const units = [...together.values()].map((all) => ({ lines: all.length, units: all.reduce((sum, one) => sum + one.quantity, 0) })), short = units.filter((one) => one.units < 250);
    expect(short.length).toBeLessThan(units.length);
    expect(rows.reduce((sum, row) => sum + row.belowMinimum!, 0)).toBe(short.reduce((sum, one) => sum + one.lines, 0));
    expect(run.result!.changes!.find((one) => one.term === 'supplier minimum')!.units).toBeGreaterThan(0);
    expect(run.result!.changes!.reduce((sum, one) => sum + one.units, 0)).toBe((await linesOf(run.replayId)).rows.reduce((sum, row) => sum + row.forSupplier!, 0));
    for (const row of rows) expect(row.bought).toBe(row.decisions.reduce((sum, one) => sum + one.quantity * (one.quantity >= 60 ? 300 : 400), 0));
    expect(run.result!.notes.join(' ')).toContain(`What was said of planning values is kept since ${addDays(TODAY, 1)}. On the ${DAYS} days`);
    expect((await replayed()).hash).toBe(run.hash);
    await db.query('update supplier set min_order_units = 100000 where store_id = $1 and supplier_id = $2', [storeId, supplier!.id]);
    // Said today, it was not known in these days; with today's values it is.
    expect((await replayed()).hash).toBe(run.hash);
    const below = await replayed({ known: 'today' });
    expect(below.result!.notes.join(' ')).toContain('are today’s, as was asked');
    expect(below.result!.policy.belowMinimum).toBe((await linesOf(below.replayId)).rows.filter((row) => ['SKU-2', 'SKU-3'].includes(row.sku!)).reduce((sum, row) => sum + row.orders, 0));
    expect(below.result!.notes.join(' ')).toContain('below their supplier’s minimum');
    await db.query('delete from supplier_item where store_id = $1', [storeId]);
  });

  it('puts what came back on the shelf that day: the ledger’s returns, or refunds with a restock where it had not begun; none of it decides before', async () => {
    const before = await replayed(), day = addDays(FROM, 30), lines = (await linesOf(before.replayId)).rows, at12 = `${day}T12:00:00.000Z`;
    const fact = (name: string, kind: Fact['kind'], from: Fact['from'], quantity: number): Fact => ({ fact: name, kind, itemId: itemIds[0]!, from, to: at(mill!, 'available'), quantity, occurredAt: at12, source: 'test' });
    await db.transaction((tx) => postFacts(tx, storeId, [fact('back', 'returned to stock', outside('customer'), 9), fact('ghost', 'ghost restock reversed', outside('warehouse'), -4)], clock.now()));
    const refunds = { r1: { restockType: 'return' }, r2: { restockType: 'no_restock' } };
    await db.query(`insert into sales_order (store_id, order_id, name, processed_at, updated_at, is_open, needs_place, state) values ($1, 77, '#77', $2, $2, false, false, $3)`, [storeId, at12, { refunds }]);
    const back = (item: number, name: string, quantity: number) => ({ fact: `refund/1:line/${name}`, kind: 'return' as const, itemId: itemIds[item]!, locationId: mill!, day, quantity, orderId: '77' });
    await db.transaction((tx) => recordDemand(tx, storeId, [back(1, 'r1', 6), back(2, 'r2', 8)]));
    const after = await replayed(), now = (await linesOf(after.replayId)).rows, returned = (sku: string): number => now.find((row) => row.sku === sku)!.returned!;
    expect([returned('SKU-1'), returned('SKU-2'), returned('SKU-3')]).toEqual([5, 6, 0]);
    expect(after.result!.policy.returned).toBe(11);
    expect(after.result!.compared!.policy.returned).toBe(5);
    expect(after.hash).not.toBe(before.hash);
    for (const line of now) expect(line.decisions.filter((one) => one.on <= day)).toEqual(lines.find((one) => one.itemId === line.itemId)!.decisions.filter((one) => one.on <= day));
    expect(after.result!.notes.join(' ')).toContain('11 units that customers brought back');
  });

  it('tells bulk order lines apart by what was usual before the first day, whatever came later', async () => {
    const day = addDays(FROM, 50), bulkOf = async (): Promise<(number | null)[]> => { const { rows } = await linesOf((await replayed()).replayId), row = rows.find((one) => one.sku === 'SKU-4')!; return [row.bulkWanted, row.wanted]; };
    const [bulk, wanted] = await bulkOf();
    await db.transaction((tx) => recordDemand(tx, storeId, [sales(3, day, 300, 'bulk')]));
    expect(await bulkOf()).toEqual([bulk! + 300, wanted! + 300]);
    const run = await replayed(), { bulkWanted, bulkServed } = run.result!.policy;
    expect(run.result!.notes.join(' ')).toContain(`${grouped(bulkWanted!)} of the units wanted were in bulk order lines, ${grouped(bulkWanted! - bulkServed!)} of them lost`);
    // More as large would widen what is usual, with hindsight.
    await db.transaction((tx) => recordDemand(tx, storeId, Array.from({ length: 200 }, (_, n) => sales(3, addDays(FROM, 60 + (n % 20)), 300, `more${n}`))));
    expect((await bulkOf())[0]).toBe(bulk! + 300 + 200 * 300);
  });

  it('is refused in words where it cannot be, and asked twice is asked once', async () => {
    expect((await call('POST', '/replays', { ...asked, key: randomUUID(), to: TODAY })).body.detail).toContain('is not over yet');
    expect((await call('POST', '/replays', { ...asked, key: randomUUID(), from: '2025-12-01' })).body.detail).toContain('the first sale known is of 2025-11-29');
    expect((await call('POST', '/replays', { ...asked, key: 'no' })).body.detail).toContain('key');
    const key = randomUUID(), [one, two] = [await call<Of<typeof Replay>>('POST', '/replays', { ...asked, key }), await call<Of<typeof Replay>>('POST', '/replays', { ...asked, key })];
    expect(two.body.replayId).toBe(one.body.replayId);
    await clock.flow('replay', storeId);
    const nothing = await replayed({ scope: { q: 'no such thing' } });
    expect(nothing).toMatchObject({ state: 'failed', message: 'Nothing was sold in this scope up to the last day. Choose a wider scope, or a later period.' });
    expect((await call('POST', '/replays', { ...asked, key: randomUUID(), scope: { vendor: 'Nobody' } }))).toMatchObject({ status: 400, body: { detail: 'scope.vendor: there is no supplier or vendor called Nobody, as it is spelled' } });
    expect((await call<Of<typeof ReplayList>>('GET', '/replays')).body).toMatchObject({ span: { first: '2025-11-29' } });
  });

  it('begun three times and never done is given up', async () => {
    await askReplay(db, storeId, { key: randomUUID(), kind: null, promise: null, from_day: FROM, to_day: TO, scope: {}, most: 10, orderCost: 0 }, 'test', clock.now());
    for (let n = 0; n < 3; n++) expect(await nextReplay(db, storeId, clock.now())).toMatchObject({ state: 'running', attempts: n + 1 });
    expect(await nextReplay(db, storeId, clock.now())).toBeNull();
  });
});
