/** Purchase orders: what is being bought, how far each order has come, and what is late. */
import { Button, Menu, Select } from '@mantine/core';
import { IconChevronDown, IconDownload, IconPlus, IconSettings, IconShoppingCart, IconUpload } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { addDays, dayOf } from '../../domain/calendar.ts';
import { address } from '../api/client.ts';
import { purchasesQuery, supplierNamesQuery, type PurchasePage, type PurchaseRow } from '../api/purchasing-queries.ts';
import { PURCHASE_VIEWS } from '../router.tsx';
import { useStore } from '../shell/store.tsx';
import type { Chip } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { locationNames, useLocations } from '../table/LocationVendorFilter.tsx';
import { capital, money, units } from '../ui/format.ts';
import { Page } from '../ui/page.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { FromRecommendations } from './FromRecommendations.tsx';
import { NewPurchase } from './NewPurchase.tsx';
import { purchaseColumns } from './purchase-columns.tsx';
import { PurchaseSettings } from './PurchaseSettings.tsx';
import { PurchasingImport } from './PurchasingImport.tsx';
import './purchasing.css';

const route = getRouteApi('/app/purchase-orders');
const EMPTY: Record<(typeof PURCHASE_VIEWS)[number], { good?: boolean; title: string; text: string }> = {
  open: { title: 'Nothing is being bought', text: 'Make orders from what replenishment recommends, or begin with an empty one. Orders of Stocky or Inventory Planner can be brought in as CSV.' },
  draft: { title: 'No drafts', text: 'Drafts are where lines are changed before somebody approves them.' }, 'awaiting approval': { good: true, title: 'Nothing waits for approval', text: 'Orders above the limit wait here for somebody who did not make them.' },
  'on order': { title: 'Nothing is on its way', text: 'Orders a supplier has been told of, until all of it has come.' }, overdue: { good: true, title: 'No order is late', text: 'Every expected day lies ahead, or within the days of grace.' },
  received: { title: 'No order is waiting to be closed', text: 'Orders of which everything came, until they are closed.' }, over: { title: 'No order is over yet', text: 'Closed and cancelled orders.' }, all: { title: 'No purchase orders yet', text: 'Make the first from what replenishment recommends.' },
};

/** This month so far and the last whole one, by calendar days. */
function monthsOf(today: string): { word: string; from: string; to: string }[] {
  const from = `${today.slice(0, 8)}01`, last = addDays(from, -1);
  return [{ word: 'this', from, to: today }, { word: 'last', from: `${last.slice(0, 8)}01`, to: last }];
}

export function PurchaseOrdersScreen() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), locations = useLocations(), suppliers = useQuery(supplierNamesQuery(store.storeId)).data?.rows ?? [];
  const { view = 'open' } = search, filter = { store: store.storeId, view, q: search.q, supplier: search.supplier, location: search.location };
  const query = useInfiniteQuery({ ...purchasesQuery({ ...filter, limit: 100 }), placeholderData: keepPreviousData }), first = query.data?.pages[0];
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  const columns = useMemo(() => purchaseColumns(), []), [months] = useState(() => monthsOf(dayOf(new Date().toISOString(), store.timeZone)));
  const chips: Chip[] = [
    ...(search.q ? [{ label: `“${search.q}”`, remove: () => change({ q: undefined }) }] : []),
    ...(search.supplier ? [{ label: `Supplier: ${suppliers.find((s) => s.supplierId === search.supplier)?.name ?? search.supplier}`, remove: () => change({ supplier: undefined }) }] : []),
    ...(search.location ? [{ label: `Location: ${locationNames(String(search.location), locations)}`, remove: () => change({ location: undefined }) }] : []),
  ];
  const close = (): void => change({ show: undefined });
  return (
    <Page title="Purchase orders" fill aside={(
      <>
        <Button leftSection={<IconShoppingCart size={15} />} onClick={() => change({ show: 'recommended' }, false)}>From recommendations</Button>
        <Menu position="bottom-end" width={230}>
          <Menu.Target><Button variant="default" rightSection={<IconChevronDown size={14} />}>More</Button></Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPlus size={15} />} onClick={() => change({ show: 'new' }, false)}>Empty order</Menu.Item>
            <Menu.Item leftSection={<IconUpload size={15} />} onClick={() => change({ show: 'file' }, false)}>Bring orders in from CSV</Menu.Item>
            {months.map(({ word, from, to }) => <Menu.Item key={word} component="a" href={address('/goods-receipts.csv', { store: store.storeId, from, to })} leftSection={<IconDownload size={15} />}>Received {word} month, CSV</Menu.Item>)}
            <Menu.Item leftSection={<IconSettings size={15} />} onClick={() => change({ show: 'settings' }, false)}>Approval, tolerances and budget</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </>
    )}>
      <ViewTabs label="Views" views={PURCHASE_VIEWS.map((id) => ({ id, label: capital(id), tally: first?.counts[id] }))} current={view} change={(id, old) => ({ ...old, view: id === 'open' ? undefined : id, show: undefined })} />
      <DataTable<PurchaseRow>
        name="purchase-orders" label="Purchase orders" columns={columns} rows={rows} rowId={(row) => String(row.purchaseOrderId)} query={query} total={first?.totals.orders ?? null}
        totals={first && first.totals.orders > 1 ? {
          reference: 'Total', received: <span className="num dim" title={first.totals.damaged > 0 ? `and ${units(first.totals.damaged)} damaged` : ''}>{units(first.totals.received)}</span>, units: <span className="num">{units(first.totals.units)}</span>, open: <span className="num">{units(first.totals.open)}</span>,
          value: <TotalValue totals={first.totals} />,
        } : undefined}
        open={(row) => void navigate({ to: '/purchase-orders/$purchaseOrderId', params: { purchaseOrderId: String(row.purchaseOrderId) } })} chips={chips} clear={() => change({ q: undefined, supplier: undefined, location: undefined })}
        search={{ value: search.q, placeholder: 'Order, supplier or SKU', change: (q) => change({ q }) }} csv={{ href: address('/purchase-orders.csv', filter) }} empty={EMPTY[view]}
        filters={(
          <>
            <Select w={180} aria-label="Supplier" placeholder="All suppliers" searchable clearable value={search.supplier ? String(search.supplier) : null} data={suppliers.map((s) => ({ value: String(s.supplierId), label: s.name }))} onChange={(id) => change({ supplier: id ? Number(id) : undefined })} />
            {locations.length > 1 && <Select w={170} aria-label="Location" placeholder="All locations" clearable value={search.location ? String(search.location) : null} data={locations.map((l) => ({ value: String(l.locationId), label: l.name }))} onChange={(id) => change({ location: id ? Number(id) : undefined })} />}
          </>
        )}
      />
      <NewPurchase open={search.show === 'new'} close={close} />
      <FromRecommendations open={search.show === 'recommended'} close={close} />
      <PurchaseSettings open={search.show === 'settings'} close={close} />
      <PurchasingImport open={search.show === 'file'} close={close} kinds={['purchase-orders', 'min-max']} />
    </Page>
  );
}

/** In the store's currency at the rates of the days; a star says that something without a rate is not in it. */
function TotalValue({ totals: { values, inStore } }: { totals: PurchasePage['totals'] }) {
  const { currency } = useStore(), missing = inStore.withoutRate.length > 0, parts = values.map((one) => money(one.value, one.currency)).join(' + ');
  return <span className="num" title={missing ? `${parts}: no exchange rate of ${inStore.withoutRate.join(', ')} is known, so the sum is without it. Settings → Exchange rates` : parts}>{money(inStore.value, currency)}{missing && '*'}</span>;
}
