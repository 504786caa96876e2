/** PostgreSQL's binary formats on a real PostgreSQL: what is sent comes back, and a COPY that meets a taken key harms nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CopyRows, intArray, sendCopy, textArray, unlessTaken } from '../../src/store/binary.ts';
import { freshDatabase } from '../helpers/database.ts';

const { db } = await freshDatabase();
await db.query('create table sent (n int primary key, b bool, i bigint, at timestamptz, day date, t text, j jsonb)');

const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !value.includes('\0')); // PostgreSQL's text holds no zero byte
const day = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
const row = fc.record({
  b: fc.boolean(), i: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String), at: day.map((d) => d.toISOString()), day: day.map((d) => d.toISOString().slice(0, 10)),
  t: fc.option(text), j: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean())),
});

describe('binary formats', () => {
  it('brings every field of a COPY back as it was', async () => {
    await fc.assert(fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), async (rows) => {
      const copy = new CopyRows();
      rows.forEach((r, n) => { copy.row(7).int(n).bool(r.b).bigint(r.i).instant(r.at).date(r.day); if (r.t === null) copy.null(); else copy.text(r.t); copy.jsonb(JSON.stringify(r.j)); });
      const back = await db.transaction(async (tx) => {
        await tx.query('truncate sent');
        await sendCopy(tx, 'copy sent (n, b, i, at, day, t, j) from stdin (format binary)', copy);
        return (await tx.query<(typeof rows)[number]>('select b, i, at, day, t, j from sent order by n')).rows;
      });
      expect(back).toEqual(rows.map((r) => ({ ...r, j: JSON.parse(JSON.stringify(r.j)) as unknown })));
    }), { numRuns: 40 });
  });

  it('brings reals, bytes and their arrays back to single precision', async () => {
    await db.query('create table if not exists numbers (n int, r real, rs real[], ts text[], b bytea)');
    const real = fc.float({ noNaN: true }), numbers = fc.record({ r: fc.option(real), rs: fc.array(real), ts: fc.array(text), b: fc.uint8Array() });
    await fc.assert(fc.asyncProperty(fc.array(numbers, { minLength: 1, maxLength: 30 }), async (rows) => {
      const copy = new CopyRows();
      rows.forEach(({ r, rs, ts, b }, n) => copy.row(5).int(n).real(r).reals(rs).texts(ts).bytes(b));
      const back = await db.transaction(async (tx) => {
        await tx.query('truncate numbers');
        await sendCopy(tx, 'copy numbers (n, r, rs, ts, b) from stdin (format binary)', copy);
        return (await tx.query<{ r: number | null; rs: number[]; ts: string[]; b: Buffer }>('select r, rs, ts, b from numbers order by n')).rows;
      });
      const plain = (value: number): number => Math.fround(value) + 0; // PostgreSQL prints −0 as "-0", which reads as −0: both are nought
      expect(back.map((row) => ({ r: row.r === null ? null : plain(row.r), rs: row.rs.map(plain), ts: row.ts, b: [...row.b] }))).toEqual(rows.map((row) => ({ r: row.r === null ? null : plain(row.r), rs: row.rs.map(plain), ts: row.ts, b: [...row.b] })));
    }), { numRuns: 40 });
  });

  it('sends arrays of ints and texts, nulls included', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })), fc.array(fc.option(text)), async (ints, texts) => {
      const { rows: [back] } = await db.query<{ ints: number[]; texts: (string | null)[] }>('select $1::int[] as ints, $2::text[] as texts', [intArray(ints), textArray(texts)]);
      expect(back).toEqual({ ints, texts });
    }), { numRuns: 60 });
  });

  it('does nothing where a key is taken, and the transaction goes on', async () => {
    await db.query('truncate sent');
    await db.query('insert into sent (n) values (7)');
    const put = (...keys: number[]) => async (tx: Parameters<Parameters<typeof db.transaction>[0]>[0]): Promise<boolean> =>
      unlessTaken(tx, () => { const copy = new CopyRows(); for (const n of keys) copy.row(1).int(n); return sendCopy(tx, 'copy sent (n) from stdin (format binary)', copy); });
    expect(await db.transaction(async (tx) => [await put(1, 2)(tx), await put(3, 7, 4)(tx), await put(5)(tx)])).toEqual([true, false, true]);
    expect((await db.query<{ n: number }>('select n from sent order by n')).rows.map((r) => r.n)).toEqual([1, 2, 5, 7]);
  });
});
