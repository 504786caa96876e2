/** What can be done with several levels at once: read them from Shopify again, repair them, or ask somebody to count them. */
import { Button, Popover, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconListCheck, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { write } from '../api/client.ts';
import type { StockRow } from '../api/queries.ts';
import type { StockCountDetail } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { count } from '../ui/format.ts';
import { BulkRepair } from './BulkRepair.tsx';

export function ChosenLevels({ rows, all, clear }: { rows: readonly StockRow[]; /** Chooses every row of the list; absent when they are. */ all: (() => void) | undefined; clear(): void }) {
  const store = useStore(), client = useQueryClient();
  const again = useMutation({
    mutationFn: () => write<{ read: number; differ: number }>('POST', '/stock/read-again', { store: store.storeId }, { levels: rows.map(({ itemId, locationId }) => ({ itemId, locationId })) }),
    onSuccess: async ({ read, differ }) => { notifications.show({ message: `${count(read, 'level')} read: ${differ === 0 ? 'all agree' : `${differ} ${differ === 1 ? 'differs' : 'differ'}, and the drift check says why`}` }); await client.invalidateQueries({ queryKey: ['stock'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  return (
    <div className="chosen-bar" role="status">
      <strong>{count(rows.length, 'level')} chosen</strong>
      <Button variant="default" leftSection={<IconRefresh size={15} />} loading={again.isPending} onClick={() => again.mutate()}>Read again from Shopify</Button>
      <BulkRepair rows={rows} done={clear} />
      <AskCount rows={rows} done={clear} />
      {all && <Button variant="subtle" onClick={all}>Choose all in this list</Button>}
      <Button variant="subtle" className="end" onClick={clear}>Clear</Button>
    </div>
  );
}

/** One count a location; whoever counts finds the items listed there. */
function AskCount({ rows, done }: { rows: readonly StockRow[]; done(): void }) {
  const store = useStore(), client = useQueryClient(), navigate = useNavigate(), [open, setOpen] = useState(false), [name, setName] = useState('Recount'), places = [...Map.groupBy(rows, (row) => row.locationId)];
  const ask = useMutation({
    mutationFn: async () => { const made: StockCountDetail[] = []; for (const [locationId, own] of places) made.push(await write<StockCountDetail>('POST', '/counts', { store: store.storeId }, { locationId, name: name.trim(), itemIds: own.map((row) => row.itemId) })); return made; },
    onSuccess: async (made) => {
      setOpen(false); done();
      notifications.show({ message: `${count(rows.length, 'item')} asked to be counted, at ${made.map((each) => each.locationName).join(' and ')}` });
      await client.invalidateQueries({ queryKey: ['counts'] });
      await (made.length === 1 ? navigate({ to: '/counts/$countId', params: { countId: made[0]!.countId } }) : navigate({ to: '/counts' }));
    },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  return (
    <Popover opened={open} onChange={setOpen} width={300} trapFocus>
      <Popover.Target><Button variant="default" leftSection={<IconListCheck size={15} />} onClick={() => setOpen(!open)}>Ask for a count…</Button></Popover.Target>
      <Popover.Dropdown aria-label="Ask for a count">
        <form className="stack" onSubmit={(event) => { event.preventDefault(); ask.mutate(); }}>
          <TextInput label="Called" value={name} maxLength={120} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
          <p className="small dim">{places.length === 1 ? 'A count is made' : `${count(places.length, 'count')} are made, one a location,`} with {count(rows.length, 'item')} to be counted. Its differences become movements once somebody approves them.</p>
          <Button type="submit" loading={ask.isPending} disabled={name.trim() === ''}>Ask</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
