/** Indexes over tables that only ever grow (variants and levels are hidden, never deleted): rebuilt when the table's size changed. */
import type { Shop, Tables } from '../state.ts';

interface Built { size: number; ids: Map<string, string[]> }
const built = new WeakMap<Map<string, unknown>, Map<string, Built>>();

function idsBy<R>(table: Map<string, R>, name: string, keyOf: (record: R) => string): Map<string, string[]> {
  let indexes = built.get(table as Map<string, unknown>);
  if (indexes === undefined) built.set(table as Map<string, unknown>, indexes = new Map());
  let index = indexes.get(name);
  if (index === undefined || index.size !== table.size) {
    index = { size: table.size, ids: new Map() };
    for (const [id, record] of table) {
      const key = keyOf(record);
      const ids = index.ids.get(key);
      if (ids === undefined) index.ids.set(key, [id]);
      else ids.push(id);
    }
    indexes.set(name, index);
  }
  return index.ids;
}

function* recordsOf<R>(table: Map<string, R>, ids: readonly string[]): Generator<R> {
  for (const id of ids) {
    const record = table.get(id);
    if (record !== undefined) yield record;
  }
}

type VariantRow = Tables['variants'] extends Map<string, infer R> ? R : never;
type LevelRow = Tables['levels'] extends Map<string, infer R> ? R : never;

/** Variants of a product in their merchant's order, deleted ones left out. */
export function variantsOfProduct(shop: Shop, productId: string): VariantRow[] {
  const ids = idsBy(shop.tables.variants, 'product', (variant) => variant.productId).get(productId) ?? [];
  return [...recordsOf(shop.tables.variants, ids)].filter((variant) => variant.deletedAt === null).sort((a, b) => a.position - b.position);
}

/** Levels at a location, active or not. */
export function levelsAtLocation(shop: Shop, locationId: string): Iterable<LevelRow> {
  return recordsOf(shop.tables.levels, idsBy(shop.tables.levels, 'location', (level) => level.locationId).get(locationId) ?? []);
}
