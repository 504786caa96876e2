/** What is said, of which days, and why: the same fields for one series and for many. */
import { Button, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { addDays } from '../../domain/calendar.ts';
import type { OverrideKind } from '../../domain/forecast/override.ts';
import { ErrorState } from '../ui/feedback.tsx';

export interface Said { from: string; to: string; kind: OverrideKind; value: number; reason: string; expiresOn: string | null }

const KINDS: { value: OverrideKind; label: string; field: string }[] = [
  { value: 'percent', label: '± per cent', field: 'Per cent more (less with a minus)' }, { value: 'units', label: '± units a day', field: 'Units a day more (less with a minus)' },
  { value: 'replace', label: 'Units a day', field: 'Units a day, whatever the engine says' }, { value: 'total', label: 'Units in all', field: 'Units of all these days together, spread as the engine spreads them' },
];
const USUAL_DAYS = 14;

/** `send` answers what is said when it is saved; `preview` what it comes to. */
export function OverrideForm({ today, where, preview, send, close }: { today: string; where?: ReactNode; preview?: (said: Said) => ReactNode; send(said: Said): Promise<string>; close(): void }) {
  const client = useQueryClient();
  const [kind, setKind] = useState<OverrideKind>('percent'), [value, setValue] = useState<number | string>(''), [from, setFrom] = useState(today), [to, setTo] = useState(addDays(today, USUAL_DAYS - 1)), [reason, setReason] = useState(''), [expires, setExpires] = useState('');
  const number = typeof value === 'number' ? value : Number.NaN, said: Said = { from, to, kind, value: number, reason: reason.trim(), expiresOn: expires || null };
  const fault = Number.isNaN(number) ? null : (kind === 'replace' || kind === 'total') && number < 0 ? 'demand is not below zero' : (kind === 'percent' || kind === 'units') && number === 0 ? 'this changes nothing' : kind === 'percent' && number < -100 ? 'no less than −100' : null;
  const backwards = from !== '' && to !== '' && to < from, whole = !Number.isNaN(number) && fault === null && from !== '' && to !== '' && !backwards, ready = whole && said.reason.length >= 3;
  const save = useMutation({
    mutationFn: () => send(said),
    onSuccess: async (message) => {
      notifications.show({ message: `${message} The plan is being computed again.` });
      await Promise.all(['demand', 'forecast', 'advice', 'overrides'].map((key) => client.invalidateQueries({ queryKey: [key] })));
      close();
    },
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); if (ready) save.mutate(); }}>
      <SegmentedControl aria-label="Kind" fullWidth value={kind} onChange={(next) => setKind(next as OverrideKind)} data={KINDS.map(({ value: id, label }) => ({ value: id, label }))} />
      <NumberInput size="sm" label={KINDS.find((one) => one.value === kind)!.field} value={value} onChange={setValue} error={fault ?? undefined} decimalScale={2} suffix={kind === 'percent' ? '%' : ''} autoFocus />
      <div className="row"><TextInput size="sm" type="date" label="First day" value={from} onChange={(event) => setFrom(event.currentTarget.value)} /><TextInput size="sm" type="date" label="Last day" value={to} error={backwards ? 'before the first' : undefined} onChange={(event) => setTo(event.currentTarget.value)} /></div>
      {where}
      <TextInput size="sm" label="Reason" placeholder="Campaign in the newsletter of 1 December" value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
      <TextInput size="sm" type="date" label="Counts until" description="Without a date it counts until its last day is over" value={expires} onChange={(event) => setExpires(event.currentTarget.value)} />
      {whole && preview?.(said)}
      {save.isError && <ErrorState title="It was not saved" error={save.error} />}
      <div className="row"><Button type="submit" size="sm" loading={save.isPending} disabled={!ready}>Save</Button>{!ready && said.reason.length < 3 && <span className="dim small">A reason is needed: it stands beside the order.</span>}</div>
    </form>
  );
}
