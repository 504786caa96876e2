/** The questions about drift: why one level differs, and repairs. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifications } from '@mantine/notifications';
import type * as Contract from '../../http/contract-drift.ts';
import type { Of } from '../../http/contract.ts';
import { write } from '../api/client.ts';
import { one } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';

export type LevelDrift = Of<typeof Contract.LevelDrift>;
export type Cause = Of<typeof Contract.Cause>;
export type Repair = Of<typeof Contract.Repair>;

export const levelDriftQuery = (store: number, itemId: number, location: number) => one<LevelDrift>(['stock', 'drift', store, itemId, location], `/drift/${itemId}/${location}`, { store });
export const repairsQuery = (store: number) => one<{ repairs: Repair[]; limit: number }>(['stock', 'repairs', store], '/drift/repairs', { store });

export function useRepair() {
  const store = useStore(), client = useQueryClient();
  return useMutation({
    mutationFn: (asked: { itemId: number; locationId: number; way: Repair['way']; reason: string } | { repairId: string; action: 'approve' | 'withdraw' | 'reverse' }) =>
      ('action' in asked ? write<Repair>('POST', `/drift/repairs/${asked.repairId}`, { store: store.storeId }, { action: asked.action }) : write<Repair>('POST', '/drift/repairs', { store: store.storeId }, asked)),
    onSuccess: async (repair) => {
      notifications.show({ message: repair.state === 'waits for approval' ? `${repair.units} units are more than one person repairs alone: a second one approves it under Repairs.` : repair.state === 'refused' ? 'Withdrawn.' : 'Under way. The next check reads both sides back.' });
      await client.invalidateQueries({ queryKey: ['stock'] });
    },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
}
