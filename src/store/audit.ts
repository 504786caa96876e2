/** Audits kept: the report, its gaps by row so that lists need not hold them all, the scores so far. */
import type pg from 'pg';
import type { AuditReport } from '../domain/audit/audit.ts';
import type { Gap } from '../domain/audit/check.ts';
import type { Queryable } from './db.ts';

/** Half a year of weeks. */
const KEPT = 26;

export interface ReportRow { report_id: string; made_at: string; made_by: string; score: number; gaps: number; units: number; money: number | null }
export interface GapRow { gap_no: number; check_id: string; owner: string; severity: number; subject: string; sentence: string; units: number; money: number | null; item_id: number | null; location_id: number | null; detail: Pick<Gap, 'variantId' | 'locationId' | 'admin' | 'evidence'> }
type StoredReport = Omit<AuditReport, 'checks'> & { checks: Omit<AuditReport['checks'][number], 'gaps'>[] };

/** Stores a report with its gaps, each led to its item and location here; only the last half year of reports stays. Answers its id. */
export async function saveReport(tx: pg.PoolClient, storeId: number, report: AuditReport, by: string): Promise<string> {
  const stored: StoredReport = { ...report, checks: report.checks.map(({ gaps: _, ...rest }) => rest) };
  const { rows } = await tx.query<{ report_id: string }>('insert into audit_report (store_id, made_at, made_by, score, gaps, units, money, report) values ($1, $2, $3, $4, $5, $6, $7, $8) returning report_id',
    [storeId, report.at, by, report.score, report.gaps, report.units, report.money, JSON.stringify(stored)]);
  const id = rows[0]!.report_id, all = report.checks.flatMap((check) => check.gaps.map((gap) => ({ check, gap })));
  await tx.query(
    `insert into audit_gap (store_id, report_id, gap_no, check_id, owner, severity, subject, sentence, units, money, item_id, location_id, detail)
     select $1, $2, t.n, t.check_id, t.owner, t.severity, t.subject, t.sentence, t.units, t.money, x.item_id, l.location_id, t.detail::jsonb
     from unnest($3::int[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::int[], $10::bigint[], $11::bigint[], $12::bigint[], $13::text[]) as t(n, check_id, owner, severity, subject, sentence, units, money, variant_id, place_id, detail)
     left join variant v on v.store_id = $1 and v.shopify_variant_id = t.variant_id left join inventory_item x on x.store_id = $1 and x.shopify_inventory_item_id = v.shopify_inventory_item_id
     left join location l on l.store_id = $1 and l.shopify_location_id = t.place_id`,
    [storeId, id, all.map((_, n) => n), all.map(({ check }) => check.id), all.map(({ check }) => check.owner), all.map(({ check, gap }) => gap.severity ?? check.severity), all.map(({ gap }) => clean(gap.subject)), all.map(({ gap }) => clean(gap.sentence)), all.map(({ gap }) => gap.units), all.map(({ gap }) => gap.money),
      all.map(({ gap }) => gap.variantId ?? null), all.map(({ gap }) => gap.locationId ?? null), all.map(({ gap }) => JSON.stringify({ variantId: gap.variantId, locationId: gap.locationId, admin: gap.admin, evidence: gap.evidence }))]);
  await tx.query('delete from audit_report where store_id = $1 and report_id <= (select report_id from audit_report where store_id = $1 order by report_id desc offset $2 limit 1)', [storeId, KEPT]);
  return id;
}

/** PostgreSQL keeps no NUL. */
const clean = (text: string): string => text.replaceAll('\u0000', '');

export async function listReports(db: Queryable, storeId: number): Promise<ReportRow[]> {
  return (await db.query<ReportRow>('select report_id, made_at, made_by, score, gaps, units::float8 as units, money::float8 as money from audit_report where store_id = $1 order by report_id desc limit $2', [storeId, KEPT])).rows;
}

/** A report without its gaps; the newest when no id is given. */
export async function findReport(db: Queryable, storeId: number, reportId: string | null): Promise<(ReportRow & { report: StoredReport }) | null> {
  return (await db.query<ReportRow & { report: StoredReport }>('select report_id, made_at, made_by, score, gaps, units::float8 as units, money::float8 as money, report from audit_report where store_id = $1 and ($2::bigint is null or report_id = $2) order by report_id desc limit 1', [storeId, reportId])).rows[0] ?? null;
}

export async function reportGaps(db: Queryable, storeId: number, reportId: string, filter: { check: string | null; owner: string | null; q: string | null; after: number | null; limit: number }): Promise<GapRow[]> {
  return (await db.query<GapRow>(
    `select gap_no, check_id, owner, severity, subject, sentence, units, money::float8 as money, item_id, location_id, detail from audit_gap where store_id = $1 and report_id = $2 and ($3::text is null or check_id = $3) and ($4::text is null or owner = $4)
       and ($5::text is null or strpos(lower(subject || ' ' || sentence), lower($5)) > 0) and ($6::int is null or gap_no > $6) order by gap_no limit $7`, [storeId, reportId, filter.check, filter.owner, filter.q, filter.after, filter.limit])).rows;
}

/** The report as it was made, gaps and all. */
export async function wholeReport(db: Queryable, storeId: number, reportId: string): Promise<AuditReport | null> {
  const found = await findReport(db, storeId, reportId);
  if (!found) return null;
  const gaps = Map.groupBy(await reportGaps(db, storeId, found.report_id, { check: null, owner: null, q: null, after: null, limit: 100_000 }), (row) => row.check_id);
  return { ...found.report, checks: found.report.checks.map((check) => ({ ...check, gaps: (gaps.get(check.id) ?? []).map((row) => ({ subject: row.subject, sentence: row.sentence, units: row.units, money: row.money, ...row.detail })) })) };
}
