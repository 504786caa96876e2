/**
 * Signatures after Standard Webhooks: `webhook-signature: v1,<base64 of HMAC-SHA256 over id.timestamp.body>`, on the raw bytes, both ways.
 * Why not the npm package: docs/decisions/015-warehouse-connectors.md.
 */
import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';

/** Seconds a timestamp may lie in the past or the future: clocks differ, and an old message may be a replay. */
export const TOLERANCE_SECONDS = 300;
const PREFIX = 'whsec_';
const SHORTEST_KEY = 24, LONGEST_KEY = 64;
const MOST_SIGNATURES = 10;

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The headers of a message we send. `id` is the same for every try, `at` is now; `secret` is `whsec_` and base64. */
export function signatureHeaders(id: string, body: string | Uint8Array, secret: string, at: Date): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${digest(id, timestamp, body, secret).toString('base64')}` };
}

/**
 * Whether one of `secrets` (two during rotation) signed exactly these bytes within five minutes of `now`. Header names are lower case, as Node gives
 * them. `reason` is for our log: the sender is told 401 and nothing else.
 */
export function verifySignature(rawBody: Uint8Array, headers: Headers, secrets: readonly string[], now: Date): { ok: true; id: string } | { ok: false; reason: string } {
  const id = headers['webhook-id'], timestamp = headers['webhook-timestamp'], signatures = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return { ok: false, reason: 'a signature header is missing or sent twice' };
  // A full stop parts the signed text: an id that holds one could be read in two ways.
  if (!/^[!-~]{1,255}$/.test(id) || id.includes('.')) return { ok: false, reason: 'webhook-id is not 1 to 255 visible characters without a full stop' };
  if (!/^\d{1,12}$/.test(timestamp)) return { ok: false, reason: 'webhook-timestamp is not seconds since 1970' };
  const age = now.getTime() / 1000 - Number(timestamp);
  if (Math.abs(age) > TOLERANCE_SECONDS) return { ok: false, reason: `webhook-timestamp is ${Math.round(Math.abs(age))} s ${age > 0 ? 'old' : 'ahead'}` };
  const given = signatures.split(' ').slice(0, MOST_SIGNATURES).flatMap((signature) => {
    const bytes = signature.startsWith('v1,') ? Buffer.from(signature.slice(3), 'base64') : null;
    return bytes?.length === 32 ? [bytes] : [];
  });
  if (given.length === 0) return { ok: false, reason: 'webhook-signature holds no v1 signature' };
  let valid = false;
  for (const secret of secrets) {
    const expected = digest(id, timestamp, rawBody, secret);
    for (const signature of given) if (timingSafeEqual(expected, signature)) valid = true;
  }
  return valid ? { ok: true, id } : { ok: false, reason: 'no secret of this connection made the signature' };
}

/** A secret in the standard's spelling from 24 to 64 random bytes. */
export const secretOf = (random: Uint8Array): string => PREFIX + Buffer.from(random).toString('base64');

/** What is wrong with a secret, or null. */
export function secretFault(secret: string): string | null {
  if (!secret.startsWith(PREFIX)) return `must begin with ${PREFIX}`;
  const encoded = secret.slice(PREFIX.length), bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== encoded.replace(/=+$/, '')) return `must be base64 after ${PREFIX}`;
  return bytes.length < SHORTEST_KEY || bytes.length > LONGEST_KEY ? `must hold ${SHORTEST_KEY} to ${LONGEST_KEY} bytes, not ${bytes.length}` : null;
}

function digest(id: string, timestamp: string, body: string | Uint8Array, secret: string): Buffer {
  return createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest();
}

/** Key objects are made once a secret; a handful are ever in use. Throws on a secret that is not one, lest an empty key signs. */
const keys = new Map<string, KeyObject>();
function keyOf(secret: string): KeyObject {
  let key = keys.get(secret);
  if (!key) {
    const fault = secretFault(secret);
    if (fault) throw new Error(`The signing secret ${fault}`);
    if (keys.size > 100) keys.clear();
    key = createSecretKey(Buffer.from(secret.slice(PREFIX.length), 'base64'));
    keys.set(secret, key);
  }
  return key;
}
