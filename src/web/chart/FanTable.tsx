/** The numbers of a fan chart as a table, in the order of time, and as a file. */
import { useEffect, useRef } from 'react';
import { day, decimal, percent, units } from '../ui/format.ts';
import { FAN_LEVELS, fanCsv, type Bucket } from './fan.ts';

/** Rows kept in sight above the first forecast. */
const ROWS_ABOVE = 4;

/** In the order of time, opened where the forecast begins. */
export function FanTable({ buckets }: { buckets: readonly Bucket[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const row = box.current?.querySelector<HTMLElement>('tr[data-first]');
    if (row && box.current) box.current.scrollTop = row.offsetTop - ROWS_ABOVE * row.offsetHeight;
  }, [buckets]);
  const first = buckets.find((bucket) => bucket.mean !== null);
  return (
    <div ref={box} className="chart-table" tabIndex={0} role="region" aria-label="Demand and forecast as a table">
      <table className="plain">
        <thead><tr><th>From</th><th className="num">Sold</th><th className="num">Out of stock</th><th className="num">Expected</th>{FAN_LEVELS.map((level) => <th key={level} className="num">P{Math.round(level * 100)}</th>)}</tr></thead>
        <tbody>
          {buckets.map((bucket) => (
            <tr key={bucket.from} data-first={bucket === first || undefined}>
              <td>{day(bucket.from)}</td><td className="num">{bucket.actual === null ? '' : units(bucket.actual)}</td><td className="num">{bucket.outOfStock ? percent(bucket.outOfStock) : ''}</td><td className="num">{bucket.mean === null ? '' : decimal(bucket.mean)}</td>
              {FAN_LEVELS.map((level, n) => <td key={level} className="num">{bucket.quantiles ? decimal(bucket.quantiles[n]!) : ''}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function downloadFan(name: string, buckets: readonly Bucket[]): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([fanCsv(buckets)], { type: 'text/csv' }));
  link.download = name.replaceAll(/[^A-Za-z0-9._-]/g, '-');
  link.click();
  URL.revokeObjectURL(link.href);
}
