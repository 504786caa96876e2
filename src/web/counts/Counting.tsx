/** Entering what is found: a code, a number, Enter; or many lines pasted at once. */
import { Button, TextInput, Textarea } from '@mantine/core';
import { IconBarcode } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { write } from '../api/client.ts';
import { countQuery, type StockCountDetail } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { count } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { Status } from '../ui/tone.tsx';
import { pastedLines, type Counted } from './pasted-lines.ts';

export function Counting({ row }: { row: StockCountDetail }) {
  const store = useStore(), client = useQueryClient(), codeField = useRef<HTMLInputElement>(null), unitsField = useRef<HTMLInputElement>(null);
  const [code, setCode] = useState(''), [found, setFound] = useState(''), [many, setMany] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: (lines: readonly Counted[]) => write<{ saved: number; unknown: string[] }>('POST', `/counts/${row.countId}/lines`, { store: store.storeId }, { lines }),
    onSuccess: async ({ unknown }, lines) => {
      if (lines.length > 1 || many !== null) { setMany(unknown.length > 0 ? lines.filter((line) => unknown.includes(line.sku)).map((line) => `${line.sku}\t${line.counted}`).join('\n') : null); }
      else if (unknown.length === 0) { setCode(''); setFound(''); }
      codeField.current?.focus();
      if (unknown.length > 0) codeField.current?.select();
      await Promise.all([client.invalidateQueries({ queryKey: countQuery(store.storeId, row.countId).queryKey }), client.invalidateQueries({ queryKey: ['counts'] })]);
    },
  });
  const pasted = pastedLines(many ?? ''), units = Number(found), ready = code.trim() !== '' && found.trim() !== '' && Number.isInteger(units) && units >= 0;
  return (
    <Panel title="Count" aside={<Button variant="subtle" onClick={() => { save.reset(); setMany(many === null ? '' : null); }}>{many === null ? 'Paste many' : 'One at a time'}</Button>}>
      {many === null ? (
        <form className="count-one" onSubmit={(event) => { event.preventDefault(); if (ready) save.mutate([{ sku: code.trim(), counted: units }]); else (code.trim() === '' ? codeField : unitsField).current?.focus(); }}>
          <TextInput ref={codeField} size="md" label="SKU or barcode" value={code} autoComplete="off" autoCapitalize="off" spellCheck={false} leftSection={<IconBarcode size={18} aria-hidden />} onChange={(event) => { setCode(event.currentTarget.value); save.reset(); }} data-autofocus />
          <TextInput ref={unitsField} size="md" label="Found" inputMode="numeric" value={found} autoComplete="off" onChange={(event) => setFound(event.currentTarget.value.replaceAll(/\D/g, ''))} />
          <Button type="submit" size="md" loading={save.isPending}>Add</Button>
        </form>
      ) : (
        <form className="stack" onSubmit={(event) => { event.preventDefault(); if (pasted.lines.length > 0) save.mutate(pasted.lines); }}>
          <Textarea label="A code and a number on each line" description="From a spreadsheet, or the codes of a scanner one below the other: each counts one, the same code adds up" autosize minRows={5} maxRows={14} className="mono" value={many} onChange={(event) => { setMany(event.currentTarget.value); save.reset(); }} />
          {pasted.faults.length > 0 && <p className="negative" role="alert">Not understood: {pasted.faults.slice(0, 5).map((fault) => `line ${fault.line} “${fault.text}”`).join(', ')}{pasted.faults.length > 5 && ` and ${pasted.faults.length - 5} more`}</p>}
          <div><Button type="submit" size="sm" loading={save.isPending} disabled={pasted.lines.length === 0}>Add {count(pasted.lines.length, 'line')}</Button></div>
        </form>
      )}
      <p className="count-said" role="status">
        {save.isError ? <Status tone="bad">{save.error.message}</Status> : save.data && save.data.unknown.length > 0 ? <Status tone="bad">{save.data.unknown.length === 1 ? `${save.data.unknown[0]} is not known here, or several items carry it` : `${save.data.unknown.length} codes are not known here, or several items carry them`}</Status>
          : save.data ? <Status tone="good">{count(save.data.saved, 'line')} noted</Status> : <span className="dim">A code counted again replaces its line. Expected is what {row.authority === 'warehouse' ? 'the warehouse’s shelf held' : 'the ledger had on hand'} when you counted it: sales after that do not blur the difference.</span>}
      </p>
    </Panel>
  );
}
