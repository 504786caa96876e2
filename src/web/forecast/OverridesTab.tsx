/** Everything planners say on top of the engine, over the whole catalogue: in force, or all there ever was; in from a file and out to one. */
import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { OVERRIDE_COLUMNS } from '../../domain/forecast/override-row.ts';
import { address } from '../api/client.ts';
import { overrideListQuery } from '../api/forecast-queries.ts';
import { CsvImport } from '../mapping/CsvImport.tsx';
import { useStore } from '../shell/store.tsx';
import { Find } from '../table/Toolbar.tsx';
import '../table/table.css';
import { Banner, EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { count } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { OverrideTable } from './Overrides.tsx';

const route = getRouteApi('/app/forecast');

export function OverridesTab() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), state = search.state ?? 'in force', filter = { store: store.storeId, state, q: search.q };
  const query = useQuery(overrideListQuery(filter)), found = query.data;
  const change = (part: Partial<typeof search>, replace = true): void => void navigate({ search: (old) => ({ ...old, ...part }), replace });
  return (
    <>
      <div className="toolbar">
        <Find value={search.q} placeholder="SKU, title, reason or planner" change={(q) => change({ q })} />
        <SegmentedControl aria-label="State" value={state} onChange={(next) => change({ state: next === 'all' ? 'all' : undefined })} data={[{ value: 'in force', label: 'In force' }, { value: 'all', label: 'All there were' }]} />
        <Button variant="default" leftSection={<IconUpload size={15} />} onClick={() => change({ file: 'in' }, false)}>Import CSV</Button>
        <div className="end"><span className="dim small" role="status">{found ? count(found.overrides.length, 'override') : 'Reading…'}</span><Tooltip label="Download overrides as CSV"><ActionIcon component="a" href={address('/overrides.csv', filter)} download variant="subtle" color="gray" size={30} aria-label="Download overrides as CSV"><IconDownload size={17} /></ActionIcon></Tooltip></div>
      </div>
      {found?.cut && <Banner>There are more than the {found.overrides.length} newest shown here.</Banner>}
      {query.isError && !found ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !found ? <Panel><Lines rows={6} /></Panel>
        : found.overrides.length === 0 ? <Panel>{search.q ? <EmptyState title="No override fits" action={<Button variant="default" onClick={() => change({ q: undefined })}>Show all</Button>} /> : <EmptyState title={state === 'all' ? 'Nobody has said anything yet' : 'No override is in force'}>Say more, less or something else than the engine: of one series on its page, of a filtered list by “Override these” under Series, or of many from a file.</EmptyState>}</Panel>
          : (
            <Panel flush className="scroll-panel">
              <OverrideTable rows={found.overrides} item={(row) => <Link to="/forecast/$itemId" params={{ itemId: String(row.itemId) }} search={{ location: row.locationId ?? undefined }} title={row.title}>{row.sku || row.title}</Link>} place={(row) => row.locationName ?? <span className="dim">at each location</span>} />
            </Panel>
          )}
      <CsvImport open={search.file === 'in'} close={() => change({ file: undefined })} title="Overrides from CSV" path="/overrides/import" stale="overrides" columns={OVERRIDE_COLUMNS} says="A line an override, with dates like 2026-11-27. Kind is percent or units (more, or less with a minus), replace (units a day) or total (units of all its days together). Without a location it counts at each. What is in force already is left as it is." />
    </>
  );
}
