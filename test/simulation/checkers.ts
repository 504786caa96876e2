/** The invariants that apply here, by their numbers. Each answers its violations in words; none is a passing seed. */
import { faultsOf } from '../../src/sandbox/shopify/engine/conservation.ts';
import { bookFaults, demandFaults, ordersOfSlice } from '../../src/store/book-check.ts';
import { ledgerFaults } from '../../src/store/ledger.ts';
import { shelfFaults } from '../../src/store/shelf.ts';
import { expectedAtMill } from './auditor.ts';
import { BUNDLE, PARTS } from './town.ts';
import type { Run } from './run.ts';

export type Violation = string;

/** Safety: true at every instant, however broken the world is. */
export async function safety(run: Run): Promise<Violation[]> {
  const found: Violation[] = [], { db } = run.house, { storeId } = run;
  for (const text of run.witness.unexpected) found.push(`unexpected error: ${text}`);
  for (const fault of await ledgerFaults(db, storeId)) found.push(`I1 ledger: item ${fault.item_id} at ${fault.location_id} ${fault.state}: kept ${fault.kept}, movements make ${fault.folded}`);
  for (const fault of await shelfFaults(db)) found.push(`I1 shelf: ${fault.sku} kept ${fault.kept}, count and changes make ${fault.folded}`);
  // What the nightly check looks at (I10, I11, I13), and daily demand beside its facts (I2).
  for (const fault of [...await bookFaults(db, storeId, 100), ...await demandFaults(db, storeId, 0, 2_000_000_000, 100)]) found.push(`${fault.invariant} ${fault.subject}: ${fault.said}`);
  for (const fault of faultsOf(run.sandbox.shop)) found.push(`the shop itself: ${fault}`);
  // I6: no set without a comparison, nothing written outside the allow-list, one payload a key; a difference only after two sets with the level in them were refused as stale.
  const bodies = new Map<string, string>();
  for (const made of run.witness.differences) {
    for (const row of made.rows) if (row.locationId !== run.places.mill) found.push(`I6 a difference at location ${row.locationId}, which no warehouse serves`);
    if ((bodies.get(made.key) ?? made.body) !== made.body) found.push(`I6 key ${made.key} was sent with two payloads`);
    bodies.set(made.key, made.body);
  }
  const { rows: hasty } = await db.query<{ attempt_id: string; item_id: number }>(
    `select r.attempt_id, r.item_id from push_attempt a join push_attempt_row r using (store_id, attempt_id) where a.store_id = $1 and a.way = 'difference' and (
       select count(*) from push_attempt_row s where s.store_id = r.store_id and s.item_id = r.item_id and s.location_id = r.location_id and s.attempt_id < r.attempt_id
         and exists (select from push_attempt_row o where o.store_id = s.store_id and o.attempt_id = s.attempt_id and o.state = 'stale')) < 2`, [storeId]);
  for (const row of hasty) found.push(`I6 attempt ${row.attempt_id} changed item ${row.item_id} by difference before two sets of it were refused`);
  for (const set of run.witness.sets) {
    for (const row of set.rows) {
      if (typeof row.changeFrom !== 'number') found.push(`I6 a set without comparison under key ${set.key}`);
      if (row.locationId !== run.places.mill) found.push(`I6 a set at location ${row.locationId}, which no warehouse serves`);
    }
    if ((bodies.get(set.key) ?? set.body) !== set.body) found.push(`I6 key ${set.key} was sent with two payloads`);
    bodies.set(set.key, set.body);
  }
  // I10: never more fulfilled than what left. (A parcel part of which was held becomes two fulfilments, of its own units each.)
  const { tables } = run.sandbox.shop;
  for (const order of tables.orders.values()) {
    for (const line of order.lines) {
      let fulfilled = 0;
      for (const parcel of tables.fulfillments.values()) if (parcel.orderId === order.id && parcel.status === 'SUCCESS' && parcel.locationId === run.places.mill) fulfilled += parcel.lines.find((l) => l.lineItemId === line.id)?.quantity ?? 0;
      const left = leftWhole(run, order.id, line.id, line.sku);
      if (fulfilled > left) found.push(`I10 order ${order.id} line ${line.sku}: ${fulfilled} fulfilled from the mill, ${left} left it`);
    }
  }
  // One order at the warehouse for one part of an order.
  const seen = new Set<string>();
  for (const { order } of run.shelf.orders.values()) {
    const key = order.reference.split('-').slice(1).join('-');
    if (seen.has(key)) found.push(`orders-out: ${key} was placed twice`);
    seen.add(key);
  }
  // I7: what attempts say was written is what the shop was asked to change by us.
  const { rows: written } = await db.query<{ inventory_item_id: string; units: number }>(
    `select x.shopify_inventory_item_id as inventory_item_id, sum(r.to_quantity - r.from_quantity)::int as units from push_attempt_row r join inventory_item x on x.store_id = r.store_id and x.item_id = r.item_id where r.store_id = $1 and r.state = 'written' group by 1`, [storeId]);
  const { rows: unknown } = await db.query<{ n: number }>(`select count(*)::int as n from push_attempt_row where store_id = $1 and state in ('open', 'abandoned')`, [storeId]);
  if (unknown[0]!.n === 0) {
    const asked = new Map<string, number>();
    for (const a of tables.adjustments.values()) if (a.name === 'available' && a.referenceDocumentUri?.startsWith('gid://instep/StockPush/')) asked.set(a.inventoryItemId, (asked.get(a.inventoryItemId) ?? 0) + a.delta);
    for (const { inventory_item_id, units } of written) {
      if ((asked.get(inventory_item_id) ?? 0) !== units) found.push(`I7 item ${inventory_item_id}: attempts wrote ${units}, the shop was changed by ${asked.get(inventory_item_id) ?? 0}`);
    }
  }
  return found;
}

/** Whole units of an order line that left the mill: of a bundle, as many as all its parts make. */
function leftWhole(run: Run, orderId: string, lineId: string, sku: string | null): number {
  let left = 0;
  for (const { order, shipped } of run.shelf.orders.values()) {
    if (order.reference.split('-')[1] !== orderId) continue;
    const parts = order.lines.filter((l) => l.lineReference.split('.')[0] === lineId);
    if (parts.length > 0) left += Math.min(...parts.map((p) => Math.floor((shipped.get(p.lineReference) ?? 0) / (sku === BUNDLE ? PARTS[p.sku]! : 1))));
  }
  return left;
}

/** Liveness: the faults are over, and everything has come to rest in step. */
export async function rest(run: Run): Promise<Violation[]> {
  const found: Violation[] = [], { db } = run.house, { storeId } = run, { tables } = run.sandbox.shop;
  // I3: what was acknowledged is in the inbox and settled.
  const { rows: inbox } = await db.query<{ webhook_id: string; state: number }>('select webhook_id, state from inbox where store_id = $1', [storeId]);
  const states = new Map(inbox.map((row) => [row.webhook_id, row.state]));
  for (const id of run.witness.acknowledged) if (!states.has(id)) found.push(`I3 ${id} was acknowledged and is not in the inbox`);
  for (const [id, state] of states) if (state === 0 || state === 3) found.push(`I3 ${id} ended in state ${state}`);
  // I2: what each order says of itself is what the ledger has of it.
  const { orders, faults } = await ordersOfSlice(db, storeId, { at: '2000-01-01T00:00:00.000Z', id: '0' }, '2100-01-01T00:00:00.000Z', 100_000);
  if (orders.length === 0 && tables.orders.size > 0) found.push('I2 no order was looked at');
  for (const fault of faults) found.push(`I2 ${fault.subject}: ${fault.said}`);
  // I19: nothing waits.
  const { rows: [waiting] } = await db.query<Record<string, number>>(
    `select (select count(*)::int from push_level where store_id = $1 and (dirty_version > seen_version or state not in ('in step', 'written'))) as levels, (select count(*)::int from push_attempt where store_id = $1 and state = 'open') as attempts,
       (select count(*)::int from order_out where store_id = $1 and state in ('waiting', 'cancelling') and not held) as orders, (select count(*)::int from shipment where store_id = $1 and state in ('waiting', 'sending')) as shipments,
       (select count(*)::int from warehouse_document where warehouse_id = $2 and state = 0) as documents, (select count(*)::int from stock_adjustment where store_id = $1 and state in ('waiting', 'sent')) as adjustments`, [storeId, run.warehouseId]);
  for (const [what, n] of Object.entries(waiting!)) if (n > 0) found.push(`I19 ${n} ${what} still wait`);
  // The ledger is what Shopify shows, at both places.
  const { rows: levels } = await db.query<{ inventory_item_id: string; shopify_location_id: string; available: number; committed: number }>(
    `select x.shopify_inventory_item_id as inventory_item_id, l.shopify_location_id, coalesce(b.available, 0) as available, coalesce(b.committed, 0) as committed from opening o join inventory_item x on x.store_id = o.store_id and x.item_id = o.item_id
     join location l on l.store_id = o.store_id and l.location_id = o.location_id left join ledger_level b on b.store_id = o.store_id and b.item_id = o.item_id and b.location_id = o.location_id where o.store_id = $1`, [storeId]);
  for (const level of levels) {
    const shown = tables.levels.get(`${level.inventory_item_id}:${level.shopify_location_id}`)!.quantities;
    if (shown.available !== level.available || shown.committed !== level.committed) found.push(`I1 item ${level.inventory_item_id} at ${level.shopify_location_id === run.places.mill ? 'mill' : 'store'}: Shopify ${shown.available}/${shown.committed}, ledger ${level.available}/${level.committed}`);
  }
  // I1: an edit is what staff did, no more: nothing an order, a parcel or a push of ours did hides among the edits.
  const { rows: edits } = await db.query<{ inventory_item_id: string; shopify_location_id: string; units: number }>(
    `select x.shopify_inventory_item_id as inventory_item_id, l.shopify_location_id, sum(m.quantity)::int as units from movement m join inventory_item x on x.store_id = m.store_id and x.item_id = m.item_id
     join location l on l.store_id = m.store_id and l.location_id = m.to_location where m.store_id = $1 and m.kind = 'storefront edit' and m.to_state = 'available' group by 1, 2`, [storeId]);
  // Units given back where they were promised, by an order that was moved before anybody here heard of it, look like a restock elsewhere: then only their sum can be told.
  const moved = new Set([...tables.adjustments.values()].filter((a) => a.reason === 'fulfillment_order_moved').map((a) => a.inventoryItemId));
  const place = (itemId: string, locationId: string): string => (moved.has(itemId) ? itemId : `${itemId}:${locationId}`);
  const byHand = new Map<string, number>();
  for (const a of tables.adjustments.values()) if (a.name === 'available' && a.cause === 'admin') byHand.set(place(a.inventoryItemId, a.locationId), (byHand.get(place(a.inventoryItemId, a.locationId)) ?? 0) + a.delta);
  const told = new Map<string, number>();
  for (const e of edits) told.set(place(e.inventory_item_id, e.shopify_location_id), (told.get(place(e.inventory_item_id, e.shopify_location_id)) ?? 0) + e.units);
  for (const key of new Set([...byHand.keys(), ...told.keys()])) if ((byHand.get(key) ?? 0) !== (told.get(key) ?? 0)) found.push(`I1 ${key}: staff changed ${byHand.get(key) ?? 0}, the ledger calls ${told.get(key) ?? 0} an edit`);
  // I8: Shopify shows what the shelf allows: the auditor's own sum.
  const { rows: held } = await db.query<{ sku: string }>('select distinct v.sku from held_back h join inventory_item x using (store_id, item_id) join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id where h.store_id = $1 and h.ended_at is null', [storeId]);
  for (const want of expectedAtMill(run, run.seed % 3 === 0 ? 2 : 0, new Set(held.map((row) => row.sku)))) {
    const shown = tables.levels.get(`${want.inventoryItemId}:${run.places.mill}`)!.quantities.available;
    if (shown > want.most || shown < want.least) found.push(`I8 ${want.sku} at the mill shows ${shown}, expected ${want.least === want.most ? want.most : `${want.least} to ${want.most}`} (${want.arithmetic})`);
  }
  // Orders at the warehouse are as the shop has them.
  for (const { order, state } of run.shelf.orders.values()) {
    const { rows: [row] } = await db.query<{ state: string; lines: { lineReference: string; quantity: number }[]; sent_version: number; version: number }>('select state, lines, sent_version, version from order_out where reference = $1', [order.reference]);
    if (!row) { found.push(`orders-out: the warehouse has ${order.reference}, the house does not`); continue; }
    if (row.state === 'too late' || row.state === 'refused') continue;
    const here = new Map(order.lines.map((l) => [l.lineReference, l.quantity])), want = new Map(row.lines.map((l) => [l.lineReference, l.quantity]));
    if (row.lines.length === 0 ? state === 'open' : [...want].some(([ref, n]) => here.get(ref) !== n) || here.size !== want.size) {
      if (state !== 'shipped') found.push(`orders-out: ${order.reference} is ${JSON.stringify([...here])} at the warehouse (${state}), wanted ${JSON.stringify([...want])} (${row.state})`);
    }
  }
  // I10: every parcel that left is in Shopify, or says why not.
  for (const { order } of run.shelf.orders.values()) {
    const [, orderId] = order.reference.split('-');
    const { rows: held } = await db.query('select from shipment where store_id = $1 and order_id = $2 and state <> $3', [storeId, orderId, 'written']);
    // A parcel of an order cancelled too late waits parked, with its reason, for a person.
    const { rows: parked } = await db.query(`select from warehouse_document where warehouse_id = $1 and state = 3 and type = 'shipment' and body ->> 'reference' = $2 and reason is not null`, [run.warehouseId, order.reference]);
    if (held.length > 0 || parked.length > 0) continue;
    for (const line of tables.orders.get(orderId!)!.lines) {
      let fulfilled = 0;
      for (const parcel of tables.fulfillments.values()) if (parcel.orderId === orderId && parcel.status === 'SUCCESS') fulfilled += parcel.lines.find((l) => l.lineItemId === line.id)?.quantity ?? 0;
      const left = leftWhole(run, orderId!, line.id, line.sku);
      if (fulfilled < left) found.push(`I10 order ${orderId} line ${line.sku}: ${left} left the mill, ${fulfilled} are fulfilled, and no parcel says why`);
    }
  }
  // I11: what inspection accepted is what the shelf got back, once.
  const { rows: [back] } = await db.query<{ units: number }>(`select coalesce(sum(on_hand_change), 0)::int as units from warehouse_change where warehouse_id = $1 and kind = 'returned'`, [run.warehouseId]);
  const inspected = run.shelf.said.flatMap((fact) => (fact.type === 'return inspected' ? fact.lines : [])).filter((line) => line.disposition !== 'scrap').reduce((sum, line) => sum + line.quantity, 0);
  if (back!.units !== inspected) found.push(`I11 inspections put back ${inspected}, the shelf was given ${back!.units}`);
  return found;
}

/** Everything kept of the other stores in the database (those of earlier seeds), as one text. */
export async function othersOf({ house: { db }, storeId, warehouseId }: Run): Promise<string> {
  return JSON.stringify((await db.query(
    `select (select count(*) from movement where store_id <> $1) as movements, (select sum(available * 31 + committed * 7) from ledger_level where store_id <> $1) as levels, (select sum(open * 3 + fulfilled) from order_demand where store_id <> $1) as wants,
       (select sum(version * 5 + sent_version) from order_out where store_id <> $1) as orders, (select count(*) from shipment where store_id <> $1) as shipments, (select count(*) from return_case where store_id <> $1) as returns,
       (select sum(on_hand * 5 + unsellable) from warehouse_stock where warehouse_id <> $2) as shelf, (select sum(dirty_version) from push_level where store_id <> $1) as looks, (select count(*) from push_attempt where store_id <> $1) as attempts,
       (select count(*) from inbox where store_id <> $1) as inbox, (select count(*) from exception where store_id <> $1) as cases`, [storeId, warehouseId])).rows);
}

/** I17: what one store went through left every other as it was. */
export async function alone(run: Run, before: string): Promise<Violation[]> {
  const after = await othersOf(run);
  return before === after ? [] : [`I17 rows of other stores changed from ${before} to ${after}`];
}

/** I4: hearing everything once more changes nothing. */
export async function replay(run: Run): Promise<Violation[]> {
  const { db } = run.house, { storeId } = run;
  const print = async (): Promise<string> => JSON.stringify((await db.query(
    `select (select count(*) from movement where store_id = $1) as movements, (select sum(available * 31 + committed * 7) from ledger_level where store_id = $1) as levels, (select sum(open * 3 + fulfilled) from order_demand where store_id = $1) as wants,
       (select sum(version) from order_out where store_id = $1) as orders, (select count(*) from shipment where store_id = $1) as shipments, (select sum(on_hand * 5 + unsellable) from warehouse_stock where warehouse_id = $2) as shelf, (select count(*) from push_attempt where store_id = $1) as attempts`, [storeId, run.warehouseId])).rows);
  const before = await print();
  await db.query('update inbox set state = 0, settled_at = null where store_id = $1', [storeId]);
  await db.query('update warehouse_document set state = 0, settled_at = null where warehouse_id = $1', [run.warehouseId]);
  for (let n = 0; n < 400 && ((await run.deed('inbox')) > 0 || (await run.deed('documents')) > 0); n++);
  const after = await print();
  return before === after ? [] : [`I4 hearing everything again changed ${before} to ${after}`];
}
