/** What moving a unit costs, the least gain worth proposing, and the days a transfer takes where nothing else is known. */
import { Button, Modal, NumberInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { minorDigits } from '../../domain/money.ts';
import { write } from '../api/client.ts';
import { transferSettingsQuery, type TransferSettings } from '../api/replay-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { Steady } from '../ui/Steady.tsx';

export function Settings({ open, close }: { open: boolean; close(): void }) {
  const store = useStore(), query = useQuery({ ...transferSettingsQuery(store.storeId), enabled: open });
  return <Modal opened={open} onClose={close} title={<strong>Cost and days of moving</strong>}>{open && (query.data ? <Steady of={query.data} by={(settings) => settings.version}>{(settings) => <Form settings={settings} close={close} />}</Steady> : query.isError ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : <Lines rows={4} />)}</Modal>;
}

function Form({ settings, close }: { settings: TransferSettings; close(): void }) {
  const store = useStore(), client = useQueryClient(), digits = minorDigits(store.currency), scale = 10 ** digits, [unit, setUnit] = useState<number | string>(settings.unitCost / scale), [least, setLeast] = useState<number | string>(settings.leastGain / scale), [days, setDays] = useState<number | string>(settings.transferDays);
  const save = useMutation({
    mutationFn: () => write<TransferSettings>('PUT', '/transfers/settings', { store: store.storeId }, { unitCost: Math.round(Number(unit) * scale), leastGain: Math.round(Number(least) * scale), transferDays: Number(days), version: settings.version }),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ['transfers'] }); notifications.show({ message: 'Saved. Proposals are worked out anew.' }); close(); },
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <NumberInput size="sm" label={`Moving one unit, ${store.currency}`} description="Packing, carrying, unpacking" min={0} decimalScale={digits} value={unit} onChange={setUnit} />
      <NumberInput size="sm" label={`Least gain, ${store.currency}`} description="Of one item between two places; smaller ones are not proposed" min={0} decimalScale={digits} value={least} onChange={setLeast} />
      <NumberInput size="sm" label="Days a transfer takes" description="Between places that say nothing else under Settings → Locations, until three were received" min={0} max={365} allowDecimal={false} value={days} onChange={setDays} />
      {save.isError && <ErrorState title="It was not saved" error={save.error} />}
      <div><Button type="submit" size="sm" loading={save.isPending} disabled={unit === '' || least === '' || days === ''}>Save</Button></div>
    </form>
  );
}
