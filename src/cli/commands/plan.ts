/** `instep plan`: the replenishment worklist with each line's sentence; with `--policy` as another kind of policy would order, without saving. */
import { dayOf } from '../../domain/calendar.ts';
import type { AbcClass } from '../../domain/replenishment/abc.ts';
import { planLine } from '../../domain/replenishment/plan-line.ts';
import { POLICY_KINDS, type PolicyKind } from '../../domain/replenishment/policy.ts';
import { explain } from '../../domain/replenishment/sentence.ts';
import { unitCostAt } from '../../domain/replenishment/supplier-line.ts';
import { replenishment } from '../../flows/replenishment.ts';
import { cell } from '../../domain/csv.ts';
import { format, money } from '../../domain/money.ts';
import { some } from '../../domain/wording.ts';
import { costsOf, sentenceOfRow, spendingOf, storeBudgetView, supplierView } from '../../http/replenishment-views.ts';
import { runFlow } from '../../runtime/run-flow.ts';
import type { Db } from '../../store/db.ts';
import { plannedInputs } from '../../store/bought-together.ts';
import { planWorld } from '../../store/plan-inputs.ts';
import type { StoreRow } from '../../store/stores.ts';
import { isSupplierKnown, NO_SUPPLIER, worklistPage, worklistTotals, type WorklistFilter, type WorklistRow } from '../../store/worklist.ts';
import { chosenStore, withHouse } from '../house.ts';
import { UsageError, print, progressBars, rowLimit, table } from '../terminal.ts';

export interface PlanOptions { store?: string; json?: boolean; csv?: boolean; supplier?: string; policy?: string; due?: boolean; limit: string; refresh?: boolean }
/** A line as it is told: of the worklist, or as another kind of policy would have it. `cost` in minor units of `currency`. */
interface PlanLine { row: WorklistRow; quantity: number; cost: number | null; currency: string; orderBy: string | null; stockout: { p50: string | null; p10: string | null }; atRisk: number; sentence: string }
/** `cannot`: why lines cannot be planned by that kind, with how many there are of each. */
interface Totals { rows: number; units: number; due: number; costs: { currency: string; cost: number }[]; cannot: Record<string, number> }
/** Lines planned at once as another kind of policy would. */
const PAGE = 2_000;

export async function planCommand(options: PlanOptions): Promise<void> {
  const limit = rowLimit(options.limit), kind = POLICY_KINDS.find((one) => one === options.policy);
  if (options.policy !== undefined && kind === undefined) throw new UsageError(`--policy ${options.policy}: one of ${POLICY_KINDS.join(', ')}`);
  if (options.csv && options.json) throw new UsageError('--csv or --json, not both');
  await withHouse(async (house) => {
    const store = await chosenStore(house, options.store), today = dayOf(house.clock.now().toISOString(), store.time_zone), quiet = (options.json ?? false) || (options.csv ?? false);
    if (options.refresh) {
      const bars = progressBars(quiet);
      try { await runFlow(house, replenishment, store.store_id, 'command line', bars.watch); } finally { bars.stop(); }
    }
    if (options.supplier !== undefined && !(await isSupplierKnown(house.db, store.store_id, options.supplier))) throw new UsageError(`--supplier ${options.supplier}: there is no supplier or vendor of that name, as it is spelled. Suppliers lists them; ${NO_SUPPLIER} is lines without one`);
    const filter: WorklistFilter = { view: kind ? 'all' : options.due ? 'due' : 'to order', supplier: options.supplier, today, sort: 'urgency', dir: 'asc', after: null, limit };
    const { totals, suppliers } = await worklistTotals(house.db, store.store_id, filter);
    const said: { lines: PlanLine[]; totals: Totals } = kind ? await byKind(house.db, store, filter, kind, options.due ?? false)
      : { lines: (await worklistPage(house.db, store.store_id, filter)).map(lineOf), totals: { rows: totals.rows, units: totals.units, due: totals.due, costs: costsOf(suppliers), cannot: {} } };
    const { lines } = said;
    if (options.csv) { console.log(asCsv(lines)); return; }
    const costs = said.totals.costs.map(({ currency, cost }) => format(money(cost, currency))).join(' + ');
    const spending = await spendingOf(house.db, store, today), budget = storeBudgetView(spending);
    print(options.json ?? false, { policy: kind ?? null, totals: kind ? said.totals : totals, ...(kind ? {} : { suppliers: suppliers.map((row) => supplierView(row, spending)), budget }), lines: lines.map(({ row: { sort_value: _, facts: __, ...row }, quantity, cost, currency, orderBy, stockout, atRisk, sentence }) => ({ ...row, quantity, cost: cost === null ? null : String(cost), currency, order_by: orderBy, stockout_p50: stockout.p50, stockout_p10: stockout.p10, at_risk: atRisk, sentence })) }, () => {
      const sum = `${some(said.totals.rows, 'line')}${kind ? ` as ${kind} would order` : ''}, ${some(said.totals.units, 'unit')}${costs === '' ? '' : `, ${costs}`}`;
      const head = kind ? `${sum}; nothing is saved, and suppliers’ minimums, containers and budgets are not looked at${Object.entries(said.totals.cannot).map(([why, n]) => `\n${some(n, 'line')} cannot be planned so: ${why}`).join('')}` : sum;
      const limits = kind ? [] : [...(budget ? [`All suppliers: ${budgetWords(budget, store.currency)}`] : []), ...suppliers.map((row) => supplierView(row, spending)).flatMap(limitWords)];
      return `${head}\n${limits.map((line) => `${line}\n`).join('')}\n${table(['SKU', 'Location', 'Supplier', 'Available', 'Order', 'Order by', 'Out P50', 'At risk'], lines.map(({ row, quantity, orderBy, stockout, atRisk }) => [row.sku || row.title, row.location, row.supplier, row.available, quantity, orderBy, stockout.p50, Math.round(atRisk)]))}\n\n${
        lines.slice(0, 5).map(({ row, sentence }) => `${row.sku || row.title}: ${sentence}`).join('\n')}`;
    });
  });
}

const words = (minor: number, currency: string): string => format(money(minor, currency));

/** "€1,200.00 ordered and €3,400.00 planned of the budget of €5,000.00 a month". */
function budgetWords({ amount, per, ordered, planned }: NonNullable<ReturnType<typeof storeBudgetView>>, currency: string): string {
  return `${ordered > 0 ? `${words(ordered, currency)} ordered and ${words(planned, currency)} planned` : words(planned, currency)} of the budget of ${words(amount, currency)}${per === 'month' ? ' a month' : ''}`;
}

/** A supplier's containers, budget and whether it is below its minimum; nothing where its terms have none. */
function limitWords(row: ReturnType<typeof supplierView>): string[] {
  const said = [...(row.containers !== null && row.containersFilled !== null ? [`${row.containers} ${row.containers === 1 ? 'container' : 'containers'}, ${Math.round(row.containersFilled * 100)}% full`] : []), ...(row.budget ? [budgetWords(row.budget, row.currency)] : []), ...(row.belowMinimum ? ['below its minimum'] : [])];
  return said.length === 0 ? [] : [`${row.supplier}: ${said.join('; ')}`];
}

function lineOf(row: WorklistRow): PlanLine {
  return { row, quantity: row.quantity, cost: row.cost === null ? null : Number(row.cost), currency: row.currency, orderBy: row.order_by, stockout: { p50: row.stockout_p50, p10: row.stockout_p10 }, atRisk: row.at_risk, sentence: sentenceOfRow(row) };
}

/** All lines as another kind of policy would order them, their other values staying: what they come to, and the first of them. Of `due`, those to be ordered by today. */
async function byKind(db: Db, store: StoreRow, filter: WorklistFilter, kind: PolicyKind, due: boolean): Promise<{ lines: PlanLine[]; totals: Totals }> {
  const abc = new Map<string, AbcClass | null>(), world = await planWorld(db, store, filter.today, (itemId, locationId) => abc.get(`${itemId}@${locationId}`) ?? null), lines: PlanLine[] = [], costs = new Map<string, number>(), totals: Totals = { rows: 0, units: 0, due: 0, costs: [], cannot: {} };
  for (let after: WorklistFilter['after'] = null, more = true; more;) {
    const rows = await worklistPage(db, store.store_id, { ...filter, after, limit: PAGE }), of = new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, row])), last = rows.at(-1);
    for (const [key, row] of of) abc.set(key, row.abc as AbcClass | null);
    const made = (await plannedInputs(db, world, rows)).flatMap((input): PlanLine[] => {
      const row = of.get(`${input.itemId}@${input.locationId}`)!, plan = planLine({ ...input, policy: { ...input.policy, kind } }), { unitCost, priceBreaks, currency } = input.buying;
      if (typeof plan === 'string') { totals.cannot[plan] = (totals.cannot[plan] ?? 0) + 1; return []; }
      return [{ row, quantity: plan.quantity, cost: unitCost === null ? null : plan.quantity * unitCostAt({ unitCost, priceBreaks }, plan.quantity), currency, orderBy: plan.orderBy, stockout: plan.stockoutDate, atRisk: plan.atRisk, sentence: explain(plan) }];
    }).sort((a, b) => a.row.urgency - b.row.urgency);
    for (const line of made) {
      const isDue = line.orderBy !== null && line.orderBy <= filter.today;
      if (line.quantity === 0 || (due && !isDue)) continue;
      totals.rows++; totals.units += line.quantity; if (isDue) totals.due++;
      if (line.cost !== null) costs.set(line.currency, (costs.get(line.currency) ?? 0) + line.cost);
      if (lines.length < filter.limit) lines.push(line);
    }
    more = rows.length === PAGE;
    if (last) after = { value: last.sort_value, key: [last.item_id, last.location_id] };
  }
  totals.costs = [...costs].map(([currency, cost]) => ({ currency, cost })).sort((a, b) => b.cost - a.cost);
  return { lines, totals };
}

function asCsv(lines: readonly PlanLine[]): string {
  const rows = lines.map(({ row, quantity, cost, currency, orderBy, stockout, atRisk, sentence }) => [row.sku, row.title, row.supplier, row.location, row.available, row.incoming, quantity, cost, currency, orderBy, stockout.p50, stockout.p10, atRisk, sentence]);
  return [['SKU', 'Title', 'Supplier', 'Location', 'Available', 'Incoming', 'Order quantity', 'Cost (minor units)', 'Currency', 'Order by', 'Stockout P50', 'Stockout P10', 'Units at risk', 'Why'], ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
}
