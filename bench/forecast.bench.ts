/** forecast: series a second on one core, two years of daily data, learned from and forecast (`domain/forecast`). */
import { forecastPanel, learnPool, type PanelSeries } from '../src/domain/forecast/panel.ts';
import { seriesFrom, type Series } from '../src/domain/demand/series.ts';
import { QUANTILES } from '../src/flows/forecast.ts';
import { seeded } from './random.ts';
import type { Benchmark } from './report.ts';
import { median, whole } from './statistics.ts';

const DAYS = 730, HORIZON = 60, SERIES = 600, ROUNDS = 5;
const OPTIONS = { grain: 'D', horizon: HORIZON, quantiles: QUANTILES } as const;
const KINDS = ['steady', 'weekly', 'intermittent', 'partly out of stock'] as const;

export const bench: Benchmark = {
  name: 'forecast',
  about: `Forecasts of ${DAYS} days of daily demand, ${HORIZON} days ahead with ${QUANTILES.length} quantiles of days and of totals, learned from and forecast: series a second in one process, beside one pass of plain smoothing over the same series.`,
  run: async (say) => {
    const sets = KINDS.map((kind, n) => ({ kind, series: Array.from({ length: SERIES / KINDS.length }, (_, k) => madeSeries(kind, 1 + n * 1_000 + k)), rates: [] as number[] }));
    const plain: number[] = [];
    let checked = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      say(round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`);
      for (const set of sets) {
        const cpu = process.cpuUsage();
        const panel = set.series.map((series, n): PanelSeries => ({ id: String(n), series, item: String(n), location: '1', category: set.kind }));
        checked += forecastPanel(panel, learnPool(panel, OPTIONS), OPTIONS).length;
        if (round > 0) set.rates.push(set.series.length / busySeconds(cpu));
      }
      const cpu = process.cpuUsage();
      for (let repeat = 0; repeat < 20; repeat++) for (const set of sets) for (const series of set.series) checked += smoothed(series);
      if (round > 0) plain.push(SERIES * 20 / busySeconds(cpu));
    }
    if (!(checked > 0)) throw new Error('nothing was forecast');
    const all = median(sets[0]!.rates.map((_, n) => SERIES / sets.reduce((sum, s) => sum + s.series.length / s.rates[n]!, 0)));
    return {
      tables: [{
        title: `Series a second of CPU time, median of ${ROUNDS} rounds`, columns: ['', 'series/s', 'smoothing passes it costs'],
        rows: [...sets.map((s) => [s.kind, whole(median(s.rates)), whole(median(plain) / median(s.rates))]), ['all', whole(all), whole(median(plain) / all)], ['one pass of simple smoothing: no choice, no quantiles', whole(median(plain)), 1]],
      }],
      verdicts: [{ what: 'series/s/core', goal: '≥ 1,000', measured: whole(all), met: all >= 1_000 }],
      notes: [],
    };
  },
};

const busySeconds = (since: NodeJS.CpuUsage): number => { const { user, system } = process.cpuUsage(since); return (user + system) / 1e6; };

/** Poisson demand around a level: steady, with a week's pattern, on one day in eight, or with a tenth of the days out of stock. */
function madeSeries(kind: (typeof KINDS)[number], seed: number): Series {
  const random = seeded(seed), demand = new Float64Array(DAYS), exposure = new Float64Array(DAYS).fill(1);
  const level = 0.5 + random() * 12;
  for (let day = 0; day < DAYS; day++) {
    let rate = level * (1 + 0.3 * Math.sin((2 * Math.PI * day) / 365));
    if (kind === 'weekly') rate *= [0.6, 0.8, 0.9, 1, 1.2, 1.6, 0.9][day % 7]!;
    if (kind === 'intermittent' && random() > 0.125) rate = 0;
    if (kind === 'partly out of stock' && Math.floor(day / 12) % 10 === 3) { exposure[day] = 0; rate = 0; }
    const limit = Math.exp(-rate);
    for (let product = random(); product > limit; product *= random()) demand[day]!++;
  }
  return seriesFrom(20_000, demand, exposure);
}

function smoothed({ demand }: Series): number {
  let level = demand[0]!;
  for (let day = 1; day < demand.length; day++) level += 0.1 * (demand[day]! - level);
  return level + 1;
}
