/** The contract of exchange rates: of the store's currency for one unit of another, from a day on. */
import { z } from 'zod';
import { isCurrency } from '../domain/money.ts';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date like 2026-11-27'), currency = z.string().refine(isCurrency, 'expected a currency code like EUR');
const rate = z.string().max(20).describe('a decimal like 0.9231: of the store’s currency for one unit');

export const ExchangeRate = z.object({ currency, since: day, rate, notedAt: z.string(), notedBy: z.string() }).meta({ id: 'ExchangeRate' });
export const ExchangeRates = z.object({
  storeCurrency: currency, rates: z.array(ExchangeRate).describe('latest first'), missing: z.array(z.object({ currency, why: z.string() })).describe('currencies that are bought in and have no rate today'),
}).meta({ id: 'ExchangeRates' });
export const ExchangeRateBody = z.object({ currency, since: day, rate: rate.nullable().describe('null takes the rate of that day away') }).strict().meta({ id: 'ExchangeRateBody' });
