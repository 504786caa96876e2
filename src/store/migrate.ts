/** Numbered SQL migrations, applied once each under an advisory lock so that several processes may start together. */
import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';

const folder = new URL('./migrations/', import.meta.url);
const LOCK = 7_112_026;

/** The migrations of this version, in their order. */
export const knownMigrations = (): string[] => readdirSync(folder).filter((file) => file.endsWith('.sql')).sort();

/** Applies every migration not yet applied (of `only`, where given: a restore makes the schema of its archive), each in its own transaction. Returns the names applied. Throws with the file's name when one fails. */
export async function migrate(pool: pg.Pool, now: Date, only?: readonly string[]): Promise<string[]> {
  const client = await pool.connect();
  const applied: string[] = [];
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query('create table if not exists migration (name text primary key, applied_at timestamptz not null)');
    const { rows } = await client.query<{ name: string }>('select name from migration');
    const known = new Set(rows.map((row) => row.name));
    for (const name of knownMigrations()) {
      if (known.has(name) || only?.includes(name) === false) continue;
      try {
        await client.query('begin');
        await client.query(readFileSync(new URL(name, folder), 'utf8'));
        await client.query('insert into migration values ($1, $2)', [name, now]);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw new Error(`Migration ${name} failed: ${(error as Error).message}`, { cause: error });
      }
      applied.push(name);
    }
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK]).catch(() => {});
    client.release();
  }
  return applied;
}
