/** What the keys of the inbox do to the row they are pressed on, or to all that are chosen. */
import { useRef } from 'react';
import type { ExceptionCase } from '../api/queries.ts';
import { useKeys } from '../shell/Keyboard.tsx';
import { snoozedUntil, useAct, useActMany, useMe } from './actions.ts';

const DAY_HOURS = 24;

export interface Triage {
  /** Gives cases to somebody; null gives them back. */
  give(cases: readonly ExceptionCase[], to: string | null): void;
  keys(key: string, row: ExceptionCase | undefined): boolean;
}

/** Everything from the row last chosen to this one, both included; this one alone where none was, or it is not in the list any more. */
export function rangeOf(ids: readonly string[], from: string | null, to: string): string[] {
  const begin = from === null ? -1 : ids.indexOf(from), end = ids.indexOf(to);
  return begin === -1 || end === -1 ? [to] : ids.slice(Math.min(begin, end), Math.max(begin, end) + 1);
}

/** What a key acts on: the chosen ones where any are, else the row it is pressed on. */
export function meantBy<T>(picked: readonly T[], row: T | undefined): readonly T[] {
  return picked.length > 0 ? picked : row === undefined ? [] : [row];
}

export function useTriage({ rows, picked, many, choose, chooseAlso, ask, resolve, peek }: {
  rows: readonly ExceptionCase[]; picked: readonly ExceptionCase[]; many: ReturnType<typeof useActMany>;
  choose(id: string): void; chooseAlso(ids: readonly string[]): void; ask(cases: readonly ExceptionCase[]): void; resolve(cases: readonly ExceptionCase[]): void;
  /** Shows the case beside the list, or puts it away. */
  peek(row: ExceptionCase): void;
}): Triage {
  const act = useAct(), me = useMe(), from = useRef<string | null>(null);
  const give = (cases: readonly ExceptionCase[], to: string | null): void => {
    const [only] = cases;
    if (cases.length === 1 && only) act.mutate({ row: only, action: { action: 'assign', to } });
    else many.mutate({ rows: cases, change: { action: 'assign', to } });
  };
  const snooze = (cases: readonly ExceptionCase[]): void => {
    const [only] = cases, action = { action: 'snooze' as const, until: snoozedUntil(DAY_HOURS, Date.now()), worse: false };
    if (cases.length === 1 && only) act.mutate({ row: only, action });
    else many.mutate({ rows: cases, change: action });
  };
  // Of the whole screen: what was done in the drawer is taken back there too.
  useKeys((key) => key === 'u' && act.takeBack());
  const keys = (key: string, row: ExceptionCase | undefined): boolean => {
    const meant = meantBy(picked, row), open = meant.filter((one) => one.state === 'open');
    if (key === 'a' && meant.length > 0) { give(meant, me); return true; }
    if (key === 'A' && meant.length > 0) { ask(meant); return true; }
    if (key === 'r' && open.length > 0) { resolve(open); return true; }
    if (key === 'z' && open.length > 0) { snooze(open); return true; }
    if (!row) return false;
    if (key === ' ') { peek(row); return true; }
    if ((key === 'x' || key === 'X') && row.state !== 'resolved' && row.state !== 'grace') {
      if (key === 'x') choose(row.exceptionId);
      else chooseAlso(rangeOf(rows.map((each) => each.exceptionId), from.current, row.exceptionId));
      from.current = row.exceptionId;
      return true;
    }
    return false;
  };
  return { give, keys };
}
