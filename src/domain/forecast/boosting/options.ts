/** What may be asked of boosting, and what is taken where nothing is said. */
import { assert } from '../../assert.ts';
import type { Objective } from './objective.ts';

export interface BoostingOptions {
  objective: Objective;
  trees: number;
  /** At most so many leaves a tree, at least 2. */
  leaves: number;
  /** Share of its step each leaf takes, in (0, 1]. */
  learningRate: number;
  /** Bins a feature, 2 to 255; if absent, one for 64 rows, but at least 64: a bin of fewer says nothing that a tree could use. */
  bins?: number;
  /** Least rows of a leaf; 20 if absent. */
  leafRows?: number;
  /** Least hessian of a leaf: expected units (Poisson), weight (squared, pinball); 0.001 if absent. */
  leafHessian?: number;
  /** Hessian's worth of belief in no change that every leaf has; 1 if absent. */
  lambda?: number;
  /** Shares of rows and features each tree is grown on; 1 if absent. */
  rowShare?: number;
  featureShare?: number;
  seed?: number;
}

/** The options with everything said. Throws AssertionError for what cannot be. */
export function settled(options: BoostingOptions, rows: number): Required<BoostingOptions> {
  const { trees, leaves, learningRate, leafRows = 20, leafHessian = 1e-3, lambda = 1, rowShare = 1, featureShare = 1, seed = 1 } = options;
  const bins = options.bins ?? Math.min(255, Math.max(64, rows >> 6));
  assert(leaves >= 2 && trees >= 0, `there cannot be ${trees} trees of ${leaves} leaves`);
  assert(learningRate > 0 && learningRate <= 1, `a learning rate lies in (0, 1], not ${learningRate}`);
  assert(bins >= 2 && bins <= 255, `there are 2 to 255 bins, not ${bins}`);
  assert(rowShare > 0 && rowShare <= 1 && featureShare > 0 && featureShare <= 1, `shares lie in (0, 1], not ${rowShare} and ${featureShare}`);
  assert(leafRows >= 1 && leafHessian >= 0 && lambda >= 0, `a leaf cannot have ${leafRows} rows, hessian ${leafHessian} and lambda ${lambda}`);
  return { objective: options.objective, trees, leaves, learningRate, bins, leafRows, leafHessian, lambda, rowShare, featureShare, seed };
}
