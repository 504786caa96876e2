/**
 * A page of HTML as PDF, printed by the browser of npm where it is installed. The product does not depend on it: the packages are those of the tests, and
 * whoever installed without them is told what to add, or to print the HTML. One is printed at a time: a browser wants a few hundred MB.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

interface Page { setContent(html: string, options: { waitUntil: 'load' }): Promise<void>; emulateMedia(options: { media: 'print'; colorScheme: 'light' }): Promise<void>; pdf(options: { format: 'A4'; printBackground: true }): Promise<Buffer> }
interface Launcher { launch(options: object): Promise<{ newPage(options: object): Promise<Page>; close(): Promise<void> }> }
interface Chromium { executablePath(): Promise<string>; args: string[] }

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
  const module_ = await import(String('@sparticuz/chromium')) as { default: Chromium; inflate(file: string): Promise<string> };
  const executablePath = await module_.default.executablePath(), unpacked = path.dirname(executablePath);
  // Its own libraries, for machines that lack them.
  if (!existsSync(path.join(unpacked, 'al2023'))) await module_.inflate(path.join(path.dirname(need.resolve('@sparticuz/chromium')), '..', 'bin', 'al2023.tar.br')).catch(() => {});
  // The package's own list of font folders names /tmp, where its fonts are only by chance; without one, text has no height.
  const fonts = path.join(unpacked, 'instep-font-list');
  mkdirSync(fonts, { recursive: true });
  writeFileSync(path.join(fonts, 'fonts.conf'), `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig><dir>${path.join(unpacked, 'fonts')}</dir><dir>/usr/share/fonts</dir><cachedir>${path.join(fonts, 'cache')}</cachedir></fontconfig>\n`);
  const browser = await playwright.launch({ executablePath, headless: true, args: [...module_.default.args, '--no-sandbox'], env: { ...process.env, FONTCONFIG_PATH: fonts, LD_LIBRARY_PATH: [path.join(unpacked, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':') } });
  try {
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.setContent(html, { waitUntil: 'load' });
    await page.emulateMedia({ media: 'print', colorScheme: 'light' });
    return { pdf: Buffer.from(await page.pdf({ format: 'A4', printBackground: true })) };
  } finally { await browser.close(); }
}
