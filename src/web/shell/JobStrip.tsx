/** Long work that runs now: its stage and how far it is. A bar only where the end is known; a new stage starts a new bar. */
import { Popover, Progress, UnstyledButton } from '@mantine/core';
import { IconLoader2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { flowsQuery, type FlowRun } from '../api/queries.ts';
import { duration, flowWords, units } from '../ui/format.ts';
import { useNow } from '../ui/time.tsx';

/** Runs shorter than this come and go unmentioned. */
const WORTH_SHOWING_MS = 1_500;

export function RunProgress({ run }: { run: FlowRun }) {
  const done = run.total === null ? `${units(run.done)} done` : `${units(run.done)} of ${units(run.total)}`;
  return (
    <>
      <span className="num">{run.done > 0 || run.total !== null ? done : run.stage === null ? 'starting' : 'under way'}</span>
      {run.total !== null && run.total > 0 && <Progress className="bar" size={6} value={Math.min(100, (100 * run.done) / run.total)} aria-label={`${flowWords(run.flow)}: ${done}`} />}
    </>
  );
}

export function JobStrip({ store }: { store: number }) {
  const { data } = useQuery(flowsQuery(store)), now = useNow();
  const running = (data?.flows ?? []).flatMap((flow) => (flow.lastRun?.state === 'running' && now - Date.parse(flow.lastRun.startedAt) > WORTH_SHOWING_MS ? [flow.lastRun] : []));
  const first = running[0];
  if (!first) return null;
  return (
    <Popover width={420} position="bottom-end">
      <Popover.Target>
        <UnstyledButton className="job" aria-label={`Running: ${flowWords(first.flow)}${running.length > 1 ? ` and ${running.length - 1} more` : ''}`}><IconLoader2 size={14} className="spin" aria-hidden /><strong>{flowWords(first.flow)}</strong><RunProgress run={first} />{running.length > 1 && <span className="tag">+{running.length - 1}</span>}</UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label="Running work">
        <ul className="jobs">
          {running.map((run) => (
            <li key={run.runId}>
              <div className="row"><Link to="/flows" search={{ flow: run.flow }}>{flowWords(run.flow)}</Link><span className="dim grow">{run.stage?.replace(`${run.flow}: `, '') ?? ''}</span><span className="dim">{duration(Math.max(0, now - Date.parse(run.startedAt)))}</span></div>
              <div className="row"><RunProgress run={run} /></div>
              {Object.keys(run.failed).length > 0 && <p className="negative">{Object.entries(run.failed).map(([reason, n]) => `${reason}: ${units(n)}`).join(', ')}</p>}
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}
