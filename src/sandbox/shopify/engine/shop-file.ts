/**
 * The shop's records on disk: one SQLite table (kind, id, json). A write is durable against kill -9 of the process as soon as its
 * transaction ends (WAL, synchronous=NORMAL: only a power cut could lose the last commits, never tear one).
 */
import { DatabaseSync } from 'node:sqlite';

export interface ShopFile {
  /** Every stored row, kinds and ids in ascending order. */
  readAll(visit: (kind: string, id: string, record: unknown) => void): void;
  begin(): void;
  /** `null` deletes. Only between begin and end. */
  write(kind: string, id: string, record: unknown): void;
  end(): void;
  undo(): void;
  close(): void;
}

export function openShopFile(file: string): ShopFile {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=2000;');
  db.exec('CREATE TABLE IF NOT EXISTS records (kind TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID');
  const upsert = db.prepare('INSERT OR REPLACE INTO records (kind, id, json) VALUES (?, ?, ?)');
  const del = db.prepare('DELETE FROM records WHERE kind = ? AND id = ?');
  return {
    readAll(visit) {
      const rows = db.prepare('SELECT kind, id, json FROM records ORDER BY kind, id').iterate();
      for (const row of rows) visit(row['kind'] as string, row['id'] as string, JSON.parse(row['json'] as string));
    },
    begin() { db.exec('BEGIN IMMEDIATE'); },
    write(kind, id, record) {
      if (record === null) del.run(kind, id); else upsert.run(kind, id, JSON.stringify(record));
    },
    end() { db.exec('COMMIT'); },
    undo() { if (db.isTransaction) db.exec('ROLLBACK'); },
    close() { db.close(); },
  };
}
