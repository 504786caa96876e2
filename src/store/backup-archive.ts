/**
 * The form of a back-up: a gzipped tar that any tar opens. `schema.json` first (what is in it, with each table's columns), then each table's rows as PostgreSQL's
 * own COPY text in pieces of bounded size (`tables/<name>/<n>.copy`), `manifest.json` last with rows, bytes and SHA-256 of each table. An archive that was cut off
 * has no manifest, and is none. Written under another name and moved into place when the disk has it.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

export const FORMAT = 1;
/** A piece of a table, and so what is held in memory of it. */
export const PIECE = 4 * 1024 * 1024;
const BLOCK = 512;

export interface ArchiveSchema { format: number; instep: string; createdAt: string; server: string; migrations: string[]; tables: { name: string; columns: string[] }[] }
export interface TableSum { name: string; rows: number; bytes: number; sha256: string }
export interface ArchiveManifest { format: number; tables: TableSum[]; sequences: { name: string; last: string; called: boolean }[]; rows: number }

/** What cannot be restored, and why: told to the person as it is. */
export class BadArchive extends Error { override readonly name = 'BadArchive'; }

/** A ustar header of a plain file. Names are at most 100 bytes: tables of this schema are. Throws on a longer one. */
export function tarHeader(name: string, size: number, at: string): Buffer {
  const header = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) > 100) throw new Error(`${name}: longer than a tar's name`);
  header.write(name, 0, 'utf8');
  header.write('0000600\0', 100); header.write('0000000\0', 108); header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write(`${Math.floor(Date.parse(at) / 1000).toString(8).padStart(11, '0')}\0`, 136);
  header.write('        ', 148); header.write('0', 156); header.write('ustar\x0000', 257, 'latin1');
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

export interface ArchiveWriter { entry(name: string, body: Buffer): Promise<void>; /** Ends the archive and moves it into place; answers its size in bytes. */ finish(): Promise<number>; /** Leaves nothing behind. */ abandon(): Promise<void> }

/** Begins an archive beside `file`, as `<file>.part`. Throws when the folder cannot be written. */
export async function writeArchive(file: string, at: string): Promise<ArchiveWriter> {
  const part = `${file}.part`, target = createWriteStream(part, { mode: 0o600 }), zip = createGzip({ level: 4 });
  await once(target, 'open');
  const done = pipeline(zip, target);
  done.catch(() => {}); // told by the next write, or by finish
  const put = async (bytes: Buffer): Promise<void> => {
    if (zip.errored || target.errored) throw zip.errored ?? target.errored!;
    if (!zip.write(bytes)) await Promise.race([once(zip, 'drain'), done]);
  };
  return {
    async entry(name, body) {
      await put(tarHeader(name, body.length, at));
      await put(body);
      if (body.length % BLOCK !== 0) await put(Buffer.alloc(BLOCK - (body.length % BLOCK)));
    },
    async finish() {
      await put(Buffer.alloc(2 * BLOCK));
      zip.end();
      await done;
      // Its name says that it is whole: so it must be on the disk before it has that name, and the name before anybody is told.
      const handle = await open(part, 'r+');
      const { size } = await handle.stat();
      await handle.sync().finally(() => handle.close());
      await rename(part, file);
      const folder = await open(path.dirname(file), 'r');
      await folder.sync().catch(() => {}).finally(() => folder.close()); // some file systems sync no folders
      return size;
    },
    async abandon() {
      zip.destroy();
      target.destroy();
      await done.catch(() => {});
      await rm(part, { force: true });
    },
  };
}

/** The entries of an archive, in order, piece by piece. Throws BadArchive on what is no archive, or was cut off. */
export async function* readArchive(file: string): AsyncGenerator<{ name: string; body: Buffer }> {
  const source = createReadStream(file), unzip = createGunzip();
  const flow = pipeline(source, unzip);
  flow.catch(() => {});
  let held: Buffer[] = [], size = 0, wanted = BLOCK, lengthOf = 0, name: string | null = null, ended = false;
  const take = (bytes: number): Buffer => {
    const all = held.length === 1 ? held[0]! : Buffer.concat(held, size), taken = all.subarray(0, bytes), rest = all.subarray(bytes);
    held = rest.length === 0 ? [] : [rest];
    size = rest.length;
    return taken;
  };
  try {
    for await (const chunk of unzip as AsyncIterable<Buffer>) {
      held.push(chunk);
      size += chunk.length;
      while (!ended && size >= wanted) {
        if (name === null) {
          const header = take(BLOCK);
          if (header.every((byte) => byte === 0)) { ended = true; break; }
          const length = Number.parseInt(header.toString('latin1', 124, 135), 8), sum = Number.parseInt(header.toString('latin1', 148, 154), 8);
          let found = 0;
          for (let n = 0; n < BLOCK; n++) found += n >= 148 && n < 156 ? 32 : header[n]!;
          if (header.toString('latin1', 257, 262) !== 'ustar' || found !== sum || !(length >= 0 && length <= 64 * 1024 * 1024)) throw new BadArchive(`${file} is no back-up of Instep, or is damaged`);
          name = header.toString('utf8', 0, 100).replace(/\0.*$/s, '');
          wanted = Math.ceil(length / BLOCK) * BLOCK;
          if (length === 0) { yield { name, body: Buffer.alloc(0) }; name = null; wanted = BLOCK; }
          else lengthOf = length;
        } else {
          const body = Buffer.from(take(wanted).subarray(0, lengthOf));
          yield { name, body };
          name = null;
          wanted = BLOCK;
        }
      }
    }
  } catch (error) {
    if (error instanceof BadArchive || (error as { code?: string }).code === 'ENOENT') throw error;
    const { code } = error as { code?: string };
    if (code?.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE') throw new BadArchive(`${file} is damaged or was cut off (${(error as Error).message})`);
    throw error;
  } finally {
    source.destroy();
    unzip.destroy();
  }
  if (!ended) throw new BadArchive(`${file} was cut off: it is no whole back-up`);
}
