/** Settings → Warehouses: who keeps the goods, how Instep speaks with them, and how stores share what they have. */
import { Button } from '@mantine/core';
import { IconBuildingWarehouse } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { write } from '../api/client.ts';
import type { TestResult } from '../api/queries.ts';
import { warehousesQuery, type Warehouse } from '../api/stock-queries.ts';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { units } from '../ui/format.ts';
import { Facts, Page, Panel } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import { Checks } from './Checks.tsx';
import { CONNECTORS } from './connector-fields.ts';
import { CopyField } from './CopyField.tsx';
import { SettingsTabs } from './SettingsTabs.tsx';
import { SharingDrawer } from './SharingEditor.tsx';
import { WarehouseDrawer } from './WarehouseForm.tsx';
import './settings.css';

const route = getRouteApi('/app/settings/warehouses');
const HEALTH: Record<Warehouse['status'], { tone: Tone; word: string }> = { ok: { tone: 'good', word: 'Answers' }, new: { tone: 'neutral', word: 'Not tested yet' }, failing: { tone: 'bad', word: 'Does not answer' } };

export function WarehousesPage() {
  const search = route.useSearch(), navigate = route.useNavigate(), query = useQuery(warehousesQuery()), rows = query.data?.warehouses;
  const change = (part: Partial<typeof search>): void => void navigate({ search: (old) => ({ ...old, ...part }) });
  const add = <Button leftSection={<IconBuildingWarehouse size={15} />} onClick={() => change({ edit: 'new' })}>Add a warehouse</Button>;
  return (
    <Page title="Warehouses" aside={rows && rows.length > 0 && add}>
      <SettingsTabs />
      <div className="stack">
        {query.isError && !rows ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !rows ? <Panel><Lines rows={8} /></Panel>
          : rows.length === 0 ? <Panel><EmptyState title="No warehouse is connected" action={add}>Connect one to let a location’s stock follow it: what stands on its shelf decides what Shopify shows, orders go to it, its parcels become fulfilments.</EmptyState></Panel>
            : rows.map((row) => <One key={row.warehouseId} row={row} edit={() => change({ edit: String(row.warehouseId) })} share={() => change({ sharing: row.warehouseId })} />)}
      </div>
      <WarehouseDrawer of={search.edit === 'new' ? 'new' : rows?.find((row) => String(row.warehouseId) === search.edit)} close={() => change({ edit: undefined })} />
      <SharingDrawer warehouse={rows?.find((row) => row.warehouseId === search.sharing)} close={() => change({ sharing: undefined })} />
    </Page>
  );
}

function One({ row, edit, share }: { row: Warehouse; edit(): void; share(): void }) {
  const client = useQueryClient(), health = HEALTH[row.status];
  const test = useMutation({ mutationFn: () => write<TestResult>('POST', `/warehouses/${row.warehouseId}/test`, {}), onSettled: () => client.invalidateQueries({ queryKey: ['warehouses'] }) });
  const settings = CONNECTORS[row.connector].fields.flatMap((field) => (row.settings[field.key] == null ? [] : [[field.label, String(row.settings[field.key])] as const]));
  return (
    <Panel title={<span className="row">{row.name}<Status tone={health.tone} pill>{health.word}</Status><span className="dim panel-note">{CONNECTORS[row.connector].label}</span></span>}
      aside={<><Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>Test</Button><Button variant="default" onClick={share}>Sharing</Button><Button variant="default" onClick={edit}>Change</Button></>}>
      <div className="stack">
        {row.lastError && <p className="negative">{row.lastError}</p>}
        {test.isError && <ErrorState title="The test could not run" error={test.error} />}
        {test.data && <Checks result={test.data} />}
        <div className="columns">
          <div className="span-4"><h3 className="small-head">Its shelf</h3><Facts rows={[['Units', units(row.units)], ['Codes', units(row.skus)], ['Not matched', row.unmatched === 0 ? 'none' : <Link key="m" to="/mapping" search={{ view: 'unmatched' }}>{units(row.unmatched)}, match them</Link>]]} /></div>
          <div className="span-4"><h3 className="small-head">Connection</h3><Facts rows={[['Last heard', <Ago key="h" at={row.heardAt} />], ['Tested', <Ago key="c" at={row.checkedAt} />], ['Secret', row.hasSecret ? 'kept, encrypted' : 'none yet'], ...settings]} /></div>
          <div className="span-4"><h3 className="small-head">Serves</h3>
            {row.locations.length === 0 ? <p className="dim">No location yet. <Link to="/settings/locations">Give it one</Link></p>
              : <Facts rows={row.locations.map((place) => [place.name, place.store] as const)} />}
          </div>
        </div>
        {row.messagesUrl && <CopyField label="Address for its messages" value={row.messagesUrl} />}
      </div>
    </Panel>
  );
}
