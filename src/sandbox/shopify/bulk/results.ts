/** Where the files of bulk operations live: in a folder, or in memory for a store that keeps nothing. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface ResultWriter { write(chunk: string): void; /** Bytes written in all. */ end(): number }
export interface ResultStore {
  create(name: string): ResultWriter;
  read(name: string): Buffer | null;
  /** Path on disk, for streaming; null when unknown or in memory. */
  path(name: string): string | null;
  remove(name: string): void;
}

/** `directory` is made when missing; null keeps the results in memory. */
export function openResults(directory: string | null): ResultStore {
  return directory === null ? inMemory() : inFolder(directory);
}

function inFolder(directory: string): ResultStore {
  mkdirSync(directory, { recursive: true });
  return {
    create(name) {
      const file = openSync(join(directory, name), 'w');
      let size = 0;
      return { write: (chunk) => { size += writeSync(file, chunk); }, end: () => { closeSync(file); return size; } };
    },
    read: (name) => existsSync(join(directory, name)) ? readFileSync(join(directory, name)) : null,
    path: (name) => existsSync(join(directory, name)) ? join(directory, name) : null,
    remove: (name) => { if (existsSync(join(directory, name))) unlinkSync(join(directory, name)); },
  };
}

function inMemory(): ResultStore {
  const files = new Map<string, Buffer>();
  return {
    create(name) {
      const chunks: Buffer[] = [];
      return {
        write: (chunk) => { chunks.push(Buffer.from(chunk, 'utf8')); },
        end: () => { const whole = Buffer.concat(chunks); files.set(name, whole); return whole.length; },
      };
    },
    read: (name) => files.get(name) ?? null,
    path: () => null,
    remove: (name) => { files.delete(name); },
  };
}
