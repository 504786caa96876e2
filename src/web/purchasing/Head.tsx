/** What belongs to the whole order and may be changed: the expected day, charges, notes. Charges of a sent order are the bills as they come in. */
import { Button, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { PurchaseDetail } from '../api/purchasing-queries.ts';
import { Panel } from '../ui/page.tsx';
import { Steady } from '../ui/Steady.tsx';
import { amountFault, minorOf, typed } from './look.ts';
import { useStep } from './use-step.ts';

const CHARGES = [['shipping', 'Shipping'], ['duty', 'Duty'], ['otherCost', 'Other cost']] as const;

export function Head({ order }: { order: PurchaseDetail }) {
  if (order.verbs.includes('amend')) return <Steady of={order} by={(one) => JSON.stringify([one.expectedOn, one.notes, ...CHARGES.map(([field]) => one[field])])}>{(steady, { saved }) => <Edited order={steady} saved={saved} />}</Steady>;
  return order.notes === '' ? null : <Panel title="Notes"><p className="notes-text">{order.notes}</p></Panel>;
}

function Edited({ order, saved }: { order: PurchaseDetail; saved(): void }) {
  const step = useStep(order, saved);
  const [expectedOn, setExpected] = useState(order.expectedOn ?? ''), [notes, setNotes] = useState(order.notes), [charges, setCharges] = useState(() => Object.fromEntries(CHARGES.map(([field]) => [field, typed(order[field], order.currency)])));
  const read = Object.fromEntries(CHARGES.map(([field]) => [field, minorOf(charges[field] ?? '', order.currency) ?? (charges[field]!.trim() === '' ? 0 : undefined)])), wrong = CHARGES.some(([field]) => read[field] === undefined);
  const changed = expectedOn !== (order.expectedOn ?? '') || notes !== order.notes || CHARGES.some(([field]) => read[field] !== order[field]);
  return (
    <Panel title="Dates, charges, notes">
      <form className="stack" onSubmit={(event) => { event.preventDefault(); step.mutate({ verb: 'amend', body: { expectedOn: expectedOn || null, notes, ...read } }); }}>
        <TextInput size="sm" type="date" label="Expected on" value={expectedOn} onChange={(event) => setExpected(event.currentTarget.value)} />
        <div className="charges">{CHARGES.map(([field, label]) => <TextInput key={field} size="sm" label={label} inputMode="decimal" value={charges[field]} error={amountFault(charges[field] ?? '', order.currency)} onChange={(event) => { const { value } = event.currentTarget; setCharges((old) => ({ ...old, [field]: value })); }} />)}</div>
        <p className="dim small">In {order.currency}, shared over the lines by their value.</p>
        <Textarea size="sm" label="Notes for the supplier" autosize minRows={2} maxRows={8} maxLength={4_000} value={notes} onChange={(event) => setNotes(event.currentTarget.value)} />
        <div><Button type="submit" variant="default" loading={step.isPending} disabled={!changed || wrong}>Save</Button></div>
      </form>
    </Panel>
  );
}
