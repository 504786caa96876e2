/** `instep forecast` as it is called: good files and bad ones, its exit codes, what it writes and where it says a fault is. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { overwrites, writeLines } from '../../src/cli/file-lines.ts';
import { forecastRows } from '../../src/cli/forecast-rows.ts';
import { readSeriesFile, type SeriesSource } from '../../src/cli/series-file.ts';
import { addDays } from '../../src/domain/calendar.ts';
import type { ForecastResult } from '../../src/domain/forecast/forecast.ts';
import type { Grain } from '../../src/domain/forecast/panel.ts';

vi.setConfig({ testTimeout: 120_000 }); // each call is a process of its own
const dir = mkdtempSync(path.join(tmpdir(), 'instep-forecast-test-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const made = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/cli/main.ts', 'forecast', ...args], { encoding: 'utf8', env: { ...process.env, TMPDIR: dir } });
  return { code: made.status, out: made.stdout, err: made.stderr };
}
const put = (name: string, content: string | Buffer): string => { const file = path.join(dir, name); writeFileSync(file, content); return file; };
const rows = (file: string): string[][] => (file.endsWith('.gz') ? gunzipSync(readFileSync(file)) : readFileSync(file)).toString().trim().split('\n').map((line) => line.split(','));
const standard = (input: string, output: string, ...more: string[]): ReturnType<typeof run> => run('--input', input, '--freq', 'D', '--horizon', '7', '--totals', '3,10', '--output', output, '--threads', '2', ...more);

const weekly = (n: number, scale = 1): number => [3, 4, 4, 5, 6, 9, 0][n % 7]! * scale;
const line = (id: string, scale: number, more: object = {}): string => JSON.stringify({ id, start: '2026-01-01', first: 0, y: Array.from({ length: 120 }, (_, n) => weekly(n, scale)), item: id, loc: 'A', ...more });

describe('a good file', () => {
  it('of NDJSON: a row a period, and the totals, beyond the horizon too', () => {
    const output = path.join(dir, 'good.csv');
    const made = standard(put('good.ndjson', [line('a', 1), '', line('b,"2"', 3), line('c', 2, { y: [null, 1, 0, 2], price: [[0, 2]] })].join('\n')), output);
    expect(made).toMatchObject({ code: 0 });
    expect(made.out).toMatch(/^3 series forecast in/);
    const all = rows(output);
    expect(all[0]!.join()).toBe('series_id,origin,h,mean,q50,q80,q90,q95,q975');
    expect(all).toHaveLength(1 + 3 * (7 + 2));
    expect(all.slice(1, 10).map((row) => row[2])).toEqual(['1', '2', '3', '4', '5', '6', '7', 'S3', 'S10']);
    expect(all[1]!.slice(0, 2)).toEqual(['a', '120']);
    expect(all.at(-1)!.slice(0, 2)).toEqual(['c', '4']);
    expect(readFileSync(output, 'utf8')).toContain('\n"b,""2""",120,1,');
    for (const row of all.slice(1, 10)) {
      const [mean, ...quantiles] = row.slice(3).map(Number);
      expect(mean).toBeGreaterThanOrEqual(0);
      expect([...quantiles].sort((x, y) => x - y)).toEqual(quantiles);
    }
  });

  it('of CSV, packed, in any order: the same as the same series in NDJSON', () => {
    const dated = [1, 3].flatMap((scale) => Array.from({ length: 120 }, (_, n) => [`s${scale}`, addDays('2026-01-01', n), weekly(n, scale)] as const)).filter(([, , units]) => units > 0);
    // By date and not by id; one day in two rows; a spreadsheet's byte-order mark.
    const lines = [...dated].sort((a, b) => a[1].localeCompare(b[1])).flatMap(([id, date, units]) => (date === '2026-02-06' ? [`${id},${date},1`, `${id},${date},${units - 1}`] : [`${id},${date},${units}`]));
    const csv = standard(put('good.csv.gz', gzipSync(`\uFEFFid,date,quantity\r\n${lines.join('\r\n')}\r\n`)), path.join(dir, 'csv-out.csv.gz'));
    expect(csv).toMatchObject({ code: 0 });
    // The file ends on the last day with a sale, and so does the series.
    const known = Math.max(...dated.map(([, date]) => (Date.parse(date) - Date.parse('2026-01-01')) / 86_400_000)) + 1;
    const same = put('same.ndjson', [1, 3].map((scale) => line(`s${scale}`, scale, { item: `s${scale}`, loc: '', y: Array.from({ length: known }, (_, n) => weekly(n, scale)) })).join('\n'));
    expect(standard(same, path.join(dir, 'same.csv'))).toMatchObject({ code: 0 });
    expect(rows(path.join(dir, 'csv-out.csv.gz'))).toEqual(rows(path.join(dir, 'same.csv')));
    expect(readdirSync(dir).filter((name) => name.startsWith('instep-forecast-'))).toEqual([]);
  });

  it('as weeks and months, and with --json', () => {
    const csv = `id,date,quantity,price,promotion,in_stock\n${Array.from({ length: 200 }, (_, n) => `a,${addDays('2026-01-01', n)},${weekly(n)},2.5,${n % 30 === 0 ? 1 : 0},1`).join('\n')}\na,${addDays('2026-01-01', 200)},,2,1,\n`;
    const file = put('daily.csv', csv), out = path.join(dir, 'weeks.csv');
    const weeks = run('--input', file, '--freq', 'W', '--horizon', '4', '--totals', '4', '--output', out, '--json');
    expect(weeks).toMatchObject({ code: 0 });
    expect(JSON.parse(weeks.out)).toMatchObject({
      series: 1, rows: 5, daysLeftOut: 200 % 7, leftOut: [{ from: '2026-01-01', to: '2026-01-04', days: 4, units: 16 }], faultCount: 0,
      notes: ['4 days (2026-01-01 to 2026-01-04, 16 units) at the end of the dates make no whole week and were left out.'],
    });
    expect(rows(out)[1]![1]).toBe(String(Math.floor(200 / 7)));
    expect(run('--input', file, '--freq', 'M', '--horizon', '2', '--output', out)).toMatchObject({ code: 0 });
    expect(rows(out)[1]![1]).toBe('6');
  });

  it('as a spreadsheet of a country with a decimal comma writes it', () => {
    const out = path.join(dir, 'semicolons.csv');
    expect(run('--input', put('semi.csv', 'id;date;quantity;price\na;2026-01-01;1;2,5\na;2026-01-02;"1,5";3\n'), '--freq', 'D', '--horizon', '1', '--output', out)).toMatchObject({ code: 0 });
    const plain = path.join(dir, 'points.csv');
    expect(run('--input', put('plain.csv', 'id,date,quantity,price\na,2026-01-01,1,2.5\na,2026-01-02,1.5,3\n'), '--freq', 'D', '--horizon', '1', '--output', plain)).toMatchObject({ code: 0 });
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(plain, 'utf8'));
  });

  it('with an event calendar', () => {
    const file = put('ev.ndjson', line('a', 1)), events = put('events.csv', 'name,from,to,locations\nFair,2026-02-01,2026-02-03,A;B\nFair,2026-05-02,,\n');
    expect(standard(file, path.join(dir, 'ev.csv'), '--events', events)).toMatchObject({ code: 0 });
    const wrong = standard(file, path.join(dir, 'ev.csv'), '--events', put('wrong.csv', 'name,from,to\nFair,2026-02-05,2026-02-01\n'));
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.err).toContain('wrong.csv:2: To: 2026-02-01 is before 2026-02-05');
  });
});

describe('a bad file', () => {
  it('of NDJSON: each fault by line and field, the good series go on, exit 3', () => {
    const input = put('bad.ndjson', [line('a', 1), '{"id": "b", ', line('c', 1, { start: 'yesterday' }), line('d', 1, { y: [1, 'x'] }), line('a', 2), line('e', 1)].join('\n'));
    const made = standard(input, path.join(dir, 'bad.csv'));
    expect(made.code).toBe(3);
    for (const said of [`${input}:2: not JSON`, `${input}:3: start: expected a date`, `${input}:4: y: element 2`, `${input}:5: id: a is already on a line before`]) expect(made.err).toContain(said);
    expect(new Set(rows(path.join(dir, 'bad.csv')).slice(1).map((row) => row[0]))).toEqual(new Set(['a', 'e']));
  });

  it('of CSV: the series of a bad row is left out', () => {
    const input = put('bad.csv', ['id,date,quantity,in_stock', 'a,2026-01-01,1,1', 'b,2026-01-01,1,1', 'b,2026-01-02,many,1', 'c,2026-13-01,1,1', ',2026-01-01,1,1', 'a,2026-01-30,2,7', 'd,2026-01-30,2,'].join('\n'));
    const made = standard(input, path.join(dir, 'bad-out.csv'));
    expect(made.code).toBe(3);
    for (const said of [':4: quantity: expected a number, not "many"', ':5: date: expected a date', ':6: id: is empty', ':7: in_stock: expected 0 to 1, not 7']) expect(made.err).toContain(input + said);
    expect(new Set(rows(path.join(dir, 'bad-out.csv')).slice(1).map((row) => row[0]))).toEqual(new Set(['d']));
  });

  it('of CSV: a slip in a date or a comma too many costs its series, and gives no other years of nothing', () => {
    const good = Array.from({ length: 60 }, (_, n) => `a,${addDays('2026-01-01', n)},${weekly(n)}`);
    const clean = path.join(dir, 'clean.csv'), out = path.join(dir, 'slips-out.csv');
    expect(standard(put('good60.csv', ['id,date,quantity', ...good].join('\n')), clean)).toMatchObject({ code: 0 });
    const input = put('slips.csv', ['id,date,quantity', ...good, 'b,2026-01-01,1', 'b,2062-01-02,1', 'c,3026-01-02,1', 'd,2026-01-03,1,5', 'e,2026-01-03'].join('\n'));
    const made = standard(input, out);
    expect(made.code).toBe(3);
    for (const said of [':63: date: 2062-01-02 is years away from the other dates', ':64: date: expected a date from 1900 to 2199', ':65: 4 cells where the header has 3', ':66: 2 cells where the header has 3']) expect(made.err).toContain(input + said);
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(clean, 'utf8'));
  });

  it('one number far too large moves no other series, and is told', () => {
    const months = { start: '2020-01-01', y: Array.from({ length: 40 }, (_, n) => weekly(n, 1)) }, input = put('large.ndjson', [line('a', 1, months), line('b', 1, { ...months, y: months.y.map((y, n) => (n === 20 ? 90_000 : y)) }), line('lone', 1, { ...months, y: months.y.map((_, n) => (n === 5 ? 70 : 0)) }), line('c', 1, { y: [1, 1e160, 1] }), line('d', 1, { y: [1], obs: [1e308] })].join('\n'));
    const made = run('--input', input, '--freq', 'M', '--horizon', '3', '--output', path.join(dir, 'large-out.csv'));
    expect(made).toMatchObject({ code: 3, out: expect.stringContaining('b: 90,000 in 2021-09 is 10,000 times its largest other month; it counts as one very large order: in totals at the rate of the last year, not in single months.') });
    expect(made.out).toContain('lone: 70 in 2020-06 is 100% of what it sold, and 16% of what there is to learn from; it is forecast, and the others do not learn from it.');
    for (const said of [':4: y: element 2: expected -1000000000000 to 1000000000000, not 1e+160', ':5: obs: element 1: expected']) expect(made.err).toContain(input + said);
    expect(rows(path.join(dir, 'large-out.csv')).slice(1, 7).map((row) => [row[0], Number(row[3]) > 0 && Number(row[3]) < 20])).toEqual(['a', 'a', 'a', 'b', 'b', 'b'].map((id) => [id, true]));
  });

  it('a result that is no number is no row with empty cells', () => {
    const of = (mean: number[], total: number): string[] | string => {
      const paths = (...values: number[]): ForecastResult['daily'] => [0.5, 0.8, 0.9, 0.95, 0.975].map((q) => ({ q, values }));
      return forecastRows({ id: 'a', known: 9, item: 'a', location: '', category: '', series: { start: 0, demand: new Float64Array(9), exposure: new Float64Array(9) } }, { mean, totals: [1, total], daily: paths(1, 2), cumulative: paths(1, 3) } as unknown as ForecastResult, 2, [2]);
    };
    expect(of([1, 2.25], 3)).toEqual(['a,9,1,1,1,1,1,1,1\n', 'a,9,2,2.25,2,2,2,2,2\n', 'a,9,S2,3,3,3,3,3,3\n']);
    expect(of([1, NaN], 3)).toMatch(/^what comes out at 2 is no number; look for one that is far too large/);
    expect(of([1, 2], Infinity)).toMatch(/^what comes out at S2 is no number/);
  });

  const read = async (name: string, lines: readonly string[], grain: Grain = 'D'): Promise<SeriesSource> => { const source = await readSeriesFile(put(name, lines.join('\n')), grain, 7, () => {}, new AbortController().signal); source.close(); return source; };

  it('names the days that make no whole period with their units, of good series alone; months written at their ends are whole', async () => {
    const head = 'id,date,quantity', days = Array.from({ length: 60 }, (_, n) => `a,${addDays('2026-01-31', n)},2`);
    const partly = await read('parts.csv', [head, ...days, 'b,2026-01-31,many', 'b,2026-01-31,50'], 'M');
    expect([partly.notes, partly.leftOut]).toEqual([['1 day (2026-01-31, 2 units) at the end of the dates makes no whole month and was left out.'], [{ from: '2026-01-31', to: '2026-01-31', days: 1, units: 2 }]]);
    expect((await read('both.csv', [head, ...days, 'a,2026-04-01,1'], 'M')).notes).toEqual(['1 day (2026-01-31, 2 units) and 1 day (2026-04-01, 1 unit) at the ends of the dates make no whole month and were left out.']);
    const ends = await read('ends.csv', [head, 'a,2026-01-31,5', 'a,2026-02-28,6', 'b,2026-03-31,7', 'a,2026-04-30,8'], 'M');
    expect([ends.notes, ends.sample.map(({ series }) => [...series.demand])]).toEqual([[], [[5, 6, 0, 8], [0, 0, 7, 0]]]);
    await expect(read('short.csv', [head, 'a,2026-01-10,5', 'a,2026-01-12,6'], 'M')).rejects.toThrow('short.csv: the dates, 2026-01-10 to 2026-01-12, make no whole month');
  });

  it('reads names however they are written, and says which are not read', async () => {
    const spelt = await read('spelt.csv', ['Id,DATE,Quantity,In stock,colour,promo,', 'a,2026-01-01,1,0.5,red,1,', 'a,2026-01-02,2,1,red,0,']);
    expect([...spelt.sample[0]!.series.exposure]).toEqual([0.5, 1]);
    expect(spelt.notes).toEqual(['The column colour is not read.', 'The column promo is not read; did you mean promotion?']);
    const keys = await read('keys.ndjson', [line('a', 1, { 'in-stock': Array<number>(120).fill(0.5), freq: 'D', state: 'CA' }), line('b', 1, { instok: [], brand: 'x' }), line('c', 1, { brand: 'y' })]);
    expect([keys.sample[0]!.series.exposure[0], keys.notes]).toEqual([0.5, ['The key instok (1 line, first 2) is not read; did you mean in_stock?', 'The key brand (2 lines, first 2) is not read.']]);
    await expect(read('twice.csv', ['id,date,quantity,in stock,in_stock', 'a,2026-01-01,1,1,1'])).rejects.toThrow('twice.csv:1: in_stock: there are two columns of this name');
  });

  it('that no program of ours can read says what it is', async () => {
    await expect(read('german.csv', ['id;date;quantity', 'a;31.12.2025;1', 'b;30.12.2025;1'])).rejects.toThrow(/german\.csv: no row could be read\. .*german\.csv:2: date: expected a date like 2026-01-31, not "31\.12\.2025" \(the first of 2 faults\)$/);
    await expect(read('blank.csv', ['id,date,quantity', 'a,2026-01-01,'])).rejects.toThrow('blank.csv: no row has a quantity');
    await expect(read('book.xlsx', ['PK\u0003\u0004 and so on'])).rejects.toThrow('book.xlsx: is a workbook (.xlsx, .ods) or a ZIP archive, not a text file: save the sheet as CSV');
    writeFileSync(path.join(dir, 'packed.csv'), gzipSync('id,date,quantity\n'));
    await expect(readSeriesFile(path.join(dir, 'packed.csv'), 'D', 7, () => {}, new AbortController().signal)).rejects.toThrow('packed.csv: is packed by gzip: let its name end in .gz');
  });

  const faultsOf = async (name: string, lines: readonly string[]): Promise<{ faults: string[]; series: [string, number][] }> => {
    const source = await readSeriesFile(put(name, lines.join('\n')), 'D', 7, () => {}, new AbortController().signal);
    const series: [string, number][] = [];
    try { for await (const one of source.series()) series.push([one.id, one.series.demand[0]!]); } finally { source.close(); }
    return { faults: source.faults.map(({ line: at, column, message }) => `${at} ${column}: ${message}`), series };
  };

  it('of numbers that are two: 1.000 and 1,000 are read only where the file says what their sign is', async () => {
    const head = 'id;date;quantity', faults = (sign: string, because: string): string => `2 quantity: 1${sign}000 is either 1000 or has a decimal ${sign === ',' ? 'comma' : 'point'}, and ${because}; write it without the sign, or with another number of digits behind it`;
    expect(await faultsOf('points.csv', [head, 'a;2026-01-01;1.000', 'b;2026-01-01;2,5'])).toEqual({ faults: [faults('.', 'line 3 writes 2,5')], series: [['b', 2.5]] });
    expect(await faultsOf('commas.csv', [head, 'a;2026-01-01;1,000', 'b;2026-01-01;2.5'])).toEqual({ faults: [faults(',', 'line 3 writes 2.5')], series: [['b', 2.5]] });
    expect(await faultsOf('alone.csv', [head, 'a;2026-01-01;1.000', 'b;2026-01-01;3'])).toEqual({ faults: [faults('.', 'files with semicolons between their cells have a decimal comma')], series: [['b', 3]] });
    expect(await faultsOf('torn.csv', [head, 'a;2026-01-01;1.000', 'b;2026-01-01;2,5', 'c;2026-01-01;2.5'])).toMatchObject({ faults: [faults('.', 'line 3 writes 2,5 and line 4 2.5')], series: [['b', 2.5], ['c', 2.5]] });
    expect(await faultsOf('right.csv', [head, 'a;2026-01-01;1,500', 'b;2026-01-01;2,5', 'c;2026-01-01;0,250'])).toEqual({ faults: [], series: [['a', 1.5], ['b', 2.5], ['c', 0.25]] });
    expect(await faultsOf('grouped.csv', [head, 'a;2026-01-01;1.000,5', 'b;2026-01-01;1'])).toEqual({ faults: ['2 quantity: expected a number, not "1.000,5"'], series: [['b', 1]] });
    // Between commas a point is the decimal one, as documented.
    expect(await faultsOf('documented.csv', ['id,date,quantity', 'a,2026-01-01,1.000', 'b,2026-01-01,2'])).toEqual({ faults: [], series: [['a', 1], ['b', 2]] });
  });

  it('of letters that were lost, by its line', async () => {
    const said = 'holds a letter that could not be read: save the file as UTF-8, or write the letter right';
    expect(await faultsOf('lost.csv', ['id,date,quantity,item', 'gr\uFFFDn,2026-01-01,1,x', 'a,2026-01-01,1,h\uFFFDt', 'b,2026-01-01,2,x'])).toEqual({ faults: [`2 id: ${said}`, `3 : ${said}`], series: [['b', 2]] });
    expect(await faultsOf('lost.ndjson', [line('b', 1), line('gr\uFFFDn', 1)])).toEqual({ faults: [`2 : ${said}`], series: [['b', 3]] });
    await expect(faultsOf('lost-head.csv', ['id,date,quantity,gr\uFFFD\uFFFDe', 'a,2026-01-01,1,1'])).rejects.toThrow(`lost-head.csv:1: ${said}`);
  });

  it('that cannot be read at all: exit 1, and no output', () => {
    const out = path.join(dir, 'none.csv'), packed = gzipSync(line('a', 1));
    for (const [input, said] of [
      [path.join(dir, 'missing.csv'), 'there is no such file'], [put('empty.csv', ''), 'the file is empty'], [put('header.csv', 'sku,day\na,1\n'), 'perhaps price,promotion,in_stock,item,location,category, found sku,day'],
      [put('list.json', '[{"id":"a"}]'), 'begins as a JSON list; expected NDJSON'],
      [put('cut.ndjson.gz', packed.subarray(0, packed.length - 9)), 'ends in the middle'], [put('text.ndjson.gz', 'not packed'), 'not readable as gzip'], [put('worse.ndjson', '{"id":1}\n'), 'no series could be read'],
    ] as const) {
      const made = standard(input, out);
      expect({ input, code: made.code, err: made.err }).toEqual({ input, code: 1, err: expect.stringContaining(said) });
      expect(made.err).toContain(`Failed: ${input}`);
    }
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(dir).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('wrong use: exit 2', () => {
    const input = put('use.ndjson', line('a', 1)), out = path.join(dir, 'use.csv');
    for (const args of [['--freq', 'Q', '--horizon', '7'], ['--freq', 'D', '--horizon', '0'], ['--freq', 'D', '--horizon', 'week'], ['--freq', 'D', '--horizon', '7', '--totals', '3,x'], ['--freq', 'D']]) {
      expect(run('--input', input, '--output', out, ...args).code).toBe(2);
    }
    expect(run('--help').out).toContain('Example:');
  });
});

describe('the output', () => {
  it('never replaces what is read: by another path, a link, or its temporary name', () => {
    const input = put('history.ndjson', line('a', 1)), there = (name: string): string => path.join(dir, name);
    mkdirSync(there('deep')); symlinkSync(dir, there('deep/up')); symlinkSync(input, there('soft')); linkSync(input, there('hard')); linkSync(input, there('next.csv.part')); symlinkSync(there('nothing'), there('dangling'));
    const replaced = [input, `${dir}/./history.ndjson`, path.relative(process.cwd(), input), there('deep/up/history.ndjson'), there('soft'), there('hard'), there('next.csv')];
    expect(replaced.filter((output) => !overwrites(output, input))).toEqual([]);
    expect([there('other.csv'), there('dangling'), put('there.csv', 'x'), '/dev/null'].filter((output) => overwrites(output, input))).toEqual([]);
    expect(overwrites(`${dir}/missing.csv`, `${dir}/./missing.csv`)).toBe(true);
    expect(standard(input, there('deep/up/history.ndjson'))).toMatchObject({ code: 2, err: expect.stringContaining(`writing it would replace the input, ${input}; give another name`) });
    expect(readFileSync(input, 'utf8')).toBe(line('a', 1));
  });

  it('goes where a link leads, which stays a link; a device or a pipe is refused for what it is', async () => {
    const target = put('target.csv', 'old'), link = path.join(dir, 'link.csv');
    symlinkSync(target, link);
    const out = writeLines(link);
    await out.write('new');
    await out.finish();
    expect([readFileSync(target, 'utf8'), lstatSync(link).isSymbolicLink()]).toEqual(['new', true]);
    expect(() => writeLines('/dev/null')).toThrow('/dev/null: is a device, a pipe or where the summary is printed');
    expect(() => writeLines(dir)).toThrow(`${dir}: is a folder`);
    expect(standard(put('to-out.ndjson', line('a', 1)), '/dev/stdout')).toMatchObject({ code: 1, err: expect.stringContaining('/dev/stdout: is a device, a pipe or where the summary is printed; the result is written under a temporary name') });
  });
});

describe('a run that is stopped', () => {
  it('by Ctrl-C: exit 130, and nothing is left behind', async () => {
    const lines = Array.from({ length: 1_500 }, (_, id) => Array.from({ length: 300 }, (_day, n) => `s${id},${addDays('2025-01-01', n)},${weekly(n)}\n`).join(''));
    const input = put('long.csv', `id,date,quantity\n${lines.join('')}`), output = path.join(dir, 'long-out.csv'), temporary = mkdtempSync(path.join(dir, 'tmp-'));
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/cli/main.ts', 'forecast', '--input', input, '--freq', 'D', '--horizon', '7', '--output', output], { env: { ...process.env, TMPDIR: temporary }, stdio: ['ignore', 'ignore', 'pipe'] });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => { if (err === '') child.kill('SIGINT'); err += chunk.toString(); });
    const [code] = await once(child, 'exit') as [number];
    expect({ code, err }).toEqual({ code: 130, err: expect.stringContaining('Stopped. Nothing was written.') });
    expect([existsSync(output), existsSync(`${output}.part`), readdirSync(temporary)]).toEqual([false, false, []]);
  });

  it('by a folder that is not there: at once, by its name', () => {
    const made = run('--input', put('one.ndjson', line('a', 1)), '--freq', 'D', '--horizon', '7', '--output', path.join(dir, 'nowhere', 'out.csv'));
    expect(made).toMatchObject({ code: 1, err: expect.stringContaining(`there is no folder ${path.join(dir, 'nowhere')}`) });
  });
});
