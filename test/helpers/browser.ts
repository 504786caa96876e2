/**
 * The browser of the tests: that of npm, as the product prints with.
 * INSTEP_SLOW_BROWSER=MS makes what pages ask and hear take up to so much longer, drawn anew each time: a test that waits for what a quick worker has already ended fails with it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { npmBrowser } from '../../src/runtime/npm-browser.ts';

export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch(await npmBrowser()), most = Number(process.env['INSTEP_SLOW_BROWSER'] ?? 0);
  if (most > 0) {
    const newContext = browser.newContext.bind(browser);
    browser.newContext = async (options) => slowed(await newContext(options), most);
  }
  return browser;
}

/** Each request waits before it is sent, and again before its answer is heard. The stream of events only before: it has no end to wait for. */
async function slowed(context: BrowserContext, most: number): Promise<BrowserContext> {
  const wait = (): Promise<void> => sleep(Math.random() * most);
  await context.route(/\/api\//, async (route) => {
    try {
      await wait();
      if (route.request().resourceType() === 'eventsource') { await route.continue(); return; }
      const response = await route.fetch({ maxRedirects: 0 });
      await wait();
      await route.fulfill({ response });
    } catch { /* the page is gone */ }
  });
  return context;
}
