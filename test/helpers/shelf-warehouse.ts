/** A warehouse in memory that answers our port, with a book of its own: what stands on its shelves is counted from what it did, never from what it was told. */
import { NetworkError } from '../../src/connectors/http.ts';
import type { Disposition, FactLine, Warehouse, WarehouseFact, WarehouseOrder, WarehouseReturn } from '../../src/ports/warehouse.ts';

export interface ShelfWarehouse extends Warehouse {
  /** sku → units; changed by the deeds below. */
  readonly shelf: Map<string, { onHand: number; unsellable: number }>;
  readonly orders: Map<string, { order: WarehouseOrder; state: 'open' | 'shipped' | 'cancelled'; shipped: Map<string, number>; calls: number }>;
  readonly announced: WarehouseReturn[];
  /** Facts said and not yet handed over, in the order they will be. */
  readonly outgoing: WarehouseFact[];
  /** Every document ever said, by type and id. */
  readonly said: WarehouseFact[];
  put(sku: string, units: number): void;
  count(sku: string): void;
  countAll(): void;
  change(sku: string, onHand: number, unsellable?: number): void;
  ship(reference: string, lines: { lineReference: string; quantity: number }[], number?: string | null): string;
  /** Goods of a purchase order were put away, damaged ones among them. */
  receive(reference: string, sku: string, quantity: number, damaged: number): string;
  receiveReturn(reference: string, lines: FactLine[]): string;
  inspectReturn(reference: string, lines: (FactLine & { disposition: Disposition })[]): string;
  /** The next calls outward are answered by silence: before the deed is done, or after. */
  failNext: { before: number; after: number };
}

/** `clock` answers ISO; ids are numbered from one. */
export function shelfWarehouse(clock: () => string): ShelfWarehouse {
  // Deeds of one instant still follow one another: a count names everything up to and including its moment.
  let last = 0;
  const now = (): string => { last = Math.max(last + 1, Date.parse(clock())); return new Date(last).toISOString(); };
  const shelf: ShelfWarehouse['shelf'] = new Map(), orders: ShelfWarehouse['orders'] = new Map(), outgoing: WarehouseFact[] = [], said: WarehouseFact[] = [], announced: WarehouseReturn[] = [];
  const failNext = { before: 0, after: 0 };
  let next = 1, handed = 0;
  const id = (kind: string): string => `${kind}-${next++}`;
  const say = (fact: WarehouseFact): void => { outgoing.push(fact); said.push(fact); };
  const at = (sku: string): { onHand: number; unsellable: number } => {
    let entry = shelf.get(sku);
    if (!entry) shelf.set(sku, entry = { onHand: 0, unsellable: 0 });
    return entry;
  };
  const silent = <T>(work: () => T): T => {
    if (failNext.before > 0) { failNext.before--; throw new NetworkError('the warehouse did not answer'); }
    const result = work();
    if (failNext.after > 0) { failNext.after--; throw new NetworkError('the answer of the warehouse was lost'); }
    return result;
  };
  const warehouse: ShelfWarehouse = {
    shelf, orders, outgoing, said, announced, failNext,
    put(sku, units) { at(sku).onHand += units; },
    count(sku) { say({ type: 'stock', sku, ...at(sku), at: now() }); },
    countAll() { for (const sku of shelf.keys()) warehouse.count(sku); },
    change(sku, onHand, unsellable = 0) {
      at(sku).onHand += onHand;
      at(sku).unsellable += unsellable;
      say({ type: 'change', id: id('C'), sku, onHandChange: onHand, unsellableChange: unsellable, reason: 'adjusted', at: now() });
    },
    receive(reference, sku, quantity, damaged) {
      at(sku).onHand += quantity;
      at(sku).unsellable += damaged;
      const document = id('G');
      say({ type: 'goods received', id: document, reference, at: now(), lines: [{ lineReference: null, sku, quantity, damaged }] });
      return document;
    },
    ship(reference, lines, number = `TRACK-${next}`) {
      const known = orders.get(reference)!;
      const facts = lines.map(({ lineReference, quantity }) => {
        const line = known.order.lines.find((l) => l.lineReference === lineReference)!;
        at(line.sku).onHand -= quantity;
        known.shipped.set(lineReference, (known.shipped.get(lineReference) ?? 0) + quantity);
        return { lineReference, sku: line.sku, quantity };
      });
      if (known.order.lines.every((line) => (known.shipped.get(line.lineReference) ?? 0) >= line.quantity)) known.state = 'shipped';
      const shipment = id('S');
      say({ type: 'shipment', id: shipment, reference, lines: facts, parcels: number === null ? [] : [{ number, carrier: 'royalmail', url: null }], at: now() });
      return shipment;
    },
    receiveReturn(reference, lines) { const made = id('R'); say({ type: 'return received', id: made, reference, lines, at: now() }); return made; },
    inspectReturn(reference, lines) {
      for (const line of lines) {
        if (line.disposition !== 'scrap') at(line.sku).onHand += line.quantity;
        if (line.disposition === 'damaged' || line.disposition === 'quarantine') at(line.sku).unsellable += line.quantity;
      }
      const made = id('I');
      say({ type: 'return inspected', id: made, reference, lines, at: now() });
      return made;
    },

    async check() { return { detail: 'in memory' }; },
    async *facts() {
      if (outgoing.length === 0) return;
      handed += outgoing.length;
      yield { facts: [...outgoing], rejects: [], cursor: String(handed) };
    },
    async stored() { outgoing.length = 0; },
    async *stock() { yield { counts: [...shelf].map(([sku, entry]) => ({ type: 'stock' as const, sku, ...entry, at: now() })), rejects: [] }; },
    async findOrder(reference) {
      const known = silent(() => orders.get(reference));
      return known ? { warehouseReference: `W-${reference}`, version: known.order.version, state: known.state } : null;
    },
    async placeOrder(order) {
      return silent(() => {
        const known = orders.get(order.reference);
        if (!known) { orders.set(order.reference, { order, state: 'open', shipped: new Map(), calls: 1 }); return { warehouseReference: `W-${order.reference}`, outcome: 'created' as const }; }
        known.calls++;
        if (known.order.version >= order.version) return { warehouseReference: `W-${order.reference}`, outcome: 'known' as const };
        if (known.state === 'shipped') return { warehouseReference: `W-${order.reference}`, outcome: 'too late' as const };
        known.order = order;
        known.state = order.lines.every((line) => (known.shipped.get(line.lineReference) ?? 0) >= line.quantity) ? 'shipped' : 'open';
        return { warehouseReference: `W-${order.reference}`, outcome: 'changed' as const };
      });
    },
    async cancelOrder(reference) {
      return silent(() => {
        const known = orders.get(reference);
        if (!known) return 'cancelled' as const;
        if (known.shipped.size > 0) return 'too late' as const;
        known.state = 'cancelled';
        return 'cancelled' as const;
      });
    },
    async announceReturn(made) { silent(() => announced.push(made)); },
    async close() {},
  };
  return warehouse;
}
