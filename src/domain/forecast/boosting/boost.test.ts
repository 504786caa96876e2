import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeatureTable } from './bins.ts';
import { boost } from './boost.ts';
import { roll } from './dice.ts';
import { importance, predict, type BoostedTrees } from './model.ts';
import type { Objective } from './objective.ts';
import type { BoostingOptions } from './options.ts';

const OBJECTIVES: Objective[] = [{ loss: 'squared' }, { loss: 'poisson' }, { loss: 'tweedie', power: 1.4 }, { loss: 'pinball', level: 0.8 }];
const options = (objective: Objective, more: Partial<BoostingOptions> = {}): BoostingOptions => ({ objective, trees: 12, leaves: 6, learningRate: 0.3, leafRows: 1, ...more });
const table = (...features: (readonly number[] | Float32Array)[]): FeatureTable => ({ rows: features[0]!.length, features: features.map((values) => Float32Array.from(values)) });
const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
const squares = (y: Float64Array, said: Float64Array): number => mean(y.map((value, i) => (value - said[i]!) ** 2));
const close = (a: ArrayLike<number>, b: ArrayLike<number>, digits = 7): void => { expect(a.length).toBe(b.length); for (let i = 0; i < a.length; i++) expect(a[i]).toBeCloseTo(b[i]!, digits); };
const some = <T>(arb: fc.Arbitrary<T>, least = 1): fc.Arbitrary<T[]> => fc.array(arb, { minLength: least, maxLength: 60 });
const sample = fc.record({ x: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(NaN)), z: fc.integer({ min: 0, max: 9 }), y: fc.double({ min: 0, max: 20, noNaN: true }), w: fc.integer({ min: 0, max: 3 }) });
const tableOf = (rows: { x: number; z: number }[]): FeatureTable => ({ rows: rows.length, features: [Float32Array.from(rows, (r) => r.x), Float32Array.from(rows, (r) => r.z)] });
const targetOf = (rows: { y: number }[]): Float64Array => Float64Array.from(rows, (r) => r.y);
const prefix = (model: BoostedTrees, trees: number): BoostedTrees => ({ ...model, roots: model.roots.slice(0, trees) });

/** Friedman's function of five of seven features, the last two being noise. */
function friedman(rows: number, state: number, noise: number): { table: FeatureTable; y: Float64Array } {
  const dice = { state }, features = Array.from({ length: 7 }, () => Float32Array.from({ length: rows }, () => roll(dice)));
  const [a, b, c, d, e] = features as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  const y = Float64Array.from({ length: rows }, (_, i) => 10 * Math.sin(Math.PI * a[i]! * b[i]!) + 20 * (c[i]! - 0.5) ** 2 + 10 * d[i]! + 5 * e[i]! + noise * (roll(dice) + roll(dice) - 1));
  return { table: { rows, features }, y };
}
function poisson(mean: number, dice: { state: number }): number {
  let count = 0;
  for (let p = roll(dice); p > Math.exp(-mean); p *= roll(dice)) count++;
  return count;
}

describe('boosting, whatever the data', () => {
  it.each(OBJECTIVES)('$loss: a constant target is said as it is', (objective) => {
    fc.assert(fc.property(some(sample), fc.double({ min: 0.01, max: 500, noNaN: true }), (rows, constant) => {
      const said = predict(boost(tableOf(rows), new Float64Array(rows.length).fill(constant), options(objective)), tableOf(rows));
      for (const score of said) expect(objective.loss === 'poisson' || objective.loss === 'tweedie' ? Math.exp(score) : score).toBeCloseTo(constant, 8);
    }));
  });

  it.each(OBJECTIVES)('$loss: the order of rows says nothing', (objective) => {
    fc.assert(fc.property(some(fc.tuple(sample, fc.integer())), (keyed) => {
      const rows = keyed.map(([row]) => row), order = keyed.map((_, i) => i).sort((a, b) => keyed[a]![1] - keyed[b]![1]), shuffled = order.map((i) => rows[i]!);
      const there = predict(boost(tableOf(rows), targetOf(rows), options(objective)), tableOf(rows));
      const back = predict(boost(tableOf(shuffled), targetOf(shuffled), options(objective)), tableOf(rows));
      close(there, back);
    }), { numRuns: 60 });
  });

  it.each(OBJECTIVES)('$loss: a weight of k is the row k times over, and 0 none', (objective) => {
    fc.assert(fc.property(some(sample), (rows) => {
      fc.pre(rows.some(({ w, y }) => w > 0 && y > 0));
      const repeated = rows.flatMap((row) => Array.from({ length: row.w }, () => row));
      const weight = Float64Array.from(rows, (r) => r.w);
      const weighted = boost(tableOf(rows), targetOf(rows), options(objective, { bins: 40 }), { weight });
      close(predict(weighted, tableOf(repeated)), predict(boost(tableOf(repeated), targetOf(repeated), options(objective, { bins: 40 })), tableOf(repeated)));
    }), { numRuns: 60 });
  });

  it('a row without weight does not fill a leaf', () => {
    fc.assert(fc.property(some(sample, 8), (rows) => {
      const weight = Float64Array.from(rows, (r) => Math.min(1, r.w)), kept = rows.filter((r) => r.w > 0), asked = options({ loss: 'squared' }, { leafRows: 4 });
      fc.pre(kept.length > 0);
      close(predict(boost(tableOf(rows), targetOf(rows), asked, { weight }), tableOf(kept)), predict(boost(tableOf(kept), targetOf(kept), asked), tableOf(kept)));
    }));
  });

  it('of two features, or two leaves, that are as good the first is taken, however sums were rounded', () => {
    fc.assert(fc.property(some(sample, 8), (rows) => {
      const mirrored = table(Float32Array.from(rows, (r) => r.z), Float32Array.from(rows, (r) => -r.z));
      expect(importance(boost(mirrored, targetOf(rows), options({ loss: 'squared' })))[1]).toBe(0);
      const back = rows.toReversed(), y = Float64Array.from([...rows.map((r) => r.z % 3 / 10 + r.w), ...back.map((r) => r.z % 3 / 10 + r.w + 9)]);
      const twice = table([...rows, ...back].map((_, i) => Number(i >= rows.length)), [...rows, ...back].map((r) => r.z));
      const said = predict(boost(twice, y, options({ loss: 'squared' }, { trees: 1, leaves: 3, lambda: 0 })), twice);
      expect(new Set(said.subarray(rows.length)).size).toBe(1);
    }));
  });

  it.each(OBJECTIVES)('$loss: only the order of a feature\'s values counts', (objective) => {
    fc.assert(fc.property(some(sample), (rows) => {
      const other = rows.map((row) => ({ ...row, x: Math.exp(row.x) * 7 - 3, z: row.z ** 3 }));
      expect(predict(boost(tableOf(other), targetOf(rows), options(objective)), tableOf(other)))
        .toEqual(predict(boost(tableOf(rows), targetOf(rows), options(objective)), tableOf(rows)));
    }), { numRuns: 60 });
  });

  it('squared, poisson and tweedie loss never rise from tree to tree, and fall', () => {
    const lossOf = (objective: Objective, y: number, s: number): number => objective.loss === 'squared' ? (y - s) ** 2
      : objective.loss === 'poisson' ? Math.exp(s) - y * s : Math.exp(0.6 * s) / 0.6 + (y * Math.exp(-0.4 * s)) / 0.4;
    fc.assert(fc.property(some(sample, 8), fc.constantFrom(...OBJECTIVES.slice(0, 3)), fc.constantFrom(0.1, 1), (rows, objective, learningRate) => {
      const y = targetOf(rows), model = boost(tableOf(rows), y, options(objective, { learningRate }));
      const losses = Array.from({ length: model.roots.length + 1 }, (_, trees) => {
        const said = predict(prefix(model, trees), tableOf(rows));
        return mean(y.map((value, i) => lossOf(objective, value, said[i]!)));
      });
      losses.slice(1).forEach((loss, k) => expect(loss).toBeLessThanOrEqual(losses[k]! + 1e-10 * (1 + Math.abs(losses[k]!))));
      if (model.roots.length > 0) expect(losses.at(-1)!).toBeLessThan(losses[0]!);
    }));
  });

  it('its gains are what the squared error fell by, at full steps and without belief', () => {
    fc.assert(fc.property(some(sample, 4), (rows) => {
      const y = targetOf(rows), model = boost(tableOf(rows), y, options({ loss: 'squared' }, { trees: 3, learningRate: 1, lambda: 0 }));
      const before = squares(y, new Float64Array(rows.length).fill(model.base)), after = squares(y, predict(model, tableOf(rows)));
      expect(importance(model).reduce((a, b) => a + b, 0) / rows.length).toBeCloseTo(before - after, 7);
    }));
  });

  it('a greater value than any seen goes with the greatest, a smaller with the smallest', () => {
    const { table: seen, y } = friedman(600, 4, 1), model = boost(seen, y, options({ loss: 'squared' }));
    for (const [bound, beyond] of [[1, [1.5, 1e30, Infinity]], [0, [-0.5, -1e30, -Infinity]]] as const) {
      const features = seen.features.map((values) => values.slice(0, 4));
      features[3]!.fill(bound === 1 ? Math.max(...seen.features[3]!) : Math.min(...seen.features[3]!));
      const known = predict(model, { rows: 4, features });
      for (const value of beyond) expect(predict(model, { rows: 4, features: features.with(3, new Float32Array(4).fill(value)) })).toEqual(known);
    }
  });
});

describe('boosting, where the truth is known', () => {
  it('finds a function of many features, in a held-out sample, and which features matter', () => {
    const known = friedman(3_000, 1, 2), held = friedman(1_000, 2, 0);
    const learned = options({ loss: 'squared' }, { trees: 120, leaves: 8, learningRate: 0.15, leafRows: 20 });
    const constant = squares(held.y, new Float64Array(1_000).fill(mean(known.y))), full = boost(known.table, known.y, learned);
    const error = (model: BoostedTrees): number => squares(held.y, predict(model, held.table)) / constant;
    expect(error(full)).toBeLessThan(0.03);
    expect(error(boost(known.table, known.y, { ...learned, rowShare: 0.5, featureShare: 0.6, seed: 3 }))).toBeLessThan(0.04);
    const gains = importance(full);
    expect(Math.max(gains[5]!, gains[6]!) * 5).toBeLessThan(Math.min(...gains.subarray(0, 5)));
  });

  it.each([{ loss: 'poisson' }, { loss: 'tweedie', power: 1.3 }] as Objective[])('$loss: corrects a given level by what it is wrong by', (objective) => {
    const dice = { state: 8 }, rows = 6_000, level = Float64Array.from({ length: rows }, () => 0.2 * 60 ** roll(dice));
    const deal = Float32Array.from({ length: rows }, () => Number(roll(dice) < 0.3)), day = Float32Array.from({ length: rows }, () => Math.floor(7 * roll(dice)));
    const truth = Float64Array.from(level, (m, i) => m * (deal[i]! > 0 ? 2.5 : 1) * (day[i]! > 4 ? 1.5 : 0.8)), offset = level.map(Math.log);
    const y = truth.map((m) => poisson(m, dice)), seen = table(deal, day);
    const said = predict(boost(seen, y, options(objective, { trees: 60, learningRate: 0.2 }), { offset }), seen).map((score, i) => Math.exp(score + offset[i]!));
    expect(squares(truth, said) / squares(truth, level)).toBeLessThan(0.02);
    if (objective.loss === 'poisson') expect(mean(said) / mean(y)).toBeCloseTo(1, 2);
  });

  it('poisson: says on average what came, without a level too, and survives a sale a thousandfold', () => {
    const dice = { state: 21 }, x = Float32Array.from({ length: 2_000 }, () => roll(dice)), y = Float64Array.from(x, (v) => poisson(Math.exp(2 * v - 1), dice));
    const said = predict(boost(table(x), y, options({ loss: 'poisson' }, { trees: 40, leafRows: 20 })), table(x)).map(Math.exp);
    expect(mean(said) / mean(y)).toBeCloseTo(1, 2);
    expect(squares(Float64Array.from(x, (v) => Math.exp(2 * v - 1)), said)).toBeLessThan(0.06);
    const wild = y.with(5, 100_000);
    for (const score of predict(boost(table(x), wild, options({ loss: 'poisson' }, { learningRate: 1 })), table(x))) expect(score).toBeLessThan(Math.log(100_001));
  });

  it.each([0.5, 0.8, 0.95])('pinball: %d of what came lies at or below, everywhere', (level) => {
    const dice = { state: 31 }, draw = (rows: number) => {
      const x = Float32Array.from({ length: rows }, () => roll(dice));
      return { x, y: Float64Array.from(x, (v) => 5 + (1 + 20 * v) * -Math.log(1 - roll(dice))) };
    };
    const train = draw(4_000), held = draw(4_000);
    const model = boost(table(train.x), train.y, options({ loss: 'pinball', level }, { trees: 60, learningRate: 0.15, leafRows: 40 }));
    const share = ({ x, y }: typeof train, keep: (v: number) => boolean): number => {
      const said = predict(model, table(x)), kept = [...x.keys()].filter((i) => keep(x[i]!));
      return kept.filter((i) => y[i]! <= said[i]!).length / kept.length;
    };
    expect(Math.abs(share(train, () => true) - level)).toBeLessThan(0.012);
    for (const part of [(v: number) => v < 0.25, (v: number) => v > 0.75]) expect(Math.abs(share(held, part) - level)).toBeLessThan(0.04);
  });

  it('learns from what is missing, and has an answer where it never saw anything missing', () => {
    const x = Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? NaN : i)), y = Float64Array.from(x, (v) => (Number.isNaN(v) ? 9 : v < 100 ? 9 : 1));
    const seen = table(x, new Float32Array(300).fill(NaN)), model = boost(seen, y, options({ loss: 'squared' }, { trees: 1, leaves: 2, learningRate: 1, lambda: 0, bins: 255 }));
    close(predict(model, seen), y);
    expect(importance(model)[1]).toBe(0);
    const whole = table(Array.from({ length: 300 }, (_, i) => i)), step = Float64Array.from({ length: 300 }, (_, i) => (i < 200 ? 4 : 7));
    const answer = predict(boost(whole, step, options({ loss: 'squared' }, { trees: 1, leaves: 2, learningRate: 1, lambda: 0, bins: 255 })), table([NaN]))[0];
    expect(answer).toBeCloseTo(4, 9); // with the greater number
  });
});

describe('boosting, asked', () => {
  const { table: seen, y } = friedman(2_500, 6, 1), drawn = options({ loss: 'squared' }, { rowShare: 0.5, featureShare: 0.5, leafRows: 20 });

  it('the same twice says the same, with another seed another', () => {
    const one = boost(seen, y, { ...drawn, seed: 7 });
    expect(boost(seen, y, { ...drawn, seed: 7 })).toEqual(one);
    expect(boost(seen, Float32Array.from(y), { ...drawn, seed: 7 }).roots).toHaveLength(12);
    expect(predict(boost(seen, y, { ...drawn, seed: 8 }), seen)).not.toEqual(predict(one, seen));
  });

  it('changes nothing it was given', () => {
    const target = y.slice(), weight = new Float64Array(2_500).fill(2), offset = new Float64Array(2_500).fill(1), before = structuredClone({ seen, target, weight, offset });
    for (const objective of OBJECTIVES) boost(seen, target, options(objective), { weight, offset });
    expect({ seen, target, weight, offset }).toEqual(before);
  });

  it('of no rows, no features, no weight or no sales has an answer', () => {
    for (const objective of OBJECTIVES) {
      expect(boost({ rows: 0, features: [new Float32Array(0)] }, new Float64Array(0), options(objective))).toMatchObject({ base: 0 });
      expect(predict(boost({ rows: 2, features: [] }, Float64Array.of(4, 4), options(objective)), { rows: 3, features: [] })[2]).toBeCloseTo(objective.loss === 'poisson' || objective.loss === 'tweedie' ? Math.log(4) : 4, 9);
      expect(boost(table([1, 2]), Float64Array.of(1, 2), options(objective), { weight: new Float64Array(2) }).roots).toHaveLength(0);
      expect(predict(boost(table([1, 2, 3]), new Float64Array(3), options(objective)), table([1]))[0]).toBeLessThanOrEqual(0);
    }
  });

  it('refuses what cannot be', () => {
    const asked = (more: Partial<BoostingOptions>, extra = {}, target = y) => () => boost(seen, target, { ...drawn, ...more }, extra);
    for (const more of [{ leaves: 1 }, { trees: -1 }, { learningRate: 0 }, { bins: 256 }, { bins: 1 }, { rowShare: 0 }, { featureShare: 1.1 }, { lambda: -1 }, { leafRows: 0 }]) expect(asked(more)).toThrow();
    expect(asked({}, { weight: new Float64Array(3) })).toThrow('3 weights for 2500 rows');
    expect(asked({}, { weight: new Float64Array(2_500).fill(-1) })).toThrow('weight 0 cannot be -1');
    expect(asked({}, { offset: new Float64Array(2_500).fill(NaN) })).toThrow('an offset is a finite number');
    expect(asked({}, {}, new Float64Array(3))).toThrow('3 targets for 2500 rows');
  });
});
