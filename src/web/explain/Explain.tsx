/** "Why is this number 7?": the sum in one sentence, by kind, and every movement with the balance after it, its cause and who told us. */
import { Button, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useContext } from 'react';
import { explainQuery } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { capital, instant, signed, units } from '../ui/format.ts';
import { Ago, TimeZone } from '../ui/time.tsx';
import './explain.css';

export const STATES = ['available', 'committed', 'reserved', 'damaged', 'safety_stock', 'quality_control', 'incoming'] as const;
export const stateName = (state: string): string => capital(state.replaceAll('_', ' '));

export interface ExplainProps { itemId: number; locationId: number; state: string; at?: string | undefined }

export function Explain({ itemId, locationId, state, at }: ExplainProps) {
  const store = useStore(), timeZone = useContext(TimeZone);
  const query = useInfiniteQuery(explainQuery(store.storeId, itemId, locationId, state, at));
  if (query.isError && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const first = query.data?.pages[0];
  if (!first) return <Lines rows={7} />;
  const movements = query.data!.pages.flatMap((page) => page.movements);
  const largest = Math.max(1, ...first.byKind.map((kind) => Math.abs(kind.quantity)));
  return (
    <div className="stack">
      <p className="sentence">{first.sentence}</p>
      {first.byKind.length > 0 && (
        <ul className="kinds" aria-label="By kind of movement">
          {first.byKind.map((kind) => (
            <li key={kind.kind}>
              <span>{capital(kind.kind)}</span>
              <span className="bar" aria-hidden><i data-sign={kind.quantity < 0 ? 'minus' : 'plus'} style={{ width: `${(Math.abs(kind.quantity) / largest) * 100}%` }} /></span>
              <span className="num">{signed(kind.quantity)}</span>
              <span className="num dim">{units(kind.movements)}×</span>
            </li>
          ))}
        </ul>
      )}
      {movements.length > 0 && (
        <ol className="movements" aria-label="Movements, newest first">
          {movements.map((movement) => (
            <li key={movement.movementId}>
              <div className="movement-line">
                <span className="num change" data-sign={movement.change < 0 ? 'minus' : 'plus'}>{signed(movement.change)}</span>
                <span className="grow">{movement.sentence}</span>
                <span className="num balance" title="Balance after it">{units(movement.balance)}</span>
              </div>
              <div className="movement-cause small dim">
                <Ago at={movement.occurredAt} /> · {passage(movement.from, movement.to)} · <code title={`Recorded ${instant(movement.recordedAt, timeZone)}`}>{movement.fact}</code>{movement.revision > 0 && ` rev ${movement.revision}`} · told by {movement.source}
              </div>
            </li>
          ))}
        </ol>
      )}
      {query.hasNextPage && <div><Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Show earlier movements</Button></div>}
    </div>
  );
}

/** "Main warehouse · available → committed": the place is said once where both ends are there. */
export function passage(from: string, to: string): string {
  const [place, state] = to.split(' · ');
  return state !== undefined && from.startsWith(`${place} · `) ? `${from} → ${state}` : `${from} → ${to}`;
}

/** The states of one level side by side; on hand is their sum. */
export function StateTabs({ value, onChange }: { value: string; onChange(state: string): void }) {
  const shown: string[] = ['available', 'committed', 'incoming'];
  if (!shown.includes(value)) shown.push(value);
  return <SegmentedControl value={value} onChange={onChange} data={shown.map((state) => ({ value: state, label: stateName(state) }))} aria-label="State" />;
}
