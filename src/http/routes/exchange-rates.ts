/** Exchange rates, by hand or from a file: what orders, budgets, margins and replays in other currencies are brought into the store's by. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dayOf } from '../../domain/calendar.ts';
import { RATE_COLUMNS, rateRow } from '../../domain/exchange-row.ts';
import { rateText } from '../../domain/exchange.ts';
import { exchangeRates, MOST_RATES, noteRates, ratesFromFile } from '../../store/exchange-rates.ts';
import type { StoreRow } from '../../store/stores.ts';
import { Refusal, type Services } from '../app.ts';
import { ExchangeRateBody, ExchangeRates } from '../contract-exchange.ts';
import { ImportResult } from '../contract-stock.ts';
import type { Of } from '../contract.ts';
import { csvRows } from '../csv-in.ts';
import { csv } from '../csv.ts';
import { ratesView } from '../rates-view.ts';
import { storeOf } from '../store-scope.ts';

const SHOWN = 1_000;

export function exchangeRateRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() }), now = (): string => house.clock.now().toISOString();
  const view = (store: StoreRow): Promise<Of<typeof ExchangeRates>> => ratesView(house.db, store, dayOf(now(), store.time_zone), SHOWN);
  /** The plan's margins and budgets go by them. */
  const told = async (store: StoreRow): Promise<void> => {
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
    if ((await noteRates(house.db, store, [{ ...row, billionths: rate === null ? null : row.billionths }], by, now(), request.body)) > 0) await told(store);
    return view(store);
  });

  api.post('/api/v1/exchange-rates/import', { bodyLimit: 2_000_000, schema: {
    tags: ['purchasing'], summary: 'Exchange rates from CSV (Currency, Since, Rate); a dry run first', querystring: querystring.extend({ dryRun: z.enum(['true', 'false']).default('true') }), body: z.object({ csv: z.string() }).strict(), response: { 200: ImportResult },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', dryRun = request.query.dryRun === 'true', rows = csvRows(request.body.csv, MOST_RATES, (column) => column.trim().toLowerCase());
    const { wanted, unchanged, errors } = await ratesFromFile(house.db, store, rows), applied = dryRun ? wanted.length : await noteRates(house.db, store, wanted, by, now(), { rates: wanted.length });
    if (!dryRun && applied > 0) await told(store);
    return { dryRun, lines: rows.length, applied, unchanged, errors };
  });
}
