/** Prices planned ahead, by hand or from a file. The next forecast expects what such prices sold before. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dayOf } from '../../domain/calendar.ts';
import { PLANNED_PRICE_CELLS, PLANNED_PRICE_COLUMNS, plannedPriceRow, type PlannedPriceColumn, type PlannedPriceRow } from '../../domain/forecast/planned-price.ts';
import { decimalCell } from '../../domain/purchasing/import-numbers.ts';
import { PROGRAM_SIGNS } from '../../domain/purchasing/import-signs.ts';
import { addPlans, changePlan, itemsOfSkus, MOST_PLANS, plannedPrices, plansCover, removePlan, type PlannedPriceRecord, type PlannedPriceValues } from '../../store/planned-prices.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { cellSigns, csvTable } from '../csv-in.ts';
import type { Of } from '../contract.ts';
import { PlannedPrice, PlannedPriceBody } from '../contract-forecast.ts';
import { ImportResult } from '../contract-stock.ts';
import { csv } from '../csv.ts';
import { storeOf } from '../store-scope.ts';

export function plannedPriceRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const querystring = z.object({ store: z.coerce.number() }), params = z.object({ planId: z.string().regex(/^\d{1,18}$/) });
  const now = (): string => house.clock.now().toISOString();
  /** The body as a row of the table, or a refusal that names its field. One that has begun may be changed to have ended. */
  const valuesOf = async (storeId: number, body: Of<typeof PlannedPriceBody>, today: string | null): Promise<PlannedPriceValues> => {
    const cells = { Name: body.name, From: body.from, To: body.to, 'Percent off': String(body.percentOff), SKUs: body.skus.join(';'), Vendor: body.vendor ?? '', 'Product type': body.productType ?? '' };
    const row = plannedPriceRow((column) => cells[column], PROGRAM_SIGNS);
    if ('message' in row) throw new Refusal(400, `${row.column}: ${row.message}`);
    const values = asValues(row, await itemsOfSkus(house.db, storeId, row.skus));
    if ('sku' in values) throw new Refusal(400, `SKUs: no item of this store has the SKU ${values.sku}`);
    const [idle] = await idleOf(storeId, [values], today);
    if (idle) throw new Refusal(400, `${idle.field}: ${idle.message}`);
    return values;
  };
  /** Of each plan, why it would lower no price; null: it does. `today` null: days that are over are no reason. */
  const idleOf = async (storeId: number, plans: readonly PlannedPriceValues[], today: string | null): Promise<({ field: PlannedPriceColumn; message: string } | null)[]> => {
    const covers = plans.length === 0 ? [] : await plansCover(house.db, storeId, plans);
    return plans.map((plan, n) => {
      const { vendor, product_type: type, both } = covers[n]!;
      if (today !== null && plan.to_day < today) return { field: 'To', message: `${plan.to_day} is past; a planned price is of days to come` };
      if (plan.item_ids !== null) return null;
      if (!vendor) return { field: 'Vendor', message: `no item of this store is of the vendor ${plan.vendor}` };
      if (!type) return { field: 'Product type', message: `no item of this store has the product type ${plan.product_type}` };
      return both ? null : { field: 'Product type', message: plan.vendor === null ? 'this store has no items yet' : `no item of the vendor ${plan.vendor} has the product type ${plan.product_type}` };
    });
  };
  const noted = async (storeId: number, actor: string, action: string, subject: string, after?: object): Promise<void> => {
    await audit(house.db, { at: now(), actor, action, subject, ...(after ? { after } : {}) });
    house.changed(storeId, ['forecast']);
  };

  api.get('/api/v1/planned-prices', { schema: { tags: ['forecast'], summary: 'Prices planned ahead, latest first', querystring, response: { 200: z.object({ plans: z.array(PlannedPrice) }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { plans: (await plannedPrices(house.db, store.store_id)).map(view) };
  });

  api.get('/api/v1/planned-prices.csv', { schema: { tags: ['forecast'], summary: 'Planned prices as CSV, in the form the import takes', querystring } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    return csv(reply, `planned-prices-${store.shop_domain}`, [...PLANNED_PRICE_COLUMNS], (await plannedPrices(house.db, store.store_id)).map((row) => [row.name, row.from_day, row.to_day, decimalCell(row.percent_off), row.skus.join(';'), row.vendor, row.product_type]));
  });

  api.post('/api/v1/planned-prices', { schema: { tags: ['forecast'], summary: 'Plan a price', querystring, body: PlannedPriceBody, response: { 200: z.object({ added: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', values = await valuesOf(store.store_id, request.body, dayOf(now(), store.time_zone));
    if ((await plannedPrices(house.db, store.store_id)).length >= MOST_PLANS) throw new Refusal(409, `There are ${MOST_PLANS} planned prices; remove old ones first`);
    const added = await addPlans(house.db, store.store_id, [values], by, now());
    if (added > 0) await noted(store.store_id, by, 'price planned', values.name, values);
    return { added: added > 0 };
  });

  api.put('/api/v1/planned-prices/:planId', { schema: { tags: ['forecast'], summary: 'Change a planned price', params, querystring, body: PlannedPriceBody, response: { 200: z.object({ saved: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', today = dayOf(now(), store.time_zone), kept = (await plannedPrices(house.db, store.store_id)).find((plan) => plan.plan_id === request.params.planId);
    const values = await valuesOf(store.store_id, request.body, kept && kept.from_day <= today ? null : today);
    if (!(await changePlan(house.db, store.store_id, request.params.planId, values, by, now()))) throw new Refusal(404, 'There is no such planned price; it may have been removed.');
    await noted(store.store_id, by, 'planned price changed', values.name, values);
    return { saved: true };
  });

  api.delete('/api/v1/planned-prices/:planId', { schema: { tags: ['forecast'], summary: 'Remove a planned price', params, querystring, response: { 200: z.object({ removed: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), removed = await removePlan(house.db, store.store_id, request.params.planId);
    if (!removed) throw new Refusal(404, 'There is no such planned price; it may have been removed.');
    await noted(store.store_id, request.user?.email ?? 'operator', 'planned price removed', removed.name, removed);
    return { removed: true };
  });

  api.post('/api/v1/planned-prices/import', { bodyLimit: 2_000_000, schema: {
    tags: ['forecast'], summary: 'Planned prices from CSV (Name, From, To, Percent off, SKUs separated by semicolons, Vendor, Product type); a dry run first', querystring: querystring.extend({ dryRun: z.enum(['true', 'false']).default('true') }), body: z.object({ csv: z.string().max(1_500_000) }).strict(), response: { 200: ImportResult },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), dryRun = request.query.dryRun === 'true';
    const named = (column: string): string => column.trim().toLowerCase(), table = csvTable(request.body.csv, MOST_PLANS, named), { rows } = table, signs = cellSigns(table, PLANNED_PRICE_CELLS, named);
    const known = await plannedPrices(house.db, store.store_id);
    if (rows.length + known.length > MOST_PLANS) throw new Refusal(400, `The file has ${rows.length} lines and there are ${known.length} planned prices; at most ${MOST_PLANS} in all`);
    const there = new Set(known.map(keyOf)), read = rows.map(({ record, line }) => ({ line, row: plannedPriceRow((column) => record[named(column)] ?? '', signs) }));
    const itemIds = await itemsOfSkus(house.db, store.store_id, read.flatMap(({ row }) => ('message' in row ? [] : row.skus)));
    const result: Of<typeof ImportResult> = { dryRun, lines: rows.length, applied: 0, unchanged: 0, errors: [], ...(signs.notes.length > 0 ? { notes: signs.notes } : {}) }, fresh: { line: number; values: PlannedPriceValues }[] = [];
    for (const { line, row } of read) {
      if ('message' in row) { result.errors.push({ line, field: row.column, message: row.message }); continue; }
      const values = asValues(row, itemIds);
      if ('sku' in values) { result.errors.push({ line, field: 'SKUs', message: `no item of this store has the SKU ${values.sku}` }); continue; }
      if (there.has(keyOf(values))) { result.unchanged++; continue; }
      there.add(keyOf(values));
      fresh.push({ line, values });
    }
    const idle = await idleOf(store.store_id, fresh.map(({ values }) => values), dayOf(now(), store.time_zone)), wanted = fresh.flatMap(({ values }, n) => (idle[n] ? [] : [values]));
    result.errors = [...result.errors, ...fresh.flatMap(({ line }, n) => (idle[n] ? [{ line, ...idle[n] }] : []))].sort((a, b) => a.line - b.line);
    result.applied = wanted.length;
    if (!dryRun && wanted.length > 0) {
      const by = request.user?.email ?? 'operator';
      await addPlans(house.db, store.store_id, wanted, by, now());
      await noted(store.store_id, by, 'planned prices from a file', `${wanted.length} planned prices`);
    }
    return result;
  });
}

const keyOf = (row: PlannedPriceValues): string => JSON.stringify([row.name, row.from_day, row.to_day, Math.fround(row.percent_off), row.item_ids, row.vendor, row.product_type]);

function asValues(row: PlannedPriceRow, itemIds: ReadonlyMap<string, number[]>): PlannedPriceValues | { sku: string } {
  const missing = row.skus.find((sku) => !itemIds.has(sku.toLowerCase()));
  if (missing !== undefined) return { sku: missing };
  const ids = [...new Set(row.skus.flatMap((sku) => itemIds.get(sku.toLowerCase())!))].sort((a, b) => a - b);
  return { name: row.name, from_day: row.from, to_day: row.to, percent_off: row.percentOff, item_ids: ids.length > 0 ? ids : null, vendor: row.vendor, product_type: row.productType };
}

function view(row: PlannedPriceRecord): Of<typeof PlannedPrice> {
  return { planId: row.plan_id, name: row.name, from: row.from_day, to: row.to_day, percentOff: Math.round(row.percent_off * 100) / 100, skus: row.skus, vendor: row.vendor, productType: row.product_type, items: row.items, updatedAt: row.updated_at, updatedBy: row.updated_by };
}
