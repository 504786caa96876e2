/** Files of other systems in: looked at first, every fault by its line, then brought in when a person says so. Repeating it changes nothing. */
import { Button, Drawer, FileButton, SegmentedControl, Select } from '@mantine/core';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { address, write } from '../api/client.ts';
import type { PurchasingImportResult } from '../api/purchasing-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Wide } from '../ui/page.tsx';
import { lettersNote, textFile } from '../ui/text-file.ts';
import { Status } from '../ui/tone.tsx';

type Kind = PurchasingImportResult['kind'];
const ABOUT: Record<Kind, { label: string; says: string; thing: string }> = {
  suppliers: { label: 'Suppliers', thing: 'supplier', says: 'One row a supplier, by its name. A cell left empty keeps what is there. The export of this list can be changed and brought back.' },
  'supplier-items': { label: 'Terms of items', thing: 'item', says: 'One row a supplier and item (SKU, barcode or Shopify variant id): cost, minimum, case pack, price breaks as 50:2.25 100:2.00. Vendor files of Inventory Planner fit as they are.' },
  'purchase-orders': { label: 'Purchase orders', thing: 'order', says: 'One row a line. Stock-order files of Inventory Planner and purchase orders of Stocky fit as they are: order, supplier, SKU, quantity; status, dates, received and cost where there are any. What already came writes no stock; open units count as on their way.' },
  'min-max': { label: 'Minimum and maximum', thing: 'item', says: 'One row an item, with its location or without: minimum and maximum stock become planning values. Variant-warehouse files of Inventory Planner fit as they are.' },
};

export function PurchasingImport({ open, close, kinds }: { open: boolean; close(): void; kinds: readonly Kind[] }) {
  return <Drawer opened={open} onClose={close} size={600} title={<strong>Bring in from CSV</strong>}>{open && <Import kinds={kinds} close={close} />}</Drawer>;
}

function Import({ kinds, close }: { kinds: readonly Kind[]; close(): void }) {
  const store = useStore(), client = useQueryClient(), [kind, setKind] = useState<Kind>(kinds[0]!), [source, setSource] = useState<string>('csv'), [file, setFile] = useState<{ name: string; csv: string; letters: string } | null>(null);
  const send = (dryRun: boolean) => (csv: string): Promise<PurchasingImportResult> => write<PurchasingImportResult>('POST', '/purchasing/import', { store: store.storeId }, { kind, source, csv, dryRun });
  const look = useMutation({ mutationFn: send(true) }), save = useMutation({ mutationFn: send(false), onSuccess: async () => { for (const key of ['purchase-orders', 'suppliers', 'policy', 'replenishment']) await client.invalidateQueries({ queryKey: [key] }); } });
  const again = (): void => { setFile(null); look.reset(); save.reset(); };
  const about = ABOUT[kind], seen = look.data, done = save.data;
  if (done) return <div className="stack"><p className="sentence"><Status tone="good">Brought in</Status> {count(done.applied, about.thing)}{done.unchanged > 0 && `; ${units(done.unchanged)} were there already`}.</p><Found result={done} /><div className="row"><Button onClick={close}>Close</Button><Button variant="default" onClick={again}>Another file</Button></div></div>;
  return (
    <div className="stack">
      {kinds.length > 1 && <SegmentedControl fullWidth value={kind} data={kinds.map((each) => ({ value: each, label: ABOUT[each].label }))} onChange={(value) => { setKind(value as Kind); again(); }} />}
      <p className="dim">{about.says}</p>
      {kind === 'purchase-orders' && <Select size="sm" label="Where the file is from" allowDeselect={false} value={source} data={[{ value: 'csv', label: 'A file of my own' }, { value: 'stocky', label: 'Stocky' }, { value: 'inventory-planner', label: 'Inventory Planner' }]} onChange={(value) => { setSource(value ?? 'csv'); again(); }} description="An order is known again by its number there" />}
      <div className="row"><FileButton accept=".csv,text/csv,text/plain" onChange={(chosen) => { if (chosen) void textFile(chosen).then((read) => { setFile({ name: chosen.name, csv: read.text, letters: lettersNote(read) }); save.reset(); look.mutate(read.text); }); }}>{(props) => <Button {...props} loading={look.isPending} leftSection={<IconUpload size={15} />}>Choose a file</Button>}</FileButton>{file && <span className="dim">{file.name}</span>}</div>
      {file?.letters && <p className="dim small">{file.letters}</p>}
      {look.isError && <ErrorState title="The file could not be read" error={look.error} />}
      {seen && (
        <div className="checks" role="status">
          <p><Status tone={seen.errors.length === 0 ? 'good' : 'warn'}>{seen.errors.length === 0 ? 'Every row is right' : count(seen.errors.length + seen.moreErrors, 'fault')}</Status> {count(seen.lines, 'row')} read: {count(seen.applied, about.thing)} to bring in, {units(seen.unchanged)} there already{seen.skipped > 0 && `, ${count(seen.skipped, 'row')} passed over`}. Nothing is saved yet.</p>
          <p className="tags">{Object.entries(seen.columns).map(([field, column]) => <span key={field} className="tag" title={`read as ${field}`}>{column}</span>)}</p>
          {seen.ignoredColumns.length > 0 && <p className="dim small">Not used: {seen.ignoredColumns.join(', ')}</p>}
        </div>
      )}
      {seen && <Found result={seen} />}
      {save.isError && <ErrorState title="Nothing was brought in" error={save.error} />}
      {seen && file && <div><Button disabled={seen.applied === 0} loading={save.isPending} onClick={() => save.mutate(file.csv)}>{seen.applied === 0 ? 'Nothing to bring in' : `Bring in ${count(seen.applied, about.thing)}${seen.errors.length > 0 ? ', leave the rest out' : ''}`}</Button></div>}
    </div>
  );
}

function Found({ result }: { result: PurchasingImportResult }) {
  const store = useStore(), file = (rows: 'all' | 'rejected'): string => address(`/purchasing/imports/${result.importId}/result.csv`, { store: store.storeId, rows });
  return (
    <>
      <div className="row">
        {result.rejected > 0 && <Button component="a" variant="default" leftSection={<IconDownload size={15} />} href={file('rejected')} download>{result.rejected === 1 ? 'The rejected row' : `The ${units(result.rejected)} rejected rows`}</Button>}
        <Button component="a" variant="default" leftSection={<IconDownload size={15} />} href={file('all')} download>All rows with their result</Button>
        {result.rejected > 0 && <span className="dim small">Your columns, and two with what became of each row: correct them there and bring that file in.</span>}
      </div>
      {result.notes.length > 0 && <ul className="dim small notes">{result.notes.slice(0, 20).map((note) => <li key={note}>{note}</li>)}</ul>}
      {result.errors.length > 0 && (
        <Wide label="Faults by row"><table className="plain boxed"><thead><tr><th className="num">Line</th><th>Column</th><th>Fault</th></tr></thead>
          <tbody>{result.errors.slice(0, 200).map((error, n) => <tr key={n}><td className="num">{units(error.line)}</td><td>{result.columns[error.field] ?? error.field}</td><td>{error.message}</td></tr>)}</tbody></table>
          {result.errors.length + result.moreErrors > 200 && <p className="dim small">and {units(result.errors.length + result.moreErrors - 200)} more</p>}</Wide>
      )}
    </>
  );
}
