import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roll } from './boosting/dice.ts';
import { drawCount, drawn, seriesOf, sum, workOf } from '../../../test/helpers/drawn-series.ts';
import { STEPS } from './made-of.ts';
import { forecastPanel, forecastTogether, learnPool } from './panel.ts';
import { expectedAtLeast, fillStockouts, learnUnmet } from './stockout.ts';
import type { Work } from './work.ts';

/** Σ x P(x) ÷ Σ P(x) over x ≥ s, term by term. */
function bruteForce(m: number, phi: number, s: number): number {
  const r = 1 / phi;
  let log = r * Math.log(r / (r + m)), units = 0, chance = 0;
  for (let x = 0; x < 20_000; x++) {
    if (x >= s) { units += x * Math.exp(log); chance += Math.exp(log); }
    log += Math.log(((r + x) / (x + 1)) * (m / (r + m)));
  }
  return units / chance;
}

describe('demand of a period in which stock ran out', () => {
  it('is the mean of what is at least what was sold', () => {
    fc.assert(fc.property(fc.double({ min: 0.1, max: 40, noNaN: true }), fc.double({ min: 0.1, max: 2, noNaN: true }), fc.double({ min: 0, max: 2.5, noNaN: true }), (m, phi, times) => {
      const s = Math.round(m * times);
      expect(expectedAtLeast(m, phi, s) / Math.max(1e-9, Math.min(bruteForce(m, phi, s), 3 * s + 5 * m))).toBeCloseTo(1, 4);
    }), { numRuns: 50 });
  });

  it('is at least what was sold, finite, and no less than the mean', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.double({ min: 0.1, max: 1e4, noNaN: true }), fc.nat(3000), (m, phi, s) => {
      const wanted = expectedAtLeast(m, phi, s);
      expect(Number.isFinite(wanted)).toBe(true);
      expect(wanted).toBeGreaterThanOrEqual(s);
      if (s <= 2000 && m < 1e5) expect(wanted).toBeGreaterThanOrEqual(m * 0.999);
    }));
    expect(expectedAtLeast(0, 1, 4)).toBe(4);
    expect(expectedAtLeast(3, 1, 0)).toBe(3);
  });

  it('brings the mean of sales capped by stock back near what was wanted', () => {
    const dice = { state: 5 }, wanted = drawn(600, () => drawCount(dice, 5, 0.5)), stock = drawn(600, (t) => (t % 3 === 0 ? 4 : Infinity));
    const sold = wanted.map((y, t) => Math.min(y, stock[t]!)), work = workOf(sold, { exposure: wanted.map((y, t) => (y >= stock[t]! ? NaN : 1)) });
    const before = sum(work.sold) / sum(wanted);
    fillStockouts(work);
    expect(before).toBeLessThan(0.9);
    expect(Math.abs(sum(work.sold) / sum(wanted) - 1)).toBeLessThan(0.04);
    work.sold.forEach((y, t) => { if (work.stockedOut![t]) expect(y).toBeGreaterThanOrEqual(sold[t]!); else expect(y).toBe(sold[t]); });
  });

  it('follows the factor of its period, and knows nothing where every period ran out', () => {
    const exposure = drawn(60, (t) => (t === 50 ? NaN : 1)), plain = workOf(new Array(60).fill(4), { exposure }), feast = workOf(new Array(60).fill(4), { exposure });
    feast.factor[50] = 3;
    fillStockouts(plain); fillStockouts(feast);
    expect(feast.sold[50]).toBeGreaterThan(plain.sold[50]! * 1.5);
    const all = workOf(new Array(60).fill(4), { exposure: new Array(60).fill(NaN) });
    fillStockouts(all);
    expect(sum(all.sold)).toBe(240);
  });
});

describe('demand that stockouts hid', () => {
  /** Mostly a few, one sale in twelve a large order, which no negative binomial holds; stock is topped up to `upTo` every seventh day. */
  const lumpy = (seed: number, upTo: number): { wanted: number[]; work: Work } => {
    const dice = { state: seed }, wanted = drawn(400, () => (roll(dice) < 0.6 ? 0 : roll(dice) < 1 / 12 ? 40 + drawCount(dice, 40, 0.3) : 1 + drawCount(dice, 3, 0.5)));
    const exposure: number[] = [], sold: number[] = [];
    let stock = upTo;
    wanted.forEach((y, t) => {
      if (t % 7 === 0) stock = upTo;
      sold.push(Math.min(y, stock));
      exposure.push(stock === 0 ? 0 : y >= stock ? NaN : 1);
      stock -= sold[t]!;
    });
    return { wanted, work: workOf(sold, { exposure }) };
  };

  it('is, with what was filled in, about what was wanted where orders are lumpy', () => {
    const drawnOnes = Array.from({ length: 150 }, (_, i) => lumpy(i + 1, i % 2 === 0 ? 30 : 200)), pool = learnUnmet(drawnOnes.map(({ work }) => work));
    let wanted = 0, filled = 0, unmet = 0;
    for (const one of drawnOnes) {
      fillStockouts(one.work, pool);
      for (let t = 36; t < 400; t++) { if (one.work.seen[t]! > 0) { wanted += one.wanted[t]!; filled += one.work.sold[t]!; } }
      unmet += one.work.unmet.rate * 364;
    }
    expect(filled / wanted).toBeLessThan(0.9);
    expect(Math.abs((filled + unmet) / wanted - 1)).toBeLessThan(0.03);
  });

  it('is next to nothing where demand is what the fill takes it for, and nothing where stock never ran out', () => {
    const counts = Array.from({ length: 60 }, (_, i) => { const dice = { state: i + 1 }, wanted = drawn(400, () => drawCount(dice, 5, 0.5)); return workOf(wanted.map((y, t) => (t % 4 === 0 ? Math.min(y, 4) : y)), { exposure: wanted.map((y, t) => (t % 4 === 0 && y >= 4 ? NaN : 1)) }); });
    const pool = learnUnmet(counts);
    for (const work of counts) fillStockouts(work, pool);
    expect(sum(counts.map(({ unmet }) => unmet.rate)) / counts.length / 5).toBeLessThan(0.03);
    const full = lumpy(3, 9999).work;
    expect(learnUnmet([full])).toEqual([]);
    fillStockouts(full, pool);
    expect(full.unmet).toEqual({ rate: 0, variance: 0 });
  });

  it('is in the total and said apart, and moves no level', () => {
    const panel = Array.from({ length: 30 }, (_, i) => { const { work } = lumpy(i + 1, i % 2 === 0 ? 30 : 200); return { ...work.source, id: String(i) }; });
    const asked = { grain: 'D', horizon: 28, quantiles: [0.5, 0.95] } as const, pool = learnPool(panel, asked), [one] = forecastPanel(panel, pool, asked), [without] = forecastPanel(panel, { ...pool, unmet: [] }, asked);
    const unmet = one!.madeOf.units[STEPS.indexOf('unmet')]!;
    expect(unmet).toBeGreaterThan(1);
    expect(one!.totals[27]! - without!.totals[27]!).toBeCloseTo(unmet, 6);
    expect(one!.mean).toEqual(without!.mean);
    expect(one!.cumulative[1]!.values[27]!).toBeGreaterThan(without!.cumulative[1]!.values[27]!);
  });
});

describe('days out of stock', () => {
  const expected = (days: readonly { sold: number; exposure: number }[]) => {
    const { mean, totals } = forecastTogether([seriesOf(days.map((d) => d.sold), { exposure: days.map((d) => d.exposure) })], { grain: 'D', horizon: 14, quantiles: [0.5] }, [7, 14])[0]!;
    return { mean: Array.from(mean), week: totals[0]! };
  };

  it('are unknown, and days partly seen count for what was seen', () => {
    const { week } = expected([...Array.from({ length: 28 }, () => ({ sold: 4, exposure: 1 })), { sold: 0, exposure: 0 }, { sold: 1, exposure: 0.25 }]);
    expect(week / 28).toBeCloseTo(1, 1);
  });

  it('leave the weekday pattern as it was', () => {
    const days = Array.from({ length: 140 }, (_, t) => ({ sold: t % 7 === 5 ? 30 : 2, exposure: t >= 133 ? 0 : 1 }));
    const { mean } = expected(days.map((d) => (d.exposure === 0 ? { ...d, sold: 0 } : d)));
    expect(mean[5]! / mean[4]!).toBeGreaterThan(5);
  });

  it('do not lower what is expected: every fifth day unseen is about the true demand', () => {
    const truth = Array.from({ length: 200 }, (_, t) => 3 + ((t * 7) % 5)), week = (7 * sum(truth)) / truth.length;
    const seen = expected(truth.map((sold, t) => (t % 5 === 4 ? { sold: 0, exposure: 0 } : { sold, exposure: 1 })));
    expect(seen.week / week).toBeGreaterThan(0.85);
    expect(seen.week / week).toBeLessThan(1.15);
  });

  it('at the beginning say nothing; out of stock for ever, nothing is expected', () => {
    expect(expected([{ sold: 0, exposure: 0 }, { sold: 3, exposure: 1 }]).week / 21).toBeCloseTo(1, 1);
    expect(expected([{ sold: 0, exposure: 0 }, { sold: 0, exposure: 0 }]).week).toBe(0);
  });

  it('but for a minute: five sold in it are not a hundred a day', () => {
    const { week } = expected([{ sold: 5, exposure: 1 / 1440 }, { sold: 0, exposure: 0 }]);
    expect(week).toBeGreaterThan(0);
    expect(week).toBeLessThanOrEqual(7 * 5 + 1e-9);
  });
});
