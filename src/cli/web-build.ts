/** The web UI's files: built once when missing or older than their sources; a few seconds, the first time only. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** How long another process may build before it is taken for dead. */
const LONGEST_BUILD_MS = 180_000;

/** Answers the folder to serve, or null when there is no UI in this installation. Processes that start at the same time build once: the others wait. */
export async function buildWeb(say: (line: string) => void): Promise<string | null> {
  const dist = path.join(ROOT, 'dist', 'web'), source = path.join(ROOT, 'src', 'web'), lock = `${dist}.building`;
  if (!fs.existsSync(path.join(source, 'index.html'))) return fs.existsSync(path.join(dist, 'index.html')) ? dist : null;
  const contracts = fs.readdirSync(path.join(ROOT, 'src/http')).filter((name) => name.startsWith('contract')).map((name) => fs.statSync(path.join(ROOT, 'src/http', name)).mtimeMs);
  const newest = Math.max(newestIn(source), newestIn(path.join(ROOT, 'src', 'domain')), ...contracts);
  const isBuilt = (): boolean => (fs.statSync(path.join(dist, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0) > newest;
  if (isBuilt()) return dist;
  fs.mkdirSync(path.dirname(dist), { recursive: true });
  while (!taken(lock)) {
    await new Promise((resolve) => { setTimeout(resolve, 200); });
    if (isBuilt()) return dist;
  }
  try {
    if (isBuilt()) return dist;
    say('Building the web UI (first start only)');
    // A process of its own: the build is a production build whatever NODE_ENV this one has. Into a folder of its own: whoever serves the old one goes on until the new one is whole.
    const fresh = `${dist}.${process.pid}`, old = `${dist}.old.${process.pid}`, vite = path.join(path.dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
    await promisify(execFile)(process.execPath, [vite, 'build', '--config', path.join(ROOT, 'vite.config.ts'), '--outDir', fresh, '--emptyOutDir', '--logLevel', 'error'], { cwd: ROOT, env: { ...process.env, NODE_ENV: 'production' } });
    if (fs.existsSync(dist)) fs.renameSync(dist, old);
    fs.renameSync(fresh, dist);
    fs.rmSync(old, { recursive: true, force: true });
    return dist;
  } finally {
    fs.rmSync(lock, { recursive: true, force: true });
  }
}

/** Whether the lock is ours now. One that has lain there for longer than a build takes was left by a process that died. */
function taken(lock: string): boolean {
  try {
    fs.mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const since = fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && Date.now() - since > LONGEST_BUILD_MS) fs.rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function newestIn(folder: string): number {
  let newest = 0;
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) newest = Math.max(newest, fs.statSync(path.join(entry.parentPath, entry.name)).mtimeMs);
  }
  return newest;
}
