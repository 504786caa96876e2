/** The columns of Stock & drift. */
import type { StockRow } from '../api/queries.ts';
import { Sparkline } from '../chart/Sparkline.tsx';
import type { Column } from '../table/column.ts';
import { PushState } from '../push/Phases.tsx';
import { Figure } from '../table/Figure.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { capital, signed, units } from '../ui/format.ts';
import { Ago } from '../ui/time.tsx';
import { Status, STOCK_LOOK } from '../ui/tone.tsx';

export const levelId = (row: StockRow): string => `${row.itemId}@${row.locationId}`;

/** `pushed`: it is to be seen what a warehouse wants shown; `planned`: what a planner holds; `moved`: when it last moved. All can be chosen everywhere. */
export function stockColumns(why: (row: StockRow, figure: string) => void, { pushed, planned, moved }: { pushed: boolean; planned: boolean; moved: boolean }): Column<StockRow>[] {
  const figure = (id: 'onHand' | 'committed' | 'available' | 'unavailable' | 'incoming', header: string, width: number, more: Partial<Column<StockRow>> = {}): Column<StockRow> => ({
    id, header, width, align: 'right', ...more,
    cell: (row) => <Figure onClick={() => why(row, id)} zero={row[id] === 0} negative={row[id] < 0} label={`${header} ${row[id]} of ${row.sku || row.title} at ${row.locationName}: why?`}>{units(row[id])}</Figure>,
  });
  return [
    { id: 'sku', header: 'SKU', width: 142, sort: 'sku', card: 'lead', cell: (row) => <AppLink to={`/items/${row.itemId}?location=${row.locationId}`} className="ellipsis">{row.sku || <em>no SKU</em>}</AppLink> },
    { id: 'title', header: 'Title', width: 116, grows: true, sort: 'title', card: 'lead', cell: (row) => <span className="ellipsis" title={row.title}>{row.title}</span> },
    { id: 'vendor', header: 'Supplier', width: 130, extra: true, cell: (row) => <span className="ellipsis">{row.vendor ?? '–'}</span> },
    { id: 'location', header: 'Location', width: 124, card: 'wide', cell: (row) => <span className="ellipsis" title={`${row.authority === 'storefront' ? 'Shopify' : 'The warehouse'} is right about the stock here`}>{row.locationName}</span> },
    figure('onHand', 'On hand', 78, { sort: 'onHand' }),
    figure('committed', 'Committed', 92, { sort: 'committed' }),
    figure('available', 'Available', 84, { sort: 'available', card: 'pair' }),
    figure('unavailable', 'Unavailable', 98, { extra: true }),
    figure('incoming', 'Incoming', 90, { extra: true }),
    {
      id: 'wanted', header: 'Should show', title: 'What Shopify should show, where a warehouse is right about the stock', width: 92, align: 'right', extra: !pushed,
      cell: (row) => (row.push === null ? <span className="dim">–</span> : row.push.wanted === null ? <span className="dim" title={row.push.reason ?? undefined}>–</span> : <AppLink to={`/push?level=${levelId(row)}`} className="num" label={`Should show ${row.push.wanted} of ${row.sku || row.title} at ${row.locationName}: why?`}>{units(row.push.wanted)}</AppLink>),
    },
    { id: 'shopify', header: 'Shopify', title: 'Available as Shopify last said', width: 68, align: 'right', card: 'pair', cell: (row) => <span className="num">{row.shopifyAvailable === null ? '–' : units(row.shopifyAvailable)}</span> },
    {
      id: 'drift', header: 'Drift', title: 'Shopify less the ledger', width: 62, align: 'right', sort: 'drift',
      cell: (row) => <Figure onClick={() => why(row, 'drift')} zero={row.drift === 0} negative={row.drift !== 0 && row.state === 'drift'} label={`Drift ${row.drift} of ${row.sku || row.title} at ${row.locationName}: why?`}>{signed(row.drift)}</Figure>,
    },
    {
      id: 'planner', header: 'Planner', title: 'What the planner holds less the ledger: available, and on order', width: 76, align: 'right', extra: !planned,
      cell: (row) => (row.planner === null ? <span className="dim">–</span> : <Figure onClick={() => why(row, 'drift')} zero={false} negative={false} label={`The planner differs by ${row.planner.stock} in stock and ${row.planner.incoming} on order of ${row.sku || row.title} at ${row.locationName}: why?`}>{row.planner.incoming === 0 ? signed(row.planner.stock) : `${signed(row.planner.stock)} / ${signed(row.planner.incoming)}`}</Figure>),
    },
    {
      id: 'state', header: 'State and cause', width: 132, card: 'wide',
      cell: (row) => { const look = STOCK_LOOK[row.state]!; if (row.push && row.state !== 'drift') return <AppLink to={`/push?level=${levelId(row)}`} className="quiet"><PushState state={row.push.state} pushedAt={row.push.pushedAt} /></AppLink>; return <span className="row tight" title={row.cause ?? undefined}><Status tone={look.tone} icon={look.icon}>{capital(row.state)}</Status>{row.cause && <span className="dim ellipsis">{row.cause}</span>}</span>; },
    },
    { id: 'sold', header: 'Sold, 30 d', title: 'Units sold per day over the last 30 days', width: 96, cell: (row) => <Sparkline values={row.sold30} /> },
    { id: 'moved', header: 'Last moved', width: 90, extra: !moved, sort: 'lastMovement', cell: (row) => <span className="dim"><Ago at={row.lastMovementAt} /></span> },
  ];
}
