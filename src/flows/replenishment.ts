/**
 * replenishment: forecast + position + policy → recommendations.   Woken by a finished forecast, hourly, by a changed policy, and by hand.
 *  1 gather  the forecasts in use, planners' overrides, stock positions, planning values by scope, suppliers' terms and learned lead times; what was sold
 *            lately where there is no forecast
 *  2 decide  domain/replenishment: the level of the policy's kind, MOQ, case pack, cap; then each supplier's order: price breaks and its minimum
 *  3 record  one recommendation an item and location, where it changed; those neither forecast nor ruled any more leave
 */
import { abcClasses } from '../domain/replenishment/abc.ts';
import { planLine, supplierLine } from '../domain/replenishment/plan-line.ts';
import { adjusted, type Recommendation } from '../domain/replenishment/recommend.ts';
import type { SupplierLine } from '../domain/replenishment/supplier-line.ts';
import { NO_LIMITS, supplierOrder } from '../domain/replenishment/supplier-order.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { currentRun, forecastsOf, forecastValues } from '../store/forecasts.ts';
import { fallbackSince, planInputs, planWorld, type PlanInput, type PlanWorld } from '../store/plan-inputs.ts';
import { removeOthers, savePlan, saveRecommendations, type RecommendationRecord } from '../store/recommendations.ts';
import { unforecast } from '../store/unforecast.ts';

/** Lines of a supplier that has a minimum or price breaks: they wait until all of its order is known. */
interface Waiting { record: RecommendationRecord; line: SupplierLine }
interface Decided { now: RecommendationRecord[]; supplier: Map<string, Waiting[]>; faults: Map<string, number> }

export const replenishment = defineFlow({
  name: 'replenishment', moves: 'forecast + position + policy → recommendations', owner: 'planner', schedule: { cron: '40 * * * *' }, raises: [],
  async run(context) {
    const { db, storeId, tally } = context, today = context.dayOf(context.now()), run = await currentRun(db, storeId);
    const classes = abcClasses(run ? (await forecastValues(db, storeId, run.run_id)).map((row) => ({ id: row.item_id * 2 ** 20 + row.location_id, value: row.value })) : []);
    const world = await planWorld(db, context.store, today, (itemId, locationId) => classes.get(itemId * 2 ** 20 + locationId) ?? null);
    const kept = { itemIds: [] as number[], locationIds: [] as number[] }, decided: Decided = { now: [], supplier: new Map(), faults: new Map() };
    let changed = 0, saved: Promise<void> = Promise.resolve(); // a page is saved while the next is decided
    const save = async (records: RecommendationRecord[]): Promise<void> => {
      await saved;
      saved = saveRecommendations(db, storeId, run?.run_id ?? null, records, context.now()).then((rows) => { changed += rows; });
      saved.catch(() => {}); // it is thrown where it is awaited
      for (const record of records) { kept.itemIds.push(record.itemId); kept.locationIds.push(record.locationId); }
    };
    const take = async ({ size, read }: { size: number; read: Promise<PlanInput[]> }): Promise<void> => {
      const inputs = await read;
      tally.input += size;
      if (inputs.length < size) tally.skipped['location gone'] = (tally.skipped['location gone'] ?? 0) + size - inputs.length;
      decide(world, inputs, decided);
      await save(decided.now.splice(0));
      context.progress('replenishment', tally.input, run ? Math.max(run.series, tally.input) : null);
    };
    let ahead: { size: number; read: Promise<PlanInput[]> } | null = null; // stock and terms of a page are read while the one before is decided
    for await (const page of pages(context, world)) {
      const next = { size: page.length, read: planInputs(db, world, page) };
      next.read.catch(() => {}); // it is thrown where it is awaited
      if (ahead) await take(ahead);
      ahead = next;
    }
    if (ahead) await take(ahead);
    for (const [key, lines] of decided.supplier) await save(ordered(world, key, lines));
    await saved;
    await removeOthers(db, storeId, kept);
    await savePlan(db, storeId, run?.run_id ?? null, today, changed, context.now());
    for (const [fault, lines] of decided.faults) tally.failed[fault] = lines;
    tally.applied = changed;
    tally.unchanged = kept.itemIds.length - changed;
    if (run) context.detail['forecastOf'] = run.as_of; else context.detail['forecastOf'] = 'none: by rule';
    context.changed('replenishment');
  },
});

/** Forecasts, then levels without one. */
async function* pages({ db, storeId }: FlowContext, world: PlanWorld) {
  if (world.run) yield* forecastsOf(db, storeId, world.run.run_id);
  const keeps = (scope: string): boolean => { const said = world.scopes.get(scope)!; return (said.minStock ?? 0) > 0 || said.kind === 'min/max' || (said.reorderPoint ?? 0) > 0; }, ruled = [...world.scopes.keys()].filter(keeps);
  const items = ruled.flatMap((scope) => (scope.startsWith('item:') ? [Number.parseInt(scope.slice(5), 10)] : []));
  yield* unforecast(db, storeId, world.run?.run_id ?? null, fallbackSince(world.today), items, ruled.length > items.length);
}

function decide(world: PlanWorld, inputs: readonly PlanInput[], decided: Decided): void {
  for (const input of inputs) {
    const made = planLine(input);
    if (typeof made === 'string') { decided.faults.set(made, (decided.faults.get(made) ?? 0) + 1); continue; }
    const record = recordOf(input, made), { supplierId } = input.buying, supplier = supplierId === null ? undefined : world.suppliers.get(supplierId);
    if (!supplier || (supplier.min_order_cost === null && supplier.min_order_units === null && input.buying.priceBreaks.length === 0)) { decided.now.push(record); continue; }
    const key = `${supplierId}@${input.locationId}@${input.buying.currency}`, line = supplierLine(String(input.itemId), made, input);
    const waiting = decided.supplier.get(key);
    if (waiting) waiting.push({ record, line }); else decided.supplier.set(key, [{ record, line }]);
  }
}

function recordOf(input: PlanInput, made: Recommendation): RecommendationRecord {
  return {
    itemId: input.itemId, locationId: input.locationId, made: input.notes.length === 0 ? made : { ...made, conflicts: [...made.conflicts, ...input.notes] }, layers: input.layers, abc: input.abc,
    supplierId: input.buying.supplierId, unitCost: input.buying.unitCost, currency: input.buying.currency, price: input.price, byRule: input.byRule,
  };
}

/** The lines with what their supplier's order makes of them. A minimum in money holds for lines in its currency. */
function ordered(world: PlanWorld, key: string, waiting: readonly Waiting[]): RecommendationRecord[] {
  const [supplierId, , currency] = key.split('@'), supplier = world.suppliers.get(Number(supplierId))!;
  const order = supplierOrder(waiting.map((one) => one.line), { ...NO_LIMITS, minUnits: supplier.min_order_units, minCost: supplier.min_order_cost === null || currency !== supplier.currency ? null : Number(supplier.min_order_cost) }, false);
  return waiting.map(({ record }, n) => {
    const made = order.lines[n]!.changes.reduce((sum, { term, change }) => adjusted(sum, term, change), record.made);
    return { ...record, made: made.quantity > 0 && order.notes.length > 0 ? { ...made, conflicts: [...made.conflicts, ...order.notes] } : made };
  });
}
