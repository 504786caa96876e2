/** Push queue: what Shopify should show at each location a warehouse serves, why, and how far writing it has come. */
import { Button, Select } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { address } from '../api/client.ts';
import { locationsQuery, pushQuery, type PushRow } from '../api/stock-queries.ts';
import { PUSH_VIEWS } from '../router.tsx';
import { useStore } from '../shell/store.tsx';
import type { Chip } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { searchLabel } from '../table/search-terms.ts';
import { EmptyState } from '../ui/feedback.tsx';
import { capital, count } from '../ui/format.ts';
import { Page, Panel } from '../ui/page.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { levelKey, pushColumns } from './columns.tsx';
import { LevelDrawer, levelOf, levelText } from './LevelDrawer.tsx';
import { RELEASABLE } from './look.ts';
import { Places } from './Places.tsx';
import { useRelease } from './release.ts';
import './push.css';

const route = getRouteApi('/app/push');
/** What an empty view means. */
const EMPTY: Record<(typeof PUSH_VIEWS)[number], { good?: boolean; title: string; text: string }> = {
  all: { title: 'No level is looked at yet', text: 'Levels appear once the warehouse has told its counts and its codes are matched to items. See Mapping.' },
  waiting: { good: true, title: 'Nothing waits to be written', text: 'Every change so far was sent and read back.' },
  held: { good: true, title: 'Nothing is held', text: 'A first push above the cap of its location waits here until somebody releases it.' },
  failed: { good: true, title: 'Nothing was refused or contested', text: 'What Shopify refuses, or somebody else keeps changing, is set aside here.' },
  shadow: { good: true, title: 'No difference in shadow', text: 'Where a location is in shadow, what would be written is listed here.' },
  'not written': { good: true, title: 'Every level can be written', text: 'Levels Instep never writes are listed here with the reason.' },
};

function toggled(chosen: ReadonlyMap<string, PushRow>, row: PushRow): ReadonlyMap<string, PushRow> {
  const next = new Map(chosen);
  if (!next.delete(levelKey(row))) next.set(levelKey(row), row);
  return next;
}

export function PushScreen() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore();
  const { view = 'all' } = search;
  const filter = { store: store.storeId, view, q: search.q, location: search.location };
  const query = useInfiniteQuery({ ...pushQuery(filter), placeholderData: keepPreviousData }), places = useQuery(locationsQuery(store.storeId));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]), first = query.data?.pages[0];
  const served = places.data?.locations.filter((place) => place.authority === 'warehouse') ?? [];
  const several = served.length > 1;
  const [chosen, setChosen] = useState<ReadonlyMap<string, PushRow>>(new Map()), release = useRelease();
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  const open = useCallback((row: PushRow) => change({ level: levelText(row) }, false), [change]);
  const choose = useCallback((row: PushRow) => setChosen((old) => toggled(old, row)), [setChosen]);
  const columns = useMemo(() => pushColumns(open, chosen, choose, several), [open, chosen, choose, several]);
  const waiting = rows.filter((row) => RELEASABLE.has(row.state)), picked = [...chosen.values()];
  const letGo = (): void => { if (picked.length > 0) release.mutate(picked, { onSuccess: () => setChosen(new Map()) }); };
  const chips: Chip[] = [
    ...(search.q ? [{ label: searchLabel(search.q), remove: () => change({ q: undefined }) }] : []),
    ...(search.location ? [{ label: `Location: ${served.find((place) => place.locationId === search.location)?.name ?? search.location}`, remove: () => change({ location: undefined }) }] : []),
  ];
  const level = levelOf(search.level);
  if (places.data && served.length === 0) {
    return (
      <Page title="Push queue">
        <Panel><EmptyState title="No location follows a warehouse" action={<div className="row"><Button component={Link} to="/settings/warehouses">Set up a warehouse</Button><Button component={Link} to="/settings/locations" variant="default">Locations</Button></div>}>Shopify is right about the stock everywhere, so nothing is pushed. Connect a warehouse, give it a location, look at the shadow, then go live.</EmptyState></Panel>
      </Page>
    );
  }
  return (
    <Page title="Push queue" fill>
      {served.length > 0 && <Places locations={served} lag={first?.lagSeconds} />}
      <ViewTabs label="Views" views={PUSH_VIEWS.map((id) => ({ id, label: capital(id), tally: first?.counts[id] }))} current={view} change={(id, old) => ({ ...old, view: id === 'all' ? undefined : id, level: undefined })} />
      <DataTable<PushRow>
        name="push" label="Levels Instep may write" columns={columns} rows={rows} rowId={levelKey} query={query} total={chips.length === 0 ? first?.counts[view] ?? null : query.hasNextPage ? null : rows.length}
        open={open} openId={search.level} chips={chips} clear={() => change({ q: undefined, location: undefined })}
        keys={(key, row) => { if (key === 'l' && picked.length > 0) { letGo(); return true; } if (key !== 'x' || !row || !RELEASABLE.has(row.state)) return false; choose(row); return true; }}
        search={{ value: search.q, placeholder: 'SKU, title, or a pasted list of SKUs', change: (q) => change({ q }) }}
        filters={served.length > 1 && <Select w={190} aria-label="Location" placeholder="All locations" clearable value={search.location ? String(search.location) : null} data={served.map((place) => ({ value: String(place.locationId), label: place.name }))} onChange={(id) => change({ location: id ? Number(id) : undefined })} clearButtonProps={{ 'aria-label': 'All locations' }} />}
        csv={{ href: address('/push.csv', filter) }} empty={EMPTY[view]}
      />
      {picked.length > 0 && (
        <div className="chosen-bar" role="status">
          <strong>{count(picked.length, 'level')} chosen</strong><Button loading={release.isPending} onClick={letGo}>Release {picked.length === 1 ? 'it' : `all ${picked.length}`}</Button>
          {waiting.length > picked.length && <Button variant="subtle" onClick={() => setChosen(new Map(waiting.map((row) => [levelKey(row), row])))}>Choose all {waiting.length} in this list</Button>}
          <Button variant="subtle" className="end" onClick={() => setChosen(new Map())}>Clear</Button>
        </div>
      )}
      <LevelDrawer level={level} close={() => change({ level: undefined })} />
    </Page>
  );
}
