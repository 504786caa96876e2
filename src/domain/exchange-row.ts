/** Files of exchange rates: of each row what is wrong with it, or the rate. */
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

export interface RatesRead { wanted: { currency: string; since: Day; billionths: number }[]; unchanged: number; errors: { line: number; field: RateColumn; message: string }[] }
/** The rows of a file, under small column names; `there`: billionths that hold, by "USD 2026-11-01". A wrong row stops no other. */
export function readRates(rows: readonly { record: Readonly<Record<string, string>>; line: number }[], storeCurrency: string, there: ReadonlyMap<string, number>): RatesRead {
  const read: RatesRead = { wanted: [], unchanged: 0, errors: [] };
  for (const { record, line } of rows) {
    const row = rateRow((column) => record[column.toLowerCase()] ?? '', storeCurrency);
    if ('message' in row) read.errors.push({ line, field: row.column, message: row.message });
    else if (there.get(`${row.currency} ${row.since}`) === row.billionths) read.unchanged++;
    else read.wanted.push(row);
  }
  return read;
}
