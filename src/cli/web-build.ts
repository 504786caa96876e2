/** The web UI's files: built once when missing or older than their sources; a few seconds, the first time only. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Answers the folder to serve, or null when there is no UI in this installation. */
export async function buildWeb(say: (line: string) => void): Promise<string | null> {
  const dist = path.join(ROOT, 'dist', 'web'), source = path.join(ROOT, 'src', 'web');
  if (!fs.existsSync(path.join(source, 'index.html'))) return fs.existsSync(path.join(dist, 'index.html')) ? dist : null;
  const built = fs.statSync(path.join(dist, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newest = Math.max(newestIn(source), newestIn(path.join(ROOT, 'src', 'domain')), fs.statSync(path.join(ROOT, 'src/http/contract.ts')).mtimeMs);
  if (built > newest) return dist;
  say('Building the web UI (first start only)');
  // A process of its own: the build is a production build whatever NODE_ENV this one has.
  const vite = path.join(path.dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build', '--config', path.join(ROOT, 'vite.config.ts'), '--logLevel', 'error'], { cwd: ROOT, env: { ...process.env, NODE_ENV: 'production' } });
  return dist;
}

function newestIn(folder: string): number {
  let newest = 0;
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) newest = Math.max(newest, fs.statSync(path.join(entry.parentPath, entry.name)).mtimeMs);
  }
  return newest;
}
