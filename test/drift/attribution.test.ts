/**
 * How well differences are explained: 300 levels of one shop, each with one to three faults whose units are known because this test made them, a third of them
 * with faults at the planner beside; then one drift check, whose causes are compared unit by unit. Nothing of the check is asked for what the truth is. The
 * figures are printed.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { driftCheck } from '../../src/flows/drift-check.ts';
import { inbox } from '../../src/flows/inbox.ts';
import { mappingSuggest } from '../../src/flows/mapping-suggest.ts';
import { ordersOut } from '../../src/flows/orders-out.ts';
import { plannerExchange } from '../../src/flows/planner-exchange.ts';
import { salesHistory } from '../../src/flows/sales-history.ts';
import { stockLevels } from '../../src/flows/stock-levels.ts';
import { stockPush } from '../../src/flows/stock-push.ts';
import { warehouseFeed } from '../../src/flows/warehouse-feed.ts';
import { at as level } from '../../src/domain/stock/fact.ts';
import { postFacts } from '../../src/store/ledger.ts';
import { takeAdjustments } from '../../src/store/adjustments.ts';
import { startPlanner } from '../../src/sandbox/planner/server.ts';
import { platformOf } from '../../src/sandbox/planner/shop-platform.ts';
import { recordOrders } from '../../src/store/orders.ts';
import { readCursor } from '../../src/store/runs.ts';
import { findCount, makeCount, postCount, recordCounted } from '../../src/store/stock-counts.ts';
import { ACCOUNT, connectPlanner, KEY, ourOrder, weReceive } from '../helpers/planner-account.ts';
import { shelfWarehouse } from '../helpers/shelf-warehouse.ts';
import { world } from '../helpers/world.ts';

const CASES = 300, AT_WAREHOUSE = 80, PLANNED = 100;
const warehouse = shelfWarehouse(() => new Date().toISOString());
const w = await world({ months: 1, scale: 2, worker: false, warehouse });
const { tables } = w.sandbox.shop, [served, store] = [...tables.locations.keys()] as [string, string];
const sellable = (place: string) => [...tables.variants.values()].filter((v) => v.components.length === 0 && v.deletedAt === null && v.sku && tables.inventoryItems.get(v.inventoryItemId)!.tracked && tables.levels.has(`${v.inventoryItemId}:${place}`)
  && [...tables.variants.values()].filter((other) => other.sku === v.sku).length === 1);
// An item has faults at one location only. Plenty of each, so that no sale of this test is refused.
const atWarehouse = sellable(served).slice(0, AT_WAREHOUSE), beside = sellable(store).filter((v) => !atWarehouse.includes(v)).slice(0, CASES - AT_WAREHOUSE);
for (const [at, own] of [[store, beside], [served, atWarehouse]] as const) for (const v of own) await w.control('/levels', { variantId: v.id, locationId: at, available: 60 });
await w.import();
let seed = 20261126;
const below = (n: number): number => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return Math.floor((seed / 2 ** 32) * n); };
const one = <T>(from: readonly T[]): T => from[below(from.length)]!;

type Cause = string;
type Steps = (() => Promise<void>)[];
/**
 * `prepare` runs while all is heard; `unplaced` while Shopify routes no order; `pushed` while no set is answered; `hidden` while no webhook leaves the shop; `waiting`
 * while they are stored and not applied. The planner reads the shop and is exchanged with then; `exchanged` is what comes after.
 */
interface Case { variantId: string; sku: string; level: string; faults: string[]; truth: Map<Cause, number>; planner: Map<Cause, number>; onOrder: Map<Cause, number>; shelf: Map<Cause, number>; prepare: Steps; unplaced: Steps; hidden: Steps; waiting: Steps; pushed: Steps; exchanged: Steps }
const newCase = (v: { id: string; sku: string | null; inventoryItemId: string }, at: string): Case => ({ variantId: v.id, sku: v.sku!, level: `${v.inventoryItemId}:${at}`, faults: [], truth: new Map(), planner: new Map(), onOrder: new Map(), shelf: new Map(), prepare: [], unplaced: [], hidden: [], waiting: [], pushed: [], exchanged: [] });
const add = (to: Map<Cause, number>, cause: Cause, units: number): void => { to.set(cause, (to.get(cause) ?? 0) + units); };
const blame = (c: Case, cause: Cause, units: number): void => add(c.truth, cause, units);
/** Counts of the shop's own place that are approved, and of the warehouse's that nobody has decided on: SKU → counted less expected. */
const approved = new Map<string, number>(), undecided = new Map<string, number>(), lost = new Set<string>();
const place = (c: Case, at: string, quantity: number) => w.control<{ id: string; lines: { id: string }[] }>('/orders', { lines: [{ variantId: c.variantId, quantity }], locationId: at });

/** Levels whose ledger was made wrong in a way nobody can explain, and by how many units. */
const promised: [Case, string, number][] = [];
async function promise(c: Case, at: string, units: number): Promise<void> {
  const itemId = await itemOf(c), locationId = await placeId(at), now = new Date().toISOString();
  await w.house.db.transaction((tx) => postFacts(tx, w.storeId, [{ fact: `test:promised/${c.level}/${randomUUID()}`, kind: 'order committed', itemId, from: level(locationId, 'available'), to: level(locationId, 'committed'), quantity: units, occurredAt: now, source: 'test' }], now));
}

/** Faults at a location Shopify is right about. */
const FAULTS: Record<string, (c: Case, at: string) => void> = {
  'sale not heard': (c, at) => { const units = 1 + below(4); blame(c, 'event not received', -units); c.hidden.push(async () => void await place(c, at, units)); },
  'sale in the inbox': (c, at) => { const units = 1 + below(4); blame(c, 'event received, not applied', -units); c.waiting.push(async () => void await place(c, at, units)); },
  'cancellation not heard': (c, at) => {
    const units = 1 + below(3);
    let id = '';
    blame(c, 'event not received', units);
    c.prepare.push(async () => { id = (await place(c, at, units)).id; });
    c.hidden.push(() => w.control(`/orders/${id}/cancel`, { restock: true }));
  },
  'parcel not heard': (c, at) => {
    const units = 1 + below(3);
    let id = '';
    c.prepare.push(async () => { id = (await place(c, at, units)).id; });
    c.hidden.push(() => w.control(`/orders/${id}/fulfil`, {}));
  },
  'return not heard': (c, at) => {
    const units = 1 + below(2);
    let order: { id: string; lines: { id: string }[] };
    blame(c, 'event not received', units);
    c.prepare.push(async () => { order = await place(c, at, units); await routed(order.id); await w.control(`/orders/${order.id}/fulfil`, {}); });
    c.hidden.push(() => w.control(`/orders/${order.id}/refund`, { lines: [{ lineItemId: order.lines[0]!.id, quantity: units, restockType: 'RETURN', locationId: at }] }));
  },
  'edit by staff': (c, at) => { const units = (below(2) ? 1 : -1) * (1 + below(9)); blame(c, 'edited in Shopify', units); c.hidden.push(() => w.control('/levels', { variantId: c.variantId, locationId: at, change: { name: 'available', delta: units } })); },
  'order without a place': (c, at) => { const units = 1 + below(3); blame(c, 'event received, not applied', -units); c.unplaced.push(async () => void await place(c, at, units)); },
  'count without an answer': (c) => {
    if (approved.has(c.sku)) return;
    const units = (below(2) ? 1 : -1) * (1 + below(6));
    approved.set(c.sku, units);
    // One in six was not carried out, which nobody can tell where the level was changed after it, too.
    if (below(6) === 0) lost.add(c.level); else blame(c, 'count pending', units);
  },
  'units promised that no order made': (c, at) => { const units = 1 + below(3); blame(c, 'unknown', units); promised.push([c, at, units]); },
  'edit by another app': (c, at) => { const units = (below(2) ? 1 : -1) * (1 + below(9)); blame(c, 'edited in Shopify', units); c.hidden.push(() => w.control('/levels', { variantId: c.variantId, locationId: at, change: { name: 'available', delta: units }, app: 'Stocktaker' })); },
};
const routed = (id: string) => w.until(`order ${id} is routed`, async () => w.sandbox.shop.fulfillmentOrdersOf(id).length > 0);

const made: Case[] = beside.map((v) => newCase(v, store));
for (const c of made) {
  const names = Object.keys(FAULTS), count = 1 + below(3);
  while (c.faults.length < count) { const name = one(names); c.faults.push(name); FAULTS[name]!(c, store); }
}

/** Where a warehouse is right: the ledger has heard all, and Shopify shows another number than the shelf allows. */
const shelved: Case[] = atWarehouse.map((v) => newCase(v, served));
const SHELF_FAULTS: Record<string, (c: Case) => void> = {
  'restock nobody inspected': (c) => {
    const units = 1 + below(2);
    let order: { id: string; lines: { id: string }[] };
    blame(c, 'restocked without inspection', units);
    add(c.shelf, 'fulfilled, not dispatched', -units);
    c.prepare.push(async () => { order = await place(c, served, units); await routed(order.id); await w.control(`/orders/${order.id}/fulfil`, {}); });
    c.hidden.push(() => w.control(`/orders/${order.id}/refund`, { lines: [{ lineItemId: order.lines[0]!.id, quantity: units, restockType: 'RETURN', locationId: served }] }));
  },
  'edit by staff': (c) => { const units = 1 + below(9); blame(c, 'edited in Shopify', units); c.hidden.push(() => w.control('/levels', { variantId: c.variantId, locationId: served, change: { name: 'available', delta: units } })); },
  'counted, and changed in Shopify to it': (c) => {
    const units = 1 + below(5);
    blame(c, 'count pending', units);
    undecided.set(c.sku, units);
    c.hidden.push(() => w.control('/levels', { variantId: c.variantId, locationId: served, change: { name: 'available', delta: units } }));
  },
  'goods under another code': (c) => {
    const units = 1 + below(8), code = c.sku.toLowerCase().replaceAll('-', ' ');
    blame(c, 'unmapped location or SKU', units);
    c.pushed.push(async () => { warehouse.change(c.sku, -units); warehouse.put(code, units); warehouse.count(code); });
  },
  'fulfilled by hand, still on the shelf': (c) => {
    const units = 1 + below(3);
    add(c.shelf, 'fulfilled, not dispatched', -units);
    c.prepare.push(async () => { const { id } = await place(c, served, units); await routed(id); await w.control(`/orders/${id}/fulfil`, {}); });
  },
  'parcel Shopify was not told of': (c) => {
    const units = 1 + below(3);
    let id = '';
    add(c.shelf, 'dispatched, not fulfilled', units);
    c.prepare.push(async () => { ({ id } = await place(c, served, units)); await routed(id); });
    c.pushed.push(async () => {
      const { rows: [out] } = await w.house.db.query<{ reference: string }>('select reference from order_out where store_id = $1 and order_id = $2', [w.storeId, id]), known = warehouse.orders.get(out!.reference)!;
      warehouse.ship(out!.reference, known.order.lines.map(({ lineReference, quantity }) => ({ lineReference, quantity })));
    });
  },
  'push without an answer': (c) => { const units = 1 + below(6); blame(c, 'push refused or pending', -units); c.pushed.push(async () => warehouse.change(tables.variants.get(c.variantId)!.sku!, units)); },
};
for (const c of shelved) {
  const first = one(Object.keys(SHELF_FAULTS));
  c.faults.push(first);
  SHELF_FAULTS[first]!(c);
  // What is on the shelf differs beside what is shown, whichever that is.
  if (below(3) === 0) { const beside = one(['fulfilled by hand, still on the shelf', 'parcel Shopify was not told of']); if (beside !== first) { c.faults.push(beside); SHELF_FAULTS[beside]!(c); } }
  // Mixed where both go one way: what the push itself does not write cannot be told from a change that goes against it.
  if (['edit by staff', 'counted, and changed in Shopify to it', 'restock nobody inspected'].includes(first) && below(2)) { const second = first === 'edit by staff' ? 'restock nobody inspected' : 'edit by staff'; c.faults.push(second); SHELF_FAULTS[second]!(c); }
}

/** Faults at the planner, of levels that have others beside; it reads the shop after those. */
const PLANNER_FAULTS: Record<string, (c: Case) => void> = {
  'changed by hand at the planner': (c) => { const units = (below(2) ? 1 : -1) * (1 + below(7)); add(c.planner, 'unknown', units); byHand.set(c.variantId, units); },
  'sold since it read the shop': (c) => { const units = 1 + below(3); add(c.planner, 'not exchanged yet', units); c.exchanged.push(async () => { const { id } = await place(c, store, units); await routed(id); soldSince.push(id); }); },
  'order refused there': (c) => { const units = 1 + below(20); add(c.onOrder, 'order not sent', -units); refused.push([c, units]); },
  'order approved since': (c) => { const units = 1 + below(20); add(c.onOrder, 'not exchanged yet', -units); approvedSince.push([c, units]); },
  'receipt it was not told': (c) => { const units = 2 + below(20), received = 1 + below(units - 1); add(c.onOrder, 'receipt not written', received); told.push([c, units]); receivedOf.set(c, received); },
};
/** Lines of one order each: the planner is asked once a second. */
const refused: [Case, number][] = [], approvedSince: [Case, number][] = [], told: [Case, number][] = [], receivedOf = new Map<Case, number>();
const byHand = new Map<string, number>(), soldSince: string[] = [];
const idOf = async (sql: string, value: string): Promise<number> => (await w.house.db.query<{ id: number }>(sql, [w.storeId, value])).rows[0]!.id;
const itemOf = (c: Case) => idOf('select item_id as id from inventory_item where store_id = $1 and shopify_inventory_item_id = $2', c.level.split(':')[0]!);
const placeId = (at: string) => idOf('select location_id as id from location where store_id = $1 and shopify_location_id = $2', at);
const order = async (reference: string, lines: readonly [Case, number][]) => ourOrder(w.house, w.storeId, reference, await placeId(store), await Promise.all(lines.map(async ([c, units]) => ({ itemId: await itemOf(c), ordered: units }))));
const planned = made.slice(0, PLANNED);
for (const c of planned) { const names = Object.keys(PLANNER_FAULTS), first = below(names.length); for (const name of below(2) ? [names[first]!] : [names[first]!, names[(first + 1 + below(names.length - 1)) % names.length]!]) { c.faults.push(name); PLANNER_FAULTS[name]!(c); } }
const planner = await startPlanner({
  port: 0, apiKey: KEY, accountId: ACCOUNT, currency: 'USD',
  platform: () => { const shop = platformOf(w.sandbox.shop), kept = new Set(planned.map((c) => c.variantId)); return { ...shop, variants: shop.variants.filter((v) => kept.has(v.id)), levels: shop.levels.filter((level) => kept.has(level.variantId)).map((level) => ({ ...level, inStock: level.inStock + (level.locationId === store ? byHand.get(level.variantId) ?? 0 : 0) })) }; },
});
afterAll(() => planner.stop());

const run = async (steps: readonly (() => Promise<void>)[]): Promise<void> => { for (let n = 0; n < steps.length; n += 20) await Promise.all(steps.slice(n, n + 20).map((step) => step())); };
const letters = () => w.until('every webhook has left the shop', async () => (await w.control<{ deliveries: { waiting: number } }>('/state')).deliveries.waiting === 0, 90);
async function hear(): Promise<void> {
  await letters();
  await w.until('all is applied', async () => { await w.run(inbox); const { rows: [row] } = await w.house.db.query<{ n: number }>('select (select count(*) from inbox where state = 0)::int + (select count(*) from sales_order where needs_place and place_attempts < 8)::int as n'); return row!.n === 0; }, 40);
}

describe('300 levels with faults of known size', () => {
  it('are explained: 95 of 100 units at least, and no more than one in a hundred by a wrong cause', async () => {
    expect(made.length + shelved.length).toBe(CASES);
    // The shelf holds what Shopify shows, and no buffer hides anything.
    for (const c of shelved) warehouse.put(tables.variants.get(c.variantId)!.sku!, tables.levels.get(c.level)!.quantities.available + tables.levels.get(c.level)!.quantities.committed + 20);
    warehouse.countAll();
    const locationId = await w.serve(served, { mode: 'live', firstPushCap: 1_000_000, bufferCapUnits: 0 });
    await run([...made, ...shelved].flatMap((c) => c.prepare.splice(0)));
    await hear();
    await connectPlanner(w.house, w.storeId, planner.url, { pushes_stock: true });
    const shared = await order('PO-told', told);
    await w.run(plannerExchange);
    for (const flow of [ordersOut, warehouseFeed, salesHistory, stockLevels, driftCheck, stockPush, stockLevels, driftCheck]) await w.run(flow);
    await hear();
    const { rows: before } = await w.house.db.query('select * from drift union all select store_id, item_id, location_id, null, shown, wanted, shown - wanted, causes, first_seen, checked_at from warehouse_drift where shown <> wanted');
    expect(before).toEqual([]);
    // From here on the world goes wrong. First orders that find no place, then sets of changed shelves that get no answer.
    await w.control('/faults', { routingDelayMs: 3_600_000 });
    await run(made.flatMap((c) => c.unplaced));
    await w.until('they are heard', async () => { await letters(); await w.run(inbox); return (await w.house.db.query('select from inbox where state = 0 limit 1')).rowCount === 0; });
    await w.control('/faults', { routingDelayMs: 0 });
    await w.control('/faults', { failBefore: { mutation: 'inventorySetQuantities', count: 100_000 } });
    await run(shelved.flatMap((c) => c.pushed));
    await w.run(warehouseFeed);
    await w.run(mappingSuggest);
    await w.run(stockPush).catch(() => null);
    await w.control('/faults', { webhooks: { drop: 1 } });
    await count(locationId, undecided, shelved, false);
    await run([...made, ...shelved].flatMap((c) => c.hidden));
    // Shopify tells seconds: what was changed in the second before is not taken for what came after.
    await new Promise((resolve) => { setTimeout(resolve, 1_100); });
    await count(await placeId(store), approved, made, true);
    for (const [c, at, units] of promised) await promise(c, at, units);
    await letters();
    await w.control('/faults', { webhooks: null });
    await run(made.flatMap((c) => c.waiting));
    await letters();
    // Half of what waits could not be applied and was set aside.
    await w.house.db.query(`update inbox set state = 3, reason = 'a fault of ours' where state = 0 and inbox_id % 2 = 0`);
    for (const [c, received] of receivedOf) await weReceive(w.house, w.storeId, shared.id, await itemOf(c), received);
    await w.house.db.query(`insert into goods_receipt (store_id, reference, purchase_order_id, location_id, received_at, received_by, writes_stock) values ($1, 'scan/1', $2, $3, $4, 'test', true)`, [w.storeId, shared.id, await placeId(store), new Date().toISOString()]);
    await order('PO-refused', refused);
    // The planner tells seconds too: what happened in the second it read the shop could be before or after.
    await new Promise((resolve) => { setTimeout(resolve, 1_100); });
    planner.account.sync();
    planner.faults.set({ refuse: 1_000, on: 'writes' });
    await w.run(plannerExchange).catch(() => null);
    await w.control('/faults', { webhooks: { drop: 1 } });
    await order('PO-since', approvedSince);
    await run(planned.flatMap((c) => c.exchanged));
    await letters();
    await hearOrders(soldSince);
    await heardOf(shelved.filter((c) => c.faults.includes('restock nobody inspected')));
    // A minute has passed since evidence was last gathered, however fast this machine is.
    await w.house.db.query(`delete from cursor where store_id = $1 and name = 'drift-evidence'`, [w.storeId]);
    await w.run(stockLevels);
    await w.run(driftCheck);

    const { rows } = await w.house.db.query<{ item: string; place: string; causes: { cause: string; units: number }[] }>(
      `select x.shopify_inventory_item_id::text as item, l.shopify_location_id::text as place, causes from (select store_id, item_id, location_id, causes from drift where location_id <> $1 and state = 'available' union all select store_id, item_id, location_id, causes from warehouse_drift) d
       join inventory_item x using (store_id, item_id) join location l using (store_id, location_id)`, [locationId]);
    const { rows: shelves } = await w.house.db.query<{ item: string; place: string; causes: { cause: string; units: number }[] }>(
      `select x.shopify_inventory_item_id::text as item, l.shopify_location_id::text as place, shelf -> 'causes' as causes from warehouse_drift d join inventory_item x using (store_id, item_id) join location l using (store_id, location_id)`);
    const { rows: edits } = await w.house.db.query<{ item: string; place: string; units: number }>(
      `select x.shopify_inventory_item_id::text as item, l.shopify_location_id::text as place, sum(m.quantity)::int as units from movement m join inventory_item x using (store_id, item_id) join location l on l.store_id = m.store_id and l.location_id = m.to_location
       where m.kind = 'storefront edit' and m.to_state = 'available' and m.source = 'drift-check' and m.to_location <> $1 group by 1, 2`, [locationId]);
    const { rows: beyond } = await w.house.db.query<{ item: string; place: string; measure: string; causes: { cause: string; units: number }[] }>(
      `select x.shopify_inventory_item_id::text as item, l.shopify_location_id::text as place, d.measure, d.causes from planner_drift d join inventory_item x using (store_id, item_id) join location l using (store_id, location_id)`);
    const found = new Map<string, Map<string, number>>(), note = (key: string, cause: string, units: number): void => { const causes = found.get(key) ?? new Map<string, number>(); add(causes, cause, units); found.set(key, causes); };
    for (const row of rows) for (const { cause, units } of row.causes) note(`${row.item}:${row.place}`, cause, units);
    for (const row of edits) note(`${row.item}:${row.place}`, 'edited in Shopify', row.units);
    for (const row of beyond) for (const { cause, units } of row.causes) note(`${row.item}:${row.place}/${row.measure}`, cause, units);
    // On hand beside the shelf. That Shopify shows another number than it should is the difference above, and one line of this one.
    for (const row of shelves) for (const { cause, units } of row.causes) if (cause !== 'push refused or pending') note(`${row.item}:${row.place}/shelf`, cause, units);
    // What the planner reads in Shopify differs as Shopify does, while it does: an edit the check has posted is in the ledger.
    const differing = new Set(rows.map((row) => `${row.item}:${row.place}`));
    for (const c of planned) if (differing.has(c.level)) for (const [cause, units] of c.truth) add(c.planner, cause, units);
    const judged = [...[...made, ...shelved].map((c) => ({ key: c.level, truth: c.truth, c })), ...shelved.map((c) => ({ key: `${c.level}/shelf`, truth: c.shelf, c })), ...planned.flatMap((c) => [{ key: `${c.level}/stock`, truth: c.planner, c }, { key: `${c.level}/incoming`, truth: c.onOrder, c }])];

    let units = 0, right = 0, wrong = 0, unknown = 0;
    const misses: string[] = [], byCause = new Map<string, [made: number, right: number]>();
    for (const { key, truth: known, c } of judged) {
      const said = found.get(key) ?? new Map<string, number>();
      // Faults that cancel make no difference, and leave nothing to explain.
      if (said.size === 0 && [...known.values()].reduce((sum, units) => sum + units, 0) === 0) continue;
      for (const cause of new Set([...known.keys(), ...said.keys()])) {
        const truth = known.get(cause) ?? 0, told = said.get(cause) ?? 0, agreed = Math.sign(truth) === Math.sign(told) ? Math.min(Math.abs(truth), Math.abs(told)) : 0;
        units += Math.abs(truth);
        right += agreed;
        if (cause === 'unknown') unknown += Math.abs(told) - agreed; else wrong += Math.abs(told) - agreed;
        const tally = byCause.get(cause) ?? [0, 0];
        byCause.set(cause, [tally[0] + Math.abs(truth), tally[1] + agreed]);
        if (truth !== told) misses.push(`${c.faults.join(' + ')}: ${key.split('/')[1] ?? 'Shopify'}: ${cause} was ${truth}, told ${told}`);
      }
    }
    console.log(`drift attribution: ${CASES} levels, ${units} units; ${((right / units) * 100).toFixed(1)}% to the right cause, ${((wrong / units) * 100).toFixed(1)}% to a wrong one, ${((unknown / units) * 100).toFixed(1)}% wrongly unknown\n${
      [...byCause].map(([cause, [all, ok]]) => `  ${cause}: ${ok} of ${all}`).join('\n')}${misses.length > 0 ? `\n${misses.slice(0, 25).join('\n')}` : ''}`);
    expect(units).toBeGreaterThan(1_500);
    expect(right / units).toBeGreaterThanOrEqual(0.95);
    expect(wrong / units).toBeLessThanOrEqual(0.01);
  }, 300_000);
});

/** Somebody counts; where it is approved its deltas are sent, and no answer is heard. */
async function count(locationId: number, differences: ReadonlyMap<string, number>, of: readonly Case[], isApproved: boolean): Promise<void> {
  const { db } = w.house, now = new Date().toISOString(), countId = await makeCount(db, w.storeId, locationId, 'Aisle 3', 'test', now), lines = of.flatMap((c) => (differences.has(c.sku) ? [{ sku: c.sku, c }] : []));
  await db.transaction((tx) => recordCounted(tx, w.storeId, countId, locationId, lines.map(({ sku }) => ({ sku, counted: 0 })), 'test', now));
  // Nobody's fingers: what was expected, and so much more or less.
  await db.query(`update stock_count_line l set counted = greatest(0, l.expected) + t.units from unnest($3::text[], $4::int[]) as t(sku, units) join item i using (sku) where l.store_id = $1 and l.count_id = $2 and l.item_id = i.item_id`, [w.storeId, countId, lines.map((l) => l.sku), lines.map((l) => differences.get(l.sku)!)]);
  await db.query(`update stock_count set state = 'submitted' where store_id = $1 and count_id = $2`, [w.storeId, countId]);
  if (!isApproved) return;
  const row = (await findCount(db, w.storeId, countId))!;
  expect(await db.transaction((tx) => postCount(tx, w.storeId, row, () => randomUUID(), now))).toBe(lines.length);
  // As a process that ends between the call and its answer leaves it: sent, mostly carried out, not recorded.
  const later = new Date(Date.now() + 3_600_000).toISOString();
  for (let taken = await takeAdjustments(db, w.storeId, now, later, 100); taken.length > 0; taken = await takeAdjustments(db, w.storeId, now, later, 100)) {
    for (const sent of taken) if (!lost.has(`${sent.inventory_item_id}:${sent.shopify_location_id}`)) await w.control('/levels', { variantId: lines.find(({ c }) => c.level === `${sent.inventory_item_id}:${sent.shopify_location_id}`)!.c.variantId, locationId: sent.shopify_location_id, change: { name: 'available', delta: sent.delta } });
  }
}

/** These orders are heard, and nothing else is. */
async function hearOrders(ids: readonly string[]): Promise<void> {
  const storefront = await w.house.storefront(w.storeId);
  for (let n = 0; n < ids.length; n += 50) {
    const orders = await storefront.ordersById(ids.slice(n, n + 50));
    await w.house.db.transaction((tx) => recordOrders(tx, w.storeId, orders, { dayOf: (at) => at.slice(0, 10), now: new Date().toISOString(), source: 'read' }));
  }
}

/** The orders of these levels are heard (their webhooks were lost, but they were read), and nothing else is. */
async function heardOf(cases: readonly Case[]): Promise<void> {
  const wanted = new Set(cases.map((c) => c.variantId)), ids = [...tables.orders.values()].filter((o) => o.lines.some((l) => wanted.has(l.variantId!))).map((o) => o.id);
  const cursor = await readCursor(w.house.db, w.storeId, 'sales-history');
  await hearOrders(ids);
  expect(await readCursor(w.house.db, w.storeId, 'sales-history')).toBe(cursor);
}
