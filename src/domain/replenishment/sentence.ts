/** The words of a recommendation. Numbers are plain digits, so that the sentence is the same in a terminal, a file and a browser. */
import { assert } from '../assert.ts';
import type { Recommendation, TermKey } from './recommend.ts';
import { are, daysLong, percent, termsOf } from './terms.ts';

/** Terms before the need is known, and after. */
const NEED: readonly TermKey[] = ['expected demand', 'safety stock', 'minimum stock', 'on hand', 'incoming', 'places supplied', 'committed', 'backorders'];
const LIMITS: readonly TermKey[] = ['lost before arrival', 'order quantity', 'minimum order', 'full cases', 'maximum stock', 'end of life', 'price break', 'supplier minimum', 'container', 'budget', 'store budget', 'bought elsewhere'];

/** The recommendation in words, printed the same by the command line and the screen. */
export function explain(recommendation: Recommendation): string {
  const { quantity, need, conflicts, ratio } = recommendation, terms = termsOf(recommendation);
  assert(terms.reduce((sum, term) => sum + term.quantity, 0) === quantity, 'the terms do not sum to the order');
  const said = (keys: readonly TermKey[], always: TermKey | null): string =>
    terms.filter((term) => keys.includes(term.key) && (term.quantity !== 0 || term.key === always)).map((term) => term.sentence).join('; ');
  const sentences = [
    quantity === 0 ? 'Order nothing.' : `Order ${quantity}.`,
    `${capital(said(NEED, 'expected demand'))}: ${need > 0 ? `${are(need)} needed` : need < 0 ? `${-need} more than needed ${need === -1 ? 'is' : 'are'} there` : 'exactly enough is there'}.`,
  ];
  const waits = terms.find((term) => term.key === 'floor at zero' && term.quantity < 0);
  if (waits) sentences.push(`${capital(waits.sentence)}.`);
  const limits = said(LIMITS, null);
  if (limits !== '') sentences.push(`${capital(limits)}.`);
  sentences.push(...conflicts, timing(recommendation));
  if (recommendation.overstock > 0) sentences.push(`${are(recommendation.overstock)} overstock: more than this policy would ever order up to.`);
  if (recommendation.orderBy !== null && quantity > 0 && recommendation.orderBy < recommendation.today) {
    sentences.push(`An order placed in time${ratio === null ? '' : ` for ${percent(ratio)} service`} was due on ${recommendation.orderBy}.`);
  }
  if (recommendation.atRisk >= 0.5) sentences.push(`Not ordering before the next review is expected to lose ${recommendation.atRisk} sales.`);
  return sentences.join(' ');
}

function timing({ today, coverDays, coverBeyondHorizon, stockoutDate }: Recommendation): string {
  if (coverDays === null) return 'What is there lasts more than ten years at the forecast rate.';
  const cover = coverDays === 0 ? 'Nothing is left to sell.' : `What is there lasts ${coverBeyondHorizon ? 'about ' : ''}${daysLong(tenths(coverDays))} at the forecast rate.`;
  if (stockoutDate.p10 === null) return cover;
  if (stockoutDate.p50 === today && stockoutDate.p10 === today) return coverDays === 0 ? cover : `${cover} It is sold out now.`;
  const likely = stockoutDate.p50 === null ? '' : `, and more likely than not on ${stockoutDate.p50}`;
  return `${cover} It may run out on ${stockoutDate.p10} (one chance in ten)${likely}.`;
}

/** Days as they are said and kept: to a tenth, and a tenth at least while anything is left. */
export function tenths(days: number): number {
  return days > 0 ? Math.max(0.1, Math.round(days * 10) / 10) : days;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
