/** Submit what was counted; approve it with a reason, or reject it. */
import { Button, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { countQuery, type StockCountDetail } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { count } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';

type Verdict = 'submit' | 'approve' | 'reject';
const SAID: Record<Verdict, string> = { submit: 'Submitted. Somebody approves it next.', approve: 'Approved. The differences are being posted.', reject: 'Rejected. Nothing was changed.' };
/** A reason of at least this many letters: it stands beside the movements. */
const SHORTEST_REASON = 3;

export function Decision({ row }: { row: StockCountDetail }) {
  const store = useStore(), client = useQueryClient(), [reason, setReason] = useState(''), differ = row.items.filter((item) => item.difference !== 0).length;
  const decide = useMutation({
    mutationFn: (decision: Verdict) => write<StockCountDetail>('POST', `/counts/${row.countId}/decision`, { store: store.storeId }, { decision, ...(reason.trim().length >= SHORTEST_REASON ? { reason: reason.trim() } : {}) }),
    onSuccess: async (next, decision) => {
      client.setQueryData(countQuery(store.storeId, row.countId).queryKey, next);
      notifications.show({ message: SAID[decision] });
      await Promise.all(['counts', 'stock', 'push'].map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
  });
  const short = reason.trim().length < SHORTEST_REASON;
  return (
    <Panel title={row.state === 'open' ? 'Ready?' : 'Decide'}>
      <div className="stack">
        {row.state === 'open' ? (
          <><p>{differ === 0 ? 'Every line is as expected.' : `${count(differ, 'line')} ${differ === 1 ? 'differs' : 'differ'}.`} After submitting nothing more can be added; the stock changes once somebody approves.</p>
            <div><Button size="sm" loading={decide.isPending} onClick={() => decide.mutate('submit')}>Submit for approval</Button></div></>
        ) : (
          <><p>{differ === 0 ? 'Nothing differs: approving changes no stock.' : row.authority === 'warehouse' ? `Approving sets ${count(differ, 'line')} right on the warehouse’s shelf; what Shopify shows follows.` : `Approving changes ${count(differ, 'line')} in Shopify by the difference, once.`}</p>
            <TextInput size="sm" className="reason" label="Reason" placeholder="Recounted, two cartons were in the wrong bay" value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
            <div className="row"><Button size="sm" loading={decide.isPending && decide.variables === 'approve'} disabled={short || decide.isPending} onClick={() => decide.mutate('approve')}>Approve</Button><Button size="sm" variant="default" loading={decide.isPending && decide.variables === 'reject'} disabled={short || decide.isPending} onClick={() => decide.mutate('reject')}>Reject</Button>{short && <span className="dim small">Both need a reason: it stands beside the movements.</span>}</div></>
        )}
        {decide.isError && <ErrorState title="It was not decided" error={decide.error} />}
      </div>
    </Panel>
  );
}
