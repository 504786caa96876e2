/**
 * A real Tryton for the suite: Debian's packages, one database built once a machine (about half a minute) and copied for each run. The copy is SQLite:
 * right for one caller at a time, which is all the suite is.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { trytonClient } from '../../src/connectors/tryton/client.ts';

const run = promisify(execFile);
const PACKAGES = ['tryton-server', 'tryton-modules-stock', 'tryton-modules-sale', 'tryton-modules-purchase'];
export const PASSWORD = 'instep-tests-only';
const DATABASE = 'tryton';
/** Grows when `furnish` changes. */
const TEMPLATE = 3;

export interface Tryton { url: string; stop(): Promise<void> }

/** Why there can be no Tryton here, or null once it is installed. */
export async function trytonMissing(): Promise<string | null> {
  if (process.env['INSTEP_TRYTON'] === 'no') return 'INSTEP_TRYTON is no';
  if (existsSync('/usr/bin/trytond')) return null;
  if (!existsSync('/usr/bin/apt-get')) return 'no apt-get on this machine';
  if (process.getuid?.() !== 0) return 'not root, and trytond is not installed';
  const apt = (args: string[], seconds: number): Promise<unknown> => run('apt-get', ['-o', 'DPkg::Lock::Timeout=120', '-q', ...args], { timeout: seconds * 1000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 * 1024 * 1024 });
  const install = (): Promise<unknown> => apt(['install', '-y', '--no-install-recommends', ...PACKAGES], 240);
  try {
    await install().catch(async () => { await apt(['update'], 120); await install(); });
  } catch (error) {
    return `the packages cannot be installed (${(error as Error).message.split('\n').at(-1)!.slice(0, 200)})`;
  }
  return existsSync('/usr/bin/trytond') ? null : 'the packages hold no trytond';
}

/** Starts one on a copy of the template. */
export async function startTryton(): Promise<Tryton> {
  const template = await templateFile();
  const folder = mkdtempSync(path.join(tmpdir(), 'instep-tryton-'));
  copyFileSync(template, path.join(folder, `${DATABASE}.sqlite`));
  const server = await serve(folder);
  return { url: server.url, async stop() { await server.stop(); rmSync(folder, { recursive: true, force: true }); } };
}

async function templateFile(): Promise<string> {
  const { stdout } = await run('/usr/bin/dpkg-query', ['-W', ...PACKAGES]);
  const key = createHash('sha256').update(`${stdout}\n${TEMPLATE}`).digest('hex').slice(0, 12);
  const cache = path.join(tmpdir(), `instep-tryton-template-${key}`), file = path.join(cache, `${DATABASE}.sqlite`);
  if (existsSync(file)) return file;
  const building = mkdtempSync(path.join(tmpdir(), 'instep-tryton-build-'));
  try {
    writeFileSync(path.join(building, `${DATABASE}.sqlite`), ''); // must be there, and empty
    writeFileSync(path.join(building, 'password'), PASSWORD);
    const config = configure(building, 0);
    await run('/usr/bin/trytond-admin', ['-c', config, '-d', DATABASE, '-u', 'ir', 'res', 'stock', 'sale', 'purchase', '--activate-dependencies', '--email', 'admin@example.com'],
      { timeout: 240_000, env: { ...process.env, TRYTONPASSFILE: path.join(building, 'password'), TZ: 'UTC' }, maxBuffer: 64 * 1024 * 1024 });
    const server = await serve(building);
    await furnish(server.url);
    await server.stop();
    mkdirSync(cache, { recursive: true });
    // Whole or not at all: another run may build at the same time.
    renameSync(path.join(building, `${DATABASE}.sqlite`), file);
    return file;
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

function configure(folder: string, port: number): string {
  const file = path.join(folder, 'trytond.conf');
  writeFileSync(file, `[database]\nuri = sqlite://\npath = ${folder}\n[web]\nlisten = 127.0.0.1:${port}\n`);
  return file;
}

async function serve(folder: string): Promise<Tryton> {
  const port = await freePort(), url = `http://127.0.0.1:${port}`;
  // The absolute path: another python3 may come first. Tryton writes local time, so it is told which.
  const child = spawn('/usr/bin/trytond', ['-c', configure(folder, port)], { stdio: 'ignore', env: { ...process.env, TZ: 'UTC' } });
  const ended = new Promise<void>((resolve) => { child.once('exit', () => resolve()); child.once('error', () => resolve()); });
  for (let attempt = 0; ; attempt++) {
    if (await fetch(url).then(() => true, () => false)) break;
    if (attempt === 300 || child.exitCode !== null) { child.kill(); throw new Error('trytond does not answer'); }
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  return { url, async stop() { child.kill(); await ended; } };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => { const { port } = probe.address() as { port: number }; probe.close(() => resolve(port)); });
  });
}

export const adminOf = (url: string) => trytonClient({ url, database: DATABASE, user: 'admin', password: PASSWORD, clock: { now: () => new Date(), sleep: async () => {} } });

/** A company, the shop's customer, two places for what is not sold, goods. */
async function furnish(url: string): Promise<void> {
  const one = async (model: string, values: object): Promise<number> => (await adminOf(url).call<[number]>(model, 'create', [[values]]))[0];
  const decimal = (value: string) => ({ __class__: 'Decimal', decimal: value }), date = (year: number) => ({ __class__: 'date', year, month: 1, day: 1 });
  const currency = await one('currency.currency', { name: 'Euro', code: 'EUR', symbol: '€', rounding: decimal('0.01'), digits: 2, rates: [['create', [{ date: date(2020), rate: decimal('1') }]]] });
  const party = await one('party.party', { name: 'House' });
  const company = await one('company.company', { party, currency });
  const admin = adminOf(url);
  const [user] = await admin.call<number[]>('res.user', 'search', [[['login', '=', 'admin']], 0, 1, null]);
  await admin.call('res.user', 'write', [[user], { companies: [['add', [company]]], company }]);
  await one('party.party', { name: 'Shop customers', code: 'SHOP', addresses: [['create', [{}]]] });
  await one('party.party', { name: 'Pottery', code: 'POTTERY', addresses: [['create', [{}]]] });
  const [storage] = await admin.call<number[]>('stock.location', 'search', [[['code', '=', 'STO']], 0, 1, null]);
  for (const [name, code] of [['Damaged', 'DAM'], ['Quarantine', 'QUA']]) await one('stock.location', { name, code, type: 'storage', parent: storage });
  const [unit] = await admin.call<number[]>('product.uom', 'search', [[['symbol', '=', 'u']], 0, 1, null]);
  for (const code of ['MUG', 'CUP', 'POT', null]) {
    await one('product.template', {
      name: code ?? 'Without a code', type: 'goods', default_uom: unit, list_price: decimal('0'), cost_price_method: 'fixed', salable: true, sale_uom: unit, purchasable: true, purchase_uom: unit,
      products: [['create', [code === null ? {} : { suffix_code: code }]]],
    });
  }
}
