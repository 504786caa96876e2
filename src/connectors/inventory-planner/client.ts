/**
 * Calls to Inventory Planner: two headers, one call in flight, one a second by our own restraint (no limit is published), and answers told apart by what they
 * say, because a refused field has been seen under HTTP 500.
 */
import { HttpError, NetworkError, readText, retryAfter, send } from '../http.ts';
import { PlannerRefused } from '../../ports/planner.ts';

export interface ClientOptions {
  /** Without a slash at the end. */
  origin: string;
  apiKey: string;
  /** `a` and digits. */
  account: string;
  clock: { now(): Date; sleep(ms: number): Promise<void> };
  timeoutMs?: number;
}
export type Json = Record<string, unknown>;
export interface PlannerClient {
  /** Null for 404. Tried again after 429, 503, a broken answer and none at all. */
  get(path: string): Promise<Json | null>;
  /** An empty object where the planner said nothing. Tried again only after 429, which says that nothing was done. */
  write(method: 'POST' | 'PUT' | 'PATCH', path: string, body: Json): Promise<Json>;
}

const PAUSE_MS = 1_000;
const TRIES = 5;
const LONGEST_WAIT_MS = 120_000;
const LARGEST_ANSWER = 32 * 1024 * 1024;
/** What a planner in trouble says, as opposed to one that dislikes what it was given. */
const TROUBLE = /internal server error|service unavailable|time-? ?out|timed out|try again|too many|gateway|temporar|deadlock/i;

/** `PlannerRefused`: a definite no. `HttpError`, `NetworkError`: whether a write was done is open. */
export function plannerClient({ origin, apiKey, account, clock, timeoutMs = 60_000 }: ClientOptions): PlannerClient {
  const host = new URL(origin).host;
  let last = Number.NEGATIVE_INFINITY, turn: Promise<unknown> = Promise.resolve();

  /** One after the other, and no sooner than a second after the one before began. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work, work);
    turn = mine.catch(() => {});
    return mine;
  }
  async function once(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: Json): Promise<Json | null> {
    const early = last + PAUSE_MS - clock.now().getTime();
    if (early > 0) await clock.sleep(early);
    last = clock.now().getTime();
    const response = await send({
      method, url: `${origin}/api/v1/${path}`, timeoutMs,
      headers: { authorization: apiKey, account, accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await readText(response, LARGEST_ANSWER), wait = retryAfter(response, clock.now().getTime());
    return read(host, response.status, text, wait, `${method} ${path.split('?')[0]}`);
  }
  async function persistently<T>(work: () => Promise<T>, again: (error: unknown) => boolean): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTurn(work);
      } catch (error) {
        if (attempt === TRIES || !again(error)) throw error;
        const asked = error instanceof HttpError ? error.retryAfterSeconds : null;
        await clock.sleep(Math.min(LONGEST_WAIT_MS, asked === null ? 1_000 * 2 ** attempt : asked * 1_000));
      }
    }
  }
  return {
    get: (path) => persistently(() => once('GET', path), (error) => error instanceof NetworkError || (error instanceof HttpError && (error.status === 429 || error.status >= 500 || error.status === 200))),
    write: async (method, path, body) => await persistently(() => once(method, path, body), (error) => error instanceof HttpError && error.status === 429) ?? notThere(`${method} ${path}`),
  };
}

const notThere = (what: string): never => { throw new PlannerRefused(`${what}: it is not there any more`); };

/** The body of a good answer; null for 404. */
function read(host: string, status: number, text: string, wait: number | null, what: string): Json | null {
  if (status === 204 || (status >= 200 && status < 300 && text.trim() === '')) return {};
  let body: Json | null = null;
  try { body = JSON.parse(text) as Json; } catch { /* a page for people, or cut short: the status speaks */ }
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    if (status === 404) return null;
    if (status === 429) throw new HttpError(`${host} asks for patience (HTTP 429)`, 429, wait);
    throw new HttpError(`${host} answered ${what} with HTTP ${status} and ${text.trimStart().startsWith('<') ? 'a web page' : 'half an answer'} in place of JSON`, status, wait);
  }
  const result = body['result'] as { status?: unknown; message?: unknown } | undefined, message = typeof result?.message === 'string' ? result.message.trim() : '';
  if (status === 401 || status === 403) throw new HttpError(`Inventory Planner does not accept the key for this account (HTTP ${status}${message ? `: ${message}` : ''}). Keys work only for users with full access: make a new one in Account > Settings > API.`, status);
  if (status === 404) return null;
  if (status === 429 || status === 503) throw new HttpError(`${host} asks for patience (HTTP ${status})`, status, wait);
  const isError = status >= 400 || result?.status === 'error';
  if (!isError) return body;
  if (message === '' || TROUBLE.test(message) || [408, 425, 502, 504].includes(status)) throw new HttpError(`${host} answered ${what} with HTTP ${status}${message ? ` (${message.slice(0, 200)})` : ''}`, Math.max(500, status), wait);
  throw new PlannerRefused(message.slice(0, 500));
}
