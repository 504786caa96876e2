/** `instep rates`: exchange rates by list, by hand and by file, as the screen keeps them. */
import { readFileSync } from 'node:fs';
import { dayOf } from '../../domain/calendar.ts';
import { rateRow } from '../../domain/exchange-row.ts';
import { textOf } from '../../domain/text-file.ts';
import { csvRows } from '../../http/csv-in.ts';
import { ratesView } from '../../http/rates-view.ts';
import { MOST_RATES, noteRates, ratesFromFile } from '../../store/exchange-rates.ts';
import { chosenStore, withHouse } from '../house.ts';
import { EXIT, print, rowLimit, table, UsageError } from '../terminal.ts';

export interface RatesOptions { store?: string; json?: boolean }
const BY = 'command line', MOST_BYTES = 2_000_000, MOST_SHOWN = 50;

export async function ratesList(options: RatesOptions & { currency?: string; limit: string }): Promise<void> {
  const limit = rowLimit(options.limit), currency = options.currency?.toUpperCase();
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store), view = await ratesView(house.db, store, dayOf(house.clock.now().toISOString(), store.time_zone), MOST_RATES), rates = view.rates.filter((row) => currency === undefined || row.currency === currency).slice(0, limit);
    print(options.json ?? false, { ...view, rates }, () => [
      rates.length === 0 ? `No exchange rate${currency ? ` of ${currency}` : ''} is known.` : table(['Currency', 'Since', view.storeCurrency, 'Said by', 'At'], rates.map((row) => [row.currency, row.since, row.rate, row.notedBy, row.notedAt.slice(0, 16).replace('T', ' ')])), ...view.missing.map((one) => one.why),
    ].join('\n'));
  });
}

/** `rate` "none" takes it away. */
export async function ratesSet(currency: string, rate: string, options: RatesOptions & { since?: string }): Promise<void> {
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store), now = house.clock.now().toISOString(), today = dayOf(now, store.time_zone), since = options.since ?? today, gone = rate === 'none';
    const row = rateRow((column) => ({ Currency: currency, Since: since, Rate: gone ? '1' : rate })[column], store.currency);
    if ('message' in row) throw new UsageError(`${{ Currency: 'currency', Since: '--since', Rate: 'rate' }[row.column]}: ${row.message}`);
    const said = await noteRates(house.db, store, [{ ...row, billionths: gone ? null : row.billionths }], BY, now, { currency: row.currency, since, rate: gone ? null : rate });
    if (said > 0) await house.enqueue('replenishment', store.store_id);
    print(options.json ?? false, { currency: row.currency, since, rate: gone ? null : rate, changed: said > 0 }, () => (said === 0 ? 'That holds already.' : gone ? `The rate of ${row.currency} of ${since} is taken away.` : `From ${since} on one ${row.currency} is ${rate} ${store.currency}.`));
  });
}

/** A dry run unless `apply`; wrong rows are told by line and stop no other. */
export async function ratesImport(file: string, options: RatesOptions & { apply?: boolean }): Promise<void> {
  let text: string;
  try { const bytes = readFileSync(file); ({ text } = textOf(bytes, (encoding) => new TextDecoder(encoding, { fatal: true }).decode(bytes))); } catch (error) { throw new UsageError(`${file}: ${(error as Error).message}`); }
  if (text.length > MOST_BYTES) throw new UsageError(`${file}: more than ${MOST_BYTES.toLocaleString('en-GB')} characters`);
  const rows = csvRows(text, MOST_RATES, (column) => column.trim().toLowerCase());
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store), { wanted, unchanged, errors } = await ratesFromFile(house.db, store, rows), dryRun = !(options.apply ?? false);
    const applied = dryRun ? wanted.length : await noteRates(house.db, store, wanted, BY, house.clock.now().toISOString(), { rates: wanted.length });
    if (!dryRun && applied > 0) await house.enqueue('replenishment', store.store_id);
    print(options.json ?? false, { dryRun, lines: rows.length, applied, unchanged, errors }, () => [
      `${rows.length.toLocaleString('en-GB')} lines: ${applied.toLocaleString('en-GB')} ${dryRun ? 'would be said' : 'said'}, ${unchanged.toLocaleString('en-GB')} hold already, ${errors.length.toLocaleString('en-GB')} wrong.`,
      ...errors.slice(0, MOST_SHOWN).map((one) => `  line ${one.line}, ${one.field}: ${one.message}`), ...(errors.length > MOST_SHOWN ? [`  and ${errors.length - MOST_SHOWN} more`] : []), ...(dryRun ? ['Nothing was changed: --apply says them.'] : []),
    ].join('\n'));
    if (errors.length > 0) process.exitCode = EXIT.found;
  });
}
