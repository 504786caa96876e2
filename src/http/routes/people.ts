/** People: administrators invite them, give them a role and shut them out; everybody changes their own password. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { acceptInvitation, addPerson, changePerson, endSessions, findPerson, invite, listPeople, setPassword, type PersonRow } from '../../store/people.ts';
import { audit, noteFailure, recentFailures } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { hashPassword, startSession, tokenHash, verifyPassword } from '../auth.ts';
import type { Of } from '../contract.ts';
import { Invitation, JoinBody, PasswordBody, People, Person, PersonBody, PersonChange } from '../contract-people.ts';

const INVITE_DAYS = 7;
const Done = z.object({ ok: z.literal(true) });

export function peopleRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), params = z.object({ userId: z.coerce.number().int().positive() }), tags = ['people'];
  const now = (): string => house.clock.now().toISOString();
  const secure = house.config.publicUrl.startsWith('https:');
  const found = async (userId: number): Promise<PersonRow> => {
    const person = await findPerson(house.db, userId, now());
    if (!person) throw new Refusal(404, 'There is no such account.');
    return person;
  };
  const link = async (tx: Parameters<typeof invite>[0], userId: number): Promise<Of<typeof Invitation>> => {
    const token = randomBytes(32).toString('base64url'), until = new Date(house.clock.now().getTime() + INVITE_DAYS * 86_400_000).toISOString();
    await invite(tx, userId, tokenHash(token), until);
    return { userId, url: `${house.publicUrl}/join?token=${token}`, until };
  };

  api.get('/api/v1/people', { schema: { tags, summary: 'Who may sign in, and as what', response: { 200: People } } }, async (request) => (
    { people: (await listPeople(house.db, now())).map((row) => view(row, now())), mayChange: request.user?.role === 'admin' }));

  api.post('/api/v1/people', { schema: { tags, summary: 'Invite somebody: the answer holds the link with which they set their password', body: PersonBody, response: { 200: Invitation } } }, async (request) => {
    const by = administrator(request), { email, name, role } = request.body;
    return house.db.transaction(async (tx) => {
      const userId = await addPerson(tx, { email, name, role }, now());
      if (userId === null) throw new Refusal(409, `email: ${email.toLowerCase()} has an account already. Give it a new link, or let it in again.`);
      const made = await link(tx, userId);
      await audit(tx, { at: now(), actor: by, action: 'person invited', subject: email.toLowerCase(), after: { name, role } });
      return made;
    });
  });

  api.put('/api/v1/people/:userId', { schema: { tags, summary: 'Another name or role; shut out, or let in again. Their sessions end with either', params, body: PersonChange, response: { 200: Person } } }, async (request) => {
    const by = administrator(request), before = await found(request.params.userId), to = { name: request.body.name ?? before.name, role: request.body.role ?? before.role, disabled: request.body.disabled ?? before.disabled_at !== null };
    await house.db.transaction(async (tx) => {
      if (!(await changePerson(tx, before.user_id, to, now()))) throw new Refusal(409, 'This is the last administrator who can sign in. Make somebody else one first.');
      await audit(tx, { at: now(), actor: by, action: 'person changed', subject: before.email, before: { name: before.name, role: before.role, disabled: before.disabled_at !== null }, after: to });
    });
    return view(await found(before.user_id), now());
  });

  api.post('/api/v1/people/:userId/invitation', { schema: { tags, summary: 'A new link to set a password; the one before no longer works', params, response: { 200: Invitation } } }, async (request) => {
    const by = administrator(request), person = await found(request.params.userId);
    if (person.disabled_at !== null) throw new Refusal(409, 'This account is shut out. Let it in again first.');
    return house.db.transaction(async (tx) => {
      const made = await link(tx, person.user_id);
      await audit(tx, { at: now(), actor: by, action: person.has_password ? 'password link given' : 'person invited', subject: person.email });
      return made;
    });
  });

  api.delete('/api/v1/people/:userId/sessions', { schema: { tags, summary: 'Sign somebody out everywhere', params, response: { 200: z.object({ ended: z.number() }) } } }, async (request) => {
    const by = administrator(request), person = await found(request.params.userId);
    return house.db.transaction(async (tx) => {
      const ended = await endSessions(tx, person.user_id);
      await audit(tx, { at: now(), actor: by, action: 'sessions ended', subject: person.email, after: { ended } });
      return { ended };
    });
  });

  api.post('/api/v1/join', { config: { public: true }, schema: { tags, summary: 'Set a password with the link that was given, and sign in', body: JoinBody, response: { 200: Done } } }, async (request, reply) => {
    if ((await recentFailures(house.db, request.ip, now())) >= 40) throw new Refusal(429, 'Too many failed tries. Wait fifteen minutes and try again.');
    const password = await hashPassword(request.body.password);
    const user = await house.db.transaction(async (tx) => {
      const accepted = await acceptInvitation(tx, tokenHash(request.body.token), password, now());
      if (accepted) await audit(tx, { at: now(), actor: accepted.email, action: 'password set', subject: request.ip });
      return accepted;
    });
    if (!user) {
      await noteFailure(house.db, request.ip, now());
      throw new Refusal(403, 'This link was used already, or is older than seven days. Ask an administrator for a new one.');
    }
    await startSession(house.db, reply, user.user_id, house.clock.now(), secure);
    return { ok: true as const };
  });

  api.put('/api/v1/session/password', { schema: { tags, summary: 'Change your own password; your other sessions end', body: PasswordBody, response: { 200: Done } } }, async (request, reply) => {
    const { user } = request;
    if (!user) throw new Refusal(409, 'There are no accounts yet: create the administrator first.');
    if ((await recentFailures(house.db, user.email, now())) >= 8) throw new Refusal(429, 'Too many failed tries. Wait fifteen minutes and try again.');
    if (!(await verifyPassword(request.body.current, user.password_hash!))) {
      await noteFailure(house.db, user.email, now());
      throw new Refusal(403, 'current: this is not your password.');
    }
    const password = await hashPassword(request.body.password);
    await house.db.transaction(async (tx) => {
      await setPassword(tx, user.user_id, password);
      await audit(tx, { at: now(), actor: user.email, action: 'password set', subject: request.ip });
    });
    await startSession(house.db, reply, user.user_id, house.clock.now(), secure);
    return { ok: true as const };
  });
}

/** The administrator who asks. */
function administrator(request: FastifyRequest): string {
  if (!request.user) throw new Refusal(409, 'There is no administrator yet. Create the first with the address printed at start; then people can be invited.');
  if (request.user.role !== 'admin') throw new Refusal(403, 'Only administrators change accounts. Ask one of them.');
  return request.user.email;
}

function view(row: PersonRow, now: string): Of<typeof Person> {
  const invited = row.invite_until !== null && Date.parse(row.invite_until) > Date.parse(now);
  return {
    userId: row.user_id, email: row.email, name: row.name, role: row.role as Of<typeof Person>['role'], createdAt: row.created_at, disabledAt: row.disabled_at, lastSeen: row.last_seen, sessions: row.sessions,
    state: row.disabled_at !== null ? 'disabled' : row.has_password ? 'active' : 'invited', inviteUntil: invited ? row.invite_until : null,
  };
}
