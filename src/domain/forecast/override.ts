/**
 * A planner's word on top of the engine's. Each override changes the days it spans, in the order they were made: a replacement says the day's units and
 * ends what was said before it; a percentage and units a day change what is there; a total keeps the shape of what is there and gives all its days together
 * that many units, of which days before the forecast have had their share by their number. The engine's own numbers are never changed.
 *
 * A day's expected units become a × expected + b. Its quantiles are scaled and shifted alike, so a doubled day has twice the spread, and two units more
 * a day have the same. Quantiles of totals keep their distance from the total's mean, scaled by the mean of a weighted by the engine's units.
 *
 * That holds as long as the engine knows the item at about the level that is said. A single unit in a month, made 350 of them, is no spread of 350: what is
 * said beyond twice the engine's number is drawn to the spread of an item that sells so much (negative binomial, of the item's own variance over mean as
 * far as it has sold enough to have one), the more so the less the engine expects and the more is said. Where it expects nothing at all that is Poisson.
 */
import { dayNumber, type Day } from '../calendar.ts';
import { normalScore, quantilesOf } from './distribution.ts';

/** Units a day in place of the forecast; per cent more; units a day more; units of all days together. */
export type OverrideKind = 'replace' | 'percent' | 'units' | 'total';
export interface Override { from: Day; to: Day; kind: OverrideKind; value: number }

/** Levels × days, row by row, as the database keeps them. */
export interface DailyForecast { mean: readonly number[]; levels: readonly number[]; cumulative: readonly number[]; daily?: readonly number[] | undefined }
export interface Adjusted { mean: number[]; cumulative: number[]; daily: number[] | undefined; /** Whether any day changed. */ changed: boolean }

/** `first` is the forecast's first day; `overrides` are those that count, oldest first. */
export function overridden(forecast: DailyForecast, first: Day, overrides: readonly Override[]): Adjusted {
  const days = forecast.mean.length, { scale, shift, changed } = saidOf(forecast.mean, first, overrides);
  if (!changed) return { mean: [...forecast.mean], cumulative: [...forecast.cumulative], daily: forecast.daily && [...forecast.daily], changed };

  const mean = forecast.mean.map((units, d) => Math.max(0, scale[d]! * units + shift[d]!));
  const levels = Float64Array.from(forecast.levels), count = levels.length, then = new Float64Array(count), now = new Float64Array(count);
  const cumulative = new Array<number>(count * days), daily = forecast.daily && new Array<number>(count * days);
  let total = 0, engine = 0, scaled = 0;
  for (let d = 0; d < days; d++) {
    total += mean[d]!; engine += forecast.mean[d]!; scaled += scale[d]! * forecast.mean[d]!;
    const stretch = engine > 0 ? scaled / engine : 1;
    for (let k = 0; k < count; k++) then[k] = forecast.cumulative[k * days + d]!;
    moved(levels, then, engine, total, (value) => total + stretch * (value - engine), now);
    for (let k = 0; k < count; k++) cumulative[k * days + d] = Math.max(d === 0 ? 0 : cumulative[k * days + d - 1]!, now[k]!);
    if (!daily || !forecast.daily) continue;
    for (let k = 0; k < count; k++) then[k] = forecast.daily[k * days + d]!;
    moved(levels, then, forecast.mean[d]!, mean[d]!, (value) => scale[d]! * value + shift[d]!, now);
    for (let k = 0; k < count; k++) daily[k * days + d] = now[k]!;
  }
  return { mean, cumulative, daily, changed };
}

/** One day as `overridden` has it: its expected units and its quantiles. `expected` are the engine's units from day `first` on, of which it is the one at `at`. */
export function overriddenDay(expected: readonly number[], first: Day, at: number, levels: readonly number[], quantiles: readonly number[], overrides: readonly Override[]): { mean: number; quantiles: number[] } {
  const { scale, shift, changed } = saidOf(expected, first, overrides), units = expected[at]!, now = new Float64Array(levels.length);
  if (!changed) return { mean: units, quantiles: [...quantiles] };
  const mean = Math.max(0, scale[at]! * units + shift[at]!);
  moved(Float64Array.from(levels), quantiles, units, mean, (value) => scale[at]! * value + shift[at]!, now);
  return { mean, quantiles: Array.from(now) };
}

/** What overrides make of each day: scale × expected + shift. */
function saidOf(mean: readonly number[], first: Day, overrides: readonly Override[]): { scale: Float64Array; shift: Float64Array; changed: boolean } {
  const days = mean.length, start = dayNumber(first), scale = new Float64Array(days).fill(1), shift = new Float64Array(days);
  let changed = false;
  for (const one of overrides) {
    const from = Math.max(0, dayNumber(one.from) - start), to = Math.min(days - 1, dayNumber(one.to) - start);
    if (one.kind === 'total') { if (to >= from) { changed = true; spread(one, mean, scale, shift, from, to); } continue; }
    for (let d = from; d <= to; d++) {
      changed = true;
      if (one.kind === 'replace') { scale[d] = mean[d]! > 0 ? one.value / mean[d]! : 0; shift[d] = mean[d]! > 0 ? 0 : one.value; }
      else if (one.kind === 'percent') { const by = Math.max(0, 1 + one.value / 100); scale[d]! *= by; shift[d]! *= by; }
      else shift[d]! += one.value;
    }
  }
  return { scale, shift, changed };
}

/** As many times the engine's number may be said and its spread still goes along as it is. */
const KNOWN_TIMES = 2;
/** Units expected at which the engine's spread is believed half. */
const KNOWN_UNITS = 2;
/** Less weight than this is none. */
const NO_WEIGHT = 1e-9;

/** Quantiles `then` of a number of which `engine` was expected, now that `said` is, into `now`: moved by `move`, drawn to what an item that sells so much has. */
function moved(levels: Float64Array, then: ArrayLike<number>, engine: number, said: number, move: (value: number) => number, now: Float64Array): void {
  const count = levels.length, beyond = engine > 0 ? said / engine / KNOWN_TIMES : said > 0 ? Infinity : 0;
  // Falls faster than what is said grows over the engine's number, so that the moved quantiles of next to nothing weigh nothing.
  const weight = beyond <= 1 ? 1 : Math.pow(beyond, (-2 * KNOWN_UNITS) / (KNOWN_UNITS + engine)), drawn = 1 - weight;
  if (drawn > 0) quantilesOf(said, said * (1 + (engine / (engine + KNOWN_UNITS)) * (overdispersion(levels, then, engine) - 1)), levels, now, 0, 1);
  for (let k = 0; k < count; k++) now[k] = weight < NO_WEIGHT ? now[k]! : weight * Math.max(0, move(then[k]!)) + (drawn > 0 ? drawn * now[k]! : 0);
}

/** Variance over mean by the distance of the quantiles nearest P10 and P90; 1, a Poisson's, where they say no more. */
function overdispersion(levels: Float64Array, quantiles: ArrayLike<number>, mean: number): number {
  if (!(mean > 0)) return 1;
  const near = (level: number): number => levels.reduce((best, one, k) => (Math.abs(one - level) < Math.abs(levels[best]! - level) ? k : best), 0), low = near(0.1), high = near(0.9);
  if (!(levels[high]! > levels[low]!)) return 1;
  const deviation = (quantiles[high]! - quantiles[low]!) / (normalScore(levels[high]!) - normalScore(levels[low]!));
  return Math.max(1, (deviation * deviation) / mean);
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

/** The least that can be said, in units or per cent: values are told to so much. */
export const LEAST_SAID = 0.001;

/** "20 % more", "replaced by 3 a day", in the planner's words. */
export function overrideWords({ kind, value }: Pick<Override, 'kind' | 'value'>): string {
  const size = Math.abs(Math.round(value / LEAST_SAID) / Math.round(1 / LEAST_SAID));
  if (kind === 'replace') return `${size} a day in place of the forecast`;
  if (kind === 'total') return `${size} in all in place of the forecast`;
  return `${size}${kind === 'percent' ? '%' : ' a day'} ${value < 0 ? 'less' : 'more'}`;
}
