/** The plan with another service level, days of cover, budget or container; nothing is saved. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AbcClass } from '../../domain/replenishment/abc.ts';
import { dayOf } from '../../domain/calendar.ts';
import { toStore } from '../../domain/exchange.ts';
import { NO_LIMITS, type SupplierLimits } from '../../domain/replenishment/supplier-limits.ts';
import { whatIf, type Side, type WhatIfLine } from '../../domain/replenishment/what-if.ts';
import { plannedInputs } from '../../store/bought-together.ts';
import { leftOf, plannedCosts } from '../../store/plan-budgets.ts';
import { planWorld, type PlanWorld } from '../../store/plan-inputs.ts';
import { limitsOf } from '../../store/supplier-terms.ts';
import { worklistPage, type WorklistRow } from '../../store/worklist.ts';
import type { Services } from '../app.ts';
import { WhatIf, WhatIfBody } from '../contract-replenishment.ts';
import { locationsOf } from '../replenishment-views.ts';
import { storeOf } from '../store-scope.ts';

const size = (value: string | null): number | null => (value === null ? null : Number(value));

/** The most urgent lines a what-if looks at: it answers while a slider is moved. */
const MOST_LINES = 3_000;

export function whatIfRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  api.post('/api/v1/replenishment/what-if', { schema: { tags: ['replenishment'], summary: 'The filtered plan with other values; nothing is saved', querystring: z.object({ store: z.coerce.number() }), body: WhatIfBody, response: { 200: WhatIf } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), today = dayOf(house.clock.now().toISOString(), store.time_zone), { q, vendor, location, ...asked } = request.body;
    const found = await worklistPage(house.db, store.store_id, { q, supplier: vendor, locations: locationsOf(location), view: 'all', today, sort: 'urgency', dir: 'asc', after: null, limit: MOST_LINES + 1 });
    const rows = found.slice(0, MOST_LINES).filter((row) => row.decision !== 'excluded' && row.decision !== 'snoozed'), byKey = new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, row]));
    const world = await planWorld(house.db, store, today, (itemId, locationId) => (byKey.get(`${itemId}@${locationId}`)?.abc ?? null) as AbcClass | null, [...new Set(rows.map((row) => row.item_id))]);
    const inputs = await plannedInputs(house.db, world, rows), limits = new Map<string, SupplierLimits>(), left = leftFor(world, rows, await plannedCosts(house.db, store.store_id, today));
    const lines = inputs.map((input): WhatIfLine => {
      const row = byKey.get(`${input.itemId}@${input.locationId}`)!, supplier = input.buying.supplierId === null ? undefined : world.suppliers.get(input.buying.supplierId);
      const { currency } = input.buying, order = supplier ? `${supplier.supplier_id}@${currency}` : '';
      if (supplier && !limits.has(order)) limits.set(order, left.of(limitsOf(supplier, currency, world.spent.get(order) ?? 0), order) ?? { ...NO_LIMITS, volumeCm3: size(supplier.container_volume_cm3), weightG: size(supplier.container_weight_g) });
      return { key: `${input.itemId}@${input.locationId}`, input, order, place: String(input.locationId), fixed: row.decision === 'quantity' ? row.quantity : null };
    });
    const { before, after, notes } = whatIf(lines, { orders: limits, storeBudget: left.store }, asked), side = ({ units, lines: ordered, costs, riskLeft }: Side) => ({ units, lines: ordered, riskLeft, costs: [...costs].map(([currency, cost]) => ({ currency, cost })) });
    return {
      considered: lines.length, more: found.length > MOST_LINES, before: side(before), after: side(after), notes,
      lines: inputs.flatMap((input, n) => (before.quantities[n] === after.quantities[n] ? [] : [{ itemId: input.itemId, locationId: input.locationId, quantity: after.quantities[n]!, before: before.quantities[n]! }])),
    };
  });
}

/** Budgets less what the plan's lines outside the filter take of them. */
function leftFor(world: PlanWorld, rows: readonly WorklistRow[], planned: ReadonlyMap<string, number>): { store: number | null; of(limits: SupplierLimits | null, order: string): SupplierLimits | null } {
  const outside = new Map(planned), { currency } = world.store;
  for (const row of rows) { const key = `${row.supplier_id ?? ''}@${row.currency}`; outside.set(key, (outside.get(key) ?? 0) - Number(row.cost ?? 0)); }
  const others = [...outside].reduce((sum, [key, cost]) => { const from = key.slice(key.lastIndexOf('@') + 1), rate = from === currency ? null : world.exchange(from); return sum + (from === currency ? Math.max(0, cost) : rate === null ? 0 : toStore(Math.max(0, cost), from, currency, rate)); }, 0);
  return {
    store: world.budget && Math.max(0, leftOf(world.budget) - others),
    of: (limits, order) => (limits === null || limits.budget === null ? limits : { ...limits, budget: Math.max(0, limits.budget - Math.max(0, outside.get(order) ?? 0)) }),
  };
}
