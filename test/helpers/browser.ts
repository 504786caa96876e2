/** The browser of the tests: that of npm, as the product prints with. */
import { chromium, type Browser } from 'playwright-core';
import { npmBrowser } from '../../src/runtime/npm-browser.ts';

export async function openBrowser(): Promise<Browser> {
  return chromium.launch(await npmBrowser());
}
