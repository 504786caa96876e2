/**
 * A town of shoppers and the shop they buy from: months of believable history, the same for the same seed and the same last instant.
 * Everything goes through the engine's own rules, so the stock at the end is what the history left.
 */
import { placeOrder, routeOrder } from '../engine/orders.ts';
import { createFulfillment } from '../engine/fulfilments.ts';
import { instantOfLocal } from '../engine/shop-time.ts';
import type { OpenShop } from '../shop.ts';
import { PRODUCT_TYPES } from './assortment.ts';
import { basketSize, fillBasket } from './basket.ts';
import { openTown, renameSkus, TOWN_ZONE, type Article, type Town } from './catalogue.ts';
import { demandOn, planPromotions, type DayDemand } from './demand.ts';
import { planAftermath, type Deed } from './order-fate.ts';
import { randomFrom, type Random } from './random.ts';
import { Stockroom } from './stockroom.ts';

const DAY = 86_400_000;
/** Orders on an average day of the first year at scale 1. */
const ORDERS_A_DAY = 42;
/** Share of a day's orders before each hour, local time. */
const HOURS = [1, 0.6, 0.4, 0.3, 0.3, 0.5, 1.2, 2.4, 3.6, 4.6, 5.2, 5.6, 6.2, 6, 5.6, 5.4, 5.4, 5.8, 6.6, 7.6, 8.2, 7.6, 5.2, 2.8];
const HOUR_TOTALS = HOURS.map((_, hour) => HOURS.slice(0, hour + 1).reduce((sum, share) => sum + share, 0));

export interface TownOptions {
  seed: number;
  /** Length of the history (default 24) and size of town and catalogue (default 1: about 420 variants, 35,000 orders). */
  months?: number; scale?: number;
  /** Seed of the catalogue alone: shops with the same one sell the same goods under the same SKUs. `seed` by default. */
  assortmentSeed?: number;
  /** Last instant of the history, ISO; the shop's now by default. */
  until?: string;
}
export interface TownProgress { what: 'days'; done: number; of: number }
export interface TownSummary { products: number; variants: number; orders: number; lines: number; /** units nobody could sell */ lostUnits: number; renamedSkus: [string, string][] }

/** Seeds an empty shop with a town's history, as one load. @throws Error when the shop already has orders */
export function seedTown(shop: OpenShop, options: TownOptions, onProgress?: (progress: TownProgress) => void): TownSummary {
  if (shop.tables.orders.size > 0) throw new Error('the shop already has a history');
  return shop.bulkLoad(() => live(shop, options, onProgress));
}

function live(shop: OpenShop, options: TownOptions, onProgress?: (progress: TownProgress) => void): TownSummary {
  const random = randomFrom(options.seed);
  const scale = options.scale ?? 1;
  const until = Date.parse(options.until ?? shop.now());
  const lastMidnight = Math.floor(until / DAY) * DAY;
  const days = Math.max(1, Math.round((options.months ?? 24) * 30.44));
  const firstMidnight = lastMidnight - (days - 1) * DAY;
  const openedAt = new Date(instantOfLocal(firstMidnight, TOWN_ZONE)).toISOString();
  const town = openTown(shop, randomFrom(options.assortmentSeed ?? options.seed).fork('catalogue'), scale, openedAt);
  const promotions = planPromotions(random.fork('promotions'), PRODUCT_TYPES, firstMidnight, until);
  const stockroom = new Stockroom(shop, town, random.fork('stockroom'));
  const unitsPerAppeal = openingRate(town, firstMidnight, scale);
  stockroom.open((article) => article.appeal * unitsPerAppeal, openedAt);

  const street = random.fork('street');
  const fate = random.fork('fate');
  /** What was decided for later days, by day number. */
  const agenda = new Map<number, Deed[]>();
  let lostUnits = 0;
  let renamedSkus: [string, string][] = [];
  for (let day = 0; day < days; day++) {
    const midnight = firstMidnight + day * DAY;
    const start = instantOfLocal(midnight, TOWN_ZONE);
    const progress = day / days;
    const morning = new Date(start + 6 * 3_600_000).toISOString();
    if (Date.parse(morning) <= until) stockroom.morning(day, new Date(midnight).getUTCDay(), progress, morning);
    if (day === Math.floor(days * 0.6)) renamedSkus = renameSkus(shop, town.articles, morning);
    const demand = demandOn(town.articles, midnight, progress, day / 365.25, promotions);
    const deeds = agenda.get(day) ?? [];
    agenda.delete(day);
    const plan = (later: Deed[]) => {
      for (const deed of later) {
        const when = Math.floor((deed.at - start) / DAY) + day;
        if (when <= day) { insert(deeds, deed); continue; }
        const listed = agenda.get(when);
        if (listed) listed.push(deed); else agenda.set(when, [deed]);
      }
    };
    for (let count = street.poisson(ORDERS_A_DAY * scale * demand.level * Math.exp(street.normal(0, 0.12))); count > 0; count--) {
      const at = start + (street.weighted(HOUR_TOTALS) + street.next()) * 3_600_000;
      deeds.push({ at, do: (now) => { lostUnits += sell(shop, town, street, fate, demand, stockroom, day, now, plan); } });
    }
    deeds.sort((a, b) => a.at - b.at);
    // Deeds may add deeds to the same day: `insert` keeps the list in order behind the one being done.
    for (let index = 0; index < deeds.length; index++) {
      const deed = deeds[index]!;
      if (deed.at > until) break;
      deed.do(new Date(deed.at).toISOString());
    }
    if ((day + 1) % 30 === 0 || day + 1 === days) onProgress?.({ what: 'days', done: day + 1, of: days });
  }
  let lines = 0;
  for (const order of shop.tables.orders.values()) lines += order.lines.length;
  return { products: shop.tables.products.size, variants: shop.tables.variants.size, orders: shop.tables.orders.size, lines, lostUnits, renamedSkus };
}

/** Units a day that one unit of appeal stands for at the opening, so that opening stock fits what will be sold. */
function openingRate(town: Town, midnight: number, scale: number): number {
  const demand = demandOn(town.articles, midnight, 0, 0, []);
  const appeal = town.articles.reduce((sum, article) => sum + article.appeal, 0);
  return ORDERS_A_DAY * scale * Math.max(0.7, demand.level) * 2.4 / appeal;
}

function insert(deeds: Deed[], deed: Deed): void {
  let index = deeds.length;
  while (index > 0 && deeds[index - 1]!.at > deed.at) index--;
  deeds.splice(index, 0, deed);
}

/** One shopper's visit; returns the units they wanted in vain. */
function sell(
  shop: OpenShop, town: Town, street: Random, fate: Random, demand: DayDemand, stockroom: Stockroom, day: number, at: string, plan: (deeds: Deed[]) => void,
): number {
  const atCounter = street.chance(0.06);
  const places = atCounter ? [town.highStreet] : [town.main, town.overflow, town.highStreet];
  const basket = fillBasket(shop, street, basketSize(street), () => {
    const article: Article | undefined = town.articles[street.weighted(demand.totals)];
    return article && { variantId: article.variantId, price: demand.priceOf(article) };
  }, places);
  if (basket.lines.length === 0) return basket.lost;
  const { order } = placeOrder(shop, {
    lines: basket.lines, at, test: street.chance(0.001), countryCode: street.chance(0.92) ? 'US' : 'CA', shippingTotal: atCounter || street.chance(0.5) ? 0 : 695,
    ...(atCounter ? { sourceName: 'pos', locationId: town.highStreet } : {}),
  });
  // Two lines of one basket may share a component: then the shop itself says no.
  if (!order) return basket.lost + basket.lines.reduce((sum, line) => sum + line.quantity, 0);
  for (const line of order.lines) {
    const item = line.variantId === null ? undefined : shop.tables.variants.get(line.variantId)?.inventoryItemId;
    if (item !== undefined) stockroom.sold(item, line.quantity, day);
  }
  routeOrder(shop, order.id, at);
  if (atCounter) for (const work of shop.fulfillmentOrdersOf(order.id)) createFulfillment(shop, { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: work.id }], at });
  plan(planAftermath(shop, fate, order));
  return basket.lost;
}
