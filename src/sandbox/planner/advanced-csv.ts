/**
 * The pretended Advanced CSV connector, as strict as its documents: a folder an entity; files from the oldest to the newest; an unknown column, a missing
 * required one or a cell that does not fit its type rejects the whole file and nobody is told; rows replace by id; `REMOVED` hides a row; a row whose parent
 * was never supplied is not loaded. Columns are those of the vendor's pages of 2025; what stands below the stored part of a page is unknown here and rejected.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

type Type = 'id' | 'text' | 'number' | 'time' | 'boolean' | 'currency' | 'kind' | 'type' | 'status type';
interface Entity { folder: string; key: readonly string[]; required: Record<string, Type>; optional: Record<string, Type>; /** Column → the entity it must be known in, unless empty. */ parents: Record<string, string> }

export const ENTITIES: Readonly<Record<string, Entity>> = {
  warehouse: { folder: 'warehouses', key: ['WAREHOUSE_ID'], required: { WAREHOUSE_ID: 'id', DISPLAY_NAME: 'text', UPDATED_AT: 'time', REMOVED: 'boolean' }, optional: { CURRENCY: 'currency', BILLING_ADDRESS: 'text', SHIPPING_ADDRESS: 'text' }, parents: {} },
  vendor: { folder: 'vendors', key: ['VENDOR_ID'], required: { VENDOR_ID: 'id', DISPLAY_NAME: 'text', CURRENCY: 'currency', REMOVED: 'boolean', UPDATED_AT: 'time' }, optional: { DISCOUNT: 'number', TAX: 'number', EMAIL: 'text', VENDOR_ADDRESS: 'text' }, parents: {} },
  variant: { folder: 'variants', key: ['VARIANT_ID'], required: { VARIANT_ID: 'id', SKU: 'text', TITLE: 'text', BARCODE: 'text', PRODUCT_ID: 'id', PRICE: 'number', CREATED_AT: 'time', UPDATED_AT: 'time', REMOVED: 'boolean' }, optional: { TYPE: 'kind', IMAGE: 'text', HANDLE: 'text' }, parents: {} },
  'variant vendor': { folder: 'variant-vendor', key: ['VARIANT_ID', 'VENDOR_ID'], required: { VARIANT_ID: 'id', VENDOR_ID: 'id', REMOVED: 'boolean', UPDATED_AT: 'time' }, optional: { COST_PRICE: 'number', LANDING_COST_PRICE: 'number', VENDOR_REFERENCE: 'text', VENDOR_NAME: 'text', MOQ: 'number', UOM: 'number' }, parents: { VARIANT_ID: 'variant', VENDOR_ID: 'vendor' } },
  'variant component': { folder: 'variant-component', key: ['VARIANT_ID', 'COMPONENT_VARIANT_ID'], required: { VARIANT_ID: 'id', COMPONENT_VARIANT_ID: 'id', QUANTITY: 'number', REMOVED: 'boolean', UPDATED_AT: 'time' }, optional: { PRICE: 'number' }, parents: { VARIANT_ID: 'variant', COMPONENT_VARIANT_ID: 'variant' } },
  'variant warehouse': { folder: 'variant-warehouse', key: ['VARIANT_ID', 'WAREHOUSE_ID'], required: { VARIANT_ID: 'id', WAREHOUSE_ID: 'id', IN_STOCK: 'number', REMOVED: 'boolean', UPDATED_AT: 'time' }, optional: { MIN_STOCK: 'number', MAX_STOCK: 'number', MAX_ORDER: 'number', TRANSFER_UOM: 'number', GROSS_WEIGHT: 'number' }, parents: { VARIANT_ID: 'variant', WAREHOUSE_ID: 'warehouse' } },
  'stock order status': { folder: 'stock-order-statuses', key: ['NAME'], required: { NAME: 'id', STATUS_TYPE: 'status type', REMOVED: 'boolean', UPDATED_AT: 'time' }, optional: {}, parents: {} },
  // Which of its columns are required the stored page does not show: all up to UPDATED_AT are taken to be.
  'stock order': {
    folder: 'stock-orders', key: ['ID', 'LINE_ITEM_ID'],
    required: { ID: 'id', REFERENCE: 'text', STATUS: 'text', WAREHOUSE: 'id', VENDOR: 'text', SOURCE_WAREHOUSE: 'text', CURRENCY: 'currency', CREATED_DATE: 'time', LINE_ITEM_ID: 'id', VARIANT_ID: 'id', SKU: 'text', BARCODE: 'text', TITLE: 'text', REPLENISHMENT: 'number', RECEIVED: 'number', RECEIVED_DATE: 'time', COST_PRICE: 'number', REMOVED: 'boolean', UPDATED_AT: 'time' },
    optional: { TYPE: 'type', REFERENCE2: 'text', EXPECTED_DATE: 'time', LAST_MODIFIED: 'time', SHIPMENT_DATE: 'time' }, parents: { WAREHOUSE: 'warehouse', VENDOR: 'vendor', SOURCE_WAREHOUSE: 'warehouse', VARIANT_ID: 'variant' },
  },
  'sales order': {
    folder: 'sales-lines', key: ['ORDER_ID'], required: { ORDER_ID: 'id', ID: 'id', VARIANT_ID: 'id', WAREHOUSE: 'id', CURRENCY: 'currency', QUANTITY: 'number', PRICE: 'number', CREATED_AT: 'time', REMOVED: 'boolean', UPDATED_AT: 'time' },
    optional: { REFERENCE: 'text', REFERENCE2: 'text', ORIGINAL_COST_PRICE: 'number', CUSTOMER: 'text', DISCOUNT: 'number', TAX: 'number', TAX_INCLUDED: 'boolean', SHIPPING: 'number', SHIPPING_TAX: 'number', CANCELLED: 'boolean' }, parents: { VARIANT_ID: 'variant', WAREHOUSE: 'warehouse' },
  },
};
const DEFAULT_STATUSES = ['OPEN', 'DRAFT', 'PARTIALLY RECEIVED', 'CLOSED', 'CANCELLED'];

const FITS: Record<Type, (cell: string) => boolean> = {
  id: (cell) => cell !== '' && [...cell].length <= 256,
  text: (cell) => [...cell].length <= 256,
  number: (cell) => cell === '' || /^-?\d+(\.\d+)?$/.test(cell),
  time: (cell) => cell === '' || (/^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}:\d{2}(\.\d{1,9})?)?$/.test(cell) && !Number.isNaN(Date.parse(`${cell.slice(0, 10)}T00:00:00Z`))),
  boolean: (cell) => /^(true|false)$/i.test(cell),
  currency: (cell) => /^[A-Z]{3}$/.test(cell),
  kind: (cell) => ['simple', 'bundle', 'assembly'].includes(cell),
  type: (cell) => ['po', 'transfer', 'assembly'].includes(cell),
  'status type': (cell) => ['draft', 'active', 'closed', 'cancelled'].includes(cell),
};
/** It may be empty even so: a purchase order has no source, a transfer no vendor. */
const NEVER_EMPTY: readonly string[] = ['UPDATED_AT', 'DISPLAY_NAME', 'TITLE', 'PRICE', 'IN_STOCK', 'QUANTITY', 'REPLENISHMENT', 'STATUS'];
const HOUR_MS = 3_600_000;

export type LoadedRow = Record<string, string>;
export interface LoadOutcome { file: string; rows: number; /** Why nothing of it was loaded. The real one says nothing. */ rejected: string | null; /** Rows that name a parent nobody supplied. */ orphans: number }

export class AdvancedCsv {
  /** What it holds of an entity, by key; removed rows stay and say so. */
  readonly rows = new Map<string, Map<string, LoadedRow>>(Object.keys(ENTITIES).map((name) => [name, new Map()]));
  readonly outcomes: LoadOutcome[] = [];
  readonly #root: string;
  readonly #seen = new Set<string>();

  constructor(root: string) { this.#root = root; }

  /** The nightly run: files that are there for an hour at least, entity by entity, from the oldest to the newest. `at` is when it runs, by the server's clock. */
  run(at: number): LoadOutcome[] {
    const outcomes = Object.entries(ENTITIES).flatMap(([name, entity]) => {
      const folder = join(this.#root, entity.folder);
      if (!existsSync(folder)) return [];
      return readdirSync(folder, { withFileTypes: true }).filter((each) => each.isFile() && each.name.endsWith('.csv')).map((each) => ({ path: `${entity.folder}/${each.name}`, mtime: statSync(join(folder, each.name)).mtimeMs }))
        .filter(({ path, mtime }) => !this.#seen.has(path) && mtime <= at - HOUR_MS).sort((a, b) => a.mtime - b.mtime || (a.path < b.path ? -1 : 1))
        .map(({ path }) => { this.#seen.add(path); return this.load(name, readFileSync(join(this.#root, path)), path); });
    });
    this.outcomes.push(...outcomes);
    return outcomes;
  }

  load(name: string, content: Uint8Array, file: string): LoadOutcome {
    const entity = ENTITIES[name]!, known = this.rows.get(name)!, types = { ...entity.required, ...entity.optional }, reject = (rejected: string): LoadOutcome => ({ file, rows: 0, rejected, orphans: 0 });
    let records: string[][];
    try { records = parse(new TextDecoder('utf-8', { fatal: true }).decode(content), { record_delimiter: ['\r\n', '\n'] }) as string[][]; } catch (error) { return reject((error as Error).message); }
    const [header, ...body] = records;
    if (!header) return reject('is empty');
    for (const column of header) if (!types[column]) return reject(`the column ${column} is not supported`);
    for (const column of Object.keys(entity.required)) if (!header.includes(column)) return reject(`the required column ${column} is missing`);
    if (new Set(header).size !== header.length) return reject('a column stands there twice');
    const rows = body.map((cells): LoadedRow => Object.fromEntries(header.map((column, n) => [column, cells[n]!])));
    for (const [n, row] of rows.entries()) for (const [column, cell] of Object.entries(row)) if (!FITS[types[column]!](cell) || (cell === '' && NEVER_EMPTY.includes(column))) return reject(`row ${n + 1}: ${column} is no ${types[column]}: ${cell.slice(0, 60)}`);
    let orphans = 0;
    for (const row of rows) {
      if (Object.entries(entity.parents).some(([column, parent]) => row[column] !== '' && !this.rows.get(parent)!.has(row[column]!)) || (name === 'stock order' && !this.#status(row['STATUS']!))) { orphans++; continue; }
      known.set(entity.key.map((column) => row[column]).join('@'), row);
    }
    return { file, rows: rows.length, rejected: null, orphans };
  }
  #status(name: string): boolean { return DEFAULT_STATUSES.includes(name) || this.rows.get('stock order status')!.has(name); }

  /** Rows in use: not removed. */
  live(name: string): LoadedRow[] { return [...this.rows.get(name)!.values()].filter((row) => row['REMOVED']!.toLowerCase() !== 'true'); }
}
