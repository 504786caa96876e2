/** Stock moves with what they were made for: the sale or purchase they come from, over the moves in between. */
import type { WarehouseReject } from '../../ports/warehouse.ts';
import type { TrytonClient } from './client.ts';
import { instantOf, stampOf, type WireInstant } from './wire.ts';

interface MoveRow {
  id: number; state: string; internal_quantity: number; origin: string | null; from_location: number; to_location: number; write_date: WireInstant | null; create_date: WireInstant;
  'product.': { code: string | null };
}
interface LineRow { id: number; note?: string | null; 'sale.'?: Named; 'purchase.'?: Named }
interface Named { reference: string | null; number: string | null; description: string | null }

/** A done move. `reference` and `lineReference` are null where it was made by hand. */
export interface TracedMove { id: number; sku: string; quantity: number; from: number; to: number; at: string; reference: string | null; lineReference: string | null }

const FIELDS = ['state', 'internal_quantity', 'origin', 'from_location', 'to_location', 'write_date', 'create_date', 'product.code'];
/** Only sales we made carry our line references in their notes. */
const OURS = /^Instep (order|return) /;

export interface TracedMoves {
  /** The done moves among `ids` that moved anything. Throws `UnreadableMove` when one is no whole number of units or its product has no code. */
  done(ids: readonly number[]): TracedMove[];
}
/** Told as a reject of the document the move is part of. */
export class UnreadableMove extends Error {
  readonly field: string;
  readonly raw: string;
  constructor(field: string, message: string, row: object) {
    super(message);
    this.field = field;
    this.raw = JSON.stringify(row).slice(0, 2_000);
  }
}

/** Reads the moves `ids` and their lines: three calls for a whole page of documents. */
export async function tracedMoves(client: TrytonClient, ids: readonly number[]): Promise<TracedMoves> {
  const rows = ids.length === 0 ? [] : await client.call<MoveRow[]>('stock.move', 'search_read', [[['id', 'in', ids]], 0, ids.length, null, FIELDS]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const lines = new Map<string, LineRow>();
  for (const [model, parent, more] of [['sale.line', 'sale', ['note']], ['purchase.line', 'purchase', []]] as const) {
    const wanted = [...new Set(rows.flatMap((row) => (row.origin?.startsWith(`${model},`) ? [Number(row.origin.split(',')[1])] : [])))];
    if (wanted.length === 0) continue;
    const found = await client.call<LineRow[]>(model, 'search_read', [[['id', 'in', wanted]], 0, wanted.length, null, [...more, `${parent}.reference`, `${parent}.number`, `${parent}.description`]]);
    for (const line of found) lines.set(`${model},${line.id}`, line);
  }

  function trace(row: MoveRow): TracedMove {
    const sku = row['product.'].code;
    if (!sku) throw new UnreadableMove('code', 'the product has no code', row);
    if (!Number.isSafeInteger(row.internal_quantity) || row.internal_quantity < 0) throw new UnreadableMove('quantity', `${sku}: ${row.internal_quantity} is no whole number of units`, row);
    // A move between zones comes from the move that brought the goods in; two steps lead to the line.
    let origin = row.origin;
    for (let steps = 0; steps < 3 && origin?.startsWith('stock.move,'); steps++) origin = byId.get(Number(origin.split(',')[1]))?.origin ?? null;
    const line = lines.get(origin ?? ''), made = line?.['sale.'] ?? line?.['purchase.'];
    return {
      id: row.id, sku, quantity: row.internal_quantity, from: row.from_location, to: row.to_location, at: instantOf(stampOf(row.write_date ?? row.create_date)),
      reference: made?.reference ?? made?.number ?? null, lineReference: (OURS.test(made?.description ?? '') && line?.note) || null,
    };
  }
  return { done: (ids) => ids.flatMap((id) => { const row = byId.get(id); return row?.state === 'done' && row.internal_quantity !== 0 ? [trace(row)] : []; }) };
}

/** Facts of one document, or its reject. */
export function readOrReject<T>(where: string, rejects: WarehouseReject[], read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadableMove)) throw error;
    rejects.push({ where, field: error.field, message: error.message, raw: error.raw });
    return [];
  }
}
