/** People are told: events of cases to real mail and HTTP servers, once a minute and channel, tried again until it got through; the daily check also when all is well. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ExceptionKindName } from '../../src/domain/exceptions/catalogue.ts';
import { tellWaiting } from '../../src/flows/alerts.ts';
import { contextFor } from '../../src/runtime/run-flow.ts';
import { changeCases, chase, raise, resolveChecked } from '../../src/store/exceptions.ts';
import { clockwork } from '../helpers/clockwork.ts';
import { hookSink } from '../helpers/hook-sink.ts';
import { mailbox } from '../helpers/mailbox.ts';
import { storeWith } from '../helpers/store.ts';

const box = await mailbox(), sink = await hookSink();
const clock = await clockwork('2026-11-24T09:00:00.000Z', { INSTEP_SMTP_URL: box.url, INSTEP_MAIL_FROM: 'Instep <instep@shop.example>', INSTEP_ALERTS_ALLOW: '127.0.0.1' }), { house, app } = clock;

/** A shop of its own with the channels given; every story tells its own posts by the path. */
async function shop(): Promise<{ storeId: number; call: <T = Record<string, never>>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => Promise<{ status: number; body: T }>; channel: (part: object) => Promise<{ channelId: string; secret: string | null }>; raise: (kind: ExceptionKindName, ...keys: string[]) => Promise<void>; check: (kind: ExceptionKindName) => Promise<number>; tell: () => Promise<void>; posts: (path: string) => typeof sink.posts; deliveries: () => Promise<{ deliveryId: string; state: string; attempts: number; nextAt: string | null; title: string; purpose: string; tries: { ok: boolean; said: string }[] }[]> }> {
  const { storeId } = await storeWith(house.db, { variants: 0, locations: 0 });
  await house.db.query('update connection set client_secret = $2 where store_id = $1', [storeId, house.vault.seal(`${storeId}:connection:client_secret`, 'x')]);
  const call = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => {
    const reply = await app.inject({ method, url: `/api/v1/alerts${path}${path.includes('?') ? '&' : '?'}store=${storeId}`, headers: { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }, ...(body ? { payload: body } : {}) });
    return { status: reply.statusCode, body: reply.headers['content-type']?.includes('json') ? reply.json() : reply.body };
  };
  return {
    storeId, call,
    channel: async (part) => {
      const { status, body } = await call('POST', '/channels', { name: 'Channel', kind: 'webhook', address: `${sink.url}/${storeId}`, roles: [], leastSeverity: 4, quiet: null, quietWeekends: false, digestHour: null, ...part });
      if (status !== 200) throw new Error(JSON.stringify(body));
      return body;
    },
    raise: (kind, ...keys) => raise(house.db.pool, storeId, keys.map((key) => ({ kind, key, subject: key, sentence: `${key} happened.` })), clock.now()),
    check: (kind) => resolveChecked(house.db.pool, storeId, kind, [], clock.now()),
    tell: async () => { const context = await contextFor(house, storeId, () => {}); while ((await tellWaiting(context)) > 0); },
    posts: (path) => sink.posts.filter((post) => post.path === path),
    deliveries: async () => (await call('GET', '/deliveries')).body.rows,
  };
}
const day = 86_400_000, minute = 60_000;

describe('an event', () => {
  it('is told once by each channel whose role and severity it is, signed, in one message a minute', async () => {
    const s = await shop();
    const { secret } = await s.channel({ address: `${sink.url}/all-${s.storeId}` });
    await s.channel({ name: 'Buying', kind: 'slack', address: `${sink.url}/buying-${s.storeId}`, roles: ['planner'] });
    await s.channel({ name: 'Post', kind: 'email', address: 'ops@shop.example, night@shop.example', leastSeverity: 2 });
    await s.channel({ name: 'Team', kind: 'teams', address: `${sink.url}/team-${s.storeId}` });
    await s.raise('PUSH_FAILED', 'one');
    await s.raise('PO_OVERDUE', 'two');
    await s.tell();
    const [post, ...more] = s.posts(`/all-${s.storeId}`);
    expect(more).toEqual([]);
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signed } = post!.headers;
    expect(signed).toBe(`v1,${createHmac('sha256', Buffer.from(secret!.slice(6), 'base64')).update(`${String(id)}.${String(at)}.${post!.body}`).digest('base64')}`);
    expect(JSON.parse(post!.body)).toMatchObject({ type: 'exceptions.changed', data: { title: 'To do: 1 today, 1 this week', cases: [{ kind: 'PUSH_FAILED', what: 'opened', severity: 2 }, { kind: 'PO_OVERDUE', owner: 'planner' }] } });
    expect(JSON.parse(s.posts(`/buying-${s.storeId}`)[0]!.body).text).toMatch(/two · PO overdue/);
    expect(JSON.parse(s.posts(`/team-${s.storeId}`)[0]!.body).attachments[0].contentType).toBe('application/vnd.microsoft.card.adaptive');
    expect(box.mails.at(-1)!.to).toEqual(['ops@shop.example', 'night@shop.example']);
    expect(box.mails.at(-1)!.text).toContain('one happened.');
    expect(box.mails.at(-1)!.text).not.toContain('two happened.');
    // The same again says nothing new; another event within the minute waits for it to be over.
    await s.raise('PUSH_FAILED', 'one', 'three');
    await s.tell();
    expect(s.posts(`/all-${s.storeId}`)).toHaveLength(1);
    await clock.advance(minute);
    await s.tell();
    expect(JSON.parse(s.posts(`/all-${s.storeId}`)[1]!.body).data.cases).toMatchObject([{ subject: 'three' }]);
  });

  it('of a case that is somebody’s is told to them by mail: when it is given to them and when half its time is gone, not in their quiet hours', async () => {
    const s = await shop(), ann = `ann-${s.storeId}@shop.example`, bob = `bob-${s.storeId}@shop.example`, mails = (to: string) => box.mails.filter((mail) => mail.to.includes(to)).map((mail) => mail.text);
    for (const email of [ann, bob]) await house.db.query(`insert into app_user (email, name, role, password_hash, created_at) values ($1, $1, 'ecommerce', 'x', $2)`, [email, clock.now()]);
    const ids = async () => (await house.db.query<{ id: string }>('select exception_id as id from exception where store_id = $1 order by 1', [s.storeId])).rows.map((row) => row.id);
    const assign = async (id: string, to: string | null, by: string) => house.db.transaction((tx) => changeCases(tx, s.storeId, [id], { action: 'assign', to }, by, clock.now()));
    await s.raise('PUSH_FAILED', 'early');
    // Nobody is told by mail here: then no person is either.
    await assign((await ids())[0]!, ann, bob);
    await s.tell();
    expect(mails(ann)).toEqual([]);
    await s.channel({ name: 'Post', kind: 'email', address: 'ops@shop.example', quiet: { from: 20, to: 7 }, roles: ['finance'] });
    await s.raise('PUSH_FAILED', 'given', 'taken');
    const [, given, taken] = await ids();
    await assign(given!, ann, bob);
    await assign(taken!, ann, ann);
    await s.tell();
    expect(mails(ann)).toHaveLength(1);
    expect(mails(ann)[0]).toContain('given happened.');
    expect(mails(ann)[0]).toContain('assigned to you');
    expect(mails(ann)[0]).not.toContain('taken happened.');
    // Half of four working hours.
    await clock.advance(125 * minute);
    await house.db.transaction(async (tx) => { await chase(tx, s.storeId, clock.now(), [0.5, 1, 2]); });
    await s.tell();
    expect(mails(ann)[1]).toMatch(/given happened.[\s\S]*taken happened.|taken happened.[\s\S]*given happened./);
    expect(mails(bob)).toEqual([]);
    // Given at night: told in the morning, unless it is somebody else's by then.
    await clock.advance(Date.parse('2026-11-25T02:00:00.000Z') > clock.time() ? Date.parse('2026-11-25T02:00:00.000Z') - clock.time() : day);
    await s.raise('PUSH_FAILED', 'night', 'passed on');
    const [, , , night, passed] = await ids();
    await assign(night!, bob, ann);
    await assign(passed!, bob, ann);
    await s.tell();
    await assign(passed!, null, ann);
    expect(mails(bob)).toEqual([]);
    await clock.advance(8 * 60 * minute);
    await s.tell();
    expect(mails(bob)).toHaveLength(1);
    expect(mails(bob)[0]).toContain('night happened.');
    expect(mails(bob)[0]).not.toContain('passed on happened.');
  });

  it('of a storm is told once, and what is over before it could be told not at all', async () => {
    const s = await shop();
    await s.channel({ quiet: { from: 8, to: 12 } });
    await s.raise('PUSH_FAILED', ...Array.from({ length: 40 }, (_, n) => `level ${n}`));
    await s.raise('SKU_BLANK', 'soon over');
    await s.raise('OVERSOLD', 'now');
    await s.tell();
    expect(s.posts(`/${s.storeId}`).map((post) => JSON.parse(post.body).data.cases.map((one: { subject: string }) => one.subject))).toEqual([['now']]);
    await s.check('SKU_BLANK');
    await clock.advance(3 * 60 * minute);
    await s.tell();
    expect(JSON.parse(s.posts(`/${s.storeId}`)[1]!.body).data.cases.filter((one: { what: string }) => one.what !== 'resolved')).toMatchObject([{ subject: '40 cases at once', cases: 40 }]);
  });

  it('is told by several processes at once only once', async () => {
    const s = await shop();
    await s.channel({});
    await s.raise('PUSH_FAILED', 'raced');
    await Promise.all([s.tell(), s.tell(), s.tell(), s.tell()]);
    expect(s.posts(`/${s.storeId}`)).toHaveLength(1);
  });
});

describe('a message', () => {
  it('is tried again with the same id, from five seconds to three days, then given up; a person may ask for more', async () => {
    const s = await shop();
    await s.channel({});
    Object.assign(sink, { status: 503 });
    await s.raise('PUSH_FAILED', 'one');
    await s.tell();
    let waited = 0;
    for (let n = 0; n < 12; n++) {
      const row = (await s.deliveries()).find((each) => each.title.startsWith('one'));
      if (row!.state !== 'waiting') break;
      const ms = Date.parse(row!.nextAt!) - clock.time();
      if (n === 0) expect(ms).toBe(5_000);
      waited += ms;
      await clock.advance(ms);
      await s.tell();
      if (n === 2) {
        await clock.flow('alerts', s.storeId);
        expect((await house.db.query(`select subject from exception where store_id = $1 and kind = 'ALERT_UNDELIVERED' and state = 'open'`, [s.storeId])).rows).toEqual([{ subject: 'Channel' }]);
      }
    }
    const failed = (await s.deliveries()).find((row) => row.title.startsWith('one'))!;
    expect(failed).toMatchObject({ state: 'failed', attempts: 10 });
    expect(waited / day).toBeGreaterThan(2.9);
    expect(new Set(s.posts(`/${s.storeId}`).filter((post) => post.body.includes('one happened')).map((post) => post.headers['webhook-id'])).size).toBe(1);
    Object.assign(sink, { status: 200 });
    await s.call('POST', `/deliveries/${failed.deliveryId}/retry`);
    await clock.flow('alerts', s.storeId);
    expect((await s.deliveries()).find((row) => row.deliveryId === failed.deliveryId)).toMatchObject({ state: 'delivered' });
    expect((await s.call('POST', `/deliveries/${failed.deliveryId}/retry`)).status).toBe(409);
    await clock.flow('alerts', s.storeId);
    expect((await house.db.query(`select from exception where store_id = $1 and kind = 'ALERT_UNDELIVERED' and state = 'open'`, [s.storeId])).rowCount).toBe(0);
  });

  it('whose address is gone ends the channel, which is a case until it is changed', async () => {
    const s = await shop(), { channelId } = await s.channel({});
    Object.assign(sink, { status: 410 });
    await s.raise('PUSH_FAILED', 'one');
    await clock.flow('alerts', s.storeId);
    Object.assign(sink, { status: 200 });
    const { body } = await s.call<{ channels: { state: string; stateReason: string; version: number }[] }>('GET', '/channels');
    expect(body.channels[0]).toMatchObject({ state: 'gone', stateReason: expect.stringContaining('410') });
    const open = async () => (await house.db.query(`select from exception where store_id = $1 and kind = 'ALERT_UNDELIVERED' and state = 'open'`, [s.storeId])).rowCount;
    expect(await open()).toBe(1);
    const change = { name: 'Channel', roles: [], leastSeverity: 4, quiet: null, quietWeekends: false, digestHour: null, paused: false, version: body.channels[0]!.version };
    expect((await s.call('PUT', `/channels/${channelId}`, change)).status).toBe(200);
    expect((await s.call<{ detail: string }>('PUT', `/channels/${channelId}`, change)).body.detail).toContain('changed by operator meanwhile');
    await clock.flow('alerts', s.storeId);
    expect(await open()).toBe(0);
  });

  it('by mail waits while the server refuses, and a test says how it went', async () => {
    const s = await shop(), { channelId } = await s.channel({ kind: 'email', address: 'one@shop.example' });
    box.mood = 'later';
    await s.call('POST', `/channels/${channelId}/test`);
    await clock.flow('alerts', s.storeId);
    expect((await s.deliveries())[0]).toMatchObject({ purpose: 'test', state: 'failed', tries: [{ ok: false, said: expect.stringContaining('come again') }] });
    box.mood = 'takes';
    await clock.advance(1_000);
    await s.call('POST', `/channels/${channelId}/test`);
    await clock.flow('alerts', s.storeId);
    expect((await s.deliveries())[0]).toMatchObject({ state: 'delivered', tries: [{ ok: true }] });
  });
});

it('the daily check goes out at its hour, composed for it, once, also when all is well', async () => {
  const s = await shop();
  await s.channel({ digestHour: 7, leastSeverity: 1 });
  await s.call('GET', '/channels');
  // Six in the morning of the shop, then seven: the digest is asked for, composed, and told.
  await clock.advance(Date.parse('2026-12-10T05:00:00.000Z') - clock.time());
  await clock.flow('alerts', s.storeId);
  expect([clock.asked.get(s.storeId)?.has('daily-digest') ?? false, s.posts(`/${s.storeId}`).length]).toEqual([false, 0]);
  await clock.advance(60 * minute);
  await clock.flow('alerts', s.storeId);
  expect(clock.asked.get(s.storeId)?.has('daily-digest')).toBe(true);
  await clock.flow('daily-digest', s.storeId);
  for (let n = 0; n < 3; n++) await clock.flow('alerts', s.storeId);
  const digests = s.posts(`/${s.storeId}`).map((post) => JSON.parse(post.body)).filter((body) => body.type === 'digest.composed');
  expect(digests).toHaveLength(1);
  expect(digests[0].data).toMatchObject({ digest: { day: '2026-12-10', verdict: 'Stock ties: 0 of 0 units explained.' } });
});

it('the daily check of a role begins with what waits for it, due first; the night’s figures come after', async () => {
  const s = await shop();
  await s.channel({ name: 'Floor', digestHour: 7, leastSeverity: 1, roles: ['warehouse'] });
  await raise(clock.house.db.pool, s.storeId, [
    { kind: 'RETURN_AWAITING_INSPECTION', key: 'a', subject: 'Return R1', sentence: 'Nobody looked at it since 2026-12-01T09:00:00.000Z.' }, { kind: 'FULFIL_NOT_SYNCED', key: 'b', subject: 'Order 7', sentence: 'No tracking.' }, { kind: 'SKU_BLANK', key: 'c', subject: 'A thing', sentence: 'No SKU.' },
  ], clock.now());
  await clock.advance((Date.parse(clock.now().slice(0, 10)) + 31 * 3_600_000) - clock.time());
  await clock.flow('alerts', s.storeId);
  await clock.flow('daily-digest', s.storeId);
  for (let n = 0; n < 3; n++) await clock.flow('alerts', s.storeId);
  const digests = s.posts(`/${s.storeId}`).map((post) => JSON.parse(post.body)).filter((body) => body.type === 'digest.composed'), lines: { text: string; link: string }[] = digests.at(-1).data.digest.lines;
  expect(lines.map((line) => line.text.split(':')[0]).slice(0, 3)).toEqual(['Order 7', 'Return R1', expect.stringContaining('exceptions open') as string]);
  expect(lines[1]!.text).toMatch(/^Return R1: Nobody looked at it since 1 Dec 2026, \d\d:00\.$/);
  expect(lines.some((line) => line.text.includes('A thing'))).toBe(false);
  expect(lines.length).toBeLessThanOrEqual(11);
});

describe('a channel', () => {
  it('is refused by the field at fault, shows no secret, and is removed with its messages', async () => {
    const s = await shop();
    const ask = async (part: object) => (await s.call<{ detail: string }>('POST', '/channels', { name: 'C', kind: 'email', address: 'a@b.example', roles: [], leastSeverity: 4, quiet: null, quietWeekends: false, digestHour: null, ...part })).body.detail;
    expect(await ask({ address: 'no address' })).toMatch(/^address: no is not/);
    expect(await ask({ kind: 'slack', address: 'https://10.0.0.1/x' })).toMatch(/^address: leads to 10\.0\.0\.1/);
    expect(await ask({ kind: 'webhook', address: 'https://example.com/', secret: 'short' })).toMatch(/^secret: /);
    expect(await ask({ quiet: { from: 7, to: 7 } })).toMatch(/quiet/);
    expect(await ask({ roles: ['nobody'] })).toMatch(/roles/);
    const { channelId } = await s.channel({ kind: 'slack', address: `${sink.url}/T000/B000/very-secret-tail` });
    expect(JSON.stringify((await s.call('GET', '/channels')).body)).not.toContain('very-secret');
    expect((await house.db.query<{ sealed: Buffer }>('select sealed from alert_channel where store_id = $1', [s.storeId])).rows[0]!.sealed.toString('latin1')).not.toContain('very-secret');
    await s.raise('PUSH_FAILED', 'one');
    await s.tell();
    expect((await s.call<{ removed: boolean }>('DELETE', `/channels/${channelId}`)).body).toEqual({ removed: true });
    expect(await s.deliveries()).toEqual([]);
    const log = await house.db.query<{ action: string }>(`select action from audit_event where action like 'alert channel%' and subject = 'Channel' order by 1`);
    expect(log.rows.length).toBeGreaterThan(1);
  });
});
