/** Suppliers: terms, and how each really delivers. */
import { Button, Menu, Switch } from '@mantine/core';
import { IconChevronDown, IconDownload, IconPlus, IconUpload } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { address } from '../api/client.ts';
import { suppliersQuery, type Supplier } from '../api/purchasing-queries.ts';
import { PurchasingImport } from '../purchasing/PurchasingImport.tsx';
import { useStore } from '../shell/store.tsx';
import type { Chip, Column } from '../table/column.ts';
import { DataTable } from '../table/DataTable.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { decimal, money, percent, signed, units } from '../ui/format.ts';
import { Page } from '../ui/page.tsx';
import { Status } from '../ui/tone.tsx';
import { NewSupplier } from './NewSupplier.tsx';
import './suppliers.css';

const route = getRouteApi('/app/suppliers');
const share = (value: number | null) => (value === null ? <span className="dim">–</span> : <span className="num">{percent(value)}</span>);
const COLUMNS: Column<Supplier>[] = [
  { id: 'name', header: 'Supplier', width: 160, grows: true, card: 'lead', cell: (row) => <span className="row tight"><AppLink to={`/suppliers/${row.supplierId}`} className="ellipsis">{row.name}</AppLink>{!row.active && <span className="tag">inactive</span>}</span> },
  { id: 'items', header: 'Items', width: 74, align: 'right', card: 'pair', cell: (row) => <span className="num">{units(row.items)}</span> },
  { id: 'open', header: 'Open orders', width: 96, align: 'right', card: 'pair', cell: (row) => (row.openOrders === 0 ? <span className="dim">0</span> : <AppLink to={`/purchase-orders?supplier=${row.supplierId}`}>{units(row.openOrders)}</AppLink>) },
  { id: 'stated', header: 'Lead time', title: 'Lead time as stated, days', width: 92, align: 'right', card: 'pair', cell: (row) => (row.leadTimeDays === null ? <span className="dim">not stated</span> : <span className="num">{units(row.leadTimeDays)} d</span>) },
  { id: 'learned', header: 'Took', title: 'Lead time learned from receipts: the middle of the last orders, and P90', width: 132, align: 'right', card: 'pair', cell: (row) => (row.scorecard.leadTime === null ? <span className="dim">–</span> : <span className="num" title={`${row.scorecard.leadTime.n} orders`}>{decimal(row.scorecard.leadTime.p50)} d, P90 {decimal(row.scorecard.leadTime.p90)}</span>) },
  { id: 'drift', header: 'Lead time off', title: 'Learned lead time less the stated one, where it is worth a look', width: 108, cell: (row) => (row.driftDays === null ? <span className="dim">–</span> : <Status tone="warn">{signed(Math.round(row.driftDays))} d</Status>) },
  { id: 'onTime', header: 'On time', width: 80, align: 'right', card: 'pair', cell: (row) => share(row.scorecard.onTime) },
  { id: 'inFull', header: 'In full', width: 80, align: 'right', card: 'pair', cell: (row) => share(row.scorecard.inFull) },
  { id: 'minimum', header: 'Minimum', title: 'Minimum order', width: 120, align: 'right', cell: (row) => <span className="num">{row.minOrderCost !== null ? money(row.minOrderCost, row.currency) : row.minOrderUnits !== null ? `${units(row.minOrderUnits)} units` : '–'}</span> },
  { id: 'currency', header: 'Currency', width: 80, extra: true, cell: (row) => row.currency },
  { id: 'email', header: 'E-mail', width: 190, extra: true, cell: (row) => <span className="ellipsis dim">{row.email ?? '–'}</span> },
];

export function SuppliersScreen() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), filter = { store: store.storeId, q: search.q, all: search.all ? 'true' : undefined };
  const query = useInfiniteQuery({ ...suppliersQuery({ ...filter, limit: 100 }), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const change = useCallback((part: Partial<typeof search>, replace = true) => void navigate({ search: (old) => ({ ...old, ...part }), replace }), [navigate]);
  const chips: Chip[] = search.q ? [{ label: `“${search.q}”`, remove: () => change({ q: undefined }) }] : [];
  return (
    <Page title="Suppliers" fill aside={(
      <Menu position="bottom-end" width={230}>
        <Menu.Target><Button variant="default" rightSection={<IconChevronDown size={14} />}>More</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPlus size={15} />} onClick={() => change({ show: 'new' }, false)}>New supplier</Menu.Item>
          <Menu.Item leftSection={<IconUpload size={15} />} onClick={() => change({ show: 'file' }, false)}>Bring in from CSV</Menu.Item>
          <Menu.Divider />
          <Menu.Item component="a" href={address('/supplier-items.csv', { store: store.storeId })} leftSection={<IconDownload size={15} />}>Items and terms of all</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    )}>
      <DataTable<Supplier>
        name="suppliers" label="Suppliers" columns={COLUMNS} rows={rows} rowId={(row) => String(row.supplierId)} query={query} total={query.hasNextPage ? null : rows.length} open={(row) => void navigate({ to: '/suppliers/$supplierId', params: { supplierId: String(row.supplierId) } })}
        chips={chips} clear={() => change({ q: undefined })} search={{ value: search.q, placeholder: 'Name or e-mail', change: (q) => change({ q }) }} csv={{ href: address('/suppliers.csv', filter) }}
        filters={<Switch label="Inactive ones too" checked={search.all === 'yes'} onChange={(event) => change({ all: event.currentTarget.checked ? 'yes' : undefined })} />}
        empty={{ title: 'No suppliers yet', text: 'One is made for each vendor of your catalogue when it is read. You can add one, or bring in a list.' }}
      />
      <NewSupplier open={search.show === 'new'} close={() => change({ show: undefined })} />
      <PurchasingImport open={search.show === 'file'} close={() => change({ show: undefined })} kinds={['suppliers', 'supplier-items', 'min-max']} />
    </Page>
  );
}
