/** Proposals of transfers: which items are looked at, and what is proposed of them. */
import type { Db, Queryable } from './db.ts';
import { searchTerms } from './keyset.ts';
import type { TransferDetail } from './transfers.ts';

export interface PlaceRow { item_id: number; location_id: number; sold: number }

/**
 * Levels of items that are to be ordered or expected to run short at one place while units stand at another, in pages of items; `sold` in the weeks since a
 * day.
 */
export async function* transferCandidates(db: Queryable, storeId: number, since: string, page = 500): AsyncGenerator<PlaceRow[]> {
  for (let after = 0; ;) {
    const { rows } = await db.query<PlaceRow>(
      `with items as (
         select distinct x.item_id from recommendation x join location o on o.store_id = x.store_id and o.location_id = x.location_id where x.store_id = $1 and x.item_id > $2 and (x.quantity > 0 or x.at_risk > 0 or (x.need > 0 and o.supplied_from is not null))
           and exists (select from ledger_level g join location l on l.store_id = g.store_id and l.location_id = g.location_id where g.store_id = $1 and g.item_id = x.item_id and g.location_id <> x.location_id and g.available > 0 and l.is_active)
         order by 1 limit $3
       )
       select k.item_id, l.location_id,
         coalesce((select sum(d.quantity) from daily_demand d where d.store_id = $1 and d.item_id = k.item_id and d.location_id = l.location_id and d.day >= $4), 0)::int as sold
       from items k cross join lateral (
         select g.location_id from ledger_level g where g.store_id = $1 and g.item_id = k.item_id union select x.location_id from recommendation x where x.store_id = $1 and x.item_id = k.item_id) p
       join location l on l.store_id = $1 and l.location_id = p.location_id and l.is_active
       order by 1, 2`, [storeId, after, page, since]);
    if (rows.length === 0) return;
    yield rows;
    after = rows.at(-1)!.item_id;
  }
}

export interface Proposal { itemId: number; fromLocationId: number; toLocationId: number; quantity: number; gain: number; detail: TransferDetail }

/** Puts these in the place of all that were proposed before. */
export async function saveProposals(db: Db, storeId: number, made: readonly Proposal[], now: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('delete from transfer_proposal where store_id = $1', [storeId]);
    for (let start = 0; start < made.length; start += 5_000) {
      const page = made.slice(start, start + 5_000);
      await tx.query(
        `insert into transfer_proposal (store_id, item_id, from_location_id, to_location_id, quantity, gain, detail, computed_at)
         select $1, t.item, t.f, t.d, t.quantity, t.gain, t.detail::jsonb, $2 from unnest($3::int[], $4::int[], $5::int[], $6::int[], $7::bigint[], $8::text[]) as t(item, f, d, quantity, gain, detail)`,
        [storeId, now, page.map((p) => p.itemId), page.map((p) => p.fromLocationId), page.map((p) => p.toLocationId), page.map((p) => p.quantity), page.map((p) => p.gain), page.map((p) => JSON.stringify(p.detail))]);
    }
  });
}

export interface ProposalRow { item_id: number; from_location_id: number; to_location_id: number; quantity: number; gain: string; detail: TransferDetail; computed_at: string; sku: string | null; title: string; from_location: string; to_location: string;
  /** Whose people move it, where a warehouse has the count at either place; what they call the item. */
  warehouse: string | null; warehouse_code: string | null;
}
/** `told`: those a warehouse must be told of, or those Shopify can move; left out: both. */
export interface ProposalFilter { q?: string | undefined; from?: number | undefined; to?: number | undefined; told?: 'warehouse' | 'shopify' | undefined; offset: number; limit: number }

/** A transfer in Shopify moves nothing where a warehouse has the count: those proposals are for its people. */
const ROWS = `from transfer_proposal p join item i using (item_id) join location f on f.store_id = p.store_id and f.location_id = p.from_location_id join location d on d.store_id = p.store_id and d.location_id = p.to_location_id
  left join warehouse w on w.warehouse_id = case when f.authority = 'warehouse' then f.warehouse_id when d.authority = 'warehouse' then d.warehouse_id end
  where p.store_id = $1 and ($6::text is null or (w.warehouse_id is not null) = ($6 = 'warehouse')) and ($2::text[] is null or lower(i.sku) = any($2)) and ($3::text is null or i.sku ilike '%' || $3 || '%' or i.title ilike '%' || $3 || '%') and ($4::int is null or p.from_location_id = $4) and ($5::int is null or p.to_location_id = $5)`;
const values = (storeId: number, of: ProposalFilter): unknown[] => { const { skus, words } = searchTerms(of.q); return [storeId, skus, words, of.from ?? null, of.to ?? null, of.told ?? null]; };

/** The most gain first. */
export async function proposalPage(db: Queryable, storeId: number, of: ProposalFilter): Promise<ProposalRow[]> {
  return (await db.query<ProposalRow>(`select p.*, i.sku, i.title, f.name as from_location, d.name as to_location, w.name as warehouse,
     (select min(k.sku) from warehouse_sku k where k.warehouse_id = w.warehouse_id and k.item_id = p.item_id) as warehouse_code ${ROWS} order by p.gain desc, p.item_id, p.from_location_id, p.to_location_id limit $7 offset $8`, [...values(storeId, of), of.limit, of.offset])).rows;
}

export async function proposalTotals(db: Queryable, storeId: number, of: ProposalFilter): Promise<{ rows: number; units: number; gain: string; told: number; computed_at: string | null }> {
  return (await db.query<{ rows: number; units: number; gain: string; told: number; computed_at: string | null }>(`select count(*)::int as rows, count(*) filter (where w.warehouse_id is not null)::int as told, coalesce(sum(p.quantity), 0)::int as units, coalesce(sum(p.gain), 0) as gain, max(p.computed_at) as computed_at ${ROWS}`, values(storeId, of))).rows[0]!;
}
