/** Prices planned ahead: the row of a file, and what a plan makes of the price a forecast reads. */
import { addDays, type Day } from '../calendar.ts';
import { isDay, readDay } from '../purchasing/import-days.ts';
import { readDecimal } from '../purchasing/import-numbers.ts';
import { OPEN_FILE, type FileSigns } from '../purchasing/import-signs.ts';

export const PLANNED_PRICE_COLUMNS = ['Name', 'From', 'To', 'Percent off', 'SKUs', 'Vendor', 'Product type'] as const;
/** Which of them are numbers and which days. */
export const PLANNED_PRICE_CELLS = { numbers: ['Percent off'], days: ['From', 'To'] } as const;
export type PlannedPriceColumn = (typeof PLANNED_PRICE_COLUMNS)[number];

export interface PlannedPriceRow { name: string; from: Day; to: Day; percentOff: number; skus: string[]; vendor: string | null; productType: string | null }

/** Longer than this is a new price, which is set in Shopify and not planned here. */
export const LONGEST_PLAN_DAYS = 120;

/** One row of a file, by its cells and how the file writes numbers and days: what is wrong with it, or the plan. SKUs are separated by semicolons; no SKUs, vendor or product type is everything. */
export function plannedPriceRow(cell: (column: PlannedPriceColumn) => string, signs: FileSigns = OPEN_FILE): PlannedPriceRow | { column: PlannedPriceColumn; message: string } {
  const plain = (column: PlannedPriceColumn): string => cell(column).trim().replace(/^'(?=[=+\-@|%])/, '');
  const name = plain('Name'), from = readDay(plain('From'), signs.days), to = plain('To') === '' ? from : readDay(plain('To'), signs.days), off = readDecimal(plain('Percent off'), signs.numbers);
  if (name === '' || name.length > 120) return { column: 'Name', message: name === '' ? 'is empty' : 'has more than 120 letters' };
  for (const [column, day] of [['From', from], ['To', to]] as const) {
    if (!isDay(day)) return { column, message: day };
  }
  if (to < from) return { column: 'To', message: `${to} is before ${from}` };
  if (addDays(from, LONGEST_PLAN_DAYS) <= to) return { column: 'To', message: `a planned price lasts at most ${LONGEST_PLAN_DAYS} days` };
  if (typeof off === 'string') return { column: 'Percent off', message: off };
  if (off === null || off <= 0 || off >= 100) return { column: 'Percent off', message: `expected a number above 0 and below 100, not ${plain('Percent off') || 'nothing'}` };
  const skus = [...new Set(plain('SKUs').split(';').map((sku) => sku.trim()).filter(Boolean))], vendor = plain('Vendor') || null, productType = plain('Product type') || null;
  if (skus.length > 0 && (vendor !== null || productType !== null)) return { column: 'SKUs', message: 'name SKUs, or a vendor or product type, not both' };
  return { name, from, to, percentOff: off, skus, vendor, productType };
}

/** A plan for one item, in day numbers. */
export interface PricePlan { from: number; to: number; percentOff: number }

/**
 * Lowers the prices of days ahead by the plans that cover them, in place: the deepest where several do. `price` begins at day number `first`; days up to
 * `known` have happened and keep what they were sold at.
 */
export function lowerPlanned(price: Float64Array, first: number, known: number, plans: readonly PricePlan[]): void {
  for (let t = Math.max(0, known + 1 - first); t < price.length; t++) {
    let deepest = 0;
    for (const plan of plans) if (first + t >= plan.from && first + t <= plan.to && plan.percentOff > deepest) deepest = plan.percentOff;
    if (deepest > 0) price[t] = price[t]! * (1 - deepest / 100);
  }
}
