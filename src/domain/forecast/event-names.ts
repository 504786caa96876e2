/** Which names are one event: letters in either case and spaces more or fewer are the same name. */

/** Equal of names that are the same event. */
export const eventKey = (name: string): string => name.trim().replace(/\s+/g, ' ').toLowerCase();

/** What is kept by event name of an event, however it was written there. */
export function byEventName<T>(kept: Readonly<Record<string, T>>, name: string): T | null {
  if (Object.hasOwn(kept, name)) return kept[name]!;
  const key = eventKey(name), found = Object.keys(kept).find((other) => eventKey(other) === key);
  return found === undefined ? null : kept[found]!;
}

export interface NamedEvent { name: string; /** Per cent more, as the planner expects; null: nothing is said. */ uplift: number | null }

/**
 * What a day's demand is multiplied by for the events that hold it now, beside those that held it when a run was made, by what that run had learned of
 * each. Events of both cancel out. Null: one of now has neither been seen nor is anything said of it, so there is nothing to compare the day with.
 */
export function eventFactor(then: readonly NamedEvent[], now: readonly NamedEvent[], learned: Readonly<Record<string, { factor: number; days: number }>>): number | null {
  const said = new Map(now.map((event) => [eventKey(event.name), event])), held = new Map(then.map((event) => [eventKey(event.name), event]));
  let factor = 1;
  for (const [key, { name, uplift }] of said) {
    const seen = byEventName(learned, name), before = held.get(key);
    if ((seen === null || seen.days === 0) && uplift === null) return null;
    // Expected otherwise than the run was told, as far as nothing had been seen; else as it learned.
    if (before === undefined || (seen?.days ?? 0) === 0) factor *= (seen !== null && seen.days > 0 ? seen.factor : 1 + uplift! / 100) / (before === undefined ? 1 : seen?.factor ?? 1);
  }
  for (const [key, { name }] of held) if (!said.has(key)) factor /= byEventName(learned, name)?.factor ?? 1;
  return Number.isFinite(factor) ? factor : null;
}
