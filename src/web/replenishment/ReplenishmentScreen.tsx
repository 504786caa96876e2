/** The replenishment worklist: what to order, most urgent first, and why each number is what it is. */
import { Button, Drawer } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { address } from '../api/client.ts';
import { replenishmentQuery, type Recommendation, type ReplenishmentPage } from '../api/queries.ts';
import type { PLAN_VIEWS } from '../router.tsx';
import { subject, subjectText } from '../search-params.ts';
import { useStore } from '../shell/store.tsx';
import type { Chip } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { LocationVendorFilter, locationNames, useLocations } from '../table/LocationVendorFilter.tsx';
import { searchLabel } from '../table/search-terms.ts';
import { count, day, money, units } from '../ui/format.ts';
import { Page } from '../ui/page.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { Ago } from '../ui/time.tsx';
import { Advice } from './Advice.tsx';
import { lineId, planColumns } from './columns.tsx';
import { ScopePolicy } from './ScopePolicy.tsx';
import './replenishment.css';

const route = getRouteApi('/app/replenishment');
const VIEWS: readonly { id: (typeof PLAN_VIEWS)[number]; label: string }[] = [{ id: 'to order', label: 'To order' }, { id: 'due', label: 'Due' }, { id: 'overstock', label: 'Overstock' }, { id: 'all', label: 'All' }];

export function ReplenishmentScreen() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), locations = useLocations();
  const { view = 'to order', sort = 'urgency', dir = 'asc' } = search;
  const filter = { store: store.storeId, view, q: search.q, location: search.location, vendor: search.vendor, sort, dir };
  const query = useInfiniteQuery({ ...replenishmentQuery(filter), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]), first = query.data?.pages[0];
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  const ask = useCallback((row: Recommendation) => change({ why: subjectText({ itemId: row.itemId, locationId: row.locationId, figure: 'quantity' }) }, false), [change]);
  const columns = useMemo(() => planColumns(store.currency, ask), [store.currency, ask]);
  const chips: Chip[] = [
    ...(search.q ? [{ label: searchLabel(search.q), remove: () => change({ q: undefined }) }] : []),
    ...(search.location ? [{ label: `Location: ${locationNames(search.location, locations)}`, remove: () => change({ location: undefined }) }] : []),
    ...(search.vendor ? [{ label: `Supplier: ${search.vendor}`, remove: () => change({ vendor: undefined }) }] : []),
  ];
  const why = subject(search.why), asked = why && rows.find((row) => lineId(row) === `${why.itemId}@${why.locationId}`);
  return (
    <Page title="Replenishment" fill aside={(
      <>
        <span className="dim small">{first?.computedAt ? <>computed <Ago at={first.computedAt} /></> : ''}</span>
        <Button variant="default" leftSection={<IconAdjustmentsHorizontal size={15} />} onClick={() => change({ values: search.vendor ? `vendor:${search.vendor}` : 'default' }, false)}>Planning values</Button>
      </>
    )}>
      <ViewTabs label="Views" views={VIEWS} current={view} change={(id, old) => ({ ...old, view: id === 'to order' ? undefined : id, why: undefined })} />
      {first && first.totals.rows > 0 && <Totals page={first} currency={store.currency} vendor={search.vendor} choose={(vendor) => change({ vendor })} />}
      <DataTable<Recommendation>
        name="replenishment" label="Recommended orders" columns={columns} rows={rows} rowId={lineId} query={query} total={first?.totals.rows ?? null}
        totals={first && { sku: 'Total', quantity: <span className="num">{units(first.totals.units)}</span>, cost: <span className="num">{money(first.totals.cost, store.currency)}</span>, overstock: <span className="num">{units(first.totals.overstockUnits)}</span> }}
        sorting={{ by: sort, dir, change: (by, next) => change({ sort: by as typeof sort, dir: next }) }} open={ask} openId={why ? `${why.itemId}@${why.locationId}` : undefined}
        chips={chips} clear={() => change({ q: undefined, location: undefined, vendor: undefined })}
        search={{ value: search.q, placeholder: 'SKU, title, or a pasted list of SKUs', change: (q) => change({ q }) }}
        filters={<LocationVendorFilter location={search.location} vendor={search.vendor} change={change} />} csv={{ href: address('/replenishment.csv', filter) }}
        empty={first?.computedAt ? { good: true, title: view === 'overstock' ? 'Nothing is overstocked' : 'Nothing to order', text: first.nextOrderBy ? `The next order is due on ${day(first.nextOrderBy)}.` : 'What is there lasts beyond the forecast.' } : { title: 'No plan yet', text: 'It is computed after the first forecast.' }}
      />
      <Drawer opened={why !== null} onClose={() => change({ why: undefined })} size={600} title={<span><strong>{asked ? `Why ${units(asked.quantity)}?` : 'Why this quantity?'}</strong><br /><span className="small dim">{asked ? `${asked.sku || asked.title} · ${asked.locationName}` : ''}</span></span>}>
        {why && <Advice itemId={why.itemId} locationId={why.locationId} />}
        {why && <p className="drawer-foot"><Link to="/items/$itemId" params={{ itemId: String(why.itemId) }} search={{ tab: 'demand', location: why.locationId }}>See the demand and the forecast behind it</Link></p>}
      </Drawer>
      <ScopePolicy scope={search.values} change={(values) => change({ values })} />
    </Page>
  );
}

/** What the filtered worklist comes to, and which suppliers it is for. */
function Totals({ page, currency, vendor, choose }: { page: ReplenishmentPage; currency: string; vendor: string | undefined; choose(vendor: string | undefined): void }) {
  return (
    <div className="plan-totals">
      <p><b>{units(page.totals.units)}</b> units · <b>{money(page.totals.cost, currency)}</b> · {count(page.totals.rows, 'line')}, {units(page.totals.due)} due</p>
      <div className="suppliers" role="group" aria-label="By supplier">
        {page.vendors.slice(0, 8).map((each) => (
          <button key={each.vendor} type="button" aria-pressed={each.vendor === vendor} onClick={() => choose(each.vendor === vendor ? undefined : each.vendor)}>
            <span>{each.vendor || 'No supplier'}</span><span className="dim">{units(each.units)} units · {money(each.cost, currency)}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
