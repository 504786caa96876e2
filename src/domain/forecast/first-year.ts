/**
 * The time of year while less than two years are known (`yearly.ts` needs them).
 *
 * A year is a circle: in October last December is as near as August, on its other side. What an item sold about this time a year ago, the nearest days counting most,
 * stands beside its level, as far as such days are known: a December three months off says little, one around the corner much. It lifts a level and lowers none: an
 * item that sells more than last year has grown. How far it is believed is learned from the catalogue's own windows, beside a plain return to the item's mean and apart for
 * items that have not sold lately: fully where it would have helped there, not at all where items come and go by no season. Means whose squared error is to be least have a
 * smaller say of their own. Measured on a gift shop: pinball loss of days −0.5, −1.8 and −1.3 % at three origins of its autumn, of totals of four weeks −0.5, −2.9 and −2.1 %; of weeks −1.4 to −2.2 %
 * at four; within chance in fortnights a month later. On groceries cut to 18 months, twelve cuts: totals of four weeks −2.6 %, 10 better, 1 worse; cut to 10 to 14 months −0.4 to −1.3 %.
 */
import { believedAt, LATELY, liftAt, missWeight, stackedAlone, type Aim, type Believed, type StackingPool } from './stacking.ts';
import type { Work } from './work.ts';

/** Standard deviation of the kernel about the day a year ago, as a share of a year (six weeks); how many of them it reaches. */
const WIDTH = 6 / 52, REACH = 3.5;
/** Share of a year (three weeks) that the level is worth beside last year's periods. */
const LEVEL = 3 / 52;
/** Squared changes, over the level they are made to, beside which the catalogue's verdict counts half. */
const HALF = 20;
const AGING = 0.97, LEAST_RATE = 0.05, LEAST_SAY = 0.01;

const then = { rate: 0, say: 0 };

/**
 * With `t` periods known, what the same time a year before the period `ahead` (counted from 0) had: units a period at a factor of 1, and their say beside the level, 0..1; the object is
 * reused by the next call.
 */
export function lastYearAt({ first, units, expected, rules: { year, bin, window } }: Work, t: number, ahead: number): Readonly<typeof then> {
  const width = WIDTH * year, reach = REACH * width, target = t + ahead - year, last = Math.min(t - LATELY * window, target + reach);
  const start = Math.max(first, Math.floor(target - reach)), away = (start + (bin - 1) / 2 - target) / width, apart = bin / width, slowing = Math.exp(-apart * apart);
  let sold = 0, weight = 0;
  // A normal kernel from bin to bin: the quotient of neighbours changes by the same factor each time.
  for (let from = start, near = Math.exp(-0.5 * away * away), next = Math.exp(-apart * (away + 0.5 * apart)); from < last; from += bin, near *= next, next *= slowing) {
    sold += near * (units[from + bin]! - units[from]!);
    weight += near * (expected[from + bin]! - expected[from]!);
  }
  then.rate = weight > 0 ? sold / weight : 0;
  then.say = weight > 0 ? weight / (weight + LEVEL * year) : 0;
  return then;
}

const middle = ({ rules: { window } }: Work): number => (window - 1) / 2;

/** Fills what last year says of the window after each origin; call when levels are tracked. */
export function recallLastYear(work: Work): void {
  const { n, first, origins, yearAgo, yearAgoSay, rules: { step, year } } = work, ahead = middle(work);
  yearAgo.fill(0); yearAgoSay.fill(0);
  for (let j = 0; j <= origins; j++) {
    const t = n - j * step;
    if (t + ahead - year + REACH * WIDTH * year < first) break;
    const { rate, say } = lastYearAt(work, t, ahead);
    if (say >= LEAST_SAY) { yearAgo[j] = rate; yearAgoSay[j] = say; }
  }
}

/** Weighted squares and products of what last year would change, of a return to the mean, and of the misses. */
interface Evidence { change: number; back: number; both: number; changeMiss: number; backMiss: number }
const nothingSeen = (): Evidence => ({ change: 0, back: 0, both: 0, changeMiss: 0, backMiss: 0 });
/** For counting: 1 of those that have sold lately, 2 of those that have not. */
const KIND: Believed = { selling: 1, silent: 2 };

/** The stacking with last year's say in it, where it would have helped; fills on the way what last year says of each window. */
export function withLastYear(works: readonly Work[], stacking: StackingPool): StackingPool {
  const evidence: Record<Aim, Record<keyof Believed, Evidence>> = { mean: { selling: nothingSeen(), silent: nothingSeen() }, total: { selling: nothingSeen(), silent: nothingSeen() } };
  for (const work of works) {
    recallLastYear(work);
    const { n, first, origins, came, scale, units, expected, yearAgo, yearAgoSay, rules: { step } } = work;
    for (let j = 1; j <= origins && yearAgoSay[j]! > 0; j++) {
      const t = n - j * step, actual = came[j]!;
      if (actual !== actual) continue;
      const kind = believedAt(work, j, KIND) === KIND.selling ? 'selling' : 'silent', usual = (units[t]! - units[first]!) / Math.max(1, expected[t]! - expected[first]!);
      for (const aim of ['mean', 'total'] as const) {
        if (aim === 'mean' && !(scale > 0)) continue;
        const level = stackedAlone(work, j, aim, stacking), change = yearAgoSay[j]! * Math.max(0, yearAgo[j]! - level), back = usual - level, miss = actual - level, of = evidence[aim][kind];
        const weight = Math.pow(AGING, j) * (aim === 'total' ? 1 / (level + change + LEAST_RATE) : missWeight(work, j, level, aim));
        of.change += weight * change * change; of.back += weight * back * back; of.both += weight * change * back; of.changeMiss += weight * change * miss; of.backMiss += weight * back * miss;
      }
    }
  }
  const share = ({ change, back, both, changeMiss, backMiss }: Evidence): number => {
    const slope = back > 0 ? both / back : 0, hits = changeMiss - slope * backMiss, size = change - slope * both;
    return hits > 0 && size > 0 ? Math.min(1, hits / size) * (size / (size + HALF)) : 0;
  };
  const lastYear = (aim: Aim): Believed => ({ selling: share(evidence[aim].selling), silent: share(evidence[aim].silent) });
  return { mean: { ...stacking.mean, lastYear: lastYear('mean') }, total: { ...stacking.total, lastYear: lastYear('total') } };
}

/** Whether last year has a say of anything. */
export const believes = ({ mean: { lastYear: mean }, total: { lastYear: total } }: StackingPool): boolean => Math.max(mean.selling, mean.silent, total.selling, total.silent) > 0;

/** What last year lifts the level of the window ahead by. */
export const liftNow = (work: Work, aim: Aim, stacking: StackingPool): number => liftAt(work, 0, stackedAlone(work, 0, aim, stacking), stacking[aim].lastYear);

/** Quantiles of single periods, whose level lies between those of means and of totals, follow last year as far as totals do: what their level is without, and what it is lifted by. */
export function spreadAlone(work: Work, stacking: StackingPool): { alone: number; lift: number } {
  const alone = (stackedAlone(work, 0, 'mean', stacking) + stackedAlone(work, 0, 'total', stacking)) / 2;
  return { alone, lift: liftAt(work, 0, alone, stacking.total.lastYear) };
}

/** A level for each period ahead: for means, for totals, for quantiles. */
export interface LevelsAhead { mean: Float64Array; total: Float64Array; spread: Float64Array }

export const levelsFor = (horizon: number): LevelsAhead => ({ mean: new Float64Array(horizon), total: new Float64Array(horizon), spread: new Float64Array(horizon) });

/** Levels of the periods ahead: those of the window ahead, lifted to where last year was at their own time; the same for a whole bin of the year. */
export function levelsAhead(work: Work, stacking: StackingPool, into: LevelsAhead): void {
  const { n, horizon, meanLevel, totalLevel, spreadLevel, yearAgo, yearAgoSay, rules: { bin } } = work;
  into.mean.fill(meanLevel); into.total.fill(totalLevel); into.spread.fill(spreadLevel);
  const mean = believedAt(work, 0, stacking.mean.lastYear), total = believedAt(work, 0, stacking.total.lastYear);
  if (mean === 0 && total === 0) return;
  const ofMean = stackedAlone(work, 0, 'mean', stacking), ofTotal = stackedAlone(work, 0, 'total', stacking), ofSpread = spreadAlone(work, stacking).alone;
  for (let from = 0; from < horizon; from += bin) {
    const { rate, say } = lastYearAt(work, n, from + (bin - 1) / 2), lift = (level: number, believed: number, alone: number): number => Math.max(0, level + believed * (say * Math.max(0, rate - alone) - yearAgoSay[0]! * Math.max(0, yearAgo[0]! - alone)));
    const to = Math.min(horizon, from + bin);
    into.mean.fill(lift(meanLevel, mean, ofMean), from, to); into.total.fill(lift(totalLevel, total, ofTotal), from, to); into.spread.fill(lift(spreadLevel, total, ofSpread), from, to);
  }
}

/** The level of totals without last year, and the units last year changes the expected total of the first `periods` by. */
export function ofLastYear(work: Work, stacking: StackingPool, periods: number): { level: number; units: number } {
  const { n, factor, horizon, totalLevel } = work, level = totalLevel - liftNow(work, 'total', stacking), into = levelsFor(horizon);
  levelsAhead(work, stacking, into);
  let units = 0;
  for (let h = 0; h < periods; h++) units += (into.total[h]! - level) * factor[n + h]!;
  return { level, units };
}
