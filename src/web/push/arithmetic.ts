/** The terms of "should show" as the waterfall draws them: they sum exactly to what Instep would write. */
import type { PushRow } from '../api/stock-queries.ts';

export interface Term { key: string; label: string; quantity: number; sentence: string }

/** Name in the row's terms, which way it counts, its label, what it is. */
const KNOWN: readonly [string, 1 | -1, string, string][] = [
  ['onHand', 1, 'On the shelf', 'what the warehouse says it has'],
  ['unsellable', -1, 'Unsellable', 'of those, damaged or in quarantine'],
  ['open', -1, 'Open orders', 'ordered and not dispatched yet'],
  ['openInBundles', -1, 'Open bundles', 'ordered as part of a bundle'],
  ['dispatched', 1, 'Dispatched', 'of the open orders, out of the building already'],
  ['ahead', -1, 'Fulfilled early', 'fulfilled in Shopify before they left the shelf'],
  ['elsewhere', -1, 'Other stores', 'in open orders of other stores on this shelf'],
  ['buffer', -1, 'Buffer', ''],
  ['sharing', 1, 'Sharing', 'what is not this store’s share'],
  ['heldBack', -1, 'Held back', 'taken off sale by a person'],
];

/** Terms in the order of the sentence; the last, if any, is what keeps the figure from going below zero. */
export function pushTerms(row: Pick<PushRow, 'terms' | 'wanted' | 'bufferSentence'>): Term[] {
  const terms = KNOWN.flatMap(([key, sign, label, sentence]): Term[] => {
    const units = row.terms[key];
    return units === undefined ? [] : [{ key, label, quantity: sign * units, sentence: key === 'buffer' ? row.bufferSentence ?? '' : sentence }];
  });
  const sum = terms.reduce((total, term) => total + term.quantity, 0), rest = (row.wanted ?? sum) - sum;
  return rest === 0 || terms.length === 0 ? terms : [...terms, { key: 'floor', label: 'Never below 0', quantity: rest, sentence: 'a shop cannot show less than nothing' }];
}
