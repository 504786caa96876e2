/** What the people of a warehouse were told to move: marked done by a person, or seen done by the warehouse's own changes; with its history. */
import { Button, Drawer, NumberInput, Switch, TextInput } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { address, write } from '../api/client.ts';
import { movesQuery, type WarehouseMove } from '../api/replay-queries.ts';
import { MOVE_VIEWS } from '../router.tsx';
import { useStore } from '../shell/store.tsx';
import type { Chip, Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { searchLabel } from '../table/search-terms.ts';
import { AppLink } from '../ui/AppLink.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { capital, count, units } from '../ui/format.ts';
import { Steady } from '../ui/Steady.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';

interface Search { moves?: (typeof MOVE_VIEWS)[number] | undefined; q?: string | undefined; id?: number | undefined }
const EMPTY: Record<(typeof MOVE_VIEWS)[number], { good?: boolean; title: string; text: string }> = {
  open: { good: true, title: 'Nothing is to be moved by a warehouse', text: 'Choose proposals that start or end where a warehouse has the count, and put them on the list.' }, over: { title: 'No move is over yet', text: 'Moves that were done or dropped.' }, all: { title: 'No moves yet', text: 'Choose proposals that start or end where a warehouse has the count.' },
};
const SAYS: Record<WarehouseMove['events'][number]['kind'], (one: WarehouseMove['events'][number]) => string> = { told: (one) => `Told to move ${count(one.quantity, 'unit')}`, done: (one) => `${count(one.quantity, 'unit')} done`, seen: (one) => `${count(one.quantity, 'unit')} seen done by a change of the warehouse`, dropped: () => 'The rest is not moved' };
const tone = (state: WarehouseMove['state']): 'good' | 'info' | 'neutral' => (state === 'done' ? 'good' : state === 'open' ? 'info' : 'neutral');

const COLUMNS: Column<WarehouseMove>[] = [
  { id: 'reference', header: 'Move', title: 'A warehouse that names it in the reason of a change is believed to mean it', width: 84, card: 'lead', cell: (row) => <strong>{row.reference}</strong> },
  { id: 'sku', header: 'SKU', width: 150, grows: true, card: 'lead', cell: (row) => <AppLink to={`/items/${row.itemId}?location=${row.toLocationId}`} className="ellipsis">{row.sku || row.title}</AppLink> },
  { id: 'state', header: 'State', width: 90, card: 'pair', cell: (row) => <Status tone={tone(row.state)}>{capital(row.state)}</Status> },
  { id: 'units', header: 'Units', width: 70, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(row.quantity)}</span> },
  { id: 'done', header: 'Done', width: 70, align: 'right', card: 'pair', cell: (row) => <span className={row.done === 0 ? 'num dim' : 'num'}>{units(row.done)}</span> },
  { id: 'from', header: 'From', width: 150, card: 'wide', cell: (row) => <span className="ellipsis">{row.fromName}</span> },
  { id: 'to', header: 'To', width: 150, card: 'wide', cell: (row) => <span className="ellipsis">{row.toName}</span> },
  { id: 'warehouse', header: 'Moved by', width: 150, cell: (row) => <span className="ellipsis">{row.warehouse}</span> },
  { id: 'code', header: 'Code there', width: 120, cell: (row) => <span className="ellipsis dim">{row.warehouseCode ?? '–'}</span> },
  { id: 'told', header: 'Told', width: 110, cell: (row) => <span className="dim"><Ago at={row.toldAt} /></span> },
  { id: 'by', header: 'Told by', width: 150, extra: true, cell: (row) => <span className="ellipsis dim">{row.toldBy}</span> },
];

export function WarehouseMoves({ search, change }: { search: Search; change(part: Search, replace?: boolean): void }) {
  const store = useStore(), view = search.moves ?? 'open', filter = { store: store.storeId, view, q: search.q };
  const query = useInfiniteQuery({ ...movesQuery({ ...filter, limit: 100 }), placeholderData: keepPreviousData }), first = query.data?.pages[0];
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const chips: Chip[] = search.q ? [{ label: searchLabel(search.q), remove: () => change({ q: undefined }) }] : [], open = rows.find((row) => row.moveId === search.id);
  return (
    <>
      <ViewTabs within label="Views" views={MOVE_VIEWS.map((id) => ({ id, label: capital(id), tally: first?.counts[id] }))} current={view} change={(id, old) => ({ ...old, moves: id === 'open' ? undefined : id, id: undefined })} />
      <DataTable<WarehouseMove>
        name="warehouse-moves" label="Moves" columns={COLUMNS} rows={rows} rowId={(row) => String(row.moveId)} query={query} total={search.q ? (query.hasNextPage ? null : rows.length) : first?.counts[view] ?? null} open={(row) => change({ id: row.moveId }, false)} openId={search.id === undefined ? undefined : String(search.id)}
        chips={chips} clear={() => change({ q: undefined })} search={{ value: search.q, placeholder: 'SKU or title', change: (q) => change({ q }) }} csv={{ href: address('/warehouse-moves.csv', filter) }} empty={EMPTY[view]}
      />
      <Drawer opened={open !== undefined} onClose={() => change({ id: undefined })} size={460} title={open && <span><strong>{open.reference}</strong> <span className="dim">{open.sku || open.title}</span></span>}>{open && <Move key={open.moveId} move={open} />}</Drawer>
    </>
  );
}

const unitsLeft = (move: WarehouseMove): number => Math.max(0, move.quantity - move.done);

function Move({ move }: { move: WarehouseMove }) {
  const left = unitsLeft(move);
  return (
    <div className="stack">
      <p className="sentence">{move.warehouse} moves {count(move.quantity, 'unit')} from {move.fromName} to {move.toName}{move.warehouseCode && <>; there it is <code>{move.warehouseCode}</code></>}. {move.state === 'open' ? `${count(left, 'unit')} ${left === 1 ? 'is' : 'are'} left; until then they count as on their way.` : <>{units(move.done)} were moved.</>}</p>
      {move.state === 'open' && <Steady of={move} by={(one) => one.version}>{(steady, { saved }) => <Done move={steady} saved={saved} />}</Steady>}
      <h3>History</h3>
      <ul className="transfer-parts">{move.events.map((one, n) => <li key={n}>{SAYS[one.kind](one)} <span className="dim small">by {one.by}, <Ago at={one.at} /></span>{one.note && <><br /><span className="dim">{one.note}</span></>}</li>)}</ul>
    </div>
  );
}

function Done({ move, saved }: { move: WarehouseMove; saved(): void }) {
  const left = unitsLeft(move), store = useStore(), client = useQueryClient(), [quantity, setQuantity] = useState<number | string>(left), [close, setClose] = useState(false), [note, setNote] = useState(''), short = Number(quantity) < left;
  const save = useMutation({ mutationFn: () => write('POST', `/warehouse-moves/${move.moveId}/done`, { store: store.storeId }, { version: move.version, quantity: Number(quantity) || 0, close: close && short, note }), onSuccess: saved, onSettled: () => client.invalidateQueries({ queryKey: ['transfers'] }) });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <NumberInput size="sm" label="Units moved" description="Of what was not said before" min={0} max={1_000_000} allowDecimal={false} allowNegative={false} value={quantity} onChange={setQuantity} />
      {short && <Switch size="sm" label="The rest will not be moved" checked={close} onChange={(event) => setClose(event.currentTarget.checked)} />}
      <TextInput size="sm" label="Note" value={note} maxLength={1_000} onChange={(event) => setNote(event.currentTarget.value)} />
      {save.isError && <ErrorState title="It was not saved" error={save.error} />}
      <div><Button type="submit" size="sm" loading={save.isPending} disabled={(Number(quantity) || 0) === 0 && !(close && short)}>{(Number(quantity) || 0) === 0 ? 'Drop it' : 'Mark done'}</Button></div>
    </form>
  );
}
