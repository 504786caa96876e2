import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idField, instantField, searchPredicate, textField, wordField, type SearchFields } from './match.ts';
import { parseSearch } from './parse.ts';

interface Row { id: string; at: string; sku: string | null; status: 'open' | 'closed' }
const FIELDS: SearchFields<Row> = {
  id: idField((row) => row.id), updated_at: instantField((row) => row.at), sku: textField((row) => row.sku),
  status: wordField({ open: (row) => row.status === 'open', closed: (row) => row.status === 'closed', any: () => true }),
};
const row: Row = { id: '9007199254740993', at: '2026-11-20T12:00:00.700Z', sku: 'AB-1', status: 'open' };
const hit = (query: string | null) => searchPredicate(query, FIELDS)(row);

describe('search syntax', () => {
  test.each([
    ['', true], [null, true],
    ["updated_at:>='2026-11-20T12:00:00Z'", true], ["updated_at:>'2026-11-20T12:00:00Z'", false], ['updated_at:>=2026-11-20T13:00:01+01:00', false],
    ['updated_at:2026-11-20', true], ['updated_at:<2026-11-20', false], ['updated_at:>2026-11-19 AND updated_at:<2026-11-21', true],
    ['sku:ab-1', true], ['sku:AB*', true], ['sku:"AB*"', false], ["sku:'AB-1'", true], ['-sku:AB-1', false], ['NOT sku:other', true],
    ['status:closed OR sku:AB-1', true], ['status:closed,open', true], ['(status:closed OR status:open) sku:zz', false], ['status:closed OR status:open sku:zz', false],
    ['id:9007199254740993', true], ['id:9007199254740992', false], ['id:>9007199254740992', true], ['id:gid://shopify/Order/9007199254740993', true],
  ])('%s → %s', (query, expected) => {
    expect(hit(query)).toBe(expected);
  });

  test.each(['weather:fine', 'shirt', 'status:odd', 'updated_at:soon', 'sku:>AB', "sku:'AB", '(sku:AB', 'id:x1'])('%s is refused, not ignored', (query) => {
    expect(() => hit(query)).toThrow('search:');
  });

  test('not, and, or obey the laws of logic', () => {
    const term = fc.constantFrom('sku:AB-1', 'sku:x', 'status:open', 'status:closed', 'updated_at:>2026-01-01', 'id:<5');
    fc.assert(fc.property(term, term, term, (a, b, c) => {
      expect(hit(`NOT (${a} AND ${b})`)).toBe(hit(`-${a} OR -${b}`));
      expect(hit(`${a} ${b}`)).toBe(hit(`${b} AND ${a}`));
      expect(hit(`${a} OR ${b} AND ${c}`)).toBe(hit(a) || (hit(b) && hit(c)));
    }));
  });

  test('a comma list is any of', () => {
    expect(parseSearch('status:open,closed')).toMatchObject({ kind: 'or', parts: [{ value: 'open' }, { value: 'closed' }] });
  });
});
