/**
 * replenishment: forecast + position + policy → recommendations.   Woken by a finished forecast, hourly, by a changed policy, and by hand.
 *  1 gather  the forecasts in use, planners' overrides, stock positions, planning values by scope, suppliers' terms and learned lead times; what was sold
 *            lately where there is no forecast; planners' decisions and what was ordered this month; a place that buys for others with all of theirs
 *  2 decide  domain/replenishment: the level of the policy's kind, MOQ, case pack, cap; then each supplier's order: price breaks, its minimum, containers
 *            and budget; then the store's budget
 *  3 record  one recommendation an item and location, where it changed; those neither forecast nor ruled any more leave
 */
import { abcClasses } from '../domain/replenishment/abc.ts';
import { inStoreMoney, planLine, supplierLine } from '../domain/replenishment/plan-line.ts';
import { planOrders, type PlannedLine } from '../domain/replenishment/plan-orders.ts';
import { adjusted, type Recommendation } from '../domain/replenishment/recommend.ts';
import { NO_LIMITS, type SupplierLimits } from '../domain/replenishment/supplier-limits.ts';
import { unitCostAt } from '../domain/replenishment/supplier-line.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { boughtTogether } from '../store/bought-together.ts';
import { currentRun, forecastsOf, forecastValues } from '../store/forecasts.ts';
import { leftOf } from '../store/plan-budgets.ts';
import { fallbackSince, planInputs, planWorld, type PlanInput, type PlanWorld } from '../store/plan-inputs.ts';
import { removeOthers, savePlan, saveRecommendations, type RecommendationRecord } from '../store/recommendations.ts';
import { boughtFor } from '../store/supply.ts';
import { limitsOf } from '../store/supplier-terms.ts';
import { unforecast } from '../store/unforecast.ts';

/** Lines of an order that is more than its lines: they wait until all of it is known. */
interface Waiting { record: RecommendationRecord; line: PlannedLine }
interface Decided { now: RecommendationRecord[]; waiting: Waiting[]; limits: Map<string, SupplierLimits>; faults: Map<string, number> }

/** Recommendations saved at once. */
const PAGE = 1_000;

export const replenishment = defineFlow({
  name: 'replenishment', moves: 'forecast + position + policy → recommendations', owner: 'planner', schedule: { cron: '40 * * * *' }, raises: [], waitsInPeak: true,
  async run(context) {
    const { db, storeId, tally } = context, today = context.dayOf(context.now()), run = await currentRun(db, storeId);
    const classes = abcClasses(run ? (await forecastValues(db, storeId, run.run_id)).map((row) => ({ id: row.item_id * 2 ** 20 + row.location_id, value: row.value })) : []);
    const world = await planWorld(db, context.store, today, (itemId, locationId) => classes.get(itemId * 2 ** 20 + locationId) ?? null);
    const kept = { itemIds: [] as number[], locationIds: [] as number[] }, decided: Decided = { now: [], waiting: [], limits: new Map(), faults: new Map() };
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
      const next = { size: page.length, read: planInputs(db, world, page).then((inputs) => boughtTogether(db, world, inputs)) };
      next.read.catch(() => {}); // it is thrown where it is awaited
      if (ahead) await take(ahead);
      ahead = next;
    }
    if (ahead) await take(ahead);
    const { records, gap } = ordered(world, decided);
    for (let n = 0; n < records.length; n += PAGE) await save(records.slice(n, n + PAGE));
    if (gap > 0) context.detail['orders'] = `within ${(gap * 100).toFixed(2)}% of the best`;
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

/** Forecasts, then levels without one, then what places buy for others alone. */
async function* pages(context: FlowContext, world: PlanWorld) {
  const buyers = new Set([...world.supply.of.values()].map((one) => one.buyer)), known = new Set<string>();
  for await (const page of ownPages(context, world)) {
    for (const line of page) if (buyers.has(line.location_id)) known.add(`${line.item_id}@${line.location_id}`);
    yield page;
  }
  if (buyers.size === 0) return;
  const others = (await boughtFor(context.db, context.storeId, world.supply, world.run?.run_id ?? null, fallbackSince(world.today))).filter((line) => !known.has(`${line.item_id}@${line.location_id}`));
  for (let n = 0; n < others.length; n += PAGE) yield others.slice(n, n + PAGE);
}

async function* ownPages({ db, storeId }: FlowContext, world: PlanWorld) {
  if (world.run) yield* forecastsOf(db, storeId, world.run.run_id);
  const keeps = (scope: string): boolean => { const said = world.scopes.get(scope)!; return (said.minStock ?? 0) > 0 || said.kind === 'min/max' || (said.reorderPoint ?? 0) > 0; }, ruled = [...world.scopes.keys()].filter(keeps);
  const items = ruled.flatMap((scope) => (scope.startsWith('item:') ? [Number.parseInt(scope.slice(5), 10)] : []));
  yield* unforecast(db, storeId, world.run?.run_id ?? null, fallbackSince(world.today), items, ruled.length > items.length);
}

function decide(world: PlanWorld, inputs: readonly PlanInput[], decided: Decided): void {
  for (const input of inputs) {
    const made = planLine(input);
    if (typeof made === 'string') { decided.faults.set(made, (decided.faults.get(made) ?? 0) + 1); continue; }
    const record = recordOf(input, made), line = waits(world, input, made, decided.limits);
    if (line) decided.waiting.push({ record, line }); else decided.now.push(record);
  }
}

/** The line in the order it waits for; null where nothing but the line decides, or a planner set it aside. */
function waits(world: PlanWorld, input: PlanInput, made: Recommendation, limits: Map<string, SupplierLimits>): PlannedLine | null {
  const { buying: { supplierId, currency, priceBreaks } } = input, decision = world.decisions.get(`${input.itemId}@${input.locationId}`), supplier = supplierId === null ? undefined : world.suppliers.get(supplierId);
  if (decision?.decision === 'excluded' || decision?.decision === 'snoozed' || (input.boughtElsewhere === true && decision === undefined)) return null;
  const key = supplier ? `${supplierId}@${currency}` : '', limit = supplier ? limits.get(key) ?? limitsOf(supplier, currency, world.spent.get(key) ?? 0) ?? (priceBreaks.length > 0 ? NO_LIMITS : null) : null;
  if (limit !== null) limits.set(key, limit);
  const fixed = decision?.decision === 'quantity' ? decision.quantity : null, paid = world.budget !== null && (currency === world.store.currency || input.buying.exchange != null);
  if (limit === null && !(paid && (fixed ?? made.quantity) > 0)) return null;
  const line = supplierLine(`${input.itemId}@${input.locationId}`, String(input.locationId), made, input, fixed);
  return { line, order: limit === null ? '' : key, inStore: paid ? inStoreMoney(line, input.buying, world.store.currency) : null };
}

function recordOf(input: PlanInput, made: Recommendation): RecommendationRecord {
  return {
    itemId: input.itemId, locationId: input.locationId, made: input.notes.length === 0 ? made : { ...made, conflicts: [...made.conflicts, ...input.notes] }, layers: input.layers, abc: input.abc,
    supplierId: input.buying.supplierId, unitCost: input.buying.unitCost, currency: input.buying.currency, price: input.price, byRule: input.byRule, available: input.stock.onHand - input.stock.committed - input.stock.backorders, incoming: input.stock.incoming,
  };
}

/** The lines with what their supplier's order, and the store's budget, make of them. A planner's own quantity counts there, and its recommendation stays. */
function ordered(world: PlanWorld, { waiting, limits }: Decided): { records: RecommendationRecord[]; gap: number } {
  const { lines, gap } = planOrders(waiting.map((one) => one.line), limits, world.budget && leftOf(world.budget));
  const records = waiting.map(({ record, line: { line } }, n): RecommendationRecord => {
    if (line.fixed === true) return record;
    const made = lines[n]!.changes.reduce((sum, { term, change }) => adjusted(sum, term, change), record.made), { notes } = lines[n]!;
    return { ...record, unitCost: record.unitCost === null ? null : unitCostAt(line, made.quantity), made: made.quantity > 0 && notes.length > 0 ? { ...made, conflicts: [...made.conflicts, ...notes] } : made };
  });
  return { records, gap };
}
