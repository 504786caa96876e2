/**
 * Why Shopify shows another number than the warehouse's shelf allows: a pure function. What is withheld on purpose (unsellable units, open orders, the
 * buffer, other stores' shares) is arithmetic and no drift; the rest has a cause with evidence, or is unknown. Units sum to the difference.
 */
import type { ExplainedUnits } from './causes.ts';

export interface WarehouseInput {
  /** What Shopify shows as available, and what it should show by the shelf's arithmetic. */
  shown: number;
  wanted: number;
  /** Where the push of the level stands, in the queue's own word, and its reason. */
  push: string;
  reason: string | null;
  /** The last set that was confirmed; null: never. */
  pushed: number | null;
  /** Units restocked in Shopify that no inspection accepted and no push took back yet. */
  ghosts: number;
  /** Units staff changed in Shopify since the last set, signed, as the ledger has heard. */
  edits: number;
  /** Orders not in the ledger yet: what they will do to available. */
  ordersPending: number;
  /** Counts of the level that nobody has decided on: counted less expected. */
  counted: number;
  /** Units on the shelf under a code nobody matched, which is in all likelihood this item, and the code; null: none. */
  unmatched: { units: number; code: string } | null;
}

/**
 * shown − wanted, in causes. Restocks first, then edits (those that follow a count are the count's), then orders on their way, then units the shelf lost to a
 * code nobody matched, each at most as far as the difference goes their way; the rest is the push itself as long as it is queued, sent, held or refused.
 */
export function explainWarehouse(input: WarehouseInput): { difference: number; causes: ExplainedUnits[] } {
  const difference = input.shown - input.wanted, causes: ExplainedUnits[] = [];
  let left = difference;
  const give = (cause: ExplainedUnits['cause'], units: number, evidence: string): void => {
    const taken = left === 0 || Math.sign(units) !== Math.sign(left) ? 0 : Math.sign(left) * Math.min(Math.abs(units), Math.abs(left));
    if (taken === 0) return;
    causes.push({ cause, units: taken, evidence });
    left -= taken;
  };
  give('restocked without inspection', input.ghosts, `${input.ghosts} units were restocked in Shopify and no inspection has accepted them`);
  const counted = Math.sign(input.counted) === Math.sign(input.edits) ? Math.sign(input.edits) * Math.min(Math.abs(input.counted), Math.abs(input.edits)) : 0;
  give('count pending', counted, `a count found ${Math.abs(input.counted)} ${input.counted > 0 ? 'more' : 'fewer'} than the shelf and waits to be approved; Shopify was changed after it`);
  give('edited in Shopify', input.edits - counted, `somebody changed it by ${input.edits} since ${input.pushed === null ? 'it was first looked at' : `${input.pushed} was set`}`);
  give('event not received', input.ordersPending, 'orders that Shopify has and the ledger has not');
  if (input.unmatched) give('unmapped location or SKU', input.unmatched.units, `${input.unmatched.units} units stand under the code ${input.unmatched.code}, which nobody matched and which looks like this item`);
  if (left !== 0) {
    const pending = input.push !== 'in step' && input.push !== 'not written';
    causes.push(pending ? { cause: 'push refused or pending', units: left, evidence: `the push is ${input.push}${input.reason ? `: ${input.reason}` : ''}` } : { cause: 'unknown', units: left, evidence: `the push says ${input.push}, and nothing that was heard explains it` });
  }
  return { difference, causes };
}

export interface ShelfInput {
  /** On hand as Shopify has it at the location, and as the warehouse last said. */
  shopify: number; warehouse: number;
  /** Terms of the arithmetic behind what is shown, and what it came to. */
  terms: { unsellable: number; open: number; openInBundles: number; dispatched: number; ahead: number; elsewhere: number; buffer: number; sharing: number; heldBack?: number };
  wanted: number;
  /** Available and committed in Shopify, and its other states (damaged, reserved …) that are part of on hand. */
  shown: number; committed: number; other: number;
}

/** Shopify's on hand less the warehouse's, a line a term. `arithmetic` is withheld on purpose, `causes` are not; together they sum to the difference. */
export function explainShelf(input: ShelfInput): { difference: number; arithmetic: { what: string; units: number }[]; causes: ExplainedUnits[] } {
  const difference = input.shopify - input.warehouse, { terms: t } = input, arithmetic: { what: string; units: number }[] = [], causes: ExplainedUnits[] = [];
  const say = (what: string, units: number): void => { if (units !== 0) arithmetic.push({ what, units }); };
  const give = (cause: ExplainedUnits['cause'], units: number, evidence: string): void => { if (units !== 0) causes.push({ cause, units, evidence }); };
  say('unsellable at the warehouse', -t.unsellable);
  say('unavailable in Shopify', input.other);
  say('in open bundles', -t.openInBundles);
  say('in open orders of other stores', -t.elsewhere);
  say('buffer', -t.buffer);
  say("not this store's share", t.sharing);
  say('held back from sale', -(t.heldBack ?? 0));
  say('never below zero', input.wanted - (input.warehouse - t.unsellable - (t.open + t.openInBundles - t.dispatched) - t.ahead - t.elsewhere - t.buffer + t.sharing - (t.heldBack ?? 0)));
  give('dispatched, not fulfilled', t.dispatched, `${t.dispatched} units left the building and are still open in Shopify`);
  give('fulfilled, not dispatched', -t.ahead, `${t.ahead} units are fulfilled in Shopify and have not left the shelf as far as the warehouse said`);
  give('push refused or pending', input.shown - input.wanted, `Shopify shows ${input.shown} available, and should show ${input.wanted}`);
  give('event not received', input.committed - t.open, `Shopify has ${input.committed} committed here, the orders known make ${t.open}`);
  const said = [...arithmetic, ...causes].reduce((sum, line) => sum + line.units, 0);
  give('unknown', difference - said, 'nothing that was heard explains it');
  return { difference, arithmetic, causes };
}
