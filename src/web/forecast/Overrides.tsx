/** Every override a series has had, newest first; what is in force can be undone, with a reason. */
import { Button, Modal, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { write } from '../api/client.ts';
import type { Override } from '../api/forecast-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, day } from '../ui/format.ts';
import { Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';

const LOOK: Record<Override['state'], Tone> = { 'in force': 'held', past: 'neutral', expired: 'neutral', undone: 'neutral' };

export function Overrides({ query }: { query: UseQueryResult<{ overrides: Override[] }> }) {
  if (query.isError && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Lines rows={3} />;
  const rows = query.data.overrides;
  if (rows.length === 0) return <p className="dim foot">Nobody has said anything other than the engine. An override changes what is planned and shown for a range of days; the engine’s own number stays beside it.</p>;
  return <OverrideTable rows={rows} place={(row) => (row.locationId === null ? 'at each location' : 'here')} />;
}

/** `item` is the first column, where rows are of several. */
export function OverrideTable<Row extends Override>({ rows, item, place }: { rows: readonly Row[]; item?: (row: Row) => ReactNode; place(row: Row): ReactNode }) {
  const [undo, setUndo] = useState<Override | null>(null);
  return (
    <>
      <Wide label="Overrides">
        <table className="plain override-list">
          <thead><tr>{item && <th>SKU</th>}<th>Days</th><th>Says</th><th>Where</th><th>Reason</th><th>By</th><th>State</th><th><span className="sr">Undo</span></th></tr></thead>
          <tbody>{rows.map((row) => (
            <tr key={row.overrideId}>
              {item && <td>{item(row)}</td>}
              <td>{row.from === row.to ? day(row.from) : `${day(row.from)} to ${day(row.to)}`}</td><td><strong>{capital(row.words)}</strong></td><td>{place(row)}</td><td>{row.reason}</td><td className="dim">{row.author}, <Ago at={row.createdAt} /></td>
              <td><Status tone={LOOK[row.state]} title={row.endReason ?? undefined}>{capital(row.state)}</Status>{row.endedAt !== null ? <span className="dim small"> by {row.endedBy}: {row.endReason}</span> : row.expiresOn !== null && row.state === 'in force' && <span className="dim small"> until {day(row.expiresOn)}</span>}</td>
              <td>{row.state === 'in force' && <Button variant="default" size="compact-xs" onClick={() => setUndo(row)}>Undo</Button>}</td>
            </tr>))}
          </tbody>
        </table>
      </Wide>
      <Modal opened={undo !== null} onClose={() => setUndo(null)} title={<strong>Undo “{undo?.words}”</strong>}>{undo && <Undo row={undo} close={() => setUndo(null)} />}</Modal>
    </>
  );
}

function Undo({ row, close }: { row: Override; close(): void }) {
  const store = useStore(), client = useQueryClient(), [reason, setReason] = useState('');
  const end = useMutation({
    mutationFn: () => write('POST', `/overrides/${row.overrideId}/end`, { store: store.storeId }, { reason: reason.trim() }),
    onSuccess: async () => {
      notifications.show({ message: 'Undone. The plan is being computed again.' });
      await Promise.all(['demand', 'forecast', 'advice', 'overrides'].map((key) => client.invalidateQueries({ queryKey: [key] })));
      close();
    },
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); end.mutate(); }}>
      <p>The engine’s number counts again{row.locationId === null ? ' at each location' : ''}. The override stays in the history.</p>
      <TextInput size="sm" label="Reason" autoFocus maxLength={500} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      {end.isError && <ErrorState title="It was not undone" error={end.error} />}
      <div><Button type="submit" size="sm" loading={end.isPending} disabled={reason.trim().length < 3}>Undo it</Button></div>
    </form>
  );
}
