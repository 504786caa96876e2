/** One transfer: its lines and their quantities, what has left and arrived of it in which parts, and the next step. */
import { Button, Drawer, NumberInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { transferQuery, type TransferDetail } from '../api/replay-queries.ts';
import { useStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { Banner, ErrorState, Lines } from '../ui/feedback.tsx';
import { count, money, units } from '../ui/format.ts';
import { Wide } from '../ui/page.tsx';
import { Steady } from '../ui/Steady.tsx';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import { TransferState } from './TransferState.tsx';

const STEP: Record<'create' | 'ship' | 'receive' | 'cancel', string> = { create: 'Try again', ship: 'Ship it', receive: 'Receive all', cancel: 'Cancel it' };
const SHIPMENT: Record<TransferDetail['shipments'][number]['status'], { tone: Tone; word: string }> = { draft: { tone: 'neutral', word: 'Packed' }, 'in transit': { tone: 'held', word: 'On its way' }, received: { tone: 'good', word: 'Received' }, other: { tone: 'neutral', word: 'Known to Shopify' } };
type Item = TransferDetail['items'][number];
/** What the numbers being typed are for. */
type Editing = 'change' | 'ship';

export function TransferDrawer({ id, close }: { id: number | null; close(): void }) {
  const store = useStore(), query = useQuery({ ...transferQuery(store.storeId, id ?? 0), enabled: id !== null }), transfer = query.data;
  return (
    <Drawer opened={id !== null} onClose={close} size={660} title={transfer ? <span><strong>{transfer.reference}</strong><br /><span className="small dim">{transfer.fromName} to {transfer.toName}</span></span> : <strong>Transfer</strong>}>
      {transfer ? <Transfer key={transfer.transferId} transfer={transfer} /> : query.isError ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : <Lines rows={8} />}
    </Drawer>
  );
}

function Transfer({ transfer }: { transfer: TransferDetail }) {
  const store = useStore(), client = useQueryClient(), [chosen, setEditing] = useState<Editing | null>(null), may = (step: TransferDetail['may'][number]): boolean => transfer.may.includes(step), editing = chosen !== null && may(chosen) ? chosen : null;
  const step = useMutation({
    mutationFn: (name: string) => write<TransferDetail>('POST', `/transfers/${transfer.transferId}/${name}`, { store: store.storeId }, { version: transfer.version }),
    onError: (error) => notifications.show({ color: 'red', autoClose: 12_000, message: error.message }), onSettled: () => client.invalidateQueries({ queryKey: ['transfers'] }),
  });
  const button = (name: keyof typeof STEP, variant: 'filled' | 'default') => may(name) && <Button variant={variant} loading={step.isPending} onClick={() => step.mutate(name)}>{name === 'ship' && transfer.shipped > 0 ? 'Ship the rest' : STEP[name]}</Button>;
  return (
    <div className="stack">
      <div className="row"><TransferState row={transfer} />{transfer.shopifyTransferId && <span className="dim small">Shopify’s {transfer.shopifyTransferId}</span>}</div>
      {transfer.message && <Banner>{transfer.message}</Banner>}
      {editing === null && transfer.may.length > 0 && (
        <div className="row">
          {button('create', 'filled')}{button('receive', 'filled')}
          {may('receive') && <Button variant="default" renderRoot={(props) => <Link to="/transfers/$transferId/receive" params={{ transferId: String(transfer.transferId) }} {...props} />}>Count and receive</Button>}
          {button('ship', may('receive') ? 'default' : 'filled')}
          {may('ship') && <Button variant="default" onClick={() => setEditing('ship')}>Ship a part</Button>}
          {may('change') && <Button variant="default" onClick={() => setEditing('change')}>Change quantities</Button>}
          {button('cancel', 'default')}
        </div>
      )}
      {editing ? <Steady of={transfer} by={({ items }) => items.map((item) => `${item.itemId}:${item.quantity}:${item.shipped}:${item.free}`).join()}>{(steady) => <Quantities transfer={steady} editing={editing} close={() => setEditing(null)} />}</Steady> : <Items transfer={transfer} />}
      {transfer.shipments.length > 0 && <Shipments transfer={transfer} />}
      {transfer.parts.length > 0 && <Parts parts={transfer.parts} />}
      <p className="dim small">Made by {transfer.createdBy} <Ago at={transfer.createdAt} />{transfer.reason && <>: {transfer.reason}</>}. Stock moves in Shopify with each step, and here by Shopify’s own events.</p>
    </div>
  );
}

const itemName = (item: Item): string => item.sku || item.title;
function Items({ transfer }: { transfer: TransferDetail }) {
  const store = useStore(), quiet = (value: number) => <td className={value === 0 ? 'num dim' : 'num'}>{units(value)}</td>;
  return (
    <Wide label="Lines"><table className="plain boxed transfer-lines">
      <thead><tr><th>Item</th><th className="num">Units</th><th className="num">Shipped</th><th className="num">Received</th><th className="num" title="Shipped, and not taken into stock">Not taken</th><th className="num" title="What the last unit was worth at the destination, and at the origin, when it was proposed">Last unit, to / from</th></tr></thead>
      <tbody>{transfer.items.map((item) => <tr key={item.itemId}><td><AppLink to={`/items/${item.itemId}?location=${transfer.toLocationId}`}>{itemName(item)}</AppLink>{item.sku && <><br /><span className="dim small">{item.title}</span></>}</td><td className="num">{units(item.quantity)}</td>{quiet(item.shipped)}{quiet(item.received)}<td className={item.rejected === 0 ? 'num dim' : 'num negative'}>{units(item.rejected)}</td><td className="num">{item.worth ? <>{money(item.worth.lastThere, store.currency)} <span className="dim">/ {money(item.worth.lastHere, store.currency)}</span></> : <span className="dim">–</span>}</td></tr>)}</tbody>
    </table></Wide>
  );
}

/** Numbers beside each line, with the most each can be: other quantities of the transfer, or what leaves now. */
function Quantities({ transfer, editing, close }: { transfer: TransferDetail; editing: Editing; close(): void }) {
  const store = useStore(), client = useQueryClient(), ship = editing === 'ship', items = ship ? transfer.items.filter((item) => item.quantity > item.shipped) : transfer.items, most = (item: Item): number => (ship ? item.quantity - item.shipped : Math.max(item.free, item.quantity));
  const [typed, setTyped] = useState<Record<number, number | string>>(() => Object.fromEntries(items.map((item) => [item.itemId, ship ? item.quantity - item.shipped : item.quantity]))), [key] = useState(() => crypto.randomUUID());
  const lines = items.map((item) => ({ itemId: item.itemId, quantity: Number(typed[item.itemId] === '' ? 0 : typed[item.itemId]) })), sum = lines.reduce((total, line) => total + line.quantity, 0), over = items.some((item, n) => lines[n]!.quantity > most(item));
  const save = useMutation({
    mutationFn: () => write<TransferDetail>(ship ? 'POST' : 'PUT', `/transfers/${transfer.transferId}/${ship ? 'shipments' : 'lines'}`, { store: store.storeId }, { key, version: transfer.version, lines: ship ? lines.filter((line) => line.quantity > 0) : lines }),
    onSuccess: () => close(), onSettled: () => client.invalidateQueries({ queryKey: ['transfers'] }),
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <table className="plain boxed"><thead><tr><th>Item</th><th className="num">{ship ? 'Left' : 'Can be moved'}</th><th className="num">{ship ? 'Ships now' : 'Units'}</th></tr></thead>
        <tbody>{items.map((item, n) => (
          <tr key={item.itemId}><td>{itemName(item)}</td><td className="num">{units(most(item))}</td>
            <td className="num"><NumberInput size="xs" className="transfer-units" aria-label={`${ship ? 'Units that ship now' : 'Units'} of ${itemName(item)}`} min={0} max={most(item)} clampBehavior="none" allowDecimal={false} allowNegative={false} value={typed[item.itemId]} error={lines[n]!.quantity > most(item) ? `at most ${units(most(item))}` : undefined} onChange={(value) => setTyped((old) => ({ ...old, [item.itemId]: value }))} /></td></tr>
        ))}</tbody></table>
      {!ship && <p className="dim small">What can be moved stands free at {transfer.fromName}, or is set aside there for this transfer. 0 takes a line off.</p>}
      {save.isError && <ErrorState title={ship ? 'It was not shipped' : 'It was not changed'} error={save.error} />}
      <div className="row"><Button type="submit" loading={save.isPending} disabled={over || sum === 0}>{ship ? `Ship ${count(sum, 'unit')}` : 'Save'}</Button><Button variant="subtle" onClick={close}>Not now</Button></div>
    </form>
  );
}

function Shipments({ transfer }: { transfer: TransferDetail }) {
  const sum = (lines: TransferDetail['shipments'][number]['lines'], of: 'quantity' | 'accepted' | 'rejected'): number => lines.reduce((total, line) => total + line[of], 0);
  return (
    <Wide label="Shipments"><table className="plain boxed"><thead><tr><th>Shipment</th><th>State</th><th className="num">Units</th><th className="num">Received</th><th className="num">Not taken</th><th className="num">Coming</th></tr></thead>
      <tbody>{transfer.shipments.map((one) => { const all = sum(one.lines, 'quantity'), accepted = sum(one.lines, 'accepted'), rejected = sum(one.lines, 'rejected'); return <tr key={one.shipmentId}><td>{one.name}</td><td><Status tone={SHIPMENT[one.status].tone}>{SHIPMENT[one.status].word}</Status></td><td className="num">{units(all)}</td><td className="num">{units(accepted)}</td><td className={rejected === 0 ? 'num dim' : 'num negative'}>{units(rejected)}</td><td className="num">{units(all - accepted - rejected)}</td></tr>; })}</tbody></table></Wide>
  );
}

function Parts({ parts }: { parts: TransferDetail['parts'] }) {
  const said = (part: TransferDetail['parts'][number]): string => (part.kind === 'ship' ? `Shipped ${count(part.units, 'unit')}` : part.kind === 'change' ? 'Changed quantities' : `Received ${count(part.units, 'unit')}${part.rejected.map((one) => `, ${units(one.quantity)} ${one.reason}`).join('')}`);
  return <ul className="transfer-parts">{parts.map((part) => <li key={part.madeAt + part.kind}><span>{said(part)}</span> {part.state !== 'done' && <Status tone={part.state === 'refused' ? 'bad' : 'info'} title={part.message ?? undefined}>{part.state === 'refused' ? 'refused' : 'under way'}</Status>} <span className="dim small">{part.madeBy}, <Ago at={part.madeAt} />{part.note && <>: {part.note}</>}{part.message && <> · {part.message}</>}</span></li>)}</ul>;
}
