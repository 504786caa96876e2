/** Fulfilments: parcels on their way into Shopify, and orders on their way to the warehouse. */
import { getRouteApi } from '@tanstack/react-router';
import { Page } from '../ui/page.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { OrdersOutTab } from './OrdersOutTab.tsx';
import { ParcelsTab } from './ParcelsTab.tsx';
import './fulfilments.css';

const route = getRouteApi('/app/fulfilments');

export function FulfilmentsScreen() {
  const { tab = 'parcels' } = route.useSearch();
  return (
    <Page title="Fulfilments" fill>
      <ViewTabs label="Which way" views={[{ id: 'parcels', label: 'Parcels' }, { id: 'orders', label: 'Orders out' }]} current={tab} change={(id, old) => ({ ...(old['store'] === undefined ? {} : { store: old['store'] }), tab: id === 'parcels' ? undefined : id })} />
      {tab === 'parcels' ? <ParcelsTab /> : <OrdersOutTab />}
    </Page>
  );
}
