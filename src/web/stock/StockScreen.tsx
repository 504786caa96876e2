/** Stock & drift: every item at every location, the ledger beside what Shopify shows; each number opens its movements. */
import { Checkbox } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { address } from '../api/client.ts';
import { stockQuery, type StockRow } from '../api/queries.ts';
import { WhyDrawer } from '../explain/WhyDrawer.tsx';
import type { STOCK_VIEWS } from '../router.tsx';
import { subject, subjectText } from '../search-params.ts';
import { useStore } from '../shell/store.tsx';
import type { Chip, Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { LocationVendorFilter, locationNames, useLocations } from '../table/LocationVendorFilter.tsx';
import { searchLabel } from '../table/search-terms.ts';
import { units } from '../ui/format.ts';
import { Page } from '../ui/page.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { ChosenLevels } from './Chosen.tsx';
import { levelId, stockColumns } from './columns.tsx';
import { RepairsTab } from './RepairsTab.tsx';

const route = getRouteApi('/app/stock');
const VIEWS: readonly { id: (typeof STOCK_VIEWS)[number]; label: string; good: string }[] = [
  { id: 'all', label: 'All', good: '' },
  { id: 'drift', label: 'Drift', good: 'Every level agrees with Shopify' }, { id: 'planner', label: 'Planner differs', good: 'The planner holds what the ledger does, or none is connected' },
  { id: 'negative', label: 'Negative', good: 'No level is below zero' },
  { id: 'out of stock', label: 'Out of stock', good: 'Nothing that sells is out of stock' }, { id: 'pending', label: 'Pending', good: 'Nothing is on its way' },
  { id: 'changed', label: 'Changed last hour', good: 'Nothing moved in the last hour' },
];

const TABS = [{ id: 'levels', label: 'Levels' }, { id: 'repairs', label: 'Repairs' }];

export function StockScreen() {
  const { tab = 'levels' } = route.useSearch();
  return (
    <Page title="Stock & drift" fill>
      <ViewTabs label="Parts of stock" views={TABS} current={tab} change={(id, old) => ({ ...old, tab: id === 'levels' ? undefined : 'repairs', why: undefined })} />
      {tab === 'repairs' ? <RepairsTab /> : <Levels />}
    </Page>
  );
}

function Levels() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), locations = useLocations();
  const { view = 'all', sort = 'sku', dir = 'asc' } = search;
  const filter = { store: store.storeId, view, q: search.q, location: search.location, vendor: search.vendor, sort, dir };
  const query = useInfiniteQuery({ ...stockQuery(filter), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const totals = query.data?.pages[0]?.totals;
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  const differing = view === 'drift' || view === 'pending', pushed = rows.length > 0 && (differing ? rows.some((row) => row.push !== null) : rows.every((row) => row.push !== null)), planned = view === 'planner' || (differing && rows.some((row) => row.planner !== null));
  const columns = useMemo(() => stockColumns((row, figure) => change({ why: subjectText({ itemId: row.itemId, locationId: row.locationId, figure }) }, false), { pushed, planned, moved: view === 'changed' }), [change, pushed, planned, view]);
  const chips: Chip[] = [
    ...(search.q ? [{ label: searchLabel(search.q), remove: () => change({ q: undefined }) }] : []),
    ...(search.location ? [{ label: `Location: ${locationNames(search.location, locations)}`, remove: () => change({ location: undefined }) }] : []),
    ...(search.vendor ? [{ label: `Supplier: ${search.vendor}`, remove: () => change({ vendor: undefined }) }] : []),
  ];
  const why = subject(search.why), [chosen, setChosen] = useState<ReadonlySet<string>>(new Set()), picked = rows.filter((row) => chosen.has(levelId(row))).slice(0, MOST_CHOSEN), clearChosen = useCallback(() => setChosen(new Set()), [setChosen]);
  const choose = useCallback((id: string) => setChosen((old) => { const next = new Set(old); if (!next.delete(id)) next.add(id); return next; }), [setChosen]);
  const columnsWithChoice = useMemo(() => [chooser(chosen, choose), ...columns], [chosen, choose, columns]);
  return (
    <>
      <ViewTabs within label="Views" views={VIEWS} current={view} change={(id, old) => ({ ...old, view: id === 'all' ? undefined : id, why: undefined })} />
      <DataTable<StockRow>
        name="stock" label="Stock by item and location" saved={['why']} columns={columnsWithChoice} keys={(key, row) => { if (key !== 'x' || !row) return false; choose(levelId(row)); return true; }} rows={rows} rowId={levelId} query={query} total={totals?.rows ?? null}
        totals={totals && { sku: 'Total', onHand: <span className="num">{units(totals.onHand)}</span>, committed: <span className="num">{units(totals.committed)}</span>, available: <span className="num">{units(totals.available)}</span>, incoming: <span className="num">{units(totals.incoming)}</span>, drift: <span className="num" title={`${units(totals.driftRows)} levels differ`}>{units(totals.driftUnits)}</span> }}
        sorting={{ by: sort, dir, change: (by, next) => change({ sort: by as typeof sort, dir: next }) }}
        open={(row) => change({ why: subjectText({ itemId: row.itemId, locationId: row.locationId, figure: 'onHand' }) }, false)} openId={why ? `${why.itemId}@${why.locationId}` : undefined}
        chips={chips} clear={() => change({ q: undefined, location: undefined, vendor: undefined })}
        search={{ value: search.q, placeholder: 'SKU, title, or a pasted list of SKUs', change: (q) => change({ q }) }}
        filters={<LocationVendorFilter location={search.location} vendor={search.vendor} change={change} />}
        csv={{ href: address('/stock.csv', filter) }}
        empty={view === 'all' ? { title: 'No stock levels yet', text: 'They appear once the first import has read the shop.' } : { good: true, title: VIEWS.find((each) => each.id === view)!.good, text: 'The next check will say so again, or name what differs.' }}
      />
      {picked.length > 0 && <ChosenLevels rows={picked} clear={clearChosen} all={picked.length < Math.min(rows.length, MOST_CHOSEN) ? () => setChosen(new Set(rows.slice(0, MOST_CHOSEN).map(levelId))) : undefined} />}
      <WhyDrawer subject={why} change={(to) => change({ why: to })} />
    </>
  );
}

/** As many as one call may name. */
const MOST_CHOSEN = 500;

function chooser(chosen: ReadonlySet<string>, choose: (id: string) => void): Column<StockRow> {
  return { id: 'choose', header: '', title: 'Choose', width: 34, cell: (row) => <Checkbox size="xs" aria-label={`Choose ${row.sku || row.title} at ${row.locationName}`} checked={chosen.has(levelId(row))} onChange={() => choose(levelId(row))} onClick={(event) => event.stopPropagation()} tabIndex={-1} /> };
}
