/**
 * orders-out: open orders → the warehouse that ships them.   Woken by one NOTIFY per commit that changed what a warehouse should have; every minute otherwise.
 *  1 gather  orders whose wanted version the warehouse was not told, oldest first; each line with the warehouse's own code
 *  2 decide  wanted lines → place, change or cancel; a line whose code nobody knows waits as a case, the other lines go on
 *  3 send    under one reference for the life of the order. After a lost answer the warehouse is asked what it has before it is told again
 *  4 record  what it acknowledged; too late to change is data for the people who pick
 *  5 settle  orders the warehouse did not take, and orders that want more of a part than there is, are cases until that has changed
 */
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { some, unstopped } from '../domain/wording.ts';
import { WarehouseRefused, type Warehouse, type WarehouseOrder } from '../ports/warehouse.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { settleOrdersOut, takeOrdersOut, type OutOutcome, type OutRow, type Told } from '../store/orders-out.ts';
import { outCases, shortOrders } from '../store/orders-out-page.ts';
import { warehouseFailed, warehousesOf } from '../store/warehouses.ts';

const LONGEST_WAIT_MS = 15 * 60_000;
/** Orders told one after the other whose outcomes are recorded in one statement. */
const RECORDED_TOGETHER = 10;

export const ordersOut = defineFlow({
  name: 'orders-out', moves: 'open orders → the warehouse that ships them', owner: 'warehouse', schedule: { cron: '* * * * *' }, raises: ['ORDER_OUT_FAILED', 'ORDER_SHORT'],
  async run(context) {
    for (let told = -1; told !== 0;) {
      told = await tellWaiting(context);
      context.tally.input += told;
      context.tally.applied += told;
    }
    await context.checked('ORDER_OUT_FAILED', (await outCases(context.db, context.storeId, 5)).map((row): RaisedException => ({
      kind: 'ORDER_OUT_FAILED', key: `order/${row.reference}`, subject: `Order ${row.order_name}`,
      sentence: `Order ${row.order_name} is not with ${row.warehouse}: ${row.message === null ? 'it was not acknowledged' : unstopped(row.message)}${row.attempts > 1 ? `, tried ${some(row.attempts, 'time')}` : ''}.`, evidence: { reference: row.reference, state: row.state, attempts: row.attempts },
    })));
    await context.checked('ORDER_SHORT', (await shortOrders(context.db, context.storeId)).map((row): RaisedException => ({
      kind: 'ORDER_SHORT', key: `order/${row.order_id}@${row.location_id}`, subject: `Order ${row.order_name}`,
      sentence: `Order ${row.order_name} cannot be shipped whole: ${row.parts.map((p) => `${p.wanted} × ${p.sku} wanted over all its lines, ${Math.max(0, p.available)} on the shelf`).join('; ')}.`, evidence: { orderId: row.order_id, parts: row.parts },
    })));
  },
});

/** Tells the warehouses of this store what they do not know. Returns how many orders were told or tried. */
export async function tellWaiting(context: FlowContext): Promise<number> {
  const { db, storeId } = context;
  let told = 0;
  for (const warehouseId of await warehousesOf(db, storeId)) {
    const rows = await takeOrdersOut(db, warehouseId, context.now(), later(context, 60_000), 50);
    if (rows.length === 0) continue;
    const warehouse = await context.warehouse(warehouseId);
    let unsaved: Told[] = [], since = context.clock.now().getTime();
    for (const row of rows) {
      unsaved.push({ row, outcome: await tell(context, warehouse, row) });
      told++;
      // What was said and not recorded is said again under the same reference, should we die: a few orders at most.
      if (unsaved.length < RECORDED_TOGETHER && context.clock.now().getTime() - since < 1_000) continue;
      await settleOrdersOut(db, unsaved, context.now());
      unsaved = [];
      since = context.clock.now().getTime();
    }
    await settleOrdersOut(db, unsaved, context.now());
    context.changed('stock');
  }
  return told;
}

const later = (context: FlowContext, ms: number): string => new Date(context.clock.now().getTime() + ms).toISOString();

async function tell(context: FlowContext, warehouse: Warehouse, row: OutRow): Promise<OutOutcome> {
  try {
    if (row.state === 'cancelling') {
      const answer = await warehouse.cancelOrder(row.reference);
      return answer === 'cancelled' ? { state: 'cancelled', sentVersion: row.version } : { state: 'too late', sentVersion: row.version, message: 'cancelled after the warehouse had shipped it' };
    }
    const order = orderFor(row);
    const nobody = row.lines.filter((line) => line.sku === null);
    if (order.lines.length === 0) return { state: 'unmapped', message: 'none of its items has a code of this warehouse' };
    // The last answer was lost: what the warehouse has says whether it heard us.
    const known = row.unknown_outcome ? await warehouse.findOrder(row.reference) : null;
    const note = nobody.length === 0 ? null : `${nobody.length} of its lines have no code of this warehouse and were left out`;
    if (known !== null && known.version >= row.version && known.state !== 'cancelled') return { state: 'sent', sentVersion: row.version, warehouseReference: known.warehouseReference, message: note };
    const placed = await warehouse.placeOrder(order);
    if (placed.outcome === 'too late') return { state: 'too late', sentVersion: row.version, warehouseReference: placed.warehouseReference, message: 'changed after the warehouse had shipped it' };
    // A version sent to a warehouse that answers with its own number is acknowledged by that answer.
    return { state: 'acknowledged', sentVersion: row.version, warehouseReference: placed.warehouseReference, acknowledgedAt: context.now(), message: note };
  } catch (error) {
    if (error instanceof WarehouseRefused) return { state: 'refused', message: error.message };
    await warehouseFailed(context.db, row.warehouse_id, (error as Error).message, context.now());
    return { state: row.state, unknown: true, message: (error as Error).message, notBefore: later(context, Math.min(2_000 * 2 ** Math.min(row.attempts, 10), LONGEST_WAIT_MS)) };
  }
}

function orderFor(row: OutRow): WarehouseOrder {
  return {
    reference: row.reference, orderName: row.order_name, version: row.version, placedAt: row.placed_at,
    lines: row.lines.filter((line) => line.sku !== null).map((line) => ({ lineReference: line.lineReference, sku: line.sku!, quantity: line.quantity })),
  };
}
