/**
 * Rows read by COPY in PostgreSQL's binary format, where millions of numbers pass: the driver reads every other result as text, letter by letter.
 * COPY takes no parameters: only whole numbers of ours are written into its statement.
 */
import { to as copyTo } from 'pg-copy-streams';
import type { Db } from './db.ts';

/** Before the first row: the signature, flags, and the length of an extension nobody writes. */
const HEAD = 19;

/** The fields of each row of a SELECT, in pages; null for null. Bytes are valid until the next page is asked for. */
export async function* binaryRows(db: Db, select: string, page: number): AsyncGenerator<(Buffer | null)[][]> {
  const client = await db.pool.connect();
  let whole = false;
  try {
    const stream = client.query(copyTo(`copy (${select}) to stdout (format binary)`));
    let rest: Buffer = Buffer.alloc(0), at = -1, rows: (Buffer | null)[][] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      if (at < 0) {
        if (rest.length < HEAD) continue;
        at = HEAD;
      }
      for (let row = rowAt(rest, at); row !== null; row = rowAt(rest, at)) {
        at = row.end;
        rows.push(row.fields);
        if (rows.length === page) { yield rows; rows = []; }
      }
      rest = rest.subarray(at);
      at = 0;
    }
    if (rows.length > 0) yield rows;
    whole = true;
  } finally {
    // A reader that stopped half way leaves a connection in the middle of a COPY.
    client.release(whole ? undefined : true);
  }
}

/** The row that begins at `at`; null while it is not all there, or at the end. */
function rowAt(bytes: Buffer, at: number): { fields: (Buffer | null)[]; end: number } | null {
  if (at + 2 > bytes.length) return null;
  const count = bytes.readInt16BE(at);
  if (count < 0) return null;
  const fields = new Array<Buffer | null>(count);
  let next = at + 2;
  for (let n = 0; n < count; n++) {
    if (next + 4 > bytes.length) return null;
    const length = bytes.readInt32BE(next);
    next += 4;
    if (length < 0) { fields[n] = null; continue; }
    if (next + length > bytes.length) return null;
    fields[n] = bytes.subarray(next, next + length);
    next += length;
  }
  return { fields, end: next };
}

/** A real[]: 20 bytes of head, then the length and the value of each. */
export function realsOf(bytes: Buffer | null): Float32Array {
  const count = bytes === null || bytes.length < 20 ? 0 : bytes.readInt32BE(12), values = new Float32Array(count);
  if (bytes === null) return values;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let n = 0, at = 24; n < count; n++, at += 8) values[n] = view.getFloat32(at);
  return values;
}

/** Single-precision numbers as bytes, big-endian, as PostgreSQL's float4send writes them. */
export function realBytes(values: readonly number[]): Buffer {
  return Buffer.from(Float32Array.from(values).buffer).swap32();
}

/** … and back. */
export function realsFrom(bytes: Buffer): Float32Array {
  const own = new Uint8Array(bytes); // a copy, which may be turned around
  Buffer.from(own.buffer).swap32();
  return new Float32Array(own.buffer);
}
