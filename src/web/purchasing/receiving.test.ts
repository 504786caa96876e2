import { expect, it } from 'vitest';
import { lettersNote, textFile } from '../ui/text-file.ts';
import { amountFault, minorOf, typed, wholeOf } from './look.ts';
import { counted, matches } from './receiving.ts';

const LINES = [{ itemId: 1, sku: 'MUG', barcode: '4006381333931', supplierSku: 'M-1' }, { itemId: 2, sku: 'CUP', barcode: null, supplierSku: 'M-1' }];

it('a code names lines exactly, whatever its case', () => {
  expect([matches(LINES, ' mug '), matches(LINES, '4006381333931'), matches(LINES, 'm-1'), matches(LINES, 'mu'), matches(LINES, '')].map((hits) => hits.map((l) => l.itemId))).toEqual([[1], [1], [1, 2], [], []]);
});
it('sends only what was counted', () => expect(counted({ 1: { quantity: 0, damaged: 0 }, 2: { quantity: 0, damaged: 1 } })).toEqual([{ itemId: 2, quantity: 0, damaged: 1 }]));
it('reads what people type into amounts', () => {
  expect([minorOf('2.50', 'EUR'), minorOf('2,5', 'EUR'), minorOf('1,299', 'EUR'), minorOf(' ', 'EUR'), minorOf('two', 'EUR'), typed(250, 'EUR'), typed(null, 'EUR'), typed(250, 'JPY')]).toEqual([250, 250, undefined, null, undefined, '2.50', '', '250']);
  expect(['', '2,5', 'two', '1,299', '€ 5'].map((text) => amountFault(text, 'USD'))).toEqual([null, null, 'not an amount: two', '1,299 is either 1299 or has a decimal comma, and nothing beside it says which; write 1299 or 1,2990', expect.stringContaining('is not in USD')]);
  expect([wholeOf('12'), wholeOf(''), wholeOf('1.5')]).toEqual([12, null, undefined]);
});

it('reads a file in the letters it is written with', async () => {
  const of = (...bytes: number[]) => textFile(new Blob([new Uint8Array(bytes)])), ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
  expect(await of(...ascii('M'), 0xc3, 0xbc, ...ascii('ller'))).toEqual({ text: 'Müller', encoding: 'UTF-8' });
  expect(await of(...ascii('M'), 0xfc, ...ascii('ller '), 0x80)).toEqual({ text: 'Müller €', encoding: 'Windows-1252' });
  expect(await of(0xff, 0xfe, 0x4d, 0, 0xfc, 0)).toEqual({ text: 'Mü', encoding: 'UTF-16' });
  expect(await of(0xfe, 0xff, 0, 0x4d, 0, 0xfc)).toEqual({ text: 'Mü', encoding: 'UTF-16' });
  expect([await of(0xef, 0xbb, 0xbf, 0x4d), await of()].map(({ text }) => text)).toEqual(['M', '']);
  expect([lettersNote(await of(0xfc)), lettersNote(await of(0x4d))]).toEqual([expect.stringContaining('Windows-1252'), '']);
});
