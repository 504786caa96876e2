/** How pages look. Each is loaded once and looked at in light, in dark and as narrow as a phone: no accessibility fault, nothing to move sideways, no error, nothing asked of others. */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFaults, openWatched, settled, sideways, type Watched } from './watched-page.ts';

const LOOKS = { light: { colorScheme: 'light', width: 1440 }, dark: { colorScheme: 'dark', width: 1440 }, phone: { colorScheme: 'light', width: 390 } } as const;
export type Look = keyof typeof LOOKS;
/** `shows`: a heading or words that are there once the page is. */
export type LookedAt = [name: string, address: string, shows: string | RegExp];

/** With INSTEP_SCREENSHOTS=folder the pictures that are there are taken anew, and with INSTEP_SCREENSHOTS_ALL=1 every other too. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['INSTEP_SCREENSHOTS'], file = folder && path.join(folder, `${name}.png`);
  if (!folder || !file || (!existsSync(file) && !process.env['INSTEP_SCREENSHOTS_ALL'])) return;
  mkdirSync(folder, { recursive: true });
  await settled(page);
  await page.screenshot({ path: file });
}

/** Looks at a page that is there, look by look; it ends as narrow as the last of them. Pictures are named after the page, and after the look where it is another than light. */
export async function looksWell({ page, errors, foreign }: Watched, name: string, looks: readonly Look[] = ['light', 'dark', 'phone']): Promise<void> {
  for (const look of looks) {
    const { colorScheme, width } = LOOKS[look];
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.locator(`[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    expect([name, look, await axeFaults(page), await sideways(page)]).toEqual([name, look, [], 0]);
    await picture(page, look === 'light' ? name : `${name}-${look}`);
  }
  expect([errors, foreign]).toEqual([[], []]);
}

/** Tests of pages, one each. */
export function describeLooks(browser: Browser, origin: string, pages: readonly LookedAt[], looks?: readonly Look[]): void {
  describe('pages', () => {
    let context: BrowserContext;
    beforeAll(async () => { context = await browser.newContext({ viewport: { width: LOOKS.light.width, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce' }); });
    afterAll(() => context.close());

    it.each(pages)('%s loads clean and accessible', async (name, address, shows) => {
      const watched = await openWatched(context, origin, address), { page } = watched;
      await page.getByRole('heading', { name: shows }).or(page.getByText(shows)).filter({ visible: true }).first().waitFor();
      await page.waitForLoadState('load');
      await looksWell(watched, name, looks);
      await page.close();
    }, 120_000);
  });
}
