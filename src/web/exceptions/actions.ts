/** What can be done about an exception, from the drawer, the row or the keyboard. */
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { write } from '../api/client.ts';
import { sessionQuery, type ExceptionAction, type ExceptionCase } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';

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

export function useAct() {
  const store = useStore(), client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, action }: { id: string; action: ExceptionAction }) => write<ExceptionCase>('POST', `/exceptions/${id}`, { store: store.storeId }, action),
    onSuccess: async (row, { action }) => {
      notifications.show({ message: `${SAID[action.action]}: ${row.subject}` });
      await Promise.all([client.invalidateQueries({ queryKey: ['exceptions'] }), client.invalidateQueries({ queryKey: ['today'] })]);
    },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
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

interface BulkDone { changed: number; left: number; before: { to: string | null; ids: string[] }[] }
/** A change of many is asked for in such portions. */
const PORTION = 500;

/** Gives cases back to whom they were before `given` got them, as far as they are still that person's. */
export function useGiveBack() {
  const store = useStore(), client = useQueryClient();
  return useMutation({
    async mutationFn({ before, given }: { before: BulkDone['before']; given: string | null }) {
      let changed = 0, left = 0;
      for (const { to, ids } of before) {
        for (let start = 0; start < ids.length; start += PORTION) {
          const done = await write<BulkDone>('POST', '/exceptions/bulk', { store: store.storeId }, { ids: ids.slice(start, start + PORTION), change: { action: 'assign', to, from: given } });
          changed += done.changed;
          left += done.left;
        }
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

/** One change to many; what it does not fit is left, and said. */
export function useActMany(done: () => void) {
  const store = useStore(), client = useQueryClient();
  return useMutation({
    mutationFn: ({ ids, change }: { ids: readonly string[]; change: ExceptionAction }) => write<BulkDone>('POST', '/exceptions/bulk', { store: store.storeId }, { ids, change }),
    onSuccess: async ({ changed, left }, { change }) => {
      notifications.show({ message: `${SAID[change.action]}: ${changed}${left > 0 ? `; ${left} left as they were` : ''}` });
      done();
      await Promise.all([client.invalidateQueries({ queryKey: ['exceptions'] }), client.invalidateQueries({ queryKey: ['today'] })]);
    },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
}
