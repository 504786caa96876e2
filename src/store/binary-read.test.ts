import fc from 'fast-check';
import { expect, it } from 'vitest';
import { freshDatabase } from '../../test/helpers/database.ts';
import { binaryRows, realBytes, realsFrom, realsOf } from './binary-read.ts';

const { db } = await freshDatabase();

it('reads rows of any length in pages, with nulls, across the network’s pieces', async () => {
  const seen: (number | null)[][] = [];
  let pages = 0;
  for await (const rows of binaryRows(db, `select n, case when n % 3 = 0 then null else (select array_agg((n * g / 8.0)::real order by g) from generate_series(1, n) g) end from generate_series(1, 700) n order by n`, 256)) {
    pages++;
    for (const [n, reals] of rows) seen.push([n!.readInt32BE(0), reals === null ? null : realsOf(reals!).reduce((sum, value) => sum + value, 0)]);
  }
  expect(pages).toBe(3);
  expect(seen).toHaveLength(700);
  expect(seen[1]).toEqual([2, 0.75]);
  expect(seen[2]).toEqual([3, null]);
  expect(seen[699]![1]).toBe((700 * 700 * 701) / 2 / 8);
});

it('a reader that stops leaves no connection behind in the middle of it', async () => {
  for (let n = 0; n < 20; n++) for await (const rows of binaryRows(db, 'select g from generate_series(1, 50000) g', 10)) { expect(rows).toHaveLength(10); break; }
  await expect(async () => { for await (const _ of binaryRows(db, 'select 1 / 0', 10)); }).rejects.toThrow('division by zero');
  expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

it('bytes of numbers are PostgreSQL’s own', async () => {
  const values = [0, 1, 0.1, 123_456.78, 1e-7];
  const { rows: [row] } = await db.query<{ bytes: Buffer }>(`select string_agg(float4send(v), ''::bytea order by n) as bytes from unnest($1::real[]) with ordinality as u(v, n)`, [values]);
  expect(realBytes(values)).toEqual(row!.bytes);
  fc.assert(fc.property(fc.array(fc.float({ noNaN: true })), (any) => { expect([...realsFrom(realBytes(any))]).toEqual(any); }));
});
