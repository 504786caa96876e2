/** Repairs in a real browser: several levels chosen, one preview of what would become of each, one reason; and what is repaired without asking, set with a reason. Clean and accessible in light and dark. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildWeb } from '../../src/cli/web-build.ts';
import { at } from '../../src/domain/stock/fact.ts';
import { driftCheck } from '../../src/flows/drift-check.ts';
import { driftRepair } from '../../src/flows/drift-repair.ts';
import { salesHistory } from '../../src/flows/sales-history.ts';
import { stockLevels } from '../../src/flows/stock-levels.ts';
import { postFacts } from '../../src/store/ledger.ts';
import { openBrowser } from '../helpers/browser.ts';
import { axeFaults, openWatched } from '../helpers/watched-page.ts';
import { world } from '../helpers/world.ts';

const w = await world({ months: 1, scale: 0.05, worker: false, webDir: await buildWeb(() => {}) });
const browser = await openBrowser(), context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce' });
afterAll(() => browser.close());

beforeAll(async () => {
  await w.import();
  for (const flow of [salesHistory, stockLevels, driftCheck]) await w.run(flow);
  const { rows } = await w.house.db.query<{ item_id: number; location_id: number }>('select item_id, location_id from ledger_level where available > 4 order by 1, 2 limit 2'), now = new Date().toISOString();
  // Units promised that no order made: nothing explains them.
  await w.house.db.transaction((tx) => postFacts(tx, w.storeId, rows.map(({ item_id: itemId, location_id: place }, n) => ({ fact: `test:spoiled/${n}`, kind: 'order committed' as const, itemId, from: at(place, 'available'), to: at(place, 'committed'), quantity: n + 2, occurredAt: now, source: 'test' })), now));
  for (const flow of [salesHistory, stockLevels, driftCheck]) await w.run(flow);
}, 120_000);

it('of two levels: the preview says from what to what, and both agree afterwards', async () => {
  const { page, errors, foreign } = await openWatched(context, w.url, '/stock?view=drift');
  await page.getByText('2 rows').waitFor();
  for (const box of await page.getByRole('checkbox', { name: /^Choose/ }).all()) await box.click({ force: true });
  await page.getByRole('button', { name: 'Repair…' }).click();
  const preview = page.getByRole('dialog', { name: 'Repair 2 levels' });
  await preview.getByText('10 units in all').waitFor();
  expect(await preview.getByRole('row').count()).toBe(3);
  expect(await axeFaults(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('[data-mantine-color-scheme="dark"]').waitFor();
  expect(await axeFaults(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await preview.getByRole('button', { name: 'Repair 2 levels' }).isDisabled()).toBe(true);
  await preview.getByRole('textbox').fill('counted this morning');
  await preview.getByRole('button', { name: 'Repair 2 levels' }).click();
  await page.getByText('2 repairs under way').waitFor();
  await w.run(driftRepair);
  await w.run(driftCheck);
  await page.goto(`${w.url}/stock?view=drift`);
  await page.getByText('Every level agrees with Shopify').waitFor();
  await page.goto(`${w.url}/stock?tab=repairs`);
  await page.getByText('counted this morning').first().waitFor();
  expect(await page.getByRole('button', { name: 'Reverse' }).count()).toBe(2);
  expect(errors).toEqual([]);
  expect(foreign).toEqual([]);
  await page.close();
}, 120_000);

it('without asking: off at first, set with a reason, kept', async () => {
  const { page, errors } = await openWatched(context, w.url, '/settings/limits');
  const unknown = page.getByRole('switch').first(), panel = page.locator('.limits').filter({ hasText: 'Differences repaired without asking' });
  await unknown.waitFor();
  expect(await unknown.isChecked()).toBe(false);
  await unknown.click({ force: true });
  await panel.getByLabel('Units of a level, at most').fill('3');
  expect(await panel.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  await panel.getByLabel('Why?').fill('the count at Mill is right');
  expect(await axeFaults(page)).toEqual([]);
  await panel.getByRole('button', { name: 'Save' }).click();
  // Said only of what is kept; the reason alone also stands in the field it is typed into.
  await panel.getByText('repairs within the hour').waitFor();
  const { rows } = await w.house.db.query('select cause, way, unit_limit, reason from repair_policy where store_id = $1', [w.storeId]);
  expect(rows).toEqual([{ cause: 'unknown', way: 'accept Shopify', unit_limit: 3, reason: 'the count at Mill is right' }]);
  // Beside it, how small a difference nobody is told of: both numbers and a reason, kept.
  const told = page.locator('.limits').filter({ hasText: 'Differences nobody is told of' });
  await told.getByLabel('Units of a level, at most').fill('2');
  await told.getByLabel(/^Worth, at most/).fill('12.5');
  await told.getByLabel('Why?').fill('counted every month');
  expect(await axeFaults(page)).toEqual([]);
  await told.getByRole('button', { name: 'Save' }).click();
  await told.getByLabel('Why?').waitFor({ state: 'detached' });
  expect((await w.house.db.query('select drift_tolerance_units as units, drift_tolerance_money as money from store')).rows).toEqual([{ units: 2, money: '1250' }]);
  expect(errors).toEqual([]);
  await page.close();
}, 120_000);
