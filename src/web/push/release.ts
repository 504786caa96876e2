/** Letting held, refused or contested levels go on. */
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { write } from '../api/client.ts';
import { useStore } from '../shell/store.tsx';
import { count } from '../ui/format.ts';

export function useRelease() {
  const store = useStore(), client = useQueryClient();
  return useMutation({
    mutationFn: (levels: readonly { itemId: number; locationId: number }[]) => write<{ released: number }>('POST', '/push/release', { store: store.storeId }, { levels: levels.map(({ itemId, locationId }) => ({ itemId, locationId })) }),
    onSuccess: ({ released }, levels) => {
      notifications.show(released === 0 ? { color: 'yellow', message: 'None was waiting any more' } : { message: `${count(released, 'level')} released: queued to be written${released < levels.length ? `; ${count(levels.length - released, 'other')} no longer waited` : ''}` });
      return client.invalidateQueries({ queryKey: ['push'] });
    },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
}
