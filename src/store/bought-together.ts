/**
 * Lines of places that buy for others, and of those others: the buying place is planned for the demand of all of them against what all of them have, the
 * others order nothing. The plan of the night, a what-if and the command line read their lines this way; transfers look at each place alone. A replay joins its own forecasts by the same rule.
 */
import { echelonDemand } from '../domain/replenishment/joined-demand.ts';
import { inventoryPosition } from '../domain/replenishment/position.ts';
import { stockOf } from '../domain/replenishment/plan-line.ts';
import { daysLong } from '../domain/replenishment/terms.ts';
import type { Db } from './db.ts';
import { forecastsNamed } from './forecasts.ts';
import { fallbackSince, planInputs, type PlanInput, type PlanWorld } from './plan-inputs.ts';
import { positions } from './planning.ts';
import { soldSince } from './supply.ts';

export async function boughtTogether(db: Db, world: PlanWorld, inputs: readonly PlanInput[]): Promise<PlanInput[]> {
  const { of, names } = world.supply, name = (place: number): string => names.get(place) ?? String(place);
  if (of.size === 0) return [...inputs];
  const buyers = new Set([...of.values()].map((one) => one.buyer)), supplied = [...of.keys()], bought = inputs.filter((input) => buyers.has(input.locationId)), others = await atSupplied(db, world, [...new Set(bought.map((input) => input.itemId))], supplied);
  return inputs.map((input) => {
    const above = of.get(input.locationId);
    if (above !== undefined) return { ...input, boughtElsewhere: true, notes: [...input.notes, `It is bought at ${name(above.buyer)} and comes from there by transfer${above.from === above.buyer ? '' : ` over ${name(above.from)}`} in ${daysLong(above.days)}.`] };
    if (!buyers.has(input.locationId)) return input;
    const places = supplied.filter((place) => of.get(place)!.buyer === input.locationId), there = places.flatMap((place) => others.get(`${input.itemId}@${place}`) ?? []), wanted = there.flatMap(({ line }) => (line === null ? [] : [line]));
    if (there.length === 0) return input;
    const own = input.byRule && (input.forecast.mean[0] ?? 0) === 0, parts = [...(own && wanted.length > 0 ? [] : [input]), ...wanted].sort((a, b) => Number(a.byRule) - Number(b.byRule));
    const { leaving, wanted: asWanted } = echelonDemand(parts.map((part) => ({ forecast: part.forecast, days: of.get(part.locationId)?.days ?? 0 })));
    return {
      ...input, forecast: leaving, wanted: asWanted, elsewhere: there.reduce((sum, { position }) => sum + position, 0), byRule: parts.every((part) => part.byRule), abc: input.abc ?? wanted.map((line) => line.abc).sort()[0] ?? null,
      notes: [...(own ? [] : input.notes), ...wanted.flatMap((line) => line.notes.map((note) => `${name(line.locationId)}: ${note}`)), `It is bought here for ${there.map(({ place }) => `${name(place)} (${daysLong(of.get(place)!.days)} away)`).join(', ')} too: what is wanted and what stands there count, and what leaves for there in time.`],
    };
  });
}

/** Of each item at each supplied place where it is wanted or stands: its position there, and its line where somebody wants it. */
async function atSupplied(db: Db, world: PlanWorld, itemIds: readonly number[], places: readonly number[]): Promise<Map<string, { place: number; position: number; line: PlanInput | null }[]>> {
  if (itemIds.length === 0) return new Map();
  const storeId = world.store.store_id, keys = itemIds.flatMap((itemId) => places.map((locationId) => ({ itemId, locationId })));
  const [forecasts, sold, stock] = [world.run ? await forecastsNamed(db, storeId, world.run.run_id, keys) : [], await soldSince(db, storeId, fallbackSince(world.today), itemIds, places), await positions(db, storeId, itemIds)];
  const told = new Set(forecasts.map((one) => `${one.item_id}@${one.location_id}`)), ruled = keys.flatMap(({ itemId, locationId }) => { const key = `${itemId}@${locationId}`; return sold.has(key) && !told.has(key) ? [{ item_id: itemId, location_id: locationId, sold: sold.get(key)! }] : []; });
  const lines = new Map((await planInputs(db, world, [...forecasts, ...ruled])).map((line) => [`${line.itemId}@${line.locationId}`, line]));
  return new Map(keys.flatMap(({ itemId, locationId }) => {
    const key = `${itemId}@${locationId}`, line = lines.get(key) ?? null, level = stock.get(key), decision = world.decisions.get(key);
    // What a planner orders for the place itself need not be bought for it here.
    const position = (level ? inventoryPosition(stockOf(level)) : 0) + (decision?.decision === 'quantity' ? decision.quantity ?? 0 : 0);
    return line === null && position === 0 ? [] : [[key, [{ place: locationId, position, line }]] as const];
  }));
}

/** The lines of a worklist as they are planned; those planned by rule alone have no other values to try and are left out. */
export async function plannedInputs(db: Db, world: PlanWorld, rows: readonly { item_id: number; location_id: number; by_rule: boolean }[]): Promise<PlanInput[]> {
  const forecasts = world.run ? await forecastsNamed(db, world.store.store_id, world.run.run_id, rows.map((row) => ({ itemId: row.item_id, locationId: row.location_id }))) : [];
  const told = new Set(forecasts.map((one) => `${one.item_id}@${one.location_id}`)), buyers = new Set([...world.supply.of.values()].map((one) => one.buyer));
  const forOthers = rows.filter((row) => !row.by_rule && buyers.has(row.location_id) && !told.has(`${row.item_id}@${row.location_id}`)).map((row) => ({ item_id: row.item_id, location_id: row.location_id, sold: 0 }));
  return boughtTogether(db, world, await planInputs(db, world, [...forecasts, ...forOthers]));
}
