/** Receiving a transfer at the door, made for a phone: shipment by shipment, each scan is one more; what does not come into stock is said why. One key, one receipt. */
import { Button, Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconChevronLeft } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { transferQuery, type TransferDetail } from '../api/replay-queries.ts';
import { ScanLine } from '../purchasing/ScanLine.tsx';
import { Stepper } from '../returns/Stepper.tsx';
import { useStore } from '../shell/store.tsx';
import { Banner, EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Page, Panel } from '../ui/page.tsx';
import { coming, countedOf, NOTHING, REASONS, receiptLines, rejectedOf, scanned, type Coming, type Counted, type ReceiptDraft } from './receipt-draft.ts';
import '../returns/returns.css';
import './transfers.css';

const route = getRouteApi('/app/transfers/$transferId/receive');

export function ReceiveTransfer() {
  const { transferId } = route.useParams(), store = useStore(), query = useQuery(transferQuery(store.storeId, Number(transferId))), transfer = query.data;
  if (query.isError && !transfer) return <Page title="Receive"><ErrorState error={query.error} retry={() => void query.refetch()} /></Page>;
  if (!transfer) return <Page title="Receive"><Panel><Lines rows={8} height={22} /></Panel></Page>;
  const shipments = coming(transfer);
  return (
    <Page title={`Receive ${transfer.reference}`}>
      <div className="returns one receive">
        <p className="return-head"><Link to="/transfers" search={{ tab: 'transfers', id: transfer.transferId }} className="back"><IconChevronLeft size={16} aria-hidden />{transfer.reference}</Link><span>{transfer.fromName} <span className="dim">to</span> {transfer.toName}</span><span><b>{units(transfer.shipped - transfer.received - transfer.rejected)}</b> <span className="dim">coming</span></span></p>
        {transfer.message && <Banner>{transfer.message}</Banner>}
        {transfer.asked && <Banner>Shopify is being told of what was asked for last. What is counted here can be sent right after.</Banner>}
        {shipments.length === 0 ? <Panel><EmptyState good title="Nothing is coming">{transfer.state === 'received' ? 'All of it is received.' : 'Shipments appear here once they have left.'}</EmptyState></Panel> : <Bench transfer={transfer} shipments={shipments} />}
      </div>
    </Page>
  );
}

function Bench({ transfer, shipments }: { transfer: TransferDetail; shipments: ReturnType<typeof coming> }) {
  const store = useStore(), client = useQueryClient(), navigate = route.useNavigate();
  // The key is made before the first try and kept until it has succeeded: a lost answer receives nothing twice.
  const [draft, setDraft] = useState<ReceiptDraft>({}), [key] = useState(() => crypto.randomUUID()), [faults, setFaults] = useState(false), [last, setLast] = useState<string | null>(null);
  const lines = receiptLines(draft, shipments), accepted = lines.reduce((sum, line) => sum + line.accepted, 0), rejected = lines.reduce((sum, line) => sum + line.rejected.reduce((total, part) => total + part.quantity, 0), 0);
  const save = useMutation({
    mutationFn: () => write<TransferDetail>('POST', `/transfers/${transfer.transferId}/receipts`, { store: store.storeId }, { key, version: transfer.version, lines }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['transfers'] });
      notifications.show({ message: `${count(accepted, 'unit')} received${rejected > 0 ? `, ${units(rejected)} not taken` : ''}. Shopify is told at once.` });
      await navigate({ to: '/transfers', search: { tab: 'transfers', id: transfer.transferId } });
    },
  });
  const scan = (code: string): string | null => {
    const next = scanned(draft, shipments, code);
    if (typeof next === 'string') return next;
    setDraft(next.draft);
    setLast(next.key);
    return null;
  };
  const all = (of: readonly Coming[]): void => setDraft((old) => ({ ...old, ...Object.fromEntries(of.map((line) => [line.key, { accepted: line.left - rejectedOf(old[line.key] ?? NOTHING), rejected: (old[line.key] ?? NOTHING).rejected }])) }));
  return (
    <>
      <ScanLine scan={scan} />
      <div className="row receive-tools"><Switch label="Some are damaged, wrong or missing" checked={faults} onChange={(event) => setFaults(event.currentTarget.checked)} /></div>
      {shipments.map((one) => (
        <Panel key={one.shipmentId} title={<span className="row">Shipment {one.name}<span className="dim">{count(one.lines.reduce((sum, line) => sum + line.left, 0), 'unit')} coming</span></span>} aside={<Button variant="subtle" disabled={save.isPending} onClick={() => all(one.lines)}>All of it came</Button>}>
          <ul className="bench">{one.lines.map((line) => <Line key={line.key} line={line} at={draft[line.key] ?? NOTHING} faults={faults} disabled={save.isPending} fresh={line.key === last} set={(at) => setDraft((old) => ({ ...old, [line.key]: at }))} />)}</ul>
        </Panel>
      ))}
      <Panel><div className="bench-save">{save.isError && <ErrorState title="It was not received" error={save.error} />}<Button size="md" fullWidth loading={save.isPending} disabled={lines.length === 0 || transfer.asked !== null} onClick={() => save.mutate()}>{lines.length === 0 ? 'Nothing counted yet' : `Receive ${count(accepted, 'unit')}${rejected > 0 ? `, ${units(rejected)} not taken` : ''}`}</Button></div></Panel>
    </>
  );
}

function Line({ line, at, faults, disabled, fresh, set }: { line: Coming; at: Counted; faults: boolean; disabled: boolean; fresh: boolean; set(at: Counted): void }) {
  const name = line.sku || line.title, open = line.left - countedOf(at);
  return (
    <li data-fresh={fresh || undefined}>
      <div className="bench-head"><span className="two-line"><b>{line.sku || 'no SKU'}</b><span className="dim">{line.title}</span></span><span className="dim">{open === 0 ? 'all counted' : `${units(open)} of ${units(line.left)} open`}</span></div>
      <div className="bench-line"><span>Good</span><Stepper label={`Good units of ${name}`} value={at.accepted} most={line.left - rejectedOf(at)} disabled={disabled} tone="good" change={(accepted) => set({ ...at, accepted })} /></div>
      {REASONS.filter(({ reason }) => faults || (at.rejected[reason] ?? 0) > 0).map(({ reason, label }) => {
        const value = at.rejected[reason] ?? 0;
        return <div key={reason} className="bench-line"><span>{label}</span><Stepper label={`${label}: ${name}`} value={value} most={line.left - countedOf(at) + value} disabled={disabled} tone="bad" change={(to) => set({ ...at, rejected: { ...at.rejected, [reason]: to } })} /></div>;
      })}
    </li>
  );
}
