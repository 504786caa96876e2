/** Parcels the warehouse sent: written to Shopify, waiting, held, or late with the reason. */
import { Button, SegmentedControl } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { address, read } from '../api/client.ts';
import { shipmentsQuery, type Shipment, type ShipmentPage } from '../api/stock-queries.ts';
import { PARCEL_VIEWS } from '../router.tsx';
import { useStore } from '../shell/store.tsx';
import type { Chip, Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { capital, units } from '../ui/format.ts';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import { useTryNow } from './again.ts';
import { Late, Tracking } from './Late.tsx';
import { ParcelDrawer } from './ParcelDrawer.tsx';

const route = getRouteApi('/app/fulfilments');
export const PARCEL_LOOK: Record<Shipment['state'], { tone: Tone; word: string }> = {
  waiting: { tone: 'info', word: 'Waiting' }, sending: { tone: 'info', word: 'Sent, unconfirmed' }, written: { tone: 'good', word: 'In Shopify' }, held: { tone: 'held', word: 'Held' }, failed: { tone: 'bad', word: 'Refused' }, cancelled: { tone: 'neutral', word: 'Cancelled' },
};
const EMPTY: Record<(typeof PARCEL_VIEWS)[number], { good?: boolean; title: string; text: string }> = {
  late: { good: true, title: 'No parcel is late', text: 'A parcel is late when Shopify does not show it 30 minutes after it left.' },
  waiting: { good: true, title: 'No parcel waits', text: 'Every parcel the warehouse told of was handled.' }, held: { good: true, title: 'No parcel is held', text: 'Parcels Shopify cannot take yet are kept here with the reason, and tried again.' },
  written: { title: 'No parcel was written yet', text: 'Parcels appear once the warehouse has dispatched something.' }, all: { title: 'No parcel yet', text: 'Parcels appear once a location follows a warehouse (Settings → Locations) and something was dispatched. Orders it knows of are under Orders out.' },
};

const settled = (row: Shipment): boolean => row.state === 'written' || row.state === 'cancelled';

export function ParcelsTab() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), again = useTryNow();
  const view = PARCEL_VIEWS.find((each) => each === search.view) ?? 'all', filter = { store: store.storeId, view, q: search.q };
  const query = useInfiniteQuery({ ...shipmentsQuery(filter), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]), first = query.data?.pages[0];
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  const promise = first?.lateMinutes ?? 30;
  const columns = useMemo((): Column<Shipment>[] => [
    { id: 'order', header: 'Order', width: 92, card: 'lead', cell: (row) => <span className="ellipsis strong">{row.orderName ?? row.orderId}</span> },
    { id: 'state', header: 'State', width: 124, card: 'wide', cell: (row) => <Status tone={PARCEL_LOOK[row.state].tone}>{PARCEL_LOOK[row.state].word}</Status> },
    { id: 'late', header: 'Late', title: 'Minutes beyond the promise', width: 104, card: 'wide', cell: (row) => <Late row={row} promise={promise} /> },
    { id: 'reason', header: 'Reason', width: 220, grows: true, card: 'wide', cell: (row) => (row.reason ? <span className="ellipsis" title={row.reason}>{capital(row.reason)}</span> : null) },
    { id: 'tracking', header: 'Tracking', width: 200, card: 'wide', cell: (row) => <Tracking row={row} /> },
    { id: 'units', header: 'Units', width: 62, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(row.units)}</span> },
    { id: 'location', header: 'Location', width: 124, extra: true, cell: (row) => <span className="ellipsis" title={row.warehouse}>{row.locationName}</span> },
    { id: 'shipped', header: 'Dispatched', width: 96, align: 'right', card: 'pair', cell: (row) => <span className="dim"><Ago at={row.shippedAt} /></span> },
    { id: 'written', header: 'In Shopify', width: 92, align: 'right', cell: (row) => <span className="dim">{row.writtenAt ? <Ago at={row.writtenAt} /> : 'not yet'}</span> },
    { id: 'tries', header: 'Tries', width: 56, align: 'right', extra: true, cell: (row) => <span className="num">{units(row.attempts)}</span> },
    ...(rows.some((row) => !settled(row)) ? [{ id: 'again', header: '', title: 'Try now', width: 92, align: 'right' as const, cell: (row: Shipment) => (settled(row) ? null : <Button size="compact-xs" variant="default" tabIndex={-1} data-action disabled={again.isPending} onClick={() => again.mutate(row)} aria-label={`Try ${row.orderName ?? row.documentId} now`}>Try now</Button>) }] : []),
  ], [again, promise, rows]);
  const chips: Chip[] = search.q ? [{ label: search.q, remove: () => change({ q: undefined }) }] : [];
  const listed = rows.find((row) => row.shipmentId === search.id);
  const found = useQuery({
    queryKey: ['fulfilments', 'one', store.storeId, search.id], enabled: search.id !== undefined && !listed && !query.isPending,
    queryFn: async ({ signal }) => (await read<ShipmentPage>('/fulfilments', { store: store.storeId, view: 'all', limit: 500 }, signal)).rows.find((row) => row.shipmentId === search.id) ?? null,
  });
  return (
    <>
      <DataTable<Shipment>
        name="parcels" label="Parcels" columns={columns} rows={rows} rowId={(row) => row.shipmentId} query={query} total={chips.length === 0 ? first?.counts[view] ?? null : query.hasNextPage ? null : rows.length}
        open={(row) => change({ id: row.shipmentId }, false)} openId={search.id} chips={chips} clear={() => change({ q: undefined })} search={{ value: search.q, placeholder: 'Order, parcel or tracking number', change: (q) => change({ q }) }}
        filters={<SegmentedControl aria-label="Which parcels" className="which" value={view} onChange={(to) => change({ view: to === 'all' ? undefined : to as typeof view, id: undefined })} data={PARCEL_VIEWS.map((id) => ({ value: id, label: `${capital(id)}${first ? ` ${units(first.counts[id])}` : ''}` }))} />}
        csv={{ href: address('/fulfilments.csv', filter) }} empty={EMPTY[view]}
      />
      <ParcelDrawer id={search.id} row={listed ?? found.data ?? null} promise={promise} close={() => change({ id: undefined })} />
    </>
  );
}
