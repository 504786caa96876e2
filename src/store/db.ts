/** The one way to the database: a pool, transactions with retry, and the connection settings everything relies on. */
import pg from 'pg';

/** A pool, a client in a transaction, or the Db itself: whatever runs a statement. */
export interface Queryable {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the row type is the caller's, stated above its SQL
  query<R extends pg.QueryResultRow = any>(text: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult<R>>;
}

export interface Db extends Queryable {
  readonly pool: pg.Pool;
  /** Connections that only hold a lock while others work: taken from the pool, as many runs as it has connections would wait for each other for ever. */
  readonly locks: pg.Pool;
  /**
   * Runs `work` in one transaction and commits; rolls back when it throws. Serialisation failures and deadlocks (40001, 40P01) are
   * retried up to four times, so `work` must have no effects outside the database.
   */
  transaction<T>(work: (tx: pg.PoolClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

// int8 stays a string (Shopify ids exceed 2^53), dates stay 'YYYY-MM-DD', timestamps come as ISO strings in UTC.
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === 1082) return (value: string) => value;
    if (oid === 1184) return (value: string) => new Date(value.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')).toISOString();
    return pg.types.getTypeParser(oid, format as 'text');
  }) as pg.CustomTypesConfig['getTypeParser'],
};

/** Runs of flows in one process at once; one more waits for its turn, holding nothing. */
const MOST_LOCKS = 32;

export function openDb(url: string, options: { max?: number; statementTimeoutMs?: number } = {}): Db {
  const pool = new pg.Pool({
    connectionString: url, max: options.max ?? 12, types,
    statement_timeout: options.statementTimeoutMs ?? 60_000, application_name: 'instep', keepAlive: true,
    options: '-c timezone=UTC -c search_path=public -c jit=off',
  });
  const locks = new pg.Pool({ connectionString: url, max: MOST_LOCKS, application_name: 'instep-locks', keepAlive: true, idleTimeoutMillis: 5_000 });
  locks.on('error', () => {});
  locks.on('connect', (client) => { client.on('error', () => {}); });
  pool.on('error', () => {}); // an idle connection lost (server restart): the next query opens another
  // One lost while in somebody's hands, between two statements, would end the process: its next statement fails instead.
  pool.on('connect', (client) => { client.on('error', () => {}); });
  return {
    pool, locks,
    query: (text, values) => pool.query(text as string, values),
    async transaction(work) {
      for (let attempt = 0; ; attempt++) {
        const client = await pool.connect();
        let broken: Error | undefined;
        try {
          await client.query('begin');
          const result = await work(client);
          await client.query('commit');
          return result;
        } catch (error) {
          await client.query('rollback').catch((e: Error) => { broken = e; });
          const code = (error as { code?: string }).code;
          if (attempt >= 4 || (code !== '40001' && code !== '40P01')) throw error;
          await new Promise((r) => setTimeout(r, 5 * 2 ** attempt));
        } finally {
          client.release(broken);
        }
      }
    },
    async close() { await Promise.all([pool.end(), locks.end()]); },
  };
}

/** What a server says, or a socket does, while PostgreSQL starts, recovers or is not there yet. */
const NOT_YET = new Set(['57P03', '57P01', '57P02', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN']);

/** True for an error that says the database went away or is not back yet, and nothing about the statement. */
export function databaseAway(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return NOT_YET.has(code ?? '') || /Connection terminated|connection timeout/i.test(message ?? '');
}

/**
 * Waits until the database answers: a machine that starts everything at once, or a database in recovery, must not need somebody to start us again.
 * Throws the last error when it takes longer than `patienceMs`, and at once for what waiting does not mend (a wrong password).
 */
export async function waitForDatabase(db: Queryable, patienceMs: number): Promise<void> {
  for (const end = performance.now() + patienceMs; ;) {
    try {
      await db.query('select 1');
      return;
    } catch (error) {
      if (performance.now() > end || !databaseAway(error)) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 250); });
    }
  }
}
