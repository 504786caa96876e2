/** What the suite needs of the other side of a connector: a warehouse that can be moved by hand and has a book of its own. */
import type { Disposition, Warehouse, WarehouseFact, WarehouseReject } from '../../src/ports/warehouse.ts';

export interface Heard { facts: WarehouseFact[]; rejects: WarehouseReject[] }
export interface Units { sku: string; quantity: number }

export interface OtherSide {
  warehouse: Warehouse;
  /** A connector whose secret or password is wrong. */
  stranger(): Warehouse;
  /** Everything the warehouse said since the last time, by whatever way; stored. */
  hear(): Promise<Heard>;
  /** The same, but the listener dies before anything is stored. */
  hearAndDie(): Promise<Heard>;
  /** All that can be heard of it once more: the same files, messages or rows. */
  hearAllAgain(): Promise<Heard>;
  /** By the warehouse's own book. */
  book(sku: string): Promise<{ onHand: number; unsellable: number }>;
  /** Orders that stand under our reference there, whatever their version. */
  ordersUnder(reference: string): Promise<number>;
  linesOf(reference: string): Promise<Units[]>;
  acknowledge(reference: string): Promise<void>;
  refuse(reference: string): Promise<void>;
  ship(reference: string, lines: Units[], parcelNumbers: string[]): Promise<void>;
  receiveReturn(reference: string): Promise<void>;
  inspectReturn(reference: string, lines: (Units & { disposition: Disposition })[]): Promise<void>;
  receiveGoods(reference: string, lines: (Units & { damaged: number })[]): Promise<void>;
  adjust(sku: string, onHandChange: number, reason: string): Promise<void>;
  /** Tells the count of everything, where counts are told and not asked for. */
  count?(): Promise<void>;
  /** The next write is done, and its answer lost. `step` picks one of several calls where there are several. */
  loseAnswer(step: 'first' | 'last'): void;
  /** Something unreadable is said next, beside what is good. Answers the field that is bad. */
  sayNonsense(): Promise<string>;
  /** What this way of talking cannot do. */
  lacks: ('carriers' | 'an answer to an order' | 'lineReferences of receipts')[];
  stop(): Promise<void>;
}

export const SHELVES = { MUG: 100, CUP: 100, POT: 20 };
