/** What files of other systems say, brought in: suppliers, terms, minimum and maximum stock, purchase orders. Heard again, nothing changes. A dry run does all of it and rolls back. */
import type pg from 'pg';
import { money, toDecimal } from '../domain/money.ts';
import type { ImportError } from '../domain/purchasing/import-columns.ts';
import type { CodeOf, MinMaxSaid, WrongRow, OrderSaid, SupplierSaid, TermsSaid } from '../domain/purchasing/import-rows.ts';
import { readAmount } from '../domain/purchasing/import-numbers.ts';
import { breaksFault } from '../domain/purchasing/price.ts';
import type { RowOutcome } from '../domain/purchasing/import-result.ts';
import type { PurchaseLine, PurchaseOrder } from '../domain/purchasing/purchase-order.ts';
import { makePurchase, type Doing } from './purchase-orders.ts';
import { itemsByCode, saveSupplierItems, termsOf, type SupplierItemTerms } from './supplier-items.ts';
import { findSupplier, makeSupplier, saveSupplier, type SupplierRow, type SupplierTerms } from './suppliers.ts';

/** `rows`: what was made of each line that has no error. */
export interface Brought { applied: number; unchanged: number; errors: ImportError[]; notes: string[]; rows: Map<number, RowOutcome> }
const none = (): Brought => ({ applied: 0, unchanged: 0, errors: [], notes: [], rows: new Map() });
const BROUGHT: RowOutcome = { status: 'brought in', message: '' }, SAME: RowOutcome = { status: 'unchanged', message: 'it is here as the row says' }, saidAgain = (line: number): RowOutcome => ({ status: 'left out', message: `line ${line} says it again` });
const EMPTY: Omit<SupplierTerms, 'name' | 'currency'> = { email: null, contact: null, address: null, notes: null, leadTimeDays: null, leadTimeToleranceDays: 3, orderDays: [], minOrderCost: null, minOrderUnits: null, containerVolumeCm3: null, containerWeightG: null, minimumCounts: 'place', fillContainer: false, mostContainers: null, budget: null, budgetPer: 'plan', paymentTerms: null, active: true };

const termsFrom = (row: SupplierRow): SupplierTerms => ({
  name: row.name, email: row.email, contact: row.contact, address: row.address, notes: row.notes, currency: row.currency, leadTimeDays: row.lead_time_days, leadTimeToleranceDays: row.lead_time_tolerance_days, orderDays: row.order_days, minOrderCost: row.min_order_cost === null ? null : Number(row.min_order_cost),
  minOrderUnits: row.min_order_units, containerVolumeCm3: row.container_volume_cm3 === null ? null : Number(row.container_volume_cm3), containerWeightG: row.container_weight_g === null ? null : Number(row.container_weight_g), minimumCounts: row.minimum_counts, fillContainer: row.fill_container, mostContainers: row.most_containers, budget: row.budget === null ? null : Number(row.budget), budgetPer: row.budget_per, paymentTerms: row.payment_terms, active: row.active,
});
const same = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Suppliers by name; what a row does not say stays. */
export async function bringSuppliers(tx: pg.PoolClient, storeId: number, rows: readonly SupplierSaid[], storeCurrency: string, doing: Doing): Promise<Brought> {
  const result = none();
  for (const { line, ...said } of rows) {
    const row = await findSupplier(tx, storeId, { name: said.name });
    if (row === null) { await makeSupplier(tx, storeId, { ...EMPTY, currency: storeCurrency, ...said }, doing.by, doing.now); result.applied++; result.rows.set(line, BROUGHT); continue; }
    const before = termsFrom(row), after: SupplierTerms = { ...before, ...said, name: before.name };
    if (same(before, after)) { result.unchanged++; result.rows.set(line, SAME); continue; }
    if (after.currency !== before.currency && row.open_orders > 0) { result.errors.push({ line, field: 'currency', message: `${row.name} has open purchase orders in ${before.currency}; close them first` }); continue; }
    await saveSupplier(tx, storeId, row.supplier_id, row.version, after, doing.by, doing.now);
    result.applied++;
    result.rows.set(line, BROUGHT);
  }
  return result;
}

const codesOf = ({ code, variantId }: CodeOf): string[] => (variantId === undefined ? [code] : [code, variantId]);

/** The one item of a row: by its variant's id where the file has it and it is ours, else by its code; or what is wrong with it. */
function oneItem(found: Awaited<ReturnType<typeof itemsByCode>>, { code, variantId }: CodeOf): { itemId: number } | { wrong: string } {
  const byId = variantId === undefined ? [] : found.get(variantId.toLowerCase()) ?? [], hits = byId.length === 1 ? byId : found.get(code.trim().toLowerCase()) ?? [];
  return hits.length === 1 ? { itemId: hits[0]!.item_id } : { wrong: hits.length === 0 ? `no item has the code ${code}` : `${hits.length} items have the code ${code}` };
}

/** A supplier of that name, made when there is none: a file of terms or orders names whom it is about. */
async function supplierNamed(tx: pg.PoolClient, storeId: number, name: string, currency: string, doing: Doing, result: Brought): Promise<SupplierRow> {
  const row = await findSupplier(tx, storeId, { name });
  if (row !== null) return row;
  await makeSupplier(tx, storeId, { ...EMPTY, name, currency }, doing.by, doing.now);
  result.notes.push(`Supplier ${name} is new (${currency}).`);
  return (await findSupplier(tx, storeId, { name }))!;
}

/** What a row of terms says, without what says whose it is. */
function termsSaid({ line: _line, code: _code, variantId: _variantId, supplier: _supplier, currency: _currency, ...said }: TermsSaid): Partial<SupplierItemTerms> { return said; }

/** Suppliers' terms. Rows of one item are folded one onto the next: of what several say the last holds, what only one says stays. */
export async function bringTerms(tx: pg.PoolClient, storeId: number, rows: readonly TermsSaid[], doing: Doing): Promise<Brought> {
  const result = none(), found = await itemsByCode(tx, storeId, rows.flatMap(codesOf));
  for (const [, group] of Map.groupBy(rows, (row) => row.supplier.toLowerCase())) {
    const known = group.flatMap((row) => { const hit = oneItem(found, row); if ('wrong' in hit) { result.errors.push({ line: row.line, field: 'sku', message: hit.wrong }); return []; } return [{ row, itemId: hit.itemId }]; });
    if (known.length === 0) continue; // nothing of it is brought in: no supplier is made for that
    const supplier = await supplierNamed(tx, storeId, group[0]!.supplier, group[0]!.currency, doing, result);
    // Read before the lock was ours: meanwhile it may have been made, or changed, in another.
    const [ours, foreign] = [known.filter(({ row }) => row.currency === supplier.currency), known.filter(({ row }) => row.currency !== supplier.currency)];
    for (const { row } of foreign) result.errors.push({ line: row.line, field: 'currency', message: `${supplier.name} sells in ${supplier.currency} by now, the row was read in ${row.currency}: send the file again` });
    const itemIds = [...new Set(ours.map((one) => one.itemId))], before = await termsOf(tx, storeId, supplier.supplier_id, itemIds), changed: SupplierItemTerms[] = [];
    const others = await tx.query<{ item_id: number }>('select distinct item_id from supplier_item where store_id = $1 and preferred and supplier_id <> $2 and item_id = any($3)', [storeId, supplier.supplier_id, itemIds]), elsewhere = new Set(others.rows.map((row) => row.item_id));
    for (const [itemId, said] of Map.groupBy(ours, (one) => one.itemId)) {
      const was = before.get(itemId), old: SupplierItemTerms = was === undefined
        // A second supplier does not take an item away from the first unless the file says so.
        ? { itemId, supplierSku: null, unitCost: null, moq: null, casePack: null, priceBreaks: [], volumeCm3: null, weightG: null, leadTimeDays: null, preferred: !elsewhere.has(itemId) }
        : { itemId, supplierSku: was.supplier_sku, unitCost: was.unit_cost === null ? null : Number(was.unit_cost), moq: was.moq, casePack: was.case_pack, priceBreaks: was.price_breaks, volumeCm3: was.volume_cm3 === null ? null : Number(was.volume_cm3), weightG: was.weight_g === null ? null : Number(was.weight_g), leadTimeDays: was.lead_time_days, preferred: was.preferred };
      const { next, held } = foldedTerms(old, said.map((one) => one.row), supplier.currency, result.errors);
      if (held.length > 0 && (was === undefined || !same(old, next))) changed.push(next);
      held.forEach((row, n) => result.rows.set(row.line, outcomeOf(termsSaid(row), held.slice(n + 1), was === undefined ? null : old)));
    }
    await saveSupplierItems(tx, storeId, supplier.supplier_id, changed, doing.by, doing.now);
  }
  const count = (status: RowOutcome['status']): number => [...result.rows.values()].filter((one) => one.status === status).length;
  return { ...result, applied: count('brought in'), unchanged: count('unchanged') };
}

/** Rows of one item folded onto its terms. A cost and breaks that do not go together, in whichever rows they stand or stood before, are refused: the last row first that states either. */
function foldedTerms(old: SupplierItemTerms, rows: readonly TermsSaid[], currency: string, errors: ImportError[]): { next: SupplierItemTerms; held: readonly TermsSaid[] } {
  const said = (minor: number): string => toDecimal(money(minor, currency));
  for (let held = rows; ; ) {
    const next = held.reduce((so, row) => ({ ...so, ...termsSaid(row) }), old), fault = breaksFault(next.unitCost, next.priceBreaks, said), at = held.findLastIndex((row) => row.unitCost !== undefined || row.priceBreaks !== undefined), wrong = held[at];
    if (fault === null || wrong === undefined) return { next, held };
    const other = wrong.priceBreaks === undefined ? 'priceBreaks' : 'unitCost', from = held.slice(0, at).findLast((row) => row[other] !== undefined), where = from === undefined ? 'kept from before' : `of line ${from.line}`;
    errors.push(wrong.unitCost !== undefined && wrong.priceBreaks !== undefined ? { line: wrong.line, field: 'priceBreaks', message: fault }
      : other === 'priceBreaks' ? { line: wrong.line, field: 'unitCost', message: `${fault}, by the price breaks ${where}, ${next.priceBreaks.map((one) => `${one.from}:${said(one.unitCost)}`).join(' ')}: state the breaks that go with the new cost in the row too` }
      : { line: wrong.line, field: 'priceBreaks', message: `${fault}, by the unit cost ${where}: state the cost that goes with the new breaks in the row too` });
    held = held.toSpliced(at, 1);
  }
}

/** What became of a row of terms: what rows behind it say again holds as they have it, the rest as this one has it. `old` null: the supplier did not sell the item. */
function outcomeOf(said: Partial<SupplierItemTerms>, behind: readonly TermsSaid[], old: SupplierItemTerms | null): RowOutcome {
  const again = behind.findLast((row) => Object.keys(said).some((field) => field in termsSaid(row))), own = Object.entries(said).filter(([field]) => !behind.some((row) => field in termsSaid(row)));
  if (own.length === 0 && behind.length > 0) return saidAgain((again ?? behind.at(-1)!).line);
  const stands = old !== null && own.every(([field, value]) => same([old[field as keyof SupplierItemTerms]], [value])), rest = again === undefined ? '' : `line ${again.line} says some of it again, and that holds`;
  return stands ? { ...SAME, message: [SAME.message, rest].filter(Boolean).join('; ') } : { ...BROUGHT, message: rest };
}

interface Place { location_id: number; name: string; shopify_location_id: string; is_active: boolean }
const placesOf = async (tx: pg.PoolClient, storeId: number): Promise<Place[]> => (await tx.query<Place>('select location_id, name, shopify_location_id, is_active from location where store_id = $1', [storeId])).rows;
/** A location by name or Shopify's id; unnamed, the only active one. */
function placeOf(places: readonly Place[], said: string | null): { locationId: number } | { wrong: string } {
  const hits = said === null ? places.filter((p) => p.is_active) : places.filter((p) => p.name.toLowerCase() === said.toLowerCase() || p.shopify_location_id === said.replace(/^gid:\/\/shopify\/Location\//, ''));
  return hits.length === 1 ? { locationId: hits[0]!.location_id } : { wrong: said === null ? 'the file names no location, and there are several' : `no location is called ${said}` };
}

/** What else is wrong with rows that are left out: codes nobody has, places nobody knows. Told with the rest, so that a file is mended once. */
export async function faultsBeside(tx: pg.PoolClient, storeId: number, rows: readonly WrongRow[]): Promise<ImportError[]> {
  if (rows.length === 0) return [];
  const found = await itemsByCode(tx, storeId, rows.flatMap(codesOf)), places = await placesOf(tx, storeId);
  return rows.flatMap((row) => {
    const hit = oneItem(found, row), place = row.location === undefined ? null : placeOf(places, row.location);
    return [...('wrong' in hit ? [{ line: row.line, field: 'sku', message: hit.wrong }] : []), ...(place !== null && 'wrong' in place ? [{ line: row.line, field: 'location', message: place.wrong }] : [])];
  });
}

/** Minimum and maximum stock, as a user's planning values of the item, at the location where the file names one. */
export async function bringMinMax(tx: pg.PoolClient, storeId: number, rows: readonly MinMaxSaid[], doing: Doing): Promise<Brought> {
  const result = none(), found = await itemsByCode(tx, storeId, rows.flatMap(codesOf)), places = await placesOf(tx, storeId), wanted = new Map<string, MinMaxSaid>();
  for (const row of rows) {
    const hit = oneItem(found, row), place = row.location === null ? null : placeOf(places, row.location);
    if ('wrong' in hit) result.errors.push({ line: row.line, field: 'sku', message: hit.wrong });
    if (place !== null && 'wrong' in place) result.errors.push({ line: row.line, field: 'location', message: place.wrong });
    if ('wrong' in hit || (place !== null && 'wrong' in place)) continue;
    const scope = `item:${hit.itemId}${place === null ? '' : `@${place.locationId}`}`, twin = wanted.get(scope);
    if (twin) result.rows.set(twin.line, saidAgain(row.line));
    wanted.set(scope, row);
  }
  const scopes = [...wanted.keys()], said = [...wanted.values()];
  const { rows: old } = await tx.query<{ scope: string; min_stock: number | null; max_stock: number | null }>('select scope, min_stock, max_stock from planning_policy where store_id = $1 and scope = any($2)', [storeId, scopes]), before = new Map(old.map((row) => [row.scope, row]));
  for (const [scope, row] of [...wanted]) {
    const was = before.get(scope), min = row.minStock ?? was?.min_stock ?? null, max = row.maxStock ?? was?.max_stock ?? null;
    if (min !== null && max !== null && max < min) { result.errors.push({ line: row.line, field: 'maxStock', message: `${max} would be below the minimum of ${min} that is set` }); wanted.delete(scope); } else if (was && min === was.min_stock && max === was.max_stock) { result.unchanged++; result.rows.set(row.line, SAME); wanted.delete(scope); }
  }
  const keep = scopes.map((scope, n) => ({ scope, row: said[n]! })).filter(({ scope }) => wanted.has(scope));
  for (const { row } of keep) result.rows.set(row.line, BROUGHT);
  const { rowCount } = await tx.query(
    `insert into planning_policy as p (store_id, scope, min_stock, max_stock, updated_at, updated_by) select $1, t.scope, t.min, t.max, $2, $3 from unnest($4::text[], $5::int[], $6::int[]) as t(scope, min, max)
     on conflict (store_id, scope) do update set min_stock = coalesce(excluded.min_stock, p.min_stock), max_stock = coalesce(excluded.max_stock, p.max_stock), updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
    [storeId, doing.now, doing.by, keep.map((k) => k.scope), keep.map((k) => k.row.minStock ?? null), keep.map((k) => k.row.maxStock ?? null)]);
  result.applied = rowCount ?? 0;
  return result;
}

/**
 * Purchase orders of another system, each once by its id there: what came in before is a receipt that writes no stock (Shopify has it), so suppliers' lead
 * times are known from the first day; what is still open is on its way like our own. An order that is here already stays as it is.
 */
export async function bringOrders(tx: pg.PoolClient, storeId: number, rows: readonly OrderSaid[], source: string, store: { currency: string; today: string }, doing: Doing): Promise<Brought> {
  const result = none(), found = await itemsByCode(tx, storeId, rows.flatMap((order) => order.lines.flatMap(codesOf))), places = await placesOf(tx, storeId);
  const { rows: here } = await tx.query<{ external_id: string }>('select external_id from purchase_order where store_id = $1 and origin = $2 and external_id = any($3)', [storeId, source, rows.map((o) => o.id)]), known = new Set(here.map((row) => row.external_id));
  for (const said of rows) {
    const all = (outcome: RowOutcome): void => { for (const { line } of said.lines) result.rows.set(line, outcome); };
    if (known.has(said.id)) { result.unchanged++; all({ status: 'unchanged', message: 'the order is here already and stays as it is' }); continue; }
    const wrong: ImportError[] = [], place = placeOf(places, said.location);
    if ('wrong' in place) wrong.push({ line: said.line, field: 'location', message: place.wrong });
    const currencyIfNew = said.currency ?? store.currency, before = await findSupplier(tx, storeId, { name: said.supplier }), currency = said.currency ?? before?.currency ?? currencyIfNew;
    const lines = new Map<number, PurchaseLine>(), from = new Map<number, number>();
    for (const line of said.lines) {
      const hit = oneItem(found, line), cost = readAmount(line.cost, currency, said.signs);
      if ('wrong' in hit) wrong.push({ line: line.line, field: 'sku', message: hit.wrong });
      if (typeof cost === 'string') wrong.push({ line: line.line, field: 'cost', message: cost });
      if ('wrong' in hit || typeof cost === 'string') continue;
      const twin = lines.get(hit.itemId), first = from.get(hit.itemId);
      // An order holds an item once, at one cost: units of two costs on one line would be worth something else.
      if (twin && twin.unitCost !== cost) { wrong.push({ line: line.line, field: 'cost', message: `${line.code} is in line ${first} at ${toDecimal(money(twin.unitCost, currency))} and here at ${toDecimal(money(cost, currency))}, and an order has an item at one cost: give both lines the same, or this one another order number` }); continue; }
      if (twin) { twin.ordered += line.ordered; twin.received += line.received; continue; }
      from.set(hit.itemId, line.line);
      lines.set(hit.itemId, { line: lines.size + 1, itemId: hit.itemId, supplierSku: line.supplierSku, ordered: line.ordered, unitCost: cost, expectedOn: null, received: line.received, damaged: 0, cancelled: 0, recommendation: null });
    }
    if (wrong.length > 0 || 'wrong' in place) { result.errors.push(...wrong); continue; }
    const supplier = before ?? await supplierNamed(tx, storeId, said.supplier, currencyIfNew, doing, result), order = settled(said, [...lines.values()], supplier.supplier_id, place.locationId, currency, store.today, doing.by);
    const id = await makePurchase(tx, storeId, order, { origin: source, externalId: said.id }, { ...doing, said: `from ${source}` });
    if (id === null) { result.errors.push({ line: said.line, field: 'reference', message: `there is a purchase order ${said.reference} here already that is not this one` }); continue; }
    const came = order.lines.filter((line) => line.received > 0);
    if (came.length > 0 && said.receivedOn !== null) await pastReceipt(tx, storeId, id, place.locationId, `import/${source}/${said.id}`, `${said.receivedOn}T12:00:00.000Z`, came, doing);
    result.applied++;
    all(BROUGHT);
  }
  return result;
}

/** State and lines that agree with each other, whatever the other system called it. */
function settled(said: OrderSaid, lines: PurchaseLine[], supplierId: number, locationId: number, currency: string, today: string, by: string): PurchaseOrder {
  const some = lines.some((line) => line.received > 0), all = lines.every((line) => line.received >= line.ordered);
  const state: PurchaseOrder['state'] = said.state === 'cancelled' ? (some ? 'closed' : 'cancelled') : said.state === 'closed' ? 'closed' : some && all ? 'received' : some ? 'part received' : said.state === 'part received' ? 'sent' : said.state;
  if (state === 'closed' || state === 'cancelled') for (const line of lines) line.cancelled = Math.max(0, line.ordered - line.received);
  const sent = state !== 'draft' && state !== 'cancelled';
  return { reference: said.reference, supplierId, locationId, state, currency, orderedOn: sent ? said.orderedOn ?? today : null, expectedOn: said.expectedOn, shipping: 0, duty: 0, otherCost: 0, notes: said.notes, version: 1, madeBy: [by], approvedBy: sent ? 'imported' : null, lines };
}

/** A receipt of before: a fact for lead times. Without its day in the file there is none; a guessed day would teach a wrong lead time. */
async function pastReceipt(tx: pg.PoolClient, storeId: number, id: number, locationId: number, reference: string, at: string, lines: readonly PurchaseLine[], doing: Doing): Promise<void> {
  const { rows: [made] } = await tx.query<{ goods_receipt_id: number }>(
    `insert into goods_receipt (store_id, reference, purchase_order_id, location_id, received_at, received_by, writes_stock, note) values ($1, $2, $3, $4, $5, $6, false, 'received before Instep') on conflict (store_id, reference) do nothing returning goods_receipt_id`, [storeId, reference, id, locationId, at, doing.by]);
  if (!made) return;
  await tx.query(
    `insert into goods_receipt_line (store_id, goods_receipt_id, line, item_id, quantity, landed_unit_cost) select $1, $2, t.n, t.item_id, t.quantity, t.cost from unnest($3::int[], $4::int[], $5::bigint[]) with ordinality as t(item_id, quantity, cost, n)`,
    [storeId, made.goods_receipt_id, lines.map((l) => l.itemId), lines.map((l) => l.received), lines.map((l) => l.unitCost)]);
}
