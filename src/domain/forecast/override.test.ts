import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signsOf } from '../purchasing/import-signs.ts';
import { OVERRIDE_CELLS, overrideRow, type OverrideColumn } from './override-row.ts';
import { quantilesOf } from './distribution.ts';
import { overridden, overriddenDay, overrideWords, type Override } from './override.ts';

const FIRST = '2026-03-01', LEVELS = [0.1, 0.5, 0.9];
/** Four days of two units; totals 80 %, 100 %, 150 % of their mean. */
const engine = { mean: [2, 2, 2, 2], levels: LEVELS, cumulative: [0.8, 1, 1.5].flatMap((share) => [2, 4, 6, 8].map((total) => total * share)), daily: [1, 2, 3].flatMap((q) => [q, q, q, q]) };
const from = (kind: Override['kind'], value: number, first = '2026-03-02', to = '2026-03-03'): Override => ({ from: first, to, kind, value });
const q = (flat: readonly number[], level: number): number[] => flat.slice(level * 4, level * 4 + 4);

describe('overrides', () => {
  it('leave other days and the engine’s own numbers alone', () => {
    const made = overridden(engine, FIRST, [from('percent', 50)]);
    expect(made.mean).toEqual([2, 3, 3, 2]);
    expect(engine.mean).toEqual([2, 2, 2, 2]);
    expect(overridden(engine, FIRST, [from('percent', 50, '2026-04-01', '2026-04-02')])).toMatchObject({ mean: engine.mean, changed: false });
  });
  it('scale the spread with a percentage, keep it with units', () => {
    const more = overridden(engine, FIRST, [from('percent', 100, FIRST, '2026-03-04')]), added = overridden(engine, FIRST, [from('units', 2, FIRST, '2026-03-04')]);
    expect(q(more.cumulative, 2)).toEqual([6, 12, 18, 24]);
    expect(q(added.cumulative, 2)).toEqual([3 + 2, 6 + 4, 9 + 6, 12 + 8]);
    expect(q(more.daily!, 2)).toEqual([6, 6, 6, 6]);
    expect(q(added.daily!, 2)).toEqual([5, 5, 5, 5]);
  });
  it('the later one is said of what the earlier left; a replacement ends what was said before', () => {
    expect(overridden(engine, FIRST, [from('percent', 50), from('units', 1)]).mean).toEqual([2, 4, 4, 2]);
    expect(overridden(engine, FIRST, [from('percent', 50), from('replace', 7)]).mean).toEqual([2, 7, 7, 2]);
    expect(overridden(engine, FIRST, [from('replace', 0)]).mean).toEqual([2, 0, 0, 2]);
  });
  it('a total keeps the shape, and the days that are over have had their share', () => {
    expect(overridden(engine, FIRST, [from('percent', 100, FIRST, FIRST), from('total', 12, FIRST, '2026-03-04')]).mean).toEqual([4.8, 2.4, 2.4, 2.4]);
    expect(overridden(engine, FIRST, [from('total', 16, '2026-02-25', '2026-03-04')]).mean).toEqual([2, 2, 2, 2]);
    expect(overridden({ ...engine, mean: [0, 0, 0, 0] }, FIRST, [from('total', 6)]).mean).toEqual([0, 3, 3, 0]);
    expect(overridden(engine, FIRST, [from('total', 6, '2026-02-01', '2026-02-20')]).changed).toBe(false);
    expect(overrideWords({ kind: 'total', value: 500 })).toBe('500 in all in place of the forecast');
  });
  it('take what the engine does not expect as Poisson', () => {
    const none = { mean: [0, 0, 0, 0], levels: LEVELS, cumulative: new Array<number>(12).fill(0), daily: new Array<number>(12).fill(0) };
    const made = overridden(none, FIRST, [from('replace', 4, FIRST, '2026-03-04')]);
    expect(made.mean).toEqual([4, 4, 4, 4]);
    expect(q(made.cumulative, 1)[3]).toBeCloseTo(16, 0);
    expect(q(made.cumulative, 2)[3]).toBeGreaterThan(18);
  });
  /** Sixty days of `rate` units, variance `over` times the mean. */
  const selling = (rate: number, over = 1.5) => {
    const days = 60, levels = [0.01, 0.1, 0.5, 0.9, 0.99], cumulative = new Float64Array(levels.length * days), daily = new Float64Array(levels.length * days);
    for (let d = 0; d < days; d++) { quantilesOf(rate * (d + 1), rate * (d + 1) * over, Float64Array.from(levels), cumulative, d, days); quantilesOf(rate, rate * over, Float64Array.from(levels), daily, d, days); }
    return { mean: new Array<number>(days).fill(rate), levels, cumulative: Array.from(cumulative), daily: Array.from(daily) };
  };
  const said = (kind: Override['kind'], value: number): Override[] => [{ from: FIRST, to: '2026-04-29', kind, value }], p90 = (of: { cumulative: readonly number[] }, day = 27): number => of.cumulative[3 * 60 + day]!;
  it('of an item that hardly sells have the spread of one that sells so much, not that of its rare units', () => {
    const rare = { ...selling(0.09 / 28), cumulative: [0, 0, 0, 1, 2].flatMap((units) => new Array<number>(60).fill(units)) }, made = overridden(rare, FIRST, said('total', 60));
    expect(made.mean.slice(0, 28).reduce((a, b) => a + b, 0)).toBeCloseTo(28, 6);
    expect(p90(made)).toBeGreaterThanOrEqual(34);
    expect(p90(made)).toBeLessThan(40);
    expect(made.cumulative[2 * 60 + 27]).toBeGreaterThan(26);
    expect(Math.max(...made.daily!)).toBeLessThan(8);
    // Units more a day are as unsure where there was next to nothing before.
    expect(p90(overridden(rare, FIRST, said('units', 1)))).toBeGreaterThan(33);
    // Twice as much of an item that is known has twice its spread, as ever.
    const known = selling(5, 2);
    expect(p90(overridden(known, FIRST, said('percent', 20)))).toBeCloseTo(1.2 * p90(known), 9);
    expect(p90(overridden(known, FIRST, said('percent', 100)))).toBeCloseTo(2 * p90(known), 9);
  });
  it('come to the same as the engine’s number goes to nothing, for every kind that can be said of nothing', () => fc.assert(fc.property(
    fc.constantFrom('replace', 'units', 'total'), fc.double({ min: 0.01, max: 20, noNaN: true }), fc.double({ min: 1e-9, max: 1e-5, noNaN: true }), fc.integer({ min: 1, max: 40 }),
    (kind, value, rate, units) => {
      const least = { ...selling(rate), cumulative: [0, 0, 0, 0, units].flatMap((top) => new Array<number>(60).fill(top)), daily: [0, 0, 0, 0, 1].flatMap((top) => new Array<number>(60).fill(top)) };
      const none = { ...least, mean: new Array<number>(60).fill(0), cumulative: new Array<number>(300).fill(0), daily: new Array<number>(300).fill(0) };
      const [a, b] = [least, none].map((engine) => overridden(engine, FIRST, said(kind, kind === 'total' ? 60 * value : value))) as [ReturnType<typeof overridden>, ReturnType<typeof overridden>];
      // A count steps by one, so quantiles on the brink of two may.
      for (const at of ['cumulative', 'daily'] as const) a[at]!.forEach((quantile, n) => expect(Math.abs(quantile - b[at]![n]!)).toBeLessThan(1.1 + 0.01 * units));
    }), { numRuns: 25 }));
  it('of one day are those of all of them', () => fc.assert(fc.property(
    fc.array(fc.record({ kind: fc.constantFrom('replace', 'percent', 'units', 'total'), value: fc.double({ min: 0, max: 30, noNaN: true }), at: fc.integer({ min: 1, max: 9 }), days: fc.integer({ min: 0, max: 20 }) }), { maxLength: 3 }), fc.integer({ min: 0, max: 30 }), fc.double({ min: 0, max: 3, noNaN: true }),
    (words, day, rate) => {
      const engine = selling(rate), all = words.map(({ kind, value, at, days }): Override => ({ kind: kind as Override['kind'], value, from: `2026-03-0${at}`, to: `2026-03-${at + days < 10 ? '0' : ''}${at + days}` })), made = overridden(engine, FIRST, all);
      const column = (of: readonly number[]): number[] => engine.levels.map((_, k) => of[k * 60 + day]!);
      expect(overriddenDay(engine.mean, FIRST, day, engine.levels, column(engine.daily), all)).toEqual({ mean: made.mean[day], quantiles: column(made.daily!) });
    }), { numRuns: 30 }));
  it('keep quantiles in order, never negative, totals never falling', () => fc.assert(fc.property(
    fc.array(fc.record({ kind: fc.constantFrom('replace', 'percent', 'units', 'total'), value: fc.double({ min: -100, max: 300, noNaN: true }), at: fc.integer({ min: 1, max: 4 }), days: fc.integer({ min: 0, max: 4 }) }), { maxLength: 4 }),
    (words) => {
      const made = overridden(engine, FIRST, words.map(({ kind, value, at, days }) => ({ kind: kind as Override['kind'], value: kind === 'replace' || kind === 'total' ? Math.abs(value) : value, from: `2026-03-0${at}`, to: `2026-03-0${at + days}` })));
      expect(Math.min(...made.mean, ...made.cumulative, ...made.daily!)).toBeGreaterThanOrEqual(0);
      for (let k = 0; k < 3; k++) for (let d = 0; d < 4; d++) {
        if (d > 0) expect(q(made.cumulative, k)[d]!).toBeGreaterThanOrEqual(q(made.cumulative, k)[d - 1]!);
        if (k > 0) for (const of of [made.cumulative, made.daily!]) expect(q(of, k)[d]!).toBeGreaterThanOrEqual(q(of, k - 1)[d]! - 1e-9);
      }
    }), { examples: [[[{ kind: 'replace', value: -1e-323, at: 1, days: 0 }, { kind: 'total', value: -1.8e-15, at: 1, days: 0 }]]] }));
  it('says it in words', () => expect([overrideWords({ kind: 'percent', value: -20 }), overrideWords({ kind: 'units', value: 2.5 }), overrideWords({ kind: 'replace', value: 3 })]).toEqual(['20% less', '2.5 a day more', '3 a day in place of the forecast']));
});

describe('a row of a file', () => {
  const TODAY = '2026-11-24', cells: Partial<Record<OverrideColumn, string>> = { SKU: 'TEE-1', From: '2026-12-01', To: '2026-12-31', Kind: 'Total', Value: '500', Reason: 'sales meeting' };
  const read = (more: Partial<Record<OverrideColumn, string>>) => overrideRow((column) => ({ ...cells, ...more })[column] ?? '', TODAY);
  it('is an override, at each location where none is named, of one day where no last one is', () => {
    expect(read({})).toEqual({ sku: 'TEE-1', location: '', from: '2026-12-01', to: '2026-12-31', kind: 'total', value: 500, reason: 'sales meeting', expiresOn: null });
    expect(read({ To: '', Kind: 'percent', Value: '-20 %', Location: 'Main', 'Counts until': '2026-12-20' })).toMatchObject({ to: '2026-12-01', kind: 'percent', value: -20, location: 'Main', expiresOn: '2026-12-20' });
  });
  it('is read with the signs and days of its file; what is open is refused', () => {
    const signs = (...values: string[]) => signsOf(values.map((Value, n) => ({ record: { Value, From: n === 0 ? '25/12/2026' : '' }, line: n + 2 })), OVERRIDE_CELLS, ',');
    const last = (...values: string[]) => overrideRow((column) => ({ ...cells, From: '01/12/2026', Kind: 'units', Value: values.at(-1)! })[column as 'From'] ?? '', TODAY, signs(...values));
    expect(last('2,5', '1.000')).toMatchObject({ value: 1_000, from: '2026-12-01' });
    expect(last('2.5', '-1.000')).toMatchObject({ value: -1 });
    expect(last('5', '1.000')).toEqual({ column: 'Value', message: '1.000 is either 1000 or has a decimal point, and nothing beside it says which; write 1000 or 1.0' });
    expect(read({ From: '01/12/2026' })).toEqual({ column: 'From', message: '01/12/2026 is either of two days; write YYYY-MM-DD' });
  });
  it('or names the column of what is wrong', () => {
    for (const [column, value] of [['SKU', ''], ['From', ''], ['From', 'soon'], ['To', '2026-11-01'], ['Kind', 'more'], ['Value', 'lots'], ['Value', '-1'], ['Reason', 'x'], ['Value', '0.0000001'], ['Counts until', '2026-11-01'], ['Counts until', '2026-11-30']] as const) expect(read({ [column]: value })).toMatchObject({ column, message: expect.any(String) });
  });
});
