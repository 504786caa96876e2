/** What a key press means, apart from any screen: `g` then a letter goes, single letters act, inputs keep their keys. */

export interface Press { key: string; ctrl: boolean; meta: boolean; alt: boolean; inField: boolean }
export type Meaning = { does: 'go'; to: string } | { does: 'search' | 'help' } | { does: 'act'; key: string } | { does: 'wait' } | null;

/** After this many milliseconds a lone `g` is forgotten. */
export const CHORD_MS = 1_200;

/** The meaning of a press, given when `g` was last pressed (milliseconds, null if it was not) and the letters that go somewhere. */
export function meaning(press: Press, now: number, chordAt: number | null, places: ReadonlyMap<string, string>): Meaning {
  if ((press.ctrl || press.meta) && !press.alt && press.key.toLowerCase() === 'k') return { does: 'search' };
  if (press.inField || press.ctrl || press.meta || press.alt) return null;
  if (chordAt !== null && now - chordAt <= CHORD_MS) {
    const to = places.get(press.key);
    if (to !== undefined) return { does: 'go', to };
  }
  if (press.key === 'g') return { does: 'wait' };
  if (press.key === '/') return { does: 'search' };
  if (press.key === '?') return { does: 'help' };
  return press.key.length === 1 || press.key === 'Enter' ? { does: 'act', key: press.key } : null;
}

/** Whether typing here is writing. */
export function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('[role="dialog"] [role="listbox"]') !== null;
}

export const HELP: readonly { group: string; keys: readonly (readonly [string, string])[] }[] = [
  { group: 'Everywhere', keys: [['Ctrl K  or  /', 'Search and actions'], ['?', 'This list']] },
  { group: 'Lists', keys: [['j  k', 'Next, previous row'], ['Enter', 'Open the row or the figure'], ['← ↑ → ↓', 'Move between cells'], ['Home  End', 'First, last cell of the row'], ['Esc', 'Close what is open']] },
  { group: 'Push queue', keys: [['x', 'Choose the row'], ['l', 'Release what is chosen']] },
  { group: 'Stock & drift, Replenishment, Transfers', keys: [['x', 'Choose the row']] },
  { group: 'Exceptions', keys: [['Space', 'Look at the case beside the list'], ['x', 'Choose the row'], ['Shift x', 'Choose all from the row chosen last'], ['a', 'Assign to me, or what is chosen'], ['A', 'Assign to somebody…'], ['u', 'Take back the last assignment, snooze or ignoring, also of many'], ['r', 'Resolve…, or what is chosen'], ['z', 'Snooze for a day, or what is chosen']] },
];
