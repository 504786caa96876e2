/** One throw-away PostgreSQL for the whole run, with a migrated template that every test file clones. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/runtime/postgres.ts';
import { migrate } from '../../src/store/migrate.ts';

declare module 'vitest' {
  export interface ProvidedContext { adminUrl: string }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'instep-test-'));
  chmodSync(dataDir, 0o755); // the database runs as another user when we are root
  // Durability is for users; a throw-away cluster may skip the waits (kill -9 tests start their own).
  const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } });
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query('create database template_instep');
  const templateUrl = server.url.replace(/\/instep$/, '/template_instep');
  const pool = new pg.Pool({ connectionString: templateUrl });
  await migrate(pool, new Date('2026-01-01T00:00:00Z'));
  await pool.end();
  await admin.end();
  project.provide('adminUrl', server.url);
  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
