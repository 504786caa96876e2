/** The columns of the replenishment worklist. */
import { Checkbox } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import type { Recommendation } from '../api/queries.ts';
import type { Column } from '../table/column.ts';
import { Figure } from '../table/Figure.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { capital, day, decimal, money, units } from '../ui/format.ts';
import { Status } from '../ui/tone.tsx';

export const lineId = (row: Pick<Recommendation, 'itemId' | 'locationId'>): string => `${row.itemId}@${row.locationId}`;

/** Days from one calendar day to another in words: late, today, or in how many. */
export function dueWords(urgency: number): string {
  return urgency < 0 ? `${units(-urgency)} d late` : urgency === 0 ? 'today' : `in ${units(urgency)} d`;
}

/** What is suggested of stock nobody needs here. */
export function suggestion(row: Pick<Recommendation, 'moveTo' | 'overstock' | 'incoming' | 'coverDays'>): string {
  if (row.moveTo) return `Move ${units(row.moveTo.quantity)} to ${row.moveTo.locationName}`;
  if (row.incoming > 0) return `Cut ${units(Math.min(row.overstock, row.incoming))} of what is on its way`;
  return row.coverDays === null ? 'Mark down: it lasts over 10 years' : `Sell down: it lasts ${decimal(row.coverDays)} days`;
}

export interface Selection { has(id: string): boolean; toggle(row: Recommendation): void; all: boolean; some: boolean; toggleAll(): void }
interface Of { currency: string; view: string; why(row: Recommendation): void; selection: Selection; whatIf: ReadonlyMap<string, number> | null }

export function planColumns({ currency, view, why, selection, whatIf }: Of): Column<Recommendation>[] {
  const over = view === 'overstock';
  const chosen: Column<Recommendation> = { id: 'select', header: '✓', title: 'Choose lines', width: 38, cell: (row) => <Checkbox size="xs" aria-label={`Choose ${row.sku || row.title}`} checked={selection.has(lineId(row))} onChange={() => selection.toggle(row)} onClick={(event) => event.stopPropagation()} tabIndex={-1} /> };
  const order: Column<Recommendation> = {
    id: 'quantity', header: 'Order', width: 68, align: 'right', sort: 'quantity', card: 'pair',
    cell: (row) => {
      const other = whatIf?.get(lineId(row)), changed = other !== undefined && other !== row.quantity, edited = row.decision?.decision === 'quantity';
      return (
        <Figure onClick={() => why(row)} label={`Order ${row.quantity} of ${row.sku || row.title}: why?`}>
          {changed ? <><s className="dim">{units(row.quantity)}</s> <strong className="what-if">{units(other)}</strong></> : <strong>{units(row.quantity)}</strong>}
          {edited && !changed && <span className="edited" title={`${row.decision!.by}: ${row.decision!.reason}; recommended were ${row.recommended}`}><IconPencil size={12} aria-hidden /></span>}
        </Figure>
      );
    },
  };
  const excess: Column<Recommendation>[] = [
    { id: 'overstock', header: 'Excess', title: 'Units above anything the policy would order up to', width: 78, align: 'right', sort: 'overstock', card: 'pair', cell: (row) => <Figure onClick={() => why(row)} label={`Excess ${row.overstock}: why?`}><strong>{units(row.overstock)}</strong></Figure> },
    { id: 'excessValue', header: 'Tied up', title: 'What the excess cost', width: 108, align: 'right', cell: (row) => <span className="num">{money(row.unitCost === null ? null : row.unitCost * row.overstock, row.currency)}</span> },
    { id: 'suggestion', header: 'Suggested', width: 230, card: 'wide', cell: (row) => (row.moveTo && row.sku ? <AppLink to={`/transfers?q=${encodeURIComponent(row.sku)}`} className="ellipsis">{suggestion(row)}</AppLink> : <span className="ellipsis" title={suggestion(row)}>{suggestion(row)}</span>) },
  ];
  const needed: Column<Recommendation>[] = [
    {
      id: 'orderBy', header: 'Order by', width: 128, sort: 'urgency', card: 'wide',
      cell: (row) => (row.orderBy === null ? <span className="dim">–</span> : <Status tone={row.urgency < 0 ? 'bad' : row.urgency === 0 ? 'warn' : 'neutral'}>{day(row.orderBy, true)}, {dueWords(row.urgency)}</Status>),
    },
    order,
    { id: 'cost', header: 'Cost', width: 94, align: 'right', sort: 'cost', cell: (row) => <span className="num">{money(row.cost, row.currency)}</span> },
    { id: 'risk', header: 'At risk', title: 'Sales expected to be lost if nothing is ordered until the next review', width: 92, align: 'right', sort: 'risk', card: 'pair', cell: (row) => <span className="num">{row.atRisk === 0 || row.atRiskValue === 0 ? <span className="dim">0</span> : row.atRiskValue === null ? `${decimal(row.atRisk)} units` : money(row.atRiskValue, currency)}</span> },
  ];
  const decided: Column<Recommendation> = { id: 'decision', header: 'Set aside', width: 230, card: 'wide', cell: (row) => (row.decision ? <span className="ellipsis" title={`${row.decision.by}: ${row.decision.reason}`}>{DECIDED[row.decision.decision]}{row.decision.until ? ` until ${day(row.decision.until, true)}` : ''}: {row.decision.reason}</span> : <span className="dim">–</span>) };
  const draft: Column<Recommendation> = { id: 'draft', header: 'In a draft', title: 'Asked for in an order that was not sent yet: not to be ordered again', width: 150, card: 'wide', cell: (row) => (row.draft ? <span className="ellipsis"><AppLink to={`/purchase-orders/${row.draft.purchaseOrderId}`}>{row.draft.reference}</AppLink> {row.draft.units === row.quantity ? <span className="dim">all {units(row.draft.units)}</span> : <Status tone="warn">{units(row.draft.units)} of {units(row.quantity)}</Status>}</span> : <span className="dim">–</span>) };
  return [
    chosen,
    { id: 'sku', header: 'SKU', width: 136, sort: 'sku', card: 'lead', cell: (row) => <AppLink to={`/items/${row.itemId}?tab=replenishment&location=${row.locationId}`} className="ellipsis">{row.sku || <em>no SKU</em>}</AppLink> },
    { id: 'title', header: 'Title', width: 110, grows: true, card: 'lead', cell: (row) => <span className="ellipsis" title={row.title}>{row.byRule && <><span className="tag" title="There is no forecast: what was sold in the last 28 days goes on">by rule</span> </>}{row.title}</span> },
    { id: 'supplier', header: 'Supplier', width: 118, sort: 'supplier', cell: (row) => <span className="ellipsis" title={row.supplier ?? undefined}>{row.supplier ?? '–'}</span> },
    { id: 'location', header: 'Location', width: 122, cell: (row) => <span className="ellipsis" title={row.locationName}>{row.locationName}</span> },
    { id: 'available', header: 'Available', title: 'As the plan saw it, at the same moment as the cover', width: 72, align: 'right', card: 'pair', cell: (row) => <span className={row.available < 0 ? 'num negative' : 'num'} title={row.availableNow === row.available ? undefined : `${units(row.availableNow)} now`}>{units(row.available)}{row.availableNow !== row.available && <span className="dim" aria-label={`, ${units(row.availableNow)} now`}>*</span>}</span> },
    { id: 'incoming', header: 'Incoming', width: 77, align: 'right', cell: (row) => <span className="num">{units(row.incoming)}</span> },
    { id: 'cover', header: 'Cover', title: 'Days the stock lasts at forecast rate', width: 50, align: 'right', sort: 'cover', cell: (row) => <span className="num">{row.coverDays === null ? '> 10 y' : `${decimal(row.coverDays)} d`}</span> },
    ...(over ? excess : view === 'drafted' ? needed.filter((column) => column.id !== 'risk') : needed), ...(view === 'drafted' || view === 'all' ? [draft] : []), ...(view === 'set aside' ? [decided] : []),
    { id: 'p50', header: 'Runs out', title: 'Day on which it is more likely than not sold out (P50)', width: 72, sort: 'stockout', cell: (row) => (row.stockoutP50 !== null && row.stockoutP50 === row.stockoutP10 && row.available <= 0 ? <Status tone="bad">now</Status> : <span>{day(row.stockoutP50, true)}</span>) },
    { id: 'p10', header: 'Out, one in ten', title: 'Day on which it is sold out with one chance in ten (P10)', width: 104, extra: true, cell: (row) => <span>{day(row.stockoutP10, true)}</span> },
    { id: 'class', header: 'Class', title: 'A: the items that make most of the money', width: 58, extra: true, cell: (row) => (row.abc ? <span className="tag">{row.abc}</span> : <span className="dim">–</span>) },
    { id: 'flags', header: 'Notes', title: 'What the forecast says of itself', width: 150, extra: true, cell: (row) => (row.byRule ? <Status tone="warn" title="There is no forecast: what was sold in the last 28 days goes on">By rule</Status> : <span className="ellipsis dim" title={row.flags.map(capital).join(', ')}>{row.flags.map(capital).join(', ') || '–'}</span>) },
    { id: 'wape', header: 'Error', title: 'WAPE: how far forecasts of four weeks were off in back-tests', width: 76, align: 'right', extra: true, cell: (row) => <span className="num">{row.wape === null ? '–' : `${Math.round(row.wape * 100)}%`}</span> },
    { id: 'method', header: 'Method', width: 180, extra: true, cell: (row) => <span className="ellipsis" title={row.method}>{capital(row.method)}</span> },
  ];
}

export const DECIDED = { quantity: 'Other quantity', excluded: 'Excluded', snoozed: 'Snoozed' } as const;
