/** Demand & forecast: the fan, how good the forecast has been in words, and the same numbers as a table. */
import { Button, SegmentedControl } from '@mantine/core';
import { IconChartLine, IconDownload, IconTable } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { addDays } from '../../domain/calendar.ts';
import { demandQuery, type Item } from '../api/queries.ts';
import { fan, type Grain } from '../chart/fan.ts';
import { FanChart } from '../chart/FanChart.tsx';
import { downloadFan, FanTable } from '../chart/FanTable.tsx';
import { MadeOf } from '../forecast/MadeOf.tsx';
import { ALL_LOCATIONS } from '../search-params.ts';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { count, day, decimal } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { Accuracy } from './Accuracy.tsx';
import { LocationSelect } from './LocationSelect.tsx';

export function DemandTab({ item, location, grain, change }: { item: Item; location: number; grain: Grain; change(part: { location?: number; grain?: Grain }): void }) {
  const store = useStore(), query = useQuery(demandQuery(store.storeId, item.itemId, location));
  const [asTable, setAsTable] = useState(false);
  const view = query.data;
  const buckets = useMemo(() => (view ? fan(view, grain) : []), [view, grain]);
  if (query.isError && !view) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!view) return <Panel title="Demand and forecast"><Lines rows={12} /></Panel>;
  const today = addDays(view.from, view.demand.length - 1), future = buckets.filter((bucket) => bucket.mean !== null);
  const expected = future.reduce((sum, bucket) => sum + (bucket.mean ?? 0), 0), sold = view.demand.slice(-29, -1).reduce((sum, value) => sum + value, 0);
  const summary = `${count(sold, 'unit')} sold in the last 28 days${future.length > 0 ? `; ${decimal(expected)} expected in the ${count(future.length * future[0]!.days, 'day')} to ${day(addDays(future.at(-1)!.from, future.at(-1)!.days - 1))}` : ''}.`;
  return (
    <>
      <Panel title="Demand and forecast" aside={(
        <>
          <LocationSelect item={item} value={location} all onChange={(id) => change({ location: id })} />
          <SegmentedControl aria-label="Grain" value={grain} onChange={(value) => change({ grain: value as Grain })} data={[{ value: 'd', label: 'Day' }, { value: 'w', label: 'Week' }, { value: 'm', label: '30 days' }]} />
          <Button variant="default" leftSection={asTable ? <IconChartLine size={14} /> : <IconTable size={14} />} onClick={() => setAsTable(!asTable)}>{asTable ? 'View as chart' : 'View as table'}</Button>
          <Button variant="default" leftSection={<IconDownload size={14} />} onClick={() => downloadFan(`demand-${item.sku || item.itemId}.csv`, buckets)}>CSV</Button>
        </>
      )}>
        <div className="stack">
          <p className="sentence">{summary}</p>
          {asTable ? <FanTable buckets={buckets} /> : <FanChart buckets={buckets} today={today} summary={summary} />}
          {grain !== 'd' && view.forecast && <p className="dim small">Bands of later periods assume that periods vary independently; the first is exact.</p>}
        </div>
      </Panel>
      {location === ALL_LOCATIONS && view.forecast && <p className="dim">Expected units of the locations add up; bands do not, since not all locations have their best days at once. How good the forecast has been, its overrides and events are kept of each location.{view.forecast.engineMean && ' A planner’s override is in these numbers.'}</p>}
      {location !== ALL_LOCATIONS && view.forecast && <p className="dim"><Link to="/forecast/$itemId" params={{ itemId: String(item.itemId) }} search={{ location }}>Override it, mark events, compare with earlier runs</Link>{view.forecast.engineMean && <> · a planner’s override is in these numbers</>}</p>}
      {view.forecast && <MadeOf forecast={view.forecast} />}
      {location === ALL_LOCATIONS ? !view.forecast && <EmptyState title="No forecast at any location">There is one once the item has sold and the forecast has run.</EmptyState>
        : view.forecast ? <Accuracy forecast={view.forecast} /> : <EmptyState title="No forecast here">There is one once the item has sold at this location and the forecast has run. Of a new item, <Link to="/forecast/$itemId" params={{ itemId: String(item.itemId) }} search={{ location, like: 'set' }}>say what it sells like</Link>.</EmptyState>}
    </>
  );
}
