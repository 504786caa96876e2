/** What to do about one level Instep may write: write it, leave it, or say why not. Values in, values out. */
import { availableToSell, holdBack, type Arithmetic, type ShelfTerms } from './available-to-sell.ts';

export interface LevelFacts {
  tracked: boolean; isNativeBundle: boolean;
  /** The level has an opening count in the ledger; without one there is nothing to compare with. */
  opened: boolean;
  /** Shopify stocks the item there; null when it never said. Since 2026-10 a set at a place that does not would silently begin to. */
  activeLevel: boolean | null; activeLocation: boolean;
  continuesSelling: boolean;
}
/** `set`: if Shopify still shows `from`. `difference`: by `to − from`, whatever it shows by then. */
export type PushWay = 'set' | 'difference';

export interface PushRules { mode: 'shadow' | 'live'; firstPushCap: number; pushedBefore: boolean; released: boolean }

export type Decision =
  | { do: 'write'; way: PushWay; from: number; to: number; arithmetic: Arithmetic | BundleArithmetic }
  | { do: 'leave'; state: 'in step' | 'shadow' | 'held' | 'not written'; wanted: number | null; arithmetic: Arithmetic | BundleArithmetic | null; reason: string | null };

export interface BundleArithmetic { parts: BundlePart[]; /** Bundles a person holds back from sale. */ heldBack?: number; available: number; sentence: string }
/** A part that is held back is not sold in a bundle either: what is wrong with it is wrong there too. */
export interface BundlePart { sku: string; perUnit: number; available: number; heldBack?: boolean }

/** Refused sets in a row after which a level that only sales move is written by difference. */
export const SETS_BEFORE_DIFFERENCE = 2;
/** Sets refused as stale in a row that make a conflict: a level paused, and a case. */
export const SETS_BEFORE_CONFLICT = 3;

/**
 * How a level is to be written, and how many open units Shopify has that no order known here explains. `ledger` is what everything heard so far adds up to,
 * `shown` what Shopify was just read to show (null: not read), `stale` how many sets in a row it refused because its number had moved on, `basis` the available
 * and committed units together that the last of them assumed.
 *
 * An order, its cancellation and its move change available and committed by opposite units, and our own parcels are in the ledger as soon as Shopify has them. So when
 * Shopify shows as many units in both together as the ledger, and no more than the refused set assumed, its own order processing explains the difference, and what
 * it shows less (or more) as available are units of orders not heard of. Anything else, a restock or somebody's edit, is compared, set and, the third time, a
 * case. The argument is in docs/decisions/020-push-by-difference.md.
 */
export function wayToWrite(ledger: Promised, shown: Promised | null, stale: number, basis: number | null): { way: PushWay; unheard: number } {
  if (shown === null) return { way: 'set', unheard: 0 };
  const together = shown.available + shown.committed;
  if (stale >= SETS_BEFORE_DIFFERENCE && together === ledger.available + ledger.committed && basis !== null && together <= basis) return { way: 'difference', unheard: ledger.available - shown.available };
  return { way: 'set', unheard: Math.max(0, shown.committed - ledger.committed) };
}
export interface Promised { available: number; committed: number }

/** Why a level is never written, or null when it may be. */
export function whyNotWritten(facts: LevelFacts, countedAt: string | null, isBundle: boolean): string | null {
  if (facts.isNativeBundle) return 'Shopify computes the stock of this bundle from its parts';
  if (!facts.tracked) return 'Shopify does not track the quantity of this item';
  if (!facts.activeLocation) return 'the location is inactive in Shopify';
  if (facts.activeLevel === false) return 'the item is not stocked at this location in Shopify; activate it there first';
  if (!facts.opened) return 'the item has never been stocked at this location in Shopify; activate it there first';
  if (!isBundle && countedAt === null) return 'the warehouse has not said anything of this item yet';
  return null;
}

/**
 * `assumed` is what Shopify is believed to show: the ledger's balance, or what was just read. `unheard` are units Shopify showed in that read as promised
 * beyond the orders known here: they are open orders too, only not heard of yet. Below zero: orders known here that it has taken back.
 */
export function decideLevel(input: { facts: LevelFacts; countedAt: string | null; terms: ShelfTerms; share: number; bufferSentence: string; way: PushWay; assumed: number; unheard: number; rules: PushRules; /** Why a person holds the item back; null: nobody does. */ heldBack: string | null }): Decision {
  const { facts, rules } = input;
  const why = whyNotWritten(facts, input.countedAt, false);
  if (why !== null) return { do: 'leave', state: 'not written', wanted: null, arithmetic: null, reason: why };
  const terms = { ...input.terms, open: input.terms.open + input.unheard };
  const free = availableToSell(terms, input.share - input.unheard, facts.continuesSelling, input.bufferSentence);
  return settle(input.heldBack === null ? free : holdBack(free), input.way, input.assumed, rules, input.heldBack);
}

/** A virtual bundle's level: whole bundles the scarcest part allows. Parts' availabilities already carry their own orders and buffers. */
export function decideBundle(input: { facts: LevelFacts; parts: BundleArithmetic['parts']; way: PushWay; assumed: number; rules: PushRules; heldBack: string | null }): Decision {
  const why = whyNotWritten(input.facts, null, true);
  if (why !== null) return { do: 'leave', state: 'not written', wanted: null, arithmetic: null, reason: why };
  let available = Infinity, scarcest = '';
  for (const part of input.parts) {
    const can = part.heldBack ? 0 : Math.floor(Math.max(0, part.available) / part.perUnit);
    if (can < available) { available = can; scarcest = part.heldBack ? `${part.sku} is held back from sale` : `${part.sku}: ${part.available} available, ${part.perUnit} in each`; }
  }
  if (available === Infinity) return { do: 'leave', state: 'not written', wanted: null, arithmetic: null, reason: 'none of the parts of this bundle is known' };
  const free = { parts: input.parts, available, sentence: `${available} bundles, as many as the scarcest part allows (${scarcest})` };
  return settle(input.heldBack === null ? free : { ...free, heldBack: available, available: 0, sentence: `0 bundles = ${available} that could be made (${scarcest}) − ${available} held back from sale` }, input.way, input.assumed, input.rules, input.heldBack);
}

function settle(arithmetic: Arithmetic | BundleArithmetic, way: PushWay, assumed: number, rules: PushRules, heldBack: string | null): Decision {
  const wanted = arithmetic.available;
  if (rules.mode === 'shadow') return { do: 'leave', state: 'shadow', wanted, arithmetic, reason: wanted === assumed ? null : `would change ${assumed} to ${wanted}` };
  if (wanted === assumed) return { do: 'leave', state: 'in step', wanted, arithmetic, reason: heldBack };
  if (!rules.pushedBefore && !rules.released && Math.abs(wanted - assumed) > rules.firstPushCap) {
    return { do: 'leave', state: 'held', wanted, arithmetic, reason: `the first push would change ${assumed} to ${wanted}, more than ${rules.firstPushCap} units: look at it and release it` };
  }
  return { do: 'write', way, from: assumed, to: wanted, arithmetic };
}
