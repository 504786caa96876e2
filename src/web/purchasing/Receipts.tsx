/** What came in for an order, receipt by receipt, and taking one back. */
import { Button, Modal, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconDownload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { address, write } from '../api/client.ts';
import type { GoodsReceipt, PurchaseDetail } from '../api/purchasing-queries.ts';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState } from '../ui/feedback.tsx';
import { count, money, signed, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';

export function Receipts({ order }: { order: PurchaseDetail }) {
  const [back, setBack] = useState<GoodsReceipt | null>(null);
  if (order.receipts.length === 0) return <Panel><EmptyState title="Nothing has come in yet" action={order.verbs.includes('receive') ? <Button component={Link} to={`/purchase-orders/${order.purchaseOrderId}/receive`}>Receive</Button> : undefined}>Goods are received by scan, by hand or from the supplier’s delivery note as a file.</EmptyState></Panel>;
  return (
    <div className="stack">
      <Came order={order} />
      {order.receipts.map((receipt) => (
        <Panel key={receipt.goodsReceiptId} flush title={<>Receipt {receipt.goodsReceiptId} <span className="dim">{whence(receipt)}, <Ago at={receipt.receivedAt} /> by {receipt.receivedBy}</span></>}
          aside={receipt.reverses !== null ? <Status tone="held">takes back {receipt.reverses}</Status> : receipt.reversedBy !== null ? <Status tone="neutral">taken back by {receipt.reversedBy}</Status> : order.verbs.includes('take back') && <Button size="compact-sm" variant="default" onClick={() => setBack(receipt)}>Take back</Button>}>
          <Wide label={`Receipt ${receipt.goodsReceiptId}`}>
            <ReceiptTable receipt={receipt} order={order} />
          </Wide>
          {receipt.rateMissing && <p className="receipt-note risk">{receipt.rateMissing.charAt(0).toUpperCase() + receipt.rateMissing.slice(1)}.</p>}
          {receipt.note && <p className="receipt-note dim">{receipt.note}</p>}
        </Panel>))}
      <Modal opened={back !== null} onClose={() => setBack(null)} title={<strong>Take receipt {back?.goodsReceiptId} back</strong>}>{back && <TakeBack receipt={back} close={() => setBack(null)} />}</Modal>
    </div>
  );
}

/** What came in so far, in the order's currency and in the store's. */
function Came({ order }: { order: PurchaseDetail }) {
  const store = useStore(), sum = (of: (receipt: GoodsReceipt) => number | null): number => order.receipts.reduce((total, receipt) => total + (of(receipt) ?? 0), 0), without = order.receipts.filter((receipt) => receipt.rateMissing !== null).length;
  return (
    <p className="row came">
      <span>Came in so far: <strong>{money(sum((receipt) => receipt.landed), order.currency)}</strong> landed
        {order.currency !== order.storeCurrency && (without === order.receipts.length ? <>, <span className="risk">not known in {order.storeCurrency}</span></> : <>, <strong>{money(sum((receipt) => receipt.landedInStore), order.storeCurrency)}</strong> at the rates of the days it came{without > 0 && <span className="risk"> without {count(without, 'receipt')} of which no rate is known</span>}</>)}</span>
      <Button component="a" size="compact-sm" variant="default" leftSection={<IconDownload size={15} />} href={address('/goods-receipts.csv', { store: store.storeId, purchaseOrderId: order.purchaseOrderId })}>CSV</Button>
    </p>
  );
}

function ReceiptTable({ receipt, order }: { receipt: GoodsReceipt; order: PurchaseDetail }) {
  const abroad = order.currency !== order.storeCurrency, back = receipt.reverses !== null, of = (count: number) => (count === 0 ? <span className="dim">0</span> : back ? signed(count) : units(count));
  return (
    <table className="plain lines">
      <thead><tr><th>Item</th><th className="num">Good</th><th className="num">Damaged</th><th className="num" title="With its share of shipping, duty and other cost">Landed, a unit</th><th className="num">Landed</th>
        {abroad && <th className="num" title={receipt.rate === null ? receipt.rateMissing ?? undefined : `1 ${order.currency} was ${receipt.rate} ${order.storeCurrency} on ${receipt.rateDay}`}>{order.storeCurrency}, a unit</th>}{abroad && <th className="num">{order.storeCurrency}</th>}<th>Stock</th></tr></thead>
      <tbody>{receipt.lines.map((line) => (
        <tr key={line.itemId}><td><span className="two-line"><span>{line.sku || 'no SKU'}</span><span className="dim small">{line.title}</span></span></td><td className="num">{of(line.quantity)}</td><td className="num">{of(line.damaged)}</td>
          <td className="num">{money(line.landedUnitCost, order.currency)}</td><td className="num">{money(line.landed, order.currency)}</td>{abroad && <td className="num">{money(line.landedUnitCostInStore, order.storeCurrency)}</td>}{abroad && <td className="num">{money(line.landedInStore, order.storeCurrency)}</td>}
          <td className="dim">{receipt.writesStock ? line.outcome ?? 'not tracked' : order.authority === 'warehouse' ? 'in the warehouse’s book' : 'was in stock before'}</td></tr>))}</tbody>
      <tfoot><tr><td><strong>In all</strong></td><td className="num">{of(receipt.lines.reduce((sum, line) => sum + line.quantity, 0))}</td><td className="num">{of(receipt.lines.reduce((sum, line) => sum + line.damaged, 0))}</td><td /><td className="num"><strong>{money(receipt.landed, order.currency)}</strong></td>
        {abroad && <td className="num dim">{receipt.rate !== null && `at ${receipt.rate}`}</td>}{abroad && <td className="num"><strong>{money(receipt.landedInStore, order.storeCurrency)}</strong></td>}<td /></tr></tfoot>
    </table>
  );
}

const whence = (receipt: GoodsReceipt): string => (receipt.reference.startsWith('warehouse/') ? 'from the warehouse' : receipt.reference.startsWith('file/') ? 'by file' : receipt.reference.startsWith('import/') ? 'brought in' : receipt.reverses !== null ? 'reversal' : 'by scan');

function TakeBack({ receipt, close }: { receipt: GoodsReceipt; close(): void }) {
  const store = useStore(), client = useQueryClient(), [note, setNote] = useState('');
  const take = useMutation({
    mutationFn: () => write('POST', `/goods-receipts/${receipt.goodsReceiptId}/take-back`, { store: store.storeId }, { note }),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ['purchase-orders'] }); notifications.show({ message: 'Taken back.' }); close(); },
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); take.mutate(); }}>
      <p>A receipt is never changed: another one takes all of it back. {receipt.writesStock && 'Its units leave Shopify’s stock.'} Then receive what really came.</p>
      <TextInput size="sm" label="Why" required value={note} maxLength={1_000} onChange={(event) => setNote(event.currentTarget.value)} data-autofocus />
      {take.isError && <ErrorState title="It was not taken back" error={take.error} />}
      <div><Button type="submit" size="sm" loading={take.isPending} disabled={note.trim() === ''}>Take back</Button></div>
    </form>
  );
}
