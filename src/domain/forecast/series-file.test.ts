import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayNumber } from '../calendar.ts';
import { datedRow, isFault, periodsOf, seriesFromJson, seriesFromRows, strayDays, type CsvColumn, type DatedRow, type FileSeries } from './series-file.ts';

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
  const days = periodsOf('D', dayNumber('2026-01-01'), dayNumber('2026-01-05'), false);

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
    expect(periodsOf('W', 100, 116, false)).toEqual({ grain: 'W', start: 103, count: 2, leftOut: 3 });
    expect(periodsOf('W', 100, 114, true)).toEqual({ grain: 'W', start: 100, count: 3, leftOut: 0 });
  });
  it('months are the calendar’s, whole ones only', () => {
    const from = dayNumber('2026-01-15'), to = dayNumber('2026-04-10');
    expect(periodsOf('M', from, to, false)).toEqual({ grain: 'M', start: dayNumber('2026-02-01'), count: 2, leftOut: 17 + 10 });
    expect(periodsOf('M', dayNumber('2026-01-01'), dayNumber('2026-04-01'), true)).toEqual({ grain: 'M', start: dayNumber('2026-01-01'), count: 4, leftOut: 0 });
    expect(periodsOf('M', from, dayNumber('2026-01-20'), false).count).toBe(0);
    const months = periodsOf('M', from, to, false);
    expect([...seriesFromRows('a', [row('2026-02-03', 1), row('2026-03-31', 2), row('2026-01-20', 9), row('2026-04-09', 9)], months, 1, names).series.demand]).toEqual([1, 2]);
  });
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
