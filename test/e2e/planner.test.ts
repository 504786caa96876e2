/**
 * Settings → Inventory Planner in a real browser: a person connects the pretended planner of the sandbox shop, tests it, exchanges, reads why two numbers
 * differ, and finds the order a buyer made there; every part in light, dark and on a phone without an accessibility fault.
 */
import type { BrowserContext } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { buildWeb } from '../../src/cli/web-build.ts';
import { connectDemoPlanner } from '../../src/cli/demo-planner.ts';
import { plannerExchange } from '../../src/flows/planner-exchange.ts';
import { startPlanner } from '../../src/sandbox/planner/server.ts';
import { firstOrder, platformOf } from '../../src/sandbox/planner/shop-platform.ts';
import { openBrowser } from '../helpers/browser.ts';
import { describeLooks, type LookedAt } from '../helpers/looks.ts';
import { openWatched } from '../helpers/watched-page.ts';
import { world } from '../helpers/world.ts';

const KEY = 'sandbox-planner-key';
const w = await world({ webDir: await buildWeb(() => {}), months: 4, scale: 0.12 });
await w.import();
const planner = await startPlanner({ port: 0, apiKey: KEY, accountId: 'a1001', platform: () => platformOf(w.sandbox.shop) });
firstOrder(planner.account);
const browser = await openBrowser();
afterAll(async () => { await browser.close(); await planner.stop(); });
async function opened(viewport: { width: number; height: number }, colorScheme: 'light' | 'dark' = 'light'): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  return context;
}

it('a person connects it, tests it and exchanges', async () => {
  const context = await opened({ width: 1440, height: 900 }), { page, errors } = await openWatched(context, w.url, '/settings/planner');
  await page.getByRole('button', { name: 'Connect it' }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('textbox', { name: 'Account' }).fill('1001');
  await form.getByRole('textbox', { name: 'Address' }).fill(planner.url);
  await form.getByRole('textbox', { name: 'API key' }).fill(KEY);
  await form.getByRole('button', { name: 'Connect', exact: true }).click();
  // The refusal of a wrong account is the one error this page may log.
  await page.getByText('must be the letter a and digits').waitFor();
  expect(errors.splice(0).join()).toMatch(/400/);
  await form.getByRole('textbox', { name: 'Account' }).fill('a1001');
  await form.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText('Not tested yet').waitFor();
  await page.getByRole('button', { name: 'Test' }).click();
  await page.getByText(/answers and knows the key/).first().waitFor();
  await page.getByRole('button', { name: 'Exchange now' }).click();
  await w.until('the exchange', async () => (await w.api<{ planner: { exchangedAt: string | null } }>(`/api/v1/planner?store=${w.storeId}`)).planner.exchangedAt, 40);
  await page.goto(`${w.url}/settings/planner?tab=orders`);
  await page.getByText('IP-00001').waitFor();
  expect(errors).toEqual([]);
  await context.close();
}, 120_000);

const PAGES: LookedAt[] = [
  ['planner-connection', '/settings/planner', 'What its documents leave open'], ['planner-form', '/settings/planner?edit=yes', 'What moves'], ['planner-shadow', '/settings/planner?tab=shadow&view=all', /at parity/], ['planner-orders', '/settings/planner?tab=orders', 'IP-00001'], ['planner-files', '/settings/planner?tab=files', 'Files for its Starter connector'], ['planner-empty', '/settings/planner?tab=shadow&q=nothing-like-it', 'Nothing fits these filters'],
];
describeLooks(browser, w.url, PAGES);

it('a gap opens into steps that end at our number, and a reload shows the same', async () => {
  const context = await opened({ width: 1440, height: 900 }), { page, errors } = await openWatched(context, w.url, '/settings/planner?tab=shadow');
  await page.getByRole('button', { name: /^Gap of/ }).first().click();
  await page.getByText(/one figure exchanged at a time/).waitFor();
  const gap = /Why (.+)\?/.exec((await page.getByText(/^Why [+−\d]/).first().textContent())!)![1];
  await page.reload();
  await page.getByText(`Why ${gap}?`).waitFor();
  expect(errors).toEqual([]);
  await context.close();
}, 120_000);

it('the demo finds its connection again at the next start, under another address', async () => {
  const second = await startPlanner({ port: 0, apiKey: KEY, accountId: 'a1001', platform: () => platformOf(w.sandbox.shop) });
  await connectDemoPlanner(w.house, w.storeId, { apiKey: KEY, account: 'a1001' }, { url: second.url, sftp: { port: 22, fingerprint: `SHA256:${'A'.repeat(43)}` } }, () => {});
  await w.run(plannerExchange);
  expect(second.calls).toContain('GET variants');
  const { rows } = await w.house.db.query<{ origin: string; version: number }>('select origin, version from planner_connection where store_id = $1', [w.storeId]);
  expect(rows).toEqual([{ origin: second.url, version: 1 }]);
  await second.stop();
});
