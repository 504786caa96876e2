/** replenishment: recommendations for 100 k items × locations, forecasts given; the whole flow with its reads and writes, and the deciding alone. */
import { forecastPanel, learnPool, type PanelOptions, type PanelSeries } from '../src/domain/forecast/panel.ts';
import { BUILT_IN } from '../src/domain/replenishment/policy.ts';
import { recommend } from '../src/domain/replenishment/recommend.ts';
import { seriesFrom } from '../src/domain/demand/series.ts';
import { addDays, dayOf } from '../src/domain/calendar.ts';
import { buildHouse } from '../src/compose.ts';
import { QUANTILES } from '../src/flows/forecast.ts';
import { replenishment } from '../src/flows/replenishment.ts';
import { readConfig } from '../src/runtime/config.ts';
import { runFlow } from '../src/runtime/run-flow.ts';
import { saveForecasts, startForecastRun } from '../src/store/forecasts.ts';
import { saveStore } from '../src/store/stores.ts';
import { withCluster } from './cluster.ts';
import { makeCatalogue, makeLevels, PLACES, STORE } from './levels.ts';
import { seeded } from './random.ts';
import type { Benchmark } from './report.ts';
import { median, seconds, timed, whole } from './statistics.ts';

const LINES = 100_000, ROUNDS = 2, HORIZON = 60;

export const bench: Benchmark = {
  name: 'replenishment',
  about: 'Recommendations for 100 k items × locations, forecasts given: the flow as it runs (read forecasts and positions, decide, save, classify), beside the deciding alone.',
  run: (say) => withCluster(async ({ db, dir, url }) => {
    say('preparing 100 k forecasts');
    await makeCatalogue(db, LINES / PLACES);
    await makeLevels(db, LINES);
    const house = await buildHouse({ config: readConfig({ INSTEP_DATA_DIR: dir, INSTEP_PORT: '0', INSTEP_LOG: 'silent' }), databaseUrl: url });
    await saveStore(db, { shopDomain: 'bench.myshopify.com', name: 'Bench', currency: 'EUR', timeZone: 'UTC', origin: 'http://127.0.0.1:9', clientId: 'c', clientSecret: Buffer.alloc(0), hookToken: 't', now: new Date().toISOString() });
    await db.query('update connection set client_secret = $1', [house.vault.seal(`${STORE}:connection:client_secret`, 'secret')]);
    const asOf = addDays(dayOf(new Date().toISOString(), 'UTC'), -1), random = seeded(5);
    // Two hundred different forecasts, dealt out over the lines: the flow neither knows nor cares that some are alike.
    const panel = Array.from({ length: 200 }, (_, n): PanelSeries => {
      const rate = random() * 8;
      return { id: String(n), item: String(n), location: '1', category: '', series: seriesFrom(20_000, Float64Array.from({ length: 120 }, () => Math.round(rate * 2 * random())), new Float64Array(120).fill(1)) };
    });
    const options: PanelOptions = { grain: 'D', horizon: HORIZON, quantiles: QUANTILES }, made = forecastPanel(panel, learnPool(panel, options), options);
    const runId = await startForecastRun(db, STORE, asOf, HORIZON, `${asOf}T03:10:00Z`);
    for (let start = 0; start < LINES; start += 1_000) {
      await saveForecasts(db, STORE, runId, asOf, Array.from({ length: 1_000 }, (_, k) => ({ itemId: 1 + Math.floor((start + k) / PLACES), locationId: 1 + ((start + k) % PLACES), result: made[(start + k) % made.length]!, sold28: 0 })));
    }
    await db.query('update forecast_run set finished_at = $1, series = $2', [new Date().toISOString(), LINES]);
    // From empty to plenty, so that some order much, some little and some nothing.
    await db.query('update ledger_level set available = (item_id * 7 + location_id * 13) % 400 where store_id = $1', [STORE]);
    await db.query('vacuum analyze forecast, ledger_level');
    const ways: Record<'new' | 'moved' | 'still', number[]> = { new: [], moved: [], still: [] }, deciding: number[] = [], today = addDays(asOf, 1);
    const plan = async (changed: number): Promise<number> => {
      const { ms, value } = await timed(() => runFlow(house, replenishment, STORE, 'bench'));
      if (value?.tally.applied !== changed || value.tally.unchanged !== LINES - changed) throw new Error(`wrote ${value?.tally.applied} of ${changed}: ${JSON.stringify(value?.tally)}`);
      return ms;
    };
    for (let round = 0; round < ROUNDS; round++) {
      say(`round ${round + 1} of ${ROUNDS}`);
      await db.query('delete from recommendation');
      await db.query('vacuum recommendation');
      ways.new.push(await plan(LINES));
      await db.query('update ledger_level set available = available + 1 where store_id = $1', [STORE]);
      await db.query('vacuum ledger_level');
      ways.moved.push(await plan(LINES));
      ways.still.push(await plan(0));
      deciding.push((await timed(async () => {
        for (let line = 0; line < LINES; line++) {
          recommend({ today, forecast: made[line % made.length]!, policy: BUILT_IN, stock: { onHand: line % 400, incoming: 0, committed: 0, backorders: 0 } });
        }
      })).ms);
    }
    say('with a budget of half of it over all suppliers');
    await db.query(`insert into purchase_setting (store_id, plan_budget, updated_at, updated_by) select store_id, sum(cost) / 2, $1, 'bench' from recommendation group by 1`, [new Date().toISOString()]);
    const { ms: budgeted } = await timed(() => runFlow(house, replenishment, STORE, 'bench'));
    const { rows: [kept] } = await db.query<{ within: boolean }>('select sum(r.cost) <= max(p.plan_budget) as within from recommendation r join purchase_setting p using (store_id)');
    if (!kept!.within) throw new Error('the plan costs more than its budget');
    await house.close();
    const row = (title: string, times: number[]): (string | number)[] => [title, seconds(median(times)), whole(LINES / median(times) * 1000)];
    return {
      tables: [{ title: `Median of ${ROUNDS} rounds of ${whole(LINES)} lines`, columns: ['', 'time', 'lines/s'], rows: [
        row('the deciding alone (`recommend`)', deciding), row('the flow, every row new', ways.new), row('the flow, every row changed', ways.moved), row('the flow, no row changed', ways.still), row('the flow with a budget over all suppliers, once', [budgeted])] }],
      verdicts: [{ what: '100 k items × locations, forecasts given, every row changed', goal: '≤ 10 s on 2 cores', measured: seconds(median(ways.moved)), met: median(ways.moved) <= 10_000 }],
      notes: [],
    };
  }),
};
