/**
 * What must be true at the end, worked out again from the shop's own tables and the warehouse's own book. Never imports src/domain: were the arithmetic wrong
 * there, it would be wrong here too.
 */
import type { Run } from './run.ts';
import { BUNDLE, GOODS, PARTS } from './town.ts';

export interface Expected { sku: string; itemGid: string; available: number; arithmetic: string }

/** Units of one good that orders still want from the mill, in its own right and inside bundles, by what Shopify has assigned there. */
function wanted(run: Run, sku: string): number {
  const { tables } = run.sandbox.shop;
  let units = 0;
  for (const work of tables.fulfillmentOrders.values()) {
    if (work.assignedLocationId !== run.places.mill || work.status === 'CLOSED' || work.status === 'CANCELLED') continue;
    const order = tables.orders.get(work.orderId)!;
    for (const part of work.lines) {
      const line = order.lines.find((l) => l.id === part.lineItemId)!;
      if (line.sku === sku) units += part.remainingQuantity;
      if (line.sku === BUNDLE && sku in PARTS) units += part.remainingQuantity * PARTS[sku]!;
    }
  }
  return units;
}

/**
 * Units that left the building and are not fulfilled in Shopify yet, and units fulfilled there that did not leave: per order line and code, by totals.
 * At the end the warehouse's own shelf, not its last word, is the truth.
 */
function unsettled(run: Run, sku: string): { dispatched: number; ahead: number } {
  const { tables } = run.sandbox.shop;
  const out = new Map<string, number>();
  for (const { order, shipped } of run.shelf.orders.values()) {
    for (const line of order.lines) {
      const key = `${order.reference.split('-')[1]}:${line.lineReference.split('.')[0]}`;
      if (line.sku === sku) out.set(key, (out.get(key) ?? 0) + (shipped.get(line.lineReference) ?? 0));
    }
  }
  let dispatched = 0, ahead = 0;
  for (const order of tables.orders.values()) {
    for (const line of order.lines) {
      const per = line.sku === sku ? 1 : line.sku === BUNDLE ? PARTS[sku] ?? 0 : 0;
      if (per === 0) continue;
      let fulfilled = 0, open = 0;
      for (const parcel of tables.fulfillments.values()) if (parcel.orderId === order.id && parcel.status === 'SUCCESS' && parcel.locationId === run.places.mill) fulfilled += (parcel.lines.find((l) => l.lineItemId === line.id)?.quantity ?? 0) * per;
      for (const work of tables.fulfillmentOrders.values()) {
        if (work.orderId === order.id && work.assignedLocationId === run.places.mill && work.status !== 'CLOSED' && work.status !== 'CANCELLED') open += (work.lines.find((l) => l.lineItemId === line.id)?.remainingQuantity ?? 0) * per;
      }
      const left = out.get(`${order.id}:${line.id}`) ?? 0;
      dispatched += Math.min(Math.max(left - fulfilled, 0), open);
      ahead += Math.max(fulfilled - left, 0);
    }
  }
  return { dispatched, ahead };
}

const NOTHING = { most: 0, least: 0, arithmetic: 'held back from sale' };

/** What Shopify should show at the mill, for a buffer of at most `buffer` units, with the codes somebody holds back from sale showing nothing: the figure and how it was reached. `least` allows for units not counted off the shelf yet. */
export function expectedAtMill(run: Run, buffer: number, heldBack: ReadonlySet<string>): { sku: string; inventoryItemId: string; most: number; least: number; arithmetic: string }[] {
  const { tables } = run.sandbox.shop;
  const free = new Map<string, { most: number; least: number; arithmetic: string }>();
  for (const sku of GOODS) {
    const { onHand, unsellable } = run.shelf.shelf.get(sku)!, open = wanted(run, sku), { dispatched, ahead } = unsettled(run, sku);
    // Fulfilled in Shopify and not dispatched: withheld until the next count says they are gone. Every seed ends with a count, so they count as gone.
    const units = onHand - unsellable - (open - dispatched);
    free.set(sku, heldBack.has(sku) ? NOTHING : { most: Math.max(0, units), least: Math.max(0, units - buffer), arithmetic: `${onHand} − ${unsellable} − (${open} − ${dispatched}) = ${units}, ahead ${ahead}` });
  }
  const of = (sku: string): string => [...tables.variants.values()].find((v) => v.sku === sku)!.inventoryItemId;
  const whole = (pick: 'most' | 'least'): number => Math.min(...Object.entries(PARTS).map(([sku, per]) => Math.floor(free.get(sku)![pick] / per)));
  return [...GOODS.map((sku) => ({ sku, inventoryItemId: of(sku), ...free.get(sku)! })), { sku: BUNDLE, inventoryItemId: of(BUNDLE), ...(heldBack.has(BUNDLE) ? NOTHING : { most: whole('most'), least: whole('least'), arithmetic: 'scarcest part' }) }];
}
