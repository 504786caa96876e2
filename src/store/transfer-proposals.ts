/** Proposals of transfers: which items are looked at, and what is proposed of them. */
import type { Db, Queryable } from './db.ts';
import { searchTerms } from './keyset.ts';
import type { TransferDetail } from './transfers.ts';

export interface PlaceRow { item_id: number; location_id: number; sold: number; movable: boolean }

/**
 * Levels of items that are to be ordered or expected to run short at one place while units stand at another, in pages of items; `sold` in the weeks since a
 * day. `movable` places are the storefront's own: where a warehouse has the count, its people must be told, which a transfer in Shopify does not do.
 */
export async function* transferCandidates(db: Queryable, storeId: number, since: string, page = 500): AsyncGenerator<PlaceRow[]> {
  for (let after = 0; ;) {
    const { rows } = await db.query<PlaceRow>(
      `with items as (
         select distinct x.item_id from recommendation x where x.store_id = $1 and x.item_id > $2 and (x.quantity > 0 or x.at_risk > 0)
           and exists (select from ledger_level g join location l on l.store_id = g.store_id and l.location_id = g.location_id where g.store_id = $1 and g.item_id = x.item_id and g.location_id <> x.location_id and g.available > 0 and l.is_active)
         order by 1 limit $3
       )
       select k.item_id, l.location_id, l.authority = 'storefront' as movable,
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

export interface ProposalRow { item_id: number; from_location_id: number; to_location_id: number; quantity: number; gain: string; detail: TransferDetail; computed_at: string; sku: string | null; title: string; from_location: string; to_location: string }
export interface ProposalFilter { q?: string | undefined; from?: number | undefined; to?: number | undefined; offset: number; limit: number }

/** Either place may have begun to follow a warehouse since a proposal was worked out: then it is none any more. */
const ROWS = `from transfer_proposal p join item i using (item_id) join location f on f.store_id = p.store_id and f.location_id = p.from_location_id join location d on d.store_id = p.store_id and d.location_id = p.to_location_id
  where p.store_id = $1 and f.authority = 'storefront' and d.authority = 'storefront' and ($2::text[] is null or lower(i.sku) = any($2)) and ($3::text is null or i.sku ilike '%' || $3 || '%' or i.title ilike '%' || $3 || '%') and ($4::int is null or p.from_location_id = $4) and ($5::int is null or p.to_location_id = $5)`;
const values = (storeId: number, of: ProposalFilter): unknown[] => { const { skus, words } = searchTerms(of.q); return [storeId, skus, words, of.from ?? null, of.to ?? null]; };

/** The most gain first. */
export async function proposalPage(db: Queryable, storeId: number, of: ProposalFilter): Promise<ProposalRow[]> {
  return (await db.query<ProposalRow>(`select p.*, i.sku, i.title, f.name as from_location, d.name as to_location ${ROWS} order by p.gain desc, p.item_id, p.from_location_id, p.to_location_id limit $6 offset $7`, [...values(storeId, of), of.limit, of.offset])).rows;
}

export async function proposalTotals(db: Queryable, storeId: number, of: ProposalFilter): Promise<{ rows: number; units: number; gain: string; computed_at: string | null }> {
  return (await db.query<{ rows: number; units: number; gain: string; computed_at: string | null }>(`select count(*)::int as rows, coalesce(sum(p.quantity), 0)::int as units, coalesce(sum(p.gain), 0) as gain, max(p.computed_at) as computed_at ${ROWS}`, values(storeId, of))).rows[0]!;
}
