/** The shop's secondary indexes: which child records belong to which parent, kept in step with every write and every undo. */
import type { FulfillmentOrderRecord, FulfillmentRecord, LevelRecord, OrderRecord, ReturnRecord, Tables, VariantRecord } from '../state.ts';

type Members = Map<string, string[]>;

export interface Indexes {
  levelIdsByItem: Members; variantIdsByProduct: Members; fulfillmentOrderIdsByOrder: Members; fulfillmentIdsByOrder: Members; returnIdsByOrder: Members;
  /** Orders whose fulfilment orders do not exist yet (`routesAt` set). */
  unrouted: Set<string>;
}

export const emptyIndexes = (): Indexes => ({
  levelIdsByItem: new Map(), variantIdsByProduct: new Map(), fulfillmentOrderIdsByOrder: new Map(), fulfillmentIdsByOrder: new Map(), returnIdsByOrder: new Map(),
  unrouted: new Set(),
});

/** Brings the indexes in step with one record's change. A record's parent never changes during its life. */
export function reindex(indexes: Indexes, table: keyof Tables, id: string, before: unknown, after: unknown): void {
  if (table === 'orders') {
    const order = after as OrderRecord | undefined;
    if (order && order.routesAt !== null) indexes.unrouted.add(id); else indexes.unrouted.delete(id);
    return;
  }
  if ((before === undefined) === (after === undefined)) return;
  const record = after ?? before;
  const link = (members: Members, parent: string) => after === undefined ? unlink(members, parent, id) : join(members, parent, id);
  switch (table) {
    case 'levels': return link(indexes.levelIdsByItem, (record as LevelRecord).inventoryItemId);
    case 'variants': return link(indexes.variantIdsByProduct, (record as VariantRecord).productId);
    case 'fulfillmentOrders': return link(indexes.fulfillmentOrderIdsByOrder, (record as FulfillmentOrderRecord).orderId);
    case 'fulfillments': return link(indexes.fulfillmentIdsByOrder, (record as FulfillmentRecord).orderId);
    case 'returns': return link(indexes.returnIdsByOrder, (record as ReturnRecord).orderId);
    default: return;
  }
}

/** The records of one parent, in the order they were made. */
export function membersOf<R>(members: Members, parent: string, records: Map<string, R>): R[] {
  const found: R[] = [];
  for (const id of members.get(parent) ?? []) {
    const record = records.get(id);
    if (record !== undefined) found.push(record);
  }
  return found;
}

function join(members: Members, parent: string, id: string): void {
  const ids = members.get(parent);
  if (ids) ids.push(id); else members.set(parent, [id]);
}

function unlink(members: Members, parent: string, id: string): void {
  const ids = members.get(parent);
  const at = ids ? ids.lastIndexOf(id) : -1;
  if (at >= 0) ids!.splice(at, 1);
  if (ids?.length === 0) members.delete(parent);
}
