/** People: invited by a link, given a role, shut out; nobody but administrators does it, and there is always one left. */
import { describe, expect, it } from 'vitest';
import { tokenHash } from '../../src/http/auth.ts';
import { saveSetupToken } from '../../src/store/users.ts';
import { world } from '../helpers/world.ts';

const w = await world({ worker: false, months: 1, scale: 0.02 });
const PASSWORD = 'correct horse battery', OTHER = 'another long password';
interface Answer<T> { status: number; cookie: string; body: T }
interface Invitation { userId: number; url: string }
interface People { mayChange: boolean; people: { userId: number; email: string; role: string; state: string; sessions: number }[] }

async function ask<T = { detail: string }>(method: string, path: string, cookie: string, body?: object): Promise<Answer<T>> {
  const response = await fetch(`${w.url}/api/v1${path}`, { method, headers: { ...(cookie ? { cookie } : {}), ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: response.status, cookie: response.headers.getSetCookie().map((each) => each.split(';')[0]!).find((each) => each.startsWith('instep_session=') && each.length > 20) ?? '', body: (await response.json()) as T };
}
const token = (made: Invitation): string => new URL(made.url).searchParams.get('token')!;
const join = (made: Invitation, password = OTHER) => ask('POST', '/join', '', { token: token(made), password });
const signIn = (email: string, password: string) => ask('POST', '/login', '', { email, password });
const acts = async (subject: string): Promise<string[]> => (await w.house.db.query<{ action: string }>('select action from audit_event where subject = $1 order by audit_id', [subject])).rows.map((row) => row.action);

describe('people', () => {
  let ann = '', bob = '', invited: Invitation;
  it('cannot be invited before there is an administrator', async () => {
    expect(await ask('POST', '/people', '', { email: 'bob@shop.example', name: 'Bob', role: 'planner' })).toMatchObject({ status: 409, body: { detail: expect.stringContaining('no administrator yet') } });
    await saveSetupToken(w.house.db, tokenHash('first'), new Date(Date.now() + 60_000).toISOString());
    ann = (await ask('POST', '/setup', '', { token: 'first', email: 'ann@shop.example', name: 'Ann', password: PASSWORD })).cookie;
    expect(ann).not.toBe('');
  });

  it('join by a link that is kept as a hash, works once, and signs them in', async () => {
    const made = await ask<Invitation>('POST', '/people', ann, { email: 'Bob@Shop.example', name: 'Bob', role: 'planner' });
    expect(made.status).toBe(200);
    invited = made.body;
    const { rows: [kept] } = await w.house.db.query<{ token_hash: Buffer }>('select token_hash from user_invitation');
    expect(kept!.token_hash.equals(tokenHash(token(invited)))).toBe(true);
    expect((await signIn('bob@shop.example', OTHER)).status).toBe(401);
    expect((await ask('POST', '/people', ann, { email: 'bob@shop.example', name: 'Bob', role: 'planner' })).status).toBe(409);
    expect((await join(invited, 'short')).status).toBe(400);
    const joined = await join(invited);
    expect(joined.status).toBe(200);
    bob = joined.cookie;
    expect(await ask('GET', '/session', bob)).toMatchObject({ body: { user: { email: 'bob@shop.example', role: 'planner' } } });
    expect((await join(invited)).status).toBe(403);
    expect((await signIn('bob@shop.example', OTHER)).status).toBe(200);
    expect(await acts('bob@shop.example')).toEqual(['person invited']);
  });

  it('are changed by administrators alone', async () => {
    expect((await ask<People>('GET', '/people', bob)).body).toMatchObject({ mayChange: false, people: [{ email: 'ann@shop.example', role: 'admin', state: 'active' }, { email: 'bob@shop.example', role: 'planner', state: 'active', sessions: 2 }] });
    for (const [method, path, body] of [['POST', '/people', { email: 'eve@shop.example', name: 'Eve', role: 'admin' }], ['PUT', `/people/${invited.userId}`, { role: 'admin' }], ['POST', '/people/1/invitation', undefined], ['DELETE', '/people/1/sessions', undefined]] as const) expect((await ask(method, path, bob, body)).status).toBe(403);
    expect((await ask('GET', '/people', '')).status).toBe(401);
    expect((await ask('PUT', `/people/${invited.userId}`, ann, { role: 'king' })).status).toBe(400);
    expect((await ask('PUT', '/people/999', ann, { name: 'Nobody' })).status).toBe(404);
  });

  it('are out at once when their role changes, when shut out, or signed out everywhere', async () => {
    const still = async (): Promise<number> => (await ask('GET', '/people', bob)).status;
    expect(await ask('PUT', `/people/${invited.userId}`, ann, { role: 'finance' })).toMatchObject({ status: 200, body: { role: 'finance', sessions: 0 } });
    expect(await still()).toBe(401);
    bob = (await signIn('bob@shop.example', OTHER)).cookie;
    expect(await ask('DELETE', `/people/${invited.userId}/sessions`, ann)).toMatchObject({ body: { ended: 1 } });
    expect(await still()).toBe(401);
    bob = (await signIn('bob@shop.example', OTHER)).cookie;
    expect(await ask('PUT', `/people/${invited.userId}`, ann, { disabled: true })).toMatchObject({ body: { state: 'disabled' } });
    expect(await still()).toBe(401);
    expect((await signIn('bob@shop.example', OTHER)).status).toBe(401);
    expect((await ask('POST', `/people/${invited.userId}/invitation`, ann)).status).toBe(409);
    expect(await ask('PUT', `/people/${invited.userId}`, ann, { disabled: false })).toMatchObject({ body: { state: 'active', role: 'finance' } });
    expect((await signIn('bob@shop.example', OTHER)).status).toBe(200);
  });

  it('leave one administrator who can sign in, even when two step down at the same time', async () => {
    const { body: { people } } = await ask<People>('GET', '/people', ann), annId = people.find((one) => one.email === 'ann@shop.example')!.userId;
    for (const body of [{ role: 'viewer' }, { disabled: true }]) expect(await ask('PUT', `/people/${annId}`, ann, body)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('last administrator') } });
    // Somebody invited as one cannot sign in yet.
    const second = (await ask<Invitation>('POST', '/people', ann, { email: 'cas@shop.example', name: 'Cas', role: 'admin' })).body;
    expect((await ask('PUT', `/people/${annId}`, ann, { role: 'viewer' })).status).toBe(409);
    const cas = (await join(second)).cookie;
    const both = await Promise.all([ask('PUT', `/people/${annId}`, ann, { role: 'viewer' }), ask('PUT', `/people/${second.userId}`, cas, { role: 'viewer' })]);
    expect(both.map((one) => one.status).sort()).toEqual([200, 409]);
    const { rows: [left] } = await w.house.db.query<{ n: number }>(`select count(*)::int as n from app_user where role = 'admin' and disabled_at is null`);
    expect(left!.n).toBe(1);
    await w.house.db.query(`update app_user set role = 'admin' where email = 'ann@shop.example'`);
    ann = (await signIn('ann@shop.example', PASSWORD)).cookie;
  });

  it('get a new link when a password is forgotten; the one before stops working, and so do old sessions', async () => {
    const first = (await ask<Invitation>('POST', `/people/${invited.userId}/invitation`, ann)).body, second = (await ask<Invitation>('POST', `/people/${invited.userId}/invitation`, ann)).body;
    bob = (await signIn('bob@shop.example', OTHER)).cookie;
    expect((await join(first, 'a third long password')).status).toBe(403);
    expect((await join(second, 'a third long password')).status).toBe(200);
    expect((await ask('GET', '/people', bob)).status).toBe(401);
    expect((await signIn('bob@shop.example', OTHER)).status).toBe(401);
    const late = (await ask<Invitation>('POST', `/people/${invited.userId}/invitation`, ann)).body;
    await w.house.db.query(`update user_invitation set expires_at = now() - interval '1 minute'`);
    expect(await join(late)).toMatchObject({ status: 403, body: { detail: expect.stringContaining('older than seven days') } });
  });

  it('change their own password, knowing the one of now; other devices are signed out', async () => {
    bob = (await signIn('bob@shop.example', 'a third long password')).cookie;
    const elsewhere = (await signIn('bob@shop.example', 'a third long password')).cookie;
    expect((await ask('PUT', '/session/password', bob, { current: 'a guess', password: OTHER })).status).toBe(403);
    expect((await ask('PUT', '/session/password', bob, { current: 'a third long password', password: 'short' })).status).toBe(400);
    const changed = await ask('PUT', '/session/password', bob, { current: 'a third long password', password: OTHER });
    expect(changed.status).toBe(200);
    expect((await ask('GET', '/people', changed.cookie)).status).toBe(200);
    for (const old of [bob, elsewhere]) expect((await ask('GET', '/people', old)).status).toBe(401);
  });
});
