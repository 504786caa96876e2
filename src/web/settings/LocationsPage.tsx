/** Settings → Locations: who is right about the stock of each, and how Instep may write it. */
import { Button, Modal, NativeSelect, NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { locationsQuery, warehousesQuery, type LocationView } from '../api/stock-queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { count, percent, units } from '../ui/format.ts';
import { Page, Panel, Wide } from '../ui/page.tsx';
import { Ago, useNow } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';
import { BufferRules } from './BufferRules.tsx';
import { useLocationChange } from './location-changes.ts';
import { ModeControl } from './ModeControl.tsx';
import { PolicyDrawer } from './PolicyDrawer.tsx';
import { SettingsTabs } from './SettingsTabs.tsx';
import './settings.css';

const route = getRouteApi('/app/settings/locations');

export function LocationsPage() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), query = useQuery(locationsQuery(store.storeId)), rows = query.data?.locations;
  const open = (location: number | undefined): void => void navigate({ search: (old) => ({ ...old, location }) });
  return (
    <Page title="Locations">
      <SettingsTabs />
      <div className="stack">
        <p className="dim">Each location has one side that is right about its stock. Where it is Shopify, Instep reads and never writes. Where it is a warehouse, Instep sets what Shopify shows: off, then in shadow, then live. A place that is bought at another one orders nothing itself: the other plans for both, with the days a transfer takes, and Transfers proposes what to move.</p>
        {query.isError && !rows ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !rows ? <Panel><Lines rows={6} /></Panel> : (
          <Panel flush><Wide label="Locations">
            <table className="plain locations">
              <thead><tr><th>Location</th><th>Right about stock</th>{rows.length > 1 && <th title="Which place orders from suppliers for it">Bought at</th>}<th>Writing</th><th>Levels</th><th>Buffer</th><th className="num">First push cap</th><th><span className="sr">Change</span></th></tr></thead>
              <tbody>{rows.map((row) => <Row key={row.locationId} row={row} all={rows} open={() => open(row.locationId)} />)}</tbody>
            </table>
          </Wide></Panel>
        )}
        {rows?.some((row) => row.authority === 'warehouse') && <BufferRules locations={rows} />}
      </div>
      <PolicyDrawer row={rows?.find((row) => row.locationId === search.location)} close={() => open(undefined)} />
    </Page>
  );
}

function Row({ row, all, open }: { row: LocationView; all: readonly LocationView[]; open(): void }) {
  const now = useNow(), { policy } = row, warehouse = row.authority === 'warehouse';
  return (
    <tr>
      <td className="location-name"><b>{row.name}</b><br /><code className="small dim">{row.shopifyLocationId}</code>{!row.isActive && <> <Status tone="warn">Inactive</Status></>}</td>
      <td><Authority row={row} /></td>
      {all.length > 1 && <td><BoughtAt row={row} all={all} /></td>}
      <td>{warehouse ? <span className="row tight"><ModeControl row={row} />{policy?.paused && <Status tone="held">Paused</Status>}</span> : <span className="dim">reads only</span>}</td>
      <td>{warehouse ? <Levels row={row} /> : <span className="dim">–</span>}</td>
      <td>{policy ? <>{percent(policy.bufferQuantile)} of what sells during the lag<br /><span className="dim small">at most {percent(policy.bufferCapShare)} of the shelf{policy.bufferCapUnits !== null && `, ${count(policy.bufferCapUnits, 'unit')}`}{policy.peakUntil && Date.parse(policy.peakUntil) > now && <> · peak {percent(policy.peakQuantile)}, ends <Ago at={policy.peakUntil} /></>}</span></> : <span className="dim">–</span>}</td>
      <td className="num">{policy ? count(policy.firstPushCap, 'unit') : <span className="dim">–</span>}</td>
      <td className="num">{warehouse && <Button variant="default" onClick={open} aria-label={`Caps and buffer of ${row.name}`}>Caps & buffer</Button>}</td>
    </tr>
  );
}

/** Where its units come from; a place may be supplied and supply others, not in a circle. */
function BoughtAt({ row, all }: { row: LocationView; all: readonly LocationView[] }) {
  const change = useLocationChange(), supplies = all.filter((each) => each.suppliedFrom === row.locationId), below = placesBelow(row.locationId, all), other = all.find((each) => each.locationId === row.suppliedFrom);
  const to = (id: string): void => {
    const chosen = all.find((each) => String(each.locationId) === id);
    change.mutate({ locationId: row.locationId, suppliedFrom: chosen?.locationId ?? null, said: chosen ? `${row.name} is supplied from ${chosen.name}` : `${row.name} buys for itself` });
  };
  return (
    <div className="supplied">
      <NativeSelect size="xs" aria-label={`Where ${row.name} is bought`} disabled={change.isPending} value={row.suppliedFrom === null ? '' : String(row.suppliedFrom)} onChange={(event) => to(event.currentTarget.value)} data={[{ value: '', label: 'here' }, ...all.filter((each) => each.isActive && !below.has(each.locationId)).map((each) => ({ value: String(each.locationId), label: `at ${each.name}` }))]} />
      {row.supply && other && <DaysAway key={`${other.locationId}/${row.supply.said}/${row.supply.days}`} row={row} supply={row.supply} from={other} all={all} />}
      {supplies.length > 0 && <span className="dim small">{row.supply ? 'sends on to' : 'and for'} {supplies.map((each) => each.name).join(', ')}</span>}
    </div>
  );
}

/** The place itself and all that are supplied from it, however many levels down. */
function placesBelow(place: number, all: readonly LocationView[]): Set<number> {
  const below = new Set([place]);
  for (let before = 0; before < below.size;) { before = below.size; for (const each of all) if (each.suppliedFrom !== null && below.has(each.suppliedFrom)) below.add(each.locationId); }
  return below;
}

/** Days of a transfer: typed, or emptied to go by what is learned from those received. */
function DaysAway({ row, supply, from, all }: { row: LocationView; supply: NonNullable<LocationView['supply']>; from: LocationView; all: readonly LocationView[] }) {
  const change = useLocationChange(), kept = supply.said === 'set' ? supply.days : '', [days, setDays] = useState<number | string>(kept), buyer = all.find((each) => each.locationId === supply.buyer);
  const save = (): void => { if (days !== kept) change.mutate({ locationId: row.locationId, suppliedFrom: row.suppliedFrom, days: days === '' ? null : Number(days), said: days === '' ? `The days from ${from.name} to ${row.name} are learned` : `${row.name} is ${count(Number(days), 'day')} from ${from.name}` }); };
  return (
    <span className="row tight">
      <NumberInput w={56} className="supplied-days" size="xs" min={0} max={365} allowDecimal={false} hideControls aria-label={`Days of a transfer from ${from.name} to ${row.name}`} placeholder={String(supply.days)} value={days} onChange={setDays} onBlur={save} onKeyDown={(event) => { if (event.key === 'Enter') save(); }} />
      <span className="dim small">{days === '' ? (supply.said === 'learned' ? `days, as ${count(supply.transfers, 'transfer')} took` : 'days by default') : 'days by transfer'}{buyer && buyer !== from && <><br />{count(supply.totalDays, 'day')} from {buyer.name}</>}</span>
    </span>
  );
}

function Levels({ row }: { row: LocationView }) {
  const { held = 0, quarantined = 0, conflict = 0 } = row.counts, stuck = held + quarantined + conflict;
  return <Link to="/push" search={{ location: row.locationId, ...(held > 0 ? { view: 'held' as const } : {}) }}>{units(row.levels)}{stuck > 0 && `, ${units(stuck)} stuck`}</Link>;
}

/** Choosing asks first: both directions change who is believed. */
function Authority({ row }: { row: LocationView }) {
  const warehouses = useQuery(warehousesQuery()), change = useLocationChange(), [asked, setAsked] = useState<string | null>(null);
  const value = row.authority === 'storefront' ? 'storefront' : String(row.warehouseId), all = warehouses.data?.warehouses ?? [];
  const to = all.find((each) => String(each.warehouseId) === asked);
  return (
    <>
      <NativeSelect size="xs" miw={150} aria-label={`Right about stock at ${row.name}`} value={value} onChange={(event) => setAsked(event.currentTarget.value)} data={[{ value: 'storefront', label: 'Shopify' }, ...all.map((each) => ({ value: String(each.warehouseId), label: each.name }))]} />
      <Modal opened={asked !== null} onClose={() => setAsked(null)} title={<strong>{to ? `Let ${row.name} follow ${to.name}?` : `Give ${row.name} back to Shopify?`}</strong>}>
        <div className="stack">
          <p className="sentence">{to ? `Nothing is written yet. The counts of ${to.name} are read, and Mapping shows its codes. Next: set it to shadow and look at what would be written.` : 'Instep stops writing at once, and Shopify’s numbers stay as they are. Orders and returns there are no longer told to the warehouse.'}</p>
          <div className="row"><Button data-autofocus loading={change.isPending} onClick={() => change.mutate({ locationId: row.locationId, authority: to ? 'warehouse' : 'storefront', warehouseId: to?.warehouseId ?? null, said: to ? `${row.name} follows ${to.name}` : `${row.name} follows Shopify` }, { onSettled: () => setAsked(null) })}>{to ? `Follow ${to.name}` : 'Give it back'}</Button><Button variant="default" onClick={() => setAsked(null)}>Leave it</Button></div>
        </div>
      </Modal>
    </>
  );
}
