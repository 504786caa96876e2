/**
 * Teunter–Syntetos–Babai (2011): for intermittent demand, the chance of a sale and its size are smoothed apart, and the chance falls on
 * every day without one, so that an item that has died out stops being ordered (Croston's method never learns that).
 * A day counts by its exposure: an out-of-stock day says nothing of the chance.
 */
import type { Series } from '../demand/series.ts';
import type { MethodForecast, MethodOptions } from './method.ts';

/** Pairs of constants (probability, size), judged together on the totals of the following four weeks. */
const PROBABILITY = [0.015, 0.04, 0.08, 0.15];
const SIZE = [0.05, 0.1, 0.1, 0.2];
const YOUNG = 1;
const MEMORY = 280;
const TARGET = 28;

export function tsb(series: Series, horizon: number, options: MethodOptions): MethodForecast {
  const { demand, exposure } = series;
  const known = options.known ?? demand.length;
  const mean = options.into ?? new Float64Array(horizon);
  const from = Math.max(0, known - MEMORY);
  const running = new Float64Array(known - from + 1); // running total, for the following four weeks at any day
  for (let t = from; t < known; t++) running[t - from + 1] = running[t - from]! + demand[t]!;
  let best = YOUNG, least = Infinity, rate = 0;
  for (let k = 0; k < PROBABILITY.length; k++) {
    const outcome = follow(demand, exposure, from, known, PROBABILITY[k]!, SIZE[k]!, running);
    const judged = outcome.tested >= 3;
    if (judged ? outcome.error < least : k === YOUNG && least === Infinity) {
      if (judged) least = outcome.error;
      best = k; rate = outcome.rate;
    }
  }
  for (let h = 0; h < horizon; h++) mean[h] = rate;
  return { mean, parameters: { probabilityConstant: PROBABILITY[best]!, sizeConstant: SIZE[best]!, rate } };
}

function follow(
  demand: Float64Array, exposure: Float64Array, from: number, known: number, beta: number, alpha: number, running: Float64Array,
): { rate: number; error: number; tested: number } {
  // Both start from nothing and are divided by the weight gathered so far: a plain mean while the series is young.
  let chance = 0, chanceWeight = 0, size = 0, sizeWeight = 0, rate = 0, error = 0, tested = 0;
  let untilLook = (known - 1 - from) % 7;
  for (let t = from; t < known; t++) {
    const y = demand[t]!, b = beta * exposure[t]!, keep = 1 - b;
    chance *= keep;
    chanceWeight = keep * chanceWeight + b;
    if (y > 0 && b > 0) {
      chance += b;
      const a = alpha * exposure[t]!;
      size += a * (y - size);
      sizeWeight += a * (1 - sizeWeight);
    }
    if (untilLook-- > 0) continue;
    untilLook = 6;
    rate = sizeWeight > 0 ? (chance / chanceWeight) * (size / sizeWeight) : 0;
    if (t + TARGET < known && t - from >= 13) {
      const miss = rate - (running[t + 1 + TARGET - from]! - running[t + 1 - from]!) / TARGET;
      error += miss * miss;
      tested++;
    }
  }
  return { rate, error, tested };
}
