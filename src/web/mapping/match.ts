/** Saying whose a code is. */
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { write } from '../api/client.ts';
import type { Matched } from '../api/mapping-queries.ts';
import type { MappingRow } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { units } from '../ui/format.ts';

export function useMatch() {
  const store = useStore(), client = useQueryClient();
  return useMutation({
    mutationFn: ({ row, itemId }: { row: MappingRow; itemId: number | null }) => write<Matched>('PUT', '/mapping', { store: store.storeId }, { warehouseId: row.warehouseId, sku: row.sku, itemId, version: row.version }),
    onSuccess: async ({ waits }, { row, itemId }) => {
      notifications.show({ message: waits !== null ? `${row.sku} waits for a second person: ${units(waits.units)} units would count as another item, and one person moves ${units(waits.limit)}.` : itemId === null ? `${row.sku} is matched to nothing; its stock is kept` : `${row.sku} is matched. Its stock counts from now on.` });
      await Promise.all(['mapping', 'push', 'warehouses'].map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
    onError: (error) => { notifications.show({ color: 'red', message: error.message }); void client.invalidateQueries({ queryKey: ['mapping'] }); },
  });
}
