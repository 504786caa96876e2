/**
 * One reading of a bulk file in a process of its own, so that its memory is its own:
 *   parse   the file read and each line JSON.parse-d, nothing else: what any import must spend
 *   read    Shopify connector: HTTP, lines, orders put together (`allOrders`)
 *   record  read, then states, demand and movements in PostgreSQL, a batch a transaction, as the sales-history flow does
 * Started by import.bench.ts with a JSON task; prints one JSON line.
 */
import { createReadStream } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { adminClient } from '../src/connectors/shopify/admin-client.ts';
import { shopifyStorefront } from '../src/connectors/shopify/storefront.ts';
import { dayOf } from '../src/domain/calendar.ts';
import { openDb } from '../src/store/db.ts';
import { recordOrders } from '../src/store/orders.ts';
import { STORE } from './levels.ts';

export interface ImportTask { mode: 'parse' | 'read' | 'record'; file: string; origin: string; databaseUrl: string }
export interface ImportResult { ms: number; cpuMs: number; lines: number; orders: number; idleMb: number; peakMb: number }

const task = JSON.parse(process.argv[2]!) as ImportTask;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });
const clock = { now: () => new Date(), sleep };
const db = openDb(task.databaseUrl, { max: 4 });
await db.query('select 1');
const storefront = shopifyStorefront(adminClient({
  shopDomain: 'bench.myshopify.com', origin: task.origin, clientId: 'c', clientSecret: 's', token: null, saveToken: async () => {}, clock,
  bucket: { take: async () => 0, observe: async () => {} },
}), { currency: 'EUR', clock });

// Idle: everything loaded, garbage gone.
setFlagsFromString('--expose-gc');
(runInNewContext('gc') as () => void)();
await sleep(200);
const idleMb = process.memoryUsage.rss() / 2 ** 20;
const start = performance.now(), cpu = process.cpuUsage();
const counted = task.mode === 'parse' ? await parse() : await throughConnector(task.mode === 'record');
const ms = performance.now() - start, used = process.cpuUsage(cpu);
await db.close();
// maxRSS is of the whole life of the process, in KiB: the peak, not a sample.
const result: ImportResult = { ms, cpuMs: (used.user + used.system) / 1000, ...counted, idleMb, peakMb: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(`${JSON.stringify(result)}\n`);

async function parse(): Promise<{ lines: number; orders: number }> {
  let rest = '', lines = 0, orders = 0;
  for await (const chunk of createReadStream(task.file, { encoding: 'utf8', highWaterMark: 1 << 18 }) as AsyncIterable<string>) {
    const text = rest + chunk;
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const line = JSON.parse(text.slice(from, end)) as { __typename: string };
      if (line.__typename === 'LineItem') lines++; else if (line.__typename === 'Order') orders++;
      from = end + 1;
    }
    rest = text.slice(from);
  }
  return { lines, orders };
}

async function throughConnector(record: boolean): Promise<{ lines: number; orders: number }> {
  let lines = 0, orders = 0, writing: Promise<unknown> = Promise.resolve(); // two batches at a time, as sales-history records them
  for await (const batch of storefront.allOrders(() => {})) {
    orders += batch.orders.length;
    for (const order of batch.orders) lines += Object.keys(order.lines).length;
    if (!record) continue;
    const written = db.transaction((tx) => recordOrders(tx, STORE, batch.orders, { dayOf: (instant) => dayOf(instant, 'Europe/Amsterdam'), now: new Date().toISOString(), source: 'bulk' }));
    await writing;
    writing = written;
  }
  await writing;
  return { lines, orders };
}
