/** The API of exceptions: triage of one and of many, refusals, the buttons of runbooks and what they leave in the history. */
import { describe, expect, it } from 'vitest';
import { EXCEPTION_KINDS } from '../../src/domain/exceptions/catalogue.ts';
import { addressOf, FIXES } from '../../src/domain/exceptions/fixes.ts';
import { FLOWS } from '../../src/flows/contents.ts';
import { DOABLE } from '../../src/http/routes/exception-fixes.ts';
import { makeChannel } from '../../src/store/alert-channels.ts';
import { digestNumbers } from '../../src/store/digests.ts';
import { raise, resolveChecked } from '../../src/store/exceptions.ts';
import { addPerson } from '../../src/store/people.ts';
import { clockwork } from '../helpers/clockwork.ts';
import { storeWith } from '../helpers/store.ts';

const clock = await clockwork('2026-11-24T09:00:00.000Z'), { house, app } = clock;
const { storeId, itemIds, locationIds } = await storeWith(house.db, { variants: 2, locations: 1 });
async function call<T = Record<string, never>>(method: 'GET' | 'POST', path: string, body?: object): Promise<{ status: number; body: T }> {
  const reply = await app.inject({ method, url: `/api/v1${path}${path.includes('?') ? '&' : '?'}store=${storeId}`, headers: { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }, ...(body ? { payload: body } : {}) });
  return { status: reply.statusCode, body: (reply.headers['content-type']?.includes('json') ? reply.json() : reply.body) as T };
}
interface Row { exceptionId: string; subject: string; state: string; assignedTo: string | null }
const list = async (query = ''): Promise<Row[]> => (await call<{ rows: Row[] }>('GET', `/exceptions${query}`)).body.rows;
const at = '2026-11-24T09:00:00.000Z';
const some = (keys: readonly string[]) => raise(house.db.pool, storeId, keys.map((key) => ({ kind: 'PUSH_HELD' as const, key, subject: key, sentence: `${key} is held`, itemId: itemIds[0]!, locationId: locationIds[0]! })), at);

describe('triage', () => {
  it('of one: assigned, snoozed, said, resolved, reopened; each in its history', async () => {
    await some(['one']);
    const [row] = await list(), path = `/exceptions/${row!.exceptionId}`;
    expect((await call('POST', path, { action: 'assign', to: 'anna' })).body).toMatchObject({ assignedTo: 'anna' });
    expect((await call('POST', path, { action: 'snooze' })).status).toBe(400);
    expect((await call('POST', path, { action: 'snooze', until: '2026-11-24T08:00:00Z' })).status).toBe(400);
    expect((await call('POST', path, { action: 'ignore', reason: 'never', until: '2027-11-24T08:00:00Z' })).body).toMatchObject({ detail: expect.stringContaining('30 days') });
    expect(await call('POST', path, { action: 'snooze', until: '9999-12-31T00:00:00Z' })).toMatchObject({ status: 400, body: { detail: 'until: nothing is snoozed for longer than 30 days; what is still there then comes back' } });
    expect((await call('POST', path, { action: 'snooze', worse: true })).body).toMatchObject({ state: 'snoozed', snoozedUntil: '2026-12-24T09:00:00.000Z', snoozedSize: 0 });
    expect((await call('POST', path, { action: 'reopen' })).body).toMatchObject({ state: 'open' });
    expect((await call('POST', path, { action: 'snooze', until: '2026-11-24T12:00:00Z' })).body).toMatchObject({ state: 'snoozed' });
    expect((await call('POST', path, { action: 'resolve', said: 'released by hand' })).body).toMatchObject({ state: 'resolved' });
    expect((await call('POST', path, { action: 'resolve', said: 'again' })).status).toBe(409);
    expect((await call('POST', path, { action: 'reopen' })).body).toMatchObject({ state: 'open' });
    const { body } = await call<{ events: { what: string; by: string; said: string | null }[]; backup: string; checkedBy: string }>('GET', path);
    expect(body.events.map((event) => event.what)).toEqual(['opened', 'assigned', 'snoozed', 'reopened', 'snoozed', 'resolved', 'reopened']);
    expect(body).toMatchObject({ backup: 'integration owner', checkedBy: 'stock-push' });
  });

  it('of many: what fits is changed, what does not is left and counted', async () => {
    await some(['two', 'three', 'four']);
    const rows = await list(), gone = rows.find((row) => row.subject === 'four')!;
    await call('POST', `/exceptions/${gone.exceptionId}`, { action: 'resolve', said: 'done' });
    const ids = rows.filter((row) => row.subject !== 'one').map((row) => row.exceptionId);
    expect((await call('POST', '/exceptions/bulk', { ids, change: { action: 'ignore', reason: 'a test' } })).body).toEqual({ changed: 2, left: 1, ids: expect.any(Array), before: [] });
    expect((await list('?tab=ignored')).map((row) => row.subject).sort()).toEqual(['three', 'two']);
    expect((await list('?owner=planner'))).toEqual([]);
    expect((await call<string>('GET', '/exceptions.csv?tab=ignored')).body.trim().split('\r\n')).toHaveLength(3);
  });

  it('given to somebody else: only to an account that may sign in, one or many, found by person, with history and audit entry, and its new carer is told', async () => {
    const tx = house.db.pool;
    // No administrator among them, or every call would need a session.
    for (const [email, name, role] of [['eve@shop.example', 'Eve', 'ecommerce'], ['bob@shop.example', 'Bob', 'warehouse'], ['gone@shop.example', 'Gone', 'ecommerce']] as const) await addPerson(tx, { email, name, role }, at);
    await house.db.query(`update app_user set disabled_at = $1 where email = 'gone@shop.example'`, [at]);
    await makeChannel(tx, storeId, 'email', { name: 'Everybody', shown: 'team@shop.example', roles: [], leastSeverity: 1, quietFrom: null, quietTo: null, quietWeekends: false, digestHour: null, state: 'on' }, 'test', at);
    await some(['five', 'six', 'seven']);
    const id = (rows: readonly Row[], subject: string): string => rows.find((row) => row.subject === subject)!.exceptionId, rows = await list(), five = id(rows, 'five');
    for (const to of ['gone@shop.example', 'nobody@shop.example']) expect((await call('POST', `/exceptions/${five}`, { action: 'assign', to })).body).toMatchObject({ status: 400, detail: expect.stringMatching(/^to: /) });
    expect((await call('POST', '/exceptions/bulk', { ids: [five], change: { action: 'assign', to: 'gone@shop.example' } })).status).toBe(400);
    expect((await call('POST', `/exceptions/${five}`, { action: 'assign', to: 'Eve@shop.example' })).body).toMatchObject({ assignedTo: 'eve@shop.example' });
    expect((await call('POST', '/exceptions/bulk', { ids: [id(rows, 'six'), id(rows, 'seven')], change: { action: 'assign', to: 'bob@shop.example' } })).body).toEqual({ changed: 2, left: 0, ids: [id(rows, 'six'), id(rows, 'seven')], before: [{ to: null, ids: expect.any(Array) }] });
    expect((await list('?person=bob@shop.example')).map((row) => row.subject).sort()).toEqual(['seven', 'six']);
    expect((await list('?tab=unassigned')).map((row) => row.subject)).not.toContain('six');
    expect((await call<{ people: object[] }>('GET', '/exceptions/people')).body.people).toEqual(expect.arrayContaining([
      { email: 'bob@shop.example', name: 'Bob', role: 'warehouse', may: true, open: 2 }, { email: 'eve@shop.example', name: 'Eve', role: 'ecommerce', may: true, open: 1 }]));
    expect((await call<{ people: { email: string }[] }>('GET', '/exceptions/people')).body.people.map((one) => one.email)).not.toContain('gone@shop.example');
    // Somebody shut out keeps what they had on the list, so that it is given on.
    await house.db.query(`update app_user set disabled_at = $1 where email = 'eve@shop.example'`, [at]);
    expect((await call<{ people: object[] }>('GET', '/exceptions/people')).body.people).toContainEqual({ email: 'eve@shop.example', name: 'Eve', role: 'ecommerce', may: false, open: 1 });
    expect((await call<{ events: { what: string; by: string; said: string }[] }>('GET', `/exceptions/${five}`)).body.events.at(-1)).toMatchObject({ what: 'assigned', by: 'operator', said: 'eve@shop.example' });
    expect((await house.db.query<{ action: string }>(`select action from audit_event where action like 'exception% assign' and after::text like '%shop.example%' order by audit_id`)).rows.map((row) => row.action)).toEqual(['exception assign', 'exceptions assign']);
    await house.db.query('update connection set client_secret = $2 where store_id = $1', [storeId, house.vault.seal(`${storeId}:connection:client_secret`, 'shpss_0123456789')]);
    await clock.flow('alerts', storeId);
    expect((await house.db.query<{ person: string; n: number }>(`select c.person, d.message::text like '%six%' and d.message::text like '%seven%' as both, count(*)::int as n from alert_delivery d join alert_channel c using (store_id, channel_id) where c.person is not null group by 1, 2`)).rows).toEqual([{ person: 'bob@shop.example', both: true, n: 1 }]);
  });
});

it('a storm is one case in every count; what ended is paged newest first', async () => {
  const tile = async (): Promise<string> => (await call<{ tiles: { key: string; value: string }[] }>('GET', '/today')).body.tiles.find((each) => each.key === 'exceptions')!.value;
  const inbox = async (): Promise<number> => (await call<{ counts: { open: number } }>('GET', '/exceptions')).body.counts.open, before = await inbox(), keys = Array.from({ length: 25 }, (_, n) => `level/${n}`);
  await raise(house.db.pool, storeId, keys.map((key) => ({ kind: 'PUSH_FAILED' as const, key, subject: key, sentence: `${key} was refused` })), at);
  const numbers = await digestNumbers(house.db, storeId, '2026-11-25T09:00:00.000Z', '2026-11-25');
  expect([await inbox(), await tile(), numbers.exceptions_open, numbers.exceptions_overdue]).toEqual([before + 1, String(before + 1), before + 1, 1]);
  for (const [n, left] of [keys.slice(2), keys.slice(4), []].entries()) await resolveChecked(house.db.pool, storeId, 'PUSH_FAILED', left, `2026-11-24T10:0${n}:00.000Z`);
  const ended: { subject: string; resolvedAt: string }[] = [];
  for (let cursor = ''; ;) {
    const { body } = await call<{ rows: typeof ended; nextCursor: string | null }>('GET', `/exceptions?tab=resolved&kind=PUSH_FAILED&limit=10${cursor}`);
    ended.push(...body.rows);
    if (body.nextCursor === null) break;
    cursor = `&cursor=${body.nextCursor}`;
  }
  expect([new Set(ended.map((row) => row.subject)).size, ended.map((row) => row.resolvedAt)]).toEqual([26, ended.map((row) => row.resolvedAt).sort().reverse()]);
});

describe('the buttons of runbooks', () => {
  it('run flows that exist, open screens, or have somebody to do them', () => {
    for (const fix of FIXES) {
      if ('run' in fix) expect(FLOWS.map((flow) => flow.name)).toContain(fix.run);
      if ('does' in fix) { expect(DOABLE).toContain(fix.name); for (const kind of fix.kinds) expect(EXCEPTION_KINDS.map((each) => each.kind)).toContain(kind); }
    }
    expect(DOABLE.every((name) => FIXES.some((fix) => fix.name === name))).toBe(true);
  });
  it('lead to the item and location of the case, as far as they are known', () => {
    expect(addressOf('/items/{itemId}?location={locationId}&tab=movements', { itemId: 4, locationId: 2 })).toBe('/items/4?location=2&tab=movements');
    expect(addressOf('/items/{itemId}?location={locationId}&tab=movements', { itemId: 4, locationId: null })).toBe('/items/4?tab=movements');
    expect(addressOf('/forecast/{itemId}?location={locationId}', { itemId: 4, locationId: null })).toBe('/forecast/4');
    expect(addressOf('/items/{itemId}?location={locationId}', { itemId: null, locationId: null })).toBeNull();
  });
  it('read an unreadable message again, or set it aside with a reason', async () => {
    const dead = async (n: number): Promise<string> => (await house.db.query<{ inbox_id: string }>(`insert into inbox (store_id, webhook_id, topic, received_at, body, state, reason) values ($1, $2, 'orders/create', $3, '\\x7b7d', 3, 'no id') returning inbox_id`, [storeId, `w${n}`, at])).rows[0]!.inbox_id;
    const open = async (id: string): Promise<string> => {
      await raise(house.db.pool, storeId, [{ kind: 'PAYLOAD_UNREADABLE', key: `inbox/${id}`, subject: `Message ${id}`, sentence: 'It cannot be read.' }], at);
      return (await list('?kind=PAYLOAD_UNREADABLE')).find((row) => row.subject === `Message ${id}`)!.exceptionId;
    };
    const first = await dead(1), second = await dead(2), one = await open(first), two = await open(second);
    expect((await call('POST', `/exceptions/${one}/fix`, { fix: 'read_message_again' })).body).toEqual({ said: 'Back in the inbox' });
    expect((await house.db.query<{ state: number }>('select state from inbox where inbox_id = $1', [first])).rows[0]!.state).toBe(0);
    expect((await call('POST', `/exceptions/${one}/fix`, { fix: 'read_message_again' })).status).toBe(409);
    expect((await call('POST', `/exceptions/${two}/fix`, { fix: 'set_message_aside' })).body).toMatchObject({ detail: expect.stringContaining('reason') });
    expect((await call('POST', `/exceptions/${two}/fix`, { fix: 'set_message_aside', reason: 'sent by a test' })).status).toBe(200);
    expect((await call<{ events: { what: string; said: string }[] }>('GET', `/exceptions/${two}`)).body.events.at(-1)).toMatchObject({ what: 'tried', said: 'Set the message aside: sent by a test' });
    expect((await call('POST', `/exceptions/${two}/fix`, { fix: 'accept_rename' })).status).toBe(400);
    expect((await call('POST', `/exceptions/${two}/fix`, { fix: 'no_such' })).status).toBe(400);
  });
});
