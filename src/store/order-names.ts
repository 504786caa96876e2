/** What people call orders. */
import { orderIn } from '../domain/stock/sentence.ts';
import type { Queryable } from './db.ts';

/** By fact the name of the order it is of ("#1042"); facts of something else, and orders that are not kept, are left out. */
export async function orderNames(db: Queryable, storeId: number, facts: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(facts.map(orderIn).filter((id) => id !== null))];
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<{ order_id: string; name: string }>('select order_id::text, name from sales_order where store_id = $1 and order_id = any($2::bigint[])', [storeId, ids]);
  const names = new Map(rows.map((row) => [row.order_id, row.name]));
  return new Map(facts.flatMap((fact) => { const name = names.get(orderIn(fact) ?? ''); return name === undefined ? [] : [[fact, name] as const]; }));
}
