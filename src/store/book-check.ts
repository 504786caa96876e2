/**
 * What else of the books is a fold of what made it, beside balances (ledger-check.ts): daily demand of its facts, a return's line of its inspections, a purchase
 * order's line of its receipts; that a fulfilment is of one parcel; and that what an order says is what the ledger has of it. Each is read as of one instant.
 */
import type pg from 'pg';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import type { OrderState } from '../domain/orders/order-state.ts';
import type { Fact } from '../domain/stock/fact.ts';
import { orderFacts } from '../domain/stock/order-facts.ts';
import type { Db, Queryable } from './db.ts';
import { unposted } from './ledger.ts';
import { recordOrders, stockKeys, type RecordOptions } from './orders.ts';
import { overFulfilled } from './over-fulfilled.ts';

/** `key` names what contradicts itself, and stays the same as long as it does. */
export interface BookFault { invariant: 'I2' | 'I10' | 'I11' | 'I13'; key: string; subject: string; kept: number; made: number; said: string; itemId?: number; locationId?: number }

interface Row { key: string; subject: string; kept: number; made: number; said: string; item_id?: number; location_id?: number }

/** A fulfilment of Shopify's is of one parcel: taken for two, one of them was never told of. */
const TWICE = `
  select 'fulfilment/' || id as key, 'Fulfilment ' || id || ' of ' || coalesce(min(o.name), 'an order') as subject, count(*)::int as kept, 1 as made, 'it stands for the parcels ' || string_agg(h.document_id, ', ' order by h.shipment_id) as said
  from shipment h cross join lateral unnest(h.fulfilment_ids) as id left join sales_order o on o.store_id = h.store_id and o.order_id = h.order_id where h.store_id = $1 group by id having count(*) > 1 order by id limit $2`;

/** Units of a return's line by what became of them, beside its inspections: what was accepted twice would be sold twice. */
const INSPECTED = `
  with made as (
    select return_id, line_key, ${['sellable', 'damaged', 'quarantine', 'scrap'].map((what) => `coalesce(sum(quantity) filter (where disposition = '${what}'), 0)::int as ${what}`).join(', ')} from return_inspection where store_id = $1 group by 1, 2
  )
  select 'return/' || l.return_id || '/' || l.line_key as key, coalesce(l.sku, l.title) || ' in return ' || r.name as subject, l.sellable + l.damaged + l.quarantine + l.scrap as kept, coalesce(m.sellable + m.damaged + m.quarantine + m.scrap, 0) as made,
    format('%s sellable, %s damaged, %s in quarantine and %s scrapped are kept; inspections make %s, %s, %s and %s', l.sellable, l.damaged, l.quarantine, l.scrap, coalesce(m.sellable, 0), coalesce(m.damaged, 0), coalesce(m.quarantine, 0), coalesce(m.scrap, 0)) as said
  from return_line l join return_case r using (store_id, return_id) left join made m on m.return_id = l.return_id and m.line_key = l.line_key
  where l.store_id = $1 and (l.sellable, l.damaged, l.quarantine, l.scrap) is distinct from (coalesce(m.sellable, 0), coalesce(m.damaged, 0), coalesce(m.quarantine, 0), coalesce(m.scrap, 0)) order by 1 limit $2`;

/** Of orders made here: those taken over from elsewhere say what came before, without a receipt. */
const RECEIVED = `
  with came as (
    select g.purchase_order_id, n.item_id, sum(n.quantity)::int as received, sum(n.damaged)::int as damaged from goods_receipt g join goods_receipt_line n using (store_id, goods_receipt_id) where g.store_id = $1 and g.purchase_order_id is not null group by 1, 2
  ), line as (
    select purchase_order_id, item_id, sum(received)::int as received, sum(damaged)::int as damaged from purchase_order_line where store_id = $1 group by 1, 2
  )
  select 'purchase/' || p.purchase_order_id || '/' || l.item_id as key, coalesce(nullif(i.sku, ''), i.title) || ' in ' || p.reference as subject, l.received + l.damaged as kept, coalesce(c.received + c.damaged, 0) as made,
    format('%s received and %s damaged are kept; its receipts make %s and %s', l.received, l.damaged, coalesce(c.received, 0), coalesce(c.damaged, 0)) as said
  from line l join purchase_order p on p.store_id = $1 and p.purchase_order_id = l.purchase_order_id and p.origin = 'instep' join item i on i.item_id = l.item_id left join came c on c.purchase_order_id = l.purchase_order_id and c.item_id = l.item_id
  where (l.received, l.damaged) is distinct from (coalesce(c.received, 0), coalesce(c.damaged, 0)) order by 1 limit $2`;

/** At most `most` of each kind. */
export async function bookFaults(db: Queryable, storeId: number, most: number): Promise<BookFault[]> {
  const found: BookFault[] = [];
  for (const [invariant, sql] of [['I10', TWICE], ['I11', INSPECTED], ['I13', RECEIVED]] as const) found.push(...(await db.query<Row>(sql, [storeId, most])).rows.map((row) => ({ ...row, invariant })));
  return found;
}

/** Daily demand of items that is not the sum of its facts, by item and place. `after`: items beyond it, up to `last`. */
export async function demandFaults(db: Queryable, storeId: number, after: number, last: number, most: number): Promise<BookFault[]> {
  const { rows } = await db.query<Row>(
    `with fact as (
       select item_id, location_id, day, coalesce(sum(quantity) filter (where kind = 'sale'), 0)::int as quantity, coalesce(sum(quantity) filter (where kind = 'return'), 0)::int as returned from demand_fact where store_id = $1 and item_id > $2 and item_id <= $3 group by 1, 2, 3
     ), differs as (
       select item_id, location_id, day, coalesce(d.quantity, 0) - coalesce(f.quantity, 0) as more, coalesce(d.returned, 0) - coalesce(f.returned, 0) as back, coalesce(d.quantity, 0) as kept, coalesce(f.quantity, 0) as made
       from fact f full join (select * from daily_demand where store_id = $1 and item_id > $2 and item_id <= $3) d using (item_id, location_id, day) where coalesce(d.quantity, 0) <> coalesce(f.quantity, 0) or coalesce(d.returned, 0) <> coalesce(f.returned, 0)
     )
     select 'demand/' || x.item_id || '@' || x.location_id as key, 'Demand of ' || coalesce(nullif(i.sku, ''), i.title) || ' at ' || coalesce(o.name, 'no place yet') as subject, x.item_id, x.location_id, sum(x.kept)::int as kept, sum(x.made)::int as made,
       format('on %s its days and its facts differ, first on %s: %s wanted are kept, its facts make %s', case when count(*) = 1 then 'one day' else count(*) || ' days' end, min(x.day), (array_agg(x.kept order by x.day))[1], (array_agg(x.made order by x.day))[1]) as said
     from differs x join item i on i.item_id = x.item_id left join location o on o.store_id = $1 and o.location_id = x.location_id group by x.item_id, x.location_id, i.sku, i.title, o.name order by 3, 4 limit $4`, [storeId, after, last, most]);
  return rows.map(({ item_id: itemId, location_id: locationId, ...row }) => ({ ...row, invariant: 'I2', itemId: itemId!, ...(locationId === 0 ? {} : { locationId: locationId! }) }));
}

/** Makes the days of an item at a place the sum of its facts again. Answers how many days were not. */
export async function rebuildDemand(tx: Queryable, storeId: number, itemId: number, locationId: number): Promise<number> {
  const { rowCount } = await tx.query(
    `with fact as (
       select day, coalesce(sum(quantity) filter (where kind = 'sale'), 0)::int as quantity, coalesce(sum(quantity) filter (where kind = 'return'), 0)::int as returned from demand_fact where store_id = $1 and item_id = $2 and location_id = $3 group by 1
     ), gone as (
       update daily_demand d set quantity = 0, returned = 0 where d.store_id = $1 and d.item_id = $2 and d.location_id = $3 and (d.quantity <> 0 or d.returned <> 0) and not exists (select from fact f where f.day = d.day) returning d.day
     ), made as (
       insert into daily_demand as d (store_id, item_id, location_id, day, quantity, returned) select $1, $2, $3, day, quantity, returned from fact
       on conflict (store_id, item_id, location_id, day) do update set quantity = excluded.quantity, returned = excluded.returned where (d.quantity, d.returned) is distinct from (excluded.quantity, excluded.returned) returning d.day
     ) select day from gone union all select day from made`, [storeId, itemId, locationId]);
  return rowCount ?? 0;
}

export interface OrderSlice { last: { at: string; id: string } | null; orders: OrderState[]; faults: BookFault[] }
interface KnownOrder { order_id: string; at: string; state: OrderState }

/**
 * Orders as they are known, changed after a place and before an instant, and those whose units are not in the ledger as their own state says: promised, fulfilled and
 * given back, each once. All of it read in one snapshot, by the rule that posts them; what a level that opens later, or a variant that becomes known, still owes is not missing.
 */
export async function ordersOfSlice(db: Db, storeId: number, after: { at: string; id: string }, before: string, limit: number): Promise<OrderSlice> {
  return snapshot(db, async (tx) => {
    const { rows } = await tx.query<KnownOrder>(`select order_id, updated_at as at, state from sales_order where store_id = $1 and (updated_at, order_id) > ($2, $3::bigint) and updated_at < $4 and state <> 'null' order by updated_at, order_id limit $5`, [storeId, after.at, after.id, before, limit]);
    return { last: rows.length < limit ? null : { at: rows.at(-1)!.at, id: rows.at(-1)!.order_id }, orders: rows.map((row) => row.state), faults: await ordersUnposted(tx, storeId, rows.map((row) => row.state)) };
  });
}

/** The same of given orders. */
export async function orderFaults(db: Db, storeId: number, ids: readonly string[]): Promise<BookFault[]> {
  if (ids.length === 0) return [];
  return snapshot(db, async (tx) => ordersUnposted(tx, storeId, (await tx.query<KnownOrder>(`select order_id, updated_at as at, state from sales_order where store_id = $1 and order_id = any($2::bigint[]) and state <> 'null' order by order_id`, [storeId, ids])).rows.map((row) => row.state)));
}

async function snapshot<T>(db: Db, read: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => { await tx.query('set transaction isolation level repeatable read read only'); return read(tx); });
}

async function ordersUnposted(tx: Queryable, storeId: number, orders: readonly OrderState[]): Promise<BookFault[]> {
  const keys = await stockKeys(tx, storeId, orders), factsOf = new Map(orders.map((order) => [order, orderFacts(order, keys, 'ledger-check').facts])), off = await unposted(tx, storeId, [...factsOf.values()].flat()), wrong = new Map(off.map((one) => [one.fact, one.posted])), since = await firstRecorded(tx, storeId, off.map((one) => one.fact.itemId));
  return [...factsOf].flatMap(([order, facts]): BookFault[] => {
    // What was over before a level came into the ledger is inside its opening count, and is not posted for an order nobody heard of since; one that was never moved says nothing of when that was.
    const known = (fact: Fact): boolean => [fact.from, fact.to].every(({ locationId }) => { const began = since.get(`${fact.itemId}@${locationId}`); return locationId === 0 || (began !== undefined && order.updatedAt >= began); });
    const off = facts.filter((fact) => wrong.has(fact) && known(fact)), [first] = off;
    if (first === undefined) return [];
    const sum = (units: (fact: Fact) => number): number => off.reduce((total, fact) => total + units(fact), 0);
    return [{ invariant: 'I2', key: `order/${order.id}`, subject: order.name || `Order ${order.id}`, kept: sum((fact) => wrong.get(fact)!), made: sum((fact) => fact.quantity), itemId: first.itemId,
      said: `of ${off.length === 1 ? 'one thing' : `${off.length} things`} it says the ledger has another number of units, first ${first.kind} (${first.fact}): ${wrong.get(first)} are posted, the order says ${first.quantity}` }];
  });
}

/** When the first movement of each level of these items was recorded here, by `item@location`. */
async function firstRecorded(tx: Queryable, storeId: number, itemIds: readonly number[]): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ level: string; at: string }>(
    `select item_id || '@' || location_id as level, min(at) as at from (select item_id, to_location as location_id, recorded_at as at from movement where store_id = $1 and item_id = any($2) and to_location > 0
       union all select item_id, from_location, recorded_at from movement where store_id = $1 and item_id = any($2) and from_location > 0) m group by item_id, location_id`, [storeId, [...new Set(itemIds)]]);
  return new Map(rows.map((row) => [row.level, row.at]));
}

/** Posts what known orders say and the ledger lacks, by the path of any order. Answers how many movements that made. */
export async function recordAgain(db: Db, storeId: number, id: string, options: Omit<RecordOptions, 'resettle' | 'source'>): Promise<number> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.query<KnownOrder>(`select order_id, updated_at as at, state from sales_order where store_id = $1 and order_id = $2 and state <> 'null'`, [storeId, id]);
    return rows.length === 0 ? 0 : (await recordOrders(tx, storeId, rows.map((row) => row.state), { ...options, source: 'ledger-check', resettle: true })).movements;
  });
}

/** Cases of orders with more fulfilled than wanted that nobody was told of, though recording them tells. */
export async function overFulfilledUntold(db: Queryable, storeId: number, orders: readonly OrderState[]): Promise<RaisedException[]> {
  const over = await overFulfilled(db, storeId, orders);
  if (over.length === 0) return [];
  const { rows } = await db.query<{ key: string }>(`select substr(fingerprint, length('OVER_FULFILLED:') + 1) as key from exception where store_id = $1 and fingerprint = any($2) and state <> 'resolved'`, [storeId, over.map((one) => `OVER_FULFILLED:${one.key}`)]);
  const told = new Set(rows.map((row) => row.key));
  return over.filter((one) => !told.has(one.key));
}
