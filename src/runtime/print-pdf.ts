/**
 * A page of HTML as PDF, printed by the browser of npm where it is installed. The product does not depend on it: the packages are those of the tests, and
 * whoever installed without them is told what to add, or to print the HTML. One is printed at a time: a browser wants a few hundred MB.
 */
import { createRequire } from 'node:module';
import { npmBrowser } from './npm-browser.ts';

interface Page { setContent(html: string, options: { waitUntil: 'load' }): Promise<void>; emulateMedia(options: { media: 'print'; colorScheme: 'light' }): Promise<void>; pdf(options: { format: 'A4'; printBackground: true }): Promise<Buffer> }
interface Launcher { launch(options: object): Promise<{ newPage(options: object): Promise<Page>; close(): Promise<void> }> }

const need = createRequire(import.meta.url);

/** The PDF, or why there is none, and whether asking again later may help. */
export type Printed = { pdf: Buffer } | { why: string; later: boolean };

/** Waiting to be printed, the one being printed included. More are refused. */
const MOST_WAITING = 4;
let waiting = 0, before: Promise<unknown> = Promise.resolve();

/** Prints after those asked for earlier; `resolve` finds a package. `why` where the browser is not installed, or too many wait; throws when the browser fails. Nothing is fetched: the page brings all it needs. */
export async function printPdf(html: string, resolve: (name: string) => unknown = need.resolve): Promise<Printed> {
  if (waiting >= MOST_WAITING) return { why: 'several are being made already. Ask again in a minute', later: true };
  waiting++;
  const own = before.then(() => print(html, resolve));
  before = own.catch(() => {});
  try { return await own; } finally { waiting--; }
}

async function print(html: string, resolve: (name: string) => unknown): Promise<Printed> {
  for (const name of ['playwright-core', '@sparticuz/chromium']) {
    try { resolve(name); } catch { return { why: `${name} is not installed. “npm install ${name}” adds it; or open the HTML report and print it`, later: false }; }
  }
  const { chromium: playwright } = need('playwright-core') as { chromium: Launcher };
  const browser = await playwright.launch(await npmBrowser());
  try {
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.setContent(html, { waitUntil: 'load' });
    await page.emulateMedia({ media: 'print', colorScheme: 'light' });
    return { pdf: Buffer.from(await page.pdf({ format: 'A4', printBackground: true })) };
  } finally { await browser.close(); }
}
