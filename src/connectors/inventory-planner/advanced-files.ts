/**
 * Files of the Advanced CSV connector: what changed since the last ones, in a folder each, `REMOVED` for what is gone. A column too many or a required one
 * too few rejects a file without a word, so each is written from one list. A file's name carries the second it was written in: of two of one name only the newer counts.
 */
import { money, toDecimal } from '../../domain/money.ts';
import type { AdvancedFile, PlannerFile, PurchaseRow, SaleRow, StockRow } from '../../ports/planner.ts';
import { csvLine } from './csv-line.ts';
import { statusOf } from './starter-files.ts';

type Cell = string | number | null;
type Columns<R> = readonly (readonly [name: string, cell: (row: R, currency: string) => Cell])[];
const amount = (minor: number, currency: string): string => toDecimal(money(minor, currency));
const yes = (is: boolean): string => (is ? 'true' : 'false');

/** ORDER_ID is the line's id there, and ID the order's. */
const SALES: Columns<SaleRow> = [
  ['ORDER_ID', (r) => r.lineId], ['ID', (r) => r.orderId], ['VARIANT_ID', (r) => r.variantId], ['WAREHOUSE', (r) => r.locationId], ['CURRENCY', (_r, currency) => currency], ['QUANTITY', (r) => r.quantity], ['PRICE', (r, currency) => amount(r.price, currency)],
  ['CREATED_AT', (r) => r.at], ['REMOVED', (r) => yes(r.isRemoved)], ['UPDATED_AT', (r) => r.updatedAt], ['REFERENCE', (r) => r.orderName], ['CANCELLED', (r) => yes(r.isCancelled)],
];
const STOCK: Columns<StockRow> = [
  ['VARIANT_ID', (r) => r.variantId], ['WAREHOUSE_ID', (r) => r.locationId], ['IN_STOCK', (r) => r.inStock], ['REMOVED', (r) => yes(r.isRemoved)], ['UPDATED_AT', (r) => r.updatedAt], ['MIN_STOCK', (r) => r.minStock], ['MAX_STOCK', (r) => r.maxStock],
];
const ORDERS: Columns<PurchaseRow> = [
  ['ID', (r) => r.orderId], ['REFERENCE', (r) => r.reference], ['STATUS', (r) => statusOf(r.state)], ['WAREHOUSE', (r) => r.locationId], ['VENDOR', (r) => r.supplier], ['SOURCE_WAREHOUSE', () => null], ['CURRENCY', (r) => r.currency], ['CREATED_DATE', (r) => r.createdOn],
  ['LINE_ITEM_ID', (r) => `${r.orderId}-${r.line}`], ['VARIANT_ID', (r) => r.variantId], ['SKU', (r) => r.sku], ['BARCODE', (r) => r.barcode], ['TITLE', (r) => r.title], ['REPLENISHMENT', (r) => r.ordered], ['RECEIVED', (r) => r.received], ['RECEIVED_DATE', (r) => r.receivedOn],
  ['COST_PRICE', (r) => amount(r.unitCost, r.currency)], ['REMOVED', (r) => yes(r.isRemoved)], ['UPDATED_AT', (r) => r.updatedAt], ['TYPE', () => 'po'], ['EXPECTED_DATE', (r) => r.expectedOn],
];
const KINDS: Readonly<Record<AdvancedFile, { folder: string; columns: Columns<never> }>> = { stock: { folder: 'variant-warehouse', columns: STOCK as Columns<never> }, 'purchase-orders': { folder: 'stock-orders', columns: ORDERS as Columns<never> }, sales: { folder: 'sales-lines', columns: SALES as Columns<never> } };

/** `at` names the file; `currency` is the store's. */
export function advancedFile(file: AdvancedFile, rows: readonly unknown[], currency: string, at: Date): PlannerFile {
  const { folder, columns } = KINDS[file], stamp = at.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return { folder, name: `${folder}-${stamp}.csv`, content: csvLine(columns.map(([name]) => name)) + rows.map((row) => csvLine(columns.map(([, cell]) => cell(row as never, currency)))).join('') };
}
