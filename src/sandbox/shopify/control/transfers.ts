/** Controls of transfers: what the merchant's staff move between locations in the admin. */
import { createShipmentInTransit, receiveShipment } from '../engine/shipments.ts';
import { lineFigures, shipmentsOf, underWay } from '../engine/transfer-figures.ts';
import { cancelTransfer, createReadyTransfer, createTransfer } from '../engine/transfers.ts';
import { HttpRefusal } from '../http-message.ts';
import type { Shop, TransferRecord } from '../state.ts';
import { choiceField, flagField, listField, numberField, onlyFields, type Fields } from './fields.ts';
import { accepted, namesMeant, optionalLocationId, variantBy } from './lookup.ts';
import { COUNT } from './orders.ts';
import type { Routes } from './routes.ts';

function transferBy(shop: Shop, id: string): TransferRecord {
  const transfer = shop.tables.transfers.get(id) ?? shop.tables.transfers.values().find((candidate) => namesMeant(id).includes(candidate.name));
  if (transfer === undefined) throw new HttpRefusal(404, 'transfers/<id>: unknown transfer');
  return transfer;
}

const itemsOf = (shop: Shop, body: Fields) => listField(body, 'lines', (line) => ({ inventoryItemId: variantBy(shop, line).inventoryItemId, quantity: numberField(line, 'quantity', COUNT) }));
const withShipments = (shop: Shop, id: string) => ({ transfer: shop.tables.transfers.get(id), shipments: shipmentsOf(shop, id) });

export const transferRoutes: Routes = {
  'GET transfers/:id': ({ shop }, _body, id) => withShipments(shop, transferBy(shop, id).id),
  'POST transfers': ({ shop }, body) => {
    onlyFields(body, ['origin', 'originId', 'destination', 'destinationId', 'lines', 'ready']);
    const input = { originId: optionalLocationId(shop, body, 'origin') ?? null, destinationId: optionalLocationId(shop, body, 'destination') ?? null, items: itemsOf(shop, body) };
    return accepted(flagField(body, 'ready', true) ? createReadyTransfer(shop, input) : createTransfer(shop, input)).transfer;
  },
  'POST transfers/:id/cancel': ({ shop }, _body, id) => accepted(cancelTransfer(shop, transferBy(shop, id).id)).transfer,
  // Sends the lines given, or all that is not shipped yet.
  'POST transfers/:id/ship': ({ shop }, body, id) => {
    onlyFields(body, ['lines']);
    const transfer = transferBy(shop, id);
    const rest = transfer.lines.map((line) => ({ inventoryItemId: line.inventoryItemId, quantity: lineFigures(shop, transfer, line.inventoryItemId).processable })).filter(({ quantity }) => quantity > 0);
    accepted(createShipmentInTransit(shop, { transferId: transfer.id, items: body['lines'] === undefined ? rest : itemsOf(shop, body) }));
    return withShipments(shop, transfer.id);
  },
  // Receives everything under way: accepted, or rejected.
  'POST transfers/:id/receive': ({ shop }, body, id) => {
    onlyFields(body, ['reason']);
    const transfer = transferBy(shop, id);
    const waiting = shipmentsOf(shop, transfer.id).filter(underWay);
    if (waiting.length === 0) throw new HttpRefusal(409, `transfers/<id>: nothing of ${transfer.name} is under way`);
    for (const shipment of waiting) accepted(receiveShipment(shop, { id: shipment.id, rest: choiceField(body, 'reason', ['ACCEPTED', 'REJECTED'] as const, 'ACCEPTED') }));
    return withShipments(shop, transfer.id);
  },
};
