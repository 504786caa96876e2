/** The audit trail: who did what, before and after, and whether its chain holds. Of the whole installation, not of one store. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { addDays } from '../../domain/calendar.ts';
import { trailPage, trailWords, verifyTrail, type TrailFilter } from '../../store/audit-trail.ts';
import type { Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { TrailPage, TrailQuery, TrailState } from '../contract-people.ts';
import { csv } from '../csv.ts';

const MOST_CSV = 100_000;

export function auditTrailRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();

  api.get('/api/v1/audit-trail', { schema: { tags: ['people'], summary: 'Who did what, newest first', querystring: TrailQuery, response: { 200: TrailPage } } }, async (request) => {
    const { limit } = request.query, rows = await trailPage(house.db, { ...filterOf(request.query), limit: limit + 1 }), page = rows.slice(0, limit);
    return { rows: page.map(({ audit_id, ...row }) => ({ auditId: audit_id, ...row })), nextCursor: rows.length > limit ? page.at(-1)!.audit_id : null };
  });

  api.get('/api/v1/audit-trail.csv', { schema: { tags: ['people'], summary: 'The same as CSV, with the link and hash of each entry (at most 100,000)', querystring: TrailQuery } }, async (request, reply) => {
    const rows = await trailPage(house.db, { ...filterOf({ ...request.query, cursor: undefined }), limit: MOST_CSV });
    return csv(reply, 'audit-trail', ['Link', 'At', 'Who', 'Did', 'On', 'Before', 'After', 'Hash'], rows.map((row) => [row.link, row.at, row.actor, row.action, row.subject, asText(row.before), asText(row.after), row.hash]));
  });

  api.get('/api/v1/audit-trail/verify', { schema: { tags: ['people'], summary: 'Works the whole chain out again', response: { 200: TrailState } } }, async () => {
    const [{ links, head, broken }, words] = [await verifyTrail(house.db), await trailWords(house.db)];
    return { links, head, broken: broken.map(({ link, auditId, fault }) => ({ link, auditId, fault })), ...words };
  });
}

function filterOf({ q, actor, action, from, to, cursor }: Of<typeof TrailQuery>): Omit<TrailFilter, 'limit'> {
  return { q, actor, action, from: from && `${from}T00:00:00Z`, to: to && `${addDays(to, 1)}T00:00:00Z`, before: cursor };
}

const asText = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
