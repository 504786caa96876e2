/** What a refund does to an order's units: open ones leave their commitment, shipped ones come back, and each goes where it is restocked, or nowhere. */
import type { LineItemRecord, OrderRecord, RefundRecord, Shop } from '../state.ts';
import { refuse, type Action } from './action.ts';
import { releaseUnits } from './fulfilment-orders.ts';
import { changeLevel } from './levels.ts';
import { financialStatus, lineSubtotal } from './order-figures.ts';
import { trackedItemOf, uncommit } from './order-lines.ts';

/** Restock each unit at the place its stock was promised from. */
export const WHERE_IT_WAS = Symbol('where it was');
/** Units of one line to refund: `released` never shipped and leave the commitment, `returned` had shipped. */
export interface RefundPart {
  line: LineItemRecord; released: number; returned: number; restockType: 'RETURN' | 'CANCEL' | 'NO_RESTOCK';
  /** Location the units go back to, whole or each to its own; null: nowhere. */
  restockAt: string | null | typeof WHERE_IT_WAS;
}
type RefundLine = RefundRecord['lines'][number];

/** Gives up and takes back the units of the parts, and adds the refund that says so; no refund for no units. The caller puts the order. */
export function applyRefund(
  action: Action, order: OrderRecord, parts: RefundPart[], note: string | null, reason: string, end: 'CLOSED' | 'CANCELLED' = 'CLOSED',
): { refund: RefundRecord | undefined; next: OrderRecord } {
  let next: OrderRecord = { ...order, updatedAt: action.at };
  const lines = parts.flatMap((part): RefundLine[] => {
    const made = part.released + part.returned === 0 ? [] : refundLines(action, order, part, reason, end);
    const current = next.lines.find((line) => line.id === part.line.id)!;
    next = withLine(next, {
      ...current, currentQuantity: current.currentQuantity - part.released - part.returned, unfulfilledQuantity: current.unfulfilledQuantity - part.released,
    });
    return made;
  });
  if (lines.length === 0) return { refund: undefined, next };
  const refund: RefundRecord = { id: action.shop.nextId('Refund'), createdAt: action.at, note, lines };
  next = { ...next, refunds: [...next.refunds, refund] };
  return { refund, next: { ...next, financialStatus: financialStatus(next) } };
}

/** Moves the stock of one part and writes a refund line for each location it goes back to. */
function refundLines(action: Action, order: OrderRecord, part: RefundPart, reason: string, end: 'CLOSED' | 'CANCELLED'): RefundLine[] {
  const { shop } = action;
  const units = new Map<string | null, number>();
  const homeOf = (own: string | null): string | null => {
    const home = part.restockAt === WHERE_IT_WAS ? own : part.restockAt;
    if (home !== null && !shop.tables.locations.get(home)?.isActive) return refuse(['locationId'], 'Cannot restock items at a location that is not active.', 'INVALID');
    return home;
  };
  const count = (home: string | null, taken: number) => units.set(home, (units.get(home) ?? 0) + taken);
  let left = part.released;
  for (const portion of releaseUnits(action, order, part.line.id, part.released, end)) {
    const home = homeOf(portion.locationId);
    uncommit(action, part.line, portion.locationId, portion.units, { reason, backTo: home });
    count(home, portion.units);
    left -= portion.units;
  }
  // Units that no work carried have no stock behind them either.
  if (left > 0) count(homeOf(null), left);
  if (part.returned > 0) {
    const home = homeOf(shippedFrom(shop, order, part.line));
    const item = trackedItemOf(shop, part.line);
    if (home !== null && item !== undefined) changeLevel(action, item, home, { available: part.returned }, { reason });
    count(home, part.returned);
  }
  return [...units].map(([locationId, quantity]) => ({
    id: shop.nextId('RefundLineItem'), lineItemId: part.line.id, quantity, restockType: part.restockType, restocked: locationId !== null, locationId,
    subtotal: lineSubtotal(part.line, quantity),
  }));
}

/** Where the latest parcel with the line left from. */
function shippedFrom(shop: Shop, order: OrderRecord, line: LineItemRecord): string | null {
  const parcel = shop.fulfillmentsOf(order.id).findLast((fulfillment) => fulfillment.status === 'SUCCESS' && fulfillment.lines.some((shipped) => shipped.lineItemId === line.id));
  return parcel?.locationId ?? order.committedAt[line.id] ?? null;
}

/** The order with one of its lines replaced. */
export const withLine = (order: OrderRecord, line: LineItemRecord): OrderRecord =>
  ({ ...order, lines: order.lines.map((candidate) => candidate.id === line.id ? line : candidate) });
