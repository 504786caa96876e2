/** What stands in the warehouse, by Tryton's own sum over its moves. */
import type { StockCountFact, WarehouseReject } from '../../ports/warehouse.ts';
import type { TrytonClient } from './client.ts';
import type { Places } from './places.ts';

const PAGE = 500;
const MOST_PRODUCTS = 500_000;

interface QuantityRow { id: number; code: string | null; quantity: number }

/** Pages by product id. Products without a code are not the shop's. The instant of a page is taken before it is asked for: what moves meanwhile is heard again. */
export async function* counts(client: TrytonClient, places: Places, now: () => Date): AsyncIterable<{ counts: StockCountFact[]; rejects: WarehouseReject[] }> {
  for (let last = 0, seen = 0; seen < MOST_PRODUCTS;) {
    const ids = await client.call<number[]>('product.product', 'search', [[['id', '>', last], ['type', '=', 'goods']], 0, PAGE, [['id', 'ASC']]]);
    if (ids.length === 0) return;
    const at = now().toISOString();
    const read = (locations: number[]): Promise<QuantityRow[]> => client.call('product.product', 'read', [ids, ['code', 'quantity']], { locations, with_childs: true });
    const rows = await read([...places.roots]);
    const unsellable = new Map(places.unsellable.size === 0 ? [] : (await read([...places.unsellable.keys()])).map((row) => [row.id, row.quantity]));
    const page = { counts: [] as StockCountFact[], rejects: [] as WarehouseReject[] };
    for (const row of rows.sort((a, b) => a.id - b.id)) {
      if (!row.code) continue;
      const aside = unsellable.get(row.id) ?? 0;
      const fault = [row.quantity, aside].find((quantity) => !Number.isSafeInteger(quantity) || quantity < 0);
      if (fault === undefined) page.counts.push({ type: 'stock', sku: row.code, onHand: row.quantity, unsellable: Math.min(aside, row.quantity), at });
      else page.rejects.push({ where: `product ${row.id}`, field: 'quantity', message: `is ${fault}: whole units, not below zero`, raw: JSON.stringify(row) });
    }
    yield page;
    last = ids.at(-1)!;
    seen += ids.length;
  }
}
