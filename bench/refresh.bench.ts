/** refresh: the nightly forecast of 100 k series as the worker runs it, with all its reads and writes; what memory it takes, and whether the process still answers meanwhile. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { availableParallelism } from 'node:os';
import { buildHouse } from '../src/compose.ts';
import { forecast } from '../src/flows/forecast.ts';
import { readConfig } from '../src/runtime/config.ts';
import { runFlow } from '../src/runtime/run-flow.ts';
import { saveStore } from '../src/store/stores.ts';
import { withCluster } from './cluster.ts';
import type { Db } from '../src/store/db.ts';
import { addDays } from '../src/domain/calendar.ts';
import { foldExposure } from '../src/store/forecasts.ts';
import { writeCursor } from '../src/store/runs.ts';
import { makeCatalogue, makeLevels, PLACES, STORE } from './levels.ts';
import type { Benchmark } from './report.ts';
import { ms, seconds, timed, whole } from './statistics.ts';

const SERIES = Number(process.env['BENCH_REFRESH_SERIES'] ?? 100_000), DAYS = 365;

export const bench: Benchmark = {
  name: 'refresh',
  about: `The nightly forecast of ${whole(SERIES)} series (item × location) with ${DAYS} days of history each, from their demand in the database to forecasts saved there: the flow as the worker runs it.`,
  run: (say) => withCluster(async ({ db, dir, url }) => {
    const house = await buildHouse({ config: readConfig({ INSTEP_DATA_DIR: dir, INSTEP_PORT: '0', INSTEP_LOG: 'silent' }), databaseUrl: url });
    try {
      const mb = (bytes: number): string => `${whole(bytes / 1_048_576)} MB`;
      say('preparing a year of demand');
      await makeCatalogue(db, SERIES / PLACES);
      await saveStore(db, { shopDomain: 'bench.myshopify.com', name: 'Bench', currency: 'EUR', timeZone: 'UTC', origin: 'http://127.0.0.1:9', clientId: 'c', clientSecret: Buffer.alloc(0), hookToken: 't', now: new Date().toISOString() });
      await db.query('update connection set client_secret = $1', [house.vault.seal(`${STORE}:connection:client_secret`, 'secret')]);
      const today = new Date().toISOString().slice(0, 10);
      await makeDemand(db, SERIES / PLACES, today);
      await makeLevels(db, SERIES);
      await makeSales(db, today);
      const folded = await timed(() => foldExposure(db, STORE, 'UTC', addDays(today, -2), addDays(today, -2)));
      if (folded.value !== SERIES) throw new Error(`folded ${folded.value} of ${SERIES}`);
      await writeCursor(db, STORE, 'exposure', addDays(today, -2), new Date().toISOString());
      const { rows: [made] } = await db.query<{ days: number; series: number }>('select sum(days)::int as days, count(*)::int as series from (select count(*) as days from daily_demand group by item_id, location_id) s');
      say(`${whole(made!.days)} days with demand of ${whole(made!.series)} series`);
      const idle = process.memoryUsage().rss, delay = monitorEventLoopDelay({ resolution: 10 });
      let peak = idle, told = 0;
      const watch = setInterval(() => { peak = Math.max(peak, process.memoryUsage().rss); }, 50);
      delay.enable();
      const { ms: took, value } = await timed(() => runFlow(house, forecast, STORE, 'bench', (at) => { told++; if (told % 100 === 0) say(`${at.stage} ${whole(at.done)}, ${mb(process.memoryUsage().rss)}`); }));
      delay.disable();
      clearInterval(watch);
      const { rows: [saved] } = await db.query<{ n: number; size: string }>(`select count(*)::int as n, pg_size_pretty(pg_total_relation_size('forecast')) as size from forecast`);
      if (saved!.n !== made!.series || value?.tally.applied !== made!.series) throw new Error(`saved ${saved!.n} of ${made!.series}: ${JSON.stringify(value?.tally)}`);
      return {
        tables: [{ title: `One run of ${whole(made!.series)} series, ${whole(made!.days)} days with demand, on ${availableParallelism()} cores`, columns: ['time', 'series/s', 'RSS before', 'peak RSS', 'event loop held p50', 'p99', 'longest', 'forecasts on disk'], rows: [
          [seconds(took), whole(made!.series / took * 1000), mb(idle), mb(peak), `${ms(delay.percentile(50) / 1e6 - 10)} ms`, `${ms(delay.percentile(99) / 1e6 - 10)} ms`, `${ms(delay.max / 1e6 - 10)} ms`, saved!.size]] }],
        verdicts: [{ what: `of which a day's exposure of ${whole(SERIES)} levels is folded from ${whole(SERIES * (1 + MOVED * MOVED_DAYS))} movements`, goal: null, measured: seconds(folded.ms), met: null }, { what: `${whole(made!.series)} series refreshed in the background, progress told`, goal: null, measured: `${seconds(took)}, told ${whole(told)} times`, met: null }],
        notes: ['PostgreSQL runs on the same cores. The memory is of the process with its worker threads, beside which the benchmark keeps nothing.'],
      };
    } finally { await house.close(); }
  }),
};

/** Movements of a level a day, for so many days. */
const MOVED = 2, MOVED_DAYS = 7;

/** Sales of the last days, as many a day at every level. */
async function makeSales(db: Db, today: string): Promise<void> {
  for (let ago = 0; ago < MOVED_DAYS; ago++) {
    await db.query(`insert into movement (store_id, item_id, kind, from_location, from_state, to_location, to_state, quantity, fact, revision, occurred_at, recorded_at, source)
      select store_id, item_id, 'order committed', location_id, 'available', location_id, 'committed', 1, 'sale:' || $1 || ':' || item_id || '@' || location_id || ':' || n, 1, $1::date + interval '7 hours' * n, $1::date + interval '7 hours' * n + interval '1 minute', 'bench'
      from opening, generate_series(1, ${MOVED}) n`, [addDays(today, -ago)]);
  }
  await db.query(`update ledger_level set available = available - ${MOVED * MOVED_DAYS}, committed = committed + ${MOVED * MOVED_DAYS}`);
  await db.query('vacuum analyze movement, ledger_level');
}

/**
 * A year of demand of every item at every place: rates from one in a month to several a day, weekends twice as good, a season; exponential sizes rounded down, so
 * that most days of most series are empty. Half of the items on each of two connections, in the order of the key, which is built when all rows are there: with
 * the key in place and place by place, 20,000 series took two minutes and 100,000 more than the seven they were given.
 */
async function makeDemand(db: Db, items: number, today: string): Promise<void> {
  const key = 'daily_demand_pkey', { rows: [known] } = await db.query<{ definition: string }>('select pg_get_constraintdef(oid) as definition from pg_constraint where conname = $1', [key]);
  await db.query(`alter table daily_demand drop constraint ${key}`);
  const CHUNK = 50, connections = 2;
  const fill = async (nth: number): Promise<void> => {
    for (let from = 1 + nth * CHUNK; from <= items; from += connections * CHUNK) {
      await db.query(`insert into daily_demand (store_id, item_id, location_id, day, quantity)
        select ${STORE}, item, place, day, quantity from (
          select s.item, s.place, d.day, floor(s.rate * d.good * -ln(1 - abs(hashint8extended(s.seed + d.nth, 7) % 1000000) / 1000001.0::float8))::int as quantity
          from (select item, place, power(10, (item * 37 + place * 11) % 100 / 60.0::float8 - 1) as rate, item * 1000003::bigint + place * 10007 as seed
                from generate_series($1::int, $2::int) item, generate_series(1, ${PLACES}) place offset 0) s,
            (select day::date as day, day::date - '1970-01-01'::date as nth, (case when extract(isodow from day) >= 6 then 2 else 1 end * (1 + 0.4 * sin(extract(doy from day) / 58.1)))::float8 as good
             from generate_series($3::date - ${DAYS}::int, $3::date - 1, interval '1 day') day offset 0) d
          offset 0
        ) q where quantity > 0 order by item, place, day`, [from, Math.min(items, from + CHUNK - 1), today]);
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, nth) => fill(nth)));
  await db.query(`alter table daily_demand add constraint ${key} ${known!.definition}`);
  await db.query('vacuum analyze daily_demand');
}
