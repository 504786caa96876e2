import fc from 'fast-check';
import { expect, it } from 'vitest';
import { approvable, type CodeSuggestion } from './auto-approve.ts';

const suggestion = fc.record({ sku: fc.stringMatching(/^[A-Z]{1,4}$/), itemId: fc.nat(12), confidence: fc.double({ min: 0, max: 1, noNaN: true }), basis: fc.constant('b'), why: fc.constant('w') });

it('takes only what is sure, gives no item two codes, and asks for no less when the threshold rises', () => {
  fc.assert(fc.property(fc.uniqueArray(suggestion, { selector: (s) => s.sku }), fc.array(fc.nat(12)), fc.double({ min: 0, max: 1, noNaN: true }), (best: CodeSuggestion[], coded, threshold) => {
    const taken = approvable(best, new Set(coded), threshold);
    expect(taken.every((each) => each.confidence >= threshold && !coded.includes(each.itemId))).toBe(true);
    expect(new Set(taken.map((each) => each.itemId)).size).toBe(taken.length);
  }));
  expect(approvable([{ sku: 'A', itemId: 1, confidence: 0.99, basis: '', why: '' }, { sku: 'B', itemId: 1, confidence: 0.98, basis: '', why: '' }], new Set(), 0.97)).toEqual([]);
});
