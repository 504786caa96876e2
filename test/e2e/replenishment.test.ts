/**
 * The replenishment screen in a real browser: its views load clean and accessible in light and dark and on a phone; a slider computes the plan anew without
 * saving; a quantity edited with a reason is on the line afterwards; filters and sliders survive a reload. With INSTEP_SCREENSHOTS=folder pictures are taken.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../src/cli/web-build.ts';
import { replenishment } from '../../src/flows/replenishment.ts';
import { openBrowser } from '../helpers/browser.ts';
import { describeLooks, picture, type LookedAt } from '../helpers/looks.ts';
import { openWatched, type Watched } from '../helpers/watched-page.ts';
import { world } from '../helpers/world.ts';

const webDir = await buildWeb(() => {});
const w = await world({ webDir, months: 6, scale: 0.15 });
await w.import();
const now = new Date().toISOString();
// Suppliers of the two largest vendors, one with a minimum and a container.
const { rows: vendors } = await w.house.db.query<{ vendor: string }>('select vendor from item where vendor is not null group by 1 order by count(*) desc, 1 limit 2');
for (const [n, { vendor }] of vendors.entries()) {
  const { rows: [made] } = await w.house.db.query<{ id: number }>(
    `insert into supplier (store_id, name, currency, lead_time_days, min_order_cost, container_volume_cm3, updated_at, updated_by) select $1::int, $2::text, s.currency, 21, $3::bigint, $4::bigint, $5::timestamptz, 'test' from store s where s.store_id = $1 on conflict (store_id, lower(name)) do update set min_order_cost = excluded.min_order_cost, container_volume_cm3 = excluded.container_volume_cm3 returning supplier_id as id`,
    [w.storeId, vendor, n === 0 ? 900_000 : null, n === 0 ? 2_000_000 : null, now]);
  await w.house.db.query(`insert into supplier_item (store_id, supplier_id, item_id, case_pack, volume_cm3, updated_at, updated_by) select $1, $2, item_id, 4, 4000, $4, 'test' from item where vendor = $3 on conflict do nothing`, [w.storeId, made!.id, vendor, now]);
}
await w.run(replenishment);
const browser = await openBrowser();
afterAll(() => browser.close());

const open = (context: BrowserContext, address: string): Promise<Watched> => openWatched(context, w.url, address);
const { rows: [line] } = await w.house.db.query<{ item_id: number; location_id: number }>('select item_id, location_id from recommendation where store_id = $1 and quantity > 0 order by urgency, item_id, location_id limit 1', [w.storeId]);
const VIEWS: LookedAt[] = ([
  ['plan', '/replenishment'], ['plan-what-if', '/replenishment?what=if&service=990&days=21'], ['plan-overstock', '/replenishment?view=overstock'], ['plan-aside', '/replenishment?view=set+aside'],
  ['plan-why', `/replenishment?why=${encodeURIComponent(`${line!.item_id}@${line!.location_id}:quantity`)}`], ['plan-values', '/replenishment?values=default'],
] as const).map(([name, address]) => [name, address, 'Replenishment']);

describeLooks(browser, w.url, VIEWS);

describe('a planner at work', () => {
  let page: Page;
  beforeAll(async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    ({ page } = await open(context, '/replenishment'));
    await page.getByRole('grid').waitFor();
  });

  it('moves a slider: the plan is computed anew, stays after a reload, and nothing is saved', async () => {
    const before = await w.house.db.query('select sum(quantity)::int as units from recommendation where store_id = $1', [w.storeId]);
    await page.getByRole('button', { name: 'What if' }).click();
    const slider = page.getByRole('slider', { name: 'Service level' });
    await slider.focus();
    for (let n = 0; n < 6; n++) await page.keyboard.press('ArrowRight');
    await page.getByText(/quantit(y changes|ies change), shown beside/).waitFor();
    expect(page.url()).toContain('service=980');
    await page.reload();
    await page.getByText(/quantit(y changes|ies change), shown beside/).waitFor();
    expect((await w.house.db.query('select sum(quantity)::int as units from recommendation where store_id = $1', [w.storeId])).rows).toEqual(before.rows);
    await page.getByRole('button', { name: 'Back to the plan' }).click();
    await page.getByRole('button', { name: 'What if' }).click();
  }, 120_000);

  it('orders another quantity with a reason, and sees it on the line', async () => {
    await page.getByRole('button', { name: /^Order \d+ of .*why\?$/ }).first().click();
    const drawer = page.getByRole('dialog');
    await drawer.getByLabel('Units to order').fill('3');
    await drawer.getByPlaceholder('The supplier has none before March').fill('A trial order'); // the reason of this, not of a split
    await drawer.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: /^Order 3 of / }).first().waitFor();
    await page.getByRole('link', { name: 'Set aside' }).click();
    await page.getByText('A trial order').first().waitFor();
  }, 120_000);

  it('chooses lines, and is shown what the server answers to making orders of them', async () => {
    await page.getByRole('link', { name: 'To order' }).click();
    await page.getByRole('checkbox', { name: /^Choose / }).first().check();
    await page.getByText('1 line chosen').waitFor();
    await picture(page, 'plan-chosen');
    await page.getByRole('button', { name: 'Create purchase orders' }).click();
    await page.getByText(/Made |No purchase order was/).first().waitFor();
  }, 120_000);

  it('says what a supplier may cost, and the plan and its header keep it', async () => {
    const { rows: [most] } = await w.house.db.query<{ id: number; name: string; cost: string }>(
      'select s.supplier_id as id, s.name, sum(r.cost) as cost from recommendation r join supplier s using (store_id, supplier_id) where store_id = $1 group by 1, 2 having sum(r.cost) > 10000 order by sum(r.cost) desc limit 1', [w.storeId]);
    await page.goto(`${w.url}/suppliers/${most!.id}?tab=terms`);
    await page.getByLabel('Planning budget').fill(String(Math.floor(Number(most!.cost) / 200)));
    await page.getByRole('switch', { name: 'Fill containers' }).waitFor();
    await page.getByLabel('The minimums are').selectOption('all places');
    await picture(page, 'supplier-terms');
    await page.getByRole('button', { name: 'Save terms' }).click();
    await page.getByText('Saved.').waitFor();
    await w.run(replenishment);
    await page.goto(`${w.url}/replenishment`);
    await page.getByRole('button', { name: new RegExp(`^${most!.name}.* of the budget of `) }).waitFor();
    await picture(page, 'plan-budget');
    const { rows: [kept] } = await w.house.db.query<{ within: boolean; counts: string }>('select sum(r.cost) <= max(s.budget) as within, max(s.minimum_counts) as counts from recommendation r join supplier s using (store_id, supplier_id) where store_id = $1 and supplier_id = $2', [w.storeId, most!.id]);
    expect(kept).toEqual({ within: true, counts: 'all places' });
  }, 120_000);
});
