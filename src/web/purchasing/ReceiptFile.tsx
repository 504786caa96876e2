/** The supplier's delivery note as CSV: looked at first, posted whole or not at all, once. */
import { Button, FileButton, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { beyondTolerance } from '../../domain/purchasing/receipt-tolerance.ts';
import { write } from '../api/client.ts';
import type { PurchaseDetail, ReceiptFileResult } from '../api/purchasing-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { lettersNote, textFile } from '../ui/text-file.ts';
import { Status } from '../ui/tone.tsx';

export function ReceiptFile({ order }: { order: PurchaseDetail }) {
  const store = useStore(), client = useQueryClient(), [file, setFile] = useState<{ name: string; csv: string } | null>(null), [letters, setLetters] = useState(''), [note, setNote] = useState('');
  const send = (dryRun: boolean) => (given: { name: string; csv: string }): Promise<ReceiptFileResult> => write<ReceiptFileResult>('POST', `/purchase-orders/${order.purchaseOrderId}/receipts/file`, { store: store.storeId }, { ...given, dryRun, note });
  const look = useMutation({ mutationFn: send(true) }), save = useMutation({ mutationFn: send(false), onSuccess: async (done) => { setFile(null); setNote(''); look.reset(); await client.invalidateQueries({ queryKey: ['purchase-orders'] }); notifications.show({ message: `${count(done.units + done.damaged, 'unit')} received from ${file?.name ?? 'the file'}.` }); } });
  const seen = look.data, came = new Map(order.lines.map((line) => [line.itemId, line])), beyond = beyondTolerance((seen?.rows ?? []).flatMap((row) => { const line = came.get(row.itemId); return line ? [{ itemId: row.itemId, ordered: line.ordered, came: line.received + line.damaged, now: row.quantity + row.damaged }] : []; }), order.overTolerancePercent);
  return (
    <Panel title="By file">
      <div className="stack">
        <div className="row"><FileButton accept=".csv,text/csv,text/plain" onChange={(chosen) => { if (chosen) void textFile(chosen).then((read) => { const given = { name: chosen.name, csv: read.text }; setLetters(lettersNote(read)); setFile(given); save.reset(); look.mutate(given); }); }}>{(props) => <Button {...props} variant="default" loading={look.isPending} leftSection={<IconUpload size={15} />}>Delivery note as CSV</Button>}</FileButton><span className="dim small">{file ? file.name : 'SKU, barcode or supplier’s code; quantity; damaged'}</span></div>
        {file && letters && <p className="dim small">{letters}</p>}
        {look.isError && <ErrorState title="The file could not be read" error={look.error} />}
        {seen?.known && <p><Status tone="held">Posted before</Status> This very file was received already; nothing is posted again.</p>}
        {seen && seen.notes.length > 0 && <ul className="dim small notes">{seen.notes.map((each) => <li key={each}>{each}</li>)}</ul>}
        {seen && seen.errors.length > 0 && <Wide label="Faults by line"><table className="plain boxed"><thead><tr><th className="num">Line</th><th>Column</th><th>Fault</th></tr></thead><tbody>{seen.errors.slice(0, 100).map((error, n) => <tr key={n}><td className="num">{units(error.line)}</td><td>{error.field}</td><td>{error.message}</td></tr>)}</tbody></table></Wide>}
        {seen && seen.rows.length > 0 && <Wide label="What the file says"><table className="plain boxed"><thead><tr><th>SKU</th><th className="num">Good</th><th className="num">Damaged</th><th className="num">Open</th></tr></thead><tbody>{seen.rows.slice(0, 200).map((row) => <tr key={row.itemId}><td>{row.sku}</td><td className="num">{units(row.quantity)}</td><td className="num">{units(row.damaged)}</td><td className="num dim">{units(row.open)}</td></tr>)}</tbody></table></Wide>}
        {seen && !seen.known && beyond.length > 0 && <TextInput size="sm" label={`${units(beyond.reduce((all, line) => all + line.beyond, 0))} beyond the tolerance of ${order.overTolerancePercent}%: why are they kept?`} required value={note} maxLength={1_000} onChange={(event) => setNote(event.currentTarget.value)} />}
        {save.isError && <ErrorState title="Nothing was received" error={save.error} />}
        {seen && file && !seen.known && <div><Button loading={save.isPending} disabled={seen.errors.length > 0 || seen.units + seen.damaged === 0 || (beyond.length > 0 && note.trim() === '')} onClick={() => save.mutate(file)}>{seen.errors.length > 0 ? 'Mend the file first: it counts whole or not at all' : `Receive ${count(seen.units + seen.damaged, 'unit')}`}</Button></div>}
      </div>
    </Panel>
  );
}
