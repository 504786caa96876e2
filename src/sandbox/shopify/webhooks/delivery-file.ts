/** Webhook deliveries that wait, and access tokens, on disk: both outlive a restart. A file beside the shop's, so neither waits for the other's lock. */
import { DatabaseSync } from 'node:sqlite';

/** One delivery: a body for an address, and when to try (again). Times in milliseconds of the shop's clock. */
export interface Delivery {
  seq: number; subscriptionId: string; uri: string; topic: string; apiVersion: string; webhookId: string; eventId: string; triggeredAt: string;
  body: string; attempts: number; nextAt: number; firstAt: number;
}
export type NewDelivery = Omit<Delivery, 'seq'>;
export interface Token { token: string; scopes: string; expiresAt: number }

export interface DeliveryFile {
  add(deliveries: readonly NewDelivery[]): void;
  /** Deliveries to one address that are due, oldest first, at most `limit`, without those in `except`. */
  due(uri: string, now: number, limit: number, except: ReadonlySet<number>): Delivery[];
  /** Addresses with deliveries waiting, due or not. */
  addresses(): string[];
  /** Removes what is settled and reschedules what failed, in one transaction. */
  settle(done: readonly number[], retry: readonly { seq: number; attempts: number; nextAt: number; firstAt: number }[]): void;
  dropSubscription(subscriptionId: string): void;
  waiting(): number;
  /** When the next delivery is due; null when none waits. */
  nextAt(): number | null;
  saveToken(token: Token): void;
  token(token: string): Token | undefined;
  /** Every token ends at once. */
  forgetTokens(): void;
  close(): void;
}

const DUE_COLUMNS = `seq, subscription_id AS subscriptionId, uri, topic, api_version AS apiVersion, webhook_id AS webhookId, event_id AS eventId,
  triggered_at AS triggeredAt, body, attempts, next_at AS nextAt, first_at AS firstAt`;

/** Opens the file (or ':memory:'). Commits survive a killed process (WAL, synchronous=NORMAL). */
export function openDeliveryFile(path: string): DeliveryFile {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=2000;
    CREATE TABLE IF NOT EXISTS deliveries (seq INTEGER PRIMARY KEY AUTOINCREMENT, subscription_id TEXT NOT NULL, uri TEXT NOT NULL, topic TEXT NOT NULL,
      api_version TEXT NOT NULL, webhook_id TEXT NOT NULL, event_id TEXT NOT NULL, triggered_at TEXT NOT NULL, body TEXT NOT NULL,
      attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, first_at INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (uri, next_at, seq);
    CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, scopes TEXT NOT NULL, expires_at INTEGER NOT NULL)`);
  const insert = db.prepare(`INSERT INTO deliveries (subscription_id, uri, topic, api_version, webhook_id, event_id, triggered_at, body, attempts, next_at, first_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const select = db.prepare(`SELECT ${DUE_COLUMNS} FROM deliveries WHERE uri = ? AND next_at <= ? ORDER BY next_at, seq LIMIT ?`);
  const remove = db.prepare('DELETE FROM deliveries WHERE seq = ?');
  const postpone = db.prepare('UPDATE deliveries SET attempts = ?, next_at = ?, first_at = ? WHERE seq = ?');
  const inOne = (write: () => void) => {
    db.exec('BEGIN IMMEDIATE');
    try { write(); db.exec('COMMIT'); } catch (error) { db.exec('ROLLBACK'); throw error; }
  };
  return {
    add: (deliveries) => inOne(() => {
      for (const d of deliveries) insert.run(d.subscriptionId, d.uri, d.topic, d.apiVersion, d.webhookId, d.eventId, d.triggeredAt, d.body, d.attempts, d.nextAt, d.firstAt);
    }),
    due: (uri, now, limit, except) => (select.all(uri, now, limit + except.size) as unknown as Delivery[]).filter((d) => !except.has(d.seq)).slice(0, limit),
    addresses: () => db.prepare('SELECT DISTINCT uri FROM deliveries').all().map((row) => row['uri'] as string),
    settle: (done, retry) => inOne(() => {
      for (const seq of done) remove.run(seq);
      for (const r of retry) postpone.run(r.attempts, r.nextAt, r.firstAt, r.seq);
    }),
    dropSubscription: (id) => { db.prepare('DELETE FROM deliveries WHERE subscription_id = ?').run(id); },
    waiting: () => db.prepare('SELECT count(*) AS n FROM deliveries').get()?.['n'] as number,
    nextAt: () => (db.prepare('SELECT min(next_at) AS n FROM deliveries').get()?.['n'] ?? null) as number | null,
    saveToken: (t) => { db.prepare('INSERT OR REPLACE INTO tokens (token, scopes, expires_at) VALUES (?, ?, ?)').run(t.token, t.scopes, t.expiresAt); },
    token: (token) => db.prepare('SELECT token, scopes, expires_at AS expiresAt FROM tokens WHERE token = ?').get(token) as unknown as Token | undefined,
    forgetTokens: () => { db.exec('DELETE FROM tokens'); },
    close: () => db.close(),
  };
}
