/** Who took which part of the daily running over, and taking one's own. */
import { Button, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type * as Contract from '../../http/contract-people.ts';
import type { Of } from '../../http/contract.ts';
import { write } from '../api/client.ts';
import { one } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, instant } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Status } from '../ui/tone.tsx';

type View = Of<typeof Contract.Handovers>;

export function HandoverPanel() {
  const store = useStore(), query = useQuery(one<View>(['help', 'handover', store.storeId], '/handover', { store: store.storeId }));
  return (
    <Panel flush title="Taken over">
      {query.isError ? <div className="panel-body"><ErrorState error={query.error} retry={() => void query.refetch()} /></div> : !query.data ? <div className="panel-body"><Lines rows={6} /></div> : (
        <Wide label="Who took what over">
          <table className="plain"><thead><tr><th>Part</th><th>By</th><th>When</th><th>Note</th></tr></thead>
            <tbody>{query.data.owners.map((each) => <Row key={each.owner} part={each} />)}</tbody></table>
        </Wide>)}
    </Panel>
  );
}

function Row({ part: { owner, taken, mayTake } }: { part: View['owners'][number] }) {
  const store = useStore(), client = useQueryClient(), [open, setOpen] = useState(false), [note, setNote] = useState('');
  const take = useMutation({
    mutationFn: () => write<View>('POST', '/handover', { store: store.storeId }, { owner, ...(note.trim() ? { note } : {}) }),
    onSuccess: async () => { setOpen(false); notifications.show({ message: 'Taken over: it stands here and in the audit trail.' }); await client.invalidateQueries({ queryKey: ['help', 'handover'] }); },
  });
  return (
    <tr>
      <td>{capital(owner)}</td>
      <td>{taken ? <>{taken.name}<div className="small dim">{taken.by}{taken.times > 1 && `, after ${taken.times - 1} before`}</div></> : <Status tone="neutral">Nobody yet</Status>}</td>
      <td>{taken ? instant(taken.at, store.timeZone) : <span className="dim">–</span>}</td>
      <td>
        {open ? (
          <form className="stack" onSubmit={(event) => { event.preventDefault(); take.mutate(); }}>
            <TextInput label="Note" description="I have done the first day of this part with the documents alone." value={note} maxLength={500} onChange={(event) => setNote(event.currentTarget.value)} data-autofocus />
            {take.isError && <ErrorState title="It was not taken over" error={take.error} />}
            <div className="row"><Button type="submit" size="compact-sm" loading={take.isPending}>Take it over</Button><Button size="compact-sm" variant="default" onClick={() => setOpen(false)}>Cancel</Button></div>
          </form>
        ) : <>{taken?.note}{mayTake && <div><Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>{taken ? 'Take over again…' : 'Take over…'}</Button></div>}</>}
      </td>
    </tr>
  );
}
