/** One step of an order: what comes back is the order as it is now, `saved` being told before it is shown; a conflict says who was faster and reads it again. */
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError, write } from '../api/client.ts';
import { purchaseQuery, type PurchaseDetail } from '../api/purchasing-queries.ts';
import { useStore } from '../shell/store.tsx';

export function useStep(order: PurchaseDetail, saved?: () => void) {
  const store = useStore(), client = useQueryClient(), key = purchaseQuery(store.storeId, String(order.purchaseOrderId)).queryKey;
  return useMutation({
    mutationFn: ({ verb, body = {} }: { verb: string; body?: object }) => write<PurchaseDetail>(verb === 'amend' ? 'PATCH' : 'POST', `/purchase-orders/${order.purchaseOrderId}${verb === 'amend' ? '' : `/${verb}`}`, { store: store.storeId }, { version: order.version, ...body }),
    onSuccess: async (next) => { saved?.(); client.setQueryData(key, next); await client.invalidateQueries({ queryKey: ['purchase-orders'], predicate: (query) => query.queryKey[1] !== 'one' }); },
    onError: (error) => { notifications.show({ color: 'red', autoClose: 12_000, message: error.message }); if (error instanceof ApiError && error.status === 409) void client.invalidateQueries({ queryKey: key }); },
  });
}
