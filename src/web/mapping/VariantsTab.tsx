/** How the shop's own goods name themselves: SKUs and barcodes that are missing, shared, mistyped or renamed, and what mends each. Useful without any warehouse. */
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type * as Contract from '../../http/contract-mapping.ts';
import type { Of } from '../../http/contract.ts';
import { address } from '../api/client.ts';
import { one } from '../api/queries.ts';
import { LISTING_FAULTS } from '../router.tsx';
import { useStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { Banner, EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import '../table/table.css';

type View = Of<typeof Contract.Listings>;
type Row = Of<typeof Contract.FaultyListing>;
const route = getRouteApi('/app/mapping');
/** Rows drawn; the others are a filter or the CSV away. */
const MOST_DRAWN = 300;
const LISTING_VIEWS = ['all', ...LISTING_FAULTS] as const;
const LABEL: Record<(typeof LISTING_VIEWS)[number], string> = { all: 'All', 'same SKU': 'Same SKU', 'no SKU': 'No SKU', renamed: 'Renamed', 'same barcode': 'Same barcode', 'wrong barcode': 'Wrong barcode', 'no barcode': 'No barcode', planner: 'Planner' };
const TONE: Record<Row['fault'], Tone> = { 'same SKU': 'bad', 'no SKU': 'warn', renamed: 'info', 'same barcode': 'warn', 'wrong barcode': 'warn', 'no barcode': 'neutral', planner: 'info' };
/** What each fault does, for those who ask why they should care. */
const HURTS: Partial<Record<(typeof LISTING_VIEWS)[number], string>> = {
  'same SKU': 'Files, warehouses and planners that go by SKU cannot tell these variants apart: stock of one is written to the other.',
  'no SKU': 'A warehouse or planner cannot name these variants, so they are counted by id alone and matched by hand.',
  renamed: 'The same item under another SKU: right if you meant it, and a wrong match if somebody reused a SKU.',
  'same barcode': 'A scanner in the warehouse takes one of these for the other.', 'wrong barcode': 'No scanner reads this off the goods, so a match by barcode fails.', 'no barcode': 'Matches by barcode are the surest, and these cannot have one.',
  planner: 'What the planner and the shop do not know of each other is not planned.',
};

export function VariantsTab() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), fault = search.fault ?? 'all', filter = { store: store.storeId, view: fault, q: search.q };
  const query = useQuery({ ...one<View>(['mapping', 'listings', filter], '/mapping/listings', filter), placeholderData: keepPreviousData }), view = query.data;
  const change = (part: Partial<typeof search>): void => void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  const find = (text: string): void => { const q = text.trim() || undefined; if (q !== search.q) change({ q }); };
  if (query.isError && !view) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!view) return <Panel><Lines rows={8} /></Panel>;
  const shown = LISTING_VIEWS.filter((each) => each === 'all' || each === fault || (view.counts[each] ?? 0) > 0);
  return (
    <div className="stack listings">
      {view.cut && <Banner>There are more than are listed. Mend those that are, and the others follow.</Banner>}
      <div className="toolbar">
        <TextInput className="find" aria-label="Search" placeholder="SKU, title or barcode" leftSection={<IconSearch size={15} aria-hidden />} defaultValue={search.q ?? ''} onKeyDown={(event) => { if (event.key === 'Enter') find(event.currentTarget.value); }} onBlur={(event) => find(event.currentTarget.value)} />
        <SegmentedControl aria-label="Which faults" value={fault} onChange={(to) => change({ fault: to === 'all' ? undefined : to as NonNullable<typeof search.fault> })} data={shown.map((each) => ({ value: each, label: `${LABEL[each]} ${units(view.counts[each] ?? 0)}` }))} />
        <div className="end"><Button component="a" variant="default" leftSection={<IconDownload size={15} />} href={address('/mapping/listings.csv', filter)} download>CSV</Button></div>
      </div>
      {HURTS[fault] && <p className="dim small">{HURTS[fault]}</p>}
      <Panel flush>
        {view.rows.length === 0 ? <Nothing view={view} filtered={fault !== 'all' || search.q !== undefined} clear={() => change({ fault: undefined, q: undefined })} /> : <Faults rows={view.rows.slice(0, MOST_DRAWN)} />}
      </Panel>
      {view.rows.length > MOST_DRAWN && <p className="dim small">{units(MOST_DRAWN)} of {count(view.rows.length, 'row')} are shown; the CSV has all.</p>}
    </div>
  );
}

function Nothing({ view, filtered, clear }: { view: View; filtered: boolean; clear(): void }) {
  if (filtered) return <EmptyState title="Nothing fits" action={<Button variant="default" onClick={clear}>Show all faults</Button>}>No variant of this shop has this fault{view.counts['all'] === 0 ? ', or any other' : ''}.</EmptyState>;
  return <EmptyState good title="Every variant can be told from every other">Each active, tracked variant has a SKU of its own{view.barcodes ? ' and a barcode that reads' : ''}. {view.planner ? '' : 'Once a planner or a warehouse is connected, what it does not know is listed here too.'}</EmptyState>;
}

function Faults({ rows }: { rows: readonly Row[] }) {
  return (
    <Wide label="Variants and what is wrong with them">
      <table className="plain"><thead><tr><th>SKU</th><th>Variant</th><th>Fault</th><th className="num">Sold, 28 d</th><th className="num">Available</th><th>What to do</th></tr></thead>
        <tbody>{rows.map((row) => (
          <tr key={`${row.fault}:${row.variantId}`}>
            <td className="listing-sku">{row.sku ? <code>{row.sku}</code> : <span className="dim">none</span>}</td>
            <td>{row.itemId === null ? row.title : <AppLink to={`/items/${row.itemId}?tab=mapping`}>{row.title}</AppLink>}{row.fault.endsWith('barcode') && row.barcode && <div className="small dim">{row.barcode}</div>}</td>
            <td><Status tone={TONE[row.fault]}>{LABEL[row.fault]}</Status></td><td className="num">{row.sold28 === null ? '–' : units(row.sold28)}</td><td className="num">{row.available === null ? '–' : units(row.available)}</td>
            <td className="listing-do">{row.suggestion}{row.fault === 'renamed' && <> <AppLink to="/exceptions?kind=SKU_RENAMED">Its case</AppLink></>}{row.others.length > 0 && row.fault === 'same SKU' && <div className="small dim">shared with {row.others.map((other, n) => <span key={other.itemId}>{n > 0 && ', '}<AppLink to={`/items/${other.itemId}?tab=mapping`}>{other.title}</AppLink></span>)}</div>}</td>
          </tr>))}</tbody></table>
    </Wide>
  );
}
