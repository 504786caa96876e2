/**
 * A flash sale: 500 orders a second for a minute on twenty items of one location that a warehouse serves, while the warehouse recounts them every few seconds, so
 * that levels are written under fire. Lag from an order to its movement, how long Instep needs to catch up, and units promised beyond the shelf. Shoppers and
 * sandbox are processes of their own, so that what the processors did can be told apart.
 */
import type { ChildProcess } from 'node:child_process';
import { spawnSandbox, stopChild } from '../src/cli/commands/start.ts';
import { buildHouse } from '../src/compose.ts';
import { flowNamed } from '../src/flows/contents.ts';
import { readConfig } from '../src/runtime/config.ts';
import { shopifyRequests } from '../src/runtime/metrics.ts';
import { runFlow } from '../src/runtime/run-flow.ts';
import { changePolicy, setAuthority } from '../src/store/authority.ts';
import type { Db } from '../src/store/db.ts';
import { ledgerFaults } from '../src/store/ledger.ts';
import { makeWarehouse } from '../src/store/warehouses.ts';
import { shelfWarehouse } from '../test/helpers/shelf-warehouse.ts';
import { withCluster } from './cluster.ts';
import { processorTime } from './processor-time.ts';
import type { Benchmark } from './report.ts';
import { connectSandbox, control, largestLocation, SANDBOX_CLIENT, SANDBOX_SECRET, sellableItems, serve } from './sandbox-store.ts';
import { sendShoppers } from './shoppers.ts';
import { ms, quantile, whole } from './statistics.ts';

const PER_SECOND = Number(process.env['BENCH_FLASH_PER_SECOND'] ?? 500), SECONDS = Number(process.env['BENCH_FLASH_SECONDS'] ?? 60);
const HOT = 20, SHELF = Math.ceil(PER_SECOND * SECONDS / HOT * 0.8), RECOUNT_MS = 3_000, STORED = 2_000;
const pause = (time: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, time); });

export const bench: Benchmark = {
  name: 'flash-sale',
  about: `${PER_SECOND} orders a second offered for ${SECONDS} s on ${HOT} items with ${whole(SHELF)} units each at a location a warehouse serves, which counts a few of them anew every 3 s. Sandbox, PostgreSQL and Instep on the same cores.`,
  run: (say) => withCluster(async ({ url, dir, db }) => {
    const config = readConfig({ INSTEP_DATA_DIR: dir, INSTEP_PORT: '0', INSTEP_LOG: 'silent', INSTEP_SANDBOX_ORDERS_PER_MINUTE: '0', INSTEP_SANDBOX_SCALE: '0.1', INSTEP_SANDBOX_MONTHS: '1' });
    const { child, url: shop } = await spawnSandbox(config, SANDBOX_CLIENT, SANDBOX_SECRET, () => {});
    const shelf = shelfWarehouse(() => new Date().toISOString());
    const house = await buildHouse({ config, databaseUrl: url, warehouse: async () => shelf });
    const app = await serve(house);
    let worker: { stop(): Promise<void> } | null = null;
    try {
      say('importing the sandbox');
      const storeId = await connectSandbox(house, shop);
      const { locationId, place } = await largestLocation(db, storeId);
      await control(shop, 'faults', { routingDelayMs: 0 });
      const hot = (await sellableItems(db, storeId, locationId)).slice(0, HOT);
      if (hot.length < HOT) throw new Error(`only ${hot.length} items to sell`);
      for (const { sku, committed } of hot) { await control(shop, 'levels', { sku, locationId: place, available: SHELF + STORED / HOT }); shelf.put(sku, SHELF + STORED / HOT + committed); }
      shelf.countAll();
      const warehouseId = await makeWarehouse(db, { name: 'Mill', connector: 'warehouse-rest', settings: {}, hookToken: 'warehouse-bench', now: new Date().toISOString() });
      for (const { sku, item_id } of hot) await db.query(`insert into warehouse_sku (warehouse_id, sku, item_id, matched_by, updated_at, updated_by) values ($1, $2, $3, 'by hand', $4, 'bench')`, [warehouseId, sku, item_id, new Date().toISOString()]);
      await db.transaction(async (tx) => {
        await setAuthority(tx, storeId, locationId, 'warehouse', warehouseId);
        await changePolicy(tx, storeId, locationId, { mode: 'live', firstPushCap: 1_000_000 }, 'bench', new Date().toISOString());
      });
      for (const name of ['drift-check', 'warehouse-feed', 'stock-push']) await runFlow(house, flowNamed(name)!, storeId, 'bench');
      say(`${whole(STORED)} orders while nobody applies`);
      await sendShoppers({ shop, locationId: place, skus: hot.map((h) => h.sku), perSecond: 250, seconds: STORED / 250 });
      await until(db, 'select (select count(*) from inbox) < $1 as waiting', [STORED * 4], 60_000);
      const drainFrom = await processorTime(db, child.pid!), drainBegan = performance.now();
      worker = await house.startWorker();
      await until(db, 'select exists (select from inbox where state = 0) or exists (select from sales_order where needs_place and place_attempts < 4) as waiting', [], 300_000);
      const drained = (performance.now() - drainBegan) / 1000, drainTo = await processorTime(db, child.pid!);
      await until(db, `select exists (select from push_level where dirty_version > seen_version and state <> 'quarantined') or exists (select from push_attempt where state = 'open') or exists (select from order_out where state = 'waiting') as waiting`, [], 120_000);

      say(`${PER_SECOND} orders a second for ${SECONDS} s`);
      const began = performance.now(), before = await processorTime(db, child.pid!), callsBefore = await calls(), saleFrom = new Date().toISOString();
      let selling = true;
      const recounting = (async () => {
        for (let n = 0; selling; n++) {
          await pause(RECOUNT_MS);
          // Units go missing in the first half only: what is found missing after the last one was sold is nobody's write.
          for (let k = 0; k < 4; k++) shelf.change(hot[(n * 4 + k) % HOT]!.sku, n % 2 === 0 && performance.now() - began < SECONDS * 500 ? -5 : 5);
          await runFlow(house, flowNamed('warehouse-feed')!, storeId, 'bench').catch(() => {});
        }
      })();
      const { placed, refused, offered, startedAt } = await sendShoppers({ shop, locationId: place, skus: hot.map((h) => h.sku), perSecond: PER_SECOND, seconds: SECONDS });
      const ended = Date.now(), took = (ended - startedAt) / 1000;
      const during = await processorTime(db, child.pid!);
      selling = false;
      await recounting;
      say(`${whole(placed.size)} orders placed in ${took.toFixed(1)} s; catching up`);
      for (;;) {
        const { rows: [left] } = await db.query<{ n: number }>(
          `select (select count(*) from inbox where state = 0)::int + (select count(*) from sales_order where needs_place and place_attempts < 4)::int + (select count(*) from push_level where dirty_version > seen_version and state <> 'quarantined' and (not_before is null or not_before <= $1))::int
             + (select count(*) from push_attempt where state = 'open')::int + (select count(*) from order_out where state = 'waiting')::int as n`, [new Date().toISOString()]);
        if (left!.n === 0 || Date.now() - ended > 600_000) break;
        await pause(200);
      }
      const caughtUp = (Date.now() - ended) / 1000, after = await processorTime(db, child.pid!);
      const callsAfter = await calls();
      const { rows: runs } = await db.query<{ flow: string; n: number }>('select flow, count(*)::int as n from flow_run where store_id = $1 and started_at >= $2 group by 1 having count(*) > 3 order by 2 desc', [storeId, saleFrom]);
      const perThousand = (of: 'own' | 'postgres' | 'sandbox', until: typeof during): string => ((until[of] - before[of]) / placed.size * 1000).toFixed(2);
      const { rows: movements } = await db.query<{ order_id: string; at: string }>(
        `select split_part(split_part(fact, '/', 2), ':', 1) as order_id, min(recorded_at) as at from movement where store_id = $1 and kind = 'order committed' and fact like 'shopify:order/%' group by 1`, [storeId]);
      const heard = new Map(movements.map((m) => [m.order_id, Date.parse(m.at)])), lags = [...placed].flatMap(([id, at]) => { const t = heard.get(id); return t === undefined ? [] : [t - at]; });
      const shown = await (await house.storefront(storeId)).levels(hot.map((h) => ({ inventoryItemId: h.inventory_item_id, locationId: place })));
      let beyond = 0, wrong = 0;
      for (const level of shown) {
        const { onHand } = shelf.shelf.get(hot.find((h) => h.inventory_item_id === level.inventoryItemId)!.sku)!;
        const { available = 0, committed = 0 } = level.quantities;
        beyond += Math.max(0, committed - onHand);
        if (available > Math.max(0, onHand - committed)) wrong++;
      }
      const { rows: [writes] } = await db.query<{ written: number; stale: number }>(`select count(*) filter (where state = 'written')::int as written, count(*) filter (where state = 'stale')::int as stale from push_attempt_row where store_id = $1`, [storeId]);
      const faults = (await ledgerFaults(db, storeId)).length;
      return {
        tables: [
          { title: `${whole(STORED)} orders that were stored while no worker ran, with their notices of levels, products and routing: until their movements are recorded`, columns: ['orders a second', 'processor seconds per 1,000: Instep', 'PostgreSQL', 'sandbox, asked for places'], rows: [
            [whole(STORED / drained), ...(['own', 'postgres', 'sandbox'] as const).map((of) => ((drainTo[of] - drainFrom[of]) / STORED * 1000).toFixed(2))]] },
          { title: 'The sale', columns: ['', ''], rows: [['orders offered', whole(offered)], ['placed', whole(placed.size)], ['refused by the shop: nothing available', whole(refused)], ['placed a second', whole(placed.size / took)], ['levels written meanwhile', whole(writes!.written)], ['of those sets that met another number', whole(writes!.stale)]] },
          { title: 'Milliseconds from before the order is placed until its movement is recorded', columns: ['orders', 'p50', 'p90', 'p99', 'longest'], rows: [[whole(lags.length), ms(quantile(lags, 0.5)), ms(quantile(lags, 0.9)), ms(quantile(lags, 0.99)), ms(quantile(lags, 1))]] },
          { title: 'Seconds of processor per 1,000 orders placed', columns: ['', 'during the sale', 'until caught up'], rows: [
            ['Instep: door, inbox, places, pushes, orders out', perThousand('own', during), perThousand('own', after)], ['its PostgreSQL', perThousand('postgres', during), perThousand('postgres', after)], ['the sandbox, not ours', perThousand('sandbox', during), perThousand('sandbox', after)]] },
        ],
        verdicts: [
          { what: 'calls to Shopify meanwhile, by operation', goal: null, measured: [...callsAfter].map(([op, n]) => [op, n - (callsBefore.get(op) ?? 0)] as const).filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]).map(([op, n]) => `${op} ${whole(n)}`).join(', '), met: null },
          { what: 'flows that ran more than three times', goal: null, measured: runs.map((run) => `${run.flow} ${run.n}`).join(', ') || 'none', met: null },
          { what: `orders a second that reached the shop, of ${PER_SECOND} offered`, goal: null, measured: whole((placed.size + refused) / took), met: null },
          { what: 'lag of the ledger', goal: 'p50 ≤ 1 s, p99 ≤ 5 s', measured: `p50 ${ms(quantile(lags, 0.5))} ms, p99 ${ms(quantile(lags, 0.99))} ms`, met: quantile(lags, 0.5) <= 1000 && quantile(lags, 0.99) <= 5000 },
          { what: 'caught up with everything after the last order', goal: null, measured: `${caughtUp.toFixed(1)} s`, met: null },
          { what: 'units promised beyond the shelf', goal: '0', measured: whole(beyond), met: beyond === 0 },
          { what: 'orders without a movement; levels that show more than the shelf allows; balances that are not their movements', goal: '0; 0; 0', measured: `${placed.size - lags.length}; ${wrong}; ${faults}`, met: placed.size === lags.length && wrong === 0 && faults === 0 },
        ],
        notes: ['The shop itself refuses what it does not have, so units beyond the shelf could only come from a set that raised a level too far. Recounts take units away in the first half of the sale and add some throughout.'],
      };
    } finally {
      await worker?.stop();
      await app.close();
      await house.close();
      await stopChild(child as ChildProcess);
    }
  }),
};

/** Calls to Shopify so far, by operation and by status where it is not a success. */
async function calls(): Promise<Map<string, number>> {
  const { values } = await shopifyRequests.get();
  return new Map(values.map(({ labels, value }) => [labels['status'] === '200' ? String(labels['op']) : `${labels['op']} ${labels['status']}`, value]));
}

/** Asks every 50 ms until the answer is no, or `patienceMs` are over. */
async function until(db: Db, question: string, values: unknown[], patienceMs: number): Promise<void> {
  for (const end = performance.now() + patienceMs; performance.now() < end;) {
    const { rows: [row] } = await db.query<{ waiting: boolean }>(question, values);
    if (!row!.waiting) return;
    await pause(50);
  }
}
