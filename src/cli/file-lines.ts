/** Text files line by line with bounded memory, unpacked where the name ends in .gz; written the same way, complete or not at all. */
import { createReadStream, createWriteStream, existsSync, fstatSync, openSync, realpathSync, renameSync, rmSync, statSync, type BigIntStats } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip, createGzip, constants } from 'node:zlib';

const LONGEST_LINE = 64_000_000;

/** The bytes of a file, unpacked; `read` hears how many of the file's own bytes are done. Throws with the file's name, and when it is stopped by the signal. */
export async function* unpacked(file: string, read: (bytes: number) => void = () => {}, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const source = createReadStream(file, { highWaterMark: 256 * 1024, ...(signal ? { signal } : {}) });
  let bytes = 0;
  source.on('data', (chunk) => read(bytes += chunk.length));
  let stream: Readable = source;
  if (file.endsWith('.gz')) {
    const gunzip = createGunzip();
    source.on('error', (error) => gunzip.destroy(error));
    stream = source.pipe(gunzip);
  }
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${file}: ${code === 'Z_BUF_ERROR' ? 'the compressed file ends in the middle' : code?.startsWith('Z_') ? `not readable as gzip (${message})` : message}`, { cause: error });
  } finally {
    source.destroy();
  }
}

/** Lines that are not empty, many at a time, each with its number. */
export async function* linesOf(file: string, read?: (bytes: number) => void, signal?: AbortSignal): AsyncGenerator<{ line: number; text: string }[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '', line = 0;
  for await (const chunk of unpacked(file, read, signal)) {
    const pieces = (rest + decoder.write(chunk)).split('\n');
    rest = pieces.pop()!;
    if (rest.length > LONGEST_LINE) throw new Error(`${file}:${line + pieces.length + 1}: a line of more than ${LONGEST_LINE / 1e6} MB`);
    const lines = pieces.flatMap((text) => { line++; return text.trim() === '' ? [] : [{ line, text: line === 1 ? text.replace(/^\uFEFF/, '') : text }]; });
    if (lines.length > 0) yield lines;
  }
  rest += decoder.end();
  if (rest.trim() !== '') yield [{ line: line + 1, text: line === 0 ? rest.replace(/^\uFEFF/, '') : rest }];
}

export function sizeOf(file: string): number {
  if (!existsSync(file)) throw new Error(`${file}: there is no such file`);
  const stat = statSync(file);
  if (!stat.isFile()) throw new Error(`${file}: not a file`);
  return stat.size;
}

/** Why a file cannot be written, where the system says more than it helps. */
const UNWRITABLE: Readonly<Record<string, (file: string) => string>> = { ENOENT: (file) => `there is no folder ${path.dirname(file)}`, EACCES: () => 'may not be written here', EISDIR: () => 'is a folder', ENXIO: () => 'is a device, a pipe or where the summary is printed; the result is written under a temporary name and renamed when it is complete: give the name of a file', ENOTDIR: (file) => `${path.dirname(file)} is not a folder` };

/** The place a name leads to, links followed, and the temporary name beside it. */
function placeOf(file: string): { place: string; part: string } {
  let place = file;
  try { place = realpathSync(file); } catch { /* not there yet, or a pipe without a name */ }
  return { place, part: `${place}.part` };
}

const statOf = (file: string): BigIntStats | undefined => statSync(file, { bigint: true, throwIfNoEntry: false });
const same = (one: BigIntStats, other: BigIntStats): boolean => one.ino !== 0n && one.dev === other.dev && one.ino === other.ino;

/** Whether writing this output would replace the input: the same file by whatever path or link, also under the output's temporary name. */
export function overwrites(output: string, input: string): boolean {
  const { place, part } = placeOf(output), read = statOf(input);
  return [place, part].some((file) => {
    if (path.resolve(file) === path.resolve(input)) return true;
    const there = statOf(file);
    return read !== undefined && there !== undefined && same(read, there);
  });
}

/** A file under a temporary name beside the final one; `finish` gives it its name, `drop` removes it. Throws at once where it cannot be written. */
export function writeLines(file: string): { write(text: string): Promise<void>; finish(): Promise<void>; drop(): void } {
  let fd: number, place: string, part: string;
  try {
    ({ place, part } = placeOf(file));
    const there = statOf(file);
    if (there?.isDirectory()) throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
    // A pipe cannot be given a name when it is complete; a name that leads to where the summary is printed would take the file from under it.
    if (there && (!there.isFile() || [1, 2].some((stream) => same(fstatSync(stream, { bigint: true }), there)))) throw Object.assign(new Error('not a file'), { code: 'ENXIO' });
    fd = openSync(part, 'w');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${file}: ${UNWRITABLE[code ?? '']?.(file) ?? message}`, { cause: error });
  }
  const sink = createWriteStream(part, { fd });
  const head = file.endsWith('.gz') ? createGzip({ level: constants.Z_BEST_SPEED + 3 }) : null;
  if (head) head.pipe(sink);
  const into = head ?? sink;
  let failed: Error | null = null;
  const failure = new Promise<never>((_, reject) => { for (const stream of [sink, ...(head ? [head] : [])]) stream.on('error', (error: Error) => { failed ??= new Error(`${file}: ${error.message}`, { cause: error }); reject(failed); }); });
  failure.catch(() => {});
  return {
    async write(text) {
      if (failed) throw failed;
      if (!into.write(text)) await Promise.race([new Promise<void>((resolve) => { into.once('drain', resolve); }), failure]);
    },
    async finish() {
      into.end();
      await Promise.race([finished(sink), failure]);
      renameSync(part, place);
    },
    drop() { sink.destroy(); rmSync(part, { force: true }); },
  };
}
