/** One row of a file of exchange rates: what is wrong with it, or the rate. */
import { dayNumber, type Day } from './calendar.ts';
import { rateOf } from './exchange.ts';

export const RATE_COLUMNS = ['Currency', 'Since', 'Rate'] as const;
export type RateColumn = (typeof RATE_COLUMNS)[number];

export function rateRow(cell: (column: RateColumn) => string, storeCurrency: string): { currency: string; since: Day; billionths: number } | { column: RateColumn; message: string } {
  const currency = cell('Currency').trim().toUpperCase(), since = cell('Since').trim(), billionths = rateOf(cell('Rate'));
  if (!/^[A-Z]{3}$/.test(currency)) return { column: 'Currency', message: `expected a currency code of three letters, not ${currency || 'nothing'}` };
  if (currency === storeCurrency) return { column: 'Currency', message: `${currency} is the store's own currency` };
  try { dayNumber(since); } catch { return { column: 'Since', message: `expected a date like 2026-11-27, not ${since || 'nothing'}` }; }
  if (billionths === null) return { column: 'Rate', message: `expected ${storeCurrency} for one ${currency}, above zero, with nine decimals at most, not ${cell('Rate').trim() || 'nothing'}` };
  return { currency, since, billionths };
}
