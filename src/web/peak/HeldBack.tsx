/** Held back from sale: one press in a rush, with a reason and an end where there is time for them, and the list of what is held back now. */
import { Button, Checkbox, Popover, Select, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconHandStop, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type * as Contract from '../../http/contract-peak.ts';
import type { Of } from '../../http/contract.ts';
import { write } from '../api/client.ts';
import { one, sessionQuery } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { count, units } from '../ui/format.ts';
import { Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';

type Row = Of<typeof Contract.HeldBack>;
type Answer = Of<typeof Contract.HoldAnswer>;
type Hold = { items: number[]; name: string; until: string | null; reason: string; stores?: number[] };
const FOR = [['1', 'an hour'], ['4', 'four hours'], ['24', 'a day'], ['168', 'a week'], ['', 'until it is let go']].map(([value, label]) => ({ value: value!, label: label! }));

export const heldBackQuery = (store: number, item?: number) => ({ ...one<{ rows: Row[] }>(['push', 'held-back', store, item ?? null], '/held-back', { store, item }), refetchInterval: 15_000 });

function useChanged(): () => Promise<void> {
  const client = useQueryClient();
  return async () => { await Promise.all(['push', 'peak', 'item', 'stock'].map((key) => client.invalidateQueries({ queryKey: [key] }))); };
}

export function useLetGo() {
  const store = useStore(), changed = useChanged();
  return useMutation({
    mutationFn: ({ itemId, stores }: { itemId: number; name: string; stores?: number[] }) => write<Answer>('POST', '/held-back/let-go', { store: store.storeId }, { items: [itemId], ...(stores ? { stores } : {}) }),
    onSuccess: async (_, { name }) => { notifications.show({ message: `Let go: ${name}. Shopify shows it again within a minute.` }); await changed(); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
}

export function useHold() {
  const store = useStore(), changed = useChanged();
  return useMutation({
    mutationFn: ({ items, until, reason, stores }: Hold) => write<Answer>('POST', '/held-back', { store: store.storeId }, { items, until, reason, ...(stores ? { stores } : {}) }),
    onSuccess: async ({ still }, { name }) => {
      notifications.show({ message: `Held back: ${name}. Shopify shows 0 within a minute.` });
      for (const sentence of still) notifications.show({ color: 'orange', autoClose: 15_000, title: 'It is still sold', message: sentence });
      await changed();
    },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
}

/** One press, of one item or of those that were chosen: until the peak is over, or for four hours where none is on. */
export function HoldAtOnce({ items, name, peakUntil, done }: { items: number[]; name: string; peakUntil: string | null; done?: () => void }) {
  const hold = useHold();
  return <Button size="compact-sm" variant="default" loading={hold.isPending} leftSection={<IconHandStop size={14} />} onClick={() => hold.mutate({ items, name, until: peakUntil ?? new Date(Date.now() + 4 * 3_600_000).toISOString(), reason: 'from the peak monitor' }, { onSuccess: () => done?.() })} title={peakUntil ? 'Shows 0 until the peak is over' : 'Shows 0 for four hours'}>{items.length === 1 ? 'Hold back' : `Hold back ${units(items.length)} items`}</Button>;
}

export function LetGo({ itemId, name }: { itemId: number; name: string }) {
  const go = useLetGo();
  return <Button size="compact-sm" variant="light" loading={go.isPending} leftSection={<IconPlayerPlay size={14} />} onClick={() => go.mutate({ itemId, name })}>Let go</Button>;
}

/** On the item's own page: with an end, a reason, and the stores that sell from the same shelf. */
export function HoldItem({ itemId, name, written }: { itemId: number; name: string; written: boolean }) {
  const store = useStore(), { data: session } = useQuery(sessionQuery()), query = useQuery(heldBackQuery(store.storeId, itemId)), hold = useHold();
  const [open, setOpen] = useState(false), [hours, setHours] = useState('4'), [reason, setReason] = useState(''), [all, setAll] = useState(false);
  const held = query.data?.rows[0], others = (session?.stores.length ?? 1) > 1;
  const submit = (): void => {
    setOpen(false);
    hold.mutate({ items: [itemId], name, reason: reason.trim(), until: hours === '' ? null : new Date(Date.now() + Number(hours) * 3_600_000).toISOString(), ...(all && session ? { stores: session.stores.map((each) => each.storeId) } : {}) });
  };
  if (!written) return null;
  return (
    <span className="row hold-item">
      {held && <><Status tone="held" pill icon={IconHandStop} title={held.reason}>Held back{held.until ? <>, ends <Ago at={held.until} /></> : ' until let go'}</Status><LetGo itemId={itemId} name={name} /></>}
      <Popover opened={open} onChange={setOpen} width={300} trapFocus>
        <Popover.Target><Button variant="default" leftSection={<IconHandStop size={15} />} loading={hold.isPending} onClick={() => { setReason(held?.reason ?? ''); setOpen(!open); }}>{held ? 'Change…' : 'Hold back…'}</Button></Popover.Target>
        <Popover.Dropdown aria-label="Hold it back from sale">
          <form className="stack" onSubmit={(event) => { event.preventDefault(); submit(); }}>
            <p className="small dim">Shopify shows 0 wherever Instep writes it; bundles with it are not sold either. Orders that are placed stay.</p>
            <Select label="For" value={hours} onChange={(value) => setHours(value ?? '')} data={FOR} allowDeselect={false} comboboxProps={{ withinPortal: false }} />
            <Textarea label="Why?" value={reason} maxLength={300} autosize minRows={2} data-autofocus onChange={(event) => setReason(event.currentTarget.value)} />
            {others && <Checkbox label="In every store" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />}
            <Button type="submit" disabled={reason.trim().length < 3}>Hold back</Button>
          </form>
        </Popover.Dropdown>
      </Popover>
    </span>
  );
}

/** What is held back now, longest first. */
export function HeldBackTable({ rows }: { rows: readonly Row[] }) {
  return (
    <Wide label="Held back from sale">
      <table className="plain peak-table"><thead><tr><th>SKU</th><th>Why</th><th>Ends</th><th className="num">Held back</th><th aria-label="Act" /></tr></thead>
        <tbody>{rows.map((row) => {
          const written = row.places.filter((place) => place.written), shown = written.filter((place) => (place.shown ?? 0) > 0), open = row.places.filter((place) => !place.written && (place.shown ?? 0) > 0), name = row.sku || row.title;
          return (
            <tr key={row.itemId}>
              <td><AppLink to={`/items/${row.itemId}`}>{name}</AppLink></td>
              <td>{row.reason} <span className="dim small">{row.by}, <Ago at={row.since} /></span>{row.sellsOn && <div><Status tone="bad">sells on at zero</Status></div>}{open.map((place) => <div key={place.locationId} className="small dim">{place.name} still shows {units(place.shown!)}</div>)}</td>
              <td>{row.until ? <Ago at={row.until} /> : <span className="dim">when let go</span>}</td>
              <td className="num">{units(written.reduce((sum, place) => sum + place.heldBack, 0))}{shown.length > 0 && <div className="small dim">{count(shown.length, 'place')} under way</div>}</td>
              <td><LetGo itemId={row.itemId} name={name} /></td>
            </tr>);
        })}</tbody></table>
    </Wide>
  );
}
