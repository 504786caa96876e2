/** Units sold per day, as bars. The last day is not over yet. */
import { useMemo } from 'react';
import uPlot from '../chart/uplot.ts';
import { addDays } from '../../domain/calendar.ts';
import { usePalette } from '../chart/palette.ts';
import { axes, Plot, seconds, utcDate } from '../chart/Plot.tsx';
import { count, day, units } from '../ui/format.ts';

/** Seconds: the bars of the first day and the last are whole. */
const HALF_A_DAY = 43_200;

export function SoldChart({ from, sold }: { from: string; sold: readonly number[] }) {
  const palette = usePalette();
  const data = useMemo((): uPlot.AlignedData => [sold.map((_, n) => seconds(addDays(from, n))), [...sold]], [from, sold]);
  const options = useMemo((): Omit<uPlot.Options, 'width' | 'height'> => ({
    tzDate: utcDate, scales: { x: { time: true, range: (_self, from, to) => [from - HALF_A_DAY, to + HALF_A_DAY] }, y: { range: (_self, _min, max) => [0, Math.max(4, max * 1.08)] } }, axes: axes(palette, units),
    series: [{}, { stroke: palette.blue, fill: palette.blue, width: 0, paths: uPlot.paths.bars!({ size: [0.72, 28] }), points: { show: false } }],
    cursor: { y: false, points: { show: false } },
  }), [palette]);
  const total = sold.reduce((sum, value) => sum + value, 0);
  return <Plot options={options} data={data} height={190} summary={`${count(total, 'unit')} sold in ${sold.length} days, ${units(total / sold.length)} a day; ${units(sold.at(-1) ?? 0)} so far today.`}
    describe={(n) => <span><strong>{units(sold[n] ?? 0)}</strong> sold on {day(addDays(from, n))}{n === sold.length - 1 && ', so far'}</span>} />;
}
