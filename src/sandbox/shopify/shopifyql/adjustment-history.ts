/** The table `inventory_adjustment_history`: each change of a level's state, with the app or member of staff who made it. What it has and how it is asked: docs/sandbox-differences.md. */
import type { AdjustmentRecord, Shop } from '../state.ts';
import { parseShopifyql, type ShopifyqlQuery } from './query.ts';

const TABLE = 'inventory_adjustment_history', METRIC = 'inventory_adjustment_change';

const documentOf = (uri: string | null): [type: string | null, id: string | null] => { const parts = /^gid:\/\/shopify\/(\w+)\/(\d+)/.exec(uri ?? ''); return parts ? [parts[1]!, parts[2]!] : [null, null]; };

/** Dimensions, each as a text or null. */
const DIMENSIONS: Record<string, (row: AdjustmentRecord, shop: Shop) => string | null> = {
  second: (row) => `${row.at.slice(0, 19)}Z`,
  day: (row) => row.at.slice(0, 10),
  inventory_adjustment_id: (row) => row.id,
  inventory_adjustment_group_id: (row) => row.groupId ?? null,
  inventory_item_id: (row) => row.inventoryItemId,
  product_variant_id: (row, shop) => shop.tables.inventoryItems.get(row.inventoryItemId)?.variantId ?? null,
  product_variant_sku: (row, shop) => shop.tables.variants.get(shop.tables.inventoryItems.get(row.inventoryItemId)?.variantId ?? '')?.sku ?? null,
  inventory_location_id: (row) => row.locationId,
  inventory_location_name: (row, shop) => shop.tables.locations.get(row.locationId)?.name ?? null,
  inventory_state: (row) => row.name,
  inventory_change_reason: (row) => row.reason,
  inventory_app_name: (row) => (row.by !== undefined && 'app' in row.by ? row.by.app : null),
  staff_member_name: (row) => (row.by !== undefined && 'staff' in row.by ? row.by.staff : null),
  reference_document_uri: (row) => row.referenceDocumentUri,
  reference_document_type: (row) => documentOf(row.referenceDocumentUri)[0],
  reference_document_id: (row) => documentOf(row.referenceDocumentUri)[1],
};

interface ShopifyqlAnswer { columns: { name: string; metric: boolean }[]; rows: Record<string, string | null>[] }

/** Answers a question about the table; `error` for what Shopify would call a parse error. */
export function askAdjustmentHistory(shop: Shop, source: string): ShopifyqlAnswer | { error: string } {
  const query = parseShopifyql(source);
  if ('error' in query) return query;
  if (query.table !== TABLE) return { error: `not simulated: the table ${query.table}` };
  const columns = [...new Set([...query.groupBy, ...query.show])], strange = [...columns, ...query.where.map((one) => one.column)].find((name) => name !== METRIC && !(name in DIMENSIONS));
  if (strange !== undefined) return { error: `Column ${strange} not found` };
  const loose = query.show.find((name) => name !== METRIC && !query.groupBy.includes(name));
  if (loose !== undefined) return { error: `Column ${loose} is shown and not grouped by` };
  if (query.orderBy && !columns.includes(query.orderBy.column)) return { error: `Column ${query.orderBy.column} not found` };
  return { columns: columns.map((name) => ({ name, metric: name === METRIC })), rows: rowsOf(shop, query, columns) };
}

function rowsOf(shop: Shop, query: ShopifyqlQuery, columns: readonly string[]): Record<string, string | null>[] {
  const from = query.since === null ? '' : query.since.replace(/Z$/, ''), to = query.until === null ? '9999' : query.until.length === 10 ? `${query.until}T23:59:59` : query.until.replace(/Z$/, '');
  const sums = new Map<string, { values: Record<string, string | null>; change: number }>();
  for (const row of shop.tables.adjustments.values()) {
    const at = row.at.slice(0, 19);
    if (at < from || at > to || query.where.some(({ column, values }) => !values.includes(DIMENSIONS[column]!(row, shop) ?? ''))) continue;
    const values = Object.fromEntries(query.groupBy.filter((name) => name !== METRIC).map((name) => [name, DIMENSIONS[name]!(row, shop)])), key = JSON.stringify(values), sum = sums.get(key);
    if (sum) sum.change += row.delta; else sums.set(key, { values, change: row.delta });
  }
  const rows = [...sums.values()].map(({ values, change }): Record<string, string | null> => ({ ...values, ...(columns.includes(METRIC) ? { [METRIC]: String(change) } : {}) })), order = query.orderBy;
  if (order) rows.sort((a, b) => { const x = a[order.column] ?? '', y = b[order.column] ?? '', sign = order.column === METRIC ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0; return order.descending ? -sign : sign; });
  return rows.slice(0, query.limit);
}
