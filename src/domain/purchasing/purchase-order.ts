/**
 * The purchase order as a document, and what may be done to it: a table of transitions, checked. Pure: the store saves what comes out by compare-and-set.
 *
 *   draft → (awaiting approval →) approved → sent → (confirmed →) part received → received → closed; cancelled while nothing has come in
 *
 * Goods that come after all when it was closed are received all the same, and it stays closed. Every accepted action is one version more. Of every line: open
 * units = ordered − received − damaged − cancelled, never below zero; more may come than was ordered, and closing or cancelling cancels what is still open, so
 * that nothing is on its way any more.
 */
import { assert } from '../assert.ts';
import type { Day } from '../calendar.ts';
import { units, type Units } from '../quantity.ts';

export const PURCHASE_STATES = ['draft', 'awaiting approval', 'approved', 'sent', 'confirmed', 'part received', 'received', 'closed', 'cancelled'] as const;
export type PurchaseState = (typeof PURCHASE_STATES)[number];
/** The supplier knows of it and its open units are on their way. */
export const ON_ORDER: readonly PurchaseState[] = ['sent', 'confirmed', 'part received'];

export interface PurchaseLine {
  line: number;
  itemId: number;
  supplierSku: string | null;
  ordered: Units;
  /** Minor units of the order's currency, before shares of shipping and duty. */
  unitCost: number;
  expectedOn: Day | null;
  received: Units; damaged: Units; cancelled: Units;
  /** The recommendation it came from, as it was. */
  recommendation: unknown;
}

export interface PurchaseOrder {
  reference: string;
  supplierId: number;
  locationId: number;
  state: PurchaseState;
  currency: string;
  orderedOn: Day | null;
  expectedOn: Day | null;
  /** Minor units of the currency, shared over the lines as landed cost. */
  shipping: number; duty: number; otherCost: number;
  notes: string;
  version: number;
  /** Everybody who made, amended or submitted it. */
  madeBy: string[];
  approvedBy: string | null;
  lines: PurchaseLine[];
}

export type LineChange = Pick<PurchaseLine, 'itemId' | 'supplierSku' | 'ordered' | 'unitCost' | 'expectedOn'> & { recommendation?: unknown };
/** Good and damaged units of an item, not negative. */
export interface Received { itemId: number; quantity: Units; damaged: Units }

/** `today` is the shop's day; `by` who does it. */
export type PurchaseAction =
  | { do: 'amend'; by: string; expectedOn?: Day | null; shipping?: number; duty?: number; otherCost?: number; notes?: string; lines?: LineChange[]; locationId?: number }
  | { do: 'submit'; by: string; /** domain/purchasing/approval.ts says so. */ needsApproval: boolean }
  | { do: 'approve'; by: string; /** Why whoever asks may not (domain/purchasing/approval.ts); null or left out: they may. */ refused?: string | null }
  | { do: 'reopen'; by: string }
  | { do: 'send'; by: string; today: Day; expectedOn: Day | null }
  | { do: 'confirm'; by: string; expectedOn: Day | null }
  | { do: 'receive'; by: string; lines: Received[] }
  | { do: 'take back'; by: string; lines: Received[] }
  | { do: 'close'; by: string }
  | { do: 'cancel'; by: string };
export type PurchaseVerb = PurchaseAction['do'];

/** Which states an action may be done in. What is not here is refused. */
export const TRANSITIONS: Readonly<Record<PurchaseVerb, readonly PurchaseState[]>> = {
  amend: ['draft', 'sent', 'confirmed', 'part received', 'received'],
  submit: ['draft'],
  approve: ['awaiting approval'],
  reopen: ['awaiting approval', 'approved', 'sent', 'confirmed'],
  send: ['approved'],
  confirm: ['sent'],
  receive: ['sent', 'confirmed', 'part received', 'received', 'closed'],
  'take back': ['part received', 'received', 'closed'],
  close: ['sent', 'confirmed', 'part received', 'received'],
  cancel: ['draft', 'awaiting approval', 'approved', 'sent', 'confirmed'],
};
/** What a version is called after its action. */
export const VERSION_WORD: Readonly<Record<PurchaseVerb, string>> = {
  amend: 'amended', submit: 'submitted', approve: 'approved', reopen: 'reopened', send: 'sent', confirm: 'confirmed', receive: 'received', 'take back': 'receipt taken back', close: 'closed', cancel: 'cancelled',
};

export const openUnits = (line: Pick<PurchaseLine, 'ordered' | 'received' | 'damaged' | 'cancelled'>): Units => Math.max(0, line.ordered - line.received - line.damaged - line.cancelled);
/** Σ ordered × unit cost, minor units, without shipping, duty and other cost. */
export const goodsValue = (order: Pick<PurchaseOrder, 'lines'>): number => order.lines.reduce((sum, line) => sum + line.ordered * line.unitCost, 0);
export const orderValue = (order: PurchaseOrder): number => goodsValue(order) + order.shipping + order.duty + order.otherCost;

/** The order after an action, one version on; or why not, in a sentence that says what to do. */
export function act(order: PurchaseOrder, action: PurchaseAction): { order: PurchaseOrder } | { refused: string } {
  if (action.do === 'receive' && order.state === 'cancelled') return { refused: `${order.reference} is cancelled: for goods of it that come all the same, duplicate it, send the copy by hand and receive them for that` };
  if (!TRANSITIONS[action.do].includes(order.state)) return { refused: `${order.reference} is ${order.state}: ${action.do} is possible when it is ${TRANSITIONS[action.do].join(', ')}` };
  const next: PurchaseOrder = { ...order, version: order.version + 1, lines: order.lines.map((line) => ({ ...line })) };
  const refused = apply(next, action);
  if (refused !== null) return { refused };
  checkOrder(next);
  return { order: next };
}

function apply(next: PurchaseOrder, action: PurchaseAction): string | null {
  switch (action.do) {
    case 'amend': return amend(next, action);
    case 'submit': {
      if (!next.lines.some((line) => line.ordered > 0)) return `${next.reference} has no units: add a line first`;
      noteMaker(next, action.by);
      next.state = action.needsApproval ? 'awaiting approval' : 'approved';
      if (next.state === 'approved') next.approvedBy = 'within the limit';
      return null;
    }
    case 'approve': {
      if (next.madeBy.includes(action.by)) return `${next.reference} was made, changed or submitted by ${action.by}: somebody else must approve it`;
      if (action.refused != null) return action.refused;
      next.state = 'approved';
      next.approvedBy = action.by;
      return null;
    }
    case 'reopen': case 'cancel': {
      if (next.lines.some((line) => line.received + line.damaged > 0)) return `Goods of ${next.reference} have come in: close it instead`;
      // A day promised for one sending says nothing of the next; one that was only drafted stays.
      if (action.do === 'reopen') Object.assign(next, { state: 'draft', approvedBy: null, orderedOn: null, expectedOn: next.orderedOn === null ? next.expectedOn : null });
      else { next.state = 'cancelled'; cancelOpen(next); }
      return null;
    }
    case 'send': Object.assign(next, { state: 'sent', orderedOn: action.today, expectedOn: action.expectedOn ?? next.expectedOn }); return null;
    case 'confirm': Object.assign(next, { state: 'confirmed', expectedOn: action.expectedOn ?? next.expectedOn }); return null;
    case 'receive': return book(next, action.lines, 1);
    case 'take back': return book(next, action.lines, -1);
    case 'close': next.state = 'closed'; cancelOpen(next); return null;
  }
}

/** Lines and the location belong to the draft; dates, charges (the freight bill comes later; past the approval limit it is told, approval.ts) and notes to any order the supplier has. What was approved is changed by reopening it. */
function amend(next: PurchaseOrder, action: Extract<PurchaseAction, { do: 'amend' }>): string | null {
  if ((action.lines !== undefined || action.locationId !== undefined) && next.state !== 'draft') return `${next.reference} is ${next.state}: reopen it to change its lines`;
  for (const field of ['expectedOn', 'shipping', 'duty', 'otherCost', 'notes', 'locationId'] as const) if (action[field] !== undefined) Object.assign(next, { [field]: action[field] });
  if (action.lines !== undefined) {
    const twice = action.lines.find((line, n) => action.lines!.findIndex((other) => other.itemId === line.itemId) !== n);
    if (twice) return `item ${twice.itemId} is on two lines: put its units on one`;
    const before = new Map(next.lines.map((line) => [line.itemId, line]));
    next.lines = action.lines.map((line, n) => ({
      line: n + 1, itemId: line.itemId, supplierSku: line.supplierSku, ordered: line.ordered, unitCost: line.unitCost, expectedOn: line.expectedOn, received: 0, damaged: 0, cancelled: 0,
      recommendation: line.recommendation ?? before.get(line.itemId)?.recommendation ?? null,
    }));
  }
  // Who changes what is bought, or what it costs, has made it; a date is nobody's authorship.
  if (action.lines !== undefined || action.shipping !== undefined || action.duty !== undefined || action.otherCost !== undefined) noteMaker(next, action.by);
  return null;
}

function book(next: PurchaseOrder, lines: readonly Received[], sign: 1 | -1): string | null {
  if (!lines.some((line) => line.quantity + line.damaged > 0)) return `Nothing of ${next.reference} was counted: enter the units that came`;
  for (const { itemId, quantity, damaged } of lines) {
    const line = next.lines.find((l) => l.itemId === itemId);
    if (!line) return `${next.reference} has no line of item ${itemId}`;
    line.received += sign * quantity;
    line.damaged += sign * damaged;
    if (line.received < 0 || line.damaged < 0) return `${next.reference} line ${line.line}: more would be taken back than came in`;
  }
  if (next.state === 'closed') { cancelOpen(next); return null; } // more may come of a closed order; nothing is on its way, what was taken back neither
  const some = next.lines.some((line) => line.received + line.damaged > 0), all = next.lines.every((line) => openUnits(line) === 0);
  next.state = all ? 'received' : some ? 'part received' : 'sent';
  return null;
}

function cancelOpen(next: PurchaseOrder): void {
  for (const line of next.lines) line.cancelled = Math.max(0, line.ordered - line.received - line.damaged);
}

function noteMaker(next: PurchaseOrder, by: string): void {
  if (!next.madeBy.includes(by)) next.madeBy = [...next.madeBy, by];
}

/** Beliefs about every order that is saved. */
function checkOrder(order: PurchaseOrder): void {
  for (const line of order.lines) {
    for (const n of [line.ordered, line.received, line.damaged, line.cancelled, line.unitCost]) assert(units(n) >= 0, `${order.reference} line ${line.line}: ${n} is below zero`);
    assert(line.cancelled <= line.ordered, `${order.reference} line ${line.line}: more cancelled than ordered`);
  }
  if (order.state === 'closed' || order.state === 'cancelled') assert(order.lines.every((line) => openUnits(line) === 0), `${order.reference} is over and still expects goods`);
}
