/** `instep forecast`: the engine on a file of series, without a database. What the series share is learned once; then each is forecast, on every core. */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { CsvError, parse } from 'csv-parse/sync';
import { calendarEvent, EVENT_CELLS, eventRow, type EventColumn } from '../../domain/forecast/event-row.ts';
import { periodWords } from '../../domain/forecast/file-periods.ts';
import type { CalendarEvent, Grain, PanelOptions, Pool } from '../../domain/forecast/panel.ts';
import type { FileSeries } from '../../domain/forecast/series-file.ts';
import { signsOf } from '../../domain/purchasing/import-signs.ts';
import { grouped } from '../../domain/wording.ts';
import { teachers } from '../../domain/forecast/very-large.ts';
import { computeThreads, type Compute, type Shared } from '../../runtime/compute.ts';
import type { Outcome, PanelTask } from '../../runtime/compute-thread.ts';
import { overwrites, writeLines } from '../file-lines.ts';
import { forecastRows, HEADER, QUANTILES } from '../forecast-rows.ts';
import { LOST, LOST_LETTER } from '../series-signs.ts';
import { readSeriesFile, type Fault, type SeriesSource } from '../series-file.ts';
import { EXIT, UsageError, print, progressBars, table } from '../terminal.ts';

export interface ForecastOptions { input: string; freq: string; horizon: string; totals?: string; output: string; events?: string; threads?: string; json?: boolean }

const LONGEST_HORIZON = 1_000;
/** A batch keeps a thread busy for a moment and is small enough to spread the last ones. */
const BATCH = 25;
const FAULTS_SHOWN = 20;
/** Very large periods named; the rest are counted. */
const LARGE_SHOWN = 20, LARGE_KEPT = 1_000;
const STOPPING = ['SIGINT', 'SIGTERM'] as const;

export async function forecastCommand(given: ForecastOptions): Promise<void> {
  const asked = understood(given), began = performance.now();
  const bars = progressBars(given.json ?? false);
  let source: SeriesSource | null = null;
  const out = writeLines(given.output), compute = computeThreads(asked.threads), stopped = new AbortController();
  // Ctrl-C: what is under way is given up, and the temporary files of the way out below are removed. A second one ends the process at once.
  const stop = (signal: NodeJS.Signals): void => { stopped.abort(signal); void compute.stop(); };
  for (const signal of STOPPING) process.once(signal, stop);
  try {
    source = await readSeriesFile(given.input, asked.grain, asked.reach, (done, total) => bars.watch({ flow: 'forecast', stage: 'read the file (kB)', done: Math.round(done / 1000), total: Math.round(total / 1000) }), stopped.signal);
    if (source.count === 0) throw new Error(`${given.input}: no series could be read.${source.faults[0] ? ` ${faultLine(given.input, source.faults[0])}` : ''}`);
    const options: PanelOptions = { grain: asked.grain, horizon: asked.reach, quantiles: QUANTILES, ...(asked.events.length > 0 ? { events: asked.events } : {}) };
    stopped.signal.throwIfAborted();
    const { teach, aside } = teachers(source.sample), learnedFrom = teach.length, starts = new Map(source.sample.map(({ id, series }) => [id, series.start]));
    for (const { id, at, units, own, ofAll } of aside.slice(0, LARGE_SHOWN)) source.notes.push(`${id}: ${grouped(units)} ${periodWords(asked.grain, starts.get(id)!, at)} is ${percent(own)} of what it sold, and ${percent(ofAll)} of what there is to learn from; it is forecast, and the others do not learn from it.`);
    if (aside.length > LARGE_SHOWN) source.notes.push(`… and ${grouped(aside.length - LARGE_SHOWN)} more from which the others do not learn.`);
    bars.watch({ flow: 'forecast', stage: `learn from ${learnedFrom.toLocaleString('en-GB')} series`, done: 0, total: 1 });
    const pool = await compute.run<PanelTask, Pool>('learn', { panel: teach, options });
    source.sample.length = 0;
    bars.watch({ flow: 'forecast', stage: `learn from ${learnedFrom.toLocaleString('en-GB')} series`, done: 1, total: 1 });
    const methods = new Map<string, number>(), failed: { id: string; message: string }[] = [], large: string[] = [];
    let done = 0, failures = 0, rows = 0, largeCount = 0;
    await out.write(`${HEADER}\n`);
    for await (const { batch, outcomes } of forecasts(compute, source.series(), options, { key: 'pool', value: pool })) {
      let text = '';
      outcomes.forEach((outcome, n) => {
        const one = batch[n]!;
        const lines = 'fault' in outcome ? outcome.fault : forecastRows(one, outcome.result, asked.horizon, asked.totals);
        if ('fault' in outcome || typeof lines === 'string') { failures++; if (failed.length < FAULTS_SHOWN) failed.push({ id: one.id, message: lines as string }); return; }
        for (const { at, units, times } of one.veryLarge ?? []) {
          if (largeCount++ >= LARGE_KEPT) continue;
          large.push(`${one.id}: ${grouped(units)} ${periodWords(asked.grain, one.series.start, at)} is ${grouped(Math.floor(times))} times its largest other ${PERIODS[asked.grain]}; it counts as one very large order: in totals at the rate of the last year, not in single ${PERIODS[asked.grain]}s.`);
        }
        const method = outcome.result.flags.includes('no sales') ? outcome.result.method : (outcome.result.shares[0]?.method ?? '');
        methods.set(method, (methods.get(method) ?? 0) + 1);
        text += lines.join('');
        rows += lines.length;
      });
      await out.write(text);
      done += batch.length;
      bars.watch({ flow: 'forecast', stage: 'forecast', done, total: source.count });
    }
    await out.finish();
    bars.stop();
    const seconds = (performance.now() - began) / 1000, forecast = done - failures;
    const summary = {
      input: given.input, output: given.output, series: forecast, rows, horizon: asked.horizon, totals: asked.totals, learnedFrom, threads: compute.threads, seconds: Math.round(seconds * 10) / 10,
      methods: Object.fromEntries([...methods].sort((a, b) => b[1] - a[1])), daysLeftOut: source.leftOut.reduce((sum, { days }) => sum + days, 0), leftOut: source.leftOut, notes: [...source.notes, ...large], veryLargePeriods: largeCount, faults: source.faults, faultCount: source.faultCount + failures, notForecast: failed,
    };
    print(given.json ?? false, summary, () => [
      `${forecast.toLocaleString('en-GB')} series forecast in ${summary.seconds} s on ${compute.threads} ${compute.threads === 1 ? 'thread' : 'threads'}, ${rows.toLocaleString('en-GB')} rows in ${given.output}.`,
      ...source!.notes, ...large.slice(0, LARGE_SHOWN), ...(largeCount > LARGE_SHOWN ? [`… and ${grouped(largeCount - LARGE_SHOWN)} more very large ${PERIODS[asked.grain]}s.`] : []),
      ...(methods.size > 0 ? ['', table(['Most of the level', 'Series'], [...methods].sort((a, b) => b[1] - a[1]).slice(0, 10))] : []),
    ].join('\n'));
    complain(given, source, failed, failures);
  } catch (error) {
    out.drop();
    if (!stopped.signal.aborted) throw error;
    bars.stop();
    console.error('Stopped. Nothing was written.');
    process.exitCode = 128 + constants.signals[stopped.signal.reason as (typeof STOPPING)[number]];
  } finally {
    for (const signal of STOPPING) process.off(signal, stop);
    bars.stop();
    source?.close();
    await compute.stop();
  }
}

const percent = (share: number): string => `${Math.floor(share * 100)}%`;

const PERIODS = { D: 'day', W: 'week', M: 'month' } as const;

interface Understood { grain: Grain; horizon: number; totals: number[]; /** Periods the engine looks ahead: the longest of both. */ reach: number; threads?: number; events: CalendarEvent[] }

function understood(given: ForecastOptions): Understood {
  const whole = (text: string, name: string, most: number): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text.trim()) || value < 1 || value > most) throw new UsageError(`${name} ${text}: expected a whole number from 1 to ${most}`);
    return value;
  };
  if (given.freq !== 'D' && given.freq !== 'W' && given.freq !== 'M') throw new UsageError(`--freq ${given.freq}: expected D (days), W (weeks) or M (months)`);
  if (overwrites(given.output, given.input)) throw new UsageError(`--output ${given.output}: writing it would replace the input, ${given.input}; give another name`);
  if (given.events !== undefined && overwrites(given.output, given.events)) throw new UsageError(`--output ${given.output}: writing it would replace the events, ${given.events}; give another name`);
  const horizon = whole(given.horizon, '--horizon', LONGEST_HORIZON);
  const totals = [...new Set((given.totals ?? '').split(',').filter((part) => part.trim() !== '').map((part) => whole(part, '--totals', LONGEST_HORIZON)))].sort((a, b) => a - b);
  return {
    grain: given.freq, horizon, totals, reach: Math.max(horizon, ...totals), events: given.events === undefined ? [] : readEvents(given.events),
    ...(given.threads === undefined ? {} : { threads: whole(given.threads, '--threads', 64) }),
  };
}

function readEvents(file: string): CalendarEvent[] {
  let rows: { record: Record<string, string>; info: { lines: number } }[];
  try {
    rows = parse(readFileSync(file, 'utf8'), { columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()), bom: true, skip_empty_lines: true, trim: true, info: true, relax_column_count: true });
  } catch (error) {
    throw new UsageError(`--events ${file}: ${error instanceof CsvError ? `not readable as CSV: ${error.message}` : (error as Error).message}`);
  }
  const signs = signsOf(rows.map(({ record, info }) => ({ record, line: info.lines })), { numbers: EVENT_CELLS.numbers.map((column) => column.toLowerCase()), days: EVENT_CELLS.days.map((column) => column.toLowerCase()) }, ',');
  return rows.map(({ record, info }) => {
    if (Object.values(record).some((cell) => cell.includes(LOST))) throw new UsageError(`--events ${file}:${info.lines}: ${LOST_LETTER}`);
    const row = eventRow((column: EventColumn) => record[column.toLowerCase()] ?? '', signs);
    if ('message' in row) throw new UsageError(`--events ${file}:${info.lines}: ${row.column}: ${row.message}`);
    return calendarEvent(row);
  });
}

/** Batches on every thread, a bounded number under way, answered in the order they came. */
async function* forecasts(compute: Compute, series: AsyncIterable<FileSeries>, options: PanelOptions, shared: Shared): AsyncGenerator<{ batch: FileSeries[]; outcomes: Outcome[] }> {
  const underWay: { batch: FileSeries[]; outcomes: Promise<Outcome[]> }[] = [];
  const begin = (batch: FileSeries[]): void => {
    const outcomes = compute.run<PanelTask, Outcome[]>('forecast', { panel: batch, options }, shared);
    outcomes.catch(() => {}); // it is thrown where it is awaited
    underWay.push({ batch, outcomes });
  };
  const oldest = async (): Promise<{ batch: FileSeries[]; outcomes: Outcome[] }> => { const { batch, outcomes } = underWay.shift()!; return { batch, outcomes: await outcomes }; };
  let batch: FileSeries[] = [];
  for await (const one of series) {
    batch.push(one);
    if (batch.length < BATCH) continue;
    begin(batch);
    batch = [];
    if (underWay.length >= 2 * compute.threads) yield await oldest();
  }
  if (batch.length > 0) begin(batch);
  while (underWay.length > 0) yield await oldest();
}

const faultLine = (file: string, { line, column, message }: Fault): string => `${file}:${line}: ${column === '' ? '' : `${column}: `}${message}`;

/** What was left out, on standard error, and the exit code that says so. */
function complain(given: ForecastOptions, source: SeriesSource, failed: readonly { id: string; message: string }[], failures: number): void {
  if (source.faultCount === 0 && failures === 0) return;
  process.exitCode = EXIT.found;
  if (given.json) return;
  for (const fault of source.faults.slice(0, FAULTS_SHOWN)) console.error(faultLine(given.input, fault));
  if (source.faultCount > FAULTS_SHOWN) console.error(`… and ${(source.faultCount - FAULTS_SHOWN).toLocaleString('en-GB')} more faults`);
  for (const { id, message } of failed) console.error(`${given.input}: ${id}: not forecast: ${message}`);
  if (failures > failed.length) console.error(`… and ${failures - failed.length} more series`);
  if (source.faultCount > 0) console.error('Series with a fault were left out; the others are forecast.');
}
