/** A database that says goodbye with its very first word, as one does whose postmaster was killed while it greeted: statements fail, and no process ends of it. */
import net from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHub } from '../../src/runtime/hub.ts';
import { steadyListen } from '../../src/runtime/jobs-listener.ts';
import { openJobs } from '../../src/runtime/jobs.ts';
import { freshDatabase } from '../helpers/database.ts';
import { databaseAway, openDb, SteadyClient } from '../../src/store/db.ts';

const message = (type: string, body: Buffer): Buffer => { const head = Buffer.alloc(5); head.write(type); head.writeInt32BE(body.length + 4, 1); return Buffer.concat([head, body]); };
const welcome = message('R', Buffer.alloc(4)), ready = message('Z', Buffer.from('I'));
const goodbye = message('E', Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'));
/** `late`: answers the first statement with an ordinary error, and says goodbye when the client has already said it. */
let late = false;
const server = net.createServer((socket) => {
  socket.on('error', () => {});
  let greeted = false;
  socket.on('data', (data) => {
    if (!greeted) { greeted = true; socket.write(late ? Buffer.concat([welcome, ready]) : Buffer.concat([welcome, ready, goodbye])); if (!late) socket.end(); return; }
    if (data.toString('latin1', 0, 1) === 'X') { socket.end(goodbye); return; }
    socket.write(Buffer.concat([message('E', Buffer.from('SERROR\0VERROR\0C42601\0Mwhat?\0\0')), ready]));
  });
});
let url = '';
beforeAll(async () => { await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); }); url = `postgresql://u:p@127.0.0.1:${(server.address() as net.AddressInfo).port}/d`; });
afterAll(() => { server.close(); });
const heard = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 200); });

it('a connection fails by its next statement, and says that the database is away', async () => {
  const client = new SteadyClient({ connectionString: url });
  await client.connect();
  await heard();
  await expect(client.query('select 1')).rejects.toThrow();
  const db = openDb(url);
  expect(databaseAway(await db.query('select 1').catch((error: unknown) => error))).toBe(true);
  await expect(db.transaction((tx) => tx.query('select 1'))).rejects.toThrow();
  await expect(db.exclusively('x', async () => 1)).rejects.toThrow();
  await heard();
  await db.close();
});

it('the listener and the jobs refuse to begin, and what begins them tries again', async () => {
  const db = openDb(url);
  await expect(openHub(url, db)).rejects.toThrow();
  await expect(openJobs(url, () => {})).rejects.toThrow();
  await expect(steadyListen(url, 'x', () => {}, () => {})).rejects.toThrow();
  await heard();
  await db.close();
});

it('nor does a goodbye to a connection that was let go of after a failed statement', async () => {
  late = true;
  const db = openDb(url);
  await expect(db.query('select')).rejects.toThrow('what?');
  await expect(openJobs(url, () => {})).rejects.toThrow('what?');
  await expect(steadyListen(url, 'x', () => {}, () => {})).rejects.toThrow('what?');
  await heard();
  await db.close();
});

it('the listener of the jobs hears, and hears again after its connection was taken from it', async () => {
  const { url: real } = await freshDatabase(), db = openDb(real), said: string[] = [];
  let connected = 0;
  const listener = await steadyListen(real, 'goodbye_test', (payload) => { said.push(payload); }, () => { connected++; });
  const until = async (what: () => boolean): Promise<void> => { for (const end = Date.now() + 10_000; !what() && Date.now() < end;) await heard(); expect(what()).toBe(true); };
  await db.query(`select pg_notify('goodbye_test', 'one')`);
  await until(() => said.length === 1);
  await db.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'instep-jobs'`);
  await until(() => connected === 2);
  await db.query(`select pg_notify('goodbye_test', 'two')`);
  await until(() => said.length === 2);
  await listener.close();
  expect(said).toEqual(['one', 'two']);
  await db.close();
});
