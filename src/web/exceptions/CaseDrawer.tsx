/** One exception: what happened, what was seen, what to do about it. */
import { Button, Drawer, Menu, Popover, Textarea } from '@mantine/core';
import { IconClockPause, IconEyeOff, IconRefresh, IconUserCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { runbookQuery, type ExceptionCase } from '../api/queries.ts';
import { Lines } from '../ui/feedback.tsx';
import { capital, count, kindName } from '../ui/format.ts';
import { Facts } from '../ui/page.tsx';
import { Ago, useNow } from '../ui/time.tsx';
import { CASE_LOOK, SEVERITY, Status } from '../ui/tone.tsx';
import { SNOOZES, snoozedUntil, useAct, useMe } from './actions.ts';
import { Evidence } from './Evidence.tsx';
import { Markdown } from './Markdown.tsx';

export function CaseDrawer({ row, close }: { row: ExceptionCase | null; close(): void }) {
  return (
    <Drawer opened={row !== null} onClose={close} size={600} title={row ? <span><strong>{row.subject}</strong><br /><span className="small dim">{kindName(row.kind)}</span></span> : ''}>
      {row && <Case row={row} />}
    </Drawer>
  );
}

function Case({ row }: { row: ExceptionCase }) {
  const runbook = useQuery(runbookQuery(row.kind)), now = useNow();
  const severity = SEVERITY[row.severity] ?? SEVERITY[4]!, state = CASE_LOOK[row.state]!;
  return (
    <div className="stack case">
      <div className="row"><Status tone={severity.tone} pill>{severity.word}</Status><Status tone={state.tone} pill>{state.word}</Status>{row.regressions > 0 && <Status tone="bad" pill>Came back {row.regressions}×</Status>}</div>
      <p className="sentence">{row.sentence}</p>
      <Actions row={row} />
      <Facts rows={[
        ['Owner', capital(row.owner)], ['Assigned to', row.assignedTo ?? 'nobody'],
        ...(row.state === 'open' ? [['Due', <span key="due" className={Date.parse(row.dueAt) < now ? 'negative' : ''}><Ago at={row.dueAt} /></span>] as const] : []),
        ...(row.snoozedUntil && row.state === 'snoozed' ? [['Snoozed until', <Ago key="until" at={row.snoozedUntil} />] as const] : []),
        ...(row.resolvedAt ? [['Resolved', <Ago key="resolved" at={row.resolvedAt} />] as const] : []), ...(row.reason ? [['Reason', row.reason] as const] : []),
        ['First seen', <Ago key="first" at={row.firstSeen} />], ['Last seen', <span key="last"><Ago at={row.lastSeen} />, {count(row.occurrences, 'time')} in all</span>],
        ...(row.itemId !== null ? [['Item', <Link key="item" to="/items/$itemId" params={{ itemId: String(row.itemId) }} search={row.locationId === null ? {} : { location: row.locationId, tab: 'movements' }}>Open the item</Link>] as const] : []),
        ...(row.kind === 'DEMAND_ANOMALY' && row.itemId !== null ? [['Forecast', <Link key="forecast" to="/forecast/$itemId" params={{ itemId: String(row.itemId) }} search={row.locationId === null ? {} : { location: row.locationId }}>Open the forecast</Link>] as const] : []),
      ]} />
      <section><h3>Evidence</h3><Evidence evidence={row.evidence} /></section>
      <section><h3>What to do</h3>{runbook.data ? <Markdown text={runbook.data.markdown} /> : runbook.isError ? <p className="dim">The runbook could not be read. {runbook.error.message}</p> : <Lines rows={6} />}</section>
    </div>
  );
}

function Actions({ row }: { row: ExceptionCase }) {
  const act = useAct(), me = useMe();
  const run = (action: Parameters<typeof act.mutate>[0]['action']): void => act.mutate({ id: row.exceptionId, action });
  if (row.state === 'resolved') return null;
  return (
    <div className="row">
      {row.assignedTo === me ? <Button variant="default" disabled={act.isPending} onClick={() => run({ action: 'assign', to: null })}>Give it back</Button>
        : <Button leftSection={<IconUserCheck size={15} />} disabled={act.isPending} onClick={() => run({ action: 'assign', to: me })}>Assign to me</Button>}
      {row.state === 'open' && (
        <Menu><Menu.Target><Button variant="default" leftSection={<IconClockPause size={15} />} disabled={act.isPending}>Snooze</Button></Menu.Target>
          <Menu.Dropdown>{SNOOZES.map((each) => <Menu.Item key={each.hours} onClick={() => run({ action: 'snooze', until: snoozedUntil(each.hours, Date.now()) })}>{capital(each.label)}</Menu.Item>)}</Menu.Dropdown></Menu>
      )}
      {row.state === 'open' && <Ignore ignore={(reason) => run({ action: 'ignore', reason })} />}
      {row.state !== 'open' && <Button variant="default" leftSection={<IconRefresh size={15} />} disabled={act.isPending} onClick={() => run({ action: 'reopen' })}>Reopen</Button>}
    </div>
  );
}

/** A reason of at least this many letters: somebody will want to know why. */
const SHORTEST_REASON = 3;

function Ignore({ ignore }: { ignore(reason: string): void }) {
  const [open, setOpen] = useState(false), [reason, setReason] = useState('');
  return (
    <Popover opened={open} onChange={setOpen} width={300} trapFocus>
      <Popover.Target><Button variant="default" leftSection={<IconEyeOff size={15} />} onClick={() => setOpen(!open)}>Ignore…</Button></Popover.Target>
      <Popover.Dropdown aria-label="Ignore with a reason">
        <form className="stack" onSubmit={(event) => { event.preventDefault(); setOpen(false); ignore(reason.trim()); }}>
          <Textarea label="Why may this be ignored?" value={reason} onChange={(event) => setReason(event.currentTarget.value)} maxLength={500} autosize minRows={2} data-autofocus />
          <Button type="submit" disabled={reason.trim().length < SHORTEST_REASON}>Ignore</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
