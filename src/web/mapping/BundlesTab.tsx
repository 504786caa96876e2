/** Virtual bundles: what each is made of now, how many can be made, and what limits them. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconDownload, IconPackages, IconUpload } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { address } from '../api/client.ts';
import { bundlesQuery, type Bundle } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { Find } from '../table/Toolbar.tsx';
import '../table/table.css';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import { BundleDrawer } from './BundleEditor.tsx';
import { CsvImport } from './CsvImport.tsx';

const route = getRouteApi('/app/mapping');

/** The versions of one variant, newest first; the first is what it is or will be. */
export function byVariant(bundles: readonly Bundle[]): Bundle[][] {
  return [...Map.groupBy(bundles, (bundle) => bundle.variantId).values()].map((versions) => versions.toSorted((a, b) => b.effectiveFrom.localeCompare(a.effectiveFrom)));
}

export function BundlesTab() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), query = useQuery({ ...bundlesQuery(store.storeId, search.q), placeholderData: keepPreviousData });
  const change = (part: Partial<typeof search>, replace = true): void => void navigate({ search: (old) => ({ ...old, ...part }), replace });
  const groups = byVariant(query.data?.bundles ?? []), add = <Button leftSection={<IconPackages size={15} />} onClick={() => change({ bundle: 'new' }, false)}>New bundle</Button>;
  return (
    <>
      <div className="toolbar">
        <Find value={search.q} placeholder="Bundle by SKU or title" change={(q) => change({ q })} />
        {add}<Button variant="default" leftSection={<IconUpload size={15} />} onClick={() => change({ file: 'in' }, false)}>Import CSV</Button>
        <div className="end"><span className="dim small" role="status">{query.data ? count(groups.length, 'bundle') : 'Reading…'}</span><Tooltip label="Download bundles as CSV"><ActionIcon component="a" href={address('/bundles.csv', { store: store.storeId })} download variant="subtle" color="gray" size={30} aria-label="Download bundles as CSV"><IconDownload size={17} /></ActionIcon></Tooltip></div>
      </div>
      {query.isError && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !query.data ? <Panel><Lines rows={6} /></Panel>
        : groups.length === 0 ? <Panel>{search.q ? <EmptyState title="No bundle is called that" action={<Button variant="default" onClick={() => change({ q: undefined })}>Show all</Button>} /> : <EmptyState title="No bundles yet" action={add}>A bundle is a variant that is sold as one and picked as its parts: the warehouse is told of parts, and Shopify shows as many as the scarcest part allows.</EmptyState>}</Panel>
          : (
            <Panel flush className="scroll-panel"><Wide label="Bundles">
              <table className="plain bundles">
                <thead><tr><th>Bundle</th><th>Made of</th><th>Can be made now</th><th>Since</th><th className="num">Versions</th><th><span className="sr">Edit</span></th></tr></thead>
                <tbody>{groups.map((versions) => <Row key={versions[0]!.variantId} versions={versions} open={() => change({ bundle: versions[0]!.variantId }, false)} />)}</tbody>
              </table>
            </Wide></Panel>
          )}
      <BundleDrawer of={search.bundle} versions={groups.find((versions) => versions[0]!.variantId === search.bundle)} ready={query.data !== undefined} close={() => change({ bundle: undefined })} />
      <CsvImport open={search.file === 'in'} close={() => change({ file: undefined })} title="Bundles from CSV" path="/bundles/import" stale="bundles" columns={['Bundle SKU', 'Part SKU', 'Quantity', 'Effective from']} says="A line for each part. Lines of one bundle with the same date are one version; without a date it begins now. Export first: it has the right form." />
    </>
  );
}

function Row({ versions, open }: { versions: readonly Bundle[]; open(): void }) {
  const now = versions.find((version) => version.current), shown = now ?? versions[0]!, later = versions.find((version) => !version.current && (!now || version.effectiveFrom > now.effectiveFrom));
  return (
    <tr>
      <td><b>{shown.sku || shown.title}</b>{shown.sku && <><br /><span className="dim small">{shown.title}</span></>}</td>
      <td>{shown.parts.length === 0 ? <span className="dim">no bundle any more</span> : <ul className="parts">{shown.parts.map((part) => <li key={part.variantId}><b>{units(part.quantity)} ×</b> {part.sku || part.title}</li>)}</ul>}</td>
      <td>{!now ? <Status tone="neutral">Not in force</Status> : shown.availability.length === 0 ? <span className="dim">no warehouse serves it</span> : shown.availability.map((each) => <div key={each.locationId}><b>{units(each.units)}</b> at {each.locationName}{each.scarcest && <span className="dim"> · scarcest {each.scarcest}</span>}</div>)}</td>
      <td className="dim"><Ago at={shown.effectiveFrom} />{later && now && <div className="small">changes <Ago at={later.effectiveFrom} /></div>}</td><td className="num">{units(versions.length)}</td>
      <td className="num"><Button variant="default" onClick={open} aria-label={`Edit ${shown.sku || shown.title}`}>Edit</Button></td>
    </tr>
  );
}
