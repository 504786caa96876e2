/** The score with its arithmetic and how it went so far; each check, whose it is, what it costs; one click from its gaps. */
import { SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AuditCheck, AuditView } from '../api/audit-queries.ts';
import { gradeOf } from '../../domain/audit/grade.ts';
import { useStore } from '../shell/store.tsx';
import { Banner } from '../ui/feedback.tsx';
import { capital, count, day, decimal, money, units } from '../ui/format.ts';
import { Facts, Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { SEVERITY, Status } from '../ui/tone.tsx';
import '../table/table.css';

const route = getRouteApi('/app/audit');
const TONE = { good: 'good', fair: 'warn', poor: 'bad' } as const;

export function ChecksTab({ view }: { view: AuditView }) {
  const { owner } = route.useSearch(), navigate = route.useNavigate(), store = useStore(), report = view.report!;
  const phone = useMediaQuery('(max-width: 700px)', undefined, { getInitialValueInEffect: false });
  const owners = [...new Set(report.checks.map((check) => check.owner))], shown = report.checks.filter((check) => owner === undefined || check.owner === owner);
  const bad = shown.filter((check) => check.found > 0).toSorted((a, b) => b.lost - a.lost), clean = shown.filter((check) => check.found === 0 && check.skipped === null), skipped = shown.filter((check) => check.skipped !== null);
  return (
    <div className="stack audit">
      {view.history[0]?.reportId !== report.reportId && <Banner action={<Link to="/audit" search={{}}>Show the newest</Link>}>This is a former report.</Banner>}
      <div className="columns">
        <Panel className="span-7">
          <div className="audit-score" data-tone={TONE[gradeOf(report.score)]}><p><b>{report.score}</b><span className="dim">of 100</span></p><p className="sentence">{report.explained}</p></div>
          <Facts rows={[['Read', <span key="r"><Ago at={report.madeAt} />: {units(report.read.variants)} variants, {units(report.read.levels)} levels, {count(report.read.orders, 'order')}{report.read.ordersFrom && ` since ${day(report.read.ordersFrom)}`}</span>], ['Gaps', units(report.gaps)], ['Units concerned', units(report.units)], ['At risk', money(report.money, store.currency)]]} />
          <p className="dim small">A unit may stand under several headings. “At risk” is at cost, at price where no cost is kept, and at price for what is promised to customers.</p>
        </Panel>
        <Panel title="Score so far" className="span-5"><History view={view} /></Panel>
      </div>
      <div className="owners"><SegmentedControl aria-label="Whose gaps" value={owner ?? 'all'} onChange={(to) => void navigate({ search: (old) => ({ ...old, owner: to === 'all' ? undefined : to }), replace: true })} data={[{ value: 'all', label: `All ${units(report.checks.reduce((sum, check) => sum + check.found, 0))}` }, ...owners.map((id) => ({ value: id, label: `${capital(id)} ${units(report.checks.filter((check) => check.owner === id).reduce((sum, check) => sum + check.found, 0))}` }))]} /></div>
      <Panel flush>{phone ? <Cards bad={bad} clean={clean} skipped={skipped} /> : <Wide label="Checks">
        <table className="plain audit-checks">
          <thead><tr><th>Check</th><th>Urgency</th><th>Owner</th><th className="num">Gaps</th><th className="num">Looked at</th><th className="num">Units</th><th className="num">At risk</th><th className="num">Points</th><th>Fix</th></tr></thead>
          <tbody>
            {bad.map((check) => <Row key={check.id} check={check} />)}
            {bad.length === 0 && <tr><td colSpan={9}><Status tone="good">No gap was found</Status></td></tr>}
            {clean.length > 0 && <tr><td colSpan={9}><Status tone="good">Nothing found</Status> <span className="dim">{clean.map((check) => `${check.title} (${units(check.checked)} looked at)`).join(' · ')}</span></td></tr>}
            {skipped.map((check) => <tr key={check.id}><td><b>{check.title}</b></td><td colSpan={8}><Status tone="neutral">Could not be checked</Status> <span className="dim">{check.skipped}</span></td></tr>)}
          </tbody>
        </table>
      </Wide>}</Panel>
    </div>
  );
}

function Row({ check }: { check: AuditCheck }) {
  const store = useStore(), severity = SEVERITY[check.severity]!;
  return (
    <tr>
      <td><Link from="/audit" to="/audit" search={(old) => ({ ...old, tab: 'gaps' as const, check: check.id })}><b>{check.title}</b></Link></td><td><Status tone={severity.tone}>{severity.word}</Status></td><td>{capital(check.owner)}</td>
      <td className="num"><b>{units(check.found)}</b></td><td className="num dim">{units(check.checked)}</td><td className="num">{check.units === 0 ? '–' : units(check.units)}</td><td className="num">{money(check.money, store.currency)}</td><td className="num">{check.lost === 0 ? '–' : `−${decimal(check.lost)}`}</td><td className="fix dim">{check.fix}</td>
    </tr>
  );
}

/** The same on a phone, a card a check: nine columns have no room there. */
function Cards({ bad, clean, skipped }: Record<'bad' | 'clean' | 'skipped', readonly AuditCheck[]>) {
  const store = useStore(), pair = (name: string, value: ReactNode) => <div className="pair"><span className="name">{name}</span><span>{value}</span></div>;
  return (
    <ul className="check-cards" aria-label="Checks">
      {bad.map((check) => { const severity = SEVERITY[check.severity]!; return (
        <li key={check.id} className="card"><div>
          <div className="lead"><Link from="/audit" to="/audit" search={(old) => ({ ...old, tab: 'gaps' as const, check: check.id })}>{check.title}</Link></div>
          {pair('Urgency', <Status tone={severity.tone}>{severity.word}</Status>)}{pair('Owner', capital(check.owner))}{pair('Gaps', <><b>{units(check.found)}</b> <span className="dim">of {units(check.checked)}</span></>)}{pair('Units', check.units === 0 ? '–' : units(check.units))}{pair('At risk', money(check.money, store.currency))}{pair('Points', check.lost === 0 ? '–' : `−${decimal(check.lost)}`)}
          <div className="note dim">{check.fix}</div>
        </div></li>
      ); })}
      {bad.length === 0 && <li><Status tone="good">No gap was found</Status></li>}
      {clean.length > 0 && <li><Status tone="good">Nothing found</Status> <span className="dim">{clean.map((check) => `${check.title} (${units(check.checked)} looked at)`).join(' · ')}</span></li>}
      {skipped.map((check) => <li key={check.id}><b>{check.title}</b> <Status tone="neutral">Could not be checked</Status> <span className="dim">{check.skipped}</span></li>)}
    </ul>
  );
}

/** Bars of the scores, oldest first; each leads to its report. */
function History({ view }: { view: AuditView }) {
  const store = useStore(), all = view.history.toReversed();
  if (all.length < 2) return <p className="dim">The second report will show which way it goes.</p>;
  return (
    <ol className="score-bars" aria-label="Scores, oldest first">{all.map((each) => (
      <li key={each.reportId} data-tone={TONE[gradeOf(each.score)]} data-current={each.reportId === view.report!.reportId || undefined}>
        <Link to="/audit" search={{ report: Number(each.reportId) }} title={`${each.score} of 100, ${new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: store.timeZone }).format(new Date(each.madeAt))}: ${count(each.gaps, 'gap')}`}><span className="bar" style={{ height: `${Math.max(4, each.score)}%` }} /><span className="small">{each.score}</span></Link>
      </li>))}
    </ol>
  );
}
