/**
 * A back-up put into an empty database: migrated to the version it was made of, filled by COPY in one transaction, read back and compared with its manifest, and only
 * then committed. What does not agree to the byte is no restore, and nothing of it stays.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { BadArchive, FORMAT, readArchive, type ArchiveManifest, type ArchiveSchema, type TableSum } from './backup-archive.ts';
import { EXACT, quoted, readTable, tablesOf } from './backup.ts';
import type { Queryable } from './db.ts';
import { knownMigrations, migrate } from './migrate.ts';

export interface Restored { schema: ArchiveSchema; manifest: ArchiveManifest }
type Watch = (stage: string, done: number, total: number) => void;

/** Whether nobody has worked in a database: without tables, or as migrations leave it. */
export async function isEmpty(db: Queryable): Promise<boolean> {
  const { rows: [there] } = await db.query<{ store: string | null; tables: number }>(`select to_regclass('public.store')::text as store, (select count(*)::int from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')) as tables`);
  if (there!.tables === 0) return true;
  if (there!.store === null) return false;
  const { rows: [used] } = await db.query<{ used: boolean }>('select exists (select from store) or exists (select from app_user) or exists (select from audit_event) as used');
  return !used!.used;
}

/**
 * Restores `file` into the database of the pool. Throws BadArchive, in words for a person, when the archive is damaged, cut off or newer than this Instep, or when the
 * database is not empty; then the database is as empty as it was.
 */
export async function restoreBackup(pool: pg.Pool, file: string, now: Date, watch?: Watch): Promise<Restored> {
  const entries = readArchive(file);
  try {
    const first = await entries.next(), schema = first.done || first.value.name !== 'schema.json' ? null : JSON.parse(first.value.body.toString()) as ArchiveSchema;
    if (schema === null) throw new BadArchive(`${file} is no back-up of Instep`);
    if (schema.format !== FORMAT) throw new BadArchive(`${file} has format ${schema.format}; this Instep reads ${FORMAT}`);
    const unknown = schema.migrations.filter((name) => !knownMigrations().includes(name));
    if (unknown.length > 0) throw new BadArchive(`${file} was made by a newer Instep (${schema.instep}, ${unknown[0]}). Restore it with that version.`);
    if (!(await isEmpty(pool))) throw new BadArchive('The database is not empty. A restore goes into an empty one: create it, or move the old data folder away first.');
    await migrate(pool, now, schema.migrations);
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query(EXACT);
      const manifest = await fill(client, entries, schema, file, watch);
      await client.query('commit');
      return { schema, manifest };
    } catch (error) {
      await client.query('rollback').catch(() => {});
      throw error;
    } finally { client.release(true); }
  } finally { await entries.return(undefined); }
}

interface Copy { name: string; stream: NodeJS.WritableStream; done: Promise<void>; sum: ReturnType<typeof createHash>; bytes: number }

async function fill(client: pg.ClientBase, entries: AsyncGenerator<{ name: string; body: Buffer }>, schema: ArchiveSchema, file: string, watch?: Watch): Promise<ArchiveManifest> {
  const here = await tablesOf(client), names = new Set(here.map((table) => table.name));
  for (const table of schema.tables) if (!names.has(table.name)) throw new BadArchive(`${file} has a table ${table.name} that its own migrations do not make`);
  const foreign = await foreignKeys(client);
  // Rows come table by table: what holds between tables is put back, and so checked, when all are there. Triggers of ours would write what the archive holds already.
  for (const key of foreign) await client.query(`alter table ${key.table} drop constraint ${quoted(key.name)}`);
  for (const { name } of here) await client.query(`alter table ${quoted(name)} disable trigger user`);
  await client.query(`truncate ${here.map(({ name }) => quoted(name)).join(', ')}`);

  let manifest: ArchiveManifest | null = null;
  const under: Copy[] = []; // the table that is being filled, if any
  const sums = new Map<string, { bytes: number; sha256: string }>();
  const close = async (): Promise<void> => {
    const open = under.pop();
    if (open === undefined) return;
    open.stream.end();
    await open.done;
    sums.set(open.name, { bytes: open.bytes, sha256: open.sum.digest('hex') });
  };
  for await (const { name, body } of entries) {
    if (name === 'manifest.json') { await close(); manifest = JSON.parse(body.toString()) as ArchiveManifest; continue; }
    const table = schema.tables.find((each) => each.name === /^tables\/(.+)\/\d+\.copy$/.exec(name)?.[1]);
    if (!table) throw new BadArchive(`${file} holds ${name}, which its own list does not name`);
    if (under[0]?.name !== table.name) {
      await close();
      if (sums.has(table.name)) throw new BadArchive(`${file} holds ${table.name} twice`);
      watch?.('tables restored', sums.size, schema.tables.length);
      const stream: NodeJS.WritableStream = client.query(copyFrom(`copy ${quoted(table.name)} (${table.columns.map(quoted).join(', ')}) from stdin`)), done = finished(stream);
      done.catch(() => {}); // told by the next write
      under.push({ name: table.name, stream, done, sum: createHash('sha256'), bytes: 0 });
    }
    const open = under[0]!;
    open.sum.update(body);
    open.bytes += body.length;
    if (!open.stream.write(body)) await Promise.race([once(open.stream, 'drain'), open.done]);
  }
  await close();
  if (manifest === null) throw new BadArchive(`${file} was cut off: it has no manifest`);
  for (const table of manifest.tables) differs(file, table, table.bytes === 0 ? { bytes: 0, sha256: createHash('sha256').digest('hex') } : sums.get(table.name));

  for (const { name } of here) await client.query(`alter table ${quoted(name)} enable trigger user`);
  for (const key of foreign) await client.query(`alter table ${key.table} add constraint ${quoted(key.name)} ${key.definition}`);
  for (const sequence of manifest.sequences) await client.query('select setval($1::regclass, $2::bigint, $3)', [`public.${quoted(sequence.name)}`, sequence.last, sequence.called]);
  // What the database holds now, read as it was read then.
  for (const [n, table] of manifest.tables.entries()) {
    watch?.('tables read back', n + 1, manifest.tables.length);
    const found = await readTable(client, schema.tables.find((each) => each.name === table.name)!);
    differs('The database', table, found);
    if (found.rows !== table.rows) throw new BadArchive(`${table.name}: ${found.rows} rows were restored, the manifest says ${table.rows}`);
  }
  return manifest;
}

function differs(where: string, table: TableSum, found: { bytes: number; sha256: string } | undefined): void {
  if (found?.sha256 !== table.sha256 || found.bytes !== table.bytes) throw new BadArchive(`${where} does not hold ${table.name} as it was backed up: ${found?.bytes ?? 0} bytes, ${table.bytes} expected`);
}

async function foreignKeys(client: pg.ClientBase): Promise<{ table: string; name: string; definition: string }[]> {
  const { rows } = await client.query<{ table: string; name: string; definition: string }>(
    `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace and conparentid = 0 order by 1, 2`);
  return rows;
}

/** Reads an archive through without a database: its sums against its manifest. Throws BadArchive as `restoreBackup` does. */
export async function checkArchive(file: string): Promise<Restored> {
  let schema: ArchiveSchema | null = null, manifest: ArchiveManifest | null = null;
  const sums = new Map<string, { bytes: number; hash: ReturnType<typeof createHash> }>();
  for await (const { name, body } of readArchive(file)) {
    if (schema === null) { if (name !== 'schema.json') throw new BadArchive(`${file} is no back-up of Instep`); schema = JSON.parse(body.toString()) as ArchiveSchema; continue; }
    if (name === 'manifest.json') { manifest = JSON.parse(body.toString()) as ArchiveManifest; continue; }
    const table = /^tables\/(.+)\/\d+\.copy$/.exec(name)?.[1] ?? name, sum = sums.get(table) ?? { bytes: 0, hash: createHash('sha256') };
    sum.hash.update(body);
    sum.bytes += body.length;
    sums.set(table, sum);
  }
  if (schema === null || manifest === null) throw new BadArchive(`${file} was cut off: it has no manifest`);
  for (const table of manifest.tables) {
    const sum = sums.get(table.name);
    differs(file, table, sum === undefined ? { bytes: 0, sha256: createHash('sha256').digest('hex') } : { bytes: sum.bytes, sha256: sum.hash.digest('hex') });
  }
  return { schema, manifest };
}
