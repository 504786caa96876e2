/** A pretended Inventory Planner account: warehouses, variants with their figures, orders. Stock and sales change at a sync; orders change what is on order at once. */
import { createHash } from 'node:crypto';
import { AdvancedCsv } from './advanced-csv.ts';
import { orderLine, replenishment, seasonalVelocity, toOrder, USUAL, velocity, type ForecastSettings, type Terms } from './formulas.ts';

/** What the connected platform shows; read at a sync and never between. Days are oldest first and end yesterday. */
export interface PlatformLevel { variantId: string; locationId: string; inStock: number; sold: readonly number[]; inStockDays: readonly boolean[] }
export interface PlatformVariant { id: string; sku: string; title: string; barcode: string | null; vendor: string; price: number; cost: number; /** A bundle somebody set up there: its sales are its components', and it has no stock of its own. */ components?: readonly { id: string; units: number }[] }
export interface Platform { locations: readonly { id: string; name: string }[]; variants: readonly PlatformVariant[]; levels: readonly PlatformLevel[] }

export interface Warehouse { name: string; display_name: string; type: 'warehouse' | 'combined' | 'ip'; disabled: boolean; connection: string; currency: string; createdAt: number; updatedAt: number; children: string[] }
export interface Variant extends PlatformVariant { platformId: string; removed: boolean; updatedAt: number }
export interface Level { variantId: string; warehouse: string; inStock: number; sold: readonly number[]; inStockDays: readonly boolean[] }
export interface Line { id: string; replenishment: number; received: number; history: { date: number; value: number }[]; cost_price: number }
export type StatusType = 'Active' | 'Draft' | 'Closed' | 'Canceled';
export interface Order {
  id: string; reference: string; status: string; type: 'po' | 'transfer' | 'assembly'; vendor: string; warehouse: string; currency: string; notes: string;
  createdDate: string; expectedDate: string | null; lines: Map<string, Line>; createdAt: number; lastModified: number; readonly: boolean; connections: { name: string; status: string; save_po: boolean; id: string | null; reference: string | null }[]; notices: string[];
}
export interface Memory { orders: (Omit<Order, 'lines'> & { lines: Line[] })[]; terms: [string, Terms][]; statuses: [string, StatusType][]; ids: number; settings: ForecastSettings }
export class Invalid extends Error {}

const DAY_MS = 86_400_000;
const DEFAULT_TERMS: Terms = { leadTime: 14, reviewPeriod: 30, minimumStock: 0, maxStock: null, moq: 1, uom: 1 };

export class Account {
  readonly warehouses = new Map<string, Warehouse>();
  readonly variants = new Map<string, Variant>();
  readonly levels = new Map<string, Level>();
  readonly orders = new Map<string, Order>();
  readonly terms = new Map<string, Terms>();
  /** Named records with a type; names are the account's own. */
  readonly statuses = new Map<string, StatusType>([['Open', 'Active'], ['Draft', 'Draft'], ['Closed', 'Closed'], ['Canceled', 'Canceled']]);
  settings: ForecastSettings = { ...USUAL };
  connection = 'c1';
  /** Whether orders saved belong to a connected system from then on. */
  savesOrders = false;
  /** An order changed keeps its old time of change. */
  staleModified = false;
  /** Whether a write of `received` is the total so far, or is added to it: not documented. */
  addsReceived = false;
  syncedAt: number | null = null;
  readonly #platform: () => Platform;
  readonly #now: () => number;
  readonly #currency: string;
  #ids = 0;

  /** What the files of its Advanced CSV connector hold; null without one. */
  readonly files: AdvancedCsv | null;

  constructor(platform: () => Platform, now: () => number, currency = 'EUR', files: string | null = null) { this.#platform = platform; this.#now = now; this.#currency = currency; this.files = files === null ? null : new AdvancedCsv(files); }

  remember(): Memory { return { orders: [...this.orders.values()].map((order) => ({ ...order, lines: [...order.lines.values()] })), terms: [...this.terms], statuses: [...this.statuses], ids: this.#ids, settings: this.settings }; }
  recall(memory: Memory | null): void {
    if (!memory) return;
    for (const order of memory.orders) this.orders.set(order.id, { ...order, lines: new Map(order.lines.map((line) => [line.id, line])) });
    for (const [key, terms] of memory.terms) this.terms.set(key, terms);
    this.statuses.clear();
    for (const [name, type] of memory.statuses) this.statuses.set(name, type);
    this.#ids = memory.ids;
    this.settings = memory.settings;
  }

  /** The nightly import, or the button. */
  sync(): void {
    const { locations, variants: all, levels: read } = this.#platform(), at = this.#now(), bundles = all.filter((variant) => variant.components), variants = all.filter((variant) => !variant.components);
    const levels = bundles.length === 0 ? read : withBundleSales(read, bundles);
    for (const place of locations) {
      const name = `${this.connection}_${place.id}`, known = this.warehouses.get(name);
      this.warehouses.set(name, { name, display_name: place.name, type: 'warehouse', disabled: known?.disabled ?? false, connection: this.connection, currency: this.#currency, createdAt: known?.createdAt ?? at, updatedAt: at, children: [] });
    }
    const seen = new Set<string>();
    for (const variant of variants) {
      const id = `${this.connection}_${variant.id}`;
      seen.add(id);
      this.variants.set(id, { ...variant, id, platformId: variant.id, removed: false, updatedAt: at });
    }
    for (const variant of this.variants.values()) if (!seen.has(variant.id)) variant.removed = true;
    for (const level of levels) {
      const variantId = `${this.connection}_${level.variantId}`, warehouse = `${this.connection}_${level.locationId}`;
      this.levels.set(`${variantId}@${warehouse}`, { ...level, variantId, warehouse });
    }
    this.files?.run(at);
    this.syncedAt = at;
  }
  /** The daily clock: a sync when a day has gone by since the last one. */
  syncIfDue(): void { if (this.syncedAt === null || this.#now() - this.syncedAt >= DAY_MS) this.sync(); }

  /** A reconnect gives every variant another id; orders keep the old ones. */
  reconnect(connection: string): void {
    const terms = [...this.terms];
    for (const [key, value] of terms) { const [variant, warehouse] = key.split('@'); this.terms.set(`${connection}_${variant!.split('_')[1]}@${connection}_${warehouse!.split('_')[1]}`, value); }
    this.connection = connection;
    this.sync();
  }
  addWarehouse(kind: 'combined' | 'ip', display: string, children: string[] = []): Warehouse {
    const at = this.#now(), made: Warehouse = { name: `${this.connection}_csv.${this.#hex(8)}`, display_name: display, type: kind, disabled: false, connection: this.connection, currency: this.#currency, createdAt: at, updatedAt: at, children };
    this.warehouses.set(made.name, made);
    return made;
  }
  termsOf(variantId: string, warehouse: string): Terms { return this.terms.get(`${variantId}@${warehouse}`) ?? DEFAULT_TERMS; }
  setTerms(variantId: string, warehouse: string, part: Partial<Terms>): void { this.terms.set(`${variantId}@${warehouse}`, { ...this.termsOf(variantId, warehouse), ...part }); }

  onOrder(variantId: string, warehouse: string): number {
    let units = 0;
    for (const order of this.orders.values()) {
      if (order.warehouse !== warehouse || this.typeOf(order.status) !== 'Active') continue;
      const line = order.lines.get(variantId);
      if (line) units += Math.max(0, line.replenishment - line.received);
    }
    return units;
  }
  typeOf(status: string): StatusType | undefined {
    for (const [name, type] of this.statuses) if (name.toLowerCase() === status.toLowerCase()) return type;
    return undefined;
  }
  nameOf(type: StatusType): string { return [...this.statuses].find(([, each]) => each === type)![0]; }
  renameStatus(from: string, to: string): void {
    const type = this.typeOf(from);
    if (!type) throw new Invalid(`There is no status ${from}`);
    const rows = [...this.statuses].map(([name, each]) => [name.toLowerCase() === from.toLowerCase() ? to : name, each] as const);
    this.statuses.clear();
    for (const [name, each] of rows) this.statuses.set(name, each);
    for (const order of this.orders.values()) if (order.status.toLowerCase() === from.toLowerCase()) order.status = to;
  }

  /** The metric fields of a variant at a warehouse, by the names of the API. */
  figures(variantId: string, warehouse: string): Record<string, unknown> {
    const level = this.levels.get(`${variantId}@${warehouse}`), variant = this.variants.get(variantId)!, terms = this.termsOf(variantId, warehouse);
    const sold = level?.sold ?? [], inStockDays = level?.inStockDays ?? [], inStock = level?.inStock ?? 0, onOrder = this.onOrder(variantId, warehouse);
    const seasonal = this.settings.method === 'seasonal' ? seasonalVelocity(sold, inStockDays, new Date(this.syncedAt!), terms.leadTime + terms.reviewPeriod) : null, perDay = seasonal ?? velocity(sold, inStockDays, this.settings), wanted = replenishment(perDay, terms, inStock + onOrder, this.settings);
    const last = (days: number): number => sold.slice(-days).reduce((sum, units) => sum + units, 0);
    const ordered = toOrder(wanted, terms);
    return {
      in_stock: inStock, purchase_orders_qty: onOrder, replenishment: wanted, to_order: ordered, to_order_cost: ordered * variant.cost / 100, lead_time: terms.leadTime, review_period: terms.reviewPeriod,
      minimum_stock: terms.minimumStock, above_moq: wanted >= terms.moq, current_forecast: perDay, oos: perDay === 0 ? null : Math.floor(inStock / perDay), oos_last_60_days: inStockDays.slice(-60).filter((is) => !is).length,
      last_7_days_sales: last(7), last_30_days_sales: last(30), last_90_days_sales: last(90), total_sales: last(sold.length),
      forecast_description: { method: seasonal === null ? 'last_x_days' : 'seasonal', sales_velocity1: perDay, sales_velocity30: Number((perDay * 30).toFixed(6)), total_days_oos: inStockDays.slice(-this.settings.days).filter((is) => !is).length },
      forecast_stock_cover_day: perDay === 0 ? null : inStock / perDay,
    };
  }

  /** Throws `Invalid` with the planner's words. Lines without a quantity take the recommendation, adjusted. */
  makeOrder(given: Record<string, unknown>): Order {
    const text = (field: string): string => (typeof given[field] === 'string' ? given[field] as string : '');
    const warehouse = this.warehouses.get(text('warehouse'));
    if (!warehouse || warehouse.type === 'combined') throw new Invalid(`warehouse "${text('warehouse')}" cannot receive a purchase order`);
    if (text('vendor') === '') throw new Invalid('vendor is required');
    const status = text('status') || this.nameOf('Draft'), at = this.#now();
    if (!this.typeOf(status)) throw new Invalid(`status "${status}" is not known`);
    const order: Order = {
      id: this.#hex(24), reference: text('reference') || `IP-${String(this.orders.size + 1).padStart(5, '0')}`, status: this.#own(status), type: (text('type') || 'po') as Order['type'], vendor: text('vendor'), warehouse: warehouse.name, currency: text('currency') || this.#currency,
      notes: text('notes'), createdDate: new Date(at).toISOString().slice(0, 10), expectedDate: text('expected_date') || null, lines: new Map(), createdAt: at, lastModified: at, readonly: false, connections: [], notices: [],
    };
    const filter = given['variants_filter'] as { vendor?: string; to_order_gt?: number } | undefined;
    const items = (given['items'] as Record<string, unknown>[] | undefined) ?? (filter ? [...this.variants.values()].filter((v) => !v.removed && (filter.vendor === undefined || v.vendor === filter.vendor) && Number(this.figures(v.id, warehouse.name)['to_order']) > (filter.to_order_gt ?? 0)).map((v) => ({ id: v.id })) : []);
    if (items.length === 0) throw new Invalid('items: an order needs at least one');
    for (const item of items) this.#putLine(order, item);
    if (this.savesOrders) { order.readonly = true; order.connections.push({ name: this.connection, status: 'success', save_po: true, id: `ims-${order.id.slice(0, 6)}`, reference: order.reference }); }
    this.orders.set(order.id, order);
    return order;
  }
  #own(status: string): string { return [...this.statuses.keys()].find((name) => name.toLowerCase() === status.toLowerCase())!; }
  #putLine(order: Order, item: Record<string, unknown>): void {
    const id = String(item['id']), variant = this.variants.get(id);
    if (!variant) throw new Invalid(`variant ${id} does not exist`);
    let quantity = item['replenishment'] === undefined ? null : Number(item['replenishment']);
    if (quantity === null) {
      const terms = this.termsOf(id, order.warehouse), figures = this.figures(id, order.warehouse), perDay = Number(figures['current_forecast']);
      const atArrival = Math.max(0, Number(figures['in_stock']) + Number(figures['purchase_orders_qty']) - perDay * terms.leadTime), line = orderLine(Number(figures['replenishment']), terms, atArrival);
      order.notices.push(...line.notices.map((notice) => `${variant.sku}: ${notice}`));
      quantity = line.quantity;
    }
    if (!Number.isInteger(quantity) || quantity < 0) throw new Invalid(`replenishment of ${id} is no quantity`);
    const known = order.lines.get(id);
    order.lines.set(id, { id, replenishment: quantity, received: known?.received ?? 0, history: known?.history ?? [], cost_price: item['cost_price'] === undefined ? known?.cost_price ?? variant.cost / 100 : Number(item['cost_price']) });
  }

  changeOrder(order: Order, given: Record<string, unknown>): void {
    if (order.readonly) throw new Invalid('This purchase order is managed by the connected system and cannot be changed');
    if (typeof given['status'] === 'string') {
      if (!this.typeOf(given['status'])) throw new Invalid(`status "${given['status']}" is not known`);
      order.status = this.#own(given['status']);
    }
    if (typeof given['expected_date'] === 'string') order.expectedDate = given['expected_date'];
    if (typeof given['notes'] === 'string') order.notes = given['notes'];
    this.#touch(order);
  }
  /** `received` is the total so far, as the safe reading of an undocumented write has it. */
  changeLine(order: Order, id: string, given: Record<string, unknown>): void {
    const line = order.lines.get(id);
    if (!line && given['replenishment'] === undefined) throw new Invalid(`item ${id} is not on this order`);
    if (order.readonly) throw new Invalid('This purchase order is managed by the connected system and cannot be changed');
    if (given['replenishment'] !== undefined) this.#putLine(order, { ...given, id });
    if (given['received'] !== undefined) this.receive(order, id, Number(given['received']) + (this.addsReceived ? line!.received : 0));
    this.#touch(order);
  }
  receive(order: Order, id: string, total: number): void {
    const line = order.lines.get(id);
    if (!line) throw new Invalid(`item ${id} is not on this order`);
    if (!Number.isInteger(total) || total < 0) throw new Invalid(`received of ${id} is no quantity`);
    if (total !== line.received) line.history.push({ date: Math.floor(this.#now() / 1000), value: total - line.received });
    line.received = total;
    this.#touch(order);
  }
  #touch(order: Order): void { if (!this.staleModified) order.lastModified = this.#now(); }
  #hex(length: number): string { return createHash('sha256').update(`${this.connection}/${++this.#ids}`).digest('hex').slice(0, length); }
}

/** Levels whose sales hold what was sold of them in bundles at their place. */
function withBundleSales(levels: readonly PlatformLevel[], bundles: readonly PlatformVariant[]): PlatformLevel[] {
  const parts = new Map(bundles.map((bundle) => [bundle.id, bundle.components!])), more = new Map<string, number[]>();
  for (const level of levels) for (const { id, units } of parts.get(level.variantId) ?? []) {
    const key = `${id}@${level.locationId}`, sum = more.get(key) ?? Array.from({ length: level.sold.length }, () => 0);
    level.sold.forEach((sold, day) => { sum[day]! += sold * units; });
    more.set(key, sum);
  }
  return levels.filter((level) => !parts.has(level.variantId)).map((level) => { const add = more.get(`${level.variantId}@${level.locationId}`); return add ? { ...level, sold: level.sold.map((units, day) => units + (add[day] ?? 0)) } : level; });
}
