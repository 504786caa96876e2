/** The columns of the list of purchase orders. */
import type { PurchaseRow } from '../api/purchasing-queries.ts';
import type { Column } from '../table/column.ts';
import { AppLink } from '../ui/AppLink.tsx';
import { day, money, percent, units } from '../ui/format.ts';
import { Status } from '../ui/tone.tsx';
import { PURCHASE_LOOK } from './look.ts';

export function purchaseColumns(): Column<PurchaseRow>[] {
  return [
    { id: 'reference', header: 'Order', width: 96, card: 'lead', cell: (row) => <AppLink to={`/purchase-orders/${row.purchaseOrderId}`}>{row.reference}</AppLink> },
    { id: 'supplier', header: 'Supplier', width: 132, grows: true, card: 'lead', cell: (row) => <span className="ellipsis">{row.supplier}</span> },
    { id: 'state', header: 'State', width: 146, card: 'wide', cell: (row) => <Status tone={PURCHASE_LOOK[row.state].tone}>{PURCHASE_LOOK[row.state].word}</Status> },
    { id: 'location', header: 'To', width: 126, cell: (row) => <span className="ellipsis">{row.locationName}</span> },
    { id: 'expected', header: 'Expected', width: 116, card: 'pair', cell: (row) => (row.overdue ? <Status tone="bad" title={row.expectedOn === null ? 'Nobody said a day: by its lead time it should be here' : ''}>{row.expectedOn === null ? 'no day, late' : `${day(row.expectedOn, true)}, late`}</Status> : row.expectedOn !== null ? <span>{day(row.expectedOn, true)}</span> : row.dueOn !== null && row.openUnits > 0 ? <span className="dim" title="Nobody said a day: by its supplier’s stated lead time">about {day(row.dueOn, true)}</span> : <span className="dim">–</span>) },
    { id: 'learned', header: 'Usually', title: 'When it comes if the supplier takes as long as it usually did', width: 92, cell: (row) => (row.learnedOn === null ? <span className="dim">–</span> : row.expectedOn !== null && row.learnedOn > row.expectedOn ? <Status tone="warn">{day(row.learnedOn, true)}</Status> : <span>{day(row.learnedOn, true)}</span>) },
    { id: 'received', header: 'Received', title: 'Good units received of those ordered; damaged ones are named apart', width: 118, align: 'right', card: 'pair', cell: (row) => <Progress of={row.units} done={row.receivedUnits} damaged={row.damagedUnits} /> },
    { id: 'units', header: 'Units', width: 66, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(row.units)}</span> },
    { id: 'open', header: 'Open', title: 'Units still to come', width: 80, align: 'right', extra: true, cell: (row) => <span className="num">{units(row.openUnits)}</span> },
    { id: 'lines', header: 'Lines', width: 66, align: 'right', extra: true, cell: (row) => <span className="num">{units(row.lines)}</span> },
    { id: 'value', header: 'Value', title: 'Goods, shipping, duty and other cost', width: 112, align: 'right', card: 'pair', cell: (row) => <span className="num">{money(row.value, row.currency)}</span> },
    { id: 'ordered', header: 'Ordered', width: 92, extra: true, cell: (row) => day(row.orderedOn, true) },
    { id: 'by', header: 'Made by', width: 150, extra: true, cell: (row) => <span className="ellipsis dim">{row.createdBy}</span> },
  ];
}

function Progress({ of, done, damaged }: { of: number; done: number; damaged: number }) {
  const share = of === 0 ? 0 : done / of;
  return <span className="received" title={`${units(done)} of ${units(of)}${damaged > 0 ? `, and ${units(damaged)} damaged` : ''}`}><span className="received-bar" aria-hidden><i style={{ inlineSize: `${Math.min(100, share * 100)}%` }} /></span><span className="num">{done === 0 ? '–' : percent(Math.floor(share * 100) / 100)}</span></span>;
}
