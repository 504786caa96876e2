/** A drill: a back-up is restored into a database made for it on the same server, looked through, and the database dropped. Nothing of it touches the data at work. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { verifyRestored, type Verified } from './backup-runs.ts';
import { openDb } from './db.ts';
import { migrate } from './migrate.ts';
import { restoreBackup, type Restored } from './restore.ts';

/** One server may hold several installations: each knows its own by the name of its database. */
const PREFIX = `'instep_drill_' || left(md5(current_database()), 8) || '_'`;

/** Throws what `restoreBackup` throws, and where the server lets us make no database. What a killed drill left is dropped by the next. */
export async function drillBackup(databaseUrl: string, file: string, now: Date, watch?: (stage: string, done: number, total: number) => void): Promise<Restored & { verified: Verified }> {
  const admin = new pg.Client({ connectionString: databaseUrl });
  await admin.connect();
  try {
    const { rows: [own] } = await admin.query<{ alone: boolean; prefix: string }>(`select pg_try_advisory_lock(hashtext('instep-drill'), 0) as alone, ${PREFIX} as prefix`);
    if (!own!.alone) throw new Error('A drill is under way already. Wait until it is over.');
    const { rows: left } = await admin.query<{ datname: string }>('select datname from pg_database where starts_with(datname, $1)', [own!.prefix]);
    for (const { datname } of left) await admin.query(`drop database if exists ${datname} with (force)`);
    const name = `${own!.prefix}${randomBytes(6).toString('hex')}`;
    await admin.query(`create database ${name} template template0`).catch((error: Error) => { throw new Error(`The server lets this account make no database for the drill (${error.message}). Give it CREATEDB, or restore the file on another machine.`); });
    const url = new URL(databaseUrl);
    url.pathname = `/${name}`;
    const db = openDb(url.href, { statementTimeoutMs: 0 });
    try {
      const restored = await restoreBackup(db.pool, file, now, watch);
      // An older archive is worth what can be made of it today: the migrations since are part of the way back.
      await migrate(db.pool, now);
      watch?.('ledger and chains', 0, 1);
      return { ...restored, verified: await verifyRestored(db) };
    } finally {
      await db.close();
      await admin.query(`drop database if exists ${name} with (force)`);
    }
  } finally { await admin.end(); }
}
