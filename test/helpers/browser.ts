/**
 * The browser that comes from npm: no system package, with its own libraries and fonts where the machine has none. Unpacked once per machine and version,
 * beside nothing else of its name.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { chromium as playwright, type Browser } from 'playwright-core';

export async function openBrowser(): Promise<Browser> {
  const { version } = createRequire(import.meta.url)('playwright-core/package.json') as { version: string };
  const home = path.join(tmpdir(), `instep-browser-${version}-${process.getuid?.() ?? 0}`);
  mkdirSync(home, { recursive: true });
  // The package unpacks into the temporary folder of the process.
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = home;
  const { default: chromium, inflate } = await import('@sparticuz/chromium');
  chromium.setGraphicsMode = false;
  const executablePath = await chromium.executablePath();
  const bin = path.join(path.dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', 'bin');
  if (!existsSync(path.join(home, 'al2023'))) await inflate(path.join(bin, 'al2023.tar.br'));
  // The package's own list of font folders names /tmp, where its fonts are only by chance; without one, text has no height.
  const fonts = path.join(home, 'font-list');
  mkdirSync(fonts, { recursive: true });
  writeFileSync(path.join(fonts, 'fonts.conf'), `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig><dir>${path.join(home, 'fonts')}</dir><cachedir>${path.join(home, 'fonts-cache')}</cachedir></fontconfig>\n`);
  if (before === undefined) delete process.env['TMPDIR']; else process.env['TMPDIR'] = before;
  return playwright.launch({
    executablePath, headless: true,
    env: { ...process.env as Record<string, string>, LD_LIBRARY_PATH: path.join(home, 'al2023', 'lib'), FONTCONFIG_PATH: fonts },
    args: ['--no-sandbox', '--no-zygote', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none'],
  });
}
