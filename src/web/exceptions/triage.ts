/** What the keys of the inbox do to the row they are pressed on, or to all that are chosen. The last assignment, of one case or of many, and the last snooze of one can be taken back. */
import { useRef } from 'react';
import type { ExceptionAction, ExceptionCase } from '../api/queries.ts';
import { snoozedUntil, useAct, useActMany, useGiveBack, useMe } from './actions.ts';

const DAY_HOURS = 24;

export interface Triage {
  /** Gives cases to somebody; null gives them back. */
  give(cases: readonly ExceptionCase[], to: string | null): void;
  keys(key: string, row: ExceptionCase | undefined): boolean;
}

export function useTriage({ picked, many, choose, ask, resolve }: {
  picked: readonly ExceptionCase[]; many: ReturnType<typeof useActMany>;
  choose(id: string): void; ask(cases: readonly ExceptionCase[]): void; resolve(row: ExceptionCase): void;
}): Triage {
  const act = useAct(), giveBack = useGiveBack(), me = useMe(), before = useRef<(() => void) | null>(null);
  const change = (row: ExceptionCase, action: ExceptionAction, back: ExceptionAction): void => {
    before.current = () => act.mutate({ id: row.exceptionId, action: back });
    act.mutate({ id: row.exceptionId, action });
  };
  const give = (cases: readonly ExceptionCase[], to: string | null): void => {
    const [only] = cases;
    if (cases.length === 1 && only) change(only, { action: 'assign', to }, { action: 'assign', to: only.assignedTo });
    else many.mutate({ ids: cases.map((row) => row.exceptionId), change: { action: 'assign', to } }, { onSuccess: (done) => { before.current = () => giveBack.mutate({ before: done.before, given: to }); } });
  };
  const keys = (key: string, row: ExceptionCase | undefined): boolean => {
    const meant = picked.length > 0 ? picked : row ? [row] : [];
    if (key === 'u' && before.current !== null) { const back = before.current; before.current = null; back(); return true; }
    if (key === 'a' && meant.length > 0) { give(meant, me); return true; }
    if (key === 'A' && meant.length > 0) { ask(meant); return true; }
    if (!row) return false;
    if (key === 'x' && row.state !== 'resolved' && row.state !== 'grace') { choose(row.exceptionId); return true; }
    if (key === 'r' && row.state === 'open') { resolve(row); return true; }
    if (key === 'z' && row.state === 'open') { change(row, { action: 'snooze', until: snoozedUntil(DAY_HOURS, Date.now()), worse: false }, { action: 'reopen' }); return true; }
    return false;
  };
  return { give, keys };
}
