/**
 * What a late order leaves empty. Nobody has said when it comes: one that is late by n days is taken to be n days away (of what lasts for no known reason, half is
 * over), yet no further than a new order of the supplier would be. If by then more is wanted than there is, a stockout follows.
 */
import { daysBetween, type Day } from '../calendar.ts';
import { dayExceeded, type DemandForecast } from '../replenishment/order-up-to.ts';
import { inventoryPosition, type StockPosition } from '../replenishment/position.ts';
import { LIKELY, type Arrival } from '../replenishment/recommend.ts';

/** Days until a late order may be expected, at least one. */
export function comesIn(expectedOn: Day, today: Day, leadTimeDays: number): number {
  return Math.max(1, Math.min(daysBetween(expectedOn, today), leadTimeDays));
}

export interface AwaitedLine {
  today: Day;
  /** Of what is wanted at the place, and at those it buys for; its first day is today. */
  forecast: DemandForecast;
  stock: StockPosition;
  /** What the places it buys for have. */
  elsewhere: number;
  /** Orders on their way by their day, late ones too. */
  arrivals: readonly Arrival[];
  /** An order is late from so many days after its day. */
  toleranceDays: number;
  /** Days until the late ones may be expected. */
  comesIn: number;
}

/** The first day, from today, on which it is more likely than not gone, if that is before the late order comes; else null. */
export function runsOut({ today, forecast, stock, elsewhere, arrivals, toleranceDays, comesIn: soonest }: AwaitedLine): number | null {
  let left = Math.max(0, stock.incoming);
  const dated = arrivals.map(({ day, units }) => {
    const offset = daysBetween(today, day), counted = Math.min(left, units);
    left -= counted;
    return { offset: offset < -toleranceDays ? soonest : Math.max(0, offset), units: counted };
  }).sort((a, b) => a.offset - b.offset);
  const day = dayExceeded(forecast, LIKELY, inventoryPosition(stock) + elsewhere, dated);
  return day !== null && day < soonest ? day : null;
}
