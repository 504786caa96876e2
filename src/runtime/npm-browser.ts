/**
 * The browser that comes from npm: no system package, with its own libraries and fonts where the machine has none. Unpacked once per machine, user and
 * version: beside its place, by a process of its own (the package unpacks into that process's temporary folder), and moved there whole, so that several
 * processes that want it at once never start one that is still being written.
 */
import { execFile } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const PACKAGE = '@sparticuz/chromium';
const run = promisify(execFile);

/** What playwright's `launch` takes. */
export interface NpmBrowser { headless: true; executablePath: string; env: Record<string, string>; args: string[] }

/** @param at Where it is unpacked to, for tests. @throws Where the package is not installed, or the folder is another user's: what lies there would be run. */
export async function npmBrowser(at?: string): Promise<NpmBrowser> {
  const entry = createRequire(import.meta.url).resolve(PACKAGE), folder = path.join(path.dirname(entry), '..');
  const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string };
  const home = at ?? path.join(tmpdir(), `instep-browser-${version}-${process.getuid?.() ?? 0}`);
  if (!existsSync(home)) await unpack(entry, path.join(folder, 'bin', 'al2023.tar.br'), home);
  const found = lstatSync(home);
  if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid())) throw new Error(`${home} is not a folder of this user: remove it, and the browser is unpacked anew`);
  return {
    headless: true, executablePath: path.join(home, 'chromium'),
    env: { ...process.env as Record<string, string>, LD_LIBRARY_PATH: [path.join(home, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'), FONTCONFIG_PATH: path.join(home, 'font-list') },
    args: ['--no-sandbox', '--no-zygote', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none'],
  };
}

async function unpack(entry: string, libraries: string, home: string): Promise<void> {
  const draft = `${home}.${process.pid}.${Math.random().toString(36).slice(2)}`, url = pathToFileURL(entry).href;
  mkdirSync(draft, { mode: 0o700 });
  try {
    await run(process.execPath, ['--input-type=module', '--eval', `const { default: chromium, inflate } = await import(${JSON.stringify(url)}); await chromium.executablePath(); await inflate(${JSON.stringify(libraries)});`], { env: { ...process.env, TMPDIR: draft, NODE_OPTIONS: '' } });
    // The package's own list of font folders names /tmp, where its fonts are only by chance; without one, text has no height.
    mkdirSync(path.join(draft, 'font-list'));
    writeFileSync(path.join(draft, 'font-list', 'fonts.conf'), `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig><dir>${path.join(home, 'fonts')}</dir><dir>/usr/share/fonts</dir><cachedir>${path.join(home, 'fonts-cache')}</cachedir></fontconfig>\n`);
    // Not onto one that another process has moved there meanwhile: a folder that has something in it is not replaced.
    try { renameSync(draft, home); } catch (error) { if (!existsSync(home)) throw error; }
  } finally { rmSync(draft, { recursive: true, force: true }); }
}
