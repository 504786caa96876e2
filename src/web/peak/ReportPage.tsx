/** What a peak was: written once when it ended, in the form of a rehearsal's report. Made to be printed. */
import { Button } from '@mantine/core';
import { IconDownload, IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type * as Contract from '../../http/contract-peak.ts';
import type { Of } from '../../http/contract.ts';
import { address } from '../api/client.ts';
import { one } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, clock, count, decimal, duration, instant, kindName, percent, units } from '../ui/format.ts';
import { Facts, Page, Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import './peak.css';

type Report = Of<typeof Contract.PeakReportView>;
type Listed = Of<typeof Contract.PeakReports>['reports'][number];
const route = getRouteApi('/app/peak/reports/$reportId');
export const peakReportsQuery = (store: number) => one<{ reports: Listed[] }>(['push', 'peak-reports', store], '/peak/reports', { store });

/** On the peak monitor: the peaks there were. */
export function ReportList({ reports }: { reports: readonly Listed[] }) {
  return <ul className="peak-events">{reports.map((row) => <li key={row.reportId}><AppLink to={`/peak/reports/${row.reportId}`}><Ago at={row.begunAt} />, {duration(Date.parse(row.endedAt) - Date.parse(row.begunAt))}</AppLink> <span className="dim">{count(row.orders, 'order')}, {row.rulesAtAct === 0 ? 'no rule at “act”' : `${count(row.rulesAtAct, 'rule')} at “act”`}</span></li>)}</ul>;
}

export function ReportPage() {
  const { reportId } = route.useParams(), store = useStore(), query = useQuery({ ...one<Report>(['push', 'peak-report', store.storeId, reportId], `/peak/reports/${reportId}`, { store: store.storeId }), staleTime: Infinity });
  if (query.isError) return <Page title="Peak report"><ErrorState error={query.error} retry={() => void query.refetch()} /></Page>;
  if (!query.data) return <Page title="Peak report"><Panel><Lines rows={12} /></Panel></Page>;
  const report = query.data, failed = report.rules.filter((rule) => !rule.passed), link = (path: string): string => address(`/peak/reports/${reportId}${path}`, { store: store.storeId });
  return (
    <Page title="Peak report" aside={<span className="row no-print"><Button variant="default" leftSection={<IconPrinter size={15} />} onClick={() => window.print()}>Print</Button><Button component="a" variant="default" leftSection={<IconDownload size={15} />} href={link('/text')} download>Markdown</Button><Button component="a" variant="default" leftSection={<IconDownload size={15} />} href={link('')} download={`peak-${report.begunAt.slice(0, 10)}.json`}>JSON</Button></span>}>
      <p className="peak-span">{report.shop}: {instant(report.begunAt, store.timeZone)} to {instant(report.endedAt, store.timeZone)}, begun by {report.begunBy}, {report.endedBy === 'time' ? 'ended at its time' : `ended by ${report.endedBy}`}. {report.samples === 0 ? <Status tone="neutral" pill>No figures were kept</Status> : <Status tone={failed.length === 0 ? 'good' : 'bad'} pill>{failed.length === 0 ? 'No rule was at “act”' : `At “act”: ${failed.map((rule) => rule.label.toLowerCase()).join(', ')}`}</Status>}</p>
      <div className="columns">
        <Panel title="What it was" className="span-5"><What report={report} /></Panel>
        <Panel flush title="The monitor’s rules" className="span-7"><Rules report={report} /></Panel>
        <Panel title={`Orders${report.stepMinutes === 1 ? ' a minute' : `, ${report.stepMinutes} minutes each`}`} className="span-12"><Bars report={report} /></Panel>
        <Panel flush title="Cases" className="span-5"><Cases report={report} /></Panel>
        <Panel flush title="What was done" className="span-7"><Acts report={report} timeZone={store.timeZone} /></Panel>
        <Panel flush title={report.stepMinutes === 1 ? 'Minute by minute' : `By stretches of ${report.stepMinutes} minutes`} className="span-12"><Steps report={report} timeZone={store.timeZone} /></Panel>
      </div>
    </Page>
  );
}

const seconds = (value: number | null): string => (value === null ? '–' : duration(value * 1000));
const value = (of: number, unit: 's' | '%' | 'n'): string => (unit === 's' ? duration(of * 1000) : unit === '%' ? `${Math.round(of)}%` : units(of));

function What({ report: { orders, lag, pushes, oversold, bucket, minutes, heldBack } }: { report: Report }) {
  return <Facts rows={[
    ['Orders', `${units(orders.total)}, of ${count(orders.units, 'unit')}; ${decimal(orders.total / minutes)} a minute`], ['Busiest minute', orders.busiestAt === null ? '–' : count(orders.busiestMinute, 'order')],
    ['Lag in, p50 / p99', `${seconds(lag.inP50)} / ${seconds(lag.inP99)}`], ['Lag out, p50 / p99', `${seconds(lag.outP50)} / ${seconds(lag.outP99)}`], ['Messages applied', units(lag.messages)],
    ['Levels written', `${units(pushes.written)}; ${units(pushes.stale)} that sales had outrun, ${units(pushes.refused)} refused`], ['Oversold', oversold.cases === 0 ? 'nothing' : `${count(oversold.units, 'unit')} of ${count(oversold.cases, 'item')}`],
    ['Shopify’s budget', bucket.lowest === null ? '–' : `${percent(bucket.lowest)} left at the lowest; ${percent(bucket.watched)} of the time below 30%`], ['Held back from sale', heldBack.length === 0 ? 'nothing' : heldBack.map((one) => one.sku).join(', ')],
  ]} />;
}

function Rules({ report }: { report: Report }) {
  if (report.rules.length === 0) return <p className="dim pad">The worker did not run, so no figures were kept.</p>;
  return <Wide label="The worst of each rule"><table className="plain"><thead><tr><th>Rule</th><th className="num">Worst</th><th className="num">Act at</th><th>Result</th></tr></thead><tbody>{report.rules.map((rule) => <tr key={rule.key}><td>{rule.label}</td><td className="num">{value(rule.worst, rule.unit)}</td><td className="num">{value(rule.bad, rule.unit)}</td><td><Status tone={rule.passed ? 'good' : 'bad'}>{rule.passed ? 'passed' : 'not passed'}</Status></td></tr>)}</tbody></table></Wide>;
}

function Bars({ report: { steps, orders } }: { report: Report }) {
  const top = Math.max(1, ...steps.map((step) => step.orders)), label = `${count(orders.total, 'order')}, at most ${units(orders.busiestMinute)} in a minute`;
  return <figure className="per-minute" role="img" aria-label={label}><svg viewBox={`0 0 ${steps.length * 6} 60`} preserveAspectRatio="none" aria-hidden>{steps.map((step, n) => <rect key={step.at} x={n * 6 + 1} width={4} y={60 - (step.orders / top) * 58} height={(step.orders / top) * 58} />)}</svg><figcaption className="small dim">{label}</figcaption></figure>;
}

function Cases({ report }: { report: Report }) {
  if (report.cases.length === 0) return <p className="dim pad">None was raised.</p>;
  return <Wide label="Cases"><table className="plain"><thead><tr><th>Kind</th><th className="num">Raised</th><th className="num">Closed</th><th className="num">Open at the end</th></tr></thead><tbody>{report.cases.map((row) => <tr key={row.kind}><td><AppLink to={`/exceptions?kind=${row.kind}`}>{kindName(row.kind)}</AppLink></td><td className="num">{units(row.raised)}</td><td className="num">{units(row.closed)}</td><td className="num">{units(row.open)}</td></tr>)}</tbody></table></Wide>;
}

function Acts({ report, timeZone }: { report: Report; timeZone: string }) {
  if (report.acts.length === 0) return <p className="dim pad">Nothing.</p>;
  return <><Wide label="What was done"><table className="plain"><thead><tr><th>When</th><th>Who</th><th>What</th></tr></thead><tbody>{report.acts.map((act, n) => <tr key={n}><td className="dim nowrap">{clock(act.at, timeZone, new Date(report.begunAt))}</td><td>{act.by}</td><td><b>{capital(act.what)}</b> {act.said}</td></tr>)}</tbody></table></Wide>{report.actsLeftOut > 0 && <p className="dim pad">{units(report.actsLeftOut)} further acts are in the audit trail.</p>}</>;
}

function Steps({ report, timeZone }: { report: Report; timeZone: string }) {
  return (
    <Wide label="The figures by time"><table className="plain"><thead><tr><th>From</th><th className="num">Orders</th><th className="num">Messages waiting</th><th className="num">Levels waiting</th><th className="num">Oldest message</th><th className="num">Oldest level</th><th className="num">Lag, p99</th><th className="num">Budget left</th></tr></thead>
      <tbody>{report.steps.map(({ at, orders, figures: s }) => <tr key={at}><td className="nowrap">{clock(at, timeZone, new Date(report.begunAt))}</td><td className="num">{units(orders)}</td>{s === null ? Array.from({ length: 6 }, (_, n) => <td key={n} className="num dim">–</td>) : <><td className="num">{units(s.inboxWaiting)}</td><td className="num">{units(s.pushWaiting)}</td><td className="num">{seconds(s.figures.inboxAge)}</td><td className="num">{seconds(s.figures.pushAge)}</td><td className="num">{seconds(s.figures.lagIn + s.figures.lagOut)}</td><td className="num">{percent(s.figures.bucketLeft)}</td></>}</tr>)}</tbody></table></Wide>
  );
}
