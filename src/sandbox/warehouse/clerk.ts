/** A clerk who reads the customer's files in `out/` and writes what the building says into `in/`. Written from docs/warehouse-files.md. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { Refused, type Building, type Line, type Message, type Parcel } from './building.ts';
import type { Faults } from './faults.ts';

const COLUMNS: Record<string, string[]> = {
  stock: ['sku', 'on_hand', 'unsellable', 'at'], changes: ['id', 'at', 'sku', 'on_hand_change', 'unsellable_change', 'reason'],
  acknowledgements: ['id', 'at', 'reference', 'warehouse_reference', 'refused_because'],
  shipments: ['id', 'at', 'reference', 'line_reference', 'sku', 'quantity', 'tracking_number', 'carrier', 'tracking_url'],
  'returns-received': ['id', 'at', 'reference', 'line_reference', 'sku', 'quantity'], 'returns-inspected': ['id', 'at', 'reference', 'line_reference', 'sku', 'quantity', 'disposition'],
  'goods-received': ['id', 'at', 'reference', 'line_reference', 'sku', 'quantity', 'damaged'],
};
const KINDS: Record<string, string> = {
  'stock.counted': 'stock', 'stock.changed': 'changes', 'order.acknowledged': 'acknowledgements', 'order.refused': 'acknowledgements', 'order.shipped': 'shipments',
  'return.received': 'returns-received', 'return.inspected': 'returns-inspected', 'goods.received': 'goods-received',
};
type Cells = Record<string, string | number | null | undefined>;

export class Clerk {
  readonly #folder: string;
  readonly #building: Building;
  readonly #faults: Faults;
  #written = 0;
  #files = 0;
  #halves: { name: string; content: string }[] = [];

  constructor(folder: string, building: Building, faults: Faults) {
    this.#folder = folder;
    this.#building = building;
    this.#faults = faults;
    for (const path of ['out/processed', 'in/processed', 'in/rejects']) mkdirSync(join(folder, path), { recursive: true });
  }

  /** One round: completes half files, reads orders, writes news. */
  work(): void {
    for (const { name, content } of this.#halves.splice(0)) writeFileSync(join(this.#folder, 'in', name), content);
    for (const name of readdirSync(join(this.#folder, 'out')).filter((each) => each.endsWith('.csv')).sort()) {
      const rows = parse(readFileSync(join(this.#folder, 'out', name)), { columns: true, bom: true }) as Record<string, string>[];
      if (name.startsWith('orders-')) this.#takeOrder(rows);
      else if (name.startsWith('returns-announced-')) this.#takeReturn(rows);
      renameSync(join(this.#folder, 'out', name), join(this.#folder, 'out/processed', name));
    }
    const news = this.#faults.inOrder(this.#building.said.slice(this.#written));
    this.#written = this.#building.said.length;
    for (const [kind, messages] of Map.groupBy(news, (message) => KINDS[message.type]!)) this.#write(kind, messages.flatMap(rowsOf));
  }

  #takeOrder(rows: Record<string, string>[]): void {
    const [first] = rows;
    if (!first) return;
    const reference = first['reference']!;
    if (first['type'] === 'cancelled') { this.#building.cancel(reference); return; }
    try {
      this.#building.place({ reference, orderName: first['order_name']!, version: Number(first['version']), placedAt: first['placed_at']!, lines: rows.map((row) => ({ lineReference: row['line_reference']!, sku: row['sku']!, quantity: Number(row['quantity']) })) });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // There is nobody to answer: the refusal goes into the next file.
      this.#building.said.push({ type: 'order.refused', id: `refused-${reference}-${first['version']}`, at: first['placed_at']!, reference, reason: error.message });
    }
  }
  #takeReturn(rows: Record<string, string>[]): void {
    const [first] = rows;
    if (first) this.#building.returns.set(first['reference']!, { reference: first['reference']!, orderReference: first['order_reference']!, lines: rows.map((row) => ({ lineReference: row['line_reference']!, sku: row['sku']!, quantity: Number(row['quantity']) })) });
  }

  #write(kind: string, rows: Cells[]): void {
    const columns = COLUMNS[kind]!;
    if (this.#faults.take('malform')) rows = [{ ...rows[0], ...(kind === 'stock' ? { on_hand: 'many' } : { id: `${String(rows[0]!['id'])}-bad`, at: 'yesterday' }) }, ...rows];
    // Semicolons, a byte order mark and CRLF, as a spreadsheet would save it.
    const content = `\ufeff${[columns, ...rows.map((row) => columns.map((column) => quoted(row[column] ?? '')))].map((cells) => cells.join(';')).join('\r\n')}\r\n`;
    for (let times = this.#faults.take('duplicate') ? 2 : 1; times > 0; times--) {
      const name = `${kind}-${String(++this.#files).padStart(6, '0')}.csv`;
      if (this.#faults.take('halfFile')) {
        this.#halves.push({ name, content });
        writeFileSync(join(this.#folder, 'in', name), content.slice(0, content.length / 2));
      } else {
        writeFileSync(join(this.#folder, 'in', `${name}.part`), content);
        renameSync(join(this.#folder, 'in', `${name}.part`), join(this.#folder, 'in', name));
      }
    }
  }
}

const quoted = (cell: string | number): string => (/[";\r\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell));

function rowsOf(message: Message): Cells[] {
  const { id, at } = message, reference = message['reference'] as string;
  const lines = (message['lines'] ?? []) as (Line & { disposition?: string; damaged?: number })[];
  switch (message.type) {
    case 'stock.counted': return (message['rows'] as { sku: string; onHand: number; unsellable: number; at: string }[]).map((row) => ({ sku: row.sku, on_hand: row.onHand, unsellable: row.unsellable, at: row.at }));
    case 'stock.changed': return [{ id, at, sku: message['sku'] as string, on_hand_change: message['onHandChange'] as number, unsellable_change: message['unsellableChange'] as number, reason: message['reason'] as string }];
    case 'order.acknowledged': return [{ id, at, reference, warehouse_reference: message['warehouseReference'] as string }];
    case 'order.refused': return [{ id, at, reference, refused_because: message['reason'] as string }];
  }
  const rows: Cells[] = lines.map((line) => ({ id, at, reference, line_reference: line.lineReference, sku: line.sku, quantity: line.quantity, disposition: line.disposition, damaged: line.damaged }));
  // Each parcel needs a row to stand on; a row of no units carries what the lines have no room for.
  ((message['parcels'] ?? []) as Parcel[]).forEach((parcel, index) => {
    rows[index] ??= { ...rows[0], quantity: 0 };
    Object.assign(rows[index], { tracking_number: parcel.number, carrier: parcel.carrier, tracking_url: parcel.url });
  });
  return rows;
}
