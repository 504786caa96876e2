/** What must hold in a shop at every instant, whatever happened: read off the records, independent of the rules that made them. */
import type { LineItemRecord, OrderRecord, QuantityName, Shop } from '../state.ts';
import { isOpen } from './fulfilment-orders.ts';
import { fulfilledUnits } from './order-figures.ts';
import { levelKey } from './levels.ts';
import { trackedItemOf } from './order-lines.ts';
import { ledgerOf, lineFigures } from './transfer-figures.ts';

/** Sentences that name what does not add up; empty when all does. */
export function faultsOf(shop: Shop): string[] {
  return [...levelFaults(shop), ...orderFaults(shop), ...returnFaults(shop), ...transferFaults(shop)];
}

/** Every state is the sum of its adjustments, and `committed` the open units of the orders that wait there. */
function levelFaults(shop: Shop): string[] {
  const faults: string[] = [];
  const sums = new Map<string, Map<QuantityName, number>>();
  for (const { inventoryItemId, locationId, name, delta } of shop.tables.adjustments.values()) {
    const key = levelKey(inventoryItemId, locationId);
    let states = sums.get(key);
    if (!states) sums.set(key, states = new Map());
    states.set(name, (states.get(name) ?? 0) + delta);
  }
  const open = new Map<string, number>();
  for (const order of shop.tables.orders.values()) {
    for (const line of order.lines) {
      const item = line.unfulfilledQuantity > 0 ? trackedItemOf(shop, line) : undefined;
      if (item === undefined) continue;
      for (const [place, units] of placesOf(shop, order, line)) {
        const key = levelKey(item, place);
        open.set(key, (open.get(key) ?? 0) + units);
      }
    }
  }
  for (const level of shop.tables.levels.values()) {
    for (const [name, quantity] of Object.entries(level.quantities) as [QuantityName, number][]) {
      const sum = sums.get(level.id)?.get(name) ?? 0;
      if (sum !== quantity) faults.push(`level ${level.id}: ${name} is ${quantity}, its adjustments sum to ${sum}`);
    }
    const waiting = open.get(level.id) ?? 0;
    if (level.quantities.committed !== waiting) faults.push(`level ${level.id}: committed is ${level.quantities.committed}, open orders want ${waiting}`);
    open.delete(level.id);
  }
  for (const [key, units] of open) faults.push(`${units} open units wait at ${key}, where there is no level`);
  return faults;
}

/** Units in returns that stand never exceed what was shipped in their parcel; what was processed, refunded and decided on never exceeds what comes back. */
function returnFaults(shop: Shop): string[] {
  const faults: string[] = [];
  const back = new Map<string, number>();
  for (const each of shop.tables.returns.values()) {
    if (each.status === 'CANCELED' || each.status === 'DECLINED') continue;
    for (const line of each.lines) {
      back.set(line.fulfillmentLineItemId, (back.get(line.fulfillmentLineItemId) ?? 0) + line.quantity);
      if (line.processedQuantity > line.quantity || line.refundedQuantity > line.processedQuantity) faults.push(`return ${each.name}: ${line.refundedQuantity} refunded and ${line.processedQuantity} processed of ${line.quantity}`);
    }
    for (const line of each.reverse?.lines ?? []) {
      const decided = line.dispositions.reduce((sum, one) => one.type === 'PROCESSING_REQUIRED' ? sum : sum + one.quantity, 0);
      if (decided > line.totalQuantity) faults.push(`return ${each.name}: ${decided} units decided on of ${line.totalQuantity}`);
    }
  }
  for (const parcel of shop.tables.fulfillments.values()) {
    for (const line of parcel.lines) if ((back.get(line.id) ?? 0) > line.quantity) faults.push(`parcel line ${line.id}: ${back.get(line.id)} units come back of ${line.quantity}`);
  }
  return faults;
}

/** Under its own ledger a transfer holds as reserved what it has not shipped, and as incoming what it shipped and nobody received. */
function transferFaults(shop: Shop): string[] {
  const held = new Map<string, number>();
  for (const { ledgerDocumentUri, name, delta } of shop.tables.adjustments.values()) {
    if (ledgerDocumentUri?.startsWith('gid://shopify/InventoryTransfer/')) held.set(`${ledgerDocumentUri} ${name}`, (held.get(`${ledgerDocumentUri} ${name}`) ?? 0) + delta);
  }
  return [...shop.tables.transfers.values()].flatMap((transfer) => {
    const active = transfer.status === 'READY_TO_SHIP' || transfer.status === 'IN_PROGRESS';
    const figures = transfer.lines.map((line) => ({ total: line.totalQuantity, ...lineFigures(shop, transfer, line.inventoryItemId) }));
    const expected = { reserved: active ? figures.reduce((sum, line) => sum + line.total - line.shipped, 0) : 0, incoming: figures.reduce((sum, line) => sum + line.shipped - line.received, 0) };
    return (['reserved', 'incoming'] as const).flatMap((name) => {
      const found = held.get(`${ledgerOf(transfer)} ${name}`) ?? 0;
      return found === expected[name] ? [] : [`transfer ${transfer.name}: ${name} holds ${found}, its shipments say ${expected[name]}`];
    });
  });
}

/** Where the open units of a line wait: before routing where it was sold from, then where its open work is assigned. */
function placesOf(shop: Shop, order: OrderRecord, line: LineItemRecord): [string, number][] {
  if (order.routesAt !== null) return [[order.committedAt[line.id] ?? 'nowhere', line.unfulfilledQuantity]];
  return shop.fulfillmentOrdersOf(order.id).filter(isOpen)
    .flatMap((work) => work.lines.filter((part) => part.lineItemId === line.id).map((part): [string, number] => [work.assignedLocationId, part.remainingQuantity]));
}

/** Per line: 0 ≤ unfulfilled ≤ current ≤ ordered − refunded; units refunded, removed, shipped and open account for those ordered. */
function orderFaults(shop: Shop): string[] {
  const faults: string[] = [];
  for (const order of shop.tables.orders.values()) {
    const refunded = new Map<string, number>();
    for (const refund of order.refunds) for (const line of refund.lines) refunded.set(line.lineItemId, (refunded.get(line.lineItemId) ?? 0) + line.quantity);
    const shipped = fulfilledUnits(shop.fulfillmentsOf(order.id));
    const carried = new Map<string, number>();
    for (const work of shop.fulfillmentOrdersOf(order.id)) {
      for (const line of work.lines) if (isOpen(work)) carried.set(line.lineItemId, (carried.get(line.lineItemId) ?? 0) + line.remainingQuantity);
    }
    for (const line of order.lines) {
      const where = `order ${order.name} line ${line.id}`;
      const removed = line.quantity - line.currentQuantity - (refunded.get(line.id) ?? 0);
      if (removed < 0) faults.push(`${where}: ${line.currentQuantity} current and ${refunded.get(line.id)} refunded exceed ${line.quantity} ordered`);
      if (removed > 0 && !order.edited) faults.push(`${where}: ${removed} units removed without an edit`);
      if (line.unfulfilledQuantity < 0 || line.unfulfilledQuantity > line.currentQuantity) faults.push(`${where}: ${line.unfulfilledQuantity} open of ${line.currentQuantity}`);
      if (line.currentQuantity - line.unfulfilledQuantity > (shipped.get(line.id) ?? 0)) faults.push(`${where}: the shopper keeps more than was shipped`);
      if (order.routesAt === null && (carried.get(line.id) ?? 0) !== line.unfulfilledQuantity) {
        faults.push(`${where}: ${line.unfulfilledQuantity} open, fulfilment orders carry ${carried.get(line.id) ?? 0}`);
      }
    }
  }
  return faults;
}
