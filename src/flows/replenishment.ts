/**
 * replenishment: forecast + position + policy → recommendations.   Woken by a finished forecast, hourly, by a changed policy, and by hand.
 *  1 gather  the forecasts in use, planners' overrides, stock positions, planning values by scope
 *  2 decide  domain/replenishment: order-up-to level, MOQ, case pack, cap; every line carries the terms that sum to it
 *  3 record  one recommendation an item and location; those without a forecast any more leave
 */
import { addDays, daysBetween } from '../domain/calendar.ts';
import { overridden, overrideWords } from '../domain/forecast/override.ts';
import { abcClasses } from '../domain/replenishment/abc.ts';
import { policyValues, resolvePolicy, type PlanningPolicy } from '../domain/replenishment/policy.ts';
import { explain, quantilesNeeded, recommend } from '../domain/replenishment/recommend.ts';
import { defineFlow } from '../runtime/flow.ts';
import { currentRun, forecastsOf, paths, type PlanningForecast } from '../store/forecasts.ts';
import { asOverride, overridesInForce, type OverrideRow } from '../store/overrides.ts';
import { DEFAULTS, policies, positions, type PolicyRow, type PositionRow } from '../store/planning.ts';
import { removeOthers, saveRecommendations, type RecommendationRecord } from '../store/recommendations.ts';

export const replenishment = defineFlow({
  name: 'replenishment', moves: 'forecast + position + policy → recommendations', owner: 'planner', schedule: { cron: '40 * * * *' }, raises: [],
  async run(context) {
    const { db, storeId, tally } = context;
    const run = await currentRun(db, storeId);
    if (!run) { context.detail['waiting'] = 'there is no forecast yet'; return; }
    const scopes = await policies(db, storeId);
    const today = context.dayOf(context.now());
    const late = daysBetween(addDays(run.as_of, 1), today);
    const overrides = await overridesInForce(db, storeId, today);
    const kept: { itemId: number; locationId: number; volume: number; cost: number }[] = [];
    const levels = [DEFAULTS.service_level, ...[...scopes.values()].flatMap((scope) => scope.service_level ?? [])].flatMap((serviceLevel) => quantilesNeeded({ serviceLevel }));
    let saved = Promise.resolve(); // a page is saved while the next is decided
    for await (const page of forecastsOf(db, storeId, run.run_id, { from: Math.min(...levels), to: Math.max(...levels) })) {
      const stock = await positions(db, storeId, [...new Set(page.map((f) => f.item_id))]);
      const records: RecommendationRecord[] = [];
      for (const forecast of page) {
        tally.input++;
        const position = stock.get(`${forecast.item_id}@${forecast.location_id}`);
        if (!position) { tally.skipped['location gone'] = (tally.skipped['location gone'] ?? 0) + 1; continue; }
        const said = overrides(forecast.item_id, forecast.location_id);
        const record = decide(planned(forecast, addDays(run.as_of, 1), said), position, scopes, today, late, said);
        if (typeof record === 'string') { tally.failed[record] = (tally.failed[record] ?? 0) + 1; continue; }
        records.push(record);
        const volume = forecast.mean.reduce((sum, units) => sum + units, 0);
        kept.push({ itemId: forecast.item_id, locationId: forecast.location_id, volume, cost: Number(position.unit_cost ?? 0) });
        tally.applied++;
      }
      await saved;
      saved = saveRecommendations(db, storeId, run.run_id, records, context.now());
      saved.catch(() => {}); // it is thrown where it is awaited
      context.progress('replenishment', tally.input, run.series);
    }
    await saved;
    await removeOthers(db, storeId, context.now(), classes(kept));
    context.detail['forecastOf'] = run.as_of;
    context.changed('replenishment');
  },
});

/** The engine's forecast with what planners said on top of it. */
function planned(forecast: PlanningForecast, first: string, said: readonly OverrideRow[]): PlanningForecast {
  if (said.length === 0) return forecast;
  const { mean, cumulative } = overridden(forecast, first, said.map(asOverride));
  return { ...forecast, mean, cumulative };
}

const saidBy = (one: OverrideRow): string => `In it is what ${one.author} said of ${one.from_day} to ${one.to_day}: ${overrideWords(one)} (${one.reason}).`;

function decide(forecast: PlanningForecast, position: PositionRow, scopes: ReadonlyMap<string, PolicyRow>, today: string, late: number, said: readonly OverrideRow[]): RecommendationRecord | string {
  const policy = policyFor(scopes, forecast.item_id, forecast.location_id, position.vendor);
  // A forecast a few days old begins before today: the days gone by are cut off its totals.
  const skip = Math.max(0, late);
  if (forecast.mean.length - skip < policy.leadTimeDays.value + policy.reviewDays.value) return 'forecast too short for the policy';
  const result = recommend({
    today, policy: policyValues(policy),
    forecast: { mean: forecast.mean.slice(skip), cumulative: paths(forecast.levels, forecast.cumulative).map((p) => ({ q: p.level, values: p.values.slice(skip).map((v) => Math.max(0, v - (skip > 0 ? p.values[skip - 1]! : 0))) })) },
    stock: { onHand: position.available + position.committed, incoming: position.incoming, committed: position.committed, backorders: 0 },
  });
  return {
    itemId: forecast.item_id, locationId: forecast.location_id, quantity: result.quantity, need: result.need, overstock: result.overstock,
    orderBy: result.orderBy, urgency: result.orderBy === null ? 9_999 : daysBetween(today, result.orderBy), stockoutP50: result.stockoutDate.p50, stockoutP10: result.stockoutDate.p10,
    coverDays: result.coverDays, cost: position.unit_cost === null ? null : result.quantity * Number(position.unit_cost),
    detail: { terms: result.terms, policy, conflicts: [...result.conflicts, ...said.filter((one) => one.from_day <= addDays(today, result.protectionDays)).map(saidBy)], orderUpTo: result.orderUpTo, position: result.position, protectionDays: result.protectionDays, sentence: explain(result) },
  };
}

/** User value (item at location, then item) > rule (vendor) > default (the store's, then the product's). */
export function policyFor(scopes: ReadonlyMap<string, PolicyRow>, itemId: number, locationId: number, vendor: string | null): ReturnType<typeof resolvePolicy> {
  const user = { ...partial(scopes.get(`item:${itemId}`)), ...partial(scopes.get(`item:${itemId}@${locationId}`)) };
  const house = { leadTimeDays: DEFAULTS.lead_time_days, reviewDays: DEFAULTS.review_days, serviceLevel: DEFAULTS.service_level, moq: DEFAULTS.moq, casePack: DEFAULTS.case_pack, minStock: DEFAULTS.min_stock, maxStock: DEFAULTS.max_stock };
  return resolvePolicy({ user, rule: vendor === null ? {} : partial(scopes.get(`vendor:${vendor}`)), default: { ...house, ...partial(scopes.get('default')) } });
}

function partial(row: PolicyRow | undefined): Partial<PlanningPolicy> {
  const values: Partial<PlanningPolicy> = {};
  if (!row) return values;
  if (row.lead_time_days !== null) values.leadTimeDays = row.lead_time_days;
  if (row.review_days !== null) values.reviewDays = row.review_days;
  if (row.service_level !== null) values.serviceLevel = Math.round(row.service_level * 10_000) / 10_000;
  if (row.moq !== null) values.moq = row.moq;
  if (row.case_pack !== null) values.casePack = row.case_pack;
  if (row.min_stock !== null) values.minStock = row.min_stock;
  if (row.max_stock !== null) values.maxStock = row.max_stock;
  return values;
}

function classes(kept: readonly { itemId: number; locationId: number; volume: number; cost: number }[]): { itemId: number; locationId: number; abc: string }[] {
  const classOf = abcClasses(kept.map((k, id) => ({ id, value: k.volume * Math.max(k.cost, 1) })));
  return kept.map((k, id) => ({ itemId: k.itemId, locationId: k.locationId, abc: classOf.get(id)! }));
}
