/**
 * What orders would do to the ledger if they were recorded now, without recording them: the drift check's evidence. The same facts as recordOrders posts,
 * so that what is explained by an order is healed by it.
 */
import { emptyOrder, join, type OrderState } from '../domain/orders/order-state.ts';
import type { StockState } from '../domain/stock/fact.ts';
import { orderFacts } from '../domain/stock/order-facts.ts';
import type { Db } from './db.ts';
import { stockKeys } from './orders.ts';

export interface OrderEffect { orderId: string; name: string; itemId: number; locationId: number; available: number; committed: number }

/**
 * Step by step: what each list of fragments adds to what is recorded and to the lists before it. Levels an order leaves as they are are left out.
 * Fragments of orders already recorded so have no effect.
 */
export async function orderEffects(db: Db, storeId: number, steps: readonly (readonly OrderState[])[]): Promise<OrderEffect[][]> {
  const ids = [...new Set(steps.flatMap((step) => step.map((order) => order.id)))];
  if (ids.length === 0) return steps.map(() => []);
  const { rows } = await db.query<{ order_id: string; state: OrderState | null }>('select order_id, state from sales_order where store_id = $1 and order_id = any($2::bigint[])', [storeId, ids]);
  const now = new Map<string, OrderState>(rows.map((row) => [row.order_id, row.state ?? emptyOrder(row.order_id)]));
  const keys = await stockKeys(db.pool, storeId, [...now.values(), ...steps.flat()]);
  const sums = new Map([...now].map(([id, state]) => [id, levelSums(state, keys)]));
  return steps.map((step) => {
    const touched = new Set<string>();
    for (const fragment of step) { const known = now.get(fragment.id); now.set(fragment.id, known ? join(known, fragment) : fragment); touched.add(fragment.id); }
    return [...touched].sort().flatMap((id) => {
      const state = now.get(id)!, before = sums.get(id) ?? new Map<string, Level>(), after = levelSums(state, keys);
      sums.set(id, after);
      return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((key): OrderEffect[] => {
        const was = before.get(key) ?? NOTHING, is = after.get(key) ?? NOTHING, [itemId, locationId] = key.split('@').map(Number) as [number, number];
        const available = is.available - was.available, committed = is.committed - was.committed;
        return available === 0 && committed === 0 ? [] : [{ orderId: id, name: state.name || id, itemId, locationId, available, committed }];
      });
    });
  });
}

type Level = Record<'available' | 'committed', number>;
const NOTHING: Level = { available: 0, committed: 0 };

function levelSums(order: OrderState, keys: Parameters<typeof orderFacts>[1]): Map<string, Level> {
  const levels = new Map<string, Level>();
  const move = (itemId: number, locationId: number, state: string, units: number): void => {
    if (locationId === 0 || (state as StockState) !== 'available' && state !== 'committed') return;
    const key = `${itemId}@${locationId}`, level = levels.get(key) ?? { ...NOTHING };
    level[state as keyof Level] += units;
    levels.set(key, level);
  };
  for (const fact of orderFacts(order, keys, 'drift-check').facts) {
    move(fact.itemId, fact.from.locationId, fact.from.state, -fact.quantity);
    move(fact.itemId, fact.to.locationId, fact.to.state, fact.quantity);
  }
  return levels;
}
