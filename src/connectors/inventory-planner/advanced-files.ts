/**
 * Files of the Advanced CSV connector: what changed since the last ones, in a folder each, `REMOVED` for what is gone. A column too many or a required one
 * too few rejects a file without a word, so each is written from one list: the columns of the vendor's specification, required ones first in its order
 * (docs/inventory-planner.md names the page of each). Names differ from file to file there: ORDER_ID is the sales line's id, and ID the order's.
 */
import { money, toDecimal } from '../../domain/money.ts';
import type { AdvancedFile, ComponentRow, PlannerFile, PurchaseRow, SaleRow, StockRow, VariantRow, VariantVendorRow, VendorRow, WarehouseRow } from '../../ports/planner.ts';
import { csvLine } from './csv-line.ts';

type Cell = string | number | null;
type Columns<R> = readonly (readonly [name: string, cell: (row: R, currency: string) => Cell])[];
const amount = (minor: number | null, currency: string): string | null => (minor === null ? null : toDecimal(money(minor, currency)));
const yes = (is: boolean): string => (is ? 'true' : 'false');
/** TIMESTAMP_NTZ, a time without a zone: UTC. */
const time = (iso: string): string => iso.replace('T', ' ').replace('Z', '');
/** VARCHAR(256): a longer text would reject the file. Letters are counted, not halves of them. */
const text = (given: string | null): string | null => (given === null || given.length <= 256 ? given : [...given].slice(0, 256).join(''));

const WAREHOUSES: Columns<WarehouseRow> = [['WAREHOUSE_ID', (r) => r.warehouseId], ['DISPLAY_NAME', (r) => text(r.name)], ['UPDATED_AT', (r) => time(r.updatedAt)], ['REMOVED', (r) => yes(r.isRemoved)], ['CURRENCY', (_r, currency) => currency]];
const VENDORS: Columns<VendorRow> = [
  ['VENDOR_ID', (r) => r.vendorId], ['DISPLAY_NAME', (r) => r.vendorId], ['CURRENCY', (r) => r.currency], ['REMOVED', (r) => yes(r.isRemoved)], ['UPDATED_AT', (r) => time(r.updatedAt)],
  // Part of an address is another address.
  ['EMAIL', (r) => (r.email !== null && r.email.length > 256 ? null : r.email)], ['VENDOR_ADDRESS', (r) => text(r.address)],
];
/** A blank SKU is not allowed in the starter files; here the id stands in likewise. */
const VARIANTS: Columns<VariantRow> = [
  ['VARIANT_ID', (r) => r.variantId], ['SKU', (r) => text(r.sku || r.variantId)], ['TITLE', (r) => text(r.title)], ['BARCODE', (r) => text(r.barcode)], ['PRODUCT_ID', (r) => r.productId], ['PRICE', (r, currency) => amount(r.price, currency)],
  ['CREATED_AT', (r) => time(r.createdAt)], ['UPDATED_AT', (r) => time(r.updatedAt)], ['REMOVED', (r) => yes(r.isRemoved)], ['TYPE', (r) => r.type],
];
const VARIANT_VENDORS: Columns<VariantVendorRow> = [
  ['VARIANT_ID', (r) => r.variantId], ['VENDOR_ID', (r) => r.vendorId], ['REMOVED', (r) => yes(r.isRemoved)], ['UPDATED_AT', (r) => time(r.updatedAt)], ['COST_PRICE', (r) => amount(r.cost, r.currency)], ['VENDOR_REFERENCE', (r) => text(r.supplierSku)], ['MOQ', (r) => r.moq], ['UOM', (r) => r.casePack],
];
const COMPONENTS: Columns<ComponentRow> = [['VARIANT_ID', (r) => r.variantId], ['COMPONENT_VARIANT_ID', (r) => r.componentId], ['QUANTITY', (r) => r.quantity], ['REMOVED', (r) => yes(r.isRemoved)], ['UPDATED_AT', (r) => time(r.updatedAt)]];
const STOCK: Columns<StockRow> = [
  ['VARIANT_ID', (r) => r.variantId], ['WAREHOUSE_ID', (r) => r.locationId], ['IN_STOCK', (r) => r.inStock], ['REMOVED', (r) => yes(r.isRemoved)], ['UPDATED_AT', (r) => time(r.updatedAt)], ['MIN_STOCK', (r) => r.minStock], ['MAX_STOCK', (r) => r.maxStock],
];
const ORDERS: Columns<PurchaseRow> = [
  ['ID', (r) => r.orderId], ['REFERENCE', (r) => text(r.reference)], ['STATUS', (r) => statusOf(r.state)], ['WAREHOUSE', (r) => r.locationId], ['VENDOR', (r) => r.supplier], ['SOURCE_WAREHOUSE', () => null], ['CURRENCY', (r) => r.currency], ['CREATED_DATE', (r) => r.createdOn],
  ['LINE_ITEM_ID', (r) => `${r.orderId}-${r.line}`], ['VARIANT_ID', (r) => r.variantId], ['SKU', (r) => text(r.sku || r.variantId)], ['BARCODE', (r) => text(r.barcode)], ['TITLE', (r) => text(r.title)], ['REPLENISHMENT', (r) => r.ordered], ['RECEIVED', (r) => r.received], ['RECEIVED_DATE', (r) => r.receivedOn],
  ['COST_PRICE', (r) => amount(r.unitCost, r.currency)], ['REMOVED', (r) => yes(r.isRemoved)], ['UPDATED_AT', (r) => time(r.updatedAt)], ['TYPE', () => 'po'], ['EXPECTED_DATE', (r) => r.expectedOn],
];
const SALES: Columns<SaleRow> = [
  ['ORDER_ID', (r) => r.lineId], ['ID', (r) => r.orderId], ['VARIANT_ID', (r) => r.variantId], ['WAREHOUSE', (r) => r.locationId], ['CURRENCY', (_r, currency) => currency], ['QUANTITY', (r) => r.quantity], ['PRICE', (r, currency) => amount(r.price, currency)],
  ['CREATED_AT', (r) => time(r.at)], ['REMOVED', (r) => yes(r.isRemoved)], ['UPDATED_AT', (r) => time(r.updatedAt)], ['REFERENCE', (r) => text(r.orderName)], ['CANCELLED', (r) => yes(r.isCancelled)],
];

/** Its default statuses, which every account has: no file of statuses is needed for them. */
function statusOf(state: string): 'OPEN' | 'PARTIALLY RECEIVED' | 'CLOSED' | 'CANCELLED' {
  return state === 'closed' || state === 'received' ? 'CLOSED' : state === 'cancelled' ? 'CANCELLED' : state === 'part received' ? 'PARTIALLY RECEIVED' : 'OPEN';
}

const COLUMNS: Readonly<Record<AdvancedFile, Columns<never>>> = { warehouses: WAREHOUSES, vendors: VENDORS, variants: VARIANTS, 'variant-vendors': VARIANT_VENDORS, components: COMPONENTS, stock: STOCK, 'purchase-orders': ORDERS, sales: SALES };

/** The file of these rows in `folder`. `at` and `part` name it, so that no two files of a run share a name: of two of one name only the newer counts. `currency` is the store's. */
export function advancedFile(file: AdvancedFile, rows: readonly unknown[], currency: string, at: Date, folder: string, part = 1): PlannerFile {
  const columns = COLUMNS[file], stamp = at.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return { folder, name: `${file}-${stamp}${part > 1 ? `-${part}` : ''}.csv`, content: csvLine(columns.map(([name]) => name)) + rows.map((row) => csvLine(columns.map(([, cell]) => cell(row as never, currency)))).join('') };
}
