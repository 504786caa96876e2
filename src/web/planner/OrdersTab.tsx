/** Orders both sides keep: where each stands, what was received on either side, and the last writes with what came of them. */
import { Button, Drawer, Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { write } from '../api/client.ts';
import { plannerOrdersQuery, type PlannerOrder } from '../api/planner-queries.ts';
import { useStore } from '../shell/store.tsx';
import type { Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { EmptyState } from '../ui/feedback.tsx';
import { capital, units } from '../ui/format.ts';
import { Facts } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';

const route = getRouteApi('/app/settings/planner');
const LINK: Record<string, { tone: Tone; word: string }> = { waiting: { tone: 'info', word: 'Waiting' }, linked: { tone: 'good', word: 'In step' }, refused: { tone: 'bad', word: 'Refused' }, conflict: { tone: 'warn', word: 'A person decides' }, gone: { tone: 'bad', word: 'Gone there' } };
const look = (order: PlannerOrder): { tone: Tone; word: string } => (order.link === 'linked' && order.message ? { tone: 'held', word: 'Receipt held' } : LINK[order.link] ?? { tone: 'neutral', word: order.link });
const WHAT: Record<string, string> = { order: 'Order told', change: 'Change told', receipt: 'Receipt told' }, OUTCOME: Record<string, Tone> = { done: 'good', found: 'good', refused: 'bad', unknown: 'warn' };

const COLUMNS: Column<PlannerOrder>[] = [
  { id: 'reference', header: 'Order', width: 130, card: 'lead', cell: (row) => <strong>{row.reference}</strong> },
  { id: 'direction', header: 'From', width: 140, cell: (row) => (row.direction === 'out' ? 'Instep' : 'Inventory Planner') },
  { id: 'supplier', header: 'Supplier', width: 150, grows: true, card: 'lead', cell: (row) => <span className="ellipsis">{row.supplier}</span> },
  { id: 'link', header: 'State', width: 150, card: 'wide', cell: (row) => <Status tone={look(row).tone}>{look(row).word}</Status> },
  { id: 'here', header: 'Here', width: 110, cell: (row) => capital(row.state) },
  { id: 'there', header: 'There', width: 110, cell: (row) => row.plannerStatus ?? <span className="dim">–</span> },
  { id: 'ordered', header: 'Ordered', width: 80, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(row.ordered)}</span> },
  { id: 'received', header: 'Received', width: 84, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(row.received)}</span> },
  { id: 'agreed', header: 'Agreed', title: 'Units received that both sides showed when they last agreed', width: 80, align: 'right', cell: (row) => <span className={row.agreed === row.received ? 'num dim' : 'num negative'}>{units(row.agreed)}</span> },
  { id: 'message', header: 'Says', width: 260, cell: (row) => <span className="ellipsis dim" title={row.message ?? ''}>{row.message ?? '–'}</span> },
];

export function OrdersTab() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), client = useQueryClient(), stuck = search.stuck === 'yes';
  const query = useInfiniteQuery({ ...plannerOrdersQuery({ store: store.storeId, view: stuck ? 'stuck' : 'all' }), placeholderData: keepPreviousData }), rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  const again = useMutation({ mutationFn: (order: PlannerOrder) => write('POST', `/planner/orders/${order.purchaseOrderId}/again`, { store: store.storeId }, {}), onSuccess: () => { notifications.show({ message: 'It is told again with the next exchange, which is queued' }); return client.invalidateQueries({ queryKey: ['planner'] }); }, onError: (error) => notifications.show({ color: 'red', message: error.message }) });
  const shown = rows.find((row) => row.purchaseOrderId === search.order);
  return (
    <>
      <DataTable<PlannerOrder>
        name="planner-orders" label="Orders both sides keep" columns={COLUMNS} rows={rows} rowId={(row) => String(row.purchaseOrderId)} query={query} total={query.hasNextPage ? null : rows.length} chips={stuck ? [{ label: 'Only what is stuck', remove: () => change({ stuck: undefined }) }] : []} clear={() => change({ stuck: undefined })}
        open={(row) => change({ order: row.purchaseOrderId }, false)} openId={search.order === undefined ? undefined : String(search.order)} filters={<Switch size="xs" label="Only what is stuck" checked={stuck} onChange={(event) => change({ stuck: event.currentTarget.checked ? 'yes' : undefined })} />}
        empty={{ good: stuck, title: stuck ? 'Nothing is stuck' : 'No order is shared yet', text: stuck ? 'Every shared order is in step.' : 'An approved order here, or an active one there, appears with the next exchange.' }}
      />
      <Drawer opened={search.order !== undefined} onClose={() => change({ order: undefined })} size={520} title={<strong>{shown ? shown.reference : 'Order'}</strong>}>
        {!shown ? <EmptyState title="It is not in this list">Take the filter away, or look among all orders.</EmptyState> : (
          <div className="stack">
            <div className="row"><Status tone={look(shown).tone} pill>{look(shown).word}</Status>{shown.isReadonly && <Status tone="held">Owned by a connected system there</Status>}</div>
            {shown.message && <p className="sentence">{shown.message}</p>}
            <Facts rows={[['From', shown.direction === 'out' ? 'Instep' : 'Inventory Planner'], ['Its id there', shown.plannerId ?? 'none yet'], ['Status there', shown.plannerStatus ?? '–'], ['Ordered', units(shown.ordered)], ['Received here', units(shown.received)], ['Agreed', units(shown.agreed)], ['Last look', <Ago key="a" at={shown.updatedAt} />]]} />
            <h3 className="small-head">Last writes</h3>
            {shown.attempts.length === 0 ? <p className="dim">Nothing was written there.</p> : <ul className="last-writes">{shown.attempts.map((attempt) => <li key={attempt.createdAt + attempt.what}><Status tone={OUTCOME[attempt.outcome ?? ''] ?? 'info'}>{WHAT[attempt.what] ?? attempt.what}, {attempt.outcome ?? 'under way'}</Status> <span className="dim small"><Ago at={attempt.createdAt} /></span>{attempt.message && <p className="small dim">{attempt.message}</p>}</li>)}</ul>}
            {(shown.link === 'refused' || shown.link === 'conflict' || shown.link === 'waiting') && <div><Button loading={again.isPending} onClick={() => again.mutate(shown)}>Send again</Button></div>}
          </div>
        )}
      </Drawer>
    </>
  );
}
