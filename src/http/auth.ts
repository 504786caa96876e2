/**
 * Who is asking. Until an administrator exists Instep answers on loopback only, to the person at this machine, without sign-in; the first
 * administrator is made with the one-time token printed at start. From then on every route but the public ones needs a session.
 */
import { argon2, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isLoopback } from '../runtime/config.ts';
import type { Db } from '../store/db.ts';
import { administratorExists, findSession, saveSession, type UserRow } from '../store/users.ts';

declare module 'fastify' {
  interface FastifyRequest { user: UserRow | null }
  interface FastifyContextConfig { public?: boolean }
}

const COOKIE = 'instep_session';
const SESSION_DAYS = 7;
// OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
const MEMORY = 19 * 1024, PASSES = 2;

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: object) => Promise<Buffer>;
let hashing = 0;

/** PHC string of a password. Throws 'busy' when too many are being computed: hashing must not starve the rest. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await bounded(() => derive('argon2id', { message: password, nonce: salt, memory: MEMORY, passes: PASSES, parallelism: 1, tagLength: 32 }));
  return `$argon2id$v=19$m=${MEMORY},t=${PASSES},p=1$${b64(salt)}$${b64(hash)}`;
}

export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(phc);
  if (!match) return false;
  const expected = Buffer.from(match[5]!, 'base64');
  const hash = await bounded(() => derive('argon2id', {
    message: password, nonce: Buffer.from(match[4]!, 'base64'), memory: Number(match[1]), passes: Number(match[2]), parallelism: Number(match[3]), tagLength: expected.length,
  }));
  return timingSafeEqual(hash, expected);
}

/** A hash nobody's password fits, so that an unknown account takes as long as a known one. */
export const NOBODY = hashPassword(randomBytes(32).toString('base64'));

async function bounded<T>(work: () => Promise<T>): Promise<T> {
  while (hashing >= 4) await new Promise((resolve) => { setTimeout(resolve, 10); });
  hashing++;
  try { return await work(); } finally { hashing--; }
}

const b64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest();

export interface Guard { isOpen(): Promise<boolean>; closed(): void }

/** Refuses what may not pass before any route runs: foreign hosts, foreign origins, and, once there is an administrator, requests without a session. */
export function guard(app: FastifyInstance, db: Db, options: { host: string; publicUrl: string; clock: { now(): Date } }): Guard {
  let open: boolean | null = null;
  const isOpen = async (): Promise<boolean> => {
    if (open !== false) open = !(await administratorExists(db));
    return open;
  };
  app.decorateRequest('user', null);
  app.addHook('onRequest', async (request, reply) => {
    const config = request.routeOptions.config;
    // The pages themselves hold no data; what they ask for next is guarded.
    if ((config.public || isPage(request)) && !request.url.startsWith('/api/')) return;
    const local = isLoopback(hostname(request.headers.host));
    if (isLoopback(options.host) && !local && hostname(request.headers.host) !== hostname(new URL(options.publicUrl).host)) return refuse(reply, request, 403, 'This address is not served here');
    // A page of another origin may not write here, whatever it makes the browser send.
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const origin = request.headers.origin;
      if (origin !== undefined && hostname(safeUrl(origin)?.host) !== hostname(request.headers.host)) return refuse(reply, request, 403, 'Requests from other origins are refused');
      if (request.headers['sec-fetch-site'] === 'cross-site') return refuse(reply, request, 403, 'Requests from other origins are refused');
    }
    const token = request.cookies[COOKIE];
    if (token) request.user = await findSession(db, tokenHash(token), options.clock.now().toISOString());
    if (config.public || request.user) return;
    if (await isOpen()) {
      if (isLoopback(options.host) && isLoopback(request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '')) return;
      return refuse(reply, request, 403, 'Create the administrator first: open the address printed at start');
    }
    return refuse(reply, request, 401, 'Sign in first');
  });
  return { isOpen, closed: () => { open = null; } };
}

export async function startSession(db: Db, reply: FastifyReply, userId: number, now: Date, secure: boolean): Promise<void> {
  const token = randomBytes(32).toString('base64url');
  const expires = new Date(now.getTime() + SESSION_DAYS * 86_400_000);
  await saveSession(db, tokenHash(token), userId, now.toISOString(), expires.toISOString());
  reply.setCookie(COOKIE, token, { path: '/', httpOnly: true, sameSite: 'lax', secure, expires });
}

export function sessionToken(request: FastifyRequest): string | undefined {
  return request.cookies[COOKIE];
}

export function clearSession(reply: FastifyReply): void {
  reply.clearCookie(COOKIE, { path: '/' }).header('clear-site-data', '"cache", "storage"');
}

/** A person opening an address of the UI in a browser. */
function isPage(request: FastifyRequest): boolean {
  return request.method === 'GET' && !/^\/(api|hooks|warehouse|metrics)\b/.test(request.url) && (request.headers.accept ?? '').includes('text/html');
}

function hostname(host: string | undefined): string {
  return (host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '').toLowerCase();
}

function safeUrl(text: string): URL | null {
  try { return new URL(text); } catch { return null; }
}

function refuse(reply: FastifyReply, request: FastifyRequest, status: number, detail: string): FastifyReply {
  return reply.code(status).type('application/problem+json').send({ type: 'about:blank', title: status === 401 ? 'Not signed in' : 'Refused', status, detail, requestId: request.id });
}
