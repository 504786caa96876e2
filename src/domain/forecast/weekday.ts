/**
 * Weekday profile: demand of each weekday relative to the week's mean.
 *
 * A series' own profile is believed as far as its variance between weekdays exceeds chance (analysis of variance, 1 − 1/F, eight weeks
 * counting half) and by its volume; the rest is its groups' profile, from the whole catalogue down to category in location, each believed by
 * its units. With 28 days of history the group is everything: on 2,801 such series RMSSE .845 without a profile, .905 with the own one, .841
 * pooled (../../../docs: forecasting).
 */
import type { Work } from './work.ts';

export interface WeekdayPool { groups: Record<string, Float64Array> }

/** Units at which a group's profile counts half beside the wider group's. */
const GROUP_UNITS = 8000;
/** Units at which volume alone lets a series keep half of its own profile, and how much of the say volume has beside the variance. */
const OWN_UNITS = 500, BY_VOLUME = 0.4;
/** Days at which the variance's verdict counts half; days looked back on. */
const HALF_DAYS = 56, SPAN = 364;
/** A weekday without demand is closed: the least factor keeps its odd sale from being a multiple of nothing. */
const CLOSED = 0.01;

interface Own { mean: number; trust: number; units: number }

/** Groups from wide to narrow. */
function groupsOf({ source }: Work): string[] {
  const groups = ['*'];
  if (source.category !== '') groups.push(`c ${source.category}`);
  if (source.location !== '') groups.push(`p ${source.location}`);
  if (source.category !== '' && source.location !== '') groups.push(`cp ${source.category} ${source.location}`);
  return groups;
}

const weekdayAt = (work: Work, t: number): number => (((work.start + t) % 7) + 7) % 7;

const units = new Float64Array(7), days = new Float64Array(7), squares = new Float64Array(7), rates = new Float64Array(7), profile = new Float64Array(7);

/** Leaves the weekdays' rates in `rates` until the next call. */
function ownProfile(work: Work): Own {
  const { n, first, sold, seen } = work;
  units.fill(0); days.fill(0); squares.fill(0);
  for (let t = Math.max(first, n - SPAN), d = weekdayAt(work, t); t < n; t++, d = d === 6 ? 0 : d + 1) {
    const e = seen[t]!;
    if (e === 0) continue;
    units[d]! += sold[t]!; days[d]! += e; squares[d]! += (sold[t]! * sold[t]!) / e; // a rate of sold ÷ e, weighing e
  }
  rates.fill(0);
  let total = 0, phases = 0, within = 0, between = 0, seenDays = 0, sum = 0;
  for (let d = 0; d < 7; d++) {
    sum += units[d]!;
    if (!(days[d]! > 0)) continue;
    rates[d] = units[d]! / days[d]!;
    total += rates[d]!; phases++; seenDays += days[d]!;
    within += squares[d]! - (units[d]! * units[d]!) / days[d]!;
    between += (units[d]! * units[d]!) / days[d]!;
  }
  const mean = phases > 0 ? total / phases : 0;
  for (let d = 0; d < 7; d++) if (!(days[d]! > 0)) rates[d] = mean;
  const chance = Math.max(0, within) / Math.max(1, seenDays - phases), signal = (between - (sum * sum) / Math.max(1, seenDays)) / Math.max(1, phases - 1);
  const byVariance = seenDays > phases && signal > chance ? (1 - chance / signal) * (seenDays / (seenDays + HALF_DAYS)) : 0;
  return { mean, units: sum, trust: (1 - BY_VOLUME) * byVariance + BY_VOLUME * (sum / (sum + OWN_UNITS)) };
}

export function learnWeekdays(works: readonly Work[]): WeekdayPool {
  const groups: Record<string, Float64Array> = {};
  for (const work of works) {
    const { mean, units: sold } = ownProfile(work);
    if (!(mean > 0)) continue;
    for (const key of groupsOf(work)) {
      const pooled = (groups[key] ??= new Float64Array(8));
      for (let d = 0; d < 7; d++) pooled[d]! += (sold * rates[d]!) / mean;
      pooled[7]! += sold;
    }
  }
  return { groups };
}

/** Multiplies the weekday profile into `factor`. */
export function applyWeekdays(work: Work, pool: WeekdayPool): void {
  profile.fill(1);
  for (const key of groupsOf(work)) {
    const pooled = pool.groups[key];
    if (!pooled || !(pooled[7]! > 0)) continue;
    let sum = 0;
    for (let d = 0; d < 7; d++) sum += pooled[d]!;
    const trust = key === '*' ? 1 : pooled[7]! / (pooled[7]! + GROUP_UNITS);
    for (let d = 0; d < 7; d++) profile[d] = profile[d]! * (1 - trust) + trust * ((pooled[d]! / sum) * 7);
  }
  const { mean, trust } = ownProfile(work);
  let sum = 0;
  for (let d = 0; d < 7; d++) { profile[d] = Math.max(CLOSED, (mean > 0 ? (trust * rates[d]!) / mean : trust) + (1 - trust) * profile[d]!); sum += profile[d]!; }
  for (let d = 0; d < 7; d++) profile[d]! *= 7 / sum;
  const { factor } = work;
  for (let t = 0, d = weekdayAt(work, 0); t < factor.length; t++, d = d === 6 ? 0 : d + 1) factor[t]! *= profile[d]!;
}
