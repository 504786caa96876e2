/** Repairs of levels: those that wait for a second person first; each with what it changed, why, and a way back. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { write } from '../api/client.ts';
import { sessionQuery } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, count, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import { Change } from './Change.tsx';
import { repairsQuery, useRepair, type Repair } from './drift-queries.ts';

const LOOK: Record<Repair['state'], Tone> = { 'waits for approval': 'warn', sending: 'info', done: 'good', refused: 'bad', reversing: 'info', reversed: 'neutral' };

export function RepairsTab() {
  const store = useStore(), query = useQuery(repairsQuery(store.storeId)), me = useQuery(sessionQuery()).data?.user?.email ?? 'operator', repair = useRepair(), rows = query.data?.repairs;
  if (query.isError && !rows) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!rows) return <Panel><Lines rows={6} /></Panel>;
  if (rows.length === 0) return <Panel><EmptyState good title="No level was repaired">When a difference has no known cause, open it here or from its exception: accept Shopify’s number, or push ours; or choose several rows on Levels. Above {units(query.data!.limit)} units a second person approves. Every repair is kept and can be taken back.</EmptyState></Panel>;
  const toApprove = rows.filter((row) => row.state === 'waits for approval' && row.proposedBy !== me);
  return (
    <Panel flush className="scroll-panel" {...(toApprove.length > 1 ? { title: `${count(rows.length, 'repair')}`, aside: <ApproveAll rows={toApprove} /> } : {})}><Wide label="Repairs">
      <table className="plain override-list">
        <thead><tr><th>Item</th><th>Location</th><th>Way</th><th className="num">Available</th><th className="num">Committed</th><th>State</th><th>Reason</th><th>Asked</th><th aria-label="Actions" /></tr></thead>
        <tbody>{rows.map((row) => (
          <tr key={row.repairId}>
            <td><AppLink to={`/items/${row.itemId}?location=${row.locationId}&tab=movements`}>{row.sku || row.title}</AppLink></td><td>{row.locationName}</td><td>{capital(row.way)}{row.automatic && <div className="dim small">without asking</div>}</td>
            <td className="num"><Change change={row.available} /></td><td className="num"><Change change={row.committed} /></td>
            <td><Status tone={LOOK[row.state]} title={row.message ?? undefined}>{capital(row.state)}</Status>{row.message && <div className="dim small">{row.message}</div>}</td><td>{row.reason}</td>
            <td className="dim"><Ago at={row.proposedAt} /> by {row.proposedBy}{row.approvedBy && <div>approved by {row.approvedBy}</div>}{row.reversedBy && <div>taken back by {row.reversedBy}</div>}</td>
            <td><span className="row tight">
              {row.state === 'waits for approval' && row.proposedBy !== me && <Button size="compact-xs" loading={repair.isPending} onClick={() => repair.mutate({ repairId: row.repairId, action: 'approve' })}>Approve</Button>}
              {row.state === 'waits for approval' && <Button size="compact-xs" variant="default" loading={repair.isPending} onClick={() => repair.mutate({ repairId: row.repairId, action: 'withdraw' })}>Withdraw</Button>}
              {row.state === 'done' && <Button size="compact-xs" variant="default" loading={repair.isPending} onClick={() => repair.mutate({ repairId: row.repairId, action: 'reverse' })}>Reverse</Button>}
            </span></td>
          </tr>))}
        </tbody>
      </table>
    </Wide></Panel>
  );
}

/** What somebody asked for together is agreed to together. */
function ApproveAll({ rows }: { rows: readonly Repair[] }) {
  const store = useStore(), client = useQueryClient(), sum = rows.reduce((total, row) => total + row.units, 0);
  const approve = useMutation({
    mutationFn: () => write<{ approved: number; left: number }>('POST', '/drift/repairs/approve', { store: store.storeId }, { repairIds: rows.map((row) => row.repairId) }),
    onSuccess: async ({ approved, left }) => { notifications.show({ message: `${count(approved, 'repair')} approved${left === 0 ? '' : `; ${left} wait no more`}` }); await client.invalidateQueries({ queryKey: ['stock'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  return <Button size="compact-sm" loading={approve.isPending} onClick={() => approve.mutate()}>Approve {rows.length}, {count(sum, 'unit')}</Button>;
}
