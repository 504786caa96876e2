/** Signed calls to the warehouse and their answers, bounded. */
import { createHash } from 'node:crypto';
import { readText, retryAfter, send } from '../http.ts';
import { signatureHeaders } from './signature.ts';

/** Any status. `body` is the JSON, or null when there is none. */
export interface Answer { status: number; body: unknown; retryAfterSeconds: number | null }

const LARGEST_ANSWER = 8 * 1024 * 1024;

export interface SignedCaller {
  /** `path` goes on from the connection's address. A GET has no body: what is signed in its place is `GET ` and the path with its query. */
  get(path: string): Promise<Answer>;
  /** Posts to the connection's address. `name` is the same for every try of one message. */
  post(name: string, message: object): Promise<Answer>;
}

/** Throws `NetworkError` when no whole answer came. */
export function signedCaller({ url, secret, clock }: { url: string; secret: string; clock: { now(): Date } }): SignedCaller {
  const base = url.replace(/\/+$/, '');

  async function answerOf(response: Response): Promise<Answer> {
    const text = await readText(response, LARGEST_ANSWER);
    let body: unknown = null;
    try { body = JSON.parse(text); } catch { /* no JSON, no body: the status speaks */ }
    return { status: response.status, body, retryAfterSeconds: retryAfter(response, clock.now().getTime()) };
  }

  return {
    async get(path) {
      const address = new URL(base + path), now = clock.now();
      const signed = `GET ${address.pathname}${address.search}`;
      return answerOf(await send({ method: 'GET', url: address.href, headers: { accept: 'application/json', ...signatureHeaders(`get_${now.getTime()}`, signed, secret, now) } }));
    },
    async post(name, message) {
      const body = JSON.stringify(message);
      return answerOf(await send({ method: 'POST', url: base, body, headers: { 'content-type': 'application/json', accept: 'application/json', ...signatureHeaders(idOf(name), body, secret, clock.now()) } }));
    },
  };
}

/** A name as a header value without full stops (Standard Webhooks); a long one is shortened by its digest. */
function idOf(name: string): string {
  const id = encodeURIComponent(name).replaceAll('.', '%2E').replaceAll('%2F', '/');
  return id.length <= 200 ? id : `${id.slice(0, 120)}_${createHash('sha256').update(name).digest('hex')}`;
}
