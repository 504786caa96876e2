/** The screens of purchasing in a real browser: each loads clean and accessible in light and dark, none moves sideways on a phone, and an order goes from recommendation to stock by hand. */
import type { BrowserContext } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../src/cli/web-build.ts';
import { openBrowser } from '../helpers/browser.ts';
import { describeLooks, picture, type LookedAt } from '../helpers/looks.ts';
import { openWatched, settled, sideways, type Watched } from '../helpers/watched-page.ts';
import { world } from '../helpers/world.ts';

const w = await world({ months: 3, scale: 0.08, webDir: await buildWeb(() => {}) });
await w.import();
const q = `store=${w.storeId}`, post = <T>(address: string, body: object): Promise<T> => w.api<T>(`/api/v1${address}?${q}`, { method: 'POST', body });
interface Order { purchaseOrderId: number; reference: string; version: number; notes: string; supplierId: number; lines: { itemId: number; sku: string | null; ordered: number }[] }
const { made } = await post<{ made: { purchaseOrderId: number; lines: number }[] }>('/purchase-orders/from-recommendations', {});
const detail = (id: number): Promise<Order> => w.api<Order>(`/api/v1/purchase-orders/${id}?${q}`);
const [biggest, other] = [...made].sort((a, b) => b.lines - a.lines).map((one) => one.purchaseOrderId) as [number, number];
let sent = await detail(biggest);
for (const verb of ['submit', 'send']) sent = await post<Order>(`/purchase-orders/${biggest}/${verb}`, { version: sent.version });
await post(`/purchase-orders/${biggest}/receipts`, { key: 'first-delivery', lines: [{ itemId: sent.lines[0]!.itemId, quantity: 2, damaged: 1 }] });
const { rows: [past] } = await w.house.db.query<{ sku: string; supplier: string; place: string }>(
  `select i.sku, s.name as supplier, (select name from location where store_id = $1 order by location_id limit 1) as place from supplier s join supplier_item t using (store_id, supplier_id) join item i using (item_id)
   where s.store_id = $1 and s.supplier_id = $2 and i.sku <> '' and (select count(*) from item o where o.sku = i.sku) = 1 limit 1`, [w.storeId, sent.supplierId]);
await post('/purchasing/import', { kind: 'purchase-orders', source: 'stocky', dryRun: false, csv: ['PO,Supplier,Status,Location,Date,Expected,Received date,SKU,Quantity,Received,Cost', ...[20, 24, 22, 31].map((days, n) => `S-${n},${past!.supplier},Received,${past!.place},2026-01-0${n + 1},2026-01-25,${new Date(Date.UTC(2026, 0, n + 1 + days)).toISOString().slice(0, 10)},${past!.sku},5,5,2`)].join('\n') });
await w.api(`/api/v1/suppliers/${sent.supplierId}?${q}`, { method: 'PUT', body: { version: 1, leadTimeDays: 14, email: 'sales@mill.example' } });

const browser = await openBrowser();
afterAll(() => browser.close());
const open = (context: BrowserContext, address: string): Promise<Watched> => openWatched(context, w.url, address);
const PAGES: LookedAt[] = [
  ['purchase-orders', '/purchase-orders', 'Purchase orders'], ['purchase-orders-late', '/purchase-orders?view=overdue', 'Purchase orders'], ['purchase-new', '/purchase-orders?show=new', 'Empty order'], ['purchase-recommended', '/purchase-orders?show=recommended', 'Orders from recommendations'],
  ['purchase-settings', '/purchase-orders?show=settings', 'Approval, tolerances and budget'], ['purchase-file', '/purchase-orders?show=file', 'Bring in from CSV'], ['purchase-draft', `/purchase-orders/${other}`, /^PO-/], ['purchase-order', `/purchase-orders/${biggest}`, sent.reference],
  ['purchase-receipts', `/purchase-orders/${biggest}?tab=receipts`, /Receipt \d/], ['purchase-versions', `/purchase-orders/${biggest}?tab=versions`, sent.reference], ['purchase-receive', `/purchase-orders/${biggest}/receive`, `Receive ${sent.reference}`],
  ['suppliers', '/suppliers', 'Suppliers'], ['supplier-new', '/suppliers?show=new', 'New supplier'], ['supplier', `/suppliers/${sent.supplierId}`, 'Lead time'], ['supplier-items', `/suppliers/${sent.supplierId}?tab=items&item=${sent.lines[0]!.itemId}`, past!.supplier], ['supplier-terms', `/suppliers/${sent.supplierId}?tab=terms`, past!.supplier],
];

describeLooks(browser, w.url, PAGES, ['light', 'dark']);

describe('on a phone', () => {
  it.each([['/purchase-orders'], [`/purchase-orders/${biggest}`], [`/purchase-orders/${other}`], [`/purchase-orders/${biggest}/receive`], [`/purchase-orders/${biggest}?tab=receipts`], ['/suppliers'], [`/suppliers/${sent.supplierId}`], [`/suppliers/${sent.supplierId}?tab=terms`], [`/suppliers/${sent.supplierId}?tab=items`]])('%s does not move sideways', async (address) => {
    const context = await browser.newContext({ viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true, reducedMotion: 'reduce' });
    const { page, errors } = await open(context, address);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settled(page);
    expect(await sideways(page)).toBe(0);
    // A SKU stays whole on its line.
    for (const sku of await page.locator('table .two-line > :first-child').all()) expect((await sku.boundingBox())!.height, await sku.innerText()).toBeLessThan(24);
    expect(errors).toEqual([]);
    await context.close();
  }, 120_000);

  it('goods are received by scanning: each scan is one more, a strange code is said, and it is posted once', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, reducedMotion: 'reduce' });
    const watched = await open(context, `/purchase-orders/${biggest}/receive`), { page } = watched;
    const line = sent.lines.find((each) => each.sku && sent.lines.filter((o) => o.sku?.toLowerCase() === each.sku?.toLowerCase()).length === 1 && each.ordered >= 2 && each !== sent.lines[0])!;
    const box = page.getByRole('textbox', { name: /Scan or type/ });
    for (const code of [line.sku!, line.sku!.toLowerCase(), 'NOBODY']) { await box.fill(code); await box.press('Enter'); }
    await page.getByText('NOBODY is on no line').waitFor();
    expect(await page.getByRole('textbox', { name: `Good units of ${line.sku}` }).inputValue()).toBe('2');
    await picture(page, 'receive');
    await page.getByRole('button', { name: 'Receive 2 units' }).click();
    await page.getByRole('heading', { name: /Receipt \d/ }).first().waitFor();
    const { rows } = await w.house.db.query<{ received: number }>('select received from purchase_order_line where purchase_order_id = $1 and item_id = $2', [biggest, line.itemId]);
    expect(rows).toEqual([{ received: 2 }]);
    await context.close();
  }, 120_000);
});

it('a draft is changed, approved and sent by hand; a second window that is late keeps what was typed and is told who was faster', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  const first = (await open(context, `/purchase-orders/${other}`)).page, second = (await open(context, `/purchase-orders/${other}`)).page, order = await detail(other), name = order.lines[0]!.sku || /^Units of/;
  const field = (page: typeof first) => page.getByRole('textbox', { name: typeof name === 'string' ? `Units of ${name}` : name }).first();
  await field(second).fill('88');
  await second.getByRole('textbox', { name: 'Notes for the supplier' }).fill('Side door, please');
  await field(first).fill('77');
  await first.getByRole('button', { name: 'Save lines' }).click();
  await first.getByRole('button', { name: 'Save lines' }).waitFor({ state: 'detached' });
  expect((await detail(other)).lines[0]!.ordered).toBe(77);
  await second.getByText('This was changed meanwhile').waitFor();
  expect(await field(second).inputValue()).toBe('88');
  await second.getByRole('button', { name: 'Save lines' }).click();
  await second.getByText(/was amended by operator meanwhile/).waitFor();
  await second.getByRole('button', { name: 'Show it as it is now' }).click();
  await expect.poll(() => field(second).inputValue()).toBe('77');
  // The lines are another's; the note is its own, and nobody has changed notes.
  await second.getByRole('button', { name: 'Save', exact: true }).click();
  await expect.poll(async () => (await detail(other)).notes).toBe('Side door, please');
  expect((await detail(other)).lines[0]!.ordered).toBe(77);
  await first.getByText('Side door, please').waitFor();
  await first.getByRole('button', { name: 'Approve' }).click();
  await first.getByRole('button', { name: 'Send to supplier' }).click();
  await first.getByRole('button', { name: 'It is sent' }).click();
  await first.getByRole('link', { name: 'Receive' }).waitFor();
  expect(await detail(other)).toMatchObject({ state: 'sent' });
  await context.close();
}, 120_000);
