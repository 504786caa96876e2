/** Another quantity, not at all, or not now: with the reason that stands beside the line afterwards. */
import { Button, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Recommendation } from '../api/queries.ts';
import { ErrorState } from '../ui/feedback.tsx';
import { day, units } from '../ui/format.ts';
import { DECIDED } from './columns.tsx';
import { useDecide, type Said } from './decisions.ts';

const SHORTEST_REASON = 3;
type Kind = Exclude<Said['decision'], 'none'>;

export function DecisionForm({ rows, close, start = 'quantity' }: { rows: readonly Recommendation[]; close(): void; start?: Kind }) {
  const only = rows.length === 1 ? rows[0]! : null, kinds: Kind[] = only ? ['quantity', 'excluded', 'snoozed'] : ['excluded', 'snoozed'];
  const [kind, setKind] = useState<Kind>(kinds.includes(start) ? start : 'excluded'), [quantity, setQuantity] = useState<number | string>(only?.quantity ?? ''), [until, setUntil] = useState(''), [reason, setReason] = useState('');
  const decide = useDecide(close), said = reason.trim(), decided = rows.filter((row) => row.decision !== null);
  const ready = said.length >= SHORTEST_REASON && (kind !== 'snoozed' || until !== '') && (kind !== 'quantity' || (typeof quantity === 'number' && Number.isInteger(quantity) && quantity >= 0));
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); if (ready) decide.mutate({ rows, said: { decision: kind, reason: said, until: until || null, ...(kind === 'quantity' ? { quantity: Number(quantity) } : {}) } }); }}>
      {only?.decision && <p><strong>{DECIDED[only.decision.decision]}</strong> by {only.decision.by}{only.decision.until ? ` until ${day(only.decision.until)}` : ''}: {only.decision.reason}. Recommended: {units(only.recommended)}.</p>}
      <SegmentedControl size="xs" aria-label="Decision" value={kind} onChange={(next) => setKind(next as Kind)} data={kinds.map((each) => ({ value: each, label: each === 'quantity' ? 'Order instead' : each === 'excluded' ? 'Exclude' : 'Snooze' }))} />
      {kind === 'quantity' && <NumberInput size="sm" w={160} label="Units to order" value={quantity} onChange={setQuantity} min={0} max={10_000_000} allowDecimal={false} />}
      <div className="row fields">
        <TextInput size="sm" type="date" label={kind === 'snoozed' ? 'Until' : 'Until (empty: until taken back)'} value={until} onChange={(event) => setUntil(event.currentTarget.value)} />
        <TextInput size="sm" className="grow" label="Reason" placeholder="The supplier has none before March" value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
      </div>
      {decide.isError && <ErrorState title="It was not saved" error={decide.error} />}
      <div className="row">
        <Button type="submit" size="sm" loading={decide.isPending} disabled={!ready}>Save</Button>
        {decided.length > 0 && <Button size="sm" variant="default" disabled={decide.isPending} onClick={() => decide.mutate({ rows: decided, said: { decision: 'none' } })}>As recommended</Button>}
        {said.length < SHORTEST_REASON && <span className="dim small">A reason is needed: it stands beside the line.</span>}
      </div>
    </form>
  );
}
