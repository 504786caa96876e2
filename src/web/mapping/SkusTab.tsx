/** Codes of warehouses and the items they are: matched by an identical SKU, by a person, or by nobody yet. */
import { Button, SegmentedControl } from '@mantine/core';
import { IconChecks, IconUpload } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { address } from '../api/client.ts';
import type { MatchImportResult } from '../api/mapping-queries.ts';
import { locationsQuery, mappingQuery, type MappingRow } from '../api/stock-queries.ts';
import { MAPPING_VIEWS } from '../router.tsx';
import { useStore } from '../shell/store.tsx';
import type { Chip, Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { EmptyState } from '../ui/feedback.tsx';
import { capital, percent, units } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import { ApproveModal } from './ApproveModal.tsx';
import { CsvImport } from './CsvImport.tsx';
import { FileEffect } from './Effects.tsx';
import { MatchDrawer } from './MatchDrawer.tsx';
import { useMatch } from './match.ts';
import { Requests } from './Requests.tsx';

const route = getRouteApi('/app/mapping');
export const codeKey = (row: Pick<MappingRow, 'warehouseId' | 'sku'>): string => `${row.warehouseId}:${row.sku}`;
const LOOK = { 'same SKU': { tone: 'good', word: 'Same SKU' }, 'by hand': { tone: 'info', word: 'By hand' }, suggestion: { tone: 'info', word: 'Suggestion' }, ignored: { tone: 'neutral', word: 'Ignored' }, nobody: { tone: 'warn', word: 'Not matched' } } as const;

export function SkusTab() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), match = useMatch();
  const { view = 'all' } = search, filter = { store: store.storeId, view, q: search.q };
  const query = useInfiniteQuery({ ...mappingQuery(filter), placeholderData: keepPreviousData }), places = useQuery(locationsQuery(store.storeId));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]), counts = query.data?.pages[0]?.counts, tally = counts && { all: counts.all, unmatched: counts.unmatched, suggested: counts.suggested, 'by hand': counts.byHand, ignored: counts.ignored };
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  const columns = useMemo((): Column<MappingRow>[] => [
    { id: 'code', header: 'Code at the warehouse', width: 200, card: 'lead', cell: (row) => <span className="ellipsis strong" title={row.sku}>{row.sku}</span> },
    { id: 'warehouse', header: 'Warehouse', width: 150, card: 'wide', cell: (row) => <span className="ellipsis">{row.warehouse}</span> },
    { id: 'matched', header: 'Matched', width: 118, card: 'wide', cell: (row) => { const look = LOOK[row.ignoredReason === null ? row.matchedBy : 'ignored']; return <Status tone={look.tone}>{look.word}</Status>; } },
    { id: 'item', header: 'Item', width: 300, grows: true, card: 'wide', cell: (row) => (row.ignoredReason !== null ? <span className="dim ellipsis" title={row.ignoredReason}>{row.ignoredReason}</span> : row.itemId === null ? <Suggestion row={row} busy={match.isPending} take={(itemId) => match.mutate({ row, itemId })} /> : <span className="row tight"><AppLink to={`/items/${row.itemId}`}>{row.itemSku || 'no SKU'}</AppLink><span className="dim ellipsis">{row.itemTitle}</span></span>) },
    { id: 'onHand', header: 'On the shelf', width: 100, align: 'right', card: 'pair', cell: (row) => <span className={row.onHand === 0 ? 'num dim' : 'num'}>{units(row.onHand)}</span> },
    { id: 'unsellable', header: 'Unsellable', width: 90, align: 'right', cell: (row) => <span className={row.unsellable === 0 ? 'num dim' : 'num'}>{units(row.unsellable)}</span> },
    { id: 'counted', header: 'Last count', width: 110, align: 'right', cell: (row) => <span className="dim"><Ago at={row.countedAt} /></span> },
    { id: 'by', header: 'Matched by', width: 150, extra: true, cell: (row) => <span className="dim ellipsis">{row.updatedBy}</span> },
  ], [match]);
  const chips: Chip[] = search.q ? [{ label: search.q, remove: () => change({ q: undefined }) }] : [];
  if (places.data && !places.data.locations.some((place) => place.authority === 'warehouse')) {
    return <Panel><EmptyState title="No location follows a warehouse" action={<div className="row"><Button onClick={() => change({ tab: 'variants' })}>Look at the variants</Button><Button variant="default" component={Link} to="/settings/locations">Give a location to a warehouse</Button></div>}>The codes of a warehouse are listed here once a location of this store follows it. Its SKUs that are identical to exactly one of Shopify’s are matched without asking. How the shop’s own goods name themselves is under Variants, with or without a warehouse.</EmptyState></Panel>;
  }
  return (
    <>
      <Requests />
      <DataTable<MappingRow>
        name="mapping" label="Codes of warehouses" columns={columns} rows={rows} rowId={codeKey} query={query} total={chips.length > 0 ? (query.hasNextPage ? null : rows.length) : tally ? tally[view] : null}
        open={(row) => change({ row: codeKey(row) }, false)} openId={search.row} chips={chips} clear={() => change({ q: undefined })} search={{ value: search.q, placeholder: 'Code, SKU or title', change: (q) => change({ q }) }}
        filters={<><SegmentedControl aria-label="Which codes" value={view} onChange={(to) => change({ view: to === 'all' ? undefined : to as typeof view })} data={MAPPING_VIEWS.map((id) => ({ value: id, label: `${capital(id)}${tally ? ` ${units(tally[id])}` : ''}` }))} /><Button variant="default" leftSection={<IconChecks size={15} />} disabled={!counts || counts.suggested === 0} onClick={() => change({ approve: 'yes' }, false)}>Approve…</Button><Button variant="default" leftSection={<IconUpload size={15} />} onClick={() => change({ file: 'in' }, false)}>Import CSV</Button></>}
        csv={{ href: address('/mapping.csv', filter) }}
        empty={view === 'unmatched' ? { good: true, title: 'Every code is matched', text: 'A code nobody matched keeps its stock and is listed here until somebody says whose it is.' } : view === 'suggested' ? { title: 'No suggestion waits', text: 'Codes that look like an item are listed here, with how sure that is and why. They are compared every ten minutes.' } : view === 'ignored' ? { title: 'No code is ignored', text: 'A code that is none of your items is set aside in its row, with a reason.' } : view === 'by hand' ? { title: 'Nothing was matched by hand', text: 'All codes so far are identical to one SKU, or matched by nobody.' } : { title: 'The warehouse has named nothing yet', text: 'Its codes appear with its first counts. Test the connection under Settings → Warehouses.' }}
      />
      <MatchDrawer code={search.row} listed={rows.find((row) => codeKey(row) === search.row)} close={() => change({ row: undefined })} />
      <ApproveModal open={search.approve === 'yes'} close={() => change({ approve: undefined })} />
      <CsvImport open={search.file === 'in'} close={() => change({ file: undefined })} title="Matches from CSV" path="/mapping/import" stale="mapping" columns={['Warehouse', 'Code', 'Item SKU', 'Item id', 'Ignored because', 'Title', 'Barcode', 'New', 'Version']} found={(seen) => <FileEffect seen={seen as MatchImportResult} />} says="Export the list first: it has the right form, and its “Version” tells what was changed since. Change “Item SKU” or “Item id” of a line for another item, empty it to take the match away; “Ignored because” sets a code aside, emptied takes it back. “Warehouse” may be left out when there is one. “Title” and “Barcode” are what the warehouse calls the code; with them alone nothing is matched, and suggestions get better. A code the warehouse has not named yet wants “yes” under “New”." />
    </>
  );
}

/** The best guess, taken with one click; more of them in the drawer. */
function Suggestion({ row, busy, take }: { row: MappingRow; busy: boolean; take(itemId: number): void }) {
  const best = row.suggestions[0];
  if (!best) return <span className="dim">nothing looks like it: open the row to find its item</span>;
  return <span className="row tight"><Button size="compact-xs" variant="light" tabIndex={-1} data-action disabled={busy} onClick={() => take(best.itemId)} aria-label={`Match ${row.sku} to ${best.sku || best.title}`}>Match</Button><span className="ellipsis" title={best.title}>{best.sku || best.title}<span className="dim"> · {percent(best.confidence)} {best.why}{row.suggestions.length > 1 && `, and ${row.suggestions.length - 1} more`}</span></span></span>;
}
