/** Purchase orders: saved by compare-and-set, with every version whole, and their open units written to Shopify's `incoming` where Shopify is the authority. */
import type pg from 'pg';
import { landedCost } from '../domain/purchasing/landed-cost.ts';
import { act, ON_ORDER, VERSION_WORD, type PurchaseAction, type PurchaseLine, type PurchaseOrder } from '../domain/purchasing/purchase-order.ts';
import { queueAdjustments } from './adjustments.ts';
import type { Queryable } from './db.ts';

export interface PurchaseRow {
  purchase_order_id: number; reference: string; supplier_id: number; supplier: string; supplier_email: string | null; location_id: number; location: string; authority: 'storefront' | 'warehouse'; warehouse_id: number | null;
  state: PurchaseOrder['state']; currency: string; ordered_on: string | null; expected_on: string | null; shipping: string; duty: string; other_cost: string; notes: string; origin: string; external_id: string | null; version: number;
  created_at: string; created_by: string; made_by: string[]; approved_at: string | null; approved_by: string | null; sent_at: string | null; closed_at: string | null; updated_at: string;
}
const HEAD = `select p.*, s.name as supplier, s.email as supplier_email, l.name as location, l.authority, l.warehouse_id from purchase_order p join supplier s on s.store_id = p.store_id and s.supplier_id = p.supplier_id
  join location l on l.store_id = p.store_id and l.location_id = p.location_id`;

export interface FoundPurchase { id: number; row: PurchaseRow; order: PurchaseOrder }

/** One order with its lines; `lock` holds its row until the transaction ends. */
export async function findPurchase(db: Queryable, storeId: number, by: { id: number } | { reference: string }, lock = false): Promise<FoundPurchase | null> {
  const { rows: [row] } = await db.query<PurchaseRow>(`${HEAD} where p.store_id = $1 and ${'id' in by ? 'p.purchase_order_id' : 'p.reference'} = $2 ${lock ? 'for update of p' : ''}`, [storeId, 'id' in by ? by.id : by.reference]);
  if (!row) return null;
  const { rows: lines } = await db.query<{ line: number; item_id: number; supplier_sku: string | null; ordered: number; unit_cost: string; expected_on: string | null; received: number; damaged: number; cancelled: number; recommendation: unknown }>(
    'select * from purchase_order_line where store_id = $1 and purchase_order_id = $2 order by line', [storeId, row.purchase_order_id]);
  return {
    id: row.purchase_order_id, row, order: {
      reference: row.reference, supplierId: row.supplier_id, locationId: row.location_id, state: row.state, currency: row.currency, orderedOn: row.ordered_on, expectedOn: row.expected_on, shipping: Number(row.shipping), duty: Number(row.duty),
      otherCost: Number(row.other_cost), notes: row.notes, version: row.version, madeBy: row.made_by, approvedBy: row.approved_by,
      lines: lines.map((l): PurchaseLine => ({ line: l.line, itemId: l.item_id, supplierSku: l.supplier_sku, ordered: l.ordered, unitCost: Number(l.unit_cost), expectedOn: l.expected_on, received: l.received, damaged: l.damaged, cancelled: l.cancelled, recommendation: l.recommendation })),
    },
  };
}

/** What a change needs from outside: who, when, and the key of a stock write from its cause. */
export interface Doing { by: string; now: string; keyOf(cause: string): string; said?: string | null }

/** The next reference of the store: PO-00042. */
export async function nextReference(tx: Queryable, storeId: number, doing: Pick<Doing, 'by' | 'now'>): Promise<string> {
  const { rows } = await tx.query<{ n: number }>(
    `insert into purchase_setting as s (store_id, next_number, version, updated_at, updated_by) values ($1, 2, 0, $2, $3) on conflict (store_id) do update set next_number = s.next_number + 1 returning next_number - 1 as n`, [storeId, doing.now, doing.by]);
  return `PO-${String(rows[0]!.n).padStart(5, '0')}`;
}

/** Makes an order as version 1; null when its reference is taken (an import heard twice). */
export async function makePurchase(tx: pg.PoolClient, storeId: number, order: PurchaseOrder, from: { origin: string; externalId: string | null }, doing: Doing): Promise<number | null> {
  const { rows } = await tx.query<{ purchase_order_id: number }>(
    `insert into purchase_order (store_id, reference, supplier_id, location_id, state, currency, ordered_on, expected_on, shipping, duty, other_cost, notes, origin, external_id, version, created_at, created_by, made_by, approved_by, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $16) on conflict (store_id, reference) do nothing returning purchase_order_id`,
    [storeId, order.reference, order.supplierId, order.locationId, order.state, order.currency, order.orderedOn, order.expectedOn, order.shipping, order.duty, order.otherCost, order.notes, from.origin, from.externalId, order.version, doing.now, doing.by, order.madeBy, order.approvedBy]);
  const id = rows[0]?.purchase_order_id;
  if (id === undefined) return null;
  await saveLines(tx, storeId, id, order.lines);
  await saveVersion(tx, storeId, id, order, 'created', doing);
  await queueIncoming(tx, storeId, id, doing);
  return id;
}

export type Changed = { outcome: 'done'; order: PurchaseOrder } | { outcome: 'refused'; why: string } | { outcome: 'conflict'; version: number; by: string; what: string } | { outcome: 'unknown' };

/**
 * One action on an order: its row is locked, the action decided, the next version saved and what it means for `incoming` queued, all in the caller's
 * transaction. `version` is the one the person saw (null: whichever, for facts like receipts).
 */
export async function changePurchase(tx: pg.PoolClient, storeId: number, id: number, version: number | null, action: PurchaseAction, doing: Doing): Promise<Changed> {
  const found = await findPurchase(tx, storeId, { id }, true);
  if (!found) return { outcome: 'unknown' };
  if (version !== null && version !== found.order.version) {
    const { rows: [last] } = await tx.query<{ by_whom: string; what: string }>('select by_whom, what from purchase_order_version where store_id = $1 and purchase_order_id = $2 order by version desc limit 1', [storeId, id]);
    return { outcome: 'conflict', version: found.order.version, by: last?.by_whom ?? '', what: last?.what ?? '' };
  }
  const result = act(found.order, action);
  if ('refused' in result) return { outcome: 'refused', why: result.refused };
  const { order } = result;
  await tx.query(
    `update purchase_order set state = $3, location_id = $4, ordered_on = $5, expected_on = $6, shipping = $7, duty = $8, other_cost = $9, notes = $10, version = $11, made_by = $12, approved_by = $13, updated_at = $14,
       approved_at = case when $3 = 'approved' then $14::timestamptz when $3 = 'draft' then null else approved_at end, sent_at = case when $15 = 'send' then $14::timestamptz when $3 = 'draft' then null else sent_at end,
       closed_at = case when $3 in ('closed', 'cancelled') then coalesce(closed_at, $14::timestamptz) end where store_id = $1 and purchase_order_id = $2`,
    [storeId, id, order.state, order.locationId, order.orderedOn, order.expectedOn, order.shipping, order.duty, order.otherCost, order.notes, order.version, order.madeBy, order.approvedBy, doing.now, action.do]);
  await saveLines(tx, storeId, id, order.lines);
  await saveLanded(tx, storeId, id, order);
  await saveVersion(tx, storeId, id, order, VERSION_WORD[action.do], doing);
  await queueIncoming(tx, storeId, id, doing);
  return { outcome: 'done', order };
}

async function saveLines(tx: pg.PoolClient, storeId: number, id: number, lines: readonly PurchaseLine[]): Promise<void> {
  await tx.query('delete from purchase_order_line where store_id = $1 and purchase_order_id = $2', [storeId, id]);
  await tx.query(
    `insert into purchase_order_line (store_id, purchase_order_id, line, item_id, supplier_sku, ordered, unit_cost, expected_on, received, damaged, cancelled, recommendation)
     select $1, $2, t.line, t.item_id, t.sku, t.ordered, t.cost, t.expected, t.received, t.damaged, t.cancelled, t.recommendation::jsonb
     from unnest($3::int[], $4::int[], $5::text[], $6::int[], $7::bigint[], $8::date[], $9::int[], $10::int[], $11::int[], $12::text[]) as t(line, item_id, sku, ordered, cost, expected, received, damaged, cancelled, recommendation)`,
    [storeId, id, lines.map((l) => l.line), lines.map((l) => l.itemId), lines.map((l) => l.supplierSku), lines.map((l) => l.ordered), lines.map((l) => l.unitCost), lines.map((l) => l.expectedOn), lines.map((l) => l.received), lines.map((l) => l.damaged), lines.map((l) => l.cancelled),
      lines.map((l) => (l.recommendation == null ? null : JSON.stringify(l.recommendation)))]);
}

/** What came costs what is known by now: charges that are amended, and units that turn out not to come, change it. */
async function saveLanded(tx: pg.PoolClient, storeId: number, id: number, order: PurchaseOrder): Promise<void> {
  const landed = landedCost(order);
  await tx.query(
    `update goods_receipt_line n set landed_unit_cost = t.cost from goods_receipt r, unnest($3::int[], $4::bigint[]) as t(item_id, cost)
     where n.store_id = $1 and r.store_id = $1 and r.purchase_order_id = $2 and n.goods_receipt_id = r.goods_receipt_id and n.item_id = t.item_id and n.landed_unit_cost is distinct from t.cost`, [storeId, id, order.lines.map((line) => line.itemId), landed.map((one) => one.landedUnitCost)]);
}

async function saveVersion(tx: Queryable, storeId: number, id: number, order: PurchaseOrder, what: string, doing: Doing): Promise<void> {
  await tx.query('insert into purchase_order_version (store_id, purchase_order_id, version, what, document, said, at, by_whom) values ($1, $2, $3, $4, $5, $6, $7, $8)', [storeId, id, order.version, what, JSON.stringify(order), doing.said ?? null, doing.now, doing.by]);
}

/**
 * Makes Shopify's `incoming` of an order its open units: what is wanted less what was queued so far, as one delta an item, each once by its cause. Nothing is
 * wanted where a warehouse is the authority, of untracked items, before the supplier was told, or of the planner's own orders where it raises Shopify's stock itself: it may show them too. A delta Shopify refused counts as never queued. The caller
 * holds the order's row.
 */
async function queueIncoming(tx: pg.PoolClient, storeId: number, id: number, doing: Doing): Promise<void> {
  const { rows } = await tx.query<{ item_id: number; location_id: number; wanted: number; queued: number; times: number; reference: string; supplier: string }>(
    `with wanted as (
       select n.item_id, p.location_id, sum(greatest(0, n.ordered - n.received - n.damaged - n.cancelled))::int as units from purchase_order p join purchase_order_line n using (store_id, purchase_order_id)
       join location l on l.store_id = p.store_id and l.location_id = p.location_id and l.authority = 'storefront' join inventory_item x on x.store_id = p.store_id and x.item_id = n.item_id and x.tracked
       where p.store_id = $1 and p.purchase_order_id = $2 and p.state = any($3)
         and not (p.origin = 'inventory-planner' and exists (select from planner_connection c where c.store_id = p.store_id and c.pushes_stock)) group by 1, 2
     ), queued as (
       select item_id, location_id, coalesce(sum(delta) filter (where state <> 'parked'), 0)::int as units, count(*)::int as times from stock_adjustment where store_id = $1 and purchase_order_id = $2 and state_name = 'incoming' group by 1, 2)
     select coalesce(w.item_id, q.item_id) as item_id, coalesce(w.location_id, q.location_id) as location_id, coalesce(w.units, 0) as wanted, coalesce(q.units, 0) as queued, coalesce(q.times, 0) as times, p.reference, s.name as supplier
     from wanted w full join queued q on q.item_id = w.item_id and q.location_id = w.location_id, purchase_order p join supplier s on s.store_id = p.store_id and s.supplier_id = p.supplier_id
     where p.store_id = $1 and p.purchase_order_id = $2 and coalesce(w.units, 0) <> coalesce(q.units, 0) order by 1`, [storeId, id, ON_ORDER]);
  await queueAdjustments(tx, storeId, rows.map((row) => {
    const cause = `purchase/${id}:item/${row.item_id}@${row.location_id}:${row.times + 1}`, delta = row.wanted - row.queued;
    return { cause, itemId: row.item_id, locationId: row.location_id, stateName: 'incoming', delta, reason: 'other', sentence: `${Math.abs(delta)} ${delta > 0 ? 'ordered from' : 'no longer awaited from'} ${row.supplier} with ${row.reference}`, key: doing.keyOf(cause), purchaseOrderId: id };
  }), doing.now);
}

/** So often is a refused `incoming` of an order and item written anew by itself; then it waits for the order's next step. */
const MOST_TRIES = 20;

/** Orders whose last `incoming` of an item was refused before an instant: what the refusal was about may be over. At most 50. */
export async function incomingRefused(db: Queryable, storeId: number, before: string): Promise<number[]> {
  const { rows } = await db.query<{ purchase_order_id: number }>(
    `select distinct a.purchase_order_id from stock_adjustment a where a.store_id = $1 and a.purchase_order_id is not null and a.state = 'parked' and a.created_at <= $2
       and not exists (select from stock_adjustment n where n.store_id = a.store_id and n.purchase_order_id = a.purchase_order_id and n.item_id = a.item_id and n.location_id = a.location_id and n.adjustment_id > a.adjustment_id)
       and (select count(*) from stock_adjustment n where n.store_id = a.store_id and n.purchase_order_id = a.purchase_order_id and n.item_id = a.item_id and n.location_id = a.location_id) < ${MOST_TRIES} limit 50`, [storeId, before]);
  return rows.map((row) => row.purchase_order_id);
}

/** Queues what `incoming` of an order still lacks, without a new version of it. */
export async function settleIncoming(tx: pg.PoolClient, storeId: number, id: number, doing: Doing): Promise<void> {
  if (await findPurchase(tx, storeId, { id }, true)) await queueIncoming(tx, storeId, id, doing);
}

export interface OpenPurchase { item_id: number; location_id: number; units: number }

/**
 * Units of sent orders that the ledger's `incoming` does not hold yet, by item and location: all of them at a warehouse's location, those whose write is still
 * waiting at a storefront's (negative while goods have come in and `incoming` has not come down yet). Added to the ledger's, it is what is on its way.
 */
export async function openPurchaseUnits(db: Queryable, storeId: number, itemIds: readonly number[]): Promise<OpenPurchase[]> {
  const { rows } = await db.query<OpenPurchase>(
    `select item_id, location_id, sum(units)::int as units from (
       select n.item_id, p.location_id, greatest(0, n.ordered - n.received - n.damaged - n.cancelled) as units from purchase_order p join purchase_order_line n using (store_id, purchase_order_id)
       where p.store_id = $1 and p.state = any($3) and n.item_id = any($2)
       union all select item_id, location_id, -delta from stock_adjustment where store_id = $1 and purchase_order_id is not null and state_name = 'incoming' and state = 'written' and item_id = any($2)) t
     group by 1, 2 having sum(units) <> 0`, [storeId, itemIds, ON_ORDER]);
  return rows;
}

