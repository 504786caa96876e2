/** Settings without a screen of their own: changed by administrators, written down, and used where they count. */
import { expect, it } from 'vitest';
import { tokenHash } from '../../src/http/auth.ts';
import { saveSetupToken } from '../../src/store/users.ts';
import { repairLimit } from '../../src/store/drift-repair.ts';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork();
const ask = async <T>(method: 'GET' | 'POST' | 'PUT', url: string, cookie = '', payload?: object): Promise<{ status: number; body: T & { detail?: string }; cookie: string }> => {
  const reply = await clock.app.inject({ method, url, headers: { host: 'localhost', ...(payload ? { 'content-type': 'application/json' } : {}), ...(cookie ? { cookie } : {}) }, ...(payload ? { payload } : {}) });
  return { status: reply.statusCode, body: reply.json(), cookie: String(reply.headers['set-cookie'] ?? '').split(';')[0]! };
};
const acts = async (): Promise<object[]> => (await clock.house.db.query(`select actor, action, before, after from audit_event where action in ('limits changed', 'back-up watch changed', 'repair policy changed') order by audit_id`)).rows;

it('limits, the watch of back-ups and repairs without asking: an administrator changes them, the others see them, the trail has before and after', async () => {
  const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }] }), limits = `/api/v1/settings/limits?store=${town.storeId}`;
  await saveSetupToken(clock.house.db, tokenHash('first'), new Date(clock.time() + 60_000).toISOString());
  const { cookie: ann } = await ask('POST', '/api/v1/setup', '', { token: 'first', email: 'ann@shop.example', name: 'Ann', password: 'correct horse battery' });
  const { body: made } = await ask<{ url: string }>('POST', '/api/v1/people', ann, { email: 'bob@shop.example', name: 'Bob', role: 'ecommerce' });
  const { cookie: bob } = await ask('POST', '/api/v1/join', '', { token: new URL(made.url).searchParams.get('token'), password: 'another long password' });

  expect(await ask('GET', limits, bob)).toMatchObject({ status: 200, body: { repairLimit: 100, matchItems: 'by hand', mayChange: false } });
  expect(await ask('PUT', limits, bob, { repairLimit: 5_000, matchItems: 'by hand' })).toMatchObject({ status: 403, body: { detail: expect.stringMatching(/Only administrators/) } });
  expect(await ask('PUT', limits, ann, { repairLimit: -1, matchItems: 'by hand' })).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/^repairLimit/) } });
  expect(await ask('PUT', limits, ann, { repairLimit: 12, matchItems: 'same SKU' })).toMatchObject({ status: 200, body: { repairLimit: 12, mayChange: true } });
  expect(await repairLimit(clock.house.db, town.storeId)).toBe(12);

  expect(await ask('GET', '/api/v1/backups', bob)).toMatchObject({ status: 200, body: { watch: { watched: true, backupHours: 26, drillDays: 35 }, mayChange: false, lastBackup: null, runs: [] } });
  const watch = { watched: true, backupHours: 12, drillDays: 7, said: '' };
  expect((await ask('PUT', '/api/v1/backups', bob, watch)).status).toBe(403);
  expect((await ask('PUT', '/api/v1/backups', ann, { ...watch, backupHours: 0 })).status).toBe(400);
  expect(await ask('PUT', '/api/v1/backups', ann, { ...watch, watched: false })).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/^said/) } });
  expect((await ask('PUT', '/api/v1/backups', ann, watch)).status).toBe(200);

  // What is repaired without asking: one who may not, one without a reason, and one who may.
  const allowed = `/api/v1/settings/repair-policy?store=${town.storeId}`, policies = [{ cause: 'unknown', way: 'accept Shopify', unitLimit: 2, moneyLimit: 2_000 }];
  expect(await ask('GET', allowed, bob)).toMatchObject({ status: 200, body: { policies: [], mayChange: false, stopped: null, made: 0 } });
  expect(await ask('PUT', allowed, bob, { policies, reason: 'counted daily' })).toMatchObject({ status: 403, body: { detail: expect.stringMatching(/Only administrators/) } });
  expect(await ask('PUT', allowed, ann, { policies, reason: ' ' })).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/^reason/) } });
  expect(await ask('PUT', allowed, ann, { policies, reason: 'counted daily' })).toMatchObject({ status: 200, body: { policies: [{ ...policies[0], setBy: 'ann@shop.example', reason: 'counted daily' }], mayChange: true } });
  expect(await ask('PUT', allowed, ann, { policies: [], reason: 'counts have ended' })).toMatchObject({ status: 200, body: { policies: [] } });

  expect(await acts()).toMatchObject([
    { actor: 'ann@shop.example', action: 'limits changed', before: { repairLimit: 100, matchItems: 'by hand' }, after: { repairLimit: 12, matchItems: 'same SKU' } },
    { actor: 'ann@shop.example', action: 'back-up watch changed', before: { watched: true, backupHours: 26, drillDays: 35, said: '' }, after: watch },
    { actor: 'ann@shop.example', action: 'repair policy changed', before: { policies: [] }, after: { policies, reason: 'counted daily' } },
    { actor: 'ann@shop.example', action: 'repair policy changed', before: { policies }, after: { policies: [], reason: 'counts have ended' } },
  ]);
});
