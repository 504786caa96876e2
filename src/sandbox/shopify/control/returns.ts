/** Controls of returns: what a shopper asks for, and what the merchant's staff decide at the bench. */
import { disposeReturned, processReturn } from '../engine/return-processing.ts';
import { approveReturn, cancelReturn, closeReturn, createReturn, declineReturn, reopenReturn, requestReturn } from '../engine/returns.ts';
import { returnableUnits, undecided } from '../engine/return-figures.ts';
import { HttpRefusal } from '../http-message.ts';
import type { OrderRecord, ReturnRecord, Shop } from '../state.ts';
import { choiceField, flagField, listField, numberField, onlyFields, optionalText, type Fields } from './fields.ts';
import { accepted, lineIdBy, namesMeant, optionalLocationId, orderBy, variantBy } from './lookup.ts';
import { COUNT } from './orders.ts';
import type { Routes } from './routes.ts';

const DISPOSITIONS = ['RESTOCKED', 'NOT_RESTOCKED', 'PROCESSING_REQUIRED', 'MISSING'] as const;
const DECLINE_REASONS = ['FINAL_SALE', 'OTHER', 'RETURN_PERIOD_ENDED'] as const;

/** Units of an order line, taken from its parcels in the order they left. */
function shippedUnits(shop: Shop, order: OrderRecord, fields: Fields): { fulfillmentLineItemId: string; quantity: number; reason: string | null }[] {
  const lineItemId = lineIdBy(order, fields);
  let left = numberField(fields, 'quantity', COUNT);
  const found = returnableUnits(shop, order).flatMap(({ line, quantity }) => {
    const taken = line.lineItemId === lineItemId ? Math.min(left, quantity) : 0;
    left -= taken;
    return taken === 0 ? [] : [{ fulfillmentLineItemId: line.id, quantity: taken, reason: optionalText(fields, 'reason') ?? null }];
  });
  if (left > 0) throw new HttpRefusal(409, `quantity: ${left} too many to return`);
  return found;
}

function returnBy(shop: Shop, id: string): ReturnRecord {
  const each = shop.tables.returns.get(id) ?? shop.tables.returns.values().find((candidate) => namesMeant(id).includes(candidate.name));
  if (each === undefined) throw new HttpRefusal(404, 'returns/<id>: unknown return');
  return each;
}

/** Lines of a return a request names by SKU or line id, spread over the reverse lines that still wait. */
function reverseLines(shop: Shop, each: ReturnRecord, fields: Fields): { returnLineId: string; reverseLineId: string; quantity: number }[] {
  const order = shop.tables.orders.get(each.orderId)!;
  const lineItemId = lineIdBy(order, fields);
  let left = numberField(fields, 'quantity', COUNT);
  const found = (each.reverse?.lines ?? []).flatMap((line) => {
    const mine = each.lines.find((candidate) => candidate.id === line.returnLineId)?.lineItemId === lineItemId;
    const taken = mine ? Math.min(left, undecided(line)) : 0;
    left -= taken;
    return taken === 0 ? [] : [{ returnLineId: line.returnLineId, reverseLineId: line.id, quantity: taken }];
  });
  if (left > 0) throw new HttpRefusal(409, `quantity: ${left} more than the return still awaits`);
  return found;
}

export const returnRoutes: Routes = {
  'POST orders/:id/return': ({ shop }, body, id) => {
    onlyFields(body, ['lines', 'exchange', 'request']);
    const order = orderBy(shop, id);
    const lines = listField(body, 'lines', (line) => shippedUnits(shop, order, line)).flat();
    const exchanges = body['exchange'] === undefined ? [] : listField(body, 'exchange', (line) => ({ variantId: variantBy(shop, line).id, quantity: numberField(line, 'quantity', COUNT) }));
    return accepted(flagField(body, 'request', false) ? requestReturn(shop, { orderId: order.id, lines }) : createReturn(shop, { orderId: order.id, lines, exchanges })).return;
  },
  'GET returns/:id': ({ shop }, _body, id) => returnBy(shop, id),
  'POST returns/:id/approve': ({ shop }, _body, id) => accepted(approveReturn(shop, { id: returnBy(shop, id).id })).return,
  'POST returns/:id/decline': ({ shop }, body, id) => accepted(declineReturn(shop, { id: returnBy(shop, id).id, reason: choiceField(body, 'reason', DECLINE_REASONS, 'OTHER'), note: optionalText(body, 'note') ?? null })).return,
  'POST returns/:id/cancel': ({ shop }, _body, id) => accepted(cancelReturn(shop, { id: returnBy(shop, id).id })).return,
  'POST returns/:id/close': ({ shop }, _body, id) => accepted(closeReturn(shop, { id: returnBy(shop, id).id })).return,
  'POST returns/:id/reopen': ({ shop }, _body, id) => accepted(reopenReturn(shop, { id: returnBy(shop, id).id })).return,
  'POST returns/:id/dispose': ({ shop }, body, id) => {
    onlyFields(body, ['lines']);
    const each = returnBy(shop, id);
    const inputs = listField(body, 'lines', (line) => reverseLines(shop, each, line).map(({ reverseLineId, quantity }) => ({
      reverseLineId, quantity, type: choiceField(line, 'type', DISPOSITIONS), locationId: optionalLocationId(shop, line) ?? null,
    }))).flat();
    accepted(disposeReturned(shop, inputs));
    return shop.tables.returns.get(each.id);
  },
  // Everything that still waits of lines and exchanges is processed; `type` decides on the goods, `refund` pays out.
  'POST returns/:id/process': ({ shop }, body, id) => {
    onlyFields(body, ['type', 'location', 'locationId', 'refund']);
    const each = returnBy(shop, id);
    const type = body['type'] === undefined ? null : choiceField(body, 'type', DISPOSITIONS);
    const locationId = optionalLocationId(shop, body) ?? null;
    return accepted(processReturn(shop, {
      id: each.id, refund: flagField(body, 'refund', false),
      lines: each.lines.filter((line) => line.processedQuantity < line.quantity).map((line) => ({
        id: line.id, quantity: line.quantity - line.processedQuantity,
        dispositions: type === null ? [] : (each.reverse?.lines ?? []).filter((reverse) => reverse.returnLineId === line.id && undecided(reverse) > 0)
          .map((reverse) => ({ reverseLineId: reverse.id, quantity: undecided(reverse), type, locationId })),
      })),
      exchanges: each.exchanges.filter((line) => line.processedQuantity < line.quantity).map((line) => ({ id: line.id, quantity: line.quantity - line.processedQuantity })),
    })).return;
  },
};
