/** Shadow mode: for each item and location our quantity, the planner's, its formula on our figures, and the steps from one to the other. */
import { Drawer } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { address } from '../api/client.ts';
import { shadowQuery, type PlannerView, type ShadowLine, type ShadowPage } from '../api/planner-queries.ts';
import '../replenishment/replenishment.css';
import { Waterfall } from '../replenishment/Waterfall.tsx';
import { subject, subjectText } from '../search-params.ts';
import { useStore } from '../shell/store.tsx';
import type { Chip, Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { Figure } from '../table/Figure.tsx';
import { locationNames, useLocations } from '../table/LocationVendorFilter.tsx';
import { searchLabel } from '../table/search-terms.ts';
import { AppLink } from '../ui/AppLink.tsx';
import { capital, percent, signed, units } from '../ui/format.ts';
import { Ago } from '../ui/time.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';

const route = getRouteApi('/app/settings/planner');
const VIEWS = [{ id: 'gaps', label: 'Different' }, { id: 'not at parity', label: 'Not at parity' }, { id: 'all', label: 'All' }];
const rowId = (row: Pick<ShadowLine, 'itemId' | 'locationId'>): string => `${row.itemId}@${row.locationId}`;

function columnsOf(why: (row: ShadowLine) => void): Column<ShadowLine>[] {
  return [
    { id: 'sku', header: 'SKU', width: 150, sort: 'sku', card: 'lead', cell: (row) => <AppLink to={`/items/${row.itemId}?tab=replenishment&location=${row.locationId}`} className="ellipsis">{row.sku || <em>no SKU</em>}</AppLink> },
    { id: 'title', header: 'Title', width: 160, grows: true, card: 'lead', cell: (row) => <span className="ellipsis" title={row.title}>{row.title}</span> },
    { id: 'location', header: 'Location', width: 130, cell: (row) => <span className="ellipsis">{row.locationName}</span> },
    { id: 'theirs', header: 'Planner', title: 'What Inventory Planner would order, before minimum and packs', width: 84, align: 'right', sort: 'theirs', card: 'pair', cell: (row) => <span className="num">{units(row.theirs)}</span> },
    { id: 'parity', header: 'Parity', title: 'Its formula on our figures', width: 80, align: 'right', sort: 'parity', cell: (row) => <span className={row.parity === row.theirs ? 'num dim' : 'num'}>{units(row.parity)}</span> },
    { id: 'ours', header: 'Instep', title: 'What Instep recommends to order', width: 80, align: 'right', sort: 'ours', card: 'pair', cell: (row) => <strong className="num">{row.ours === null ? '–' : units(row.ours)}</strong> },
    { id: 'gap', header: 'Gap', width: 80, align: 'right', sort: 'size', card: 'pair', cell: (row) => <Figure onClick={() => why(row)} zero={row.gap === 0} label={`Gap of ${row.gap} for ${row.sku || row.title}: why?`}>{signed(row.gap)}</Figure> },
    { id: 'reasons', header: 'Because of', width: 330, card: 'wide', cell: (row) => <span className="ellipsis dim" title={row.reasons.map((each) => each.sentence).join(' ')}>{row.reasons.toSorted((a, b) => Math.abs(b.units) - Math.abs(a.units)).map((each) => `${each.reason} ${signed(each.units)}`).join(', ') || '–'}</span> },
    { id: 'synced', header: 'Its stock of', width: 110, extra: true, cell: (row) => <Ago at={row.syncedAt} /> },
  ];
}

export function ShadowTab({ planner }: { planner: PlannerView }) {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), locations = useLocations();
  const { view = 'gaps', sort = 'size', dir = 'desc' } = search;
  const filter = { store: store.storeId, view, q: search.q, location: search.location, reason: search.reason, sort, dir };
  const query = useInfiniteQuery({ ...shadowQuery(filter), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]), first = query.data?.pages[0];
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  const ask = useCallback((row: ShadowLine) => change({ why: subjectText({ itemId: row.itemId, locationId: row.locationId, figure: 'gap' }) }, false), [change]);
  const columns = useMemo(() => columnsOf(ask), [ask]);
  const chips: Chip[] = [
    ...(search.q ? [{ label: searchLabel(search.q), remove: () => change({ q: undefined }) }] : []), ...(search.location ? [{ label: `Location: ${locationNames(search.location, locations)}`, remove: () => change({ location: undefined }) }] : []),
    ...(search.reason ? [{ label: `Because of: ${search.reason}`, remove: () => change({ reason: undefined }) }] : []),
  ];
  const why = subject(search.why), asked = why ? rows.find((row) => rowId(row) === `${why.itemId}@${why.locationId}`) : undefined;
  return (
    <>
      <ViewTabs within label="Views" views={VIEWS} current={view} change={(id, old) => ({ ...old, view: id === 'gaps' ? undefined : id, why: undefined })} />
      {first && first.overall.rows > 0 && <Totals page={first} reason={search.reason} choose={(reason) => change({ reason })} />}
      <DataTable<ShadowLine>
        name="planner-shadow" label="Our quantity beside Inventory Planner’s" columns={columns} rows={rows} rowId={rowId} query={query} total={first?.totals.rows ?? null}
        totals={first && { sku: 'Total', theirs: <span className="num">{units(first.totals.theirs)}</span>, parity: <span className="num">{units(first.totals.parity)}</span>, ours: <span className="num">{units(first.totals.ours)}</span> }}
        sorting={{ by: sort, dir, change: (by, next) => change({ sort: by as typeof sort, dir: next }) }} open={ask} openId={why ? `${why.itemId}@${why.locationId}` : undefined} chips={chips} clear={() => change({ q: undefined, location: undefined, reason: undefined })}
        search={{ value: search.q, placeholder: 'SKU, title, or a pasted list of SKUs', change: (q) => change({ q }) }} csv={{ href: address('/planner/shadow.csv', filter) }}
        empty={planner.exchangedAt ? { good: true, title: view === 'all' ? 'No item is known on both sides' : 'Both sides say the same', text: view === 'all' ? 'Give its warehouses their locations, then exchange.' : 'There is no difference to explain.' } : { title: 'No exchange yet', text: 'Press Exchange now: the figures are read and compared.' }}
      />
      <Drawer opened={why !== null} onClose={() => change({ why: undefined })} size={560} title={<span><strong>{asked ? `Why ${signed(asked.gap)}?` : 'Why this gap?'}</strong><br /><span className="small dim">{asked ? `${asked.sku || asked.title} · ${asked.locationName}` : ''}</span></span>}>
        {asked && <Waterfall sum={asked.ours === null ? 'Its formula here' : 'Instep'} terms={[{ key: 'theirs', label: 'Inventory Planner', quantity: asked.theirs, sentence: '' }, ...asked.reasons.map((each) => ({ key: each.reason, label: capital(each.reason), quantity: each.units, sentence: each.sentence }))]} />}
        {asked && <p className="drawer-foot dim small">Read from its number to ours, one figure exchanged at a time in this order; the steps sum to the gap exactly. With our figures its own formula makes {units(asked.parity)}.</p>}
      </Drawer>
    </>
  );
}

/** How near both are, and what the gaps are made of; a reason filters. */
function Totals({ page, reason, choose }: { page: ShadowPage; reason: string | undefined; choose(reason: string | undefined): void }) {
  const { rows, atParity, equal } = page.overall;
  return (
    <div className="plan-totals">
      <p><b>{percent(atParity / rows)}</b> at parity · <b>{percent(equal / rows)}</b> the same order · {units(rows)} compared · computed <Ago at={page.computedAt} /></p>
      <div className="suppliers" role="group" aria-label="By reason">
        {page.reasons.slice(0, 9).map((each) => <button key={each.reason} type="button" aria-pressed={each.reason === reason} onClick={() => choose(each.reason === reason ? undefined : each.reason)}><span>{capital(each.reason)}</span><span className="dim">{units(each.units)} units in {units(each.rows)} rows</span></button>)}
      </div>
    </div>
  );
}
