/** What to do about one level Instep may write: write it, leave it, or say why not. Values in, values out. */
import { availableToSell, type Arithmetic, type ShelfTerms } from './available-to-sell.ts';

export interface LevelFacts {
  tracked: boolean; isNativeBundle: boolean;
  /** The level has an opening count in the ledger; without one there is nothing to compare with. */
  opened: boolean;
  /** Shopify stocks the item there; null when it never said. Since 2026-10 a set at a place that does not would silently begin to. */
  activeLevel: boolean | null; activeLocation: boolean;
  continuesSelling: boolean;
}
export interface PushRules { mode: 'shadow' | 'live'; firstPushCap: number; pushedBefore: boolean; released: boolean }

export type Decision =
  | { do: 'write'; from: number; to: number; arithmetic: Arithmetic | BundleArithmetic }
  | { do: 'leave'; state: 'in step' | 'shadow' | 'held' | 'not written'; wanted: number | null; arithmetic: Arithmetic | BundleArithmetic | null; reason: string | null };

export interface BundleArithmetic { parts: { sku: string; perUnit: number; available: number }[]; available: number; sentence: string }

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
 * `assumed` is what Shopify is believed to show: the ledger's balance, or what was just read. `unheard` are committed units Shopify showed in that read
 * beyond the orders known here: they are open orders too, only not heard of yet.
 */
export function decideLevel(input: { facts: LevelFacts; countedAt: string | null; terms: ShelfTerms; share: number; bufferSentence: string; assumed: number; unheard: number; rules: PushRules }): Decision {
  const { facts, rules } = input;
  const why = whyNotWritten(facts, input.countedAt, false);
  if (why !== null) return { do: 'leave', state: 'not written', wanted: null, arithmetic: null, reason: why };
  const terms = { ...input.terms, open: input.terms.open + input.unheard };
  return settle(availableToSell(terms, input.share - input.unheard, facts.continuesSelling, input.bufferSentence), input.assumed, rules);
}

/** A virtual bundle's level: whole bundles the scarcest part allows. Parts' availabilities already carry their own orders and buffers. */
export function decideBundle(input: { facts: LevelFacts; parts: BundleArithmetic['parts']; assumed: number; rules: PushRules }): Decision {
  const why = whyNotWritten(input.facts, null, true);
  if (why !== null) return { do: 'leave', state: 'not written', wanted: null, arithmetic: null, reason: why };
  let available = Infinity, scarcest = '';
  for (const part of input.parts) {
    const can = Math.floor(Math.max(0, part.available) / part.perUnit);
    if (can < available) { available = can; scarcest = `${part.sku}: ${part.available} available, ${part.perUnit} in each`; }
  }
  if (available === Infinity) return { do: 'leave', state: 'not written', wanted: null, arithmetic: null, reason: 'none of the parts of this bundle is known' };
  return settle({ parts: input.parts, available, sentence: `${available} bundles, as many as the scarcest part allows (${scarcest})` }, input.assumed, input.rules);
}

function settle(arithmetic: Arithmetic | BundleArithmetic, assumed: number, rules: PushRules): Decision {
  const wanted = arithmetic.available;
  if (rules.mode === 'shadow') return { do: 'leave', state: 'shadow', wanted, arithmetic, reason: wanted === assumed ? null : `would change ${assumed} to ${wanted}` };
  if (wanted === assumed) return { do: 'leave', state: 'in step', wanted, arithmetic, reason: null };
  if (!rules.pushedBefore && !rules.released && Math.abs(wanted - assumed) > rules.firstPushCap) {
    return { do: 'leave', state: 'held', wanted, arithmetic, reason: `the first push would change ${assumed} to ${wanted}, more than ${rules.firstPushCap} units: look at it and release it` };
  }
  return { do: 'write', from: assumed, to: wanted, arithmetic };
}
