/** While a peak is on, what decides about stock stays as it is, for everybody; an administrator may open it for a while, which is written down. */
import { expect, it } from 'vitest';
import { tokenHash } from '../../src/http/auth.ts';
import { FROZEN_IN_PEAK } from '../../src/http/peak-freeze.ts';
import { saveSetupToken } from '../../src/store/users.ts';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork(), MINUTE = 60_000;
const ask = async (method: 'POST' | 'PUT', url: string, payload: object, cookie = ''): Promise<{ status: number; detail: string; cookie: string }> => {
  const reply = await clock.app.inject({ method, url, headers: { host: 'localhost', 'content-type': 'application/json', ...(cookie ? { cookie } : {}) }, payload });
  return { status: reply.statusCode, detail: (reply.json() as { detail?: string }).detail ?? '', cookie: String(reply.headers['set-cookie'] ?? '').split(';')[0]! };
};

it('every line of the list is a route that there is', () => {
  for (const line of Object.keys(FROZEN_IN_PEAK)) {
    const [method, url] = line.split(' ') as ['PUT', string];
    expect([line, clock.app.hasRoute({ method, url })]).toEqual([line, true]);
  }
});

it('refuses with the peak’s end, for its store alone where a setting is a store’s, until it is opened with a reason or the peak is over', async () => {
  const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }], served: [0] }), calm = await clock.town({ goods: [{ sku: 'BEE', stock: [10] }], served: [0] });
  const policy = (body: object, of = town, cookie = '') => ask('PUT', `/api/v1/locations/${of.placeIds[0]}/policy?store=${of.storeId}`, body, cookie);
  const bundle = (cookie = '') => ask('PUT', `/api/v1/bundles?store=${calm.storeId}`, { variantId: calm.variant('BEE').id, parts: [] }, cookie);
  const rules = (of = town, cookie = '') => ask('PUT', `/api/v1/mapping/rules?store=${of.storeId}`, { productMaster: 'Shopify' }, cookie);
  expect((await policy({ firstPushCap: 60 })).status).toBe(200);
  expect((await ask('POST', `/api/v1/peak?store=${town.storeId}`, { action: 'open settings', minutes: 30, reason: 'to try' })).status).toBe(409);
  const until = new Date(clock.time() + 120 * MINUTE).toISOString();
  expect((await ask('POST', `/api/v1/peak?store=${town.storeId}`, { action: 'begin', until })).status).toBe(200);

  const refused = await policy({ firstPushCap: 70 });
  expect(refused).toMatchObject({ status: 423, detail: expect.stringMatching(/has a peak on until 2 March at 12:00, and while it is, a push policy stays as it is\. An administrator may open/) });
  // What a peak is steered by stays possible; another store's own settings too; what stores share waits for all of them.
  expect((await policy({ paused: true })).status).toBe(200);
  expect((await policy({ paused: false })).status).toBe(200);
  expect((await policy({ firstPushCap: 70 }, calm)).status).toBe(200);
  expect((await rules(calm)).status).toBe(423);
  expect((await bundle()).status).not.toBe(423);
  expect((await ask('POST', `/api/v1/mapping/approve?store=${town.storeId}`, { above: 0.9 })).status).not.toBe(423);

  // With accounts: only an administrator opens, and then everybody may.
  await saveSetupToken(clock.house.db, tokenHash('first'), new Date(clock.time() + MINUTE).toISOString());
  const { cookie: ann } = await ask('POST', '/api/v1/setup', { token: 'first', email: 'ann@shop.example', name: 'Ann', password: 'correct horse battery' });
  const made = await clock.app.inject({ method: 'POST', url: '/api/v1/people', headers: { host: 'localhost', 'content-type': 'application/json', cookie: ann }, payload: { email: 'bob@shop.example', name: 'Bob', role: 'ecommerce' } });
  const { cookie: bob } = await ask('POST', '/api/v1/join', { token: new URL((made.json() as { url: string }).url).searchParams.get('token'), password: 'another long password' });
  const open = (cookie: string, more: object = {}) => ask('POST', `/api/v1/peak?store=${town.storeId}`, { action: 'open settings', minutes: 30, reason: 'a cap that was mistyped', ...more }, cookie);
  expect(await open(bob)).toMatchObject({ status: 403, detail: expect.stringMatching(/Only an administrator/) });
  expect((await open(ann, { reason: '' })).status).toBe(400);
  expect((await policy({ firstPushCap: 70 }, town, ann)).status).toBe(423);
  expect((await open(ann)).status).toBe(200);
  expect((await policy({ firstPushCap: 70 }, town, bob)).status).toBe(200);
  expect((await rules(calm, bob)).status).toBe(200);
  await clock.advance(31 * MINUTE);
  expect((await policy({ firstPushCap: 80 }, town, bob)).status).toBe(423);
  expect((await open(ann)).status).toBe(200);
  expect((await ask('POST', `/api/v1/peak?store=${town.storeId}`, { action: 'close settings' }, bob)).status).toBe(200);
  expect((await policy({ firstPushCap: 80 }, town, bob)).status).toBe(423);
  const { rows } = await clock.house.db.query<{ actor: string; action: string; reason: string }>(`select actor, action, after ->> 'reason' as reason from audit_event where action like 'peak: %settings' order by audit_id`);
  expect(rows).toEqual([{ actor: 'ann@shop.example', action: 'peak: open settings', reason: 'a cap that was mistyped' }, { actor: 'ann@shop.example', action: 'peak: open settings', reason: 'a cap that was mistyped' }, { actor: 'bob@shop.example', action: 'peak: close settings', reason: '' }]);
  // It ends with the peak; an opening of one peak is not one of the next.
  expect((await open(ann, { minutes: 240 })).status).toBe(200);
  expect((await ask('POST', `/api/v1/peak?store=${town.storeId}`, { action: 'end' }, bob)).status).toBe(200);
  expect((await policy({ firstPushCap: 80 }, town, bob)).status).toBe(200);
  expect((await ask('POST', `/api/v1/peak?store=${town.storeId}`, { action: 'begin', until: new Date(clock.time() + 60 * MINUTE).toISOString() }, bob)).status).toBe(200);
  expect((await policy({ firstPushCap: 90 }, town, bob)).status).toBe(423);
  await clock.advance(61 * MINUTE);
  expect((await policy({ firstPushCap: 90 }, town, bob)).status).toBe(200);
});
