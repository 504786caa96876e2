/** Exchange rates people said, by currency and day; of two of the same day the later said holds. */
import { Rates, type DatedRate } from '../domain/exchange.ts';
import type { SaidRate } from '../domain/exchange-then.ts';
import { dayNumber } from '../domain/calendar.ts';
import { minorDigits } from '../domain/money.ts';
import { readRates, type RatesRead } from '../domain/exchange-row.ts';
import type { Db, Queryable } from './db.ts';
import { audit } from './users.ts';

export interface ExchangeRateRow { currency: string; since: string; billionths: string; noted_at: string; noted_by: string }

export const MOST_RATES = 20_000;

const IN_FORCE = `select currency, since, billionths, noted_at, noted_by from (
  select distinct on (currency, since) currency, since, billionths, noted_at, noted_by from exchange_rate where store_id = $1 order by currency, since desc, exchange_rate_id desc) r where billionths is not null`;

/** Rates that hold, latest first. */
export async function exchangeRates(db: Queryable, storeId: number, limit = MOST_RATES): Promise<ExchangeRateRow[]> {
  return (await db.query<ExchangeRateRow>(`${IN_FORCE} order by since desc, currency limit $2`, [storeId, limit])).rows;
}

/** All rates of a store, to convert by. */
export async function ratesOf(db: Queryable, store: { store_id: number; currency: string }): Promise<Rates> {
  return new Rates(store.currency, (await exchangeRates(db, store.store_id)).map((row): DatedRate => ({ currency: row.currency, since: row.since, billionths: Number(row.billionths) })));
}

/** All that was ever said, in that order, with the first morning that knew it. */
export async function saidRates(db: Queryable, store: { store_id: number; time_zone: string }): Promise<SaidRate[]> {
  const { rows } = await db.query<{ currency: string; since: string; billionths: string | null; known: string }>(
    `select currency, since, billionths, ((noted_at at time zone $2)::date + 1)::text as known from exchange_rate where store_id = $1 order by exchange_rate_id limit $3`, [store.store_id, store.time_zone, 4 * MOST_RATES]);
  return rows.map((row) => ({ currency: row.currency, since: row.since, billionths: row.billionths === null ? null : Number(row.billionths), from: dayNumber(row.known) }));
}

/** Minor units of the store's currency for one minor unit of each currency on a day, for statements that sort and compare by it; a currency without a rate is absent. */
export async function storeFactors(db: Queryable, storeId: number, day: string): Promise<Map<string, number>> {
  const { rows } = await db.query<{ currency: string; billionths: string | null; own: string }>(
    `select s.currency as own, e.currency, e.billionths from store s left join lateral (
       select distinct on (currency) currency, billionths from (${IN_FORCE}) f where since <= $2 order by currency, since desc) e on true where s.store_id = $1`, [storeId, day]);
  const own = rows[0]?.own ?? '';
  return new Map([[own, 1], ...rows.flatMap((row): [string, number][] => (row.billionths === null || row.currency === own ? [] : [[row.currency, (Number(row.billionths) / 1e9) * 10 ** (minorDigits(own) - minorDigits(row.currency))]]))]);
}

/** Says rates that are not in force so already, null to take one away; answers how many were said. */
export async function sayRates(db: Queryable, storeId: number, rates: readonly { currency: string; since: string; billionths: number | null }[], by: string, now: string): Promise<number> {
  const last = [...new Map(rates.map((rate) => [`${rate.currency} ${rate.since}`, rate])).values()];
  const { rowCount } = await db.query(
    `insert into exchange_rate (store_id, currency, since, billionths, noted_at, noted_by)
     select $1, t.currency, t.since, t.billionths, $2, $3 from unnest($4::text[], $5::date[], $6::bigint[]) as t(currency, since, billionths)
     where t.billionths is distinct from (select e.billionths from exchange_rate e where e.store_id = $1 and e.currency = t.currency and e.since = t.since order by exchange_rate_id desc limit 1)`,
    [storeId, now, by, last.map((rate) => rate.currency), last.map((rate) => rate.since), last.map((rate) => rate.billionths)]);
  return rowCount ?? 0;
}

/** Says rates as a person does: with an entry in the audit trail where any is other than before. Answers how many were said. */
export async function noteRates(db: Db, store: { store_id: number; shop_domain: string }, rates: Parameters<typeof sayRates>[2], by: string, now: string, after: object): Promise<number> {
  return db.transaction(async (tx) => {
    const said = await sayRates(tx, store.store_id, rates, by, now);
    if (said > 0) await audit(tx, { at: now, actor: by, action: 'exchange rates said', subject: store.shop_domain, after });
    return said;
  });
}

/** What a file of rates would change: its rows beside those that hold. */
export async function ratesFromFile(db: Queryable, store: { store_id: number; currency: string }, rows: Parameters<typeof readRates>[0]): Promise<RatesRead> {
  return readRates(rows, store.currency, new Map((await exchangeRates(db, store.store_id)).map((row) => [`${row.currency} ${row.since}`, Number(row.billionths)])));
}

/** Currencies that are bought in but the store's own: active suppliers' and open orders'. */
export async function currenciesBoughtIn(db: Queryable, storeId: number): Promise<string[]> {
  return (await db.query<{ currency: string }>(
    `select currency from supplier where store_id = $1 and active union select currency from purchase_order where store_id = $1 and state not in ('received', 'closed', 'cancelled')
     except select currency from store where store_id = $1 order by 1 limit 200`, [storeId])).rows.map((row) => row.currency);
}
