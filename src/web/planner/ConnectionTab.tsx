/** How the connection is, which of its warehouses is which location, and what its documents leave open. */
import { Button, NativeSelect } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { openQuestions } from '../../domain/planner/open-questions.ts';
import { write } from '../api/client.ts';
import type { PlannerPlace, PlannerView } from '../api/planner-queries.ts';
import type { TestResult } from '../api/queries.ts';
import { Checks } from '../settings/Checks.tsx';
import { useStore } from '../shell/store.tsx';
import { useLocations } from '../table/LocationVendorFilter.tsx';
import { Banner, ErrorState } from '../ui/feedback.tsx';
import { units } from '../ui/format.ts';
import { Facts, Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status, type Tone } from '../ui/tone.tsx';

const HEALTH: Record<PlannerView['status'], { tone: Tone; word: string }> = { ok: { tone: 'good', word: 'Answers' }, new: { tone: 'neutral', word: 'Not tested yet' }, failing: { tone: 'bad', word: 'Does not answer' } };
const KIND: Record<PlannerPlace['kind'], string> = { warehouse: 'of the shop', combined: 'adds others up', own: 'kept by hand there' };

export function ConnectionTab({ planner, edit }: { planner: PlannerView; edit(): void }) {
  const store = useStore(), client = useQueryClient(), health = HEALTH[planner.status];
  const test = useMutation({ mutationFn: () => write<TestResult>('POST', '/planner/test', { store: store.storeId }, {}), onSettled: () => client.invalidateQueries({ queryKey: ['planner'] }) });
  return (
    <div className="stack planner-connection">
      {planner.unknownStatuses.length > 0 && <Banner action={<Button size="compact-xs" variant="default" onClick={edit}>Say what they mean</Button>}>Orders there are in {planner.unknownStatuses.map((name) => `“${name}”`).join(', ')}, and nobody has said whether that is active, draft, closed or cancelled. They wait.</Banner>}
      {planner.counts.held > 0 && <Banner action={<Button size="compact-xs" variant="default" onClick={edit}>Decide</Button>}>Receipts of {units(planner.counts.held)} {planner.counts.held === 1 ? 'order is' : 'orders are'} not told: Inventory Planner might raise Shopify’s stock for them a second time. Say whether it does.</Banner>}
      <Panel title={<span className="row">Connection<Status tone={health.tone} pill>{health.word}</Status></span>} aside={<Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>Test</Button>}>
        <div className="stack">
          {planner.lastError && <p className="negative">{planner.lastError}</p>}
          {test.isError && <ErrorState title="The test could not run" error={test.error} />}
          {test.data && <Checks result={test.data} />}
          <div className="columns">
            <div className="span-4"><h3 className="small-head">Account</h3><Facts rows={[['Account', planner.account], ['Address', planner.origin], ['Key', 'kept, encrypted'], ['Last exchange', <Ago key="e" at={planner.exchangedAt} />], ['Tested', <Ago key="t" at={planner.checkedAt} />]]} /></div>
            <div className="span-4"><h3 className="small-head">Moves</h3><Facts rows={[['Our orders', planner.sendsOrders ? 'told there' : 'stay here'], ['Their orders', planner.takesOrders ? 'taken over' : 'stay there'], ['Receipts', planner.pushesStock ? 'careful: it may raise stock' : 'told both ways'], ['Files to SFTP', <Link key="f" to="/settings/planner" search={{ tab: 'files' }}>{planner.sftp ? <Ago at={planner.filesSentAt} /> : 'not set up'}</Link>]]} /></div>
            <div className="span-4"><h3 className="small-head">Known there</h3><Facts rows={[['Variants', units(planner.counts.variants)], ['Not an item here', planner.counts.unmatched === 0 ? 'none' : units(planner.counts.unmatched)], ['Shared orders', <Link key="o" to="/settings/planner" search={{ tab: 'orders' }}>{units(planner.counts.orders)}</Link>], ['Refused or unclear', planner.counts.refused === 0 ? 'none' : <Link key="r" to="/settings/planner" search={{ tab: 'orders', stuck: 'yes' }}>{units(planner.counts.refused)}</Link>]]} /></div>
          </div>
        </div>
      </Panel>
      <Panel title="Its warehouses" flush>
        {planner.places.length === 0 ? <p className="dim pad">They are read by the first exchange.</p> : (
          <Wide label="Its warehouses"><table className="plain"><thead><tr><th>Warehouse there</th><th>Kind</th><th>Location here</th><th>Its stock is of</th></tr></thead><tbody>{planner.places.map((place) => <Place key={place.plannerWarehouseId} place={place} />)}</tbody></table></Wide>
        )}
      </Panel>
      <Panel title="What its documents leave open" flush>
        <Wide label="Open questions"><table className="plain questions"><thead><tr><th>Question</th><th>What Instep does until it is answered</th></tr></thead>
          <tbody>{openQuestions({ pushesStock: planner.pushesStock, statusNames: Object.keys(planner.statusTypes).length }).map(({ question, inUse }) => <tr key={question}><td>{question}</td><td>{inUse}</td></tr>)}</tbody></table></Wide>
      </Panel>
    </div>
  );
}

function Place({ place }: { place: PlannerPlace }) {
  const store = useStore(), client = useQueryClient(), locations = useLocations();
  const give = useMutation({
    mutationFn: (locationId: number | null) => write('PUT', `/planner/places/${encodeURIComponent(place.plannerWarehouseId)}`, { store: store.storeId }, { locationId }),
    onSuccess: () => notifications.show({ message: `${place.name} is changed; the next exchange counts it` }), onError: (error) => notifications.show({ color: 'red', message: error.message }), onSettled: () => client.invalidateQueries({ queryKey: ['planner'] }),
  });
  return (
    <tr>
      <td><b>{place.name}</b> {place.isDisabled && <Status tone="neutral">disabled</Status>}<br /><code className="small dim">{place.plannerWarehouseId}</code></td>
      <td>{KIND[place.kind]}</td>
      <td>{place.kind === 'combined' ? <span className="dim">none: nothing is received there</span> : (
        <span className="row tight"><NativeSelect size="xs" aria-label={`Location of ${place.name}`} value={place.locationId === null ? '' : String(place.locationId)} disabled={give.isPending} onChange={(event) => give.mutate(event.currentTarget.value === '' ? null : Number(event.currentTarget.value))} data={[{ value: '', label: 'none' }, ...locations.map((each) => ({ value: String(each.locationId), label: each.name }))]} />
          {place.matchedBy !== 'nobody' && <span className="dim small">{place.matchedBy === 'same id' ? 'by Shopify’s id' : place.matchedBy}</span>}</span>)}</td>
      <td><Ago at={place.syncedAt} /></td>
    </tr>
  );
}
