/** The words of a recommendation. Numbers are plain digits, so that the sentence is the same in a terminal, a file and a browser. */
import { assert } from '../assert.ts';
import type { Recommendation, TermKey } from './recommend.ts';

/** Terms before the need is known, and after. */
const NEED: readonly TermKey[] = ['expected demand', 'safety stock', 'minimum stock', 'on hand', 'incoming', 'committed', 'backorders'];
const LIMITS: readonly TermKey[] = ['minimum order', 'full cases', 'maximum stock'];

export function sentenceOf(recommendation: Recommendation): string {
  const { quantity, need, terms, policy, conflicts } = recommendation;
  assert(terms.reduce((sum, term) => sum + term.quantity, 0) === quantity, 'the terms do not sum to the order');
  const said = (keys: readonly TermKey[], always: TermKey | null): string =>
    terms.filter((term) => keys.includes(term.key) && (term.quantity !== 0 || term.key === always)).map((term) => term.sentence).join('; ');
  const sentences = [
    quantity === 0 ? 'Order nothing.' : `Order ${quantity}.`,
    `${capital(said(NEED, 'expected demand'))}: ${need > 0 ? `${are(need)} needed` : need < 0 ? `${-need} more than needed ${need === -1 ? 'is' : 'are'} there` : 'exactly enough is there'}.`,
  ];
  const limits = said(LIMITS, null);
  if (limits !== '') sentences.push(`${capital(limits)}.`);
  sentences.push(...conflicts, timing(recommendation));
  if (recommendation.overstock > 0) sentences.push(`${are(recommendation.overstock)} overstock: more than this policy would ever order up to.`);
  if (recommendation.orderBy !== null && quantity > 0 && recommendation.orderBy < recommendation.today) {
    sentences.push(`An order placed in time for ${percent(policy.serviceLevel)} service was due on ${recommendation.orderBy}.`);
  }
  return sentences.join(' ');
}

function timing({ coverDays, coverBeyondHorizon, stockoutDate }: Recommendation): string {
  if (coverDays === null) return 'What is there lasts more than ten years at the forecast rate.';
  const cover = coverDays === 0 ? 'Nothing is left to sell.' : `What is there lasts ${coverBeyondHorizon ? 'about ' : ''}${daysLong(tenths(coverDays))} at the forecast rate.`;
  if (stockoutDate.p10 === null) return cover;
  const likely = stockoutDate.p50 === null ? '' : `, and more likely than not on ${stockoutDate.p50}`;
  return `${cover} It may run out on ${stockoutDate.p10} (one chance in ten)${likely}.`;
}

/** 0.975 → "97.5 %". */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

/** "1 is", "2 are". */
export function are(count: number): string {
  return `${count} ${count === 1 ? 'is' : 'are'}`;
}

/** "1 day", "2.5 days". */
export function daysLong(days: number): string {
  return `${days} ${days === 1 ? 'day' : 'days'}`;
}

function tenths(days: number): number {
  return Number(days.toFixed(1));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
