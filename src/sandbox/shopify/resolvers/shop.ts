/** Shop, locations and the quantity states an inventory level knows. */
import { appOf, OWN_APP, type Actor } from '../engine/actors.ts';
import { shopRecord } from '../engine/payloads.ts';
import { isOpen } from '../engine/fulfilment-orders.ts';
import { onHand } from '../engine/levels.ts';
import { gid } from '../gid.ts';
import { flagField, idField, textField, type SearchFields, searchPredicate } from '../search/match.ts';
import { QUANTITY_NAMES, type LocationRecord, type Shop, type ShopRecord } from '../state.ts';
import { instant, instantOrNull } from '../wire-format.ts';
import { fieldsOf, list, type Context } from './fields.ts';
import { levelListing, levelsAtLocation, visibleLevel } from './levels.ts';

const LOCATION_SEARCH: SearchFields<LocationRecord> = {
  id: idField((location) => location.id),
  name: textField((location) => location.name),
  active: flagField((location) => location.isActive),
};

/** Ids of states that make up on_hand. */
const ON_HAND_STATES = QUANTITY_NAMES.filter((name) => name !== 'incoming');

function quantityName(name: string): unknown {
  const displayName = name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
  const counted = (ON_HAND_STATES as readonly string[]).includes(name);
  return { name, displayName, isInUse: true, belongsTo: counted ? ['on_hand'] : [], comprises: name === 'on_hand' ? ON_HAND_STATES : [] };
}

export const shopTypes = {
  Shop: fieldsOf<ShopRecord>({
    id: (shop) => gid('Shop', shop.id),
    name: (shop) => shop.name,
    myshopifyDomain: (shop) => shop.domain,
    ianaTimezone: (shop) => shop.ianaTimezone,
    currencyCode: (shop) => shop.currency,
    createdAt: (shop) => instant(shop.createdAt),
    url: (shop) => `https://${shop.domain}`,
  }),
  App: fieldsOf<Actor>({
    id: (app) => gid('App', app.id),
    title: (app) => app.name,
    handle: (app) => app.name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
  }),
  StaffMember: fieldsOf<Actor>({
    id: (staff) => gid('StaffMember', staff.id),
    name: (staff) => staff.name,
    isShopOwner: () => false,
    exists: () => true,
    active: () => true,
  }),
  Location: fieldsOf<LocationRecord>({
    id: (location) => gid('Location', location.id),
    legacyResourceId: (location) => location.id,
    name: (location) => location.name,
    isActive: (location) => location.isActive,
    shipsInventory: (location) => location.shipsInventory,
    fulfillsOnlineOrders: (location) => location.shipsInventory,
    isFulfillmentService: () => false,
    fulfillmentService: () => null,
    createdAt: (location) => instant(location.createdAt),
    updatedAt: (location) => instant(location.updatedAt),
    activatable: (location) => !location.isActive,
    deactivatable: (location, _args, { shop }) => location.isActive && shop.tables.locations.values().some((other) => other.isActive && other.id !== location.id),
    deactivatedAt: (location) => instantOrNull(location.deactivatedAt ?? null),
    hasActiveInventory: (location, _args, { shop }) => levelsAtLocation(shop, location.id).some((level) => level.isActive && onHand(level.quantities) !== 0),
    hasUnfulfilledOrders: (location, _args, { shop }) => shop.tables.fulfillmentOrders.values().some((work) => work.assignedLocationId === location.id && isOpen(work)),
    address: (location) => ({ address1: null, address2: null, city: null, zip: null, phone: null, provinceCode: null, ...location.address, countryCode: location.countryCode }),
    inventoryLevels: list((location, args, { shop }) => levelListing(shop, levelsAtLocation(shop, location.id), args)),
    inventoryLevel: (location, args, context) => visibleLevel(context, args['inventoryItemId'], gid('Location', location.id), args['includeInactive']),
  }),
};

export const shopQueries = fieldsOf<undefined>({
  shop: (_root, _args, { shop }) => shopRecord(shop),
  location: (_root, args, { shop }) => args['id'] == null ? shop.tables.locations.values().next().value : locationByGid(shop, args['id']),
  locations: list((_root, args, { shop }) => {
    const matches = searchPredicate(args['query'], LOCATION_SEARCH);
    return {
      rows: shop.tables.locations.values(),
      where: (location: LocationRecord) => !location.deletedAt && (args['includeInactive'] === true || location.isActive) && matches(location),
      sortKey: args['sortKey'] === 'NAME' ? (location: LocationRecord) => location.name.toLowerCase() : () => 0,
      id: (location: LocationRecord) => location.id,
    };
  }),
  inventoryProperties: () => ({ quantityNames: [...QUANTITY_NAMES, 'on_hand'].map(quantityName) }),
  currentAppInstallation: (_root, _args, { access }: Context) => ({
    id: gid('AppInstallation', '1'),
    app: appOf(OWN_APP),
    accessScopes: [...access.scopes].map((handle) => ({ handle, description: handle.replaceAll('_', ' ') })),
  }),
});

function locationByGid(shop: Shop, value: string): LocationRecord | null {
  const match = /^gid:\/\/shopify\/Location\/(\d+)$/.exec(value);
  const found = match?.[1] === undefined ? undefined : shop.tables.locations.get(match[1]);
  return found === undefined || found.deletedAt ? null : found;
}
