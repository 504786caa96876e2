/** The town shop's own replenishment: a plain buyer who looks at the last four weeks, and suppliers who keep their lead time more or less. */
import type { Shop } from '../state.ts';
import { adjustQuantities, moveQuantities } from '../engine/inventory.ts';
import { quantityAt } from '../engine/levels.ts';
import { VENDORS } from './assortment.ts';
import type { Article, Town } from './catalogue.ts';
import type { Random } from './random.ts';

const WINDOW = 28;
const REVIEW = 7;

export class Stockroom {
  readonly #shop: Shop;
  readonly #town: Town;
  readonly #random: Random;
  readonly #stocked: Article[];
  /** Units sold per day of the last four weeks, by item. */
  readonly #sold = new Map<string, Float64Array>();
  readonly #onOrder = new Map<string, number>();
  #receipts: { day: number; rows: { article: Article; units: number }[] }[] = [];

  constructor(shop: Shop, town: Town, random: Random) {
    this.#shop = shop;
    this.#town = town;
    this.#random = random;
    this.#stocked = town.articles.filter((article) => article.tracked && article.parts.length === 0);
    for (const article of this.#stocked) this.#sold.set(article.inventoryItemId, new Float64Array(WINDOW));
  }

  /** Opening stock for lead time and five weeks at `unitsADay`, a share of it in the overflow store and the high-street shop. */
  open(unitsADay: (article: Article) => number, at: string): void {
    const { main, overflow, highStreet } = this.#town;
    const rows = this.#stocked.flatMap((article) => {
      const rate = unitsADay(article);
      this.#sold.get(article.inventoryItemId)!.fill(rate);
      if (article.from > 0) return [];
      const units = Math.ceil(rate * (article.vendor.leadTime + 35)) + this.#random.int(2, 8);
      const spare = this.#random.chance(0.35) ? Math.floor(units * 0.3) : 0;
      return [{ article, place: main, units: units - spare }, { article, place: overflow, units: spare }, { article, place: highStreet, units: this.#random.int(0, 4) }];
    });
    this.#receive(rows.filter((row) => row.units > 0), 'opening', at);
  }

  sold(inventoryItemId: string, units: number, day: number): void {
    const window = this.#sold.get(inventoryItemId);
    if (window) window[day % WINDOW]! += units;
  }

  /** The morning of a day: yesterday's sales leave the window, due goods arrive, buyers order on their vendor's weekday, the shop is topped up. */
  morning(day: number, weekday: number, progress: number, at: string): void {
    for (const window of this.#sold.values()) window[day % WINDOW] = 0;
    const due = this.#receipts.filter((receipt) => receipt.day <= day);
    this.#receipts = this.#receipts.filter((receipt) => receipt.day > day);
    for (const { rows } of due) {
      for (const { article, units } of rows) this.#onOrder.set(article.inventoryItemId, this.#ordered(article) - units);
      this.#receive(rows.map(({ article, units }) => ({ article, units, place: this.#placeFor(article, units) })), `receipt/${day}`, at);
    }
    VENDORS.forEach((vendor, index) => { if (weekday === 1 + index % 5) this.#buy(vendor, day, progress); });
    if (weekday === 2) this.#topUpHighStreet(day, at);
    if (weekday === 4) this.#writeOff(day, at);
  }

  #rate(article: Article): number {
    return this.#sold.get(article.inventoryItemId)!.reduce((sum, units) => sum + units, 0) / WINDOW;
  }

  #ordered(article: Article): number {
    return this.#onOrder.get(article.inventoryItemId) ?? 0;
  }

  #buy(vendor: Article['vendor'], day: number, progress: number): void {
    const rows = this.#stocked.flatMap((article) => {
      if (article.vendor !== vendor || progress > article.until || progress < article.from - 0.02) return [];
      const available = this.#shop.levelsOf(article.inventoryItemId).reduce((sum, level) => sum + level.quantities.available, 0);
      const target = this.#rate(article) * (vendor.leadTime + 2 * REVIEW) * (0.85 + this.#random.next() * 0.5) + 2;
      const short = target - available - this.#ordered(article);
      // Small needs wait for the next order, unless the shelf is bare.
      if (short < vendor.casePack / 2 && available > 0) return [];
      return short <= 0 ? [] : [{ article, units: Math.ceil(short / vendor.casePack) * vendor.casePack }];
    });
    if (rows.length === 0) return;
    for (const { article, units } of rows) this.#onOrder.set(article.inventoryItemId, this.#ordered(article) + units);
    const late = this.#random.chance(0.08) ? 1.6 : 1;
    this.#receipts.push({ day: day + Math.max(2, Math.round(this.#random.normal(vendor.leadTime, vendor.leadTime * 0.15) * late)), rows });
  }

  /** Big deliveries overflow the main warehouse now and then. */
  #placeFor(article: Article, units: number): string {
    return units > 60 && quantityAt(this.#shop, article.inventoryItemId, this.#town.main, 'on_hand') > 80 ? this.#town.overflow : this.#town.main;
  }

  #receive(rows: { article: Article; place: string; units: number }[], document: string, at: string): void {
    for (let from = 0; from < rows.length; from += 250) {
      must(adjustQuantities(this.#shop, {
        name: 'available', reason: 'received', referenceDocumentUri: `gid://instep-town/GoodsReceipt/${document}`,
        changes: rows.slice(from, from + 250).map(({ article, place, units }) => ({ inventoryItemId: article.inventoryItemId, locationId: place, delta: units })),
      }, { cause: document, at }));
    }
  }

  /** From the warehouse to the shop, up to a small par per article. */
  #topUpHighStreet(day: number, at: string): void {
    const { main, highStreet } = this.#town;
    const rows = this.#stocked.flatMap((article) => {
      const here = quantityAt(this.#shop, article.inventoryItemId, highStreet, 'available');
      const there = quantityAt(this.#shop, article.inventoryItemId, main, 'available');
      const par = Math.min(6, Math.ceil(this.#rate(article) * 3));
      const units = Math.min(par - here, Math.floor(there / 3));
      return units > 0 ? [{ inventoryItemId: article.inventoryItemId, units }] : [];
    });
    for (const [reason, place, sign] of [['movement_created', main, -1], ['movement_received', highStreet, 1]] as const) {
      for (let from = 0; from < rows.length; from += 250) {
        must(adjustQuantities(this.#shop, {
          name: 'available', reason, referenceDocumentUri: `gid://instep-town/Transfer/${day}`,
          changes: rows.slice(from, from + 250).map(({ inventoryItemId, units }) => ({ inventoryItemId, locationId: place, delta: sign * units })),
        }, { cause: `transfer/${day}`, at }));
      }
    }
  }

  /** A few units a week break or go missing. */
  #writeOff(day: number, at: string): void {
    const { main } = this.#town;
    for (let count = this.#random.int(0, 3); count > 0; count--) {
      const { inventoryItemId } = this.#random.pick(this.#stocked);
      if (quantityAt(this.#shop, inventoryItemId, main, 'available') < 3) continue;
      const document = `gid://instep-town/Inspection/${day}`;
      must(this.#random.chance(0.5)
        ? adjustQuantities(this.#shop, { name: 'available', reason: 'shrinkage', changes: [{ inventoryItemId, locationId: main, delta: -this.#random.int(1, 2) }] }, { cause: `count/${day}`, at })
        : moveQuantities(this.#shop, {
          reason: 'damaged', referenceDocumentUri: document,
          changes: [{ inventoryItemId, quantity: 1, from: { name: 'available', locationId: main }, to: { name: 'damaged', locationId: main, ledgerDocumentUri: document } }],
        }, { cause: `inspection/${day}`, at }));
    }
  }
}

/** The town only does what the shop allows: a refusal here is a broken town. */
function must(outcome: { userErrors: { message: string }[] }): void {
  if (outcome.userErrors.length > 0) throw new Error(`the town's stockroom was refused: ${outcome.userErrors.map((error) => error.message).join(' ')}`);
}
