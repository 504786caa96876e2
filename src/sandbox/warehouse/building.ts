/** The building: orders to pick, goods coming and going, and what it says about them. Everything it says is also in its book. */
import { Book, NotThere, type Place } from './book.ts';

export interface Line { lineReference?: string | null; sku: string; quantity: number }
export interface Parcel { number?: string | null; carrier?: string | null; url?: string | null }
/** What the building tells its customer, in the words of the REST interface; the clerk puts it into files. */
export interface Message { type: string; id?: string; at: string; [field: string]: unknown }
export interface Order { reference: string; orderName: string; version: number; placedAt: string; lines: (Line & { shipped: number })[]; warehouseReference: string; isCancelled: boolean; isAnswered: boolean }
/** What a building must know after it was closed over night: balances by SKU, orders, returns, and how far its numbers went. */
export interface Memory { ids: number; orderCount: number; balances: [sku: string, shelf: number, aside: number, door: number][]; orders: Order[]; returns: { reference: string; orderReference: string; lines: Line[] }[]; arrived: [string, 'received' | 'inspected'][] }
export type Disposition = 'sellable' | 'damaged' | 'quarantine' | 'scrap';

/** A definite no; the reason goes to the customer. */
export class Refused extends Error { override name = 'Refused'; }

const PLACES: Record<Disposition, Place> = { sellable: 'shelf', damaged: 'aside', quarantine: 'aside', scrap: 'scrap' };
const MOST_LINES = 1_000;
/** Orders that are done are remembered for those who ask again or change their mind. */
const DONE_KEPT = 500;

export class Building {
  readonly book = new Book();
  readonly orders = new Map<string, Order>();
  readonly returns = new Map<string, { reference: string; orderReference: string; lines: Line[] }>();
  /** How far a return of this reference has come. */
  readonly arrived = new Map<string, 'received' | 'inspected'>();
  /** Everything said so far, in order. Readers keep their own place in it. */
  readonly said: Message[] = [];
  readonly #now: () => Date;
  readonly #heard: () => void;
  #ids = 0;
  #orderCount = 0;

  /** `heard` is called after each thing said. */
  constructor(now: () => Date, heard: () => void) {
    this.#now = now;
    this.#heard = heard;
  }
  #at(): string { return this.#now().toISOString(); }
  #say(type: string, fields: object): Message {
    const message = { type, id: `${type}-${++this.#ids}`, at: this.#at(), ...fields };
    this.said.push(message);
    this.#heard();
    return message;
  }
  /** A message of any content: what somebody types by hand. */
  say(type: string, fields: object): void { this.#say(type, fields); }
  #move(sku: string, from: Place, to: Place, quantity: number, cause: string): void { this.book.post({ at: this.#at(), sku, from, to, quantity, cause }); }
  /** Throws NotThere before anything moves when one of the lines lacks units. */
  #enough(lines: readonly Line[], place: Place): void {
    for (const [sku, own] of Map.groupBy(lines, (line) => line.sku)) {
      const wanted = own.reduce((sum, line) => sum + line.quantity, 0), there = this.book.balance(sku, place);
      if (there < wanted) throw new NotThere(`${place} holds ${there} of ${sku}, not ${wanted}`);
    }
  }

  /** Makes an order what it is here. Throws Refused for one that cannot be picked. */
  place(order: Omit<Order, 'warehouseReference' | 'isCancelled' | 'isAnswered' | 'lines'> & { lines: Line[] }): { warehouseReference: string; outcome: 'created' | 'changed' | 'known' | 'too late' } {
    const known = this.orders.get(order.reference);
    if (known && known.version >= order.version) return { warehouseReference: known.warehouseReference, outcome: 'known' };
    if (known?.lines.some((line) => line.shipped > 0)) return { warehouseReference: known.warehouseReference, outcome: 'too late' };
    if (order.lines.length === 0 || order.lines.length > MOST_LINES) throw new Refused(`An order has 1 to ${MOST_LINES} lines, not ${order.lines.length}`);
    const unknown = order.lines.find((line) => !this.book.skus().includes(line.sku));
    if (unknown) throw new Refused(`SKU ${unknown.sku} is not known here`);
    const warehouseReference = known?.warehouseReference ?? `W-${++this.#orderCount}`;
    this.orders.set(order.reference, { ...order, lines: order.lines.map((line) => ({ ...line, shipped: 0 })), warehouseReference, isCancelled: false, isAnswered: false });
    return { warehouseReference, outcome: known ? 'changed' : 'created' };
  }

  cancel(reference: string): 'cancelled' | 'too late' | 'unknown' {
    const order = this.orders.get(reference);
    if (!order) return 'unknown';
    if (order.lines.every((line) => line.shipped >= line.quantity)) return 'too late';
    order.isCancelled = true;
    return 'cancelled';
  }
  stateOf(order: Order): 'open' | 'shipped in part' | 'shipped' | 'cancelled' {
    if (order.lines.every((line) => line.shipped >= line.quantity)) return 'shipped';
    if (order.isCancelled) return order.lines.some((line) => line.shipped > 0) ? 'shipped' : 'cancelled';
    return order.lines.some((line) => line.shipped > 0) ? 'shipped in part' : 'open';
  }

  acknowledge(reference: string): void {
    const order = this.#order(reference);
    order.isAnswered = true;
    this.#say('order.acknowledged', { reference, warehouseReference: order.warehouseReference });
  }
  refuse(reference: string, reason: string): void {
    Object.assign(this.#order(reference), { isAnswered: true, isCancelled: true });
    this.#say('order.refused', { reference, reason });
  }
  /** Ships `lines` (SKU and units), everything that is left when absent. */
  ship(reference: string, lines?: readonly Line[], parcels: readonly Parcel[] = []): void {
    const order = this.#order(reference);
    if (order.isCancelled) throw new Refused(`Order ${reference} is cancelled`);
    const picked = (lines ?? order.lines.map((line) => ({ sku: line.sku, quantity: line.quantity - line.shipped }))).flatMap(({ sku, quantity }) => {
      let left = quantity;
      const parts = order.lines.filter((line) => line.sku === sku).flatMap((line) => {
        const part = Math.min(left, line.quantity - line.shipped);
        left -= part;
        return part > 0 ? [{ line, part }] : [];
      });
      if (left > 0) throw new Refused(`Order ${reference} has not ${quantity} of ${sku} left to ship`);
      return parts;
    });
    if (picked.length === 0) throw new Refused(`Order ${reference} has nothing left to ship`);
    this.#enough(picked.map(({ line, part }) => ({ sku: line.sku, quantity: part })), 'shelf');
    for (const { line, part } of picked) {
      this.#move(line.sku, 'shelf', 'outside', part, `shipment of ${reference}`);
      line.shipped += part;
    }
    this.#say('order.shipped', { reference, lines: picked.map(({ line, part }) => ({ lineReference: line.lineReference ?? null, sku: line.sku, quantity: part })), parcels });
  }

  /** Unannounced ones are taken too. */
  receiveReturn(reference: string, lines?: readonly Line[]): void {
    const arrived = lines ?? this.returns.get(reference)?.lines ?? [];
    for (const line of arrived) this.#move(line.sku, 'outside', 'door', line.quantity, `return ${reference}`);
    this.arrived.set(reference, 'received');
    this.#say('return.received', { reference, lines: arrived });
  }
  inspectReturn(reference: string, lines: readonly (Line & { disposition: Disposition })[]): void {
    this.#enough(lines, 'door');
    for (const line of lines) this.#move(line.sku, 'door', PLACES[line.disposition], line.quantity, `inspection of ${reference}`);
    this.arrived.set(reference, 'inspected');
    const announced = this.returns.get(reference)?.lines ?? [];
    this.#say('return.inspected', { reference, lines: lines.map((line) => ({ lineReference: announced.find((each) => each.sku === line.sku)?.lineReference ?? null, ...line })) });
  }
  /** `damaged` units are among `quantity`. */
  receiveGoods(reference: string, lines: readonly (Line & { damaged?: number })[]): void {
    for (const { sku, quantity, damaged = 0 } of lines) {
      this.#move(sku, 'outside', 'shelf', quantity - damaged, `receipt ${reference}`);
      this.#move(sku, 'outside', 'aside', damaged, `receipt ${reference}`);
    }
    this.#say('goods.received', { reference, lines });
  }
  /** Signed units of all and, among them, of the unsellable: found, lost, damaged on the shelf. */
  adjust(sku: string, onHandChange: number, unsellableChange: number, reason: string): void {
    for (const [place, change] of [['aside', unsellableChange], ['shelf', onHandChange - unsellableChange]] as const) {
      if (change > 0) this.#move(sku, 'difference', place, change, reason);
      else this.#move(sku, place, 'difference', -change, reason);
    }
    this.#say('stock.changed', { sku, onHandChange, unsellableChange, reason });
  }
  /** Puts units on the shelf without a word: what was there before we were asked. */
  lay(sku: string, quantity: number, place: Place = 'shelf'): void { this.#move(sku, 'difference', place, quantity, 'opening'); }

  memory(): Memory {
    const orders = [...this.orders.values()], isDone = (order: Order): boolean => order.isCancelled || this.stateOf(order) === 'shipped';
    return {
      ids: this.#ids, orderCount: this.#orderCount, balances: this.book.skus().map((sku) => [sku, this.book.balance(sku, 'shelf'), this.book.balance(sku, 'aside'), this.book.balance(sku, 'door')]),
      orders: orders.filter((order, at) => at >= orders.length - DONE_KEPT || !isDone(order)), returns: [...this.returns.values()].slice(-DONE_KEPT), arrived: [...this.arrived].slice(-DONE_KEPT),
    };
  }
  /** Makes an empty building what another one remembered. Numbers go on, so that a message is never taken for one of before. */
  recall(memory: Memory): void {
    [this.#ids, this.#orderCount] = [memory.ids, memory.orderCount];
    for (const [sku, shelf, aside, door] of memory.balances) for (const [place, units] of [['shelf', shelf], ['aside', aside], ['door', door]] as const) this.lay(sku, units, place);
    for (const order of memory.orders) this.orders.set(order.reference, order);
    for (const each of memory.returns) this.returns.set(each.reference, each);
    for (const [reference, how] of memory.arrived) this.arrived.set(reference, how);
  }

  rows(): { sku: string; onHand: number; unsellable: number; at: string }[] {
    const at = this.#at();
    return this.book.skus().map((sku) => ({ sku, ...this.book.stock(sku), at }));
  }
  /** Tells the count of every SKU. */
  tellStock(): void { this.said.push({ type: 'stock.counted', at: this.#at(), rows: this.rows() }); this.#heard(); }

  #order(reference: string): Order {
    const order = this.orders.get(reference);
    if (!order) throw new Refused(`Order ${reference} is not known here`);
    return order;
  }
}
