/**
 * Signed webhooks to programs, as standardwebhooks.com says: headers `webhook-id`, `webhook-timestamp` (seconds) and `webhook-signature`
 * (`v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`), secrets of 24 to 64 bytes written `whsec_` and base64.
 */
import { createHmac } from 'node:crypto';
import type { BlockList } from 'node:net';
import type { AlertMessage } from '../../domain/alerts/message.ts';
import type { AlertChannel } from '../../ports/alert-channel.ts';
import { postOutside } from '../outside.ts';

const PREFIX = 'whsec_';

export const secretText = (random: Uint8Array): string => PREFIX + Buffer.from(random).toString('base64');

/** Null when it is no secret of 24 to 64 bytes. */
export function keyOf(secret: string): Buffer | null {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '', key = Buffer.from(text, 'base64');
  return key.length >= 24 && key.length <= 64 && key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '') ? key : null;
}

/** The value of `webhook-signature`. Throws RangeError when the secret is none. */
export function signature(secret: string, id: string, timestamp: number, body: string): string {
  const key = keyOf(secret);
  if (key === null) throw new RangeError('the secret is not whsec_ and 24 to 64 bytes of base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

const TYPES: Record<AlertMessage['purpose'], string> = { alert: 'exceptions.changed', digest: 'digest.composed', test: 'channel.tested' };

/** What is posted: `{type, timestamp, data}`. */
export function payload(message: AlertMessage): { type: string; timestamp: string; data: object } {
  const { purpose, at, ...data } = message;
  return { type: TYPES[purpose], timestamp: at, data };
}

export function webhookChannel(url: string, secret: string, clock: { now(): Date }, allow: BlockList): AlertChannel {
  return {
    tell(message, id) {
      const body = JSON.stringify(payload(message)), timestamp = Math.floor(clock.now().getTime() / 1000);
      return postOutside(url, body, { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature(secret, id, timestamp, body) }, allow);
    },
  };
}
