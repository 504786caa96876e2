/** The one way to the database: a pool, transactions with retry, and the connection settings everything relies on. */
import pg from 'pg';

/** A pool, a client in a transaction, or the Db itself: whatever runs a statement. */
export interface Queryable {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the row type is the caller's, stated above its SQL
  query<R extends pg.QueryResultRow = any>(text: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult<R>>;
}

export interface Db extends Queryable {
  readonly pool: pg.Pool;
  /**
   * Runs `work` in one transaction and commits; rolls back when it throws. Serialisation failures and deadlocks (40001, 40P01) are
   * retried up to four times, so `work` must have no effects outside the database.
   */
  transaction<T>(work: (tx: pg.PoolClient) => Promise<T>): Promise<T>;
  /**
   * Runs `work` while holding the advisory lock of that name; answers null at once when somebody else holds it, in this process or another. All locks of a
   * process are on one connection of their own: on those of the pool, as many flows as it has would each hold one and wait for another for ever.
   */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T | null>;
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

/**
 * A connection whose loss its next statement tells. PostgreSQL may also say goodbye when nobody listens: with its very first word, between two statements of
 * a transaction, or after a failed one, when the pool has let go of the connection and it is not closed yet. An `error` nobody hears ends the process.
 */
export class SteadyClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => {});
  }
}

export function openDb(url: string, options: { max?: number; statementTimeoutMs?: number } = {}): Db {
  const pool = new pg.Pool({
    connectionString: url, max: options.max ?? 12, types, Client: SteadyClient,
    statement_timeout: options.statementTimeoutMs ?? 60_000, application_name: 'instep', keepAlive: true,
    options: '-c timezone=UTC -c search_path=public -c jit=off',
  });
  pool.on('error', () => {}); // an idle connection lost (server restart): the next query opens another
  const locks = processLocks(url);
  return {
    pool,
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
    async exclusively(name, work) {
      if (!(await locks.take(name))) return null;
      try { return await work(); } finally { await locks.give(name); }
    },
    async close() { await locks.close(); await pool.end(); },
  };
}

/** A lock ends with the connection, and so with the process, that took it. One that was lost with its connection is still refused within this process. */
function processLocks(url: string): { take(name: string): Promise<boolean>; give(name: string): Promise<void>; close(): Promise<void> } {
  const held = new Set<string>();
  let connected: Promise<pg.Client> | null = null;
  const connection = (): Promise<pg.Client> => (connected ??= (async () => {
    const client = new SteadyClient({ connectionString: url, application_name: 'instep-locks', keepAlive: true, statement_timeout: 60_000 });
    const lost = (): void => { connected = null; };
    client.on('error', lost).on('end', lost);
    await client.connect();
    return client;
  })().catch((error) => { connected = null; throw error; }));
  // One statement at a time: a connection takes no second one while it works on the first.
  let last: Promise<unknown> = Promise.resolve();
  const ask = <T>(work: () => Promise<T>): Promise<T> => { const next = last.then(work, work); last = next.catch(() => {}); return next; };
  return {
    async take(name) {
      if (held.has(name)) return false;
      held.add(name);
      try {
        const tried = async () => (await connection()).query<{ ok: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 1)) as ok', [name]);
        // A connection that was lost may say so only now: what it was asked for holds nothing, and another one is asked.
        const { rows } = await ask(() => tried().catch((error: unknown) => { if (error instanceof pg.DatabaseError && !error.code?.startsWith('57P')) throw error; connected = null; return tried(); }));
        if (!rows[0]!.ok) held.delete(name);
        return rows[0]!.ok;
      } catch (error) { held.delete(name); throw error; }
    },
    async give(name) {
      const known = connected;
      await ask(async () => (await known)?.query('select pg_advisory_unlock(hashtextextended($1, 1))', [name])).catch(() => {}); // lost with its connection
      held.delete(name);
    },
    async close() {
      const known = connected;
      connected = null;
      await known?.then((client) => client.end()).catch(() => {});
    },
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
