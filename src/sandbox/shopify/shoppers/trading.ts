/** The shop while it is open: shoppers buy, the warehouse ships, staff cancel, refund, receive and correct. Also routes due orders, always. */
import { createFulfillment } from '../engine/fulfilments.ts';
import { adjustQuantities, adminEdit } from '../engine/inventory.ts';
import { cancelOrder, placeOrder, refundOrder, routeDue } from '../engine/orders.ts';
import { openUnits } from '../engine/order-figures.ts';
import { returnableUnits } from '../engine/return-figures.ts';
import { createReturn } from '../engine/returns.ts';
import { isLoading } from '../shop.ts';
import type { LevelRecord, Shop } from '../state.ts';
import { basketSize, fillBasket } from './basket.ts';
import { randomFrom, type Random } from './random.ts';

/** A location whose goods stand in somebody else's building: staff neither ship, receive nor count there once it is open. */
export interface Served {
  locationId: string;
  isOpen(): boolean;
  /** Staff shipped units they had promised before the building opened: they leave its shelf all the same. */
  takeOff(sku: string, units: number): void;
}
export interface TradingOptions {
  ordersPerMinute: number; seed: number;
  /** Shop time from sale to parcel, milliseconds on average (default 20 s); null leaves shipping to somebody else. */
  fulfilAfterMs?: number | null;
  /** Shares of orders that are cancelled before they ship and partly returned after it; receipts and staff edits per order. */
  cancelled?: number; returned?: number; receipts?: number; staffEdits?: number;
  served?: Served;
}
export interface Trading {
  stop(): void;
  /** Orders per minute from now on; 0 pauses sales, while routing and what is already under way go on. */
  setRate(ordersPerMinute: number): void;
}

const TICK_MS = 50;
/** A late timer must not turn into a burst that blocks the server. */
const MAX_ELAPSED_MS = 1_000;
const MAX_ORDERS_A_TICK = 100;
const RECENT_ORDERS = 3_000;
/** Shares of sales that take what is in the served building alone, and of those that come back: enough of each to be seen. */
const SERVED_SALES = 0.5, SERVED_RETURNS = 0.25;

/** Starts trading on real timers; `stop` before the shop is closed. */
export function startTrading(shop: Shop, options: TradingOptions): Trading {
  const random = randomFrom(options.seed).fork(`trading ${shop.now()}`);
  const { fulfilAfterMs = 20_000, cancelled = 0.02, returned = 0.03, receipts = 0.03, staffEdits = 0.015, served } = options;
  const agenda = new Agenda();
  let rate = checkedRate(options.ordersPerMinute);
  let last = performance.now();
  let owed = 0;
  let popular: Popularity | undefined;

  /** `byStaff`: the building was not open at the sale, so its part is theirs too. */
  const ship = (orderId: string, byStaff: boolean) => {
    const order = shop.tables.orders.get(orderId);
    if (!order || order.cancelledAt !== null || openUnits(order) === 0) return;
    if (order.routesAt !== null) { agenda.add(now() + 1_000, () => ship(orderId, byStaff)); return; }
    for (const work of shop.fulfillmentOrdersOf(orderId)) {
      // Work on hold or handed to a service is not the warehouse's to ship.
      if (work.status !== 'OPEN' && work.status !== 'IN_PROGRESS') continue;
      const isServed = work.assignedLocationId === served?.locationId;
      if (isServed && !byStaff) continue;
      if (isServed) for (const line of work.lines) {
        const sku = order.lines.find((candidate) => candidate.id === line.lineItemId)?.sku;
        if (sku && line.remainingQuantity > 0) served!.takeOff(sku, line.remainingQuantity);
      }
      createFulfillment(shop, { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: work.id }], trackingInfo: { company: 'UPS', number: `1Z${random.int(1e8, 9e8)}${order.number}` } });
    }
  };
  const giveBack = (orderId: string) => {
    const line = shop.tables.orders.get(orderId)?.lines.find((candidate) => candidate.requiresShipping && candidate.currentQuantity > candidate.unfulfilledQuantity);
    if (line) refundOrder(shop, { orderId, note: 'Return', lines: [{ lineItemId: line.id, quantity: 1, restockType: random.chance(0.8) ? 'RETURN' : 'NO_RESTOCK' }] });
  };
  /** What left the building goes back to it: the shopper is told to send it, and money and stock wait for what arrives. */
  const sendBack = (orderId: string) => {
    const order = shop.tables.orders.get(orderId), found = order && returnableUnits(shop, order).find(({ fulfillment }) => fulfillment.locationId === served?.locationId);
    if (found) createReturn(shop, { orderId, lines: [{ fulfillmentLineItemId: found.line.id, quantity: 1, reason: 'UNWANTED' }] });
  };
  const now = () => Date.parse(shop.now());

  function sell(): void {
    popular = popular && popular.variants === shop.tables.variants.size ? popular : popularity(shop);
    if (popular.ids.length === 0) return;
    const { ids, totals } = popular;
    const isOpen = served?.isOpen() ?? false, inBuilding = isOpen && random.chance(SERVED_SALES) ? goodsAt(shop, served!.locationId) : [];
    const place = inBuilding.length > 0 ? served!.locationId : undefined;
    const basket = fillBasket(shop, random, basketSize(random), () => ({ variantId: place === undefined ? ids[random.weighted(totals)]! : random.pick(inBuilding) }), place === undefined ? sellingPlaces(shop) : [place]);
    if (basket.lines.length === 0) return;
    const { order } = placeOrder(shop, { lines: basket.lines, ...(place === undefined ? {} : { locationId: place }) });
    if (!order) return;
    const wait = (fulfilAfterMs ?? 20_000) * (0.5 + random.next());
    if (random.chance(cancelled)) agenda.add(now() + wait * random.next(), () => { cancelOrder(shop, { orderId: order.id, reason: 'CUSTOMER', restock: true }); });
    if (fulfilAfterMs !== null) agenda.add(now() + wait, () => ship(order.id, !isOpen));
    if (place !== undefined) { if (random.chance(SERVED_RETURNS)) agenda.add(now() + wait * (4 + 4 * random.next()), () => sendBack(order.id)); } else if (random.chance(returned)) agenda.add(now() + wait * (2 + random.next()), () => giveBack(order.id));
    if (random.chance(receipts)) receive(shop, random, isOpen ? served!.locationId : undefined);
    if (random.chance(staffEdits)) correct(shop, random, isOpen ? served!.locationId : undefined);
  }

  function tick(): void {
    const at = performance.now();
    const elapsed = Math.min(at - last, MAX_ELAPSED_MS);
    last = at;
    if (isLoading(shop)) return;
    routeDue(shop);
    agenda.run(now());
    if (rate === 0) return;
    owed = Math.min(owed + random.poisson(rate * elapsed / 60_000), 10 * MAX_ORDERS_A_TICK);
    for (let count = Math.min(owed, MAX_ORDERS_A_TICK); count > 0; count--, owed--) sell();
  }

  const timer = setInterval(tick, TICK_MS);
  timer.unref();
  return {
    stop: () => clearInterval(timer),
    setRate(ordersPerMinute) { rate = checkedRate(ordersPerMinute); if (rate === 0) owed = 0; },
  };
}

function checkedRate(ordersPerMinute: number): number {
  if (!(ordersPerMinute >= 0 && Number.isFinite(ordersPerMinute))) throw new RangeError(`a rate of ${ordersPerMinute} orders per minute`);
  return ordersPerMinute;
}

/** Things to do at a shop instant, kept by second. */
class Agenda {
  readonly #seconds = new Map<number, { at: number; act: () => void }[]>();

  add(at: number, act: () => void): void {
    const second = Math.floor(at / 1_000);
    const listed = this.#seconds.get(second);
    if (listed) listed.push({ at, act }); else this.#seconds.set(second, [{ at, act }]);
  }

  run(now: number): void {
    const due = [...this.#seconds.keys()].filter((second) => second * 1_000 <= now).sort((a, b) => a - b);
    for (const second of due) {
      const listed = this.#seconds.get(second)!;
      const later = listed.filter((deed) => deed.at > now);
      if (later.length > 0) this.#seconds.set(second, later); else this.#seconds.delete(second);
      for (const deed of listed) if (deed.at <= now) deed.act();
    }
  }
}

interface Popularity { ids: string[]; totals: Float64Array; /** size of the variants table it was read from */ variants: number }

/** Variants on sale, weighted by how often the latest orders took them; nothing is quite forgotten. */
function popularity(shop: Shop): Popularity {
  const taken = new Map<string, number>();
  let left = shop.tables.orders.size;
  for (const order of shop.tables.orders.values()) {
    if (left-- > RECENT_ORDERS) continue;
    for (const line of order.lines) if (line.variantId !== null && line.group === null) taken.set(line.variantId, (taken.get(line.variantId) ?? 0) + 1);
  }
  const ids = [...shop.tables.variants.values()]
    .filter((variant) => variant.deletedAt === null && shop.tables.products.get(variant.productId)?.status === 'ACTIVE').map((variant) => variant.id);
  let sum = 0;
  return { ids, totals: Float64Array.from(ids, (id) => sum += 0.3 + (taken.get(id) ?? 0)), variants: shop.tables.variants.size };
}

const sellingPlaces = (shop: Shop): string[] =>
  [...shop.tables.locations.values()].filter((location) => location.isActive && location.shipsInventory).map((location) => location.id);

/** Variants with units to sell at a place, each under a SKU of its own, as a building needs it. */
function goodsAt(shop: Shop, locationId: string): string[] {
  const bearers = Map.groupBy(shop.tables.variants.values(), (variant) => variant.sku ?? '');
  return [...bearers].flatMap(([sku, [variant, other]]) => sku === '' || other !== undefined || variant!.deletedAt !== null || variant!.components.length > 0
    || (shop.tables.levels.get(`${variant!.inventoryItemId}:${locationId}`)?.quantities.available ?? 0) < 1 ? [] : [variant!.id]);
}

function anyLevel(shop: Shop, random: Random, butAt: string | undefined): LevelRecord | undefined {
  const place = random.pick(sellingPlaces(shop).filter((id) => id !== butAt));
  const levels = [...shop.tables.levels.values()].filter((level) => level.isActive && level.locationId === place);
  return levels.length === 0 ? undefined : random.pick(levels);
}

/** A delivery for a handful of the barest shelves of one location. */
function receive(shop: Shop, random: Random, butAt: string | undefined): void {
  const place = anyLevel(shop, random, butAt)?.locationId;
  if (place === undefined) return;
  const bare = [...shop.tables.levels.values()].filter((level) => level.isActive && level.locationId === place && level.quantities.available < 15)
    .sort((a, b) => a.quantities.available - b.quantities.available).slice(0, 60);
  const rows = random.shuffled(bare).slice(0, random.int(3, 12));
  if (rows.length === 0) return;
  adjustQuantities(shop, {
    name: 'available', reason: 'received', referenceDocumentUri: `gid://instep-town/GoodsReceipt/${random.int(1e5, 9e5)}`,
    changes: rows.map((level) => ({ inventoryItemId: level.inventoryItemId, locationId: place, delta: random.int(2, 8) * 6 })),
  }, { cause: 'receipt' });
}

/** Somebody counts a shelf and types the number into the admin. */
function correct(shop: Shop, random: Random, butAt: string | undefined): void {
  const level = anyLevel(shop, random, butAt);
  if (!level) return;
  adminEdit(shop, { inventoryItemId: level.inventoryItemId, locationId: level.locationId, available: Math.max(0, level.quantities.available + random.int(-3, 3)) });
}
