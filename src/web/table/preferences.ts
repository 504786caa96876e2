/** Which columns a list shows and how tall its rows are, kept in this browser. */
import { useState } from 'react';

export interface Preferences { hidden: Record<string, boolean>; tall: boolean }

const NONE: Preferences = { hidden: {}, tall: false };

/** What was kept, or nothing of it if it is not what we write. */
export function parsePreferences(text: string | null): Preferences {
  if (text === null) return NONE;
  try {
    const kept = JSON.parse(text) as Partial<Preferences>;
    const hidden = Object.fromEntries(Object.entries(kept.hidden ?? {}).filter(([, value]) => typeof value === 'boolean'));
    return { hidden, tall: kept.tall === true };
  } catch { return NONE; }
}

export function usePreferences(table: string): [Preferences, (change: Partial<Preferences>) => void] {
  const key = `instep.table.${table}`;
  const [kept, setKept] = useState(() => parsePreferences(localStorage.getItem(key)));
  const change = (part: Partial<Preferences>): void => {
    const next = { ...kept, ...part };
    setKept(next);
    localStorage.setItem(key, JSON.stringify(next));
  };
  return [kept, change];
}
