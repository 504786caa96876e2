/** The forecast fan: sold, the median, two bands, shaded time out of stock, events and today; beside it what the engine said alone and what an earlier run said. */
import { useMemo } from 'react';
import uPlot from './uplot.ts';
import { usePalette, tint } from './palette.ts';
import { axes, Plot, seconds, utcDate } from './Plot.tsx';
import { addDays } from '../../domain/calendar.ts';
import type { Bucket } from './fan.ts';
import { day, decimal, percent, units } from '../ui/format.ts';

export interface ChartEvent { name: string; from: string; to: string }
export interface Former { label: string; values: readonly (number | null)[] }

const NO_EVENTS: readonly ChartEvent[] = [];

export function FanChart({ buckets, today, summary, events = NO_EVENTS, former }: { buckets: readonly Bucket[]; today: string; summary: string; events?: readonly ChartEvent[]; former?: Former | undefined }) {
  const palette = usePalette(), engine = buckets.some((bucket) => bucket.engine !== null), earlier = former !== undefined, compared = engine || earlier;
  const data = useMemo((): uPlot.AlignedData => [
    buckets.map((bucket) => seconds(bucket.from)), buckets.map((bucket) => bucket.actual), ...[0, 1, 2, 3, 4].map((n) => buckets.map((bucket) => bucket.quantiles?.[n] ?? null)),
    ...(compared ? [buckets.map((bucket) => bucket.mean)] : []), ...(engine ? [buckets.map((bucket) => bucket.engine)] : []), ...(former ? [[...former.values]] : []),
  ], [buckets, compared, engine, former]);
  const options = useMemo((): Omit<uPlot.Options, 'width' | 'height'> => {
    const edge = (opacity: number): uPlot.Series => ({ stroke: tint(palette.blue, opacity), width: 1, points: { show: false } });
    return {
      tzDate: utcDate, scales: { x: { time: true }, y: { range: (_self, _min, max) => [0, Math.max(2, max * 1.08)] } }, axes: axes(palette, units),
      series: [{}, { stroke: palette.ink, width: 1.4, points: { show: false } }, edge(0.45), edge(0.7), { stroke: palette.blue, width: 2, points: { show: false } }, edge(0.7), edge(0.45),
        // Expectations are compared with expectations: the median of a few units a day is not one.
        ...(compared ? [{ stroke: palette.blue, width: 1.4, dash: [7, 3], points: { show: false } }] : []), ...(engine ? [{ stroke: palette.amber, width: 1.6, dash: [6, 4], points: { show: false } }] : []), ...(earlier ? [{ stroke: palette.pink, width: 1.8, dash: [2, 3], points: { show: false } }] : [])],
      bands: [{ series: [6, 2], fill: tint(palette.blue, 0.1) }, { series: [5, 3], fill: tint(palette.blue, 0.2) }],
      cursor: { y: false, points: { size: 6 } },
      hooks: {
        drawClear: [(self) => {
          const { ctx, bbox } = self;
          ctx.save();
          for (const bucket of buckets) {
            if (!bucket.outOfStock) continue;
            const left = Math.max(bbox.left, self.valToPos(seconds(bucket.from), 'x', true)), right = Math.min(bbox.left + bbox.width, self.valToPos(seconds(bucket.from) + bucket.days * 86_400, 'x', true));
            ctx.fillStyle = tint(palette.red, 0.07 + 0.14 * bucket.outOfStock);
            if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
          }
          for (const event of events) {
            const left = Math.max(bbox.left, self.valToPos(seconds(event.from), 'x', true)), right = Math.min(bbox.left + bbox.width, self.valToPos(seconds(event.to) + 86_400, 'x', true));
            if (right <= left) continue;
            ctx.fillStyle = tint(palette.green, 0.14);
            ctx.fillRect(left, bbox.top, right - left, bbox.height);
            ctx.fillStyle = palette.green;
            ctx.fillRect(left, bbox.top, right - left, 3 * devicePixelRatio);
          }
          ctx.restore();
        }],
        draw: [(self) => {
          const { ctx, bbox } = self, x = self.valToPos(seconds(today), 'x', true);
          if (x < bbox.left || x > bbox.left + bbox.width) return;
          ctx.save();
          ctx.strokeStyle = palette.dim;
          ctx.lineWidth = devicePixelRatio;
          ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
          ctx.fillStyle = palette.dim;
          ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
          ctx.textAlign = 'right';
          ctx.fillText('today', x - 4 * devicePixelRatio, bbox.top + 11 * devicePixelRatio);
          ctx.restore();
        }],
      },
    };
  }, [palette, buckets, today, events, compared, engine, earlier]);
  return (
    <div className="stack">
      <Plot options={options} data={data} height={280} summary={summary} describe={(n) => <Reading bucket={buckets[n]} former={former && { label: former.label, value: former.values[n] ?? null }} events={events} />} />
      <div className="legend">
        <span><i style={{ color: 'var(--ink)' }} />Sold</span><span><i style={{ color: 'var(--s-blue)' }} />Median forecast</span>
        <span><i className="band" style={{ color: 'var(--s-blue)', background: 'color-mix(in srgb, var(--s-blue) 28%, transparent)' }} />P25 to P75</span>
        <span><i className="band" style={{ color: 'var(--s-blue)', background: 'color-mix(in srgb, var(--s-blue) 10%, transparent)' }} />P5 to P95</span>
        <span><i className="band" style={{ color: 'var(--s-red)', background: 'color-mix(in srgb, var(--s-red) 20%, transparent)' }} />Out of stock: sales say less than demand</span>
        {compared && <span><i style={{ color: 'var(--s-blue)', borderTopStyle: 'dashed' }} />Expected (mean)</span>}
        {engine && <span><i style={{ color: 'var(--s-amber)', borderTopStyle: 'dashed' }} />Expected by the engine alone</span>}
        {former && <span><i style={{ color: 'var(--s-pink)', borderTopStyle: 'dotted' }} />Expected by the {former.label}</span>}
        {events.length > 0 && <span><i className="band" style={{ color: 'var(--s-green)', background: 'color-mix(in srgb, var(--s-green) 20%, transparent)' }} />Event</span>}
      </div>
    </div>
  );
}

function Reading({ bucket, former, events }: { bucket: Bucket | undefined; former: { label: string; value: number | null } | undefined; events: readonly ChartEvent[] }) {
  if (!bucket) return null;
  const q = bucket.quantiles, last = addDays(bucket.from, bucket.days - 1), named = events.filter((event) => event.from <= last && event.to >= bucket.from);
  return (
    <span>
      {day(bucket.from)}{bucket.days > 1 && `, ${bucket.days} days`}: {bucket.actual !== null && <><strong>{units(bucket.actual)}</strong> sold</>}
      {q && <>{bucket.actual !== null && '; '}<strong>{decimal(q[2]!)}</strong> at the median, {decimal(q[1]!)} to {decimal(q[3]!)} (P25–P75), {decimal(q[0]!)} to {decimal(q[4]!)} (P5–P95), {decimal(bucket.mean ?? 0)} expected</>}
      {bucket.outOfStock !== null && bucket.outOfStock > 0 && <>; out of stock {percent(bucket.outOfStock)} of the time</>}
      {bucket.engine !== null && <>; the engine alone {decimal(bucket.engine)}</>}{former && former.value !== null && <>; {decimal(former.value)} by the {former.label}</>}{named.length > 0 && <>; {named.map((event) => event.name).join(', ')}</>}
    </span>
  );
}
