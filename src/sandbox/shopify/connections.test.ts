import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pageOf, countOf, type Listing, type Page } from './connections.ts';

interface Row { id: string; at: number }
const listing = (rows: readonly Row[]): Listing<Row> => ({ rows, sortKey: (row) => row.at, id: (row) => row.id });
const rowsOf = fc.uniqueArray(fc.record({ id: fc.integer({ min: 1, max: 99_999 }).map(String), at: fc.integer({ min: 0, max: 5 }) }), { selector: (row) => row.id, maxLength: 60 });

function walk(rows: readonly Row[], size: number, reverse: boolean, backwards: boolean): Row[] {
  const found: Row[] = [];
  let cursor: string | null = null;
  for (let guard = 0; guard < 200; guard++) {
    const page: Page<Row> = pageOf(listing(rows), backwards ? { last: size, before: cursor, reverse } : { first: size, after: cursor, reverse });
    if (backwards) found.unshift(...page.nodes); else found.push(...page.nodes);
    if (!(backwards ? page.pageInfo.hasPreviousPage : page.pageInfo.hasNextPage)) return found;
    cursor = backwards ? page.pageInfo.startCursor : page.pageInfo.endCursor;
  }
  throw new Error('the walk does not end');
}

describe('paging', () => {
  test('any page size, direction and order yields each row once, sorted', () => {
    fc.assert(fc.property(rowsOf, fc.integer({ min: 1, max: 25 }), fc.boolean(), fc.boolean(), (rows, size, reverse, backwards) => {
      const sorted = [...rows].sort((a, b) => a.at - b.at || Number(a.id) - Number(b.id));
      if (reverse) sorted.reverse();
      expect(walk(rows, size, reverse, backwards)).toEqual(sorted);
    }));
  });

  test('a row inserted before the cursor does not shift the next page', () => {
    fc.assert(fc.property(rowsOf, fc.integer({ min: 1, max: 10 }), (rows, size) => {
      const first = pageOf(listing(rows), { first: size });
      const next = pageOf(listing(rows), { first: size, after: first.pageInfo.endCursor });
      if (first.nodes.length === 0) return;
      const again = pageOf(listing([{ id: '0', at: -1 }, ...rows]), { first: size, after: first.pageInfo.endCursor });
      expect(again.nodes).toEqual(next.nodes);
    }));
  });

  test('refuses what Shopify refuses', () => {
    const rows = [{ id: '1', at: 1 }];
    expect(() => pageOf(listing(rows), {})).toThrow('first or last');
    expect(() => pageOf(listing(rows), { first: 251 })).toThrow('between 0 and 250');
    expect(() => pageOf(listing(rows), { first: 1, last: 1 })).toThrow('both');
    expect(() => pageOf(listing(rows), { first: 1, after: 'nonsense' })).toThrow('Invalid cursor');
  });

  test('one chain of cursors walks at most 25,000 objects', () => {
    const rows = Array.from({ length: 25_300 }, (_, n) => ({ id: String(n + 1), at: 0 }));
    let after: string | null = null;
    let seen = 0;
    for (let page = 0; page < 100; page++) {
      const { nodes, pageInfo }: Page<Row> = pageOf(listing(rows), { first: 250, after });
      seen += nodes.length;
      after = pageInfo.endCursor;
    }
    expect(seen).toBe(25_000);
    expect(() => pageOf(listing(rows), { first: 250, after })).toThrow('25000');
  });

  test('counts saturate at their limit', () => {
    const rows = Array.from({ length: 11 }, (_, n) => ({ id: String(n), at: 0 }));
    expect(countOf(listing(rows), 10)).toEqual({ count: 10, precision: 'AT_LEAST' });
    expect(countOf(listing(rows), 11)).toEqual({ count: 11, precision: 'EXACT' });
  });
});
