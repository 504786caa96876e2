/** Which connector speaks to a warehouse: the one place that knows them all by name. */
import type { Warehouse, WarehouseConnector } from '../ports/warehouse.ts';
import { parseTrytonSettings } from './tryton/settings.ts';
import { trytonWarehouse } from './tryton/warehouse.ts';
import { parseSftpSettings } from './sftp-settings.ts';
import { warehouseFiles } from './warehouse-files/warehouse.ts';
import { parseWarehouseRestSettings } from './warehouse-rest/settings.ts';
import { warehouseRest } from './warehouse-rest/warehouse.ts';

type Clock = { now(): Date; sleep(ms: number): Promise<void> };
export type Checked = { ok: true } | { ok: false; field: string; message: string };

/** One secret a connection, kept apart from its other settings: what it signs with, its password, or its private key. */
function withSecret(connector: WarehouseConnector, settings: object, secret: string | null): object {
  if (secret === null) return settings;
  if (connector === 'warehouse-rest') return { ...settings, secret };
  return connector === 'warehouse-files' && secret.trimStart().startsWith('-----BEGIN') ? { ...settings, privateKey: secret } : { ...settings, password: secret };
}

/** Whether the settings make a connection; names the wrong field and goes on from its name. */
export function checkWarehouseSettings(connector: WarehouseConnector, settings: object, secret: string | null): Checked {
  const given = withSecret(connector, settings, secret);
  const read = connector === 'warehouse-rest' ? parseWarehouseRestSettings(given) : connector === 'warehouse-files' ? parseSftpSettings(given) : parseTrytonSettings(given);
  return read.ok ? { ok: true } : read;
}

/** Opens a connection. Throws naming the field when the settings do not make one. */
export function connectWarehouse(connector: WarehouseConnector, settings: object, secret: string | null, clock: Clock): Warehouse {
  const given = withSecret(connector, settings, secret);
  if (connector === 'warehouse-rest') return warehouseRest({ ...sound(parseWarehouseRestSettings(given)), clock });
  if (connector === 'warehouse-files') return warehouseFiles({ ...sound(parseSftpSettings(given)), clock });
  return trytonWarehouse({ ...sound(parseTrytonSettings(given)), clock });
}

function sound<S>(read: { ok: true; settings: S } | { ok: false; field: string; message: string }): S {
  if (!read.ok) throw new Error(`The settings of the warehouse do not make a connection: ${read.field} ${read.message}`);
  return read.settings;
}
