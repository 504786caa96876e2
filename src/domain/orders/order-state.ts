/**
 * An order as the join of everything heard about it.
 *
 * Webhooks arrive late, twice and in any order; bulk files and reads overlap with them. So an order is a join-semilattice: each
 * fragment heard is itself an OrderState, and `join` is commutative, associative and idempotent (order-state.test.ts proves it with
 * random fragments). Whatever the arrival order, the same facts end in the same state, and everything downstream (ledger, demand) is a
 * pure function of that state.
 *
 * Units are whole; instants are ISO-8601 UTC with milliseconds, so they compare as text; ids are decimal strings.
 */

export type RestockType = 'return' | 'cancel' | 'no_restock';

export interface OrderLine {
  variantId: string | null;
  sku: string | null;
  title: string;
  /** Units ordered, including those removed or refunded later. Shopify never lowers it. */
  ordered: number;
  /** Units taken off by order edits. */
  removed: number;
  giftCard: boolean;
  requiresShipping: boolean;
  /** Unit price in minor units of the shop's currency. */
  price: number;
  /** Native bundle: this line is a component; the parent is only a group. */
  group: { id: string; variantId: string | null; quantity: number } | null;
}

export interface RefundLine { refundId: string; lineId: string; quantity: number; restockType: RestockType; locationId: string | null; at: string }
export interface Disposition { lineId: string | null; quantity: number; restocked: boolean; locationId: string | null; at: string }
export interface FulfilmentState { locationId: string | null; cancelled: boolean; at: string; updatedAt: string; lines: Record<string, number> }
/** A fulfilment order as last read: where the line's units are assigned. Shopify's time has whole seconds, so the time of our reading orders reads within one. */
export interface Assignment {
  locationId: string; open: boolean;
  /** On hold in Shopify: promised, and not to be picked yet. */
  held?: true;
  updatedAt: string; readAt: string;
  /** Lines that were moved away stay with zero units, and places it was at before in `left`: what was promised there must be taken back. */
  lines: Record<string, { total: number; remaining: number }>;
  left?: string[];
}

export interface OrderState {
  id: string;
  name: string;
  /** Newest change heard of. */
  updatedAt: string;
  processedAt: string | null;
  cancelledAt: string | null;
  cancelReason: string | null;
  test: boolean;
  sourceName: string | null;
  lines: Record<string, OrderLine>;
  /** Key: refund line id. */
  refunds: Record<string, RefundLine>;
  fulfilments: Record<string, FulfilmentState>;
  assignments: Record<string, Assignment>;
  /** What was done in Shopify with goods that came back, key: disposition id. Apart from refunds: money says nothing of the goods. */
  dispositions: Record<string, Disposition>;
  /** Unfulfilled units per line as Shopify stated them, newest statement wins. */
  unfulfilled: Record<string, { quantity: number; at: string }>;
  /** Units known to be fulfilled without the parcel they left in (bulk history), per line; superseded once `fulfilmentsKnown`. */
  fulfilledBefore: Record<string, { quantity: number; locationId: string | null }>;
  /** A fragment with the complete list of fulfilments, or of refunds, has been heard. */
  fulfilmentsKnown: boolean;
  refundsKnown: boolean;
}

/** An empty record that will be keyed by ids. Without a prototype, filling it takes half as long as it does `{}`. */
export const byId = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

/** An order nothing is known of yet: the identity of `join`. */
export function emptyOrder(id: string): OrderState {
  return {
    id, name: '', updatedAt: '', processedAt: null, cancelledAt: null, cancelReason: null, test: false, sourceName: null,
    lines: byId(), refunds: {}, fulfilments: {}, assignments: byId(), dispositions: {}, unfulfilled: byId(), fulfilledBefore: byId(), fulfilmentsKnown: false, refundsKnown: false,
  };
}

/** The least state that contains both. Throws when the two are of different orders. */
export function join(a: OrderState, b: OrderState): OrderState {
  if (a.id !== b.id) throw new Error(`join of different orders: ${a.id} and ${b.id}`);
  return {
    id: a.id,
    name: greater(a.name, b.name),
    updatedAt: greater(a.updatedAt, b.updatedAt),
    processedAt: lesserKnown(a.processedAt, b.processedAt),
    cancelledAt: lesserKnown(a.cancelledAt, b.cancelledAt),
    cancelReason: greaterKnown(a.cancelReason, b.cancelReason),
    test: a.test || b.test,
    sourceName: greaterKnown(a.sourceName, b.sourceName),
    lines: merge(a.lines, b.lines, joinLine),
    refunds: merge(a.refunds, b.refunds, joinRefund),
    fulfilments: merge(a.fulfilments, b.fulfilments, (x, y) => newest(x, y, (f) => `${f.cancelled ? 1 : 0}${f.updatedAt}`)),
    assignments: merge(a.assignments, b.assignments, joinAssignment),
    // Orders kept before returns were read have no dispositions.
    dispositions: merge(a.dispositions ?? {}, b.dispositions ?? {}, (x, y) => newest(x, y, (d) => d.at)),
    unfulfilled: merge(a.unfulfilled, b.unfulfilled, joinUnfulfilled),
    fulfilledBefore: merge(a.fulfilledBefore, b.fulfilledBefore, (x, y) => newest(x, y, (f) => String(f.quantity).padStart(12, '0'))),
    fulfilmentsKnown: a.fulfilmentsKnown || b.fulfilmentsKnown,
    refundsKnown: a.refundsKnown || b.refundsKnown,
  };
}

export function sameState(a: OrderState, b: OrderState): boolean {
  return canonical(a) === canonical(b);
}

/** Stable text of a value: object keys in order, so equal states are equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const record = value as Record<string, unknown>;
    return `{${Object.keys(record).sort().map((key) => `${JSON.stringify(key)}:${canonical(record[key])}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** What the state says of one line, in units. `open` = neither fulfilled nor released; `released` = dropped unshipped without coming back to stock. */
export interface LinePosition { open: number; fulfilled: number; cancelled: number; released: number; returned: number }

export function linePosition(order: OrderState, lineId: string): LinePosition {
  const line = order.lines[lineId];
  if (!line) return { open: 0, fulfilled: 0, cancelled: 0, released: 0, returned: 0 };
  let cancelled = 0, withoutRestock = 0, returned = 0;
  for (const refund of Object.values(order.refunds)) {
    if (refund.lineId !== lineId) continue;
    if (refund.restockType === 'cancel') cancelled += refund.quantity;
    else if (refund.restockType === 'no_restock') withoutRestock += refund.quantity;
    else returned += refund.quantity;
  }
  let fulfilled = 0;
  for (const parcel of Object.values(order.fulfilments)) if (!parcel.cancelled) fulfilled += parcel.lines[lineId] ?? 0;
  if (!order.fulfilmentsKnown) fulfilled = Math.max(fulfilled, order.fulfilledBefore[lineId]?.quantity ?? 0);
  // A refund without restock may be of shipped or unshipped units; Shopify's own count of unfulfilled units tells which.
  const most = Math.max(0, line.ordered - line.removed - cancelled - fulfilled);
  const least = Math.max(0, most - withoutRestock);
  const stated = order.unfulfilled[lineId]?.quantity;
  // While refunds or parcels are not all known, its count is the better word.
  const open = stated === undefined ? least : order.refundsKnown && order.fulfilmentsKnown ? Math.min(most, Math.max(least, stated)) : Math.min(most, stated);
  return { open, fulfilled, cancelled, released: most - open, returned };
}

const greater = (a: string, b: string): string => (a >= b ? a : b);
const greaterKnown = (a: string | null, b: string | null): string | null => (a === null ? b : b === null ? a : greater(a, b));
const lesserKnown = (a: string | null, b: string | null): string | null => (a === null ? b : b === null ? a : a <= b ? a : b);

function merge<T>(a: Record<string, T>, b: Record<string, T>, both: (x: T, y: T) => T): Record<string, T> {
  const result: Record<string, T> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const known = result[key];
    result[key] = known === undefined ? value : both(known, value);
  }
  return result;
}

/** The one with the greater rank; ties are settled by content, so that the choice does not depend on the order of arguments. */
function newest<T>(x: T, y: T, rank: (value: T) => string): T {
  const a = rank(x), b = rank(y);
  if (a !== b) return a > b ? x : y;
  return canonical(x) >= canonical(y) ? x : y;
}

function joinLine(a: OrderLine, b: OrderLine): OrderLine {
  return {
    variantId: greaterKnown(a.variantId, b.variantId),
    sku: greaterKnown(a.sku, b.sku),
    title: greater(a.title, b.title),
    ordered: Math.max(a.ordered, b.ordered),
    removed: Math.max(a.removed, b.removed),
    giftCard: a.giftCard || b.giftCard,
    requiresShipping: a.requiresShipping || b.requiresShipping,
    price: Math.max(a.price, b.price),
    group: a.group === null ? b.group : b.group === null ? a.group : newest(a.group, b.group, (g) => g.id),
  };
}

/** The newest statement, which also remembers what it no longer says: a line that was moved away, a place that was left. */
function joinAssignment(a: Assignment, b: Assignment): Assignment {
  const stated = (x: Assignment): Assignment => {
    const { left: _, ...rest } = x;
    return { ...rest, lines: Object.fromEntries(Object.entries(x.lines).filter(([, line]) => line.total > 0 || line.remaining > 0)) };
  };
  const winner = newest(stated(a), stated(b), (x) => `${x.updatedAt}${x.readAt}`);
  const lines: Assignment['lines'] = {};
  for (const lineId of [...Object.keys(a.lines), ...Object.keys(b.lines)]) lines[lineId] = winner.lines[lineId] ?? { total: 0, remaining: 0 };
  const left = [...new Set([...(a.left ?? []), ...(b.left ?? []), a.locationId, b.locationId])].filter((id) => id !== winner.locationId).sort();
  return { ...winner, lines: { ...lines, ...winner.lines }, ...(left.length > 0 ? { left } : {}) };
}

function joinRefund(a: RefundLine, b: RefundLine): RefundLine {
  return newest(a, b, (r) => `${r.locationId === null ? 0 : 1}${r.at}`);
}

/** Within one second Shopify's statements are not ordered; unfulfilled units only fall in practice, so the smaller one is the later. */
function joinUnfulfilled(a: { quantity: number; at: string }, b: { quantity: number; at: string }): { quantity: number; at: string } {
  if (a.at !== b.at) return a.at > b.at ? a : b;
  return a.quantity <= b.quantity ? a : b;
}
