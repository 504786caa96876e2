/** What to replay: a policy, a period, and which lines. */
import { Button, MultiSelect, NativeSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { addDays } from '../../domain/calendar.ts';
import { minorDigits } from '../../domain/money.ts';
import { write } from '../api/client.ts';
import { vendorsQuery } from '../api/queries.ts';
import type { Replay, ReplayList } from '../api/replay-queries.ts';
import { useStore } from '../shell/store.tsx';
import { useLocations } from '../table/LocationVendorFilter.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { day } from '../ui/format.ts';
import { hasPromise, KIND_WORDS } from './words.ts';

const HALF_A_YEAR = 182, WARM_UP = 28;
const VALUES = [
  { field: 'minStock', label: 'Minimum stock', suffix: '', least: 0, most: 1_000_000 }, { field: 'maxStock', label: 'Maximum stock', suffix: '', least: 0, most: 1_000_000 },
  { field: 'stockPercent', label: 'Own min and max, scaled to', suffix: '%', least: 0, most: 1_000 }, { field: 'daysOfStock', label: 'Days of stock', suffix: '', least: 1, most: 120 },
] as const;

export function NewReplay({ span, done }: { span: NonNullable<ReplayList['span']>; done(id: number): void }) {
  const store = useStore(), client = useQueryClient(), places = useLocations(), vendors = useQuery(vendorsQuery(store.storeId)).data?.vendors ?? [];
  const [yesterday] = useState(() => addDays(new Intl.DateTimeFormat('en-CA', { timeZone: store.timeZone }).format(new Date()), -1)), earliest = addDays(span.first, WARM_UP), half = addDays(yesterday, 1 - HALF_A_YEAR);
  const [kind, setKind] = useState(''), [promise, setPromise] = useState<number | string>(''), [from, setFrom] = useState(half < earliest ? earliest : half), [to, setTo] = useState(yesterday), [locations, setLocations] = useState<string[]>([]), [vendor, setVendor] = useState<string | null>(null);
  const [values, setValues] = useState<Record<'minStock' | 'maxStock' | 'daysOfStock' | 'stockPercent', number | string>>({ minStock: '', maxStock: '', daysOfStock: '', stockPercent: '' }), [known, setKnown] = useState<'then' | 'today'>('then');
  const [q, setQ] = useState(''), [most, setMost] = useState<number | string>(500), [orderCost, setOrderCost] = useState<number | string>(0), [key] = useState(() => crypto.randomUUID()), chosen = kind === '' ? null : kind as NonNullable<Replay['kind']>, parity = kind === '' || kind.startsWith('planner parity');
  const ask = useMutation({
    mutationFn: () => write<Replay>('POST', '/replays', { store: store.storeId }, {
      key, kind: chosen, promise: hasPromise(chosen) && promise !== '' ? Number(promise) / 100 : null, from, to, most: Number(most) || 500, known, changes: Object.fromEntries(Object.entries(values).flatMap(([field, value]) => (value === '' || (field === 'daysOfStock' && !parity) ? [] : [[field, Number(value)]]))), orderCost: Math.round(Number(orderCost) * 10 ** minorDigits(store.currency)) || 0,
      scope: { ...(q.trim() ? { q: q.trim() } : {}), ...(vendor ? { vendor } : {}), ...(locations.length > 0 ? { locations: locations.map(Number) } : {}) },
    }),
    onSuccess: async (made) => { await client.invalidateQueries({ queryKey: ['replays'] }); done(made.replayId); },
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); ask.mutate(); }}>
      <NativeSelect size="sm" label="Policy" value={kind} data={[{ value: '', label: 'As each line is planned' }, ...Object.entries(KIND_WORDS).map(([value, label]) => ({ value, label }))]} onChange={(event) => setKind(event.currentTarget.value)} description="Its lead time, review and cases stay as each line has them" />
      {hasPromise(chosen) && <NumberInput size="sm" label="Promise" suffix="%" placeholder="as each line has it" min={50} max={99.5} decimalScale={1} value={promise} onChange={setPromise} />}
      <fieldset className="replay-values">
        <legend>Try other values (empty: each line’s own)</legend>
        <div className="row replay-days">
          {VALUES.filter(({ field }) => field !== 'daysOfStock' || parity).map(({ field, label, suffix, least, most: highest }) => <NumberInput key={field} size="sm" label={label} suffix={suffix} placeholder="its own" allowDecimal={false} min={least} max={highest} value={values[field]} onChange={(value) => setValues((old) => ({ ...old, [field]: value }))} />)}
        </div>
      </fieldset>
      <NativeSelect size="sm" label="Planning values, terms and costs" value={known} data={[{ value: 'then', label: 'As known on each morning' }, { value: 'today', label: 'As they are today' }]} onChange={(event) => setKnown(event.currentTarget.value as 'then' | 'today')} />
      <div className="row replay-days">
        <TextInput size="sm" type="date" label="From" value={from} min={earliest} max={yesterday} required onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput size="sm" type="date" label="To" value={to} min={earliest} max={yesterday} required onChange={(event) => setTo(event.currentTarget.value)} />
      </div>
      <p className="small dim">The first sale known is of {day(span.first)}; a replay begins 28 days later at the earliest.</p>
      {places.length > 1 && <MultiSelect size="sm" label="Locations" placeholder={locations.length === 0 ? 'All' : ''} data={places.map((each) => ({ value: String(each.locationId), label: each.name }))} value={locations} onChange={setLocations} />}
      <Select size="sm" label="Supplier" placeholder="All" searchable clearable data={vendors} value={vendor} onChange={setVendor} limit={100} />
      <TextInput size="sm" label="Items" placeholder="SKUs, or words of a title" value={q} onChange={(event) => setQ(event.currentTarget.value)} />
      <div className="row replay-days">
        <NumberInput size="sm" label="Lines at most" description="The best sellers" min={1} max={5_000} value={most} onChange={setMost} />
        <NumberInput size="sm" label="Cost of an order line" description={`In ${store.currency}`} min={0} decimalScale={2} value={orderCost} onChange={setOrderCost} />
      </div>
      {ask.isError && <ErrorState title="It was not started" error={ask.error} />}
      <div><Button type="submit" size="sm" loading={ask.isPending}>Replay</Button></div>
    </form>
  );
}
