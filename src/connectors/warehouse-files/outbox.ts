/**
 * What we wrote for the warehouse, by name alone: `out/orders-<time>-<reference>-v<version>.csv`, `…-cancelled.csv` for the version it cancels. The name
 * says what the file is about, so “was it sent?” is a look into `out/` and `out/processed/`, where the warehouse keeps what it has read.
 */
import type { WarehouseOrder, WarehouseOrderLine, WarehouseReturn } from '../../ports/warehouse.ts';
import type { Folder } from '../sftp-folder.ts';
import { readTable, writeTable } from './table.ts';

const MOST_FILES = 50_000;
const NAME = /^orders-\d{8}T\d{6}Z-(.+)-v(\d+)(-cancelled)?\.csv$/;

/** Letters, digits and `-` stay; everything else becomes `_` and its bytes in hex, so that the name tells the reference exactly. */
export const nameOf = (reference: string): string => [...Buffer.from(reference)].map((byte) => (/[A-Za-z0-9-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `_${byte.toString(16).padStart(2, '0')}`)).join('');

/** `2026-11-25T12:00:00.000Z` → `20261125T120000Z`. */
const compact = (instant: string): string => instant.replace(/[-:]|\.\d+/g, '');

export interface Sent { version: number; path: string; isCancelled: boolean }

/** The newest version of an order that was written, or null. Bounded: throws when the folders hold more than 50,000 files. */
export async function sentOrder(folder: Folder, reference: string): Promise<Sent | null> {
  const wanted = nameOf(reference);
  let newest: Omit<Sent, 'isCancelled'> | null = null, cancelled = 0;
  for (const path of ['out', 'out/processed']) {
    for (const { name } of await folder.list(path, MOST_FILES)) {
      const [, ours, number, isCancellation] = NAME.exec(name) ?? [], version = Number(number);
      if (ours !== wanted) continue;
      if (isCancellation) cancelled = Math.max(cancelled, version);
      else if (version > (newest?.version ?? 0)) newest = { version, path: `${path}/${name}` };
    }
  }
  return newest === null ? null : { ...newest, isCancelled: cancelled >= newest.version };
}

const ORDER_COLUMNS = ['type', 'reference', 'version', 'order_name', 'placed_at', 'line_reference', 'sku', 'quantity'];

export async function writeOrder(folder: Folder, order: WarehouseOrder): Promise<void> {
  const type = order.version === 1 ? 'placed' : 'changed';
  const rows = order.lines.map((line) => [type, order.reference, order.version, order.orderName, order.placedAt, line.lineReference, line.sku, line.quantity]);
  await folder.write(`out/orders-${compact(order.placedAt)}-${nameOf(order.reference)}-v${order.version}.csv`, writeTable([ORDER_COLUMNS, ...rows]));
}

export async function writeCancellation(folder: Folder, reference: string, version: number, at: Date): Promise<void> {
  await folder.write(`out/orders-${compact(at.toISOString())}-${nameOf(reference)}-v${version}-cancelled.csv`, writeTable([ORDER_COLUMNS, ['cancelled', reference, version, '', '', '', '', '']]));
}

/** Once for a reference. */
export async function writeReturn(folder: Folder, announced: WarehouseReturn, at: Date): Promise<void> {
  const ending = `-${nameOf(announced.reference)}.csv`, isSent = (name: string): boolean => /^returns-announced-\d{8}T\d{6}Z-/.test(name) && name.slice('returns-announced-00000000T000000Z'.length) === ending;
  for (const path of ['out', 'out/processed']) if ((await folder.list(path, MOST_FILES)).some(({ name }) => isSent(name))) return;
  const rows = announced.lines.map((line) => [announced.reference, announced.orderReference, line.lineReference, line.sku, line.quantity]);
  await folder.write(`out/returns-announced-${compact(at.toISOString())}${ending}`, writeTable([['reference', 'order_reference', 'line_reference', 'sku', 'quantity'], ...rows]));
}

/** The lines of an order file of ours. */
export async function linesOf(folder: Folder, path: string): Promise<WarehouseOrderLine[]> {
  return readTable(await folder.read(path), ORDER_COLUMNS).rows.map(({ cells }) => ({ lineReference: cells['line_reference']!, sku: cells['sku']!, quantity: Number(cells['quantity']) }));
}
