/** The minute's checks of pushing: what lies unconfirmed, whose buffer may have moved, and what is a case for somebody. */
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { SETS_BEFORE_CONFLICT } from '../domain/push/decide.ts';
import { writersWords, type OtherWriter } from '../domain/push/other-writers.ts';
import { some, unstopped } from '../domain/wording.ts';
import type { Queryable } from './db.ts';

/** Levels written before an instant that Shopify has not been heard to show since. */
export async function unconfirmed(db: Queryable, storeId: number, before: string, limit: number): Promise<{ inventory_item_id: string; shopify_location_id: string }[]> {
  const { rows } = await db.query<{ inventory_item_id: string; shopify_location_id: string }>(
    `select x.shopify_inventory_item_id as inventory_item_id, l.shopify_location_id from push_level p
     join inventory_item x on x.store_id = p.store_id and x.item_id = p.item_id join location l on l.store_id = p.store_id and l.location_id = p.location_id
     where p.store_id = $1 and p.state = 'written' and p.pushed_at <= $2 order by p.pushed_at limit $3`, [storeId, before, limit]);
  return rows;
}

/** Items with orders since an instant, or whose buffer is not zero: their rate, and so their buffer, may have moved. */
export async function staleBuffers(db: Queryable, storeId: number, since: string): Promise<number[]> {
  const { rows } = await db.query<{ item_id: number }>(
    `select distinct p.item_id from push_level p where p.store_id = $1 and p.dirty_version = p.seen_version and (p.pushed_at is null or p.pushed_at < $2) and coalesce((p.arithmetic ->> 'buffer')::int, 0) > 0
     union select distinct p.item_id from push_level p join order_demand d on d.store_id = p.store_id and d.item_id = p.item_id and d.location_id = p.location_id where p.store_id = $1 and p.dirty_version = p.seen_version and d.ordered_at >= $2
     limit 5000`, [storeId, since]);
  return rows.map((row) => row.item_id);
}

/** Cases of one kind that are looked at together. */
export const MOST_PUSH_CASES = 2_000;

interface CaseRow { kind: 'PUSH_FAILED' | 'PUSH_CONFLICT' | 'PUSH_HELD' | 'OVERSOLD'; item_id: number; location_id: number; sku: string | null; title: string; location: string; reason: string | null; wanted: number | null; strikes: number; free: number | null; price: string | null; writers: OtherWriter[] | null; untold: string | null }

/**
 * What is a case now: refused levels and attempts without an answer five times; levels another writer changed three times under us; first pushes held for an
 * hour; and levels whose open orders exceed what is on the shelf. Of each kind MOST_PUSH_CASES at most, the gravest first.
 */
export async function pushCases(db: Queryable, storeId: number, hourAgo: string): Promise<RaisedException[]> {
  const { rows } = await db.query<CaseRow>(
    `with level as (
       select p.*, i.sku, i.title, l.name as location, (p.arithmetic ->> 'onHand')::int - (p.arithmetic ->> 'unsellable')::int - (p.arithmetic ->> 'open')::int - (p.arithmetic ->> 'openInBundles')::int
         + (p.arithmetic ->> 'dispatched')::int - (p.arithmetic ->> 'ahead')::int - (p.arithmetic ->> 'elsewhere')::int as free,
         (select max(a.sends) from push_attempt a join push_attempt_row r using (store_id, attempt_id) where a.store_id = p.store_id and a.state = 'open' and r.item_id = p.item_id and r.location_id = p.location_id) as sends,
         w.writers, w.refused as untold, (select min(v.price) from inventory_item x join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id where x.store_id = p.store_id and x.item_id = p.item_id and v.deleted_at is null) as price
       from push_level p join item i using (item_id) join location l on l.store_id = p.store_id and l.location_id = p.location_id
         left join level_writer w on w.store_id = p.store_id and w.item_id = p.item_id and w.location_id = p.location_id where p.store_id = $1)
     (select 'PUSH_FAILED' as kind, item_id, location_id, sku, title, location, coalesce(reason, 'Shopify has not answered ' || sends || ' times; the same set is sent again until it does') as reason, wanted, strikes, free, price, writers, untold from level where state = 'quarantined' or sends >= 5 order by item_id, location_id limit ${MOST_PUSH_CASES})
     union all (select 'PUSH_CONFLICT', item_id, location_id, sku, title, location, reason, wanted, strikes, free, price, writers, untold from level where state = 'conflict' or strikes >= ${SETS_BEFORE_CONFLICT} order by strikes desc, item_id, location_id limit ${MOST_PUSH_CASES})
     union all (select 'PUSH_HELD', item_id, location_id, sku, title, location, reason, wanted, strikes, free, price, writers, untold from level where state = 'held' and dirty_at <= $2 order by item_id, location_id limit ${MOST_PUSH_CASES})
     union all (select 'OVERSOLD', item_id, location_id, sku, title, location, reason, wanted, strikes, free, price, writers, untold from level where free < 0 order by free, item_id, location_id limit ${MOST_PUSH_CASES})`, [storeId, hourAgo]);
  return rows.map((row): RaisedException => {
    const name = row.sku || row.title, where = `${name} at ${row.location}`;
    const sentence = row.kind === 'PUSH_FAILED' ? `${where} could not be set in Shopify: ${unstopped(row.reason ?? 'no reason given')}. The other levels of the call were written.`
      : row.kind === 'PUSH_CONFLICT' ? `${where}: ${row.writers?.length ? writersWords(row.writers) : 'somebody else'} changed it in Shopify ${some(row.strikes, 'time')} just before our set arrived (${unstopped(row.reason ?? '')}). It is tried again after half a minute, and ever more slowly up to a quarter of an hour.`
        : row.kind === 'PUSH_HELD' ? `${where} waits for a person: ${unstopped(row.reason ?? '')}.`
          : `${where}: open orders want ${some(-row.free!, 'unit')} more than the shelf holds.`;
    return { kind: row.kind, key: `level/${row.item_id}@${row.location_id}`, subject: where, sentence, itemId: row.item_id, locationId: row.location_id,
      ...(row.kind === 'OVERSOLD' ? { size: -row.free!, ...(row.price === null ? {} : { risk: -row.free! * Number(row.price) }) } : {}), evidence: { shouldShow: row.wanted, reason: row.reason, ...(row.kind === 'PUSH_CONFLICT' ? { timesChangedBeforeUs: row.strikes, writers: row.writers, ...(row.untold === null ? {} : { writersUntold: row.untold }) } : {}) } };
  });
}
