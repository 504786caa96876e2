/** The pretended warehouse's own double-entry book: units only ever go from one place to another. */

/** `outside` is suppliers and buyers; `aside` is damaged or in quarantine, in the building but not for sale; `door` is returned and not yet looked at. */
export type Place = 'outside' | 'shelf' | 'aside' | 'door' | 'scrap' | 'difference';
export interface Entry { at: string; sku: string; from: Place; to: Place; quantity: number; cause: string }

/** Raised when a place would hold less than nothing. */
export class NotThere extends Error { override name = 'NotThere'; }

export class Book {
  readonly entries: Entry[] = [];
  readonly #balances = new Map<string, number>();
  readonly #known = new Set<string>();

  /** Throws NotThere when `from` lacks the units; `outside` and `difference` may go below nothing. */
  post(entry: Entry): void {
    const { sku, from, to, quantity } = entry;
    if (!Number.isInteger(quantity) || quantity < 0) throw new NotThere(`${quantity} of ${sku} is no number of units`);
    const isEndless = from === 'outside' || from === 'difference';
    if (!isEndless && this.balance(sku, from) < quantity) throw new NotThere(`${from} holds ${this.balance(sku, from)} of ${sku}, not ${quantity}`);
    this.#known.add(sku);
    if (quantity === 0) return;
    this.#balances.set(`${from}/${sku}`, this.balance(sku, from) - quantity);
    this.#balances.set(`${to}/${sku}`, this.balance(sku, to) + quantity);
    this.entries.push(entry);
  }
  balance(sku: string, place: Place): number { return this.#balances.get(`${place}/${sku}`) ?? 0; }
  skus(): string[] { return [...this.#known].sort(); }
  /** What the warehouse tells of a SKU: everything in the building but the door; `unsellable` is a part of it. */
  stock(sku: string): { onHand: number; unsellable: number } {
    const unsellable = this.balance(sku, 'aside');
    return { onHand: this.balance(sku, 'shelf') + unsellable, unsellable };
  }
}
