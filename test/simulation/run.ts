/**
 * One seed: a shop, a store, a warehouse and the house's own flows on a clock that only we move. Nothing waits for real time; whatever would wake a worker
 * is taken by hand, in the order the dice say. Many seeds share one process and one database: each is a store of its own.
 */
import { buildHouse, type BuiltHouse } from '../../src/compose.ts';
import { HttpError, NetworkError, type send } from '../../src/connectors/http.ts';
import { FLOWS, flowNamed } from '../../src/flows/contents.ts';
import { applyWaiting, placeWaiting } from '../../src/flows/inbox.ts';
import { fulfilWaiting } from '../../src/flows/fulfilments.ts';
import { tellWaiting } from '../../src/flows/orders-out.ts';
import { adjustWaiting } from '../../src/flows/stock-adjustments.ts';
import { pushWaiting } from '../../src/flows/stock-push.ts';
import { applyDocument } from '../../src/flows/warehouse-feed.ts';
import { buildApp } from '../../src/http/app.ts';
import { readConfig } from '../../src/runtime/config.ts';
import { contextFor, runFlow } from '../../src/runtime/run-flow.ts';
import type { Flow, FlowContext } from '../../src/runtime/flow.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/main.ts';
import { ConnectionLost } from '../../src/sandbox/shopify/http-message.ts';
import { changePolicy, setAuthority } from '../../src/store/authority.ts';
import { saveBundle } from '../../src/store/bundles.ts';
import { holdItems, letGo } from '../../src/store/held-back.ts';
import { saveStore } from '../../src/store/stores.ts';
import { makeWarehouse } from '../../src/store/warehouses.ts';
import { shelfWarehouse, type ShelfWarehouse } from '../helpers/shelf-warehouse.ts';
import { dice } from './dice.ts';
import { life, mortal, ProcessDied, type Life } from './death.ts';
import { BUNDLE, GOODS, PARTS, smallTown } from './town.ts';

/** How wrong a clock may be, either way, and a third of it at least: far beyond every overlap and lease. */
const SKEW_MS = 15 * 60_000;
const SECRET = 'shpss_simulated_0123456789abcdef0123';

/** What the house did at its edges: kept for the checkers. */
export interface Witness {
  acknowledged: string[];
  /** Sets as they were sent: comparison and place of each row. */
  sets: { key: string; rows: { changeFrom: number | null | undefined; locationId: string }[]; body: string }[];
  /** Changes by difference as they were sent. */
  differences: { key: string; rows: { locationId: string }[]; body: string }[];
  deaths: number;
  /** Errors that are no part of the world: a defect each. */
  unexpected: string[];
  reached: Set<string>;
}

export interface Factory { house: BuiltHouse; make(seed: number): Promise<Run>; close(): Promise<void> }

export interface Run {
  seed: number; storeId: number; warehouseId: number; sandbox: Sandbox; shelf: ShelfWarehouse; life: Life; witness: Witness; house: BuiltHouse;
  places: { mill: string; store: string };
  now(): number;
  advance(ms: number): void;
  /** A deed of the house, by name; answers how much it did. A death in it is survived. */
  deed(name: DeedName): Promise<number>;
  flow(name: string): Promise<void>;
  control(path: string, body: unknown): Promise<{ id: string } | null>;
  /** Somebody holds an item back from sale, for so many minutes or for good (Infinity), or lets it go (null). A death in it is survived. */
  holdBack(sku: string, minutes: number | null): Promise<void>;
  /** How many webhook deliveries find the door closed; how many writes of levels an order overtakes. */
  doors: { refuse: number; rush: number };
  stop(): Promise<void>;
}

export const DEEDS = ['deliver', 'inbox', 'place', 'documents', 'feed', 'tell', 'fulfil', 'adjust', 'push', 'jobs'] as const;
export type DeedName = (typeof DEEDS)[number];

export async function factory(databaseUrl: string, dataDir: string): Promise<Factory> {
  let clock = Date.parse('2026-03-02T09:00:00.000Z');
  const shops = new Map<string, { sandbox: Sandbox; run: () => Run }>(), shelves = new Map<number, ShelfWarehouse>();
  const queued = new Map<number, Set<string>>();
  const alive = life();
  let current: Run | null = null;
  // The house runs on two hosts whose clocks neither agree nor are right; the warehouse's is wrong too. Which host takes a deed is by dice of their own.
  const skew = { hosts: [0, 0], warehouse: 0, host: 0, roll: dice(1) };
  const hostNow = (): Date => new Date(clock + skew.hosts[skew.host]!);

  const transmit: typeof send = async (request) => {
    const url = new URL(request.url), shop = shops.get(url.host);
    if (!shop) throw new NetworkError(`No answer from ${url.host} (ENOTFOUND)`);
    const body = request.body ?? '', moment = !/^\s*\{"query":"\s*mutation\b/.test(body) ? 'any' : body.includes('CreateFulfilment') ? 'fulfil' : 'write';
    alive.step(moment);
    noteWrite(body, current!);
    // A shopper is faster than the call that is on its way.
    if (current!.doors.rush > 0 && /"operationName":"(SetQuantities|AdjustQuantities)"/.test(body)) {
      current!.doors.rush--;
      await current!.control('/orders', { lines: GOODS.map((sku) => ({ sku, quantity: 1 })), locationId: current!.places.mill });
    }
    try {
      const reply = await shop.sandbox.handle({ method: request.method, path: `${url.pathname}${url.search}`, headers: request.headers ?? {}, body: request.body ?? null });
      alive.step(moment); // the shop has done it; we may never hear
      return new Response(new Uint8Array(reply.body), { status: reply.status, headers: reply.headers });
    } catch (error) {
      if (error instanceof ConnectionLost) { clock += error.afterMs; throw new NetworkError(`No answer from ${url.host} (ECONNRESET)`); }
      throw error;
    }
  };

  const house = await buildHouse({
    config: readConfig({ INSTEP_DATA_DIR: dataDir, INSTEP_LOG: 'silent', INSTEP_PORT: '0' }), databaseUrl, send: transmit, log: { info() {}, warn() {}, error() {} },
    clock: { now: hostNow, shared: { now: () => new Date(clock) }, sleep: async (ms) => { clock += ms; await current?.sandbox.pump(); } },
    warehouse: async (id) => shelves.get(id)!,
    jobs: { async enqueue(flow, storeId) { const set = queued.get(storeId) ?? new Set(); queued.set(storeId, set.add(flow)); }, async work() {}, async stop() {} },
    hub: { on() {}, off() {}, changed() {}, async close() {} },
  });
  Object.assign(house, { publicUrl: 'https://instep.sim' });
  mortal(house.db, alive);
  const app = await buildApp({ house, flows: FLOWS, apiVersion: '2026-10', scopes: [], signedBy: house.signedBy, importStore: () => {} }, { webDir: null });

  async function make(seed: number): Promise<Run> {
    const host = `sim-${seed}.myshopify.com`;
    skew.roll = dice(seed ^ 0x5eed);
    const wrong = (): number => (skew.roll(2) === 0 ? -1 : 1) * (SKEW_MS / 3 + skew.roll(SKEW_MS * 2 / 3));
    Object.assign(skew, seed % 4 === 0 ? { hosts: [0, 0], warehouse: 0, host: 0 } : { hosts: [wrong(), wrong()], warehouse: wrong(), host: 0 });
    // The shop's clock is the true one; whole seconds on its wire are its own affair.
    const sandbox = await startSandbox({
      port: null, dataDir: ':memory:', prepare: smallTown, timers: false, clock: () => clock, seed, idSpace: seed % 800, clientId: 'sim', clientSecret: SECRET, shopDomain: host, plan: 'plus', fulfilAfterMs: null,
      deliver: async ({ url, headers, body }) => {
        if (run.doors.refuse > 0) { run.doors.refuse--; return { status: 503 }; }
        const reply = await app.inject({ method: 'POST', url: new URL(url).pathname, headers: { ...headers, host: 'instep.sim' }, payload: body });
        if (reply.statusCode === 200) run.witness.acknowledged.push(headers['X-Shopify-Webhook-Id'] ?? headers['x-shopify-webhook-id']!);
        return { status: reply.statusCode };
      },
    });
    const [mill, store] = [...sandbox.shop.tables.locations.values()].map((l) => l.id) as [string, string];
    const shelf = shelfWarehouse(() => new Date(clock + skew.warehouse).toISOString());
    const now = (): string => hostNow().toISOString();
    const hookToken = `sim-token-${seed}`;
    const storeId = await saveStore(house.db, { shopDomain: host, name: host, currency: 'EUR', timeZone: 'Europe/Berlin', origin: `https://${host}`, clientId: 'sim', clientSecret: Buffer.alloc(0), hookToken, now: now() });
    await house.db.query('update connection set client_secret = $2 where store_id = $1', [storeId, house.vault.seal(`${storeId}:connection:client_secret`, SECRET)]);
    // Every seed's goods are its own: another seed's items of the same name are no matches.
    await house.db.query(`update store set match_items = 'by hand' where store_id = $1`, [storeId]);
    const warehouseId = await makeWarehouse(house.db, { name: `Mill ${seed}`, connector: 'warehouse-rest', settings: {}, hookToken: `warehouse-${seed}`, now: now() });
    shelves.set(warehouseId, shelf);

    const run: Run = {
      seed, storeId, warehouseId, sandbox, shelf, life: alive, house, places: { mill, store }, doors: { refuse: 0, rush: 0 },
      witness: { acknowledged: [], sets: [], differences: [], deaths: 0, unexpected: [], reached: new Set() },
      now: () => clock, advance(ms) { clock += ms; },
      deed: (name) => survive(run, () => deeds[name](run)),
      async flow(name) { await survive(run, async () => { await runFlow(house, flowNamed(name)!, storeId, 'simulation'); return 1; }); },
      async control(path, body) {
        const reply = await sandbox.handle({ method: 'POST', path: `/sandbox${path}`, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
        if (reply.status >= 500) throw new Error(`the shop broke: ${path} ${reply.body.toString()}`);
        return reply.status < 300 ? JSON.parse(reply.body.toString()) as { id: string } : null;
      },
      async holdBack(sku, minutes) {
        await survive(run, () => house.db.transaction(async (tx) => {
          const { rows: [item] } = await tx.query<{ item_id: number }>('select x.item_id from variant v join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id where v.store_id = $1 and v.sku = $2', [storeId, sku]);
          const at = now();
          if (minutes === null) return letGo(tx, storeId, [item!.item_id], 'simulation', at);
          return holdItems(tx, storeId, [item!.item_id], { until: minutes === Infinity ? null : new Date(Date.parse(at) + minutes * 60_000).toISOString(), reason: 'something is wrong with it' }, 'simulation', at);
        }));
        run.witness.reached.add('held back');
      },
      async stop() { shops.delete(host); shelves.delete(warehouseId); current = null; await sandbox.stop(); },
    };
    current = run;
    shops.set(host, { sandbox, run: () => run });
    for (const name of ['subscriptions', 'catalogue', 'sales-history', 'opening-stock']) await runFlow(house, flowNamed(name)!, storeId, 'first import');
    await house.db.query('update store set imported_at = $2 where store_id = $1', [storeId, now()]);
    await connectShelf(run, now());
    return run;
  }

  /** The mill is the warehouse's; the bundle is one from the beginning; twenty of each good stand on its shelf. */
  async function connectShelf(run: Run, now: string): Promise<void> {
    const { storeId, warehouseId, shelf } = run;
    const variants = new Map([...run.sandbox.shop.tables.variants.values()].map((v) => [v.sku!, v.id]));
    for (const sku of GOODS) {
      shelf.put(sku, 20);
      await house.db.query(
        `insert into warehouse_sku (warehouse_id, sku, item_id, matched_by, updated_at, updated_by) select $1, $2, x.item_id, 'by hand', $4, 'simulation' from variant v join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id where v.store_id = $3 and v.sku = $2`,
        [warehouseId, sku, storeId, now]);
    }
    shelf.countAll();
    const { rows: [place] } = await house.db.query<{ location_id: number }>('select location_id from location where store_id = $1 and shopify_location_id = $2', [storeId, run.places.mill]);
    await house.db.transaction(async (tx) => {
      await saveBundle(tx, storeId, variants.get(BUNDLE)!, '2026-01-01T00:00:00.000Z', Object.entries(PARTS).map(([sku, quantity]) => ({ variantId: variants.get(sku)!, quantity })), 'simulation', now);
      await setAuthority(tx, storeId, place!.location_id, 'warehouse', warehouseId);
      await changePolicy(tx, storeId, place!.location_id, { mode: 'live', firstPushCap: 1_000_000, bufferCapUnits: run.seed % 3 === 0 ? 2 : 0 }, 'simulation', now);
    });
    await run.flow('warehouse-feed');
    await run.flow('stock-push');
  }

  const contextOf = (run: Run): Promise<FlowContext> => contextFor(house, run.storeId, () => {});
  const deeds: Record<DeedName, (run: Run) => Promise<number>> = {
    async deliver(run) { const done = await run.sandbox.pump() as { webhooks?: number }; return done.webhooks ?? 0; },
    inbox: (run) => applyWaiting(house.db, () => contextOf(run), 50),
    place: async (run) => placeWaiting(await contextOf(run)),
    documents: async (run) => ((await applyDocument(house.db, await contextOf(run))) ? 1 : 0),
    async feed(run) { await runFlow(house, flowNamed('warehouse-feed')!, run.storeId, 'simulation'); return 0; },
    tell: async (run) => tellWaiting(await contextOf(run)),
    fulfil: async (run) => fulfilWaiting(await contextOf(run)),
    adjust: async (run) => adjustWaiting(await contextOf(run)),
    push: async (run) => pushWaiting(await contextOf(run)),
    async jobs(run) {
      const flows = [...(queued.get(run.storeId) ?? [])].map((name) => flowNamed(name)).filter((flow): flow is Flow => flow !== undefined && flow.name !== 'forecast' && flow.name !== 'replenishment');
      queued.get(run.storeId)?.clear();
      for (const [n, flow] of flows.entries()) {
        try { await runFlow(house, flow, run.storeId, 'simulation'); } catch (error) {
          // The job library gives a failed job back.
          for (const again of flows.slice(n)) await house.enqueue(again.name, run.storeId).catch(() => {});
          throw error;
        }
      }
      return flows.length;
    },
  };

  /** What the world may do to a deed: kill it, cut its answers. Anything else is a defect. */
  async function survive(run: Run, work: () => Promise<number>): Promise<number> {
    const host = skew.roll(2);
    // What a host knows of Shopify's clock is its own.
    if (host !== skew.host) house.reconnect(run.storeId);
    skew.host = host;
    try {
      return await work();
    } catch (error) {
      const known = error instanceof ProcessDied || error instanceof NetworkError || error instanceof HttpError || (error as Error).name === 'TokenDead';
      if (!known) run.witness.unexpected.push(`${(error as Error).name}: ${(error as Error).message}\n${(error as Error).stack?.split('\n').slice(1, 6).join('\n') ?? ''}`);
      return 0;
    } finally {
      if (alive.revive()) { run.witness.deaths++; house.reconnect(run.storeId); }
    }
  }

  return { house, make, async close() { await app.close(); await house.close(); } };
}

function noteWrite(body: string, run: Run): void {
  if (body.includes('inventorySetQuantities')) {
    const { variables } = JSON.parse(body) as { variables: { key: string; input: { quantities: { changeFromQuantity?: number | null; locationId: string }[] } } };
    run.witness.sets.push({ key: variables.key, body: JSON.stringify(variables.input), rows: variables.input.quantities.map((q) => ({ changeFrom: q.changeFromQuantity, locationId: q.locationId.split('/').at(-1)! })) });
  } else if (body.includes('inventoryAdjustQuantities') && body.includes('gid://instep/StockPush/')) {
    const { variables } = JSON.parse(body) as { variables: { key: string; input: { changes: { locationId: string }[] } } };
    run.witness.differences.push({ key: variables.key, body: JSON.stringify(variables.input), rows: variables.input.changes.map((c) => ({ locationId: c.locationId.split('/').at(-1)! })) });
    run.witness.reached.add('change by difference');
  }
}
