/** The public contract of people and of the audit trail under /api/v1. */
import { z } from 'zod';
import { ALERT_ROLES } from './contract-alerts.ts';

export const ROLES = ['admin', 'ecommerce', 'planner', 'warehouse', 'finance', 'viewer'] as const;
const instant = z.string(), name = z.string().trim().min(1).max(120), email = z.email().max(200), password = z.string().min(12).max(128);

export const Person = z.object({
  userId: z.number(), email: z.string(), name: z.string(), role: z.enum(ROLES), createdAt: instant, disabledAt: instant.nullable(), lastSeen: instant.nullable().describe('of the sessions still kept'), sessions: z.number().describe('open now'),
  state: z.enum(['active', 'invited', 'disabled']), inviteUntil: instant.nullable().describe('until when the link given last may be used'),
}).meta({ id: 'Person' });
export const People = z.object({ people: z.array(Person), mayChange: z.boolean() }).meta({ id: 'People' });
export const PersonBody = z.object({ email, name, role: z.enum(ROLES) }).strict().meta({ id: 'PersonBody' });
export const PersonChange = z.object({ name: name.optional(), role: z.enum(ROLES).optional(), disabled: z.boolean().optional() }).strict().meta({ id: 'PersonChange' });
export const Invitation = z.object({ userId: z.number(), url: z.string().describe('shown once; whoever opens it sets the password'), until: instant }).meta({ id: 'Invitation' });
export const JoinBody = z.object({ token: z.string().min(1).max(200), password }).strict().meta({ id: 'JoinBody' });
export const PasswordBody = z.object({ current: z.string().min(1).max(128), password }).strict().meta({ id: 'PasswordBody' });

export const TrailQuery = z.object({
  q: z.string().max(200).optional().describe('words that must all be in it'), actor: z.string().max(200).optional(), action: z.string().max(100).optional().describe('how the act begins'),
  from: z.iso.date().optional().describe('UTC'), to: z.iso.date().optional().describe('inclusive, UTC'), cursor: z.string().regex(/^\d{1,18}$/).optional(), limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const TrailEntry = z.object({ auditId: z.string(), at: instant, actor: z.string(), action: z.string(), subject: z.string(), before: z.unknown(), after: z.unknown(), link: z.string().describe('its number in the chain'), hash: z.string() }).meta({ id: 'TrailEntry' });
export const TrailPage = z.object({ rows: z.array(TrailEntry), nextCursor: z.string().nullable() }).meta({ id: 'TrailPage' });
export const TrailState = z.object({
  links: z.number(), head: z.string().describe('hash of the last link; filed elsewhere, it proves everything before it'), broken: z.array(z.object({ link: z.string().nullable(), auditId: z.string().nullable(), fault: z.string() })), actors: z.array(z.string()), actions: z.array(z.string()),
}).meta({ id: 'TrailState' });

/** Parts of the daily running, as cases are owned. */
export const HANDOVER_OWNERS = ALERT_ROLES;
export const Handovers = z.object({
  owners: z.array(z.object({
    owner: z.enum(HANDOVER_OWNERS), mayTake: z.boolean().describe('whether who asks may sign for it'),
    taken: z.object({ by: z.string(), name: z.string(), at: instant, note: z.string().nullable(), times: z.number().describe('how often it was taken over; this was the last') }).nullable(),
  })),
}).meta({ id: 'Handovers' });
export const HandoverBody = z.object({ owner: z.enum(HANDOVER_OWNERS), note: z.string().trim().max(500).optional() }).strict().meta({ id: 'HandoverBody' });
