/** Splitting work in two at its location, and merging works of one order and location again. Stock does not move. */
import type { FulfillmentOrderRecord, Shop } from '../state.ts';
import { act, refuse, type UserError } from './action.ts';
import { endWhenEmpty, isOpen, makeWork } from './fulfilment-orders.ts';
import { orderUnits, unitsOf, without, type WorkUnits } from './fulfilment-order-moves.ts';
import { mergedPayload, splitPayload } from './fulfilment-order-payloads.ts';

export interface Split { work: FulfillmentOrderRecord; remaining: FulfillmentOrderRecord; replacement: FulfillmentOrderRecord | null }
export interface SplitOutcome { splits: Split[] | null; userErrors: UserError[] }
export interface MergeOutcome { merged: FulfillmentOrderRecord[] | null; userErrors: UserError[] }

const CODES = { zero: 'GREATER_THAN', quantity: 'INVALID_LINE_ITEM_QUANTITY' };

/**
 * fulfillmentOrderSplit: the named units leave for new work. Work that already shipped something cannot be split as it is: it closes with what it
 * shipped, and what would have stayed goes on as its replacement.
 */
export function splitFulfillmentOrders(shop: Shop, inputs: readonly { workId: string; lines: readonly WorkUnits[] }[], at?: string): SplitOutcome {
  return act<SplitOutcome>(shop, `fulfillment_order/${inputs[0]?.workId ?? 'none'}`, at, (action) => {
    const splits = inputs.map(({ workId, lines }, index): Split => {
      const field = ['fulfillmentOrderSplits', String(index)];
      const work = shop.tables.fulfillmentOrders.get(workId);
      if (!work) return refuse([...field, 'fulfillmentOrderId'], 'The fulfillment order could not be found.', 'FULFILLMENT_ORDER_NOT_FOUND');
      if (lines.length === 0) return refuse([...field, 'fulfillmentOrderLineItems'], 'The fulfillment order must have at least one line item input to split.', 'NO_LINE_ITEMS_PROVIDED_TO_SPLIT');
      if (work.status !== 'OPEN' && work.status !== 'IN_PROGRESS') return refuse([...field, 'fulfillmentOrderId'], `A fulfillment order with status ${work.status.toLowerCase()} cannot be split.`);
      const units = unitsOf(work, lines, [...field, 'fulfillmentOrderLineItems'], CODES);
      const left = without(work, units);
      if (left.lines.every((line) => line.remainingQuantity === 0)) return refuse([...field, 'fulfillmentOrderLineItems'], 'At least one unit must remain.', CODES.quantity);
      const remaining = makeWork(action, work.orderId, work.assignedLocationId, orderUnits(work, units));
      const shipped = work.lines.some((line) => line.remainingQuantity < line.totalQuantity);
      const stay = left.lines.filter((line) => line.remainingQuantity > 0).map((line) => ({ id: line.id, quantity: line.remainingQuantity }));
      const replacement = shipped ? makeWork(action, work.orderId, work.assignedLocationId, orderUnits(left, stay)) : null;
      const original = endWhenEmpty(action, shipped ? without(left, stay) : left);
      shop.emit('fulfillment_orders/split', splitPayload(original, remaining, replacement, units));
      return { work: original, remaining, replacement };
    });
    return { splits, userErrors: [] };
  }, (userErrors) => ({ splits: null, userErrors }));
}

/** fulfillmentOrderMerge: units of the other works join the first, as Shopify's sample body shows; works left empty close. */
export function mergeFulfillmentOrders(shop: Shop, inputs: readonly { intents: readonly { workId: string; lines?: readonly WorkUnits[] | null }[] }[], at?: string): MergeOutcome {
  return act<MergeOutcome>(shop, `fulfillment_order/${inputs[0]?.intents[0]?.workId ?? 'none'}`, at, (action) => {
    const merged = inputs.map(({ intents }, index) => {
      const field = ['fulfillmentOrderMergeInputs', String(index), 'mergeIntents'];
      const parts = intents.map(({ workId, lines }, which) => {
        const work = shop.tables.fulfillmentOrders.get(workId);
        if (!work) return refuse([...field, String(which), 'fulfillmentOrderId'], 'The fulfillment order could not be found.', 'FULFILLMENT_ORDER_NOT_FOUND');
        if (!isOpen(work) || work.status === 'ON_HOLD' || work.progressReported) return refuse([...field, String(which), 'fulfillmentOrderId'], `A fulfillment order with status ${work.status.toLowerCase()} cannot be merged.`);
        return { work, units: unitsOf(work, lines, [...field, String(which), 'fulfillmentOrderLineItems'], CODES) };
      });
      const first = parts[0]?.work;
      if (!first || new Set(parts.map(({ work }) => work.id)).size < 2) return refuse(field, 'At least two fulfillment orders are required.');
      if (parts.some(({ work }) => work.orderId !== first.orderId || work.assignedLocationId !== first.assignedLocationId)) return refuse(field, 'The fulfillment orders must belong to one order and one location.');
      let lines = first.lines;
      for (const { work, units } of parts.slice(1)) {
        for (const { lineItemId, quantity } of orderUnits(work, units)) {
          lines = lines.some((line) => line.lineItemId === lineItemId)
            ? lines.map((line) => line.lineItemId === lineItemId ? { ...line, totalQuantity: line.totalQuantity + quantity, remainingQuantity: line.remainingQuantity + quantity } : line)
            : [...lines, { id: shop.nextId('FulfillmentOrderLineItem'), lineItemId, totalQuantity: quantity, remainingQuantity: quantity }];
        }
        endWhenEmpty(action, without(work, units));
      }
      const whole: FulfillmentOrderRecord = { ...first, lines, updatedAt: action.at };
      shop.put('fulfillmentOrders', whole);
      shop.emit('fulfillment_orders/merged', mergedPayload(whole, parts.map(({ work, units }) => ({ workId: work.id, lines: units }))));
      return whole;
    });
    return { merged, userErrors: [] };
  }, (userErrors) => ({ merged: null, userErrors }));
}
