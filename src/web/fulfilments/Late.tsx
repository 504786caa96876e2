/** How late a parcel is, and where it can be followed. */
import { useContext } from 'react';
import type { Shipment } from '../api/stock-queries.ts';
import { InGrid } from '../table/in-grid.ts';
import { units } from '../ui/format.ts';
import { useNow } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';

const MINUTE_MS = 60_000;

/** Whole minutes beyond the promise; null when it was kept, or still can be. */
export function minutesLate(row: Pick<Shipment, 'shippedAt' | 'state'>, promise: number, now: number): number | null {
  if (row.state === 'written' || row.state === 'cancelled') return null;
  const late = Math.floor((now - Date.parse(row.shippedAt)) / MINUTE_MS) - promise;
  return late >= 0 ? late : null;
}

export function Late({ row, promise }: { row: Shipment; promise: number }) {
  const late = minutesLate(row, promise, useNow());
  return late === null ? null : <Status tone="bad">{units(late)} min late</Status>;
}

export function Tracking({ row }: { row: Shipment }) {
  const inGrid = useContext(InGrid);
  if (row.parcels.length === 0) return <span className="dim">none</span>;
  return (
    <span className="row tight">
      {row.parcels.map((parcel, n) => <span key={n} className="ellipsis">{parcel.url ? <a href={parcel.url} target="_blank" rel="noreferrer" tabIndex={inGrid ? -1 : undefined}>{parcel.number ?? 'follow it'}</a> : parcel.number ?? 'no number'}{parcel.carrier && <span className="dim"> {parcel.carrier}</span>}</span>)}
    </span>
  );
}
