/** The steps from what was sold to what is expected, in a planner's words and rounded so that they still sum. */
import { STEPS } from './made-of.ts';

export interface ForecastTerm { key: string; label: string; quantity: number; sentence: string }

type Step = (typeof STEPS)[number];
const WORDS: Readonly<Record<Step, (days: number) => [label: string, sentence: string]>> = {
  sold: (days) => [`Sold, ${days} days`, ''],
  'bulk before': () => ['Bulk orders', 'In order lines far above what the item usually sells in one: forecast apart.'],
  unseen: () => ['Not seen', 'Wanted while it was out of stock or not yet on sale, as the rest of its history has it, or that of the item it is said to sell like.'],
  level: () => ['Own level', 'What a longer look back makes of it: a chance rise or fall of these days is evened out, a lasting one is followed.'],
  catalogue: () => ['Catalogue', 'What forecasts of the whole catalogue were off by lately, what came after the like of its course before, and what its category sells where its own history is short.'],
  weekdays: () => ['Weekdays', 'The days ahead fall on other weekdays.'],
  events: () => ['Events', 'Events ahead against those of the days behind, by what they did before.'],
  'time of year': () => ['Time of year', 'How the coming weeks usually differ from the last.'],
  prices: () => ['Prices', 'Prices and promotions ahead against those of the days behind.'],
  'bulk ahead': () => ['Bulk, usual', 'Bulk orders at their rate of the last year.'],
  unmet: () => ['Unmet, usual', 'What stockouts of the last year left unsold beyond what its own sales say, as orders of the catalogue on days in stock have it.'],
};

/**
 * Terms in units, a tenth at the least, that sum to the rounded expected total; those that change nothing are left out. `units` are those of STEPS;
 * `said` is what planners' overrides add.
 */
export function forecastTerms(units: readonly number[], days: number, said = 0): ForecastTerm[] {
  const all: [string, [string, string], number][] = STEPS.map((step, n) => [step, WORDS[step](days), units[n] ?? 0]);
  all.push(['said', ['Planners', 'Overrides in force, on top of the engine.'], said]);
  const terms: ForecastTerm[] = [];
  let exact = 0, shown = 0;
  for (const [key, [label, sentence], value] of all) {
    exact += value;
    // Rounded are the sums: rounded terms would not add up.
    const tenths = Math.round(exact * 10) - shown;
    shown += tenths;
    if (tenths !== 0 || key === 'sold') terms.push({ key, label, quantity: tenths / 10, sentence });
  }
  return terms;
}
