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
import { Ignore, Said } from './CaseActions.tsx';
import { CaseDrawer } from './CaseDrawer.tsx';
import { useTriage } from './triage.ts';
import './exceptions.css';

const route = getRouteApi('/app/exceptions');
const DAY_HOURS = 24;

function Due({ row }: { row: ExceptionCase }) {
  const now = useNow(), left = Date.parse(row.dueAt) - now;
  if (row.state !== 'open') return <span className="dim"><Ago at={row.lastSeen} /></span>;
  return <span className={left < 0 ? 'negative' : ''}>{left < 0 ? `${duration(left)} overdue` : `${duration(left)} left`}<span className="dim"> of {duration(Date.parse(row.dueAt) - Date.parse(row.firstSeen))}</span></span>;
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
  { id: 'subject', header: 'Subject', width: 214, card: 'lead', cell: (row) => <Subject row={row} /> },
  { id: 'severity', header: 'Severity', width: 124, card: 'wide', cell: (row) => { const look = SEVERITY[row.severity] ?? SEVERITY[4]!; return <Status tone={look.tone}>{look.word}</Status>; } },
  { id: 'kind', header: 'Kind', width: 122, card: 'wide', cell: (row) => <span className="ellipsis">{kindName(row.kind)}</span> },
  { id: 'sentence', header: 'What happened', width: 220, grows: true, cell: (row) => <span className="ellipsis" title={row.sentence}><Told>{row.sentence}</Told></span> },
  { id: 'owner', header: 'Owner', width: 104, cell: (row) => <span className="ellipsis">{capital(row.owner)}</span> },
  { id: 'assigned', header: 'Assigned to', width: 108, cell: (row) => <AssignedTo row={row} /> },
  { id: 'due', header: 'Time left', width: 130, card: 'wide', cell: (row) => <Due row={row} /> },
  { id: 'risk', header: 'At risk', title: 'What is at stake, at the shop’s prices', width: 96, align: 'right', cell: (row) => <AtRisk row={row} /> },
  { id: 'count', header: 'Seen', title: 'How often it was seen', width: 62, align: 'right', extra: true, cell: (row) => <span className="num">{units(row.occurrences)}×</span> },
  { id: 'last', header: 'Last seen', width: 106, extra: true, cell: (row) => <span className="dim"><Ago at={row.lastSeen} /></span> },
];

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
  const picked = rows.filter((row) => chosen.has(row.exceptionId)), ids = picked.map((row) => row.exceptionId);
  const columns = useMemo(() => (RESOLVED.includes(tab) ? COLUMNS : [chooser(chosen, choose), ...COLUMNS]), [tab, chosen, choose]);
  const kinds = first?.byKind ?? [], owners = first?.byOwner ?? [];
  const people = [...carers.map((one) => ({ value: one.email, label: `${one.name}${one.open > 0 ? ` (${one.open})` : ''}` })), ...(search.person && !carers.some((one) => one.email === search.person) ? [{ value: search.person, label: search.person }] : [])];
  const chips: Chip[] = [
    ...(search.q ? [{ label: search.q, remove: () => change({ q: undefined }) }] : []), ...(search.kind ? [{ label: `Kind: ${kindName(search.kind)}`, remove: () => change({ kind: undefined }) }] : []),
    ...(search.owner ? [{ label: `Owner: ${capital(search.owner)}`, remove: () => change({ owner: undefined }) }] : []),
    ...(filter.person ? [{ label: `Assigned to: ${nameOf(carers, filter.person)}`, remove: () => change({ person: undefined }) }] : []),
  ];
  const triage = useTriage({ picked, many, choose, ask: setGiving, resolve: (row) => { setResolving(row.exceptionId); change({ id: row.exceptionId }, false); } });
  const checked = first?.lastCheckedAt ? `Last full check at ${clock(first.lastCheckedAt, timeZone)}.` : 'No check has run yet.';
  return (
    <Page title="Exceptions" fill aside={<span className="dim small">{first ? checked : ''}</span>}>
      <ViewTabs label="Inboxes" views={CASE_TABS.map((id) => ({ id, label: capital(id), tally: first?.counts[id] }))} current={tab} change={(id, old) => ({ ...old, tab: id === 'open' ? undefined : id, id: undefined })} />
      {picked.length > 0 && (
        <div className="chosen-bar" role="status">
          <strong>{count(picked.length, 'case')} chosen</strong>
          <Button loading={many.isPending} onClick={() => triage.give(picked, me)}>Assign to me</Button>
          <AssignTo rows={picked} disabled={many.isPending} assign={(to) => triage.give(picked, to)} />
          <Button variant="default" onClick={() => many.mutate({ ids, change: { action: 'snooze', until: snoozedUntil(DAY_HOURS, Date.now()), worse: false } })}>Snooze for a day</Button>
          <Said name="Resolve…" icon={<IconCheck size={15} />} label="What was done?" note="All of them are looked at again at once." done={(said) => many.mutate({ ids, change: { action: 'resolve', said } })} />
          <Ignore ignore={(reason, days) => many.mutate({ ids, change: { action: 'ignore', reason, until: snoozedUntil(days * DAY_HOURS - 1, Date.now()) } })} />
          {rows.length > picked.length && <Button variant="subtle" onClick={() => setChosen(new Set(rows.map((row) => row.exceptionId)))}>Choose all {rows.length} in this list</Button>}
          <Button variant="subtle" className="end" onClick={() => setChosen(new Set())}>Clear</Button>
        </div>
      )}
      <DataTable<ExceptionCase>
        name="exceptions" label="Exceptions" columns={columns} rows={rows} rowId={(row) => row.exceptionId} query={query} total={chips.length > 0 ? (query.hasNextPage ? null : rows.length) : query.hasNextPage ? first?.counts[tab] ?? null : rows.length}
        open={(row) => change({ id: row.exceptionId }, false)} openId={search.id} chips={chips} clear={() => change({ q: undefined, kind: undefined, owner: undefined, person: undefined })} keys={triage.keys}
        search={{ value: search.q, placeholder: 'Subject or words', change: (q) => change({ q }) }} csv={{ href: address('/exceptions.csv', filter) }} saved={['id']}
        filters={<>
          <Select w={200} aria-label="Kind" placeholder="All kinds" clearable value={search.kind ?? null} onChange={(kind) => change({ kind: kind ?? undefined })} data={[...new Set([...kinds.map((each) => each.kind), ...(search.kind ? [search.kind] : [])])].map((kind) => ({ value: kind, label: `${kindName(kind)}${kinds.find((each) => each.kind === kind) ? ` (${kinds.find((each) => each.kind === kind)!.count})` : ''}` }))} clearButtonProps={{ 'aria-label': 'All kinds' }} />
          <Select w={160} aria-label="Owner" placeholder="All owners" clearable value={search.owner ?? null} onChange={(owner) => change({ owner: owner ?? undefined })} data={[...new Set([...owners.map((each) => each.owner), ...(search.owner ? [search.owner] : [])])].map((owner) => ({ value: owner, label: `${capital(owner)}${owners.find((each) => each.owner === owner) ? ` (${owners.find((each) => each.owner === owner)!.count})` : ''}` }))} clearButtonProps={{ 'aria-label': 'All owners' }} />
          {!ASSIGNED_BY_TAB.includes(tab) && <Select w={170} aria-label="Assigned to" placeholder="Assigned to anybody" clearable searchable value={search.person ?? null} onChange={(person) => change({ person: person ?? undefined })} data={people} clearButtonProps={{ 'aria-label': 'Assigned to anybody' }} />}
        </>}
        empty={tab === 'open' ? { good: true, title: 'No open exceptions', text: checked } : { title: `Nothing ${tab === 'mine' ? 'is assigned to you' : `is ${tab}`}`, text: checked }}
      />
      <AssignDialog rows={giving} assign={(to) => triage.give(giving, to)} close={() => setGiving([])} />
      <CaseDrawer id={search.id} listed={rows.find((row) => row.exceptionId === search.id)} resolving={resolving} close={() => { setResolving(null); change({ id: undefined }); }} />
    </Page>
  );
}

function chooser(chosen: ReadonlySet<string>, choose: (id: string) => void): Column<ExceptionCase> {
  return { id: 'choose', header: '', title: 'Choose', width: 34, cell: (row) => <Checkbox size="xs" aria-label={`Choose ${row.subject}`} checked={chosen.has(row.exceptionId)} onChange={() => choose(row.exceptionId)} onClick={(event) => event.stopPropagation()} tabIndex={-1} /> };
}
