/**
 * What a line of the plan is decided from, read for many lines at once: forecasts with planners' words on top, stock, values by scope, suppliers' terms and
 * what their receipts say of lead times. The flow reads all lines this way, a what-if some of them.
 */
import { addDays, dayNumber, daysBetween } from '../domain/calendar.ts';
import { LEARNED_DAYS, leadTimesThen, type LearnedFrom } from '../domain/purchasing/lead-times-then.ts';
import { overridden, overrideWords } from '../domain/forecast/override.ts';
import type { AbcClass } from '../domain/replenishment/abc.ts';
import { FALLBACK_DAYS, fallbackForecast, fallbackWords } from '../domain/replenishment/fallback.ts';
import { policyOfLine, type Line, type ScopedValues } from '../domain/replenishment/layers.ts';
import { learnedLeadTimes, type LeadTimeShare } from '../domain/replenishment/lead-time.ts';
import type { DemandForecast } from '../domain/replenishment/order-up-to.ts';
import { stockOf, type Buying, type PlanLineInput } from '../domain/replenishment/plan-line.ts';
import { POLICY_FIELDS, protectionDays, type PlanningPolicy, type PolicyLayer, type ResolvedPolicy } from '../domain/replenishment/policy.ts';
import { learnedDays, type Arrival } from '../domain/replenishment/recommend.ts';
import { arrivalsOf } from './arrivals.ts';
import type { Queryable } from './db.ts';
import { ratesOf } from './exchange-rates.ts';
import { currentRun, type ForecastRunRow, type PlanningForecast } from './forecasts.ts';
import { asOverride, overridesInForce, type OverrideRow } from './overrides.ts';
import { spentThisMonth, storeBudget, type StoreBudget } from './plan-budgets.ts';
import { decisionsInForce, type DecisionRow } from './plan-decisions.ts';
import { itemsInMotion, positions, scopedValues, type PositionRow } from './planning.ts';
import type { StoreRow } from './stores.ts';
import { supplyOf, type Supply } from './supply.ts';
import { activeSuppliers, itemTerms, observedLeadTimes, ordersSeen, type ItemTerms, type SupplierRow } from './supplier-terms.ts';
import type { UnforecastRow } from './unforecast.ts';

/** What holds for every line of a store today. */
export interface PlanWorld {
  /** Items with anything open beside what the ledger holds, when this was read. */
  moving: ReadonlySet<number>;
  store: Pick<StoreRow, 'store_id' | 'currency' | 'time_zone'>; today: string; run: ForecastRunRow | null; scopes: ScopedValues; suppliers: ReadonlyMap<number, SupplierRow>; leadTimes: ReadonlyMap<number, LeadTimeShare[]>;
  overrides: (itemId: number, locationId: number) => OverrideRow[]; classOf: (itemId: number, locationId: number) => AbcClass | null;
  /** Minor units ordered this month, by `supplier@currency`; and the budget over all suppliers. */
  supply: Supply; spent: ReadonlyMap<string, number>; budget: StoreBudget | null; decisions: ReadonlyMap<string, Pick<DecisionRow, 'decision' | 'quantity'>>;
  /** Billionths of the store's currency for one unit of another today; null: no rate is known. */
  exchange: (currency: string) => number | null; policies: Map<string, ResolvedPolicy>;
}

/** What says the values of a line. */
export type LineWorld = Pick<PlanWorld, 'store' | 'scopes' | 'suppliers' | 'leadTimes' | 'policies' | 'exchange'>;

export interface PlanInput extends PlanLineInput { itemId: number; locationId: number; layers: PolicyLayer[]; abc: AbcClass | null; byRule: boolean; /** Said beside the recommendation. */ notes: string[] }

export async function planWorld(db: Queryable, store: PlanWorld['store'], today: string, classOf: PlanWorld['classOf'], itemIds: readonly number[] | null = null): Promise<PlanWorld> {
  const leadTimes = await learnedShares(db, store, today), rates = await ratesOf(db, store), spent = await spentThisMonth(db, store.store_id, today, rates);
  return {
    store, today, classOf, leadTimes, exchange: (currency) => rates.on(currency, today), spent: spent.by, budget: await storeBudget(db, store.store_id, spent), decisions: await decisionsInForce(db, store.store_id, today), policies: new Map(), supply: await supplyOf(db, store.store_id, store.time_zone, today), run: await currentRun(db, store.store_id), moving: await itemsInMotion(db, store.store_id), scopes: await scopedValues(db, store.store_id), suppliers: await activeSuppliers(db, store.store_id),
    overrides: await overridesInForce(db, store.store_id, today, itemIds),
  };
}

/** What receipts until a day taught of each supplier's lead time. */
export async function learnedShares(db: Queryable, store: PlanWorld['store'], until: string): Promise<Map<number, LeadTimeShare[]>> {
  const observed = await observedLeadTimes(db, store.store_id, store.time_zone, addDays(until, -LEARNED_DAYS), until);
  return new Map([...observed].flatMap(([supplier, days]) => { const shares = learnedLeadTimes(days); return shares ? [[supplier, shares] as const] : []; }));
}

/** The same as known on each morning of a period: what receipts until the day before had taught. */
export async function learnedSharesThen(db: Queryable, store: PlanWorld['store'], from: string, days: number): Promise<Map<number, LearnedFrom[]>> {
  return leadTimesThen(await ordersSeen(db, store.store_id, store.time_zone, addDays(from, -LEARNED_DAYS - 1), addDays(from, days - 1)), dayNumber(from), days);
}

/** The lines of some forecasts, or of levels without one; those whose location is gone are left out. */
export async function planInputs(db: Queryable, world: PlanWorld, lines: readonly (PlanningForecast | UnforecastRow)[]): Promise<PlanInput[]> {
  const itemIds = [...new Set(lines.map((line) => line.item_id))], storeId = world.store.store_id;
  const moving = itemIds.filter((item) => world.moving.has(item));
  const [stock, terms, arrivals] = await Promise.all([positions(db, storeId, itemIds, world.moving), itemTerms(db, storeId, itemIds), moving.length === 0 ? new Map<string, Arrival[]>() : arrivalsOf(db, storeId, moving)]);
  return lines.flatMap((line) => {
    const position = stock.get(`${line.item_id}@${line.location_id}`);
    return position ? [{ ...inputOf(world, line, position, terms.get(line.item_id)), arrivals: arrivals.get(`${line.item_id}@${line.location_id}`) ?? [] }] : [];
  });
}

/** How a line is planned and bought by what a world says; `unitCost` and `terms` of its item. */
export function lineOf(world: LineWorld, { itemId, locationId, abc, vendor, category, unitCost }: { itemId: number; locationId: number; abc: AbcClass | null; vendor: string | null; category: string | null; unitCost: string | null }, terms: ItemTerms | undefined): { policy: ResolvedPolicy; leadTimes: LeadTimeShare[] | null; buying: Buying; orderDays: number[] } {
  const supplier = terms?.supplier_id == null ? undefined : world.suppliers.get(terms.supplier_id), shares = supplier && world.leadTimes.get(supplier.supplier_id), policy = policyFor(world, { itemId, locationId, vendor, category, abc }, supplier, terms, shares);
  return { policy, leadTimes: shares && policy.layers[POLICY_FIELDS.indexOf('leadTimeDays')] === 'learned' ? shares : null, buying: buyingOf(world, unitCost, supplier, terms), orderDays: supplier?.order_days ?? [] };
}

function inputOf(world: PlanWorld, line: PlanningForecast | UnforecastRow, position: PositionRow, terms: ItemTerms | undefined): PlanInput {
  const itemId = line.item_id, locationId = line.location_id, abc = world.classOf(itemId, locationId), { policy, leadTimes, buying, orderDays } = lineOf(world, { itemId, locationId, abc, vendor: position.vendor, category: position.category, unitCost: position.unit_cost }, terms);
  const common = {
    itemId, locationId, abc, today: world.today, policy: policy.values, layers: policy.layers, leadTimes, stock: stockOf(position), price: terms?.price ?? null, storeCurrency: world.store.currency, buying, orderDays,
  };
  if ('sold' in line) {
    const days = Math.max(60, protectionDays(policy.values) + 1, policy.values.leadTimeDays + (policy.values.daysOfStock ?? 0)) + (world.supply.of.get(locationId)?.days ?? 0);
    return { ...common, forecast: fallbackForecast(line.sold, days), byRule: true, notes: [fallbackWords(line.sold)] };
  }
  const said = world.overrides(itemId, locationId), first = addDays(world.run!.as_of, 1), until = addDays(world.today, protectionDays(policy.values));
  const planned = said.length === 0 ? line : { ...line, ...overridden({ mean: Array.from(line.mean), levels: Array.from(line.levels), cumulative: Array.from(line.cumulative) }, first, said.map(asOverride)) };
  return { ...common, forecast: fromToday(planned, Math.max(0, daysBetween(first, world.today))), byRule: false, notes: said.filter((one) => one.from_day <= until).map(saidBy) };
}

const saidBy = (one: OverrideRow): string => `In it is what ${one.author} said of ${one.from_day} to ${one.to_day}: ${overrideWords(one)} (${one.reason}).`;

/** A forecast a few days old begins before today: the days gone by are cut off its totals. */
function fromToday({ mean, levels, cumulative }: Pick<PlanningForecast, 'mean' | 'levels' | 'cumulative'>, skip: number): DemandForecast {
  const days = mean.length, all = cumulative instanceof Float32Array ? cumulative : Float32Array.from(cumulative), means = mean instanceof Float32Array ? mean : Float32Array.from(mean);
  return {
    mean: means.subarray(Math.min(skip, days)),
    cumulative: Array.from({ length: levels.length }, (_, k) => {
      const values = all.subarray(k * days + Math.min(skip, days), (k + 1) * days), gone = skip > 0 ? all[k * days + skip - 1] ?? 0 : 0;
      return { q: Math.round(levels[k]! * 10_000) / 10_000, values: gone === 0 ? values : values.map((value) => Math.max(0, value - gone)) };
    }),
  };
}

/** Lines alike in everything that says values share what was resolved for the first. */
function policyFor(world: LineWorld, line: Line, supplier: SupplierRow | undefined, terms: ItemTerms | undefined, shares: LeadTimeShare[] | undefined): ResolvedPolicy {
  const { itemId, locationId, vendor, category, abc } = line, own = world.scopes.has(`item:${itemId}`) || world.scopes.has(`item:${itemId}@${locationId}`);
  const key = own ? '' : JSON.stringify([vendor, category, abc, supplier?.supplier_id, supplier && [terms?.lead_time_days, terms?.moq, terms?.case_pack]]), known = own ? undefined : world.policies.get(key);
  if (known) return known;
  const said: Partial<PlanningPolicy> = {};
  if (supplier) {
    const lead = terms?.lead_time_days ?? supplier.lead_time_days;
    if (lead !== null && lead !== undefined) said.leadTimeDays = lead;
    if (terms?.moq != null) said.moq = terms.moq;
    if (terms?.case_pack != null) said.casePack = terms.case_pack;
  }
  const resolved = policyOfLine(world.scopes, line, said, shares && { leadTimeDays: learnedDays(shares) });
  if (!own) world.policies.set(key, resolved);
  return resolved;
}

function buyingOf(world: LineWorld, unitCost: string | null, supplier: SupplierRow | undefined, terms: ItemTerms | undefined): Buying {
  const own = supplier && terms?.unit_cost != null, currency = own ? supplier.currency : world.store.currency;
  return {
    supplierId: supplier?.supplier_id ?? null, unitCost: own ? Number(terms.unit_cost) : unitCost === null ? null : Number(unitCost), currency, ...(currency === world.store.currency ? {} : { exchange: world.exchange(currency) }),
    priceBreaks: own ? [...(terms.price_breaks ?? [])].sort((a, b) => a.from - b.from) : [], volumeCm3: supplier ? Number(terms?.volume_cm3 ?? 0) : 0, weightG: supplier ? Number(terms?.weight_g ?? 0) : 0,
  };
}

/** The first day a rule in place of a forecast looks at. */
export const fallbackSince = (today: string): string => addDays(today, -FALLBACK_DAYS);
