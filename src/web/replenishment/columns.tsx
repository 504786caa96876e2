/** The columns of the replenishment worklist. */
import type { Recommendation } from '../api/queries.ts';
import type { Column } from '../table/column.ts';
import { Figure } from '../table/Figure.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { capital, day, decimal, money, units } from '../ui/format.ts';
import { Status } from '../ui/tone.tsx';

export const lineId = (row: Recommendation): string => `${row.itemId}@${row.locationId}`;

/** Days from one calendar day to another in words: late, today, or in how many. */
export function dueWords(urgency: number): string {
  return urgency < 0 ? `${units(-urgency)} d late` : urgency === 0 ? 'today' : `in ${units(urgency)} d`;
}

export function planColumns(currency: string, why: (row: Recommendation) => void): Column<Recommendation>[] {
  return [
    { id: 'sku', header: 'SKU', width: 152, sort: 'sku', card: 'lead', cell: (row) => <AppLink to={`/items/${row.itemId}?tab=replenishment&location=${row.locationId}`} className="ellipsis">{row.sku || <em>no SKU</em>}</AppLink> },
    { id: 'title', header: 'Title', width: 136, grows: true, card: 'lead', cell: (row) => <span className="ellipsis" title={row.title}>{row.title}</span> },
    { id: 'vendor', header: 'Supplier', width: 118, cell: (row) => <span className="ellipsis">{row.vendor ?? '–'}</span> },
    { id: 'location', header: 'Location', width: 122, cell: (row) => <span className="ellipsis">{row.locationName}</span> },
    { id: 'available', header: 'Available', width: 82, align: 'right', card: 'pair', cell: (row) => <span className={row.available < 0 ? 'num negative' : 'num'}>{units(row.available)}</span> },
    { id: 'incoming', header: 'Incoming', width: 84, align: 'right', cell: (row) => <span className="num">{units(row.incoming)}</span> },
    { id: 'cover', header: 'Cover', title: 'Days the stock lasts at forecast rate', width: 70, align: 'right', sort: 'cover', cell: (row) => <span className="num">{row.coverDays === null ? '> 10 y' : `${decimal(row.coverDays)} d`}</span> },
    {
      id: 'orderBy', header: 'Order by', width: 152, sort: 'urgency', card: 'wide',
      cell: (row) => (row.orderBy === null ? <span className="dim">–</span> : <Status tone={row.urgency < 0 ? 'bad' : row.urgency === 0 ? 'warn' : 'neutral'}>{day(row.orderBy, true)}, {dueWords(row.urgency)}</Status>),
    },
    { id: 'quantity', header: 'Order', width: 70, align: 'right', sort: 'quantity', card: 'pair', cell: (row) => <Figure onClick={() => why(row)} label={`Order ${row.quantity} of ${row.sku || row.title}: why?`}><strong>{units(row.quantity)}</strong></Figure> },
    { id: 'cost', header: 'Cost', width: 118, align: 'right', sort: 'cost', cell: (row) => <span className="num">{money(row.cost, currency)}</span> },
    { id: 'p50', header: 'Out, P50', title: 'Day on which it is more likely than not sold out', width: 84, sort: 'stockout', cell: (row) => <span>{day(row.stockoutP50, true)}</span> },
    { id: 'p10', header: 'Out, P10', title: 'Day on which it is sold out with one chance in ten', width: 92, cell: (row) => <span>{day(row.stockoutP10, true)}</span> },
    { id: 'overstock', header: 'Overstock', width: 92, align: 'right', cell: (row) => <span className="num">{row.overstock === 0 ? <span className="dim">0</span> : units(row.overstock)}</span> },
    { id: 'class', header: 'Class', title: 'A: the items that make most of the money', width: 62, cell: (row) => (row.abc ? <span className="tag">{row.abc}</span> : <span className="dim">–</span>) },
    { id: 'flags', header: 'Notes', title: 'What the forecast says of itself', width: 170, cell: (row) => <span className="ellipsis dim" title={row.flags.map(capital).join(', ')}>{row.flags.map(capital).join(', ') || '–'}</span> },
    { id: 'wape', header: 'Error', title: 'WAPE: how far forecasts of four weeks were off in back-tests', width: 76, align: 'right', extra: true, cell: (row) => <span className="num">{row.wape === null ? '–' : `${Math.round(row.wape * 100)}%`}</span> },
    { id: 'method', header: 'Method', width: 180, extra: true, cell: (row) => <span className="ellipsis" title={row.method}>{capital(row.method)}</span> },
  ];
}
