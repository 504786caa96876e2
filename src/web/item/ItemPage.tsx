/** One item: where it is, why, what is expected of it, what to order, how it is listed. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { itemQuery, type Item } from '../api/queries.ts';
import { WhyDrawer } from '../explain/WhyDrawer.tsx';
import { ALL_LOCATIONS, subject } from '../search-params.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { count, money } from '../ui/format.ts';
import { Page, Panel } from '../ui/page.tsx';
import { Status } from '../ui/tone.tsx';
import { ViewTabs, type View } from '../ui/ViewTabs.tsx';
import { HoldItem } from '../peak/HeldBack.tsx';
import { MappingTab } from './MappingTab.tsx';
import { SummaryTab } from './SummaryTab.tsx';
import './item.css';

const route = getRouteApi('/app/items/$itemId');
const MovementsTab = lazy(() => import('./MovementsTab.tsx').then((module) => ({ default: module.MovementsTab })));
const DemandTab = lazy(() => import('./DemandTab.tsx').then((module) => ({ default: module.DemandTab })));
const AdviceTab = lazy(() => import('./AdviceTab.tsx').then((module) => ({ default: module.AdviceTab })));
const TABS: readonly View[] = [{ id: 'summary', label: 'Summary' }, { id: 'movements', label: 'Movements' }, { id: 'demand', label: 'Demand & forecast' }, { id: 'replenishment', label: 'Replenishment' }, { id: 'mapping', label: 'Mapping' }];

/** The location shown when none is chosen: where the item sells most. */
export function usualLocation(item: Pick<Item, 'locations'>): number | null {
  const sold = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  return item.locations.reduce<Item['locations'][number] | null>((best, row) => (best === null || sold(row.sold30) > sold(best.sold30) ? row : best), null)?.locationId ?? null;
}

export function ItemPage() {
  const { itemId } = route.useParams(), search = route.useSearch(), navigate = route.useNavigate(), store = useStore();
  const query = useQuery(itemQuery(store.storeId, Number(itemId)));
  const { tab = 'summary' } = search;
  if (query.isError && !query.data) return <Page title="Item"><ErrorState error={query.error} retry={() => void query.refetch()} /></Page>;
  const item = query.data;
  if (!item) return <Page title="Item"><Panel><Lines rows={10} height={18} /></Panel></Page>;
  const location = search.location || usualLocation(item), demandOf = search.location === ALL_LOCATIONS && item.locations.length > 1 ? ALL_LOCATIONS : location;
  const set = (part: Partial<typeof search>): void => void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  return (
    <Page title={item.sku || item.title} aside={<HoldItem itemId={item.itemId} name={item.sku || item.title} written={item.shelf.some((row) => row.state !== null && row.state !== 'not written')} />}>
      <ItemFacts item={item} currency={store.currency} />
      <ViewTabs label="About this item" views={TABS} current={tab} change={(id, old) => ({ ...old, tab: id === 'summary' ? undefined : id, why: undefined })} />
      <div className="tab">
        <Suspense fallback={<Panel><Lines rows={8} /></Panel>}>
          {tab === 'summary' && <SummaryTab item={item} location={location} choose={(id) => set({ location: id })} why={(text) => void navigate({ search: (old) => ({ ...old, why: text }) })} />}
          {tab === 'movements' && location !== null && <MovementsTab item={item} location={location} state={search.state ?? 'available'} at={search.at} change={set} />}
          {tab === 'demand' && demandOf !== null && <DemandTab item={item} location={demandOf} grain={search.grain ?? 'd'} change={set} />}
          {tab === 'replenishment' && location !== null && <AdviceTab item={item} location={location} change={set} />}
          {tab === 'mapping' && <MappingTab item={item} currency={store.currency} />}
        </Suspense>
      </div>
      <WhyDrawer subject={subject(search.why)} change={(why) => set({ why })} />
    </Page>
  );
}

function ItemFacts({ item, currency }: { item: Item; currency: string }) {
  const facts: [string, string][] = [
    ...(item.barcode ? [['Barcode', item.barcode] as [string, string]] : []), ...(item.vendor ? [['Supplier', item.vendor] as [string, string]] : []),
    ...(item.productType ? [['Type', item.productType] as [string, string]] : []), ['Unit cost', money(item.unitCost, currency)], ['Listed as', count(item.variants.length, 'variant')],
  ];
  return (
    <div className="item-facts">
      <span className="item-title">{item.title}</span>
      {item.tracked ? <Status tone="good" pill>Tracked</Status> : <Status tone="neutral" pill>Not tracked</Status>}
      {facts.map(([label, value]) => <span key={label}><span className="dim">{label}</span> {value}</span>)}
    </div>
  );
}
