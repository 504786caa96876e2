/** Files of suppliers, their terms, minimum and maximum stock, and purchase orders → what they say, row by row. A wrong row is an error and stops no other. */
import { isCurrency, money, toDecimal } from '../money.ts';
import { BUDGET_PER, MINIMUM_COUNTS, type BudgetPer, type SupplierLimits } from '../replenishment/supplier-limits.ts';
import { columnsOf, type ImportError, type ImportFile } from './import-columns.ts';
import { isDay, readDay } from './import-days.ts';
import { readAmount, readCount, type NumberSigns } from './import-numbers.ts';
import { fileSigns, OPEN_FILE, type FileSigns } from './import-signs.ts';
import { readState, readYes, statesTaken, type ImportState } from './import-words.ts';
import { breaksFault, type PriceBreak } from './price.ts';

export interface FileRow { record: Record<string, string>; line: number }
export interface Read<R> { rows: R[]; errors: ImportError[]; /** What the rows that are left out name, so that all that is wrong with them is said at once. */ named: WrongRow[]; /** Lines that say nothing to bring in. */ skipped: number[]; columns: Record<string, string>; ignored: string[]; /** How cells that could be read otherwise were read: for whoever looks before it counts, and for rows of the file that are sent again without the others. */ notes: string[]; reading: string }
/** A code of an item as the file gives it, and Shopify's id of its variant where the file has that too; whose it is, the store knows. */
export interface CodeOf { line: number; code: string; variantId?: string }

/** `location`: as the row names it; whether one that names none may is known with the rows beside it. */
export interface WrongRow extends CodeOf { location?: string }

/** Undefined: the file has no such column or the cell is empty: what is kept stays. */
export interface SupplierSaid { line: number; name: string; email?: string; contact?: string; address?: string; currency?: string; leadTimeDays?: number; leadTimeToleranceDays?: number; orderDays?: number[]; minOrderCost?: number; minOrderUnits?: number; containerVolumeCm3?: number; containerWeightG?: number; minimumCounts?: SupplierLimits['minimumCounts']; mostContainers?: number; fillContainer?: boolean; budget?: number; budgetPer?: BudgetPer; paymentTerms?: string; notes?: string; active?: boolean }
export interface TermsSaid extends CodeOf { supplier: string; /** Its amounts are in it: the supplier's, or what a supplier that is new is made with. */ currency: string; supplierSku?: string; unitCost?: number; moq?: number; casePack?: number; priceBreaks?: PriceBreak[]; volumeCm3?: number; weightG?: number; leadTimeDays?: number; preferred?: boolean }
export interface MinMaxSaid extends CodeOf { location: string | null; minStock?: number; maxStock?: number }
export interface OrderSaid { line: number; /** How the file writes numbers. */ signs: NumberSigns; id: string; reference: string; supplier: string; location: string | null; state: ImportState; currency: string | null; orderedOn: string | null; expectedOn: string | null; receivedOn: string | null; notes: string; lines: (CodeOf & { ordered: number; received: number; /** As written: its currency is known with the supplier. */ cost: string; supplierSku: string | null })[] }

/** Reads cells of a row by field, noting what is wrong; `wrong` tells whether anything was. */
class Cells {
  wrong = false;
  /** What the row names, once it was read. */
  names: WrongRow | null = null;
  readonly row: FileRow;
  readonly signs: FileSigns;
  readonly #columns: Record<string, string>;
  readonly #errors: ImportError[];
  constructor(row: FileRow, columns: Record<string, string>, errors: ImportError[], signs = OPEN_FILE) { this.row = row; this.signs = signs; this.#columns = columns; this.#errors = errors; }
  text(field: string): string { return this.#columns[field] === undefined ? '' : (this.row.record[this.#columns[field]] ?? '').trim(); }
  fault(field: string, message: string): void { this.wrong = true; this.#errors.push({ line: this.row.line, field: this.#columns[field] ?? field, message }); }
  read<T>(field: string, how: (text: string) => T | string, isWrong: (value: T | string) => value is string): T | undefined {
    const text = this.text(field);
    if (text === '') return undefined;
    const value = how(text);
    if (isWrong(value)) { this.fault(field, value); return undefined; }
    return value as T;
  }
  /** `of`: what is counted. */
  count(field: string, least = 0, most = 10_000_000, of = 'units'): number | undefined {
    return this.read<number>(field, (text) => { const n = readCount(text, of, this.signs.numbers); return typeof n === 'string' ? n : n < least || n > most ? `expected ${least} to ${most}, not ${text}` : n; }, (v): v is string => typeof v === 'string');
  }
  amount(field: string, currency: string): number | undefined { return this.read<number>(field, (text) => readAmount(text, currency, this.signs.numbers), (v): v is string => typeof v === 'string'); }
  day(field: string): string | undefined { return this.read<string>(field, (text) => readDay(text, this.signs.days), (v): v is string => !isDay(v)); }
  yes(field: string): boolean | undefined { return this.read<boolean>(field, (text) => readYes(text) ?? `expected yes or no, not ${text}`, (v): v is string => typeof v === 'string'); }
  oneOf<T extends string>(field: string, words: readonly T[]): T | undefined {
    const text = this.text(field), word = words.find((one) => one === text.toLowerCase());
    if (text !== '' && word === undefined) this.fault(field, `expected ${words.join(' or ')}, not ${text}`);
    return word;
  }
  currency(): string | undefined { return this.read<string>('currency', (text) => (isCurrency(text.toUpperCase()) ? text.toUpperCase() : `not a currency: ${text}; expected a code like EUR`), (v): v is string => !isCurrency(v)); }
  /** `code` is what a person reads: the SKU before the barcode before the variant's id. */
  code(): { code: string; variantId?: string } {
    const id = this.text('variantId').replace(/^gid:\/\/shopify\/\w+\//, ''), code = this.text('sku') || this.text('barcode') || id;
    const named = { code, ...(id === '' || id === code ? {} : { variantId: id }) };
    if (code === '') this.fault('sku', 'is empty'); else this.names = { line: this.row.line, ...named };
    return named;
  }
}

function each<R>(file: ImportFile, rows: readonly FileRow[], delimiter: string, make: (cells: Cells) => R | null): Read<R> {
  const { columns, missing, ignored } = columnsOf(file, Object.keys(rows[0]?.record ?? {})), errors: ImportError[] = [], read: R[] = [], named: WrongRow[] = [];
  const skipped: number[] = [];
  if (rows.length === 0) return { rows: [], errors: [{ line: 1, field: 'file', message: 'has no rows' }], named, skipped, columns, ignored, notes: [], reading: '' };
  if (missing.length > 0) return { rows: [], errors: missing.map((field) => ({ line: 1, field, message: `no column of the file is called so` })), named, skipped, columns, ignored, notes: [], reading: '' };
  const signs = fileSigns(rows, columns, delimiter);
  for (const row of rows) {
    const cells = new Cells(row, columns, errors, signs);
    if (readYes(cells.text('removed')) === true) { skipped.push(row.line); continue; }
    const made = make(cells);
    if (cells.wrong && cells.names !== null) named.push(cells.names);
    if (made === null) { if (!cells.wrong) skipped.push(row.line); } else if (!cells.wrong) read.push(made);
  }
  return { rows: read, errors, named, skipped, columns, ignored, notes: signs.notes, reading: signs.reading };
}

/** Without what is undefined. */
function said<T extends object>(value: T): T { return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined && v !== '')) as T; }

/** A supplier named a second time is a fault of that row: which of the two is meant, nobody can tell. */
export function readSuppliers(rows: readonly FileRow[], currencyOf: (name: string) => string, delimiter = ''): Read<SupplierSaid> {
  const lines = new Map<string, number>();
  return each('suppliers', rows, delimiter, (c) => {
    const name = c.text('name'), before = lines.get(name.toLowerCase());
    if (name === '') c.fault('name', 'is empty');
    else if (before !== undefined) c.fault('name', `${name} is in line ${before} too`);
    else lines.set(name.toLowerCase(), c.row.line);
    const currency = c.currency(), email = c.text('email');
    if (email !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) c.fault('email', `not an e-mail address: ${email}`);
    const days = c.text('orderDays').split(/[\s,;]+/).filter(Boolean).map(Number);
    if (days.some((d) => !Number.isInteger(d) || d < 1 || d > 7)) c.fault('orderDays', `expected weekdays 1 (Monday) to 7, not ${c.text('orderDays')}`);
    return said({
      line: c.row.line, name: name.slice(0, 200), email, contact: c.text('contact'), address: c.text('address'), currency, leadTimeDays: c.count('leadTimeDays', 0, 730, 'days'), leadTimeToleranceDays: c.count('leadTimeToleranceDays', 0, 730, 'days'), orderDays: days.length > 0 ? days : undefined,
      minOrderCost: c.amount('minOrderCost', currency ?? currencyOf(name)), minOrderUnits: c.count('minOrderUnits'), containerVolumeCm3: c.count('containerVolumeCm3', 1, 999_999_999, 'cm³'), containerWeightG: c.count('containerWeightG', 1, 999_999_999, 'grams'),
      minimumCounts: c.oneOf('minimumCounts', MINIMUM_COUNTS), mostContainers: c.count('mostContainers', 1, 1_000, 'containers'), fillContainer: c.yes('fillContainer'), budget: c.amount('budget', currency ?? currencyOf(name)), budgetPer: c.oneOf('budgetPer', BUDGET_PER), paymentTerms: c.text('paymentTerms'), notes: c.text('notes'), active: c.yes('active'),
    }) as SupplierSaid;
  });
}

/** `currencyOf`: of a supplier that is known, else null: one that is new sells in the currency its rows state, the first of them where they differ, or in the store's where none does. */
export function readTerms(rows: readonly FileRow[], currencyOf: (supplier: string) => string | null, storeCurrency: string, delimiter = ''): Read<TermsSaid> {
  const news = statedFirst(rows);
  return each('supplier-items', rows, delimiter, (c) => {
    const supplier = c.text('supplier'), named = c.code(), stated = c.currency(), known = currencyOf(supplier), first = news.get(supplier.toLowerCase()), currency = known ?? first?.currency ?? storeCurrency;
    if (supplier === '') c.fault('supplier', 'is empty');
    else if (stated !== undefined && stated !== currency) c.fault('currency', known !== null ? `${supplier} sells in ${known}, the row says ${stated}` : `${supplier} is new and in ${currency} in line ${first!.line}, the row says ${stated}: a supplier sells in one currency`);
    const unitCost = c.amount('unitCost', currency);
    const breaks = c.text('priceBreaks').split(/[\s;|]+/).filter(Boolean).map((part): PriceBreak | string => {
      const [from, cost] = part.split(':'), units = readCount(from ?? '', 'units', c.signs.numbers), price = readAmount(cost ?? '', currency, c.signs.numbers);
      return typeof units === 'string' ? (from === undefined || cost === undefined ? `expected units:price, not ${part}` : units) : units < 2 ? `expected units:price, not ${part}` : typeof price === 'string' ? price : { from: units, unitCost: price };
    });
    const bad = breaks.find((one) => typeof one === 'string') ?? breaksFault(unitCost ?? null, breaks as PriceBreak[], (minor) => toDecimal(money(minor, currency)));
    if (typeof bad === 'string') c.fault('priceBreaks', bad);
    return said({
      line: c.row.line, ...named, supplier, supplierSku: c.text('supplierSku'), unitCost, currency, moq: positive(c.count('moq')), casePack: positive(c.count('casePack')), priceBreaks: breaks.length > 0 ? breaks as PriceBreak[] : undefined,
      volumeCm3: c.count('volumeCm3', 0, 999_999_999, 'cm³'), weightG: c.count('weightG', 0, 999_999_999, 'grams'), leadTimeDays: c.count('leadTimeDays', 0, 730, 'days'), preferred: c.yes('preferred'),
    }) as TermsSaid;
  });
}
/** The currency of each supplier as the first row that states one has it: rows before it are read in it too. */
function statedFirst(rows: readonly FileRow[]): Map<string, { currency: string; line: number }> {
  const { columns } = columnsOf('supplier-items', Object.keys(rows[0]?.record ?? {})), found = new Map<string, { currency: string; line: number }>();
  for (const row of rows) {
    const cells = new Cells(row, columns, []), supplier = cells.text('supplier').toLowerCase(), currency = readYes(cells.text('removed')) === true ? undefined : cells.currency();
    if (currency !== undefined && !found.has(supplier)) found.set(supplier, { currency, line: row.line });
  }
  return found;
}
/** Other systems write 0 for "no minimum". */
const positive = (n: number | undefined): number | undefined => (n === 0 ? undefined : n);

export function readMinMax(rows: readonly FileRow[], delimiter = ''): Read<MinMaxSaid> {
  return each('min-max', rows, delimiter, (c) => {
    const minStock = c.count('minStock'), maxStock = c.count('maxStock'), named = c.code(), location = c.text('location') || null;
    if (c.names !== null && location !== null) c.names.location = location;
    if (minStock !== undefined && maxStock !== undefined && maxStock < minStock) c.fault('maxStock', `${maxStock} is below the minimum of ${minStock}`);
    if (minStock === undefined && maxStock === undefined && !c.wrong) return null;
    return said({ line: c.row.line, ...named, location, minStock, maxStock }) as MinMaxSaid;
  });
}

/** Rows of one order are put together by its id, else its reference. An order with a wrong row is left out whole: half an order is a wrong one. */
export function readOrders(rows: readonly FileRow[], delimiter = ''): Read<OrderSaid> {
  const bad = new Set<string>(), orders = new Map<string, OrderSaid>(), words = new Map<string, { state: ImportState; rows: number }>(), stated = new Map<string, { state: ImportState; word: string; line: number }>(), silent: string[] = [];
  const read = each('purchase-orders', rows, delimiter, (c) => {
    const type = c.text('type').toLowerCase();
    if (type !== '' && type !== 'po' && type !== 'purchase order') return null; // transfers and assemblies buy nothing
    const reference = (c.text('reference') || c.text('id')).slice(0, 60), id = c.text('id') || reference;
    if (id === '') { c.fault('reference', 'is empty'); return null; }
    const status = c.text('status'), state = status === '' ? 'sent' : readState(status), supplier = c.text('supplier'), named = c.code();
    if (state === null) c.fault('status', `no state is known by the name ${status}; write Draft, Sent, Part received, Closed or Cancelled`);
    else if (status === '') silent.push(id);
    else {
      words.set(status, { state, rows: (words.get(status)?.rows ?? 0) + 1 });
      const first = stated.get(id);
      if (first === undefined) stated.set(id, { state, word: status, line: c.row.line });
      else if (first.state !== state) c.fault('status', `${reference} is ${first.word} in line ${first.line} and ${status} here, and an order has one state: give its rows the same`);
    }
    if (supplier === '') c.fault('supplier', 'is empty');
    const line = { line: c.row.line, ...named, ordered: c.count('ordered') ?? 0, received: c.count('received') ?? 0, cost: c.text('unitCost') || '0', supplierSku: c.text('supplierSku') || null };
    const location = c.text('location') || null;
    if (c.names !== null && location !== null) c.names.location = location;
    const head = { line: c.row.line, signs: c.signs.numbers, id, reference, supplier, location, state: state ?? 'draft', currency: c.currency() ?? null, orderedOn: c.day('orderedOn') ?? null, expectedOn: c.day('expectedOn') ?? null, receivedOn: c.day('receivedOn') ?? null, notes: c.text('notes') };
    const known = orders.get(id);
    if (known && known.supplier.toLowerCase() !== supplier.toLowerCase()) c.fault('supplier', `${reference} is of ${known.supplier} in line ${known.line} and of ${supplier} here`);
    if (c.wrong) { bad.add(id); return null; }
    const order = known ?? { ...head, lines: [] };
    order.state = stated.get(id)?.state ?? order.state; // rows that state none are of the one another row states
    order.lines.push(line);
    if (head.receivedOn !== null && (order.receivedOn === null || head.receivedOn > order.receivedOn)) order.receivedOn = head.receivedOn;
    orders.set(id, order);
    return line;
  });
  const all = [...orders.values()];
  // The other rows of an order that is left out are looked at too.
  const others = all.filter((order) => bad.has(order.id)).flatMap((order) => order.lines.map(({ line, code, variantId }): WrongRow => ({ line, code, ...(variantId === undefined ? {} : { variantId }), ...(line === order.line && order.location !== null ? { location: order.location } : {}) })));
  const unstated = silent.filter((id) => !stated.has(id)).length;
  if (unstated > 0) words.set('', { state: 'sent', rows: unstated });
  // A file without any status is one of orders that were sent, as the page says.
  const taken = [...words.keys()].some((word) => word !== '') ? statesTaken(words) : [];
  return { ...read, notes: [...read.notes, ...taken], named: [...read.named, ...others], rows: all.filter((order) => !bad.has(order.id)) };
}
