/** What a demonstration may touch: the sandbox's control APIs, our flows, and what it must remember to undo itself. Never a real shop. */
import type { BuiltHouse } from '../compose.ts';
import type { ExceptionKindName } from '../domain/exceptions/catalogue.ts';
import { flowNamed } from '../flows/contents.ts';
import { applyWaiting, placeWaiting } from '../flows/inbox.ts';
import { applyDocument } from '../flows/warehouse-feed.ts';
import { contextFor, runFlow } from '../runtime/run-flow.ts';
import { changePolicy } from '../store/authority.ts';
import { findPlanner } from '../store/planner.ts';
import { inboxWaiting } from '../store/inbox.ts';
import { readCursor, writeCursor } from '../store/runs.ts';
import { findConnection } from '../store/stores.ts';
import { UsageError } from './terminal.ts';

/** How one kind of exception is made to happen, and undone. */
export interface DemoFault {
  kind: ExceptionKindName;
  /** What is made to happen, for the person who asked. */
  story: string;
  /** Where to look, beside Exceptions. */
  look: string;
  raise(world: DemoWorld): Promise<void>;
  /** Undoes of the cause what is still there, then lets the flow that raised it look again. Answers how it was mended, where somebody was quicker: nothing is undone then. */
  clear(world: DemoWorld): Promise<void | string>;
}

export interface DemoLevel { itemId: number; locationId: number; variantId: string; inventoryItemId: string; sku: string; title: string; shopifyLocationId: string; location: string; available: number }

export interface DemoWorld {
  house: BuiltHouse; storeId: number;
  /** A command of the sandbox shop's control API; a body makes it a POST. Throws with the sandbox's words. */
  shop<T = Record<string, never>>(path: string, body?: object): Promise<T>;
  warehouse<T = Record<string, never>>(command: string, body?: object): Promise<T>;
  planner<T = Record<string, never>>(command: string, body?: object): Promise<T>;
  /** Runs a flow as it would have run at another instant. */
  runAt(instant: string, flow: string): Promise<void>;
  /** Lets so much time pass for the cases of this kind, and for them alone: graces end, second checks are due. */
  wait(minutes: number): Promise<void>;
  /** A warehouse order's way: sold in the shop, told to the warehouse. Answers the warehouse's reference. */
  orderOut(level: DemoLevel, quantity: number): Promise<{ id: string; reference: string }>;
  /** Runs flows to their ends, one after the other; one that fails is recorded as failed, as always. */
  run(...flows: string[]): Promise<void>;
  /** Lets webhooks arrive and be applied, here or by a worker that runs beside. */
  settle(): Promise<void>;
  /** Runs flows until they have raised a case of this kind that was not open before: a worker may have in its hands what they look at. */
  seen(...flows: string[]): Promise<void>;
  one<T extends object>(sql: string, ...values: unknown[]): Promise<T | undefined>;
  now(): string;
  /** Pauses what the location is shown, or lets it go on. */
  pausePushes(locationId: number, paused: boolean): Promise<void>;
  /** A level that a demonstration may play with: the n-th of its kind, with a SKU of its own. */
  level(authority: 'warehouse' | 'storefront', n?: number): Promise<DemoLevel>;
  /** Kept under the kind until it is cleared. */
  remember(value: object): Promise<void>;
  recall<T>(): Promise<T>;
}

const BUSY_MS = 200, MOST_TRIES = 150;
/** So long are webhooks waited for that the sandbox still holds (some it keeps for hours, as Shopify does after a refusal), and cases that a flow should raise. */
const ARRIVING_TRIES = 80, SEEN_TRIES = 20;

/** Throws `UsageError` when the store stands on anything but a sandbox of this machine. */
export async function demoWorld(house: BuiltHouse, storeId: number, kind: string): Promise<DemoWorld> {
  const { db } = house, now = (): string => house.clock.now().toISOString(), origin = await sandboxOf(house, storeId);
  const openBefore = await openOf(house, storeId, kind);
  const rows = async <T extends object>(sql: string, values: unknown[]): Promise<T[]> => (await db.query<T>(sql, [storeId, ...values])).rows;
  const ask = async <T>(base: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${base}${path}`, body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }), text = await response.text();
    if (!response.ok) throw new Error(`the sandbox answers ${response.status} to ${path}: ${text.slice(0, 300)}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  };
  const world: DemoWorld = {
    house, storeId, now,
    shop: (path, body) => ask(origin, `/sandbox/${path}`, body),
    async warehouse(command, body = {}) {
      const [row] = await rows<{ url: string }>(`select distinct w.settings ->> 'url' as url from warehouse w join location l using (warehouse_id) where l.store_id = $1 and w.connector = 'warehouse-rest' and w.settings ->> 'url' like 'http://127.0.0.1:%'`, []);
      if (!row) throw new UsageError('This wants the sandbox warehouse: start without INSTEP_SANDBOX_WAREHOUSE=off');
      return ask(new URL(row.url).origin, `/warehouse-sandbox/${command}`, body);
    },
    async planner(command, body = {}) {
      const row = await findPlanner(db, storeId);
      if (!row || new URL(row.origin).hostname !== '127.0.0.1') throw new UsageError('This wants the sandbox planner: start without INSTEP_SANDBOX_PLANNER=off');
      return ask(new URL(row.origin).origin, `/planner-sandbox/${command}`, body);
    },
    async run(...flows) {
      for (const name of flows) {
        // Another process may be in the middle of a run of it.
        for (let n = 0; n < MOST_TRIES; n++, await pause(BUSY_MS)) if (await runFlow(house, flowNamed(name)!, storeId, 'demonstration').then((result) => result !== null, () => true)) break;
      }
    },
    async runAt(instant, flow) { await runFlow({ ...house, clock: { ...house.clock, now: () => new Date(instant) } }, flowNamed(flow)!, storeId, 'demonstration'); },
    async wait(minutes) {
      await db.query(`update exception set first_seen = first_seen - $3 * interval '1 minute', last_seen = last_seen - $3 * interval '1 minute', grace_until = grace_until - $3 * interval '1 minute', good_since = good_since - $3 * interval '1 minute' where store_id = $1 and kind = $2 and state in ('open', 'grace')`, [storeId, kind, minutes]);
      await world.run('exception-chase');
    },
    async orderOut(level, quantity) {
      const { id } = await world.shop<{ id: string }>('orders', { lines: [{ variantId: level.variantId, quantity }], locationId: level.shopifyLocationId, force: true });
      await world.settle();
      await world.run('orders-out');
      const out = await world.one<{ reference: string }>('select reference from order_out where store_id = $1 and order_id = $2', id);
      return { id, reference: out!.reference };
    },
    async seen(...flows) {
      for (let n = 0; n < SEEN_TRIES; n++, await pause(BUSY_MS)) {
        await world.run(...flows);
        if ((await openOf(house, storeId, kind)).some((id) => !openBefore.includes(id))) return;
      }
    },
    async settle() {
      const contextOf = (id: number) => contextFor(house, id, () => {}), arriving = async (): Promise<number> => (await world.shop<{ deliveries: { waiting: number } }>('state')).deliveries.waiting + await inboxWaiting(db, storeId, 1);
      for (let still = 0, n = 0; still < 5 && n < 100; n++) {
        await pause(100); // an order is routed three tenths of a second after it was placed
        if (n < ARRIVING_TRIES && (await arriving()) > 0) still = 0;
        let done = await applyWaiting(db, contextOf, 500) + await placeWaiting(await contextOf(storeId));
        while (await applyDocument(db, { now, log: house.log })) done++;
        still = done === 0 ? still + 1 : 0;
      }
    },
    one: async (sql, ...values) => (await rows(sql, values))[0] as never,
    async level(authority, n = 0) {
      const all = await rows<DemoLevel>(
        `select b.item_id as "itemId", b.location_id as "locationId", v.shopify_variant_id::text as "variantId", x.shopify_inventory_item_id::text as "inventoryItemId", v.sku, v.title, l.shopify_location_id::text as "shopifyLocationId", l.name as location, b.available
         from ledger_level b join location l using (store_id, location_id) join inventory_item x on x.store_id = b.store_id and x.item_id = b.item_id join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id
         where b.store_id = $1 and l.authority = $2 and l.is_active and v.deleted_at is null and x.tracked and not v.is_bundle and not v.continues_selling and v.sku <> '' and b.available between 1 and 400
           and (select count(*) from variant o where o.store_id = v.store_id and o.sku = v.sku and o.deleted_at is null) = 1
         order by b.location_id, b.item_id limit $3`, [authority, n + 1]);
      if (all.length === 0) throw new UsageError(`There is no level of a ${authority} location left to demonstrate with`);
      return all[n % all.length]!; // a small shop has fewer than there are demonstrations
    },
    async pausePushes(locationId, paused) { await changePolicy(db, storeId, locationId, { paused }, 'demonstration', now()); },
    remember: (value) => writeCursor(db, storeId, `demo.${kind}`, JSON.stringify(value), now()),
    async recall() {
      const kept = await readCursor(db, storeId, `demo.${kind}`);
      if (kept === null) throw new UsageError(`${kind} was not raised by a demonstration, or was cleared before`);
      return JSON.parse(kept);
    },
  };
  return world;
}

async function openOf(house: BuiltHouse, storeId: number, kind: string): Promise<string[]> {
  return (await house.db.query<{ id: string }>(`select exception_id::text as id from exception where store_id = $1 and kind = $2 and state in ('open', 'grace') and fingerprint <> kind || ':storm' limit 1000`, [storeId, kind])).rows.map((row) => row.id);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Where the sandbox's control API answers. */
async function sandboxOf(house: BuiltHouse, storeId: number): Promise<string> {
  const origin = house.config.shopifyApiOrigin ?? (await findConnection(house.db, storeId))?.origin ?? null, refuse = new UsageError('Demonstrations break things: they are for a store on the sandbox of this machine only');
  if (origin === null || !['127.0.0.1', 'localhost'].includes(new URL(origin).hostname)) throw refuse;
  const answer = await fetch(`${origin}/sandbox/state`).catch(() => null);
  if (answer === null) throw new UsageError('The sandbox does not answer: is Instep running (npm start)?');
  if (!answer.ok) throw refuse;
  return origin;
}
