/** A CSV file in: read first without saving, every fault by its line, then saved when a person says so. */
import { Button, Drawer, FileButton, Textarea } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { write } from '../api/client.ts';
import type { ImportResult } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Wide } from '../ui/page.tsx';
import { lettersNote, textFile } from '../ui/text-file.ts';
import { Status } from '../ui/tone.tsx';

/** Faults on screen; the count says how many there are. */
const SHOWN = 200;

export interface CsvImportProps { open: boolean; close(): void; title: string; path: string; /** First word of the query keys that change. */ stale: string; columns: readonly string[]; says: string; /** What else came of looking at it, under the count of lines. */ found?: (seen: ImportResult) => ReactNode }

export function CsvImport({ open, close, title, ...rest }: CsvImportProps) {
  return <Drawer opened={open} onClose={close} size={560} title={<strong>{title}</strong>}>{open && <Import {...rest} close={close} />}</Drawer>;
}

function Import({ path, stale, columns, says, found, close }: Omit<CsvImportProps, 'open' | 'title'>) {
  const store = useStore(), client = useQueryClient(), [text, setText] = useState(''), [name, setName] = useState(''), [letters, setLetters] = useState('');
  const send = (dryRun: boolean) => (csv: string): Promise<ImportResult> => write<ImportResult>('POST', path, { store: store.storeId, dryRun: String(dryRun) }, { csv });
  const look = useMutation({ mutationFn: send(true) }), save = useMutation({ mutationFn: send(false), onSuccess: () => client.invalidateQueries({ queryKey: [stale] }) });
  const begin = (csv: string, from: string): void => { setText(csv); setName(from); setLetters(''); save.reset(); if (csv.trim()) look.mutate(csv); else look.reset(); };
  const seen = look.data, done = save.data;
  if (done) return <div className="stack"><p className="sentence"><Status tone="good">Saved</Status> {count(done.applied, 'line')} of {units(done.lines)}{done.waits ? `; they take ${count(done.waits.units, 'unit')} from items, so a second person has to agree` : ''}.{done.errors.length > 0 && ` ${count(done.errors.length, 'line')} ${done.errors.length === 1 ? 'was' : 'were'} left out.`}</p><Faults result={done} /><div><Button onClick={close}>Close</Button></div></div>;
  return (
    <div className="stack">
      <p className="dim">{says}</p>
      <p className="tags">{columns.map((column) => <span key={column} className="tag">{column}</span>)}</p>
      <div className="row"><FileButton accept=".csv,text/csv,text/plain" onChange={(file) => { if (file) void textFile(file).then((read) => { begin(read.text, file.name); setLetters(lettersNote(read)); }); }}>{(props) => <Button {...props} leftSection={<IconUpload size={15} />}>Choose a file</Button>}</FileButton>{name && <span className="dim">{name}</span>}</div>
      <Textarea label="Or paste it" className="mono" autosize minRows={4} maxRows={10} value={name ? '' : text} placeholder={`${columns.join(',')}\n…`} onChange={(event) => { setText(event.currentTarget.value); setName(''); setLetters(''); look.reset(); }} />
      {!name && <div><Button variant="default" disabled={text.trim() === ''} loading={look.isPending} onClick={() => begin(text, '')}>Look at it</Button></div>}
      {letters && <p className="dim small">{letters}</p>}
      {look.isError && <ErrorState title="The file could not be read" error={look.error} />}
      {seen && (
        <div className="checks" role="status">
          <p><Status tone={seen.lines === 0 ? 'bad' : seen.errors.length === 0 ? 'good' : 'warn'}>{seen.lines === 0 ? 'The file has no rows' : seen.errors.length === 0 ? 'Every line is right' : `${count(seen.errors.length, 'fault')}`}</Status> {count(seen.lines, 'line')} read; {units(seen.applied)} would be saved. Nothing is saved yet.</p>
          {(seen.notes ?? []).map((note) => <p key={note}>{note}</p>)}
        </div>
      )}
      {seen && <Faults result={seen} />}
      {seen && found?.(seen)}
      {save.isError && <ErrorState title="It was not saved" error={save.error} />}
      {seen && <div><Button disabled={seen.applied === 0} loading={save.isPending} onClick={() => save.mutate(text)}>{seen.applied === 0 ? 'Nothing to save' : seen.errors.length > 0 ? `Save ${count(seen.applied, 'line')}, leave the rest out` : `Save ${count(seen.applied, 'line')}`}</Button></div>}
    </div>
  );
}

function Faults({ result }: { result: ImportResult }) {
  if (result.errors.length === 0) return null;
  return (
    <Wide label="Faults by line">
      <table className="plain boxed"><thead><tr><th className="num">Line</th><th>Column</th><th>Fault</th></tr></thead>
        <tbody>{result.errors.slice(0, SHOWN).map((error, n) => <tr key={n}><td className="num">{units(error.line)}</td><td>{error.field}</td><td>{error.message}</td></tr>)}</tbody></table>
      {result.errors.length > SHOWN && <p className="dim small">and {units(result.errors.length - SHOWN)} more</p>}
    </Wide>
  );
}
