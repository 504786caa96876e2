/** Say more, less or something else than the engine: what it comes to is computed here, by the code the plan uses. */
import { Button, Drawer, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { addDays } from '../../domain/calendar.ts';
import { overridden, type OverrideKind } from '../../domain/forecast/override.ts';
import { write } from '../api/client.ts';
import type { Override, OverrideBody } from '../api/forecast-queries.ts';
import type { DemandView, Item } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { day, decimal } from '../ui/format.ts';

type Forecast = NonNullable<DemandView['forecast']>;
interface Props { item: Item; location: number; forecast: Forecast; inForce: readonly Override[]; today: string; close(): void }

export function OverrideDrawer({ open, ...rest }: Props & { open: boolean }) {
  return <Drawer opened={open} onClose={rest.close} size={460} title={<strong>Set an override</strong>}>{open && <Form {...rest} />}</Drawer>;
}

const UNIT: Record<OverrideKind, string> = { percent: 'Per cent more (less with a minus)', units: 'Units a day more (less with a minus)', replace: 'Units a day, whatever the engine says' };

function Form({ item, location, forecast, inForce, today, close }: Props) {
  const store = useStore(), client = useQueryClient();
  const [kind, setKind] = useState<OverrideKind>('percent'), [value, setValue] = useState<number | string>(''), [from, setFrom] = useState(today), [to, setTo] = useState(addDays(today, 13));
  const [everywhere, setEverywhere] = useState(false), [reason, setReason] = useState(''), [expires, setExpires] = useState('');
  const number = typeof value === 'number' ? value : Number.NaN, body: OverrideBody = { locationId: everywhere ? null : location, from, to, kind, value: number, reason: reason.trim(), expiresOn: expires || null };
  const fault = Number.isNaN(number) ? null : kind === 'replace' && number < 0 ? 'demand is not below zero' : kind !== 'replace' && number === 0 ? 'this changes nothing' : kind === 'percent' && number < -100 ? 'no less than −100' : null;
  const backwards = from !== '' && to !== '' && to < from;
  const ready = !Number.isNaN(number) && fault === null && from !== '' && to !== '' && !backwards && body.reason.length >= 3;
  const save = useMutation({
    mutationFn: () => write<Override>('POST', `/items/${item.itemId}/overrides`, { store: store.storeId }, body),
    onSuccess: async (made) => {
      notifications.show({ message: `Saved: ${made.words}. The plan is being computed again.` });
      await Promise.all(['demand', 'forecast', 'advice'].map((key) => client.invalidateQueries({ queryKey: [key] })));
      close();
    },
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); if (ready) save.mutate(); }}>
      <SegmentedControl aria-label="Kind" value={kind} onChange={(next) => setKind(next as OverrideKind)} data={[{ value: 'percent', label: '± per cent' }, { value: 'units', label: '± units a day' }, { value: 'replace', label: 'Replace' }]} />
      <NumberInput size="sm" label={UNIT[kind]} value={value} onChange={setValue} error={fault ?? undefined} decimalScale={2} suffix={kind === 'percent' ? ' %' : ''} autoFocus />
      <div className="row"><TextInput size="sm" type="date" label="First day" value={from} onChange={(event) => setFrom(event.currentTarget.value)} /><TextInput size="sm" type="date" label="Last day" value={to} error={backwards ? 'before the first' : undefined} onChange={(event) => setTo(event.currentTarget.value)} /></div>
      <SegmentedControl aria-label="Where" value={everywhere ? 'all' : 'here'} onChange={(next) => setEverywhere(next === 'all')} data={[{ value: 'here', label: item.locations.find((row) => row.locationId === location)?.locationName ?? 'Here' }, { value: 'all', label: 'At every location' }]} />
      <TextInput size="sm" label="Reason" placeholder="Campaign in the newsletter of 1 December" value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
      <TextInput size="sm" type="date" label="Counts until" description="Without a date it counts until its last day is over" value={expires} onChange={(event) => setExpires(event.currentTarget.value)} />
      {!Number.isNaN(number) && fault === null && !backwards && from !== '' && to !== '' && <Preview body={body} forecast={forecast} inForce={inForce} />}
      {save.isError && <ErrorState title="It was not saved" error={save.error} />}
      <div className="row"><Button type="submit" size="sm" loading={save.isPending} disabled={!ready}>Save</Button>{!ready && body.reason.length < 3 && <span className="dim small">A reason is needed: it stands beside the order.</span>}</div>
    </form>
  );
}

/** Expected units of the days it speaks of, before and after. */
function Preview({ body, forecast, inForce }: { body: OverrideBody; forecast: Forecast; inForce: readonly Override[] }) {
  const first = addDays(forecast.asOf, 1), engine = forecast.engineMean ?? forecast.mean, plain = { mean: engine, levels: [], cumulative: [] };
  const said = inForce.filter((one) => one.state === 'in force').toReversed();
  const before = overridden(plain, first, said).mean, after = overridden(plain, first, [...said, body]).mean;
  let was = 0, is = 0, days = 0;
  engine.forEach((_, n) => { const at = addDays(first, n); if (at >= body.from && at <= body.to) { was += before[n]!; is += after[n]!; days++; } });
  if (days === 0) return <p className="preview dim">These days are beyond the forecast, which reaches to {day(addDays(first, engine.length - 1))}. It counts once the forecast reaches them.</p>;
  return <p className="preview">Here, in {days} {days === 1 ? 'day' : 'days'} of the forecast: <strong>{decimal(is)}</strong> units expected in place of <strong>{decimal(was)}</strong>.</p>;
}
