/**
 * Files of the Starter CSV connector, which fetches three permanent addresses a day. Full snapshots: a row that is missing today is deleted there. One
 * connector is one warehouse, so a set of files is of one location. Columns in the order of the vendor's specification, required ones first.
 */
import { money, toDecimal } from '../../domain/money.ts';
import type { ProductRow, PurchaseRow, SaleRow, StarterFile } from '../../ports/planner.ts';
import { csvLine } from './csv-line.ts';

export const STARTER_COLUMNS: Readonly<Record<StarterFile, readonly string[]>> = {
  products: ['product_id', 'title', 'sku', 'created_at', 'stock_quantity', 'price', 'regular_price', 'cost_price', 'barcode', 'updated_at', 'managing_stock', 'vendor', 'categories', 'brand', 'vendor_reference', 'moq', 'uom'],
  sales: ['order_number', 'product_id', 'sku', 'date', 'price', 'quantity', 'currency', 'canceled'],
  'purchase-orders': ['po_id', 'date', 'expected_date', 'product_id', 'sku', 'cost_price', 'status', 'ordered', 'received', 'po_name', 'vendor', 'currency'],
};

const amount = (minor: number, currency: string): string => toDecimal(money(minor, currency));

/** Lines of a page of rows; `currency` is the store's. The first line of a file is its columns. */
export function starterLines(file: StarterFile, rows: readonly unknown[], currency: string): string {
  const line = { products: (row: unknown) => product(row as ProductRow, currency), sales: (row: unknown) => sale(row as SaleRow, currency), 'purchase-orders': (row: unknown) => purchase(row as PurchaseRow) }[file];
  return rows.map((row) => csvLine(line(row))).join('');
}
export const starterHeader = (file: StarterFile): string => csvLine(STARTER_COLUMNS[file]);

/** A blank SKU is not allowed there; the id stands in. */
function product(row: ProductRow, currency: string): (string | number | null)[] {
  return [row.variantId, row.title, row.sku || row.variantId, row.createdAt, row.inStock, amount(row.price, currency), amount(row.regularPrice, currency), row.cost === null ? null : amount(row.cost, currency), row.barcode, row.updatedAt, row.isTracked ? 'true' : 'false', row.supplier, row.category, row.brand, row.supplierSku, row.moq, row.casePack];
}
function sale(row: SaleRow, currency: string): (string | number | null)[] {
  return [row.orderName, row.variantId, row.sku || row.variantId, row.at, amount(row.price, currency), row.quantity, currency, row.isCancelled ? 'true' : 'false'];
}
function purchase(row: PurchaseRow): (string | number | null)[] {
  return [row.orderId, row.createdOn, row.expectedOn, row.variantId, row.sku || row.variantId, amount(row.unitCost, row.currency), statusOf(row.state), row.ordered, row.received, row.reference, row.supplier, row.currency];
}
const statusOf = (state: string): string => (state === 'closed' || state === 'received' ? 'Closed' : state === 'cancelled' ? 'Canceled' : 'Open');
