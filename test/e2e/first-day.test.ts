/**
 * The pages in a real browser, served as a user gets them: each loads without an error, a request to another origin or an accessibility fault, in light and
 * dark; an order placed in the shop appears on the Stock page by itself. With INSTEP_SCREENSHOTS=folder the pictures of the README are taken.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { BrowserContext } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../src/cli/web-build.ts';
import { audit } from '../../src/flows/audit.ts';
import { tokenHash } from '../../src/http/auth.ts';
import { saveSetupToken } from '../../src/store/users.ts';
import { openBrowser } from '../helpers/browser.ts';
import { describeLooks, picture, type LookedAt } from '../helpers/looks.ts';
import { axeFaults, openWatched, settled, sideways, type Watched } from '../helpers/watched-page.ts';
import { world } from '../helpers/world.ts';

const shots = process.env['INSTEP_SCREENSHOTS'];
const webDir = await buildWeb(() => {});
const w = await world({ webDir, ...(shots ? { months: 24, scale: 1, seed: 7 } : { months: 6, scale: 0.15 }) });
await w.import();
await w.run(audit);
const browser = await openBrowser();
afterAll(() => browser.close());

/** The busiest item, for the pages about one. */
const { rows: [busy] } = await w.house.db.query<{ item_id: number; location_id: number; sku: string }>(
  `select r.item_id, r.location_id, i.sku from recommendation r join item i using (item_id) join forecast f on f.store_id = r.store_id and f.item_id = r.item_id and f.location_id = r.location_id and f.run_id = r.run_id
   join balance b on b.store_id = r.store_id and b.item_id = r.item_id and b.location_id = r.location_id and b.state = 'available' and b.quantity > 3
   where r.store_id = $1 and i.sku ~ '^[A-Z0-9-]+$' and (select count(*) from variant v where v.store_id = $1 and v.sku = i.sku) = 1 order by (select sum(m) from unnest(f.mean) m) desc limit 1`, [w.storeId]);

const PAGES: LookedAt[] = [
  ['today', '/', 'Today'], ['stock', '/stock', 'Stock & drift'], ['sku', `/items/${busy!.item_id}?tab=demand&location=${busy!.location_id}`, busy!.sku],
  ['sku-summary', `/items/${busy!.item_id}`, busy!.sku], ['replenishment', '/replenishment', 'Replenishment'], ['exceptions', '/exceptions', 'Exceptions'],
  ['audit', '/audit', 'Audit report'], ['audit-gaps', '/audit?tab=gaps&gap=0', 'Fix'], ['audit-period', '/audit?tab=period&from=2026-01-01&to=2099-12-31', 'Sign-off'], ['audit-no-period', '/audit?tab=period', 'The ledger began'],
  ['flows', '/flows', 'Flows'], ['connections', '/settings/connections', 'Connections'],
];

const open = (context: BrowserContext, address: string): Promise<Watched> => openWatched(context, w.url, address);

describeLooks(browser, w.url, PAGES, ['light', 'dark']);

describe('a planner at work', () => {
  it('sees an order placed in the shop on the stock page, and why the number is what it is', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const { page, errors } = await open(context, `/stock?q=${busy!.sku}`);
    const { rows: [place] } = await w.house.db.query<{ name: string; shopify_location_id: string; available: number }>(
      `select l.name, l.shopify_location_id, b.quantity as available from balance b join location l using (store_id, location_id) where b.store_id = $1 and b.item_id = $2 and b.location_id = $3 and b.state = 'available'`, [w.storeId, busy!.item_id, busy!.location_id]);
    const row = page.getByRole('row').filter({ hasText: place!.name }).first();
    await row.waitFor();
    await w.control('/orders', { lines: [{ sku: busy!.sku, quantity: 3 }], locationId: place!.shopify_location_id });
    const after = row.getByText(String(place!.available - 3), { exact: true }).first();
    await after.waitFor();
    await after.click();
    await page.getByText(/3 promised to order #\d+/).first().waitFor();
    await picture(page, 'why');
    expect(errors).toEqual([]);
    await context.close();
  }, 120_000);

  it('takes the audit along as PDF', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } }), { page, errors } = await open(context, '/audit');
    await page.getByRole('button', { name: 'Download' }).click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'PDF, A4' }).click()]);
    expect(file.suggestedFilename()).toMatch(/^audit-.*\.pdf$/);
    expect(readFileSync(await file.path()).subarray(0, 5).toString()).toBe('%PDF-');
    // On a phone each check is a card: nothing of it is cut off, and nothing has to be moved sideways to be read.
    await page.setViewportSize({ width: 390, height: 844 });
    const cards = page.getByRole('list', { name: 'Checks' });
    await cards.getByText('At risk').first().waitFor();
    const cut = await page.evaluate<string[]>(`[...document.querySelectorAll('.check-cards, .check-cards *')].filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0 || each.getBoundingClientRect().right > innerWidth).map((each) => each.className + ': ' + each.textContent.slice(0, 60))`);
    expect([cut, await page.getByRole('region', { name: 'Checks' }).count(), await sideways(page), await axeFaults(page)]).toEqual([[], 0, 0, []]);
    await picture(page, 'audit-checks-phone');
    expect(errors).toEqual([]);
    await context.close();
  }, 120_000);

  it('presses the buttons of a runbook in Help, and is told which wait in the case', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } }), { page, errors } = await open(context, '/help?page=runbooks%2FPUSH_HELD');
    const buttons = page.locator('.help-text .buttons').filter({ hasText: 'From here:' });
    await buttons.getByText('in the case: “Release it”').waitFor();
    await buttons.getByRole('link', { name: 'Held pushes' }).click();
    await page.waitForURL(/\/push\?view=held/);
    const runs = async (): Promise<number> => (await w.house.db.query(`select from flow_run where flow = 'catalogue'`)).rowCount ?? 0, before = await runs();
    await page.goto(`${w.url}/help?page=runbooks%2FAPI_VERSION_RETIRED`);
    await page.locator('.help-text').getByRole('button', { name: 'Read the catalogue' }).click();
    await page.getByText('catalogue is queued').waitFor();
    await w.until('the flow ran', async () => (await runs()) > before, 30);
    expect(errors).toEqual([]);
    await context.close();
  }, 120_000);

  it('reads Today and the exceptions on a phone without scrolling sideways', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    for (const address of ['/', '/exceptions', `/items/${busy!.item_id}`]) {
      const { page, errors } = await open(context, address);
      await page.getByRole('heading').first().waitFor();
      await settled(page);
      expect(await sideways(page), address).toBeLessThanOrEqual(0);
      expect(errors).toEqual([]);
      await page.close();
    }
    await context.close();
  }, 120_000);

  it('loads at most 200 KB of compressed JavaScript first, and 60 KB for a page', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const scripts: string[] = [];
    page.on('response', (response) => { if (/\.js$/.test(new URL(response.url()).pathname)) scripts.push(new URL(response.url()).pathname); });
    await page.goto(w.url);
    await page.getByRole('heading', { name: 'Today' }).first().waitFor();
    const size = (files: Iterable<string>): number => [...files].reduce((sum, file) => sum + brotliCompressSync(readFileSync(path.join(webDir!, file))).length, 0);
    const first = new Set([...readFileSync(path.join(webDir!, 'index.html'), 'utf8').matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map((match) => match[1]!));
    expect(first.size).toBeGreaterThan(0);
    expect(size(first)).toBeLessThanOrEqual(200 * 1024);
    expect(size(new Set(scripts))).toBeLessThanOrEqual(260 * 1024);
    await context.close();
  }, 120_000);
});

describe('the first administrator', () => {
  it('is made with the printed token, and from then on everybody signs in', async () => {
    await saveSetupToken(w.house.db, tokenHash('printed-once'), new Date(Date.now() + 60_000).toISOString());
    const context = await browser.newContext();
    const { page } = await open(context, '/setup?token=printed-once');
    await page.getByLabel('Name').fill('Ann');
    await page.getByLabel('E-mail').fill('ann@example.com');
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
    await page.getByLabel('Password again').fill('correct horse battery');
    await page.getByRole('button', { name: 'Create administrator' }).click();
    await page.getByRole('heading', { name: 'Today' }).first().waitFor();
    await context.close();

    // Somebody else, with a link to a page: asked to sign in, then taken there.
    const other = await browser.newContext();
    const { page: guest } = await open(other, '/stock?view=negative');
    await guest.getByLabel('E-mail').fill('ann@example.com');
    await guest.getByLabel('Password', { exact: true }).fill('correct horse battery');
    await guest.getByRole('button', { name: 'Sign in' }).click();
    await guest.getByRole('heading', { name: 'Stock & drift' }).first().waitFor();
    expect(new URL(guest.url()).searchParams.get('view')).toBe('negative');
    await other.close();
  }, 120_000);
});
