/** Audits of a connected store, and periods: kept, paged, downloaded, signed once and frozen. */
import { extractText, getDocumentProxy } from 'unpdf';
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/flows/audit.ts';
import { periodText } from '../../src/domain/audit/chain.ts';
import { dailyDigest } from '../../src/flows/daily-digest.ts';
import { sha256 } from '../../src/store/signed-periods.ts';
import { addDays } from '../../src/domain/calendar.ts';
import type { BroughtForward, PeriodFigures } from '../../src/domain/audit/period.ts';
import { shelfWarehouse } from '../helpers/shelf-warehouse.ts';
import { world } from '../helpers/world.ts';

const warehouse = shelfWarehouse(() => new Date().toISOString());
const w = await world({ worker: false, months: 2, warehouse });
await w.import();
const get = <T>(path: string): Promise<T> => w.api<T>(`/api/v1${path}${path.includes('?') ? '&' : '?'}store=${w.storeId}`);
interface View { report: { reportId: string; score: number; gaps: number; checks: { id: string; found: number; skipped: string | null; owner: string }[] } | null; history: { reportId: string; score: number }[] }

describe('an audit of a connected store', () => {
  it('is not there before it was made', async () => {
    expect(await get<View>('/audit')).toEqual({ report: null, history: [] });
    await expect(get('/audit.html')).rejects.toThrow('404');
  });
  it('makes every check, and is read page by page', async () => {
    const { rows: [place] } = await w.house.db.query<{ shopify_location_id: string }>('select shopify_location_id from location where store_id = $1 order by location_id limit 1', [w.storeId]);
    warehouse.put('NOBODYS-CODE', 7);
    warehouse.countAll();
    await w.serve(place!.shopify_location_id, { mode: 'shadow' });
    await w.run(audit);
    const { report, history } = await get<View>('/audit');
    expect(report!.checks.filter((check) => check.skipped !== null)).toEqual([]);
    expect(report!.checks.find((check) => check.id === 'code-unmatched')!.found).toBe(1);
    expect(history).toMatchObject([{ reportId: report!.reportId, score: report!.score }]);
    const seen: { gapNo: number; check: string; itemId: number | null }[] = [];
    for (let cursor: string | null = ''; cursor !== null;) { const page: { rows: typeof seen; nextCursor: string | null } = await get(`/audit/gaps?limit=7&cursor=${cursor}`); seen.push(...page.rows); cursor = page.nextCursor; }
    expect(seen.map((gap) => gap.gapNo)).toEqual(Array.from({ length: report!.gaps }, (_, n) => n));
    expect(seen.some((gap) => gap.itemId !== null)).toBe(true);
    const warehouses = await get<{ rows: { owner: string }[] }>('/audit/gaps?owner=warehouse&limit=500');
    expect(new Set(warehouses.rows.map((gap) => gap.owner))).toEqual(new Set(['warehouse']));
    expect((await get<{ rows: { sentence: string }[] }>('/audit/gaps?q=nobodys-code')).rows).toMatchObject([{ sentence: expect.stringContaining('7 units under NOBODYS-CODE') }]);
    const html = await (await fetch(`${w.url}/api/v1/audit.html?store=${w.storeId}`)).text();
    expect(html).toContain('NOBODYS-CODE');
    const pdf = await fetch(`${w.url}/api/v1/audit.pdf?store=${w.storeId}`), { text } = await extractText(await getDocumentProxy(new Uint8Array(await pdf.arrayBuffer())), { mergePages: true });
    expect([pdf.headers.get('content-type'), pdf.headers.get('content-disposition')]).toEqual(['application/pdf', expect.stringMatching(/audit-.*\.pdf"$/)]);
    expect(text.replaceAll(/\s+/g, '')).toContain('NOBODYS-CODE');
    expect((await get<{ checks: { gaps: unknown[] }[] }>('/audit.json')).checks.flatMap((check) => check.gaps)).toHaveLength(report!.gaps);
  });
  it('a score that fell is a case, and closes when it stays', async () => {
    const open = async (): Promise<number> => (await w.house.db.query(`select from exception where store_id = $1 and kind = 'AUDIT_SCORE_FELL' and state = 'open'`, [w.storeId])).rowCount!;
    await w.house.db.query('update audit_report set score = 100 where store_id = $1', [w.storeId]);
    await w.run(audit);
    expect(await open()).toBe((await get<View>('/audit')).report!.score <= 95 ? 1 : 0);
    expect((await get<View>('/audit')).report!.score).toBeLessThanOrEqual(95);
    await w.run(audit);
    expect(await open()).toBe(0);
  });
  it('keeps half a year of reports', async () => {
    await w.house.db.query(`insert into audit_report (store_id, made_at, made_by, score, gaps, units, report) select $1, '2026-01-01', 'test', 50, 0, 0, '{}' from generate_series(1, 40)`, [w.storeId]);
    await w.run(audit);
    expect((await get<View>('/audit')).history).toHaveLength(26);
    expect((await w.house.db.query('select from audit_report where store_id = $1', [w.storeId])).rowCount).toBe(26);
  });
});

describe('a period', () => {
  interface Period { from: string; unsignable: string | null; figures: PeriodFigures; seen: string; broughtForward: BroughtForward | null; signed: { by: string; digest: string; chain: string } | null; heardSince: { what: string; units: number }[] }
  const zone = async (): Promise<string> => (await w.house.db.query<{ d: string }>(`select ($2::timestamptz at time zone time_zone)::date::text as d from store where store_id = $1`, [w.storeId, new Date().toISOString()])).rows[0]!.d;

  it('closes at what the ledger holds, each location by its causes', async () => {
    const today = await zone(), { figures } = await get<Period>(`/periods/report?from=${addDays(today, -400)}&to=${today}`);
    const { rows } = await w.house.db.query<{ location_id: number; units: number }>('select location_id, sum(available + committed + reserved + damaged + safety_stock + quality_control)::int as units from ledger_level where store_id = $1 group by 1 order by 1', [w.storeId]);
    expect(figures.locations.map((place) => [place.locationId, place.closing])).toEqual(rows.map((row) => [row.location_id, row.units]));
    expect(figures.opening).toBe(0);
    // What was counted first is no movement: it has its own row, with the days it was taken on.
    expect(figures.locations.every((place) => place.counted != null && place.counted.units !== 0 && place.counted.from <= place.counted.to)).toBe(true);
    for (const place of figures.locations) {
      expect(place.movements.filter((m) => m.kind.startsWith('opening'))).toEqual([]);
      expect(place.opening + (place.counted?.units ?? 0) + place.movements.reduce((sum, m) => sum + m.units, 0)).toBe(place.closing);
    }
  });
  it('is signed once it has ended, only as it was seen, and stays as it was signed', async () => {
    const today = await zone(), to = addDays(today, -4), from = addDays(today, -30);
    const sign = (body: object): Promise<Period> => w.api<Period>(`/api/v1/periods?store=${w.storeId}`, { method: 'POST', body });
    const { figures, seen } = await get<Period>(`/periods/report?from=${from}&to=${to}`);
    await expect(sign({ from, to: today, closing: 0, seen })).rejects.toThrow('has not ended');
    await expect(sign({ from, to, closing: figures.closing, seen })).rejects.toThrow(`The first whole day is ${addDays(today, 1)}`);
    // As if imported a month ago, on the day before the first of the period; a day earlier is not whole.
    await w.house.db.query(`update store set imported_at = (($2::date - 1)::timestamp + interval '12 hours') at time zone time_zone where store_id = $1`, [w.storeId, from]);
    await expect(sign({ from: addDays(from, -1), to, closing: figures.closing, seen })).rejects.toThrow(`The first whole day is ${from}`);
    await expect(sign({ from, to, closing: figures.closing + 1, seen })).rejects.toThrow('Look at the figures again');
    const signed = await sign({ from, to, closing: figures.closing, seen, note: 'November' });
    expect(signed).toMatchObject({ figures, signed: { by: 'operator', digest: sha256(periodText(from, to, figures)) }, heardSince: [] });
    await expect(sign({ from, to, closing: figures.closing, seen })).rejects.toThrow('operator signed this period');
    // As files: one page, a PDF, and JSON that is held against what is kept here.
    const file = async (form: string): Promise<Response> => fetch(`${w.url}/api/v1/periods/report.${form}?store=${w.storeId}&from=${from}&to=${to}`);
    const html = await (await file('html')).text(), saved = await (await file('json')).json() as { signed: { by: string }; figures: PeriodFigures };
    expect(html).toContain('Signed</b> by operator');
    expect(html).toMatch(/The whole chain holds/);
    const printed = await extractText(await getDocumentProxy(new Uint8Array(await (await file('pdf')).arrayBuffer())), { mergePages: true });
    expect(printed.text.replaceAll(/\s+/g, '')).toContain(`Closing,${to}`);
    const verify = (body: object) => w.api<{ holds: boolean; said: string }>(`/api/v1/periods/verify?store=${w.storeId}`, { method: 'POST', body });
    expect(await verify(saved)).toEqual({ holds: true, said: 'It is what operator signed, and the chain of signed periods holds.' });
    const forged = structuredClone(saved);
    forged.figures.locations[0]!.closing += 1;
    expect(await verify(forged)).toMatchObject({ holds: false, said: expect.stringContaining('somebody changed the file') });
    expect(await verify({ ...saved, signed: { ...saved.signed, by: 'ada@shop.example' } })).toMatchObject({ holds: false, said: expect.stringContaining('not what operator signed') });
    expect(await verify({ ...saved, signed: null })).toMatchObject({ holds: false });
    // By an address, for somebody without an account: this page and nothing else, until it is taken back or over.
    const shares = `/api/v1/periods/shares?store=${w.storeId}`, made = await w.api<{ sharedPeriodId: string; url: string }>(shares, { method: 'POST', body: { from, to, sharedFor: 'Ms Okafor, auditor', days: 7 } }), path = new URL(made.url).pathname, outside = (address = path): Promise<Response> => fetch(`${w.url}${address}`);
    const page = await outside();
    expect([page.status, page.headers.get('cache-control'), page.headers.get('content-security-policy'), await page.text()]).toEqual([200, 'no-store', expect.stringMatching(/^default-src 'none'/), expect.stringContaining('Signed</b> by operator')]);
    expect((await get<{ shares: { sharedFor: string; opened: number; open: boolean }[] }>(`/periods/shares?from=${from}&to=${to}`)).shares).toMatchObject([{ sharedFor: 'Ms Okafor, auditor', opened: 1, open: true }]);
    expect((await w.house.db.query('select from shared_period where position($1 in shared_period::text) > 0', [path.split('/').at(-1)])).rowCount).toBe(0);
    expect((await outside(`${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`)).status).toBe(404);
    await w.house.db.query(`update shared_period set expires_at = made_at`);
    expect((await outside()).status).toBe(404);
    await w.house.db.query(`update shared_period set expires_at = made_at + interval '1 day'`);
    expect((await outside()).status).toBe(200);
    await w.api(`/api/v1/periods/shares/${made.sharedPeriodId}?store=${w.storeId}`, { method: 'DELETE' });
    expect(await Promise.all([outside(), outside('/reports/x')]).then((all) => all.map((each) => each.status))).toEqual([404, 404]);
    await expect(w.api(`/api/v1/periods/shares/${made.sharedPeriodId}?store=${w.storeId}`, { method: 'DELETE' })).rejects.toThrow('404');
    await expect(w.api(shares, { method: 'POST', body: { from, to, sharedFor: ' ', days: 7 } })).rejects.toThrow('whom');
    // Heard of late: three units came in on the last day.
    const { rows: [level] } = await w.house.db.query<{ item_id: number; location_id: number }>('select item_id, location_id from ledger_level where store_id = $1 limit 1', [w.storeId]);
    await w.house.db.query(`insert into movement (store_id, item_id, kind, from_location, from_state, to_location, to_state, quantity, fact, revision, occurred_at, recorded_at, source) values ($1, $2, 'goods received', 0, 'supplier', $3, 'available', 3, 'late:1', 1, ($4::date)::timestamptz + interval '15 hours', $5, 'test')`, [w.storeId, level!.item_id, level!.location_id, to, new Date().toISOString()]);
    const later = await get<Period>(`/periods/report?from=${from}&to=${to}`);
    expect(later.figures).toEqual(figures);
    expect(later.heardSince).toMatchObject([{ what: 'goods received', units: 3 }]);
    // Today tells what came in since somebody looked.
    expect((await get<{ sinceLooked: { received: number } }>(`/today?since=${new Date(Date.now() - 3_600_000).toISOString()}`)).sinceLooked.received).toBe(3);
    // Each figure of a cause is the sum of its items.
    const whole = (await get<Period>(`/periods/report?from=${addDays(today, -400)}&to=${today}`)).figures.locations.flatMap((place) => place.movements.map((line) => ({ place, line })));
    expect(whole.length).toBeGreaterThan(0);
    for (const { place, line } of whole) {
      const behind = await get<{ items: number; rows: { units: number }[] }>(`/periods/items?from=${addDays(today, -400)}&to=${today}&location=${place.locationId}&kind=${encodeURIComponent(line.kind)}`);
      if (behind.items <= behind.rows.length) expect([line.kind, behind.rows.reduce((sum, row) => sum + row.units, 0)]).toEqual([line.kind, line.units]);
    }
    expect(await get<{ periods: object[] }>('/periods')).toMatchObject({ chain: { links: 1, broken: [] }, periods: [{ from, to, closing: figures.closing, note: 'November' }] });
    await expect(get(`/periods/report?from=${to}&to=${from}`)).rejects.toThrow('400');
  });

  it('is a link of a chain: AUDIT_CHAIN_BROKEN when one was changed, put in or taken out, until a person closes it as an incident', async () => {
    const today = await zone(), of = (back: number) => ({ from: addDays(today, -back), to: addDays(today, -back) });
    const sign = async (days: { from: string; to: string }): Promise<Period> => { const { figures, seen } = await get<Period>(`/periods/report?from=${days.from}&to=${days.to}`); return w.api<Period>(`/api/v1/periods?store=${w.storeId}`, { method: 'POST', body: { ...days, closing: figures.closing, seen } }); };
    const broken = async () => (await get<{ chain: { broken: { fault: string }[] } }>('/periods')).chain.broken.map((one) => one.fault);
    const cases = async () => (await w.house.db.query<{ exception_id: string; sentence: string }>(`select exception_id, sentence from exception where store_id = $1 and kind = 'AUDIT_CHAIN_BROKEN' and state = 'open' order by 1`, [w.storeId])).rows;
    const change = (sql: string, ...values: unknown[]) => w.house.db.query(sql, [w.storeId, ...values]);
    // It opens from the period signed before: its closing, and what was heard of its days since, are the opening of each location, everywhere it is shown.
    const days = of(3), seen = await get<Period>(`/periods/report?from=${days.from}&to=${days.to}`), forward = seen.broughtForward!;
    expect(forward).toMatchObject({ to: of(4).to, locations: seen.figures.locations.map((place) => ({ locationId: place.locationId, opening: place.opening, between: 0 })) });
    expect(forward.locations.flatMap((place) => place.heard)).toEqual([{ what: 'goods received', units: 3 }]);
    for (const place of forward.locations) expect(place.closing + place.heard.reduce((sum, line) => sum + line.units, 0)).toBe(place.opening);
    const form = async (kind: string): Promise<string> => (await fetch(`${w.url}/api/v1/periods/report.${kind}?store=${w.storeId}&from=${days.from}&to=${days.to}`)).text();
    const [html, text, json] = await Promise.all([form('html'), form('csv'), form('json')]), heard = `Heard since of days up to ${of(4).to}: goods received`;
    expect([html.includes(heard), text.includes(`,${heard},3,`), (JSON.parse(json) as Period).broughtForward]).toEqual([true, true, forward]);
    // Days that a signed period holds are in no other; what nets out since somebody looked is not signed unseen.
    expect((await get<Period>(`/periods/report?from=${of(4).from}&to=${of(3).to}`)).unsignable).toContain('Signed periods do not overlap');
    await expect(sign({ from: of(4).from, to: of(3).to })).rejects.toThrow('holds some of these days');
    const { rows: [level] } = await w.house.db.query<{ item_id: number; location_id: number }>('select item_id, location_id from ledger_level where store_id = $1 limit 1', [w.storeId]);
    for (const [kind, from, to] of [['goods received', 'supplier', level!.location_id], ['counted', level!.location_id, 'shrinkage']] as const) await w.house.db.query(`insert into movement (store_id, item_id, kind, from_location, from_state, to_location, to_state, quantity, fact, revision, occurred_at, recorded_at, source) values ($1, $2, $3, $4, $5, $6, $7, 2, $8, 1, ($9::date)::timestamptz + interval '15 hours', $10, 'test')`, [w.storeId, level!.item_id, kind, typeof from === 'number' ? from : 0, typeof from === 'number' ? 'available' : from, typeof to === 'number' ? to : 0, typeof to === 'number' ? 'available' : to, `nets:${kind}`, days.from, new Date().toISOString()]);
    await expect(w.api(`/api/v1/periods?store=${w.storeId}`, { method: 'POST', body: { ...days, closing: seen.figures.closing, seen: seen.seen } })).rejects.toThrow('what makes it is no longer what was on your screen');
    const [second, third] = [await sign(of(3)), await sign(of(2))];
    expect(second.broughtForward).toEqual(forward);
    expect(await w.api(`/api/v1/periods/verify?store=${w.storeId}`, { method: 'POST', body: JSON.parse(await form('json')) as object })).toMatchObject({ holds: true });
    expect(third.signed!.chain).not.toBe(second.signed!.chain);
    await w.run(dailyDigest);
    expect([await broken(), await cases()]).toEqual([[], []]);
    // The migration chained what was signed before it by the same words.
    const { rows: same } = await w.house.db.query<{ same: boolean }>(
      `select chain = encode(sha256(convert_to(concat_ws(E'\n', previous, digest, from_day::text, to_day::text, to_char(signed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), signed_by, signed_role, coalesce(note, '')), 'UTF8')), 'hex') as same from signed_period where store_id = $1`, [w.storeId]);
    expect(same.map((row) => row.same)).toEqual([true, true, true]);
    await change(`update signed_period set figures = jsonb_set(figures, '{closing}', '1') where store_id = $1 and from_day = $2`, of(3).from);
    expect(await broken()).toEqual(['its figures are not those that were signed']);
    await expect(sign(of(1))).rejects.toThrow('The chain of signed periods is broken');
    await w.run(dailyDigest);
    const [found] = await cases();
    expect(found!.sentence).toContain(`The signed period ${of(3).from} to ${of(3).to} does not hold: its figures are not those that were signed`);
    await w.run(dailyDigest);
    expect(await cases()).toHaveLength(1);
    await w.api(`/api/v1/exceptions/${found!.exception_id}?store=${w.storeId}`, { method: 'POST', body: { action: 'resolve', said: 'a test wrote to the database' } });
    await w.run(dailyDigest);
    expect(await cases()).toEqual([]);
    // Another change of the same link is another case; so is the last one gone, which only the audit log remembers.
    await change(`update signed_period set figures = jsonb_set(figures, '{closing}', '2') where store_id = $1 and from_day = $2`, of(3).from);
    await change('delete from signed_period where store_id = $1 and from_day = $2', of(2).from);
    await w.run(dailyDigest);
    expect((await cases()).map((one) => /: ([^.]+)\./.exec(one.sentence)![1]).sort()).toEqual(['it was signed, and is gone', 'its figures are not those that were signed']);
  });
});
