/**
 * The life of a location: added, renamed, deactivated with or without somewhere for its stock and work to go, activated, deleted. Rules: the
 * schema's texts and error codes. A deactivated location keeps its levels; they are hidden with it and return with it.
 */
import { QUANTITY_NAMES, type LevelRecord, type LocationRecord, type QuantityName, type Shop, type TransferRecord } from '../state.ts';
import { unroutedOrders } from '../shop.ts';
import { act, refuse, type Action, type UserError } from './action.ts';
import { isOpen } from './fulfilment-orders.ts';
import { movedPayload } from './fulfilment-order-payloads.ts';
import { changeLevel } from './levels.ts';
import { locationPayload } from './payloads.ts';
import { inTransitTo } from './transfer-figures.ts';

export interface LocationOutcome { location: LocationRecord | null; userErrors: UserError[] }
type Address = NonNullable<LocationRecord['address']>;

/** States that lie at the location; `incoming` is on its way there. */
const AT_HAND: readonly QuantityName[] = QUANTITY_NAMES.filter((name) => name !== 'incoming');

const alive = (shop: Shop): LocationRecord[] => [...shop.tables.locations.values()].filter((location) => !location.deletedAt);
const levelsAt = (shop: Shop, locationId: string): LevelRecord[] => [...shop.tables.levels.values()].filter((level) => level.locationId === locationId);
const hasPendingOrders = (shop: Shop, locationId: string): boolean => shop.tables.fulfillmentOrders.values().some((work) => work.assignedLocationId === locationId && isOpen(work))
  || unroutedOrders(shop).some((id) => Object.values(shop.tables.orders.get(id)?.committedAt ?? {}).includes(locationId));

function checkName(shop: Shop, name: string, field: string[], except?: string): void {
  if (name.trim() === '') refuse(field, "Name can't be blank", 'BLANK');
  if (alive(shop).some((other) => other.id !== except && other.isActive && other.name.toLowerCase() === name.toLowerCase())) refuse(field, 'You already have a location with this name', 'TAKEN');
}

/** locationAdd. */
export function addLocation(shop: Shop, input: { name: string; countryCode: string; address?: Address; fulfillsOnlineOrders?: boolean; at?: string }): LocationOutcome {
  return act<LocationOutcome>(shop, 'location', input.at, ({ at }) => {
    checkName(shop, input.name, ['input', 'name']);
    const location: LocationRecord = {
      id: shop.nextId('Location'), name: input.name, isActive: true, shipsInventory: input.fulfillsOnlineOrders ?? true, countryCode: input.countryCode, createdAt: at, updatedAt: at,
      ...(input.address === undefined ? {} : { address: input.address }),
    };
    shop.put('locations', location);
    shop.emit('locations/create', locationPayload(shop, location));
    return { location, userErrors: [] };
  }, (userErrors) => ({ location: null, userErrors }));
}

function onLocation(shop: Shop, id: string, field: string[], code: string, at: string | undefined, change: (action: Action, location: LocationRecord) => LocationRecord): LocationOutcome {
  return act<LocationOutcome>(shop, `location/${id}`, at, (action) => {
    const location = shop.tables.locations.get(id);
    if (!location || location.deletedAt) return refuse(field, 'Location not found.', code);
    const next = change(action, location);
    if (next !== location) shop.put('locations', next);
    return { location: next, userErrors: [] };
  }, (userErrors) => ({ location: null, userErrors }));
}

/** locationEdit, as far as the record goes. */
export function editLocation(shop: Shop, input: { id: string; name?: string; fulfillsOnlineOrders?: boolean; at?: string }): LocationOutcome {
  return onLocation(shop, input.id, ['id'], 'NOT_FOUND', input.at, ({ at }, location) => {
    if (input.name !== undefined) checkName(shop, input.name, ['input', 'name'], location.id);
    if (input.fulfillsOnlineOrders === false && !alive(shop).some((other) => other.id !== location.id && other.isActive && other.shipsInventory)) {
      refuse(['input', 'fulfillsOnlineOrders'], 'At least one location must fulfill online orders.', 'CANNOT_DISABLE_ONLINE_ORDER_FULFILLMENT');
    }
    const next = { ...location, name: input.name ?? location.name, shipsInventory: input.fulfillsOnlineOrders ?? location.shipsInventory, updatedAt: at };
    shop.emit('locations/update', locationPayload(shop, next));
    return next;
  });
}

/** locationActivate: its levels are there again with the quantities they had. */
export function activateLocation(shop: Shop, id: string, at?: string): LocationOutcome {
  return onLocation(shop, id, ['locationId'], 'LOCATION_NOT_FOUND', at, (action, location) => {
    if (location.isActive) return location;
    if (alive(shop).some((other) => other.isActive && other.name.toLowerCase() === location.name.toLowerCase())) {
      return refuse(['locationId'], 'There is already an active location with this name.', 'HAS_NON_UNIQUE_NAME');
    }
    const next: LocationRecord = { ...location, isActive: true, deactivatedAt: null, updatedAt: action.at };
    shop.emit('locations/activate', locationPayload(shop, next));
    return next;
  });
}

/** locationDeactivate: stock and open work go to the destination, or there must be none. Incoming units of other apps' documents block it either way. */
export function deactivateLocation(shop: Shop, input: { id: string; destinationId?: string | null; at?: string }): LocationOutcome {
  return onLocation(shop, input.id, ['locationId'], 'LOCATION_NOT_FOUND', input.at, (action, location) => {
    if (!location.isActive) return location;
    const destinationId = input.destinationId ?? null;
    const others = alive(shop).filter((other) => other.isActive && other.id !== location.id);
    if (others.length === 0) refuse(['locationId'], 'Location is the only active location.', 'PERMANENTLY_BLOCKED_FROM_DEACTIVATION_ERROR');
    if (location.shipsInventory && !others.some((other) => other.shipsInventory)) refuse(['locationId'], 'At least one location must fulfill online orders.', 'CANNOT_DISABLE_ONLINE_ORDER_FULFILLMENT');
    if (destinationId === location.id) refuse(['destinationLocationId'], 'Destination location is the same as the location to be deactivated.', 'DESTINATION_LOCATION_IS_THE_SAME_LOCATION');
    if (destinationId !== null && !others.some((other) => other.id === destinationId)) refuse(['destinationLocationId'], 'Destination location is not found or inactive.', 'DESTINATION_LOCATION_NOT_FOUND_OR_INACTIVE');
    const levels = levelsAt(shop, location.id);
    if (levels.some((level) => level.quantities.incoming !== inTransitTo(shop, level.inventoryItemId, location.id))) {
      refuse(['locationId'], 'Location could not be deactivated because it has incoming inventory quantities from third party applications.', 'HAS_INCOMING_FROM_EXTERNAL_DOCUMENT_SOURCES');
    }
    if (destinationId === null) {
      if (levels.some((level) => level.quantities.incoming !== 0)) refuse(['locationId'], 'Location has incoming inventory.', 'TEMPORARILY_BLOCKED_FROM_DEACTIVATION_ERROR');
      if (hasPendingOrders(shop, location.id)) refuse(['locationId'], 'Location could not be deactivated because it has pending orders.', 'HAS_FULFILLMENT_ORDERS_ERROR');
      if (levels.some((level) => AT_HAND.some((name) => level.quantities[name] !== 0))) {
        refuse(['locationId'], 'Location could not be deactivated without specifying where to relocate inventory at the location.', 'HAS_ACTIVE_INVENTORY_ERROR');
      }
    } else {
      for (const level of levels) moveLevel(action, level, destinationId);
      moveWork(action, location.id, destinationId);
      moveTransfers(action, location.id, destinationId);
    }
    const next: LocationRecord = { ...location, isActive: false, deactivatedAt: action.at, updatedAt: action.at };
    shop.emit('locations/deactivate', locationPayload(shop, next));
    return next;
  });
}

/** Transfers under way start from or end at the destination instead. */
function moveTransfers({ shop, at }: Action, from: string, to: string): void {
  const { name, countryCode } = shop.tables.locations.get(to)!;
  const place = { locationId: to, name, countryCode, at };
  for (const transfer of [...shop.tables.transfers.values()]) {
    if (transfer.status === 'TRANSFERRED' || transfer.status === 'CANCELED') continue;
    const [origin, destination] = [transfer.origin, transfer.destination].map((end) => end?.locationId === from ? place : end) as [TransferRecord['origin'], TransferRecord['destination']];
    if (origin === transfer.origin && destination === transfer.destination) continue;
    if (origin?.locationId === destination?.locationId) refuse(['destinationLocationId'], 'Failed to relocate incoming movements to the destination location.', 'FAILED_TO_RELOCATE_INCOMING_MOVEMENTS');
    shop.put('transfers', { ...transfer, origin, destination });
  }
}

function moveLevel(action: Action, level: LevelRecord, destinationId: string): void {
  const moved = QUANTITY_NAMES.filter((name) => level.quantities[name] !== 0);
  if (moved.length === 0) return;
  const signed = (sign: 1 | -1) => Object.fromEntries(moved.map((name) => [name, sign * level.quantities[name]]));
  changeLevel(action, level.inventoryItemId, level.locationId, signed(-1), { reason: 'location_deactivated', asItIs: true });
  changeLevel(action, level.inventoryItemId, destinationId, signed(1), { reason: 'location_deactivated' });
}

/** Open work keeps its id and is at the destination from now on; orders not routed yet are sold from there. */
function moveWork(action: Action, from: string, to: string): void {
  const { shop, at } = action;
  for (const work of [...shop.tables.fulfillmentOrders.values()]) {
    if (work.assignedLocationId !== from || !isOpen(work)) continue;
    const moved = { ...work, assignedLocationId: to, updatedAt: at };
    shop.put('fulfillmentOrders', moved);
    shop.emit('fulfillment_orders/moved', movedPayload(moved, moved, from, []));
  }
  for (const order of [...shop.tables.orders.values()]) {
    const following = order.lines.filter((line) => line.unfulfilledQuantity > 0 && order.committedAt[line.id] === from);
    if (following.length > 0) shop.put('orders', { ...order, committedAt: { ...order.committedAt, ...Object.fromEntries(following.map((line) => [line.id, to])) } });
  }
}

/** locationDelete: only once it is inactive and empty. */
export function deleteLocation(shop: Shop, id: string, at?: string): LocationOutcome {
  return onLocation(shop, id, ['locationId'], 'LOCATION_NOT_FOUND', at, (action, location) => {
    if (location.isActive) refuse(['locationId'], 'The location cannot be deleted while it is active.', 'LOCATION_IS_ACTIVE');
    if (hasPendingOrders(shop, id)) refuse(['locationId'], 'The location cannot be deleted while it has pending orders.', 'LOCATION_HAS_PENDING_ORDERS');
    if (levelsAt(shop, id).some((level) => Object.values(level.quantities).some((quantity) => quantity !== 0))) refuse(['locationId'], 'The location cannot be deleted while it has inventory.', 'LOCATION_HAS_INVENTORY');
    shop.emit('locations/delete', { id: locationPayload(shop, location)['id'] });
    return { ...location, deletedAt: action.at, updatedAt: action.at };
  });
}
