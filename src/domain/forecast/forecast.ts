/**
 * A series in, a forecast out: the mean of every day, quantiles of every day and of the total of the first 1, 2, … days, and what the
 * back-test says such a forecast is worth. Pure and deterministic: the same series gives the same forecast.
 */
import { assert } from '../assert.ts';
import { dayFromNumber, type Day } from '../calendar.ts';
import { seriesFrom, uncensor, type Series } from '../demand/series.ts';
import { backtest, planBacktest } from './backtest.ts';
import { classifyDemand, type DemandShape } from './demand-class.ts';
import { seasonalExponentialSmoothing, simpleExponentialSmoothing } from './exponential-smoothing.ts';
import type { ForecastMethod, MethodOptions } from './method.ts';
import { movingAverage } from './moving-average.ts';
import { cumulativeQuantiles, dailyDispersion, dailyQuantiles, measureCoverage, quantileLevels, type Coverage } from './quantile.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import { selectMethod } from './select.ts';
import { tsb } from './tsb.ts';

export interface ForecastOptions {
  /** Days ahead, at least the longest protection interval. */
  horizon: number;
  /** Levels in (0, 1), e.g. 0.1, 0.5, 0.9, 0.95. */
  quantiles: readonly number[];
  /** 7 for daily series with a weekly pattern; 1 for none. */
  seasonLength: number;
  /** Season profile of the series' group (`groupSeasonProfile`). */
  profilePrior?: Float64Array;
}

/** One quantile over the horizon: `values[h]` for day h + 1. */
export interface QuantilePath { q: number; values: number[] }

export type ForecastFlag = 'short history' | 'no back-test' | 'intermittent' | 'censored' | 'never in stock' | 'no sales';

/** Plain data: crosses to the database and the browser as it is. */
export interface ForecastResult {
  /** The method chosen, in words. */
  method: string;
  /** Share of each method in the mean; those without a share are left out. */
  shares: { method: string; share: number; parameters: Record<string, number> }[];
  /** Expected units per day, fractional. */
  mean: number[];
  /** Quantiles of the total of the first 1, 2, … days; ascending, not crossing, not falling. */
  cumulative: QuantilePath[];
  /** Quantiles of each single day. */
  daily: QuantilePath[];
  error: { wape: number | null; rmsse: number | null; bias: number | null; coverage: Coverage | null };
  /** Past days the forecast was tested from. */
  origins: number;
  shape: DemandShape;
  flags: ForecastFlag[];
  /** The days learned from, both included; `from` is null without any. */
  trainedOn: { from: Day | null; to: Day | null; days: number; censoredDays: number };
}

/** The methods that compete, plainest first: it is taken where there is nothing to judge by. */
const METHODS: readonly { name: string; method: ForecastMethod }[] = [
  { name: 'moving average', method: movingAverage },
  { name: 'seasonal exponential smoothing', method: seasonalExponentialSmoothing },
  { name: 'exponential smoothing', method: simpleExponentialSmoothing },
  { name: 'TSB', method: tsb },
  { name: 'seasonal naive', method: seasonalNaive },
];

/** Fewer known days than this is a short history. */
const SHORT_HISTORY = 28;
/** With less than eight weeks the plainest method forecasts alone: on four, the choice among all raised RMSSE from .85 to .90. */
const SHORT_COMPETITION = 56;
/** Quiet days kept before the first sale, so that one first sale yesterday is not a rate of one a day. */
const QUIET_DAYS = 28;
/** The service most merchants ask for: the quantile whose coverage is reported is the asked one nearest to it. */
const USUAL_SERVICE = 0.95;

/**
 * Forecasts the days after the series. Sales of days (partly) out of stock are first corrected by `uncensor`. A short history is
 * forecast by its mean and flagged, not refused. Throws AssertionError for options or days that cannot be.
 */
export function forecast(series: Series, options: ForecastOptions): ForecastResult {
  const { horizon, seasonLength } = options;
  assert(Number.isSafeInteger(horizon) && horizon >= 1, `not a horizon: ${horizon}`);
  assert(Number.isSafeInteger(seasonLength) && seasonLength >= 1, `not a season: ${seasonLength}`);
  const levels = quantileLevels(options.quantiles);
  const known = uncensor(fromFirstOffer(series));
  const days = known.demand.length;
  const shape = classifyDemand(known);
  const methodOptions: MethodOptions = { seasonLength, profilePrior: options.profilePrior };

  const plan = planBacktest(days, horizon, seasonLength);
  const competing = days < SHORT_COMPETITION ? METHODS.slice(0, 1) : METHODS;
  const candidates = competing.map(({ name, method }) => ({ name, paths: backtest(method, known, plan, methodOptions) }));
  const chosen = selectMethod(candidates, known, plan);
  const mean = new Float64Array(horizon);
  const shares: ForecastResult['shares'] = [];
  competing.forEach(({ name, method }, k) => {
    const share = chosen.weights[k]!;
    if (share === 0) return;
    const one = method(known, horizon, methodOptions);
    for (let h = 0; h < horizon; h++) mean[h]! += share * one.mean[h]!;
    shares.push({ method: name, share, parameters: one.parameters });
  });

  const history = { mean, paths: chosen.paths, plan, series: known };
  const dispersion = dailyDispersion(history);
  const toPaths = (rows: Float64Array): QuantilePath[] =>
    Array.from(levels.levels, (q, k) => ({ q, values: Array.from(rows.subarray(k * horizon, (k + 1) * horizon)) }));
  const reported = Array.from(levels.levels).reduce((a, b) => (Math.abs(b - USUAL_SERVICE) < Math.abs(a - USUAL_SERVICE) ? b : a), levels.levels[0] ?? NaN);
  return {
    method: chosen.name, shares, shape,
    mean: Array.from(mean),
    cumulative: toPaths(cumulativeQuantiles(history, dispersion, levels)),
    daily: toPaths(dailyQuantiles(mean, dispersion, levels, seasonLength)),
    error: {
      wape: chosen.error.wape, rmsse: chosen.error.rmsse, bias: chosen.error.bias,
      coverage: Number.isNaN(reported) ? null : measureCoverage(history, dispersion, reported),
    },
    origins: chosen.error.windows,
    flags: flagsOf(days, known.censoredDays, known.exposure, shape, chosen.error.windows),
    trainedOn: {
      from: days > 0 ? dayFromNumber(known.start) : null, to: days > 0 ? dayFromNumber(known.start + days - 1) : null,
      days, censoredDays: known.censoredDays,
    },
  };
}

/** Leaves out the days before the item was first in stock, and all but a few quiet weeks before its first sale. */
function fromFirstOffer(series: Series): Series {
  const { demand, exposure, start } = series;
  const days = demand.length;
  assert(exposure.length === days, `${exposure.length} exposures for ${days} days`);
  let offered = 0;
  while (offered < days && exposure[offered] === 0 && !(demand[offered]! > 0)) offered++;
  let sold = offered;
  while (sold < days && !(demand[sold]! > 0)) sold++;
  const from = sold === days ? Math.min(offered, days) : Math.max(offered, Math.min(sold, days - QUIET_DAYS));
  return seriesFrom(start + from, demand.subarray(from), exposure.subarray(from));
}

function flagsOf(days: number, censoredDays: number, exposure: Float64Array, shape: DemandShape, windows: number): ForecastFlag[] {
  const flags: ForecastFlag[] = [];
  if (days < SHORT_HISTORY) flags.push('short history');
  if (windows === 0) flags.push('no back-test');
  if (shape.class === 'intermittent' || shape.class === 'lumpy') flags.push('intermittent');
  if (censoredDays > 0) flags.push('censored');
  if (!exposure.some((share) => share > 0)) flags.push('never in stock');
  if (shape.class === 'none') flags.push('no sales');
  return flags;
}
