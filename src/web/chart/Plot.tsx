/** uPlot in React: made once per shape, given new values without being rebuilt, as wide as its place; arrow keys move the cursor. */
import 'uplot/dist/uPlot.min.css';
import './chart.css';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import uPlot from './uplot.ts';

export interface PlotProps {
  /** Everything but the size; keep it stable, a new object rebuilds the chart. */
  options: Omit<uPlot.Options, 'width' | 'height'>;
  data: uPlot.AlignedData;
  height: number;
  /** One sentence that says what the chart shows. */
  summary: string;
  /** What is said about the point under the cursor. */
  describe: (index: number) => ReactNode;
}

export function Plot({ options, data, height, summary, describe }: PlotProps) {
  const { ref: box, width } = useElementSize();
  const host = useRef<HTMLDivElement>(null), plot = useRef<uPlot | null>(null), latest = useRef(data);
  const [index, setIndex] = useState<number | null>(null);
  const known = width > 0;
  useEffect(() => {
    if (!known || !host.current) return;
    const made = new uPlot({
      ...options, width: Math.floor(host.current.clientWidth), height, legend: { show: false },
      hooks: { ...options.hooks, setCursor: [(self) => { setIndex(self.cursor.idx ?? null); }] },
    }, latest.current, host.current);
    plot.current = made;
    return () => { made.destroy(); plot.current = null; };
  }, [options, height, known]);
  useEffect(() => { if (width > 0) plot.current?.setSize({ width: Math.floor(width), height }); }, [width, height]);
  useEffect(() => {
    if (latest.current === data) return;
    latest.current = data;
    plot.current?.setData(data);
  }, [data]);
  const move = (by: number): void => {
    const self = plot.current, size = latest.current[0].length;
    if (!self || size === 0) return;
    const next = Math.max(0, Math.min(size - 1, (index ?? size - 1) + by));
    self.setCursor({ left: self.valToPos(latest.current[0][next]!, 'x'), top: self.over.clientHeight / 2 });
  };
  return (
    <div ref={box} className="plot">
      <div className="plot-note small" aria-live="polite">{index !== null ? describe(index) : <span className="dim">Point at the chart, or use the arrow keys, to read a value.</span>}</div>
      <div ref={host} role="img" aria-label={summary} tabIndex={0} style={{ height }} onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7 }[event.key];
        if (by !== undefined) { event.preventDefault(); move(by); }
      }} />
    </div>
  );
}

/** Steps of a unit axis: there is no half unit to mark. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000];

/** Axes in the page's colours; days along x as seconds of UTC midnight. */
export function axes(palette: { dim: string; line: string }, format: (value: number) => string): uPlot.Axis[] {
  const font = '11px system-ui, sans-serif';
  const dayName = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }), monthName = new Intl.DateTimeFormat('en-GB', { month: 'short', year: '2-digit', timeZone: 'UTC' });
  return [
    { stroke: palette.dim, font, grid: { show: false }, ticks: { stroke: palette.line, width: 1, size: 4 }, gap: 4, size: 30, space: 70, values: (_self, splits, _axis, _space, increment) => splits.map((at) => (increment >= 28 * 86_400 ? monthName : dayName).format(at * 1000)) },
    { stroke: palette.dim, font, incrs: WHOLE, grid: { stroke: palette.line, width: 1 }, ticks: { show: false }, size: 44, gap: 6, values: (_self, splits) => splits.map(format) },
  ];
}

/** Seconds of a day's UTC midnight, which is how uPlot counts. */
export function seconds(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / 1000;
}

/** uPlot in UTC: days have no time zone. */
export const utcDate = (at: number): Date => uPlot.tzDate(new Date(at * 1000), 'Etc/UTC');
