/** Money of several currencies in the store's at dated rates, in the plan, its budget, orders and replays, with what has no rate said and never summed; who may approve up to which amount; another holding cost. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/domain/calendar.ts';
import type { ExchangeRates } from '../../src/http/contract-exchange.ts';
import type { PurchaseDetail, PurchasePage } from '../../src/http/contract-purchasing.ts';
import type { Replay } from '../../src/http/contract-replay.ts';
import type { WhatIf } from '../../src/http/contract-replenishment.ts';
import type { ImportResult } from '../../src/http/contract-stock.ts';
import type { Of } from '../../src/http/contract.ts';
import { tokenHash } from '../../src/http/auth.ts';
import { recordDemand } from '../../src/store/demand.ts';
import { planningDesk } from '../helpers/planning-desk.ts';

const TODAY = '2026-11-24', desk = await planningDesk(`${TODAY}T09:00:00.000Z`, 4, 1), { app, db, storeId, itemIds, locationIds: [place], clock, call, list, detail, plan } = desk;
const rates = async (body?: object): Promise<Of<typeof ExchangeRates>> => (await call<Of<typeof ExchangeRates>>(body ? 'PUT' : 'GET', '/exchange-rates', body)).body;
let yard = 0;
beforeAll(async () => {
  await db.transaction((tx) => recordDemand(tx, storeId, itemIds.flatMap((itemId, item) => Array.from({ length: 150 }, (_, n) => ({ fact: `order/${item}/${n}`, kind: 'sale' as const, itemId, locationId: place!, day: addDays(TODAY, n - 150), quantity: 2 + item + (n % 3), orderId: '1' })))));
  await db.query('insert into item_price (store_id, item_id, since, price) select $1, unnest($2::int[]), $3, 1000', [storeId, itemIds, '2026-01-01']);
  await db.query('insert into ledger_level (store_id, item_id, location_id, available, updated_at) select $1, unnest($2::int[]), $3, 4, $4', [storeId, itemIds, place, clock.now()]);
  for (const [name, currency, items] of [['Yard', 'USD', itemIds.slice(0, 2)], ['Mill', 'EUR', itemIds.slice(2)]] as const) {
    const { rows: [row] } = await db.query<{ id: number }>('insert into supplier (store_id, name, currency, lead_time_days, updated_at, updated_by) values ($1, $2, $3, 14, $4, $5) returning supplier_id as id', [storeId, name, currency, clock.now(), 'test']);
    await db.query('insert into supplier_item (store_id, supplier_id, item_id, unit_cost, updated_at, updated_by) select $1, $2, unnest($3::int[]), 500, $4, $5', [storeId, row!.id, items, clock.now(), 'test']);
    if (name === 'Yard') yard = row!.id;
  }
  await plan();
});

describe('exchange rates', () => {
  it('without one, money of another currency stands beside the store’s, in no sum, and it is said which is missing', async () => {
    const { totals, rows } = await list(), euros = totals.costs.find((one) => one.currency === 'EUR')!;
    expect(totals.costs.map((one) => one.currency).sort()).toEqual(['EUR', 'USD']);
    expect(totals.inStore).toEqual({ cost: euros.cost, withoutRate: ['USD'] });
    expect(rows.filter((row) => row.currency === 'USD').map((row) => row.storeCost)).toEqual([null, null]);
    expect((await rates()).missing).toMatchObject([{ currency: 'USD', why: expect.stringContaining('Settings → Exchange rates') as string }]);
  });

  it('are said by hand or from a file, each wrong row by its line, and dated', async () => {
    expect((await call('PUT', '/exchange-rates', { currency: 'EUR', since: TODAY, rate: '1' })).body.detail).toContain('currency: EUR is the store');
    expect((await call('PUT', '/exchange-rates', { currency: 'USD', since: TODAY, rate: '0' })).body.detail).toContain('rate: expected EUR for one USD');
    const csv = 'Currency;Since;Rate\nUSD;2026-06-01;0.8\nUSD;2026-13-01;0.8\nusd;2026-11-01;0,9\nYEN;2026-01-01;x\n', send = async (dryRun: boolean) => (await call<Of<typeof ImportResult>>('POST', `/exchange-rates/import?dryRun=${dryRun}`, { csv })).body;
    expect(await send(true)).toMatchObject({ applied: 2, errors: [{ line: 3, field: 'Since' }, { line: 5, field: 'Rate' }] });
    expect((await rates()).rates).toEqual([]);
    expect(await send(false)).toMatchObject({ applied: 2 });
    expect(await send(false)).toMatchObject({ applied: 0, unchanged: 2 });
    expect((await rates()).rates.map(({ currency, since, rate }) => [currency, since, rate])).toEqual([['USD', '2026-11-01', '0.9'], ['USD', '2026-06-01', '0.8']]);
    expect((await rates()).missing).toEqual([]);
    expect((await rates({ currency: 'USD', since: '2026-11-20', rate: '0.5' })).rates[0]).toMatchObject({ since: '2026-11-20', rate: '0.5' });
    expect((await rates({ currency: 'USD', since: '2026-11-20', rate: null })).rates).toHaveLength(2);
    await expect(db.query('update exchange_rate set billionths = 1 where store_id = $1', [storeId])).rejects.toThrow('never changed');
  });

  it('bring the plan into one sum, to the minor unit, and its margins too', async () => {
    await plan();
    const { totals, rows } = await list('&sort=cost&dir=desc'), of = (currency: string) => totals.costs.find((one) => one.currency === currency)!.cost;
    expect(totals.inStore).toEqual({ cost: of('EUR') + Math.round(of('USD') * 0.9), withoutRate: [] });
    for (const row of rows) expect(row.storeCost).toBe(row.currency === 'USD' ? Math.round(row.cost! * 0.9) : row.cost);
    expect(rows.map((row) => row.storeCost!)).toEqual(rows.map((row) => row.storeCost!).sort((a, b) => b - a));
    // The cost ratio of a line bought in dollars is known now: 10.00 in the shop against $5.00, which is €4.50.
    await call('PUT', `/policies/item:${itemIds[0]}`, { kind: 'cost ratio' });
    await plan();
    const line = await detail(0);
    expect(line.sentence).not.toContain('no exchange rate');
    await call('PUT', `/policies/item:${itemIds[0]}`, { kind: null });
  });

  it('count in the budget over all suppliers, in the plan and in a what-if', async () => {
    const before = await list(), { body: { version } } = await call<{ version: number }>('GET', '/purchase-settings'), budget = Math.round(before.totals.inStore.cost / 2);
    expect((await call('PUT', '/purchase-settings', { version, approvalLimits: {}, overdueToleranceDays: 2, planBudget: budget })).status).toBe(200);
    await plan();
    const after = await list();
    expect(after.totals.inStore.cost).toBeLessThanOrEqual(budget);
    expect(after.totals.inStore.cost).toBeGreaterThan(budget * 0.8);
    expect(after.budget).toMatchObject({ amount: budget, planned: after.totals.inStore.cost, withoutRate: [] });
    const { body: asked } = await call<Of<typeof WhatIf>>('POST', '/replenishment/what-if', { budget: Math.round(budget / 2) }), cost = (costs: typeof asked.after.costs): number => costs.reduce((sum, one) => sum + one.cost * (one.currency === 'USD' ? 0.9 : 1), 0);
    expect(cost(asked.after.costs)).toBeLessThanOrEqual(budget / 2 + 1);
    const now = (await call<{ version: number }>('GET', '/purchase-settings')).body.version;
    await call('PUT', '/purchase-settings', { version: now, approvalLimits: {}, overdueToleranceDays: 2, planBudget: null });
    await plan();
  });

  it('bring a replay into the store’s currency at the rates of its days', async () => {
    const ask = async (from: string): Promise<Of<typeof Replay>> => {
      const { body } = await call<Of<typeof Replay>>('POST', '/replays', { key: randomUUID(), kind: 'cycle service', promise: 0.9, from, to: '2026-10-31', scope: {}, most: 10 });
      await clock.flow('replay', storeId);
      return (await call<Of<typeof Replay>>('GET', `/replays/${body.replayId}`)).body;
    };
    const one = await ask('2026-10-01');
    expect(one.result!.policy.costs.map((each) => each.currency)).toEqual(['EUR']);
    expect(one.result!.notes.join(' ')).toContain('in the store’s at the rate of each day, as known that morning');
    await rates({ currency: 'USD', since: '2026-06-01', rate: null });
    const two = await ask('2026-10-01');
    expect(two.result!.policy.costs.map((each) => each.currency)).toEqual(['EUR', 'USD']);
    expect(two.result!.notes.join(' ')).toContain('No exchange rate of USD was known on some of these days');
    const [euros, dollars] = two.result!.policy.costs;
    expect(Math.abs(one.result!.policy.costs[0]!.bought - euros!.bought - dollars!.bought * 0.8)).toBeLessThan(20);
  });
});

describe('holding cost', () => {
  it('is a planning value: of the store, a category or an item, shown with who said it', async () => {
    expect((await detail(0)).policy['holdingPerYear']).toEqual({ value: 0.25, source: 'default', reason: 'built in' });
    expect((await call('PUT', '/policies/default', { holdingPerYear: 3 })).body.detail).toContain('holdingPerYear');
    await call('PUT', '/policies/default', { holdingPerYear: 0.3, kind: 'cost ratio' });
    await call('PUT', '/policies/category:Thing', { holdingPerYear: 0.9 });
    await plan();
    expect((await detail(0)).policy['holdingPerYear']).toEqual({ value: 0.9, source: 'rule', reason: 'values of category Thing' });
    const dear = (await detail(0)).orderUpTo;
    await call('PUT', '/policies/category:Thing', { holdingPerYear: 0.01 });
    await plan();
    expect((await detail(0)).orderUpTo).toBeGreaterThan(dear);
    await call('PUT', '/policies/category:Thing', { holdingPerYear: null });
    await plan();
    expect((await detail(0)).policy['holdingPerYear']).toEqual({ value: 0.3, source: 'default', reason: 'the store’s default' });
  });
});

describe('approval', () => {
  const cookies = new Map<string, string>();
  async function as<T = Of<typeof PurchaseDetail>>(who: string, method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: object): Promise<{ status: number; body: T & { detail?: string } }> {
    const reply = await app.inject({ method, url: `/api/v1${path}${path.includes('?') ? '&' : '?'}store=${storeId}`, headers: { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin', cookie: cookies.get(who)! }, ...(body ? { payload: body } : {}) });
    return { status: reply.statusCode, body: reply.json() as T & { detail?: string } };
  }
  it('belongs to who may, by role or by name, up to an amount in the store’s currency; only administrators change it', async () => {
    for (const [who, role] of [['boss', 'admin'], ['pia', 'planner'], ['paul', 'planner'], ['finn', 'finance'], ['vera', 'viewer']] as const) {
      const { rows: [user] } = await db.query<{ user_id: number }>(`insert into app_user (email, name, role, password_hash, created_at) values ($1, $2, $3, 'x', $4) returning user_id`, [`${who}@shop.example`, who, role, clock.now()]);
      await db.query('insert into app_session values ($1, $2, $3, $3, $4)', [tokenHash(who), user!.user_id, clock.now(), '2030-01-01T00:00:00Z']);
      cookies.set(who, `instep_session=${who}`);
    }
    const settings = async (who: string, approvers: object[]) => as<{ version: number }>(who, 'PUT', '/purchase-settings', { version: (await as<{ version: number }>(who, 'GET', '/purchase-settings')).body.version, approvalLimits: { EUR: 1_000 }, overdueToleranceDays: 2, approvers });
    const rules = [{ role: 'planner', amount: 5_000 }, { role: 'finance', amount: 500_000 }, { email: 'paul@shop.example', amount: null }];
    expect((await settings('pia', rules)).status).toBe(403);
    expect((await settings('boss', [...rules, rules[0]!])).body.detail).toContain('planner is named twice');
    expect((await settings('boss', [{ amount: 5 }])).body.detail).toContain('name a role or an e-mail address');
    expect((await settings('boss', rules)).status).toBe(200);
    const order = async (quantity: number) => (await as('boss', 'POST', '/purchase-orders', { supplierId: yard, locationId: place, lines: [{ itemId: itemIds[0], quantity, unitCost: 500 }] })).body;
    const submitted = async (quantity: number) => { const made = await order(quantity); return (await as('boss', 'POST', `/purchase-orders/${made.purchaseOrderId}/submit`, { version: made.version })).body; };
    const approve = (who: string, { purchaseOrderId, version }: Of<typeof PurchaseDetail>) => as(who, 'POST', `/purchase-orders/${purchaseOrderId}/approve`, { version });
    // $10 is €9 at the rate of November: within the limit in euros. $50 is €45, $100 is €90.
    expect((await submitted(2)).state).toBe('approved');
    const small = await submitted(10), large = await submitted(20);
    expect([small.state, small.storeValue, small.rate]).toEqual(['awaiting approval', 4_500, '0.9']);
    expect((await approve('vera', small)).body.detail).toContain('vera@shop.example may not approve purchase orders: role planner up to €50.00');
    expect((await approve('boss', small)).body.detail).toContain('somebody else must approve it');
    expect((await approve('pia', large)).body.detail).toContain('comes to €90.00, and pia@shop.example may approve up to €50.00');
    expect((await as('pia', 'GET', `/purchase-orders/${large.purchaseOrderId}`)).body.approveRefused).toContain('may approve up to €50.00');
    expect((await approve('pia', small)).body.state).toBe('approved');
    expect((await approve('finn', large)).body.state).toBe('approved');
    // Freight billed for what was sent within the limit is entered, told on the page, and stands in the audit trail once.
    const cheap = await submitted(2), { body: away } = await as('boss', 'POST', `/purchase-orders/${cheap.purchaseOrderId}/send`, { version: cheap.version }), { body: billed } = await as('boss', 'PATCH', `/purchase-orders/${cheap.purchaseOrderId}`, { version: away.version, shipping: 500_000 });
    expect([away.passedLimit, billed.state, billed.passedLimit]).toEqual([null, 'sent', expect.stringContaining('was approved within the limit at US$10.00; charges entered since bring it to US$5,010.00, above the limit of €10.00')]);
    expect((await as('boss', 'PATCH', `/purchase-orders/${cheap.purchaseOrderId}`, { version: billed.version, notes: 'by air' })).body.passedLimit).toBe(billed.passedLimit);
    expect((await db.query(`select actor, subject, after from audit_event where action = 'purchase order above its limit'`)).rows).toEqual([{ actor: 'boss@shop.example', subject: cheap.reference, after: { version: billed.version, said: billed.passedLimit } }]);
    expect((await as('boss', 'PATCH', `/purchase-orders/${cheap.purchaseOrderId}`, { version: billed.version + 1, shipping: 0 })).body.passedLimit).toBeNull();
    // Without a rate only somebody who may approve any amount does.
    for (const since of ['2026-11-01']) await as('boss', 'PUT', '/exchange-rates', { currency: 'USD', since, rate: null });
    const unknown = await submitted(1);
    expect([unknown.state, unknown.storeValue]).toEqual(['awaiting approval', null]);
    expect(unknown.rateMissing).toContain('no exchange rate of USD is known');
    expect((await approve('finn', unknown)).body.detail).toContain('no exchange rate of USD');
    expect((await approve('paul', unknown)).body.state).toBe('approved');
    const { body: page } = await as<Of<typeof PurchasePage>>('boss', 'GET', '/purchase-orders?view=all');
    expect(page.totals.inStore).toEqual({ value: 0, withoutRate: ['USD'] });
    await as('boss', 'PUT', '/exchange-rates', { currency: 'USD', since: '2026-11-01', rate: '0.9' });
    expect((await as<Of<typeof PurchasePage>>('boss', 'GET', '/purchase-orders?view=all')).body.totals.inStore).toEqual({ value: Math.round((2 + 10 + 20 + 2 + 1) * 500 * 0.9), withoutRate: [] });
  });
});
