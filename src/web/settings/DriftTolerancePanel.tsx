/** How small a difference without a cause nobody is told of: units and worth of a level, and why. */
import { Button, NumberInput, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { minorDigits } from '../../domain/money.ts';
import type * as Contract from '../../http/contract-drift.ts';
import type { Of } from '../../http/contract.ts';
import { write } from '../api/client.ts';
import { one } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { Panel } from '../ui/page.tsx';

type View = Of<typeof Contract.DriftToleranceView>;
const SHORTEST_REASON = 3;

export function DriftTolerancePanel() {
  const store = useStore(), query = useQuery(one<View>(['drift-tolerance', store.storeId], '/settings/drift-tolerance', { store: store.storeId }));
  if (query.isError && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <Panel title="Differences nobody is told of">{query.data ? <Form key={`${store.storeId} ${query.data.units} ${query.data.money}`} view={query.data} /> : <Lines rows={3} />}</Panel>;
}

function Form({ view }: { view: View }) {
  const store = useStore(), client = useQueryClient(), digits = minorDigits(view.currency), scale = 10 ** digits;
  const [units, setUnits] = useState<number | string>(view.units), [money, setMoney] = useState<number | string>(view.money / scale), [reason, setReason] = useState('');
  const whole = typeof units === 'number' && Number.isInteger(units) && units >= 0, worth = typeof money === 'number' && money >= 0, changed = units !== view.units || money !== view.money / scale;
  const save = useMutation({
    mutationFn: () => write<View>('PUT', '/settings/drift-tolerance', { store: store.storeId }, { units: units as number, money: Math.round((money as number) * scale), reason: reason.trim() }),
    onSuccess: (saved) => { client.setQueryData(['drift-tolerance', store.storeId], saved); notifications.show({ message: 'Saved' }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <p className="small dim">Units of a level without a cause that are within both raise no exception; <AppLink to="/stock?view=drift">Stock &amp; drift</AppLink> still shows them. 0 and 0: every unit does. An item without a price is always told of.</p>
      <div className="row">
        <NumberInput label="Units of a level, at most" value={units} onChange={setUnits} min={0} max={1_000_000} allowDecimal={false} w={180} error={whole ? null : 'A whole number, 0 or more'} disabled={!view.mayChange} />
        <NumberInput label={`Worth, at most, ${view.currency}`} value={money} onChange={setMoney} min={0} decimalScale={digits} w={180} error={worth ? null : '0 or more'} disabled={!view.mayChange} />
      </div>
      {changed && <Textarea label="Why?" description="Kept in the audit trail." value={reason} onChange={(event) => setReason(event.currentTarget.value)} maxLength={300} autosize minRows={2} maw={620} />}
      <div className="row"><Button type="submit" loading={save.isPending} disabled={!view.mayChange || !whole || !worth || !changed || reason.trim().length < SHORTEST_REASON}>Save</Button>{!view.mayChange && <span className="dim small">Only administrators change this.</span>}</div>
    </form>
  );
}
