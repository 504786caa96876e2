/** The worked examples of the planner's help pages, exactly. */
import { expect, test } from 'vitest';
import { orderLine, replenishment, toOrder, USUAL, velocity, type Terms } from './formulas.ts';

const terms = (part: Partial<Terms> = {}): Terms => ({ leadTime: 14, reviewPeriod: 30, minimumStock: 10, maxStock: null, moq: 1, uom: 1, ...part });

test('(a) two a day for 44 days is 88; with a minimum of 10 and 20 in stock, 78 are wanted; by the two dozen 96', () => {
  expect(2 * (14 + 30)).toBe(88);
  expect(replenishment(2, terms(), 20, USUAL)).toBe(78);
  expect(toOrder(78, terms({ uom: 24 }))).toBe(96);
});

test('(b) a minimum order of 1,500 is ordered whole, and never when nothing is wanted', () => {
  expect(toOrder(78, terms({ moq: 1500 }))).toBe(1500);
  expect(toOrder(0, terms({ moq: 1500 }))).toBe(0);
});

test.each([22, 23, 25])('(c) of a recommendation of %i with a maximum stock of 20, 20 are put on the order, and it is said', (wanted) => {
  expect(orderLine(wanted, terms({ maxStock: 20 }), 0)).toEqual({ quantity: 20, notices: ['reduced to 20 to stay within the maximum stock of 20'] });
});

test('(d) ten sold in 15 days in stock of a month of 30 is a demand of 20 a month', () => {
  const sold = [...Array.from({ length: 10 }, () => 1), ...Array.from({ length: 20 }, () => 0)], inStock = sold.map((_, n) => n < 15);
  expect(velocity(sold, inStock, USUAL) * 30).toBe(20);
});

test('a window that stretches holds its days in stock; a young item begins with its first sale', () => {
  const sold = [9, 9, 0, 0, 3, 3], inStock = [true, true, false, false, true, true];
  expect(velocity(sold, inStock, { ...USUAL, days: 3, stretches: false })).toBe(6 / 2);
  expect(velocity(sold, inStock, { ...USUAL, days: 3, stretches: true })).toBe(15 / 3);
  expect(velocity([0, 0, 0, 4, 0], [true, true, true, true, true], USUAL)).toBe(2);
});

test('the floor inside the lead time does not buy again what could not be sold', () => {
  expect(replenishment(2, terms(), 20, { ...USUAL, floorsInLeadTime: true })).toBe(70);
});
