/** What the last orders took, as a histogram, beside what is stated. The same figures stand below in words. */
import type { Supplier } from '../api/purchasing-queries.ts';
import { count, decimal } from '../ui/format.ts';
import { histogram } from './histogram.ts';

const WIDE = 640, HIGH = 150, FOOT = 26, HEAD = 22;

export function LeadTimes({ learned, stated, drift }: { learned: NonNullable<Supplier['scorecard']['leadTime']>; stated: number | null; drift: number | null }) {
  const bins = histogram(learned.days, stated), from = bins[0]!.from, to = bins.at(-1)!.to, most = Math.max(...bins.map((bin) => bin.n));
  const x = (days: number): number => ((days - from) / (to - from)) * WIDE, floor = HIGH - FOOT, tall = (n: number): number => (n / most) * (floor - HEAD);
  return (
    <figure className="lead-times">
      <svg viewBox={`0 0 ${WIDE} ${HIGH}`} role="img" aria-label={`Lead times of ${learned.n} orders: middle ${learned.p50} days, P90 ${learned.p90} days${stated === null ? '' : `, stated ${stated} days`}`}>
        {bins.map((bin) => <g key={bin.from}><rect x={x(bin.from) + 1} y={floor - tall(bin.n)} width={Math.max(1, x(bin.to) - x(bin.from) - 2)} height={tall(bin.n)} rx={2} className="bar" />{bin.n > 0 && <text x={(x(bin.from) + x(bin.to)) / 2} y={floor - tall(bin.n) - 4} textAnchor="middle" className="tick">{bin.n}</text>}</g>)}
        <line x1={0} x2={WIDE} y1={floor} y2={floor} className="axis" />
        {bins.filter((_, n) => n % Math.ceil(bins.length / 12) === 0).map((bin) => <text key={bin.from} x={x(bin.from)} y={HIGH - 10} className="tick" textAnchor={bin.from === from ? 'start' : 'middle'}>{bin.from} d</text>)}
        <line x1={x(learned.p50)} x2={x(learned.p50)} y1={10} y2={floor} className="middle" />
        {stated !== null && <line x1={x(stated)} x2={x(stated)} y1={10} y2={floor} className="stated" />}
      </svg>
      <figcaption>
        <span className="key middle">Middle of {count(learned.n, 'order')}: {decimal(learned.p50)} days</span>{stated !== null && <span className="key stated">Stated: {stated} days</span>}
        <span className="dim">Nine of ten within {decimal(learned.p90)} days; spread (P90 − P10) {decimal(learned.spread)} days.</span>
        {drift !== null && <strong>{drift > 0 ? `Orders take ${decimal(drift)} days longer than stated: stock may run out before they come.` : `Orders take ${decimal(-drift)} days less than stated: they are placed too early.`}</strong>}
      </figcaption>
    </figure>
  );
}
