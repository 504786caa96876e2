import { describe, expect, it } from 'vitest';
import { roll } from './boosting/dice.ts';
import { drawCount, drawn, workOf } from '../../../test/helpers/drawn-series.ts';
import { applyPromotions, learnPromotions, type PromotionPool } from './promotions.ts';
import type { Work } from './work.ts';

const WEEKS = 104, HORIZON = 8;
interface Effects { elasticity: number; deal: number }
/** A week in four has another price, a week in five a deal; neither lasts. */
function shop(dice: { state: number }, { elasticity, deal }: Effects, rest = {}, rate = 200): Work {
  const price = Float64Array.from({ length: WEEKS + HORIZON }, () => (roll(dice) < 0.25 ? 8 : 10)), onDeal = Float64Array.from({ length: WEEKS + HORIZON }, () => (roll(dice) < 0.2 ? 1 : 0));
  price.fill(10, WEEKS); onDeal.fill(0, WEEKS);
  price[WEEKS + 1] = 8; onDeal[WEEKS + 4] = 1;
  return workOf(drawn(WEEKS, (t) => drawCount(dice, rate * (price[t]! / 10) ** elasticity * Math.exp(deal * onDeal[t]!), 0.02)), { price, drivers: { deal: onDeal }, ...rest }, 'W', HORIZON);
}
function ahead(work: Work, pool: PromotionPool | null): Float64Array {
  work.factor.fill(1);
  applyPromotions(work, pool);
  return work.factor.subarray(work.n);
}

describe('promotions', () => {
  it('learn the price elasticity and the worth of a deal over the locations of an item', () => {
    const dice = { state: 1 }, works = Array.from({ length: 10 }, (_, i) => shop(dice, { elasticity: -2, deal: 0.7 }, { item: 'jam', location: `${i}` })), factors = ahead(works[0]!, learnPromotions(works));
    expect(Math.log(factors[1]!) / Math.log(0.8)).toBeCloseTo(-2, 0);
    expect(Math.abs(Math.log(factors[1]! / factors[7]!) / Math.log(0.8) + 2)).toBeLessThan(0.25);
    expect(Math.abs(Math.log(factors[4]! / factors[7]!) - 0.7)).toBeLessThan(0.1);
    for (const h of [0, 3, 6, 7]) expect(Math.abs(factors[h]! - 1)).toBeLessThan(0.05);
    expect(Math.abs(Math.log(works[0]!.factor[works[0]!.source.price!.findIndex((p, t) => t > 0 && p === 8 && works[0]!.source.drivers!['deal']![t] === 0)]!) + 2 * Math.log(0.8))).toBeLessThan(0.15);
  });

  it('draw an item with little to say to the catalogue, and one with much to itself', () => {
    const dice = { state: 2 }, many = Array.from({ length: 20 }, (_, i) => shop(dice, { elasticity: -1, deal: 0.3 }, { item: `${i}` }));
    const few = shop(dice, { elasticity: -4, deal: 1 }, { item: 'few' }), much = Array.from({ length: 20 }, () => shop(dice, { elasticity: -4, deal: 1 }, { item: 'much' })), pool = learnPromotions([...many, ...much, few])!;
    const deal = (work: Work): number => { const factors = ahead(work, pool); return Math.log(factors[4]! / factors[7]!); };
    expect(deal(much[0]!)).toBeGreaterThan(0.85);
    expect(deal(few)).toBeLessThan(deal(much[0]!) - 0.05);
    expect(deal(many[0]!)).toBeLessThan(deal(few));
    const unknown = ahead({ ...few, source: { ...few.source, item: 'never seen' } }, pool);
    expect(Number.isFinite(unknown[4])).toBe(true);
  });

  it('are nothing where nothing is said of them, or nothing moves', () => {
    const dice = { state: 3 }, silent = workOf(drawn(104, () => drawCount(dice, 9, 0.1)), {}, 'W', HORIZON), still = workOf(drawn(104, () => drawCount(dice, 9, 0.1)), { price: new Float64Array(112).fill(3) }, 'W', HORIZON);
    expect(learnPromotions([])).toBeNull();
    expect(learnPromotions([silent])).toBeNull();
    expect(learnPromotions([silent, still])).toBeNull();
    const pool = learnPromotions(Array.from({ length: 5 }, () => shop(dice, { elasticity: -2, deal: 1 })));
    expect(ahead(silent, pool).every((factor) => factor === 1)).toBe(true);
  });

  it('leave a price that changes for good to the level, unless another is planned', () => {
    const dice = { state: 6 }, works = Array.from({ length: 6 }, () => shop(dice, { elasticity: -2, deal: 0 }, { item: 'jam' })), pool = learnPromotions(works)!;
    const raised = (ahead: number): Work => workOf(drawn(WEEKS, () => drawCount(dice, 200, 0.02)), { item: 'jam', price: Float64Array.from({ length: WEEKS + HORIZON }, (_, t) => (t < 20 ? 8 : t < WEEKS ? 10 : ahead)) }, 'W', HORIZON);
    for (const factor of ahead(raised(10), pool)) expect(factor).toBe(1);
    expect(ahead(raised(5), pool)[4]).toBeGreaterThan(1.5);
  });

  it('of the future change the future alone', () => {
    const dice = { state: 4 }, works = Array.from({ length: 6 }, () => shop(dice, { elasticity: -2, deal: 0.7 }, { item: 'jam' })), pool = learnPromotions(works)!;
    const { price, drivers } = works[0]!.source, later = price!.slice(), deal = drivers!['deal']!.slice();
    later.fill(5, WEEKS + 5); deal[WEEKS + 6] = 1;
    const changed = [{ ...works[0]!, factor: works[0]!.factor.slice(), source: { ...works[0]!.source, price: later, drivers: { deal } } }, ...works.slice(1)];
    expect(learnPromotions(changed)).toEqual(pool);
    const before = ahead(works[0]!, pool), after = ahead(changed[0]!, pool);
    expect(changed[0]!.factor.slice(0, WEEKS + 5)).toEqual(works[0]!.factor.slice(0, WEEKS + 5));
    expect(after[5]! / before[5]!).toBeGreaterThan(1.5);
    // Of few prices known, the usual one is still that of the past.
    const young = (price: number): Work => workOf(new Array(10).fill(5), { item: 'jam', price: Float64Array.from({ length: 18 }, (_, t) => (t < 10 ? (t % 5 < 2 ? 8 : 10) : price)) }, 'W', HORIZON), few = [young(10), young(5)] as const;
    for (const work of few) applyPromotions(work, pool);
    expect(few[1].factor.slice(0, 10)).toEqual(few[0].factor.slice(0, 10));
  });

  it('hold a price until another is known, and never exceed a factor of e³', () => {
    const dice = { state: 5 }, works = Array.from({ length: 6 }, () => shop(dice, { elasticity: -2, deal: 0.7 }, { item: 'jam' })), pool = learnPromotions(works)!, work = works[0]!;
    const priced = (values: number[]): Float64Array => {
      const price = work.source.price!.slice();
      price.set(values, WEEKS);
      return ahead({ ...work, source: { ...work.source, price } }, pool).slice();
    };
    expect(priced([10, 8, NaN, NaN, 10, 10, 10, 10])).toEqual(priced([10, 8, 8, 8, 10, 10, 10, 10]));
    for (const factor of priced([1e-9, 1e9, 0, -1, Infinity, 10, 10, 10].map((v) => (Number.isFinite(v) ? v : NaN)))) { expect(factor).toBeLessThanOrEqual(Math.exp(3)); expect(factor).toBeGreaterThanOrEqual(Math.exp(-3)); }
    const short = { ...work, source: { ...work.source, price: work.source.price!.slice(0, WEEKS), drivers: { deal: work.source.drivers!['deal']!.slice(0, WEEKS) } } };
    for (const factor of ahead(short, pool)) expect(Number.isFinite(factor)).toBe(true);
  });
});
