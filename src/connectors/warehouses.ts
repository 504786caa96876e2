/** Which connector speaks to a warehouse: the one place that knows them all by name. */
import type { Warehouse, WarehouseConnector } from '../ports/warehouse.ts';
import { parseWarehouseRestSettings } from './warehouse-rest/settings.ts';
import { warehouseRest } from './warehouse-rest/warehouse.ts';

type Clock = { now(): Date };
export type Checked = { ok: true } | { ok: false; field: string; message: string };

/** Whether the settings make a connection; names the wrong field and goes on from its name. `settings` includes the secret. */
export function checkWarehouseSettings(connector: WarehouseConnector, settings: unknown): Checked {
  const read = connector === 'warehouse-rest' ? parseWarehouseRestSettings(settings) : { ok: false as const, field: 'connector', message: 'is not built yet' };
  return read.ok ? { ok: true } : read;
}

/** Opens a connection. Throws naming the field when the settings do not make one. */
export function connectWarehouse(connector: WarehouseConnector, settings: unknown, clock: Clock): Warehouse {
  const read = parseWarehouseRestSettings(settings);
  if (!read.ok) throw new Error(`${connector}: ${read.field} ${read.message}`);
  return warehouseRest({ ...read.settings, clock });
}
