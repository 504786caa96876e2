/** An installation becomes a team's in a real browser: the first administrator, somebody invited, two people where one is not enough, and what each did in the audit trail. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { buildWeb } from '../../src/cli/web-build.ts';
import { tokenHash } from '../../src/http/auth.ts';
import { raise } from '../../src/store/exceptions.ts';
import { saveSetupToken } from '../../src/store/users.ts';
import { openBrowser } from '../helpers/browser.ts';
import { looksWell } from '../helpers/looks.ts';
import { axeFaults, openWatched, settled } from '../helpers/watched-page.ts';
import { world } from '../helpers/world.ts';

const w = await world({ webDir: await buildWeb(() => {}), months: 1, scale: 0.05, worker: false });
await w.import();
const browser = await openBrowser();
afterAll(() => browser.close());
const opened = async (viewport = { width: 1440, height: 900 }, colorScheme: 'light' | 'dark' = 'light', storageState?: Awaited<ReturnType<BrowserContext['storageState']>>): Promise<BrowserContext> => {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce', ...(storageState ? { storageState } : {}) });
  return context;
};
const ANN = 'correct horse battery', BOB = 'another long password';

/** Ann goes through the inbox without a pointer: help, rows, to herself and back, to Bob, many at once, later, done. */
async function triageByKeys(page: Page): Promise<void> {
  const { rows: [level] } = await w.house.db.query<{ item_id: number; location_id: number }>('select item_id, location_id from ledger_level where store_id = $1 limit 1', [w.storeId]), now = new Date().toISOString();
  await raise(w.house.db.pool, w.storeId, ['Held one', 'Held two', 'Held three'].map((subject) => ({ kind: 'PUSH_HELD' as const, key: subject, subject, sentence: `${subject} waits for its release.`, itemId: level!.item_id, locationId: level!.location_id })), now);
  const row = (subject: string) => page.getByRole('row').filter({ hasText: subject }), key = (name: string): Promise<void> => page.keyboard.press(name), said = (text: string | RegExp) => page.getByRole('alert').getByText(text).last();
  await page.goto(`${w.url}/exceptions?kind=PUSH_HELD`);
  await row('Held one').waitFor();
  await key('?');
  await page.getByRole('dialog').getByText('Assign to somebody…').waitFor();
  await key('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await key('j');
  const first = await page.locator('.g-row[data-current] .subject').innerText();
  await key('a');
  await row(first).getByText('Ann Lee').waitFor();
  await key('u');
  await row(first).getByText('nobody').waitFor();
  await key('A');
  await page.getByRole('dialog').getByLabel('To whom?').first().fill('bob');
  await page.getByRole('option', { name: /^Bob Marsh/ }).waitFor();
  expect(await axeFaults(page)).toEqual([]);
  await key('Enter');
  await row(first).getByText('Bob Marsh').waitFor();
  // Many: chosen by x, given by a, taken back by u; given by A.
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  for (const press of ['j', 'x', 'j', 'x', 'a']) await key(press);
  await said('Assigned: 2').waitFor();
  expect((await w.house.db.query(`select from exception where kind = 'PUSH_HELD' and assigned_to is null`)).rowCount).toBe(0);
  await key('u');
  await said('Taken back: 2').waitFor();
  expect((await w.house.db.query<{ n: number }>(`select count(*)::int as n from exception where kind = 'PUSH_HELD' and assigned_to is null`)).rows[0]!.n).toBe(2);
  // Put off together, and taken back together; the end of many is asked for once.
  for (const press of ['k', 'k', 'j', 'x', 'j', 'x', 'r']) await key(press);
  await page.getByText('Resolve 2 cases').waitFor();
  await key('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await key('z');
  await said('Snoozed: 2').waitFor();
  await row('Held').nth(1).waitFor({ state: 'detached' });
  await key('u');
  await row('Held').nth(2).waitFor();
  for (const press of ['k', 'k']) await key(press);
  for (const press of ['j', 'x', 'j', 'x', 'A']) await key(press);
  await page.getByText('Assign 2 cases').waitFor();
  await page.getByRole('dialog').getByLabel('To whom?').first().fill('bob');
  await page.getByRole('option', { name: /^Bob Marsh/ }).waitFor();
  await key('Enter');
  await said('Assigned: 2').waitFor();
  // What Bob has, also after a reload.
  await page.getByLabel('Assigned to', { exact: true }).first().click();
  await page.getByRole('option', { name: 'Bob Marsh (3)' }).click();
  await page.reload();
  await page.getByText('Assigned to: Bob Marsh').waitFor();
  // Kept as a view, with a column that is usually hidden, and come back to from the whole list.
  await page.getByRole('button', { name: 'Choose columns' }).click();
  await page.getByLabel('Last seen').check();
  await key('Escape');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByLabel('Keep this list as').fill('With Bob');
  await page.getByRole('button', { name: 'The administrator’s cases' }).waitFor();
  await page.getByRole('combobox', { name: 'Who uses it' }).click();
  await page.getByRole('option', { name: 'Every ecommerce person' }).click();
  expect(await axeFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Keep', exact: true }).click();
  await page.getByRole('button', { name: 'With Bob', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Clear all' }).click();
  await page.getByRole('button', { name: 'With Bob (changed)' }).click();
  await page.locator('.view-use').filter({ hasText: 'With Bob' }).click();
  await page.getByText('Assigned to: Bob Marsh').waitFor();
  await page.getByRole('columnheader', { name: 'Last seen' }).waitFor();
  await row('Held three').waitFor();
  await key('j');
  const now1 = await page.locator('.g-row[data-current] .subject').innerText();
  await key('z');
  await row(now1).waitFor({ state: 'detached' });
  await key('u');
  await row(now1).waitFor();
  // What was done in the drawer is taken back there: by the same key, and by the toast.
  await key('j');
  await key('Enter');
  const drawer = page.getByRole('dialog').filter({ hasText: 'What to do' });
  await drawer.getByRole('button', { name: 'Assign to me' }).click();
  await drawer.getByRole('button', { name: 'Give it back' }).waitFor();
  await key('u');
  await drawer.getByRole('button', { name: 'Assign to me' }).waitFor();
  await drawer.getByRole('button', { name: 'Snooze' }).click();
  await page.getByRole('menuitem', { name: 'For a day' }).click();
  await drawer.getByText('Snoozed until').waitFor();
  await page.getByRole('alert').filter({ hasText: 'Snoozed' }).last().getByRole('button', { name: 'Undo' }).click();
  await drawer.getByText('Snoozed until').waitFor({ state: 'detached' });
  await key('Escape');
  await drawer.waitFor({ state: 'detached' });
  // Peeked at, the case stands beside the list and follows its rows, once the list has what was just changed.
  await settled(page);
  const nth = (n: number) => page.locator('.g-body .g-row .subject').nth(n), names = [await nth(0).innerText(), await nth(1).innerText()];
  for (let n = 0; n < 4; n++) await key('k');
  await key(' ');
  await drawer.getByText(names[0]!, { exact: true }).waitFor();
  expect(await axeFaults(page)).toEqual([]);
  await key('j');
  await drawer.getByText(names[1]!, { exact: true }).waitFor();
  expect(await page.evaluate('document.activeElement?.closest("[role=grid]") !== null')).toBe(true);
  await key(' ');
  await drawer.waitFor({ state: 'detached' });
  // A range: from the row chosen last to the one that is current.
  await key('k');
  await key('x');
  await key('j');
  await key('j');
  await key('X');
  await page.getByText('3 cases chosen').waitFor();
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await key('k');
  await key('Enter');
  await page.getByRole('dialog').getByText('What to do').waitFor();
  await key('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const done = await page.locator('.g-row[data-current] .subject').innerText();
  await key('r');
  await page.getByLabel('What was done?').fill('released in the push queue');
  await page.getByRole('dialog').last().getByRole('button', { name: 'Resolve' }).click();
  await row(done).waitFor({ state: 'detached' });
  const { rows: ends } = await w.house.db.query<{ state: string; assigned_to: string }>(`select state, assigned_to from exception where kind = 'PUSH_HELD' and store_id = $1 order by state`, [w.storeId]);
  // How it ended, and until when others sleep, is in the list.
  await page.goto(`${w.url}/exceptions?kind=PUSH_HELD&tab=resolved`);
  await row(done).getByText(', by ann@shop.example').waitFor();
  await page.goto(`${w.url}/exceptions?kind=PUSH_HELD`);
  await row('Held').first().waitFor();
  await key('j');
  const asleep = await page.locator('.g-row[data-current] .subject').innerText();
  await key('z');
  await row(asleep).waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'Snoozed' }).or(page.getByRole('link', { name: 'Snoozed' })).or(page.getByRole('button', { name: 'Snoozed' })).first().click();
  await row(asleep).getByText(/^until \d/).waitFor();
  await key('u');
  await row(asleep).waitFor({ state: 'detached' });
  expect(ends).toEqual([...['open', 'open', 'resolved'].map((state) => ({ state, assigned_to: 'bob@shop.example' }))]);
}

it('is handed from one person to a team', async () => {
  const context = await opened(), { page, errors } = await openWatched(context, w.url, '/settings/people');
  await page.getByText('No accounts yet').waitFor();
  await saveSetupToken(w.house.db, tokenHash('printed-at-start'), new Date(Date.now() + 600_000).toISOString());
  await page.goto(`${w.url}/setup?token=printed-at-start`);
  await page.getByLabel('Name').fill('Ann Lee');
  await page.getByLabel('E-mail').fill('ann@shop.example');
  await page.getByLabel('Password', { exact: true }).fill(ANN);
  await page.getByLabel('Password again').fill(ANN);
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await page.getByRole('heading', { name: 'Today' }).waitFor();

  await page.goto(`${w.url}/settings/people`);
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('Bob Marsh');
  await form.getByLabel('E-mail').fill('bob@shop.example');
  await form.getByRole('button', { name: 'Make the link' }).click();
  const link = await page.locator('.copy-field code').innerText();
  expect(await axeFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'I have passed it on' }).click();
  await page.getByRole('row', { name: /Bob Marsh/ }).getByText('Invited').waitFor();

  // Bob is somebody else, at a machine of his own.
  const his = await opened(), bob = await openWatched(his, w.url, new URL(link).pathname + new URL(link).search);
  await bob.page.getByLabel('Password', { exact: true }).fill('short');
  await bob.page.getByRole('button', { name: 'Set password and sign in' }).click();
  await bob.page.getByText('At least 12 characters').waitFor();
  await bob.page.getByLabel('Password', { exact: true }).fill(BOB);
  await bob.page.getByLabel('Password again').fill(BOB);
  expect(await axeFaults(bob.page)).toEqual([]);
  await bob.page.getByRole('button', { name: 'Set password and sign in' }).click();
  await bob.page.getByRole('heading', { name: 'Today' }).waitFor();
  await bob.page.goto(`${w.url}/settings/people`);
  await bob.page.getByText('Only administrators change accounts').waitFor();
  expect(await bob.page.getByRole('button', { name: 'Invite somebody' }).count()).toBe(0);

  await triageByKeys(page);

  // Ann counts; she cannot approve her own count any more, since Bob could. He is let into the warehouse for it.
  const ask = (on: typeof page, method: string, path: string, body: object): Promise<{ status: number; body: { countId?: string } }> => on.evaluate(async ([m, p, b]) => {
    const answer = await fetch(`/api/v1${p}`, { method: m as string, headers: { 'content-type': 'application/json' }, body: b as string });
    return { status: answer.status, body: await answer.json() as { countId?: string } };
  }, [method, path, JSON.stringify(body)]);
  const { rows: [level] } = await w.house.db.query<{ location_id: number; sku: string }>(`select l.location_id, i.sku from ledger_level l join item i using (item_id) where l.store_id = $1 and l.available > 3 and i.sku ~ '^[A-Z0-9-]+$' order by 1, 2 limit 1`, [w.storeId]);
  await page.goto(`${w.url}/settings/people`);
  await page.getByRole('button', { name: 'Change Bob Marsh' }).click();
  await page.getByRole('dialog').getByLabel('Role').first().click();
  await page.getByRole('option', { name: /^Warehouse/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: /Bob Marsh.*Warehouse/ }).waitFor();
  const count = (await ask(page, 'POST', `/counts?store=${w.storeId}`, { locationId: level!.location_id, name: 'Shelf one' })).body.countId!;
  expect((await ask(page, 'POST', `/counts/${count}/lines?store=${w.storeId}`, { lines: [{ sku: level!.sku, counted: 2 }] })).status).toBe(200);
  expect((await ask(page, 'POST', `/counts/${count}/decision?store=${w.storeId}`, { decision: 'submit' })).status).toBe(200);
  expect((await ask(page, 'POST', `/counts/${count}/decision?store=${w.storeId}`, { decision: 'approve', reason: 'counted twice' })).status).toBe(403);
  // His role changed, so he signs in anew; then he approves.
  await bob.page.goto(`${w.url}/settings/audit-trail`);
  await bob.page.getByLabel('E-mail').fill('bob@shop.example');
  await bob.page.getByLabel('Password', { exact: true }).fill(BOB);
  await bob.page.getByRole('button', { name: 'Sign in' }).click();
  await bob.page.getByText(/^Holds: /).waitFor();
  expect((await ask(bob.page, 'POST', `/counts/${count}/decision?store=${w.storeId}`, { decision: 'approve', reason: 'counted twice' })).status).toBe(200);

  // What each did stands in the trail, and stays in the address.
  await page.getByRole('row', { name: /Bob Marsh/ }).getByRole('link', { name: 'What they did' }).click();
  await page.getByTitle('count approved').waitFor();
  await page.reload();
  await page.getByTitle('count approved').click();
  await page.getByRole('dialog').getByText('counted twice').waitFor();
  expect(await page.getByRole('row', { name: /Count submitted/ }).count()).toBe(0);
  expect(errors.filter((one) => !/403/.test(one))).toEqual([]);
  expect(bob.errors.filter((one) => !/401/.test(one))).toEqual([]);

  const state = await context.storageState();
  const shown = await opened({ width: 1440, height: 900 }, 'light', state);
  for (const [name, address, shows] of [['people', '/settings/people', 'Bob Marsh'], ['invitation', '/settings/people?edit=new', 'Make the link'], ['audit-trail', '/settings/audit-trail', /^Holds: /], ['audit-trail-none', '/settings/audit-trail?q=nothing-like-it', 'Nothing fits these filters']] as const) {
    const watched = await openWatched(shown, w.url, address);
    await watched.page.getByText(shows).first().waitFor();
    await looksWell(watched, name);
    await watched.page.close();
  }
  await shown.close();
  // Shut out, he is out at once.
  await page.goto(`${w.url}/settings/people`);
  await page.getByRole('button', { name: 'Change Bob Marsh' }).click();
  await page.getByRole('button', { name: 'Shut out' }).click();
  await page.getByRole('row', { name: /Bob Marsh/ }).getByText('Shut out').waitFor();
  await bob.page.goto(`${w.url}/stock`);
  await bob.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await his.close();
  await context.close();
}, 180_000);
