/**
 * Events: days on which demand is another, learned from what the same event did before.
 *
 * Per category (and set of locations an event counts for) the demand of an event's days is compared with what the weekday and the five weeks
 * around would have them be; the ratio is drawn to 1, or to what a planner expects, until enough units have been expected on such days. A day on which the shop was closed
 * every time comes out near nothing by itself.
 */
import { eventKey } from './event-names.ts';
import type { CalendarEvent } from './panel.ts';
import { soldOrUsual, type Work } from './work.ts';

/** Factor of each day by group, from the first day any series keeps to the last day ahead; `start` is the day number of element 0. */
export interface EventPool {
  start: number;
  /** The sets of locations events count for, each once. */
  kinds: (readonly string[] | undefined)[];
  groups: Record<string, Float64Array>;
  /** By name, over all groups: what demand is multiplied by, and on how many days it was seen. What is said of the event; forecasts use `groups`. */
  effects: Record<string, { factor: number; days: number }>;
}

/** Days around a day that make its base, on each side. */
const AROUND = 17;
/** Days looked back on. */
const SPAN = 1100;
/** Units expected on an event's days at which its effect counts half: rare named days, and ones that come every month. */
const RARE_UNITS = 60, FREQUENT_UNITS = 300, FREQUENT_SHARE = 0.1;
const LEAST = 0.001;

function groupOf(work: Work, kinds: EventPool['kinds']): string {
  const { category, location } = work.source;
  return `${category}|${kinds.map((locations) => (!locations ? '' : locations.includes(location) ? '1' : '0')).join('')}`;
}

/** The same name is the same event, wherever and whenever it is; called as it was first written. */
function distinct(events: readonly CalendarEvent[]): Map<string, CalendarEvent[]> {
  const byName = new Map<string, CalendarEvent[]>();
  for (const event of events) { const key = eventKey(event.name), same = byName.get(key); if (same) same.push(event); else byName.set(key, [event]); }
  return new Map([...byName.values()].map((same) => [same[0]!.name, same]));
}

export function learnEvents(works: readonly Work[], events: readonly CalendarEvent[]): EventPool {
  const pool: EventPool = { start: 0, kinds: [], groups: {}, effects: {} };
  if (events.length === 0 || works.length === 0) return pool;
  const byName = distinct(events), kinds = (pool.kinds = [...new Map(events.map(({ locations }) => [JSON.stringify(locations), locations])).values()]);
  const end = works.reduce((most, work) => Math.max(most, work.start + work.n), -Infinity), start = works.reduce((least, work) => Math.min(least, work.start), end), days = end - start, horizon = works[0]!.horizon;
  pool.start = start;
  const groups = new Map<string, { sold: Float64Array; location: string }>();
  for (const work of works) {
    const key = groupOf(work, kinds), offset = work.start - start;
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { sold: new Float64Array(days), location: work.source.location }));
    const sold = soldOrUsual(work);
    for (let t = work.first; t < work.n; t++) group.sold[offset + t]! += sold[t]!;
  }
  const known = new Map<string, { weighed: number; base: number; days: number; expected: number }>();
  for (const [name, same] of byName) known.set(name, { weighed: 0, base: 0, days: 0, expected: expectedOf(same) });
  for (const [key, { sold, location }] of groups) {
    const base = baseOf(sold, start), from = Math.max(0, days - SPAN), factor = new Float64Array(days + horizon).fill(1);
    let allSold = 0, allBase = 0;
    for (let t = from; t < days; t++) if (base[t]! > 0) { allSold += sold[t]!; allBase += base[t]!; }
    for (const [name, same] of byName) {
      const on = new Set<number>();
      for (const event of same) {
        if (event.locations && !event.locations.includes(location)) continue;
        for (let t = Math.max(event.from - start, 0); t <= Math.min(event.to - start, days + horizon - 1); t++) on.add(t);
      }
      let eventSold = 0, eventBase = 0, eventDays = 0;
      for (const t of on) if (t >= from && t < days && base[t]! > 0) { eventSold += sold[t]!; eventBase += base[t]!; eventDays++; }
      const of = known.get(name)!, { expected } = of;
      let effect = expected;
      if (eventBase > 0 && allSold > eventSold && allBase > eventBase) {
        const ratio = eventSold / eventBase / ((allSold - eventSold) / (allBase - eventBase)), prior = eventDays > FREQUENT_SHARE * (days - from) ? FREQUENT_UNITS : RARE_UNITS;
        effect = Math.max(LEAST, expected + (ratio - expected) * (eventBase / (eventBase + prior)));
        of.weighed += effect * eventBase; of.base += eventBase; of.days = Math.max(of.days, eventDays);
      }
      if (effect === 1) continue;
      for (const t of on) factor[t]! *= effect;
    }
    pool.groups[key] = factor;
  }
  for (const [name, { weighed, base, days: seen, expected }] of known) pool.effects[name] = { factor: base > 0 ? weighed / base : expected, days: seen };
  return pool;
}

/** What the planner said of the latest event of a name that anything was said of; 1: a day like another. */
function expectedOf(same: readonly CalendarEvent[]): number {
  let latest: CalendarEvent | null = null;
  for (const event of same) if (event.expected !== undefined && (latest === null || event.from >= latest.from)) latest = event;
  return Math.max(LEAST, latest?.expected ?? 1);
}

const weekdayOf = (day: number): number => ((day % 7) + 7) % 7;

/** What a day's weekday and the weeks around it would have it be. */
function baseOf(sold: Float64Array, start: number): Float64Array {
  const days = sold.length, running = new Float64Array(days + 1), weekday = new Float64Array(7), counts = new Float64Array(7), base = new Float64Array(days);
  for (let t = 0; t < days; t++) {
    running[t + 1] = running[t]! + sold[t]!;
    if (t < days - 728) continue;
    const d = weekdayOf(start + t);
    weekday[d]! += sold[t]!; counts[d]!++;
  }
  let sum = 0;
  for (let d = 0; d < 7; d++) { weekday[d] = counts[d]! > 0 ? weekday[d]! / counts[d]! : 0; sum += weekday[d]!; }
  for (let t = 0; t < days; t++) {
    const from = Math.max(0, t - AROUND), to = Math.min(days, t + AROUND + 1);
    base[t] = sum > 0 ? ((running[to]! - running[from]!) / (to - from)) * ((weekday[weekdayOf(start + t)]! / sum) * 7) : 0;
  }
  return base;
}

/** Multiplies the events' effects into `factor`. */
export function applyEvents(work: Work, pool: EventPool): void {
  const effects = pool.groups[groupOf(work, pool.kinds)];
  if (!effects) return;
  const offset = work.start - pool.start, { factor } = work;
  for (let t = 0; t < factor.length; t++) factor[t]! *= effects[offset + t] ?? 1;
}
