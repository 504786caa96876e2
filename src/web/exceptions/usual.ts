/** How cases of a kind usually end, in a sentence. */
import { count, duration, units } from '../ui/format.ts';

const HOUR_MS = 3_600_000;
/** Ways told; the rest are seldom. */
const MOST_WAYS = 5;

export interface Outcomes { closed: number; medianHours: number | null; ways: readonly { way: string; cases: number }[] }

/** Null where none has closed yet. */
export function usualWords({ closed, medianHours, ways }: Outcomes): string | null {
  if (closed === 0 || medianHours === null) return null;
  const within = duration(medianHours * HOUR_MS);
  if (closed === 1) return `In the last 90 days one such case closed, within ${within}${ways[0] ? `, ${ways[0].way}` : ''}.`;
  return `In the last 90 days ${count(closed, 'such case')} closed, half of them within ${within}: ${ways.slice(0, MOST_WAYS).map((each) => `${units(each.cases)} ${each.way}`).join(', ')}.`;
}
