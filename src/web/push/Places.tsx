/** Above the queue: each location a warehouse serves, how it may be written, how it stands, how long a change takes. */
import { Button, Tooltip } from '@mantine/core';
import { IconFlame, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import type { LocationView, PushPage } from '../api/stock-queries.ts';
import { useLocationChange } from '../settings/location-changes.ts';
import { ModeControl } from '../settings/ModeControl.tsx';
import { decimal, units } from '../ui/format.ts';
import { Ago, useNow } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';

/** Peak mode ends by itself. */
const PEAK_HOURS = 24;
const SHOWN = ['in step', 'queued', 'sent', 'written', 'held', 'quarantined', 'conflict', 'shadow', 'not written'] as const;
const WORDS: Record<(typeof SHOWN)[number], string> = { 'in step': 'in step', queued: 'queued', sent: 'sent', written: 'unconfirmed', held: 'held', quarantined: 'refused', conflict: 'contested', shadow: 'in shadow', 'not written': 'not written' };

export function Places({ locations, lag }: { locations: readonly LocationView[]; lag: PushPage['lagSeconds'] | undefined }) {
  return <section className="places" aria-label="Locations a warehouse serves">{locations.map((row) => <Place key={row.locationId} row={row} lag={lag} />)}</section>;
}

function Place({ row, lag }: { row: LocationView; lag: PushPage['lagSeconds'] | undefined }) {
  const change = useLocationChange(), now = useNow();
  const { policy } = row, peak = policy?.peakUntil != null && Date.parse(policy.peakUntil) > now;
  const set = (part: Parameters<typeof change.mutate>[0] & { policy: object }): void => change.mutate(part);
  return (
    <div className="place">
      <div className="place-name"><b>{row.name}</b><span className="dim small">{row.warehouse}</span></div>
      <ModeControl row={row} />
      {policy?.paused && <Status tone="held" pill>Paused</Status>}
      {peak && <Status tone="warn" icon={IconFlame} pill>Peak, ends <Ago at={policy.peakUntil} /></Status>}
      <div className="place-facts">
        {SHOWN.filter((state) => row.counts[state]).map((state) => <span key={state}><b>{units(row.counts[state]!)}</b> {WORDS[state]}</span>)}
        {lag && <Tooltip label={lag.measured ? `From the warehouse ${decimal(lag.in)} s, to Shopify ${decimal(lag.out)} s: the slowest of a hundred in the last hour` : 'Nothing was measured in the last hour; this is what is assumed'}><span>lag <b>{decimal(lag.in + lag.out)} s</b>{lag.measured ? '' : ' assumed'}</span></Tooltip>}
      </div>
      {policy && policy.mode !== 'off' && (
        <div className="end">
          <Button variant="default" leftSection={<IconFlame size={15} />} aria-pressed={peak} disabled={change.isPending} onClick={() => set({ locationId: row.locationId, policy: { peakUntil: peak ? null : new Date(Date.now() + PEAK_HOURS * 3_600_000).toISOString() }, said: peak ? `Peak mode ended at ${row.name}` : `Peak mode at ${row.name} for ${PEAK_HOURS} hours: larger buffers` })}>{peak ? 'End peak mode' : 'Peak mode'}</Button>
          <Button variant="default" leftSection={policy.paused ? <IconPlayerPlay size={15} /> : <IconPlayerPause size={15} />} disabled={change.isPending} onClick={() => set({ locationId: row.locationId, policy: { paused: !policy.paused }, said: policy.paused ? `${row.name} is written again` : `${row.name} is paused: nothing more is written` })}>{policy.paused ? 'Resume' : 'Pause'}</Button>
        </div>
      )}
    </div>
  );
}
