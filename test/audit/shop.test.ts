/** A shop with known faults, read by its token alone: each fault is found, nothing is changed, and what cannot be read is said. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { shopToAudit } from '../../src/compose.ts';
import { audit } from '../../src/domain/audit/audit.ts';
import { readShop } from '../../src/flows/audit.ts';
import { SCOPES } from '../../src/connectors/shopify/version.ts';
import { WANTED_SCOPES } from '../../src/connectors/shopify/wanted-scopes.ts';
import { startSandbox } from '../../src/sandbox/main.ts';
import { SECRET, SHOP } from '../helpers/world.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'instep-audit-'));
const sandbox = await startSandbox({ port: 0, dataDir: dir, seed: 3, months: 4, scale: 0.08, ordersPerMinute: 0, fulfilAfterMs: null, clientId: 'test-client', clientSecret: SECRET, shopDomain: SHOP, plan: 'plus' });
afterAll(async () => { await sandbox.stop(); rmSync(dir, { recursive: true, force: true }); });
const { access_token: token } = await (await fetch(`${sandbox.url}/admin/oauth/access_token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ grant_type: 'client_credentials', client_id: 'test-client', client_secret: SECRET }) })).json() as { access_token: string };
const graphql = async <T>(query: string): Promise<T> => (await (await fetch(`${sandbox.url}/admin/api/2026-10/graphql.json`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-shopify-access-token': token }, body: JSON.stringify({ query }) })).json() as { data: T }).data;
const read = async () => audit({ ...await readShop(await shopToAudit({ domain: SHOP, token, origin: sandbox.url }), { at: new Date().toISOString(), writes: false, onProgress: () => {} }), own: null });
const found = (report: Awaited<ReturnType<typeof read>>, id: string) => report.checks.find((check) => check.id === id)!;

describe('an audit by token', () => {
  it('finds the faults that were made, and only those more', async () => {
    const before = await read();
    expect(before.read.variants).toBeGreaterThan(20);
    expect(before.read.orders).toBeGreaterThan(50);
    const { productVariants: { nodes } } = await graphql<{ productVariants: { nodes: { id: string; sku: string; product: { id: string } }[] } }>('{ productVariants(first: 250) { nodes { id sku requiresComponents product { id status } inventoryItem { tracked } } } }');
    const good = nodes.filter((node) => node.sku && (node as never as { requiresComponents: boolean }).requiresComponents === false && (node as never as { product: { status: string } }).product.status === 'ACTIVE' && (node as never as { inventoryItem: { tracked: boolean } }).inventoryItem.tracked);
    const change = async (of: typeof good[number], input: string): Promise<void> => {
      const answer = await graphql<{ productVariantsBulkUpdate: { userErrors: unknown[] } }>(`mutation { productVariantsBulkUpdate(productId: "${of.product.id}", variants: [{ id: "${of.id}", ${input} }]) { userErrors { message } } }`);
      expect(answer.productVariantsBulkUpdate.userErrors).toEqual([]);
    };
    await change(good[0]!, 'inventoryItem: { sku: "TWICE-1" }');
    await change(good.at(-1)!, 'inventoryItem: { sku: "TWICE-1" }');
    await change(good[3]!, 'inventoryItem: { sku: "" }');
    await change(good[5]!, 'inventoryPolicy: CONTINUE');
    const after = await read();
    for (const id of ['sku-duplicate', 'sku-blank', 'oversellable']) expect([id, found(after, id).found - found(before, id).found]).toEqual([id, 1]);
    expect(found(after, 'sku-duplicate').gaps.find((gap) => gap.subject === 'TWICE-1')!.sentence).toContain('on 2 variants');
    expect(after.score).toBeLessThanOrEqual(before.score);
  });

  it('asks for each scope with a reason, and for no write to look', async () => {
    expect(WANTED_SCOPES.map(({ scope }) => scope).sort()).toEqual([...SCOPES].sort());
    expect(found(await read(), 'scopes')).toMatchObject({ found: 0, checked: WANTED_SCOPES.filter(({ scope }) => scope.startsWith('read_')).length });
  });

  it('cannot change a shop, and refuses before it asks', async () => {
    const storefront = await shopToAudit({ domain: SHOP, token, origin: sandbox.url });
    await expect(storefront.setAvailable({ key: 'k', referenceUri: 'gid://x/y/1', rows: [{ inventoryItemId: '1', locationId: '1', quantity: 1, changeFrom: null }] })).rejects.toThrow('changes nothing');
    await expect(storefront.ensureSubscriptions((topic) => `https://x.example/${topic}`)).rejects.toThrow('changes nothing');
  });

  it('says what could not be read, and goes on with the rest', async () => {
    const storefront = await shopToAudit({ domain: SHOP, token, origin: sandbox.url });
    const facts = await readShop({ ...storefront, allOrders: () => { throw new Error('Access denied for orders field'); } }, { at: new Date().toISOString(), writes: false, onProgress: () => {} });
    const report = audit({ ...facts, own: null });
    expect(found(report, 'orders-late').skipped).toBe('orders could not be read: Access denied for orders field');
    expect(found(report, 'negative-stock').skipped).toBeNull();
  });

  it('a refused token is said in words', async () => {
    await expect(shopToAudit({ domain: SHOP, token: 'shpat_of_nobody', origin: sandbox.url })).rejects.toThrow(/401/);
  });
});

describe('the command', () => {
  const run = (args: string[], env: Record<string, string>, input = ''): Promise<{ code: number; stdout: string; stderr: string }> => new Promise((resolve) => {
    const child = execFile(process.execPath, ['src/cli/main.ts', 'audit', ...args], { env: { PATH: process.env['PATH'] ?? '', SHOPIFY_API_ORIGIN: sandbox.url, ...env }, maxBuffer: 64_000_000 }, (error, stdout, stderr) => { resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }); });
    child.stdin!.end(input);
  });
  it('needs a token and no database; writes HTML and CSV; exits 3 when something is urgent', async () => {
    const html = path.join(dir, 'a.html'), csv = path.join(dir, 'a.csv');
    const done = await run(['--shop', SHOP, '--json', '--html', html, '--csv', csv], { INSTEP_AUDIT_TOKEN: token });
    expect([done.code, done.stderr]).toEqual([3, '']);
    const report = JSON.parse(done.stdout) as { score: number; checks: { gaps: unknown[] }[] };
    expect(readFileSync(html, 'utf8')).toContain(`<b>${report.score}</b>`);
    expect(readFileSync(csv, 'utf8').trim().split('\r\n')).toHaveLength(1 + report.checks.reduce((sum, check) => sum + check.gaps.length, 0));
  }, 60_000);
  it('takes the token from standard input; wrong use is 2', async () => {
    expect((await run(['--shop', 'not a shop'], {})).code).toBe(2);
    expect((await run(['--shop', SHOP, '--store', '1'], {})).code).toBe(2);
    expect(await run(['--shop', SHOP], {})).toMatchObject({ code: 2, stderr: expect.stringContaining('no token') });
    const piped = await run(['--shop', SHOP, '--json'], {}, `${token}\n`);
    expect((JSON.parse(piped.stdout) as { score: number }).score).toBeGreaterThan(0);
  }, 60_000);
});
