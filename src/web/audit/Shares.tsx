/** A period's report for people outside: addresses made for them, how often they were read, and taking one back. */
import { Button, Drawer, NativeSelect, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconShare2 } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sharesQuery, type ShareMade, type SharedPeriod } from '../api/audit-queries.ts';
import { write } from '../api/client.ts';
import { CopyField } from '../settings/CopyField.tsx';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { count, instant } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { Status } from '../ui/tone.tsx';

const DAYS = [{ value: '7', label: 'a week' }, { value: '30', label: '30 days' }, { value: '90', label: '90 days' }, { value: '365', label: 'a year' }];

export function Shares({ from, to }: { from: string; to: string }) {
  const store = useStore(), query = useQuery(sharesQuery(store.storeId, from, to)), [open, setOpen] = useState(false);
  return (
    <Panel title="Shared" aside={query.data?.mayShare && <Button size="compact-sm" variant="default" leftSection={<IconShare2 size={14} />} onClick={() => setOpen(true)}>Share…</Button>}>
      {query.isError ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !query.data ? <Lines rows={2} /> : query.data.shares.length === 0
        ? <p className="dim">With nobody outside. An accountant reads this report by an address of their own, without an account{query.data.mayShare ? '' : '; administrators and finance make one'}.</p>
        : <ul className="shared-reports">{query.data.shares.map((share) => <Share key={share.sharedPeriodId} share={share} may={query.data.mayShare} />)}</ul>}
      <Drawer opened={open} onClose={() => setOpen(false)} size={460} title={<strong>Share this report</strong>}>{open && <Make from={from} to={to} close={() => setOpen(false)} />}</Drawer>
    </Panel>
  );
}

function Share({ share, may }: { share: SharedPeriod; may: boolean }) {
  const store = useStore(), client = useQueryClient();
  const end = useMutation({
    mutationFn: () => write('DELETE', `/periods/shares/${share.sharedPeriodId}`, { store: store.storeId }),
    onSuccess: async () => { notifications.show({ message: 'The address opens nothing any more.' }); await client.invalidateQueries({ queryKey: ['audit', 'shares'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  return (
    <li className="row">
      <span className="grow"><b>{share.sharedFor}</b> {!share.open && <Status tone="neutral">{share.endedAt === null ? 'Over' : 'Taken back'}</Status>}
        <div className="small dim">by {share.madeBy}; {share.endedAt !== null ? `taken back by ${share.endedBy ?? ''}` : `until ${instant(share.until, store.timeZone)}`}; {share.opened === 0 ? 'not read yet' : `read ${count(share.opened, 'time')}, last ${instant(share.openedAt!, store.timeZone)}`}</div></span>
      {may && share.open && <Button size="compact-sm" variant="default" loading={end.isPending} onClick={() => end.mutate()}>Take back</Button>}
    </li>
  );
}

function Make({ from, to, close }: { from: string; to: string; close(): void }) {
  const store = useStore(), client = useQueryClient(), [whom, setWhom] = useState(''), [days, setDays] = useState('30');
  const make = useMutation({
    mutationFn: () => write<ShareMade>('POST', '/periods/shares', { store: store.storeId }, { from, to, sharedFor: whom, days: Number(days) }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['audit', 'shares'] }),
  });
  if (make.data) {
    return (
      <div className="stack">
        <p>Give this address to {whom}. It is shown once: Instep keeps no more than its hash. Who has it can read this one report until {instant(make.data.until, store.timeZone)}.</p>
        <CopyField label="Address" value={make.data.url} />
        <div><Button variant="default" onClick={close}>Done</Button></div>
      </div>
    );
  }
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); make.mutate(); }}>
      <p>Whoever has the address reads this report, and nothing else of Instep: no account is needed, and nothing can be changed. Who made it for whom stands in the audit trail.</p>
      <TextInput label="For" description="As in “Ms Okafor, auditor”." required maxLength={200} value={whom} onChange={(event) => setWhom(event.currentTarget.value)} data-autofocus />
      <NativeSelect label="Readable for" data={DAYS} value={days} onChange={(event) => setDays(event.currentTarget.value)} />
      {make.isError && <ErrorState title="No address was made" error={make.error} />}
      <div><Button type="submit" loading={make.isPending} disabled={whom.trim() === ''}>Make an address</Button></div>
    </form>
  );
}
