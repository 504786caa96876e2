/** Changing how Instep may write a location, who is right about its stock, and which place buys for it. */
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { write } from '../api/client.ts';
import type { LocationView, PolicyChange } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';

export type LocationChange = { locationId: number; said: string } & ({ policy: PolicyChange } | { authority: 'storefront' | 'warehouse'; warehouseId: number | null } | { suppliedFrom: number | null; /** Left out: as it is. */ days?: number | null });

export function useLocationChange() {
  const store = useStore(), client = useQueryClient();
  return useMutation({
    mutationFn: (change: LocationChange) => ('policy' in change
      ? write<LocationView>('PUT', `/locations/${change.locationId}/policy`, { store: store.storeId }, change.policy)
      : 'suppliedFrom' in change ? write<LocationView>('PUT', `/locations/${change.locationId}/supply`, { store: store.storeId }, { suppliedFrom: change.suppliedFrom, ...(change.days === undefined ? {} : { days: change.days }) })
      : write<LocationView>('PUT', `/locations/${change.locationId}/authority`, { store: store.storeId }, { authority: change.authority, warehouseId: change.warehouseId })),
    onSuccess: async (_row, { said }) => {
      notifications.show({ message: said });
      await Promise.all(['locations', 'push', 'stock', 'warehouses', 'connections', 'replenishment', 'transfers'].map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
}

export type Mode = 'off' | 'shadow' | 'live';
export const MODES: readonly { id: Mode; label: string }[] = [{ id: 'off', label: 'Off' }, { id: 'shadow', label: 'Shadow' }, { id: 'live', label: 'Live' }];

/** What will happen, before it does. */
export function modeSentence(row: Pick<LocationView, 'name' | 'warehouse' | 'policy' | 'levels'>, to: Mode): string[] {
  const warehouse = row.warehouse ?? 'the warehouse', cap = row.policy?.firstPushCap ?? 50;
  if (to === 'shadow') {
    return [`Instep works out what Shopify should show at ${row.name}, from what ${warehouse} has, and writes nothing.`, ...(row.policy?.mode === 'live' ? ['What is under way is finished; after that Shopify’s numbers stay as they are.'] : ['Push queue → Shadow then lists every difference with its arithmetic.'])];
  }
  if (to === 'live') {
    return [`From now on Instep sets what Shopify shows at ${row.name}: ${row.levels} levels, from what ${warehouse} has.`, `A first push that would change a level by more than ${cap} units waits under Held until somebody releases it.`,
      `New orders go to ${warehouse}, its parcels become fulfilments, and a restock in Shopify without its inspection is taken back.`];
  }
  return [`Instep no longer writes ${row.name}. What is under way is finished; Shopify’s numbers stay as they are and go out of date.`];
}
