/**
 * PostgreSQL's binary formats, written by hand where millions of values pass: rows for COPY, and int arrays as parameters.
 * Text costs more on both sides (escaping, printing and parsing numbers and instants); binary needs neither quotes nor escapes.
 */
import { once } from 'node:events';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** PostgreSQL counts microseconds, and days, from 2000-01-01 UTC. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;
/** PostgreSQL's numbers of types. */
const TEXT = 25, FLOAT4 = 700;

/** Rows of a binary COPY, field by field in the order of the statement's columns. Grows as needed; made for one batch of bounded size. */
export class CopyRows {
  #bytes = Buffer.allocUnsafe(1 << 16);
  #at = SIGNATURE.copy(this.#bytes);
  #lastInstant = '';
  #micros = 0n;

  /** Begins a row of so many fields. */
  row(fields: number): this { this.#room(2); this.#at = this.#bytes.writeInt16BE(fields, this.#at); return this; }

  null(): this { this.#room(4); this.#at = this.#bytes.writeInt32BE(-1, this.#at); return this; }

  bool(value: boolean): this { this.#field(1); this.#bytes[this.#at++] = value ? 1 : 0; return this; }

  int(value: number): this { this.#field(4); this.#at = this.#bytes.writeInt32BE(value, this.#at); return this; }

  /** An int8 from its decimal text: Shopify's ids pass 2^53. */
  bigint(value: string): this { this.#field(8); this.#at = this.#bytes.writeBigInt64BE(BigInt(value), this.#at); return this; }

  /** An instant in ISO-8601, to the millisecond. Throws on what is none. */
  instant(value: string): this {
    if (value !== this.#lastInstant) { // one batch repeats the same few
      const time = Date.parse(value);
      if (Number.isNaN(time)) throw new Error(`not an instant: ${value}`);
      this.#micros = BigInt(time - EPOCH_MS) * 1000n; // as a number it is not exact beyond the year 2255
      this.#lastInstant = value;
    }
    this.#field(8);
    this.#at = this.#bytes.writeBigInt64BE(this.#micros, this.#at);
    return this;
  }

  /** A day, YYYY-MM-DD. */
  date(value: string): this { return this.int((Date.parse(`${value}T00:00:00Z`) - EPOCH_MS) / DAY_MS); }

  text(value: string): this { return this.#string(value, false); }

  /** JSON text for a jsonb column. */
  jsonb(json: string): this { return this.#string(json, true); }

  bytes(value: Uint8Array): this { this.#field(value.length); this.#bytes.set(value, this.#at); this.#at += value.length; return this; }

  /** A real, to single precision; null for null. */
  real(value: number | null): this {
    if (value === null) return this.null();
    this.#field(4);
    this.#at = this.#bytes.writeFloatBE(value, this.#at);
    return this;
  }

  /** A real[] without nulls, to single precision. */
  reals(values: ArrayLike<number>): this {
    this.#arrayHead(FLOAT4, values.length, values.length * 8);
    for (let n = 0; n < values.length; n++) { this.#at = this.#bytes.writeInt32BE(4, this.#at); this.#at = this.#bytes.writeFloatBE(values[n]!, this.#at); }
    return this;
  }

  /** A text[] without nulls. */
  texts(values: readonly string[]): this {
    const encoded = values.map((value) => Buffer.from(value, 'utf8'));
    this.#arrayHead(TEXT, values.length, encoded.reduce((sum, { length }) => sum + 4 + length, 0));
    for (const value of encoded) { this.#at = this.#bytes.writeInt32BE(value.length, this.#at); this.#at += value.copy(this.#bytes, this.#at); }
    return this;
  }

  /** The whole, with its end; nothing is added afterwards. */
  end(): Buffer { this.#room(2); this.#at = this.#bytes.writeInt16BE(-1, this.#at); return this.#bytes.subarray(0, this.#at); }

  #string(value: string, versioned: boolean): this {
    this.#room(5 + value.length * 3);
    const start = this.#at + 4;
    if (versioned) this.#bytes[start] = 1;
    const end = start + (versioned ? 1 : 0) + this.#bytes.write(value, start + (versioned ? 1 : 0), 'utf8');
    this.#bytes.writeInt32BE(end - start, this.#at);
    this.#at = end;
    return this;
  }

  /** The field's length and its array's head: one dimension, counted from 1; none where it is empty. Makes room for `body` bytes of elements. */
  #arrayHead(elements: number, count: number, body: number): void {
    const dimensions = count > 0 ? 1 : 0;
    this.#field(12 + dimensions * 8 + body);
    for (const word of dimensions > 0 ? [1, 0, elements, count, 1] : [0, 0, elements]) this.#at = this.#bytes.writeInt32BE(word, this.#at);
  }

  #field(length: number): void { this.#room(4 + length); this.#at = this.#bytes.writeInt32BE(length, this.#at); }

  #room(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + length));
    this.#bytes.copy(wider, 0, 0, this.#at);
    this.#bytes = wider;
  }
}

/** Sends rows with `copy … from stdin (format binary)`. Rejects as any statement does, the transaction then being failed. */
export async function sendCopy(tx: pg.ClientBase, statement: string, rows: CopyRows): Promise<void> {
  const stream = tx.query(copyFrom(statement));
  stream.end(rows.end());
  await once(stream, 'finish');
}

/**
 * Does `work` under a savepoint: false, with nothing done, when another transaction had committed one of its unique keys first.
 * The one error a COPY must survive; it has no `on conflict`.
 */
export async function unlessTaken(tx: pg.ClientBase, work: () => Promise<void>): Promise<boolean> {
  await tx.query('savepoint fresh');
  try {
    await work();
    await tx.query('release savepoint fresh');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== '23505') throw error;
    await tx.query('rollback to savepoint fresh');
    return false;
  }
}

/** An int[] parameter in binary: as text each number is printed, quoted, read again. */
export function intArray(values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(20 + values.length * 8);
  [1, 0, 23, values.length, 1].forEach((word, n) => bytes.writeInt32BE(word, n * 4)); // one dimension, no nulls, int4, how many, from 1
  for (let n = 0, at = 20; n < values.length; n++, at += 8) { bytes.writeInt32BE(4, at); bytes.writeInt32BE(values[n]!, at + 4); }
  return bytes;
}

/** A text[] parameter in binary: as text each element is quoted, escaped and read letter by letter. */
export function textArray(values: readonly (string | null)[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.reduce((size, value) => size + 4 + (value?.length ?? 0) * 3, 20));
  [1, values.includes(null) ? 1 : 0, 25, values.length, 1].forEach((word, n) => bytes.writeInt32BE(word, n * 4));
  let at = 20;
  for (const value of values) {
    if (value === null) { at = bytes.writeInt32BE(-1, at); continue; }
    const length = bytes.write(value, at + 4, 'utf8');
    bytes.writeInt32BE(length, at);
    at += 4 + length;
  }
  return bytes.subarray(0, at);
}
