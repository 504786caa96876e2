/** The event calendar: days on which demand is another. The same name is the same event: what it did before is what it is expected to do. */
import { ActionIcon, Button, Drawer, MultiSelect, NumberInput, TextInput, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCalendarPlus, IconDownload, IconUpload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { EVENT_COLUMNS } from '../../domain/forecast/event-row.ts';
import { address, write } from '../api/client.ts';
import { planningEventsQuery, type PlanningEvent, type PlanningEventBody } from '../api/forecast-queries.ts';
import { CsvImport } from '../mapping/CsvImport.tsx';
import { useStore } from '../shell/store.tsx';
import { useLocations } from '../table/LocationVendorFilter.tsx';
import { Find } from '../table/Toolbar.tsx';
import '../table/table.css';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { count, day, decimal } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';

const route = getRouteApi('/app/forecast');

export function EventsTab() {
  const search = route.useSearch(), navigate = route.useNavigate(), store = useStore(), query = useQuery(planningEventsQuery(store.storeId)), all = query.data?.events;
  const change = (part: Partial<typeof search>, replace = true): void => void navigate({ search: (old) => ({ ...old, ...part }), replace });
  const words = (search.q ?? '').toLowerCase(), rows = all?.filter((event) => words === '' || event.name.toLowerCase().includes(words) || event.locationNames.some((name) => name.toLowerCase().includes(words)));
  const add = <Button leftSection={<IconCalendarPlus size={15} />} onClick={() => change({ event: 'new' }, false)}>Add an event</Button>;
  return (
    <>
      <div className="toolbar">
        <Find value={search.q} placeholder="Event or location" change={(q) => change({ q })} />
        {add}<Button variant="default" leftSection={<IconUpload size={15} />} onClick={() => change({ file: 'in' }, false)}>Import CSV</Button>
        <div className="end"><span className="dim small" role="status">{rows ? count(rows.length, 'event') : 'Reading…'}</span><Tooltip label="Download events as CSV"><ActionIcon component="a" href={address('/planning-events.csv', { store: store.storeId })} download variant="subtle" color="gray" size={30} aria-label="Download events as CSV"><IconDownload size={17} /></ActionIcon></Tooltip></div>
      </div>
      {query.isError && !all ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !rows ? <Panel><Lines rows={6} /></Panel>
        : rows.length === 0 ? <Panel>{search.q ? <EmptyState title="No event is called that" action={<Button variant="default" onClick={() => change({ q: undefined })}>Show all</Button>} /> : <EmptyState title="No events yet" action={add}>Mark the days on which demand was or will be another: sales, holidays, launches, a closed shop. Give what comes back the same name each time: what it did before is what the next forecast expects of it.</EmptyState>}</Panel>
          : (
            <Panel flush className="scroll-panel"><Wide label="Events">
              <table className="plain override-list named-list">
                <thead><tr><th>Event</th><th>From</th><th>To</th><th>Where</th><th>Sells</th><th>Changed</th></tr></thead>
                <tbody>{rows.map((event) => (
                  <tr key={event.eventId}>
                    <td><button type="button" className="number-button" onClick={() => change({ event: event.eventId }, false)}>{event.name}</button></td><td>{day(event.from)}</td><td>{event.to === event.from ? <span className="dim">same day</span> : day(event.to)}</td>
                    <td>{event.locationIds === null ? <span className="dim">everywhere</span> : event.locationNames.join(', ')}</td><td><Uplift event={event} /></td><td className="dim"><Ago at={event.updatedAt} /> by {event.updatedBy}</td>
                  </tr>))}
                </tbody>
              </table>
            </Wide></Panel>
          )}
      <Drawer opened={search.event !== undefined} onClose={() => change({ event: undefined })} size={440} title={<strong>{search.event === 'new' ? 'Add an event' : 'Event'}</strong>}>
        {search.event !== undefined && all && <Editor key={search.event} event={all.find((each) => each.eventId === search.event)} close={() => change({ event: undefined })} />}
      </Drawer>
      <CsvImport open={search.file === 'in'} close={() => change({ file: undefined })} title="Events from CSV" path="/planning-events/import" stale="planning-events" columns={EVENT_COLUMNS} says="A line an event, with dates like 2026-11-27. Locations are their names with semicolons between them; empty is everywhere. Uplift is per cent more than on another day, where no such event has been seen. What is there already is left as it is." />
    </>
  );
}

const more = (percent: number): string => `${decimal(Math.abs(percent))}% ${percent < 0 ? 'less' : 'more'}`;

/** What the event does to sales: as it was seen, as the planner expects, or not known, which is a day like another. */
function Uplift({ event: { learned, uplift } }: { event: PlanningEvent }) {
  if (learned && learned.days > 0) return <>{learned.uplift === 0 ? 'as on other days' : more(learned.uplift)} <span className="dim small">seen on {count(learned.days, 'day')}</span></>;
  if (uplift !== null) return <>{more(uplift)} <span className="dim small">as you expect; not seen yet</span></>;
  return <Status tone="warn" title="Nothing like it has been seen, so the forecast takes it for a day like another. Say what you expect of it.">Not known</Status>;
}

function Editor({ event, close }: { event: PlanningEvent | undefined; close(): void }) {
  const store = useStore(), client = useQueryClient(), locations = useLocations();
  const [name, setName] = useState(event?.name ?? ''), [from, setFrom] = useState(event?.from ?? ''), [to, setTo] = useState(event?.to ?? ''), [places, setPlaces] = useState<string[]>((event?.locationIds ?? []).map(String)), [uplift, setUplift] = useState<number | string>(event?.uplift ?? '');
  const body: PlanningEventBody = { name: name.trim(), from, to: to || from, locationIds: places.length > 0 ? places.map(Number) : null, uplift: uplift === '' ? null : Number(uplift) };
  const done = async (message: string): Promise<void> => { notifications.show({ message }); await client.invalidateQueries({ queryKey: ['planning-events'] }); close(); };
  const save = useMutation({
    mutationFn: () => (event ? write('PUT', `/planning-events/${event.eventId}`, { store: store.storeId }, body) : write('POST', '/planning-events', { store: store.storeId }, body)),
    onSuccess: () => done('Saved. The next forecast learns from it.'),
  });
  const remove = useMutation({ mutationFn: () => write('DELETE', `/planning-events/${event!.eventId}`, { store: store.storeId }), onSuccess: () => done('Removed. The next forecast does without it.') });
  const backwards = to !== '' && from !== '' && to < from;
  return (
    <form className="stack" onSubmit={(submitted) => { submitted.preventDefault(); save.mutate(); }}>
      <TextInput size="sm" label="Name" description="The same name each time it comes back" value={name} maxLength={120} autoFocus onChange={(typed) => setName(typed.currentTarget.value)} />
      <div className="row"><TextInput size="sm" type="date" label="First day" value={from} onChange={(typed) => setFrom(typed.currentTarget.value)} /><TextInput size="sm" type="date" label="Last day" value={to} error={backwards ? 'before the first' : undefined} onChange={(typed) => setTo(typed.currentTarget.value)} /></div>
      <MultiSelect size="sm" label="Where" placeholder={places.length === 0 ? 'Everywhere' : ''} data={locations.map((each) => ({ value: String(each.locationId), label: each.name }))} value={places} onChange={setPlaces} clearable clearButtonProps={{ 'aria-label': 'Everywhere' }} />
      <NumberInput size="sm" label="Expected: per cent more (less with a minus)" description="Counts as far as no such event has been seen. A first one without it is taken for a day like another." suffix="%" min={-100} max={10_000} decimalScale={1} value={uplift} onChange={setUplift} />
      <div className="row"><Button type="submit" size="sm" loading={save.isPending} disabled={body.name === '' || from === '' || backwards}>Save</Button>{event && <Button size="sm" variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>Remove</Button>}</div>
      {(save.error ?? remove.error) && <ErrorState title="It was not saved" error={(save.error ?? remove.error)!} />}
    </form>
  );
}
