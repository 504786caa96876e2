/** Items a person holds back from sale: what stands, what it does to their levels, and what was forgotten. The push reads it; nothing else changes a level. */
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import type { Queryable } from './db.ts';
import { markDirty } from './push-levels.ts';
import { audit } from './users.ts';

/** Held back at an instant: not let go, and its end not come. `h` is the row, `$now` a parameter. */
const STANDS = (now: string): string => `h.ended_at is null and (h.until is null or h.until > ${now})`;

export interface HoldChange { until: string | null; reason: string }

/** Holds items back, or gives those that are another end and reason; their levels are looked at again. Answers how many items. */
export async function holdItems(tx: Queryable, storeId: number, itemIds: readonly number[], change: HoldChange, by: string, now: string): Promise<number> {
  await endDue(tx, storeId, now);
  const { rows: before } = await tx.query<{ item_id: number; until: string | null; reason: string }>('select item_id, until, reason from held_back where store_id = $1 and item_id = any($2) and ended_at is null for update', [storeId, itemIds]);
  const { rows } = await tx.query<{ item_id: number }>(
    `insert into held_back (store_id, item_id, reason, since, held_by, until, in_peak)
     select $1, i.item_id, $3, $4, $5, $6, exists (select from push_policy p where p.store_id = $1 and p.peak_until > $4) from unnest($2::int[]) as t(item_id) join inventory_item i on i.store_id = $1 and i.item_id = t.item_id group by i.item_id order by i.item_id
     on conflict (store_id, item_id) where ended_at is null do update set until = excluded.until, reason = excluded.reason returning item_id`, [storeId, itemIds, change.reason, now, by, change.until]);
  const held = rows.map((row) => row.item_id);
  if (held.length === 0) return 0;
  await markDirty(tx, held, now);
  await audit(tx, { at: now, actor: by, action: 'held back from sale', subject: await inPlain(tx, held), ...(before.length === 0 ? {} : { before }), after: { items: held, ...change } });
  return held.length;
}

/** Lets items go: their levels show again what the shelf allows. Answers how many were held back. */
export async function letGo(tx: Queryable, storeId: number, itemIds: readonly number[], by: string, now: string): Promise<number> {
  const { rows } = await tx.query<{ item_id: number; reason: string }>('update held_back set ended_at = $3, ended_by = $4 where store_id = $1 and item_id = any($2) and ended_at is null returning item_id, reason', [storeId, itemIds, now, by]);
  if (rows.length === 0) return 0;
  const items = rows.map((row) => row.item_id);
  await markDirty(tx, items, now);
  await audit(tx, { at: now, actor: by, action: 'let go', subject: await inPlain(tx, items), before: rows });
  return items.length;
}

/** Ends those whose time has come, whatever ran in the meantime; their levels are looked at again. */
export async function endDue(tx: Queryable, storeId: number, now: string): Promise<number> {
  const { rows } = await tx.query<{ item_id: number; until: string }>(`update held_back set ended_at = until, ended_by = 'time' where store_id = $1 and ended_at is null and until <= $2 returning item_id, until`, [storeId, now]);
  if (rows.length === 0) return 0;
  const items = rows.map((row) => row.item_id);
  await markDirty(tx, items, now);
  await audit(tx, { at: now, actor: 'stock-push', action: 'let go', subject: await inPlain(tx, items), before: rows });
  return items.length;
}

async function inPlain(db: Queryable, itemIds: readonly number[]): Promise<string> {
  const { rows } = await db.query<{ name: string }>(`select coalesce(nullif(sku, ''), title) as name from item where item_id = any($1) order by 1 limit 4`, [itemIds]);
  return rows.slice(0, 3).map((row) => row.name).join(', ') + (itemIds.length > 3 ? ` and ${itemIds.length - 3} more` : '');
}

/** Which of these items are held back, and why, as a push says it. */
export async function heldBackOf(db: Queryable, storeId: number, itemIds: readonly number[], now: string): Promise<Map<number, string>> {
  const { rows } = await db.query<{ item_id: number; said: string }>({ name: 'push-held-back', text: `
    select h.item_id, 'held back from sale by ' || h.held_by || coalesce(' until ' || to_char(h.until at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', '') || ': ' || h.reason as said
    from held_back h where h.store_id = $1 and h.item_id = any($2) and ${STANDS('$3')}`, values: [storeId, itemIds, now] });
  return new Map(rows.map((row) => [row.item_id, row.said]));
}

export interface HeldBackRow {
  item_id: number; sku: string | null; title: string; reason: string; since: string; held_by: string; until: string | null;
  /** The shop goes on selling it at zero, by its own setting. */
  sells_on: boolean;
  /** Its places: those Instep writes with what they show, and those it does not with what they still sell. */
  places: { locationId: number; name: string; written: boolean; state: string | null; shown: number | null; heldBack: number }[];
}

const SELLS_ON = `coalesce((select bool_or(v.continues_selling) from inventory_item x join variant v on v.store_id = x.store_id and v.shopify_inventory_item_id = x.shopify_inventory_item_id where x.store_id = h.store_id and x.item_id = h.item_id and v.deleted_at is null), false)`;

/** What is held back now, longest first; of one item, or of all. */
export async function heldBackPage(db: Queryable, storeId: number, itemId: number | null, now: string, limit: number): Promise<HeldBackRow[]> {
  const { rows } = await db.query<HeldBackRow>(
    `select h.item_id, i.sku, i.title, h.reason, h.since, h.held_by, h.until, ${SELLS_ON} as sells_on,
       coalesce((select jsonb_agg(jsonb_build_object('locationId', l.location_id, 'name', l.name, 'written', p.item_id is not null and a.mode = 'live' and not a.paused, 'state', p.state, 'shown', o.available, 'heldBack', coalesce((p.arithmetic ->> 'heldBack')::int, 0)) order by l.name)
         from location l left join push_level p on p.store_id = l.store_id and p.location_id = l.location_id and p.item_id = h.item_id left join push_policy a on a.store_id = l.store_id and a.location_id = l.location_id
         left join observed_level o on o.store_id = l.store_id and o.location_id = l.location_id and o.item_id = h.item_id where l.store_id = h.store_id and l.is_active and (p.item_id is not null or o.available > 0)), '[]') as places
     from held_back h join item i using (item_id) where h.store_id = $1 and ($2::int is null or h.item_id = $2) and ${STANDS('$3')} order by h.since, h.held_back_id limit $4`, [storeId, itemId, now, limit]);
  return rows;
}

/** Items of these that Instep writes at some place of the store: the others can be held back by nobody but Shopify. */
export async function writtenItems(db: Queryable, storeId: number, itemIds: readonly number[]): Promise<number[]> {
  const { rows } = await db.query<{ item_id: number }>(
    `select distinct p.item_id from push_level p join push_policy a on a.store_id = p.store_id and a.location_id = p.location_id where p.store_id = $1 and p.item_id = any($2) and a.mode = 'live' and p.state <> 'not written'`, [storeId, itemIds]);
  return rows.map((row) => row.item_id);
}

/** Units of each level that Shopify does not show because its item is held back; of those that stand as they should. Key `item@location`. */
export async function unitsHeldBack(db: Queryable, storeId: number, itemIds: readonly number[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ item_id: number; location_id: number; units: number }>(
    `select p.item_id, p.location_id, (p.arithmetic ->> 'heldBack')::int as units from held_back h join push_level p using (store_id, item_id)
     where h.store_id = $1 and h.item_id = any($2) and h.ended_at is null and p.state in ('in step', 'written') and p.arithmetic ? 'heldBack' and not p.arithmetic ? 'parts'`, [storeId, itemIds]);
  return new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, row.units]));
}

/** Held back without an end for this long is a case, and so is what outlasts the peak it was meant for by an hour. */
export const FORGOTTEN_HOURS = 24;

/** What was held back and forgotten, and what is held back in vain because the shop sells on at zero. */
export async function heldBackCases(db: Queryable, storeId: number, now: string): Promise<RaisedException[]> {
  const { rows } = await db.query<{ item_id: number; name: string; reason: string; since: string; held_by: string; until: string | null; sells_on: boolean; hours: number; after_peak: boolean }>(
    `select h.item_id, coalesce(nullif(i.sku, ''), i.title) as name, h.reason, h.since, h.held_by, h.until, ${SELLS_ON} as sells_on, floor(extract(epoch from $2::timestamptz - h.since) / 3600)::int as hours,
       h.in_peak and h.until is null and not exists (select from push_policy p where p.store_id = $1 and p.peak_until > $2::timestamptz - interval '1 hour') as after_peak
     from held_back h join item i using (item_id) where h.store_id = $1 and ${STANDS('$2')} order by h.since limit 2000`, [storeId, now]);
  return rows.filter((row) => row.sells_on || row.after_peak || (row.until === null && row.hours >= FORGOTTEN_HOURS)).map((row) => ({
    kind: 'HELD_BACK_TOO_LONG', key: `item/${row.item_id}`, subject: row.name, itemId: row.item_id, size: row.hours, ...(row.sells_on ? { severity: 2 as const } : {}), evidence: { since: row.since, until: row.until, by: row.held_by, reason: row.reason, sellsOn: row.sells_on },
    sentence: row.sells_on ? `${row.name} is held back from sale, and the shop goes on selling it at zero: “Continue selling when out of stock” is on in Shopify.`
      : `${row.name} has been held back from sale for ${row.hours} hours without an end (${row.held_by}: ${row.reason})${row.after_peak ? ', and the peak it was held back in is over' : ''}.`,
  }));
}
