/** What may be done to fulfilment orders and parcels through the Admin API. The engine decides; this face translates ids and payload names. */
import { holdFulfillmentOrder, openFulfillmentOrder, releaseHolds, reportProgress } from '../engine/fulfilment-holds.ts';
import { moveFulfillmentOrder, type WorkUnits } from '../engine/fulfilment-order-moves.ts';
import { mergeFulfillmentOrders, splitFulfillmentOrders } from '../engine/fulfilment-order-splits.ts';
import { cancelFulfillment, createFulfillment, updateTracking } from '../engine/fulfilments.ts';
import { idOf } from '../gid.ts';
import { fieldsOf, type Args } from './fields.ts';

const workId = (value: string) => idOf(value, 'FulfillmentOrder');
const units = (lines: Args[] | null | undefined): WorkUnits[] | null => lines == null ? null : lines.map((line) => ({ id: idOf(line['id'], 'FulfillmentOrderLineItem'), quantity: line['quantity'] }));

export const fulfillmentMutations = fieldsOf<undefined>({
  fulfillmentCreate: (_root, { fulfillment }, { shop }) => createFulfillment(shop, {
    notifyCustomer: fulfillment['notifyCustomer'] ?? false,
    ...(fulfillment['trackingInfo'] == null ? {} : { trackingInfo: fulfillment['trackingInfo'] }),
    lineItemsByFulfillmentOrder: (fulfillment['lineItemsByFulfillmentOrder'] as Args[]).map((part) => {
      const lineItems = units(part['fulfillmentOrderLineItems']);
      return { fulfillmentOrderId: workId(part['fulfillmentOrderId']), ...(lineItems === null ? {} : { lineItems }) };
    }),
  }),
  fulfillmentCancel: (_root, args, { shop }) => cancelFulfillment(shop, idOf(args['id'], 'Fulfillment')),
  fulfillmentTrackingInfoUpdate: (_root, args, { shop }) => updateTracking(shop, {
    fulfillmentId: idOf(args['fulfillmentId'], 'Fulfillment'), trackingInfo: args['trackingInfoInput'], notifyCustomer: args['notifyCustomer'] ?? false,
  }),
  fulfillmentOrderMove: (_root, args, { shop }) => {
    const { moved, original, userErrors } = moveFulfillmentOrder(shop, { workId: workId(args['id']), locationId: idOf(args['newLocationId'], 'Location'), lines: units(args['fulfillmentOrderLineItems']) });
    return { movedFulfillmentOrder: moved, originalFulfillmentOrder: original, remainingFulfillmentOrder: original !== null && original.id !== moved?.id && original.status !== 'CLOSED' ? original : null, userErrors };
  },
  fulfillmentOrderSplit: (_root, args, { shop }) => {
    const { splits, userErrors } = splitFulfillmentOrders(shop, (args['fulfillmentOrderSplits'] as Args[]).map((split) => ({ workId: workId(split['fulfillmentOrderId']), lines: units(split['fulfillmentOrderLineItems']) ?? [] })));
    return { fulfillmentOrderSplits: splits?.map(({ work, remaining, replacement }) => ({ fulfillmentOrder: work, remainingFulfillmentOrder: remaining, replacementFulfillmentOrder: replacement })) ?? null, userErrors };
  },
  fulfillmentOrderMerge: (_root, args, { shop }) => {
    const { merged, userErrors } = mergeFulfillmentOrders(shop, (args['fulfillmentOrderMergeInputs'] as Args[]).map((input) => ({
      intents: (input['mergeIntents'] as Args[]).map((intent) => ({ workId: workId(intent['fulfillmentOrderId']), lines: units(intent['fulfillmentOrderLineItems']) })),
    })));
    return { fulfillmentOrderMerges: merged?.map((fulfillmentOrder) => ({ fulfillmentOrder })) ?? null, userErrors };
  },
  fulfillmentOrderHold: (_root, args, { shop }) => {
    const hold = args['fulfillmentHold'] as Args;
    const { work, hold: placed, remaining, userErrors } = holdFulfillmentOrder(shop, {
      workId: workId(args['id']), reason: hold['reason'], reasonNotes: hold['reasonNotes'], handle: hold['handle'], externalId: hold['externalId'], lines: units(hold['fulfillmentOrderLineItems']),
    });
    return { fulfillmentOrder: work, fulfillmentHold: placed, remainingFulfillmentOrder: remaining, userErrors };
  },
  fulfillmentOrderReleaseHold: (_root, args, { shop }) => {
    const holdIds = args['holdIds'] as string[] | null | undefined;
    const { work, userErrors } = releaseHolds(shop, { workId: workId(args['id']), holdIds: holdIds?.map((id) => idOf(id, 'FulfillmentHold')) ?? null, externalId: args['externalId'] });
    return { fulfillmentOrder: work, userErrors };
  },
  fulfillmentOrderReportProgress: (_root, args, { shop }) => {
    const { work, userErrors } = reportProgress(shop, { workId: workId(args['id']), notes: args['progressReport']?.['reasonNotes'] });
    return { fulfillmentOrder: work, userErrors };
  },
  fulfillmentOrderOpen: (_root, args, { shop }) => {
    const { work, userErrors } = openFulfillmentOrder(shop, { workId: workId(args['id']) });
    return { fulfillmentOrder: work, userErrors };
  },
});
