/**
 * first import: the sales history from a bulk file, through the connector and into PostgreSQL, beside reading and parsing the same file and nothing else.
 * Memory is the point as much as time: it must not grow with the file.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Db } from '../src/store/db.ts';
import { settle, withCluster } from './cluster.ts';
import type { ImportResult, ImportTask } from './import-task.ts';
import { startBulkServer } from './bulk-server.ts';
import { makeCatalogue } from './levels.ts';
import { writeOrderFile } from './order-file.ts';
import type { Benchmark } from './report.ts';
import { median, ratio, seconds, timed, whole } from './statistics.ts';

const ITEMS = 100_000;
const SIZES = [250_000, 1_000_000] as const;
const ROUNDS = 3;

/** As the product's start scripts run it: most of the resident memory was the young generation that V8 lets grow. */
const AS_STARTED = ['--max-semi-space-size=8'];

type Mode = ImportTask['mode'];

export const bench: Benchmark = {
  name: 'import',
  about: 'Sales history of 250 k and 1 M order lines (100 k variants, 20 locations) from a bulk JSONL file: parsed and nothing else; through the connector (`allOrders`); and recorded in PostgreSQL (`recordOrders`, fsync on), each in a process of its own, with the flags of `npm start`; the floor is a server-side COPY of the same rows into the same indexed tables.',
  run: (say) => withCluster(async ({ url, dir, db }) => {
    await makeCatalogue(db, ITEMS);
    const server = await startBulkServer();
    const runs = new Map<string, ImportResult[]>();
    const of = (size: number, mode: Mode): ImportResult[] => runs.get(`${mode} ${size}`) ?? [];
    const sizes: string[] = [], floors: number[] = [];
    let unflagged: ImportResult | undefined;
    for (const size of SIZES) {
      const file = path.join(dir, `orders-${size}.jsonl`);
      say(`writing ${whole(size)} order lines`);
      const { orders, objects } = await writeOrderFile(file, size, ITEMS);
      sizes.push(`${whole(size)} lines: ${whole(orders)} orders, ${whole(objects)} JSONL lines, ${whole(statSync(file).size / 2 ** 20)} MiB`);
      server.serve(file, objects);
      const once = size === SIZES[1];
      for (let round = 0; round < (once ? 1 : ROUNDS); round++) {
        for (const mode of ['parse', 'read', 'record'] as const) {
          if (mode === 'record' && round > 0) continue;
          if (mode === 'record') await db.query('truncate sales_order, demand_fact, daily_demand');
          say(`${mode}, ${whole(size)} lines`);
          const result = await task({ mode, file, origin: server.origin, databaseUrl: url }, AS_STARTED);
          if (result.lines !== size || result.orders !== orders) throw new Error(`${mode} saw ${result.lines} lines of ${result.orders} orders, the file holds ${size} of ${orders}`);
          if (mode === 'record') await checkRecorded(db, size, orders);
          runs.set(`${mode} ${size}`, [...of(size, mode), result]);
          if (mode === 'record' && once) for (let n = 0; n < 2; n++) floors.push(await copyFloor(db));
        }
      }
      if (once) unflagged = await task({ mode: 'read', file, origin: server.origin, databaseUrl: url });
    }
    await server.close();

    const time = (size: number, mode: Mode): number => median(of(size, mode).map((r) => r.ms));
    const memory = (size: number, mode: Mode): number => Math.max(...of(size, mode).map((r) => r.peakMb - r.idleMb));
    const row = (size: number, mode: Mode, title: string): (string | number)[] => [`${whole(size)}: ${title}`, seconds(time(size, mode)), whole(size / time(size, mode) * 1000), ratio(time(size, mode) / time(size, 'parse')),
      seconds(median(of(size, mode).map((r) => r.cpuMs))), `${whole(memory(size, mode))} MB`];
    const [small, large] = SIZES;
    const floor = Math.min(...floors), without = time(large, 'read') / time(large, 'parse'), all = time(large, 'record') / time(large, 'parse'), peak = memory(large, 'record');
    return {
      tables: [{
        title: `${sizes.join('; ')}. Median of ${ROUNDS} rounds in turns for ${whole(small)} lines (recorded once), one for ${whole(large)}`,
        columns: ['', 'time', 'order lines/s', '× parse alone', 'CPU of the process', 'peak RSS above idle'],
        rows: [...SIZES.flatMap((size) => [row(size, 'parse', 'read and JSON.parse alone'), row(size, 'read', 'through the connector'), row(size, 'record', 'recorded in PostgreSQL')]),
          [`${whole(large)}: floor, the same rows by COPY inside the server, 2 sessions`, seconds(floor), whole(large / floor * 1000), ratio(floor / time(large, 'parse')), '–', '–']],
      }],
      verdicts: [
        { what: `peak RSS above idle, ${whole(large)} lines recorded`, goal: '≤ 300 MB whatever the size', measured: `${whole(peak)} MB (${whole(small)} lines: ${whole(memory(small, 'record'))} MB)`, met: peak <= 300 },
        { what: 'time without the database, of parsing the file alone', goal: '≤ 3 ×', measured: `${ratio(without)} ×`, met: without <= 3 },
        { what: 'time with the database, of parsing the file alone', goal: '≤ 3 ×', measured: `${ratio(all)} ×`, met: all <= 3 },
        { what: 'the same, of the connector and that floor one after the other', goal: null, measured: `${ratio(time(large, 'record') / (time(large, 'read') + floor))} ×`, met: null },
      ],
      notes: [`Of the recorded run the process itself was busy ${whole(median(of(large, 'record').map((r) => r.cpuMs / r.ms * 100)))} % of the time; PostgreSQL and the wait for it are the rest.`,
        `Through the connector without \`${AS_STARTED.join(' ')}\`: ${whole(large)} lines in ${seconds(unflagged!.ms)}, ${whole(unflagged!.peakMb - unflagged!.idleMb)} MB above idle.`],
    };
  }),
};

/** Milliseconds to load what was recorded again, as binary files the server itself reads: the orders in one session, demand and its fold in another. */
async function copyFloor(db: Db): Promise<number> {
  const { rows: [home] } = await db.query<{ dir: string }>(`select current_setting('data_directory') as dir`);
  const tables = ['sales_order', 'demand_fact', 'daily_demand'] as const, file = (table: string): string => `'${home!.dir}/floor-${table}'`;
  for (const table of tables) await db.query(`copy ${table} to ${file(table)} (format binary)`);
  await db.query(`truncate ${tables.join(', ')}`);
  await settle(db);
  const load = (table: string): Promise<unknown> => db.query(`copy ${table} from ${file(table)} (format binary)`);
  return (await timed(() => Promise.all([load('sales_order'), load('demand_fact').then(() => load('daily_demand'))]))).ms;
}

async function task(input: ImportTask, flags: string[] = []): Promise<ImportResult> {
  const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'import-task.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...flags, script, JSON.stringify(input)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString(); });
  const [code] = await once(child, 'close') as [number];
  if (code !== 0) throw new Error(`${input.mode} stopped with ${code}`);
  return JSON.parse(text) as ImportResult;
}

/** Every line of the file is one demand fact, and the daily fold sums to them. */
async function checkRecorded(db: { query<R extends object>(sql: string): Promise<{ rows: R[] }> }, lines: number, orders: number): Promise<void> {
  const { rows: [got] } = await db.query<{ facts: number; orders: number; units: string; folded: string }>(
    `select (select count(*)::int from sales_order) as orders, (select count(*)::int from demand_fact) + (select count(*)::int from sales_order o, jsonb_object_keys(o.state -> 'lines') where o.state ->> 'cancelledAt' is not null) as facts,
       (select sum(quantity) from demand_fact) as units, (select sum(quantity) from daily_demand) as folded`);
  if (got!.orders !== orders || got!.facts !== lines || got!.units !== got!.folded) throw new Error(`recorded ${JSON.stringify(got)} of ${lines} lines, ${orders} orders`);
}
