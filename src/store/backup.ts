/**
 * A back-up without pg_dump, which the embedded PostgreSQL does not have: every table of the schema by COPY in one repeatable-read transaction, so that all of them
 * are of one instant while everything goes on. Memory is bounded by a piece of a table. The queue's own schema (`jobs`) is left out: schedules make it anew.
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { FORMAT, PIECE, writeArchive, type ArchiveManifest, type ArchiveSchema, type TableSum } from './backup-archive.ts';
import type { Queryable } from './db.ts';

export interface BackupTable { name: string; columns: string[] }

/** Tables of the schema with their columns, in the order of their names. */
export async function tablesOf(db: Queryable): Promise<BackupTable[]> {
  const { rows } = await db.query<BackupTable>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition group by c.relname order by c.relname`);
  return rows;
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Text that reads back to the same value on any server: instants in UTC, floats in their shortest exact form, rows in the order they lie in. */
export const EXACT = `set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres'; set local extra_float_digits = 1; set local bytea_output = 'hex'; set local synchronize_seqscans = off; set local statement_timeout = 0; set local search_path = public`;

/** Rows of a table as COPY text, in pieces, with their sum. `piece` may be left out by whoever wants the sum alone. */
export async function readTable(tx: pg.ClientBase, table: BackupTable, piece?: (bytes: Buffer, n: number) => Promise<void>): Promise<TableSum> {
  const stream = tx.query(copyTo(`copy ${quoted(table.name)} (${table.columns.map(quoted).join(', ')}) to stdout`)), hash = createHash('sha256');
  let held: Buffer[] = [], size = 0, bytes = 0, n = 0;
  const put = async (): Promise<void> => {
    const body = Buffer.concat(held, size);
    held = [];
    size = 0;
    await piece?.(body, n++);
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    if (piece === undefined) continue;
    held.push(chunk);
    size += chunk.length;
    if (size >= PIECE) await put();
  }
  if (size > 0) await put();
  return { name: table.name, rows: (stream as unknown as { rowCount: number }).rowCount, bytes, sha256: hash.digest('hex') };
}

export interface BackupMade { file: string; bytes: number; manifest: ArchiveManifest; schema: ArchiveSchema }

/** Writes a back-up to `file`. Throws, and leaves nothing behind, when anything of it could not be read or written. A killed process leaves `<file>.part`, which no restore takes. */
export async function takeBackup(client: pg.ClientBase, file: string, of: { version: string; now: string }, watch?: (done: number, tables: number, table: string) => void): Promise<BackupMade> {
  const archive = await writeArchive(file, of.now);
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(EXACT);
    const tables = await tablesOf(client), { rows: migrations } = await client.query<{ name: string }>('select name from migration order by name'), { rows: [server] } = await client.query<{ server_version: string }>('show server_version');
    const schema: ArchiveSchema = { format: FORMAT, instep: of.version, createdAt: of.now, server: server!.server_version, migrations: migrations.map((row) => row.name), tables };
    await archive.entry('schema.json', Buffer.from(JSON.stringify(schema, null, 1)));
    const sums: TableSum[] = [];
    for (const [n, table] of tables.entries()) {
      watch?.(n, tables.length, table.name);
      sums.push(await readTable(client, table, (bytes, part) => archive.entry(`tables/${table.name}/${String(part).padStart(6, '0')}.copy`, bytes)));
    }
    watch?.(tables.length, tables.length, '');
    // Read after the rows: a sequence may be ahead of them, never behind.
    const { rows: sequences } = await client.query<ArchiveManifest['sequences'][number]>(`select sequencename as name, coalesce(last_value, start_value)::text as last, last_value is not null as called from pg_sequences where schemaname = 'public' order by 1`);
    const manifest: ArchiveManifest = { format: FORMAT, tables: sums, sequences, rows: sums.reduce((sum, table) => sum + table.rows, 0) };
    await archive.entry('manifest.json', Buffer.from(JSON.stringify(manifest, null, 1)));
    await client.query('commit');
    return { file, bytes: await archive.finish(), manifest, schema };
  } catch (error) {
    await client.query('rollback').catch(() => {});
    await archive.abandon();
    throw error;
  }
}
