/** The item's stock by location, and how long it lasts where it sells. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { demandQuery, type Item, type StockRow } from '../api/queries.ts';
import { Sparkline } from '../chart/Sparkline.tsx';
import { subjectText } from '../search-params.ts';
import { useStore } from '../shell/store.tsx';
import { Figure } from '../table/Figure.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, signed, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status, STOCK_LOOK } from '../ui/tone.tsx';
import { PushState } from '../push/Phases.tsx';
import { LocationSelect } from './LocationSelect.tsx';

const ProjectionChart = lazy(() => import('./ProjectionChart.tsx').then((module) => ({ default: module.ProjectionChart })));

export function SummaryTab({ item, location, choose, why }: { item: Item; location: number | null; choose(id: number): void; why(subject: string): void }) {
  const sum = (of: (row: StockRow) => number): number => item.locations.reduce((total, row) => total + of(row), 0);
  if (item.locations.length === 0) return <EmptyState title="This item has no stock level">{item.tracked ? 'It is not stocked at any location in Shopify.' : 'Shopify does not track its stock.'}</EmptyState>;
  return (
    <>
      <Panel flush title="On hand = available + committed + unavailable" aside={<span className="dim small">click a number to see why</span>}>
        <Wide label="Stock by location">
          <table className="plain">
            <thead><tr><th>Location</th><th className="wide-only">Right about stock</th><th className="num">On hand</th><th className="num">= Available</th><th className="num">+ Committed</th><th className="num">+ Unavailable</th><th className="num">Incoming</th><th className="num">Shopify</th><th className="num">Drift</th><th>State</th><th>Sold, 30 days</th></tr></thead>
            <tbody>{item.locations.map((row) => <Level key={row.locationId} row={row} chosen={row.locationId === location} why={why} />)}</tbody>
            {item.locations.length > 1 && <tfoot><tr><td><strong>All locations</strong></td><td className="wide-only" />{[sum((r) => r.onHand), sum((r) => r.available), sum((r) => r.committed), sum((r) => r.unavailable), sum((r) => r.incoming), sum((r) => r.shopifyAvailable ?? 0)].map((value, n) => <td key={n} className="num"><strong>{units(value)}</strong></td>)}<td className="num"><strong>{signed(sum((r) => r.drift))}</strong></td><td /><td /></tr></tfoot>}
          </table>
        </Wide>
      </Panel>
      {item.shelf.length > 0 && <Shelf item={item} />}
      {location !== null && <Projection item={item} location={location} choose={choose} />}
    </>
  );
}

function Level({ row, chosen, why }: { row: StockRow; chosen: boolean; why(subject: string): void }) {
  const figure = (name: 'onHand' | 'available' | 'committed' | 'unavailable' | 'incoming', words: string) => (
    <td className="num"><Figure label={`${row[name]} ${words} at ${row.locationName}: why?`} negative={row[name] < 0} zero={row[name] === 0} onClick={() => why(subjectText({ itemId: row.itemId, locationId: row.locationId, figure: name }))}>{units(row[name])}</Figure></td>
  );
  const look = STOCK_LOOK[row.state]!;
  return (
    <tr className="place-row" data-chosen={chosen || undefined}>
      <td>{row.locationName}</td><td className="wide-only"><span className="tag">{row.authority === 'storefront' ? 'Shopify' : 'Warehouse'}</span></td>
      {figure('onHand', 'on hand')}{figure('available', 'available')}{figure('committed', 'committed')}{figure('unavailable', 'unavailable')}{figure('incoming', 'incoming')}
      <td className="num">{row.shopifyAvailable === null ? '–' : units(row.shopifyAvailable)}</td>
      <td className="num"><Figure label={`Drift ${row.drift} at ${row.locationName}: why?`} negative={row.state === 'drift'} zero={row.drift === 0} onClick={() => why(subjectText({ itemId: row.itemId, locationId: row.locationId, figure: 'drift' }))}>{signed(row.drift)}</Figure></td>
      <td><Status tone={look.tone} icon={look.icon} title={row.cause ?? ''}>{capital(row.state)}</Status></td><td><Sparkline values={row.sold30} /></td>
    </tr>
  );
}

/** What a warehouse has of it, and how that becomes what Shopify should show. */
function Shelf({ item }: { item: Item }) {
  return (
    <Panel flush title="Shelf: what the warehouse has">
      <Wide label="Shelf by location">
        <table className="plain">
          <thead><tr><th>Location</th><th>Warehouse</th><th>Code there</th><th className="num">On the shelf</th><th className="num">Unsellable</th><th>Last count</th><th>Shopify should show</th><th>State</th></tr></thead>
          <tbody>{item.shelf.map((row) => (
            <tr key={row.locationId} className="place-row">
              <td>{row.locationName}</td><td>{row.warehouse}</td><td>{row.codes.join(', ')}</td><td className="num">{units(row.onHand)}</td><td className="num">{units(row.unsellable)}</td><td className="dim"><Ago at={row.countedAt} /></td>
              <td>{row.sentence ? <Link to="/push" search={{ level: `${item.itemId}@${row.locationId}` }}>{row.sentence}</Link> : <span className="dim">not worked out yet</span>}</td><td>{row.state && <PushState state={row.state} pushedAt={row.pushedAt} />}</td>
            </tr>))}
          </tbody>
        </table>
      </Wide>
    </Panel>
  );
}

function Projection({ item, location, choose }: { item: Item; location: number; choose(id: number): void }) {
  const store = useStore(), query = useQuery(demandQuery(store.storeId, item.itemId, location));
  const body = query.isError && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} />
    : !query.data ? <Lines rows={8} />
      : !query.data.forecast || !query.data.projection ? <EmptyState title="No forecast here yet">There is one once the item has sold at this location and the forecast has run.</EmptyState>
        : <Suspense fallback={<Lines rows={8} />}><ProjectionChart demand={query.data} /></Suspense>;
  return <Panel title="How long the stock lasts if nothing more is ordered" aside={<LocationSelect item={item} value={location} onChange={choose} />}>{body}</Panel>;
}
