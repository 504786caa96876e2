/** Flows: what each journey moves, whose it is, when it runs, and what its last run made of what came in. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { write } from '../api/client.ts';
import { flowsQuery, runsQuery, type Flow, type FlowRun } from '../api/queries.ts';
import { RunProgress } from '../shell/JobStrip.tsx';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, count, duration, kindName, units } from '../ui/format.ts';
import { Facts, Page, Panel } from '../ui/page.tsx';
import { Ago, useNow } from '../ui/time.tsx';
import { RUN_LOOK, Status } from '../ui/tone.tsx';
import { RunLine } from './RunLine.tsx';
import { scheduleWords } from './schedule.ts';
import './flows.css';

const route = getRouteApi('/app/flows');

export function FlowsPage() {
  const store = useStore(), search = route.useSearch(), query = useQuery(flowsQuery(store.storeId));
  if (query.isError && !query.data) return <Page title="Flows"><ErrorState error={query.error} retry={() => void query.refetch()} /></Page>;
  const flows = query.data?.flows ?? [], chosen = flows.find((flow) => flow.flow === search.flow) ?? flows[0];
  return (
    <Page title="Flows" aside={<span className="dim small">{query.data ? `${count(flows.length, 'flow')}, ${count(flows.reduce((sum, flow) => sum + flow.runsToday, 0), 'run')} in the last 24 h` : ''}</span>}>
      <div className="columns">
        <Panel flush className="span-7">{query.data ? <ul className="flows">{flows.map((flow) => <FlowCard key={flow.flow} flow={flow} chosen={flow === chosen} />)}</ul> : <div className="flow"><Lines rows={14} /></div>}</Panel>
        <div className="span-5">{chosen && <FlowDetail flow={chosen} />}</div>
      </div>
    </Page>
  );
}

function FlowCard({ flow, chosen }: { flow: Flow; chosen: boolean }) {
  const look = flow.lastRun ? RUN_LOOK[flow.lastRun.state]! : null;
  return (
    <li className="flow" data-chosen={chosen || undefined}>
      <Link to="/flows" search={(old) => ({ ...old, flow: flow.flow })} className="flow-name" aria-current={chosen || undefined}>{flow.flow}</Link>
      <span className="dim grow ellipsis" title={flow.moves}>{flow.moves}</span>
      {look && flow.lastRun ? <Status tone={look.tone} icon={look.icon}>{capital(flow.lastRun.state)} <Ago at={flow.lastRun.finishedAt ?? flow.lastRun.startedAt} /></Status> : <Status tone="neutral">Never ran</Status>}
      <div className="flow-run">
        {flow.lastRun?.state === 'running' ? <span className="row"><span className="dim">{flow.lastRun.stage ?? ''}</span><RunProgress run={flow.lastRun} /></span> : flow.lastRun ? <RunLine run={flow.lastRun} /> : <span className="dim">{capital(scheduleWords(flow.schedule))}</span>}
        {flow.lastRun?.error && <p className="negative">{flow.lastRun.error}</p>}
      </div>
    </li>
  );
}

function FlowDetail({ flow }: { flow: Flow }) {
  const store = useStore(), client = useQueryClient(), runs = useQuery(runsQuery(store.storeId, flow.flow));
  const start = useMutation({
    mutationFn: () => write('POST', `/flows/${flow.flow}/runs`, { store: store.storeId }),
    onSuccess: () => { notifications.show({ message: `${flow.flow} is queued` }); void client.invalidateQueries({ queryKey: ['flows'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  const running = flow.lastRun?.state === 'running';
  return (
    <Panel title={flow.flow} aside={<Button leftSection={<IconPlayerPlay size={14} />} loading={start.isPending} disabled={running} title={running ? 'It is running now' : undefined} onClick={() => start.mutate()}>{running ? 'Running' : 'Run now'}</Button>}>
      <div className="stack">
        <p className="sentence">{capital(flow.moves)}</p>
        <Facts rows={[['Owner', capital(flow.owner)], ['Runs', scheduleWords(flow.schedule)], ['May raise', flow.raises.length ? flow.raises.map(kindName).join(', ') : 'nothing'], ['In the last 24 h', count(flow.runsToday, 'run')]]} />
        {flow.lastRun && Object.keys(flow.lastRun.detail).length > 0 && <Detail detail={flow.lastRun.detail} />}
        <h3 className="small-head">Runs, newest first</h3>
        {runs.isError ? <ErrorState error={runs.error} retry={() => void runs.refetch()} /> : !runs.data ? <Lines rows={6} /> : runs.data.runs.length === 0 ? <EmptyState title="It has not run yet" /> : <ol className="runs">{runs.data.runs.map((run) => <Run key={run.runId} run={run} />)}</ol>}
      </div>
    </Panel>
  );
}

function Detail({ detail }: { detail: Record<string, unknown> }) {
  return <Facts rows={Object.entries(detail).slice(0, 12).map(([key, value]) => [capital(key.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()), typeof value === 'number' ? units(value) : Array.isArray(value) ? count(value.length, 'entry', 'entries') : String(value)] as const)} />;
}

function Run({ run }: { run: FlowRun }) {
  const look = RUN_LOOK[run.state]!, now = useNow();
  return (
    <li>
      <div className="row"><Status tone={look.tone} icon={look.icon}>{capital(run.state)}</Status><span><Ago at={run.startedAt} /></span><span className="dim">took {duration((run.finishedAt ? Date.parse(run.finishedAt) : Math.max(now, Date.parse(run.startedAt))) - Date.parse(run.startedAt))} · {run.trigger}</span></div>
      {run.state === 'running' ? <span className="row"><span className="dim">{run.stage ?? ''}</span><RunProgress run={run} /></span> : <RunLine run={run} />}
      {run.error && <p className="negative">{run.error}</p>}
    </li>
  );
}
