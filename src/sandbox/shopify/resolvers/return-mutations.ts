/** Returns through the Admin API. The engine decides; this face translates ids and refuses what no record could hold. */
import { disposeReturned, processReturn, type DisposeInput } from '../engine/return-processing.ts';
import {
  approveReturn, cancelReturn, closeReturn, createReturn, declineReturn, removeFromReturn, reopenReturn, requestReturn, type ReturnInput, type ReturnOutcome,
} from '../engine/returns.ts';
import { idOf } from '../gid.ts';
import { fieldsOf, notSimulated, type Args } from './fields.ts';

const payload = ({ return: each, userErrors }: ReturnOutcome) => ({ return: each, userErrors });

/** Money a return could carry besides its units is not kept, so it must not be taken in silence. */
function refuseForeign(mutation: string, input: Args, names: readonly string[]): void {
  const foreign = names.find((name) => input[name] != null && !(Array.isArray(input[name]) && input[name].length === 0));
  if (foreign !== undefined) throw notSimulated(`${mutation} with ${foreign}`);
}

function linesOf(mutation: string, lines: Args[]): ReturnInput['lines'] {
  return lines.map((line) => {
    refuseForeign(mutation, line, ['restockingFee', 'returnReasonDefinitionId']);
    return {
      fulfillmentLineItemId: idOf(line['fulfillmentLineItemId'], 'FulfillmentLineItem'), quantity: line['quantity'], reason: line['returnReason'] ?? null,
      reasonNote: line['returnReasonNote'] ?? null, customerNote: line['customerNote'] ?? null,
    };
  });
}

const disposition = (input: Args): DisposeInput => ({
  reverseLineId: idOf(input['reverseFulfillmentOrderLineItemId'], 'ReverseFulfillmentOrderLineItem'), quantity: input['quantity'], type: input['dispositionType'],
  locationId: input['locationId'] == null ? null : idOf(input['locationId'], 'Location'),
});

export const returnMutations = fieldsOf<undefined>({
  returnCreate: (_root, { returnInput }, { shop }) => {
    refuseForeign('returnCreate', returnInput, ['returnShippingFee']);
    return payload(createReturn(shop, {
      orderId: idOf(returnInput['orderId'], 'Order'), notifyCustomer: returnInput['notifyCustomer'] ?? false, lines: linesOf('returnCreate', returnInput['returnLineItems']),
      exchanges: ((returnInput['exchangeLineItems'] ?? []) as Args[]).map((line) => {
        refuseForeign('returnCreate exchangeLineItems', line, ['appliedDiscount', 'giftCardCodes']);
        if (line['variantId'] == null) throw notSimulated('exchange lines without variantId');
        return { variantId: idOf(line['variantId'], 'ProductVariant'), quantity: line['quantity'] };
      }),
    }));
  },
  returnRequest: (_root, { input }, { shop }) => {
    refuseForeign('returnRequest', input, ['returnShippingFee']);
    return payload(requestReturn(shop, { orderId: idOf(input['orderId'], 'Order'), lines: linesOf('returnRequest', input['returnLineItems']) }));
  },
  returnApproveRequest: (_root, { input }, { shop }) => payload(approveReturn(shop, { id: idOf(input['id'], 'Return'), notifyCustomer: input['notifyCustomer'] ?? false })),
  returnDeclineRequest: (_root, { input }, { shop }) => payload(declineReturn(shop, {
    id: idOf(input['id'], 'Return'), reason: input['declineReason'], note: input['declineNote'] ?? null, notifyCustomer: input['notifyCustomer'] ?? false,
  })),
  returnCancel: (_root, args, { shop }) => payload(cancelReturn(shop, { id: idOf(args['id'], 'Return'), notifyCustomer: args['notifyCustomer'] ?? false })),
  returnClose: (_root, args, { shop }) => payload(closeReturn(shop, { id: idOf(args['id'], 'Return') })),
  returnReopen: (_root, args, { shop }) => payload(reopenReturn(shop, { id: idOf(args['id'], 'Return') })),
  removeFromReturn: (_root, args, { shop }) => payload(removeFromReturn(shop, {
    id: idOf(args['returnId'], 'Return'),
    lines: ((args['returnLineItems'] ?? []) as Args[]).map((line) => ({ id: idOf(line['returnLineItemId'], 'ReturnLineItem'), quantity: line['quantity'] })),
    exchanges: ((args['exchangeLineItems'] ?? []) as Args[]).map((line) => ({ id: idOf(line['exchangeLineItemId'], 'ExchangeLineItem'), quantity: line['quantity'] })),
  })),
  returnProcess: (_root, { input }, { shop }) => {
    refuseForeign('returnProcess', input, ['refundShipping', 'refundDuties', 'tipLineId']);
    return payload(processReturn(shop, {
      id: idOf(input['returnId'], 'Return'), note: input['note'] ?? null, notifyCustomer: input['notifyCustomer'] ?? false, refund: input['financialTransfer']?.['issueRefund'] != null,
      lines: ((input['returnLineItems'] ?? []) as Args[]).map((line) => ({
        id: idOf(line['id'], 'ReturnLineItem'), quantity: line['quantity'], dispositions: ((line['dispositions'] ?? []) as Args[]).map(disposition),
      })),
      exchanges: ((input['exchangeLineItems'] ?? []) as Args[]).map((line) => ({ id: idOf(line['id'], 'ExchangeLineItem'), quantity: line['quantity'] })),
    }));
  },
  reverseFulfillmentOrderDispose: (_root, args, { shop }) => {
    const { lines, userErrors } = disposeReturned(shop, (args['dispositionInputs'] as Args[]).map(disposition));
    return {
      reverseFulfillmentOrderLineItems: lines?.map(({ return: each, lineId }) => ({ each, line: each.reverse!.lines.find((line) => line.id === lineId)! })) ?? null, userErrors,
    };
  },
});
