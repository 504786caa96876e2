/** What people and the world do, by dice: shoppers, staff, the warehouse's hands, lost answers, lost messages, kill -9. */
import type { Dice } from './dice.ts';
import { BUNDLE, GOODS } from './town.ts';
import type { Run } from './run.ts';

export type Mode = 'on' | 'off' | 'swarm';
export interface Weights { shop: number; staff: number; warehouse: number; house: number; time: number; faults: number; death: number }

/** Every seed of a swarm has other rates; the plain modes have all of them. */
export function weights(mode: Mode, roll: Dice): Weights {
  const base: Weights = { shop: 18, staff: 8, warehouse: 20, house: 40, time: 8, faults: 10, death: 6 };
  if (mode !== 'swarm') return base;
  return Object.fromEntries(Object.entries(base).map(([name, weight]) => [name, name === 'house' ? weight : roll.chance(0.25) ? 0 : weight * (1 + roll(4)) / 2])) as unknown as Weights;
}

/** One step of the world. Refusals of the shop are part of life and change nothing. */
export async function step(run: Run, roll: Dice, mode: Mode, rates: Weights): Promise<void> {
  const total = Object.values(rates).reduce((sum, weight) => sum + weight, 0);
  let at = roll(Math.max(1, Math.floor(total)));
  for (const [name, weight] of Object.entries(rates) as [keyof Weights, number][]) {
    at -= weight;
    if (at >= 0) continue;
    if (name === 'shop') return shopper(run, roll);
    if (name === 'staff') return staff(run, roll, mode);
    if (name === 'warehouse') return hands(run, roll);
    if (name === 'time') { run.advance(roll.pick([200, 1_000, 3_000, 20_000, 90_000])); return; }
    if (name === 'faults') return fault(run, roll, mode);
    if (name === 'death') { const moment = roll.pick(['any', 'write', 'fulfil', 'commit', 'document'] as const); run.life.dieIn(1 + roll({ any: 60, write: 3, fulfil: 2, commit: 8, document: 2 }[moment]), moment); }
    return house(run, roll, mode);
  }
}

const SKUS = [...GOODS, BUNDLE];

/** Somebody finds something wrong with an item, or right again. By dice of their own, so that a world without it is the one it was. */
export async function holder(run: Run, roll: Dice): Promise<void> {
  if (!roll.chance(0.04)) return;
  await run.holdBack(roll.pick(SKUS), roll.pick([null, null, Infinity, 1 + roll(20)]));
}

async function shopper(run: Run, roll: Dice): Promise<void> {
  const orders = [...run.sandbox.shop.tables.orders.values()].slice(-12), { mill, store } = run.places;
  if (orders.length === 0 || roll.chance(0.55)) {
    const lines = Array.from({ length: 1 + roll(3) }, () => ({ sku: roll.pick(SKUS), quantity: 1 + roll(3) }));
    await run.control('/orders', { lines, locationId: roll.chance(0.8) ? mill : store });
    return;
  }
  const order = roll.pick(orders), line = roll.pick(order.lines);
  switch (roll(7)) {
    case 0: await run.control(`/orders/${order.id}/cancel`, { reason: roll.pick(['CUSTOMER', 'INVENTORY', 'FRAUD']), restock: true }); return;
    case 1: await run.control(`/orders/${order.id}/edit`, { set: [{ lineItemId: line.id, quantity: Math.max(0, line.currentQuantity - 1), restock: true }] }); return;
    case 2: await run.control(`/orders/${order.id}/edit`, { add: [{ sku: roll.pick(SKUS), quantity: 1 + roll(2) }] }); return;
    case 3: await run.control(`/orders/${order.id}/refund`, { lines: [{ lineItemId: line.id, quantity: 1, restockType: 'RETURN', locationId: roll.pick([mill, store]) }] }); run.witness.reached.add('refund with restock'); return;
    case 4: await run.control(`/orders/${order.id}/refund`, { lines: [{ lineItemId: line.id, quantity: 1, restockType: 'CANCEL' }] }); return;
    case 5: await run.control(`/orders/${order.id}/return`, { lines: [{ lineItemId: line.id, quantity: 1 }], ...(roll.chance(0.2) ? { exchange: [{ sku: roll.pick(GOODS), quantity: 1 }] } : {}) }); return;
    default: {
      const returned = [...run.sandbox.shop.tables.returns.values()].at(-1);
      if (returned) await run.control(`/returns/${returned.id}/process`, { type: roll.pick(['RESTOCKED', 'NOT_RESTOCKED', 'MISSING']), locationId: roll.pick([mill, store]) });
    }
  }
}

/** Without readers nobody hears of an edit where Shopify is right: there staff keep their hands off then. */
async function staff(run: Run, roll: Dice, mode: Mode): Promise<void> {
  const { mill, store } = run.places, order = [...run.sandbox.shop.tables.orders.values()].slice(-8).filter((o) => o.cancelledAt === null);
  switch (roll(5)) {
    case 0: await run.control('/levels', { sku: roll.pick(GOODS), locationId: mode === 'off' ? mill : roll.pick([mill, store]), available: roll(40) }); run.witness.reached.add('edit by staff'); return;
    case 1: if (order.length > 0) await run.control(`/orders/${roll.pick(order).id}/hold`, { reason: 'OTHER' }); return;
    case 2: for (const held of order) await run.control(`/orders/${held.id}/release`, {}); return;
    case 3: if (order.length > 0) await run.control(`/orders/${roll.pick(order).id}/move`, { locationId: roll.pick([mill, store]) }); return;
    // The store's own people ship what is theirs.
    default: if (order.length > 0) await run.control(`/orders/${roll.pick(order).id}/fulfil`, { locationId: store }); return;
  }
}

async function hands(run: Run, roll: Dice): Promise<void> {
  const { shelf } = run, open = [...shelf.orders.values()].filter((o) => o.state === 'open');
  switch (roll(8)) {
    case 0: shelf.count(roll.pick(GOODS)); return;
    case 1: { const sku = roll.pick(GOODS), have = shelf.shelf.get(sku)!; const by = roll(9) - 4; if (have.onHand + by >= have.unsellable) shelf.change(sku, by); return; }
    case 2: { const sku = roll.pick(GOODS), have = shelf.shelf.get(sku)!; if (have.onHand - have.unsellable >= 1) shelf.change(sku, 0, 1); return; }
    case 3: case 4: case 5: {
      if (open.length === 0) return;
      const { order, shipped } = roll.pick(open);
      const lines = order.lines.flatMap((line) => {
        const left = Math.min(line.quantity - (shipped.get(line.lineReference) ?? 0), Math.max(0, shelf.shelf.get(line.sku)!.onHand - shelf.shelf.get(line.sku)!.unsellable)), units = roll(left + 1);
        return units > 0 ? [{ lineReference: line.lineReference, quantity: units }] : [];
      });
      // Two lines may name one code: what one takes the other cannot.
      const taken = new Map<string, number>();
      const real = lines.filter((line) => {
        const { sku } = order.lines.find((l) => l.lineReference === line.lineReference)!, sum = (taken.get(sku) ?? 0) + line.quantity;
        if (sum > shelf.shelf.get(sku)!.onHand - shelf.shelf.get(sku)!.unsellable) return false;
        taken.set(sku, sum);
        return true;
      });
      if (real.length > 0) { shelf.ship(order.reference, real, roll.chance(0.15) ? null : undefined); run.witness.reached.add('shipment'); }
      return;
    }
    case 6: { const sku = roll.pick(GOODS); shelf.receiveReturn(`door-${roll(5)}`, [{ lineReference: null, sku, quantity: 1 + roll(2) }]); return; }
    default: {
      const sku = roll.pick(GOODS);
      shelf.inspectReturn(`door-${roll(5)}`, [{ lineReference: null, sku, quantity: 1, disposition: roll.pick(['sellable', 'sellable', 'damaged', 'quarantine', 'scrap'] as const) }]);
      run.witness.reached.add('inspection');
    }
  }
}

async function fault(run: Run, roll: Dice, mode: Mode): Promise<void> {
  switch (roll(11)) {
    // Without reconciliation a message lost for good would stay lost: then it is late, doubled and out of order instead.
    case 0: await run.control('/faults', { webhooks: { drop: mode === 'off' ? 0 : 0.3, duplicate: 0.4, reorder: 0.5, delayMs: roll(30_000), count: 1 + roll(12) } }); run.witness.reached.add('webhooks lost or doubled'); return;
    case 1: await run.control('/faults', { failAfterCommit: { mutation: 'inventorySetQuantities', count: 1 } }); return;
    case 2: await run.control('/faults', { failAfterCommit: { mutation: 'fulfillmentCreate', count: 1 + roll(2) } }); return;
    case 3: await run.control('/faults', { failBefore: { mutation: roll.pick(['inventorySetQuantities', 'fulfillmentCreate']), count: 1 + roll(2) } }); return;
    case 4: await run.control('/faults', { staleCompares: 1 + roll(3) }); return;
    case 5: await run.control('/faults', { throttle: 1 + roll(3) }); return;
    case 6: await run.control('/faults', { serverErrorAfterCommit: { mutation: 'inventorySetQuantities', count: 1 } }); return;
    case 7: run.doors.rush = 1 + roll(3); return;
    case 8: await run.control('/faults', { [roll.pick(['failAfterCommit', 'failBefore'])]: { mutation: 'inventoryAdjustQuantities', count: 1 } }); return;
    case 9: run.shelf.failNext[roll.pick(['before', 'after'] as const)] = 1; return;
    default: if (mode !== 'off') run.doors.refuse = 1 + roll(3); return;
  }
}

async function house(run: Run, roll: Dice, mode: Mode): Promise<void> {
  if (mode !== 'off' && roll.chance(0.08)) { await run.flow(roll.pick(['sales-history', 'stock-levels', 'order-routing', 'returns', 'drift-check', 'stock-push', 'subscriptions'])); return; }
  await run.deed(roll.pick(['deliver', 'deliver', 'inbox', 'inbox', 'place', 'documents', 'feed', 'tell', 'fulfil', 'adjust', 'push', 'push', 'jobs']));
}
