/** One exception: what happened, what was seen, what to do about it, and what was done. */
import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { exceptionQuery, runbookQuery, type ExceptionCase, type ExceptionDetail } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { Lines } from '../ui/feedback.tsx';
import { capital, count, kindName, money } from '../ui/format.ts';
import { Facts } from '../ui/page.tsx';
import { Ago, Told, useNow } from '../ui/time.tsx';
import { CASE_LOOK, SEVERITY, Status } from '../ui/tone.tsx';
import { CaseActions } from './CaseActions.tsx';
import { nameOf, useCarers } from './carers.ts';
import { Evidence } from './Evidence.tsx';
import { Gathered, Similar, Timeline, Usual } from './History.tsx';
import { Markdown } from './Markdown.tsx';
import { RunbookButton } from './RunbookButton.tsx';

const ESCALATED = ['', 'Half its time is gone', 'Its time is over', 'Twice its time is gone'];

/** `resolving`: the case whose resolution is asked for at once, by its key in the list. `peeking`: beside the list, which stays in use. */
export function CaseDrawer({ id, listed, resolving, peeking, close }: { id: string | undefined; listed: ExceptionCase | undefined; resolving: string | null; peeking: boolean; close(): void }) {
  const store = useStore(), detail = useQuery({ ...exceptionQuery(store.storeId, id ?? ''), enabled: id !== undefined }), row = detail.data?.row ?? listed;
  return (
    <Drawer opened={id !== undefined} onClose={close} size={620} withOverlay={!peeking} trapFocus={!peeking} lockScroll={!peeking} returnFocus={!peeking} title={row ? <span><strong>{row.subject}</strong><br /><span className="small dim">{kindName(row.kind)}</span></span> : ''}>
      {row ? <Case row={row} detail={detail.data} resolving={row.exceptionId === resolving} /> : detail.isError ? <p className="dim">{detail.error.message}</p> : <Lines rows={8} />}
    </Drawer>
  );
}

function Case({ row, detail, resolving }: { row: ExceptionCase; detail: ExceptionDetail | undefined; resolving: boolean }) {
  const runbook = useQuery(runbookQuery(row.kind)), now = useNow(), store = useStore(), carers = useCarers();
  const severity = SEVERITY[row.severity] ?? SEVERITY[4]!, state = CASE_LOOK[row.state]!;
  return (
    <div className="stack case">
      <div className="row"><Status tone={severity.tone} pill>{severity.word}</Status><Status tone={state.tone} pill>{state.word}</Status>{row.regressions > 0 && <Status tone="bad" pill>Came back {row.regressions}×</Status>}{row.state === 'open' && row.escalation > 0 && <Status tone="bad" pill>{ESCALATED[row.escalation]}</Status>}{row.heldUntil !== null && <Status tone="held" pill>Comes and goes</Status>}</div>
      <p className="sentence"><Told>{row.sentence}</Told></p>
      {row.parentId !== null && row.state !== 'resolved' && <p className="dim">One of many that opened at once: <Link from="/exceptions" to="/exceptions" search={(old) => ({ ...old, id: row.parentId! })}>see them together</Link>.</p>}
      <CaseActions row={row} resolving={resolving} />
      <Facts rows={[
        ['Owner', <span key="owner">{capital(row.owner)}{detail && <span className="dim">, then {detail.backup}</span>}</span>], ['Assigned to', row.assignedTo === null ? 'nobody' : <span key="assigned" title={row.assignedTo}>{nameOf(carers, row.assignedTo)}</span>],
        ...(row.state === 'open' ? [['Due', <span key="due" className={Date.parse(row.dueAt) < now ? 'negative' : ''}><Ago at={row.dueAt} /></span>] as const] : []),
        ...(row.state === 'snoozed' ? [['Snoozed until', row.snoozedUntil ? <span key="until"><Ago at={row.snoozedUntil} />{row.snoozedSize !== null && ', or it is worse'}</span> : 'it is worse'] as const] : []), ...(row.ignoredUntil && row.state === 'ignored' ? [['Ignored until', <Ago key="until" at={row.ignoredUntil} />] as const] : []),
        ...(row.risk !== null ? [['At risk', money(row.risk, store.currency)] as const] : []),
        ...(row.resolvedAt ? [['Resolved', <Ago key="resolved" at={row.resolvedAt} />] as const] : []), ...(row.reason ? [['Reason', row.reason] as const] : []),
        ['First seen', <Ago key="first" at={row.firstSeen} />], ['Last seen', <span key="last"><Ago at={row.lastSeen} />, {count(row.occurrences, 'time')} in all</span>],
        ...(row.goodOnce !== null ? [['Equal once', <Told key="equal">{`at ${row.goodOnce.at}; closes when equal again after ${row.goodOnce.againAfter}`}</Told>] as const] : []),
        ...(detail && row.state !== 'resolved' ? [['Closes itself when', detail.closes] as const] : []),
        ...(row.itemId !== null ? [['Item', <Link key="item" to="/items/$itemId" params={{ itemId: String(row.itemId) }} search={row.locationId === null ? {} : { location: row.locationId, tab: 'movements' }}>Open the item</Link>] as const] : []),
        ...(row.kind === 'DEMAND_ANOMALY' && row.itemId !== null ? [['Forecast', <Link key="forecast" to="/forecast/$itemId" params={{ itemId: String(row.itemId) }} search={row.locationId === null ? {} : { location: row.locationId }}>Open the forecast</Link>] as const] : []),
      ]} />
      {detail && detail.children.length > 0 && <Gathered rows={detail.children} />}
      <section><h3>Evidence</h3><Evidence evidence={row.evidence} /></section>
      <section><h3>What to do</h3>{detail && <Usual detail={detail} />}{runbook.data ? <Markdown text={runbook.data.markdown} button={(name) => <RunbookButton key={name} name={name} row={row} />} /> : runbook.isError ? <p className="dim">The runbook could not be read. {runbook.error.message}</p> : <Lines rows={6} />}</section>
      {detail && <Similar detail={detail} />}
      {detail ? <Timeline detail={detail} /> : <Lines rows={3} />}
    </div>
  );
}
