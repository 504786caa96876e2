/** The columns of the push queue. */
import { Checkbox } from '@mantine/core';
import type { PushRow } from '../api/stock-queries.ts';
import type { Column } from '../table/column.ts';
import { Figure } from '../table/Figure.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { capital, signed, units } from '../ui/format.ts';
import { Ago } from '../ui/time.tsx';
import { RELEASABLE } from './look.ts';
import { PushState } from './Phases.tsx';

export const levelKey = (row: { itemId: number; locationId: number }): string => `${row.itemId}@${row.locationId}`;

/** Units Shopify would change by; null where it is not known what it should show. */
export function difference(row: Pick<PushRow, 'wanted' | 'shopify'>): number | null {
  return row.wanted === null || row.shopify === null ? null : row.wanted - row.shopify;
}

/** `several`: more than one location is served, so each row says which. */
export function pushColumns(open: (row: PushRow) => void, chosen: { has(key: string): boolean }, choose: (row: PushRow) => void, several: boolean): Column<PushRow>[] {
  const named = (row: PushRow): string => `${row.sku || row.title} at ${row.locationName}`;
  return [
    {
      id: 'sku', header: 'SKU', width: 180, card: 'lead',
      cell: (row) => (
        <span className="row tight">
          {RELEASABLE.has(row.state) ? <Checkbox size="xs" checked={chosen.has(levelKey(row))} onChange={() => choose(row)} aria-label={`Choose ${named(row)}`} tabIndex={-1} /> : <span className="no-choice" aria-hidden />}
          <AppLink to={`/items/${row.itemId}?location=${row.locationId}`} className="ellipsis">{row.sku || <em>no SKU</em>}</AppLink>
        </span>
      ),
    },
    { id: 'title', header: 'Title', width: 206, card: 'lead', cell: (row) => <span className="ellipsis" title={row.title}>{row.title}{row.isBundle && <span className="tag bundle-tag">Bundle</span>}</span> },
    { id: 'location', header: 'Location', width: 120, extra: !several, card: 'wide', cell: (row) => <span className="ellipsis">{row.locationName}</span> },
    { id: 'wanted', header: 'Should show', title: 'What Shopify should show, from the shelf', width: 100, align: 'right', card: 'pair', cell: (row) => (row.wanted === null ? <span className="dim">–</span> : <Figure onClick={() => open(row)} zero={row.wanted === 0} label={`Should show ${row.wanted} of ${named(row)}: why?`}>{units(row.wanted)}</Figure>) },
    { id: 'shopify', header: 'Shopify shows', title: 'Available as Shopify last said', width: 106, align: 'right', card: 'pair', cell: (row) => <span className="num">{row.shopify === null ? '–' : units(row.shopify)}</span> },
    { id: 'difference', header: 'Difference', title: 'Should show less what Shopify shows', width: 82, align: 'right', cell: (row) => { const by = difference(row); return <span className={by ? 'num strong' : 'num dim'}>{by === null ? '–' : signed(by)}</span>; } },
    { id: 'pushed', header: 'Last written', width: 124, align: 'right', cell: (row) => (row.pushedAt === null ? <span className="dim">never</span> : <span className="row tight"><span className="num">{row.pushed === null ? '–' : units(row.pushed)}</span><span className="dim"><Ago at={row.pushedAt} /></span></span>) },
    { id: 'confirmed', header: 'Confirmed', title: 'Read back from Shopify', width: 104, align: 'right', extra: true, cell: (row) => <span className="dim"><Ago at={row.confirmedAt} /></span> },
    { id: 'state', header: 'State', width: 138, card: 'wide', cell: (row) => <PushState state={row.state} pushedAt={row.pushedAt} /> },
    { id: 'reason', header: 'Reason', width: 230, grows: true, cell: (row) => (row.reason ? <span className="ellipsis" title={row.reason}>{capital(row.reason)}</span> : row.dirtySince ? <span className="dim">changed <Ago at={row.dirtySince} /></span> : null) },
  ];
}
