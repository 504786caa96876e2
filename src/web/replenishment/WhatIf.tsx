/** Sliders over the plan: service level, days of cover, a budget, a full container. The server computes the lines anew with the plan's own code; nothing is saved. */
import { Button, Checkbox, Slider } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { whatIfQuery, type WhatIf as Answer, type WhatIfBody } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState } from '../ui/feedback.tsx';
import { count, money, signed, units } from '../ui/format.ts';
import { lineId } from './columns.tsx';
import { costWords } from './Totals.tsx';

/** As the address keeps them: per cent of service times ten, days, budget in whole units of currency. */
export interface Asked { service?: number | undefined; days?: number | undefined; budget?: number | undefined; fill?: 'container' | undefined }
const SETTLE_MS = 250, MINOR = 100;

/** The plan with what is asked; null where nothing is. */
export function useWhatIf(open: boolean, filter: Pick<WhatIfBody, 'q' | 'vendor' | 'location'>, asked: Asked) {
  const store = useStore(), [settled] = useDebouncedValue(asked, SETTLE_MS);
  const body: WhatIfBody = {
    ...(filter.q ? { q: filter.q } : {}), ...(filter.vendor ? { vendor: filter.vendor } : {}), ...(filter.location ? { location: filter.location } : {}),
    ...(settled.service ? { serviceLevel: settled.service / 1000 } : {}), ...(settled.days ? { daysOfCover: settled.days } : {}), ...(settled.budget ? { budget: settled.budget * MINOR } : {}), ...(settled.fill ? { fillContainer: true } : {}),
  };
  const query = useQuery({ ...whatIfQuery(store.storeId, body), enabled: open, placeholderData: keepPreviousData });
  const changed = useMemo(() => (open && query.data ? new Map(query.data.lines.map((line) => [lineId(line), line.quantity])) : null), [open, query.data]);
  return { query, changed };
}

export function WhatIf({ query, asked, change, oneSupplier }: { query: ReturnType<typeof useWhatIf>['query']; asked: Asked; change(part: Asked): void; oneSupplier: boolean }) {
  const store = useStore(), answer = query.data, cost = answer?.before.costs.find((each) => each.currency === store.currency)?.cost ?? 0, most = Math.max(100, Math.ceil((cost * 1.5) / MINOR / 100) * 100);
  const some = asked.service !== undefined || asked.days !== undefined || asked.budget !== undefined || asked.fill !== undefined;
  return (
    <section className="what-if-panel" aria-label="What if">
      <div className="sliders">
        <Knob label="Service level" words={asked.service === undefined ? 'as planned' : `${asked.service / 10}%`} min={500} max={995} step={5} value={asked.service} rest={950} change={(service) => change({ service })} />
        <Knob label="Days of cover" words={asked.days === undefined ? 'as planned' : count(asked.days, 'day')} min={1} max={60} step={1} value={asked.days} rest={7} change={(days) => change({ days })} />
        <Knob label="Budget" words={asked.budget === undefined ? 'no limit' : money(asked.budget * MINOR, store.currency)} min={Math.max(1, Math.round(most / 100))} max={most} step={Math.max(1, Math.round(most / 100))} value={asked.budget} rest={most} change={(budget) => change({ budget })} />
        {oneSupplier && <Checkbox size="xs" label="Fill the container" checked={asked.fill === 'container'} onChange={(event) => change({ fill: event.currentTarget.checked ? 'container' : undefined })} />}
      </div>
      {query.isError && !answer ? <ErrorState title="This could not be computed" error={query.error} retry={() => void query.refetch()} /> : <Outcome answer={answer} busy={query.isFetching} currency={store.currency} some={some} />}
      {some && <Button size="compact-xs" variant="default" onClick={() => change({ service: undefined, days: undefined, budget: undefined, fill: undefined })}>Back to the plan</Button>}
    </section>
  );
}

/** The slider moves at once; the address, and what is computed from it, follow when it is let go. */
function Knob({ label, words, min, max, step, value, rest, change }: { label: string; words: string; min: number; max: number; step: number; value: number | undefined; rest: number; change(value: number | undefined): void }) {
  const [held, setHeld] = useState<number | null>(null);
  return (
    <div className="knob">
      <span><span>{label}</span> <strong>{words}</strong></span>
      <Slider size="sm" thumbSize={24} label={null} thumbLabel={label} min={min} max={max} step={step} value={held ?? Math.min(max, value ?? rest)} onChange={setHeld} onChangeEnd={(next) => { setHeld(null); change(next); }} />
    </div>
  );
}

function Outcome({ answer, busy, currency, some }: { answer: Answer | undefined; busy: boolean; currency: string; some: boolean }) {
  if (!answer) return <p className="dim" role="status">Computing…</p>;
  const { before, after } = answer;
  return (
    <div className="outcome" role="status" data-busy={busy || undefined}>
      <p className="strong">{some ? 'With these values' : 'As planned, with the stock and orders of this moment'}</p>
      <p><span className="dim">Units</span> <b>{units(after.units)}</b>{some && <span className="dim"> {signed(after.units - before.units)}</span>}</p>
      <p><span className="dim">Cost</span> <b>{costWords(after.costs)}</b></p>
      <p><span className="dim">Sales still at risk</span> <b>{money(after.riskLeft, currency)}</b>{some && <span className="dim"> was {money(before.riskLeft, currency)}</span>}</p>
      <p><span className="dim">Lines</span> <b>{units(after.lines)}</b></p>
      {some && <p className="dim small">{answer.lines.length === 0 ? 'No quantity changes.' : `${count(answer.lines.length, 'quantity changes', 'quantities change')}, shown beside the plan’s.`} Nothing is saved.{answer.more ? ` The ${units(answer.considered)} most urgent lines were considered: filter for the others.` : ''}</p>}
      {answer.notes.map((note) => <p key={note} className="small">{note}</p>)}
    </div>
  );
}
