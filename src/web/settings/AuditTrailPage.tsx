/** Settings → Audit trail: who did what, before and after, and whether the chain holds. */
import { Button, Drawer, Select, TextInput } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { address } from '../api/client.ts';
import { trailQuery, trailStateQuery, type TrailEntry, type TrailState } from '../api/people-queries.ts';
import type { Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { Banner, EmptyState } from '../ui/feedback.tsx';
import { capital, units } from '../ui/format.ts';
import { Facts, Page } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import { SettingsTabs } from './SettingsTabs.tsx';
import './settings.css';

const route = getRouteApi('/app/settings/audit-trail');

const COLUMNS: Column<TrailEntry>[] = [
  { id: 'at', header: 'When', width: 120, card: 'pair', cell: (row) => <Ago at={row.at} /> },
  { id: 'actor', header: 'Who', width: 200, card: 'lead', cell: (row) => <span className="ellipsis" title={row.actor}>{row.actor}</span> },
  { id: 'action', header: 'Did', width: 210, card: 'lead', cell: (row) => <span className="ellipsis" title={row.action}>{capital(row.action)}</span> },
  { id: 'subject', header: 'On', width: 230, card: 'wide', cell: (row) => <span className="ellipsis" title={row.subject}>{row.subject}</span> },
  { id: 'after', header: 'With', width: 260, grows: true, cell: (row) => <span className="ellipsis dim" title={row.after === null ? undefined : inWords(row.after)}>{row.after === null ? '–' : inWords(row.after)}</span> },
  { id: 'link', header: 'Link', width: 80, align: 'right', cell: (row) => <span className="num">{units(Number(row.link))}</span> },
];

export function AuditTrailPage() {
  const search = route.useSearch(), navigate = route.useNavigate(), state = useQuery(trailStateQuery()), filter = { q: search.q, actor: search.actor, action: search.action, from: search.from, to: search.to };
  const query = useInfiniteQuery({ ...trailQuery(filter), placeholderData: keepPreviousData }), rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const change = (part: Partial<typeof search>, replace = true): void => void navigate({ search: (old) => ({ ...old, ...part }), replace });
  const chips = ([['actor', search.actor], ['action', search.action && capital(search.action)], ['from', search.from && `From ${search.from}`], ['to', search.to && `To ${search.to}`]] as const).flatMap(([key, label]) => (label ? [{ label, remove: () => change({ [key]: undefined }) }] : []));
  const shown = rows.find((row) => row.auditId === search.entry);
  return (
    <Page title="Audit trail" fill aside={<Chain state={state.data} again={() => void state.refetch()} busy={state.isFetching} />}>
      <SettingsTabs />
      {state.data && state.data.broken.length > 0 && <Banner>The trail does not hold: {state.data.broken.slice(0, 3).map((one) => `${one.link === null ? `entry ${one.auditId}` : `link ${one.link}`}, ${one.fault}`).join('; ')}. Somebody wrote to the database by hand, or it was restored from another copy.</Banner>}
      <DataTable<TrailEntry>
        name="audit-trail" label="Audit trail" columns={COLUMNS} rows={rows} rowId={(row) => row.auditId} query={query} total={query.hasNextPage ? null : rows.length} chips={chips} clear={() => change({ q: undefined, actor: undefined, action: undefined, from: undefined, to: undefined })} csv={{ href: address('/audit-trail.csv', filter) }}
        search={{ value: search.q, change: (q) => change({ q }), placeholder: 'Words in it' }} open={(row) => change({ entry: row.auditId }, false)} openId={search.entry}
        filters={<><Select size="xs" aria-label="Who" placeholder="Anybody" clearable searchable value={search.actor ?? null} onChange={(to) => change({ actor: to ?? undefined })} data={known(state.data?.actors, search.actor)} />
          <Select size="xs" aria-label="Did" placeholder="Any act" clearable searchable value={search.action ?? null} onChange={(to) => change({ action: to ?? undefined })} data={known(state.data?.actions, search.action).map((value) => ({ value, label: capital(value) }))} />
          <span className="dated"><span className="dim small">From</span><TextInput size="xs" type="date" aria-label="From" value={search.from ?? ''} onChange={(event) => change({ from: event.currentTarget.value || undefined })} /></span><span className="dated"><span className="dim small">to</span><TextInput size="xs" type="date" aria-label="To" value={search.to ?? ''} onChange={(event) => change({ to: event.currentTarget.value || undefined })} /></span></>}
        empty={chips.length > 0 || search.q ? { title: 'Nothing fits these filters', text: 'Take one of them away.' } : { title: 'Nobody has done anything yet', text: 'Every change a person makes stands here from then on, and stays.' }}
      />
      <Drawer opened={search.entry !== undefined} onClose={() => change({ entry: undefined })} size={560} title={<strong>{shown ? capital(shown.action) : 'Entry'}</strong>}>
        {!shown ? <EmptyState title="It is not in this list">Take the filters away, or scroll further.</EmptyState> : (
          <div className="stack">
            <Facts rows={[['Who', shown.actor], ['When', <Ago key="a" at={shown.at} />], ['On', shown.subject], ['Link', units(Number(shown.link))], ['Hash', <code key="h" className="hash">{shown.hash}</code>]]} />
            <Document title="Before" of={shown.before} /><Document title={shown.before === null ? 'With' : 'After'} of={shown.after} />
          </div>
        )}
      </Drawer>
    </Page>
  );
}

/** A document in one line: what is flat by name and value, what is deeper as it is. */
function inWords(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  return Object.entries(value).map(([key, each]) => `${key} ${typeof each === 'string' ? each : JSON.stringify(each)}`).join(', ');
}

const known = (words: readonly string[] | undefined, chosen: string | undefined): string[] => [...new Set([...(words ?? []), ...(chosen ? [chosen] : [])])];

function Chain({ state, again, busy }: { state: TrailState | undefined; again(): void; busy: boolean }) {
  return (
    <>
      {state && <span title={state.head === '' ? undefined : `Head ${state.head}`}><Status tone={state.broken.length > 0 ? 'bad' : 'good'} pill>{state.broken.length > 0 ? 'Does not hold' : state.links === 0 ? 'Nothing in it yet' : `Holds: ${units(state.links)} entries, head ${state.head.slice(0, 12)}`}</Status></span>}
      <Button variant="default" loading={busy} onClick={again}>Verify again</Button>
    </>
  );
}

function Document({ title, of }: { title: string; of: unknown }) {
  if (of === null) return null;
  return <div><h3 className="small-head">{title}</h3><pre className="document">{JSON.stringify(of, null, 2)}</pre></div>;
}
