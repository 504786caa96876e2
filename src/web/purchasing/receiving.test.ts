import { expect, it } from 'vitest';
import { minorOf, typed, wholeOf } from './look.ts';
import { counted, matches } from './receiving.ts';

const LINES = [{ itemId: 1, sku: 'MUG', barcode: '4006381333931', supplierSku: 'M-1' }, { itemId: 2, sku: 'CUP', barcode: null, supplierSku: 'M-1' }];

it('a code names lines exactly, whatever its case', () => {
  expect([matches(LINES, ' mug '), matches(LINES, '4006381333931'), matches(LINES, 'm-1'), matches(LINES, 'mu'), matches(LINES, '')].map((hits) => hits.map((l) => l.itemId))).toEqual([[1], [1], [1, 2], [], []]);
});
it('sends only what was counted', () => expect(counted({ 1: { quantity: 0, damaged: 0 }, 2: { quantity: 0, damaged: 1 } })).toEqual([{ itemId: 2, quantity: 0, damaged: 1 }]));
it('reads what people type into amounts', () => {
  expect([minorOf('2.50', 'EUR'), minorOf('2,5', 'EUR'), minorOf(' ', 'EUR'), minorOf('two', 'EUR'), typed(250, 'EUR'), typed(null, 'EUR'), typed(250, 'JPY')]).toEqual([250, 250, null, undefined, '2.50', '', '250']);
  expect([wholeOf('12'), wholeOf(''), wholeOf('1.5')]).toEqual([12, null, undefined]);
});
