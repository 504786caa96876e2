/** What people and checks did in a period: daily checks, cases, changes by hand with their reasons, who may come in, the trail's proof, back-ups, versions. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { lasted } from '../../domain/audit/period-acts.ts';
import { periodActsQuery, type PeriodActs as Acts } from '../api/audit-queries.ts';
import { useStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { Banner, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, count, day, instant, kindName, units } from '../ui/format.ts';
import { Facts, Panel, Wide } from '../ui/page.tsx';
import { Status } from '../ui/tone.tsx';

/** Rows of a list that are shown before somebody asks for the rest. */
const FIRST = 8;

export function PeriodActs({ from, to }: { from: string; to: string }) {
  const store = useStore(), query = useQuery(periodActsQuery(store.storeId, from, to)), acts = query.data;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!acts) return <Panel title="What was done"><Lines rows={6} /></Panel>;
  return (
    <>
      {acts.trail.broken.length > 0 && <Banner>The audit trail does not hold: {acts.trail.broken.slice(0, 3).join('; ')}. See AUDIT_CHAIN_BROKEN before you rely on this page.</Banner>}
      <Summary acts={acts} />
      <Panel flush title="Cases">{acts.cases.length === 0 ? <div className="panel-body"><p className="dim">None was opened or closed, and none was open at the end.</p></div> : <Cases cases={acts.cases} />}</Panel>
      {acts.acts.map((group) => <Group key={group.group} group={group} from={from} to={to} />)}
      {acts.acts.length === 0 && <Panel title="By hand"><p className="dim">Nobody changed stock, plan, access or rules by hand.</p></Panel>}
      {acts.backups.drills.length > 0 && <Drills drills={acts.backups.drills} />}
    </>
  );
}

function Summary({ acts: { checks, drift, trail, backups, versions, rest } }: { acts: Acts }) {
  const tied = checks.days === 0 ? <span className="dim">none in these days</span> : <><Status tone={checks.tied === checks.days ? 'good' : 'warn'}>{units(checks.tied)} of {units(checks.days)} tied</Status>{checks.others.slice(-3).map((each) => <div key={each.day} className="small dim">{day(each.day, true)}: {each.verdict}</div>)}</>;
  const repairs = drift.repairs === 0 ? 'none' : `${units(drift.repairs)} of ${count(drift.units, 'unit')}${drift.byPolicy > 0 ? `, ${units(drift.byPolicy)} by a policy` : ''}`;
  const links = <>{trail.entries === 0 ? <span className="dim">no entry</span> : <><Status tone={trail.broken.length === 0 ? 'good' : 'bad'}>links {trail.first} to {trail.last}{trail.broken.length === 0 ? ' hold' : ', broken'}</Status><div><code className="digest small">{trail.head}</code></div></>}{rest > 0 && <div className="small dim">{count(rest, 'entry', 'entries')} on cases and purchase orders {rest === 1 ? 'is' : 'are'} not listed here</div>}</>;
  const kept = <>{units(backups.backUps)} made{backups.failed > 0 && <>, <Status tone="bad">{units(backups.failed)} failed</Status></>}, {backups.drills.length === 0 ? 'no drill' : count(backups.drills.length, 'drill or restore', 'drills and restores')}</>;
  const versioned = <>Instep {versions.instep}, Admin API {versions.api}{versions.migrations.length > 0 && <div className="small dim" title={versions.migrations.map((each) => each.name).join('\n')}>the database was brought forward by {count(versions.migrations.length, 'migration')}</div>}</>;
  return (
    <Panel title="What was done">
      <Facts rows={[
        ['Daily checks', tied], ['Differences', `${units(drift.opened)} opened, ${units(drift.closed)} closed, ${units(drift.open)} open at the end`], ['Repairs', `${repairs}${drift.reversed > 0 ? `; ${units(drift.reversed)} taken back` : ''}`],
        ['Audit trail', links], ['Back-ups', kept], ['Versions', versioned],
      ]} />
    </Panel>
  );
}

function Cases({ cases }: { cases: Acts['cases'] }) {
  return (
    <Wide label="Cases by kind">
      <table className="plain"><thead><tr><th>Kind</th><th className="num">Opened</th><th className="num">Closed</th><th className="num">Open at the end</th><th className="num" title="Median, from opening to closing, of those closed">Time to close</th></tr></thead>
        <tbody>{cases.map((each) => <tr key={each.kind}><td><AppLink to={`/exceptions?kind=${each.kind}`}>{kindName(each.kind)}</AppLink></td><td className="num">{units(each.opened)}</td><td className="num">{units(each.closed)}</td><td className={each.open === 0 ? 'num dim' : 'num'}>{units(each.open)}</td><td className="num">{each.medianSeconds === null ? <span className="dim">–</span> : lasted(each.medianSeconds)}</td></tr>)}</tbody></table>
    </Wide>
  );
}

function Group({ group: { label, count: all, acts }, from, to }: { group: Acts['acts'][number]; from: string; to: string }) {
  const store = useStore(), [open, setOpen] = useState(false), shown = open ? acts : acts.slice(0, FIRST);
  return (
    <Panel flush title={<>{label} <span className="dim">{units(all)}</span></>} aside={<Link to="/settings/audit-trail" search={{ from, to }} className="small">In the audit trail</Link>}>
      <Wide label={label}>
        <table className="plain acts"><thead><tr><th>When</th><th>Who</th><th>What</th><th>Why</th></tr></thead>
          <tbody>{shown.map((act) => <tr key={act.auditId}><td className="nowrap dim">{instant(act.at, store.timeZone)}</td><td>{act.actor}</td><td>{capital(act.action)}<div className="small dim">{act.subject}</div></td><td>{act.why ?? <span className="dim">–</span>}</td></tr>)}</tbody></table>
      </Wide>
      {acts.length > FIRST && <div className="panel-body"><button type="button" className="number-button small" onClick={() => setOpen(!open)}>{open ? 'Show fewer' : `Show ${units(acts.length - FIRST)} more${all > acts.length ? ` of ${units(all - FIRST)}` : ''}`}</button></div>}
    </Panel>
  );
}

function Drills({ drills }: { drills: Acts['backups']['drills'] }) {
  const store = useStore();
  return (
    <Panel flush title="Drills and restores"><Wide label="Drills and restores">
      <table className="plain acts"><thead><tr><th>When</th><th>What</th><th>Who</th><th>Outcome</th></tr></thead>
        <tbody>{drills.map((run) => <tr key={`${run.at}${run.file}`}><td className="nowrap dim">{instant(run.at, store.timeZone)}</td><td>{capital(run.kind)}<div className="small dim">{run.file}</div></td><td>{run.by}</td><td><Status tone={run.ok ? 'good' : 'bad'}>{run.ok ? 'Good' : 'Failed'}</Status><div className="small dim">{run.said}</div></td></tr>)}</tbody></table>
    </Wide></Panel>
  );
}
