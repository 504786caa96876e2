/**
 * A planner's word on top of the engine's. Each override changes the days it spans, in the order they were made: a replacement says the day's units and
 * ends what was said before it; a percentage and units a day change what is there; a total keeps the shape of what is there and gives all its days together
 * that many units, of which days before the forecast have had their share by their number. The engine's own numbers are never changed.
 *
 * A day's expected units become a × expected + b. Its quantiles are scaled and shifted alike, so a doubled day has twice the spread, and two units more
 * a day have the same. Quantiles of totals keep their distance from the total's mean, scaled by the mean of a weighted by the engine's units. Where the
 * engine expects nothing there is no spread to scale: what is said is taken as Poisson.
 */
import { dayNumber, type Day } from '../calendar.ts';
import { quantilesOf } from './distribution.ts';

/** Units a day in place of the forecast; per cent more; units a day more; units of all days together. */
export type OverrideKind = 'replace' | 'percent' | 'units' | 'total';
export interface Override { from: Day; to: Day; kind: OverrideKind; value: number }

/** Levels × days, row by row, as the database keeps them. */
export interface DailyForecast { mean: readonly number[]; levels: readonly number[]; cumulative: readonly number[]; daily?: readonly number[] | undefined }
export interface Adjusted { mean: number[]; cumulative: number[]; daily: number[] | undefined; /** Whether any day changed. */ changed: boolean }

/** `first` is the forecast's first day; `overrides` are those that count, oldest first. */
export function overridden(forecast: DailyForecast, first: Day, overrides: readonly Override[]): Adjusted {
  const days = forecast.mean.length, start = dayNumber(first);
  const scale = new Float64Array(days).fill(1), shift = new Float64Array(days);
  let changed = false;
  for (const one of overrides) {
    const from = Math.max(0, dayNumber(one.from) - start), to = Math.min(days - 1, dayNumber(one.to) - start);
    if (one.kind === 'total') { if (to >= from) { changed = true; spread(one, forecast.mean, scale, shift, from, to); } continue; }
    for (let d = from; d <= to; d++) {
      changed = true;
      const mean = forecast.mean[d]!;
      if (one.kind === 'replace') { scale[d] = mean > 0 ? one.value / mean : 0; shift[d] = mean > 0 ? 0 : one.value; }
      else if (one.kind === 'percent') { const by = Math.max(0, 1 + one.value / 100); scale[d]! *= by; shift[d]! *= by; }
      else shift[d]! += one.value;
    }
  }
  if (!changed) return { mean: [...forecast.mean], cumulative: [...forecast.cumulative], daily: forecast.daily && [...forecast.daily], changed };

  const mean = forecast.mean.map((units, d) => Math.max(0, scale[d]! * units + shift[d]!));
  const levels = Float64Array.from(forecast.levels), poisson = new Float64Array(levels.length);
  const cumulative = new Array<number>(levels.length * days), daily = forecast.daily && new Array<number>(levels.length * days);
  let total = 0, engine = 0, scaled = 0;
  for (let d = 0; d < days; d++) {
    total += mean[d]!; engine += forecast.mean[d]!; scaled += scale[d]! * forecast.mean[d]!;
    // The engine's part of the total has its spread; what was said where it expects nothing has Poisson's.
    const stretch = engine > 0 ? scaled / engine : 1, bare = engine <= 0;
    if (bare) quantilesOf(total, total, levels, poisson, 0, 1);
    for (let k = 0; k < levels.length; k++) {
      const at = k * days + d, before = d === 0 ? 0 : cumulative[at - 1]!;
      const value = bare ? poisson[k]! : total + stretch * (forecast.cumulative[at]! - engine);
      cumulative[at] = Math.max(before, value, 0);
    }
    if (!daily || !forecast.daily) continue;
    const silent = forecast.mean[d]! <= 0 && shift[d]! > 0;
    if (silent) quantilesOf(mean[d]!, mean[d]!, levels, poisson, 0, 1);
    for (let k = 0; k < levels.length; k++) daily[k * days + d] = silent ? poisson[k]! : Math.max(0, scale[d]! * forecast.daily[k * days + d]! + shift[d]!);
  }
  return { mean, cumulative, daily, changed };
}

/** Units of all days together that still have a shape. */
const LEAST = 1e-9;

/** Gives the days from `from` to `to` their share of a total: by what is expected of them, or alike where nothing is. */
function spread(one: Override, mean: readonly number[], scale: Float64Array, shift: Float64Array, from: number, to: number): void {
  const wanted = (one.value * (to - from + 1)) / (dayNumber(one.to) - dayNumber(one.from) + 1);
  let there = 0;
  for (let d = from; d <= to; d++) there += Math.max(0, scale[d]! * mean[d]! + shift[d]!);
  for (let d = from; d <= to; d++) {
    if (there > LEAST) { scale[d]! *= wanted / there; shift[d]! *= wanted / there; } else { scale[d] = 0; shift[d] = wanted / (to - from + 1); }
  }
}

/** "20 % more", "replaced by 3 a day", in the planner's words. */
export function overrideWords({ kind, value }: Pick<Override, 'kind' | 'value'>): string {
  const size = Math.abs(Math.round(value * 100) / 100);
  if (kind === 'replace') return `${size} a day in place of the forecast`;
  if (kind === 'total') return `${size} in all in place of the forecast`;
  return `${size}${kind === 'percent' ? '%' : ' a day'} ${value < 0 ? 'less' : 'more'}`;
}
