/**
 * What trees are to lower, as gradient and hessian of the loss in a raw score: for Poisson and Tweedie the logarithm of the mean, for
 * squared and pinball loss the units themselves.
 *
 * Poisson is the Tweedie loss of power 1. With A = Σ w y e^((1−p)s) and B = Σ w e^((2−p)s), a leaf has G = B − A and H = (p−1)A + (2−p)B,
 * and the shift that lowers its loss most is log(A/B), exactly.
 */
import { assert } from '../../assert.ts';
import { weightedQuantile } from './weighted-quantile.ts';

export type Objective =
  | { loss: 'poisson' }
  /** Variance rising with this power, in [1, 2), of the mean; 1.1 to 1.5 for demand with many zeros. */
  | { loss: 'tweedie'; power: number }
  | { loss: 'squared' }
  /** The quantile at a level in (0, 1). */
  | { loss: 'pinball'; level: number };

/** Log-scores beyond e^±30 are taken as that. */
const FURTHEST = 30;
const clamped = (score: number): number => (score > FURTHEST ? FURTHEST : score < -FURTHEST ? -FURTHEST : score);
const powerOf = (objective: Objective): number => (objective.loss === 'tweedie' ? objective.power : 1);

/** Throws AssertionError where the objective or a target cannot be: not finite, or negative under a log link. */
export function assertObjective(objective: Objective, target: Float64Array): void {
  if (objective.loss === 'tweedie') assert(objective.power >= 1 && objective.power < 2, `a Tweedie power lies in [1, 2), not ${objective.power}`);
  if (objective.loss === 'pinball') assert(objective.level > 0 && objective.level < 1, `a quantile level lies between 0 and 1, not ${objective.level}`);
  const least = objective.loss === 'poisson' || objective.loss === 'tweedie' ? 0 : -Number.MAX_VALUE;
  for (let i = 0; i < target.length; i++) assert(target[i]! >= least && target[i]! < Infinity, `target ${i} cannot be ${target[i]} under ${objective.loss} loss`);
}

/** One score for all rows, on top of their offsets, that has the least loss. */
export function startingScore(objective: Objective, target: Float64Array, weight: Float64Array, offset: Float64Array | undefined): number {
  const rows = target.length;
  if (objective.loss === 'pinball') {
    const residual = target.slice();
    if (offset) for (let i = 0; i < rows; i++) residual[i]! -= offset[i]!;
    return weightedQuantile(residual, weight.slice(), rows, objective.level);
  }
  let above = 0, below = 0;
  if (objective.loss === 'squared') {
    for (let i = 0; i < rows; i++) { above += weight[i]! * (target[i]! - (offset ? offset[i]! : 0)); below += weight[i]!; }
    return above / below;
  }
  const power = powerOf(objective);
  for (let i = 0; i < rows; i++) {
    const score = offset ? clamped(offset[i]!) : 0;
    above += weight[i]! * target[i]! * (power === 1 ? 1 : Math.exp((1 - power) * score));
    below += weight[i]! * (offset ? Math.exp((2 - power) * score) : 1);
  }
  return clamped(Math.log(above / below));
}

/** Gradient and hessian of every row, each times its weight. Pinball loss has none: its hessian is 1. */
export function derivatives(
  objective: Objective, target: Float64Array, score: Float64Array, weight: Float64Array, gradient: Float64Array, hessian: Float64Array,
): void {
  const rows = target.length;
  if (objective.loss === 'squared') {
    for (let i = 0; i < rows; i++) { gradient[i] = weight[i]! * (score[i]! - target[i]!); hessian[i] = weight[i]!; }
  } else if (objective.loss === 'pinball') {
    const under = -objective.level, over = 1 - objective.level;
    for (let i = 0; i < rows; i++) { gradient[i] = weight[i]! * (score[i]! < target[i]! ? under : over); hessian[i] = weight[i]!; }
  } else if (objective.loss === 'poisson') {
    for (let i = 0; i < rows; i++) {
      const mean = weight[i]! * Math.exp(clamped(score[i]!));
      gradient[i] = mean - weight[i]! * target[i]!; hessian[i] = mean;
    }
  } else {
    const p = objective.power;
    for (let i = 0; i < rows; i++) {
      const s = clamped(score[i]!), y = target[i]!, a = y > 0 ? weight[i]! * y * Math.exp((1 - p) * s) : 0, b = weight[i]! * Math.exp((2 - p) * s);
      gradient[i] = b - a; hessian[i] = (p - 1) * a + (2 - p) * b;
    }
  }
}

/**
 * The step a leaf would take on its own, before the learning rate: Newton's, −G/(H + λ); under a log link never beyond the leaf's exact
 * optimum (its λ counting as that much demand, as expected), where Newton's overshoots on sales far above what was thought. So no step
 * raises the loss.
 */
export function leafStep(objective: Objective, gradient: number, hessian: number, lambda: number): number {
  const newton = -gradient / (hessian + lambda);
  if (objective.loss === 'squared' || objective.loss === 'pinball') return newton;
  const power = powerOf(objective), a = Math.max(0, hessian - (2 - power) * gradient), b = Math.max(0, hessian + (power - 1) * gradient);
  const exact = Math.log((a + lambda) / (b + lambda));
  return Math.abs(exact) < Math.abs(newton) ? exact : newton;
}
