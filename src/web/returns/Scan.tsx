/** One field for the scanner and for typing: a SKU, a barcode, a return or an order. What fits exactly one return opens it. */
import { ActionIcon, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBarcode, IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { read } from '../api/client.ts';
import type { ReturnPage } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';

export function Scan({ value, change, open }: { value: string | undefined; change(q: string | undefined): void; open(returnId: string): void }) {
  const store = useStore(), [text, setText] = useState(value ?? '');
  useEffect(() => setText(value ?? ''), [value]);
  const find = useMutation({
    // What waits for inspection comes first; otherwise any return that carries it.
    mutationFn: async (q: string) => {
      const waiting = await read<ReturnPage>('/returns', { store: store.storeId, view: 'to inspect', q, limit: 2 });
      return waiting.rows.length > 0 ? waiting.rows : (await read<ReturnPage>('/returns', { store: store.storeId, view: 'all', q, limit: 2 })).rows;
    },
    onSuccess: (rows, q) => { if (rows.length === 1) { setText(''); open(rows[0]!.returnId); } else change(q); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  return (
    <form className="scan" role="search" onSubmit={(event) => { event.preventDefault(); const q = text.trim(); if (q) find.mutate(q); else change(undefined); }}>
      <TextInput size="md" aria-label="Scan or type a SKU, barcode, return or order" placeholder="Scan or type: SKU, barcode, return, order" value={text} onChange={(event) => setText(event.currentTarget.value)} autoComplete="off" autoCapitalize="off" spellCheck={false} enterKeyHint="search" maxLength={200}
        leftSection={<IconBarcode size={20} aria-hidden />} rightSection={text && <ActionIcon variant="subtle" color="gray" size={36} aria-label="Clear" onClick={() => { setText(''); change(undefined); }}><IconX size={18} /></ActionIcon>} />
    </form>
  );
}
