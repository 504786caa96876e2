/**
 * One simulated shop: its tables in memory, written through to a SQLite file, its clock, its ids and its event stream.
 * An action puts records, emits events and commits; until the commit it can be rolled back without a trace.
 */
import { createHash } from 'node:crypto';
import { emptyIndexes, membersOf, reindex, type Indexes } from './engine/indexes.ts';
import { openShopFile } from './engine/shop-file.ts';
import { uuidOf } from './stable-ids.ts';
import type { AdjustmentRecord, ReturnRecord, Shop, ShopEvent, Tables, VariantRecord } from './state.ts';

export interface OpenShop extends Shop {
  /** Moves the shop's clock forward by `ms` milliseconds, for good (kept in the file). Throws RangeError when negative. */
  advance(ms: number): void;
  /**
   * Runs `fn` as one load: no events, one transaction on disk for all its commits, written in batches. `fn` may return a promise; until it
   * settles every commit belongs to the load. When it throws, everything since its start is undone, in memory and on disk.
   */
  bulkLoad<T>(fn: () => T): T;
  close(): void;
}

type TableName = keyof Tables;
const TABLE_NAMES: readonly TableName[] = ['shop', 'locations', 'products', 'variants', 'inventoryItems', 'levels', 'adjustments',
  'orders', 'fulfillmentOrders', 'fulfillments', 'returns', 'transfers', 'shipments', 'subscriptions', 'bulkOperations', 'idempotency'];

/** Ids of one kind step like Shopify's own; thirteen digits, so that text order is age order and nobody takes them for small numbers. */
const ID_STEP = 32_768;
/** Far above the largest id of a space: they end below nine million million. */
const SPACE = 10_000_000_000_000n;
const BATCH_RECORDS = 4_000;

interface Inner { indexes: Indexes; loading: boolean }
const inners = new WeakMap<Shop, Inner>();
const innerOf = (shop: Shop): Inner => {
  const inner = inners.get(shop);
  if (!inner) throw new TypeError('not a shop made by openShop');
  return inner;
};

/** True inside `bulkLoad`, where events are not emitted and need not be built. */
export const isLoading = (shop: Shop): boolean => innerOf(shop).loading;
/** The variants of a product by position, deleted ones left out. */
export const variantsOf = (shop: Shop, productId: string): VariantRecord[] =>
  membersOf(innerOf(shop).indexes.variantIdsByProduct, productId, shop.tables.variants)
    .filter((variant) => variant.deletedAt === null).sort((a, b) => a.position - b.position);
/** The returns of an order, in the order they were made. */
export const returnsOf = (shop: Shop, orderId: string): ReturnRecord[] => membersOf(innerOf(shop).indexes.returnIdsByOrder, orderId, shop.tables.returns);
/** Orders that still wait for their fulfilment orders, in the order of sale. */
export const unroutedOrders = (shop: Shop): string[] => [...innerOf(shop).indexes.unrouted];

/**
 * Opens (or creates) a shop.
 * @param options.file path of the SQLite file, or ':memory:'
 * @param options.clock milliseconds since 1970; the system's clock by default
 * @param options.idSpace shops of different spaces never share an id, of any kind; kept in the file from its first opening. From 900 on every id
 *   lies beyond 2^53, as Shopify's own samples do.
 */
export function openShop(options: { file: string; clock?: () => number; idSpace?: number }): OpenShop {
  const clock = options.clock ?? Date.now;
  const file = openShopFile(options.file);
  const tables = Object.fromEntries(TABLE_NAMES.map((name) => [name, new Map()])) as unknown as Tables;
  const inner: Inner = { indexes: emptyIndexes(), loading: false };
  const fresh = () => ({ offset: 0, last: 0, counters: {} as Record<string, number>, idSpace: options.idSpace ?? 0 });
  let state = fresh();

  type Records = Map<string, unknown>;
  const records = (table: TableName) => tables[table] as unknown as Records;
  /** What the open action replaced: table → id → the record before (undefined: there was none). */
  let before = new Map<TableName, Records>();
  /** Committed to memory, not yet on disk; outside a load it lives only within `commit`. */
  let unsaved = new Map<TableName, Set<string>>();
  let unsavedCount = 0;
  let events: ShopEvent[] = [];
  let actionId: string | null = null;
  const listeners: ((event: ShopEvent) => void)[] = [];

  function readFile(): void {
    inner.indexes = emptyIndexes();
    for (const name of TABLE_NAMES) tables[name].clear();
    state = fresh();
    const share = sharer();
    file.readAll((kind, id, record) => {
      if (kind === 'meta') { state = { ...fresh(), ...record as typeof state }; return; }
      if (kind === 'adjustments') share(record as AdjustmentRecord);
      records(kind as TableName).set(id, record);
      reindex(inner.indexes, kind as TableName, id, undefined, record);
    });
  }

  function change(table: TableName, id: string, next: unknown): void {
    const map = records(table);
    const previous = map.get(id);
    let undo = before.get(table);
    if (!undo) before.set(table, undo = new Map());
    if (!undo.has(id)) undo.set(id, previous);
    if (next === undefined) map.delete(id); else map.set(id, next);
    reindex(inner.indexes, table, id, previous, next);
  }

  function forget(): void {
    before = new Map();
    events = [];
    actionId = null;
  }

  function writeUnsaved(): void {
    for (const [table, ids] of unsaved) for (const id of ids) file.write(table, id, records(table).get(id) ?? null);
    unsaved = new Map();
    unsavedCount = 0;
    file.write('meta', 'state', state);
  }

  function inTransaction(write: () => void): void {
    file.begin();
    try {
      write();
      file.end();
    } catch (error) {
      file.undo();
      throw error;
    }
  }

  function deliver(batch: ShopEvent[]): void {
    for (const event of batch) {
      for (const listener of listeners) {
        // The action is done and durable: a listener's fault must surface, but not as a failure of the action.
        try { listener(event); } catch (error) { queueMicrotask(() => { throw error; }); }
      }
    }
  }

  function nextId(kind: string): string {
    const count = (state.counters[kind] ?? 0) + 1;
    state.counters[kind] = count;
    const id = idBase(kind) + count * ID_STEP;
    return state.idSpace === 0 ? String(id) : String(BigInt(state.idSpace) * SPACE + BigInt(id));
  }

  function newEventId(): string {
    return uuidOf([...tables.shop.keys()][0] ?? '', nextId('Event'));
  }

  function endLoad(failed: boolean): void {
    inner.loading = false;
    if (failed) { discardLoad(); return; }
    try {
      writeUnsaved();
      file.end();
    } catch (error) {
      discardLoad();
      throw error;
    }
  }

  function discardLoad(): void {
    forget();
    unsaved = new Map();
    unsavedCount = 0;
    file.undo();
    readFile();
  }

  const shop: OpenShop = {
    tables,
    now() {
      state.last = Math.max(state.last, clock() + state.offset);
      return new Date(state.last).toISOString();
    },
    nextId,
    put: (table, record) => change(table, idOf(record as object), record),
    remove: (table, id) => change(table, id, undefined),
    emit(topic, payload, eventId) {
      if (inner.loading) return;
      events.push({ topic, payload, at: shop.now(), eventId: eventId ?? (actionId ??= newEventId()) });
    },
    commit() {
      for (const [table, undo] of before) {
        let ids = unsaved.get(table);
        if (!ids) unsaved.set(table, ids = new Set());
        for (const id of undo.keys()) ids.add(id);
        unsavedCount += undo.size;
      }
      if (inner.loading) {
        if (unsavedCount >= BATCH_RECORDS) writeUnsaved();
        forget();
        return;
      }
      const batch = events;
      try {
        if (before.size > 0 || batch.length > 0) inTransaction(writeUnsaved);
      } catch (error) {
        unsaved = new Map();
        unsavedCount = 0;
        shop.rollback();
        throw error;
      }
      forget();
      deliver(batch);
    },
    rollback() {
      for (const [table, undo] of before) {
        const map = records(table);
        for (const [id, previous] of undo) {
          const current = map.get(id);
          if (previous === undefined) map.delete(id); else map.set(id, previous);
          reindex(inner.indexes, table, id, current, previous);
        }
      }
      forget();
    },
    onEvent: (listener) => { listeners.push(listener); },
    levelsOf: (itemId) => membersOf(inner.indexes.levelIdsByItem, itemId, tables.levels),
    variantOfItem(itemId) {
      const item = tables.inventoryItems.get(itemId);
      return item && tables.variants.get(item.variantId);
    },
    fulfillmentOrdersOf: (orderId) => membersOf(inner.indexes.fulfillmentOrderIdsByOrder, orderId, tables.fulfillmentOrders),
    fulfillmentsOf: (orderId) => membersOf(inner.indexes.fulfillmentIdsByOrder, orderId, tables.fulfillments),
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`a shop's clock only moves forward, not by ${ms} ms`);
      state.offset += ms;
      if (inner.loading) return;
      inTransaction(() => file.write('meta', 'state', state));
    },
    bulkLoad(fn) {
      if (inner.loading) throw new Error('a load is already running');
      if (before.size > 0) throw new Error('a load cannot start inside an uncommitted action');
      file.begin();
      inner.loading = true;
      try {
        const result = fn();
        if (!(result instanceof Promise)) { endLoad(false); return result; }
        return result.then((value) => { endLoad(false); return value; }, (error) => { endLoad(true); throw error; }) as typeof result;
      } catch (error) {
        if (inner.loading) endLoad(true);
        throw error;
      }
    },
    close: () => file.close(),
  };
  inners.set(shop, inner);
  readFile();
  return shop;
}

/** Adjustments are the most numerous records and repeat the same few texts: read from disk, they share them again (half the memory). */
function sharer(): (record: AdjustmentRecord) => void {
  const known = new Map<string, string>();
  const one = (text: string) => {
    const found = known.get(text);
    if (found === undefined) known.set(text, text);
    return found ?? text;
  };
  return (record) => {
    record.inventoryItemId = one(record.inventoryItemId);
    record.locationId = one(record.locationId);
    record.reason = one(record.reason);
    record.cause = one(record.cause);
  };
}

/** Idempotency outcomes are filed under their key, everything else under its id. */
function idOf(record: object): string {
  const { id, key } = record as { id?: string; key?: string };
  const found = id ?? key;
  if (found === undefined) throw new TypeError('a record needs an id');
  return found;
}

/** A kind's own range of ids, between 4 and 8 million million: far apart for the usual kinds, so that a mixed-up id finds nothing. */
const bases = new Map<string, number>();
function idBase(kind: string): number {
  let base = bases.get(kind);
  if (base === undefined) {
    base = 4_000_000_000_000 + createHash('sha256').update(kind).digest().readUInt32BE(0) % 4_000 * 1_000_000_000;
    bases.set(kind, base);
  }
  return base;
}
