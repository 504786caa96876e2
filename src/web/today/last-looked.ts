/** When this browser last left Today, per store; what happened since is told on the next look. */
import { useEffect, useState } from 'react';

const key = (store: number): string => `instep.today.looked.${store}`;
/** A glance at another page and back is one look. */
const SAME_LOOK_MS = 10 * 60_000;

function kept(store: number): string | undefined {
  try { return localStorage.getItem(key(store)) ?? undefined; } catch { return undefined; }
}
function keep(store: number): void {
  // Storage may be switched off: then there is no last look.
  try { localStorage.setItem(key(store), new Date().toISOString()); } catch { /* nothing is kept */ }
}

/** The end of the look before this one; undefined on the first. Stays the same while the page is open. */
export function useLastLooked(store: number): string | undefined {
  const [since, setSince] = useState(() => kept(store)), [of, setOf] = useState(store);
  if (of !== store) { setOf(store); setSince(kept(store)); }
  useEffect(() => {
    const leave = (): void => { const before = kept(store); if (before === undefined || Date.now() - Date.parse(before) > SAME_LOOK_MS) keep(store); };
    window.addEventListener('pagehide', leave);
    return () => { window.removeEventListener('pagehide', leave); leave(); };
  }, [store]);
  return since;
}
