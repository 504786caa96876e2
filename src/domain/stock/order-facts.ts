/**
 * What an order's state means for the ledger: a pure function from the state to facts. Shopify's own transitions are the source
 * (order placed: available → committed; fulfilled: committed leaves; restock: back to available).
 *
 * The cut. A level enters the ledger by an opening count that already contains everything shipped or restocked up to its `asOf`.
 * Such facts are left out here; open units are not, because the opening counts them as available until their order commits them.
 *
 * What was once said is never merely left out: a fact that no longer holds is here with zero units and the accounts it had, so that posting takes it
 * back (order-facts.test.ts: whatever was heard on the way, the ledger ends as if all had been heard at once).
 */
import { linePosition, type OrderState } from '../orders/order-state.ts';
import { at, outside, type Fact } from './fact.ts';

export interface StockKeys {
  /** The tracked item behind a Shopify variant, or null when it is not tracked or not known. */
  item(variantId: string): number | null;
  /** Our location for a Shopify location, or null when unknown. */
  location(shopifyLocationId: string): number | null;
  /** Instant of the opening count of a level, or null when the level has none yet. */
  openedAt(itemId: number, locationId: number): string | null;
}

export type Skipped = 'no variant' | 'not tracked or unmapped' | 'gift card' | 'no location yet' | 'location unmapped' | 'level not opened' | 'test order';

export interface OrderFacts {
  facts: Fact[];
  /** Units left out, with the reason and the line concerned. */
  skipped: { lineId: string; reason: Skipped; units: number; subject: string | null }[];
  /** Tracked units neither fulfilled nor released. */
  openUnits: number;
  /** Open or released units whose location is not known yet. */
  unplacedUnits: number;
}

export function orderFacts(order: OrderState, keys: StockKeys, source: string): OrderFacts {
  const result: OrderFacts = { facts: [], skipped: [], openUnits: 0, unplacedUnits: 0 };
  for (const lineId of Object.keys(order.lines).sort()) lineFacts(order, lineId, keys, source, result);
  return result;
}

function lineFacts(order: OrderState, lineId: string, keys: StockKeys, source: string, out: OrderFacts): void {
  const line = order.lines[lineId]!;
  const position = linePosition(order, lineId);
  const skip = (reason: Skipped, units: number, subject: string | null): void => { if (units > 0) out.skipped.push({ lineId, reason, units, subject }); };
  if (line.giftCard) return skip('gift card', position.open, null);
  if (line.variantId === null) return skip('no variant', position.open, line.sku || line.title);
  const itemId = keys.item(line.variantId);
  if (itemId === null) return skip('not tracked or unmapped', position.open, line.variantId);
  out.openUnits += position.open;

  const after = (locationId: number, instant: string): boolean | null => {
    const cut = keys.openedAt(itemId, locationId);
    return cut === null ? null : instant > cut;
  };
  const doc = `shopify:order/${order.id}:line/${lineId}`;
  const gross = new Map<number, number>();
  const add = (locationId: number, units: number): void => { gross.set(locationId, (gross.get(locationId) ?? 0) + units); };

  // Parcels that left after the cut: they were committed first, wherever the order had been assigned.
  for (const [parcelId, parcel] of Object.entries(order.fulfilments).sort(byKey)) {
    const units = parcel.lines[lineId] ?? 0;
    if (units === 0 || parcel.locationId === null) continue;
    const place = keys.location(parcel.locationId);
    if (place === null) { skip('location unmapped', units, parcel.locationId); continue; }
    const isAfter = after(place, parcel.at);
    if (isAfter === null) { skip('level not opened', units, null); continue; }
    if (!isAfter) continue;
    const quantity = parcel.cancelled ? 0 : units;
    add(place, quantity);
    out.facts.push({
      fact: `shopify:fulfillment/${parcelId}:line/${lineId}@${place}`, kind: 'fulfilled', itemId,
      from: at(place, 'committed'), to: outside('customer'), quantity, occurredAt: parcel.at, source,
    });
  }

  // Open units, where their fulfilment orders have them.
  let left = position.open;
  for (const [place, units] of assignedUnits(order, lineId, keys.location, skip)) {
    const here = Math.min(left, units);
    left -= here;
    if (here === 0) continue;
    if (keys.openedAt(itemId, place) === null) { skip('level not opened', here, null); continue; }
    add(place, here);
  }
  if (left > 0) { out.unplacedUnits += left; skip('no location yet', left, null); }

  // Refund lines: what came back, and what was dropped unshipped without coming back.
  const ever = places(everAssigned(order, lineId, keys));
  // Of history read in bulk the parcels are not known, so units refunded without restock may have shipped long before. A release moves on hand, so that one from before the opening is never after its cut.
  let released = order.fulfilmentsKnown ? position.released : 0;
  for (const [refundLineId, refund] of Object.entries(order.refunds).sort(byKey)) {
    if (refund.lineId !== lineId) continue;
    const place = refund.locationId === null ? null : keys.location(refund.locationId);
    if (refund.restockType === 'return') {
      if (refund.locationId === null) continue;
      if (place === null) { skip('location unmapped', refund.quantity, refund.locationId); continue; }
      const isAfter = after(place, refund.at);
      if (isAfter === null) { skip('level not opened', refund.quantity, null); continue; }
      if (isAfter) {
        out.facts.push({
          fact: `shopify:refund/${refund.refundId}:line/${refundLineId}`, kind: 'returned to stock', itemId,
          from: outside('customer'), to: at(place, 'available'), quantity: refund.quantity, occurredAt: refund.at, source,
        });
      }
    } else if (refund.restockType === 'no_restock') {
      const units = Math.min(released, refund.quantity);
      released -= units;
      const home = place ?? onlyPlace(order, lineId, keys);
      if (home === null && units > 0) { out.unplacedUnits += units; skip('no location yet', units, null); }
      // One fact a place it may have left from. What was said before more was known (a refund heard before the parcel it is of) is taken back by the zero.
      for (const from of places(place === null ? ever : [...ever, place])) {
        const isAfter = after(from, refund.at);
        if (isAfter === null && from === home) skip('level not opened', units, null);
        if (!isAfter) continue;
        const quantity = from === home ? units : 0;
        add(from, quantity);
        out.facts.push({
          fact: `shopify:refund/${refund.refundId}:line/${refundLineId}@${from}`, kind: 'released without restock', itemId,
          from: at(from, 'committed'), to: outside('shrinkage'), quantity, occurredAt: refund.at, source,
        });
      }
    } else if (refund.restockType === 'cancel' && place !== null) {
      // Unshipped units that go back elsewhere than where they were committed.
      const home = onlyPlace(order, lineId, keys);
      if (home === null) { out.unplacedUnits += refund.quantity; skip('no location yet', refund.quantity, null); }
      // A side whose count was taken later has the move in it already; the restock itself may be what first stocked the item there.
      const moved = home !== null && home !== place, arrives = after(place, refund.at) === true ? place : 0;
      const leaves = home !== null && after(home, refund.at) === true ? home : 0;
      const elsewhere = ever.filter((one) => one !== place);
      for (const [from, to] of [...elsewhere.map((left) => [left, place] as const), ...elsewhere.map((left) => [left, 0] as const), [0, place] as const]) {
        out.facts.push({
          fact: `shopify:refund/${refund.refundId}:line/${refundLineId}@${from}>${to}`, kind: 'restocked elsewhere', itemId,
          from: from === 0 ? outside('opening') : at(from, 'available'), to: to === 0 ? outside('opening') : at(to, 'available'),
          quantity: moved && from === leaves && to === arrives ? refund.quantity : 0, occurredAt: refund.at, source,
        });
      }
    }
  }

  // Goods disposed of as restocked, apart from any refund.
  for (const [dispositionId, disposition] of Object.entries(order.dispositions ?? {}).sort(byKey)) {
    if (disposition.lineId !== lineId || !disposition.restocked || disposition.locationId === null) continue;
    const place = keys.location(disposition.locationId);
    if (place === null) { skip('location unmapped', disposition.quantity, disposition.locationId); continue; }
    const isAfter = after(place, disposition.at);
    if (isAfter === null) { skip('level not opened', disposition.quantity, null); continue; }
    if (isAfter) {
      out.facts.push({
        fact: `shopify:disposition/${dispositionId}`, kind: 'returned to stock', itemId,
        from: outside('customer'), to: at(place, 'available'), quantity: disposition.quantity, occurredAt: disposition.at, source,
      });
    }
  }

  // The commitment, as a total per location, over every location the line was ever at: a place it left gets its units back.
  for (const place of places([...gross.keys(), ...ever])) {
    if (keys.openedAt(itemId, place) === null) continue;
    out.facts.push({
      fact: `${doc}@${place}`, kind: 'order committed', itemId,
      from: at(place, 'available'), to: at(place, 'committed'), quantity: gross.get(place) ?? 0,
      occurredAt: order.processedAt ?? order.updatedAt, source,
    });
  }
}

/** Each place once, in one order. */
const places = (ids: Iterable<number>): number[] => [...new Set(ids)].sort((a, b) => a - b);
const byKey = (a: [string, unknown], b: [string, unknown]): number => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);

/** Open units of a line by the place its fulfilment orders have them at; places `location` does not know are left out. */
export function openByPlace(order: OrderState, lineId: string, location: StockKeys['location']): [number, number][] {
  let left = linePosition(order, lineId).open;
  const places: [number, number][] = [];
  for (const [place, units] of assignedUnits(order, lineId, location, () => {})) {
    const here = Math.min(left, units);
    left -= here;
    if (here > 0) places.push([place, here]);
  }
  return places;
}

function assignedUnits(
  order: OrderState, lineId: string, location: StockKeys['location'], skip: (reason: Skipped, units: number, subject: string | null) => void,
): [number, number][] {
  const units: [number, number][] = [];
  for (const [, assignment] of Object.entries(order.assignments).sort(byKey)) {
    const line = assignment.lines[lineId];
    if (!line || !assignment.open) continue;
    const place = location(assignment.locationId);
    if (place === null) skip('location unmapped', line.remaining, assignment.locationId);
    else units.push([place, Math.max(0, line.remaining - leftSince(order, lineId, assignment.locationId, assignment.updatedAt))]);
  }
  return units;
}

/** Units of parcels that left a location after its fulfilment order was read. */
function leftSince(order: OrderState, lineId: string, locationId: string, readAt: string): number {
  let units = 0;
  for (const parcel of Object.values(order.fulfilments)) {
    if (!parcel.cancelled && parcel.locationId === locationId && parcel.at > readAt) units += parcel.lines[lineId] ?? 0;
  }
  return units;
}

function everAssigned(order: OrderState, lineId: string, keys: StockKeys): number[] {
  const places: number[] = [];
  for (const assignment of Object.values(order.assignments)) {
    if (!assignment.lines[lineId]) continue;
    for (const id of [assignment.locationId, ...(assignment.left ?? [])]) {
      const place = keys.location(id);
      if (place !== null) places.push(place);
    }
  }
  for (const parcel of Object.values(order.fulfilments)) {
    const place = parcel.lines[lineId] && parcel.locationId !== null ? keys.location(parcel.locationId) : null;
    if (place !== null) places.push(place);
  }
  return places;
}

function onlyPlace(order: OrderState, lineId: string, keys: StockKeys): number | null {
  const single = (places: number[]): number | null => (new Set(places).size === 1 ? places[0]! : null);
  // Where its units are said to be now, before where they ever were: an order that was moved whole has one place again.
  const now = Object.values(order.assignments).flatMap((a) => ((a.lines[lineId]?.total ?? 0) > 0 ? [keys.location(a.locationId) ?? []].flat() : []));
  return single(now) ?? single(everAssigned(order, lineId, keys));
}
