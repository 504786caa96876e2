/** Levels no forecast speaks of: with what was sold there lately, so that a rule can stand in. */
import type { Queryable } from './db.ts';

export interface UnforecastRow { item_id: number; location_id: number; sold: number }

/**
 * Levels without a forecast in the run (all, where there is no run) that sold something since the day, or of `items` (which have a value of their own), or
 * all of them where `every` says so: a minimum stock of the whole store holds for them too. In pages after the last.
 */
export async function* unforecast(db: Queryable, storeId: number, runId: string | null, since: string, items: readonly number[], every: boolean, page = 2_000): AsyncGenerator<UnforecastRow[]> {
  for (let after: [number, number] = [0, 0]; ;) {
    const { rows } = await db.query<UnforecastRow>(
      `select g.item_id, g.location_id, coalesce(d.sold, 0)::int as sold
       from ledger_level g left join (select item_id, location_id, sum(quantity) as sold from daily_demand where store_id = $1 and day >= $3 and location_id > 0 group by 1, 2) d using (item_id, location_id)
       where g.store_id = $1 and (g.item_id, g.location_id) > ($6, $7) and (d.sold > 0 or $5 or g.item_id = any($4))
         and ($2::bigint is null or not exists (select from forecast f where f.store_id = $1 and f.item_id = g.item_id and f.location_id = g.location_id and f.run_id = $2))
       order by g.item_id, g.location_id limit $8`, [storeId, runId, since, items, every, after[0], after[1], page]);
    if (rows.length === 0) return;
    yield rows;
    after = [rows.at(-1)!.item_id, rows.at(-1)!.location_id];
  }
}
