/** One location of a simulated store whose goods stand in a pretended warehouse: its shelves begin as the store shows them, and its people ship. */
import { join } from 'node:path';
import { onHand } from './shopify/engine/levels.ts';
import type { Served } from './shopify/shoppers/trading.ts';
import type { Shop } from './shopify/state.ts';
import type { Building, Line } from './warehouse/building.ts';
import { startRounds } from './warehouse/rounds.ts';
import { startWarehouse, type SandboxWarehouse } from './warehouse/server.ts';

export interface ServedOptions {
  /** Folder of the building's memory. */
  dataDir: string;
  hookUrl: string; secret: string; seed: number;
  /** The store's trade, which sets the pickers' pace. */
  ordersPerMinute: number;
}
export interface ServedPlace {
  warehouse: SandboxWarehouse; locationId: string;
  /** For the store's shoppers and staff. */
  served: Served;
  stop(): Promise<void>;
}

/** Units of a delivery that is more than most would write to a shop without a look. */
const MUCH = 96, MUCH_EVERY = 24;
/** Orders a minute the pickers manage when nobody trades, so that an order placed by hand is shipped while somebody looks. */
const LEAST_PACE = 4;

/** The second location that ships; undefined when the store has one place only. */
export function secondPlace(shop: Shop): string | undefined {
  return [...shop.tables.locations.values()].filter((location) => location.isActive && location.shipsInventory)[1]?.id;
}

/** Starts the warehouse of `locationId`. It opens when its customer first asks or tells something; until then the store's own staff ship from there. */
export async function startServed(shop: Shop, locationId: string, options: ServedOptions): Promise<ServedPlace> {
  const warehouse = await startWarehouse({
    port: 0, secret: options.secret, hookUrl: options.hookUrl, seed: options.seed, memory: join(options.dataDir, 'warehouse.json'),
    onFirstContact(building) { lay(shop, locationId, building); firstDay(building, () => warehouse.faults.dice()); },
  });
  const rounds = startRounds(warehouse.building, () => warehouse.faults.dice(), () => warehouse.isKnown);
  warehouse.pace.setRate(LEAST_PACE + options.ordersPerMinute);
  // After a night the customer hears the whole count again, whatever it missed.
  if (warehouse.isKnown) warehouse.building.tellStock();
  return {
    warehouse, locationId,
    served: {
      locationId, isOpen: () => warehouse.isKnown,
      takeOff(sku, units) { if (warehouse.isKnown && warehouse.building.book.balance(sku, 'shelf') >= units) warehouse.building.adjust(sku, -units, 0, 'left with the shop’s own staff'); },
    },
    async stop() { rounds.stop(); await warehouse.stop(); },
  };
}

/** Puts on the shelf what the store shows as available and promised, and aside what it shows as damaged or otherwise not for sale. */
function lay(shop: Shop, locationId: string, building: Building): void {
  for (const variant of shop.tables.variants.values()) {
    const sku = variant.sku?.trim(), level = shop.tables.levels.get(`${variant.inventoryItemId}:${locationId}`);
    if (!sku || !level?.isActive || variant.deletedAt !== null || variant.components.length > 0 || !shop.tables.inventoryItems.get(variant.inventoryItemId)?.tracked) continue;
    const { available, committed } = level.quantities, forSale = Math.max(0, available + committed);
    building.lay(sku, forSale);
    building.lay(sku, Math.max(0, onHand(level.quantities) - available - committed), 'aside');
  }
}

/** The first day: a delivery for most of the shelves, goods at the door that nobody announced, and a count of all. */
function firstDay(building: Building, dice: () => number): void {
  const delivered = building.book.skus().filter(() => dice() < 0.85);
  const lines = delivered.map((sku, n) => ({ sku, quantity: n % MUCH_EVERY === MUCH_EVERY >> 1 ? MUCH : 6 + Math.floor(dice() * 30), damaged: dice() < 0.08 ? 1 : 0 }));
  if (lines.length > 0) building.receiveGoods('PO-1000', lines);
  const back: Line[] = delivered.slice(0, 2).map((sku, n) => ({ sku, quantity: 1 + n }));
  if (back.length > 0) building.receiveReturn('RMA-1001', back);
  // Last: a count replaces what was said before it, to the millisecond.
  building.tellStock();
}
