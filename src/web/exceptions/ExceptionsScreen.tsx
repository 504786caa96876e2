/** The exceptions inbox: what is wrong, whose it is, how long it may stay, and what to do. */
import { Button, Checkbox, Select } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useContext, useMemo, useState } from 'react';
import { exceptionsQuery, type ExceptionCase } from '../api/queries.ts';
import { address } from '../api/client.ts';
import { CASE_TABS } from '../router.tsx';
import { useStore } from '../shell/store.tsx';
import type { Chip, Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { InGrid } from '../table/in-grid.ts';
import { capital, clock, count, duration, kindName, money, units } from '../ui/format.ts';
import { Page } from '../ui/page.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { Ago, TimeZone, Told, useNow } from '../ui/time.tsx';
import { SEVERITY, Status } from '../ui/tone.tsx';
import { snoozedUntil, useActMany, useMe } from './actions.ts';
import { AssignDialog, AssignTo } from './AssignTo.tsx';
import { nameOf, useCarers } from './carers.ts';
import { Ignore, ResolveDialog, Said } from './CaseActions.tsx';
import { CaseDrawer } from './CaseDrawer.tsx';
import { useTriage } from './triage.ts';
import './exceptions.css';

const route = getRouteApi('/app/exceptions');
const DAY_HOURS = 24;

/** How long an open case may stay, when one that sleeps wakes, how one ended. */
function Clock({ row }: { row: ExceptionCase }) {
  const now = useNow(), timeZone = useContext(TimeZone), left = Date.parse(row.dueAt) - now, until = (at: string): string => `until ${clock(at, timeZone, new Date(now))}`;
  switch (row.state) {
    case 'snoozed': return <span className="ellipsis">{[row.snoozedUntil && until(row.snoozedUntil), row.snoozedSize !== null && (row.snoozedSize > 0 ? `until more than ${units(Math.round(row.snoozedSize))}` : 'until it is worse')].filter(Boolean).join(' or ')}</span>;
    case 'ignored': return <span className="ellipsis" title={row.reason ?? undefined}>{row.ignoredUntil ? until(row.ignoredUntil) : 'for good'}</span>;
    case 'resolved': return <span className="ellipsis">{row.resolvedAt && <Ago at={row.resolvedAt} />}<span className="dim">{row.resolvedBy === 'check' || row.resolvedBy === null ? ', by itself' : `, by ${row.resolvedBy}`}</span></span>;
    case 'grace': return <span className="dim">just seen</span>;
    case 'open': return <span className={left < 0 ? 'negative' : ''} title={`of ${duration(Date.parse(row.dueAt) - Date.parse(row.openedAt ?? row.firstSeen))}`}>{duration(left)} {left < 0 ? 'overdue' : 'left'}</span>;
  }
}

/** A link, so that a card on a phone can be opened without a pointer too. */
function Subject({ row }: { row: ExceptionCase }) {
  const inGrid = useContext(InGrid);
  return <Link from="/exceptions" to="/exceptions" search={(old) => ({ ...old, id: row.exceptionId })} className="ellipsis subject" title={row.subject} tabIndex={inGrid ? -1 : undefined}>{row.subject}</Link>;
}

function AssignedTo({ row }: { row: ExceptionCase }) {
  const carers = useCarers();
  return row.assignedTo === null ? <span className="dim">nobody</span> : <span className="ellipsis" title={row.assignedTo}>{nameOf(carers, row.assignedTo)}</span>;
}

function AtRisk({ row }: { row: ExceptionCase }) {
  const { currency } = useStore();
  return row.risk === null ? <span className="dim">–</span> : <span className="num">{money(row.risk, currency)}</span>;
}

const COLUMNS: readonly Column<ExceptionCase>[] = [
  { id: 'subject', header: 'Subject', width: 236, card: 'lead', cell: (row) => <Subject row={row} /> },
  { id: 'severity', header: 'Severity', width: 124, card: 'wide', cell: (row) => { const look = SEVERITY[row.severity] ?? SEVERITY[4]!; return <Status tone={look.tone}>{look.word}</Status>; } },
  { id: 'kind', header: 'Kind', width: 146, card: 'wide', cell: (row) => <span className="ellipsis" title={kindName(row.kind)}>{kindName(row.kind)}</span> },
  { id: 'sentence', header: 'What happened', width: 260, grows: true, card: 'note', cell: (row) => <span className="ellipsis" title={row.sentence}><Told>{row.sentence}</Told></span> },
  { id: 'owner', header: 'Owner', width: 88, cell: (row) => <span className="ellipsis" title={capital(row.owner)}>{capital(row.owner)}</span> },
  { id: 'assigned', header: 'Assigned to', width: 90, cell: (row) => <AssignedTo row={row} /> },
  { id: 'due', header: 'Time left', width: 90, card: 'wide', cell: (row) => <Clock row={row} /> },
  { id: 'risk', header: 'At risk', title: 'What is at stake, at the shop’s prices', width: 84, align: 'right', cell: (row) => <AtRisk row={row} /> },
  { id: 'count', header: 'Seen', title: 'How often it was seen', width: 62, align: 'right', extra: true, cell: (row) => <span className="num">{units(row.occurrences)}×</span> },
  { id: 'last', header: 'Last seen', width: 106, extra: true, cell: (row) => <span className="dim"><Ago at={row.lastSeen} /></span> },
];

/** What the column of time says of the cases that are not open. */
const CLOCKS: Readonly<Partial<Record<(typeof CASE_TABS)[number], { header: string; width: number }>>> = { snoozed: { header: 'Sleeps', width: 176 }, ignored: { header: 'Ignored', width: 132 }, resolved: { header: 'Resolved', width: 168 } };

/** These tabs say already whose the cases are. */
const ASSIGNED_BY_TAB: readonly string[] = ['mine', 'unassigned'];
const RESOLVED: readonly string[] = ['resolved', 'grace'];

export function ExceptionsScreen() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), timeZone = useContext(TimeZone), me = useMe(), carers = useCarers();
  const { tab = 'open' } = search, filter = { store: store.storeId, tab, kind: search.kind, owner: search.owner, person: ASSIGNED_BY_TAB.includes(tab) ? undefined : search.person, q: search.q };
  const query = useInfiniteQuery({ ...exceptionsQuery(filter), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]), first = query.data?.pages[0];
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set()), many = useActMany(() => setChosen(new Set())), [resolving, setResolving] = useState<string | null>(null);
  const [giving, setGiving] = useState<readonly ExceptionCase[]>([]);
  const choose = useCallback((id: string) => setChosen((old) => { const next = new Set(old); if (!next.delete(id)) next.add(id); return next; }), [setChosen]);
  const picked = rows.filter((row) => chosen.has(row.exceptionId)), [ending, setEnding] = useState<readonly ExceptionCase[]>([]);
  const chooseAlso = useCallback((also: readonly string[]) => setChosen((old) => new Set([...old, ...also])), [setChosen]);
  const columns = useMemo(() => {
    const of = COLUMNS.map((column) => (column.id === 'due' ? { ...column, ...CLOCKS[tab] } : column));
    return RESOLVED.includes(tab) ? of : [chooser(chosen, choose), ...of];
  }, [tab, chosen, choose]);
  // Peeked at, a case stands beside the list, which keeps the keys.
  const [peeking, setPeeking] = useState(false), show = (row: ExceptionCase, peeked: boolean): void => { setPeeking(peeked); change({ id: row.exceptionId }, peeked); }, close = (): void => { setPeeking(false); setResolving(null); change({ id: undefined }); };
  const kinds = first?.byKind ?? [], owners = first?.byOwner ?? [];
  const people = [...carers.map((one) => ({ value: one.email, label: `${one.name}${one.open > 0 ? ` (${one.open})` : ''}` })), ...(search.person && !carers.some((one) => one.email === search.person) ? [{ value: search.person, label: search.person }] : [])];
  const chips: Chip[] = [
    ...(search.q ? [{ label: search.q, remove: () => change({ q: undefined }) }] : []), ...(search.kind ? [{ label: `Kind: ${kindName(search.kind)}`, remove: () => change({ kind: undefined }) }] : []),
    ...(search.owner ? [{ label: `Owner: ${capital(search.owner)}`, remove: () => change({ owner: undefined }) }] : []),
    ...(filter.person ? [{ label: `Assigned to: ${nameOf(carers, filter.person)}`, remove: () => change({ person: undefined }) }] : []),
  ];
  const triage = useTriage({
    rows, picked, many, choose, chooseAlso, ask: setGiving, resolve: (cases) => { const [only] = cases; if (cases.length > 1) setEnding(cases); else if (only) { setResolving(only.exceptionId); show(only, false); } },
    peek: (row) => { if (search.id === row.exceptionId) close(); else show(row, true); },
  });
  const checked = first?.lastCheckedAt ? `Last full check at ${clock(first.lastCheckedAt, timeZone)}.` : 'No check has run yet.';
  return (
    <Page title="Exceptions" fill aside={<span className="dim small">{first ? checked : ''}</span>}>
      <ViewTabs label="Inboxes" views={CASE_TABS.map((id) => ({ id, label: capital(id), tally: first?.counts[id] }))} current={tab} change={(id, old) => ({ ...old, tab: id === 'open' ? undefined : id, id: undefined })} />
      <DataTable<ExceptionCase>
        name="exceptions" label="Exceptions" tall columns={columns} rows={rows} rowId={(row) => row.exceptionId} query={query} total={chips.length > 0 ? (query.hasNextPage ? null : rows.length) : query.hasNextPage ? first?.counts[tab] ?? null : rows.length}
        open={(row) => show(row, false)} current={(row) => { if (peeking && search.id !== row.exceptionId) show(row, true); }} openId={search.id} chips={chips} clear={() => change({ q: undefined, kind: undefined, owner: undefined, person: undefined })} keys={triage.keys}
        search={{ value: search.q, placeholder: 'Subject or words', change: (q) => change({ q }) }} csv={{ href: address('/exceptions.csv', filter) }} saved={['id']}
        filters={<>
          <Select w={200} aria-label="Kind" placeholder="All kinds" clearable value={search.kind ?? null} onChange={(kind) => change({ kind: kind ?? undefined })} data={[...new Set([...kinds.map((each) => each.kind), ...(search.kind ? [search.kind] : [])])].map((kind) => ({ value: kind, label: `${kindName(kind)}${kinds.find((each) => each.kind === kind) ? ` (${kinds.find((each) => each.kind === kind)!.count})` : ''}` }))} clearButtonProps={{ 'aria-label': 'All kinds' }} />
          <Select w={160} aria-label="Owner" placeholder="All owners" clearable value={search.owner ?? null} onChange={(owner) => change({ owner: owner ?? undefined })} data={[...new Set([...owners.map((each) => each.owner), ...(search.owner ? [search.owner] : [])])].map((owner) => ({ value: owner, label: `${capital(owner)}${owners.find((each) => each.owner === owner) ? ` (${owners.find((each) => each.owner === owner)!.count})` : ''}` }))} clearButtonProps={{ 'aria-label': 'All owners' }} />
          {!ASSIGNED_BY_TAB.includes(tab) && <Select w={170} aria-label="Assigned to" placeholder="Assigned to anybody" clearable searchable value={search.person ?? null} onChange={(person) => change({ person: person ?? undefined })} data={people} clearButtonProps={{ 'aria-label': 'Assigned to anybody' }} />}
        </>}
        empty={tab === 'open' ? { good: true, title: 'No open exceptions', text: checked } : { title: `Nothing ${tab === 'mine' ? 'is assigned to you' : `is ${tab}`}`, text: checked }}
      />
      {picked.length > 0 && (
        <div className="chosen-bar" role="status">
          <strong>{count(picked.length, 'case')} chosen</strong>
          <Button loading={many.isPending} onClick={() => triage.give(picked, me)}>Assign to me</Button>
          <AssignTo rows={picked} disabled={many.isPending} assign={(to) => triage.give(picked, to)} />
          <Button variant="default" onClick={() => many.mutate({ rows: picked, change: { action: 'snooze', until: snoozedUntil(DAY_HOURS, Date.now()), worse: false } })}>Snooze for a day</Button>
          <Said name="Resolve…" icon={<IconCheck size={15} />} label="What was done?" note="All of them are looked at again at once." done={(said) => many.mutate({ rows: picked, change: { action: 'resolve', said } })} />
          <Ignore ignore={(reason, days) => many.mutate({ rows: picked, change: { action: 'ignore', reason, until: snoozedUntil(days * DAY_HOURS - 1, Date.now()) } })} />
          {rows.length > picked.length && <Button variant="subtle" onClick={() => setChosen(new Set(rows.map((row) => row.exceptionId)))}>Choose all {rows.length} in this list</Button>}
          <Button variant="subtle" className="end" onClick={() => setChosen(new Set())}>Clear</Button>
        </div>
      )}
      <AssignDialog rows={giving} assign={(to) => triage.give(giving, to)} close={() => setGiving([])} />
      <ResolveDialog rows={ending} resolve={(said) => many.mutate({ rows: ending, change: { action: 'resolve', said } })} close={() => setEnding([])} />
      <CaseDrawer id={search.id} listed={rows.find((row) => row.exceptionId === search.id)} resolving={resolving} peeking={peeking} close={close} />
    </Page>
  );
}

function chooser(chosen: ReadonlySet<string>, choose: (id: string) => void): Column<ExceptionCase> {
  return { id: 'choose', header: '', title: 'Choose', width: 34, cell: (row) => <Checkbox size="xs" aria-label={`Choose ${row.subject}`} checked={chosen.has(row.exceptionId)} onChange={() => choose(row.exceptionId)} onClick={(event) => event.stopPropagation()} tabIndex={-1} /> };
}
