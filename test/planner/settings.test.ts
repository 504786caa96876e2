/** Connecting and changing through the API: faults name their field, a change from an old reading is told by whom it was overtaken, secrets never come back. */
import { beforeAll, describe, expect, test } from 'vitest';
import { clockwork, type Clockwork } from '../helpers/clockwork.ts';
import { ACCOUNT, KEY, ourOrder, plannerAccount, type PlannerAccount } from '../helpers/planner-account.ts';
import type { Town } from '../helpers/town.ts';

let clock: Clockwork, town: Town, side: PlannerAccount;
beforeAll(async () => {
  clock = await clockwork();
  town = await clock.town({ goods: [{ sku: 'MUG', stock: [20, 5] }] });
  side = await plannerAccount({ variants: 1, places: town.places, ids: () => town.variant('MUG').id, clock: { now: () => new Date(clock.time()) } });
});
interface View { planner: { version: number; pushesStock: boolean; statusTypes: object; places: { plannerWarehouseId: string; locationId: number | null; matchedBy: string; files: { url: string }[] }[]; counts: object } | null }
async function call<T = View & { detail: string }>(method: 'GET' | 'PUT' | 'POST', address: string, body?: object): Promise<{ status: number; body: T; text: string }> {
  const reply = await clock.app.inject({ method, url: `/api/v1${address}${address.includes('?') ? '&' : '?'}store=${town.storeId}`, headers: { host: 'localhost' }, ...(body ? { payload: body } : {}) });
  return { status: reply.statusCode, body: reply.json() as T, text: reply.body };
}

describe('connecting', () => {
  test('nothing is there at first', async () => {
    expect((await call('GET', '/planner')).body).toEqual({ planner: null });
    expect((await call('POST', '/planner/test')).status).toBe(404);
  });
  test.each([
    [{ account: '4711', apiKey: KEY }, 'account: must be the letter a and digits'], [{ account: ACCOUNT }, 'apiKey: is missing'], [{ account: ACCOUNT, apiKey: 'Bearer abc' }, 'apiKey: must be the key alone'], [{ account: ACCOUNT, apiKey: KEY, origin: 'http://example.com' }, 'origin: must begin with https://'],
    [{ account: ACCOUNT, apiKey: KEY, sftp: { host: 'sftp://x' } }, 'sftp.host: must be a host name'], [{ account: ACCOUNT, apiKey: KEY, filesUser: 'ip' }, 'filesPassword: a user needs a password'], [{ account: ACCOUNT, apiKey: KEY, statusTypes: { Paused: 'perhaps' } }, 'statusTypes'],
  ])('%o is refused by its field', async (body, words) => {
    const reply = await call('PUT', '/planner', body);
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining(words)]);
    expect((await call('GET', '/planner')).body.planner).toBeNull();
  });
  test('it is connected with the careful defaults, and the key does not come back', async () => {
    const reply = await call('PUT', '/planner', { account: ACCOUNT, apiKey: KEY, origin: side.url });
    expect(reply.body.planner).toMatchObject({ account: ACCOUNT, version: 1, status: 'new', pushesStock: true, sendsOrders: true, takesOrders: true, floorsInLeadTime: false, forecastDays: 30, returnsOn: 'order day' });
    expect(reply.text).not.toContain(KEY);
    expect((await call<{ ok: boolean; sentence: string }>('POST', '/planner/test')).body).toMatchObject({ ok: true, sentence: expect.stringMatching(/2 of its 2 warehouses/) });
  });
});

test('a change from an old reading is refused with whose it was; what is left out stays', async () => {
  const changed = await call('PUT', '/planner', { account: ACCOUNT, version: 1, pushesStock: false, statusTypes: { 'On the water': 'draft' } });
  expect(changed.body.planner).toMatchObject({ version: 2, pushesStock: false, statusTypes: { 'On the water': 'draft' } });
  const late = await call('PUT', '/planner', { account: ACCOUNT, version: 1, pushesStock: true });
  expect([late.status, late.body.detail]).toEqual([409, expect.stringContaining('changed by operator')]);
  const both = await Promise.all([5, 6].map((forecastDays) => call('PUT', '/planner', { account: ACCOUNT, version: 2, forecastDays })));
  expect(both.map((reply) => reply.status).sort()).toEqual([200, 409]);
});

test('a wrong key is found by the test, and said where the connection is shown', async () => {
  await call('PUT', '/planner', { account: ACCOUNT, version: 3, apiKey: 'another-key-0123' });
  expect((await call<{ ok: boolean; sentence: string }>('POST', '/planner/test')).body).toMatchObject({ ok: false, sentence: expect.stringContaining('Account > Settings > API') });
  expect((await call('GET', '/planner')).body.planner).toMatchObject({ status: 'failing', lastError: expect.stringContaining('does not accept the key') });
  await call('PUT', '/planner', { account: ACCOUNT, version: 4, apiKey: KEY });
});

test('places map themselves by Shopify’s id, and by hand; one location has one place', async () => {
  side.account.addWarehouse('ip', 'Shelf');
  side.account.addWarehouse('combined', 'All');
  await town.flow('planner-exchange');
  const places = (await call('GET', '/planner')).body.planner!.places, of = (n: number) => places.find((each) => each.locationId === town.placeIds[n])!, other = (kind: string) => places.find((each) => (each as { kind?: string }).kind === kind)!.plannerWarehouseId;
  expect([of(0).matchedBy, of(1).matchedBy]).toEqual(['same id', 'same id']);
  expect(of(0).files.map((each) => each.url.split('/').slice(-2).join('/'))).toEqual(['products', 'sales', 'purchase-orders'].map((file) => `${town.places[0]}/${file}.csv`));
  expect((await call('PUT', `/planner/places/${other('own')}`, { locationId: town.placeIds[0]! })).body.detail).toMatch(/belongs to Place 1 already/);
  expect((await call('PUT', `/planner/places/${other('combined')}`, { locationId: town.placeIds[0]! })).body.detail).toMatch(/adds other warehouses up/);
  expect((await call('PUT', `/planner/places/${other('own')}`, { locationId: 999_999 })).status).toBe(404);
  expect((await call('PUT', '/planner/places/nowhere', { locationId: null })).status).toBe(404);
  await call('PUT', `/planner/places/${of(1).plannerWarehouseId}`, { locationId: null });
  expect((await call('PUT', `/planner/places/${other('own')}`, { locationId: town.placeIds[1]! })).status).toBe(200);
});

test('orders are shown with their writes, and one refused is told again when asked to', async () => {
  const po = await ourOrder(clock.house, town.storeId, 'PO-1', town.placeIds[0]!, [{ itemId: await town.itemId('MUG'), ordered: 6 }]);
  side.faults.set({ refuse: 1, on: 'writes' });
  await town.flow('planner-exchange');
  interface Orders { rows: { reference: string; link: string; message: string | null; attempts: { outcome: string }[] }[] }
  expect((await call<Orders>('GET', '/planner/orders?view=stuck')).body.rows).toMatchObject([{ reference: 'PO-1', link: 'refused', message: 'expected_date: This value is not valid.', attempts: [{ what: 'order', outcome: 'refused' }] }]);
  expect((await call('POST', `/planner/orders/${po.id}/again`)).status).toBe(200);
  expect([...clock.asked.get(town.storeId)!]).toContain('planner-exchange');
  await town.flow('planner-exchange');
  expect((await call<Orders>('GET', '/planner/orders')).body.rows).toMatchObject([{ link: 'linked', message: null, attempts: [{ outcome: 'done' }, { outcome: 'refused' }] }]);
  expect((await call('POST', `/planner/orders/${po.id}/again`)).status).toBe(409);
});
