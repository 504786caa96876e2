/** Off → shadow → live: one step at a time, each with a sentence of what will happen before it does. */
import { Button, Modal, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { LocationView } from '../api/stock-queries.ts';
import { MODES, modeSentence, useLocationChange, type Mode } from './location-changes.ts';

export function ModeControl({ row }: { row: LocationView }) {
  const [asked, setAsked] = useState<Mode | null>(null), change = useLocationChange();
  const mode: Mode = row.policy?.mode ?? 'off', label = (id: Mode): string => MODES.find((each) => each.id === id)!.label;
  return (
    <>
      <SegmentedControl aria-label={`Writing ${row.name}`} value={mode} disabled={change.isPending} onChange={(to) => setAsked(to as Mode)} data={MODES.map(({ id, label: words }) => ({ value: id, label: words, disabled: id === 'live' && mode === 'off' }))} />
      <Modal opened={asked !== null} onClose={() => setAsked(null)} title={<strong>{asked && `Set ${row.name} to ${label(asked)}?`}</strong>} size="md">
        {asked && (
          <div className="stack">
            {modeSentence(row, asked).map((sentence) => <p key={sentence} className="sentence">{sentence}</p>)}
            <div className="row"><Button data-autofocus loading={change.isPending} onClick={() => change.mutate({ locationId: row.locationId, policy: { mode: asked }, said: `${row.name} is ${asked}` }, { onSettled: () => setAsked(null) })}>{asked === 'live' ? 'Go live' : asked === 'shadow' ? 'Begin the shadow' : 'Stop writing'}</Button><Button variant="default" onClick={() => setAsked(null)}>Leave it {label(mode).toLowerCase()}</Button></div>
          </div>
        )}
      </Modal>
    </>
  );
}
