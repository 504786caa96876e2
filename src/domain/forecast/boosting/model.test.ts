import { describe, expect, it } from 'vitest';
import { boost } from './boost.ts';
import { roll } from './dice.ts';
import { predict, type BoostedTrees } from './model.ts';

/** By hand: x0 ≤ 2 (missing left) ? −1 : (x1 not missing ? 10 : 20); then x1 ≤ 0 (missing right) ? 100 : 200. */
const HAND: BoostedTrees = {
  base: 0.5, roots: Int32Array.of(0, 2), feature: Int32Array.of(0, 1, 1), threshold: Float32Array.of(2, Infinity, 0), missingLeft: Uint8Array.of(1, 0, 0),
  left: Int32Array.of(~0, ~1, ~3), right: Int32Array.of(1, ~2, ~4), value: Float64Array.of(-1, 10, 20, 100, 200), gain: Float64Array.of(3, 4),
};

describe('a model', () => {
  it('sends values up to the threshold left, greater ones right, missing ones where it learned', () => {
    const x0 = Float32Array.of(2, 2.001, NaN, Infinity, -Infinity), x1 = Float32Array.of(0, NaN, 1, Infinity, -Infinity);
    expect([...predict(HAND, { rows: 5, features: [x0, x1] })]).toEqual([99.5, 220.5, 199.5, 210.5, 99.5]);
  });

  it('writes where it is told, and refuses another table', () => {
    const into = new Float64Array(4).fill(7);
    expect(predict(HAND, { rows: 1, features: [Float32Array.of(0), Float32Array.of(0)] }, into)).toBe(into);
    expect([...into]).toEqual([99.5, 7, 7, 7]);
    expect(() => predict(HAND, { rows: 1, features: [Float32Array.of(0)] })).toThrow('1 features for a model of 2');
    expect(() => predict(HAND, { rows: 2, features: [new Float32Array(2), new Float32Array(1)] })).toThrow('do not have 2 rows');
  });

  it('says the same of a row alone, among many, and after a journey between threads', () => {
    const dice = { state: 2 }, rows = 700;
    const features = Array.from({ length: 3 }, () => Float32Array.from({ length: rows }, () => (roll(dice) < 0.1 ? NaN : roll(dice))));
    const model = boost({ rows, features }, Float64Array.from(features[0]!, (x, i) => (x || 0) * (features[1]![i]! || 1)), { objective: { loss: 'squared' }, trees: 20, leaves: 6, learningRate: 0.3 });
    const many = predict(structuredClone(model), { rows, features });
    for (const row of [0, 255, 256, 699]) expect(predict(model, { rows: 1, features: features.map((values) => values.slice(row, row + 1)) })[0]).toBe(many[row]);
    expect(new Set(many).size).toBeGreaterThan(50);
  });
});
