/** At the full hour more flows begin than there are connections: each holds its lock and still gets to work. */
import { expect, it } from 'vitest';
import { exclusively } from '../../src/store/runs.ts';
import { freshDatabase } from '../helpers/database.ts';

const { db } = await freshDatabase();

it('fifty runs at once all come to their ends, and two of one flow never overlap', async () => {
  let inside = 0, most = 0;
  const work = async (): Promise<number> => {
    most = Math.max(most, ++inside);
    // Everybody is inside before anybody asks for a connection.
    await new Promise((resolve) => { setTimeout(resolve, 200); });
    const { rows } = await db.query<{ n: number }>('select 1 as n');
    await db.transaction((tx) => tx.query('select 1'));
    inside--;
    return rows[0]!.n;
  };
  const done = await Promise.all(Array.from({ length: 50 }, (_, n) => exclusively(db, 1, `flow-${n}`, work)));
  expect(done).toEqual(Array.from({ length: 50 }, () => 1));
  expect(most).toBeGreaterThan(12);
  const twice = await Promise.all([exclusively(db, 1, 'one', work), exclusively(db, 1, 'one', work)]);
  expect(twice.filter((result) => result !== null)).toHaveLength(1);
}, 20_000);
