/** Settings → Connections: which shops are connected, how well, and connecting another. */
import { Button, Progress } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { connectionsQuery, type Connection, type TestResult } from '../api/queries.ts';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Facts, Page, Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';
import { ConnectForm } from './ConnectForm.tsx';
import { Checks } from './Checks.tsx';
import { ReplaceSecret } from './ReplaceSecret.tsx';
import { SettingsTabs } from './SettingsTabs.tsx';
import './settings.css';

const HEALTH: Record<Connection['status'], { tone: Tone; word: string }> = { ok: { tone: 'good', word: 'Connected' }, new: { tone: 'neutral', word: 'Not tested yet' }, failing: { tone: 'warn', word: 'Failing' }, dead: { tone: 'bad', word: 'Refused by Shopify' } };

export function ConnectionsPage() {
  const query = useQuery(connectionsQuery()), [connecting, setConnecting] = useState(false);
  const connections = query.data?.connections;
  return (
    <Page title="Connections" aside={connections && connections.length > 0 && !connecting && <Button leftSection={<IconPlugConnected size={15} />} onClick={() => setConnecting(true)}>Connect a shop</Button>}>
      <SettingsTabs />
      <div className="stack">
        {(connecting || connections?.length === 0) && <ConnectForm close={connections?.length ? () => setConnecting(false) : undefined} />}
        {query.isError && !connections ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !connections ? <Panel><Lines rows={10} /></Panel>
          : connections.length === 0 ? <EmptyState title="No shop is connected">Fill in the form above; Instep then reads the shop’s products, stock and sales.</EmptyState> : connections.map((each) => <ConnectionPanel key={each.storeId} connection={each} />)}
      </div>
    </Page>
  );
}

function ConnectionPanel({ connection }: { connection: Connection }) {
  const client = useQueryClient(), health = HEALTH[connection.status];
  const test = useMutation({ mutationFn: () => write<TestResult>('POST', `/connections/${connection.storeId}/test`, {}), onSettled: () => client.invalidateQueries({ queryKey: ['connections'] }) });
  return (
    <Panel title={<span className="row">{connection.shopDomain}<Status tone={health.tone} pill>{health.word}</Status>{connection.isSandbox && <span className="sandbox-tag">Sandbox</span>}</span>} aside={<span className="row"><ReplaceSecret storeId={connection.storeId} /><Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>Test the connection</Button></span>}>
      <div className="stack">
        {connection.lastError && <p className="negative">{connection.lastError}</p>}
        {test.isError && <ErrorState title="The test could not run" error={test.error} />}
        {test.data && <Checks result={test.data} />}
        <div className="columns">
          <div className="span-4"><h3 className="small-head">Connection</h3><Facts rows={[['API version', connection.apiVersion], ['Checked', <Ago key="checked" at={connection.checkedAt} />], ['Token renews', <Ago key="token" at={connection.tokenExpiresAt} />], ['Call budget', connection.bucket ? <Bucket key="bucket" bucket={connection.bucket} /> : 'not used yet']]} /></div>
          <div className="span-4"><h3 className="small-head">Events from Shopify</h3><Facts rows={[['Received today', units(connection.webhooks.receivedToday)], ['Last received', <Ago key="last" at={connection.webhooks.lastReceivedAt} />], ['Rejected (bad signature)', units(connection.webhooks.rejectedToday)], ['Set aside unread', units(connection.webhooks.deadLetters)], ['Kinds seen', units(connection.webhooks.topics.length)]]} /></div>
          <div className="span-4"><h3 className="small-head">Scopes</h3>
            <p>{connection.missingScopes.length === 0 ? <Status tone="good">Every scope needed is granted ({connection.scopes.length})</Status> : <Status tone="bad">{count(connection.missingScopes.length, 'scope')} missing</Status>}</p>
            <p className="tags">{connection.missingScopes.map((scope) => <span key={scope} className="tag negative">missing: {scope}</span>)}{connection.scopes.map((scope) => <span key={scope} className="tag">{scope}</span>)}</p>
          </div>
        </div>
        {connection.webhooks.topics.length > 0 && <div><h3 className="small-head">When each kind of event counts as silent</h3><Topics topics={connection.webhooks.topics} /></div>}
        <div><h3 className="small-head">Locations, and who is right about the stock there</h3><Locations locations={connection.locations} /></div>
      </div>
    </Panel>
  );
}

function Bucket({ bucket }: { bucket: NonNullable<Connection['bucket']> }) {
  const words = `${units(bucket.available)} of ${units(bucket.maximum)} points, ${units(bucket.restoreRate)} back each second`;
  return <span>{words}<Progress size={6} mt={4} value={(100 * bucket.available) / bucket.maximum} aria-label={words} /></span>;
}

/** A topic beside its own habit: when it was heard, and when not hearing it becomes a case. */
function Topics({ topics }: { topics: Connection['webhooks']['topics'] }) {
  return (
    <Wide label="Events by kind">
      <table className="plain">
        <thead><tr><th>Topic</th><th>Last heard</th><th className="num">Usual gap, messages</th><th className="num">Expected since</th><th>Silent from</th></tr></thead>
        <tbody>{topics.map((each) => (
          <tr key={each.topic}><td><code>{each.topic}</code></td><td><Ago at={each.lastAt} /></td><td className="num">{each.usual === null ? '–' : Math.ceil(each.usual)}</td><td className="num">{each.expected === null ? '–' : Math.floor(each.expected)}</td>
            <td>{each.usual === null ? <span className="dim">too few yet to tell</span> : each.silent ? <Status tone="bad">silent since <Ago at={each.silentFrom} /></Status> : each.silentFrom === null ? <span className="dim">not within four weeks</span> : <Ago at={each.silentFrom} />}</td></tr>
        ))}</tbody>
      </table>
    </Wide>
  );
}

function Locations({ locations }: { locations: Connection['locations'] }) {
  return (
    <Wide label="Locations">
      <table className="plain">
        <thead><tr><th>Location</th><th>Shopify id</th><th>State</th><th>Authority</th></tr></thead>
        <tbody>{locations.map((location) => <tr key={location.locationId}><td>{location.name}</td><td><code>{location.shopifyLocationId}</code></td><td>{location.isActive ? <Status tone="good">Active</Status> : <Status tone="warn">Inactive</Status>}</td><td>{location.authority === 'storefront' ? 'Shopify: Instep reads, and never sets the stock' : 'Warehouse: Instep sets what Shopify shows'}</td></tr>)}</tbody>
      </table>
    </Wide>
  );
}
