/**
 * Why the planner holds other units of an item at a place than the ledger does: pure functions. It read the shop at its last sync and was told of orders at
 * the last exchange, so what changed since is no fault. Each cause needs evidence; the rest is unknown. Causes' units sum to the difference, theirs − ours.
 */
import type { DriftCause, ExplainedUnits } from './causes.ts';

export interface PlannerStockInput {
  theirs: number;
  /** Available in the ledger now. */
  ours: number;
  /** When the planner last read the shop, as far as it says; else when it was read. */
  syncedAt: string;
  /**
   * Available moved by this since, told in several ways, the likeliest first: by when it happened, by when the ledger heard of it, without edits the check
   * found (they are dated by the level's last change), and with what happened in the very second of its sync (it tells no less than seconds). Corrections of the ledger are left out: nothing moved.
   */
  moved: readonly number[];
  /** Units on hand that were not available then (committed, damaged …). */
  held: number;
  /** Whether the account's places show what is on hand: more of its levels with units held back show that than show what is available. */
  countsOnHand: boolean;
  /** Causes of Shopify's own difference from the ledger: what the planner reads differs alike, surely where Shopify's level has not changed since its sync. */
  beside: readonly ExplainedUnits[]; besideIsOlder: boolean;
  stray: Stray | null;
  isBundle: boolean;
  /** When the level was first read here, where that was after the planner's sync: what was sold between is in its figure alone. */
  openedAt: string | null;
}

/** Units the planner keeps where nobody matched them. `whole`: it has none of the item at this place but these. */
export interface Stray { units: number; whole: boolean; evidence: string }

export interface PlannerIncomingInput {
  theirs: number;
  /** Units open of approved purchase orders here. */
  ours: number;
  readAt: string;
  /** Units of orders approved after its figures were read, and of orders it should know and was not told. */
  fresh: number; unsent: number; unsentWhy: string;
  /** Units received here that it was not told, since its figures were read and before. */
  receivedSince: number; unwritten: number; unwrittenWhy: string;
  /** An order of the item both sides keep that changed after the figures were read: which, null where none did. */
  changed: string | null;
  /** Whether orders made at the planner become ours. */
  takesOrders: boolean;
  /** Whether the exchange that read these figures is still at work: what its orders say is not here yet. */
  exchanging: boolean;
  stray: Stray | null;
}

export interface PlannerFinding { difference: number; causes: ExplainedUnits[] }

/**
 * theirs − ours, in stock. First what moved since its sync; then what Shopify itself differs by; then units held back, where the account counts them; then what
 * stands under an unmatched variant or place; then a bundle; the rest is unknown.
 */
export function explainPlannerStock(input: PlannerStockInput): PlannerFinding {
  const rest = new Rest(input.theirs - input.ours);
  if (input.stray?.whole) rest.give('unmapped location or SKU', rest.left, input.stray.evidence);
  const held = input.countsOnHand ? input.held : 0;
  // An event may reach us after the planner read what it did: of the ways to tell what it cannot have seen, the one that leaves least.
  const leaves = (since: number): number => Math.abs(rest.left + since - held);
  const since = input.moved.reduce((best, way) => (leaves(way) < leaves(best) ? way : best));
  if (!rest.done) rest.give('not exchanged yet', -since, `it read the shop at ${input.syncedAt}; available moved by ${signed(since)} here since`);
  if (!rest.done) rest.give('available against on hand', held, `it shows what is on hand, ${held} units of which are not available`);
  const alike = input.beside.reduce((sum, cause) => sum + cause.units, 0);
  if (!rest.done && alike !== 0 && (input.besideIsOlder || Math.abs(rest.left - alike) < Math.abs(rest.left))) for (const { cause, units, evidence } of input.beside) rest.give(cause, units, `what it reads in Shopify differs alike: ${evidence}`);
  if (input.stray) rest.take('unmapped location or SKU', -input.stray.units, input.stray.evidence);
  if (input.isBundle) rest.give('bundle counted otherwise', rest.left, `it is a bundle: the planner counts ${input.theirs} of it, here its parts are counted`);
  if (input.openedAt !== null) rest.give('not exchanged yet', rest.left, `it read the shop at ${input.syncedAt}, before the level was first read here at ${input.openedAt}`);
  return rest.end(`nothing explains why it shows ${input.theirs} where ${input.ours - since} were available`);
}

/** theirs − ours, on order: orders it does not know yet or was not told, receipts it was not told, unmatched variants, orders of its own; the rest is unknown. */
export function explainPlannerIncoming(input: PlannerIncomingInput): PlannerFinding {
  const rest = new Rest(input.theirs - input.ours);
  rest.give('not exchanged yet', -input.fresh, `approved after its figures were read at ${input.readAt}`);
  rest.give('order not sent', -input.unsent, input.unsentWhy);
  rest.give('not exchanged yet', input.receivedSince, `received after its figures were read at ${input.readAt}`);
  rest.give('receipt not written', input.unwritten, input.unwrittenWhy);
  if (input.stray) rest.take('unmapped location or SKU', -input.stray.units, input.stray.evidence);
  if (input.changed !== null) rest.give('not exchanged yet', rest.left, `${input.changed} changed after its figures were read at ${input.readAt}`);
  if (!input.takesOrders && rest.left > 0) rest.give('order not taken over', rest.left, 'orders made there are not taken over, as this connection is set');
  if (input.exchanging) rest.give('not exchanged yet', rest.left, `its figures were read at ${input.readAt}; its orders are being read`);
  return rest.end(`it has ${input.theirs} on order, the purchase orders here make ${input.ours}`);
}

/** What of a difference has no cause yet. `give` is evidence of its own size; `take` explains at most what is left, in its own direction. */
class Rest {
  readonly #difference: number;
  readonly #causes: ExplainedUnits[] = [];
  left: number;
  constructor(difference: number) { this.#difference = this.left = difference; }
  get done(): boolean { return this.left === 0; }
  give(cause: DriftCause, units: number, evidence: string): void {
    if (units === 0) return;
    this.#causes.push({ cause, units, evidence });
    this.left -= units;
  }
  take(cause: DriftCause, units: number, evidence: string): void {
    if (Math.sign(units) === Math.sign(this.left)) this.give(cause, Math.sign(units) * Math.min(Math.abs(units), Math.abs(this.left)), evidence);
  }
  end(evidence: string): PlannerFinding {
    this.give('unknown', this.left, evidence);
    return { difference: this.#difference, causes: this.#causes };
  }
}

const signed = (units: number): string => (units > 0 ? `+${units}` : String(units));
