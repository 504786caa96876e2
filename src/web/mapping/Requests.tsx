/** Changes of matches that wait for a second person: what each would do, and who may agree. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconUserCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMe } from '../exceptions/actions.ts';
import { write } from '../api/client.ts';
import { requestsQuery, type MatchRequest } from '../api/mapping-queries.ts';
import { useStore } from '../shell/store.tsx';
import { count } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';

const SHOWN = 3;

export function Requests() {
  const store = useStore(), query = useQuery(requestsQuery(store.storeId)), waiting = query.data?.requests.filter((each) => each.state === 'waits') ?? [];
  if (waiting.length === 0) return null;
  return <Panel title="Waits for a second person" aside={<span className="dim small">above {count(query.data!.limit, 'unit')}</span>} className="match-requests"><ul className="match-list">{waiting.map((each) => <Waiting key={each.requestId} asked={each} />)}</ul></Panel>;
}

function Waiting({ asked }: { asked: MatchRequest }) {
  const store = useStore(), me = useMe(), client = useQueryClient(), own = asked.askedBy === me;
  const decide = useMutation({
    mutationFn: (action: 'approve' | 'withdraw') => write('POST', `/mapping/requests/${asked.requestId}`, { store: store.storeId }, { action }),
    onSuccess: (_answer, action) => notifications.show({ message: action === 'approve' ? `${count(asked.count, 'code')} changed: ${count(asked.units, 'unit')} count as another item now` : 'Taken back; nothing was changed' }),
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
    onSettled: () => Promise.all(['mapping', 'push', 'warehouses'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <li className="row">
      <Status tone="held" icon={IconUserCheck}>{count(asked.units, 'unit')}</Status>
      <span className="grow">{asked.codes.slice(0, SHOWN).map((code) => `${code.sku}, now ${code.from ?? 'nobody’s'}, would be ${code.to ?? 'nobody’s'}`).join('; ')}{asked.count > SHOWN && ` and ${count(asked.count - SHOWN, 'more code', 'more codes')}`}<br /><span className="dim small">asked by {asked.askedBy} <Ago at={asked.askedAt} />{own && '; somebody else has to agree'}</span></span>
      <Button disabled={own} loading={decide.isPending} onClick={() => decide.mutate('approve')} title={own ? 'You asked for it: somebody else has to agree' : undefined}>Approve</Button>
      <Button variant="default" loading={decide.isPending} onClick={() => decide.mutate('withdraw')}>{own ? 'Take back' : 'Refuse'}</Button>
    </li>
  );
}
