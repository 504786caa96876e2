/**
 * Secrets at rest: AES-256-GCM under a key from INSTEP_MASTER_KEY (base64, 32 bytes) or a file of mode 0600 in the data folder, made at first
 * start. The place a secret belongs to (table, column, row) is authenticated with it, so that a sealed value moved elsewhere does not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export interface Vault { seal(place: string, secret: string): Buffer; open(place: string, sealed: Buffer): string }

const VERSION = 1;

/** Throws when the key is not 32 bytes, so that a weak or mistyped key stops the start. */
export function openVault(dataDir: string, env: NodeJS.ProcessEnv = process.env): Vault {
  const given = env['INSTEP_MASTER_KEY'];
  const key = given ? Buffer.from(given, 'base64') : keyFile(path.join(dataDir, 'master.key'));
  if (key.length !== 32) throw new Error('INSTEP_MASTER_KEY: expected 32 bytes in base64 (openssl rand -base64 32)');
  return {
    seal(place, secret) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), body]);
    },
    open(place, sealed) {
      if (sealed[0] !== VERSION) throw new Error(`Secret ${place} was sealed by another version`);
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13)).setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(13, 29));
      try {
        return decipher.update(sealed.subarray(29)).toString('utf8') + decipher.final('utf8');
      } catch {
        throw new Error(`Secret ${place} does not open with this key. Was INSTEP_MASTER_KEY or master.key changed?`);
      }
    },
  };
}

function keyFile(file: string): Buffer {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, randomBytes(32), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return fs.readFileSync(file);
}
