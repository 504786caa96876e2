/** Locks of flows: one holder over all processes, and never a connection that work would wait for. */
import { afterAll, expect, it } from 'vitest';
import { openDb } from '../../src/store/db.ts';
import { freshDatabase } from '../helpers/database.ts';

const { db, url } = await freshDatabase();
const other = openDb(url);
afterAll(() => other.close());

it('far more holders at once than the pool has connections all come to their end', async () => {
  const done = await Promise.all(Array.from({ length: 60 }, (_, n) => db.exclusively(`flow-${n}`, async () => {
    await db.query('select pg_sleep(0.01)');
    return db.transaction(async (tx) => (await tx.query<{ n: number }>('select $1::int as n', [n])).rows[0]!.n);
  })));
  expect(done).toEqual(Array.from({ length: 60 }, (_, n) => n));
}, 20_000);

it('one name has one holder, in this process and in another; whoever comes later is told at once', async () => {
  let inside = 0, most = 0, refused = 0, release = (): void => {};
  // It is held until the three others were told, however long that takes.
  const told = new Promise<void>((resolve) => { release = resolve; });
  const hold = (house: typeof db) => house.exclusively('one', async () => { most = Math.max(most, ++inside); await told; inside--; return 'held'; }).then((answer) => { if (answer !== 'held' && ++refused === 3) release(); return answer; });
  const answers = await Promise.all([hold(db), hold(db), hold(other), hold(other)]);
  expect(most).toBe(1);
  expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
  expect(await hold(other)).toBe('held');
});

it('a lock ends with an error inside, and with the connection it was taken on', async () => {
  await expect(db.exclusively('fails', () => Promise.reject(new Error('inside')))).rejects.toThrow('inside');
  expect(await other.exclusively('fails', async () => 'free')).toBe('free');
  await db.exclusively('lost', async () => {
    await other.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'instep-locks' and datname = current_database()`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  });
  expect(await db.exclusively('lost', async () => 'again')).toBe('again');
});
