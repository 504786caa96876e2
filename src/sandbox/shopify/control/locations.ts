/** Controls of locations: what the merchant does to them in the admin. `:id` is an id or a name. */
import { activateLocation, addLocation, deactivateLocation, deleteLocation } from '../engine/locations.ts';
import type { Shop } from '../state.ts';
import { flagField, onlyFields, textField } from './fields.ts';
import { accepted, locationIdBy, namesMeant, optionalLocationId } from './lookup.ts';
import type { Routes } from './routes.ts';

const idOf = (shop: Shop, id: string): string => shop.tables.locations.has(id) ? id : locationIdBy(shop, { location: namesMeant(id)[0] });

export const locationRoutes: Routes = {
  'GET locations': ({ shop }) => [...shop.tables.locations.values()],
  'POST locations': ({ shop }, body) => {
    onlyFields(body, ['name', 'countryCode', 'fulfillsOnlineOrders']);
    return accepted(addLocation(shop, { name: textField(body, 'name'), countryCode: textField(body, 'countryCode'), fulfillsOnlineOrders: flagField(body, 'fulfillsOnlineOrders', true) })).location;
  },
  'POST locations/:id/deactivate': ({ shop }, body, id) => {
    onlyFields(body, ['destination', 'destinationId']);
    return accepted(deactivateLocation(shop, { id: idOf(shop, id), destinationId: optionalLocationId(shop, body, 'destination') ?? null })).location;
  },
  'POST locations/:id/activate': ({ shop }, _body, id) => accepted(activateLocation(shop, idOf(shop, id))).location,
  'POST locations/:id/delete': ({ shop }, _body, id) => accepted(deleteLocation(shop, idOf(shop, id))).location,
};
