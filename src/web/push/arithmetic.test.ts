import fc from 'fast-check';
import { expect, it } from 'vitest';
import { atsSentence, availableToSell, freeUnits } from '../../domain/push/available-to-sell.ts';
import { pushTerms } from './arithmetic.ts';

const units = fc.integer({ min: 0, max: 500 });

it('sums to what would be written, whatever the terms', () => fc.assert(fc.property(
  fc.record({ onHand: units, unsellable: units, open: units, openInBundles: units, dispatched: units, ahead: units, elsewhere: units, buffer: units }), fc.integer({ min: -200, max: 0 }), fc.boolean(),
  (terms, taken, continues) => {
    const { sharing, available } = availableToSell(terms, freeUnits(terms) + taken, continues);
    const drawn = pushTerms({ terms: { ...terms, sharing }, wanted: available, bufferSentence: 'two for a reason' });
    expect(drawn.reduce((sum, term) => sum + term.quantity, 0)).toBe(available);
  })));

it('takes what the sentence takes', () => {
  const terms = { onHand: 40, unsellable: 2, open: 5, openInBundles: 0, dispatched: 1, ahead: 0, elsewhere: 0, buffer: 3 };
  expect(atsSentence(terms, 0, 31)).toBe('31 = 40 on the shelf − 2 unsellable − 5 in open orders + 1 of them already dispatched − 3 buffer');
  expect(pushTerms({ terms: { ...terms, sharing: 0 }, wanted: 31, bufferSentence: 'why' }).filter((term) => term.quantity !== 0).map((term) => term.quantity)).toEqual([40, -2, -5, 1, -3]);
});

it('a level that was never looked at has no terms', () => expect(pushTerms({ terms: {}, wanted: null, bufferSentence: null })).toEqual([]));
