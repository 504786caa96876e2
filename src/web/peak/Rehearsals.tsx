/** Rehearsing a peak on the sandbox: asked for here, followed while it runs, its report read beside those of peaks. */
import { Button, Drawer, NumberInput, Popover, Progress } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import type * as Contract from '../../http/contract-peak.ts';
import type { Of } from '../../http/contract.ts';
import { address, write } from '../api/client.ts';
import { one } from '../api/queries.ts';
import { Markdown } from '../exceptions/Markdown.tsx';
import '../exceptions/exceptions.css';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { decimal, duration } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { Ago, useNow } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';

type List = Of<typeof Contract.Rehearsals>;
type Rehearsal = List['rehearsals'][number];
const route = getRouteApi('/app/peak');
const SHOWN = 6, REFRESH_MS = 2_000;
const rehearsalsQuery = (store: number) => ({ ...one<List>(['push', 'rehearsals', store], '/peak/rehearsals', { store }), refetchInterval: (query: { state: { data?: List | undefined } }) => (query.state.data?.rehearsals.some((each) => each.endedAt === null) ? REFRESH_MS : false as const) });

export function Rehearsals() {
  const store = useStore(), { rehearsal } = route.useSearch(), navigate = route.useNavigate(), data = useQuery(rehearsalsQuery(store.storeId)).data;
  if (!data || (!data.may && data.rehearsals.length === 0)) return null;
  const on = data.rehearsals.find((each) => each.endedAt === null), over = data.rehearsals.filter((each) => each.endedAt !== null);
  return (
    <Panel title="Rehearsals" aside={data.may && !on && <Ask />}>
      <div className="stack">
        {on && <Running rehearsal={on} />}
        {over.length === 0 ? !on && <p className="dim">None yet. Pretended shoppers hurry for a while, and the monitor’s rules say whether everything kept up.</p> : <ul className="peak-events">{over.slice(0, SHOWN).map((each) => <li key={each.rehearsalId}><Over rehearsal={each} /></li>)}</ul>}
      </div>
      <Drawer opened={rehearsal !== undefined} onClose={() => void navigate({ search: (old) => ({ ...old, rehearsal: undefined }) })} size={760} title={<strong>Rehearsal</strong>}>{rehearsal !== undefined && <Report id={String(rehearsal)} />}</Drawer>
    </Panel>
  );
}

function Over({ rehearsal: { rehearsalId, times, minutes, startedAt, askedAt, passed, failed, reachedPerMinute, said } }: { rehearsal: Rehearsal }) {
  const words = `${decimal(times)} × for ${duration(minutes * 60_000)}`;
  if (passed === null) return <><span>{words}</span> <span className="dim"><Ago at={startedAt ?? askedAt} />, not judged: {said}</span></>;
  return <><Link from="/peak" to="/peak" search={(old) => ({ ...old, rehearsal: Number(rehearsalId) })}>{words}</Link> <Status tone={passed ? 'good' : 'bad'}>{passed ? 'passed' : 'not passed'}</Status> <span className="dim"><Ago at={startedAt!} />, {decimal(reachedPerMinute ?? 0)} {reachedPerMinute === 1 ? 'order' : 'orders'} a minute{!passed && `: ${failed.join(', ').toLowerCase()}`}</span></>;
}

function Running({ rehearsal }: { rehearsal: Rehearsal }) {
  const store = useStore(), client = useQueryClient(), now = useNow(), whole = rehearsal.minutes * 60_000, gone = rehearsal.startedAt === null ? 0 : Math.max(0, now - Date.parse(rehearsal.startedAt));
  const stop = useMutation({
    mutationFn: () => write('POST', `/peak/rehearsals/${rehearsal.rehearsalId}/stop`, { store: store.storeId }),
    onSettled: () => client.invalidateQueries({ queryKey: ['push', 'rehearsals'] }), onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  const words = rehearsal.stopping ? 'It is being stopped' : rehearsal.startedAt === null ? 'It waits for the worker' : gone < whole ? `${duration(gone)} of ${duration(whole)}` : 'The rush is over; what it left is being caught up with';
  return (
    <div className="stack">
      <div className="row"><Status tone="info">{decimal(rehearsal.times)} × the usual orders</Status><span className="dim">{words}</span><Button className="end" size="compact-sm" variant="default" leftSection={<IconPlayerStop size={14} />} loading={stop.isPending} disabled={rehearsal.stopping} onClick={() => stop.mutate()}>Stop</Button></div>
      <Progress size={6} value={Math.min(100, (100 * gone) / whole)} aria-label={`Rehearsal: ${words}`} />
    </div>
  );
}

function Ask() {
  const store = useStore(), client = useQueryClient(), [open, setOpen] = useState(false), [times, setTimes] = useState<number | string>(10), [minutes, setMinutes] = useState<number | string>(10);
  const ask = useMutation({
    mutationFn: () => write('POST', '/peak/rehearsals', { store: store.storeId }, { times, minutes }),
    onSuccess: () => { setOpen(false); void client.invalidateQueries({ queryKey: ['push', 'rehearsals'] }); }, onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  const valid = typeof times === 'number' && times >= 1 && typeof minutes === 'number' && minutes > 0;
  return (
    <Popover opened={open} onChange={setOpen} width={300} trapFocus position="bottom-end">
      <Popover.Target><Button variant="default" leftSection={<IconPlayerPlay size={15} />} onClick={() => setOpen(!open)}>Rehearse…</Button></Popover.Target>
      <Popover.Dropdown aria-label="Rehearse a peak">
        <form className="stack" onSubmit={(event) => { event.preventDefault(); ask.mutate(); }}>
          <p className="small dim">Pretended shoppers of this sandbox buy faster. Afterwards they buy as before; what they bought stays.</p>
          <NumberInput label="Times the usual orders" min={1} max={10_000} value={times} onChange={setTimes} data-autofocus />
          <NumberInput label="Minutes" min={0.05} max={120} decimalScale={2} value={minutes} onChange={setMinutes} />
          <Button type="submit" loading={ask.isPending} disabled={!valid}>Begin</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function Report({ id }: { id: string }) {
  const store = useStore(), query = useQuery(one<Rehearsal & { report: string | null }>(['push', 'rehearsals', store.storeId, id], `/peak/rehearsals/${id}`, { store: store.storeId }));
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Lines rows={12} />;
  if (query.data.report === null) return <p className="dim">{query.data.said ?? 'It is not over yet.'}</p>;
  return <div className="stack"><div><Button component="a" variant="default" leftSection={<IconDownload size={15} />} href={address(`/peak/rehearsals/${id}/text`, { store: store.storeId })} download>Markdown</Button></div><Markdown text={query.data.report} button={() => null} /></div>;
}
