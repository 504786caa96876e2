/** Idempotency keys: UUIDv5 (RFC 9562) of what is being done, so that the key of a retry can only be the key of the first try. */
import { createHash } from 'node:crypto';

/** Namespace of Instep's own names. */
const NAMESPACE = Buffer.from('6f1d1f0e2c2b5a6f9d3a7c4e8b5f0a17', 'hex');

export function idempotencyKey(name: string): string {
  const hash = createHash('sha1').update(NAMESPACE).update(name, 'utf8').digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
