/** Rows of a warehouse's files as facts. Rows with one id are one document: a bad row holds back its document, and nothing else. */
import { DISPOSITIONS, type Disposition, type WarehouseFact, type WarehouseReject } from '../../ports/warehouse.ts';
import { readTable, UnreadableFile, type Row } from './table.ts';

/** A cell that cannot be read; the message goes on from the column's name. */
class BadCell extends Error {
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

const MOST_UNITS = 1_000_000_000;

function text(row: Row, field: string, longest = 200): string {
  const value = row.cells[field] ?? '';
  if (value === '') throw new BadCell(field, 'is empty');
  if (value.length > longest) throw new BadCell(field, `is longer than ${longest} characters`);
  if (/[\u0000-\u001f\u007f]/.test(value)) throw new BadCell(field, 'holds a control character');
  return value;
}
const optional = (row: Row, field: string, longest = 200): string | null => (row.cells[field] ? text(row, field, longest) : null);

function units(row: Row, field: string, { least = 0, absent }: { least?: number; absent?: number } = {}): number {
  const value = row.cells[field] ?? '';
  if (value === '' && absent !== undefined) return absent;
  if (!/^[+-]?\d{1,10}(\.0+)?$/.test(value)) throw new BadCell(field, value === '' ? 'is empty' : `is ${value.slice(0, 40)}, not a whole number`);
  const number = Number(value);
  if (number < least || number > MOST_UNITS) throw new BadCell(field, `is ${number}, not ${least} to ${MOST_UNITS}`);
  return number;
}

function instant(row: Row): string {
  const value = text(row, 'at'), ms = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/.test(value) ? Date.parse(value.replace(' ', 'T')) : Number.NaN;
  // JavaScript takes 31 February for 3 March.
  const isDay = !Number.isNaN(ms) && new Date(`${value.slice(0, 10)}T00:00:00Z`).toISOString().startsWith(value.slice(0, 10));
  if (!isDay) throw new BadCell('at', `is ${value.slice(0, 40)}, not an instant with a time zone like 2026-11-25T12:00:00Z`);
  return new Date(ms).toISOString();
}

function link(row: Row): string | null {
  const value = optional(row, 'tracking_url', 1_000);
  if (value !== null && !['http:', 'https:'].includes(URL.parse(value)?.protocol ?? '')) throw new BadCell('tracking_url', 'is not an http or https address');
  return value;
}

const line = (row: Row) => ({ lineReference: optional(row, 'line_reference'), sku: text(row, 'sku'), quantity: units(row, 'quantity') });
const document = (rows: Row[]) => ({ id: text(rows[0]!, 'id'), at: instant(rows[0]!) });
const reference = (rows: Row[]): string => text(rows[0]!, 'reference');

function disposition(row: Row): Disposition {
  const value = text(row, 'disposition').toLowerCase() as Disposition;
  if (!DISPOSITIONS.includes(value)) throw new BadCell('disposition', `is none of ${DISPOSITIONS.join(', ')}`);
  return value;
}

interface Kind {
  columns: string[];
  /** Several rows may make one document; they agree in `id`, `at` and `reference`. */
  isDocument: boolean;
  read(rows: Row[]): WarehouseFact;
}

/** By the beginning of the file's name. */
export const KINDS: Record<string, Kind> = {
  stock: { columns: ['sku', 'on_hand', 'at'], isDocument: false, read([row]) {
    const count = { sku: text(row!, 'sku'), onHand: units(row!, 'on_hand'), unsellable: units(row!, 'unsellable', { absent: 0 }), at: instant(row!) };
    if (count.unsellable > count.onHand) throw new BadCell('unsellable', 'is more than on_hand, of which it is a part');
    return { type: 'stock', ...count };
  } },
  changes: { columns: ['id', 'at', 'sku', 'on_hand_change', 'reason'], isDocument: false, read: (rows) => ({
    type: 'change', ...document(rows), sku: text(rows[0]!, 'sku'), onHandChange: units(rows[0]!, 'on_hand_change', { least: -MOST_UNITS }),
    unsellableChange: units(rows[0]!, 'unsellable_change', { least: -MOST_UNITS, absent: 0 }), reason: text(rows[0]!, 'reason', 500),
  }) },
  acknowledgements: { columns: ['id', 'at', 'reference', 'warehouse_reference'], isDocument: false, read(rows) {
    const refused = optional(rows[0]!, 'refused_because', 500);
    if (refused !== null) return { type: 'refused', ...document(rows), reference: reference(rows), reason: refused };
    return { type: 'acknowledged', ...document(rows), reference: reference(rows), warehouseReference: text(rows[0]!, 'warehouse_reference') };
  } },
  shipments: { columns: ['id', 'at', 'reference', 'sku', 'quantity'], isDocument: true, read(rows) {
    const parcels = rows.map((row) => ({ number: optional(row, 'tracking_number'), carrier: optional(row, 'carrier'), url: link(row) })).filter((parcel) => Object.values(parcel).some(Boolean));
    return { type: 'shipment', ...document(rows), reference: reference(rows), lines: rows.map(line), parcels: [...new Map(parcels.map((parcel) => [JSON.stringify(parcel), parcel])).values()] };
  } },
  'returns-received': { columns: ['id', 'at', 'reference', 'sku', 'quantity'], isDocument: true, read: (rows) => ({ type: 'return received', ...document(rows), reference: reference(rows), lines: rows.map(line) }) },
  'returns-inspected': { columns: ['id', 'at', 'reference', 'sku', 'quantity', 'disposition'], isDocument: true, read: (rows) => ({
    type: 'return inspected', ...document(rows), reference: reference(rows), lines: rows.map((row) => ({ ...line(row), disposition: disposition(row) })),
  }) },
  'goods-received': { columns: ['id', 'at', 'reference', 'sku', 'quantity'], isDocument: true, read: (rows) => ({
    type: 'goods received', ...document(rows), reference: reference(rows), lines: rows.map((row) => {
      const arrived = line(row), damaged = units(row, 'damaged', { absent: 0 });
      if (damaged > arrived.quantity) throw new BadCell('damaged', 'is more than quantity, of which it is a part');
      return { ...arrived, damaged };
    }),
  }) },
};

/** `goods-received-2026-11-25.csv` → `goods-received`; null when a name fits none. */
export const kindOf = (name: string): string | null => Object.keys(KINDS).find((kind) => new RegExp(`^${kind}-.*\\.csv$`, 'i').test(name)) ?? null;

/** Facts in the order of their first rows. A file that cannot be read at all is one reject. */
export function readRows(name: string, content: Uint8Array): { facts: WarehouseFact[]; rejects: WarehouseReject[] } {
  const kind = KINDS[kindOf(name) ?? ''];
  if (!kind) return { facts: [], rejects: [{ where: name, field: null, message: `begins with none of ${Object.keys(KINDS).join('-, ')}-`, raw: '' }] };
  const facts: WarehouseFact[] = [], rejects: WarehouseReject[] = [];
  const refuse = (row: { line: number; raw: string }, field: string | null, message: string): void => { rejects.push({ where: `${name}, line ${row.line}`, field, message, raw: row.raw }); };
  try {
    const { rows, broken } = readTable(content, kind.columns);
    for (const row of broken) refuse(row, null, row.message);
    const documents = kind.isDocument ? Map.groupBy(rows, (row) => row.cells['id'] || `line ${row.line}`).values() : rows.map((row) => [row]);
    for (const group of documents) readDocument(kind, group, facts, refuse);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    rejects.push({ where: name, field: error.field, message: error.message, raw: '' });
  }
  return { facts, rejects };
}

function readDocument(kind: Kind, group: Row[], facts: WarehouseFact[], refuse: (row: Row, field: string | null, message: string) => void): void {
  // Each row by itself first, so that the fault is named where it is.
  const faults = new Map<Row, BadCell>();
  for (const row of group) {
    try {
      kind.read([row]);
      const odd = ['at', 'reference'].find((field) => kind.isDocument && row.cells[field] !== group[0]!.cells[field]);
      if (odd) throw new BadCell(odd, `is another than in line ${group[0]!.line} of the same id`);
    } catch (error) {
      if (!(error instanceof BadCell)) throw error;
      faults.set(row, error);
    }
  }
  if (faults.size === 0) {
    const fact = kind.read(group);
    // Rows of no units carry a second parcel, or a line that is not in this document.
    if ('lines' in fact) fact.lines = fact.lines.filter((each) => each.quantity > 0) as never;
    if (!('lines' in fact) || fact.lines.length > 0) facts.push(fact);
    else for (const row of group) refuse(row, 'quantity', 'is 0 in every row of the id');
    return;
  }
  const bad = [...faults.keys()][0]!;
  // Told later in part, the rest would be a second hearing of the same id: the document waits whole.
  for (const row of group) refuse(row, faults.get(row)?.field ?? null, faults.get(row)?.message ?? `left out with line ${bad.line} of the same id`);
}
