/** One purchase order: its lines, what they cost once they are here, what was received, and every version it had. */
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { IconChevronLeft } from '@tabler/icons-react';
import { purchaseQuery, type PurchaseDetail } from '../api/purchasing-queries.ts';
import { useStore } from '../shell/store.tsx';
import { Banner, ErrorState, Lines } from '../ui/feedback.tsx';
import { count, day, money, units } from '../ui/format.ts';
import { Facts, Page, Panel } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { Head } from './Head.tsx';
import { PURCHASE_LOOK } from './look.ts';
import { PurchaseActions } from './PurchaseActions.tsx';
import { PurchaseLines } from './PurchaseLines.tsx';
import { Receipts } from './Receipts.tsx';
import { Versions } from './Versions.tsx';
import './purchasing.css';

const route = getRouteApi('/app/purchase-orders/$purchaseOrderId');

export function PurchaseOrderPage() {
  const { purchaseOrderId } = route.useParams(), { tab = 'lines' } = route.useSearch(), store = useStore(), query = useQuery(purchaseQuery(store.storeId, purchaseOrderId)), order = query.data;
  if (query.isError && !order) return <Page title="Purchase order"><ErrorState error={query.error} retry={() => void query.refetch()} /></Page>;
  if (!order) return <Page title="Purchase order"><Panel><Lines rows={10} height={18} /></Panel></Page>;
  const look = PURCHASE_LOOK[order.state], refused = order.lines.filter((line) => line.incomingWritten?.startsWith('refused'));
  return (
    <Page title={order.reference} aside={<PurchaseActions order={order} />}>
      <div className="purchase">
        <p className="purchase-head">
          <Link to="/purchase-orders" className="back"><IconChevronLeft size={16} aria-hidden />Purchase orders</Link><Status tone={look.tone} pill>{look.word}</Status>{order.overdue && <Status tone="bad" pill>Late</Status>}
          <span><span className="dim">From</span> <Link to="/suppliers/$supplierId" params={{ supplierId: String(order.supplierId) }}>{order.supplier}</Link></span><span><span className="dim">to</span> {order.locationName}</span>
          {order.orderedOn && <span><span className="dim">ordered</span> {day(order.orderedOn)}</span>}{order.expectedOn ? <span><span className="dim">expected</span> {day(order.expectedOn)}</span> : order.dueOn && order.openUnits > 0 && <span title="Nobody said a day"><span className="dim">by lead time about</span> {day(order.dueOn)}</span>}
          {order.learnedOn && order.learnedOn !== order.expectedOn && <span title="If the supplier takes as long as it usually did"><span className="dim">usually here by</span> {day(order.learnedOn)}</span>}
        </p>
        {order.state === 'awaiting approval' && <Banner>{order.approveRefused ?? 'It is above the limit: look at it, then approve it or give it back.'}</Banner>}
        {order.passedLimit && <Banner>{order.passedLimit}</Banner>}
        {refused.length > 0 && <Banner>Shopify refused to show {count(refused.length, 'line')} as incoming ({refused[0]!.sku}: {refused[0]!.incomingWritten!.slice(9)}). They count here as on their way all the same.</Banner>}
        {order.warnings.length > 0 && <ul className="checks notes">{order.warnings.map((text) => <li key={text}>{text}</li>)}</ul>}
        <div className="purchase-columns">
          <div className="purchase-main">
            <ViewTabs label="Parts of the order" views={[{ id: 'lines', label: 'Lines', tally: order.lines.length }, { id: 'receipts', label: 'Receipts', tally: order.receipts.length }, { id: 'versions', label: 'Versions', tally: order.versions.length }]} current={tab} change={(id, old) => ({ ...old, tab: id === 'lines' ? undefined : id })} />
            {tab === 'receipts' ? <Receipts order={order} /> : tab === 'versions' ? <Versions order={order} /> : <PurchaseLines key={order.purchaseOrderId} order={order} />}
          </div>
          <aside className="purchase-side"><Cost order={order} /><Head key={order.purchaseOrderId} order={order} /><Mails order={order} /></aside>
        </div>
      </div>
    </Page>
  );
}

function Cost({ order }: { order: PurchaseDetail }) {
  const say = (minor: number): string => money(minor, order.currency);
  return (
    <Panel title="Cost">
      <Facts rows={[['Goods', say(order.goods)], ['Shipping', say(order.shipping)], ['Duty', say(order.duty)], ['Other cost', say(order.otherCost)], ['In all', <strong key="all">{say(order.value)}</strong>], ...(order.currency === order.storeCurrency ? [] : [[`In ${order.storeCurrency}`, order.storeValue === null ? <span key="store" className="risk">not known</span> : <span key="store">{money(order.storeValue, order.storeCurrency)} <span className="dim">at {order.rate}</span></span>] as [string, ReactNode]]), ['Units', `${units(order.units)}${order.receivedUnits > 0 ? `, ${units(order.receivedUnits)} received` : ''}${order.damagedUnits > 0 ? `, ${units(order.damagedUnits)} damaged` : ''}${order.openUnits > 0 && order.receivedUnits + order.damagedUnits > 0 ? `, ${units(order.openUnits)} open` : ''}`]]} />
      <p className="dim small">Made by {order.createdBy === 'inventory-planner' ? 'Inventory Planner' : order.createdBy} <Ago at={order.createdAt} />{order.approvedBy && <>; approved {order.approvedBy === 'within the limit' ? 'within the limit' : `by ${order.approvedBy}`}</>}.</p>
      {order.rateMissing && <p className="small risk">{order.rateMissing.charAt(0).toUpperCase() + order.rateMissing.slice(1)}.</p>}
    </Panel>
  );
}

function Mails({ order }: { order: PurchaseDetail }) {
  if (order.mails.length === 0) return null;
  return (
    <Panel title="Mail">
      <ul className="mails">{order.mails.map((mail) => (
        <li key={mail.version}><span>Version {mail.version} to {mail.recipient}</span>
          <Status tone={mail.state === 'sent' ? 'good' : mail.state === 'failed' ? 'bad' : 'info'}>{mail.state === 'sent' ? 'Sent' : mail.state === 'failed' ? 'Not sent' : mail.attempts > 0 ? `Tried ${mail.attempts} times` : 'On its way'}</Status>
          {mail.message && <span className="dim small">{mail.message}</span>}</li>))}
      </ul>
    </Panel>
  );
}
