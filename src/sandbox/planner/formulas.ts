/**
 * How the planner arrives at its numbers, from its help pages: velocity over in-stock days or the same months of the year before, a planning period of lead
 * time + days of stock, a fixed minimum.
 * Written for the simulator alone; Instep's own computation of the same is elsewhere and shares no line with this one.
 */

export interface ForecastSettings {
  /** Days of sales looked at, today left out. */
  days: number;
  /** Whether the window reaches further back until it holds `days` days in stock. */
  stretches: boolean;
  /** Whether stock runs no lower than zero within the lead time: what could not be sold then is not bought again. */
  floorsInLeadTime: boolean;
  /** A replenishment is shown in whole units, or as it was computed. */
  rounds: 'nearest' | 'no';
  /** `seasonal` for variants with a year of sales behind them; younger ones go by their velocity. */
  method: 'velocity' | 'seasonal';
}
export const USUAL: ForecastSettings = { method: 'velocity', days: 30, stretches: false, floorsInLeadTime: false, rounds: 'nearest' };

export interface Terms { leadTime: number; reviewPeriod: number; minimumStock: number; maxStock: number | null; moq: number; uom: number }

/** Units a day. `sold` and `inStock` are per day, oldest first, the last being yesterday. */
export function velocity(sold: readonly number[], inStock: readonly boolean[], { days, stretches }: ForecastSettings): number {
  const firstSale = sold.findIndex((units) => units > 0);
  if (firstSale < 0) return 0;
  let units = 0, stockDays = 0;
  for (let n = sold.length - 1, seen = 0; n >= firstSale; n--, seen++) {
    if (stretches ? stockDays === days : seen === days) break;
    units += sold[n]!;
    if (inStock[n]) stockDays++;
  }
  return stockDays === 0 ? 0 : units / stockDays;
}

/**
 * Units a day over the next `ahead` days by the seasonal method: each day sells as a day in stock of its month did the year before, times the trend, which is the
 * last 365 days against the 365 before those (one without a sale in them). Null with less than a year since the first sale. `sold` ends the day before `today`.
 */
export function seasonalVelocity(sold: readonly number[], inStock: readonly boolean[], today: Date, ahead: number): number | null {
  const firstSale = sold.findIndex((units) => units > 0), length = sold.length;
  if (firstSale < 0 || length - firstSale < 365 || ahead <= 0) return null;
  const sum = (some: readonly number[]): number => some.reduce((total, units) => total + units, 0);
  const lastYear = sum(sold.slice(-365)), before = length - firstSale < 730 ? 0 : sum(sold.slice(length - 730, length - 365)), trend = before > 0 ? lastYear / before : 1;
  const perMonth = new Map<string, { units: number; days: number }>();
  for (let n = firstSale; n < length; n++) {
    const date = new Date(today), month = (date.setUTCDate(date.getUTCDate() - (length - n)), date.toISOString().slice(0, 7)), known = perMonth.get(month) ?? { units: 0, days: 0 };
    perMonth.set(month, { units: known.units + sold[n]!, days: known.days + (inStock[n] ? 1 : 0) });
  }
  let expected = 0;
  for (let n = 0; n < ahead; n++) {
    const date = new Date(today);
    date.setUTCDate(date.getUTCDate() + n);
    const source = perMonth.get(`${date.getUTCFullYear() - 1}-${String(date.getUTCMonth() + 1).padStart(2, '0')}`);
    if (source && source.days > 0) expected += source.units / source.days;
  }
  return (expected / ahead) * trend;
}

/** What to order so that the planning period is covered; never rounded to packs here. */
export function replenishment(perDay: number, terms: Terms, position: number, settings: ForecastSettings): number {
  const { leadTime, reviewPeriod, minimumStock } = terms;
  const atArrival = settings.floorsInLeadTime ? Math.max(0, position - perDay * leadTime) : position - perDay * leadTime;
  const wanted = Math.max(0, perDay * reviewPeriod + minimumStock - atArrival);
  return settings.rounds === 'nearest' ? Math.round(Number(wanted.toFixed(6))) : wanted;
}

/** The recommendation as it would stand on an order: the minimum, then full units of measure. */
export function toOrder(wanted: number, { moq, uom }: Terms): number {
  return wanted <= 0 ? 0 : Math.ceil(Math.max(moq, wanted) / uom) * uom;
}

/** A line as the planner writes it, with what it changed and why. */
export function orderLine(wanted: number, terms: Terms, atArrival: number): { quantity: number; notices: string[] } {
  const notices: string[] = [];
  let quantity = toOrder(wanted, terms);
  if (quantity !== wanted && wanted > 0) notices.push(`adjusted from ${wanted} to ${quantity} to satisfy MOQ ${terms.moq} and UOM ${terms.uom}`);
  if (terms.maxStock !== null && quantity > Math.max(0, terms.maxStock - atArrival)) {
    quantity = Math.max(0, terms.maxStock - Math.floor(atArrival));
    notices.push(`reduced to ${quantity} to stay within the maximum stock of ${terms.maxStock}`);
  }
  return { quantity, notices };
}
