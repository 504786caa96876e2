/** A forecast as rows of the file that `instep forecast` writes. */
import type { ForecastResult } from '../domain/forecast/forecast.ts';
import type { FileSeries } from '../domain/forecast/series-file.ts';

export const QUANTILES: readonly number[] = [0.5, 0.8, 0.9, 0.95, 0.975];
export const HEADER = 'series_id,origin,h,mean,q50,q80,q90,q95,q975';

/** The rows of a series: single periods, then totals of these lengths; or why there are none: an empty cell would be taken for no demand. */
export function forecastRows(one: FileSeries, result: ForecastResult, horizon: number, totals: readonly number[]): string[] | string {
  const id = /[",\r\n]/.test(one.id) ? `"${one.id.replaceAll('"', '""')}"` : one.id, rows: string[] = [];
  let broken = '';
  const row = (h: string, mean: number, paths: ForecastResult['daily'], at: number): void => {
    const values = [mean, ...QUANTILES.map((q) => paths.find((path) => path.q === q)?.values[at] ?? NaN)];
    if (broken === '' && !values.every((value) => Number.isFinite(value))) broken = h;
    rows.push(`${id},${one.known},${h},${values.map((value) => String(Number(value.toPrecision(6)))).join(',')}\n`);
  };
  for (let h = 0; h < horizon; h++) row(String(h + 1), result.mean[h]!, result.daily, h);
  for (const total of totals) row(`S${total}`, result.totals[total - 1]!, result.cumulative, total - 1);
  return broken === '' ? rows : `what comes out at ${broken} is no number; look for one that is far too large in its history, its prices or what is known ahead`;
}
