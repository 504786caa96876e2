/** What can be done about an exception, from the drawer, the row or the keyboard; what of it can be taken back is, by the toast that tells of it or by a key. */
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createElement } from 'react';
import { write } from '../api/client.ts';
import { sessionQuery, type ExceptionAction, type ExceptionCase } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { Undoable } from '../ui/feedback.tsx';

export const SNOOZES: readonly { label: string; hours: number }[] = [{ label: 'for an hour', hours: 1 }, { label: 'for four hours', hours: 4 }, { label: 'for a day', hours: 24 }, { label: 'for a week', hours: 168 }];

/** The instant `hours` from `now` (milliseconds), as the API takes it. */
export function snoozedUntil(hours: number, now: number): string {
  return new Date(now + hours * 3_600_000).toISOString();
}

const SAID: Record<ExceptionAction['action'], string> = { assign: 'Assigned', snooze: 'Snoozed', ignore: 'Ignored', reopen: 'Open again', resolve: 'Resolved, and looked at again', say: 'Said' };

/** The name the server knows the reader by. */
export function useMe(): string {
  const { data } = useQuery(sessionQuery());
  return data?.user?.email ?? 'operator';
}

type Acted = Pick<ExceptionCase, 'exceptionId' | 'assignedTo' | 'state'>;

/** What takes an action on a case back: the one who had it before, or open again; null for what is not taken back (a resolution is looked at again at once). */
export function backOf(row: Acted, { action }: ExceptionAction): ExceptionAction | null {
  if (action === 'assign') return { action: 'assign', to: row.assignedTo };
  return (action === 'snooze' || action === 'ignore') && row.state === 'open' ? { action: 'reopen' } : null;
}

type Back = { /** What told of it, and goes with it. */ toast: string } & ({ id: string; action: ExceptionAction } | { many: { before: BulkDone['before']; given: string | null } } | { reopen: readonly string[] });

/** The last action that can be taken back, by its store: the key for it works wherever the action was taken, in the list or in the drawer. */
const last = new Map<number, Back>();

/** Acts on one case. `takeBack` undoes what is given, or else the last action of this store that can be, and answers whether there was one. */
export function useAct() {
  const store = useStore(), client = useQueryClient();
  const post = (id: string, action: ExceptionAction): Promise<ExceptionCase> => write<ExceptionCase>('POST', `/exceptions/${id}`, { store: store.storeId }, action);
  const renew = (): Promise<unknown> => Promise.all([client.invalidateQueries({ queryKey: ['exceptions'] }), client.invalidateQueries({ queryKey: ['today'] })]);
  const undo = useMutation({
    mutationFn: ({ id, action }: { id: string; action: ExceptionAction }) => post(id, action),
    onSuccess: async (row) => { notifications.show({ message: `Taken back: ${row.subject}` }); await renew(); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  const giveBack = useGiveBack(), reopen = useReopen();
  const takeBack = (back = last.get(store.storeId)): boolean => {
    if (back === undefined) return false;
    if (last.get(store.storeId) === back) last.delete(store.storeId);
    notifications.hide(back.toast);
    if ('many' in back) giveBack.mutate(back.many);
    else if ('reopen' in back) reopen.mutate(back.reopen);
    else undo.mutate(back);
    return true;
  };
  const act = useMutation({
    mutationFn: ({ row, action }: { row: Acted; action: ExceptionAction }) => post(row.exceptionId, action),
    onSuccess: async (after, { row, action }) => {
      const back = backOf(row, action), said = `${SAID[action.action]}: ${after.subject}`;
      if (back === null) notifications.show({ message: said });
      else {
        const kept: Back = { id: row.exceptionId, action: back, toast: '' };
        kept.toast = notifications.show({ message: createElement(Undoable, { said, undo: () => { takeBack(kept); } }) });
        last.set(store.storeId, kept);
      }
      await renew();
    },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  return { ...act, takeBack };
}

/** Presses a button of the runbook. */
export function usePress() {
  const store = useStore(), client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, fix, reason }: { id: string; fix: string; reason?: string }) => write<{ said: string }>('POST', `/exceptions/${id}/fix`, { store: store.storeId }, { fix, reason: reason ?? '' }),
    onSuccess: async ({ said }) => { notifications.show({ message: `${said}.` }); await client.invalidateQueries({ queryKey: ['exceptions'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
}

interface BulkDone { changed: number; left: number; ids: string[]; before: { to: string | null; ids: string[] }[] }
/** A change of many is asked for in such portions. */
const PORTION = 500;

/** Asks for one change of many, portion by portion. */
async function changeMany(storeId: number, ids: readonly string[], change: ExceptionAction): Promise<BulkDone> {
  const all: BulkDone = { changed: 0, left: 0, ids: [], before: [] };
  for (let start = 0; start < ids.length; start += PORTION) {
    const done = await write<BulkDone>('POST', '/exceptions/bulk', { store: storeId }, { ids: ids.slice(start, start + PORTION), change });
    all.changed += done.changed;
    all.left += done.left;
    all.ids.push(...done.ids);
    all.before.push(...done.before);
  }
  return all;
}

/** Opens cases again that were put off together. */
function useReopen() {
  const store = useStore(), client = useQueryClient();
  return useMutation({
    mutationFn: (ids: readonly string[]) => changeMany(store.storeId, ids, { action: 'reopen' }),
    onSuccess: async ({ ids, left }) => {
      notifications.show({ message: `Taken back: ${ids.length}${left > 0 ? `; ${left} left as they were` : ''}` });
      await Promise.all([client.invalidateQueries({ queryKey: ['exceptions'] }), client.invalidateQueries({ queryKey: ['today'] })]);
    },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
}

/** Gives cases back to whom they were before `given` got them, as far as they are still that person's. */
export function useGiveBack() {
  const store = useStore(), client = useQueryClient();
  return useMutation({
    async mutationFn({ before, given }: { before: BulkDone['before']; given: string | null }) {
      let changed = 0, left = 0;
      for (const { to, ids } of before) {
        const done = await changeMany(store.storeId, ids, { action: 'assign', to, from: given });
        changed += done.changed;
        left += done.left;
      }
      return { changed, left };
    },
    onSuccess: async ({ changed, left }) => {
      notifications.show({ message: `Taken back: ${changed}${left > 0 ? `; ${left} are somebody else’s by now` : ''}` });
      await Promise.all([client.invalidateQueries({ queryKey: ['exceptions'] }), client.invalidateQueries({ queryKey: ['today'] })]);
    },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
}

/** What takes a change of many back: those it changed that were open before are opened again; null where none is. Whose they were, the server says (`before`). */
export function reopens(rows: readonly Acted[], change: ExceptionAction, changed: readonly string[]): string[] | null {
  const of = new Set(changed), ids = rows.filter((row) => of.has(row.exceptionId) && backOf(row, change)?.action === 'reopen').map((row) => row.exceptionId);
  return ids.length > 0 ? ids : null;
}

/** One change to many; what it does not fit is left, and said. */
export function useActMany(done: () => void) {
  const store = useStore(), client = useQueryClient(), { takeBack } = useAct();
  return useMutation({
    mutationFn: ({ rows, change }: { rows: readonly Acted[]; change: ExceptionAction }) => changeMany(store.storeId, rows.map((row) => row.exceptionId), change),
    onSuccess: async ({ changed, left, ids, before }, { rows, change }) => {
      // Those a storm carried along were chosen by nobody: told are the chosen ones, but for a giving, whose taking back counts them too.
      const said = `${SAID[change.action]}: ${change.action === 'assign' ? changed : ids.length}${left > 0 ? `; ${left} left as they were` : ''}`, again = reopens(rows, change, ids);
      const back: Back | null = change.action === 'assign' && changed > 0 ? { many: { before, given: change.to }, toast: '' } : again === null ? null : { reopen: again, toast: '' };
      if (back === null) notifications.show({ message: said });
      else {
        back.toast = notifications.show({ message: createElement(Undoable, { said, undo: () => { takeBack(back); } }) });
        last.set(store.storeId, back);
      }
      done();
      await Promise.all([client.invalidateQueries({ queryKey: ['exceptions'] }), client.invalidateQueries({ queryKey: ['today'] })]);
    },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
}
