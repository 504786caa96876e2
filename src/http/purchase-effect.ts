/** What an order does to the stock it is for: the day each line's item is more likely than not sold out there without the order, and again once its units are there. */
import { addDays, daysBetween } from '../domain/calendar.ts';
import { ON_ORDER, openUnits, type PurchaseOrder } from '../domain/purchasing/purchase-order.ts';
import { dayExceeded } from '../domain/replenishment/order-up-to.ts';
import { inventoryPosition } from '../domain/replenishment/position.ts';
import { datedArrivals, LIKELY } from '../domain/replenishment/recommend.ts';
import type { Db } from '../store/db.ts';
import { forecastsNamed } from '../store/forecasts.ts';
import { planInputs, planWorld } from '../store/plan-inputs.ts';
import { DEFAULTS } from '../store/planning.ts';
import type { StoreRow } from '../store/stores.ts';

/** `here`: the day its units come. Null of a day: not within the forecast, which ends on `until`. */
export interface OrderEffect { without: string | null; here: string; with: string | null; until: string }

/** More lines than this are not looked at: a page shows them as they are. */
const MOST_LINES = 500;

/** By item; items without a forecast at the order's place are left out, and so is every order that is over. */
export async function orderEffect(db: Db, store: StoreRow, order: PurchaseOrder, today: string): Promise<Map<number, OrderEffect>> {
  const sent = ON_ORDER.includes(order.state), lines = new Map(order.lines.filter((line) => (sent ? openUnits(line) : line.ordered) > 0).slice(0, MOST_LINES).map((line) => [line.itemId, line]));
  if (!(sent || ['draft', 'awaiting approval', 'approved'].includes(order.state)) || lines.size === 0) return new Map();
  const itemIds = [...lines.keys()], world = await planWorld(db, store, today, () => null, itemIds);
  const inputs = world.run === null ? [] : await planInputs(db, world, await forecastsNamed(db, store.store_id, world.run.run_id, itemIds.map((itemId) => ({ itemId, locationId: order.locationId }))));
  return new Map(inputs.flatMap((input): [number, OrderEffect][] => {
    const line = lines.get(input.itemId)!, units = sent ? openUnits(line) : line.ordered, said = line.expectedOn ?? order.expectedOn ?? (order.orderedOn === null ? null : addDays(order.orderedOn, world.suppliers.get(order.supplierId)?.lead_time_days ?? DEFAULTS.lead_time_days)), arrives = Math.max(0, daysBetween(today, said ?? addDays(today, input.policy.leadTimeDays)));
    const coming = input.arrivals ?? [], others = sent ? coming.flatMap((one) => (one.day === said && one.units >= units ? (one.units === units ? [] : [{ ...one, units: one.units - units }]) : [one])) : coming;
    const { stock, forecast } = input, own = inventoryPosition(stock) - (sent ? units : 0), dated = datedArrivals(others, today, stock.incoming - (sent ? units : 0)), day = (offset: number | null): string | null => (offset === null ? null : addDays(today, offset));
    if (forecast.cumulative.length < 2) return [];
    return [[input.itemId, { without: day(dayExceeded(forecast, LIKELY, own, dated)), here: addDays(today, arrives), with: day(dayExceeded(forecast, LIKELY, own + units, [...dated, { offset: arrives, units }].sort((a, b) => a.offset - b.offset), arrives)), until: addDays(today, forecast.mean.length - 1) }]];
  }));
}
