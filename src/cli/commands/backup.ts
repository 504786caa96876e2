/** `instep backup` and `instep restore`: without pg_dump, while everything runs; a restore into an empty database, compared to the byte; a drill that tries one. */
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { readConfig } from '../../runtime/config.ts';
import { startEmbeddedPostgres } from '../../runtime/postgres.ts';
import { openVault } from '../../runtime/secrets.ts';
import { VERSION } from '../../runtime/version.ts';
import { takeBackup, type BackupMade } from '../../store/backup.ts';
import { saveBackupRun, verifyRestored, type BackupRun, type Verified } from '../../store/backup-runs.ts';
import { openDb, waitForDatabase, type Db } from '../../store/db.ts';
import { drillBackup } from '../../store/drill.ts';
import { migrate } from '../../store/migrate.ts';
import { setFrozen } from '../../store/peak.ts';
import { checkArchive, restoreBackup } from '../../store/restore.ts';
import { listStores } from '../../store/stores.ts';
import { EXIT, UsageError, print, progressBars } from '../terminal.ts';

const BY = 'command line';
const now = (): string => new Date().toISOString();
const size = (bytes: number): string => (bytes < 1_000_000 ? `${(bytes / 1000).toFixed(0)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);

/** The database alone, as it is: a back-up before an upgrade must not upgrade first. */
async function withDatabase<T>(work: (db: Db, url: string, dataDir: string) => Promise<T>): Promise<T> {
  const config = readConfig(), server = config.databaseUrl ? null : await startEmbeddedPostgres({ dataDir: config.dataDir }), url = config.databaseUrl ?? server!.url;
  const db = openDb(url, { statementTimeoutMs: 0, max: 4 });
  try {
    await waitForDatabase(db, 30_000);
    return await work(db, url, config.dataDir);
  } finally {
    await db.close();
    if (server && !server.attached) await server.stop();
  }
}

export async function backupCommand(options: { to: string; drill?: boolean; json?: boolean }): Promise<void> {
  const folder = path.resolve(options.to);
  if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`--to ${options.to}: expected a folder that is there`);
  await withDatabase(async (db, url) => {
    const startedAt = now(), file = path.join(folder, `instep-${startedAt.replaceAll(/[-:]|\.\d+/g, '')}.tar.gz`), bars = progressBars(options.json ?? false), client = new pg.Client({ connectionString: url });
    if (fs.existsSync(file)) throw new UsageError(`${file} is there already`);
    await client.connect();
    const run = (of: Partial<BackupRun> & Pick<BackupRun, 'ok' | 'said'>): Promise<boolean> => db.transaction((tx) => saveBackupRun(tx, { kind: 'back-up', startedAt, finishedAt: now(), by: BY, file: path.basename(file), madeAt: startedAt, bytes: null, tables: null, rows: null, ...of }));
    let made: BackupMade;
    try {
      made = await takeBackup(client, file, { version: VERSION, now: startedAt }, (done, total) => bars.watch({ flow: 'back-up', stage: 'tables backed up', done, total }));
    } catch (error) {
      bars.stop();
      await run({ ok: false, said: (error as Error).message }).catch(() => {}); // the first fault is the one to tell
      throw error;
    } finally { await client.end().catch(() => {}); }
    bars.stop();
    const { manifest } = made, written = await run({ ok: true, bytes: made.bytes, tables: manifest.tables.length, rows: manifest.rows, said: `${manifest.tables.length} tables of one instant` });
    const drilled = options.drill ? await drill(db, url, file, options.json ?? false) : null;
    print(options.json ?? false, { file, bytes: made.bytes, tables: manifest.tables.length, rows: manifest.rows, migrations: made.schema.migrations.length, drill: drilled }, () => `${file}: ${manifest.rows.toLocaleString('en-GB')} rows of ${manifest.tables.length} tables, ${size(made.bytes)}.${drilled === null ? '' : ` ${said(drilled)}`}${written ? '' : ' This database is older than the list of back-ups, so it is not noted there.'}
The master key is not in it, and without it the shops' secrets do not open: keep ${process.env['INSTEP_MASTER_KEY'] ? 'INSTEP_MASTER_KEY' : 'master.key of the data folder'} somewhere else.`);
    if (drilled && drilled.faults.length > 0) process.exitCode = EXIT.found;
  });
}

export async function restoreCommand(options: { from: string; drill?: boolean; check?: boolean; json?: boolean }): Promise<void> {
  const file = path.resolve(options.from), json = options.json ?? false;
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`--from ${options.from}: there is no such file`);
  if (file.endsWith('.part')) throw new UsageError(`--from ${options.from}: a back-up that was cut off. Take the one before it.`);
  if (options.check) {
    const { schema, manifest } = await checkArchive(file);
    print(json, { file, createdAt: schema.createdAt, rows: manifest.rows, tables: manifest.tables.length }, () => `${file} of ${schema.createdAt}: ${manifest.rows.toLocaleString('en-GB')} rows of ${manifest.tables.length} tables, as its manifest says. No database was touched; a drill tries more.`);
    return;
  }
  await withDatabase(async (db, url, dataDir) => {
    if (options.drill) {
      const verified = await drill(db, url, file, json);
      print(json, verified, () => said(verified));
      if (verified.faults.length > 0) process.exitCode = EXIT.found;
      return;
    }
    const startedAt = now(), bars = progressBars(json);
    const { schema, manifest } = await restoreBackup(db.pool, file, new Date(), (stage, done, total) => bars.watch({ flow: 'restore', stage, done, total })).finally(() => bars.stop());
    await migrate(db.pool, new Date());
    // The shelf is as old as the back-up: nothing is written by it before somebody has read the warehouse and the shop again.
    const frozen = await db.transaction(async (tx) => {
      let places = 0;
      for (const store of await listStores(tx)) places += (await setFrozen(tx, store.store_id, true, `restored from the back-up of ${schema.createdAt}`, BY, now())).length;
      return places;
    });
    const verified = await verifyRestored(db), key = await secretsOpen(db, dataDir);
    await db.transaction((tx) => saveBackupRun(tx, { kind: 'restore', startedAt, finishedAt: now(), by: BY, file: path.basename(file), madeAt: schema.createdAt, ok: verified.faults.length === 0, bytes: fs.statSync(file).size, tables: manifest.tables.length, rows: manifest.rows, said: said(verified) }));
    print(json, { file, createdAt: schema.createdAt, rows: manifest.rows, tables: manifest.tables.length, ...verified, frozen, secrets: key }, () => `${manifest.rows.toLocaleString('en-GB')} rows of ${manifest.tables.length} tables are back as they were at ${schema.createdAt}, compared to the byte. ${said(verified)}
${SECRETS[key]}${frozen === 0 ? '' : `\nNothing is written to Shopify at ${frozen === 1 ? 'the location' : `the ${frozen} locations`} of warehouses until you let writes go on (Peak monitor).`}
Next: start Instep, let drift-check end without unexplained units (docs/operating/back-up.md, “After a restore”).`);
    if (verified.faults.length > 0 || key === 'do not open') process.exitCode = EXIT.found;
  });
}

/** Tries a back-up and writes down what was found; a drill that failed is written down too. */
async function drill(db: Db, url: string, file: string, quiet: boolean): Promise<Verified> {
  const startedAt = now(), bars = progressBars(quiet);
  const run = (of: Partial<BackupRun> & Pick<BackupRun, 'ok' | 'said'>): Promise<boolean> => db.transaction((tx) => saveBackupRun(tx, { kind: 'drill', startedAt, finishedAt: now(), by: BY, file: path.basename(file), madeAt: null, bytes: fs.statSync(file).size, tables: null, rows: null, ...of }));
  try {
    const { schema, manifest, verified } = await drillBackup(url, file, new Date(), (stage, done, total) => bars.watch({ flow: 'drill', stage, done, total })).finally(() => bars.stop());
    await run({ ok: verified.faults.length === 0, said: said(verified), madeAt: schema.createdAt, tables: manifest.tables.length, rows: manifest.rows });
    return verified;
  } catch (error) {
    await run({ ok: false, said: (error as Error).message }).catch(() => {});
    throw error;
  }
}

const said = (verified: Verified): string => (verified.faults.length > 0 ? `It does not hold: ${verified.faults.join('; ')}.`
  : `It holds: ${Number(verified.movements).toLocaleString('en-GB')} movements of ${verified.stores === 1 ? 'one store' : `${verified.stores} stores`} fold to their balances, and ${verified.links.toLocaleString('en-GB')} entries of the audit trail are a chain.`);

const SECRETS = {
  open: 'The shops’ secrets open with the master key of this machine.', none: 'It holds no secrets of shops yet.',
  'no key': 'Put master.key (or INSTEP_MASTER_KEY) of the old installation in place before you start: a new key would be made, and the shops’ secrets would not open.',
  'do not open': 'The shops’ secrets do NOT open with the master key of this machine. Put the old master.key (or INSTEP_MASTER_KEY) in place, or connect the shops again.',
} as const;

/** Whether the restored secrets open here; a key is not made for asking. */
async function secretsOpen(db: Db, dataDir: string): Promise<keyof typeof SECRETS> {
  const { rows: [one] } = await db.query<{ store_id: number; client_secret: Buffer }>('select store_id, client_secret from connection where length(client_secret) > 0 limit 1');
  if (!one) return 'none';
  if (!process.env['INSTEP_MASTER_KEY'] && !fs.existsSync(path.join(dataDir, 'master.key'))) return 'no key';
  try { openVault(dataDir).open(`${one.store_id}:connection:client_secret`, one.client_secret); return 'open'; } catch { return 'do not open'; }
}
