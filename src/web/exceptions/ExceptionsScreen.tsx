/** The exceptions inbox: what is wrong, whose it is, how long it may stay, and what to do. */
import { Select } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useContext, useMemo } from 'react';
import { exceptionsQuery, type ExceptionCase, type ExceptionPage } from '../api/queries.ts';
import { read } from '../api/client.ts';
import { CASE_TABS } from '../router.tsx';
import { useStore } from '../shell/store.tsx';
import type { Chip, Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { InGrid } from '../table/in-grid.ts';
import { capital, clock, duration, kindName, units } from '../ui/format.ts';
import { Page } from '../ui/page.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { Ago, TimeZone, useNow } from '../ui/time.tsx';
import { SEVERITY, Status } from '../ui/tone.tsx';
import { snoozedUntil, useAct, useMe } from './actions.ts';
import { CaseDrawer } from './CaseDrawer.tsx';
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

const COLUMNS: readonly Column<ExceptionCase>[] = [
  { id: 'subject', header: 'Subject', width: 220, card: 'lead', cell: (row) => <Subject row={row} /> },
  { id: 'severity', header: 'Severity', width: 120, card: 'wide', cell: (row) => { const look = SEVERITY[row.severity] ?? SEVERITY[4]!; return <Status tone={look.tone}>{look.word}</Status>; } },
  { id: 'kind', header: 'Kind', width: 128, cell: (row) => <span className="ellipsis">{kindName(row.kind)}</span> },
  { id: 'sentence', header: 'What happened', width: 240, grows: true, cell: (row) => <span className="ellipsis" title={row.sentence}>{row.sentence}</span> },
  { id: 'owner', header: 'Owner', width: 104, cell: (row) => <span className="ellipsis">{capital(row.owner)}</span> },
  { id: 'assigned', header: 'Assigned to', width: 108, cell: (row) => (row.assignedTo ? <span className="ellipsis" title={row.assignedTo}>{row.assignedTo}</span> : <span className="dim">nobody</span>) },
  { id: 'due', header: 'Time left', width: 136, card: 'wide', cell: (row) => <Due row={row} /> },
  { id: 'count', header: 'Seen', title: 'How often it was seen', width: 62, align: 'right', cell: (row) => <span className="num">{units(row.occurrences)}×</span> },
  { id: 'last', header: 'Last seen', width: 106, extra: true, cell: (row) => <span className="dim"><Ago at={row.lastSeen} /></span> },
];

export function ExceptionsScreen() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), timeZone = useContext(TimeZone), act = useAct(), me = useMe();
  const { tab = 'open' } = search;
  const query = useInfiniteQuery({ ...exceptionsQuery({ store: store.storeId, tab, kind: search.kind, q: search.q }), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]), first = query.data?.pages[0];
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  const listed = rows.find((row) => row.exceptionId === search.id);
  const elsewhere = useElsewhere(store.storeId, listed || query.isPending ? undefined : search.id);
  const kinds = first?.byKind ?? [];
  const chips: Chip[] = [
    ...(search.q ? [{ label: search.q, remove: () => change({ q: undefined }) }] : []), ...(search.kind ? [{ label: `Kind: ${kindName(search.kind)}`, remove: () => change({ kind: undefined }) }] : []),
  ];
  const triage = (key: string, row: ExceptionCase | undefined): boolean => {
    if (!row) return false;
    if (key === 'a') { act.mutate({ id: row.exceptionId, action: { action: 'assign', to: me } }); return true; }
    if (key === 'z' && row.state === 'open') { act.mutate({ id: row.exceptionId, action: { action: 'snooze', until: snoozedUntil(DAY_HOURS, Date.now()) } }); return true; }
    return false;
  };
  const checked = first?.lastCheckedAt ? `Last full check at ${clock(first.lastCheckedAt, timeZone)}.` : 'No check has run yet.';
  return (
    <Page title="Exceptions" fill aside={<span className="dim small">{first ? checked : ''}</span>}>
      <ViewTabs label="Inboxes" views={CASE_TABS.map((id) => ({ id, label: capital(id), tally: first?.counts[id] }))} current={tab} change={(id, old) => ({ ...old, tab: id === 'open' ? undefined : id, id: undefined })} />
      <DataTable<ExceptionCase>
        name="exceptions" label="Exceptions" columns={COLUMNS} rows={rows} rowId={(row) => row.exceptionId} query={query} total={query.hasNextPage ? first?.counts[tab] ?? null : rows.length}
        open={(row) => change({ id: row.exceptionId }, false)} openId={search.id} chips={chips} clear={() => change({ q: undefined, kind: undefined })} keys={triage}
        search={{ value: search.q, placeholder: 'Subject or words', change: (q) => change({ q }) }}
        filters={<Select w={220} aria-label="Kind" placeholder="All kinds" clearable value={search.kind ?? null} onChange={(kind) => change({ kind: kind ?? undefined })} data={[...new Set([...kinds.map((each) => each.kind), ...(search.kind ? [search.kind] : [])])].map((kind) => ({ value: kind, label: `${kindName(kind)}${kinds.find((each) => each.kind === kind) ? ` (${kinds.find((each) => each.kind === kind)!.count})` : ''}` }))} clearButtonProps={{ 'aria-label': 'All kinds' }} />}
        empty={tab === 'open' ? { good: true, title: 'No open exceptions', text: checked } : { title: `Nothing ${tab === 'mine' ? 'is assigned to you' : `is ${tab}`}`, text: checked }}
      />
      <CaseDrawer row={search.id === undefined ? null : listed ?? elsewhere} close={() => change({ id: undefined })} />
    </Page>
  );
}

/** An exception named by a link but not in the list on screen: it may be further down or in another inbox. */
function useElsewhere(store: number, id: string | undefined): ExceptionCase | null {
  const { data } = useQuery({
    queryKey: ['exceptions', 'one', store, id], enabled: id !== undefined,
    queryFn: async ({ signal }) => {
      for (const tab of ['open', 'snoozed', 'resolved', 'ignored'] as const) {
        const page = await read<ExceptionPage>('/exceptions', { store, tab, limit: 500 }, signal);
        const row = page.rows.find((each) => each.exceptionId === id);
        if (row) return row;
      }
      return null;
    },
  });
  return data ?? null;
}
