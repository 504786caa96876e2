/** The lines of a replay, the most units lost first; each with its orders day by day. */
import { Drawer, Select } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { address } from '../api/client.ts';
import { replayLinesQuery, type Replay, type ReplayLine } from '../api/replay-queries.ts';
import { useStore } from '../shell/store.tsx';
import type { Chip, Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { EmptyState } from '../ui/feedback.tsx';
import { count, day, decimal, money, units } from '../ui/format.ts';

const SORTS = { lost: 'Most lost', cash: 'Most money in stock', bought: 'Most bought', wanted: 'Most wanted', sku: 'SKU' } as const;
const amount = (minor: number | null, currency: string) => (minor === null ? <span className="dim">–</span> : <span className="num">{money(minor, currency)}</span>);
const maybe = (value: number | null) => (value === null ? <span className="dim" title="The ledger had not begun">–</span> : <span className="num">{decimal(value)}</span>);
const whole = (value: number | null) => (value === null ? <span className="dim" title="Not kept by this replay">–</span> : <span className={value === 0 ? 'num dim' : 'num'}>{units(value)}</span>);
const COLUMNS: Column<ReplayLine>[] = [
  { id: 'sku', header: 'SKU', width: 142, card: 'lead', cell: (row) => <AppLink to={`/items/${row.itemId}?location=${row.locationId}`} className="ellipsis">{row.sku || <em>no SKU</em>}</AppLink> },
  { id: 'title', header: 'Title', width: 120, grows: true, card: 'lead', cell: (row) => <span className="ellipsis" title={row.title}>{row.title}</span> },
  { id: 'location', header: 'Location', width: 120, card: 'wide', cell: (row) => <span className="ellipsis">{row.locationName}</span> },
  { id: 'wanted', header: 'Wanted', width: 78, align: 'right', card: 'pair', cell: (row) => <span className="num" title={row.estimated > 0 ? `${row.estimated} of them estimated, of ${row.unknownDays} days out of stock` : undefined}>{units(row.wanted)}{row.estimated > 0 && '*'}</span> },
  { id: 'lost', header: 'Lost', width: 64, align: 'right', card: 'pair', cell: (row) => <span className={row.lost > 0 ? 'num negative' : 'num dim'}>{units(row.lost)}</span> },
  { id: 'ordered', header: 'Ordered', width: 80, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(row.ordered)}</span> },
  { id: 'really', header: 'Really ordered', title: 'Units of purchase orders in these days', width: 106, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(row.real.ordered)}</span> },
  { id: 'stock', header: 'Stock', title: 'Average units at the end of a day', width: 72, align: 'right', cell: (row) => <span className="num">{decimal(row.averageStock)}</span> },
  { id: 'realStock', header: 'Really there', title: 'Average units that really stood there', width: 92, align: 'right', cell: (row) => maybe(row.real.averageStock) },
  { id: 'cash', header: 'Money in stock', title: 'Average over the days', width: 112, align: 'right', cell: (row) => amount(row.cash, row.currency) },
  { id: 'bought', header: 'Bought', width: 104, align: 'right', cell: (row) => amount(row.bought, row.currency) },
  { id: 'came', header: 'Came in', title: 'Units that really came in by any way', width: 78, align: 'right', extra: true, cell: (row) => maybe(row.real.cameIn) },
  { id: 'movedIn', header: 'Sent here', title: 'Units sent here from the place that buys for this one', width: 84, align: 'right', extra: true, cell: (row) => whole(row.movedIn) },
  { id: 'movedOut', header: 'Sent on', title: 'Units sent on to the places this one buys for', width: 78, align: 'right', extra: true, cell: (row) => whole(row.movedOut) },
  { id: 'returned', header: 'Brought back', width: 96, align: 'right', extra: true, cell: (row) => whole(row.returned) },
  { id: 'bulk', header: 'Bulk', title: 'Units wanted in bulk order lines', width: 64, align: 'right', extra: true, cell: (row) => whole(row.bulkWanted) },
  { id: 'forSupplier', header: 'For supplier', title: 'Units more or less than its own policy, for its supplier’s order', width: 92, align: 'right', extra: true, cell: (row) => whole(row.forSupplier) },
  { id: 'margin', header: 'Margin lost', width: 100, align: 'right', extra: true, cell: (row) => amount(row.lostMargin, row.currency) },
  { id: 'fault', header: 'Note', width: 160, extra: true, cell: (row) => <span className="dim ellipsis">{row.fault ?? (row.standing ? 'began at its own level' : '')}</span> },
];

type Search = { q?: string | undefined; sort?: keyof typeof SORTS | undefined; line?: string | undefined };

export function ReplayLines({ replay, search, change }: { replay: Replay; search: Search; change(part: Search): void }) {
  const store = useStore(), sort = search.sort ?? 'lost', filter = { store: store.storeId, q: search.q, sort };
  const query = useInfiniteQuery({ ...replayLinesQuery(replay.replayId, { ...filter, limit: 100 }), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const chips: Chip[] = search.q ? [{ label: `“${search.q}”`, remove: () => change({ q: undefined }) }] : [], id = (row: ReplayLine): string => `${row.itemId}@${row.locationId}`, open = rows.find((row) => id(row) === search.line);
  return (
    <>
      <DataTable<ReplayLine>
        name="replay-lines" label="Lines of the replay" columns={COLUMNS} rows={rows} rowId={id} query={query} total={search.q ? (query.hasNextPage ? null : rows.length) : query.data?.pages[0]?.total ?? null} open={(row) => change({ line: id(row) })} openId={search.line}
        chips={chips} clear={() => change({ q: undefined })} search={{ value: search.q, placeholder: 'SKU or title', change: (q) => change({ q }) }} csv={{ href: address(`/replays/${replay.replayId}/lines.csv`, filter) }} empty={{ title: 'No lines', text: 'Nothing was replayed.' }}
        filters={<Select w={170} aria-label="Order" allowDeselect={false} value={sort} data={Object.entries(SORTS).map(([value, label]) => ({ value, label }))} onChange={(value) => change({ sort: value === 'lost' ? undefined : value as keyof typeof SORTS })} />}
      />
      <Drawer opened={open !== undefined} onClose={() => change({ line: undefined })} size={460} title={open && <span><strong>{open.sku || open.title}</strong><br /><span className="small dim">{open.locationName}</span></span>}>
        {open && <Orders line={open} />}
      </Drawer>
    </>
  );
}

function Orders({ line }: { line: ReplayLine }) {
  return (
    <div className="stack">
      <p className="sentence">Of {count(line.wanted, 'unit')} wanted it served {units(line.served)}{line.lost > 0 && <> and lost {units(line.lost)} on {count(line.shortDays, 'day')}</>}.{(line.bulkWanted ?? 0) > 0 && <> Of them {units(line.bulkWanted!)} were wanted in bulk order lines and {units(line.bulkServed!)} of those served.</>}{(line.returned ?? 0) > 0 && <> Customers brought {units(line.returned!)} back.</>}{line.forSupplier ? <> For its supplier’s order it ordered {count(Math.abs(line.forSupplier), 'unit')} {line.forSupplier > 0 ? 'more' : 'less'} than for itself.</> : null}{(line.belowMinimum ?? 0) > 0 && <> {count(line.belowMinimum!, 'order')} stayed below the supplier’s minimum.</>} {(line.movedIn ?? 0) > 0 && <>It was sent {units(line.movedIn!)} from the place that buys for it. </>}{(line.movedOut ?? 0) > 0 && <>It sent {units(line.movedOut!)} on to the places it buys for. </>}It began with {units(line.opening)} and ended with {units(line.closing)}.</p>
      {line.decisions.length === 0 ? <EmptyState title="It ordered nothing">{line.fault ?? (line.movedIn ? 'What it needed was bought at another place.' : 'What stood there was enough.')}</EmptyState> : (
        <table className="plain boxed"><thead><tr><th>Ordered on</th><th className="num">Units</th><th>Arrives</th></tr></thead><tbody>{line.decisions.map((one) => <tr key={one.on}><td>{day(one.on)}</td><td className="num">{units(one.quantity)}</td><td>{day(one.arrives)}</td></tr>)}</tbody></table>)}
    </div>
  );
}
