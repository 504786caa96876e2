import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Said } from './known-then.ts';
import { supplyThen, type TransferTook } from './supply-then.ts';

const FIRST = 20_000, DAYS = 30, PLACES = [1, 2, 3, 4];
const place = fc.constantFrom(...PLACES), day = fc.integer({ min: FIRST - 30, max: FIRST + DAYS });
const supply = fc.record({ key: place, above: fc.option(place), open: fc.boolean(), from: day }).map((one): Said => ({ kind: 'supply', key: String(one.key), itemId: null, from: one.from, value: { supplied_from: one.above === one.key ? null : one.above, is_active: one.open } }));
const way = fc.record({ a: place, b: place, days: fc.option(fc.nat(9)), from: day }).map((one): Said => ({ kind: 'way', key: `${one.a}>${one.b}`, itemId: null, from: one.from, value: one.days === null ? null : { days: one.days } }));
const said = fc.oneof({ weight: 3, arbitrary: supply }, { weight: 1, arbitrary: way }), histories = fc.array(said, { maxLength: 25 }).map((all) => all.sort((a, b) => a.from - b.from));
const transfers = fc.array(fc.record({ from: place, to: place, received: fc.integer({ min: FIRST - 420, max: FIRST + DAYS }), days: fc.nat(20) }), { maxLength: 40 }).map((all): TransferTook[] => all.sort((a, b) => a.received - b.received));
/** Who bought for whom on each morning, as text. */
function mornings(history: readonly Said[], begun: number, took: readonly TransferTook[], first = FIRST, days = DAYS): string[] {
  const told = supplyThen(history, begun, took, first, days);
  return Array.from({ length: days }, (_, n) => JSON.stringify([...told.findLast((one) => one.from <= n)!.of].sort(([a], [b]) => a - b)));
}

describe('which place bought for which, then', () => {
  it('what is said, and transfers received, after a day alter nothing of that day', () => {
    fc.assert(fc.property(histories, fc.array(said, { maxLength: 3 }), transfers, transfers, fc.integer({ min: FIRST - 40, max: FIRST }), fc.nat(DAYS - 1), (history, more, took, others, begun, n) => {
      const now = FIRST + n, late = more.map((one) => ({ ...one, from: now + 1 })), later = others.map((one) => ({ ...one, received: now })), kept = took.filter((one) => one.received < now), past = history.filter((one) => one.from <= now);
      const [before, after] = [mornings(past, begun, kept), mornings([...past, ...late], begun, [...kept, ...later])];
      for (let k = 0; k <= n; k++) expect(after[k]).toBe(before[k]);
    }), { numRuns: 300 });
  });

  it('is the same whether asked day by day or for a period, and has no circle', () => {
    fc.assert(fc.property(histories, transfers, fc.integer({ min: FIRST - 40, max: FIRST + DAYS }), (history, took, begun) => {
      mornings(history, begun, took).forEach((known, n) => expect(mornings(history, begun, took, FIRST + n, 1)[0]).toBe(known));
    }), { numRuns: 100 });
  });

  it('takes the days that were set, else learned of three transfers, else the store’s, else two; places that were closed are in none', () => {
    const says = (kind: 'supply' | 'way', key: string, value: Said['value'], from = FIRST - 50): Said => ({ kind, key, itemId: null, from, value }), open = (key: number, from: number | null, on?: number) => says('supply', String(key), { supplied_from: from, is_active: true }, on);
    const took = [4, 6, 5].map((days, n): TransferTook => ({ from: 1, to: 2, received: FIRST + n, days })), history = [open(1, null), open(2, 1), open(3, 2), says('way', '2>3', { days: 9 }), says('way', '0>0', { days: 7 }, FIRST + 5), says('supply', '2', { supplied_from: 1, is_active: false }, FIRST + 8)];
    const of = (n: number, place: number) => supplyThen(history, FIRST - 50, took, FIRST, 20).findLast((one) => one.from <= n)!.of.get(place);
    expect([0, 2, 3, 7].map((n) => of(n, 2)?.days)).toEqual([2, 2, 5, 5]);
    expect(of(3, 3)).toEqual({ buyer: 1, days: 14, from: 2 });
    expect([of(8, 2), of(8, 3)]).toEqual([undefined, undefined]);
    expect(supplyThen([...history, says('way', '2>3', null, FIRST + 6)], FIRST - 50, took, FIRST, 20).findLast((one) => one.from <= 7)!.of.get(3)?.days).toBe(12);
  });
});
