/** A peak as it goes on, a sample a minute, and its report: gathered once when it is over, and kept as it was found. */
import type { PeakFacts, PeakReport } from '../domain/push/peak-report.ts';
import type { Sample } from '../domain/push/rehearsal.ts';
import type { Queryable } from './db.ts';
import type { PeakPage } from './peak.ts';

/** Kept of a peak: of the messages for the lags, newest first; of the acts, oldest first. */
const MOST_MESSAGES = 500_000, MOST_ACTS = 300, MOST_SAMPLES = 30_000;

export interface OpenPeak { peak_report_id: string; begun_at: string; begun_by: string; until: string | null }

/** The peak of a store that is being written down, if any. */
export async function openPeak(db: Queryable, storeId: number): Promise<OpenPeak | null> {
  return (await db.query<OpenPeak>('select peak_report_id, begun_at, begun_by, until from peak_report where store_id = $1 and ended_at is null', [storeId])).rows[0] ?? null;
}

/** Begins to write down a peak that is on: from when somebody began it, else from now. Heard twice, begun once. */
export async function beginPeak(db: Queryable, storeId: number, until: string, now: string): Promise<void> {
  await db.query(
    `insert into peak_report (store_id, begun_at, begun_by, until)
     select $1, coalesce(e.at, $2), coalesce(e.by_whom, (select updated_by from push_policy where store_id = $1 and peak_until > $2 order by updated_at desc limit 1)), $3 from (select 1) one
     left join lateral (select at, by_whom from peak_event where store_id = $1 and action = 'peak begun' and at > coalesce((select max(ended_at) from peak_report where store_id = $1), '-infinity') and until > $2 order by peak_event_id limit 1) e on true
     on conflict (store_id) where ended_at is null do nothing`, [storeId, now, until]);
}

export async function saveSample(db: Queryable, storeId: number, reportId: string, page: PeakPage, until: string, now: string): Promise<void> {
  const { hot: _, places: __, perMinute: ___, ...figures } = page;
  await db.query('insert into peak_sample (store_id, peak_report_id, at, figures) values ($1, $2, $3, $4) on conflict do nothing', [storeId, reportId, now, JSON.stringify(figures)]);
  await db.query('update peak_report set until = $3 where store_id = $1 and peak_report_id = $2', [storeId, reportId, until]);
}

/** When and by whom a peak that is no longer on was ended: by a person, or at the time it was given. */
export async function endOf(db: Queryable, storeId: number, peak: OpenPeak, now: string): Promise<{ at: string; by: string }> {
  const { rows: [event] } = await db.query<{ at: string; by: string }>(`select at, by_whom as by from peak_event where store_id = $1 and action = 'peak ended' and at >= $2 order by peak_event_id desc limit 1`, [storeId, peak.begun_at]);
  if (event) return event;
  const byTime = peak.until !== null && peak.until <= now;
  return { at: byTime ? peak.until! : now, by: byTime ? 'time' : 'a location’s own setting' };
}

/** What happened between two instants, in a few bounded statements. */
export async function peakFacts(db: Queryable, storeId: number, from: string, to: string): Promise<{ facts: PeakFacts; perMinute: { minute: number; orders: number }[] }> {
  const span = [storeId, from, to] as const;
  const { rows: perMinute } = await db.query<{ minute: number; orders: number }>(
    `select floor(extract(epoch from processed_at - $2::timestamptz) / 60)::int as minute, count(*)::int as orders from sales_order where store_id = $1 and updated_at >= $2 and processed_at >= $2 and processed_at < $3 group by 1 order by 1`, [...span]);
  const { rows: [units] } = await db.query<{ units: number }>(
    `select coalesce(sum((line.value ->> 'ordered')::int), 0)::int as units from sales_order o cross join lateral jsonb_each(o.state -> 'lines') as line where o.store_id = $1 and o.updated_at >= $2 and o.processed_at >= $2 and o.processed_at < $3`, [...span]);
  const { rows: [lag] } = await db.query<{ in_p50: number | null; in_p99: number | null; messages: number }>(
    `select percentile_cont(0.5) within group (order by seconds)::float8 as in_p50, percentile_cont(0.99) within group (order by seconds)::float8 as in_p99, count(*)::int as messages from (
       select greatest(0, extract(epoch from case when triggered_at is null then settled_at - received_at else settled_at + coalesce(clock_error_ms, 0) * interval '1 millisecond' - triggered_at end)) as seconds
       from inbox where store_id = $1 and received_at >= $2 and received_at < $3 and settled_at is not null order by received_at desc limit ${MOST_MESSAGES}) i`, [...span]);
  const { rows: [out] } = await db.query<{ out_p50: number | null; out_p99: number | null }>(
    `select percentile_cont(0.5) within group (order by seconds)::float8 as out_p50, percentile_cont(0.99) within group (order by seconds)::float8 as out_p99 from (
       select greatest(0, extract(epoch from settled_at - dirty_since)) as seconds from push_attempt where store_id = $1 and settled_at >= $2 and settled_at < $3 and state = 'written' order by settled_at desc limit ${MOST_MESSAGES}) o`, [...span]);
  const { rows: pushes } = await db.query<{ state: 'written' | 'stale' | 'refused' | 'abandoned'; n: number }>(
    `select r.state, count(*)::int as n from push_attempt a join push_attempt_row r using (store_id, attempt_id) where a.store_id = $1 and a.settled_at >= $2 and a.settled_at < $3 group by 1`, [...span]);
  const { rows: cases } = await db.query<PeakFacts['cases'][number]>(
    `select e.kind, count(*) filter (where v.what in ('opened', 'came back', 'reopened'))::int as raised, count(*) filter (where v.what = 'resolved')::int as closed, count(distinct e.exception_id) filter (where e.state = 'open')::int as open
     from exception_event v join exception e using (store_id, exception_id) where v.store_id = $1 and v.at >= $2 and v.at < $3 and v.what in ('opened', 'came back', 'reopened', 'resolved') group by 1 order by 2 desc, 1`, [...span]);
  const { rows: [oversold] } = await db.query<PeakFacts['oversold']>(
    `select count(*)::int as cases, coalesce(sum(size), 0)::int as units from exception e where e.store_id = $1 and e.kind = 'OVERSOLD' and e.first_seen < $3 and e.last_seen >= $2
       and exists (select from exception_event v where v.store_id = e.store_id and v.exception_id = e.exception_id and v.what in ('opened', 'came back') and v.at >= $2 and v.at < $3)`, [...span]);
  const { rows: heldBack } = await db.query<PeakFacts['heldBack'][number]>(
    `select coalesce(nullif(i.sku, ''), i.title) as sku, h.since, coalesce(h.ended_at, h.until) as until, h.held_by as by, h.reason from held_back h join item i using (item_id) where h.store_id = $1 and h.since < $3 and coalesce(h.ended_at, 'infinity') >= $2 order by h.since limit 500`, [...span]);
  // Events of the peak carry their reasons; of the trail, what is not already said by them.
  const { rows: acts } = await db.query<PeakFacts['acts'][number] & { all: number }>(
    `select at, by, what, said, count(*) over ()::int as "all" from (
       select at, by_whom as by, action as what, case cardinality(location_ids) when 1 then '1 location' else cardinality(location_ids) || ' locations' end || case when reason = '' then '' else ', ' || reason end as said from peak_event where store_id = $1 and at >= $2 and at <= $3
       union all select at, actor, action, left(subject, 200) || coalesce(', ' || left(after ->> 'reason', 200), '') from audit_event where at >= $2 and at <= $3 and action not like 'peak: %' and action not in ('signed in', 'signed out', 'sign-in failed')
     ) acts order by at limit ${MOST_ACTS}`, [...span]);
  const busiest = perMinute.reduce<{ minute: number; orders: number } | null>((most, one) => (most === null || one.orders > most.orders ? one : most), null), of = (state: string): number => pushes.find((row) => row.state === state)?.n ?? 0;
  return { perMinute, facts: {
    orders: { total: perMinute.reduce((sum, one) => sum + one.orders, 0), units: units!.units, busiestMinute: busiest?.orders ?? 0, busiestAt: busiest === null ? null : new Date(Date.parse(from) + busiest.minute * 60_000).toISOString() },
    lag: { inP50: lag!.in_p50, inP99: lag!.in_p99, outP50: out!.out_p50, outP99: out!.out_p99, messages: lag!.messages },
    pushes: { written: of('written'), stale: of('stale'), refused: of('refused'), abandoned: of('abandoned') }, oversold: oversold!, cases, heldBack,
    acts: acts.map(({ all: _, ...act }) => act), actsLeftOut: Math.max(0, (acts[0]?.all ?? 0) - acts.length),
  } };
}

/** The samples of a peak by second since its beginning, oldest first. */
export async function samplesOf(db: Queryable, storeId: number, peak: OpenPeak): Promise<Sample[]> {
  const { rows } = await db.query<{ second: number; figures: Sample['figures'] & { inboxWaiting: number; pushWaiting: number } }>(
    `select round(extract(epoch from at - $3::timestamptz))::int as second, figures from peak_sample where store_id = $1 and peak_report_id = $2 order by at limit ${MOST_SAMPLES}`, [storeId, peak.peak_report_id, peak.begun_at]);
  return rows.map(({ second, figures }) => ({ second: Math.max(0, second), figures, inboxWaiting: figures.inboxWaiting, pushWaiting: figures.pushWaiting }));
}

/** Keeps the report of a peak that is over; the first to write it is the one that counts. The samples are in it, by stretches, and go. */
export async function closePeak(tx: Queryable, storeId: number, reportId: string, report: PeakReport, now: string): Promise<boolean> {
  const { rowCount } = await tx.query('update peak_report set ended_at = $3, ended_by = $4, written_at = $5, report = $6 where store_id = $1 and peak_report_id = $2 and ended_at is null', [storeId, reportId, report.endedAt, report.endedBy, now, JSON.stringify(report)]);
  if (rowCount === 0) return false;
  await tx.query('delete from peak_sample where store_id = $1 and peak_report_id = $2', [storeId, reportId]);
  return true;
}

export interface PeakReportRow { peak_report_id: string; begun_at: string; begun_by: string; ended_at: string; ended_by: string; written_at: string; orders: number; failed: number }

/** Reports that were written, newest first. */
export async function peakReports(db: Queryable, storeId: number, limit: number): Promise<PeakReportRow[]> {
  return (await db.query<PeakReportRow>(
    `select peak_report_id, begun_at, begun_by, ended_at, ended_by, written_at, (report -> 'orders' ->> 'total')::int as orders, (select count(*)::int from jsonb_array_elements(report -> 'rules') r where r ->> 'passed' = 'false') as failed
     from peak_report where store_id = $1 and report is not null order by peak_report_id desc limit $2`, [storeId, limit])).rows;
}

export async function peakReport(db: Queryable, storeId: number, reportId: string): Promise<PeakReport | null> {
  return (await db.query<{ report: PeakReport }>('select report from peak_report where store_id = $1 and peak_report_id = $2 and report is not null', [storeId, reportId])).rows[0]?.report ?? null;
}
