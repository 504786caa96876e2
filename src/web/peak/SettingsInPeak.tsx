/** While a peak is on settings stay as they are: what says so on the pages where they are changed, and where an administrator opens them for a while. */
import { Button, Popover, Select, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useContext, useState } from 'react';
import type * as Contract from '../../http/contract-peak.ts';
import type { Of } from '../../http/contract.ts';
import { write } from '../api/client.ts';
import { one } from '../api/queries.ts';
import { CurrentStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { Banner } from '../ui/feedback.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import './peak.css';

type Settings = Of<typeof Contract.PeakSettings>;
type Action = Of<typeof Contract.PeakAction>;
const settingsQuery = (store: number) => ({ ...one<Settings>(['push', 'peak-settings', store], '/peak/settings', { store }), refetchInterval: 30_000 });

/** Nothing outside a peak. On pages that may have no store yet, too. */
export function SettingsBanner() {
  const store = useContext(CurrentStore), { data } = useQuery({ ...settingsQuery(store?.storeId ?? 0), enabled: store !== null });
  if (!data?.peakUntil) return null;
  return <div className="settings-banner">{data.openedUntil === null
    ? <Banner action={<AppLink to="/peak">{data.mayOpen ? 'Open them…' : 'Peak monitor'}</AppLink>}>A peak is on; it ends <Ago at={data.peakUntil} />. Until then locations, matches, bundles, warehouses and policies stay as they are.</Banner>
    : <Banner action={<AppLink to="/peak">Peak monitor</AppLink>}>A peak is on, and settings were opened; they close <Ago at={data.openedUntil} />. What is changed now acts in the rush.</Banner>}</div>;
}

/** On the peak monitor: locked or open, and the way from one to the other. */
export function SettingsLock({ storeId }: { storeId: number }) {
  const { data } = useQuery(settingsQuery(storeId)), client = useQueryClient(), [asking, setAsking] = useState(false), [minutes, setMinutes] = useState('30'), [reason, setReason] = useState('');
  const act = useMutation({
    mutationFn: (action: Action) => write('POST', '/peak', { store: storeId }, action),
    onSuccess: async (_, { action }) => { notifications.show({ message: action === 'open settings' ? 'Settings are open for a while' : 'Settings stay as they are again' }); await Promise.all(['push', 'peak'].map((key) => client.invalidateQueries({ queryKey: [key] }))); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  if (!data?.peakUntil) return null;
  if (data.openedUntil !== null) {
    return <div className="row"><Status tone="warn" pill icon={IconLockOpen}>Settings open, closed <Ago at={data.openedUntil} /></Status><Button variant="default" leftSection={<IconLock size={15} />} loading={act.isPending} onClick={() => act.mutate({ action: 'close settings', reason: '' })}>Close them</Button></div>;
  }
  return (
    <div className="row">
      <Status tone="held" pill icon={IconLock}>Settings stay as they are</Status>
      <Popover opened={asking} onChange={setAsking} width={300} trapFocus>
        <Popover.Target><Button variant="default" leftSection={<IconLockOpen size={15} />} disabled={!data.mayOpen} loading={act.isPending} title={data.mayOpen ? undefined : 'Only administrators open settings in a peak'} onClick={() => setAsking(!asking)}>Open settings…</Button></Popover.Target>
        <Popover.Dropdown aria-label="Open settings in the peak">
          <form className="stack" onSubmit={(event) => { event.preventDefault(); setAsking(false); act.mutate({ action: 'open settings', minutes: Number(minutes), reason: reason.trim() }); }}>
            <p className="small dim">For everybody, for so long; then they are closed by themselves. It is kept who opened them and why.</p>
            <Select label="For" value={minutes} onChange={(value) => setMinutes(value ?? '30')} data={[['15', 'a quarter of an hour'], ['30', 'half an hour'], ['60', 'an hour'], ['240', 'four hours']].map(([value, label]) => ({ value: value!, label: label! }))} allowDeselect={false} comboboxProps={{ withinPortal: false }} />
            <Textarea label="Why?" value={reason} maxLength={300} autosize minRows={2} data-autofocus onChange={(event) => setReason(event.currentTarget.value)} />
            <Button type="submit" disabled={reason.trim().length < 3}>Open</Button>
          </form>
        </Popover.Dropdown>
      </Popover>
      {!data.mayOpen && <span className="dim small">An administrator may open them.</span>}
    </div>
  );
}
