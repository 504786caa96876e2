/**
 * A page of HTML as PDF, printed by the browser of npm where it is installed. The product does not depend on it: the packages are those of the tests, and
 * whoever installed without them is told what to add, or to print the HTML.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

interface Page { setContent(html: string, options: { waitUntil: 'load' }): Promise<void>; emulateMedia(options: { media: 'print'; colorScheme: 'light' }): Promise<void>; pdf(options: { path: string; format: 'A4'; printBackground: true }): Promise<unknown> }
interface Launcher { launch(options: object): Promise<{ newPage(options: object): Promise<Page>; close(): Promise<void> }> }
interface Chromium { executablePath(): Promise<string>; args: string[] }

/** Writes the file; answers null, or why it could not. Nothing is fetched: the page brings all it needs. */
export async function printPdf(html: string, file: string): Promise<string | null> {
  const need = createRequire(import.meta.url);
  for (const name of ['playwright-core', '@sparticuz/chromium']) {
    try { need.resolve(name); } catch { return `${name} is not installed. “npm install ${name}” adds it; or open the HTML report and print it`; }
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
    await page.pdf({ path: file, format: 'A4', printBackground: true });
    return null;
  } finally { await browser.close(); }
}
