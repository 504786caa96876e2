/**
 * A sale, end to end: an order placed in the sandbox (a process of its own) → its webhook over HTTP → inbox → applied → its location read → the
 * ledger's balance changed. Timed from before the order is placed until another connection sees the committed movement.
 */
import type { ChildProcess } from 'node:child_process';
import { spawnSandbox, stopChild } from '../src/cli/commands/start.ts';
import { buildHouse } from '../src/compose.ts';
import { FLOWS } from '../src/flows/contents.ts';
import { readConfig } from '../src/runtime/config.ts';
import { runFlow } from '../src/runtime/run-flow.ts';
import type { Db } from '../src/store/db.ts';
import { withCluster } from './cluster.ts';
import type { Benchmark } from './report.ts';
import { connectSandbox, control, SANDBOX_CLIENT, SANDBOX_SECRET, serve } from './sandbox-store.ts';
import { ms, quantile, whole } from './statistics.ts';

const SINGLE = 150;
const STREAM_SECONDS = 12, STREAM_PER_SECOND = 25;

export const bench: Benchmark = {
  name: 'sale-to-ledger',
  about: 'Order placed in the sandbox → ledger balance changed: webhook by HTTP, inbox, apply, location read from the API. Sandbox, PostgreSQL and Instep on the same cores; the shop routes orders at once (routing delay 0).',
  run: (say) => withCluster(async ({ url, dir, db }) => {
    const config = readConfig({ INSTEP_DATA_DIR: dir, INSTEP_PORT: '0', INSTEP_LOG: 'silent', INSTEP_SANDBOX_ORDERS_PER_MINUTE: '0', INSTEP_SANDBOX_SCALE: '0.1', INSTEP_SANDBOX_MONTHS: '2' });
    const { child, url: shop } = await spawnSandbox(config, SANDBOX_CLIENT, SANDBOX_SECRET, () => {});
    const house = await buildHouse({ config, databaseUrl: url });
    const app = await serve(house);
    let worker: { stop(): Promise<void> } | null = null;
    try {
      say('importing the sandbox');
      const storeId = await connectSandbox(house, shop);
      worker = await house.startWorker();
      await control(shop, 'faults', { routingDelayMs: 0 });
      const levels = await sellable(db, storeId);
      for (const level of levels) await control(shop, 'levels', { sku: level.sku, locationId: level.location, available: 1_000 });
      await new Promise((resolve) => { setTimeout(resolve, 1_000); });
      await runFlow(house, FLOWS.find((flow) => flow.name === 'drift-check')!, storeId, 'bench');
      const watch = watcher(db, storeId);

      say(`${SINGLE} orders, one at a time`);
      const single: number[] = [];
      for (let n = -20; n < SINGLE; n++) {
        const took = await watch.sale(() => place(shop, levels[(n + 20) % levels.length]!));
        if (n >= 0) single.push(took);
      }
      say(`${STREAM_PER_SECOND} orders a second for ${STREAM_SECONDS} s`);
      const stream: Promise<number>[] = [];
      const began = performance.now();
      for (let n = 0; n < STREAM_SECONDS * STREAM_PER_SECOND; n++) {
        const due = began + n * 1000 / STREAM_PER_SECOND - performance.now();
        if (due > 0) await new Promise((resolve) => { setTimeout(resolve, due); });
        stream.push(watch.sale(() => place(shop, levels[n % levels.length]!)));
      }
      const streamed = await Promise.all(stream);
      await watch.stop();
      const row = (title: string, took: number[]): (string | number)[] => [title, took.length, ms(quantile(took, 0.5)), ms(quantile(took, 0.9)), ms(quantile(took, 0.99)), ms(quantile(took, 1))];
      return {
        tables: [{ title: 'Milliseconds from before the order is placed until the movement is committed and seen', columns: ['', 'orders', 'p50', 'p90', 'p99', 'longest'], rows: [row('one at a time', single), row(`${STREAM_PER_SECOND} a second`, streamed)] }],
        verdicts: [
          { what: 'one order at a time', goal: null, measured: `p50 ${ms(quantile(single, 0.5))} ms, p99 ${ms(quantile(single, 0.99))} ms`, met: null },
          { what: `${whole(STREAM_PER_SECOND)} orders a second`, goal: null, measured: `p50 ${ms(quantile(streamed, 0.5))} ms, p99 ${ms(quantile(streamed, 0.99))} ms`, met: null },
        ],
        notes: ['The watching connection looks every 2 ms, which is part of the figures. A real shop routes an order about half a second after it is placed; that wait is Shopify\'s and is switched off here.'],
      };
    } finally {
      await worker?.stop();
      await app.close();
      await house.close();
      await stopChild(child as ChildProcess);
    }
  }),
};

interface Level { sku: string; location: string }

async function sellable(db: Db, storeId: number): Promise<Level[]> {
  const { rows } = await db.query<Level>(
    `select v.sku, l.shopify_location_id::text as location from balance b join inventory_item i on i.store_id = b.store_id and i.item_id = b.item_id
     join variant v on v.store_id = i.store_id and v.shopify_inventory_item_id = i.shopify_inventory_item_id join location l on l.store_id = b.store_id and l.location_id = b.location_id
     where b.store_id = $1 and b.state = 'available' and b.quantity > 0 and v.deleted_at is null and v.product_status = 'ACTIVE' and not v.is_bundle and v.sku <> ''
       and (select count(*) from variant w where w.store_id = v.store_id and w.sku = v.sku) = 1 order by b.item_id limit 60`, [storeId]);
  if (rows.length < 10) throw new Error(`only ${rows.length} levels to sell from`);
  return rows;
}

const place = async (shop: string, level: Level): Promise<string> => (await control(shop, 'orders', { lines: [{ sku: level.sku, quantity: 1 }], locationId: level.location })).id;

/** Looks every 2 ms, on a connection of its own, for movements of the orders that are waited for. */
function watcher(db: Db, storeId: number): { sale(place: () => Promise<string>): Promise<number>; stop(): Promise<void> } {
  const waiting = new Map<string, (at: number) => void>();
  let stopped = false;
  const loop = (async () => {
    const client = await db.pool.connect();
    try {
      while (!stopped) {
        if (waiting.size > 0) {
          const { rows } = await client.query<{ id: string }>({ name: 'seen', text: `select w.id from unnest($2::text[]) as w(id) where exists (
            select from movement m where m.store_id = $1 and m.fact > 'shopify:order/' || w.id || ':' and m.fact < 'shopify:order/' || w.id || ';')`, values: [storeId, [...waiting.keys()]] });
          for (const { id } of rows) { waiting.get(id)?.(performance.now()); waiting.delete(id); }
        }
        await new Promise((resolve) => { setTimeout(resolve, 2); });
      }
    } finally {
      client.release();
    }
  })();
  return {
    async sale(place) {
      const start = performance.now(), id = await place();
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => { waiting.delete(id); reject(new Error(`order ${id} did not reach the ledger in 30 s`)); }, 30_000);
        waiting.set(id, (at) => { clearTimeout(late); resolve(at - start); });
      });
    },
    async stop() { stopped = true; await loop; },
  };
}
