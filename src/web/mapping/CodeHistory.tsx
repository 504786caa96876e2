/** What was done with a code, and setting it aside. */
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { historyQuery } from '../api/mapping-queries.ts';
import type { MappingRow } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { capital } from '../ui/format.ts';
import { Ago } from '../ui/time.tsx';

export function CodeHistory({ row }: { row: MappingRow }) {
  const store = useStore(), { data } = useQuery(historyQuery(store.storeId, row.warehouseId, row.sku));
  if (!data || data.events.length === 0) return null;
  return (
    <section><h3>History</h3>
      <ol className="past">{data.events.map((event, n) => <li key={n}><div className="row"><b>{capital(event.what)}</b>{event.to ? <span>to {event.to}{event.from && `, before ${event.from}`}</span> : event.from && <span>from {event.from}</span>}</div><p className="dim small">{event.by}, <Ago at={event.at} />{event.said && <>: {event.said}</>}</p></li>)}</ol>
    </section>
  );
}

export function IgnoreCode({ row, close }: { row: MappingRow; close(): void }) {
  const store = useStore(), client = useQueryClient(), [asked, setAsked] = useState(false), [reason, setReason] = useState('');
  const save = useMutation({
    mutationFn: (why: string | null) => write('PUT', '/mapping/ignore', { store: store.storeId }, { warehouseId: row.warehouseId, sku: row.sku, reason: why, version: row.version }),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ['mapping'] }); close(); }, onError: () => { void client.invalidateQueries({ queryKey: ['mapping'] }); },
  });
  if (row.ignoredReason !== null) return <section><h3>Ignored</h3><p className="sentence">{row.ignoredReason}</p><div className="row"><Button variant="default" loading={save.isPending} onClick={() => save.mutate(null)}>Take it back</Button></div>{save.isError && <ErrorState title="It was not saved" error={save.error} />}</section>;
  if (!asked) return <div><Button variant="subtle" color="gray" onClick={() => setAsked(true)}>It is none of our items…</Button></div>;
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(reason); }}>
      <TextInput label="Why is it ignored?" placeholder="Pallets, packaging, another customer’s goods" data-autofocus value={reason} maxLength={300} onChange={(event) => setReason(event.currentTarget.value)} />
      {save.isError && <ErrorState title="It was not saved" error={save.error} />}
      <div className="row"><Button type="submit" variant="default" loading={save.isPending} disabled={reason.trim().length < 3}>Ignore the code</Button><Button variant="subtle" onClick={() => setAsked(false)}>Cancel</Button></div>
    </form>
  );
}
