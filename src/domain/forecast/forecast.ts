/** What a forecast says: the shape that is stored, drawn and ordered by. */
import type { Day } from '../calendar.ts';
import type { DemandShape } from './demand-class.ts';
import type { MadeOf } from './made-of.ts';

/** One quantile over the horizon: `values[h]` for period h + 1. */
export interface QuantilePath { q: number; values: number[] }

/** The method of a series that never sold: nothing is expected of it, or what its category's items usually sell. */
export const NOTHING_SOLD = 'nothing sold', BY_CATEGORY = 'as its category sells';

export type ForecastFlag = 'short history' | 'no back-test' | 'intermittent' | 'censored' | 'never in stock' | 'no sales' | 'silent' | 'level shift' | 'bulk orders' | 'like another item';

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
    /** Of the quantile nearest 95 %; and the shares of windows at or below the 80 and 90 % quantiles. */
    coverage: Coverage | null;
    under80: number | null;
    under90: number | null;
    /** Pinball loss of window totals over P50, P80, P90 and P95, per unit sold. */
    pinball: number | null;
  };
  /** From what was sold lately to what is expected next, in steps. */
  madeOf: MadeOf;
  /** Past days the forecast was tested from. */
  origins: number;
  shape: DemandShape;
  flags: ForecastFlag[];
  /** The days learned from, both included; `from` is null without any. */
  trainedOn: { from: Day | null; to: Day | null; days: number; censoredDays: number };
}

/** Unbiased expected units of each period: what `totals` adds up. Kept, shown and ordered by; `mean` errs least on a single period. */
export function expectedUnits({ totals }: Pick<ForecastResult, 'totals'>): number[] {
  return totals.map((total, h) => Math.max(0, total - (totals[h - 1] ?? 0)));
}
