/** Say more, less or something else than the engine: what it comes to is computed here, by the code the plan uses. */
import { Drawer, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { addDays, dayOf } from '../../domain/calendar.ts';
import { overridden } from '../../domain/forecast/override.ts';
import { write, type Parameters } from '../api/client.ts';
import type { Override } from '../api/forecast-queries.ts';
import type { DemandView, Item } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { count, day, decimal } from '../ui/format.ts';
import { OverrideForm, type Said } from './OverrideForm.tsx';

type Forecast = NonNullable<DemandView['forecast']>;
interface Props { item: Item; location: number; forecast: Forecast; inForce: readonly Override[]; today: string; close(): void }

export function OverrideDrawer({ open, ...rest }: Props & { open: boolean }) {
  return <Drawer opened={open} onClose={rest.close} size={480} title={<strong>Set an override</strong>}>{open && <OfOne {...rest} />}</Drawer>;
}

function OfOne({ item, location, forecast, inForce, today, close }: Props) {
  const store = useStore(), [everywhere, setEverywhere] = useState(false);
  return (
    <OverrideForm
      today={today} close={close} preview={(said) => <Preview said={said} forecast={forecast} inForce={inForce} />}
      where={<SegmentedControl aria-label="Where" value={everywhere ? 'all' : 'here'} onChange={(next) => setEverywhere(next === 'all')} data={[{ value: 'here', label: item.locations.find((row) => row.locationId === location)?.locationName ?? 'Here' }, { value: 'all', label: 'At each location' }]} />}
      send={async (said) => `Saved: ${(await write<Override>('POST', `/items/${item.itemId}/overrides`, { store: store.storeId }, { ...said, locationId: everywhere ? null : location })).words}.`}
    />
  );
}

/** Expected units of the days it speaks of, before and after. */
function Preview({ said, forecast, inForce }: { said: Said; forecast: Forecast; inForce: readonly Override[] }) {
  const first = addDays(forecast.asOf, 1), engine = forecast.engineMean ?? forecast.mean, plain = { mean: engine, levels: [], cumulative: [] };
  const before = inForce.filter((one) => one.state === 'in force').toReversed(), then = overridden(plain, first, before).mean, after = overridden(plain, first, [...before, said]).mean;
  let was = 0, is = 0, days = 0;
  engine.forEach((_, n) => { const at = addDays(first, n); if (at >= said.from && at <= said.to) { was += then[n]!; is += after[n]!; days++; } });
  if (days === 0) return <p className="preview dim">These days are beyond the forecast, which reaches to {day(addDays(first, engine.length - 1))}. It counts once the forecast reaches them.</p>;
  return <p className="preview">Here, in {days} {days === 1 ? 'day' : 'days'} of the forecast: <strong>{decimal(is)}</strong> units expected in place of <strong>{decimal(was)}</strong>.</p>;
}

/** The same word on each series of the list as it is filtered. */
export function OverrideManyDrawer({ open, filter, series, expected, close }: { open: boolean; filter: Parameters; series: number; expected: number; close(): void }) {
  const store = useStore(), [today] = useState(() => dayOf(new Date().toISOString(), store.timeZone));
  return (
    <Drawer opened={open} onClose={close} size={480} title={<strong>Override {count(series, 'series', 'series')}</strong>}>
      {open && (
        <div className="stack">
          <p className="dim">It is said of each series of the list as it is filtered now, of its item at its location; {decimal(expected)} units of them are expected in 28 days. Each can be undone by itself, under Overrides.</p>
          <OverrideForm today={today} close={close} send={async (said) => `Saved for ${count((await write<{ added: number }>('POST', '/overrides', filter, said)).added, 'series', 'series')}.`} />
        </div>
      )}
    </Drawer>
  );
}
