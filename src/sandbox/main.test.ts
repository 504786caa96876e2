import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';

const started: ChildProcess[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface Running { child: ChildProcess; url: string; lines: Record<string, unknown>[] }

/** Runs the command and waits for its ready line. */
async function run(args: string[]): Promise<Running> {
  const child = spawn(process.execPath, [new URL('main.ts', import.meta.url).pathname, '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const lines: Record<string, unknown>[] = [];
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const entry = JSON.parse(line) as Record<string, unknown>;
    lines.push(entry);
    if (entry['ready'] === true) return { child, url: String(entry['url']), lines };
  }
  throw new Error(`ended without a ready line: ${JSON.stringify(lines)}`);
}

const exit = (child: ChildProcess) => new Promise<number | null>((resolve) => { child.once('exit', (code) => resolve(code)); });
const tally = async (url: string) => await (await fetch(`${url}/sandbox/tally`)).json() as { orders: { total: number }; quantities: { on_hand: number } };

test('the first start seeds, a signal stops it, the next start finds the same shop', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-main-'));
  folders.push(folder);
  const args = ['--data', folder, '--seed', '7', '--months', '2', '--scale', '0.1', '--shop-domain', 'town.myshopify.com'];
  const first = await run(args);
  const before = await tally(first.url);
  expect(before.orders.total).toBeGreaterThan(10);
  expect(before.quantities.on_hand).toBeGreaterThan(0);
  const ended = exit(first.child);
  first.child.kill('SIGTERM');
  expect(await ended).toBe(0);

  const second = await run(args);
  expect(second.lines.filter((line) => 'progress' in line)).toEqual([]);
  expect(await tally(second.url)).toEqual(before);
  expect(await (await fetch(`${second.url}/sandbox/state`)).json()).toMatchObject({ shop: { domain: 'town.myshopify.com' } });
  const placed = await fetch(`${second.url}/sandbox/trading`, { method: 'POST', body: '{"ordersPerMinute": 0}' });
  expect(placed.status).toBe(200);
  // Killed without warning, nothing of it is lost.
  const killed = exit(second.child);
  second.child.kill('SIGKILL');
  await killed;
  expect(await tally((await run(args)).url)).toEqual(before);
}, 60_000);

test('several shops in one process, each with its own address, folder and name, reopened as they were', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-main-'));
  folders.push(folder);
  const args = ['--data', folder, '--shops', '2', '--months', '1', '--scale', '0.05', '--shop-domain', 'town.myshopify.com'];
  const shopsOf = async () => {
    const { child, lines } = await run(args);
    const shops = lines.at(-1)!['shops'] as { url: string; domain: string }[];
    const seen = await Promise.all(shops.map(async ({ url }) => (await (await fetch(`${url}/sandbox/state`)).json() as { shop: { id: string; domain: string } }).shop));
    const ended = exit(child);
    child.kill('SIGTERM');
    await ended;
    expect(seen.map(({ domain }) => domain)).toEqual(['town.myshopify.com', 'town-2.myshopify.com']);
    return seen.map(({ id }) => id);
  };
  const first = await shopsOf();
  expect(first[0]).not.toBe(first[1]);
  expect(await shopsOf()).toEqual(first);
}, 60_000);

test('a missing folder or a wrong number ends with a message, not with a stack', async () => {
  await expect(run([])).rejects.toThrow('--data DIR is required');
  await expect(run(['--data', tmpdir(), '--scale', 'big'])).rejects.toThrow('--scale must be a number');
});
