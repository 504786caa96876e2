/** Where a running Instep is reached, left in its data folder for the commands typed beside it in another terminal, which may not have its port in their environment. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const fileOf = (dataDir: string): string => path.join(dataDir, 'address');

/** Answers what takes it away again. One that was killed leaves it; the next start writes it anew. */
export function leaveAddress(dataDir: string, publicUrl: string): () => void {
  writeFileSync(fileOf(dataDir), `${publicUrl}\n`);
  return () => rmSync(fileOf(dataDir), { force: true });
}

/** The address that was left; null where none was, or it is none. */
export function leftAddress(dataDir: string): string | null {
  try {
    const text = readFileSync(fileOf(dataDir), 'utf8').trim();
    return /^https?:\/\//.test(text) && URL.canParse(text) ? text : null;
  } catch { return null; }
}
