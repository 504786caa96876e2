/** Audit reports: the newest or a former one, its gaps page by page, and the whole as HTML, JSON and CSV. Making one is running the flow. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { GAP_COLUMNS, gapLines } from '../../domain/audit/gap-lines.ts';
import { htmlReport } from '../../domain/audit/report.ts';
import { printPdf } from '../../runtime/print-pdf.ts';
import { findReport, listReports, reportGaps, wholeReport, type ReportRow } from '../../store/audit.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { AuditQuery, AuditView, GapPage, GapQuery, type AuditSummary } from '../contract-audit.ts';
import { csv } from '../csv.ts';
import { cut, decodeParts } from '../cursor.ts';
import { storeOf } from '../store-scope.ts';

export function auditRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();

  api.get('/api/v1/audit', { schema: { tags: ['audit'], summary: 'An audit of the shop, and the scores so far', querystring: AuditQuery, response: { 200: AuditView } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), found = await findReport(house.db, store.store_id, request.query.report ?? null);
    if (!found && request.query.report !== undefined) throw new Refusal(404, `There is no audit ${request.query.report}`);
    return { report: found && { ...summary(found), explained: found.report.explained, read: found.report.read, checks: found.report.checks }, history: (await listReports(house.db, store.store_id)).map(summary) };
  });

  api.get('/api/v1/audit/gaps', { schema: { tags: ['audit'], summary: 'Gaps of an audit with their evidence, the dearest of each check first', querystring: GapQuery, response: { 200: GapPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { report, check, owner, q, limit, cursor } = request.query;
    const of = await findReport(house.db, store.store_id, report ?? null);
    if (!of) return { rows: [], nextCursor: null };
    const after = decodeParts<[number]>(cursor, ['number']);
    const { page, nextCursor } = cut(await reportGaps(house.db, store.store_id, of.report_id, { check: check ?? null, owner: owner ?? null, q: q?.trim() || null, after: after?.[0] ?? null, limit: limit + 1 }), limit, (row) => [row.gap_no]);
    return { rows: page.map((row) => ({
      gapNo: row.gap_no, check: row.check_id, owner: row.owner, severity: row.severity, subject: row.subject, sentence: row.sentence, units: row.units, money: row.money, itemId: row.item_id, locationId: row.location_id,
      adminUrl: row.detail.admin ? `https://${store.shop_domain}/admin/${row.detail.admin}` : null, evidence: row.detail.evidence,
    })), nextCursor };
  });

  const whole = async (query: Of<typeof AuditQuery>) => {
    const store = await storeOf(house.db, query.store), of = await findReport(house.db, store.store_id, query.report ?? null);
    if (!of) throw new Refusal(404, 'No audit has been made yet. Run it on the Audit report page.');
    return { name: `audit-${store.shop_domain}-${of.made_at.slice(0, 10)}`.replaceAll(/[^A-Za-z0-9._-]/g, '-'), report: (await wholeReport(house.db, store.store_id, of.report_id))! };
  };
  const file = { tags: ['audit'], querystring: AuditQuery };
  api.get('/api/v1/audit.html', { schema: { ...file, summary: 'An audit as one page, to print or send' } }, async (request, reply) => {
    const { name, report } = await whole(request.query);
    return reply.type('text/html; charset=utf-8').header('content-disposition', `attachment; filename="${name}.html"`).send(htmlReport(report));
  });
  api.get('/api/v1/audit.pdf', { schema: { ...file, summary: 'An audit as PDF, printed by the browser from npm where it is installed (501 says what to add)' } }, async (request, reply) => {
    const { name, report } = await whole(request.query), printed = await printPdf(htmlReport(report));
    if ('why' in printed) throw new Refusal(printed.later ? 503 : 501, `No PDF was made: ${printed.why}.`);
    return reply.type('application/pdf').header('content-disposition', `attachment; filename="${name}.pdf"`).send(printed.pdf);
  });
  api.get('/api/v1/audit.json', { schema: { ...file, summary: 'An audit as JSON, gaps and all' } }, async (request, reply) => {
    const { name, report } = await whole(request.query);
    return reply.type('application/json; charset=utf-8').header('content-disposition', `attachment; filename="${name}.json"`).send(JSON.stringify(report));
  });
  api.get('/api/v1/audit.csv', { schema: { ...file, summary: 'Every gap of an audit as a line' } }, async (request, reply) => {
    const { name, report } = await whole(request.query);
    return csv(reply, name, GAP_COLUMNS, gapLines(report));
  });
}

function summary(row: ReportRow): Of<typeof AuditSummary> {
  return { reportId: row.report_id, madeAt: row.made_at, madeBy: row.made_by, score: row.score, gaps: row.gaps, units: row.units, money: row.money };
}
