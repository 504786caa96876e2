/**
 * The screens of stock truth in a real browser, on a shop whose main location follows a warehouse: each loads clean and accessible in light and dark, the
 * bench is usable on a phone, and what each page is for works. With INSTEP_SCREENSHOTS=folder the pictures of the README are taken.
 */
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../src/cli/web-build.ts';
import { raise } from '../../src/store/exceptions.ts';
import { openBrowser } from '../helpers/browser.ts';
import { warehouseDay } from '../helpers/warehouse-day.ts';
import { describeLooks, picture, type LookedAt } from '../helpers/looks.ts';
import { axeFaults, openWatched, settled, sideways, type Watched } from '../helpers/watched-page.ts';

/** An item whose shelf is well filled, among `skus`. */
const HELD_AT = 2;
const shots = process.env['INSTEP_SCREENSHOTS'];
const day = await warehouseDay({ webDir: await buildWeb(() => {}) }), { w, warehouse, skus, heldSku, busySku } = day;
const browser = await openBrowser();
afterAll(() => browser.close());

const one = async <T extends Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<T> => (await w.house.db.query<T>(sql, values)).rows[0]!;
const { item_id: busyId } = await one<{ item_id: number }>('select item_id from item where sku = $1', [busySku]);
const { return_id: waiting } = await one<{ return_id: string }>(`select return_id from return_case where state = 'received'`);
const { return_id: announced } = await one<{ return_id: string }>(`select return_id from return_case where state = 'announced'`);
const { variant_id: bundle } = await one<{ variant_id: string }>('select variant_id from bundle_version');
const { count_id: count } = await one<{ count_id: string }>('select count_id from stock_count');
const { shipment_id: late } = await one<{ shipment_id: string }>(`select shipment_id from shipment where state = 'held'`);

const PAGES: LookedAt[] = [
  ['push', '/push', 'Push queue'], ['push-held', '/push?view=held', 'Push queue'], ['push-why', `/push?level=${busyId}@${day.locationId}`, /Why should it show/],
  ['mapping', '/mapping', 'Mapping'], ['mapping-code', '/mapping?view=unmatched&row=1:PALLET-EUR-120', 'PALLET-EUR-120'], ['mapping-suggested', '/mapping?view=suggested', 'Mapping'], ['mapping-approve', '/mapping?view=suggested&approve=yes', 'Approve suggestions'], ['mapping-rules', '/mapping?tab=rules', 'Master of products'], ['mapping-csv', '/mapping?file=in', 'Matches from CSV'], ['mapping-locations', '/mapping?tab=locations', 'Mapping'],
  ['bundles', '/mapping?tab=bundles', 'Mapping'], ['bundle', `/mapping?tab=bundles&bundle=${bundle}`, /^[A-Z]/], ['bundle-new', '/mapping?tab=bundles&bundle=new', 'New bundle'],
  ['fulfilments', '/fulfilments', 'Fulfilments'], ['parcel', `/fulfilments?id=${late}`, /Parcel of/], ['orders-out', '/fulfilments?tab=orders', 'Fulfilments'],
  ['returns', '/returns', 'Returns'], ['return', `/returns/${waiting}`, /^door-/], ['return-expected', `/returns/${announced}`, /-R1$/], ['ghosts', '/returns?tab=ghosts', 'Returns'],
  ['counts', '/counts', 'Stock counts'], ['count', `/counts/${count}`, 'Aisle 4, monthly'], ['count-begin', '/counts?begin=yes', 'Begin a count'],
  ['warehouses', '/settings/warehouses', 'Warehouses'], ['warehouse-new', '/settings/warehouses?edit=new', 'Add a warehouse'], ['sharing', '/settings/warehouses?sharing=1', /Sharing the shelf/],
  ['locations', '/settings/locations', 'Locations'], ['policy', `/settings/locations?location=${day.locationId}`, /Caps and buffer/],
  ['stock-served', '/stock', 'Stock & drift'], ['item', `/items/${busyId}`, busySku],
];
const open = (context: BrowserContext, address: string): Promise<Watched> => openWatched(context, w.url, address);

describeLooks(browser, w.url, PAGES, ['light', 'dark']);

describe('on a phone', () => {
  it.each([['/returns'], [`/returns/${waiting}`], [`/returns/${announced}`], ['/returns?tab=ghosts'], ['/fulfilments'], ['/push'], ['/mapping?tab=bundles'], ['/mapping?tab=rules'], ['/audit?tab=period'], [`/counts/${count}`], ['/settings/locations'], ['/settings/warehouses'], ['/peak'], ['/exceptions'], ['/help?page=runbooks%2FPUSH_HELD']])('%s does not scroll sideways, and a thumb finds its buttons', async (address) => {
    const context = await browser.newContext({ viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true, reducedMotion: 'reduce' });
    if (address === '/peak') await raise(w.house.db.pool, w.storeId, [{ kind: 'OVERSOLD', key: 'level/pretended', subject: 'Pretended', sentence: 'More is promised than is there.' }], new Date().toISOString());
    const { page, errors } = await open(context, address);
    await page.getByRole('heading').first().waitFor();
    await settled(page);
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    expect(await axeFaults(page)).toEqual([]);
    if (address.startsWith('/returns')) {
      for (const button of await page.locator('.stepper button, .bench-save button, .return-list a').all()) expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(40);
    }
    for (const button of await page.locator('main .mantine-Button-root:visible, main .mantine-Input-input:visible, main .runbook-link:visible').all()) expect((await button.boundingBox())!.height, await button.innerText()).toBeGreaterThanOrEqual(44);
    if (address === '/peak') {
      const lights = (await page.evaluate<string[]>(`[...document.querySelectorAll('.peak-rule')].map((rule) => rule.dataset.light)`)).map((light) => ['bad', 'warn', 'good'].indexOf(light));
      expect(lights).toEqual([...lights].sort());
      expect(Math.min(...lights)).toBe(0);
      await page.locator('.peak-now').getByText(/1 item oversold/).waitFor();
    }
    expect(errors).toEqual([]);
    await context.close();
  }, 120_000);
});

describe('at work', () => {
  let context: BrowserContext;
  beforeAll(async () => { context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' }); });
  afterAll(() => context.close());

  it('releases a held level, and sees it confirmed by what Shopify shows', async () => {
    const { page, errors } = await open(context, '/push?view=held');
    await page.getByRole('checkbox', { name: `Choose ${heldSku}` }).check();
    await page.getByRole('button', { name: 'Release it' }).click();
    await page.getByText('1 level released').waitFor();
    await page.goto(`${w.url}/push?q=${heldSku}`);
    await page.getByRole('row').filter({ hasText: heldSku }).getByText('Confirmed').waitFor();
    // Who did it, asked of Shopify.
    const { item_id: heldId } = await one<{ item_id: number }>('select item_id from item where sku = $1', [heldSku]);
    await page.goto(`${w.url}/push?level=${heldId}@${day.locationId}`);
    await page.getByRole('button', { name: 'Ask Shopify' }).click();
    await page.getByRole('region', { name: 'Changes in Shopify' }).getByText('Instep').first().waitFor();
    const heard = page.waitForResponse((answer) => answer.url().includes('/adjustments?') && answer.url().includes('days=90') && answer.ok());
    await page.getByText('Quarter', { exact: true }).click();
    await heard;
    await page.getByRole('region', { name: 'Changes in Shopify' }).getByText('Instep').first().waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await picture(page, 'changed-by');
    expect(errors).toEqual([]);
    await page.close();
  }, 120_000);

  it('pauses a location and resumes it', async () => {
    const { page, errors } = await open(context, '/push');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Paused', { exact: true }).waitFor({ state: 'detached' });
    expect(errors).toEqual([]);
    await page.close();
  }, 120_000);

  it('says what going live means before it does, and only after a shadow', async () => {
    const { page, errors } = await open(context, '/settings/locations');
    const modes = page.getByRole('radiogroup', { name: 'Writing Main warehouse' });
    await modes.getByText('Shadow').click();
    await page.getByText('and writes nothing').waitFor();
    await page.getByRole('button', { name: 'Begin the shadow' }).click();
    await w.until('it is in shadow', async () => (await one<{ mode: string }>('select mode from push_policy')).mode === 'shadow');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await modes.getByText('Live').click();
    await page.getByText('New orders go to Leeds').waitFor();
    await page.getByRole('button', { name: 'Go live' }).click();
    await w.until('it is live', async () => (await one<{ mode: string }>('select mode from push_policy')).mode === 'live');
    expect(errors).toEqual([]);
    await page.close();
  }, 120_000);

  it('matches a code with one click, another by searching, and many from a file that is looked at first', async () => {
    const { page, errors } = await open(context, '/mapping?view=unmatched');
    await page.getByRole('button', { name: /^Match / }).first().click();
    await page.getByText(/is matched\. Its stock counts/).first().waitFor();
    await page.getByText('PALLET-EUR-120').click();
    await page.getByRole('textbox', { name: 'Find the item' }).pressSequentially(skus[4]!);
    await page.getByRole('option').first().click();
    await page.getByRole('button', { name: 'Save the match' }).click();
    await w.until('it is matched', async () => (await one<{ matched_by: string }>(`select matched_by from warehouse_sku where sku = 'PALLET-EUR-120'`)).matched_by === 'by hand');
    await page.getByRole('button', { name: 'Import CSV' }).click();
    await page.getByLabel('Or paste it').fill(`Code,Item SKU\nGIFTWRAP-OLD,${skus[5]}\nPALLET-EUR-120,NO-SUCH-SKU\n`);
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByText('no item has the SKU NO-SUCH-SKU').waitFor();
    expect((await one<{ matched_by: string }>(`select matched_by from warehouse_sku where sku = 'GIFTWRAP-OLD'`)).matched_by).toBe('nobody');
    await page.getByRole('button', { name: 'Save 1 line, leave the rest out' }).click();
    await page.getByText('1 line of 2').waitFor();
    expect((await one<{ matched_by: string }>(`select matched_by from warehouse_sku where sku = 'GIFTWRAP-OLD'`)).matched_by).toBe('by hand');
    expect(errors).toEqual([]);
    await page.close();
  }, 120_000);

  it('saves a bundle, and shows the way round a circle', async () => {
    const { page, errors } = await open(context, '/mapping?tab=bundles&bundle=new');
    await page.getByRole('textbox', { name: 'The variant that is sold' }).pressSequentially(skus[21]!);
    await page.getByRole('option').first().click();
    await page.getByRole('textbox', { name: 'Add a part' }).pressSequentially(skus[22]!);
    await page.getByRole('option').first().click();
    await page.getByLabel(`Units of ${skus[22]} in one`).fill('3');
    await page.getByRole('button', { name: 'Save the bundle' }).click();
    await page.getByRole('row').filter({ hasText: skus[21]! }).getByText('3 ×').waitFor();
    await page.getByRole('button', { name: 'New bundle' }).click();
    await page.getByRole('textbox', { name: 'The variant that is sold' }).pressSequentially(skus[22]!);
    await page.getByRole('option').first().click();
    await page.getByRole('textbox', { name: 'Add a part' }).pressSequentially(skus[21]!);
    await page.getByRole('option').first().click();
    await page.getByRole('button', { name: 'Save the bundle' }).click();
    const way = page.getByRole('alert').getByRole('listitem');
    await way.first().waitFor();
    expect(await way.allTextContents()).toEqual([skus[22], skus[21], skus[22]]);
    // The refusal itself is what the browser complains of.
    expect(errors.filter((error) => !error.includes('409'))).toEqual([]);
    await page.close();
  }, 120_000);

  it('tries a late parcel again once its hold is gone', async () => {
    const { page, errors } = await open(context, '/fulfilments?view=late');
    const row = page.getByRole('row').filter({ hasText: 'min late' });
    await row.getByText('On hold in Shopify').waitFor();
    const { order_id: orderId } = await one<{ order_id: string }>('select order_id from shipment where shipment_id = $1', [late]);
    await w.control(`/orders/${orderId}/release`, {});
    await row.getByRole('button', { name: 'Try #' }).click();
    await page.getByText('No parcel is late').waitFor();
    expect((await one<{ state: string }>('select state from shipment where shipment_id = $1', [late])).state).toBe('written');
    expect(errors).toEqual([]);
    await page.close();
  }, 120_000);

  it('receives an announced return and inspects it on a phone, once, though it is tapped twice', async () => {
    const phone = await browser.newContext({ viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2, reducedMotion: 'reduce' });
    const watched = await open(phone, '/returns'), { page, errors } = watched, { name } = await one<{ name: string }>('select name from return_case where return_id = $1', [announced]);
    await page.getByLabel('Scan or type').fill(name);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name }).waitFor();
    await page.getByRole('button', { name: 'Receive 1 unit' }).dblclick();
    await page.getByRole('button', { name: 'One more: Damaged' }).tap();
    expect(await page.getByRole('button', { name: 'One more: Sellable' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Save 1 unit' }).dblclick();
    await page.getByText('1 damaged').waitFor();
    const { n } = await one<{ n: number }>('select sum(quantity)::int as n from return_inspection where return_id = $1', [announced]);
    expect(n).toBe(1);
    expect((await one<{ received: number }>('select sum(received)::int as received from return_line where return_id = $1', [announced])).received).toBe(1);
    // Shopify's own return hears of it, and the page says so by itself.
    await page.getByText('Told Shopify').waitFor();
    expect([await sideways(page), await axeFaults(page)]).toEqual([0, []]);
    await picture(page, 'return-told-phone');
    if (shots) {
      await page.goto(`${w.url}/returns/${waiting}`);
      await page.getByRole('button', { name: /^One more: Sellable/ }).first().tap();
      await settled(page);
      await picture(page, 'returns-phone');
    }
    expect(errors).toEqual([]);
    await phone.close();
  }, 120_000);

  it('counts, submits and approves, and the shelf is set right', async () => {
    const { page, errors } = await open(context, '/counts?begin=yes');
    const sku = skus[17]!, before = warehouse.shelf.get(sku)!.onHand;
    await page.getByLabel('Location').selectOption({ label: 'Main warehouse' });
    await page.getByLabel('What is counted').fill('Bay 9');
    await page.getByRole('button', { name: 'Begin', exact: true }).click();
    await page.getByLabel('SKU or barcode').fill('NOT-KNOWN');
    await page.getByLabel('Found').fill('1');
    await page.keyboard.press('Enter');
    await page.getByText('NOT-KNOWN is not known here').waitFor();
    await page.getByLabel('SKU or barcode').fill(sku);
    await page.getByLabel('Found').fill(String(before + 2));
    await page.keyboard.press('Enter');
    const row = page.getByRole('row').filter({ hasText: sku });
    await row.getByText('+2', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Submit for approval' }).click();
    await page.getByLabel('Reason').fill('two were behind the shelf');
    await page.getByRole('button', { name: 'Approve' }).click();
    await row.getByText('The shelf is set right').waitFor();
    const { on_hand: after } = await one<{ on_hand: number }>('select on_hand from warehouse_stock where sku = $1', [sku]);
    expect(after).toBe(before + 2);
    expect(errors).toEqual([]);
    await page.close();
  }, 120_000);

  it('sets up a warehouse: its secret is shown once, a wrong field is named', async () => {
    const { page, errors } = await open(context, '/settings/warehouses?edit=new');
    await page.getByLabel('Name', { exact: true }).fill('York');
    await page.getByLabel('Address of the warehouse').fill('ftp://nowhere');
    await page.getByRole('button', { name: 'Set it up' }).click();
    await page.getByText('must begin with https://').waitFor();
    await page.getByLabel('Address of the warehouse').fill('https://wms.example.com/instep');
    await page.getByRole('button', { name: 'Set it up' }).click();
    await page.getByText(/^whsec_/).waitFor();
    await page.getByText(/\/warehouse\/v1\//).first().waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('heading', { name: /York/ }).waitFor();
    await page.reload();
    expect(await page.getByText(/^whsec_/).count()).toBe(0);
    expect(errors.filter((error) => !error.includes('400'))).toEqual([]);
    await page.close();
  }, 120_000);

  it('is found by search and by keys', async () => {
    const { page, errors } = await open(context, '/');
    await page.getByRole('heading', { name: 'Today' }).first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.getByRole('heading', { name: 'Push queue' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('SKU, title, barcode, screen or action').fill('ghost');
    await page.getByText('Ghost stock').first().click();
    await page.waitForURL(/\/returns\?tab=ghosts$/);
    await page.getByRole('heading', { name: 'Returns' }).waitFor();
    expect(errors).toEqual([]);
    await page.close();
  }, 120_000);

  it('shares the shelf between two stores, and each shows its part', async () => {
    const second = await w.sister();
    const theirs = await w.serve([...second.sandbox.shop.tables.locations.keys()][0]!, { mode: 'live', firstPushCap: 1_000_000 }, second.storeId);
    const watched = await open(context, '/settings/warehouses?sharing=1'), { page, errors } = watched;
    await page.getByRole('heading', { name: /Sharing the shelf/ }).waitFor();
    await page.getByText('One store sells from this shelf').waitFor({ state: 'detached' });
    await page.getByText('Split', { exact: true }).click();
    const shares = page.getByRole('textbox', { name: /share in percent/ });
    expect(await shares.count()).toBe(2);
    await shares.nth(0).fill('70');
    await shares.nth(1).fill('60');
    await page.getByText('add up to 130%').waitFor();
    expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await shares.nth(1).fill('30');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText(/Saved for everything/).waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await picture(page, 'sharing');
    // An item with plenty on the shelf: neither store shows more than its part, and the two together no more than is there.
    await page.reload();
    await page.getByRole('heading', { name: /Sharing the shelf/ }).waitFor();
    expect(await page.getByRole('textbox', { name: /share in percent/ }).nth(0).inputValue()).toContain('70');
    const sku = skus[HELD_AT]!, units = warehouse.shelf.get(sku)!.onHand;
    await w.until('both shops show their part', async () => {
      const { rows } = await w.house.db.query<{ store_id: number; available: number }>(
        `select o.store_id, o.available from observed_level o join item i using (item_id) where i.sku = $1 and (o.store_id, o.location_id) in (($2, $3), ($4, $5)) order by o.store_id`, [sku, w.storeId, day.locationId, second.storeId, theirs]);
      return rows.length === 2 && rows[0]!.available > 0 && rows[0]!.available <= Math.floor(units * 0.7) && rows[1]!.available > 0 && rows[1]!.available <= Math.floor(units * 0.3);
    }, 40);
    // By priority: the store that was second is moved up.
    await page.getByText('Priority', { exact: true }).click();
    const names = async (): Promise<string[]> => (await page.locator('.shares li > span').allTextContents()).map((text) => text.replace(/^\d+\. /, ''));
    const before = await names();
    expect(new Set(before).size).toBe(2); // two shops of one name are told apart
    await page.getByRole('button', { name: /^Move .* up$/ }).click();
    expect(await names()).toEqual([...before].reverse());
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await w.until('the order of stores is kept', async () => (await one<{ mode: string }>('select mode from stock_sharing')).mode === 'priority');
    expect(errors).toEqual([]);
    await page.close();
  }, 120_000);
});
