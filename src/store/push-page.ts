/** The push queue as people see it: every level Instep may write, what it should show, what it shows, and why it is not so yet. */
import type { PushWay } from '../domain/push/decide.ts';
import type { Queryable } from './db.ts';
import { searchTerms } from './keyset.ts';

export interface PushPageRow {
  item_id: number; location_id: number; sku: string | null; title: string; location: string; state: string; mode: string; wanted: number | null; shopify: number | null; ledger: number; pushed: number | null; pushed_at: string | null;
  confirmed: number | null; confirmed_at: string | null; arithmetic: (Record<string, unknown> & { sentence?: string; bufferSentence?: string; parts?: { sku: string; perUnit: number; available: number }[] }) | null; reason: string | null; strikes: number; dirty_since: string | null; is_bundle: boolean;
}

export interface PushFilter { view: string; q: string | null; location: number | null; itemId?: number | null; after: [string, number, number] | null; limit: number }

const VIEW = `case $2 when 'waiting' then p.state in ('queued', 'sent', 'written') when 'held' then p.state = 'held' when 'failed' then p.state in ('quarantined', 'conflict') when 'shadow' then p.state = 'shadow' and p.reason is not null
  when 'not written' then p.state = 'not written' else true end`;

export async function pushPage(db: Queryable, storeId: number, filter: PushFilter): Promise<PushPageRow[]> {
  const { skus, words } = searchTerms(filter.q ?? undefined);
  const { rows } = await db.query<PushPageRow>(
    `select p.item_id, p.location_id, i.sku, i.title, l.name as location, p.state, coalesce(a.mode, 'off') as mode, p.wanted, o.available as shopify, coalesce(b.available, 0) as ledger, p.pushed, p.pushed_at,
       -- In step without a push of ours: what Shopify was heard to show is the confirmation.
       coalesce(p.confirmed, case when p.state = 'in step' then o.available end) as confirmed, coalesce(p.confirmed_at, case when p.state = 'in step' then o.available_at end) as confirmed_at,
       p.arithmetic, p.reason, p.strikes, case when p.dirty_version > p.seen_version then p.dirty_at end as dirty_since, coalesce(p.arithmetic ? 'parts', false) as is_bundle
     from push_level p join item i using (item_id) join location l on l.store_id = p.store_id and l.location_id = p.location_id left join push_policy a on a.store_id = p.store_id and a.location_id = p.location_id
     left join observed_level o on o.store_id = p.store_id and o.item_id = p.item_id and o.location_id = p.location_id left join ledger_level b on b.store_id = p.store_id and b.item_id = p.item_id and b.location_id = p.location_id
     where p.store_id = $1 and ${VIEW} and ($3::text[] is null or lower(i.sku) = any($3)) and ($4::text is null or i.sku ilike '%' || $4 || '%' or i.title ilike '%' || $4 || '%') and ($5::int is null or p.location_id = $5) and ($10::int is null or p.item_id = $10)
       and ($6::text is null or (coalesce(lower(i.sku), ''), p.item_id, p.location_id) > ($6, $7::int, $8::int)) order by coalesce(lower(i.sku), ''), p.item_id, p.location_id limit $9`,
    [storeId, filter.view, skus, words, filter.location, filter.after?.[0] ?? null, filter.after?.[1] ?? null, filter.after?.[2] ?? null, filter.limit, filter.itemId ?? null]);
  return rows;
}

export async function pushCounts(db: Queryable, storeId: number): Promise<Record<string, number>> {
  const { rows } = await db.query<{ state: string; n: number; shadowed: number }>(`select state, count(*)::int as n, count(*) filter (where state = 'shadow' and reason is not null)::int as shadowed from push_level where store_id = $1 group by 1`, [storeId]);
  const of = (...states: string[]): number => rows.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.n, 0);
  return {
    all: rows.reduce((sum, row) => sum + row.n, 0), waiting: of('queued', 'sent', 'written'), held: of('held'), failed: of('quarantined', 'conflict'), shadow: rows.reduce((sum, row) => sum + row.shadowed, 0), 'not written': of('not written'),
  };
}

export interface AttemptView { attempt_id: string; idempotency_key: string; created_at: string; settled_at: string | null; state: string; sends: number; way: PushWay; from_quantity: number | null; to_quantity: number; arithmetic: { sentence?: string } | null; message: string | null }

/** The last attempts at one level, newest first. */
export async function attemptsOf(db: Queryable, storeId: number, itemId: number, locationId: number, limit: number): Promise<AttemptView[]> {
  const { rows } = await db.query<AttemptView>(
    `select a.attempt_id, a.idempotency_key, a.created_at, a.settled_at, r.state, a.sends, a.way, r.from_quantity, r.to_quantity, r.arithmetic, coalesce(r.message, a.outcome) as message
     from push_attempt_row r join push_attempt a using (store_id, attempt_id) where r.store_id = $1 and r.item_id = $2 and r.location_id = $3 order by a.attempt_id desc limit $4`, [storeId, itemId, locationId, limit]);
  return rows;
}
