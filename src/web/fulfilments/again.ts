/** Trying a parcel again, and telling a warehouse again. */
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { write } from '../api/client.ts';
import type { OrderOut, Shipment } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';

export function useTryNow() {
  const store = useStore(), client = useQueryClient();
  return useMutation({
    mutationFn: (row: Shipment) => write('POST', `/fulfilments/${row.shipmentId}/retry`, { store: store.storeId }),
    onSuccess: (_answer, row) => { notifications.show({ message: `${row.orderName ?? row.documentId}: Shopify is asked again now` }); return client.invalidateQueries({ queryKey: ['fulfilments'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
}

export function useTellAgain() {
  const store = useStore(), client = useQueryClient();
  return useMutation({
    mutationFn: (row: OrderOut) => write('POST', `/orders-out/${row.orderId}/${row.locationId}/retry`, { store: store.storeId }),
    onSuccess: (_answer, row) => { notifications.show({ message: `${row.orderName}: ${row.warehouse} is told again now` }); return client.invalidateQueries({ queryKey: ['orders-out'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
}
