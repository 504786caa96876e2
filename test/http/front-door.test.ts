/** The front door and who may pass: signatures on raw bytes, forged headers, unreadable bodies, foreign origins, the first administrator. */
import { createHmac, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { shopifyApi, LogSeverity } from '@shopify/shopify-api';
import '@shopify/shopify-api/adapters/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signedBy } from '../../src/connectors/shopify/webhook.ts';
import { API_VERSION } from '../../src/connectors/shopify/version.ts';
import { cell } from '../../src/domain/csv.ts';
import { tokenHash } from '../../src/http/auth.ts';
import { nulIn } from '../../src/http/text-only.ts';
import { raise } from '../../src/store/exceptions.ts';
import { replaceSecret } from '../../src/store/stores.ts';
import { saveSetupToken } from '../../src/store/users.ts';
import { SECRET, SHOP, world } from '../helpers/world.ts';

const w = await world({ months: 1, scale: 0.03 });
await w.import();

const sign = (body: string | Buffer, secret = SECRET): string => createHmac('sha256', secret).update(body).digest('base64');
async function deliver(body: string | Buffer, options: { topic?: string; path?: string; signature?: string; shop?: string; id?: string; token?: string } = {}): Promise<number> {
  const topic = options.topic ?? 'inventory_levels/update';
  const response = await fetch(`${w.url}/hooks/${options.token ?? w.hookToken}/${options.path ?? topic}`, {
    method: 'POST', body: new Uint8Array(Buffer.from(body)),
    headers: {
      'content-type': 'application/json', 'x-shopify-topic': topic, 'x-shopify-shop-domain': options.shop ?? SHOP, 'x-shopify-webhook-id': options.id ?? randomUUID(),
      'x-shopify-hmac-sha256': options.signature ?? sign(body), 'x-shopify-api-version': API_VERSION, 'x-shopify-triggered-at': '2026-11-24T10:00:00Z',
    },
  });
  return response.status;
}
const level = JSON.stringify({ inventory_item_id: 1, location_id: 2, available: 3, updated_at: '2026-11-24T10:00:00Z' });
const stored = async (): Promise<number> => (await w.house.db.query<{ n: number }>('select count(*)::int as n from inbox')).rows[0]!.n;

describe('a webhook', () => {
  it('passes with a good signature and is stored before the answer', async () => {
    const before = await stored();
    expect(await deliver(level)).toBe(200);
    expect(await stored()).toBe(before + 1);
  });
  it('is refused, counted and not stored when a byte, the signature, the shop, the topic or the address is wrong', async () => {
    const before = await stored();
    expect(await deliver(`${level} `, { signature: sign(level) })).toBe(401);
    for (const signature of ['', 'x', 'ä', sign(level).slice(0, 20), sign(level, 'another')]) expect(await deliver(level, { signature })).toBe(401);
    expect(await deliver(level, { shop: 'other.myshopify.com' })).toBe(401);
    expect(await deliver(level, { path: 'orders/create' })).toBe(401);
    expect(await deliver(level, { token: 'nobody' })).toBe(404);
    expect(await stored()).toBe(before);
    const metrics = await (await fetch(`${w.url}/metrics`)).text();
    expect(Number(/st_webhook_received_total\{result="bad signature"\} (\d+)/.exec(metrics)![1])).toBeGreaterThanOrEqual(6);
    const page = await w.until('the exception', async () => { const { rows } = await w.api<{ rows: { sentence: string }[] }>(`/api/v1/exceptions?store=${w.storeId}&kind=WEBHOOK_HMAC_FAILED`); return rows.length > 0 && rows; });
    expect(page[0]!.sentence).toContain('signature that does not fit');
  });
  it('is stored once however often the same delivery comes', async () => {
    const before = await stored(), id = randomUUID();
    expect(await Promise.all(Array.from({ length: 20 }, () => deliver(level, { id })))).toEqual(Array.from({ length: 20 }, () => 200));
    expect(await stored()).toBe(before + 1);
  });
  it('signed with a secret that was replaced a moment ago is believed at once, and so is the one before', async () => {
    const newer = 'shpss_of_a_moment_ago', put = (secret: string) => replaceSecret(w.house.db, w.storeId, 'test-client', w.house.vault.seal(`${w.storeId}:connection:client_secret`, secret), new Date().toISOString());
    expect(await deliver(level)).toBe(200); // what it knows is kept
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    await put(newer);
    expect([await deliver(level, { signature: sign(level, newer) }), await deliver(level), await deliver(level, { signature: sign(level, 'neither') })]).toEqual([200, 200, 401]);
    await put(SECRET);
    w.house.reconnect(w.storeId);
    await (await w.house.storefront(w.storeId)).shop(); // and a token by it
  });
  it('agrees with Shopify’s own library on what is signed', async () => {
    const shopify = shopifyApi({ apiKey: 'k', apiSecretKey: SECRET, apiVersion: API_VERSION as never, isEmbeddedApp: false, hostName: 'localhost', logger: { level: LogSeverity.Error }, scopes: [] });
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 400 }), fc.boolean(), async (body, honest) => {
      const signature = honest ? sign(body) : sign(`${body}x`);
      const theirs = await shopify.webhooks.validate({ rawBody: body, rawRequest: { headers: {
        'x-shopify-hmac-sha256': signature, 'x-shopify-topic': 'orders/create', 'x-shopify-shop-domain': SHOP, 'x-shopify-api-version': API_VERSION, 'x-shopify-webhook-id': '1',
      } } as never });
      if (body !== '') expect(signedBy(Buffer.from(body), signature, [SECRET])).toBe(theirs.valid);
    }), { numRuns: 60 });
  });
  it('may be large and full of accents', async () => {
    const body = JSON.stringify({ ...JSON.parse(level) as object, padding: 'Zoë ünïcode '.repeat(120_000) });
    expect(body.length).toBeGreaterThan(1_000_000);
    expect(await deliver(body)).toBe(200);
    expect(await deliver(body.replace('Zoë', 'Zoe'), { signature: sign(body) })).toBe(401);
  });
  it('that cannot be read is kept whole as a dead letter with an exception, and stops nobody', async () => {
    const bad = ['{"half":', '[]', 'null', '{"id":1}', JSON.stringify({ id: 5, updated_at: 'yesterday', line_items: [] }), '{"id":1,"updated_at":"2026-11-24T10:00:00Z","line_items":[{"id":1}]}'];
    for (const body of bad) expect(await deliver(body, { topic: 'orders/create' })).toBe(200);
    const good = randomUUID();
    expect(await deliver(level, { id: good })).toBe(200);
    const dead = await w.until('the inbox settled', async () => {
      const { rows } = await w.house.db.query<{ state: number; body: Buffer }>('select state, body from inbox where topic = $1', ['orders/create']);
      return rows.length === bad.length && rows.every((r) => r.state !== 0) && rows;
    });
    expect(dead.filter((r) => r.state === 3).map((r) => r.body.toString()).sort()).toEqual(expect.arrayContaining(['[]', 'null', '{"half":']));
    const after = await w.until('the good one settled', async () => { // it may come a batch later
      const { rows: [row] } = await w.house.db.query<{ state: number }>('select state from inbox where webhook_id = $1', [good]);
      return row!.state !== 0 && row!;
    });
    expect(after.state).toBe(1);
    const { rows } = await w.api<{ rows: unknown[] }>(`/api/v1/exceptions?store=${w.storeId}&kind=PAYLOAD_UNREADABLE`);
    expect(rows.length).toBe(dead.filter((r) => r.state === 3).length);
  });
  it('of an unknown variant or location raises an exception while its other lines are applied', async () => {
    const [known] = [...w.sandbox.shop.tables.variants.values()].filter((v) => v.components.length === 0 && w.sandbox.shop.tables.inventoryItems.get(v.inventoryItemId)!.tracked);
    const line = (id: number, variant: string): object => ({ id, variant_id: Number(variant), sku: 'X', title: 'X', quantity: 1, current_quantity: 1, fulfillable_quantity: 1, price: '1.00' });
    const body = JSON.stringify({
      id: 990001, name: '#990001', created_at: '2026-11-24T10:00:00Z', processed_at: '2026-11-24T10:00:00Z', updated_at: '2026-11-24T10:00:00Z', cancelled_at: null, cancel_reason: null,
      line_items: [line(1, '777777777'), line(2, known!.id)], refunds: [], fulfillments: [],
    });
    expect(await deliver(body, { topic: 'orders/create' })).toBe(200);
    // A quarter of an hour passes before it is anybody's work.
    const { sentence } = await w.until('the exception', async () => (await w.house.db.query<{ sentence: string }>(`select sentence from exception where store_id = $1 and kind = 'VARIANT_UNMAPPED' and state = 'grace'`, [w.storeId])).rows[0]);
    expect(sentence).toContain('The order\'s other lines were applied');
    const demand = await w.house.db.query(`select from demand_fact where store_id = $1 and fact = 'order/990001:line/2'`, [w.storeId]);
    expect(demand.rowCount).toBe(1);
  });
});

describe('the API', () => {
  it('says what is wrong with a request, by field', async () => {
    const response = await fetch(`${w.url}/api/v1/stock?store=${w.storeId}&limit=9999&view=everything`);
    expect(response.status).toBe(400);
    const problem = await response.json() as { errors: { field: string }[]; requestId: string };
    expect(problem.errors.map((e) => e.field).sort()).toEqual(['limit', 'view']);
    expect(problem.requestId).toBeTruthy();
    for (const path of ['/api/v1/stock?store=999', '/api/v1/nothing', `/api/v1/items/99999999?store=${w.storeId}`]) expect((await fetch(`${w.url}${path}`)).status, path).toBe(404);
    expect((await fetch(`${w.url}/api/v1/stock?store=${w.storeId}&cursor=zzz`)).status).toBe(400);
  });
  it('pages through every row exactly once, in any order asked for', async () => {
    type Page = { rows: { itemId: number; locationId: number }[]; nextCursor: string | null; totals: { rows: number } };
    for (const sort of ['sku', 'available', 'lastMovement', 'drift']) for (const dir of ['asc', 'desc']) {
      const seen: string[] = [];
      let cursor: string | null = null, total = 0;
      do {
        const page: Page = await w.api(`/api/v1/stock?store=${w.storeId}&sort=${sort}&dir=${dir}&limit=7${cursor ? `&cursor=${cursor}` : ''}`);
        total = page.totals.rows;
        seen.push(...page.rows.map((r) => `${r.itemId}@${r.locationId}`));
        cursor = page.nextCursor;
      } while (cursor);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length, `${sort} ${dir}`).toBe(total);
    }
  });
  it('describes itself in OpenAPI 3.1, every operation with a reply', async () => {
    const api = await w.api<{ openapi: string; paths: Record<string, Record<string, { summary?: string; responses: object }>> }>('/api/openapi.json');
    expect(api.openapi).toMatch(/^3\.1/);
    for (const [path, methods] of Object.entries(api.paths)) for (const [method, operation] of Object.entries(methods)) {
      expect(operation.summary, `${method} ${path}`).toBeTruthy();
      expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
    }
    expect(Object.keys(api.paths).length).toBeGreaterThan(18);
  });
  it('defuses formulas in CSV and keeps numbers numbers', () => {
    for (const bad of ['=1+1', '+1', '-1', '@x', '\t=1', ' =cmd|x', '＝1', '＠x', '－1', '％x', '%x']) expect(cell(bad).replaceAll('"', '').startsWith('\''), bad).toBe(true);
    expect(cell(-5)).toBe('-5');
    expect(cell('a,"b"\nc')).toBe('"a,""b""\nc"');
  });
  it('answers health, metrics, and forbids framing, sniffing and inline scripts', async () => {
    for (const path of ['/livez', '/readyz']) expect((await w.api<{ ok: boolean }>(path)).ok).toBe(true);
    const headers = (await fetch(`${w.url}/api/v1/session`)).headers;
    expect(headers.get('content-security-policy')).toMatch(/script-src 'self';.*frame-ancestors 'none'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('text', () => {
  const send = async (method: string, path: string, body?: unknown): Promise<{ status: number; detail: string }> => {
    const reply = await fetch(`${w.url}/api/v1${path}`, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
    return { status: reply.status, detail: ((await reply.json()) as { detail?: string }).detail ?? '' };
  };
  const at = (path: string): string => `${path}${path.includes('?') ? '&' : '?'}store=${w.storeId}`;

  it.each([
    ['POST', '/suppliers', { name: 'A\u0000B', currency: 'USD' }, 'name'], ['POST', '/planning-events', { name: 'x\u0000', from: '2027-01-01', to: '2027-01-02' }, 'name'], ['POST', '/counts', { locationId: 1, name: 'x\u0000' }, 'name'],
    ['POST', '/exceptions/1', { action: 'say', said: 'so\u0000so' }, 'said'], ['POST', '/exceptions/bulk', { ids: ['1', '2\u0000'], change: { action: 'say', said: 'x' } }, 'ids.1'], ['POST', '/views', { page: 'stock', name: 'x', search: { q: '\u0000' } }, 'search.q'],
    ['POST', '/mapping/import?dryRun=true', { csv: 'Code,Item SKU\nA\u0000,B' }, 'csv'], ['POST', '/bundles/import?dryRun=true', { csv: 'PK\u0003\u0004\u0000' }, 'csv'], ['POST', '/purchasing/import', { kind: 'suppliers', csv: '\u0000' }, 'csv'], ['POST', '/login', { email: 'a\u0000@b.example', password: 'x' }, 'email'],
  ])('with U+0000 is refused by its field: %s %s', async (method, path, body, field) => {
    const { status, detail } = await send(method, at(path), body);
    expect([status, detail.startsWith(`${field}: `), field !== 'csv' || detail.includes('not a CSV file')]).toEqual([400, true, true]);
  });
  it('with U+0000 is refused in an address too, and other signs pass', async () => {
    expect(await send('GET', at('/stock?q=%00'))).toMatchObject({ status: 400, detail: 'q: holds a character that is no text (U+0000)' });
    expect((await send('GET', at('/stock?q=%01%EF%BF%BD'))).status).toBe(200);
  });
  it('is searched however deep it stands', () => fc.assert(fc.property(fc.jsonValue(), fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 6 }), (value, path) => {
    const plain = JSON.parse(JSON.stringify(value).replaceAll('\\u0000', '')) as unknown;
    expect(nulIn(plain)).toBeNull();
    expect(nulIn(path.reduceRight<unknown>((inner, key) => ({ other: plain, [key]: inner }), 'x\u0000'))).toBe(path.join('.'));
  })));
});

describe('who may pass', () => {
  const raw = (path: string, headers: Record<string, string>, method = 'GET', body?: string): Promise<{ status: number; cookie: string | undefined }> => new Promise((resolve, reject) => {
    const target = new URL(w.url);
    const call = httpRequest({ host: target.hostname, port: target.port, path, method, headers: { ...(body ? { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) } : {}), ...headers } }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode!, cookie: response.headers['set-cookie']?.[0]?.split(';')[0] }));
    }).on('error', reject);
    call.end(body);
  });
  const stock = `/api/v1/stock?store=${w.storeId}`;

  it('refuses foreign hosts and foreign origins, also before there is an administrator', async () => {
    expect((await raw(stock, {})).status).toBe(200);
    expect((await raw(stock, { host: 'evil.example' })).status).toBe(403);
    expect((await raw(`/api/v1/flows/forecast/runs?store=${w.storeId}`, { origin: 'https://evil.example' }, 'POST')).status).toBe(403);
    expect((await raw(`/api/v1/flows/forecast/runs?store=${w.storeId}`, { 'sec-fetch-site': 'cross-site' }, 'POST')).status).toBe(403);
  });
  it('makes the first administrator with the one-time token only, then asks everybody to sign in', async () => {
    const { house } = w;
    await saveSetupToken(house.db, tokenHash('right'), new Date(Date.now() + 60_000).toISOString());
    const setup = (token: string, password = 'correct horse battery'): Promise<{ status: number; cookie: string | undefined }> => raw('/api/v1/setup', {}, 'POST', JSON.stringify({ token, email: 'Ann@example.com', name: 'Ann', password }));
    expect((await setup('wrong')).status).toBe(403);
    expect((await setup('right', 'short')).status).toBe(400);
    // What somebody took before there were accounts is the first administrator's; what is over stays as it was.
    for (const key of ['taken', 'over']) await raise(house.db.pool, w.storeId, [{ kind: 'SKU_BLANK', key, subject: key, sentence: 'No SKU.' }], new Date().toISOString());
    await house.db.query(`update exception set assigned_to = 'operator', state = case when subject = 'over' then 'resolved' else state end where subject in ('taken', 'over')`);
    const made = await setup('right');
    expect(made.status).toBe(200);
    expect((await house.db.query(`select subject, assigned_to from exception where subject in ('taken', 'over') order by 1`)).rows).toEqual([{ subject: 'over', assigned_to: 'operator' }, { subject: 'taken', assigned_to: 'ann@example.com' }]);
    expect((await house.db.query(`select v.what, v.said from exception_event v join exception e using (store_id, exception_id) where e.subject = 'taken' order by v.event_id desc limit 1`)).rows).toEqual([{ what: 'assigned', said: 'ann@example.com' }]);
    expect((await setup('right')).status).toBe(403);
    expect((await raw(stock, {})).status).toBe(401);
    expect((await raw(stock, { cookie: made.cookie! })).status).toBe(200);
    expect((await raw('/metrics', {})).status).toBe(401);
    expect((await raw('/readyz', {})).status).toBe(200);
    const { rows } = await house.db.query<{ password_hash: string }>('select password_hash from app_user');
    expect(rows[0]!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const sessions = await house.db.query<{ token_hash: Buffer }>('select token_hash from app_session');
    expect(sessions.rows.some((row) => made.cookie!.includes(row.token_hash.toString('hex')))).toBe(false);
  });
  it('signs in and out, and slows down guessing', async () => {
    const login = (password: string): Promise<{ status: number; cookie: string | undefined }> => raw('/api/v1/login', {}, 'POST', JSON.stringify({ email: 'ann@example.com', password }));
    const { status, cookie } = await login('correct horse battery');
    expect(status).toBe(200);
    expect((await raw(stock, { cookie: cookie! })).status).toBe(200);
    expect((await raw('/api/v1/logout', { cookie: cookie! }, 'POST', '{}')).status).toBe(200);
    expect((await raw(stock, { cookie: cookie! })).status).toBe(401);
    for (let n = 0; n < 8; n++) expect((await login('guess')).status).toBe(401);
    expect((await login('correct horse battery')).status).toBe(429);
  });
  it('keeps no secret readable in the database', async () => {
    const { rows } = await w.house.db.query<{ client_secret: Buffer; access_token: Buffer }>('select client_secret, access_token from connection');
    for (const { client_secret, access_token } of rows) {
      expect(client_secret.includes(SECRET)).toBe(false);
      expect(access_token.length).toBeGreaterThan(40);
      expect(() => w.house.vault.open('2:connection:client_secret', client_secret)).toThrow(/does not open/);
    }
  });
});
