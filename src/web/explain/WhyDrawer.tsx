/** The drawer behind every quantity of a level. */
import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { itemQuery, type StockRow } from '../api/queries.ts';
import { subjectText, type Subject } from '../search-params.ts';
import { useStore } from '../shell/store.tsx';
import { DriftCauses } from '../stock/DriftCauses.tsx';
import { units } from '../ui/format.ts';
import { ChangedBy } from './ChangedBy.tsx';
import { Explain, StateTabs } from './Explain.tsx';

/** `figure` of the subject: a state, or `onHand`, `unavailable`, `drift`. */
export function WhyDrawer({ subject, change }: { subject: Subject | null; change(to: string | undefined): void }) {
  return (
    <Drawer opened={subject !== null} onClose={() => change(undefined)} size={580} title={subject ? <Title subject={subject} /> : ''}>
      {subject && <Why subject={subject} change={change} />}
    </Drawer>
  );
}

function useLevel(subject: Subject): { title: string; sku: string | null; row: StockRow | undefined } {
  const store = useStore(), { data } = useQuery(itemQuery(store.storeId, subject.itemId));
  return { title: data?.title ?? '', sku: data?.sku ?? null, row: data?.locations.find((row) => row.locationId === subject.locationId) };
}

function Title({ subject }: { subject: Subject }) {
  const { title, sku, row } = useLevel(subject);
  const value = row && figureValue(row, subject.figure);
  return <span><strong>{value === undefined ? 'Why this number?' : `Why is this number ${units(value)}?`}</strong><br /><span className="small dim">{sku || title}{row && ` · ${row.locationName}`}</span></span>;
}

function figureValue(row: StockRow, figure: string): number | undefined {
  return { onHand: row.onHand, committed: row.committed, available: row.available, unavailable: row.unavailable, incoming: row.incoming, drift: row.drift }[figure];
}

function Why({ subject, change }: { subject: Subject; change(to: string | undefined): void }) {
  const store = useStore(), { row } = useLevel(subject);
  const state = subject.figure === 'onHand' || subject.figure === 'drift' ? 'available' : subject.figure === 'unavailable' ? 'reserved' : subject.figure;
  return (
    <div className="stack">
      {row && (subject.figure === 'drift' || row.drift !== 0 || row.planner !== null) && <DriftCauses itemId={row.itemId} locationId={row.locationId} timeZone={store.timeZone} />}
      {row && <Equation row={row} />}
      <StateTabs value={state} onChange={(next) => change(subjectText({ ...subject, figure: next }))} />
      <Explain itemId={subject.itemId} locationId={subject.locationId} state={state} />
      <ChangedBy itemId={subject.itemId} locationId={subject.locationId} open={false} />
      <p><Link to="/items/$itemId" params={{ itemId: String(subject.itemId) }} search={{ tab: 'movements', location: subject.locationId, state }}>Open the movements on the item’s page</Link></p>
    </div>
  );
}

/** on hand = available + committed + unavailable, with this level's numbers. */
export function Equation({ row }: { row: StockRow }) {
  const terms: [string, number][] = [['available', row.available], ['committed', row.committed], ['unavailable', row.unavailable]];
  return (
    <p className="equation" aria-label={`${row.onHand} on hand = ${terms.map(([name, value]) => `${value} ${name}`).join(' + ')}`}>
      <span><b>{units(row.onHand)}</b> on hand</span>{terms.map(([name, value], n) => <span key={name}><i>{n === 0 ? '=' : '+'}</i><b className={value < 0 ? 'negative' : ''}>{units(value)}</b> {name}</span>)}
    </p>
  );
}
