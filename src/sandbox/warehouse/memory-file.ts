/** The file a building's memory is kept in, replaced whole each time: a process that dies leaves the one before or the new one. */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Memory, Message } from './building.ts';

export interface Kept { isKnown: boolean; memory: Memory; /** Said, and perhaps not heard. */ unsaid: Message[] }
export interface MemoryFile { read(): Kept | null; write(kept: Kept): void }

/** A memory belongs to the customer with this secret; what another customer left is nobody's and is written over. */
export function memoryFile(file: string, secret: string): MemoryFile {
  const customer = createHash('sha256').update(secret).digest('hex');
  let last = '';
  return {
    read() {
      let text: string;
      try { text = readFileSync(file, 'utf8'); } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
      const found = JSON.parse(text) as { customer: string; kept: Kept };
      return found.customer === customer ? found.kept : null;
    },
    write(kept) {
      const text = JSON.stringify({ customer, kept });
      if (text === last) return;
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
      last = text;
    },
  };
}
