/**
 * transfer-proposals: stock of one place → where its next unit is worth more.   Woken hourly behind replenishment, by hand, and at the end of the first import.
 *  1 gather  items short at one place with units at another; forecasts, planning values, stock and open transfers of all their places
 *  2 decide  domain/replenishment/transfers: a unit moves while what it is worth there exceeds what it is worth here and the cost of moving it
 *  3 record  the proposals worth the bother, in the place of those before
 */
import { demandTotal } from '../domain/replenishment/demand-total.ts';
import { protectionDays } from '../domain/replenishment/policy.ts';
import { marginOf, transfersOf, type TransferPlace } from '../domain/replenishment/transfers.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { forecastsNamed } from '../store/forecasts.ts';
import { fallbackSince, planInputs, planWorld, type PlanInput, type PlanWorld } from '../store/plan-inputs.ts';
import { saveProposals, transferCandidates, type PlaceRow, type Proposal } from '../store/transfer-proposals.ts';
import { transferSettings } from '../store/transfers.ts';

export const transferProposals = defineFlow({
  name: 'transfer-proposals', moves: 'stock of one place → where its next unit is worth more', owner: 'planner', schedule: { cron: '55 * * * *' }, raises: [], waitsInPeak: true,
  async run(context) {
    const { db, storeId, tally } = context, today = context.dayOf(context.now()), settings = await transferSettings(db, storeId), made: Proposal[] = [];
    const world = await planWorld(db, context.store, today, () => null);
    for await (const rows of transferCandidates(db, storeId, fallbackSince(today))) {
      for (const [itemId, places] of await placesOf(context, world, rows)) {
        tally.input++;
        const moves = transfersOf(places, settings.unitCost).filter((move) => move.gain >= settings.leastGain), at = new Map(places.map((place) => [place.locationId, place]));
        if (moves.length === 0) tally.unchanged++; else tally.applied++;
        for (const { from, to, quantity, gain, worth } of moves) {
          made.push({ itemId, fromLocationId: from, toLocationId: to, quantity, gain: Math.round(gain), detail: {
            firstThere: Math.round(worth.firstThere), firstHere: Math.round(worth.firstHere), lastThere: Math.round(worth.lastThere), lastHere: Math.round(worth.lastHere),
            here: at.get(from)!.available, there: at.get(to)!.available, thereIncoming: at.get(to)!.incoming, gain: Math.round(gain),
          } });
        }
      }
      context.progress('transfer proposals', tally.input, null);
    }
    await saveProposals(db, storeId, made, context.now());
    Object.assign(context.detail, { proposals: made.length, units: made.reduce((sum, one) => sum + one.quantity, 0) });
    context.changed('transfers');
  },
});

/** The places of each item as they are planned: by forecast, else by what was sold lately. */
async function placesOf({ db, storeId }: FlowContext, world: PlanWorld, rows: readonly PlaceRow[]): Promise<Map<number, TransferPlace[]>> {
  const keys = rows.map((row) => ({ itemId: row.item_id, locationId: row.location_id }));
  const forecasts = world.run ? await forecastsNamed(db, storeId, world.run.run_id, keys) : [], told = new Set(forecasts.map((one) => `${one.item_id}@${one.location_id}`));
  const inputs = await planInputs(db, world, [...forecasts, ...rows.filter((row) => !told.has(`${row.item_id}@${row.location_id}`)).map(({ item_id, location_id, sold }) => ({ item_id, location_id, sold }))]);
  const places = new Map<number, TransferPlace[]>();
  for (const input of inputs) {
    const place = placeOf(input, world.supply.of.get(input.locationId)?.days ?? null), known = places.get(input.itemId);
    if (place === null) continue;
    if (known) known.push(place); else places.set(input.itemId, [place]);
  }
  return places;
}

/** Null where a unit has no known worth. A place that is supplied from another is supplied again when what leaves at the next review has come, `supplied` days later, not when a supplier has delivered. */
function placeOf({ locationId, stock, forecast, policy, price, buying, storeCurrency, byRule }: PlanInput, supplied: number | null): TransferPlace | null {
  const margin = marginOf(price, buying, storeCurrency), days = Math.min(forecast.mean.length, supplied !== null ? policy.reviewDays + supplied : protectionDays(policy));
  if (margin === null) return null;
  const silent = byRule && forecast.mean[0] === 0;
  return { locationId, available: stock.onHand - stock.committed - stock.backorders, incoming: stock.incoming, demand: silent || forecast.cumulative.length < 2 ? null : demandTotal(forecast, days), margin, keeps: policy.minStock, gives: true, takes: !silent };
}
