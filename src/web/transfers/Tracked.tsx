/** Transfers that were made, how far each has come, and the next step of one. */
import { Button, Drawer } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { address, write } from '../api/client.ts';
import { transferQuery, transfersQuery, type TransferDetail, type TransferRow } from '../api/replay-queries.ts';
import { TRANSFER_VIEWS } from '../router.tsx';
import { useStore } from '../shell/store.tsx';
import type { Chip, Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { Banner, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, money, units } from '../ui/format.ts';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';

interface Search { view?: (typeof TRANSFER_VIEWS)[number] | undefined; q?: string | undefined; id?: number | undefined }
const LOOK: Record<TransferRow['state'], { tone: Tone; word: string }> = { draft: { tone: 'neutral', word: 'Not in Shopify yet' }, ready: { tone: 'info', word: 'Ready to ship' }, 'in transit': { tone: 'held', word: 'On its way' }, received: { tone: 'good', word: 'Received' }, cancelled: { tone: 'neutral', word: 'Cancelled' } };
const ASKED: Record<NonNullable<TransferRow['asked']>, string> = { create: 'Being made', ship: 'Being shipped', receive: 'Being received', cancel: 'Being cancelled' };
const STEP: Record<NonNullable<TransferRow['asked']>, string> = { create: 'Try again', ship: 'Ship it', receive: 'Receive all', cancel: 'Cancel it' };
const EMPTY: Record<(typeof TRANSFER_VIEWS)[number], { good?: boolean; title: string; text: string }> = {
  open: { title: 'No transfer is open', text: 'Choose proposals to make one.' }, ready: { good: true, title: 'Nothing waits to be shipped', text: 'Transfers that Shopify holds ready appear here.' }, 'in transit': { title: 'Nothing is on its way', text: 'Shipped transfers appear here until they are received.' },
  refused: { good: true, title: 'Shopify refused nothing', text: 'Steps it refuses appear here with its words.' }, over: { title: 'No transfer is over yet', text: 'Received and cancelled ones.' }, all: { title: 'No transfers yet', text: 'Choose proposals to make the first.' },
};

function State({ row }: { row: TransferRow }) {
  if (row.refused) return <Status tone="bad" title={row.message ?? undefined}>Refused</Status>;
  return row.asked ? <Status tone="info" title={row.message ?? undefined}>{ASKED[row.asked]}</Status> : <Status tone={LOOK[row.state].tone}>{LOOK[row.state].word}</Status>;
}
const COLUMNS: Column<TransferRow>[] = [
  { id: 'reference', header: 'Transfer', width: 100, card: 'lead', cell: (row) => <strong>{row.reference}</strong> },
  { id: 'state', header: 'State', width: 150, card: 'wide', cell: (row) => <State row={row} /> },
  { id: 'from', header: 'From', width: 150, grows: true, card: 'pair', cell: (row) => <span className="ellipsis">{row.fromName}</span> },
  { id: 'to', header: 'To', width: 150, card: 'pair', cell: (row) => <span className="ellipsis">{row.toName}</span> },
  { id: 'lines', header: 'Lines', width: 66, align: 'right', cell: (row) => <span className="num">{units(row.lines)}</span> },
  { id: 'units', header: 'Units', width: 70, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(row.units)}</span> },
  { id: 'received', header: 'Received', width: 84, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(row.received)}</span> },
  { id: 'by', header: 'Made by', width: 170, cell: (row) => <span className="ellipsis dim">{row.createdBy}</span> },
  { id: 'at', header: 'Made', width: 110, cell: (row) => <span className="dim"><Ago at={row.createdAt} /></span> },
  { id: 'message', header: 'Message', width: 240, extra: true, cell: (row) => <span className="ellipsis dim">{row.message ?? ''}</span> },
];

export function Tracked({ search, change }: { search: Search; change(part: Search, replace?: boolean): void }) {
  const store = useStore(), view = search.view ?? 'open', filter = { store: store.storeId, view, q: search.q };
  const query = useInfiniteQuery({ ...transfersQuery({ ...filter, limit: 100 }), placeholderData: keepPreviousData }), first = query.data?.pages[0];
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const chips: Chip[] = search.q ? [{ label: `“${search.q}”`, remove: () => change({ q: undefined }) }] : [];
  return (
    <>
      <ViewTabs label="Views" views={TRANSFER_VIEWS.map((id) => ({ id, label: capital(id), tally: first?.counts[id] }))} current={view} change={(id, old) => ({ ...old, view: id === 'open' ? undefined : id, id: undefined })} />
      <DataTable<TransferRow>
        name="transfers" label="Transfers" columns={COLUMNS} rows={rows} rowId={(row) => String(row.transferId)} query={query} total={search.q ? (query.hasNextPage ? null : rows.length) : first?.counts[view] ?? null} open={(row) => change({ id: row.transferId }, false)} openId={search.id ? String(search.id) : undefined}
        chips={chips} clear={() => change({ q: undefined })} search={{ value: search.q, placeholder: 'Transfer, location or SKU', change: (q) => change({ q }) }} csv={{ href: address('/transfers.csv', filter) }} empty={EMPTY[view]}
      />
      <TransferDrawer id={search.id ?? null} close={() => change({ id: undefined })} />
    </>
  );
}

function TransferDrawer({ id, close }: { id: number | null; close(): void }) {
  const store = useStore(), query = useQuery({ ...transferQuery(store.storeId, id ?? 0), enabled: id !== null }), transfer = query.data;
  return (
    <Drawer opened={id !== null} onClose={close} size={600} title={transfer ? <span><strong>{transfer.reference}</strong><br /><span className="small dim">{transfer.fromName} to {transfer.toName}</span></span> : <strong>Transfer</strong>}>
      {transfer ? <Transfer transfer={transfer} /> : query.isError ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : <Lines rows={8} />}
    </Drawer>
  );
}

function Transfer({ transfer }: { transfer: TransferDetail }) {
  const store = useStore(), client = useQueryClient();
  const step = useMutation({
    mutationFn: (name: string) => write<TransferDetail>('POST', `/transfers/${transfer.transferId}/${name}`, { store: store.storeId }, { version: transfer.version }),
    onError: (error) => notifications.show({ color: 'red', autoClose: 12_000, message: error.message }), onSettled: () => client.invalidateQueries({ queryKey: ['transfers'] }),
  });
  const next = transfer.may.filter((name) => name !== 'cancel');
  return (
    <div className="stack">
      <div className="row"><State row={transfer} />{transfer.shopifyTransferId && <span className="dim small">Shopify’s {transfer.shopifyTransferId}</span>}</div>
      {transfer.message && <Banner>{transfer.message}</Banner>}
      {transfer.may.length > 0 && <div className="row">{next.map((name) => <Button key={name} loading={step.isPending} onClick={() => step.mutate(name)}>{STEP[name]}</Button>)}{transfer.may.includes('cancel') && <Button variant="default" loading={step.isPending} onClick={() => step.mutate('cancel')}>{STEP.cancel}</Button>}</div>}
      <table className="plain boxed">
        <thead><tr><th>Item</th><th className="num">Units</th><th className="num">Received</th><th className="num" title="What the last unit was worth at the destination, and at the origin, when it was proposed">Last unit</th></tr></thead>
        <tbody>{transfer.items.map((item) => <tr key={item.itemId}><td><AppLink to={`/items/${item.itemId}?location=${transfer.toLocationId}`}>{item.sku || item.title}</AppLink></td><td className="num">{units(item.quantity)}</td><td className="num">{units(item.received)}</td><td className="num">{item.worth ? <>{money(item.worth.lastThere, store.currency)} <span className="dim">for {money(item.worth.lastHere, store.currency)}</span></> : <span className="dim">–</span>}</td></tr>)}</tbody>
      </table>
      <p className="dim small">Made by {transfer.createdBy} <Ago at={transfer.createdAt} />{transfer.reason && <>: {transfer.reason}</>}. Stock moves in Shopify with each step, and here by Shopify’s own events.</p>
    </div>
  );
}
