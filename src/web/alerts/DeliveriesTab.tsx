/** Every message: to whom, about what, whether it got through, and what the other side said each time. */
import { Button, Drawer, Select } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { alertDeliveriesQuery, type AlertChannel, type AlertDelivery } from '../api/alert-queries.ts';
import { address, write } from '../api/client.ts';
import { useStore } from '../shell/store.tsx';
import type { Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { EmptyState } from '../ui/feedback.tsx';
import { capital, units } from '../ui/format.ts';
import { Facts } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import { KINDS } from './channel-words.ts';
import './alerts.css';

const route = getRouteApi('/app/settings/alerts');
const LOOK: Record<AlertDelivery['state'], { tone: Tone; word: string }> = { waiting: { tone: 'info', word: 'Waiting' }, delivered: { tone: 'good', word: 'Delivered' }, failed: { tone: 'bad', word: 'Given up' } };
const PURPOSE: Record<AlertDelivery['purpose'], string> = { alert: 'Cases', digest: 'Daily check', test: 'Test' };
const look = (row: AlertDelivery): { tone: Tone; word: string } => (row.state === 'waiting' && row.tries.length > 0 ? { tone: 'warn', word: 'Tried, waiting' } : LOOK[row.state]);

const COLUMNS: Column<AlertDelivery>[] = [
  { id: 'createdAt', header: 'Made', width: 100, card: 'pair', cell: (row) => <Ago at={row.createdAt} /> },
  { id: 'state', header: 'State', width: 132, card: 'lead', cell: (row) => <Status tone={look(row).tone}>{look(row).word}</Status> },
  { id: 'channel', header: 'Channel', width: 130, card: 'lead', cell: (row) => <span className="ellipsis">{row.channel}</span> },
  { id: 'purpose', header: 'About', width: 88, cell: (row) => PURPOSE[row.purpose] },
  { id: 'title', header: 'Message', width: 230, grows: true, card: 'wide', cell: (row) => <span className="ellipsis" title={row.title}>{row.title}</span> },
  { id: 'cases', header: 'Cases', width: 70, align: 'right', cell: (row) => <span className="num">{row.cases === 0 ? '–' : units(row.cases)}</span> },
  { id: 'tries', header: 'Tries', width: 64, align: 'right', cell: (row) => <span className="num">{row.tries.length}</span> },
  { id: 'said', header: 'Said', width: 250, cell: (row) => <span className="ellipsis dim" title={row.tries.at(-1)?.said ?? ''}>{row.tries.at(-1)?.said ?? '–'}</span> },
];

export function DeliveriesTab({ channels }: { channels: readonly AlertChannel[] }) {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), client = useQueryClient(), filter = { store: store.storeId, state: search.state, channel: search.channel };
  const query = useInfiniteQuery({ ...alertDeliveriesQuery(filter), placeholderData: keepPreviousData }), rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const change = (part: Partial<typeof search>, replace = true): void => void navigate({ search: (old) => ({ ...old, ...part }), replace });
  const retry = useMutation({
    mutationFn: (row: AlertDelivery) => write('POST', `/alerts/deliveries/${row.deliveryId}/retry`, { store: store.storeId }),
    onSuccess: () => { notifications.show({ message: 'It is tried again now' }); return client.invalidateQueries({ queryKey: ['alerts'] }); }, onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  const chips = [...(search.state ? [{ label: LOOK[search.state].word, remove: () => change({ state: undefined }) }] : []), ...(search.channel ? [{ label: channels.find((one) => one.channelId === search.channel)?.name ?? 'One channel', remove: () => change({ channel: undefined }) }] : [])];
  const shown = rows.find((row) => row.deliveryId === search.delivery);
  return (
    <>
      <DataTable<AlertDelivery>
        name="alert-deliveries" label="Messages" columns={COLUMNS} rows={rows} rowId={(row) => row.deliveryId} query={query} total={query.hasNextPage ? null : rows.length} chips={chips} clear={() => change({ state: undefined, channel: undefined })} csv={{ href: address('/alerts/deliveries', { ...filter, format: 'csv' }) }}
        open={(row) => change({ delivery: row.deliveryId }, false)} openId={search.delivery}
        filters={<><Select size="xs" aria-label="State" placeholder="Any state" clearable value={search.state ?? null} onChange={(to) => change({ state: (to ?? undefined) as typeof search.state })} data={Object.entries(LOOK).map(([value, { word }]) => ({ value, label: word }))} /><Select size="xs" aria-label="Channel" placeholder="Any channel" clearable value={search.channel ?? null} onChange={(to) => change({ channel: to ?? undefined })} data={channels.map((one) => ({ value: one.channelId, label: one.name }))} /></>}
        empty={chips.length > 0 ? { title: 'No message fits these filters', text: 'Take one of them away.' } : { title: 'No message was sent yet', text: 'Messages appear as cases open, with the daily check, and when a channel is tested.' }}
      />
      <Drawer opened={search.delivery !== undefined} onClose={() => change({ delivery: undefined })} size={520} title={<strong>Message</strong>}>
        {!shown ? <EmptyState title="It is not in this list">Take the filters away, or scroll further.</EmptyState> : (
          <div className="stack">
            <div className="row"><Status tone={look(shown).tone} pill>{look(shown).word}</Status><span className="dim">{KINDS[shown.kind].label}, {shown.channel}</span></div>
            <p className="sentence">{shown.title}</p>
            <Facts rows={[['About', PURPOSE[shown.purpose]], ['Cases', units(shown.cases)], ['Made', <Ago key="m" at={shown.createdAt} />], ...(shown.state === 'waiting' && shown.nextAt ? [['Next try', <Ago key="n" at={shown.nextAt} />] as const] : [])]} />
            <Cases message={shown.message} />
            <h3 className="small-head">Tries</h3>
            {shown.tries.length === 0 ? <p className="dim">Not tried yet.</p> : <ul className="tries">{shown.tries.map((one) => <li key={one.at}><Status tone={one.ok ? 'good' : 'bad'}>{one.ok ? 'Got through' : 'Did not'}</Status> <span className="dim small"><Ago at={one.at} /></span> <span className="dim">{one.said}</span></li>)}</ul>}
            {shown.state !== 'delivered' && <div><Button loading={retry.isPending} onClick={() => retry.mutate(shown)}>Try again now</Button></div>}
          </div>
        )}
      </Drawer>
    </>
  );
}

/** What the message said, case by case. */
function Cases({ message }: { message: Record<string, unknown> }) {
  const cases = (message['cases'] ?? []) as { exceptionId: string; subject: string; what: string; owner: string; sentence: string }[];
  if (cases.length === 0) return null;
  return <><h3 className="small-head">Told</h3><ul className="tries">{cases.map((one) => <li key={one.exceptionId}><span><strong>{one.subject}</strong> <span className="dim">{one.what}, {capital(one.owner)}</span><br /><span className="dim">{one.sentence}</span></span></li>)}</ul></>;
}
