/** Session, first administrator, sign-in and sign-out. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { VERSION } from '../../runtime/version.ts';
import { audit, createFirstAdministrator, endSession, findUserByEmail, noteFailure, recentFailures } from '../../store/users.ts';
import { listStores } from '../../store/stores.ts';
import { Refusal, type Services } from '../app.ts';
import { NOBODY, clearSession, hashPassword, sessionToken, startSession, tokenHash, verifyPassword } from '../auth.ts';
import { LoginBody, Session, SetupBody } from '../contract.ts';

export type ZodApp = FastifyInstance<never, never, never, never, ZodTypeProvider>;

export function sessionRoutes(app: FastifyInstance, { house, guard }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const now = (): string => house.clock.now().toISOString();
  const secure = house.config.publicUrl.startsWith('https:');

  api.get('/api/v1/session', { config: { public: true }, schema: { tags: ['session'], summary: 'Who is signed in, and which stores there are', response: { 200: Session } } }, async (request) => {
    const mode = request.user ? 'signed-in' as const : (await guard.isOpen()) ? 'open' as const : 'signed-out' as const;
    const stores = mode === 'signed-out' ? [] : await listStores(house.db);
    const { rows } = await house.db.query<{ store_id: number; origin: string | null }>('select store_id, origin from connection');
    const origins = new Map(rows.map((row) => [row.store_id, row.origin]));
    return {
      mode, version: VERSION,
      user: request.user ? { userId: request.user.user_id, email: request.user.email, name: request.user.name, role: request.user.role } : null,
      stores: stores.map((s) => ({
        storeId: s.store_id, shopDomain: s.shop_domain, name: s.name, currency: s.currency, timeZone: s.time_zone, historyFrom: s.history_from, historyTruncated: s.history_truncated,
        importedAt: s.imported_at, isSandbox: (origins.get(s.store_id) ?? null) !== null,
      })),
    };
  });

  api.post('/api/v1/setup', { config: { public: true }, schema: { tags: ['session'], summary: 'Create the first administrator with the token printed at start', body: SetupBody, response: { 200: z.object({ ok: z.literal(true) }) } } }, async (request, reply) => {
    const { token, email, name, password } = request.body;
    const hash = await hashPassword(password);
    const userId = await house.db.transaction((tx) => createFirstAdministrator(tx, tokenHash(token), { email, name, passwordHash: hash }, now()));
    if (userId === null) throw new Refusal(403, 'This token is wrong, used or older than it may be. Restart Instep to get a new one.');
    guard.closed();
    await audit(house.db, { at: now(), actor: email, action: 'administrator created', subject: email });
    await startSession(house.db, reply, userId, house.clock.now(), secure);
    return { ok: true as const };
  });

  api.post('/api/v1/login', { config: { public: true }, schema: { tags: ['session'], summary: 'Sign in', body: LoginBody, response: { 200: z.object({ ok: z.literal(true) }) } } }, async (request, reply) => {
    const account = request.body.email.toLowerCase();
    if ((await recentFailures(house.db, account, now())) >= 8 || (await recentFailures(house.db, request.ip, now())) >= 40) {
      throw new Refusal(429, 'Too many failed sign-ins. Wait fifteen minutes and try again.');
    }
    const user = await findUserByEmail(house.db, account);
    const fits = await verifyPassword(request.body.password, user?.password_hash ?? (await NOBODY));
    if (!user || !fits) {
      await noteFailure(house.db, account, now());
      await noteFailure(house.db, request.ip, now());
      await audit(house.db, { at: now(), actor: account, action: 'sign-in failed', subject: request.ip });
      throw new Refusal(401, 'E-mail or password is not right.');
    }
    await audit(house.db, { at: now(), actor: account, action: 'signed in', subject: request.ip });
    await startSession(house.db, reply, user.user_id, house.clock.now(), secure);
    return { ok: true as const };
  });

  api.post('/api/v1/logout', { config: { public: true }, schema: { tags: ['session'], summary: 'Sign out', response: { 200: z.object({ ok: z.literal(true) }) } } }, async (request, reply) => {
    const token = sessionToken(request);
    if (token) await endSession(house.db, tokenHash(token));
    if (request.user) await audit(house.db, { at: now(), actor: request.user.email, action: 'signed out', subject: request.ip });
    clearSession(reply);
    return { ok: true as const };
  });
}
