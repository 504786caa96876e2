/** Settings → Alerts: who is told of what by which way, and every message with its tries. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBellPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { alertChannelsQuery, type AlertChannel } from '../api/alert-queries.ts';
import { write } from '../api/client.ts';
import { SettingsTabs } from '../settings/SettingsTabs.tsx';
import { useStore } from '../shell/store.tsx';
import { Banner, EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { capital } from '../ui/format.ts';
import { Facts, Page, Panel } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import { ViewTabs } from '../ui/ViewTabs.tsx';
import { ChannelDrawer } from './ChannelForm.tsx';
import { health, hour, KINDS, quietWords, SEVERITIES } from './channel-words.ts';
import { DeliveriesTab } from './DeliveriesTab.tsx';
import '../settings/settings.css';

const route = getRouteApi('/app/settings/alerts');

export function AlertsPage() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), query = useQuery(alertChannelsQuery(store.storeId)), channels = query.data?.channels;
  const edit = (id: string | undefined): void => void navigate({ search: (old) => ({ ...old, edit: id }) });
  const add = <Button leftSection={<IconBellPlus size={15} />} onClick={() => edit('new')}>Add a channel</Button>;
  return (
    <Page title="Alerts" fill={search.tab === 'deliveries'} aside={channels && channels.length > 0 && add}>
      <SettingsTabs />
      <ViewTabs within label="Parts of alerts" views={[{ id: 'channels', label: 'Channels' }, { id: 'deliveries', label: 'Deliveries' }]} current={search.tab ?? 'channels'} change={(id) => ({ tab: id === 'deliveries' ? 'deliveries' : undefined })} />
      {search.tab === 'deliveries' ? <DeliveriesTab channels={channels ?? []} /> : (
        <div className="stack below-tabs">
          {query.data && !query.data.mailReady && channels!.some((one) => one.kind === 'email') && <Banner>No mail server is set, so mail waits: set INSTEP_SMTP_URL and INSTEP_MAIL_FROM and start again.</Banner>}
          {query.isError && !channels ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !channels ? <Panel><Lines rows={8} /></Panel>
            : channels.length === 0 ? <Panel><EmptyState title="Nobody is told yet" action={add}>Whoever owns an exception sees it on Today. Add a channel to be told by e-mail, Slack, Teams or a webhook as well, and to get the daily check each morning.</EmptyState></Panel>
              : channels.map((channel) => <One key={channel.channelId} channel={channel} timeZone={query.data!.timeZone} edit={() => edit(channel.channelId)} />)}
        </div>
      )}
      <ChannelDrawer of={search.edit === 'new' ? 'new' : channels?.find((one) => one.channelId === search.edit)} close={() => edit(undefined)} />
    </Page>
  );
}

function One({ channel, timeZone, edit }: { channel: AlertChannel; timeZone: string; edit(): void }) {
  const store = useStore(), client = useQueryClient(), look = health(channel);
  const test = useMutation({
    mutationFn: () => write('POST', `/alerts/channels/${channel.channelId}/test`, { store: store.storeId }),
    onSuccess: () => { notifications.show({ message: 'A test is on its way; how it went stands under Deliveries within seconds' }); return client.invalidateQueries({ queryKey: ['alerts'] }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  return (
    <Panel title={<span className="row">{channel.name}<Status tone={look.tone} pill>{look.word}</Status><span className="dim panel-note">{KINDS[channel.kind].label}</span></span>}
      aside={<><Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>Test</Button><Button variant="default" onClick={edit}>Change</Button></>}>
      {channel.stateReason && <p className="negative">{channel.stateReason}</p>}
      <div className="columns">
        <div className="span-4"><h3 className="small-head">Hears</h3><Facts rows={[['Roles', channel.roles.length === 0 ? 'all' : channel.roles.map(capital).join(', ')], ['Cases', SEVERITIES[channel.leastSeverity] ?? ''], ['Daily check', channel.digestHour === null ? 'no' : `at ${hour(channel.digestHour)}`]]} /></div>
        <div className="span-4"><h3 className="small-head">Quiet</h3><Facts rows={[['Hours', quietWords(channel)], ['Clock', timeZone], ['What is wrong now', 'told at any hour']]} /></div>
        <div className="span-4"><h3 className="small-head">Address</h3><Facts rows={[['To', <span key="t" style={{ overflowWrap: 'anywhere' }}>{channel.shown}</span>], ['Got through', channel.deliveredAt ? <Ago key="d" at={channel.deliveredAt} /> : 'not yet'], ['Messages', <Link key="l" to="/settings/alerts" search={{ tab: 'deliveries', channel: channel.channelId }}>Deliveries</Link>]]} /></div>
      </div>
    </Panel>
  );
}
