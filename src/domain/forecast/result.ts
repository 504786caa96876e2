/** From the numbers told of a series to the result that is kept: methods' shares, flags, and what its back-test showed. */
import { dayFromNumber, type DayNumber } from '../calendar.ts';
import { calibrated } from './calibration.ts';
import { classifyDemand } from './demand-class.ts';
import { quantilesOf } from './distribution.ts';
import { BY_CATEGORY, NOTHING_SOLD, type ForecastFlag, type ForecastResult, type QuantilePath } from './forecast.ts';
import type { MadeOf } from './made-of.ts';
import type { Pool, Told } from './panel.ts';
import { stackedLevel } from './stacking.ts';
import { totalCurve, totalVariance } from './totals.ts';
import type { Work } from './work.ts';

const NAMES = ['slow', 'medium', 'quick', 'quicker', 'quickest'], PLAIN = 'plain';
const LEAST_SHARE = 0.05;
/** Days of a period; a month's on average. */
const DAYS = { D: 1, W: 7, M: 30.436875 } as const;
/** The service most merchants ask for: the quantile whose coverage is reported is the asked one nearest to it. */
const USUAL_SERVICE = 0.95;
/** A quick level so many of its back-tested errors from the slow one is a shift. */
const SHIFT = 3;

/** What is stored, drawn and ordered by, of a series that was told. */
export function resultOf(work: Work, pool: Pool, levels: Float64Array, told: Told, madeOf: MadeOf): ForecastResult {
  const { source, rules, grain, n, horizon, weights, origins, first, seen, stockedOut } = work, days = source.series.demand.length;
  const paths = (rows: Float64Array): QuantilePath[] => Array.from(levels, (q, k) => ({ q, values: Array.from(rows.subarray(k * horizon, (k + 1) * horizon)) }));
  const shares = Array.from(weights, (share, k) => ({ method: k < rules.alphas.length ? NAMES[k]! : PLAIN, share, parameters: k < rules.alphas.length ? { alpha: rules.alphas[k]! } as Record<string, number> : { window: rules.window } }))
    .filter(({ share }) => share >= LEAST_SHARE).sort((a, b) => b.share - a.share);
  let censored = 0, offered = false, units = 0;
  for (let t = 0; t < n; t++) { if (seen[t]! < 1 || stockedOut?.[t]) censored++; if (seen[t]! > 0) offered = true; units += work.sold[t]!; }
  const shape = classifyDemand({ demand: work.sold.subarray(first), exposure: seen.subarray(first), start: work.start + first });
  const flags: ForecastFlag[] = [], error = errorOf(work, pool, levels, told.misses), last = work.sales[n]!, lately = work.sales[Math.max(0, n - 3 * rules.window)]!;
  if (n - first < rules.window) flags.push('short history');
  if (error.windows === 0) flags.push('no back-test');
  if (shape.class === 'intermittent' || shape.class === 'lumpy') flags.push('intermittent');
  if (censored > 0) flags.push('censored');
  if (!offered) flags.push('never in stock');
  if (units === 0) flags.push('no sales');
  if (units > 0 && n - first > 3 * rules.window && last === lately) flags.push('silent');
  if (origins > 0 && work.errorScale > 0 && Math.abs(work.levels[2]! - work.levels[0]!) > SHIFT * Math.sqrt(work.errors[0]! / Math.max(1, origins))) flags.push('level shift');
  if (work.bulk?.some((quantity) => quantity > 0)) flags.push('bulk orders');
  const dayOf = (period: number): DayNumber => source.series.start + Math.round(DAYS[grain] * period);
  return {
    method: units === 0 ? (work.totalLevel > 0 ? BY_CATEGORY : NOTHING_SOLD) : shares.slice(0, 2).map(({ method, share }) => `${Math.round(share * 100)}% ${method}`).join(', '),
    shares, shape, flags, mean: Array.from(told.mean), totals: Array.from(told.totals), cumulative: paths(told.cumulative), daily: paths(told.daily),
    error: error.error, origins: error.windows, madeOf,
    trainedOn: { from: n > 0 ? dayFromNumber(dayOf(days - n + first)) : null, to: days > 0 ? dayFromNumber(dayOf(days) - 1) : null, days: n - first, censoredDays: censored },
  };
}

interface BackTest { error: ForecastResult['error']; windows: number }
/** Quantiles of totals that are judged; the last one is replaced by the asked level nearest to it. */
const JUDGED = [0.5, 0.8, 0.9, USUAL_SERVICE];

/** What the back-test showed of this series: the level said at each past origin against the window that followed. */
function errorOf(work: Work, pool: Pool, levels: Float64Array, misses: Float64Array): BackTest {
  const { n, origins, expected, units, factors, scale, rules: { step, window } } = work;
  let missed = 0, said = 0, came = 0, squared = 0, periods = 0, windows = 0, pinball = 0;
  const kept = new Float64Array(JUDGED.length);
  const service = levels.reduce((a, b) => (Math.abs(b - USUAL_SERVICE) < Math.abs(a - USUAL_SERVICE) ? b : a), levels[0] ?? 0.95), judged = [...JUDGED.slice(0, -1), service], bounds = new Float64Array(judged.length), asked = new Float64Array(judged.length);
  for (let j = 1; j <= origins; j++) {
    const actual = work.came[j]!;
    if (actual !== actual) continue;
    const from = n - j * step, to = from + window, full = factors[to]! - factors[from]!, mean = stackedLevel(work, j, 'total', pool.stacking), total = mean * full, sold = actual * full;
    missed += Math.abs(total - sold); said += total; came += sold; windows++;
    const m = stackedLevel(work, j, 'mean', pool.stacking);
    squared += window * (work.scatter[j]! + (actual - m) ** 2);
    periods += window;
    const curve = totalCurve(total, window, pool.totals), seen = (expected[to]! - expected[from]!) / full, wanted = units[to]! - units[from]!;
    for (let k = 0; k < judged.length; k++) asked[k] = calibrated(judged[k]!, curve);
    quantilesOf(total, totalVariance(work, total, window, misses, pool.totals), asked, bounds, 0, 1);
    for (let k = 0; k < judged.length; k++) {
      const over = wanted - bounds[k]! * seen;
      if (over <= 1e-9) kept[k]!++;
      pinball += (over > 0 ? judged[k]! * over : (judged[k]! - 1) * over) / judged.length;
    }
  }
  const share = (k: number): number | null => (windows >= 4 ? kept[k]! / windows : null);
  const error: ForecastResult['error'] = {
    wape: came > 0 ? missed / came : null, bias: came > 0 ? (said - came) / came : null, rmsse: scale > 0 && periods > 0 ? Math.sqrt(Math.max(0, squared) / periods / scale) : null,
    coverage: windows >= 4 ? { quantile: service, observed: kept[3]! / windows, windows } : null, under80: share(1), under90: share(2), pinball: came > 0 ? pinball / came : null,
  };
  return { error, windows };
}
