/** Today: the verdict, what needs somebody, what runs, what changed. */
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { todayQuery, type ExceptionCase, type Tile, type Today } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { RunProgress } from '../shell/JobStrip.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { EmptyState, ErrorState } from '../ui/feedback.tsx';
import { clock, flowWords, kindName, signed } from '../ui/format.ts';
import { Page, Panel } from '../ui/page.tsx';
import { Ago, Told } from '../ui/time.tsx';
import { SEVERITY, Status } from '../ui/tone.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { DigestPanel } from './DigestPanel.tsx';
import { useLastLooked } from './last-looked.ts';
import { SinceLooked } from './SinceLooked.tsx';
import { TodaySkeleton } from './TodaySkeleton.tsx';
import './today.css';

const SoldChart = lazy(() => import('./SoldChart.tsx').then((module) => ({ default: module.SoldChart })));

const route = getRouteApi('/app/');
/** The rest is one click away. */
const MOST_CASES = 5;
const FOR_ROLE = { everyone: 'Exceptions', ecommerce: 'Exceptions for ecommerce', planner: 'Exceptions for planning', warehouse: 'Exceptions for the warehouse' } as const;
const ROLES = [{ id: 'everyone', label: 'Everyone' }, { id: 'ecommerce', label: 'Ecommerce' }, { id: 'planner', label: 'Planning' }, { id: 'warehouse', label: 'Warehouse' }];

export function TodayPage() {
  const store = useStore(), search = route.useSearch(), since = useLastLooked(store.storeId), query = useQuery({ ...todayQuery(store.storeId, search.as, since), placeholderData: keepPreviousData });
  if (query.isError && !query.data) return <Page title="Today"><ErrorState error={query.error} retry={() => void query.refetch()} /></Page>;
  if (!query.data) return <TodaySkeleton />;
  const today = query.data;
  const Verdict = { good: IconCircleCheck, warn: IconAlertTriangle, bad: IconCircleX }[today.verdictTone];
  const open = today.checklist.filter((step) => !step.done);
  return (
    <Page title="Today" aside={<span className="dim small">as of {clock(today.at, store.timeZone)}</span>}>
      <p className="verdict" data-tone={today.verdictTone}><Verdict size={22} aria-hidden /><span>{today.verdict}</span></p>
      <ViewTabs label="Whose morning" views={ROLES} current={search.as ?? today.role} change={(id) => ({ as: id })} />
      <div className="tiles">{today.tiles.map((tile) => <TileLink key={tile.key} tile={tile} />)}</div>
      <div className="columns">
        <div className="span-7 stack wide-gap">
          {today.mine.length > 0 && <Panel flush title="Mine" aside={<Link to="/exceptions" search={{ tab: 'mine' }}>All of mine</Link>}><Cases cases={today.mine.slice(0, MOST_CASES)} at={today.at} timeZone={store.timeZone} /></Panel>}
          <Panel flush title={FOR_ROLE[today.role]} aside={<Link to="/exceptions" search={today.role === 'everyone' ? {} : { owner: today.role }}>All exceptions</Link>}><Cases cases={today.exceptions.slice(0, MOST_CASES)} at={today.at} timeZone={store.timeZone} /></Panel>
          <Panel title="Units sold per day" aside={<span className="dim small">last {today.sold.length} days, all locations</span>}><Suspense fallback={<div style={{ height: 214 }} />}><SoldChart from={today.soldFrom} sold={today.sold} /></Suspense></Panel>
        </div>
        <div className="span-5 stack wide-gap">
          {open.length > 0 && <Checklist steps={today.checklist} />}
          {today.running.length > 0 && <Panel title="Running now"><ul className="lines">{today.running.map((run) => <li key={run.runId} className="row"><Link to="/flows" search={{ flow: run.flow }}>{flowWords(run.flow)}</Link><span className="dim grow ellipsis">{run.stage ?? ''}</span><RunProgress run={run} /></li>)}</ul></Panel>}
          {today.sinceLooked && <SinceLooked numbers={today.sinceLooked} />}
          <DigestPanel digests={today.digests} day={search.day ?? today.digest?.day ?? today.digests[0]?.day} today={today.digest?.day ?? null} />
          <Panel flush title="Recent changes" aside={<Link to="/stock" search={{ view: 'changed' }}>Changed last hour</Link>}><Changes changes={today.changes} /></Panel>
        </div>
      </div>
    </Page>
  );
}

function TileLink({ tile }: { tile: Tile }) {
  return (
    <AppLink to={tile.link} className="tile">
      <span className="tile-label">{tile.label}</span>
      <span className="tile-value num" data-tone={tile.tone}>{tile.value}</span>
      <Status tone={tile.tone}><Told>{tile.detail}</Told></Status>
    </AppLink>
  );
}

function Cases({ cases, at, timeZone }: { cases: readonly ExceptionCase[]; at: string; timeZone: string }) {
  if (cases.length === 0) return <EmptyState good title="No open exceptions">Checked at {clock(at, timeZone)}.</EmptyState>;
  return (
    <ul className="cases">
      {cases.map((each) => {
        const look = SEVERITY[each.severity] ?? SEVERITY[4]!, overdue = each.dueAt < at;
        return (
          <li key={each.exceptionId}>
            <Link to="/exceptions" search={{ id: each.exceptionId }}>
              <Status tone={look.tone} title={look.word}><span className="sr">{look.word}: </span></Status>
              <span className="grow"><strong>{each.subject}</strong><span className="dim"> · {kindName(each.kind)}</span><br /><span className="clamp"><Told>{each.sentence}</Told></span></span>
              <span className={overdue ? 'negative small' : 'dim small'}>{overdue ? 'overdue ' : 'due '}<Ago at={each.dueAt} /></span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function Changes({ changes }: { changes: Today['changes'] }) {
  if (changes.length === 0) return <EmptyState title="Nothing has moved yet">Sales, returns and counts appear here as they happen.</EmptyState>;
  return (
    <ul className="changes">
      {changes.map((change, n) => (
        <li key={`${change.at}${change.itemId}${n}`}>
          <span className="num" data-sign={change.change < 0 ? 'minus' : change.change > 0 ? 'plus' : undefined}>{signed(change.change)}</span>
          <span className="grow ellipsis"><Link to="/items/$itemId" params={{ itemId: String(change.itemId) }} search={{ tab: 'movements' }} title={change.title}>{change.sku || change.title}</Link> <span className="dim">{change.sentence}</span></span>
          <span className="dim small"><Ago at={change.at} /></span>
        </li>
      ))}
    </ul>
  );
}

function Checklist({ steps }: { steps: Today['checklist'] }) {
  return (
    <Panel title="To be set up" aside={<span className="dim small">{steps.filter((step) => step.done).length} of {steps.length} done</span>}>
      <ul className="lines">{steps.map((step) => <li key={step.label}><Status tone={step.done ? 'good' : 'neutral'} title={step.done ? 'done' : 'to do'}><span className="sr">{step.done ? 'Done: ' : 'To do: '}</span></Status>{step.link && !step.done ? <AppLink to={step.link}>{step.label}</AppLink> : <span className={step.done ? 'dim' : ''}>{step.label}</span>}</li>)}</ul>
    </Panel>
  );
}
