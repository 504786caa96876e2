/**
 * The demand of the first days of a forecast as a distribution over whole units, made of the forecast's quantiles of totals (never of scaled daily ones).
 *
 * Between two known quantiles the total is a straight line in normal scores, as `demandQuantile` reads it; beyond the outermost the last line goes on to
 * five deviations. A whole number x stands for all that rounds to it: P(D ≤ x) is taken at x + ½, which meets the known quantiles of a count and is
 * unbiased for large totals. Everything below is arithmetic on that distribution; nothing is simulated.
 */
import { normalBelow, normalScore } from '../forecast/distribution.ts';
import { BeyondForecastError, type DemandForecast } from './order-up-to.ts';

/** The line from one point to the next: `units` at the normal score `score`. Both ascending. */
export interface DemandTotal { readonly scores: readonly number[]; readonly units: readonly number[] }

/** Where a distribution ends: P(beyond) < 3e-7. */
const END = 5;
/** Up to so many units are summed one by one; a wider spread is integrated, which differs by less than a thousandth of a unit. */
const SUMMED = 48;

const scoreOf = new Map<number, number>();
function known(level: number): number {
  let score = scoreOf.get(level);
  if (score === undefined) scoreOf.set(level, score = normalScore(level));
  return score;
}

/** The total of the first `days` days, 0 days being nothing. Throws BeyondForecastError when the forecast is shorter or has no two quantiles. */
export function demandTotal(forecast: DemandForecast, days: number): DemandTotal {
  const paths = forecast.cumulative, count = paths.length;
  if (!Number.isSafeInteger(days) || days < 0 || days > forecast.mean.length) throw new BeyondForecastError(`${days} days asked of a forecast of ${forecast.mean.length}`);
  if (count < 2) throw new BeyondForecastError('a distribution needs at least two quantiles');
  if (days === 0) return { scores: [-END, END], units: [0, 0] };
  const scores = new Array<number>(count + 2), units = new Array<number>(count + 2);
  for (let k = 0; k < count; k++) {
    scores[k + 1] = known(paths[k]!.q);
    units[k + 1] = Math.max(k === 0 ? 0 : units[k]!, paths[k]!.values[days - 1]!);
  }
  // The steepest of the last two lines: at a count's two equal quantiles the tail does not end.
  const rise = (a: number, b: number): number => (units[b]! - units[a]!) / (scores[b]! - scores[a]!);
  const up = Math.max(rise(count - 1, count), count > 2 ? rise(count - 2, count) : 0), down = rise(1, 2);
  scores[count + 1] = END;
  units[count + 1] = units[count]! + up * Math.max(0, END - scores[count]!);
  scores[0] = -END;
  units[0] = Math.max(0, units[1]! + down * Math.min(0, -END - scores[1]!));
  return { scores, units };
}

/** P(total ≤ y) for any y, the line read backwards. */
export function below({ scores, units }: DemandTotal, y: number): number {
  const last = units.length - 1;
  if (y >= units[last]!) return 1;
  if (y < units[0]!) return 0;
  let k = last - 1;
  while (units[k]! > y) k--;
  return normalBelow(scores[k]! + ((y - units[k]!) / (units[k + 1]! - units[k]!)) * (scores[k + 1]! - scores[k]!));
}

/** P(D ≤ x) for a whole x. */
export function atMost(total: DemandTotal, x: number): number {
  return x < 0 ? 0 : below(total, x + 0.5);
}

/** E[(D − s)⁺], the units wanted beyond s; with s = 0 the mean. s whole. */
export function expectedBeyond(total: DemandTotal, s: number): number {
  const from = Math.max(0, s), top = total.units.at(-1)!, given = from - s;
  if (top <= from) return given;
  if (top - from > SUMMED) return given + integrated(total, from);
  let sum = given;
  for (let x = from; x + 0.5 < top; x++) sum += 1 - below(total, x + 0.5);
  return sum;
}

/**
 * `expectedBeyond` of one total for many stocks: what does not change between them is worked out once, so that each answer takes two normal probabilities,
 * or none where the units are summed one by one.
 */
export function beyondOf(total: DemandTotal): (s: number) => number {
  const { scores, units } = total, lines = units.length - 1, top = units[lines]!, base = Math.max(0, Math.floor(top - SUMMED) + 1), tail: number[] = [];
  let sum = 0;
  for (let x = Math.ceil(top - 0.5) - 1; x >= base; x--) tail[x - base] = sum += 1 - below(total, x + 0.5);
  // Of the lines wholly above: Σ (a + from × b).
  const a = new Array<number>(lines + 1).fill(0), b = new Array<number>(lines + 1).fill(0), slope = units.slice(1).map((unit, k) => (unit - units[k]!) / (scores[k + 1]! - scores[k]!));
  const probability = scores.map(normalBelow), dense = scores.map(density);
  for (let k = lines - 1; k >= 0 && top > SUMMED; k--) {
    const within = probability[k + 1]! - probability[k]!;
    a[k] = a[k + 1]! + (units[k]! - slope[k]! * scores[k]!) * within + slope[k]! * (dense[k]! - dense[k + 1]!);
    b[k] = b[k + 1]! - within;
  }
  return (s) => {
    const from = Math.max(0, s), given = from - s;
    if (top <= from) return given;
    if (top - from <= SUMMED) return given + (tail[from - base] ?? 0);
    let k = 0;
    while (units[k + 1]! <= from) k++;
    if (units[k]! >= from) return given + a[k]! + from * b[k]!;
    const start = scores[k]! + (from - units[k]!) / slope[k]!;
    return given + (units[k]! - from - slope[k]! * scores[k]!) * (probability[k + 1]! - normalBelow(start)) + slope[k]! * (density(start) - dense[k + 1]!) + a[k + 1]! + from * b[k + 1]!;
  };
}

/** ∫ P(total > y) dy from `from` up, line by line in closed form. */
function integrated({ scores, units }: DemandTotal, from: number): number {
  let sum = 0;
  for (let k = units.length - 2; k >= 0 && units[k + 1]! > from; k--) {
    const slope = (units[k + 1]! - units[k]!) / (scores[k + 1]! - scores[k]!);
    const start = units[k]! >= from ? scores[k]! : scores[k]! + (from - units[k]!) / slope, end = scores[k + 1]!;
    // E[(total − from) on this line]: total = units + slope × (z − score).
    sum += (units[k]! - from - slope * scores[k]!) * (normalBelow(end) - normalBelow(start)) + slope * (density(start) - density(end));
  }
  return sum;
}

function density(z: number): number {
  return 0.3989422804 * Math.exp((-z * z) / 2);
}
