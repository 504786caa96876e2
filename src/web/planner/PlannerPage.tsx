/** Settings → Inventory Planner: the connection, our number beside theirs, and the orders both sides keep. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowsExchange } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { write } from '../api/client.ts';
import { plannerQuery } from '../api/planner-queries.ts';
import { SettingsTabs } from '../settings/SettingsTabs.tsx';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { Page, Panel } from '../ui/page.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { ConnectionTab } from './ConnectionTab.tsx';
import { FilesTab } from './FilesTab.tsx';
import { OrdersTab } from './OrdersTab.tsx';
import { PlannerDrawer } from './PlannerForm.tsx';
import { ShadowTab } from './ShadowTab.tsx';
import '../settings/settings.css';
import './planner.css';

const route = getRouteApi('/app/settings/planner');

export function PlannerPage() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), client = useQueryClient(), query = useQuery(plannerQuery(store.storeId)), planner = query.data?.planner, { tab = 'connection' } = search;
  const edit = (open: boolean): void => void navigate({ search: (old) => ({ ...old, edit: open ? 'yes' as const : undefined }) });
  const exchange = useMutation({
    mutationFn: () => write('POST', '/planner/exchange', { store: store.storeId }, {}),
    onSuccess: () => { notifications.show({ message: 'The exchange is queued: it asks once a second, so a large catalogue takes a few minutes' }); return client.invalidateQueries({ queryKey: ['flows'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  const tabs = [{ id: 'connection', label: 'Connection' }, { id: 'shadow', label: 'Shadow mode' }, { id: 'orders', label: 'Orders', tally: planner && planner.counts.refused > 0 ? planner.counts.refused : undefined }, { id: 'files', label: 'Files' }];
  return (
    <Page title="Inventory Planner" fill={(tab === 'shadow' || tab === 'orders') && !!planner} aside={planner && <><Button variant="default" onClick={() => edit(true)}>Change</Button><Button leftSection={<IconArrowsExchange size={15} />} loading={exchange.isPending} onClick={() => exchange.mutate()}>Exchange now</Button></>}>
      <SettingsTabs />
      {query.isError && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : planner === undefined ? <Panel><Lines rows={8} /></Panel>
        : planner === null ? <Panel><EmptyState title="Inventory Planner is not connected" action={<Button onClick={() => edit(true)}>Connect it</Button>}>Connect it to see its number beside ours with the reason for each difference, to keep purchase orders and receipts in step, and to give it its files. Approved orders are told with the first exchange, unless you switch that off when you connect.</EmptyState></Panel>
          : (
            <>
              <ViewTabs within label="Parts of Inventory Planner" views={tabs} current={tab} change={(id) => ({ tab: id === 'connection' ? undefined : id })} />
              {tab === 'shadow' ? <ShadowTab planner={planner} /> : tab === 'orders' ? <OrdersTab /> : tab === 'files' ? <FilesTab planner={planner} edit={() => edit(true)} /> : <ConnectionTab planner={planner} edit={() => edit(true)} />}
            </>
          )}
      {planner !== undefined && <PlannerDrawer planner={planner} opened={search.edit === 'yes'} close={() => edit(false)} />}
    </Page>
  );
}
