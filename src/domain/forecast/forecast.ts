/** What a forecast says: the shape that is stored, drawn and ordered by. */
import type { Day } from '../calendar.ts';
import type { DemandShape } from './demand-class.ts';

/** One quantile over the horizon: `values[h]` for period h + 1. */
export interface QuantilePath { q: number; values: number[] }

export type ForecastFlag = 'short history' | 'no back-test' | 'intermittent' | 'censored' | 'never in stock' | 'no sales' | 'silent' | 'level shift' | 'bulk orders';

/** Was the promise kept in the back-test? */
export interface Coverage {
  quantile: number;
  /** Share of the windows whose total stayed at or below it. */
  observed: number;
  windows: number;
}

/** Plain data: crosses to the database and the browser as it is. */
export interface ForecastResult {
  /** How the level came about, in a few words. */
  method: string;
  /** Share of each method in the level; those without a share are left out. */
  shares: { method: string; share: number; parameters: Record<string, number> }[];
  /** Expected units per period, fractional: the mean whose squared error is least. */
  mean: number[];
  /** Expected total of the first 1, 2, … periods, unbiased: what is ordered by. Bulk orders at their past rate are in it. */
  totals: number[];
  /** Quantiles of the total of the first 1, 2, … periods; ascending, not crossing, not falling. */
  cumulative: QuantilePath[];
  /** Quantiles of each single period. */
  daily: QuantilePath[];
  error: {
    /** Of totals over the back-test's window: Σ |said − came| ÷ Σ came; null where nothing was sold. */
    wape: number | null;
    rmsse: number | null;
    bias: number | null;
    coverage: Coverage | null;
  };
  /** Past days the forecast was tested from. */
  origins: number;
  shape: DemandShape;
  flags: ForecastFlag[];
  /** The days learned from, both included; `from` is null without any. */
  trainedOn: { from: Day | null; to: Day | null; days: number; censoredDays: number };
}
