/** The replenishment worklist: what to order of whom, most urgent first, why each number is what it is, and what it would be with other values. */
import { Button, Drawer } from '@mantine/core';
import { IconAdjustments, IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { address } from '../api/client.ts';
import { replenishmentQuery, type Recommendation } from '../api/queries.ts';
import type { PLAN_VIEWS } from '../router.tsx';
import { subject, subjectText } from '../search-params.ts';
import { useStore } from '../shell/store.tsx';
import type { Chip } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { LocationVendorFilter, locationNames, useLocations } from '../table/LocationVendorFilter.tsx';
import { searchLabel } from '../table/search-terms.ts';
import { count, day, money, units } from '../ui/format.ts';
import { Page, Panel } from '../ui/page.tsx';
import { Steady } from '../ui/Steady.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { Ago } from '../ui/time.tsx';
import { Advice } from './Advice.tsx';
import { Elsewhere } from './Elsewhere.tsx';
import { lineId, planColumns, type Selection } from './columns.tsx';
import { DecisionForm } from './DecisionForm.tsx';
import { ScopePolicy } from './ScopePolicy.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { costWords, Totals } from './Totals.tsx';
import { useWhatIf, WhatIf } from './WhatIf.tsx';
import './replenishment.css';

const route = getRouteApi('/app/replenishment');
const VIEWS: readonly { id: (typeof PLAN_VIEWS)[number]; label: string }[] = [{ id: 'to order', label: 'To order' }, { id: 'due', label: 'Due' }, { id: 'drafted', label: 'In drafts' }, { id: 'overstock', label: 'Overstock' }, { id: 'set aside', label: 'Set aside' }, { id: 'all', label: 'All' }];
const EMPTY: Record<string, string> = { drafted: 'No draft asks for anything', overstock: 'Nothing is overstocked', 'set aside': 'Nothing is set aside' };

export function ReplenishmentScreen() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), locations = useLocations(), [chosen, setChosen] = useState<ReadonlyMap<string, Recommendation>>(new Map());
  const { view = 'to order', sort = view === 'overstock' ? 'overstock' : 'urgency', dir = view === 'overstock' ? 'desc' : 'asc' } = search;
  const filter = { store: store.storeId, view, q: search.q, location: search.location, vendor: search.vendor, sort, dir };
  const query = useInfiniteQuery({ ...replenishmentQuery(filter), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]), first = query.data?.pages[0];
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  const ask = useCallback((row: Recommendation) => change({ why: subjectText({ itemId: row.itemId, locationId: row.locationId, figure: 'quantity' }) }, false), [change]);
  const whatIf = useWhatIf(search.what === 'if', search, search);
  const selection = useMemo((): Selection => ({
    has: (id) => chosen.has(id), all: rows.length > 0 && rows.every((row) => chosen.has(lineId(row))), some: chosen.size > 0,
    toggle: (row) => setChosen((old) => { const next = new Map(old); if (!next.delete(lineId(row))) next.set(lineId(row), row); return next; }),
    toggleAll: () => setChosen((old) => (rows.every((row) => old.has(lineId(row))) ? new Map() : new Map(rows.map((row) => [lineId(row), row])))),
  }), [chosen, rows]);
  const columns = useMemo(() => planColumns({ currency: store.currency, view, why: ask, selection, whatIf: whatIf.changed }), [store.currency, view, ask, selection, whatIf.changed]);
  const chips: Chip[] = [
    ...(search.q ? [{ label: searchLabel(search.q), remove: () => change({ q: undefined }) }] : []),
    ...(search.location ? [{ label: `Location: ${locationNames(search.location, locations)}`, remove: () => change({ location: undefined }) }] : []),
    ...(search.vendor ? [{ label: search.vendor === '-' ? 'No supplier' : `Supplier: ${search.vendor}`, remove: () => change({ vendor: undefined }) }] : []),
  ];
  const why = subject(search.why), asked = why && rows.find((row) => lineId(row) === `${why.itemId}@${why.locationId}`), fresh = useMemo(() => { const now = new Map(rows.map((row) => [lineId(row), row])); return [...chosen].map(([id, row]) => now.get(id) ?? row); }, [chosen, rows]);
  return (
    <Page title="Replenishment" fill aside={(
      <>
        <span className="dim small computed">{first?.computedAt ? <>computed <Ago at={first.computedAt} /></> : ''}</span>
        <Button variant={search.what === 'if' ? 'light' : 'default'} aria-pressed={search.what === 'if'} leftSection={<IconAdjustments size={15} />} onClick={() => change({ what: search.what === 'if' ? undefined : 'if' })}>What if</Button>
        <Button variant="default" leftSection={<IconAdjustmentsHorizontal size={15} />} onClick={() => change({ values: search.vendor && search.vendor !== '-' ? `vendor:${search.vendor}` : 'default' }, false)}>Planning values</Button>
      </>
    )}>
      <ViewTabs label="Views" views={VIEWS} current={view} change={(id, old) => ({ ...old, view: id === 'to order' ? undefined : id, why: undefined, sort: undefined, dir: undefined })} />
      {search.what === 'if' && <WhatIf query={whatIf.query} asked={search} change={change} oneSupplier={search.vendor !== undefined} />}
      {first && first.totals.rows > 0 && view !== 'overstock' && view !== 'set aside' && <Totals page={first} currency={store.currency} vendor={search.vendor} choose={(vendor) => change({ vendor })} />}
      <DataTable<Recommendation>
        name="replenishment" label="Recommended orders" tall keys={(key, row) => { if (key !== 'x' || !row) return false; selection.toggle(row); return true; }} saved={['why', 'values', 'what', 'service', 'days', 'budget', 'fill']} columns={columns} rows={rows} rowId={lineId} query={query} total={first?.totals.rows ?? null}
        totals={first && {
          sku: 'Total', select: <button type="button" className="number-button small" onClick={selection.toggleAll} aria-label={selection.all ? 'Choose none' : 'Choose all rows read so far'}>{selection.all ? 'none' : 'all'}</button>,
          quantity: <span className="num">{units(first.totals.units)}</span>, cost: <span className="num" title={first.totals.inStore.withoutRate.length > 0 ? `${costWords(first.totals.costs)}: no exchange rate of ${first.totals.inStore.withoutRate.join(', ')} is known` : costWords(first.totals.costs)}>{money(first.totals.inStore.cost, store.currency)}{first.totals.inStore.withoutRate.length > 0 && '*'}</span>, risk: <span className="num">{money(first.totals.atRiskValue, store.currency)}</span>, overstock: <span className="num">{units(first.totals.overstockUnits)}</span>,
        }}
        sorting={{ by: sort, dir, change: (by, next) => change({ sort: by as typeof sort, dir: next }) }} open={ask} openId={why ? `${why.itemId}@${why.locationId}` : undefined}
        chips={chips} clear={() => change({ q: undefined, location: undefined, vendor: undefined })}
        search={{ value: search.q, placeholder: 'SKU, title, or a pasted list of SKUs', change: (q) => change({ q }) }}
        filters={<LocationVendorFilter location={search.location} vendor={search.vendor} change={change} />} csv={{ href: address('/replenishment.csv', filter) }}
        empty={!first?.computedAt ? { title: 'No plan yet', text: 'It is computed after the first import; without a forecast, by what was sold lately.' }
          : first.inDrafts > 0 && (view === 'to order' || view === 'due') ? { good: true, title: 'All of it is in drafts', text: `${count(first.inDrafts, 'line')} ${first.inDrafts === 1 ? 'is' : 'are'} asked for in orders that were not sent yet. Approve and send them.`, action: <Button variant="default" component={Link} to="/purchase-orders?view=draft">The drafts</Button> }
          : { good: true, title: EMPTY[view] ?? 'Nothing to order', text: view === 'drafted' ? 'Lines that an order asks for which was not sent yet stand here.' : view === 'set aside' ? 'Lines with another quantity, excluded or snoozed stand here.' : first.nextOrderBy ? `The next order is due on ${day(first.nextOrderBy)}.` : 'What is there lasts beyond the forecast.' }}
      />
      <SelectionBar rows={fresh} whatIf={whatIf.changed} clear={() => setChosen(new Map())} />
      <Drawer opened={why !== null} onClose={() => change({ why: undefined })} size={600} title={<span><strong>{asked ? `Why ${units(asked.recommended)}?` : 'Why this quantity?'}</strong><br /><span className="small dim">{asked ? `${asked.sku || asked.title} · ${asked.locationName}` : ''}</span></span>}>
        {why && <Advice itemId={why.itemId} locationId={why.locationId} />}
        {asked && <div className="decide"><Panel title="Decide"><Steady key={lineId(asked)} of={asked} by={(row) => row.decision?.version ?? 0}>{(row) => <DecisionForm rows={[row]} close={() => change({ why: undefined })} />}</Steady></Panel><Elsewhere key={lineId(asked)} row={asked} close={() => change({ why: undefined })} /></div>}
        {why && <p className="drawer-foot"><Link to="/items/$itemId" params={{ itemId: String(why.itemId) }} search={{ tab: 'demand', location: why.locationId }}>See the demand and the forecast behind it</Link></p>}
      </Drawer>
      <ScopePolicy scope={search.values} change={(values) => change({ values })} />
    </Page>
  );
}
