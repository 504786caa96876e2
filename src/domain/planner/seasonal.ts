/**
 * The planner's seasonal method on our own figures: a day to come sells as a day in stock of its month did a year before, at the trend of the last twelve months
 * against the twelve before. Source: the vendor's help pages, in docs/inventory-planner.md; where a seasonal figure differs there, it is told as one of the forecast.
 */
import { addDays, type Day } from '../calendar.ts';

/** `month` 'YYYY-MM'; units sold in it and its days in stock, from the first sale on. */
export interface MonthSold { month: string; sold: number; daysInStock: number }
export interface YearsSold { months: readonly MonthSold[]; /** Days from the first sale to yesterday. */ age: number; lastYear: number; yearBefore: number }

/** Days of a year, as the trend counts them; a younger item has no season yet. */
const YEAR = 365;

/** Units a day over the next `days` days from today on; null: sold for less than a year, so the velocity stands. */
export function seasonalPerDay({ months, age, lastYear, yearBefore }: YearsSold, today: Day, days: number): number | null {
  if (age < YEAR || days <= 0) return null;
  const rates = new Map(months.map((one) => [one.month, one.daysInStock <= 0 ? 0 : Math.max(0, one.sold) / one.daysInStock]));
  let expected = 0;
  for (let n = 0; n < days; n++) {
    const day = addDays(today, n);
    expected += rates.get(`${Number(day.slice(0, 4)) - 1}${day.slice(4, 7)}`) ?? 0;
  }
  return (expected / days) * (age >= 2 * YEAR && yearBefore > 0 ? lastYear / yearBefore : 1);
}
