/** A PostgreSQL of its own for a benchmark, with the settings users get: fsync on, commits waited for. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../src/runtime/postgres.ts';
import { openDb, type Db } from '../src/store/db.ts';
import { migrate } from '../src/store/migrate.ts';

export interface Cluster { url: string; dir: string; db: Db }

/** Starts a cluster in a temporary folder, migrates it, and removes both when `work` is done or has failed. `settings` are tried against the usual ones. */
export async function withCluster<T>(work: (cluster: Cluster) => Promise<T>, settings: Record<string, string> = {}): Promise<T> {
  const dir = mkdtempSync(path.join(tmpdir(), 'instep-bench-'));
  chmodSync(dir, 0o755); // the database's user must be able to enter
  const server = await startEmbeddedPostgres({ dataDir: dir, settings });
  // Stopped by hand: the server would outlive us.
  const stopped = (): void => { void server.stop().finally(() => { rmSync(dir, { recursive: true, force: true }); process.exit(130); }); };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopped);
  const db = openDb(server.url, { max: 16, statementTimeoutMs: 170_000 });
  try {
    await migrate(db.pool, new Date());
    return await work({ url: server.url, dir, db });
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stopped);
    await db.close();
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Writes what is dirty now, so that one variant does not pay for the pages of the one before it. */
export async function settle(db: Db): Promise<void> {
  await db.query('checkpoint');
}
