/** Demand & forecast: the fan, how good the forecast has been in words, and the same numbers as a table. */
import { Button, SegmentedControl } from '@mantine/core';
import { IconChartLine, IconDownload, IconTable } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { addDays } from '../../domain/calendar.ts';
import { demandQuery, type DemandView, type Item } from '../api/queries.ts';
import { fan, fanCsv, FAN_LEVELS, type Bucket, type Grain } from '../chart/fan.ts';
import { FanChart } from '../chart/FanChart.tsx';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, count, day, decimal, percent, units } from '../ui/format.ts';
import { Facts, Panel } from '../ui/page.tsx';
import { Status } from '../ui/tone.tsx';
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
  const summary = `${count(sold, 'unit')} sold in the last 28 days${future.length > 0 ? `; ${decimal(expected)} expected from ${day(future[0]!.from)} to ${day(addDays(future.at(-1)!.from, future.at(-1)!.days - 1))}` : ''}.`;
  return (
    <>
      <Panel title="Demand and forecast" aside={(
        <>
          <LocationSelect item={item} value={location} onChange={(id) => change({ location: id })} />
          <SegmentedControl aria-label="Grain" value={grain} onChange={(value) => change({ grain: value as Grain })} data={[{ value: 'd', label: 'Day' }, { value: 'w', label: 'Week' }, { value: 'm', label: '30 days' }]} />
          <Button variant="default" leftSection={asTable ? <IconChartLine size={14} /> : <IconTable size={14} />} onClick={() => setAsTable(!asTable)}>{asTable ? 'View as chart' : 'View as table'}</Button>
          <Button variant="default" leftSection={<IconDownload size={14} />} onClick={() => download(`demand-${item.sku || item.itemId}.csv`, fanCsv(buckets))}>CSV</Button>
        </>
      )}>
        <div className="stack">
          <p className="sentence">{summary}</p>
          {asTable ? <FanTable buckets={buckets} /> : <FanChart buckets={buckets} today={today} summary={summary} />}
          {grain !== 'd' && view.forecast && <p className="dim small">Bands of later periods assume that periods vary independently; the first is exact.</p>}
        </div>
      </Panel>
      {view.forecast ? <Accuracy forecast={view.forecast} /> : <EmptyState title="No forecast here">There is one once the item has sold at this location and the forecast has run.</EmptyState>}
    </>
  );
}

function Accuracy({ forecast }: { forecast: NonNullable<DemandView['forecast']> }) {
  const said: [string, string][] = [];
  if (forecast.wape !== null) said.push([percent(forecast.wape), 'of the units sold is how far daily forecasts were off in back-tests (WAPE)']);
  if (forecast.bias !== null) said.push([percent(Math.abs(forecast.bias)), Math.abs(forecast.bias) < 0.005 ? 'bias: neither high nor low' : forecast.bias > 0 ? 'too high on balance (bias)' : 'too low on balance (bias)']);
  if (forecast.coverage !== null) said.push([percent(forecast.coverage), 'of back-tested totals stayed within the 95% quantile; 95% would be right']);
  if (forecast.rmsse !== null) said.push([decimal(forecast.rmsse), forecast.rmsse < 1 ? 'scaled error (RMSSE): better than repeating the day before' : 'scaled error (RMSSE): no better than repeating the day before']);
  return (
    <Panel title="How good this forecast has been" aside={<span className="row">{forecast.flags.map((flag) => <Status key={flag} tone="warn" pill>{capital(flag)}</Status>)}</span>}>
      <div className="stack">
        {said.length > 0 ? <ul className="accuracy">{said.map(([figure, words]) => <li key={words}><b>{figure}</b><span className="dim">{words}</span></li>)}</ul> : <p className="dim">The history is too short for a back-test.</p>}
        <Facts rows={[['Method', capital(forecast.method)], ['Learned from', `${day(forecast.trainedFrom)} to ${day(forecast.trainedTo)}`], ['Days out of stock, taken as unknown demand', units(forecast.censoredDays)], ['As of', day(forecast.asOf)], ['Run', forecast.runId]]} />
      </div>
    </Panel>
  );
}

/** Rows kept in sight above the first forecast. */
const ROWS_ABOVE = 4;

/** In the order of time, opened where the forecast begins. */
function FanTable({ buckets }: { buckets: readonly Bucket[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const row = box.current?.querySelector<HTMLElement>('tr[data-first]');
    if (row && box.current) box.current.scrollTop = row.offsetTop - ROWS_ABOVE * row.offsetHeight;
  }, [buckets]);
  const first = buckets.find((bucket) => bucket.mean !== null);
  return (
    <div ref={box} className="chart-table" tabIndex={0} role="region" aria-label="Demand and forecast as a table">
      <table className="plain">
        <thead><tr><th>From</th><th className="num">Sold</th><th className="num">Out of stock</th><th className="num">Expected</th>{FAN_LEVELS.map((level) => <th key={level} className="num">P{Math.round(level * 100)}</th>)}</tr></thead>
        <tbody>
          {buckets.map((bucket) => (
            <tr key={bucket.from} data-first={bucket === first || undefined}>
              <td>{day(bucket.from)}</td><td className="num">{bucket.actual === null ? '' : units(bucket.actual)}</td><td className="num">{bucket.outOfStock ? percent(bucket.outOfStock) : ''}</td><td className="num">{bucket.mean === null ? '' : decimal(bucket.mean)}</td>
              {FAN_LEVELS.map((level, n) => <td key={level} className="num">{bucket.quantiles ? decimal(bucket.quantiles[n]!) : ''}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name.replaceAll(/[^A-Za-z0-9._-]/g, '-');
  link.click();
  URL.revokeObjectURL(link.href);
}
