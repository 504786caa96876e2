/** The life of locations and of an item's place in them, through the Admin API. */
import { activateLocation, addLocation, deactivateLocation, deleteLocation, editLocation, type LocationOutcome } from '../engine/locations.ts';
import { deactivateLevel, toggleLevels } from '../engine/stocking.ts';
import type { KeyedOutcome } from '../graphql/idempotency.ts';
import { gid, idOf, levelKeyOf } from '../gid.ts';
import { fieldsOf, notSimulated, type Args, type Context } from './fields.ts';
import { keyed } from './inventory-mutations.ts';

interface Keyed extends KeyedOutcome { locationId?: string | null }
const outcome = ({ location, userErrors }: LocationOutcome): Keyed => ({ locationId: location?.id ?? null, userErrors });
// Read again: a repeated key answers from current records.
const current = (result: Keyed, { shop }: Context) => result.locationId == null ? null : shop.tables.locations.get(result.locationId) ?? null;

export const locationMutations = fieldsOf<undefined>({
  locationAdd: (_root, { input }, { shop }) => {
    if (Array.isArray(input['metafields']) && input['metafields'].length > 0) throw notSimulated('locationAdd with metafields');
    const address = input['address'] as Args;
    const text = (name: string) => (address[name] ?? null) as string | null;
    return addLocation(shop, {
      name: input['name'], countryCode: address['countryCode'], fulfillsOnlineOrders: input['fulfillsOnlineOrders'] ?? true,
      address: { address1: text('address1'), address2: text('address2'), city: text('city'), zip: text('zip'), phone: text('phone'), provinceCode: text('provinceCode') },
    });
  },
  locationEdit: (_root, args, { shop }) => {
    const input = args['input'] as Args;
    for (const name of ['address', 'metafields']) if (input[name] != null) throw notSimulated(`locationEdit with ${name}`);
    return editLocation(shop, {
      id: idOf(args['id'], 'Location'), ...(input['name'] == null ? {} : { name: input['name'] }), ...(input['fulfillsOnlineOrders'] == null ? {} : { fulfillsOnlineOrders: input['fulfillsOnlineOrders'] }),
    });
  },
  locationActivate: keyed('locationActivate', (args, { shop }): Keyed => outcome(activateLocation(shop, idOf(args['locationId'], 'Location'))),
    (result: Keyed, context) => ({ location: current(result, context), locationActivateUserErrors: result.userErrors })),
  locationDeactivate: keyed('locationDeactivate', (args, { shop }): Keyed => outcome(deactivateLocation(shop, {
    id: idOf(args['locationId'], 'Location'), destinationId: args['destinationLocationId'] == null ? null : idOf(args['destinationLocationId'], 'Location'),
  })), (result: Keyed, context) => ({ location: current(result, context), locationDeactivateUserErrors: result.userErrors })),
  locationDelete: (_root, args, { shop }) => {
    const { location, userErrors } = deleteLocation(shop, idOf(args['locationId'], 'Location'));
    return { deletedLocationId: location === null ? null : gid('Location', location.id), locationDeleteUserErrors: userErrors };
  },
  inventoryDeactivate: (_root, args, { shop }) => deactivateLevel(shop, levelKeyOf(args['inventoryLevelId'])),
  inventoryBulkToggleActivation: (_root, args, { shop }) => {
    const id = idOf(args['inventoryItemId'], 'InventoryItem');
    const { levels, userErrors } = toggleLevels(shop, id, (args['inventoryItemUpdates'] as Args[]).map((update) => ({ locationId: idOf(update['locationId'], 'Location'), activate: update['activate'] })));
    return { inventoryItem: userErrors.length > 0 ? null : shop.tables.inventoryItems.get(id) ?? null, inventoryLevels: levels, userErrors };
  },
});
