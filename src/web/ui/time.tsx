/** Times in words that keep themselves current, exact when pointed at. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import { inClockTime } from '../../domain/calendar.ts';
import { daysInWords, instant, relative } from './format.ts';

/** The shop's IANA time zone; every instant on screen is written in it. */
export const TimeZone = createContext('UTC');

let current = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  current = Date.now();
  timer ??= setInterval(() => { current = Date.now(); for (const each of listeners) each(); }, 5_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) { clearInterval(timer); timer = undefined; }
  };
}

/** Milliseconds since 1970, stepping every five seconds; one timer for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => current);
}

export function Ago({ at }: { at: string | null }) {
  const now = useNow(), timeZone = useContext(TimeZone);
  if (at === null) return <span className="dim">never</span>;
  return <time dateTime={at} title={instant(at, timeZone)}>{relative(at, now)}</time>;
}

/** A sentence with its instants told by the shop's clock, its days in words, and its minus signs as wide as they should be. */
export function Told({ children }: { children: string }) {
  return <>{daysInWords(inClockTime(children, useContext(TimeZone))).replaceAll(/(^|\s)-(?=\d)/g, '$1−')}</>;
}
