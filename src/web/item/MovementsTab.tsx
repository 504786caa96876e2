/** The ledger of one state at one location, as of now or of any instant before. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Item } from '../api/queries.ts';
import { Explain, stateName, STATES } from '../explain/Explain.tsx';
import { Banner } from '../ui/feedback.tsx';
import { instant } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { LocationSelect } from './LocationSelect.tsx';
import { useStore } from '../shell/store.tsx';

/** The value a datetime-local field shows for an instant, in this browser's time zone. */
export function localValue(iso: string | undefined): string {
  if (iso === undefined || Number.isNaN(Date.parse(iso))) return '';
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function MovementsTab({ item, location, state, at, change }: { item: Item; location: number; state: string; at: string | undefined; change(part: { location?: number; state?: string | undefined; at?: string | undefined }): void }) {
  const store = useStore(), valid = at !== undefined && !Number.isNaN(Date.parse(at)) ? at : undefined;
  const [typed, setTyped] = useState(localValue(valid));
  useEffect(() => setTyped(localValue(valid)), [valid]);
  const apply = (): void => { const date = new Date(typed); change({ at: typed === '' || Number.isNaN(date.getTime()) ? undefined : date.toISOString() }); };
  return (
    <Panel title="Movements" aside={(
      <>
        <LocationSelect item={item} value={location} onChange={(id) => change({ location: id })} />
        <NativeSelect size="xs" aria-label="State" value={state} data={STATES.map((each) => ({ value: each, label: stateName(each) }))} onChange={(event) => change({ state: event.currentTarget.value })} />
        <form className="row" onSubmit={(event) => { event.preventDefault(); apply(); }}>
          <TextInput type="datetime-local" aria-label="As of" title="As of this moment, in this computer’s time" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
          <Button type="submit" variant="default" disabled={typed === localValue(valid)}>Show as of</Button>
        </form>
      </>
    )}>
      <div className="stack">
        {valid && <Banner action={<Button size="compact-xs" variant="default" onClick={() => change({ at: undefined })}>Back to now</Button>}>As it was at {instant(valid, store.timeZone)}.</Banner>}
        <Explain itemId={item.itemId} locationId={location} state={state} at={valid} />
      </div>
    </Panel>
  );
}
