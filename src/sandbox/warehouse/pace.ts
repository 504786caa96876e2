/** Pickers who take the oldest open orders by a rate: first the word that they have it, then the parcel. What the shelf lacks waits. */
import type { Building } from './building.ts';
import { NotThere } from './book.ts';

const TICK_MS = 200;

export class Pace {
  readonly #building: Building;
  readonly #dice: () => number;
  #timer: NodeJS.Timeout | null = null;
  #due = 0;
  ordersPerMinute = 0;

  constructor(building: Building, dice: () => number) {
    this.#building = building;
    this.#dice = dice;
  }

  /** 0 lets the pickers go home. Throws when it is no rate. */
  setRate(ordersPerMinute: number): void {
    if (!Number.isFinite(ordersPerMinute) || ordersPerMinute < 0) throw new Error('ordersPerMinute must be a number, 0 or more');
    this.ordersPerMinute = ordersPerMinute;
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = ordersPerMinute > 0 ? setInterval(() => {
      this.#due += (this.ordersPerMinute / 60_000) * TICK_MS;
      for (; this.#due >= 1; this.#due--) this.pickOne();
    }, TICK_MS).unref() : null;
  }
  stop(): void { this.setRate(0); }

  /** One order: every tenth leaves in two parcels. False when nothing could be picked. */
  pickOne(): boolean {
    for (const order of this.#building.orders.values()) {
      if (order.isCancelled || order.lines.every((line) => line.shipped >= line.quantity)) continue;
      if (!order.isAnswered) this.#building.acknowledge(order.reference);
      const parcel = () => [{ number: `PKG${Math.floor(this.#dice() * 1e9)}`, carrier: 'Sandbox Post', url: null }];
      try {
        const first = order.lines.find((line) => line.shipped < line.quantity)!;
        if (this.#dice() < 0.1 && order.lines.length > 1) this.#building.ship(order.reference, [{ sku: first.sku, quantity: first.quantity - first.shipped }], parcel());
        if (order.lines.some((line) => line.shipped < line.quantity)) this.#building.ship(order.reference, undefined, parcel());
        return true;
      } catch (error) {
        if (!(error instanceof NotThere)) throw error;
      }
    }
    return false;
  }
}
