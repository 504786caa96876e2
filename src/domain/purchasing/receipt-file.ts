/** A delivery note as CSV: code, quantity, damaged. Codes are SKU, barcode or the supplier's own; a code of no line, or of several, is an error with its line. */
import { columnsOf, type ImportError } from './import-columns.ts';
import { readCount } from './import-numbers.ts';
import { fileSigns } from './import-signs.ts';

export interface CodedLine { itemId: number; codes: readonly string[] }

export function readReceiptRows(rows: readonly { record: Record<string, string>; line: number }[], ordered: readonly CodedLine[], delimiter = ''): { lines: { itemId: number; quantity: number; damaged: number }[]; errors: ImportError[]; /** How cells that could be read otherwise were read. */ notes: string[] } {
  const errors: ImportError[] = [], sums = new Map<number, { itemId: number; quantity: number; damaged: number }>();
  if (rows.length === 0) return { lines: [], errors: [{ line: 1, field: 'file', message: 'has no rows' }], notes: [] };
  const { columns, missing } = columnsOf('receipt', Object.keys(rows[0]!.record));
  if (missing.length > 0) return { lines: [], errors: missing.map((field) => ({ line: 1, field, message: `no column of the file is ${field}` })), notes: [] };
  const { numbers, notes } = fileSigns(rows, columns, delimiter);
  const byCode = new Map<string, Set<number>>();
  for (const { itemId, codes } of ordered) for (const code of codes) byCode.set(code.toLowerCase(), (byCode.get(code.toLowerCase()) ?? new Set()).add(itemId));
  for (const { record, line } of rows) {
    const said = (field: string): string => (columns[field] === undefined ? '' : record[columns[field]]?.trim() ?? '');
    const code = said('sku') || said('barcode') || said('supplierSku'), hits = byCode.get(code.toLowerCase()) ?? new Set();
    if (code === '') { errors.push({ line, field: 'sku', message: 'is empty' }); continue; }
    if (hits.size !== 1) { errors.push({ line, field: 'sku', message: hits.size === 0 ? `${code} is on no line of this order` : `${code} is on several lines of this order` }); continue; }
    const quantity = readCount(said('quantity') || '0', 'units', numbers), damaged = readCount(said('damaged') || '0', 'units', numbers);
    if (typeof quantity === 'string') { errors.push({ line, field: 'quantity', message: quantity }); continue; }
    if (typeof damaged === 'string') { errors.push({ line, field: 'damaged', message: damaged }); continue; }
    const itemId = [...hits][0]!, before = sums.get(itemId);
    sums.set(itemId, { itemId, quantity: quantity + (before?.quantity ?? 0), damaged: damaged + (before?.damaged ?? 0) });
  }
  return { lines: [...sums.values()].filter((l) => l.quantity + l.damaged > 0), errors, notes };
}
