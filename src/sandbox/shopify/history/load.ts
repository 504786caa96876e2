/**
 * Loads a real sales history into an empty shop through the engine's own rules: invoices become orders shipped the same day, credit notes
 * become cancellations, edits and returns, zero-priced documents become stock adjustments. Stock: see shelf.ts; matching: credits.ts.
 */
import { createFulfillment } from '../engine/fulfilments.ts';
import { adjustQuantities } from '../engine/inventory.ts';
import { placeOrder, routeOrder } from '../engine/orders.ts';
import { instantOfLocal, offsetMinutes } from '../engine/shop-time.ts';
import type { OpenShop } from '../shop.ts';
import { adjustmentReason, documentsOf, kindOf, sellsAnything, type RowKind } from './classify.ts';
import { countryCode } from './countries.ts';
import { CreditDesk } from './credits.ts';
import { readSaleRows, type SaleRow } from './sale-rows.ts';
import { Shelf } from './shelf.ts';
import { isSaleRow, mondayOf, surveyHistory, WEEK } from './survey.ts';
import { TallyBook, type Tally } from './tally.ts';

export { formatTally, type Tally } from './tally.ts';

export interface HistoryProgress { what: 'rows'; done: number; of: number }
export interface HistoryOptions {
  /** Move the dates by whole weeks so that the history ends yesterday on the shop's clock, or up to six days before: weekdays stay. Default true. */
  shiftDates?: boolean;
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
const PROGRESS_ROWS = 20_000;

/**
 * @param file a .csv or .csv.gz with the Online Retail columns, or id,date,sku,quantity,price
 * @returns an account of every row; a row that cannot be read is counted as skipped and named, and stops nothing
 * @throws Error naming the file (and line) when it cannot be read at all or lacks a column, or when the shop already has orders;
 *   nothing of the history remains then
 */
export async function loadHistory(shop: OpenShop, file: string, onProgress?: (progress: HistoryProgress) => void, options: HistoryOptions = {}): Promise<Tally> {
  if (shop.tables.orders.size > 0) throw new Error('the shop already has a history');
  return await shop.bulkLoad(async () => new Loader(shop, file, options).run(onProgress));
}

class Loader {
  readonly #shop: OpenShop;
  readonly #file: string;
  readonly #options: HistoryOptions;
  readonly #book: TallyBook;
  readonly #desk: CreditDesk;
  readonly #zone: string;
  readonly #locationId: string;
  /** Orders waiting for the evening's dispatch, by its instant; the file is nearly in time order, so this stays a day long. */
  #dispatches: { at: number; orderId: string }[] = [];

  constructor(shop: OpenShop, file: string, options: HistoryOptions) {
    this.#shop = shop;
    this.#file = file;
    this.#options = options;
    this.#book = new TallyBook(file);
    this.#desk = new CreditDesk(shop);
    const at = shop.now();
    if (shop.tables.shop.size === 0) {
      shop.put('shop', { id: shop.nextId('Shop'), domain: 'online-retail.myshopify.com', name: 'Online Retail', currency: 'GBP', ianaTimezone: 'Europe/London', createdAt: at });
    }
    this.#zone = shop.tables.shop.values().next().value!.ianaTimezone;
    const place = [...shop.tables.locations.values()].find((location) => location.isActive && location.shipsInventory);
    this.#locationId = place?.id ?? shop.nextId('Location');
    if (!place) shop.put('locations', { id: this.#locationId, name: 'Warehouse', isActive: true, shipsInventory: true, countryCode: 'GB', createdAt: at, updatedAt: at });
    shop.commit();
  }

  async run(onProgress?: (progress: HistoryProgress) => void): Promise<Tally> {
    const survey = await surveyHistory(this.#file, (row) => this.#wallClock(row));
    const shift = this.#options.shiftDates === false ? 0 : this.#weeksToYesterday(survey.lastDay);
    const shelf = new Shelf(this.#shop, survey, this.#locationId);
    let week = -1;
    let latest = -Infinity;
    let reported = 0;
    for await (const document of documentsOf(readSaleRows(this.#file), isSaleRow)) {
      if ('bad' in document) { this.#book.skipped(document.bad.reason, document.bad.line, document.bad.detail); continue; }
      const wall = this.#wallClock(document.rows[0]!);
      while (week < (mondayOf(wall) - survey.firstMonday) / WEEK) {
        week++;
        const monday = instantOfLocal(survey.firstMonday + week * WEEK + shift, this.#zone) + 6 * HOUR;
        this.#dispatchUntil(monday);
        shelf.startWeek(week, iso(monday));
      }
      // Documents out of order are entered when they turn up: a shop's clock does not run backwards.
      latest = Math.max(latest, instantOfLocal(wall + shift, this.#zone));
      this.#dispatchUntil(latest);
      this.#enter(document.rows, shelf, iso(latest), wall + shift);
      if (this.#book.tally.rows - reported >= PROGRESS_ROWS) {
        reported = this.#book.tally.rows;
        onProgress?.({ what: 'rows', done: reported, of: survey.rows });
      }
    }
    this.#dispatchUntil(Infinity);
    onProgress?.({ what: 'rows', done: this.#book.tally.rows, of: survey.rows });
    return this.#book.tally;
  }

  #wallClock(row: SaleRow): number {
    return row.isInstant ? row.time + offsetMinutes(row.time, this.#zone) * 60_000 : row.time;
  }

  /** Whole weeks, in milliseconds, from the file's last day to yesterday or the days before it. */
  #weeksToYesterday(lastDay: number): number {
    const now = Date.parse(this.#shop.now());
    const yesterday = Math.floor((now + offsetMinutes(now, this.#zone) * 60_000) / DAY) * DAY - DAY;
    return Math.floor((yesterday - lastDay) / WEEK) * WEEK;
  }

  #enter(rows: SaleRow[], shelf: Shelf, at: string, wall: number): void {
    const sells = sellsAnything(rows);
    const kinds = Map.groupBy(rows, (row) => kindOf(row, sells));
    const of = (...wanted: RowKind[]) => wanted.flatMap((kind) => kinds.get(kind) ?? []);
    for (const kind of ['no units', 'negative price', 'charge at no price'] as const) for (const row of of(kind)) this.#book.skipped(kind, row.line);
    const country = countryCode(rows[0]!.country);
    const lines = of('sale', 'free', 'charge');
    if (lines.length > 0) {
      this.#sell(lines, shelf, country, at, wall);
      for (const [kind, words] of [['sale', 'order line'], ['free', 'order line, given free'], ['charge', 'order line without stock (postage, fee, voucher)']] as const) {
        const count = of(kind).length;
        if (count > 0) this.#book.applied(words, count);
      }
    }
    const credits = of('credit', 'charge credit');
    if (credits.length > 0) this.#credit(credits, shelf, country, at);
    for (const row of of('adjust up', 'adjust down')) {
      this.#adjust(row, row.quantity, shelf, adjustmentReason(row.description), at);
      this.#book.applied(row.quantity > 0 ? 'stock adjusted up' : 'stock adjusted down');
    }
  }

  #sell(rows: SaleRow[], shelf: Shelf, country: string | null, at: string, wall: number): void {
    const { order, userErrors } = placeOrder(this.#shop, {
      lines: rows.map((row) => ({ variantId: shelf.item(row.sku).variantId, quantity: row.quantity, price: row.price })), at, locationId: this.#locationId, force: true,
      tags: [`invoice:${rows[0]!.document}`], ...(country === null ? {} : { countryCode: country }),
    });
    if (!order) throw new Error(`${this.#file}:${rows[0]!.line}: the shop refused the order: ${userErrors[0]?.message}`);
    routeOrder(this.#shop, order.id, iso(Date.parse(at) + 1_000));
    this.#desk.sold(order);
    // Half past five in the evening, or half an hour after a later sale.
    const evening = instantOfLocal(Math.floor(wall / DAY) * DAY, this.#zone) + 17.5 * HOUR;
    this.#dispatches.push({ at: Math.max(evening, Date.parse(at) + HOUR / 2), orderId: order.id });
  }

  #dispatchUntil(instant: number): void {
    const due = this.#dispatches.filter((dispatch) => dispatch.at <= instant);
    if (due.length === 0) return;
    this.#dispatches = this.#dispatches.filter((dispatch) => dispatch.at > instant);
    for (const { at, orderId } of due.sort((a, b) => a.at - b.at)) {
      for (const work of this.#shop.fulfillmentOrdersOf(orderId)) {
        if (work.status === 'OPEN') createFulfillment(this.#shop, { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: work.id }], at: iso(at) });
      }
    }
  }

  #credit(rows: SaleRow[], shelf: Shelf, country: string | null, at: string): void {
    for (const { row, outcome, unmatched } of this.#desk.credit(rows, country, at)) {
      if (!shelf.item(row.sku).stocked) {
        if (outcome === 'none sold before') this.#book.skipped('credit of a charge never sold before', row.line);
        else this.#book.applied(`credit: ${outcome}`);
        continue;
      }
      if (unmatched > 0) this.#adjust(row, unmatched, shelf, 'restock', at);
      this.#book.applied(outcome === 'none sold before' ? 'credit without an earlier sale: stock adjusted up'
        : unmatched > 0 ? 'credit beyond earlier sales: returned, the rest adjusted up' : `credit: ${outcome}`);
    }
  }

  #adjust(row: SaleRow, delta: number, shelf: Shelf, reason: string, at: string): void {
    const { userErrors } = adjustQuantities(this.#shop, {
      name: 'available', reason, referenceDocumentUri: `urn:invoice:${encodeURIComponent(row.document)}`,
      changes: [{ inventoryItemId: shelf.item(row.sku).inventoryItemId, locationId: this.#locationId, delta }],
    }, { cause: `history/${row.document}`, at });
    if (userErrors.length > 0) throw new Error(`${this.#file}:${row.line}: the shop refused the adjustment: ${userErrors[0]!.message}`);
  }
}

const iso = (instant: number): string => new Date(instant).toISOString();
