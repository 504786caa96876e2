/** One series: the fan with events and time out of stock, what planners say on top, and what earlier runs said beside what came. */
import { Button, NativeSelect, SegmentedControl } from '@mantine/core';
import { IconChartLine, IconDownload, IconPencil, IconTable } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useContext, useMemo, useState } from 'react';
import { addDays, daysBetween } from '../../domain/calendar.ts';
import { overridesQuery, planningEventsQuery, seriesRunsQuery, type SeriesRuns } from '../api/forecast-queries.ts';
import { demandQuery, itemQuery, type DemandView, type Item } from '../api/queries.ts';
import { fan, saidBefore } from '../chart/fan.ts';
import { FanChart } from '../chart/FanChart.tsx';
import { downloadFan, FanTable } from '../chart/FanTable.tsx';
import { Accuracy } from '../item/Accuracy.tsx';
import { usualLocation } from '../item/ItemPage.tsx';
import { LocationSelect } from '../item/LocationSelect.tsx';
import '../item/item.css';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, count, day, decimal, percent } from '../ui/format.ts';
import { TimeZone } from '../ui/time.tsx';
import { runName } from './run-name.ts';
import { Page, Panel } from '../ui/page.tsx';
import './forecast.css';
import { LikeAnother } from './LikeAnother.tsx';
import { MadeOf } from './MadeOf.tsx';
import { OverrideDrawer } from './OverrideDrawer.tsx';
import { Overrides } from './Overrides.tsx';

const route = getRouteApi('/app/forecast/$itemId');

export function SeriesPage() {
  const { itemId } = route.useParams(), search = route.useSearch(), store = useStore(), query = useQuery(itemQuery(store.storeId, Number(itemId))), item = query.data;
  if (query.isError && !item) return <Page title="Forecast"><ErrorState error={query.error} retry={() => void query.refetch()} /></Page>;
  if (!item) return <Page title="Forecast"><Panel><Lines rows={12} /></Panel></Page>;
  const location = search.location ?? usualLocation(item);
  return (
    <Page title={item.sku || item.title} aside={<Link to="/forecast">All forecasts</Link>}>
      <div className="item-facts">
        <span className="item-title">{item.title}</span>{item.vendor && <span><span className="dim">Supplier</span> {item.vendor}</span>}{item.productType && <span><span className="dim">Type</span> {item.productType}</span>}
        <Link to="/items/$itemId" params={{ itemId }} search={{ location: location ?? undefined }}>Stock and movements</Link><Link to="/items/$itemId" params={{ itemId }} search={{ tab: 'replenishment', location: location ?? undefined }}>What to order</Link>
      </div>
      {location === null ? <EmptyState title="It is kept nowhere">A forecast is made where an item has sold.</EmptyState> : <Series key={location} item={item} location={location} />}
    </Page>
  );
}

function Series({ item, location }: { item: Item; location: number }) {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), timeZone = useContext(TimeZone), { grain = 'd' } = search;
  const query = useQuery(demandQuery(store.storeId, item.itemId, location)), runs = useQuery(seriesRunsQuery(store.storeId, item.itemId, location)), calendar = useQuery(planningEventsQuery(store.storeId)), overrides = useQuery(overridesQuery(store.storeId, item.itemId, location));
  const [asTable, setAsTable] = useState(false);
  const set = (part: Partial<typeof search>, replace = true): void => void navigate({ search: (old) => ({ ...old, ...part }), replace });
  const view = query.data, buckets = useMemo(() => (view ? fan(view, grain) : []), [view, grain]);
  const former = runs.data?.runs.find((run) => run.runId === search.than && run.runId !== view?.forecast?.runId);
  const drawn = useMemo(() => former && { label: runName(former, runs.data!.runs, timeZone, true), values: saidBefore(buckets, former.mean, addDays(former.asOf, 1)) }, [buckets, former, runs.data, timeZone]);
  const events = useMemo(() => (calendar.data?.events ?? []).filter((event) => event.locationIds === null || event.locationIds.includes(location)), [calendar.data, location]);
  if (query.isError && !view) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!view) return <Panel title="Demand and forecast"><Lines rows={12} /></Panel>;
  const today = addDays(view.from, view.demand.length - 1), forecast = view.forecast;
  const next = forecast ? forecast.mean.slice(0, 28).reduce((sum, units) => sum + units, 0) : null, p90 = forecast?.cumulative.find((path) => path.level === 0.9)?.values[Math.min(28, forecast.mean.length) - 1];
  const sold = view.demand.slice(-29, -1).reduce((sum, units) => sum + units, 0);
  const summary = `${count(sold, 'unit')} sold in the last 28 days${next === null ? '' : `; ${decimal(next)} expected in the next 28${p90 === undefined ? '' : `, at most ${decimal(p90)} in nine of ten cases`}`}.`;
  return (
    <div className="tab">
      <Panel title="Demand and forecast" aside={(
        <>
          <LocationSelect item={item} value={location} onChange={(id) => set({ location: id, than: undefined })} />
          {forecast && <Compare runs={runs.data} inUse={forecast.runId} than={former?.runId} change={(than) => set({ than })} />}
          <SegmentedControl aria-label="Grain" value={grain} onChange={(value) => set({ grain: value as typeof grain })} data={[{ value: 'd', label: 'Day' }, { value: 'w', label: 'Week' }, { value: 'm', label: '30 days' }]} />
          <Button variant="default" leftSection={asTable ? <IconChartLine size={14} /> : <IconTable size={14} />} onClick={() => setAsTable(!asTable)}>{asTable ? 'View as chart' : 'View as table'}</Button>
          <Button variant="default" leftSection={<IconDownload size={14} />} onClick={() => downloadFan(`forecast-${item.sku || item.itemId}.csv`, buckets)}>CSV</Button>
        </>
      )}>
        <div className="stack">
          <p className="sentence">{summary}{forecast?.engineMean && <> The engine alone expects {decimal(forecast.engineMean.slice(0, 28).reduce((sum, units) => sum + units, 0))}.</>}</p>
          {asTable ? <FanTable buckets={buckets} /> : <FanChart buckets={buckets} today={today} summary={summary} events={events} former={drawn} />}
          {former && forecast && <ThenAndNow runs={runs.data?.runs ?? []} view={view} former={former} />}
        </div>
      </Panel>
      {forecast ? (
        <>
          <Panel flush title="What planners say on top" aside={<Button leftSection={<IconPencil size={14} />} onClick={() => set({ override: 'new' }, false)}>Set an override</Button>}><Overrides query={overrides} /></Panel>
          <MadeOf forecast={forecast} />
          <Accuracy forecast={forecast} />
          <OverrideDrawer open={search.override === 'new'} close={() => set({ override: undefined })} item={item} location={location} forecast={forecast} inForce={overrides.data?.overrides ?? []} today={today} />
        </>
      ) : <EmptyState title="No forecast here">There is one once the item has sold at this location, or is said to sell like one that has, and the forecast has run.</EmptyState>}
      <LikeAnother itemId={item.itemId} open={search.like === 'set'} change={(open) => set({ like: open ? 'set' : undefined }, !open)} />
    </div>
  );
}

function Compare({ runs, inUse, than, change }: { runs: SeriesRuns | undefined; inUse: string; than: string | undefined; change(than: string | undefined): void }) {
  const timeZone = useContext(TimeZone), all = runs?.runs ?? [], others = all.filter((run) => run.runId !== inUse);
  if (others.length === 0) return null;
  return <NativeSelect size="xs" aria-label="Compare with" value={than ?? ''} data={[{ value: '', label: 'Compare with …' }, ...others.map((run) => ({ value: run.runId, label: capital(runName(run, all, timeZone)) }))]} onChange={(event) => change(event.currentTarget.value || undefined)} />;
}

/** What an earlier run said of the days since, what came, and what both say of the days ahead. */
function ThenAndNow({ view, former, runs }: { view: DemandView; former: SeriesRuns['runs'][number]; runs: SeriesRuns['runs'] }) {
  const timeZone = useContext(TimeZone);
  const forecast = view.forecast!, since = Math.max(0, daysBetween(former.asOf, forecast.asOf)), ahead = Math.max(0, Math.min(28, former.mean.length - since, forecast.mean.length));
  const sum = (values: readonly number[]): number => values.reduce((all, units) => all + units, 0);
  const from = daysBetween(view.from, former.asOf) + 1, came = view.demand.slice(Math.max(0, from), Math.max(0, from) + since);
  const then = sum(former.mean.slice(0, since)), later = sum(former.mean.slice(since, since + ahead)), now = sum((forecast.engineMean ?? forecast.mean).slice(0, ahead));
  const inside = came.filter((units, n) => units >= (former.p10[n] ?? 0) && units <= (former.p90[n] ?? Infinity)).length;
  return (
    <div className="compare">
      {since > 0 && <span><b>{decimal(sum(came))} came, {decimal(then)} were expected</b><span className="dim">in the {count(since, 'day')} since the {runName(former, runs, timeZone)}; {inside} of {since} within P10 to P90</span></span>}
      <span><b>{decimal(now)} now, {decimal(later)} then</b><span className="dim">expected by the engine in the {count(ahead, 'day')} from {day(addDays(forecast.asOf, 1))}{later > 0 && `: ${Math.abs(now / later - 1) < 0.005 ? 'unchanged' : `${now >= later ? '+' : ''}${percent(Math.round((now / later - 1) * 100) / 100)}`}`}</span></span>
      <span><b>{former.method === forecast.method ? 'Same method' : 'Another method'}</b><span className="dim">{former.method === forecast.method ? forecast.method : `${former.method} then, ${forecast.method} now`}</span></span>
    </div>
  );
}
