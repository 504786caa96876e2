/** Working-capital frontier: how much of the demand is served for how much money in stock; the policy, and reality where it is known, among other promises. */
import { useMemo } from 'react';
import uPlot from '../chart/uplot.ts';
import { usePalette } from '../chart/palette.ts';
import { Plot } from '../chart/Plot.tsx';
import type { ReplayResult } from '../api/replay-queries.ts';
import { decimal, money, percent, units } from '../ui/format.ts';
import { frontierPoints, mainCurrency } from './frontier.ts';

const FONT = '11px system-ui, sans-serif';

export function FrontierChart({ result, policy }: { result: ReplayResult; policy: string }) {
  const palette = usePalette(), currency = mainCurrency(result), points = useMemo(() => frontierPoints(result, currency, policy), [result, currency, policy]), real = points.some((point) => point.of === 'real');
  const tried = result.frontier[0], other = tried && tried.promise === null ? (tried.changes?.daysOfStock === undefined ? 'other minimums and maximums, 25% to 300% of each line’s own' : 'other days of stock, 7 to 90') : 'other promises, 50% to 99%';
  const said = (x: number): string => (currency === null ? `${decimal(x)} units` : money(x, currency));
  const data = useMemo((): uPlot.AlignedData => [points.map((point) => point.x), ...(['frontier', 'policy', 'real'] as const).map((of) => points.map((point) => (point.of === of ? point.fill * 100 : null)))], [points]);
  const options = useMemo((): Omit<uPlot.Options, 'width' | 'height'> => {
    const dot = (color: string, size: number): Partial<uPlot.Series> => ({ stroke: color, paths: () => null, points: { show: true, size, fill: color, stroke: palette.surface, width: 2 } });
    const low = Math.min(...points.map((point) => point.fill)) * 100, most = Math.max(1, ...points.map((point) => point.x)), least = Math.min(...points.map((point) => point.x)), pad = Math.max(1, (most - least) * 0.06);
    return {
      scales: { x: { time: false, range: [Math.max(0, least - pad), most + pad] }, y: { range: [Math.max(0, Math.floor(low - Math.max(0.5, (100 - low) * 0.1))), 100.4] } },
      axes: [
        { stroke: palette.dim, font: FONT, grid: { show: false }, ticks: { stroke: palette.line, width: 1, size: 4 }, gap: 4, size: 28, space: 90, label: currency === null ? 'Average stock, units' : 'Average money in stock', labelFont: FONT, labelSize: 16, values: (_self, splits) => splits.map((x) => (currency === null ? units(x) : money(x, currency).replace(/\.\d\d$/, ''))) },
        { stroke: palette.dim, font: FONT, grid: { stroke: palette.line, width: 1 }, ticks: { show: false }, size: 52, gap: 6, values: (_self, splits) => splits.map((value) => (value > 100 ? '' : `${decimal(value)}%`)) },
      ],
      series: [{}, { stroke: palette.blue, width: 2, spanGaps: true, points: { show: true, size: 7, fill: palette.surface, stroke: palette.blue, width: 2 } }, dot(palette.amber, 13), dot(palette.pink, 13)],
      cursor: { y: false, points: { size: 8 } },
    };
  }, [palette, points, currency]);
  const mine = points.find((point) => point.of === 'policy'), summary = mine ? `${policy} serves ${percent(mine.fill)} with ${said(mine.x)} in stock${tried ? `; the curve shows ${other}` : ''}.` : 'Nothing was wanted in these days.';
  if (points.length === 0) return <p className="dim">Nothing was wanted in these days.</p>;
  return (
    <div className="stack">
      <p className="sentence">{summary}</p>
      <Plot options={options} data={data} height={270} summary={summary} describe={(n) => { const point = points[n]; return point ? <span>{point.label}: <strong>{percent(point.fill)}</strong> served with <strong>{said(point.x)}</strong> in stock</span> : null; }} />
      <div className="legend">
        {tried && <span style={{ color: 'var(--s-blue)' }}><i />{other.charAt(0).toUpperCase() + other.slice(1)}</span>}<span><svg width="12" height="12" aria-hidden><circle cx="6" cy="6" r="5" fill="var(--s-amber)" /></svg>This policy</span>
        {real && <span><svg width="12" height="12" aria-hidden><circle cx="6" cy="6" r="5" fill="var(--s-pink)" /></svg>What really happened</span>}
      </div>
    </div>
  );
}
