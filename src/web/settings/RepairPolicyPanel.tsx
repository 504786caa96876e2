/** Which differences are repaired without asking: a cause a line, off at first; how many units, how much money, which way; and why. */
import { Button, NumberInput, Select, Switch, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type * as Contract from '../../http/contract-drift.ts';
import type { Of } from '../../http/contract.ts';
import { minorDigits } from '../../domain/money.ts';
import { write } from '../api/client.ts';
import { one } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { AppLink } from '../ui/AppLink.tsx';
import { Banner, ErrorState, Lines } from '../ui/feedback.tsx';
import { count, units } from '../ui/format.ts';
import { Panel } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';

type View = Of<typeof Contract.RepairPolicyView>;
type Cause = View['policies'][number]['cause'];
interface Line { cause: Cause; on: boolean; way: View['policies'][number]['way']; units: number | string; money: number | string }

const CAUSES: readonly { cause: Cause; label: string; says: string }[] = [
  { cause: 'unknown', label: 'Unknown', says: 'Nothing that was heard explains the units.' },
  { cause: 'edited in Shopify', label: 'Edited in Shopify, beside unknown units', says: 'An edit alone is followed at once, where Shopify is right. This is one that waits, because other units of the level are unexplained.' },
];
const SHORTEST_REASON = 3;

export function RepairPolicyPanel() {
  const store = useStore(), query = useQuery(one<View>(['repair-policy', store.storeId], '/settings/repair-policy', { store: store.storeId }));
  if (query.isError && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <Panel title="Differences repaired without asking">{query.data ? <Form key={`${store.storeId} ${JSON.stringify(query.data.policies)}`} view={query.data} /> : <Lines rows={4} />}</Panel>;
}

function Form({ view }: { view: View }) {
  const store = useStore(), client = useQueryClient(), scale = 10 ** minorDigits(view.currency), [reason, setReason] = useState('');
  const before = CAUSES.map(({ cause }): Line => { const set = view.policies.find((each) => each.cause === cause); return { cause, on: set !== undefined, way: set?.way ?? 'accept Shopify', units: set?.unitLimit ?? 2, money: (set?.moneyLimit ?? 20 * scale) / scale }; });
  const [lines, setLines] = useState(before), change = (cause: Cause, part: Partial<Line>): void => setLines((old) => old.map((line) => (line.cause === cause ? { ...line, ...part } : line)));
  const whole = (value: number | string): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0, worth = (value: number | string): boolean => typeof value === 'number' && value > 0;
  const valid = lines.every((line) => !line.on || (whole(line.units) && worth(line.money))), changed = JSON.stringify(lines) !== JSON.stringify(before), last = view.policies[0];
  const save = useMutation({
    mutationFn: () => write<View>('PUT', '/settings/repair-policy', { store: store.storeId }, { reason: reason.trim(), policies: lines.filter((line) => line.on).map((line) => ({ cause: line.cause, way: line.way, unitLimit: line.units as number, moneyLimit: Math.round((line.money as number) * scale) })) }),
    onSuccess: (saved) => { client.setQueryData(['repair-policy', store.storeId], saved); notifications.show({ message: saved.policies.length === 0 ? 'Saved: every repair is asked for' : 'Saved' }); },
    onError: (error) => notifications.show({ color: 'red', message: error.message }),
  });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <p className="small dim">A difference that has lasted five minutes and is within these limits is repaired by itself, listed under <AppLink to="/stock?tab=repairs">Repairs</AppLink> and in the audit trail, and taken back there like any other. More than {units(view.most)} at once or within an hour are a storm: then, and while a peak is on, nobody but a person repairs. A level is repaired so once a day at most, and not for a month after somebody took it back.</p>
      {CAUSES.map(({ cause, label, says }) => {
        const line = lines.find((each) => each.cause === cause)!;
        return (
          <fieldset key={cause} className="repair-policy" disabled={!view.mayChange}>
            <Switch label={label} description={says} checked={line.on} onChange={(event) => change(cause, { on: event.currentTarget.checked })} disabled={!view.mayChange} />
            {line.on && (
              <div className="row">
                <Select label="Way" value={line.way} onChange={(value) => change(cause, { way: value as Line['way'] })} data={[{ value: 'accept Shopify', label: 'Accept Shopify’s' }, { value: 'push ours', label: 'Push ours' }]} allowDeselect={false} w={170} disabled={!view.mayChange} />
                <NumberInput label="Units of a level, at most" value={line.units} onChange={(value) => change(cause, { units: value })} min={1} max={1_000_000} allowDecimal={false} w={180} error={whole(line.units) ? null : 'A whole number, 1 or more'} disabled={!view.mayChange} />
                <NumberInput label={`Worth, at most, ${view.currency}`} value={line.money} onChange={(value) => change(cause, { money: value })} min={0} decimalScale={minorDigits(view.currency)} w={180} error={worth(line.money) ? null : 'More than 0'} disabled={!view.mayChange} />
              </div>
            )}
          </fieldset>
        );
      })}
      {view.stopped && view.policies.length > 0 && <Banner>Stopped now: {view.stopped}</Banner>}
      {changed && <Textarea label="Why?" description="Kept with the policy, with each repair it makes, and in the audit trail." value={reason} onChange={(event) => setReason(event.currentTarget.value)} maxLength={300} autosize minRows={2} maw={620} />}
      <div className="row">
        <Button type="submit" loading={save.isPending} disabled={!view.mayChange || !valid || !changed || reason.trim().length < SHORTEST_REASON}>Save</Button>
        {view.mayChange ? last && <span className="dim small">Set <Ago at={last.setAt} /> by {last.setBy}: {last.reason}. {count(view.made, 'repair')} within the hour.</span> : <span className="dim small">Only administrators change this.</span>}
      </div>
    </form>
  );
}
