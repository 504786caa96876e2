/** Orders and what the warehouse knows of them: told, acknowledged, dispatched, or stuck with the reason. */
import { Button, Drawer, SegmentedControl } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { address, read } from '../api/client.ts';
import { ordersOutQuery, type OrderOut, type OrderOutPage } from '../api/stock-queries.ts';
import { ORDER_OUT_VIEWS } from '../router.tsx';
import { useStore } from '../shell/store.tsx';
import type { Chip, Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { Lines } from '../ui/feedback.tsx';
import { capital, units } from '../ui/format.ts';
import { Facts } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import { useTellAgain } from './again.ts';

const route = getRouteApi('/app/fulfilments');
const LOOK: Record<string, { tone: Tone; word: string }> = {
  waiting: { tone: 'info', word: 'To be told' }, sent: { tone: 'info', word: 'Told, unconfirmed' }, acknowledged: { tone: 'good', word: 'Acknowledged' }, cancelling: { tone: 'info', word: 'Being cancelled' }, cancelled: { tone: 'neutral', word: 'Cancelled' },
  'too late': { tone: 'warn', word: 'Too late to change' }, refused: { tone: 'bad', word: 'Refused' }, unmapped: { tone: 'warn', word: 'A code is missing' }, done: { tone: 'good', word: 'Dispatched' },
};
/** States in which telling again can change something. */
const TELLABLE: ReadonlySet<string> = new Set(['waiting', 'cancelling', 'refused', 'unmapped', 'sent']);
const EMPTY: Record<(typeof ORDER_OUT_VIEWS)[number], { good?: boolean; title: string; text: string }> = {
  open: { good: true, title: 'No order is open at the warehouse', text: 'Orders appear here as soon as Shopify assigns them to its location.' }, stuck: { good: true, title: 'No order is stuck', text: 'What the warehouse refuses, or cannot name, is kept here with its own words.' },
  done: { title: 'Nothing was dispatched yet', text: 'Orders end here once every unit has left.' }, all: { title: 'No order went out yet', text: 'Orders appear here once a location is live and Shopify assigns one to it.' },
};
const key = (row: Pick<OrderOut, 'orderId' | 'locationId'>): string => `${row.orderId}@${row.locationId}`;
const wanted = (row: OrderOut): number => row.lines.reduce((sum, line) => sum + line.quantity, 0), shipped = (row: OrderOut): number => row.lines.reduce((sum, line) => sum + line.shipped, 0);

export function OrdersOutTab() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), again = useTellAgain();
  const view = ORDER_OUT_VIEWS.find((each) => each === search.view) ?? 'open', filter = { store: store.storeId, view, q: search.q };
  const query = useInfiniteQuery({ ...ordersOutQuery(filter), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]), counts = query.data?.pages[0]?.counts;
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  const columns = useMemo((): Column<OrderOut>[] => [
    { id: 'order', header: 'Order', width: 110, card: 'lead', cell: (row) => <span className="ellipsis strong">{row.orderName}</span> },
    { id: 'state', header: 'State', width: 158, card: 'wide', cell: (row) => <span className="row tight"><State row={row} />{row.held && <span className="tag">on hold</span>}</span> },
    { id: 'message', header: 'Message', width: 240, grows: true, card: 'wide', cell: (row) => (row.message ? <span className="ellipsis" title={row.message}>{row.message}</span> : null) },
    { id: 'dispatched', header: 'Dispatched', width: 96, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(shipped(row))} of {units(wanted(row))}</span> },
    { id: 'warehouse', header: 'Warehouse', width: 120, card: 'wide', cell: (row) => <span className="ellipsis" title={row.locationName}>{row.warehouse}</span> },
    { id: 'reference', header: 'Its reference', width: 180, cell: (row) => (row.warehouseReference ? <span className="ellipsis" title={row.warehouseReference}>{row.warehouseReference}</span> : <span className="dim">–</span>) },
    { id: 'placed', header: 'Since', width: 104, align: 'right', card: 'pair', cell: (row) => <span className="dim"><Ago at={row.createdAt} /></span> },
    { id: 'acknowledged', header: 'Acknowledged', width: 110, align: 'right', cell: (row) => <span className="dim">{row.acknowledgedAt ? <Ago at={row.acknowledgedAt} /> : 'not yet'}</span> },
    { id: 'tries', header: 'Tries', width: 56, align: 'right', cell: (row) => <span className="num">{units(row.attempts)}</span> },
    { id: 'again', header: '', title: 'Tell again', width: 98, align: 'right', cell: (row) => (TELLABLE.has(row.state) ? <Button size="compact-xs" variant="default" tabIndex={-1} data-action disabled={again.isPending} onClick={() => again.mutate(row)} aria-label={`Tell ${row.warehouse} of ${row.orderName} again`}>Tell again</Button> : null) },
  ], [again]);
  const chips: Chip[] = search.q ? [{ label: search.q, remove: () => change({ q: undefined }) }] : [];
  const listed = rows.find((row) => key(row) === search.id);
  const found = useQuery({
    queryKey: ['orders-out', 'one', store.storeId, search.id], enabled: search.id !== undefined && !listed && !query.isPending,
    queryFn: async ({ signal }) => (await read<OrderOutPage>('/orders-out', { store: store.storeId, view: 'all', limit: 500 }, signal)).rows.find((row) => key(row) === search.id) ?? null,
  });
  return (
    <>
      <DataTable<OrderOut>
        name="orders-out" label="Orders out" columns={columns} rows={rows} rowId={key} query={query} total={chips.length === 0 ? counts?.[view] ?? null : query.hasNextPage ? null : rows.length}
        open={(row) => change({ id: key(row) }, false)} openId={search.id} chips={chips} clear={() => change({ q: undefined })} search={{ value: search.q, placeholder: 'Order or its reference', change: (q) => change({ q }) }}
        filters={<SegmentedControl aria-label="Which orders" className="which" value={view} onChange={(to) => change({ view: to === 'open' ? undefined : to as typeof view, id: undefined })} data={ORDER_OUT_VIEWS.map((id) => ({ value: id, label: `${capital(id)}${counts ? ` ${units(counts[id])}` : ''}` }))} />}
        csv={{ href: address('/orders-out.csv', filter) }} empty={EMPTY[view]}
      />
      <Out id={search.id} row={listed ?? found.data ?? null} close={() => change({ id: undefined })} />
    </>
  );
}

function State({ row }: { row: OrderOut }) {
  const look = LOOK[row.state] ?? { tone: 'neutral' as const, word: capital(row.state) };
  return <Status tone={look.tone}>{look.word}</Status>;
}

function Out({ id, row, close }: { id: string | undefined; row: OrderOut | null; close(): void }) {
  const again = useTellAgain();
  return (
    <Drawer opened={id !== undefined} onClose={close} size={520} title={<span><strong>{row ? row.orderName : 'Order'}</strong>{row && <><br /><span className="small dim">{row.warehouse} · {row.locationName}</span></>}</span>}>
      {!row ? <Lines rows={6} /> : (
        <div className="stack case">
          <div className="row"><State row={row} />{row.held && <Status tone="held" pill>On hold in Shopify: not to be picked</Status>}</div>
          {row.message && <p className="sentence">{row.message}</p>}
          {TELLABLE.has(row.state) && <div><Button loading={again.isPending} onClick={() => again.mutate(row)}>Tell again</Button></div>}
          <Facts rows={[['Our reference', <code key="o">{row.reference}</code>], ['Its reference', row.warehouseReference ?? 'none yet'], ['Since', <Ago key="s" at={row.createdAt} />], ['Acknowledged', row.acknowledgedAt ? <Ago key="a" at={row.acknowledgedAt} /> : 'not yet'], ['Version', row.sentVersion === row.version ? units(row.version) : `${units(row.version)}; it knows ${units(row.sentVersion)}`], ['Tries', units(row.attempts)]]} />
          <section><h3>What it was told to send</h3>
            <table className="plain boxed"><thead><tr><th>SKU</th><th>Title</th><th className="num">Wanted</th><th className="num">Dispatched</th></tr></thead><tbody>{row.lines.map((line) => <tr key={line.lineReference}><td>{line.sku || <span className="dim">none</span>}</td><td>{line.title}</td><td className="num">{units(line.quantity)}</td><td className="num">{units(line.shipped)}</td></tr>)}</tbody></table>
            {row.lines.length === 0 && <p className="dim">Nothing any more: the order was cancelled or assigned elsewhere.</p>}
          </section>
        </div>
      )}
    </Drawer>
  );
}
