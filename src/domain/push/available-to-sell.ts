/**
 * What a warehouse-authority level should show as available: ATS = W − U − (O − D) − B.
 *
 * W units on the warehouse's shelf, U of them unsellable, O open order units assigned there, D those of O that have already left the building (so
 * they are out of W), B the buffer. Units that bundles sold as components are part of O. Never below zero, unless the variant continues selling.
 */
import { units as whole } from '../quantity.ts';

export interface ShelfTerms {
  /** W and U, with what happened after the last count already in them. */
  onHand: number; unsellable: number;
  /** O: open units of orders for the item itself, and of bundles that contain it. */
  open: number; openInBundles: number;
  /** D, of both. */
  dispatched: number;
  /** Fulfilled in Shopify since the last count, and still on the shelf as far as the warehouse said. */
  ahead: number;
  /** Open units of the other stores that sell from the same shelf, less what of them was dispatched. */
  elsewhere: number;
  buffer: number;
}

export interface Arithmetic extends ShelfTerms {
  /** What sharing between stores takes away (negative) or zero. */
  sharing: number;
  /** Units a person holds back from sale; absent where nobody does. */
  heldBack?: number;
  available: number;
  sentence: string;
  /** Why the buffer is what it is. */
  bufferSentence: string;
}

/** Units free on the shelf for all who sell from it, before sharing and the floor; may be negative. */
export function freeUnits(t: ShelfTerms): number {
  return t.onHand - t.unsellable - (t.open + t.openInBundles - t.dispatched) - t.ahead - t.elsewhere - t.buffer;
}

/**
 * The level's figure with its arithmetic. `share` is what this store may sell of the free units (see sharing.ts), `continuesSelling` lets it go negative.
 * Throws when a term is not a whole number.
 */
export function availableToSell(terms: ShelfTerms, share: number, continuesSelling: boolean, bufferSentence = ''): Arithmetic {
  for (const units of Object.values(terms)) whole(units as number);
  const free = freeUnits(terms);
  const available = continuesSelling ? share : Math.max(0, share);
  return { ...terms, sharing: share - free, available, sentence: atsSentence(terms, share - free, available), bufferSentence };
}

/** The same arithmetic with all that would be shown held back by a person. What is below zero stays: orders are what they are. */
export function holdBack(arithmetic: Arithmetic): Arithmetic {
  const heldBack = Math.max(0, arithmetic.available), available = arithmetic.available - heldBack;
  return { ...arithmetic, heldBack, available, sentence: atsSentence(arithmetic, arithmetic.sharing, available, heldBack) };
}

/** "31 = 40 on the shelf − 2 unsellable − 5 open orders + 1 of them dispatched − 3 buffer": the same on screen, in CSV and on the command line. */
export function atsSentence(t: ShelfTerms, sharing: number, available: number, heldBack = 0): string {
  const parts = [`${t.onHand} on the shelf`];
  const take = (units: number, words: string): void => { if (units !== 0) parts.push(`${units > 0 ? '−' : '+'} ${Math.abs(units)} ${words}`); };
  take(t.unsellable, 'unsellable');
  take(t.open, 'in open orders');
  take(t.openInBundles, 'in open bundles');
  take(-t.dispatched, 'of them already dispatched');
  take(t.ahead, 'fulfilled in Shopify before they left the shelf');
  take(t.elsewhere, 'in open orders of other stores');
  take(t.buffer, 'buffer');
  take(-sharing, "not this store's share");
  take(heldBack, 'held back from sale');
  const sum = freeUnits(t) + sharing - heldBack;
  return `${available} = ${parts.join(' ')}${sum === available ? '' : `, which is ${sum}; never below 0`}`;
}
