/** The columns of the list of forecasts. */
import type { ForecastRow } from '../api/forecast-queries.ts';
import type { Column } from '../table/column.ts';
import { AppLink } from '../ui/AppLink.tsx';
import { capital, day, decimal, percent, tenths, units } from '../ui/format.ts';
import { Status } from '../ui/tone.tsx';

export const seriesId = (row: Pick<ForecastRow, 'itemId' | 'locationId'>): string => `${row.itemId}@${row.locationId}`;
export const seriesAddress = (row: Pick<ForecastRow, 'itemId' | 'locationId'>): string => `/forecast/${row.itemId}?location=${row.locationId}`;

/** Expected units against those sold: "+40%"; nothing where nothing was sold. */
export function changeWords(next: number | null, sold: number | null): string {
  if (next === null || sold === null || sold <= 0) return '–';
  const change = next / sold - 1;
  return Math.abs(change) < 0.005 ? '0%' : `${change > 0 ? '+' : ''}${percent(Math.round(change * 100) / 100)}`;
}

const share = (value: number | null): string => (value === null ? '–' : `${Math.round(value * 100)}%`.replace('-', '−'));

export const FORECAST_COLUMNS: readonly Column<ForecastRow>[] = [
  { id: 'sku', header: 'SKU', width: 142, sort: 'sku', card: 'lead', cell: (row) => <AppLink to={seriesAddress(row)} className="ellipsis">{row.sku || <em>no SKU</em>}</AppLink> },
  { id: 'title', header: 'Title', width: 120, grows: true, card: 'lead', cell: (row) => <span className="ellipsis" title={row.title}>{row.title}</span> },
  { id: 'location', header: 'Location', width: 118, sort: 'location', card: 'pair', cell: (row) => <span className="ellipsis">{row.locationName}</span> },
  { id: 'sold', header: 'Last 28 d', title: 'Units sold in the last 28 days known to the forecast', width: 76, align: 'right', sort: 'sold28', card: 'pair', cell: (row) => <span className="num">{row.sold28 === null ? '–' : units(row.sold28)}</span> },
  {
    id: 'next', header: 'Next 28 d', title: 'Units expected in the next 28 days, with planners’ overrides; sorted by the engine’s number', width: 108, align: 'right', sort: 'mean28', card: 'pair',
    cell: (row) => <span className="num">{row.overrides > 0 && <span className="override-mark" title={`A planner’s override is in it; the engine says ${decimal(row.engine28 ?? 0)}`}>override </span>}<strong>{row.next28 === null ? '–' : tenths(row.next28)}</strong></span>,
  },
  { id: 'p90', header: 'P90', title: 'In nine of ten cases no more than this is wanted in the next 28 days', width: 64, align: 'right', sort: 'p90', cell: (row) => <span className="num">{row.p90 === null ? '–' : tenths(row.p90)}</span> },
  { id: 'change', header: 'Change', title: 'Next 28 days against the last 28', width: 70, align: 'right', sort: 'change', cell: (row) => <span className="num">{changeWords(row.next28, row.sold28)}</span> },
  { id: 'wape', header: 'Error', title: 'WAPE: how far forecasts of four weeks were off in back-tests, as a share of the units sold', width: 60, align: 'right', sort: 'wape', cell: (row) => <span className="num">{share(row.wape)}</span> },
  { id: 'bias', header: 'Bias', title: 'Too high (+) or too low (−) on balance in back-tests', width: 58, align: 'right', sort: 'bias', cell: (row) => <span className="num">{row.bias !== null && row.bias > 0.005 ? '+' : ''}{share(row.bias)}</span> },
  { id: 'coverage', header: 'Within P95', title: 'Back-tested totals within the 95% quantile; 95% would be right', width: 84, align: 'right', sort: 'coverage', cell: (row) => <span className="num">{share(row.coverage)}</span> },
  { id: 'flags', header: 'Notes', title: 'What the forecast says of itself, and what came of it', width: 186, card: 'wide', cell: (row) => <Notes row={row} /> },
  { id: 'method', header: 'Method', width: 130, extra: true, cell: (row) => <span className="ellipsis dim" title={row.method}>{capital(row.method)}</span> },
  { id: 'vendor', header: 'Supplier', width: 118, extra: true, cell: (row) => <span className="ellipsis">{row.vendor ?? '–'}</span> },
  { id: 'class', header: 'Demand', title: 'Kind of demand: smooth, erratic, intermittent, lumpy', width: 100, extra: true, cell: (row) => <span>{row.demandClass ? capital(row.demandClass) : '–'}</span> },
  { id: 'rmsse', header: 'RMSSE', title: 'Scaled error: below 1 is better than repeating the day before', width: 72, align: 'right', extra: true, cell: (row) => <span className="num">{row.rmsse === null ? '–' : decimal(row.rmsse)}</span> },
];

/** Beside an earlier run: what it expected of its own next 28 days, in place of what matters less then. */
export const COMPARED_COLUMNS: readonly Column<ForecastRow>[] = FORECAST_COLUMNS.flatMap((column): Column<ForecastRow>[] => (column.id === 'p90' ? [] : column.id !== 'change' ? [column] : [
  { id: 'earlier', header: 'Then', title: 'Units the earlier run expected in its next 28 days, without overrides', width: 76, align: 'right', card: 'pair', cell: (row) => <span className="num">{row.then28 === null ? <span className="dim">new</span> : decimal(row.then28)}</span> },
  { id: 'moved', header: 'Moved', title: 'What the engine expects now, less what it expected then', width: 76, align: 'right', sort: 'than', card: 'pair', cell: (row) => <span className="num">{row.engine28 === null ? '–' : moved(row.engine28 - (row.then28 ?? 0))}</span> },
]));

const moved = (units: number): string => `${units >= 0.05 ? '+' : ''}${decimal(units)}`;

function Notes({ row }: { row: ForecastRow }) {
  const said = row.flags.map(capital).join(', ');
  return (
    <span className="row tight">
      {row.unusual ? <Status tone="warn" title={`${capital(row.unusual.why)}, since ${day(row.unusual.since)}`}>Unusual</Status> : row.lastDay?.outside && <Status tone="info" title={`${units(row.lastDay.actual)} on ${day(row.lastDay.day)}, outside P1 to P99`}>Odd day</Status>}
      {said && <span className="ellipsis dim" title={said}>{said}</span>}
      {!row.unusual && !row.lastDay?.outside && !said && <span className="dim">–</span>}
    </span>
  );
}
