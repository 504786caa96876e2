/**
 * Watching forecasts come true: each day's units beside what was forecast for that day, series by series. A series is unusual when it was outside its
 * P1 to P99 three days in a row, or when small errors of one sign add up: the cumulative sum of standardized errors (E. S. Page, Biometrika 1954) with
 * allowance 1/2 and threshold 10. By Siegmund's approximation an unchanged series crosses that once in 70,000 days (the textbook threshold of 5, once
 * in 465, would be hundreds of false alarms a night in a large catalogue), and a shift of one standard deviation is found after about 20 days, of two
 * after 7. It is usual again after seven days inside, or on the first day that comes as a planner says it will, who knew that it was unusual.
 *
 * The same comparison keeps how good the forecasts have been: sums that fade with a memory of ninety days.
 */
export interface WatchState {
  streak: number; calm: number; rise: number; fall: number; riseUnits: number; fallUnits: number;
  flaggedOn: string | null; flaggedWhy: string | null;
  days: number; units: number; absError: number; error: number; under50: number; under80: number; under90: number; under95: number; pinball: number;
}

export interface Compared {
  day: string; actual: number; mean: number;
  /** Quantiles of the day. */
  p1: number; p50: number; p80: number; p90: number; p95: number; p99: number;
  /** Out of stock for a part of the day: fewer units than expected say nothing. */
  censored: boolean;
  /** A planner said something of the day, by an event or an override, after the series was found unusual. What was said is in the numbers compared. */
  explained: boolean;
  /** An event nobody has seen and nothing is said of: there is nothing to compare the day with. */
  unknown: boolean;
}

export const STREAK_DAYS = 3;
export const CALM_DAYS = 7;
const ALLOWANCE = 0.5;
const THRESHOLD = 10;
/** One day counts at most so many standard deviations: a single order is no trend. */
const MOST_A_DAY = 4;
/** Fewer units off than this are not worth anybody's morning. */
const LEAST_UNITS = 5;
const MEMORY_DAYS = 90;

export const freshWatch = (): WatchState => ({
  streak: 0, calm: 0, rise: 0, fall: 0, riseUnits: 0, fallUnits: 0, flaggedOn: null, flaggedWhy: null, days: 0, units: 0, absError: 0, error: 0, under50: 0, under80: 0, under90: 0, under95: 0, pinball: 0,
});

/** The state after a day. */
export function watched(before: WatchState, seen: Compared): WatchState {
  const next = { ...before };
  if (seen.unknown) return seen.explained ? ended(next) : next;
  if (!seen.censored) accuracy(next, seen);
  // Out of stock says nothing of too little, and only counts where more was sold than expected.
  if (seen.censored && seen.actual <= seen.mean) return next;

  const side = seen.actual > seen.p99 ? 1 : seen.actual < seen.p1 ? -1 : 0, off = seen.actual - seen.mean;
  if (side === 0 && seen.explained && before.flaggedOn !== null) return ended(next);
  next.streak = side === 0 ? 0 : Math.sign(before.streak) === side ? before.streak + side : side;
  next.calm = side === 0 ? before.calm + 1 : 0;
  const spread = Math.max((seen.p99 - seen.p1) / 4.65, Math.sqrt(Math.max(seen.mean, 0.05)));
  const z = Math.max(-MOST_A_DAY, Math.min(MOST_A_DAY, off / spread));
  next.rise = Math.max(0, before.rise + z - ALLOWANCE);
  next.fall = Math.max(0, before.fall - z - ALLOWANCE);
  next.riseUnits = next.rise === 0 ? 0 : before.riseUnits + off;
  next.fallUnits = next.fall === 0 ? 0 : before.fallUnits - off;

  const why = Math.abs(next.streak) >= STREAK_DAYS && Math.max(next.riseUnits, next.fallUnits) >= LEAST_UNITS ? `${next.streak > 0 ? 'above P99' : 'below P1'} ${Math.abs(next.streak)} days in a row`
    : next.rise > THRESHOLD && next.riseUnits >= LEAST_UNITS ? 'more than expected, day after day' : next.fall > THRESHOLD && next.fallUnits >= LEAST_UNITS ? 'less than expected, day after day' : null;
  if (why !== null) {
    // Found: the sums begin again, and the days inside begin to count.
    return { ...next, rise: 0, fall: 0, riseUnits: 0, fallUnits: 0, calm: 0, flaggedOn: before.flaggedOn ?? seen.day, flaggedWhy: why };
  }
  return next.calm >= CALM_DAYS ? { ...next, flaggedOn: null, flaggedWhy: null } : next;
}

/** What was unusual is over: the next days are looked at afresh. */
const ended = (state: WatchState): WatchState => ({ ...state, streak: 0, rise: 0, fall: 0, riseUnits: 0, fallUnits: 0, calm: CALM_DAYS, flaggedOn: null, flaggedWhy: null });

function accuracy(state: WatchState, seen: Compared): void {
  const keep = 1 - 1 / MEMORY_DAYS, y = seen.actual;
  const add = (key: 'days' | 'units' | 'absError' | 'error' | 'under50' | 'under80' | 'under90' | 'under95' | 'pinball', value: number): void => { state[key] = state[key] * keep + value; };
  add('days', 1); add('units', y); add('absError', Math.abs(y - seen.mean)); add('error', seen.mean - y);
  add('under50', y <= seen.p50 ? 1 : 0); add('under80', y <= seen.p80 ? 1 : 0); add('under90', y <= seen.p90 ? 1 : 0); add('under95', y <= seen.p95 ? 1 : 0);
  const loss = (q: number, at: number): number => (y >= at ? q * (y - at) : (1 - q) * (at - y));
  add('pinball', (loss(0.5, seen.p50) + loss(0.8, seen.p80) + loss(0.9, seen.p90) + loss(0.95, seen.p95)) / 4);
}
