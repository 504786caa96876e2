/**
 * Replay and transfers in a real browser: their views load clean and accessible in light and dark and on a phone; a replay is asked for, followed and read;
 * chosen proposals become a transfer that is shipped and received. With INSTEP_SCREENSHOTS=folder pictures are taken.
 */
import { randomUUID } from 'node:crypto';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../src/cli/web-build.ts';
import { addDays } from '../../src/domain/calendar.ts';
import { replay } from '../../src/flows/replay.ts';
import { replenishment } from '../../src/flows/replenishment.ts';
import { transferProposals } from '../../src/flows/transfer-proposals.ts';
import { transfers } from '../../src/flows/transfers.ts';
import { askReplay } from '../../src/store/replays.ts';
import { makeWarehouse } from '../../src/store/warehouses.ts';
import { openBrowser } from '../helpers/browser.ts';
import { describeLooks, picture, type LookedAt } from '../helpers/looks.ts';
import { axeFaults, openWatched, sideways, type Watched } from '../helpers/watched-page.ts';
import { world } from '../helpers/world.ts';

const webDir = await buildWeb(() => {});
const w = await world({ webDir, months: 6, scale: 0.15 });
await w.import();
const now = new Date().toISOString(), today = await w.today();
await w.house.db.query('update supplier set min_order_units = 60 where store_id = $1', [w.storeId]);
const id = await askReplay(w.house.db, w.storeId, { key: randomUUID(), kind: 'cycle service', promise: 0.95, from_day: addDays(today, -90), to_day: addDays(today, -1), scope: {}, most: 300, orderCost: 0 }, 'test', now);
await w.run(replay);
await w.house.db.query('update supplier set min_order_units = null where store_id = $1', [w.storeId]);
await w.run(replenishment);
await w.run(transferProposals);
// One place that the others hang from, and a move a warehouse's people were told of.
const { rows: places } = await w.house.db.query<{ location_id: number }>('select location_id from location where store_id = $1 and is_active order by 1', [w.storeId]);
const [hub, shop] = places.map((place) => place.location_id);
await w.house.db.query('update location set supplied_from = $2 where store_id = $1 and location_id = $3', [w.storeId, hub, shop]);
const warehouseId = await makeWarehouse(w.house.db, { name: 'Leeds', connector: 'warehouse-rest', settings: {}, hookToken: 'warehouse-token', now });
await w.house.db.query(
  `with made as (insert into warehouse_move (store_id, item_id, from_location_id, to_location_id, warehouse_id, quantity, gain, told_at, told_by) select $1, min(item_id), $2, $3, $4, 6, 900, $5, 'test' from inventory_item where store_id = $1 returning move_id)
   insert into warehouse_move_event (store_id, move_id, kind, quantity, at, by_whom) select $1, move_id, 'told', 6, $5, 'test' from made`, [w.storeId, hub, shop, warehouseId, now]);
const { rows: [top] } = await w.house.db.query<{ item_id: number; from_location_id: number; to_location_id: number; quantity: number }>('select * from transfer_proposal where store_id = $1 order by gain desc limit 1', [w.storeId]);
const browser = await openBrowser();
afterAll(() => browser.close());

const open = (context: BrowserContext, address: string): Promise<Watched> => openWatched(context, w.url, address);
/** Presses a button and waits until what it asks for is written; what becomes of it shows for a moment only where a worker is quick. */
async function press(page: Page, name: string): Promise<void> {
  await Promise.all([page.waitForResponse((response) => ['POST', 'PUT', 'PATCH'].includes(response.request().method()) && response.ok()), page.getByRole('button', { name, exact: true }).click()]);
}
const VIEWS: LookedAt[] = [
  ['replay', `/replay?run=${id}`, 'Replay'], ['replay-lines', `/replay?run=${id}&tab=lines`, 'Replay'], ['replay-new', '/replay?show=new', 'Replay'],
  ['transfers', '/transfers', 'Transfers'], ['transfers-open', '/transfers?tab=transfers', 'Transfers'], ['transfers-settings', '/transfers?show=settings', 'Transfers'],
  ['warehouse-moves', '/transfers?tab=moves', 'Transfers'], ['warehouse-move', '/transfers?tab=moves&id=1', 'Transfers'], ['locations', '/settings/locations', 'Locations'],
];

describeLooks(browser, w.url, VIEWS);

describe('a planner', () => {
  let context: BrowserContext;
  beforeAll(async () => { context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' }); });
  afterAll(() => context.close());

  it('replays a policy and reads what it came to', async () => {
    const { page } = await open(context, '/replay?show=new');
    await page.getByLabel('Policy', { exact: true }).selectOption('fill rate');
    await page.getByLabel('Promise', { exact: true }).fill('97');
    await page.getByLabel('Lines at most').fill('20');
    await press(page, 'Replay');
    await w.run(replay);
    await page.getByText(/Fill rate 97% serves/).first().waitFor();
    await page.getByText('What it came to').waitFor();
    await page.reload();
    await page.getByText('What it came to').waitFor();
    await page.close();
  }, 120_000);

  it('makes a transfer of a proposal, ships and receives it', async () => {
    expect(top).toBeDefined();
    const { page } = await open(context, '/transfers');
    await page.getByRole('checkbox', { name: /^Choose / }).first().click();
    await page.getByRole('button', { name: 'Create 1 transfer' }).click();
    await page.getByText('Shopify is told at once').waitFor();
    await w.run(transfers);
    await page.getByRole('link', { name: 'T-00001' }).click();
    await press(page, 'Ship it');
    await w.run(transfers);
    await press(page, 'Receive all');
    await picture(page, 'transfer-drawer');
    await w.run(transfers);
    await page.getByText('Received', { exact: true }).first().waitFor();
    const { rows: [row] } = await w.house.db.query<{ state: string; units: number }>('select t.state, sum(n.received)::int as units from transfer t join transfer_line n using (store_id, transfer_id) where t.store_id = $1 group by 1', [w.storeId]);
    expect(row).toEqual({ state: 'received', units: top!.quantity });
    await page.close();
  }, 120_000);

  it('says what was done of a move its warehouse was told of, and the list empties', async () => {
    const { page, errors } = await open(context, '/transfers?tab=moves');
    await page.getByText('M-00001').click();
    await page.getByLabel('Units moved').fill('4');
    await page.getByRole('switch', { name: 'The rest will not be moved' }).click();
    await page.getByLabel('Note').fill('two were broken');
    await press(page, 'Mark done');
    await page.getByText('Nothing is to be moved by a warehouse').waitFor();
    await page.goto(`${w.url}/transfers?tab=moves&moves=over&id=1`);
    await page.getByText('4 units done').waitFor();
    expect(await page.getByText('The rest is not moved').isVisible()).toBe(true);
    expect(errors).toEqual([]);
    await page.close();
  }, 120_000);

  it('changes quantities, ships a part, and somebody at the door counts it on a phone with what is damaged', async () => {
    const { page } = await open(context, '/transfers');
    // Of the places that could send, the one with the most.
    const { rows: [plenty] } = await w.house.db.query<{ name: string }>(`select coalesce(nullif(i.sku, ''), i.title) as name from transfer_proposal p join item i using (item_id) join ledger_level g using (store_id, item_id) where p.store_id = $1 and g.location_id = p.from_location_id order by g.available desc limit 1`, [w.storeId]);
    await page.getByRole('checkbox', { name: `Choose ${plenty!.name}`, exact: true }).first().click();
    const move = page.getByRole('textbox', { name: /to move, at most/ });
    await move.fill('99999999');
    expect(await page.getByRole('button', { name: 'Create 1 transfer' }).isDisabled()).toBe(true);
    await move.fill('4');
    await page.getByRole('button', { name: 'Create 1 transfer' }).click();
    await page.getByText('Shopify is told at once').waitFor();
    await w.run(transfers);
    await page.getByRole('link', { name: 'T-00002' }).click();
    await page.getByRole('button', { name: 'Change quantities' }).click();
    await page.getByRole('textbox', { name: /^Units of / }).fill('5');
    await picture(page, 'transfer-change');
    await press(page, 'Save');
    await w.run(transfers);
    await page.getByText('Changed quantities').waitFor();
    await page.getByText('under way').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Ship a part' }).click();
    await page.getByRole('textbox', { name: /^Units that ship now/ }).fill('3');
    await press(page, 'Ship 3 units');
    await w.run(transfers);
    await page.getByText('Partly shipped').first().waitFor();
    await picture(page, 'transfer-parts');
    expect(await axeFaults(page)).toEqual([]);
    const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce', hasTouch: true, isMobile: true });
    const { page: door, errors } = await openWatched(phone, w.url, '/transfers/2/receive');
    await door.getByRole('switch', { name: /^Some are damaged/ }).click();
    await door.getByRole('button', { name: /^One more: Damaged/ }).click();
    await door.getByRole('button', { name: 'All of it came' }).click();
    await picture(door, 'transfer-receive-phone');
    expect(await axeFaults(door)).toEqual([]);
    expect(await sideways(door)).toBe(0);
    await press(door, 'Receive 2 units, 1 not taken');
    await w.run(transfers);
    const { rows: [row] } = await w.house.db.query<{ quantity: number; shipped: number; received: number; rejected: number }>('select quantity, shipped, received, rejected from transfer_line where store_id = $1 and transfer_id = 2', [w.storeId]);
    expect(row).toEqual({ quantity: 5, shipped: 3, received: 2, rejected: 1 });
    await page.getByText('Received 2 units, 1 damaged').waitFor();
    await picture(page, 'transfer-received');
    expect(errors).toEqual([]);
    await phone.close();
    await page.close();
  }, 120_000);
});
