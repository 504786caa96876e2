/** Receiving at the door, made for a phone: scan or type a code, each scan is one more; or the supplier's delivery note as a file. One key, one receipt. */
import { Button, Switch, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconChevronLeft } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { beyondTolerance } from '../../domain/purchasing/receipt-tolerance.ts';
import { write } from '../api/client.ts';
import { purchaseQuery, type PurchaseDetail, type PurchaseLine } from '../api/purchasing-queries.ts';
import { useStore } from '../shell/store.tsx';
import { Stepper } from '../returns/Stepper.tsx';
import { Banner, EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Page, Panel } from '../ui/page.tsx';
import { ReceiptFile } from './ReceiptFile.tsx';
import { ScanLine } from './ScanLine.tsx';
import { counted, matches, type Tally } from './receiving.ts';
import '../returns/returns.css';
import './purchasing.css';

const route = getRouteApi('/app/purchase-orders/$purchaseOrderId/receive');
const MOST = 999_999;

export function ReceivePage() {
  const { purchaseOrderId } = route.useParams(), store = useStore(), query = useQuery(purchaseQuery(store.storeId, purchaseOrderId)), order = query.data;
  if (query.isError && !order) return <Page title="Receive"><ErrorState error={query.error} retry={() => void query.refetch()} /></Page>;
  if (!order) return <Page title="Receive"><Panel><Lines rows={8} height={22} /></Panel></Page>;
  return (
    <Page title={`Receive ${order.reference}`}>
      <div className="returns one receive">
        <p className="return-head"><Link to="/purchase-orders/$purchaseOrderId" params={{ purchaseOrderId }} className="back"><IconChevronLeft size={16} aria-hidden />{order.reference}</Link><span>{order.supplier}</span><span><span className="dim">to</span> {order.locationName}</span><span><b>{units(order.openUnits)}</b> <span className="dim">open</span></span></p>
        {order.authority === 'warehouse' && <Banner>{order.locationName} follows its warehouse: stock changes when the warehouse says so. Receive here only when it does not report receipts; what you count then is noted for the order and changes no stock.</Banner>}
        {order.verbs.includes('receive') ? <Bench key={order.purchaseOrderId} order={order} /> : <Panel><EmptyState title={`${order.reference} is ${order.state}`}>{order.state === 'cancelled' ? 'For goods of it that come all the same, duplicate it, send the copy by hand and receive them for that.' : 'Goods are received for orders that were sent: send it first.'}</EmptyState></Panel>}
      </div>
    </Page>
  );
}

function Bench({ order }: { order: PurchaseDetail }) {
  const store = useStore(), client = useQueryClient(), navigate = route.useNavigate();
  // The key is made before the first try and kept until it has succeeded: a lost answer posts nothing twice.
  const [tally, setTally] = useState<Tally>({}), [key, setKey] = useState(() => crypto.randomUUID()), [damage, setDamage] = useState(false), [last, setLast] = useState<number | null>(null), [note, setNote] = useState('');
  const set = (itemId: number, part: Partial<Tally[number]>): void => setTally((old) => ({ ...old, [itemId]: { quantity: 0, damaged: 0, ...old[itemId], ...part } }));
  const lines = counted(tally), sum = lines.reduce((total, line) => total + line.quantity + line.damaged, 0);
  const beyond = beyondTolerance(order.lines.map((line) => ({ itemId: line.itemId, ordered: line.ordered, came: line.received + line.damaged, now: (tally[line.itemId]?.quantity ?? 0) + (tally[line.itemId]?.damaged ?? 0) })), order.overTolerancePercent);
  const scan = (code: string): string | null => {
    const hits = matches(order.lines, code);
    if (hits.length !== 1) return hits.length === 0 ? `${code} is on no line of ${order.reference}` : `${code} fits several lines: choose one below`;
    const { itemId } = hits[0]!, had = tally[itemId] ?? { quantity: 0, damaged: 0 };
    set(itemId, damage ? { damaged: had.damaged + 1 } : { quantity: had.quantity + 1 });
    setLast(itemId);
    return null;
  };
  const save = useMutation({
    mutationFn: () => write<{ goodsReceiptId: number }>('POST', `/purchase-orders/${order.purchaseOrderId}/receipts`, { store: store.storeId }, { key, lines, note }),
    onSuccess: async ({ goodsReceiptId }) => {
      setTally({}); setNote(''); setKey(crypto.randomUUID());
      await client.invalidateQueries({ queryKey: ['purchase-orders'] });
      notifications.show({ message: `${count(sum, 'unit')} received (receipt ${goodsReceiptId}).` });
      await navigate({ to: '/purchase-orders/$purchaseOrderId', params: { purchaseOrderId: String(order.purchaseOrderId) }, search: { tab: 'receipts' } });
    },
  });
  const sorted = [...order.lines].sort((a, b) => Number(b.itemId === last) - Number(a.itemId === last) || Number(b.open > 0) - Number(a.open > 0) || a.line - b.line);
  return (
    <>
      <ScanLine scan={scan} />
      <div className="row receive-tools"><Switch label="What I scan is damaged" checked={damage} onChange={(event) => setDamage(event.currentTarget.checked)} /><Button variant="subtle" onClick={() => setTally(Object.fromEntries(order.lines.filter((line) => line.open > 0).map((line) => [line.itemId, { quantity: line.open, damaged: 0 }])))}>All that is open came</Button></div>
      <Panel>
        <ul className="bench">{sorted.map((line) => <Line key={line.itemId} line={line} at={tally[line.itemId] ?? { quantity: 0, damaged: 0 }} disabled={save.isPending} fresh={line.itemId === last} set={(part) => set(line.itemId, part)} />)}</ul>
        <div className="bench-save">{beyond.length > 0 && <TextInput size="md" label={`${units(beyond.reduce((all, line) => all + line.beyond, 0))} beyond the tolerance of ${order.overTolerancePercent}%: why are they kept?`} required value={note} maxLength={1_000} onChange={(event) => setNote(event.currentTarget.value)} />}{save.isError && <ErrorState title="It was not received" error={save.error} />}<Button size="md" fullWidth loading={save.isPending} disabled={sum === 0 || (beyond.length > 0 && note.trim() === '')} onClick={() => save.mutate()}>{sum === 0 ? 'Nothing counted yet' : `Receive ${count(sum, 'unit')}`}</Button></div>
      </Panel>
      <ReceiptFile order={order} />
    </>
  );
}

function Line({ line, at, disabled, fresh, set }: { line: PurchaseLine; at: Tally[number]; disabled: boolean; fresh: boolean; set(part: Partial<Tally[number]>): void }) {
  const name = line.sku || line.title, over = at.quantity + at.damaged - line.open;
  return (
    <li data-fresh={fresh || undefined}>
      <div className="bench-head"><span className="two-line"><b>{line.sku || 'no SKU'}</b><span className="dim">{line.title}{line.supplierSku && ` · ${line.supplierSku}`}</span></span><span className={over > 0 ? 'over' : 'dim'}>{over > 0 ? `${units(over)} more than open` : `${units(line.open)} open`}</span></div>
      <div className="bench-line"><span>Good</span><Stepper label={`Good units of ${name}`} value={at.quantity} most={MOST} disabled={disabled} tone="good" change={(quantity) => set({ quantity })} /></div>
      <div className="bench-line"><span>Damaged</span><Stepper label={`Damaged units of ${name}`} value={at.damaged} most={MOST} disabled={disabled} tone="bad" change={(damaged) => set({ damaged })} /></div>
    </li>
  );
}
