/** Transfers that were made, and how far each has come. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { address } from '../api/client.ts';
import { transfersQuery, type TransferRow } from '../api/replay-queries.ts';
import { TRANSFER_VIEWS } from '../router.tsx';
import { useStore } from '../shell/store.tsx';
import type { Chip, Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { capital, units } from '../ui/format.ts';
import { Ago } from '../ui/time.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { TransferDrawer } from './TransferDrawer.tsx';
import { TransferState } from './TransferState.tsx';

interface Search { view?: (typeof TRANSFER_VIEWS)[number] | undefined; q?: string | undefined; id?: number | undefined }
const EMPTY: Record<(typeof TRANSFER_VIEWS)[number], { good?: boolean; title: string; text: string }> = {
  open: { title: 'No transfer is open', text: 'Choose proposals to make one.' }, ready: { good: true, title: 'Nothing waits to be shipped', text: 'Transfers that Shopify holds ready appear here.' }, 'in transit': { title: 'Nothing is on its way', text: 'Shipped transfers appear here until they are received.' },
  refused: { good: true, title: 'Shopify refused nothing', text: 'Steps it refuses appear here with its words.' }, over: { title: 'No transfer is over yet', text: 'Received and cancelled ones.' }, all: { title: 'No transfers yet', text: 'Choose proposals to make the first.' },
};

const COLUMNS: Column<TransferRow>[] = [
  { id: 'reference', header: 'Transfer', width: 100, card: 'lead', cell: (row) => <strong>{row.reference}</strong> },
  { id: 'state', header: 'State', width: 150, card: 'wide', cell: (row) => <TransferState row={row} /> },
  { id: 'from', header: 'From', width: 150, grows: true, card: 'pair', cell: (row) => <span className="ellipsis">{row.fromName}</span> },
  { id: 'to', header: 'To', width: 150, card: 'pair', cell: (row) => <span className="ellipsis">{row.toName}</span> },
  { id: 'lines', header: 'Lines', width: 66, align: 'right', cell: (row) => <span className="num">{units(row.lines)}</span> },
  { id: 'units', header: 'Units', width: 70, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(row.units)}</span> },
  { id: 'shipped', header: 'Shipped', width: 80, align: 'right', cell: (row) => <span className={row.shipped === 0 ? 'num dim' : 'num'}>{units(row.shipped)}</span> },
  { id: 'received', header: 'Received', width: 84, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(row.received)}</span> },
  { id: 'rejected', header: 'Not taken', title: 'Shipped, and not taken into stock', width: 84, align: 'right', cell: (row) => <span className={row.rejected === 0 ? 'num dim' : 'num negative'}>{units(row.rejected)}</span> },
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
      <ViewTabs within label="Views" views={TRANSFER_VIEWS.map((id) => ({ id, label: capital(id), tally: first?.counts[id] }))} current={view} change={(id, old) => ({ ...old, view: id === 'open' ? undefined : id, id: undefined })} />
      <DataTable<TransferRow>
        name="transfers" label="Transfers" columns={COLUMNS} rows={rows} rowId={(row) => String(row.transferId)} query={query} total={search.q ? (query.hasNextPage ? null : rows.length) : first?.counts[view] ?? null} open={(row) => change({ id: row.transferId }, false)} openId={search.id ? String(search.id) : undefined}
        chips={chips} clear={() => change({ q: undefined })} search={{ value: search.q, placeholder: 'Transfer, location or SKU', change: (q) => change({ q }) }} csv={{ href: address('/transfers.csv', filter) }} empty={EMPTY[view]}
      />
      <TransferDrawer id={search.id ?? null} close={() => change({ id: undefined })} />
    </>
  );
}
