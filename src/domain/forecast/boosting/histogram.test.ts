import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addColumn, addColumns, noSplit, scanFeature, subtract } from './histogram.ts';

const BINS = 5; // 0 is missing
const rowOf = fc.record({ a: fc.nat(BINS - 1), b: fc.nat(BINS - 1), g: fc.integer({ min: -6, max: 6 }), h: fc.integer({ min: 1, max: 3 }) });
const rowsOf = fc.array(rowOf, { minLength: 1, maxLength: 40 });
type Row = { a: number; b: number; g: number; h: number };

function histogramOf(rows: Row[], key: 'a' | 'b'): Float64Array {
  const histogram = new Float64Array(3 * BINS), index = Int32Array.from(rows, (_, i) => i);
  addColumn(Uint8Array.from(rows, (r) => r[key]), index, 0, rows.length, Float64Array.from(rows, (r) => r.g), Float64Array.from(rows, (r) => r.h), histogram, 0);
  return histogram;
}
const sums = (rows: Row[]) => ({ gradient: rows.reduce((s, r) => s + r.g, 0), hessian: rows.reduce((s, r) => s + r.h, 0), rows: rows.length });

describe('a histogram', () => {
  it('adds up the rows of the index, alone or two columns at a time', () => {
    fc.assert(fc.property(rowsOf, fc.nat(40), (rows, skip) => {
      const from = Math.min(skip, rows.length), kept = rows.slice(from), index = Int32Array.from(rows, (_, i) => i);
      const both = new Float64Array(6 * BINS);
      addColumns(Uint8Array.from(rows, (r) => r.a), Uint8Array.from(rows, (r) => r.b), index, from, rows.length,
        Float64Array.from(kept, (r) => r.g), Float64Array.from(kept, (r) => r.h), both, 0, BINS);
      const direct = Array.from({ length: BINS }, (_, bin) => sums(kept.filter((r) => r.a === bin))).flatMap((s) => [s.gradient, s.hessian, s.rows]);
      expect([...both.slice(0, 3 * BINS)]).toEqual(direct);
      expect([...both]).toEqual([...histogramOf(kept, 'a'), ...histogramOf(kept, 'b')]);
    }));
  });

  it('of a sibling is the parent less the child', () => {
    fc.assert(fc.property(rowsOf, rowsOf, (child, sibling) => {
      const parent = histogramOf([...child, ...sibling], 'a');
      subtract(parent, 0, histogramOf(child, 'a'), 0, 0, BINS);
      expect([...parent]).toEqual([...histogramOf(sibling, 'a')]);
    }));
  });

  it('shows the best split there is, missing values on either side or apart', () => {
    const rulesOf = fc.record({ leafRows: fc.integer({ min: 1, max: 6 }), leafHessian: fc.constantFrom(0, 4), lambda: fc.constantFrom(0.5, 3), leastGain: fc.constant(0) });
    fc.assert(fc.property(rowsOf, rulesOf, (rows, rules) => {
      const worth = (part: Row[]): number => { const { gradient, hessian } = sums(part); return gradient ** 2 / (hessian + rules.lambda); };
      let best = 0;
      for (let bin = 1; bin < BINS; bin++) {
        for (const missingLeft of [true, false]) {
          const left = rows.filter((r) => (r.a === 0 ? missingLeft : r.a <= bin)), right = rows.filter((r) => !left.includes(r));
          const legal = [left, right].every((part) => part.length >= rules.leafRows && sums(part).hessian >= rules.leafHessian);
          if (legal) best = Math.max(best, worth(left) + worth(right) - worth(rows));
        }
      }
      const found = noSplit();
      scanFeature(histogramOf(rows, 'a'), 0, 0, BINS, 7, sums(rows), rules, found);
      expect(found.gain).toBeCloseTo(best, 7);
      if (found.gain === 0) return;
      expect(found.feature).toBe(7);
      const left = rows.filter((r) => (r.a === 0 ? found.missingLeft : r.a <= found.bin));
      expect(found.left).toEqual(sums(left));
      expect(worth(left) + worth(rows.filter((r) => !left.includes(r))) - worth(rows)).toBeCloseTo(best, 7);
    }));
  });

  it('keeps the split it has where another is no better', () => {
    const rows: Row[] = [{ a: 1, b: 0, g: -1, h: 1 }, { a: 2, b: 0, g: 1, h: 1 }], rules = { leafRows: 1, leafHessian: 0, lambda: 0, leastGain: 0 };
    const best = noSplit();
    scanFeature(histogramOf(rows, 'a'), 0, 0, BINS, 0, sums(rows), rules, best);
    scanFeature(histogramOf(rows, 'a'), 0, 0, BINS, 1, sums(rows), rules, best);
    expect(best).toMatchObject({ feature: 0, gain: 2 });
  });
});
