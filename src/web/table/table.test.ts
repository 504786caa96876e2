import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moved } from './grid-keys.ts';
import { parsePreferences } from './preferences.ts';
import { searchLabel, searchTerms } from './search-terms.ts';
import { viewOf } from './view-query.ts';

describe('a saved view', () => {
  it('is all of the address but the store and what is open, however it was come by', () => {
    fc.assert(fc.property(fc.dictionary(fc.constantFrom('q', 'kind', 'sort', 'dir', 'store', 'id', 'why'), fc.option(fc.string(), { nil: undefined })), (search) => {
      const view = viewOf(search, ['id', 'why']);
      expect(Object.keys(view)).toEqual(Object.keys(search).filter((key) => search[key] !== undefined && ['q', 'kind', 'sort', 'dir'].includes(key)).sort());
      expect(JSON.stringify(viewOf(Object.fromEntries(Object.entries(search).toReversed()), ['id', 'why']))).toBe(JSON.stringify(view));
      expect(viewOf(view, ['id', 'why'])).toEqual(view);
    }));
  });
});

describe('pasted SKUs', () => {
  it('takes lines, tabs, semicolons and commas, without doubles and blanks', () => expect(searchTerms(' A-1\r\nB-2\t C-3;A-1,,\n')).toBe('A-1,B-2,C-3'));
  it('leaves a phrase as it is', () => expect(searchTerms('  soy candle ')).toBe('soy candle'));
  it('says how many', () => expect([searchLabel('soy candle'), searchLabel('a,b'), searchLabel('a,b,c')]).toEqual(['soy candle', 'a, b', '3 SKUs: a, b, …']));
});

describe('arrow keys', () => {
  it('moves and stops at the edges', () => {
    expect(moved('ArrowDown', false, { row: 9, column: 0 }, 10, 4)).toEqual({ row: 9, column: 0 });
    expect(moved('ArrowUp', false, { row: 0, column: 2 }, 10, 4)).toEqual({ row: -1, column: 2 });
    expect(moved('End', false, { row: 3, column: 0 }, 10, 4)).toEqual({ row: 3, column: 3 });
    expect(moved('Home', true, { row: 3, column: 3 }, 10, 4)).toEqual({ row: 0, column: 0 });
    expect(moved('a', false, { row: 0, column: 0 }, 10, 4)).toBeNull();
  });
  it('never leaves the grid', () => fc.assert(fc.property(
    fc.constantFrom('ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End'), fc.boolean(), fc.integer({ min: -1, max: 50 }), fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 51 }), fc.integer({ min: 1, max: 13 }),
    (key, ctrl, row, column, rows, columns) => {
      const to = moved(key, ctrl, { row, column }, rows, columns)!;
      expect(to.row).toBeGreaterThanOrEqual(-1);
      expect(to.row).toBeLessThan(rows);
      expect(to.column).toBeGreaterThanOrEqual(0);
      expect(to.column).toBeLessThan(columns);
    })));
});

it('kept preferences are taken only as they are written', () => {
  expect(parsePreferences('{"hidden":{"a":true,"b":"x"},"tall":true}')).toEqual({ hidden: { a: true }, tall: true });
  for (const text of [null, '', 'null', '[]', '{"hidden":3}']) expect(parsePreferences(text)).toEqual({ hidden: {}, tall: false });
  expect([parsePreferences(null, true).tall, parsePreferences('{}', true).tall, parsePreferences('{"tall":false}', true).tall, parsePreferences('{', true).tall]).toEqual([true, true, false, true]);
});
