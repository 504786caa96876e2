/** The thread behind `compute`: pure domain functions on batches, so that the event loop keeps answering. */
import { parentPort } from 'node:worker_threads';
import { dayNumber } from '../domain/calendar.ts';
import { denseSeries, seriesFrom } from '../domain/demand/series.ts';
import { forecast, type ForecastResult } from '../domain/forecast/forecast.ts';

export interface ForecastTask {
  /** Last day learned from, YYYY-MM-DD. */
  through: string;
  horizon: number;
  quantiles: number[];
  /** Sparse: day numbers with quantities; days with exposure below 1 likewise. */
  series: { first: number; days: number[]; quantities: number[]; exposureDays: number[]; exposure: number[] }[];
}

function forecastBatch(task: ForecastTask): ForecastResult[] {
  const to = dayNumber(task.through);
  return task.series.map((sparse) => {
    const demand = denseSeries(sparse.days.map((day, n) => ({ day, quantity: sparse.quantities[n]! })), sparse.first, to);
    const exposure = new Float64Array(demand.length).fill(1);
    sparse.exposureDays.forEach((day, n) => { if (day >= sparse.first && day <= to) exposure[day - sparse.first] = sparse.exposure[n]!; });
    return forecast(seriesFrom(sparse.first, demand, exposure), { horizon: task.horizon, quantiles: task.quantiles, seasonLength: 7 });
  });
}

parentPort!.on('message', ({ id, task, input }: { id: number; task: string; input: never }) => {
  try {
    if (task !== 'forecast') throw new Error(`no such computation: ${task}`);
    parentPort!.postMessage({ id, result: forecastBatch(input) });
  } catch (error) {
    parentPort!.postMessage({ id, error: (error as Error).message });
  }
});
