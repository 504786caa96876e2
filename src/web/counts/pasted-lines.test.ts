import { expect, it } from 'vitest';
import { pastedLines } from './pasted-lines.ts';

it('takes tabs, commas, semicolons and blanks between code and count', () => {
  expect(pastedLines('A-1\t3\nB-2,4\r\nC 3;0\nD-4 12\n\n').lines).toEqual([{ sku: 'A-1', counted: 3 }, { sku: 'B-2', counted: 4 }, { sku: 'C 3', counted: 0 }, { sku: 'D-4', counted: 12 }]);
});

it('a scanner’s codes, one each, add up', () => expect(pastedLines('A-1\nA-1\nB-2\nA-1').lines).toEqual([{ sku: 'A-1', counted: 3 }, { sku: 'B-2', counted: 1 }]));

it('passes over a heading, and names what it cannot read', () => {
  expect(pastedLines('SKU,Counted\nA-1,2\nB-2,2.5\nC-3,-1')).toEqual({ lines: [{ sku: 'A-1', counted: 2 }], faults: [{ line: 3, text: 'B-2,2.5' }, { line: 4, text: 'C-3,-1' }] });
});
