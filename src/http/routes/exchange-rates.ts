/** Exchange rates, by hand or from a file: what orders, budgets, margins and replays in other currencies are brought into the store's by. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dayOf } from '../../domain/calendar.ts';
import { RATE_COLUMNS, rateRow } from '../../domain/exchange-row.ts';
import { rateText } from '../../domain/exchange.ts';
import { currenciesBoughtIn, exchangeRates, MOST_RATES, ratesOf, sayRates } from '../../store/exchange-rates.ts';
import type { StoreRow } from '../../store/stores.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { ExchangeRateBody, ExchangeRates } from '../contract-exchange.ts';
import { ImportResult } from '../contract-stock.ts';
import type { Of } from '../contract.ts';
import { csvRows } from '../csv-in.ts';
import { csv } from '../csv.ts';
import { storeOf } from '../store-scope.ts';

const SHOWN = 1_000;

export function exchangeRateRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() }), now = (): string => house.clock.now().toISOString();
  const view = async (store: StoreRow): Promise<Of<typeof ExchangeRates>> => {
    const today = dayOf(now(), store.time_zone), rates = await ratesOf(house.db, store);
    return {
      storeCurrency: store.currency, rates: (await exchangeRates(house.db, store.store_id, SHOWN)).map((row) => ({ currency: row.currency, since: row.since, rate: rateText(Number(row.billionths)), notedAt: row.noted_at, notedBy: row.noted_by })),
      missing: (await currenciesBoughtIn(house.db, store.store_id)).flatMap((currency) => (rates.on(currency, today) === null ? [{ currency, why: rates.missing(currency, today) }] : [])),
    };
  };
  /** The plan's margins and budgets go by them. */
  const told = async (store: StoreRow, by: string, after: object): Promise<void> => {
    await audit(house.db, { at: now(), actor: by, action: 'exchange rates said', subject: store.shop_domain, after });
    await house.enqueue('replenishment', store.store_id);
    house.changed(store.store_id, ['replenishment']);
  };

  api.get('/api/v1/exchange-rates', { schema: { tags: ['purchasing'], summary: 'Exchange rates that hold, latest first, and currencies without one', querystring, response: { 200: ExchangeRates } } }, async (request) => view(await storeOf(house.db, request.query.store)));

  api.get('/api/v1/exchange-rates.csv', { schema: { tags: ['purchasing'], summary: 'Exchange rates as CSV, in the form the import takes', querystring } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    return csv(reply, `exchange-rates-${store.shop_domain}`, [...RATE_COLUMNS], (await exchangeRates(house.db, store.store_id)).map((row) => [row.currency, row.since, rateText(Number(row.billionths))]));
  });

  api.put('/api/v1/exchange-rates', { schema: { tags: ['purchasing'], summary: 'Say the rate of a currency from a day on, or take it away', querystring, body: ExchangeRateBody, response: { 200: ExchangeRates } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', { currency, since, rate } = request.body;
    const row = rateRow((column) => ({ Currency: currency, Since: since, Rate: rate ?? '1' })[column], store.currency);
    if ('message' in row) throw new Refusal(400, `${row.column.toLowerCase()}: ${row.message}`);
    if ((await sayRates(house.db, store.store_id, [{ ...row, billionths: rate === null ? null : row.billionths }], by, now())) > 0) await told(store, by, request.body);
    return view(store);
  });

  api.post('/api/v1/exchange-rates/import', { bodyLimit: 2_000_000, schema: {
    tags: ['purchasing'], summary: 'Exchange rates from CSV (Currency, Since, Rate); a dry run first', querystring: querystring.extend({ dryRun: z.enum(['true', 'false']).default('true') }), body: z.object({ csv: z.string() }).strict(), response: { 200: ImportResult },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', dryRun = request.query.dryRun === 'true', rows = csvRows(request.body.csv, MOST_RATES, (column) => column.trim().toLowerCase());
    const result: Of<typeof ImportResult> = { dryRun, lines: rows.length, applied: 0, unchanged: 0, errors: [] }, wanted: { currency: string; since: string; billionths: number }[] = [];
    const there = new Map((await exchangeRates(house.db, store.store_id)).map((row) => [`${row.currency} ${row.since}`, Number(row.billionths)]));
    for (const { record, line } of rows) {
      const row = rateRow((column) => record[column.toLowerCase()] ?? '', store.currency);
      if ('message' in row) result.errors.push({ line, field: row.column, message: row.message });
      else if (there.get(`${row.currency} ${row.since}`) === row.billionths) result.unchanged++;
      else wanted.push(row);
    }
    result.applied = dryRun ? wanted.length : await sayRates(house.db, store.store_id, wanted, by, now());
    if (!dryRun && result.applied > 0) await told(store, by, { rates: result.applied });
    return result;
  });
}
