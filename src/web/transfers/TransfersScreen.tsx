/** Transfers: units worth more elsewhere than where they stand, and what was made of such proposals. */
import { Button } from '@mantine/core';
import { IconSettings } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { Page } from '../ui/page.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { Proposals } from './Proposals.tsx';
import { Settings } from './Settings.tsx';
import { Tracked } from './Tracked.tsx';
import { WarehouseMoves } from './WarehouseMoves.tsx';
import './transfers.css';

const route = getRouteApi('/app/transfers');

export function TransfersScreen() {
  const search = route.useSearch(), navigate = route.useNavigate(), tab = search.tab ?? 'proposals';
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  return (
    <Page title="Transfers" fill aside={<Button variant="default" leftSection={<IconSettings size={15} />} onClick={() => change({ show: 'settings' }, false)}>Cost and days of moving</Button>}>
      <ViewTabs label="Parts" views={[{ id: 'proposals', label: 'Proposals' }, { id: 'transfers', label: 'Transfers' }, { id: 'moves', label: 'By warehouses' }]} current={tab} change={(id, { store }) => ({ store, tab: id === 'proposals' ? undefined : id })} />
      {tab === 'transfers' ? <Tracked search={search} change={change} /> : tab === 'moves' ? <WarehouseMoves search={search} change={change} /> : <Proposals search={search} change={change} />}
      <Settings open={search.show === 'settings'} close={() => change({ show: undefined })} />
    </Page>
  );
}
