/**
 * Two shops that sell from one shelf, each unit for sale in both: how long after a sale in one the other has less on sale, by its own yes to our write. Both shops
 * sell all the time, so each level is moved by its own sales while the other shop's are on their way to it.
 */
import path from 'node:path';
import { stopChild } from '../src/cli/commands/start.ts';
import { buildHouse } from '../src/compose.ts';
import { flowNamed } from '../src/flows/contents.ts';
import { readConfig } from '../src/runtime/config.ts';
import { runFlow } from '../src/runtime/run-flow.ts';
import { changePolicy, setAuthority } from '../src/store/authority.ts';
import type { Db } from '../src/store/db.ts';
import { ledgerFaults } from '../src/store/ledger.ts';
import { makeWarehouse } from '../src/store/warehouses.ts';
import { shelfWarehouse } from '../test/helpers/shelf-warehouse.ts';
import { withCluster } from './cluster.ts';
import type { Benchmark } from './report.ts';
import { connectSandbox, control, largestLocation, sellableItems, serve, spawnShops } from './sandbox-store.ts';
import { sendShoppers } from './shoppers.ts';
import { ms, quantile, whole } from './statistics.ts';

const RATES = (process.env['BENCH_STORES_PER_SECOND'] ?? '20,200').split(',').map(Number), SECONDS = Number(process.env['BENCH_STORES_SECONDS'] ?? 20), HOT = 20;
const SHELF = Math.ceil(RATES.reduce((a, b) => a + b, 0) * SECONDS / HOT * 1.5) + 100;
const pause = (time: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, time); });

export const bench: Benchmark = {
  name: 'two-stores',
  about: `Two sandbox shops sell ${HOT} items from one shelf, half of the orders each, for ${SECONDS} s at ${RATES.join(' and then ')} orders a second. Both shops (one process), PostgreSQL and Instep on the same cores.`,
  run: (say) => withCluster(async ({ url, dir, db }) => {
    const config = readConfig({ INSTEP_DATA_DIR: dir, INSTEP_PORT: '0', INSTEP_LOG: 'silent' });
    const { child, shops } = await spawnShops(path.join(dir, 'shops'), 2);
    const shelf = shelfWarehouse(() => new Date().toISOString());
    const house = await buildHouse({ config, databaseUrl: url, warehouse: async () => shelf });
    const app = await serve(house);
    let worker: { stop(): Promise<void> } | null = null;
    try {
      say('importing two shops');
      const stores: { storeId: number; locationId: number; place: string; shop: string }[] = [];
      for (const shop of shops) {
        const storeId = await connectSandbox(house, shop.url, shop.domain);
        stores.push({ storeId, ...await largestLocation(db, storeId), shop: shop.url });
        await control(shop.url, 'faults', { routingDelayMs: 0 });
      }
      const [first, second] = stores as [typeof stores[0], typeof stores[0]];
      const there = new Map((await sellableItems(db, second.storeId, second.locationId)).map((row) => [row.item_id, row]));
      const items = (await sellableItems(db, first.storeId, first.locationId)).filter((row) => there.has(row.item_id)).slice(0, HOT);
      if (items.length < HOT) throw new Error(`only ${items.length} items in both shops`);
      const warehouseId = await makeWarehouse(db, { name: 'Mill', connector: 'warehouse-rest', settings: {}, hookToken: 'warehouse-bench', now: new Date().toISOString() });
      for (const { item_id, sku, committed } of items) {
        shelf.put(sku, SHELF + committed + there.get(item_id)!.committed);
        await db.query(`insert into warehouse_sku (warehouse_id, sku, item_id, matched_by, updated_at, updated_by) values ($1, $2, $3, 'by hand', $4, 'bench')`, [warehouseId, sku, item_id, new Date().toISOString()]);
      }
      shelf.countAll();
      await db.transaction(async (tx) => {
        for (const { storeId, locationId } of stores) {
          await setAuthority(tx, storeId, locationId, 'warehouse', warehouseId);
          await changePolicy(tx, storeId, locationId, { mode: 'live', firstPushCap: 1_000_000, bufferCapUnits: 0 }, 'bench', new Date().toISOString());
        }
      });
      worker = await house.startWorker();
      await runFlow(house, flowNamed('warehouse-feed')!, first.storeId, 'bench');
      for (const { storeId } of stores) for (const name of ['drift-check', 'stock-push']) await runFlow(house, flowNamed(name)!, storeId, 'bench');
      await atRest(db);

      const table: string[][] = [], verdicts: { what: string; goal: string | null; measured: string; met: boolean | null }[] = [];
      for (const rate of RATES) {
        say(`${rate} orders a second for ${SECONDS} s`);
        const [{ rows: [mark] }, since] = [await db.query<{ id: string }>('select coalesce(max(attempt_id), 0) as id from push_attempt'), new Date().toISOString()];
        const rushes = await Promise.all(stores.map(({ shop, place }) => sendShoppers({ shop, locationId: place, skus: items.map((i) => i.sku), perSecond: rate / 2, seconds: SECONDS })));
        const caughtUp = await atRest(db);
        const lags: number[] = [];
        let missing = 0;
        for (const [n, { placed }] of rushes.entries()) {
          const other = stores[1 - n]!, own = stores[n]!;
          // The units of this shop's sales are what the other shop's level is lowered by, in the order they were placed.
          const { rows: writes } = await db.query<{ item_id: number; change: number; at: string }>(
            `select r.item_id, r.to_quantity - r.from_quantity as change, a.settled_at as at from push_attempt_row r join push_attempt a using (store_id, attempt_id) where r.store_id = $1 and r.location_id = $2 and r.state = 'written' and a.attempt_id > $3 order by a.settled_at`, [other.storeId, other.locationId, mark!.id]);
          const { rows: ordered } = await db.query<{ order_id: string; item_id: number }>('select order_id, item_id from order_demand where store_id = $1 and ordered_at >= $2::timestamptz - interval \'2 seconds\'', [own.storeId, since]);
          const itemOf = new Map(ordered.map((row) => [row.order_id, row.item_id]));
          const times = Map.groupBy([...placed].map(([id, at]) => ({ item: itemOf.get(id), at })), (sale) => sale.item), written = Map.groupBy(writes, (row) => row.item_id);
          for (const [item, sales] of times) {
            const steps = item === undefined ? [] : written.get(item) ?? [];
            let lowered = 0, step = 0;
            for (const [k, { at }] of sales.sort((a, b) => a.at - b.at).entries()) {
              while (lowered < k + 1 && step < steps.length) lowered -= steps[step++]!.change;
              if (lowered < k + 1) missing++; else lags.push(Math.max(0, Date.parse(steps[step - 1]!.at) - at));
            }
          }
        }
        const placed = rushes.reduce((sum, r) => sum + r.placed.size, 0), took = Math.max(...rushes.map((r) => r.took)) / 1000;
        const { rows: [ways] } = await db.query<{ sets: number; differences: number; stale: number }>(
          `select count(*) filter (where r.state = 'written' and a.way = 'set')::int as sets, count(*) filter (where r.state = 'written' and a.way = 'difference')::int as differences, count(*) filter (where r.state = 'stale')::int as stale
           from push_attempt_row r join push_attempt a using (store_id, attempt_id) where a.attempt_id > $1`, [mark!.id]);
        table.push([`${rate} a second`, whole(placed / took), whole(lags.length), ms(quantile(lags, 0.5)), ms(quantile(lags, 0.9)), ms(quantile(lags, 0.99)), ms(quantile(lags, 1)), whole(ways!.sets), whole(ways!.differences), whole(ways!.stale), caughtUp.toFixed(1)]);
        verdicts.push({ what: `${rate} orders a second: lower in the other shop`, goal: 'p50 ≤ 1 s, p99 ≤ 5 s', measured: `p50 ${ms(quantile(lags, 0.5))} ms, p99 ${ms(quantile(lags, 0.99))} ms${missing > 0 ? `; ${missing} never` : ''}`, met: missing === 0 && quantile(lags, 0.5) <= 1_000 && quantile(lags, 0.99) <= 5_000 });
      }
      let wrong = 0;
      const { rows: open } = await db.query<{ item_id: number; units: number }>('select item_id, sum(open)::int as units from order_demand group by 1'), openOf = new Map(open.map((row) => [row.item_id, row.units]));
      const { rows: shown } = await db.query<{ item_id: number; sku: string; place: string; gid: string; store_id: number }>(
        `select p.item_id, i.sku, l.shopify_location_id as place, x.shopify_inventory_item_id as gid, p.store_id from push_level p join item i using (item_id) join location l on l.store_id = p.store_id and l.location_id = p.location_id join inventory_item x on x.store_id = p.store_id and x.item_id = p.item_id where p.item_id = any($1)`, [items.map((i) => i.item_id)]);
      for (const { storeId } of stores) {
        const rows = shown.filter((row) => row.store_id === storeId), levels = await (await house.storefront(storeId)).levels(rows.map((row) => ({ inventoryItemId: row.gid, locationId: row.place })));
        for (const row of rows) if (levels.find((l) => l.inventoryItemId === row.gid)!.quantities.available !== shelf.shelf.get(row.sku)!.onHand - (openOf.get(row.item_id) ?? 0)) wrong++;
      }
      const faults = (await Promise.all(stores.map(({ storeId }) => ledgerFaults(db, storeId)))).flat().length;
      verdicts.push({ what: 'levels of either shop that do not show the shelf less all open orders; balances that are not their movements', goal: '0; 0', measured: `${wrong}; ${faults}`, met: wrong === 0 && faults === 0 });
      return {
        tables: [{ title: 'Milliseconds from before an order is placed in one shop until the other has accepted its level without these units', columns: ['orders', 'placed a second', 'sales seen', 'p50', 'p90', 'p99', 'longest', 'sets', 'differences', 'sets refused', 's to catch up'], rows: table }],
        verdicts, notes: ['No buffer, so that every unit shows. A sale counts as seen when the changes written to the other level add up to it, sales taken in the order they were placed.'],
      };
    } finally {
      await worker?.stop();
      await app.close();
      await house.close();
      await stopChild(child);
    }
  }),
};

/** Waits until nothing is on its way; answers the seconds that took. */
async function atRest(db: Db): Promise<number> {
  const began = performance.now();
  for (let quiet = 0; quiet < 3 && performance.now() - began < 300_000;) {
    const { rows: [left] } = await db.query<{ n: number }>(
      `select (select count(*) from inbox where state = 0)::int + (select count(*) from sales_order where needs_place and place_attempts < 4)::int + (select count(*) from push_level where dirty_version > seen_version and state <> 'quarantined')::int
         + (select count(*) from push_attempt where state = 'open')::int as n`);
    quiet = left!.n === 0 ? quiet + 1 : 0;
    await pause(200);
  }
  return (performance.now() - began) / 1000;
}
