/**
 * What may happen to an order {cancel, refund, return, edit}, when {before, partly, after} it left, to a plain item or a bundle, from one or two places: in
 * every cell no unit appears or vanishes. What stood on the shelf at first is on the shelf or with a customer; what Shopify shows is the shelf less promises.
 */
import { describe, expect, it } from 'vitest';
import type { OrderRecord } from '../../src/sandbox/shopify/state.ts';
import { shelfFaults } from '../../src/store/shelf.ts';
import { clockwork } from '../helpers/clockwork.ts';
import type { Town } from '../helpers/town.ts';

const ACTIONS = ['cancel', 'refund', 'return', 'edit'] as const, TIMES = ['before', 'partly', 'after'] as const;
type Action = typeof ACTIONS[number];
type Time = typeof TIMES[number];
const SHELF = 400;
/** Units of each item in one unit of what is sold. */
const MADE_OF: Record<string, Record<string, number>> = { ANT: { ANT: 1 }, SET: { ANT: 1, BEE: 2 } };

const clock = await clockwork();
const towns = new Map<string, Town>();
for (const kind of ['simple', 'bundle']) for (const places of [1, 2]) {
  const goods = [{ sku: 'ANT', stock: [SHELF, SHELF] }, { sku: 'BEE', stock: [SHELF, SHELF] }, { sku: 'SET', stock: [0, 0] }];
  towns.set(`${kind} ${places}`, await clock.town({ goods, bundles: { SET: MADE_OF['SET']! }, served: [0, 1] }));
}
/** Units taken back as sellable, by town, SKU and place. */
const accepted = new Map<string, number>();

describe('cancel-after-ship-matrix', () => {
  const cells = [...towns.keys()].flatMap((town) => ACTIONS.flatMap((action) => TIMES.map((time) => ({ town, action, time }))));
  it('has all its cells', () => expect(cells).toHaveLength(48));
  it.each(cells)('$town: $action $time', async ({ town: name, action, time }) => {
    const town = towns.get(name)!, [sku, places] = [name.startsWith('simple') ? 'ANT' : 'SET', name.endsWith('2') ? [0, 1] : [0]];
    const order = await town.control('/orders', { lines: places.map((place) => ({ variantId: town.variant(sku).id, quantity: 4, locationId: town.places[place] })) });
    await town.settle();
    if (time !== 'before') await ship(town, order, places, time === 'partly' ? 2 : 4);
    const refused = await act(town, order, sku, action, time);
    await town.settle();
    expect(refused).toBe((action === 'cancel' && time === 'after') || (action === 'return' && time === 'before'));
    expect(await town.reconcile()).toMatchObject({ unexplainedUnits: 0 });
    await town.settle();
    expect(await town.faults()).toEqual([]);
    expect(await shelfFaults(clock.house.db)).toEqual([]);
    for (const item of ['ANT', 'BEE']) for (const place of [0, 1]) {
      const here = `${item} at ${place}`, shelf = town.shelves[place]!.shelf.get(item)!.onHand, { open, sold } = unitsOf(town, item, place);
      expect([here, shelf + sold - (accepted.get(`${name} ${here}`) ?? 0)]).toEqual([here, SHELF]);
      expect([here, town.shown(item, place).available + open]).toEqual([here, shelf]);
    }
    const least = (place: number): number => Math.min(town.shown('ANT', place).available, Math.floor(town.shown('BEE', place).available / 2));
    for (const place of [0, 1]) expect([place, town.shown('SET', place).available]).toEqual([place, least(place)]);
  });
});

/** The warehouses send so many units of each line. */
async function ship(town: Town, order: OrderRecord, places: readonly number[], units: number): Promise<void> {
  for (const place of places) {
    const shelf = town.shelves[place]!, told = [...shelf.orders.values()].find((o) => o.order.orderName === order.name)!.order;
    shelf.ship(told.reference, told.lines.map((line) => ({ lineReference: line.lineReference, quantity: line.quantity * units / 4 })), `${order.name}-${place}`);
  }
  await town.settle();
}

/** Does it to the order's first line, or to all of it; answers whether Shopify refused. */
async function act(town: Town, order: OrderRecord, sku: string, action: Action, time: Time): Promise<boolean> {
  const line = order.lines[0]!.id, path = `/orders/${order.id}`;
  const attempt = (to: string, body: object): Promise<boolean> => town.control(to, body).then(() => false, (error: Error) => { if (/ → (409|422) /.test(error.message)) return true; throw error; });
  if (action === 'cancel') return attempt(`${path}/cancel`, { reason: 'CUSTOMER', restock: true });
  if (action === 'edit') return attempt(`${path}/edit`, { set: [{ lineItemId: line, quantity: time === 'after' ? 5 : 3 }] });
  // Money back for a unit: not shipped, it is given up; shipped, it stays with the customer, or is restocked in Shopify though nobody has seen it.
  if (action === 'refund') return attempt(`${path}/refund`, { lines: [{ lineItemId: line, quantity: 1, restockType: time === 'before' ? 'CANCEL' : time === 'partly' ? 'NO_RESTOCK' : 'RETURN' }] });
  if (await attempt(`${path}/return`, { lines: [{ lineItemId: line, quantity: 1 }] })) return true;
  await town.settle();
  const announced = town.shelves[0]!.announced.at(-1)!, lines = announced.lines.map(({ sku: code, quantity, lineReference }) => ({ lineReference, sku: code, quantity }));
  expect(lines.map((l) => [l.sku, l.quantity]).sort()).toEqual(Object.entries(MADE_OF[sku]!));
  town.shelves[0]!.receiveReturn(announced.reference, lines);
  town.shelves[0]!.inspectReturn(announced.reference, lines.map((l) => ({ ...l, disposition: 'sellable' as const })));
  const name = [...towns].find(([, each]) => each === town)![0];
  for (const l of lines) accepted.set(`${name} ${l.sku} at 0`, (accepted.get(`${name} ${l.sku} at 0`) ?? 0) + l.quantity);
  return false;
}

/** Promised and sent units of an item at a place, from the shop's own papers. */
function unitsOf(town: Town, item: string, place: number): { open: number; sold: number } {
  const { tables } = town.sandbox.shop, here = town.places[place];
  const per = (orderId: string, lineId: string): number => MADE_OF[tables.orders.get(orderId)!.lines.find((l) => l.id === lineId)!.sku!]?.[item] ?? 0;
  let open = 0, sold = 0;
  for (const work of tables.fulfillmentOrders.values()) if (work.assignedLocationId === here && ['OPEN', 'IN_PROGRESS'].includes(work.status)) for (const line of work.lines) open += line.remainingQuantity * per(work.orderId, line.lineItemId);
  for (const parcel of tables.fulfillments.values()) if (parcel.locationId === here && parcel.status === 'SUCCESS') for (const line of parcel.lines) sold += line.quantity * per(parcel.orderId, line.lineItemId);
  return { open, sold };
}
