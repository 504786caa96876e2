/** A line's item at its other places: its units ordered there in part, or brought from there instead of bought. */
import { Button, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { replenishmentQuery, type Recommendation } from '../api/queries.ts';
import type { TransferDetail } from '../api/replay-queries.ts';
import { useStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';

const SHORTEST_REASON = 3;

export function Elsewhere({ row, close }: { row: Recommendation; close(): void }) {
  const store = useStore(), query = useInfiniteQuery(replenishmentQuery({ store: store.storeId, view: 'all', q: row.sku || row.title, sort: 'urgency', dir: 'asc' }));
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Panel><Lines rows={3} /></Panel>;
  const places = query.data.pages.flatMap((page) => page.rows).filter((each) => each.itemId === row.itemId), others = places.filter((each) => each.locationId !== row.locationId), stocked = others.filter((each) => each.availableNow > 0);
  return (
    <>
      {stocked.length > 0 && <Panel title="Bring it from another place"><Bring row={row} from={stocked} close={close} /></Panel>}
      {others.length > 0 && row.quantity > 0 && row.draft === null && <Panel title="Order it at several places"><Split key={places.map((each) => each.quantity).join()} rows={places} close={close} /></Panel>}
    </>
  );
}

function Split({ rows, close }: { rows: readonly Recommendation[]; close(): void }) {
  const store = useStore(), client = useQueryClient(), open = rows.filter((row) => row.draft === null), [parts, setParts] = useState<Record<number, number | string>>(() => Object.fromEntries(open.map((row) => [row.locationId, row.quantity]))), [reason, setReason] = useState('');
  const total = open.reduce((sum, row) => sum + row.quantity, 0), given = open.reduce((sum, row) => sum + (Number(parts[row.locationId]) || 0), 0), changed = open.some((row) => Number(parts[row.locationId]) !== row.quantity), left = total - given;
  const save = useMutation({
    mutationFn: () => write('POST', '/replenishment/split', { store: store.storeId }, { itemId: open[0]!.itemId, reason: reason.trim(), parts: open.map((row) => ({ locationId: row.locationId, quantity: Number(parts[row.locationId]) || 0, version: row.decision?.version ?? 0 })) }),
    onSuccess: () => { notifications.show({ message: 'Split. Each place keeps its part until it is ordered, or taken back.' }); close(); },
    onSettled: () => Promise.all(['replenishment', 'advice'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <div className="split">{open.map((row) => <NumberInput key={row.locationId} size="sm" label={row.locationName} min={0} max={10_000_000} allowDecimal={false} value={parts[row.locationId]!} onChange={(value) => setParts((old) => ({ ...old, [row.locationId]: value }))} />)}</div>
      <p className={left === 0 ? 'small dim' : 'small risk'} role="status">{left === 0 ? `${count(total, 'unit')} in all, as before.` : left > 0 ? `${count(left, 'unit')} still to be given to a place.` : `${count(-left, 'unit')} more than the ${units(total)} that are ordered.`}</p>
      <TextInput size="sm" label="Reason" placeholder="Half of it goes straight to the shop" value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
      {save.isError && <ErrorState title="It was not split" error={save.error} />}
      <div><Button type="submit" size="sm" loading={save.isPending} disabled={left !== 0 || !changed || reason.trim().length < SHORTEST_REASON}>Split</Button></div>
    </form>
  );
}

function Bring({ row, from, close }: { row: Recommendation; from: readonly Recommendation[]; close(): void }) {
  const store = useStore(), client = useQueryClient(), [key] = useState(() => crypto.randomUUID()), most = [...from].sort((a, b) => b.overstock - a.overstock || b.availableNow - a.availableNow)[0]!;
  const [place, setPlace] = useState(most.locationId), source = from.find((each) => each.locationId === place) ?? most, start = Math.max(1, Math.min(row.quantity || row.need || 1, source.availableNow)), [quantity, setQuantity] = useState<number | string>(start), wanted = Number(quantity);
  const make = useMutation({
    mutationFn: () => write<TransferDetail>('POST', '/transfers', { store: store.storeId }, { key, fromLocationId: source.locationId, toLocationId: row.locationId, reason: 'From the worklist', lines: [{ itemId: row.itemId, quantity: wanted }] }),
    onSuccess: (made) => { notifications.show({ message: `${made.reference} made: ${count(wanted, 'unit')} from ${source.locationName}. The plan counts them as on their way.` }); close(); },
    onSettled: () => Promise.all(['replenishment', 'advice', 'transfers'].map((one) => client.invalidateQueries({ queryKey: [one] }))),
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); make.mutate(); }}>
      <div className="row fields">
        <NativeSelect size="sm" className="grow" label="From" value={String(source.locationId)} data={from.map((each) => ({ value: String(each.locationId), label: `${each.locationName}: ${units(each.availableNow)} there${each.overstock > 0 ? `, ${units(each.overstock)} too many` : ''}` }))} onChange={(event) => setPlace(Number(event.currentTarget.value))} />
        <NumberInput size="sm" w={130} label={`Units to ${row.locationName}`} min={1} max={source.availableNow} allowDecimal={false} value={quantity} error={!(Number.isInteger(wanted) && wanted >= 1 && wanted <= source.availableNow) && `1 to ${units(source.availableNow)}`} onChange={setQuantity} />
      </div>
      {make.isError && <ErrorState title="No transfer was made" error={make.error} />}
      <div className="row"><Button type="submit" size="sm" variant="default" loading={make.isPending} disabled={!(Number.isInteger(wanted) && wanted >= 1 && wanted <= source.availableNow)}>Create a transfer</Button><AppLink to="/transfers" className="small">All transfers</AppLink></div>
    </form>
  );
}
