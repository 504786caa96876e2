/** What happened in Tryton since a cursor: orders taken or refused, shipments, returns, receipts, and every other change of stock. */
import type { WarehouseBatch, WarehouseFact, WarehouseReject } from '../../ports/warehouse.ts';
import { changesSince, type Changed, type Mark } from './changes-since.ts';
import type { TrytonClient } from './client.ts';
import { readOrReject, tracedMoves, type TracedMove } from './moves.ts';
import { dispositionAt, type Places } from './places.ts';
import { CANCELLED, ORDER } from './sales.ts';
import { instantOf, stampOf } from './wire.ts';

interface SaleRow extends Changed { number: string | null; reference: string; description: string; state: string; shipment_state: string }
interface ShipmentRow extends Changed { number: string; reference: string | null; state: string; outgoing_moves?: number[]; incoming_moves?: number[]; inventory_moves: number[] }
interface MoveRow extends Changed { origin: string | null; shipment: string | null; 'from_location.': { name: string }; 'to_location.': { name: string } }
interface Found { facts: WarehouseFact[]; rejects: WarehouseReject[] }
type Marks = Record<string, Mark | undefined>;

/** Batches kind by kind, oldest first within each. The cursor holds a mark for every kind. */
export async function* documentsSince(client: TrytonClient, places: Places, cursor: string | null): AsyncIterable<WarehouseBatch> {
  const marks = (cursor === null ? {} : JSON.parse(cursor)) as Marks;
  async function* kind<T extends Changed>(model: string, domain: unknown[], fields: string[], read: (rows: T[]) => Promise<Found> | Found): AsyncIterable<WarehouseBatch> {
    for await (const { rows, mark } of changesSince<T>(client, model, domain, fields, marks[model] ?? null)) {
      marks[model] = mark;
      yield { ...await read(rows), cursor: JSON.stringify(marks) };
    }
  }
  const here = ['warehouse', '=', places.warehouse], tree = [...places.onHand];

  yield* kind<SaleRow>('sale.sale', [['party', '=', places.customer], ['description', 'like', `${ORDER} %`], ['state', 'in', ['confirmed', 'processing', 'done', 'cancelled']]],
    ['number', 'reference', 'description', 'state', 'shipment_state'], (rows) => ({ facts: rows.flatMap(answerOf), rejects: [] }));

  yield* kind<ShipmentRow>('stock.shipment.in', [here, ['state', '=', 'done']], ['number', 'reference', 'incoming_moves', 'inventory_moves'], (rows) => perDocument('stock.shipment.in', rows, (row, done) => {
    // Where there is no input zone, goods come straight to their place.
    const stored = row.inventory_moves.length > 0 ? row.inventory_moves : row.incoming_moves!;
    return byReference(done(stored).filter((move) => places.onHand.has(move.to)), row, (reference, moves, id) => ({
      type: 'goods received', id, reference, at: latest(moves),
      lines: moves.map((move) => ({ lineReference: move.lineReference, sku: move.sku, quantity: move.quantity, damaged: places.unsellable.has(move.to) ? move.quantity : 0 })),
    }));
  }));

  yield* kind<ShipmentRow>('stock.shipment.out.return', [here, ['state', 'in', ['received', 'done']]], ['number', 'reference', 'state', 'incoming_moves', 'inventory_moves'], (rows) => perDocument('stock.shipment.out.return', rows, (row, done) => [
    ...byReference(done(row.incoming_moves!), row, (reference, moves, id) => ({ type: 'return received', id, reference, at: latest(moves), lines: moves.map(lineOf) })),
    ...byReference(row.state === 'done' ? done(row.inventory_moves) : [], row, (reference, moves, id) => ({
      type: 'return inspected', id, reference, at: latest(moves), lines: moves.map((move) => ({ ...lineOf(move), disposition: dispositionAt(places, move.to) })),
    })),
  ]));

  yield* kind<ShipmentRow>('stock.shipment.out', [here, ['state', '=', 'done']], ['number', 'reference', 'outgoing_moves', 'inventory_moves'], (rows) => perDocument('stock.shipment.out', rows, (row, done) =>
    byReference(done(row.outgoing_moves!), row, (reference, moves, id) => ({
      // Tryton's stock module knows no parcels; people type tracking numbers into the shipment's reference.
      type: 'shipment', id, reference, at: latest(moves), lines: moves.map(lineOf), parcels: (row.reference ?? '').split(/[\s,;]+/).filter(Boolean).map((number) => ({ number, carrier: null, url: null })),
    }))));

  yield* kind<MoveRow>('stock.move', [['state', '=', 'done'], ['OR', ['from_location', 'in', tree], ['to_location', 'in', tree]],
    ['OR', ['shipment', '=', null], ['shipment', 'like', 'stock.shipment.internal,%'], ['shipment', 'like', 'stock.shipment.in.return,%']]],
  ['origin', 'shipment', 'from_location.name', 'to_location.name'], (rows) => otherChanges(rows));

  async function perDocument(model: string, rows: ShipmentRow[], read: (row: ShipmentRow, done: (ids: readonly number[]) => TracedMove[]) => WarehouseFact[]): Promise<Found> {
    const moves = await tracedMoves(client, rows.flatMap((row) => [...row.outgoing_moves ?? [], ...row.incoming_moves ?? [], ...row.inventory_moves]));
    const rejects: WarehouseReject[] = [];
    return { facts: rows.flatMap((row) => readOrReject(`${model} ${row.number}`, rejects, () => read(row, moves.done))), rejects };
  }

  async function otherChanges(rows: MoveRow[]): Promise<Found> {
    const moves = await tracedMoves(client, rows.map((row) => row.id)), rejects: WarehouseReject[] = [];
    const facts = rows.flatMap((row) => readOrReject<WarehouseFact>(`stock.move ${row.id}`, rejects, () => moves.done([row.id]).flatMap((move) => {
      const change = (places: { has(location: number): boolean }): number => (Number(places.has(move.to)) - Number(places.has(move.from))) * move.quantity;
      const onHandChange = change(places.onHand), unsellableChange = change(places.unsellable);
      if (onHandChange === 0 && unsellableChange === 0) return [];
      return [{ type: 'change', id: `stock.move,${move.id}`, at: move.at, sku: move.sku, onHandChange, unsellableChange, reason: `${whyMoved(row)}: ${row['from_location.'].name} to ${row['to_location.'].name}` }];
    })));
    return { facts, rejects };
  }
}

/** A sale we made and nobody cancelled is an order taken; one that a person cancelled, or whose shipments a person cancelled, is refused. */
function answerOf(row: SaleRow): WarehouseFact[] {
  if (row.description.includes(CANCELLED)) return [];
  const at = instantOf(stampOf(row.write_date ?? row.create_date)), id = `sale.sale,${row.id}`;
  if (row.state === 'cancelled' || row.shipment_state === 'exception') return [{ type: 'refused', id, at, reference: row.reference, reason: `Sale ${row.number} or its shipment was cancelled in Tryton` }];
  return [{ type: 'acknowledged', id, at, reference: row.reference, warehouseReference: row.number ?? String(row.id) }];
}

/** One fact for each order a document serves. Its id is Tryton's, with the reference when it serves several. */
function byReference(moves: TracedMove[], row: ShipmentRow, fact: (reference: string, moves: TracedMove[], id: string) => WarehouseFact): WarehouseFact[] {
  const groups = Map.groupBy(moves, (move) => move.reference ?? row.reference ?? row.number);
  return [...groups].map(([reference, group]) => fact(reference, group, groups.size === 1 ? String(row.id) : `${row.id}/${reference}`));
}

const lineOf = (move: TracedMove): { lineReference: string | null; sku: string; quantity: number } => ({ lineReference: move.lineReference, sku: move.sku, quantity: move.quantity });
const latest = (moves: readonly TracedMove[]): string => moves.map((move) => move.at).sort().at(-1)!;

function whyMoved(row: MoveRow): string {
  if (row.origin?.startsWith('stock.inventory.line,')) return 'Counted';
  if (row.shipment?.startsWith('stock.shipment.in.return,')) return 'Returned to the supplier';
  return row.shipment ? 'Moved' : 'Corrected';
}
