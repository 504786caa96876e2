/**
 * A catalogue of series in, a forecast of each out. What the series share (weekdays, seasons, events, promotions, the worth of a method)
 * is learned once from many of them (`learnPool`) and then applied to any of them (`forecastPanel`), so that a catalogue of any size is
 * forecast in batches, on as many threads as there are. Pure and deterministic; a pool is plain data and crosses threads.
 */
import type { Series } from '../demand/series.ts';
import { forecast, type ForecastResult } from './forecast.ts';
import { groupSeasonProfile } from './season-profile.ts';

/** Length of a period: day, week, month. */
export type Grain = 'D' | 'W' | 'M';

export interface PanelSeries {
  id: string;
  /** `start` is the day number of the first period's first day; one element a period; a demand of NaN is a period not observed. */
  series: Series;
  /** What it shares with others: the item (at several places), the place, the category. Empty where not known. */
  item: string;
  place: string;
  category: string;
  /** Units of each period in order lines far above what a line of the item usually holds: told apart from base demand. */
  bulk?: Float64Array;
  /** Selling price of every known period and, where planned, of the periods ahead; NaN where not known. */
  price?: Float64Array;
  /** Anything else known ahead, by name (promotion, feature): one value for every known period and every period ahead. */
  drivers?: Readonly<Record<string, Float64Array>>;
}

/** A day (or days) on which demand is another. The same name is the same event: what it did before is what it is expected to do. */
export interface CalendarEvent {
  name: string;
  /** Day numbers of the first and last day. */
  from: number;
  to: number;
  /** Places it counts for; all of them if absent. */
  places?: readonly string[];
}

export interface PanelOptions {
  grain: Grain;
  /** Periods ahead, at least the longest protection interval. */
  horizon: number;
  /** Levels in (0, 1), e.g. 0.1, 0.5, 0.9, 0.95. */
  quantiles: readonly number[];
  events?: readonly CalendarEvent[];
}

/** What a catalogue's series have in common: plain data. */
export interface Pool { profile: Float64Array }

/** Learns from the series what they share; a few thousand are enough for any catalogue. Throws AssertionError for what cannot be. */
export function learnPool(panel: readonly PanelSeries[], options: PanelOptions): Pool {
  return { profile: groupSeasonProfile(panel.map((one) => one.series), options.grain === 'D' ? 7 : 1) };
}

/** A forecast of every series, in their order. */
export function forecastPanel(panel: readonly PanelSeries[], pool: Pool, options: PanelOptions): ForecastResult[] {
  const seasonLength = options.grain === 'D' ? 7 : 1;
  return panel.map((one) => forecast(one.series, { horizon: options.horizon, quantiles: options.quantiles, seasonLength, profilePrior: pool.profile }));
}
