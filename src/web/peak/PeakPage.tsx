/** The peak monitor: one look says whether the shop keeps up, and the few things done in a rush are one press away. Made for a phone first. */
import { Button, Checkbox, Popover, Select, Textarea } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconFlame, IconSnowflake, IconSnowflakeOff } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { verdict } from '../../domain/push/peak.ts';
import type * as Contract from '../../http/contract-peak.ts';
import type { Of } from '../../http/contract.ts';
import { write } from '../api/client.ts';
import { one } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, count, decimal, duration, units } from '../ui/format.ts';
import { Page, Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import { HeldBackTable, heldBackQuery, HoldAtOnce, LetGo } from './HeldBack.tsx';
import { peakReportsQuery, ReportList } from './ReportPage.tsx';
import { Rehearsals } from './Rehearsals.tsx';
import { SettingsLock } from './SettingsInPeak.tsx';
import './peak.css';

type View = Of<typeof Contract.PeakView>;
type Action = Of<typeof Contract.PeakAction>;
/** Read again this often while it is looked at. */
const REFRESH_MS = 5_000;
const peakQuery = (store: number) => ({ ...one<View>(['peak', store], '/peak', { store }), refetchInterval: REFRESH_MS });
const LIGHTS = ['bad', 'warn', 'good'] as const;
const DONE: Record<Action['action'], string> = { begin: 'Peak mode begun', end: 'Peak mode ended', freeze: 'Writing frozen', 'let go': 'Writing goes on', 'open settings': 'Settings opened', 'close settings': 'Settings closed' };
const WORD = { good: 'In order', warn: 'Watch', bad: 'Act' } as const;

export function PeakPage() {
  const store = useStore(), query = useQuery(peakQuery(store.storeId)), view = query.data, held = useQuery(heldBackQuery(store.storeId)).data?.rows ?? [], reports = useQuery(peakReportsQuery(store.storeId)).data?.reports ?? [], phone = useMediaQuery('(max-width: 700px)', undefined, { getInitialValueInEffect: false });
  if (query.isError && !view) return <Page title="Peak monitor"><ErrorState error={query.error} retry={() => void query.refetch()} /></Page>;
  if (!view) return <Page title="Peak monitor"><Panel><Lines rows={12} /></Panel></Page>;
  // Places are learned on a desk; on a phone the lights that are on come before the fold.
  const rules = phone ? [...view.rules].sort((a, b) => LIGHTS.indexOf(a.light) - LIGHTS.indexOf(b.light)) : view.rules;
  return (
    <Page title="Peak monitor" aside={<span className="dim small">Read <Ago at={view.at} />{query.isError && ', the last reading failed'}</span>}>
      <Verdict view={view} />
      <div className="peak-rules">{rules.map((rule) => (
        <div key={rule.key} className="peak-rule" data-light={rule.light}>
          <span className="dim">{rule.label}</span>
          <b>{rule.value === null ? '–' : rule.unit === 's' ? duration(rule.value * 1000) : rule.unit === '%' ? `${Math.round(rule.value)}%` : units(rule.value)}</b>
          <Status tone={rule.light}>{WORD[rule.light]}</Status>
          <span className="small dim">{rule.says}</span>
          {rule.light !== 'good' && <span className="peak-does">{rule.acts.map((act) => (act.open !== undefined ? <AppLink key={act.label} to={act.open} className="small">{act.label}</AppLink> : <RunNow key={act.label} label={act.label} flow={act.run!} />))}</span>}
        </div>))}
      </div>
      <div className="columns">
        <div className="span-7 stack">
          {held.length > 0 && <Panel flush title="Held back from sale"><HeldBackTable rows={held} /></Panel>}
          <Panel flush title="Sold out next"><Hot view={view} /></Panel>
        </div>
        <div className="span-5 stack">
          <Panel title="Orders a minute"><PerMinute values={view.perMinute} /></Panel>
          <Rehearsals />
          {reports.length > 0 && <Panel title="Peaks there were"><ReportList reports={reports.slice(0, 6)} /></Panel>}
          <Panel title="What was done">{view.events.length === 0 ? <p className="dim">Nothing yet. Peak mode and freezes are listed here.</p> : <ul className="peak-events">{view.events.map((event, n) => <li key={n}><b>{capital(event.action)}</b>{event.until && <>, for {duration(Math.round((Date.parse(event.until) - Date.parse(event.at)) / 60_000) * 60_000)}</>} <span className="dim"><Ago at={event.at} /> by {event.by}{event.reason && `: ${event.reason}`}</span></li>)}</ul>}</Panel>
        </div>
      </div>
    </Page>
  );
}

function Verdict({ view }: { view: View }) {
  const { light, says } = verdict(view.rules);
  const peak = view.locations.find((place) => place.peakUntil !== null), frozen = view.locations.filter((place) => place.paused).length, act = useAct(), store = useStore();
  return (
    <Panel className="peak-verdict" >
      <div className="peak-now" data-light={light}>
        <b className="peak-big">{decimal(view.ordersPerMinute)}</b><span>{view.ordersPerMinute === 1 ? 'order' : 'orders'} a minute, mean of the last five</span>
        <Status tone={light} pill>{says}</Status>
        {peak && <Status tone="info" pill icon={IconFlame}>Peak mode, ends <Ago at={peak.peakUntil!} /></Status>}
        {frozen > 0 && <Status tone="held" pill icon={IconSnowflake}>{count(frozen, 'location')} not written</Status>}
      </div>
      <div className="peak-acts">
        {peak ? <Button size="md" variant="default" leftSection={<IconFlame size={18} />} loading={act.isPending} onClick={() => act.mutate({ action: 'end', reason: '' })}>End peak mode</Button> : <Begin act={(action) => act.mutate(action)} pending={act.isPending} />}
        {frozen > 0 ? <Button size="md" leftSection={<IconSnowflakeOff size={18} />} loading={act.isPending} onClick={() => act.mutate({ action: 'let go', reason: '' })}>Let writes go on</Button> : <Freeze act={(action) => act.mutate(action)} pending={act.isPending} />}
        <SettingsLock storeId={store.storeId} />
        <span className="dim small">{count(view.inboxWaiting, 'message')} and {count(view.pushWaiting, 'level')} {view.inboxWaiting + view.pushWaiting === 1 ? 'waits' : 'wait'}{view.bucket && `; Shopify allows ${units(Math.round(view.bucket.available))} of ${units(view.bucket.maximum)} points now`}{!view.measured && '; no lag was measured in the last hour'}</span>
      </div>
    </Panel>
  );
}

/** One press runs the flow that helps; what it does is on the Flows page. */
function RunNow({ label, flow }: { label: string; flow: string }) {
  const store = useStore(), client = useQueryClient();
  const run = useMutation({
    mutationFn: () => write('POST', `/flows/${flow}/runs`, { store: store.storeId }),
    onSuccess: async () => { notifications.show({ message: `${label}: ${flow} runs` }); await client.invalidateQueries({ queryKey: ['peak'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  return <Button size="compact-sm" variant="default" loading={run.isPending} onClick={() => run.mutate()}>{label}</Button>;
}

function useAct() {
  const store = useStore(), client = useQueryClient();
  return useMutation({
    mutationFn: (action: Action) => write<{ locations: number }>('POST', '/peak', { store: store.storeId }, action),
    onSuccess: async ({ locations }, { action }) => { notifications.show({ message: `${DONE[action]} at ${count(locations, 'location')}` }); await client.invalidateQueries({ queryKey: ['peak'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
}

function Begin({ act, pending }: { act(action: Action): void; pending: boolean }) {
  const [open, setOpen] = useState(false), [hours, setHours] = useState('12');
  return (
    <Popover opened={open} onChange={setOpen} width={300} trapFocus>
      <Popover.Target><Button size="md" leftSection={<IconFlame size={18} />} loading={pending} onClick={() => setOpen(!open)}>Peak mode…</Button></Popover.Target>
      <Popover.Dropdown aria-label="Begin peak mode">
        <form className="stack" onSubmit={(event) => { event.preventDefault(); setOpen(false); act({ action: 'begin', until: new Date(Date.now() + Number(hours) * 3_600_000).toISOString(), reason: '' }); }}>
          <p className="small dim">Buffers follow the peak’s quantile, so that a rush sells nothing twice. Plans, transfer proposals, suggestions and audits wait; what threatens the shop is more urgent. Settings stay as they are. It ends by itself, and leaves a report.</p>
          <Select label="For" value={hours} onChange={(value) => setHours(value ?? '12')} data={[['1', 'an hour'], ['4', 'four hours'], ['12', 'twelve hours'], ['24', 'a day'], ['96', 'four days']].map(([value, label]) => ({ value: value!, label: label! }))} allowDeselect={false} comboboxProps={{ withinPortal: false }} />
          <Button type="submit">Begin</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function Freeze({ act, pending }: { act(action: Action): void; pending: boolean }) {
  const [open, setOpen] = useState(false), [reason, setReason] = useState('');
  return (
    <Popover opened={open} onChange={setOpen} width={300} trapFocus>
      <Popover.Target><Button size="md" variant="default" leftSection={<IconSnowflake size={18} />} loading={pending} onClick={() => setOpen(!open)}>Freeze…</Button></Popover.Target>
      <Popover.Dropdown aria-label="Freeze every write of stock">
        <form className="stack" onSubmit={(event) => { event.preventDefault(); setOpen(false); act({ action: 'freeze', reason: reason.trim() }); }}>
          <p className="small dim">No stock is written to Shopify until it is let go on. Orders are heard all the same; Shopify goes on selling what it shows.</p>
          <Textarea label="Why?" value={reason} maxLength={300} autosize minRows={2} data-autofocus onChange={(event) => setReason(event.currentTarget.value)} />
          <Button type="submit" disabled={reason.trim().length < 3}>Freeze</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function Hot({ view }: { view: View }) {
  const peakUntil = view.locations.find((place) => place.peakUntil !== null)?.peakUntil ?? null, [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const may = (row: View['hot'][number]): boolean => row.push !== null && !row.heldBack, picked = [...new Set(view.hot.filter((row) => may(row) && chosen.has(row.itemId)).map((row) => row.itemId))];
  const flip = (itemId: number): void => setChosen((old) => { const next = new Set(old); if (!next.delete(itemId)) next.add(itemId); return next; });
  if (view.hot.length === 0) return <EmptyState good title="Nothing was sold in the last hour">What sells appears here, the next to be sold out first.</EmptyState>;
  return (
    <>
    {picked.length > 1 && <div className="peak-chosen row"><HoldAtOnce items={picked} name={count(picked.length, 'item')} peakUntil={peakUntil} done={() => setChosen(new Set())} /><Button size="compact-sm" variant="subtle" onClick={() => setChosen(new Set())}>Choose none</Button></div>}
    <Wide label="Items that sell, the next to be sold out first">
      <table className="plain peak-table"><thead><tr><th aria-label="Choose" /><th>SKU</th><th>Location</th><th className="num">Available</th><th className="num">Sold, 1 h</th><th className="num">Gone in</th><th aria-label="Act" /></tr></thead>
        <tbody>{view.hot.map((row) => (
          <tr key={`${row.itemId}@${row.locationId}`}>
            <td className="peak-choose">{may(row) && <Checkbox size="xs" aria-label={`Choose ${row.sku || row.title}`} checked={chosen.has(row.itemId)} onChange={() => flip(row.itemId)} />}</td>
            <td><AppLink to={`/items/${row.itemId}?location=${row.locationId}`}>{row.sku || row.title}</AppLink></td><td className="dim">{row.locationName}</td><td className="num">{units(row.available)}</td><td className="num">{units(row.unitsLastHour)}</td>
            <td className="num">{row.continuesSelling ? <span className="dim">sells on</span> : row.minutesToZero === null ? '–' : row.minutesToZero === 0 ? <span className="dim">gone</span> : <span className={row.minutesToZero < 30 ? 'negative' : ''}>{duration(row.minutesToZero * 60_000)}</span>}</td>
            <td>{row.heldBack ? <LetGo itemId={row.itemId} name={row.sku || row.title} /> : row.push !== null && <HoldAtOnce items={[row.itemId]} name={row.sku || row.title} peakUntil={peakUntil} />}</td>
          </tr>))}
        </tbody>
      </table>
    </Wide>
    </>
  );
}

function PerMinute({ values }: { values: readonly number[] }) {
  const top = Math.max(1, ...values), total = values.reduce((a, b) => a + b, 0), label = `${count(total, 'order')} in the last 60 minutes, at most ${units(Math.max(...values))} in one`;
  return (
    <figure className="per-minute" role="img" aria-label={label}>
      <svg viewBox={`0 0 ${values.length * 6} 60`} preserveAspectRatio="none" aria-hidden>{values.map((value, n) => <rect key={n} x={n * 6 + 1} width={4} y={60 - (value / top) * 58} height={(value / top) * 58} rx={1} />)}</svg>
      <figcaption className="small dim">{label}</figcaption>
    </figure>
  );
}
