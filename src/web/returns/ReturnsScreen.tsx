/** Returns: what to inspect, what is announced, and goods restocked in Shopify that nobody accepted. Made for a phone at the bench. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { address } from '../api/client.ts';
import { returnsQuery } from '../api/stock-queries.ts';
import { RETURN_VIEWS } from '../router.tsx';
import { useStore } from '../shell/store.tsx';
import { capital } from '../ui/format.ts';
import { Page } from '../ui/page.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { GhostTab } from './GhostTab.tsx';
import { ReturnList } from './ReturnList.tsx';
import { Scan } from './Scan.tsx';
import './returns.css';

const route = getRouteApi('/app/returns');

export function ReturnsScreen() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore();
  const { view = 'to inspect' } = search, filter = { store: store.storeId, view, q: search.q };
  const query = useInfiniteQuery({ ...returnsQuery({ ...filter, limit: 50 }), placeholderData: keepPreviousData }), first = query.data?.pages[0];
  const find = (q: string | undefined): void => void navigate({ search: (old) => ({ ...old, q, tab: undefined }), replace: true });
  return (
    <Page title="Returns" aside={search.tab === undefined && <Tooltip label="Download these returns as CSV"><ActionIcon component="a" href={address('/returns.csv', filter)} download variant="subtle" color="gray" size={32} aria-label="Download these returns as CSV"><IconDownload size={17} /></ActionIcon></Tooltip>}>
      <div className="returns">
        <Scan value={search.q} change={find} open={(returnId) => void navigate({ to: '/returns/$returnId', params: { returnId } })} />
        <ViewTabs label="Views" views={[...RETURN_VIEWS.map((id) => ({ id, label: capital(id), tally: first?.counts[id] })), { id: 'ghosts', label: 'Ghost stock' }]} current={search.tab ?? view}
          change={(id, old) => ({ ...old, tab: id === 'ghosts' ? id : undefined, view: id === 'ghosts' || id === 'to inspect' ? undefined : id })} />
        {search.tab === 'ghosts' ? <GhostTab /> : <ReturnList query={query} view={view} q={search.q} clear={() => find(undefined)} />}
      </div>
    </Page>
  );
}
