/** One supplier: how it delivers beside what it states, its items with their terms, its own terms. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconDownload, IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { address } from '../api/client.ts';
import { supplierQuery, type Supplier } from '../api/purchasing-queries.ts';
import { PurchasingImport } from '../purchasing/PurchasingImport.tsx';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { count, percent } from '../ui/format.ts';
import { Page, Panel } from '../ui/page.tsx';
import { Steady } from '../ui/Steady.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { LeadTimes } from './LeadTimes.tsx';
import { SupplierItems } from './SupplierItems.tsx';
import { TermsForm } from './TermsForm.tsx';
import '../purchasing/purchasing.css';
import './suppliers.css';

const route = getRouteApi('/app/suppliers/$supplierId');

export function SupplierPage() {
  const { supplierId } = route.useParams(), search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), query = useQuery(supplierQuery(store.storeId, supplierId)), supplier = query.data, { tab = 'card' } = search;
  if (query.isError && !supplier) return <Page title="Supplier"><ErrorState error={query.error} retry={() => void query.refetch()} /></Page>;
  if (!supplier) return <Page title="Supplier"><Panel><Lines rows={8} height={18} /></Panel></Page>;
  const file = (open: boolean): void => void navigate({ search: (old) => ({ ...old, file: open ? 'in' as const : undefined }), replace: true });
  return (
    <Page title={supplier.name} aside={(
      <>
        <Tooltip label="Download its items and terms as CSV"><ActionIcon component="a" href={address(`/suppliers/${supplierId}/items.csv`, { store: store.storeId })} download variant="subtle" color="gray" size={30} aria-label="Download its items and terms as CSV"><IconDownload size={17} /></ActionIcon></Tooltip>
        <Button variant="default" leftSection={<IconUpload size={15} />} onClick={() => file(true)}>Terms from CSV</Button>
      </>
    )}>
      <div className="supplier">
        <p className="purchase-head"><Link to="/suppliers" className="back"><IconChevronLeft size={16} aria-hidden />Suppliers</Link>{!supplier.active && <span className="tag">inactive</span>}<span><Link to="/purchase-orders" search={{ supplier: supplier.supplierId }}>{count(supplier.openOrders, 'open order')}</Link></span><span className="dim">{supplier.currency}</span>{supplier.email && <a href={`mailto:${supplier.email}`}>{supplier.email}</a>}</p>
        <ViewTabs label="Parts of the supplier" views={[{ id: 'card', label: 'Scorecard' }, { id: 'items', label: 'Items', tally: supplier.items }, { id: 'terms', label: 'Terms' }]} current={tab} change={(id, old) => ({ ...old, tab: id === 'card' ? undefined : id, q: undefined, item: undefined })} />
        {tab === 'items' ? <SupplierItems supplier={supplier} q={search.q} item={search.item} change={(part) => void navigate({ search: (old) => ({ ...old, ...part }), replace: true })} /> : tab === 'terms' ? <Panel><Steady key={supplier.supplierId} of={supplier} by={(one) => one.version}>{(one, { saved }) => <TermsForm supplier={one} saved={saved} />}</Steady></Panel> : <Card supplier={supplier} />}
      </div>
      <PurchasingImport open={search.file === 'in'} close={() => file(false)} kinds={['supplier-items']} />
    </Page>
  );
}

function Card({ supplier }: { supplier: Supplier }) {
  const card = supplier.scorecard;
  return (
    <>
      <dl className="score">
        <Score label="On time" value={card.onTime} says={`within ${supplier.leadTimeToleranceDays} days of the promise`} /><Score label="In full" value={card.inFull} says="every unit, undamaged" /><Score label="On time and in full" value={card.onTimeInFull} says="both" /><Score label="Damaged" value={card.damagedShare} says="of units that came" />
      </dl>
      <Panel title="Lead time">{card.leadTime === null
        ? <p className="dim">No order of this supplier has come in yet. After {4} orders the lead time they really took is set beside the {supplier.leadTimeDays === null ? 'one it states, once you enter it' : `${supplier.leadTimeDays} days it states`}. Past orders can be brought in under Purchase orders.</p>
        : <LeadTimes learned={card.leadTime} stated={supplier.leadTimeDays} drift={supplier.driftDays} />}</Panel>
    </>
  );
}

function Score({ label, value, says }: { label: string; value: number | null; says: string }) {
  return <div><dt>{label}</dt><dd><b>{value === null ? '–' : percent(value)}</b><span className="dim small">{value === null ? 'not known yet' : says}</span></dd></div>;
}
