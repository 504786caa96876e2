/** How much the town wants of what on a given day: season, trend, promotions, comings and goings. */
import type { Article } from './catalogue.ts';
import { isBlackWeek, seasonOf, type ProductType } from './assortment.ts';
import type { Random } from './random.ts';

export interface Promotion { type: ProductType; /** local midnights, last day included */ from: number; until: number; /** price multiple */ price: number; lift: number }

const DAY = 86_400_000;

/** About one ten-day promotion on one product type every six weeks. */
export function planPromotions(random: Random, types: readonly ProductType[], from: number, until: number): Promotion[] {
  const plan: Promotion[] = [];
  for (let day = from + random.int(10, 40) * DAY; day < until; day += random.int(32, 52) * DAY) {
    const depth = random.pick([0.15, 0.2, 0.25, 0.3]);
    plan.push({ type: random.pick(types), from: day, until: day + random.int(6, 12) * DAY, price: 1 - depth, lift: 1 + depth * (3 + 2 * random.next()) });
  }
  return plan;
}

export interface DayDemand {
  /** Running totals of the articles' weights, for drawing one. */
  totals: Float64Array;
  /** The day's whole weight; 1 means an average day of the first year. */
  level: number;
  priceOf(article: Article): number;
}

/** `progress` is the share of the history gone by (0–1), `years` its age in years. */
export function demandOn(articles: readonly Article[], localMidnight: number, progress: number, years: number, promotions: readonly Promotion[]): DayDemand {
  const running = promotions.filter((promotion) => localMidnight >= promotion.from && localMidnight <= promotion.until);
  const black = isBlackWeek(localMidnight);
  const seasons = new Map<ProductType, { season: number; promotion: Promotion | undefined }>();
  const ofType = (type: ProductType) => {
    let known = seasons.get(type);
    if (!known) seasons.set(type, known = { season: seasonOf(type, localMidnight), promotion: running.find((promotion) => promotion.type === type) });
    return known;
  };
  const totals = new Float64Array(articles.length);
  let sum = 0;
  let base = 0;
  articles.forEach((article, index) => {
    base += article.appeal;
    if (progress >= article.from && progress <= article.until) {
      const { season, promotion } = ofType(article.type);
      sum += article.appeal * (article.tracked ? season : 1) * Math.max(0.1, 1 + article.trend * years) * (promotion?.lift ?? 1) * (black ? 2.2 : 1);
    }
    totals[index] = sum;
  });
  return {
    totals, level: base === 0 ? 0 : sum / base,
    priceOf(article) {
      const cut = !article.tracked ? 1 : Math.min(black ? 0.8 : 1, ofType(article.type).promotion?.price ?? 1);
      return Math.round(article.price * cut);
    },
  };
}
