import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayNumber } from '../calendar.ts';
import { csvColumn, keysNotRead, nearColumn, nearKey, type CsvColumn } from './file-columns.ts';
import { indexOf, periodsOf, periodWords, strayDays } from './file-periods.ts';
import { forecastPanel, learnPool } from './panel.ts';
import { datedRow, isFault, seriesFromJson, seriesFromRows, type DatedRow, type FileSeries } from './series-file.ts';
import { teachers, veryLarge } from './very-large.ts';

const json = (more: object, horizon = 3): FileSeries | { column: string; message: string } => seriesFromJson(JSON.stringify({ id: 'a', start: '2026-01-01', y: [1, 2, 0, 4], ...more }), horizon);
const good = (more: object): FileSeries => { const one = json(more); if (isFault(one)) throw new Error(`${one.column}: ${one.message}`); return one; };
const fault = (more: object): string => { const one = json(more); return isFault(one) ? `${one.column}: ${one.message}` : 'none'; };

describe('a line of NDJSON', () => {
  it('takes null as not observed, a run out of stock as a period of an unknown hour and unknown ones', () => {
    const one = good({ y: [1, null, 4, 0], oos: [[2, 5]] });
    expect([...one.series.demand]).toEqual([1, NaN, 4, 0]);
    expect([...one.series.exposure]).toEqual([1, 0, NaN, 0]);
    expect(one.known).toBe(4);
  });
  it('reads what was recorded where true demand is given beside it', () => expect([...good({ obs: [1, 1, 1, 1] }).series.demand]).toEqual([1, 1, 1, 1]));
  it('holds a price until the next, also ahead', () => expect([...good({ price: [[1, 5], [3, 4]] }).price!]).toEqual([NaN, 5, 5, 4, 4, 4, 4]));
  it('keeps what is known ahead, and takes a promotion nobody speaks of as not planned', () => {
    const one = good({ x: { price: [3, null, 3, 2, 2], deal: [0, 1, 0, 0], comp: [7, null, 8, 9], feat: [0, 0, 0, 0, 1] } });
    expect([...one.price!]).toEqual([3, NaN, 3, 2, 2, 2, 2]);
    expect([...one.drivers!['deal']!]).toEqual([0, 1, 0, 0, 0, 0, 0]);
    expect([...one.drivers!['comp']!]).toEqual([7, 7, 8, 9, 9, 9, 9]);
    expect([...one.drivers!['feat']!]).toEqual([0, 0, 0, 0, 1, 0, 0]);
  });
  it('says which field is wrong', () => {
    expect(fault({ id: '' })).toMatch(/^id: /);
    expect(fault({ start: '2026-02-30' })).toBe('start: expected a date like 2026-01-31, not "2026-02-30"');
    expect(fault({ y: [1, 'two'] })).toBe('y: element 2: expected a number or null, not "two"');
    expect(fault({ y: [] })).toMatch(/^y: expected 1 to/);
    // As large as a CSV's, and no larger: their squares are summed over all series.
    expect(fault({ y: [1, 1e12, 0, -1e12] })).toBe('none');
    expect(fault({ y: [1, 1e160] })).toBe('y: element 2: expected -1000000000000 to 1000000000000, not 1e+160');
    expect(fault({ obs: [1, 2, 1e308, 0] })).toBe('obs: element 3: expected -1000000000000 to 1000000000000, not 1e+308');
    expect(fault({ x: { deal: [0, 0, 0, 0, -1e13] } })).toBe('x.deal: element 5: expected -1000000000000 to 1000000000000, not -10000000000000');
    expect(fault({ price: [[0, 1e13]] })).toBe('price: a price above 1000000000000: 10000000000000');
    expect(fault({ x: { price: [1, -2, 3, 4] } })).toBe('x.price: a price below zero: -2');
    expect(fault({ price: [[0, -1]] })).toBe('price: a price below zero: -1');
    expect(fault({ price: [0] })).toMatch(/^price: element 1/);
    expect(fault({ x: { deal: [1] } })).toBe('x.deal: 1 values for 4 periods');
    expect(fault({ in_stock: [1, 1, 2, 1] })).toBe('in_stock: element 3: expected a share from 0 to 1, not 2');
    expect(seriesFromJson('{"id":', 3)).toMatchObject({ message: expect.stringMatching(/^not JSON/) });
    expect(seriesFromJson('[1]', 3)).toEqual({ column: '', message: 'expected an object' });
  });
});

describe('rows of CSV', () => {
  const row = (day: string, quantity: number, more: Partial<DatedRow> = {}): DatedRow => ({ day: dayNumber(day), quantity, price: NaN, promotion: NaN, inStock: NaN, ...more });
  const names = { item: 'a', location: '', category: '' };
  const days = periodsOf('D', [dayNumber('2026-01-01'), dayNumber('2026-01-05')]);

  it('adds up rows of a date, takes a missing date as no sale and an empty quantity as not observed', () => {
    const one = seriesFromRows('a', [row('2026-01-01', 1), row('2026-01-01', 2), row('2026-01-03', NaN), row('2026-01-05', 4, { inStock: 0.25 })], days, 2, names);
    expect([...one.series.demand]).toEqual([3, 0, NaN, 0, 4]);
    expect([...one.series.exposure]).toEqual([1, 1, 0, 1, 0.25]);
  });
  it('knows promotions and prices of dates ahead', () => {
    const one = seriesFromRows('a', [row('2026-01-01', 1, { price: 10, promotion: 0 }), row('2026-01-06', NaN, { price: 8, promotion: 1 })], days, 2, names);
    expect([...one.price!]).toEqual([10, 10, 10, 10, 10, 8, 8]);
    expect([...one.drivers!['promotion']!]).toEqual([0, 0, 0, 0, 0, 1, 0]);
  });
  it('a withdrawn day is a day without demand', () => expect([...seriesFromRows('a', [row('2026-01-02', -3)], days, 1, names).series.demand]).toEqual([0, 0, 0, 0, 0]));
  it('weeks end on the last date; weekly dates are weeks as they are', () => {
    expect(periodsOf('W', [116, 100])).toEqual({ grain: 'W', start: 103, count: 2, leftOut: [{ from: 100, to: 102 }] });
    expect(periodsOf('W', [100, 114])).toEqual({ grain: 'W', start: 100, count: 3, leftOut: [] });
    expect(periodsOf('W', [-9, 5])).toEqual({ grain: 'W', start: -9, count: 3, leftOut: [] });
    expect(periodsOf('W', [100, 103])).toMatchObject({ count: 0, leftOut: [{ from: 100, to: 103 }] });
  });
  it('months are the calendar’s, whole ones only', () => {
    const of = (...dates: string[]) => periodsOf('M', dates.map(dayNumber)), stretch = (from: string, to: string) => ({ from: dayNumber(from), to: dayNumber(to) });
    expect(of('2026-01-15', '2026-01-16', '2026-04-10')).toEqual({ grain: 'M', start: dayNumber('2026-02-01'), count: 2, leftOut: [stretch('2026-01-15', '2026-01-31'), stretch('2026-04-01', '2026-04-10')] });
    expect(of('2026-01-15', '2026-01-20')).toMatchObject({ count: 0, leftOut: [stretch('2026-01-15', '2026-01-20')] });
    const months = of('2026-01-15', '2026-01-16', '2026-04-10');
    expect([...seriesFromRows('a', [row('2026-02-03', 1), row('2026-03-31', 2), row('2026-01-20', 9), row('2026-04-09', 9)], months, 1, names).series.demand]).toEqual([1, 2]);
  });
  it('one date a month is a month, on whichever day: firsts, ends, last working days', () => {
    const whole = { grain: 'M', start: dayNumber('2026-01-01'), count: 4, leftOut: [] };
    for (const dates of [['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'], ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30'], ['2026-01-30', '2026-02-27', '2026-04-30']]) expect(periodsOf('M', dates.map(dayNumber))).toEqual(whole);
  });
  it('every date is in a period, or in a stretch left out, and never in both', () => {
    fc.assert(fc.property(fc.constantFrom('D', 'W', 'M'), fc.array(fc.integer({ min: 19_000, max: 19_400 }), { minLength: 1, maxLength: 30 }), (grain, dates) => {
      const periods = periodsOf(grain, dates);
      for (const day of dates) {
        const at = indexOf(periods, day), within = at >= 0 && at < periods.count;
        expect(periods.leftOut.filter(({ from, to }) => day >= from && day <= to)).toHaveLength(within ? 0 : 1);
      }
    }));
  });
  it('names a period as people do', () => expect([periodWords('D', 20_000, 2), periodWords('W', 20_000, 1), periodWords('M', dayNumber('2025-11-01'), 3)]).toEqual(['on 2024-10-06', 'in the week of 2024-10-11', 'in 2026-02']));
  it('names the column of a bad cell', () => {
    const of = (cells: Partial<Record<CsvColumn, string>>) => datedRow((column) => cells[column] ?? '');
    expect(of({ date: '01/02/2026', quantity: '1' })).toMatchObject({ column: 'date' });
    expect(of({ date: '2026-01-02', quantity: 'many' })).toEqual({ column: 'quantity', message: 'expected a number, not "many"' });
    expect(of({ date: '2026-01-02', quantity: '1', in_stock: '1.5' })).toEqual({ column: 'in_stock', message: 'expected 0 to 1, not 1.5' });
    expect(of({ date: '2026-01-02', quantity: '' })).toMatchObject({ quantity: NaN });
  });
});

describe('stray dates', () => {
  it('are those years away from the stretch with the most rows; none where no gap is that long', () => {
    fc.assert(fc.property(fc.array(fc.nat(1_100), { minLength: 1, maxLength: 20 }), fc.integer({ min: 1_101, max: 40_000 }), fc.boolean(), (gaps, away, later) => {
      const days = gaps.map((_, n) => 20_000 + gaps.slice(0, n).reduce((sum, gap) => sum + gap, 0)), dates = new Map(days.map((day) => [day, { rows: 2 }]));
      expect(strayDays(dates)).toEqual([]);
      const stray = later ? Math.max(...days) + away : Math.min(...days) - away;
      expect(strayDays(new Map([...dates, [stray, { rows: 1 }]]))).toEqual([stray]);
    }));
  });
});

describe('names', () => {
  it('are read whatever their capitals, spaces, hyphens and underscores', () => {
    expect(['in-stock', 'In stock', 'IN_STOCK', ' InStock '].map(csvColumn)).toEqual(['in_stock', 'in_stock', 'in_stock', 'in_stock']);
    expect([...good({ 'In stock': [1, 0.5, 1, 1] }).series.exposure]).toEqual([1, 0.5, 1, 1]);
    expect(fault({ in_stock: [1, 1, 1, 1], 'in-stock': [1, 1, 1, 1] })).toBe('in_stock: is given twice, also as "in-stock"');
  });
  it('that are not read are known for what they may be, but not for what is there already', () => {
    expect([nearColumn('in_stok', ['id']), nearColumn('promo', []), nearColumn('loc', []), nearColumn('Pirce', []), nearColumn('colour', []), nearColumn('prices', ['price'])]).toEqual(['in_stock', 'promotion', 'location', 'price', null, null]);
    expect([nearKey('in_stockk', []), nearKey('location', []), nearKey('z', []), nearKey('os', ['obs', 'oos'])]).toEqual(['in_stock', 'loc', null, null]);
    expect(keysNotRead({ id: 1, start: '', first: 0, freq: 'D', y: [], state: '', 'In-Stock': [], note: 1 })).toEqual(['note']);
  });
});

describe('a period far above all others', () => {
  const plain = (n: number, seed: number): number[] => Array.from({ length: n }, (_, t) => Math.floor(Math.abs(Math.sin(t * (seed + 1.7))) * 4) + (t % 7 === 3 ? 3 : 0));
  const typo = (): number[] => plain(300, 1).map((y, t) => (t === 250 ? 100_000 : y));

  it('counts as a bulk order, and the rest of its period as not known', () => {
    const one = good({ y: typo() });
    expect(one.veryLarge).toEqual([{ at: 250, units: 100_000, times: 100_000 / 6 }]);
    expect([one.bulk![250], one.bulk![0], one.series.demand[250], one.series.exposure[250], one.series.exposure[0]]).toEqual([100_000, 0, 100_000, 0, 1]);
    expect(good({ y: plain(300, 1) }).bulk).toBeUndefined();
  });
  it('is one, or one in fifty, a hundred times the next; in few sales a thousand times', () => {
    const of = (...largest: number[]) => veryLarge(Float64Array.from([...Array.from({ length: 100 }, (_, t) => t % 2 + 1), ...largest])).map(({ units }) => units);
    expect([of(200), of(201), of(900, 70_000), of(201, 202, 203)]).toEqual([[], [201], [70_000, 900], []]);
    expect([[1, 0, 900], [1, 0, 1_001], [5_000], [0, NaN]].map((y) => veryLarge(Float64Array.from(y)).length)).toEqual([0, 1, 0, 0]);
  });
  it('no series without such a gap is touched, whatever it is multiplied by', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 60 }), fc.constantFrom(0.01, 1, 1e9), (y, times) => { expect(veryLarge(Float64Array.from(y, (units) => units * times))).toEqual([]); }));
  });
  it('nobody learns from a series that is little more than one period and weighs on all', () => {
    const one = (id: string, units: number, others = 0): FileSeries => good({ id, y: Array.from({ length: 300 }, (_, t) => (t === 250 ? units : t < others ? 10 : 0)) }), usual = Array.from({ length: 9 }, (_, n) => good({ id: `s${n}`, y: plain(300, n) }));
    const of = (...lone: FileSeries[]) => teachers([...usual, ...lone]).aside.map(({ id, units }) => [id, units]);
    expect(of(one('small', 50), one('large', 5_000), one('larger', 9e9), one('of many', 5_000, 600))).toEqual([['larger', 9e9], ['large', 5_000]]);
    expect(of(one('mostly', 950, 10), one('partly', 850, 10))).toEqual([['mostly', 950]]);
    expect(teachers([...usual, one('large', 5_000)])).toMatchObject({ teach: usual, aside: [{ at: 250, own: 1 }] });
    // Nothing is left aside where most would be, nor from what is known of too few periods.
    expect(teachers([one('a', 5), one('b', 5_000)].slice(1)).aside).toEqual([]);
    expect(of(good({ id: 'new', y: [0, 5_000] }))).toEqual([]);
  });
  it('moves no other series', () => {
    const options = { grain: 'D', horizon: 28, quantiles: [0.5, 0.9] } as const;
    const totals = (last: number[]): number[] => {
      const panel = Array.from({ length: 12 }, (_, n) => good({ id: `s${n}`, y: n === 11 ? last : plain(300, n) })), pool = learnPool(panel, options);
      return forecastPanel(panel.slice(0, 11), pool, options).map(({ totals: all }) => all[27]!);
    };
    const without = totals(plain(300, 1)), withIt = totals(typo()); // up to 18 % apart where it is believed
    withIt.forEach((total, n) => expect(Math.abs(total / without[n]! - 1)).toBeLessThan(0.01));
  });
});
