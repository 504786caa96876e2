/** Stock over the horizon if nothing more is ordered: the median as steps, one chance in ten either side, the days it runs out, what comes when, and how far the suggested order would carry. */
import { useMemo } from 'react';
import uPlot from '../chart/uplot.ts';
import { Link } from '@tanstack/react-router';
import { addDays, daysBetween } from '../../domain/calendar.ts';
import type { DemandView } from '../api/queries.ts';
import { tint, usePalette } from '../chart/palette.ts';
import { axes, Plot, seconds, utcDate } from '../chart/Plot.tsx';
import { firstBelowZero, withOrder } from '../chart/projection.ts';
import { day, decimal, units } from '../ui/format.ts';

export function ProjectionChart({ demand }: { demand: DemandView }) {
  const palette = usePalette(), { p10, p50, p90, orders, suggested } = demand.projection!, first = addDays(demand.forecast!.asOf, 1);
  const likely = firstBelowZero(p50), early = firstBelowZero(p10);
  const at = (day: string): number => Math.max(0, daysBetween(first, day)), arrives = suggested === null ? null : at(suggested.day);
  const ghost = useMemo(() => (suggested === null || arrives === null || arrives >= p50.length ? null : withOrder(p50, arrives, suggested.units)), [p50, suggested, arrives]);
  const data = useMemo((): uPlot.AlignedData => [p50.map((_, n) => seconds(addDays(first, n))), p10, p50, p90, ghost ?? p50.map(() => null)], [first, p10, p50, p90, ghost]);
  const marks = useMemo(() => orders.map((one) => ({ ...one, index: Math.max(0, daysBetween(first, one.day)) })).filter((one) => one.index < p50.length), [orders, first, p50.length]);
  const options = useMemo((): Omit<uPlot.Options, 'width' | 'height'> => {
    const step = uPlot.paths.stepped!({ align: 1 });
    const dot = (self: uPlot, index: number | null, filled: boolean): void => {
      if (index === null) return;
      const { ctx } = self, x = self.valToPos(self.data[0][index]!, 'x', true), y = self.valToPos(0, 'y', true);
      ctx.save();
      ctx.setLineDash([]);
      ctx.beginPath();
      ctx.arc(x, y, 5 * devicePixelRatio, 0, 2 * Math.PI);
      ctx.fillStyle = filled ? palette.red : palette.surface;
      ctx.strokeStyle = palette.red;
      ctx.lineWidth = 2 * devicePixelRatio;
      ctx.fill();
      ctx.stroke();
      ctx.restore();
    };
    /** An arrow up from the axis: full where it was sent, hollow for a draft, red where it is overdue. */
    const arrow = (self: uPlot, index: number, sent: boolean, overdue: boolean): void => {
      const { ctx } = self, x = self.valToPos(self.data[0][index]!, 'x', true), bottom = self.bbox.top + self.bbox.height, size = 5 * devicePixelRatio, colour = overdue ? palette.red : palette.green;
      ctx.save();
      ctx.setLineDash([]);
      ctx.strokeStyle = colour;
      ctx.fillStyle = sent ? colour : palette.surface;
      ctx.lineWidth = 1.5 * devicePixelRatio;
      ctx.beginPath();
      ctx.moveTo(x, bottom);
      ctx.lineTo(x, bottom - 3 * size);
      ctx.stroke();
      ctx.beginPath();
      ctx.moveTo(x - size, bottom - 2 * size);
      ctx.lineTo(x, bottom - 4 * size);
      ctx.lineTo(x + size, bottom - 2 * size);
      ctx.closePath();
      ctx.fill();
      ctx.stroke();
      ctx.restore();
    };
    return {
      tzDate: utcDate, scales: { x: { time: true }, y: { range: (_self, min, max) => [Math.min(0, min), Math.max(1, max) * 1.06] } }, axes: axes(palette, units),
      series: [{}, { stroke: tint(palette.blue, 0.55), width: 1, paths: step, points: { show: false } }, { stroke: palette.blue, width: 2, paths: step, points: { show: false } }, { stroke: tint(palette.blue, 0.55), width: 1, paths: step, points: { show: false } }, { stroke: palette.green, width: 2, dash: [6, 4], paths: step, points: { show: false } }],
      bands: [{ series: [3, 1], fill: tint(palette.blue, 0.14) }],
      cursor: { y: false, points: { size: 6 } },
      hooks: { draw: [(self) => {
        const y = self.valToPos(0, 'y', true);
        self.ctx.save();
        self.ctx.strokeStyle = palette.red;
        self.ctx.lineWidth = devicePixelRatio;
        self.ctx.setLineDash([4, 3]);
        self.ctx.beginPath();
        self.ctx.moveTo(self.bbox.left, y);
        self.ctx.lineTo(self.bbox.left + self.bbox.width, y);
        self.ctx.stroke();
        self.ctx.restore();
        dot(self, early, false);
        dot(self, likely, true);
        for (const mark of marks) arrow(self, mark.index, mark.sent, mark.overdue);
      }] },
    };
  }, [palette, likely, early, marks]);
  const summary = likely === null ? (early === null ? `The stock lasts beyond ${day(addDays(first, p50.length - 1))}.` : `The stock may run out on ${day(addDays(first, early))} (one chance in ten); more likely it lasts beyond ${day(addDays(first, p50.length - 1))}.`)
    : likely === 0 ? 'More likely than not the stock does not last today.' : `The stock runs out on ${day(addDays(first, likely))}, more likely than not${early !== null && early < likely ? `; with one chance in ten already on ${day(addDays(first, early))}` : ''}.`;
  return (
    <div className="stack">
      <p className="sentence">{summary}{suggested && <> The {units(suggested.units)} that the plan would order today would be here on {day(suggested.day)}.</>}</p>
      <Plot options={options} data={data} height={240} summary={summary} describe={(n) => <span>{day(addDays(first, n))}: <strong>{decimal(p50[n] ?? 0)}</strong> left at the median, {decimal(p10[n] ?? 0)} to {decimal(p90[n] ?? 0)} with 80% chance{marks.filter((mark) => mark.index === n).map((mark) => `; ${mark.reference} brings ${units(mark.units)}${mark.sent ? '' : ' (draft)'}`).join('')}</span>} />
      <div className="legend">
        <span style={{ color: 'var(--s-blue)' }}><i />Median</span><span style={{ color: 'var(--s-blue)' }}><i className="band" />P10 to P90</span>
        {likely !== null && <span><svg width="10" height="10" aria-hidden><circle cx="5" cy="5" r="4" fill="var(--s-red)" /></svg>Runs out, P50</span>}
        {early !== null && <span><svg width="10" height="10" aria-hidden><circle cx="5" cy="5" r="4" fill="none" stroke="var(--s-red)" strokeWidth="2" /></svg>Runs out, one chance in ten</span>}
        {ghost && <span><i style={{ color: 'var(--s-green)', borderTopStyle: 'dashed' }} />Median with the suggested order</span>}
        {marks.length > 0 && <span><svg width="10" height="10" aria-hidden><path d="M5 0 L10 9 L0 9 Z" fill="var(--s-green)" /></svg>Goods come</span>}
      </div>
      {orders.length > 0 && <ul className="coming small">{orders.map((one) => <li key={`${one.purchaseOrderId}${one.day}`}><Link to="/purchase-orders/$purchaseOrderId" params={{ purchaseOrderId: String(one.purchaseOrderId) }}>{one.reference}</Link> {one.sent ? 'brings' : 'would bring'} {units(one.units)} on {day(one.day)}{one.byLeadTime && <span className="dim"> (no day was said: by the lead time)</span>}{!one.sent && <span className="dim"> (not sent: not counted)</span>}{one.overdue && <strong className="negative"> overdue: counted as here today</strong>}</li>)}</ul>}
    </div>
  );
}
