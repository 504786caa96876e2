/**
 * The Forecast screen in a real browser: the list, a series with its fan, accuracy and events, in light and dark, without an accessibility fault; a planner
 * sets an override and undoes it, marks an event, and sees a failed run beside the one in use. With INSTEP_SCREENSHOTS=folder the README's picture is taken,
 * and with INSTEP_SCREENSHOTS_ALL=1 every other too.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../src/cli/web-build.ts';
import { addDays } from '../../src/domain/calendar.ts';
import { forecast } from '../../src/flows/forecast.ts';
import { openBrowser } from '../helpers/browser.ts';
import { describeLooks, picture, type LookedAt } from '../helpers/looks.ts';
import { axeFaults, openWatched, settled } from '../helpers/watched-page.ts';
import { world } from '../helpers/world.ts';

const shots = process.env['INSTEP_SCREENSHOTS'];
const webDir = await buildWeb(() => {});
const w = await world({ webDir, ...(shots ? { months: 24, scale: 0.6, seed: 7 } : { months: 6, scale: 0.15 }) });
await w.import();
const browser = await openBrowser();
afterAll(() => browser.close());

const today = await w.today();
const { rows: [busy] } = await w.house.db.query<{ item_id: number; location_id: number; sku: string }>(
  `select f.item_id, f.location_id, i.sku from forecast f join item i using (item_id) where f.store_id = $1 and i.sku ~ '^[A-Za-z0-9-]+$' order by f.mean28 desc limit 1`, [w.storeId]);
const address = `/forecast/${busy!.item_id}?location=${busy!.location_id}`;
await w.api(`/api/v1/planning-events?store=${w.storeId}`, { method: 'POST', body: { name: 'Black Friday', from: addDays(today, 2), to: addDays(today, 5) } });
await w.api(`/api/v1/planning-events?store=${w.storeId}`, { method: 'POST', body: { name: 'Black Friday', from: addDays(today, -40), to: addDays(today, -38) } });
// The nights before, told again: an older run beside the one in use, and a week of days compared.
await w.house.db.query('update forecast_run set as_of = as_of - 6 where store_id = $1', [w.storeId]);
await w.house.db.query('update forecast set trained_to = trained_to - 6 where store_id = $1', [w.storeId]);
await w.run(forecast);
await w.until('the watch', async () => (await w.house.db.query<{ n: number }>('select count(*)::int as n from forecast_check where store_id = $1', [w.storeId])).rows[0]!.n > 0);
await w.house.db.query(`update forecast_check set flagged_on = $2::date - 3, flagged_why = 'above P99 3 days in a row' where store_id = $1 and item_id = $3`, [w.storeId, today, busy!.item_id]);

const PAGES: LookedAt[] = [
  ['forecast-list', '/forecast', 'Forecast'], ['forecast-series', address, busy!.sku], ['forecast-accuracy', '/forecast?tab=accuracy', 'Forecast'], ['forecast-events', '/forecast?tab=events', 'Forecast'], ['forecast-overrides', '/forecast?tab=overrides', 'Forecast'], ['forecast-runs', '/forecast?tab=runs', 'Forecast'], ['forecast-empty', '/forecast?view=short+history', 'Forecast'], ['forecast-prices-none', '/forecast?tab=prices', 'Forecast'], ['item-demand', `/items/${busy!.item_id}?tab=demand&location=${busy!.location_id}`, busy!.sku], ['item-demand-everywhere', `/items/${busy!.item_id}?tab=demand&location=0`, busy!.sku],
];

describeLooks(browser, w.url, PAGES, ['light', 'dark']);

describe('a planner at work', () => {
  it('finds a series by keyboard, and the address keeps what was asked', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } }), { page, errors } = await openWatched(context, w.url, '/');
    await page.getByRole('heading', { name: 'Today' }).first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.getByRole('heading', { name: 'Forecast' }).waitFor();
    await page.getByPlaceholder('SKU, title, or a pasted list of SKUs').fill(busy!.sku);
    await page.waitForURL(/q=/);
    await page.getByRole('columnheader', { name: /Last 28 d/ }).click();
    await page.waitForURL(/sort=sold28/);
    await page.reload();
    const row = page.getByRole('row').filter({ hasText: busy!.sku }).first();
    await row.waitFor();
    await page.getByText('Unusual', { exact: true }).last().waitFor();
    await page.locator('h1').click();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/forecast\/\d+/);
    await page.getByRole('heading', { name: busy!.sku }).waitFor();
    expect(errors).toEqual([]);
    await context.close();
  }, 120_000);

  it('sets an override, sees it in the list and the chart, and undoes it', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } }), { page, errors } = await openWatched(context, w.url, address);
    await page.getByRole('button', { name: 'Set an override' }).click();
    await page.getByLabel('Per cent more (less with a minus)').fill('50');
    await page.getByText(/units expected in place of/).waitFor();
    await page.getByLabel('Reason').fill('Campaign in the newsletter');
    await settled(page);
    await picture(page, 'forecast-override');
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('50% more', { exact: true }).waitFor();
    await page.getByText('Expected by the engine alone').waitFor();
    await page.getByLabel('Compare with').selectOption({ index: 1 });
    await page.getByText(/came,/).waitFor();
    await page.getByText('Overrides in force, on top of the engine.').waitFor();
    await page.evaluate(`document.querySelector('.mantine-Notification-closeButton')?.click()`); // or it has gone by itself
    await settled(page);
    await picture(page, 'forecast');
    await page.goto(`${w.url}/forecast?view=overridden`);
    await page.getByText('override', { exact: false }).first().waitFor();
    await page.getByRole('row').filter({ hasText: busy!.sku }).first().waitFor();
    await settled(page);
    await picture(page, 'forecast-overridden');
    await page.goto(`${w.url}${address}`);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByLabel('Reason').fill('Campaign cancelled');
    await page.getByRole('button', { name: 'Undo it' }).click();
    await page.getByText('Undone', { exact: true }).waitFor();
    expect(errors).toEqual([]);
    await context.close();
  }, 120_000);

  it('overrides a filtered list at once, and finds each under Overrides', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } }), { page, errors } = await openWatched(context, w.url, `/forecast?q=${busy!.sku}`);
    await page.getByRole('button', { name: 'Override these' }).click();
    await page.getByText('Units in all').click();
    await page.getByLabel('Units of all these days together').fill('140');
    await page.getByLabel('Reason').fill('Sales meeting');
    await settled(page);
    await picture(page, 'forecast-override-many');
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText(/Saved for \d+ series/).waitFor();
    await page.goto(`${w.url}/forecast?tab=overrides`);
    await page.getByRole('row').filter({ hasText: busy!.sku }).getByText('140 in all in place of the forecast').first().waitFor();
    expect(await axeFaults(page)).toEqual([]);
    for (let left = await page.getByRole('button', { name: 'Undo' }).count(); left > 0; left--) {
      await page.getByRole('button', { name: 'Undo' }).first().click();
      await page.getByLabel('Reason', { exact: true }).fill('Was a slip');
      await page.getByRole('button', { name: 'Undo it' }).click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
    await page.getByText('No override is in force').waitFor();
    expect(errors).toEqual([]);
    await context.close();
  }, 120_000);

  it('lays the list beside an earlier run', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } }), { page, errors } = await openWatched(context, w.url, '/forecast?tab=runs');
    await page.getByRole('link', { name: 'Compare with it' }).first().click();
    await page.getByText(/Beside the run of/).waitFor();
    await page.getByRole('columnheader', { name: /Moved/ }).waitFor();
    await settled(page);
    await picture(page, 'forecast-compared');
    expect(await axeFaults(page)).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  }, 120_000);

  it('says what a new item sells like, and takes it back', async () => {
    const { rows: [model] } = await w.house.db.query<{ sku: string }>(`select i.sku from forecast f join item i using (item_id) where f.store_id = $1 and f.item_id <> $2 and i.sku ~ '^[A-Za-z0-9-]+$' order by f.mean28 desc limit 1`, [w.storeId, busy!.item_id]);
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } }), { page, errors } = await openWatched(context, w.url, address);
    await page.getByRole('button', { name: 'Name another item' }).click();
    await page.getByLabel('Like which item', { exact: true }).fill(model!.sku);
    await page.getByRole('option').filter({ hasText: model!.sku }).first().click();
    await page.getByLabel('At so much of its demand').fill('80');
    expect(await axeFaults(page)).toEqual([]);
    await picture(page, 'forecast-like');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText(/at 80%, wherever that one sold/).waitFor();
    await page.getByRole('button', { name: 'Change' }).click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText(/A new item has no history/).waitFor();
    expect(errors).toEqual([]);
    await context.close();
  }, 120_000);

  it('adds an event and removes it', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } }), { page, errors } = await openWatched(context, w.url, '/forecast?tab=events');
    await page.getByRole('button', { name: 'Add an event' }).click();
    await page.getByLabel('Name').fill('Town fair');
    await page.getByLabel('First day').fill(addDays(today, 20));
    await page.getByLabel('Expected: per cent more').fill('30');
    await settled(page);
    await picture(page, 'forecast-event');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row').filter({ hasText: 'Town fair' }).getByText('30% more').waitFor();
    await page.getByRole('button', { name: 'Town fair' }).click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('2 events').waitFor();
    expect(errors).toEqual([]);
    await context.close();
  }, 120_000);

  it('plans a price and removes it', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } }), { page, errors } = await openWatched(context, w.url, '/forecast?tab=prices');
    await page.getByText('No prices are planned').waitFor();
    await page.getByRole('button', { name: 'Plan a price' }).first().click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Winter sale');
    await page.getByLabel('First day').fill(addDays(today, 20));
    await page.getByLabel('Last day').fill(addDays(today, 27));
    await page.getByLabel('SKUs').fill(`${busy!.sku}\nNO-SUCH-SKU`);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('no item of this store has the SKU NO-SUCH-SKU').waitFor();
    await page.getByLabel('SKUs').fill(busy!.sku);
    expect(await axeFaults(page)).toEqual([]);
    await picture(page, 'forecast-price');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row').filter({ hasText: busy!.sku }).getByText('20%').waitFor();
    await picture(page, 'forecast-prices');
    await page.getByRole('button', { name: 'Winter sale' }).click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No prices are planned').waitFor();
    expect(errors.filter((error) => !error.includes('400'))).toEqual([]);
    await context.close();
  }, 120_000);

  it('is told that the last attempt failed, and which run stays in use', async () => {
    await w.house.db.query(`insert into flow_run (store_id, flow, trigger, state, started_at, heartbeat_at, finished_at, error) values ($1, 'forecast', 'test', 'failed', $2, $2, $2, 'the disk is full')`, [w.storeId, new Date().toISOString()]);
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } }), { page } = await openWatched(context, w.url, '/forecast');
    await page.getByText(/The last attempt failed .*the disk is full.*stays in use/).waitFor();
    await settled(page);
    await picture(page, 'forecast-failed');
    await context.close();
  }, 120_000);
});
