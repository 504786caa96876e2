/** Forecasts: every series of the run in use, how good they are, and the event calendar they learn from. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPencil, IconPlayerPlay } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useRouter } from '@tanstack/react-router';
import { useCallback, useContext, useMemo } from 'react';
import { address, write } from '../api/client.ts';
import { forecastQuery, forecastRunsQuery, type ForecastPage, type ForecastRow } from '../api/forecast-queries.ts';
import { flowsQuery } from '../api/queries.ts';
import type { FORECAST_VIEWS } from '../router.tsx';
import { RunProgress } from '../shell/JobStrip.tsx';
import { useStore } from '../shell/store.tsx';
import type { Chip } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { LocationVendorFilter, locationNames, useLocations } from '../table/LocationVendorFilter.tsx';
import { searchLabel } from '../table/search-terms.ts';
import { Banner } from '../ui/feedback.tsx';
import { count, day, decimal, percent, units } from '../ui/format.ts';
import { Page } from '../ui/page.tsx';
import { Ago, TimeZone } from '../ui/time.tsx';
import { runName } from './run-name.ts';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { AccuracyTab } from './AccuracyTab.tsx';
import { changeWords, COMPARED_COLUMNS, FORECAST_COLUMNS, seriesAddress, seriesId } from './columns.tsx';
import { EventsTab } from './EventsTab.tsx';
import { OverrideManyDrawer } from './OverrideDrawer.tsx';
import { OverridesTab } from './OverridesTab.tsx';
import { PricesTab } from './PricesTab.tsx';
import { RunsTab } from './RunsTab.tsx';
import './forecast.css';

const route = getRouteApi('/app/forecast');
const TABS = [{ id: 'series', label: 'Series' }, { id: 'overrides', label: 'Overrides' }, { id: 'accuracy', label: 'Accuracy' }, { id: 'runs', label: 'Runs' }, { id: 'events', label: 'Events' }, { id: 'prices', label: 'Planned prices' }];
const VIEWS: readonly { id: (typeof FORECAST_VIEWS)[number]; label: string; none: string }[] = [
  { id: 'all', label: 'All', none: '' }, { id: 'unusual', label: 'Unusual', none: 'Nothing sells unlike its forecast' }, { id: 'overridden', label: 'Overridden', none: 'No override is in force' },
  { id: 'out of stock', label: 'Was out of stock', none: 'Nothing learned from was out of stock' }, { id: 'intermittent', label: 'Intermittent', none: 'Nothing sells only now and then' }, { id: 'short history', label: 'Short history', none: 'Everything has a history of four weeks' },
];

export function ForecastScreen() {
  const { tab = 'series' } = route.useSearch();
  return (
    <Page title="Forecast" fill aside={<RunNow />}>
      <ViewTabs label="Parts of the forecast" views={TABS} current={tab} change={(id) => ({ tab: id === 'series' ? undefined : id })} />
      {tab === 'overrides' ? <OverridesTab /> : tab === 'accuracy' ? <AccuracyTab /> : tab === 'runs' ? <RunsTab /> : tab === 'events' ? <EventsTab /> : tab === 'prices' ? <PricesTab /> : <SeriesTab />}
    </Page>
  );
}

/** The run that is under way, or the button that begins one. */
function RunNow() {
  const store = useStore(), client = useQueryClient(), { data } = useQuery(flowsQuery(store.storeId));
  const run = data?.flows.find((flow) => flow.flow === 'forecast')?.lastRun;
  const begin = useMutation({
    mutationFn: () => write('POST', '/flows/forecast/runs', { store: store.storeId }),
    onSuccess: () => { notifications.show({ message: 'The forecast is queued' }); return client.invalidateQueries({ queryKey: ['flows'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  if (run?.state === 'running') return <span className="running small" role="status"><span className="dim">A new one is made: {run.stage ?? 'starting'}</span><RunProgress run={run} /></span>;
  return <Button variant="default" leftSection={<IconPlayerPlay size={15} />} loading={begin.isPending} onClick={() => begin.mutate()}>Forecast now</Button>;
}

function SeriesTab() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), locations = useLocations(), router = useRouter();
  const { view = 'all', sort = 'mean28', dir = 'desc' } = search;
  const filter = { store: store.storeId, view, q: search.q, location: search.location, vendor: search.vendor, than: search.than, sort, dir };
  const timeZone = useContext(TimeZone), than = useQuery({ ...forecastRunsQuery(store.storeId), enabled: search.than !== undefined }).data?.runs, beside = than?.find((run) => run.runId === search.than);
  const query = useInfiniteQuery({ ...forecastQuery(filter), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]), first = query.data?.pages[0];
  const change = useCallback((part: Partial<typeof search>) => void navigate({ search: (old) => ({ ...old, ...part }), replace: true }), [navigate]);
  const chips: Chip[] = [
    ...(search.q ? [{ label: searchLabel(search.q), remove: () => change({ q: undefined }) }] : []),
    ...(search.location ? [{ label: `Location: ${locationNames(search.location, locations)}`, remove: () => change({ location: undefined }) }] : []),
    ...(search.than ? [{ label: beside && than ? `Beside the ${runName(beside, than, timeZone)}` : 'Beside another run', remove: () => change({ than: undefined, sort: sort === 'than' ? undefined : sort }) }] : []),
    ...(search.vendor ? [{ label: `Supplier: ${search.vendor}`, remove: () => change({ vendor: undefined }) }] : []),
  ];
  return (
    <>
      {first && <InUse page={first} />}
      <ViewTabs within label="Views" views={VIEWS} current={view} change={(id, old) => ({ ...old, view: id === 'all' ? undefined : id })} />
      <DataTable<ForecastRow>
        name="forecast" label="Forecasts by item and location" columns={search.than ? COMPARED_COLUMNS : FORECAST_COLUMNS} rows={rows} rowId={seriesId} query={query} total={first?.totals.rows ?? null}
        totals={first && { sku: 'Total', sold: <span className="num">{units(first.totals.sold28)}</span>, next: <span className="num">{decimal(first.totals.mean28)}</span>, earlier: <span className="num">{decimal(first.totals.then28 ?? 0)}</span>, change: <span className="num">{changeWords(first.totals.mean28, first.totals.sold28)}</span> }}
        sorting={{ by: sort, dir, change: (by, next) => change({ sort: by as typeof sort, dir: next }) }} open={(row) => router.history.push(seriesAddress(row))}
        chips={chips} clear={() => change({ q: undefined, location: undefined, vendor: undefined, than: undefined, sort: sort === 'than' ? undefined : sort })}
        search={{ value: search.q, placeholder: 'SKU, title, or a pasted list of SKUs', change: (q) => change({ q }) }}
        filters={<><LocationVendorFilter location={search.location} vendor={search.vendor} change={change} />{first?.run && first.totals.rows > 0 && <Button variant="default" leftSection={<IconPencil size={15} />} onClick={() => change({ say: 'many' })}>Override these</Button>}</>} csv={{ href: address('/forecast.csv', filter) }}
        empty={view !== 'all' && first?.run ? { good: true, title: VIEWS.find((each) => each.id === view)!.none, text: 'The next nightly run looks again.' } : { title: 'No forecast yet', text: 'There is one once something has sold and the forecast has run: each night, or now by the button above. Four weeks of sales are needed for a weekday pattern, eight for a choice of methods.' }}
      />
      {first?.run && <OverrideManyDrawer open={search.say === 'many'} close={() => change({ say: undefined })} filter={filter} series={first.totals.rows} expected={first.totals.mean28} />}
    </>
  );
}

/** Which run these numbers are of, and that a later one failed. */
function InUse({ page: { run, failure } }: { page: ForecastPage }) {
  return (
    <>
      {failure && <Banner action={<Link to="/flows" search={{ flow: 'forecast' }}>See the run</Link>}>The last attempt failed <Ago at={failure.at} />: {failure.error.replace(/\.$/, '')}. {run ? `The forecast of ${day(run.asOf)} stays in use.` : ''}</Banner>}
      {run && (
        <p className="in-use dim">
          Forecast of <strong>{day(run.asOf)}</strong>, made <Ago at={run.finishedAt} /> · {count(run.series, 'series', 'series')}{run.learnedFrom !== null && run.learnedFrom < run.series && `, learned from the ${units(run.learnedFrom)} that sell most`}{run.failed > 0 && <span className="negative"> · {units(run.failed)} could not be forecast</span>}
          {run.wape !== null && <> · in back-tests, totals of four weeks were off by {percent(run.wape)} of the units</>}{run.bias !== null && <> and {percent(Math.abs(run.bias))} too {run.bias > 0 ? 'high' : 'low'} on balance</>}
        </p>
      )}
    </>
  );
}
