/** Exchange rates as they are shown, on the screen and on the command line. */
import { rateText } from '../domain/exchange.ts';
import type { Queryable } from '../store/db.ts';
import { currenciesBoughtIn, exchangeRates, ratesOf } from '../store/exchange-rates.ts';
import type { StoreRow } from '../store/stores.ts';
import type { ExchangeRates } from './contract-exchange.ts';
import type { Of } from './contract.ts';

/** The latest rates that hold, and the currencies bought in of which none is known today. */
export async function ratesView(db: Queryable, store: StoreRow, today: string, most: number): Promise<Of<typeof ExchangeRates>> {
  const rates = await ratesOf(db, store);
  return {
    storeCurrency: store.currency, rates: (await exchangeRates(db, store.store_id, most)).map((row) => ({ currency: row.currency, since: row.since, rate: rateText(Number(row.billionths)), notedAt: row.noted_at, notedBy: row.noted_by })),
    missing: (await currenciesBoughtIn(db, store.store_id)).flatMap((currency) => (rates.on(currency, today) === null ? [{ currency, why: rates.missing(currency, today) }] : [])),
  };
}
