/** A first reading of the history: what is sold, from when, and how much leaves the shelf each week. It plans stock; nothing is kept of the rows. */
import { documentsOf, kindOf, sellsAnything } from './classify.ts';
import { readSaleRows, type BadRow, type SaleRow } from './sale-rows.ts';

export interface Article {
  sku: string; title: string; price: number;
  /** Index of the first week it appears in. */
  firstWeek: number;
  /** Units leaving the shelf by week: sales, gifts and losses; credits and finds are not counted against it. */
  outflow: Map<number, number>;
}
export interface Survey {
  rows: number;
  /** Local midnights (as if UTC): the Monday of week 0 and the last day of the file. */
  firstMonday: number; lastDay: number;
  articles: Map<string, Article>;
}

const DAY = 86_400_000;
export const WEEK = 7 * DAY;
export const isSaleRow = (row: SaleRow | BadRow): row is SaleRow => !('reason' in row);

/** Monday of the week a wall-clock time lies in. */
export function mondayOf(time: number): number {
  const midnight = Math.floor(time / DAY) * DAY;
  return midnight - (new Date(midnight).getUTCDay() + 6) % 7 * DAY;
}

/**
 * @param wallClock turns a row into its wall-clock time in the shop's zone
 * @throws Error when the file cannot be read or holds no readable row
 */
export async function surveyHistory(file: string, wallClock: (row: SaleRow) => number): Promise<Survey> {
  let rows = 0;
  let firstMonday = Infinity;
  let lastDay = -Infinity;
  /** Weeks by their Monday until the first one is known: rows need not be in order. */
  const found = new Map<string, Article>();
  for await (const document of documentsOf(readSaleRows(file), isSaleRow)) {
    if ('bad' in document) { rows++; continue; }
    const sells = sellsAnything(document.rows);
    for (const row of document.rows) {
      rows++;
      const time = wallClock(row);
      const monday = mondayOf(time);
      firstMonday = Math.min(firstMonday, monday);
      lastDay = Math.max(lastDay, Math.floor(time / DAY) * DAY);
      const kind = kindOf(row, sells);
      let article = found.get(row.sku);
      if (!article) found.set(row.sku, article = { sku: row.sku, title: '', price: 0, firstWeek: monday, outflow: new Map() });
      article.firstWeek = Math.min(article.firstWeek, monday);
      // Descriptions of corrections speak of the correction; those of sales name the goods. The latest list price stays.
      if (kind === 'sale' || kind === 'charge') {
        if (article.title === '') article.title = row.description;
        article.price = row.price;
      }
      if (kind === 'sale' || kind === 'free' || kind === 'adjust down') article.outflow.set(monday, (article.outflow.get(monday) ?? 0) + Math.abs(row.quantity));
    }
  }
  if (found.size === 0) throw new Error(`${file}: no readable row`);
  for (const article of found.values()) {
    article.firstWeek = (article.firstWeek - firstMonday) / WEEK;
    article.outflow = new Map([...article.outflow].map(([monday, units]) => [(monday - firstMonday) / WEEK, units]));
    if (article.title === '') article.title = article.sku;
  }
  return { rows, firstMonday, lastDay, articles: found };
}
