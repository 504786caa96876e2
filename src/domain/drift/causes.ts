/**
 * Why a level differs: a pure function from what is known of it to causes whose units sum to the difference. Explanations need evidence;
 * what has none is "unknown", the only cause that is a fault of ours until shown otherwise.
 */
import type { StockState } from '../stock/fact.ts';

export type DriftCause =
  | 'event received, not applied'      // in the inbox or set aside, or the order waits for its location
  | 'push refused or pending'          // a write of ours is on its way, its outcome not known yet
  | 'event not received'               // an order changed and nobody has told us yet
  | 'edited in Shopify'                // by staff or another app: stock moved, no order did
  | 'restocked without inspection'     // goods restocked in Shopify where a warehouse has to accept them
  | 'dispatched, not fulfilled'        // left the building, not yet fulfilled in Shopify
  | 'fulfilled, not dispatched'        // fulfilled in Shopify, still on the shelf as far as the warehouse said
  | 'count pending'                    // counted, not approved yet
  | 'unmapped location or SKU'         // on the shelf under a code nobody matched to an item, or at the planner under a variant or a place nobody matched
  | 'not exchanged yet'                // changed here after the planner read it
  | 'order not sent'                   // a purchase order the planner was not told
  | 'receipt not written'              // goods received here that the planner still expects
  | 'order not taken over'             // a purchase order kept at the planner alone
  | 'available against on hand'        // the planner counts what is on hand, units of open orders included
  | 'bundle counted otherwise'         // the planner counts the bundle, here its parts are counted
  | 'unknown';

export const DRIFT_CAUSES: readonly DriftCause[] = [
  'event received, not applied', 'push refused or pending', 'event not received', 'edited in Shopify', 'restocked without inspection', 'dispatched, not fulfilled', 'fulfilled, not dispatched', 'count pending', 'unmapped location or SKU', 'not exchanged yet', 'order not sent', 'receipt not written', 'order not taken over',
  'available against on hand', 'bundle counted otherwise', 'unknown',
];

export interface LevelState { available: number; committed: number; onHand: number; other: Partial<Record<StockState, number>> }

/** What an order that is not in the ledger yet will do to the level once it is. */
export interface PendingEffect { cause: 'event received, not applied' | 'event not received'; available: number; committed: number; evidence: string }

export interface DriftInput {
  ledger: LevelState;
  /** As just read from Shopify, all states together. */
  observed: LevelState;
  /** Last change Shopify states for the level. */
  observedAt: string;
  /** Order by order, worked out from messages that wait and from orders just read. */
  pending: readonly PendingEffect[];
  /** Open units of known orders of this item that have no location yet. */
  unplacedUnits: number;
  /** Webhooks of the store still waiting to be applied. */
  inboxWaiting: number;
  /** Sets of available of ours to this level whose outcome is not known yet. */
  writesPending: number;
  /** Deltas of ours that were sent and not answered, each to one state: those of approved counts, and others. */
  deltasSent: readonly { state: StockState; cause: 'count pending' | 'push refused or pending'; units: number; sentAt: string; evidence: string }[];
  /** Orders are known to be read up to here. */
  ordersReadThrough: string;
  /** All that was on its way by then, waiting or unheard, is in `pending`; null where not all of it was looked at. */
  evidenceThrough: string | null;
}

export interface ExplainedUnits { cause: DriftCause; units: number; evidence: string }

/** What differs of one state, signed as Shopify less the ledger; the causes' units sum to the difference. */
export interface StateFinding { state: StockState; ledger: number; observed: number; difference: number; causes: ExplainedUnits[] }

export interface DriftFinding {
  /** observed − ledger of available. */
  difference: number;
  causes: ExplainedUnits[];
  /** The other states that differ. On hand is no state of its own: it is their sum, and would count the same change again. */
  states: StateFinding[];
  /** Stock edits to post as movements, per state, when nothing is still on its way. */
  edits: { state: StockState; quantity: number }[];
  settled: boolean;
}

/**
 * An order placed moves available and committed in opposite ways, a fulfilment takes from committed alone, an edit moves stock without moving committed.
 * So first the orders that are known to be on their way are taken out, each with what it does. If committed then agrees, no further order is missing and
 * the rest is an edit; if it does not, an order is: waiting for its location, not yet read, or unknown to us. No order moves the other states: what changed
 * there and is no delta of ours is an edit whatever else is on its way.
 */
export function explainDrift(input: DriftInput): DriftFinding {
  const { ledger, observed } = input;
  const difference = observed.available - ledger.available;
  const causes: ExplainedUnits[] = [], committed: ExplainedUnits[] = [];
  const edits: DriftFinding['edits'] = [];

  let edited = difference, missing = observed.committed - ledger.committed;
  for (const effect of input.pending) {
    edited -= effect.available;
    missing -= effect.committed;
    give(causes, effect.cause, effect.available, effect.evidence);
    give(committed, effect.cause, effect.committed, effect.evidence);
  }
  // What orders nobody named account for: units committed there and not here took as many from available.
  let waits = false, unexplained = false;
  if (missing !== 0) {
    const unplaced = Math.max(0, Math.min(missing, input.unplacedUnits));
    const rest = missing - unplaced;
    const both = (cause: DriftCause, units: number, evidence: string): void => { give(causes, cause, -units, evidence); give(committed, cause, units, evidence); };
    both('event received, not applied', unplaced, `${unplaced} units of known orders wait for their fulfilment location`);
    edited += unplaced;
    missing = rest;
    waits = unplaced > 0;
    if (rest !== 0) {
      unexplained = input.evidenceThrough !== null && second(input.observedAt) < second(input.evidenceThrough);
      const cause: DriftCause = unexplained ? 'unknown' : input.inboxWaiting > 0 ? 'event received, not applied' : input.ordersReadThrough <= input.observedAt ? 'event not received' : 'unknown';
      both(cause, rest, unexplained ? `Shopify has ${observed.committed} committed, the orders known here make ${ledger.committed}, and nothing that waits or changed since explains it`
        : cause === 'unknown' ? `Shopify has ${observed.committed} committed, the orders known here make ${ledger.committed}, and all orders up to ${input.ordersReadThrough} were read`
        : cause === 'event not received' ? `orders are read through ${input.ordersReadThrough}, the level changed at ${input.observedAt}` : `${input.inboxWaiting} messages wait in the inbox`);
      edited += rest;
    }
  }
  const moved = (Object.keys({ ...ledger.other, ...observed.other }) as StockState[]).map((state) => explainOther(input, state)).filter((finding) => finding.difference !== 0);
  edited -= giveDeltas(input, 'available', edited, causes);
  if (edited !== 0 || moved.length > 0) {
    if (input.writesPending > 0) give(causes, 'push refused or pending', edited, `${input.writesPending} of our own writes to this level are on their way`);
    else if (missing === 0) {
      // Posted only when nothing at all is on its way: an edit taken for one too early would have to be taken back.
      if (input.inboxWaiting === 0 && input.pending.length === 0 && input.deltasSent.length === 0 && !waits) {
        if (edited !== 0) edits.push({ state: 'available', quantity: edited });
        edits.push(...moved.map(({ state, difference: quantity }) => ({ state, quantity })));
      }
      give(causes, 'edited in Shopify', edited, `available went to ${observed.available} at ${input.observedAt} while committed is what the orders make it: no order moved`);
    } else if (unexplained) give(causes, 'edited in Shopify', edited, `available is ${observed.available} since ${input.observedAt}, and nothing that waits or changed since moved it; not followed while units promised are unexplained`);
    else give(causes, input.inboxWaiting > 0 ? 'event received, not applied' : 'event not received', edited, 'other changes of this level are still on their way');
  }
  const settled = input.pending.length === 0 && causes.every((c) => c.cause === 'edited in Shopify') && (edited === 0 && moved.length === 0 || edits.length > 0);
  const promised: StateFinding = { state: 'committed', ledger: ledger.committed, observed: observed.committed, difference: observed.committed - ledger.committed, causes: committed };
  return { difference, causes, states: [promised, ...moved].filter((finding) => finding.difference !== 0), edits, settled };
}

function give(to: ExplainedUnits[], cause: DriftCause, units: number, evidence: string): void {
  if (units !== 0) to.push({ cause, units, evidence });
}

/**
 * A delta without an answer was carried out or not. Where nothing is left, or the level has not changed since, it was not; else it was, for a call that left us
 * mostly is, and the rest is an edit. Answers the units it explains.
 */
function giveDeltas(input: DriftInput, state: StockState, left: number, causes: ExplainedUnits[]): number {
  if (left === 0) return 0;
  const sent = input.deltasSent.filter((each) => each.state === state && second(each.sentAt) <= second(input.observedAt));
  for (const { cause, units, evidence } of sent) give(causes, cause, units, evidence);
  return sent.reduce((sum, { units }) => sum + units, 0);
}

/** A state no order moves: damaged, reserved, safety stock, quality control, incoming. */
function explainOther(input: DriftInput, state: StockState): StateFinding {
  const ledger = input.ledger.other[state] ?? 0, observed = input.observed.other[state] ?? 0, difference = observed - ledger, causes: ExplainedUnits[] = [];
  give(causes, 'edited in Shopify', difference - giveDeltas(input, state, difference, causes), `${state.replace('_', ' ')} is ${observed} in Shopify and ${ledger} here, and no order moves it`);
  return { state, ledger, observed, difference, causes };
}

/**
 * Units of one level by cause, each change once: a unit that went from one state to another (sold: available to committed; broken: available to damaged) left
 * one and came to the other, so of what came and what went under a cause the larger counts.
 */
export function unitsByCause(states: readonly { causes: readonly ExplainedUnits[] }[]): Map<DriftCause, number> {
  const sums = new Map<DriftCause, { came: number; went: number }>();
  for (const { causes } of states) {
    for (const cause of new Set(causes.map((one) => one.cause))) {
      const units = causes.reduce((sum, one) => sum + (one.cause === cause ? one.units : 0), 0), sum = sums.get(cause) ?? { came: 0, went: 0 };
      sums.set(cause, units > 0 ? { ...sum, came: sum.came + units } : { ...sum, went: sum.went - units });
    }
  }
  return new Map([...sums].map(([cause, { came, went }]) => [cause, Math.max(came, went)] as const).filter(([, units]) => units > 0));
}

/** Shopify tells the second of a change; our own clock tells more. */
const second = (instant: string): string => instant.slice(0, 19);

/** Units sold within an hour that make an item one that sells fast, and money (minor units of the store's currency) that is much. */
const FAST = 6, MUCH = 100_000;

/** Whether an unexplained difference is misstated where it hurts at once: the item sells fast, or the units are worth much. `risk`: null where no price is known. */
export const isPressing = (soldLastHour: number, risk: number | null): boolean => soldLastHour >= FAST || (risk ?? 0) >= MUCH;
