/** Deciding lines of the worklist: one change for all that ask for it, and what is read again afterwards. */
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { write } from '../api/client.ts';
import type { DecisionBody, DecisionResult, Recommendation } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { count } from '../ui/format.ts';

export type Said = Omit<DecisionBody, 'lines'>;

/** Lines with the version of the decision that was seen. */
export const seen = (rows: readonly Recommendation[]): DecisionBody['lines'] => rows.map((row) => ({ itemId: row.itemId, locationId: row.locationId, version: row.decision?.version ?? 0 }));

export function useDecide(done: () => void) {
  const store = useStore(), client = useQueryClient();
  return useMutation({
    mutationFn: ({ rows, said }: { rows: readonly Recommendation[]; said: Said }) => write<DecisionResult>('PUT', '/replenishment/decisions', { store: store.storeId }, { lines: seen(rows), ...said }),
    onSuccess: (result) => {
      notifications.show({ message: `${count(result.saved, 'line')} decided.` });
      for (const conflict of result.conflicts.slice(0, 3)) notifications.show({ color: 'red', message: conflict.message });
      done();
    },
    // Also after a refusal: somebody else's decision is to be seen.
    onSettled: () => Promise.all(['replenishment', 'advice'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}
