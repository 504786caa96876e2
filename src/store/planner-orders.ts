/** Purchase orders that we and the planner both keep: which to tell, which are theirs, what was received where, and every write with its outcome. */
import type pg from 'pg';
import type { PlannerOrderHead } from '../ports/planner.ts';
import type { Queryable } from './db.ts';
import { postReceipt } from './goods-receipts.ts';
import { changePurchase, settleIncoming, type Doing } from './purchase-orders.ts';

export interface SharedLine { itemId: number; variantId: string | null; sku: string | null; ordered: number; unitCost: number; received: number; agreed: number }
export interface SharedOrder {
  purchase_order_id: number; reference: string; state: string; origin: string; supplier: string; currency: string; expected_on: string | null; notes: string; location_id: number; authority: 'storefront' | 'warehouse'; planner_warehouse_id: string | null;
  direction: 'out' | 'in' | null; planner_id: string | null; link_state: string | null; sent_digest: string | null; seen_digest: string | null; planner_status: string | null; is_readonly: boolean | null; attempts: number; lines: SharedLine[];
  /** Variants that were told to the planner of this order, also of lines that have left it since. */
  told: string[];
}

const SHARED = `select p.purchase_order_id, p.reference, p.state, p.origin, s.name as supplier, p.currency, p.expected_on, p.notes, p.location_id, l.authority, w.planner_warehouse_id, o.direction, o.planner_id, o.state as link_state, o.sent_digest, o.seen_digest, o.planner_status, o.is_readonly,
    coalesce(o.attempts, 0) as attempts, (select coalesce(array_agg(a.planner_variant_id), '{}') from planner_order_line a where a.store_id = p.store_id and a.purchase_order_id = p.purchase_order_id) as told,
    (select coalesce(jsonb_agg(jsonb_build_object('itemId', n.item_id, 'variantId', coalesce(a.planner_variant_id, v.planner_variant_id), 'sku', i.sku, 'ordered', greatest(0, n.ordered - n.cancelled), 'unitCost', n.unit_cost, 'received', n.received + n.damaged, 'agreed', coalesce(a.agreed, 0)) order by n.line), '[]')
       from purchase_order_line n join item i on i.item_id = n.item_id left join planner_order_line a on a.store_id = n.store_id and a.purchase_order_id = n.purchase_order_id and a.item_id = n.item_id
       left join lateral (select planner_variant_id from planner_variant v where v.store_id = n.store_id and v.item_id = n.item_id order by seen_at desc, planner_variant_id limit 1) v on true
       where n.store_id = p.store_id and n.purchase_order_id = p.purchase_order_id) as lines
  from purchase_order p join supplier s on s.store_id = p.store_id and s.supplier_id = p.supplier_id join location l on l.store_id = p.store_id and l.location_id = p.location_id
  left join planner_warehouse w on w.store_id = p.store_id and w.location_id = p.location_id left join planner_order o on o.store_id = p.store_id and o.purchase_order_id = p.purchase_order_id`;

/** Ours that the planner should know: approved and on its way, or known there already, also when they were taken back as a draft. Oldest first, 1,000 at most. */
export async function ordersToTell(db: Queryable, storeId: number, now: string): Promise<SharedOrder[]> {
  return (await db.query<SharedOrder>(
    `${SHARED} where p.store_id = $1 and p.origin <> 'inventory-planner' and w.planner_warehouse_id is not null and (o.not_before is null or o.not_before <= $2)
       and (p.state in ('approved', 'sent', 'confirmed', 'part received') or (o.planner_id is not null and p.state in ('draft', 'awaiting approval', 'received', 'closed', 'cancelled'))) and coalesce(o.state, '') not in ('gone')
     order by p.purchase_order_id limit 1000`, [storeId, now])).rows;
}
/** Every order linked to one of the planner's, in either direction. */
export async function linkedOrders(db: Queryable, storeId: number): Promise<SharedOrder[]> {
  return (await db.query<SharedOrder>(`${SHARED} where p.store_id = $1 and o.planner_id is not null order by p.purchase_order_id desc limit 20000`, [storeId])).rows;
}
export async function sharedOrder(db: Queryable, storeId: number, purchaseOrderId: number): Promise<SharedOrder> {
  return (await db.query<SharedOrder>(`${SHARED} where p.store_id = $1 and p.purchase_order_id = $2`, [storeId, purchaseOrderId])).rows[0]!;
}
/** An order of ours under this reference that is not linked yet. */
export async function unlinkedByReference(db: Queryable, storeId: number, reference: string): Promise<number | null> {
  return (await db.query<{ id: number }>(`select p.purchase_order_id as id from purchase_order p left join planner_order o using (store_id, purchase_order_id) where p.store_id = $1 and p.reference = $2 and p.origin <> 'inventory-planner' and o.planner_id is null`, [storeId, reference])).rows[0]?.id ?? null;
}

/** Notes that a write is about to be made. Committed before the call. */
export async function beginAttempt(db: Queryable, storeId: number, purchaseOrderId: number, what: 'order' | 'change' | 'receipt', payload: object, now: string): Promise<string> {
  const { rows } = await db.query<{ id: string }>('insert into planner_attempt (store_id, purchase_order_id, what, payload, created_at) values ($1, $2, $3, $4, $5) returning attempt_id as id', [storeId, purchaseOrderId, what, JSON.stringify(payload), now]);
  return rows[0]!.id;
}
export async function settleAttempt(db: Queryable, storeId: number, attemptId: string, outcome: 'done' | 'found' | 'refused' | 'unknown', message: string | null, now: string): Promise<void> {
  await db.query('update planner_attempt set settled_at = $4, outcome = $3, message = $5 where store_id = $1 and attempt_id = $2', [storeId, attemptId, outcome, now, message?.slice(0, 500) ?? null]);
}

export interface LinkChange { plannerId?: string; state: 'waiting' | 'linked' | 'refused' | 'conflict' | 'gone'; sentDigest?: string; seenDigest?: string; status?: string; isReadonly?: boolean; message: string | null; attempts?: number; notBefore?: string | null }

/** Makes or changes the link of an order; what is left out stays. */
export async function saveLink(db: Queryable, storeId: number, purchaseOrderId: number, direction: 'out' | 'in', change: LinkChange, now: string): Promise<void> {
  await db.query(
    `insert into planner_order as o (store_id, purchase_order_id, direction, planner_id, state, sent_digest, seen_digest, planner_status, is_readonly, message, attempts, not_before, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9, false), $10, coalesce($11, 0), $12, $13)
     on conflict (store_id, purchase_order_id) do update set planner_id = coalesce(excluded.planner_id, o.planner_id), state = excluded.state, sent_digest = coalesce(excluded.sent_digest, o.sent_digest), seen_digest = coalesce(excluded.seen_digest, o.seen_digest),
       planner_status = coalesce(excluded.planner_status, o.planner_status), is_readonly = coalesce($9, o.is_readonly), message = excluded.message, attempts = coalesce($11, o.attempts), not_before = excluded.not_before, updated_at = excluded.updated_at`,
    [storeId, purchaseOrderId, direction, change.plannerId ?? null, change.state, change.sentDigest ?? null, change.seenDigest ?? null, change.status ?? null, change.isReadonly ?? null, change.message?.slice(0, 500) ?? null, change.attempts ?? null, change.notBefore ?? null, now]);
}
export async function saveAgreed(db: Queryable, storeId: number, purchaseOrderId: number, lines: readonly { itemId: number; variantId: string; agreed: number }[]): Promise<void> {
  if (lines.length === 0) return;
  await db.query(
    `insert into planner_order_line (store_id, purchase_order_id, item_id, planner_variant_id, agreed) select $1, $2, i, v, a from unnest($3::int[], $4::text[], $5::int[]) as t(i, v, a)
     on conflict (store_id, purchase_order_id, item_id) do update set planner_variant_id = excluded.planner_variant_id, agreed = excluded.agreed`,
    [storeId, purchaseOrderId, lines.map((l) => l.itemId), lines.map((l) => l.variantId), lines.map((l) => l.agreed)]);
}

/** Items of the planner's variants; what nobody matched is left out. */
export async function itemsOfVariants(db: Queryable, storeId: number, variantIds: readonly string[]): Promise<Map<string, { itemId: number; unitCost: number }>> {
  const { rows } = await db.query<{ id: string; item_id: number; cost: string | null }>('select p.planner_variant_id as id, p.item_id, i.unit_cost as cost from planner_variant p join item i using (item_id) where p.store_id = $1 and p.planner_variant_id = any($2)', [storeId, variantIds]);
  return new Map(rows.map((row) => [row.id, { itemId: row.item_id, unitCost: Number(row.cost ?? 0) }]));
}

export interface TakenLine { itemId: number; variantId: string; ordered: number; /** Units that have come, as the planner has it. */ received: number; unitCost: number }

/**
 * The planner's order as one of ours, with its supplier made when nobody of that name is known. Heard twice, made once. What had come of it before is agreed on as it stands: those goods
 * are in the stock both sides began with, so no receipt of them is booked and no lead time learned.
 */
export async function takeOrder(tx: pg.PoolClient, storeId: number, head: PlannerOrderHead, locationId: number, currency: string, lines: readonly TakenLine[], doing: Pick<Doing, 'now' | 'keyOf'>): Promise<number> {
  const { now } = doing;
  const known = await tx.query<{ id: number }>(`select purchase_order_id as id from planner_order where store_id = $1 and planner_id = $2 for update`, [storeId, head.id]);
  if (known.rows[0]) return known.rows[0].id;
  const vendor = head.vendor.trim() || 'Unnamed supplier';
  await tx.query(`insert into supplier (store_id, name, currency, updated_at, updated_by) values ($1, $2, $3, $4, 'inventory-planner') on conflict (store_id, lower(name)) do nothing`, [storeId, vendor, currency, now]);
  const { rows: [supplier] } = await tx.query<{ id: number }>('select supplier_id as id from supplier where store_id = $1 and lower(name) = lower($2)', [storeId, vendor]);
  const { rows: [taken] } = await tx.query('select from purchase_order where store_id = $1 and reference = $2', [storeId, head.reference]);
  const { rows: [made] } = await tx.query<{ id: number }>(
    `insert into purchase_order (store_id, reference, supplier_id, location_id, state, currency, ordered_on, expected_on, origin, external_id, created_at, created_by, sent_at, updated_at)
     values ($1, $2, $3, $4, $9, $5, least($10::date, ($6::timestamptz)::date), $7, 'inventory-planner', $8, $6, 'inventory-planner', $6, $6) returning purchase_order_id as id`,
    [storeId, taken ? `${head.reference} (${head.id.slice(-6)})` : head.reference, supplier!.id, locationId, currency, now, head.expectedOn, head.id, lines.every((line) => line.received >= line.ordered) ? 'received' : lines.some((line) => line.received > 0) ? 'part received' : 'sent', head.createdOn ?? now.slice(0, 10)]);
  await saveLink(tx, storeId, made!.id, 'in', { plannerId: head.id, state: 'linked', status: head.status, isReadonly: head.isReadonly, message: null }, now);
  await putLines(tx, storeId, made!.id, lines);
  const came = lines.filter((line) => line.received > 0);
  await tx.query('update purchase_order_line n set received = t.units from unnest($3::int[], $4::int[]) as t(item_id, units) where n.store_id = $1 and n.purchase_order_id = $2 and n.item_id = t.item_id', [storeId, made!.id, came.map((line) => line.itemId), came.map((line) => line.received)]);
  await saveAgreed(tx, storeId, made!.id, came.map((line) => ({ itemId: line.itemId, variantId: line.variantId, agreed: line.received })));
  await settleIncoming(tx, storeId, made!.id, { ...doing, by: 'inventory-planner' });
  await noteVersion(tx, storeId, made!.id, 'created', `from Inventory Planner, ${head.reference}`, now);
  return made!.id;
}

async function putLines(tx: Queryable, storeId: number, purchaseOrderId: number, lines: readonly TakenLine[]): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into purchase_order_line as n (store_id, purchase_order_id, line, item_id, ordered, unit_cost)
     select $1, $2, (select coalesce(max(line), 0) from purchase_order_line where store_id = $1 and purchase_order_id = $2) + row_number() over (order by k), i, q, c from unnest($3::int[], $4::int[], $5::bigint[]) with ordinality as t(i, q, c, k)
     on conflict (store_id, purchase_order_id, item_id) do update set ordered = excluded.ordered, unit_cost = excluded.unit_cost where (n.ordered, n.unit_cost) is distinct from (excluded.ordered, excluded.unit_cost)`,
    [storeId, purchaseOrderId, lines.map((l) => l.itemId), lines.map((l) => l.ordered), lines.map((l) => l.unitCost)]);
  // What left the order there is wanted no longer, beyond what has come already.
  const gone = await tx.query('update purchase_order_line set ordered = least(ordered, received + damaged) where store_id = $1 and purchase_order_id = $2 and item_id <> all($3) and ordered > received + damaged', [storeId, purchaseOrderId, lines.map((l) => l.itemId)]);
  for (const line of lines) await tx.query('insert into planner_order_line (store_id, purchase_order_id, item_id, planner_variant_id) values ($1, $2, $3, $4) on conflict (store_id, purchase_order_id, item_id) do update set planner_variant_id = excluded.planner_variant_id', [storeId, purchaseOrderId, line.itemId, line.variantId]);
  return (rowCount ?? 0) + (gone.rowCount ?? 0) > 0;
}

/** The planner changed an order of its own: lines, day and state follow, and what Shopify shows as incoming with them. `wasEnded`: it had ended there, so that an order ended here is opened again. Answers whether anything changed. */
export async function followOrder(tx: pg.PoolClient, storeId: number, purchaseOrderId: number, expectedOn: string | null, ending: 'closed' | 'cancelled' | null, wasEnded: boolean, lines: readonly TakenLine[], doing: Pick<Doing, 'now' | 'keyOf'>): Promise<boolean> {
  const { now } = doing;
  const { rows: [row] } = await tx.query<{ state: string; expected_on: string | null }>('select state, expected_on from purchase_order where store_id = $1 and purchase_order_id = $2 for update', [storeId, purchaseOrderId]);
  const ended = ending !== null && row!.state !== ending, reopened = ending === null && wasEnded && (row!.state === 'closed' || row!.state === 'cancelled'), moved = (row!.expected_on ?? null) !== expectedOn;
  const relined = await putLines(tx, storeId, purchaseOrderId, lines);
  if (!ended && !reopened && !moved && !relined) return false;
  await tx.query(`update purchase_order set expected_on = $3, state = case when $4::text is not null then $4 when $6 then case when exists (select from purchase_order_line n where n.store_id = $1 and n.purchase_order_id = $2 and n.received + n.damaged > 0) then 'part received' else 'sent' end else state end, closed_at = case when $4::text is not null then $5::timestamptz when $6 then null else closed_at end where store_id = $1 and purchase_order_id = $2`, [storeId, purchaseOrderId, expectedOn, ending, now, reopened]);
  await settleIncoming(tx, storeId, purchaseOrderId, { ...doing, by: 'inventory-planner' });
  await noteVersion(tx, storeId, purchaseOrderId, ended ? ending! : reopened ? 'reopened' : 'amended', 'as Inventory Planner has it', now);
  return true;
}

/**
 * One receipt of goods the planner booked, posted once: the totals are read under the order's lock, and both sides' agreement moves with it. Shopify's stock is
 * raised where Shopify is right about it and the planner does not raise it itself. Answers null when another exchange was first.
 */
export async function takeReceipt(
  tx: pg.PoolClient, storeId: number, order: Pick<SharedOrder, 'purchase_order_id' | 'planner_id' | 'location_id' | 'authority'>, lines: readonly { itemId: number; variantId: string; units: number; total: number }[], plannerRaisesStock: boolean, doing: Pick<Doing, 'now' | 'keyOf'>,
): Promise<{ reference: string } | { refused: string } | null> {
  const { rows: [held] } = await tx.query<{ state: string }>('select state from purchase_order where store_id = $1 and purchase_order_id = $2 for update', [storeId, order.purchase_order_id]);
  const { rows: before } = await tx.query<{ item_id: number; received: number }>('select item_id, received + damaged as received from purchase_order_line where store_id = $1 and purchase_order_id = $2', [storeId, order.purchase_order_id]);
  // Another exchange may have booked it between our look and our lock.
  const booked = new Map(before.map((row) => [row.item_id, row.received])), due = lines.filter((line) => booked.get(line.itemId) === line.total - line.units);
  if (due.length === 0) return null;
  // Goods came with it: somebody sent it, by another way than ours.
  if (held!.state === 'approved') await changePurchase(tx, storeId, order.purchase_order_id, null, { do: 'send', by: 'inventory-planner', today: doing.now.slice(0, 10), expectedOn: null }, { ...doing, by: 'inventory-planner', said: 'received in Inventory Planner' });
  const { rows: [count] } = await tx.query<{ n: number }>('select count(*)::int as n from goods_receipt where store_id = $1 and purchase_order_id = $2 and reference like $3', [storeId, order.purchase_order_id, `planner/${order.planner_id}/%`]);
  const reference = `planner/${order.planner_id}/${count!.n + 1}`;
  const posted = await postReceipt(tx, storeId, {
    reference, purchaseOrderId: order.purchase_order_id, locationId: order.location_id, receivedAt: doing.now, note: plannerRaisesStock ? 'Booked in Inventory Planner, which may raise Shopify’s stock itself' : 'Booked in Inventory Planner',
    writesStock: order.authority === 'storefront' && !plannerRaisesStock, lines: due.map((line) => ({ itemId: line.itemId, quantity: line.units, damaged: 0 })), strangers: 'keep',
  }, { ...doing, by: 'inventory-planner' });
  if (posted.outcome === 'refused') return { refused: posted.why };
  await tx.query('insert into planner_receipt values ($1, $2, $3) on conflict do nothing', [storeId, posted.receiptId, plannerRaisesStock]);
  await saveAgreed(tx, storeId, order.purchase_order_id, due.map((l) => ({ itemId: l.itemId, variantId: l.variantId, agreed: l.total })));
  return { reference };
}

async function noteVersion(tx: Queryable, storeId: number, purchaseOrderId: number, what: string, said: string, now: string): Promise<void> {
  await tx.query(
    `with p as (update purchase_order set version = version + ($3 <> 'created')::int, updated_at = $5 where store_id = $1 and purchase_order_id = $2 returning *)
     insert into purchase_order_version (store_id, purchase_order_id, version, what, document, said, at, by_whom)
     select p.store_id, p.purchase_order_id, p.version, $3, to_jsonb(p) || jsonb_build_object('lines', (select jsonb_agg(to_jsonb(n) order by n.line) from purchase_order_line n where n.store_id = p.store_id and n.purchase_order_id = p.purchase_order_id)), $4, $5, 'inventory-planner' from p`,
    [storeId, purchaseOrderId, what, said, now]);
}

export interface RefusedRow { purchase_order_id: number; reference: string; planner_id: string | null; state: string; message: string }
/** Orders whose last word from the planner was a no, or that only a person can settle. */
export async function refusedOrders(db: Queryable, storeId: number): Promise<RefusedRow[]> {
  return (await db.query<RefusedRow>(`select o.purchase_order_id, p.reference, o.planner_id, o.state, coalesce(o.message, '') as message from planner_order o join purchase_order p using (store_id, purchase_order_id) where o.store_id = $1 and o.state in ('refused', 'conflict', 'gone') order by o.updated_at limit 1000`, [storeId])).rows;
}

export const headDigest = (head: PlannerOrderHead): string => JSON.stringify([head.status, head.vendor, head.warehouseId, head.expectedOn, head.modifiedAt, head.ordered, head.received, head.isReadonly]);
