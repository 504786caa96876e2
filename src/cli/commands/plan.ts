/** `instep plan`: the replenishment worklist with each line's sentence; with `--policy` as another kind of policy would order, without saving. */
import { dayOf } from '../../domain/calendar.ts';
import type { AbcClass } from '../../domain/replenishment/abc.ts';
import { planLine } from '../../domain/replenishment/plan-line.ts';
import { POLICY_KINDS, type PolicyKind } from '../../domain/replenishment/policy.ts';
import { explain } from '../../domain/replenishment/sentence.ts';
import { replenishment } from '../../flows/replenishment.ts';
import { cell } from '../../domain/csv.ts';
import { money, toDecimal } from '../../domain/money.ts';
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
interface PlanLine { row: WorklistRow; quantity: number; sentence: string }

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
    const rows = await worklistPage(house.db, store.store_id, filter);
    const lines = kind ? await byKind(house.db, store, today, rows, kind) : rows.map((row): PlanLine => ({ row, quantity: row.quantity, sentence: sentenceOfRow(row) }));
    if (options.csv) { console.log(asCsv(lines)); return; }
    const { totals, suppliers } = await worklistTotals(house.db, store.store_id, filter), costs = costsOf(suppliers).map(({ currency, cost }) => `${(cost / 100).toLocaleString('en-GB', { minimumFractionDigits: 2 })} ${currency}`).join(' + ');
    const spending = await spendingOf(house.db, store, today), budget = storeBudgetView(spending);
    print(options.json ?? false, { policy: kind ?? null, totals, suppliers: suppliers.map((row) => supplierView(row, spending)), budget, lines: lines.map(({ row: { sort_value: _, facts: __, ...row }, quantity, sentence }) => ({ ...row, quantity, sentence })) }, () => {
      const head = kind ? `${lines.length.toLocaleString('en-GB')} lines as ${kind} would order, nothing saved: ${lines.reduce((sum, line) => sum + line.quantity, 0).toLocaleString('en-GB')} units` : `${totals.rows.toLocaleString('en-GB')} lines, ${totals.units.toLocaleString('en-GB')} units${costs === '' ? '' : `, ${costs}`}`;
      const limits = kind ? [] : [...(budget ? [`All suppliers: ${budgetWords(budget, store.currency)}`] : []), ...suppliers.map((row) => supplierView(row, spending)).flatMap(limitWords)];
      return `${head}\n${limits.map((line) => `${line}\n`).join('')}\n${table(['SKU', 'Location', 'Supplier', 'Available', 'Order', 'Order by', 'Out P50', 'At risk'], lines.map(({ row, quantity }) => [row.sku || row.title, row.location, row.supplier, row.available, quantity, row.order_by, row.stockout_p50, Math.round(row.at_risk)]))}\n\n${
        lines.slice(0, 5).map(({ row, sentence }) => `${row.sku || row.title}: ${sentence}`).join('\n')}`;
    });
  });
}

const words = (minor: number, currency: string): string => `${toDecimal(money(minor, currency))} ${currency}`;

/** "1200.00 EUR ordered and 3400.00 EUR planned of the budget of 5000.00 EUR a month". */
function budgetWords({ amount, per, ordered, planned }: NonNullable<ReturnType<typeof storeBudgetView>>, currency: string): string {
  return `${ordered > 0 ? `${words(ordered, currency)} ordered and ${words(planned, currency)} planned` : words(planned, currency)} of the budget of ${words(amount, currency)}${per === 'month' ? ' a month' : ''}`;
}

/** A supplier's containers, budget and whether it is below its minimum; nothing where its terms have none. */
function limitWords(row: ReturnType<typeof supplierView>): string[] {
  const said = [...(row.containers !== null && row.containersFilled !== null ? [`${row.containers} ${row.containers === 1 ? 'container' : 'containers'}, ${Math.round(row.containersFilled * 100)}% full`] : []), ...(row.budget ? [budgetWords(row.budget, row.currency)] : []), ...(row.belowMinimum ? ['below its minimum'] : [])];
  return said.length === 0 ? [] : [`${row.supplier}: ${said.join('; ')}`];
}

/** The lines as another kind of policy would order them, their other values staying. */
async function byKind(db: Db, store: StoreRow, today: string, rows: readonly WorklistRow[], kind: PolicyKind): Promise<PlanLine[]> {
  const of = new Map(rows.map((row) => [`${row.item_id}@${row.location_id}`, row]));
  const world = await planWorld(db, store, today, (itemId, locationId) => (of.get(`${itemId}@${locationId}`)?.abc ?? null) as AbcClass | null);
  return (await plannedInputs(db, world, rows)).map((input) => {
    const made = planLine({ ...input, policy: { ...input.policy, kind } });
    return { row: of.get(`${input.itemId}@${input.locationId}`)!, ...(typeof made === 'string' ? { quantity: 0, sentence: `Cannot be planned so: ${made}.` } : { quantity: made.quantity, sentence: explain(made) }) };
  }).sort((a, b) => a.row.urgency - b.row.urgency);
}

function asCsv(lines: readonly PlanLine[]): string {
  const rows = lines.map(({ row, quantity, sentence }) => [row.sku, row.title, row.supplier, row.location, row.available, row.incoming, quantity, row.unit_cost === null ? null : quantity * Number(row.unit_cost), row.currency, row.order_by, row.stockout_p50, row.stockout_p10, row.at_risk, sentence]);
  return [['SKU', 'Title', 'Supplier', 'Location', 'Available', 'Incoming', 'Order quantity', 'Cost (minor units)', 'Currency', 'Order by', 'Stockout P50', 'Stockout P10', 'Units at risk', 'Why'], ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
}
