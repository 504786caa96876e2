/** What came in for an order, receipt by receipt, and taking one back. */
import { Button, Modal, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { write } from '../api/client.ts';
import type { GoodsReceipt, PurchaseDetail } from '../api/purchasing-queries.ts';
import { useStore } from '../shell/store.tsx';
import { EmptyState, ErrorState } from '../ui/feedback.tsx';
import { money, signed, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';

export function Receipts({ order }: { order: PurchaseDetail }) {
  const [back, setBack] = useState<GoodsReceipt | null>(null);
  if (order.receipts.length === 0) return <Panel><EmptyState title="Nothing has come in yet" action={order.verbs.includes('receive') ? <Button component={Link} to={`/purchase-orders/${order.purchaseOrderId}/receive`}>Receive</Button> : undefined}>Goods are received by scan, by hand or from the supplier’s delivery note as a file.</EmptyState></Panel>;
  return (
    <div className="stack">
      {order.receipts.map((receipt) => (
        <Panel key={receipt.goodsReceiptId} flush title={<>Receipt {receipt.goodsReceiptId} <span className="dim">{whence(receipt)}, <Ago at={receipt.receivedAt} /> by {receipt.receivedBy}</span></>}
          aside={receipt.reverses !== null ? <Status tone="held">takes back {receipt.reverses}</Status> : receipt.reversedBy !== null ? <Status tone="neutral">taken back by {receipt.reversedBy}</Status> : order.verbs.includes('take back') && <Button size="compact-sm" variant="default" onClick={() => setBack(receipt)}>Take back</Button>}>
          <Wide label={`Receipt ${receipt.goodsReceiptId}`}>
            <table className="plain lines"><thead><tr><th>Item</th><th className="num">Good</th><th className="num">Damaged</th><th className="num">Landed, a unit</th><th>Stock</th></tr></thead>
              <tbody>{receipt.lines.map((line) => <tr key={line.itemId}><td><span className="two-line"><span>{line.sku || 'no SKU'}</span><span className="dim small">{line.title}</span></span></td><td className="num">{receipt.reverses === null ? units(line.quantity) : signed(line.quantity)}</td><td className="num">{line.damaged === 0 ? <span className="dim">0</span> : receipt.reverses === null ? units(line.damaged) : signed(line.damaged)}</td><td className="num">{money(line.landedUnitCost, order.currency)}</td><td className="dim">{receipt.writesStock ? line.outcome ?? 'not tracked' : order.authority === 'warehouse' ? 'in the warehouse’s book' : 'was in stock before'}</td></tr>)}</tbody></table>
          </Wide>
          {receipt.note && <p className="receipt-note dim">{receipt.note}</p>}
        </Panel>))}
      <Modal opened={back !== null} onClose={() => setBack(null)} title={<strong>Take receipt {back?.goodsReceiptId} back</strong>}>{back && <TakeBack receipt={back} close={() => setBack(null)} />}</Modal>
    </div>
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
