/** Results of imports of purchasing, kept for whoever corrects what was rejected. */
import type { RowOutcome, RowStatus } from '../domain/purchasing/import-result.ts';
import type { Db, Queryable } from './db.ts';

const KEPT = 20;

export interface ImportKept { kind: string; source: string; dryRun: boolean; header: string[]; rows: { line: number; cells: string[] }[]; outcomes: Map<number, RowOutcome> }

/** Keeps a result and forgets the oldest; its id. */
export async function keepImportResult(db: Db, storeId: number, { kind, source, dryRun, header, rows, outcomes }: ImportKept, by: string, now: string): Promise<number> {
  return db.transaction(async (tx) => {
    const { rows: [made] } = await tx.query<{ import_id: number }>(
      'insert into purchasing_import (store_id, kind, source, dry_run, lines, rejected, header, rows, made_at, made_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning import_id',
      [storeId, kind, source, dryRun, rows.length, [...outcomes.values()].filter((one) => one.status === 'rejected').length, JSON.stringify(header), JSON.stringify(rows.map(({ line, cells }) => { const { status, message } = outcomes.get(line)!; return [line, cells, status, message]; })), now, by]);
    await tx.query(`delete from purchasing_import where store_id = $1 and import_id not in (select import_id from purchasing_import where store_id = $1 order by import_id desc limit ${KEPT})`, [storeId]);
    return made!.import_id;
  });
}

export async function importResult(db: Queryable, storeId: number, id: number): Promise<ImportKept | null> {
  const { rows: [row] } = await db.query<{ kind: string; source: string; dry_run: boolean; header: string[]; rows: [number, string[], RowStatus, string][] }>('select kind, source, dry_run, header, rows from purchasing_import where store_id = $1 and import_id = $2', [storeId, id]);
  return row ? { kind: row.kind, source: row.source, dryRun: row.dry_run, header: row.header, rows: row.rows.map(([line, cells]) => ({ line, cells })), outcomes: new Map(row.rows.map(([line, , status, message]) => [line, { status, message }])) } : null;
}
