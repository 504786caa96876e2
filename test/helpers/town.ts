/** One little shop connected to a clockwork house: imported, with a warehouse behind the places that have one, and words to act on it and to look at it. */
import { createHmac, randomUUID } from 'node:crypto';
import { startSandbox, type Sandbox } from '../../src/sandbox/main.ts';
import type { Plan } from '../../src/sandbox/shopify/graphql/throttle.ts';
import type { OrderRecord, QuantityName, VariantRecord } from '../../src/sandbox/shopify/state.ts';
import { API_VERSION } from '../../src/connectors/shopify/version.ts';
import type { RunResult } from '../../src/runtime/run-flow.ts';
import { changePolicy, setAuthority, type PolicyChange } from '../../src/store/authority.ts';
import { saveBundle } from '../../src/store/bundles.ts';
import { ledgerFaults } from '../../src/store/ledger.ts';
import { saveStore } from '../../src/store/stores.ts';
import { makeWarehouse } from '../../src/store/warehouses.ts';
import { SECRET, type Clockwork } from './clockwork.ts';
import { littleShop, type LittleShop } from './little-shop.ts';
import { shelfWarehouse, type ShelfWarehouse } from './shelf-warehouse.ts';

export interface TownOptions extends LittleShop {
  /** Places, by number, with a warehouse behind them that holds what the shop shows at first. */
  served?: readonly number[];
  policy?: PolicyChange;
  /** Virtual bundles kept in Instep: SKU → parts. */
  bundles?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  plan?: Plan; scopes?: readonly string[]; idSpace?: number; seed?: number; currency?: string;
  /** False: connected, nothing read yet. */
  imported?: boolean;
  /** Done in the shop before anything is read. */
  history?: (sandbox: Sandbox) => void;
}
export interface Call { operation: string; variables: Record<string, unknown>; at: number; status: number; throttled: boolean; cost: number }
export interface Letter { topic: string; headers: Record<string, string>; body: string }
export interface Town {
  storeId: number; sandbox: Sandbox; places: string[]; placeIds: number[]; shelves: (ShelfWarehouse | null)[]; hookToken: string;
  /** Every call to Shopify so far; what happens just before one reaches the shop, and just before its answer is heard. */
  calls: Call[]; before: ((call: Call) => unknown) | null; after: ((call: Call) => unknown) | null;
  /** Open: webhooks come in. Shut: answered 503. Held: acknowledged by nobody's inbox and kept here. */
  door: 'open' | 'shut' | 'held'; letters: Letter[];
  control<T = OrderRecord>(path: string, body?: unknown): Promise<T>;
  /** Delivers a kept webhook to our own door; `id` makes it another delivery of the same body. */
  say(letter: Letter, id?: string): Promise<number>;
  /** Delivers a body of our own making, signed as Shopify signs. */
  write(topic: string, body: string | object, headers?: Record<string, string>): Promise<number>;
  /** A call to the shop's Admin API by somebody else than Instep: another app, or a tester who wants to see Shopify's own words. */
  admin<T = { data: Record<string, never>; errors?: { message: string; extensions?: { code?: string } }[] }>(query: string, variables?: object): Promise<T>;
  api<T>(path: string): Promise<T>;
  flow(name: string): Promise<RunResult>;
  settle(): Promise<void>;
  variant(sku: string): VariantRecord;
  /** What the shop shows of an item at a place. */
  shown(sku: string, place?: number): Record<QuantityName, number>;
  /** What the ledger holds, by state. */
  ledger(sku: string, place?: number): Promise<Record<string, number>>;
  itemId(sku: string): Promise<number>;
  sell(lines: Readonly<Record<string, number>>, place?: number, more?: object): Promise<OrderRecord>;
  /** The state Instep keeps of an order. */
  known(orderId: string): Promise<import('../../src/domain/orders/order-state.ts').OrderState>;
  cases(kind?: string): Promise<{ kind: string; sentence: string; evidence: Record<string, unknown> }[]>;
  movements(sku: string): Promise<{ kind: string; quantity: number; fact: string; from: string; to: string; source: string }[]>;
  /** Reads everything that may have been missed, once: what the minutes and the five minutes do. */
  reconcile(): Promise<{ unexplainedUnits: number; unitsByCause: Record<string, number> }>;
  /** Levels where ledger and shop differ, and faults of the ledger itself: both must be empty. */
  faults(): Promise<unknown[]>;
}

let towns = 0;

export async function openTown(clock: Clockwork, options: TownOptions): Promise<Town> {
  const { house } = clock, n = ++towns, host = `town-${n}.myshopify.com`, hookToken = `town-token-${n}`;
  const sandbox = await startSandbox({
    port: null, dataDir: ':memory:', prepare: (shop) => littleShop(shop, host, options), timers: false, clock: () => clock.time(), seed: options.seed ?? n, idSpace: options.idSpace ?? n, clientId: 'clockwork', clientSecret: SECRET, shopDomain: host,
    plan: options.plan ?? 'plus', fulfilAfterMs: null, ...(options.scopes ? { scopes: options.scopes } : {}),
    async deliver({ url, headers, body }) {
      const letter: Letter = { topic: new URL(url).pathname.split('/').slice(3).join('/'), headers: { ...headers }, body: body.toString() };
      if (town.door === 'shut') return { status: 503 };
      if (town.door === 'held') { town.letters.push(letter); return { status: 200 }; }
      return { status: await town.say(letter) };
    },
  });
  options.history?.(sandbox);
  const { shop } = sandbox, { tables } = shop, places = [...tables.locations.keys()];
  const storeId = await saveStore(house.db, { shopDomain: host, name: host, currency: options.currency ?? 'EUR', timeZone: options.zone ?? 'Europe/Berlin', origin: `https://${host}`, clientId: 'clockwork', clientSecret: Buffer.alloc(0), hookToken, now: clock.now() });
  await house.db.query('update connection set client_secret = $2 where store_id = $1', [storeId, house.vault.seal(`${storeId}:connection:client_secret`, SECRET)]);
  // Each town's goods are its own.
  await house.db.query(`update store set match_items = 'by hand' where store_id = $1`, [storeId]);
  const ask = async <R extends object>(text: string, values: unknown[]): Promise<R[]> => (await house.db.query<R>(text, values)).rows;

  const town: Town = {
    storeId, sandbox, places, placeIds: [], shelves: places.map(() => null), hookToken, calls: [], before: null, after: null, door: 'open', letters: [],
    async control<T>(path: string, body?: unknown) {
      const reply = await sandbox.handle({ method: body === undefined ? 'GET' : 'POST', path: `/sandbox${path}`, headers: { 'content-type': 'application/json' }, body: body === undefined ? null : JSON.stringify(body) });
      if (reply.status >= 300) throw new Error(`${path} → ${reply.status} ${reply.body.toString()}`);
      return JSON.parse(reply.body.toString()) as T;
    },
    async say(letter, id) {
      const headers = { ...letter.headers, host: 'instep.example', ...(id === undefined ? {} : { 'X-Shopify-Webhook-Id': id }) };
      return (await clock.app.inject({ method: 'POST', url: `/hooks/${hookToken}/${letter.topic}`, headers, payload: letter.body })).statusCode;
    },
    async write(topic, body, headers = {}) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return town.say({ topic, body: text, headers: {
        'content-type': 'application/json', 'x-shopify-topic': topic, 'x-shopify-shop-domain': host, 'x-shopify-webhook-id': randomUUID(), 'x-shopify-hmac-sha256': createHmac('sha256', SECRET).update(text).digest('base64'), ...headers,
      } });
    },
    async admin<T>(query: string, variables: object = {}) {
      const post = async (path: string, body: object, token?: string) => JSON.parse((await sandbox.handle({ method: 'POST', path, headers: { 'content-type': 'application/json', ...(token ? { 'x-shopify-access-token': token } : {}) }, body: JSON.stringify(body) })).body.toString()) as { access_token: string };
      const { access_token: token } = await post('/admin/oauth/access_token', { grant_type: 'client_credentials', client_id: 'clockwork', client_secret: SECRET });
      return await post(`/admin/api/${API_VERSION}/graphql.json`, { query, variables }, token) as T;
    },
    async api<T>(path: string) {
      const reply = await clock.app.inject({ method: 'GET', url: path, headers: { host: 'localhost' } });
      if (reply.statusCode >= 300) throw new Error(`${path} → ${reply.statusCode} ${reply.body}`);
      return reply.json() as T;
    },
    flow: (name) => clock.flow(name, storeId),
    settle: () => clock.settle(town),
    variant: (sku) => [...tables.variants.values()].find((v) => v.sku === sku)!,
    shown: (sku, place = 0) => tables.levels.get(`${town.variant(sku).inventoryItemId}:${places[place]}`)!.quantities,
    async itemId(sku) { return (await ask<{ item_id: number }>('select item_id from inventory_item where store_id = $1 and shopify_inventory_item_id = $2', [storeId, town.variant(sku).inventoryItemId]))[0]!.item_id; },
    async ledger(sku, place = 0) {
      const rows = await ask<{ state: string; quantity: number }>('select state, quantity from balance where store_id = $1 and item_id = $2 and location_id = $3', [storeId, await town.itemId(sku), town.placeIds[place]]);
      return { available: 0, committed: 0, ...Object.fromEntries(rows.map((row) => [row.state, row.quantity])) };
    },
    sell: (lines, place, more = {}) => town.control('/orders', { lines: Object.entries(lines).map(([sku, quantity]) => ({ variantId: town.variant(sku).id, quantity })), ...(place === undefined ? {} : { locationId: places[place] }), ...more }),
    async known(orderId) { return (await ask<{ state: never }>('select state from sales_order where store_id = $1 and order_id = $2', [storeId, orderId]))[0]!.state; },
    cases: (kind) => ask(`select kind, sentence, evidence from exception where store_id = $1 and state = 'open' and ($2::text is null or kind = $2) order by exception_id`, [storeId, kind ?? null]),
    async movements(sku) {
      return ask(`select kind, quantity, fact, source, case when from_location = 0 then from_state else f.name || ' ' || from_state end as "from", case when to_location = 0 then to_state else t.name || ' ' || to_state end as "to"
        from movement m left join location f on f.store_id = m.store_id and f.location_id = m.from_location left join location t on t.store_id = m.store_id and t.location_id = m.to_location
        where m.store_id = $1 and m.item_id = $2 order by m.movement_id`, [storeId, await town.itemId(sku)]);
    },
    async reconcile() {
      for (const name of ['sales-history', 'order-routing', 'returns', 'stock-levels']) await town.flow(name);
      await town.settle();
      return (await town.flow('drift-check')).detail as never;
    },
    async faults() {
      const rows = await ask<{ item: string; place: string; sku: string | null; available: number; committed: number }>(
        `select x.shopify_inventory_item_id as item, l.shopify_location_id as place, i.sku, coalesce(g.available, 0) as available, coalesce(g.committed, 0) as committed from opening o
         join inventory_item x on x.store_id = o.store_id and x.item_id = o.item_id join item i on i.item_id = o.item_id join location l on l.store_id = o.store_id and l.location_id = o.location_id
         left join ledger_level g on g.store_id = o.store_id and g.item_id = o.item_id and g.location_id = o.location_id where o.store_id = $1`, [storeId]);
      const differing = rows.flatMap((row) => {
        const { available, committed } = tables.levels.get(`${row.item}:${row.place}`)!.quantities;
        return available === row.available && committed === row.committed ? [] : [{ sku: row.sku, place: places.indexOf(row.place), ledger: [row.available, row.committed], shop: [available, committed] }];
      });
      return [...differing, ...await ledgerFaults(house.db, storeId)];
    },
  };
  clock.register(host, town);
  if (options.imported === false) return town;
  for (const name of ['subscriptions', 'catalogue', 'sales-history', 'opening-stock']) await town.flow(name);
  await house.db.query('update store set imported_at = $2 where store_id = $1', [storeId, clock.now()]);
  const rows = await ask<{ id: string; location_id: number }>('select shopify_location_id as id, location_id from location where store_id = $1', [storeId]);
  town.placeIds.push(...places.map((id) => rows.find((row) => row.id === id)!.location_id));
  await connectWarehouses(clock, town, options, n);
  await town.settle();
  return town;
}

async function connectWarehouses(clock: Clockwork, town: Town, options: TownOptions, n: number): Promise<void> {
  const { house } = clock, { storeId } = town, now = clock.now();
  for (const [sku, parts] of Object.entries(options.bundles ?? {})) {
    await house.db.transaction((tx) => saveBundle(tx, storeId, town.variant(sku).id, '2026-01-01T00:00:00.000Z', Object.entries(parts).map(([part, quantity]) => ({ variantId: town.variant(part).id, quantity })), 'scenario', now));
  }
  for (const place of options.served ?? []) {
    const shelf = shelfWarehouse(clock.now), warehouseId = await makeWarehouse(house.db, { name: `Warehouse ${n}.${place}`, connector: 'warehouse-rest', settings: {}, hookToken: `warehouse-${n}-${place}`, now });
    clock.shelves.set(warehouseId, shelf);
    town.shelves[place] = shelf;
    const kept = options.goods.filter((good) => good.sku && good.stock?.[place] != null && !(good.sku in (options.bundles ?? {})) && good.parts === undefined);
    for (const good of kept) shelf.put(good.sku!, good.stock![place]!);
    await house.db.query(
      `insert into warehouse_sku (warehouse_id, sku, item_id, matched_by, updated_at, updated_by) select $1, v.sku, min(x.item_id), 'by hand', $3, 'scenario' from variant v
       join inventory_item x on x.store_id = v.store_id and x.shopify_inventory_item_id = v.shopify_inventory_item_id where v.store_id = $2 and v.sku = any($4) group by v.sku having count(*) = 1`, [warehouseId, storeId, now, kept.map((good) => good.sku)]);
    shelf.countAll();
    await house.db.transaction(async (tx) => {
      await setAuthority(tx, storeId, town.placeIds[place]!, 'warehouse', warehouseId);
      await changePolicy(tx, storeId, town.placeIds[place]!, { mode: 'live', firstPushCap: 1_000_000, bufferCapUnits: 0, ...options.policy }, 'scenario', now);
    });
  }
  if ((options.served ?? []).length === 0) return;
  await town.flow('warehouse-feed');
  await town.flow('stock-push');
}
