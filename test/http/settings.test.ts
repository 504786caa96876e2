/** Settings without a screen of their own: changed by administrators, written down, and used where they count. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { tokenHash } from '../../src/http/auth.ts';
import { ROLES } from '../../src/http/contract-people.ts';
import { STARTING_VIEWS } from '../../src/http/starting-views.ts';
import { saveSetupToken } from '../../src/store/users.ts';
import { repairLimit } from '../../src/store/drift-repair.ts';
import { clockwork } from '../helpers/clockwork.ts';

const clock = await clockwork();
/** Of an administrator, once there is one. */
let session = '';
const ask = async <T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, cookie = '', payload?: object): Promise<{ status: number; body: T & { detail?: string }; cookie: string }> => {
  const reply = await clock.app.inject({ method, url, headers: { host: 'localhost', ...(payload ? { 'content-type': 'application/json' } : {}), ...(cookie ? { cookie } : {}) }, ...(payload ? { payload } : {}) });
  return { status: reply.statusCode, body: reply.json(), cookie: String(reply.headers['set-cookie'] ?? '').split(';')[0]! };
};
const acts = async (): Promise<object[]> => (await clock.house.db.query(`select actor, action, before, after from audit_event where action in ('limits changed', 'back-up watch changed', 'repair policy changed') order by audit_id`)).rows;

it('limits, the watch of back-ups and repairs without asking: an administrator changes them, the others see them, the trail has before and after', async () => {
  const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }] }), limits = `/api/v1/settings/limits?store=${town.storeId}`;
  // Made at the machine while nobody has an account: whoever holds the token printed there is no second person to it.
  const [held, itemId] = [(text: string, ...values: unknown[]) => clock.house.db.query<{ by: unknown }>(text, [town.storeId, ...values]), await town.itemId('ANT')], place = town.placeIds[0]!, at = clock.now();
  await held(`with s as (insert into supplier (store_id, name, currency, updated_at, updated_by) values ($1, 'Mill', 'EUR', $3, 'operator') returning supplier_id)
    insert into purchase_order (store_id, supplier_id, location_id, reference, state, currency, created_at, created_by, updated_at, made_by) select $1, supplier_id, $2, reference, state, 'EUR', $3, 'operator', $3, made_by from s, (values ('PO-1', 'awaiting approval', '{operator}'::text[]), ('PO-2', 'closed', '{operator}'), ('PO-3', 'draft', '{import}')) as t(reference, state, made_by)`, place, at);
  await held(`insert into drift_repair (store_id, item_id, location_id, way, state, available_from, available_to, committed_from, committed_to, units, reason, idempotency_key, proposed_at, proposed_by) values ($1, $2, $3, 'push ours', 'waits for approval', 1, 200, 0, 0, 199, 'counted', '7d1f4c1e-6f0b-4a57-9a59-0d7c1f0c5a11', $4, 'operator')`, itemId, place, at);
  await held(`insert into match_request (store_id, matches, units, asked_at, asked_by) values ($1, '[]', 500, $2, 'operator')`, at);
  await held(`insert into stock_count (store_id, location_id, name, created_at, created_by) values ($1, $2, 'Shelf', $3, 'operator')`, place, at);
  await saveSetupToken(clock.house.db, tokenHash('first'), new Date(clock.time() + 60_000).toISOString());
  const { cookie: ann } = await ask('POST', '/api/v1/setup', '', { token: 'first', email: 'ann@shop.example', name: 'Ann', password: 'correct horse battery' });
  session = ann;
  expect((await held('select made_by as by from purchase_order where store_id = $1 order by reference')).rows.map((row) => row.by)).toEqual([['operator', 'ann@shop.example'], ['operator'], ['import']]);
  expect((await held('select proposed_by as by from drift_repair where store_id = $1 union all select asked_by from match_request where store_id = $1 union all select created_by from stock_count where store_id = $1')).rows).toEqual([1, 2, 3].map(() => ({ by: 'ann@shop.example' })));
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

  // Views of lists: one's own and those others share; only their owner changes them.
  const views = `/api/v1/views?store=${town.storeId}`, columns = { hidden: { last: false }, tall: true }, view = { page: 'exceptions', name: 'Mine, late', query: '?kind=STOCK_DRIFT', columns, shared: false };
  const { body: { viewId } } = await ask<{ viewId: string }>('POST', views, ann, view);
  const seen = async (who: string, page = 'exceptions', starting = false): Promise<{ name: string; role: string | null; starting: boolean }[]> => (await ask<{ views: { name: string; role: string | null; starting: boolean }[] }>('GET', `${views}&page=${page}`, who)).body.views.filter((each) => each.starting === starting);
  expect(await seen(ann)).toEqual([{ viewId, name: 'Mine, late', query: '?kind=STOCK_DRIFT', columns, owner: 'Ann', mine: true, shared: false, role: null, starting: false }]);
  expect(await seen(bob)).toEqual([]);
  expect((await ask<{ viewId: string }>('POST', views, ann, { ...view, name: 'MINE, LATE', query: '', shared: true })).body.viewId).toBe(viewId);
  expect(await seen(bob)).toEqual([{ viewId, name: 'MINE, LATE', query: '', columns, owner: 'Ann', mine: false, shared: true, role: null, starting: false }]);
  // A role's: those of the role use it, and administrators; each role finds some before anybody kept one.
  expect((await ask<{ viewId: string }>('POST', views, ann, { ...view, name: 'Mine, late', query: '', role: 'ecommerce' })).body.viewId).toBe(viewId);
  expect((await seen(bob)).map((each) => [each.name, each.role])).toEqual([['Mine, late', 'ecommerce']]);
  expect((await ask('POST', views, ann, { ...view, shared: true, role: 'ecommerce' }))).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/^role/) } });
  await ask('POST', views, bob, { ...view, name: 'For buyers', role: 'planner' });
  expect((await seen(ann)).map((each) => each.name)).toEqual(['Mine, late', 'For buyers']);
  await ask('POST', views, ann, { ...view, name: 'For buyers, too', role: 'planner' });
  expect((await seen(bob)).map((each) => each.name)).toEqual(['For buyers', 'Mine, late']);
  expect([(await seen(bob, 'exceptions', true)).map((each) => each.name), (await seen(ann, 'exceptions', true)).map((each) => each.name), (await seen(bob, 'stock', true)).map((each) => each.name)]).toEqual([['Ecommerce’s cases'], ['The administrator’s cases', 'The integration’s cases'], ['What differs']]);
  expect((await ask<{ viewId: string }>('POST', views, ann, { ...view, name: 'MINE, LATE', query: '', shared: true })).body.viewId).toBe(viewId);
  expect(await seen(ann, 'stock')).toEqual([]);
  expect((await ask('DELETE', `/api/v1/views/${viewId}?store=${town.storeId}`, bob)).status).toBe(404);
  for (const [wrong, field] of [[{ ...view, query: 'https://elsewhere.example' }, 'query'], [{ ...view, name: ' ' }, 'name'], [{ ...view, page: '../x' }, 'page']] as const) expect(await ask('POST', views, ann, wrong)).toMatchObject({ status: 400, body: { detail: expect.stringMatching(new RegExp(`^${field}`)) } });
  for (let n = 2; n < 50; n++) await ask('POST', views, ann, { ...view, name: `View ${n}` });
  expect((await ask('POST', views, ann, { ...view, name: 'one too many' })).status).toBe(409);
  expect((await ask('POST', views, ann, { ...view, name: 'View 7', query: '?q=x' })).status).toBe(200);
  expect((await ask('DELETE', `/api/v1/views/${viewId}?store=${town.storeId}`, ann)).status).toBe(200);
  expect((await seen(bob)).map((each) => each.name)).toEqual(['For buyers']);
});

it('each role begins with one view or more, and each of them is a list the page can show', async () => {
  expect(new Set(STARTING_VIEWS.map((view) => view.role))).toEqual(new Set(ROLES));
  const town = await clock.town({ goods: [{ sku: 'ANT', stock: [10] }] });
  for (const { page, query, name } of STARTING_VIEWS) {
    const reply = await clock.app.inject({ method: 'GET', url: `/api/v1/${page}?${query.slice(1)}&store=${town.storeId}`, headers: { host: 'localhost', cookie: session } });
    expect([name, reply.statusCode]).toEqual([name, 200]);
    // As the page writes its own address: sorted, so that the view is known as the one it is.
    expect([...new URLSearchParams(query).keys()]).toEqual([...new URLSearchParams(query).keys()].sort());
  }
});

it('each part of the daily running is taken over by name, by people of its role, again by whoever follows; the trail has each', async () => {
  const storeId = (await clock.house.db.query<{ store_id: number }>('select min(store_id) as store_id from store')).rows[0]!.store_id, url = `/api/v1/handover?store=${storeId}`;
  interface View { owners: { owner: string; taken: { name: string; note: string | null; times: number } | null; mayTake: boolean }[] }
  const { body: invited } = await ask<{ url: string }>('POST', '/api/v1/people', session, { email: 'pia@shop.example', name: 'Pia', role: 'planner' });
  const { cookie: pia } = await ask('POST', '/api/v1/join', '', { token: new URL(invited.url).searchParams.get('token'), password: 'yet another long password' });
  expect((await ask<View>('GET', url, pia)).body.owners.filter((each) => each.mayTake || each.taken)).toEqual([{ owner: 'planner', taken: null, mayTake: true }]);
  expect(await ask('POST', url, pia, { owner: 'warehouse' })).toMatchObject({ status: 403, body: { detail: expect.stringMatching(/warehouse/) } });
  expect((await ask('POST', url, pia, { owner: 'planner', note: 'a purchase order in four minutes' })).status).toBe(200);
  expect((await ask('POST', url, pia, { owner: 'planner' })).status).toBe(200);
  expect((await ask('POST', url, session, { owner: 'integration owner' })).status).toBe(200);
  expect((await ask<View>('GET', url, pia)).body.owners.filter((each) => each.taken)).toMatchObject([{ owner: 'planner', taken: { name: 'Pia', note: null, times: 2 } }, { owner: 'integration owner', taken: { name: 'Ann', times: 1 } }]);
  expect((await clock.house.db.query(`select actor, subject from audit_event where action = 'handover signed' order by audit_id`)).rows).toEqual([{ actor: 'pia@shop.example', subject: 'planner' }, { actor: 'pia@shop.example', subject: 'planner' }, { actor: 'ann@shop.example', subject: 'integration owner' }]);
});

it('every address docs/api.md shows is one of the API, with its method and the parameters it takes', () => {
  const text = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8').replaceAll(/\\\n\s*/g, ' '), { paths } = clock.app.swagger() as { paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>> };
  const calls = [...text.matchAll(/^curl (.*?)"\$API(\/[^"?]*)(?:\?([^"]*))?"(.*)$/gm)].map(([, before, address, query, after]) => ({ method: /-X ([A-Z]+)/.exec(`${before} ${after}`)?.[1]?.toLowerCase() ?? 'get', address: `/api/v1${address}`, names: [...new URLSearchParams(query ?? '').keys()] }));
  expect(calls.length).toBeGreaterThan(60);
  const wrong = calls.flatMap(({ method, address, names }) => {
    const fits = Object.entries(paths).filter(([path, methods]) => methods[method] !== undefined && new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(address));
    if (fits.length === 0) return [`${method} ${address}`];
    const taken = new Set(fits.flatMap(([, methods]) => methods[method]!.parameters?.filter((each) => each.in === 'query').map((each) => each.name) ?? []));
    return names.filter((name) => !taken.has(name)).map((name) => `${method} ${address} does not take ${name}`);
  });
  expect(wrong).toEqual([]);
});
