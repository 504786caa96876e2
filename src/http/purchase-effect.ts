/** What an order does to the stock it is for: the day each line's item is more likely than not sold out there, without the order and with it. */
import { addDays } from '../domain/calendar.ts';
import { ON_ORDER, openUnits, type PurchaseOrder } from '../domain/purchasing/purchase-order.ts';
import { planLine, type PlanLineInput } from '../domain/replenishment/plan-line.ts';
import type { Db } from '../store/db.ts';
import { forecastsNamed } from '../store/forecasts.ts';
import { planInputs, planWorld } from '../store/plan-inputs.ts';
import type { StoreRow } from '../store/stores.ts';

/** Null of a day: not within the forecast, which ends on `until`. */
export interface OrderEffect { without: string | null; with: string | null; until: string }

/** More lines than this are not looked at: a page shows them as they are. */
const MOST_LINES = 500;

/** By item; items without a forecast at the order's place are left out, and so is every order that is over. */
export async function orderEffect(db: Db, store: StoreRow, order: PurchaseOrder, today: string): Promise<Map<number, OrderEffect>> {
  const sent = ON_ORDER.includes(order.state), lines = new Map(order.lines.filter((line) => (sent ? openUnits(line) : line.ordered) > 0).slice(0, MOST_LINES).map((line) => [line.itemId, line]));
  if (!(sent || ['draft', 'awaiting approval', 'approved'].includes(order.state)) || lines.size === 0) return new Map();
  const itemIds = [...lines.keys()], world = await planWorld(db, store, today, () => null, itemIds);
  const inputs = world.run === null ? [] : await planInputs(db, world, await forecastsNamed(db, store.store_id, world.run.run_id, itemIds.map((itemId) => ({ itemId, locationId: order.locationId }))));
  return new Map(inputs.flatMap((input): [number, OrderEffect][] => {
    const line = lines.get(input.itemId)!, units = sent ? openUnits(line) : line.ordered, said = line.expectedOn ?? order.expectedOn, day = said ?? addDays(today, input.policy.leadTimeDays);
    const coming = input.arrivals ?? [], without = sent ? coming.flatMap((one) => (one.day === said && one.units >= units ? (one.units === units ? [] : [{ ...one, units: one.units - units }]) : [one])) : coming, { incoming } = input.stock;
    const out = (there: Pick<PlanLineInput, 'stock' | 'arrivals'>): string | null => { const made = planLine({ ...input, ...there }); return typeof made === 'string' ? null : made.stockoutDate.p50; };
    return [[input.itemId, {
      without: out({ stock: { ...input.stock, incoming: sent ? incoming - units : incoming }, arrivals: without }),
      with: out({ stock: { ...input.stock, incoming: sent ? incoming : incoming + units }, arrivals: sent ? coming : [...coming, { day, units }] }), until: addDays(today, input.forecast.mean.length - 1),
    }]];
  }));
}
