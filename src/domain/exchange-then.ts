/**
 * Exchange rates as they were known on each morning. A rate said on a day is known from the next one on; on a day of which nobody had said a rate yet, those
 * of the first day on which somebody did stand in: once said they stay, so that a rate said later alters no earlier day.
 */
import { dayNumber, type Day, type DayNumber } from './calendar.ts';

/** `billionths` of the store's currency for one unit, null: taken away; `from`: the first morning that knew it. */
export interface SaidRate { currency: string; since: Day; billionths: number | null; from: DayNumber }

/** Billionths of the store's currency for one unit of `currency` on each day of a period, NaN where no rate is known. `said` in the order in which it was said. */
export function ratesThen(said: readonly SaidRate[], currency: string, first: DayNumber, days: number): Float64Array {
  const bySince = new Map<number, SaidRate[]>();
  for (const one of said) if (one.currency === currency) { const since = dayNumber(one.since), same = bySince.get(since); if (same) same.push(one); else bySince.set(since, [one]); }
  const latest = [...bySince.keys()].sort((a, b) => b - a);
  /** Of the latest day not after this one for which a rate was in force by what `counts`. */
  const inForce = (day: DayNumber, counts: (one: SaidRate) => boolean): number | null => {
    for (const since of latest) if (since <= day) { const rate = bySince.get(since)!.findLast(counts)?.billionths ?? null; if (rate !== null) return rate; }
    return null;
  };
  return Float64Array.from({ length: days }, (_, n) => {
    const day = first + n, known = inForce(day, (one) => one.from <= day);
    if (known !== null) return known;
    let begun = Infinity;
    for (const since of latest) if (since <= day) for (const one of bySince.get(since)!) if (one.billionths !== null && one.from > day && one.from < begun) begun = one.from;
    return inForce(day, (one) => one.from === begun) ?? NaN;
  });
}
