/** The worked examples of the vendor's help pages, exactly; what holds for all figures; and that the reasons of a gap sum to it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainGap } from './gap.ts';
import { parityOrderLine, parityReplenishment, parityToOrder, velocity, type ParityInputs } from './parity.ts';
import { receiptStep } from './receipts.ts';
import { seasonalPerDay } from './seasonal.ts';
import { statusName, statusType } from './status.ts';

const USUAL = { floorsInLeadTime: false }, FLOOR = { floorsInLeadTime: true };
const example: ParityInputs = { forecastPerDay: 2, leadTimeDays: 14, coverDays: 30, minimumStock: 10, componentNeed: 0, inStock: 20, onOrder: 0, inTransfer: 0 };

describe('worked examples', () => {
  test('(a) 88 expected, 10 minimum, 20 in stock: 78; by the two dozen 96', () => {
    expect(parityReplenishment(example, USUAL)).toBe(78);
    expect(parityToOrder(78, { moq: 1, casePack: 24 })).toBe(96);
  });
  test('(b) a minimum order of 1,500', () => { expect(parityToOrder(78, { moq: 1500, casePack: 1 })).toBe(1500); });
  test.each([22, 25])('(c) a maximum stock of 20 leaves 20 of %i, and says so', (wanted) => {
    expect(parityOrderLine(wanted, { moq: 1, casePack: 1, maxStock: 20 }, 0)).toEqual({ quantity: 20, notices: [`${wanted} became 20: maximum stock 20`] });
  });
  test('(d) 10 sold in 15 days in stock: 20 a month', () => { expect(velocity(10, 15) * 30).toBe(20); });
  test('the floor inside the lead time', () => { expect(parityReplenishment(example, FLOOR)).toBe(70); });
});

const figures = fc.record({
  forecastPerDay: fc.double({ min: 0, max: 50, noNaN: true }), leadTimeDays: fc.nat(120), coverDays: fc.nat(120), minimumStock: fc.nat(200), componentNeed: fc.nat(50), inStock: fc.integer({ min: -50, max: 5000 }), onOrder: fc.nat(5000), inTransfer: fc.nat(200),
});
const nullable = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });

test('never negative, never more with a floor than without, and less with more in stock', () => {
  fc.assert(fc.property(figures, fc.nat(100), (inputs, more) => {
    const plain = parityReplenishment(inputs, USUAL);
    expect(plain).toBeGreaterThanOrEqual(0);
    expect(parityReplenishment(inputs, FLOOR)).toBeLessThanOrEqual(plain);
    expect(parityReplenishment({ ...inputs, inStock: inputs.inStock + more }, USUAL)).toBeLessThanOrEqual(plain);
  }));
});

test('what is ordered is whole cases, at least the minimum and what is wanted', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(3000), fc.integer({ min: 1, max: 144 }), (wanted, moq, casePack) => {
    const quantity = parityToOrder(wanted, { moq, casePack });
    expect(quantity % casePack).toBe(0);
    expect(quantity).toBeGreaterThanOrEqual(Math.max(moq, wanted));
    expect(quantity - casePack).toBeLessThan(Math.max(moq, wanted));
  }));
});

test('the reasons of a gap sum to it exactly, whatever the figures', () => {
  const their = fc.record({
    replenishment: fc.double({ min: 0, max: 5000, noNaN: true }), inStock: fc.integer({ min: -50, max: 5000 }), onOrder: fc.nat(5000), leadTimeDays: nullable(fc.nat(120)), coverDays: nullable(fc.nat(120)), minimumStock: nullable(fc.nat(200)), forecastPerDay: nullable(fc.double({ min: 0, max: 50, noNaN: true })),
  });
  const our = fc.tuple(figures, fc.nat(300), nullable(fc.record({ quantity: fc.nat(5000), need: fc.integer({ min: -5000, max: 5000 }), position: fc.integer({ min: -50, max: 9000 }) }))).map(([inputs, soldSinceSync, recommended]) => ({ ...inputs, soldSinceSync, recommended }));
  fc.assert(fc.property(their, our, fc.boolean(), (theirs, ours, floorsInLeadTime) => {
    const gap = explainGap(theirs, ours, { floorsInLeadTime });
    expect(gap.reasons.reduce((sum, each) => sum + each.units, 0)).toBe(gap.gap);
    expect(gap.ours).toBe(ours.recommended?.quantity ?? gap.parity);
    expect(gap.parity).toBe(parityReplenishment(ours, { floorsInLeadTime }));
    expect(gap.reasons.every((each) => Number.isInteger(each.units) && each.units !== 0)).toBe(true);
  }), { numRuns: 500 });
});

test('a gap names the one thing that differs', () => {
  const their = { replenishment: 78, inStock: 20, onOrder: 0, leadTimeDays: 14, coverDays: 30, minimumStock: 10, forecastPerDay: 2 };
  const only = (part: object) => explainGap(their, { ...example, soldSinceSync: 0, recommended: null, ...part }, USUAL).reasons.map(({ reason, units }) => [reason, units]);
  expect(only({})).toEqual([]);
  expect(only({ inStock: 15 })).toEqual([['stock', 5]]);
  expect(only({ inStock: 17, soldSinceSync: 3 })).toEqual([['sales after sync', 3]]);
  expect(only({ onOrder: 6, inTransfer: 2 })).toEqual([['on order', -8]]);
  expect(only({ leadTimeDays: 10 })).toEqual([['lead time and days of stock', -8]]);
  expect(only({ forecastPerDay: 3 })).toEqual([['forecast', 44]]);
  expect(only({ minimumStock: 0 })).toEqual([['minimum stock', -10]]);
  expect(only({ recommended: { need: 80, quantity: 96, position: 20 } })).toEqual([['our method', 2], ['rounding', 16]]);
  expect(only({ onOrder: 8, recommended: { need: 80, quantity: 80, position: 20 } })).toEqual([['on order', -8], ['when we planned', 8], ['our method', 2]]);
});

describe('received on two sides', () => {
  test('each side that moved alone is followed; both moved apart is for a person', () => {
    expect(receiptStep({ agreed: 4, ours: 4, theirs: 4 })).toEqual({ step: 'none' });
    expect(receiptStep({ agreed: 4, ours: 4, theirs: 9 })).toEqual({ step: 'take', units: 5, total: 9 });
    expect(receiptStep({ agreed: 4, ours: 9, theirs: 4 })).toEqual({ step: 'write', total: 9 });
    expect(receiptStep({ agreed: 4, ours: 9, theirs: 9 })).toEqual({ step: 'agree', total: 9 });
    expect(receiptStep({ agreed: 4, ours: 9, theirs: 7 }).step).toBe('ask');
    expect(receiptStep({ agreed: 4, ours: 4, theirs: 3 }).step).toBe('ask');
  });
  test('followed until nothing is left to do, both show the same', () => {
    fc.assert(fc.property(fc.nat(50), fc.nat(50), fc.nat(50), (agreed, ours, theirs) => {
      const line = { agreed, ours, theirs };
      for (let n = 0; n < 3; n++) {
        const step = receiptStep(line);
        if (step.step === 'ask') { expect(line.ours).not.toBe(line.theirs); return; }
        if (step.step === 'none') break;
        if (step.step === 'take') line.ours += step.units;
        if (step.step === 'write') line.theirs = step.total;
        line.agreed = step.total;
      }
      expect(line.ours).toBe(line.theirs);
      expect(receiptStep(line)).toEqual({ step: 'none' });
    }));
  });
});

test('statuses go by type, whatever they are called; an unknown name stays unknown', () => {
  const named = { 'On the water': 'active' } as const;
  expect(['OPEN', 'open', 'Canceled', 'CANCELLED', 'on the WATER', 'Paused'].map((name) => statusType(name, named))).toEqual(['active', 'active', 'cancelled', 'cancelled', 'active', null]);
  expect(statusName('active', ['On the water', 'CLOSED'], named)).toBe('On the water');
  expect(statusName('closed', ['CLOSED'], {})).toBe('CLOSED');
  expect(statusName('active', [], named)).toBe('On the water');
  expect(statusName('cancelled', [], {})).toBe('Canceled');
});

describe('the seasonal method', () => {
  const days = (month: string): number => new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();
  const months = (rate: (month: string) => number) => Array.from({ length: 13 }, (_, n) => { const month = new Date(Date.UTC(2025, 2 + n, 1)).toISOString().slice(0, 7); return { month, sold: rate(month) * days(month), daysInStock: days(month) }; });
  const of = (rate: (month: string) => number, more: object = {}) => seasonalPerDay({ months: months(rate), age: 800, lastYear: 365, yearBefore: 365, ...more }, '2026-03-02', 45);

  test('a flat year is its own rate; a trend multiplies it; a year without one before has none', () => {
    expect(of(() => 3)).toBeCloseTo(3, 9);
    expect(of(() => 3, { lastYear: 730 })).toBeCloseTo(6, 9);
    expect(of(() => 3, { lastYear: 730, age: 500 })).toBeCloseTo(3, 9);
    expect(of(() => 3, { lastYear: 730, yearBefore: 0 })).toBeCloseTo(3, 9);
  });
  test('each day takes the month it falls into, a year before: 30 of March, 15 of April', () => {
    expect(of((month) => (month === '2025-03' ? 2 : month === '2025-04' ? 8 : 99))! * 45).toBeCloseTo(30 * 2 + 15 * 8, 9);
  });
  test('younger than a year it says nothing; a month of which no day was in stock sells nothing', () => {
    expect(of(() => 3, { age: 364 })).toBeNull();
    expect(seasonalPerDay({ months: [{ month: '2025-03', sold: 0, daysInStock: 0 }], age: 800, lastYear: 0, yearBefore: 0 }, '2026-03-02', 10)).toBe(0);
  });
});
