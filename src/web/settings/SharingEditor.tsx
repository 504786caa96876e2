/** How several stores sell from one shelf: all from one pool, each its share, or by priority; for everything, or for one item. */
import { Button, Drawer, NumberInput, SegmentedControl } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { sessionQuery } from '../api/queries.ts';
import { sharingQuery, type Sharing, type Warehouse } from '../api/stock-queries.ts';
import { ItemPicker } from '../mapping/ItemPicker.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { Ago } from '../ui/time.tsx';

const MODES: Record<Sharing['mode'], { label: string; says: string }> = {
  pool: { label: 'Pool', says: 'Every store shows all that is free. Whoever sells first has it.' },
  split: { label: 'Split', says: 'Each store shows its share of the shelf, less its own open orders. Shares add up to at most 100%.' },
  priority: { label: 'Priority', says: 'Stores in this order: each shows what is free less what is reserved for those before it.' },
};

export function SharingDrawer({ warehouse, close }: { warehouse: Warehouse | undefined; close(): void }) {
  return <Drawer opened={warehouse !== undefined} onClose={close} size={520} title={<strong>Sharing the shelf of {warehouse?.name}</strong>}>{warehouse && <Rules warehouse={warehouse} />}</Drawer>;
}

function Rules({ warehouse }: { warehouse: Warehouse }) {
  const query = useQuery(sharingQuery(warehouse.warehouseId)), [item, setItem] = useState<{ itemId: number; name: string } | null>(null);
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Lines rows={7} />;
  const own = query.data.rows.filter((row) => row.itemId !== 0), itemId = item?.itemId ?? 0;
  return (
    <div className="stack">
      <div className="row"><ItemPicker label="For one item" placeholder="Everything, or find an item" pick={(hit) => setItem({ itemId: hit.itemId, name: hit.sku || hit.title })} />{item && <Button variant="subtle" onClick={() => setItem(null)}>Back to everything</Button>}</div>
      <Editor key={itemId} warehouse={warehouse} itemId={itemId} name={item?.name ?? 'Everything'} rule={query.data.rows.find((row) => row.itemId === itemId) ?? query.data.rows.find((row) => row.itemId === 0)} />
      {own.length > 0 && (
        <section><h3 className="small-head">Items with a rule of their own</h3>
          <table className="plain boxed"><thead><tr><th>Item</th><th>Rule</th><th>Changed</th></tr></thead><tbody>{own.map((row) => <tr key={row.itemId}><td><button type="button" className="number-button" onClick={() => setItem({ itemId: row.itemId, name: row.sku || `Item ${row.itemId}` })}>{row.sku || `Item ${row.itemId}`}</button></td><td>{MODES[row.mode].label}</td><td className="dim"><Ago at={row.updatedAt} /></td></tr>)}</tbody></table>
        </section>
      )}
    </div>
  );
}

function Editor({ warehouse, itemId, name, rule }: { warehouse: Warehouse; itemId: number; name: string; rule: Sharing | undefined }) {
  const client = useQueryClient(), session = useQuery(sessionQuery());
  const served = [...new Map(warehouse.locations.map((place) => [place.storeId, place.store])).entries()];
  const order = [...(rule?.shares.map((share) => share.storeId) ?? []).filter((id) => served.some(([store]) => store === id)), ...served.map(([id]) => id).filter((id) => !rule?.shares.some((share) => share.storeId === id))];
  const [mode, setMode] = useState<Sharing['mode']>(rule?.mode ?? 'pool'), [stores, setStores] = useState(order);
  const [numbers, setNumbers] = useState<Record<number, number>>(() => Object.fromEntries(order.map((id) => { const share = rule?.shares.find((each) => each.storeId === id); return [id, (rule?.mode === 'priority' ? share?.reserve : share?.percent) ?? 0]; })));
  const nameOf = (id: number): string => served.find(([store]) => store === id)?.[1] ?? session.data?.stores.find((store) => store.storeId === id)?.name ?? `Store ${id}`;
  const sum = stores.reduce((total, id) => total + (numbers[id] ?? 0), 0), over = mode === 'split' && sum > 100;
  const save = useMutation({
    mutationFn: () => write('PUT', `/warehouses/${warehouse.warehouseId}/sharing`, {}, { itemId, mode, shares: mode === 'pool' ? [] : stores.map((storeId) => ({ storeId, ...(mode === 'split' ? { percent: numbers[storeId] ?? 0 } : { reserve: Math.round(numbers[storeId] ?? 0) }) })) }),
    onSuccess: () => { notifications.show({ message: `Saved for ${name.toLowerCase() === 'everything' ? 'everything' : name}. Its levels are looked at again.` }); return client.invalidateQueries({ queryKey: ['warehouses'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  const raise = (n: number): void => setStores((old) => { const next = [...old]; next.splice(n - 1, 2, old[n]!, old[n - 1]!); return next; });
  return (
    <section className="stack sharing">
      <h3>{name}</h3>
      <SegmentedControl aria-label="How it is shared" value={mode} onChange={(to) => setMode(to as Sharing['mode'])} data={Object.entries(MODES).map(([value, { label }]) => ({ value, label }))} />
      <p className="dim">{MODES[mode].says}</p>
      {mode !== 'pool' && (
        <ol className="shares">{stores.map((id, n) => (
          <li key={id}><span>{mode === 'priority' && <b>{n + 1}. </b>}{nameOf(id)}</span>
            <NumberInput aria-label={`${nameOf(id)}: ${mode === 'split' ? 'share in percent' : 'units reserved'}`} value={numbers[id] ?? 0} min={0} max={mode === 'split' ? 100 : 1_000_000} suffix={mode === 'split' ? '%' : ' reserved'} onChange={(value) => setNumbers((old) => ({ ...old, [id]: Number(value) || 0 }))} />
            {mode === 'priority' && n > 0 && <Button variant="subtle" onClick={() => raise(n)} aria-label={`Move ${nameOf(id)} up`}>Up</Button>}
          </li>))}
        </ol>
      )}
      {served.length < 2 && <p className="dim small">One store sells from this shelf today; the rule counts once there is another.</p>}
      {over && <p className="negative" role="alert">The shares add up to {sum}%; at most 100.</p>}
      <div><Button loading={save.isPending} disabled={over} onClick={() => save.mutate()}>Save</Button></div>
    </section>
  );
}
