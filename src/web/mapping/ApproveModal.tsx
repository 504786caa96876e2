/** Many suggestions at once: from how sure on, what that takes, and what it does to stock, before anything is saved. */
import { Button, Modal, NumberInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { approvalQuery, type Approved } from '../api/mapping-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { count, signed, units } from '../ui/format.ts';
import { Effects } from './Effects.tsx';

export function ApproveModal({ open, close }: { open: boolean; close(): void }) {
  return <Modal opened={open} onClose={close} size={680} title={<strong>Approve suggestions</strong>}>{open && <Approve close={close} />}</Modal>;
}

function Approve({ close }: { close(): void }) {
  const store = useStore(), client = useQueryClient(), [percent, setPercent] = useState(97), above = percent / 100, query = useQuery({ ...approvalQuery(store.storeId, above), placeholderData: keepPreviousData, staleTime: 0 }), seen = query.data;
  const save = useMutation({
    mutationFn: () => write<Approved>('POST', '/mapping/approve', { store: store.storeId }, { above, dryRun: false }),
    onSuccess: async (done) => { notifications.show({ message: `${count(done.codes, 'code')} matched. Their stock counts from now on.` }); await Promise.all(['mapping', 'push'].map((key) => client.invalidateQueries({ queryKey: [key] }))); close(); },
  });
  return (
    <div className="stack">
      <NumberInput label="At least so sure" suffix="%" min={50} max={100} step={1} decimalScale={1} w={160} value={percent} onChange={(value) => setPercent(Math.min(100, Math.max(50, Number(value) || 50)))} description="From 97% on, 99 of 100 were right on the corpus they were measured on." />
      {query.isError && !seen ? <ErrorState error={query.error} /> : !seen ? <Lines rows={5} /> : (
        <>
          <p className="sentence">{seen.codes === 0 ? 'No suggestion is so sure.' : <><b>{count(seen.codes, 'code')}</b> would be matched; {signed(seen.units)} units on the shelf would count as {seen.effects.length === 1 ? 'an item' : `${units(seen.effects.length)} items`}.</>}{seen.leftForAPerson > 0 && ` ${count(seen.leftForAPerson, 'code')} as sure ${seen.leftForAPerson === 1 ? 'is' : 'are'} left to you: the item has a code already, or two codes want it, and their shelves would add up.`}</p>
          {seen.effects.length > 0 && <Effects effects={seen.effects} />}
        </>
      )}
      {save.isError && <ErrorState title="Nothing was matched" error={save.error} />}
      <div className="row"><Button loading={save.isPending} disabled={!seen || seen.codes === 0 || query.isPlaceholderData} onClick={() => save.mutate()}>Approve {seen && seen.codes > 0 ? count(seen.codes, 'code') : ''}</Button><Button variant="subtle" onClick={close}>Cancel</Button></div>
    </div>
  );
}
