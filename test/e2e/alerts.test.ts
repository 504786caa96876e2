/**
 * Settings → Alerts and Today in a real browser: a person adds a channel, keeps its secret, tests it and sees that it got through; Today as each role
 * looks at it; every part in light, dark and on a phone without an accessibility fault.
 */
import type { BrowserContext } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { buildWeb } from '../../src/cli/web-build.ts';
import { raise } from '../../src/store/exceptions.ts';
import { openBrowser } from '../helpers/browser.ts';
import { hookSink } from '../helpers/hook-sink.ts';
import { describeLooks, picture, type LookedAt } from '../helpers/looks.ts';
import { openWatched } from '../helpers/watched-page.ts';
import { world } from '../helpers/world.ts';

const sink = await hookSink();
const w = await world({ webDir: await buildWeb(() => {}), months: 4, scale: 0.12, env: { INSTEP_ALERTS_ALLOW: '127.0.0.1' } });
await w.import();
const browser = await openBrowser();
afterAll(() => browser.close());
async function opened(viewport: { width: number; height: number }, colorScheme: 'light' | 'dark' = 'light'): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  return context;
}

it('a person adds a webhook, keeps its secret, tests it, and sees that it got through', async () => {
  const context = await opened({ width: 1440, height: 900 }), { page, errors } = await openWatched(context, w.url, '/settings/alerts');
  await picture(page, 'alerts-empty');
  await page.getByRole('button', { name: 'Add a channel' }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('combobox', { name: 'How' }).or(form.getByRole('textbox', { name: 'How' })).first().click();
  await page.getByRole('option', { name: 'Webhook' }).click();
  await form.getByRole('textbox', { name: 'Name' }).fill('Our own desk');
  await form.getByRole('textbox', { name: 'Address', exact: true }).fill('https://10.0.0.5/hook');
  await form.getByRole('button', { name: 'Add it' }).click();
  await page.getByText(/not an address of the public internet/).waitFor();
  expect(errors.splice(0).join()).toMatch(/400/);
  await picture(page, 'alerts-form');
  await form.getByRole('textbox', { name: 'Address', exact: true }).fill(`${sink.url}/desk`);
  await form.getByRole('button', { name: 'Add it' }).click();
  await page.getByText('This secret is shown once').waitFor();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByText('Not tried yet').waitFor();
  await page.getByRole('button', { name: 'Test' }).click();
  await w.until('the test', async () => sink.posts.some((post) => post.body.includes('channel.tested')), 20);
  await page.goto(`${w.url}/settings/alerts?tab=deliveries`);
  await page.getByText('Delivered').first().waitFor();
  await page.getByText(/^Test of Our own desk/).first().click();
  await page.getByText('Got through').waitFor();
  await picture(page, 'alerts-delivery');
  expect(errors).toEqual([]);
  await context.close();
}, 120_000);

it('Today is each role’s own, says what happened since, and keeps who did the daily check', async () => {
  const context = await opened({ width: 1440, height: 900 }), { page, errors } = await openWatched(context, w.url, '/?as=planner');
  await page.getByText('Purchase orders overdue', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Warehouse' }).click();
  await page.getByText('Returns to inspect').first().waitFor();
  await page.reload();
  await page.getByText('Returns to inspect').first().waitFor();
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await page.getByText(/Done by operator/).waitFor();
  // Leaving the page ends a look: the look before was an hour ago.
  await page.goto(`${w.url}/flows`);
  await page.evaluate(({ key }) => localStorage.setItem(key, new Date(Date.now() - 3_600_000).toISOString()), { key: `instep.today.looked.${w.storeId}` });
  await raise(w.house.db.pool, w.storeId, [{ kind: 'PUSH_FAILED', key: 'e2e', subject: 'TEE-1 at Mill', sentence: 'TEE-1 at Mill could not be set in Shopify.' }], new Date().toISOString());
  await page.goto(`${w.url}/?as=ecommerce`);
  await page.getByText(/exceptions? opened/).waitFor();
  await picture(page, 'today-ecommerce');
  expect(errors).toEqual([]);
  await context.close();
}, 120_000);

const PAGES: LookedAt[] = [
  ['alert-channels', '/settings/alerts', 'Our own desk'], ['alert-form', '/settings/alerts?edit=1', 'Quiet at night'], ['alert-deliveries', '/settings/alerts?tab=deliveries', /Test of Our own desk/], ['no-delivery', '/settings/alerts?tab=deliveries&state=failed', 'Nothing fits these filters'], ['today-everyone', '/?as=everyone', 'Purchase orders overdue'],
];
describeLooks(browser, w.url, PAGES);
