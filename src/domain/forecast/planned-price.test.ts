import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowerPlanned, plannedPriceRow, type PlannedPriceColumn } from './planned-price.ts';

const row = (cells: Partial<Record<PlannedPriceColumn, string>>) => plannedPriceRow((column) => ({ Name: 'Autumn sale', From: '2026-12-01', 'Percent off': '20', ...cells } as Record<string, string>)[column] ?? '');

describe('a row of planned prices', () => {
  it('is read', () => {
    expect(row({ To: '2026-12-07', SKUs: 'A; B ;A' })).toEqual({ name: 'Autumn sale', from: '2026-12-01', to: '2026-12-07', percentOff: 20, skus: ['A', 'B'], vendor: null, productType: null });
    expect(row({ 'Percent off': '12.5 %', Vendor: 'Alder' })).toMatchObject({ percentOff: 12.5, vendor: 'Alder', to: '2026-12-01' });
  });
  it('is refused by the name of its cell', () => {
    for (const [cells, column] of [[{ Name: '' }, 'Name'], [{ From: '1 Dec' }, 'From'], [{ To: '2026-11-30' }, 'To'], [{ To: '2027-12-01' }, 'To'], [{ 'Percent off': '0' }, 'Percent off'], [{ 'Percent off': '100' }, 'Percent off'], [{ 'Percent off': '' }, 'Percent off'], [{ SKUs: 'A', Vendor: 'B' }, 'SKUs']] as const) {
      expect(row(cells)).toMatchObject({ column });
    }
  });
});

it('lowers only days ahead, by the deepest plan, and never what was sold at', () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 40 }), fc.integer({ min: -1, max: 40 }), fc.array(fc.record({ from: fc.integer({ min: 90, max: 150 }), length: fc.nat(20), percentOff: fc.integer({ min: 1, max: 99 }) }), { maxLength: 4 }),
    (length, knownDays, made) => {
      const first = 100, known = first + knownDays, price = new Float64Array(length).fill(1000), plans = made.map(({ from, length: days, percentOff }) => ({ from, to: from + days, percentOff }));
      lowerPlanned(price, first, known, plans);
      price.forEach((value, t) => {
        const covering = plans.filter((p) => first + t >= p.from && first + t <= p.to).map((p) => p.percentOff);
        expect(value).toBeCloseTo(first + t <= known ? 1000 : 1000 * (1 - Math.max(0, ...covering) / 100), 9);
      });
    }));
});
