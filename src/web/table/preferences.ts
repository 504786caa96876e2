/** Which columns a list shows and how tall its rows are, kept in this browser. */
import { useState } from 'react';

export interface Preferences { hidden: Record<string, boolean>; tall: boolean }

const NONE: Preferences = { hidden: {}, tall: false };

/** What was kept, or nothing of it if it is not what we write; `tall`: how the list's rows are unless somebody said otherwise. */
export function parsePreferences(text: string | null, tall = false): Preferences {
  if (text === null) return { ...NONE, tall };
  try {
    const kept = JSON.parse(text) as Partial<Preferences>;
    const hidden = Object.fromEntries(Object.entries(kept.hidden ?? {}).filter(([, value]) => typeof value === 'boolean'));
    return { hidden, tall: typeof kept.tall === 'boolean' ? kept.tall : tall };
  } catch { return { ...NONE, tall }; }
}

export function usePreferences(table: string, tall = false): [Preferences, (change: Partial<Preferences>) => void] {
  const key = `instep.table.${table}`;
  const [kept, setKept] = useState(() => parsePreferences(localStorage.getItem(key), tall));
  const change = (part: Partial<Preferences>): void => {
    const next = { ...kept, ...part };
    setKept(next);
    localStorage.setItem(key, JSON.stringify(next));
  };
  return [kept, change];
}
