/** Warehouses of the organisation and their connections. Secrets arrive and leave sealed. */
import type { WarehouseConnector } from '../ports/warehouse.ts';
import type { Queryable } from './db.ts';

export interface WarehouseRow {
  warehouse_id: number; org_id: number; name: string; connector: WarehouseConnector; settings: Record<string, unknown>; secret: Buffer | null; previous_secret: Buffer | null; hook_token: string;
  status: 'new' | 'ok' | 'failing'; checked_at: string | null; last_error: string | null; cursor: string | null; heard_at: string | null; created_at: string;
}

export async function listWarehouses(db: Queryable): Promise<WarehouseRow[]> {
  return (await db.query<WarehouseRow>('select * from warehouse order by warehouse_id limit 500')).rows;
}
export async function findWarehouse(db: Queryable, warehouseId: number): Promise<WarehouseRow | null> {
  return (await db.query<WarehouseRow>('select * from warehouse where warehouse_id = $1', [warehouseId])).rows[0] ?? null;
}
export async function warehouseByToken(db: Queryable, token: string): Promise<WarehouseRow | null> {
  return (await db.query<WarehouseRow>('select * from warehouse where hook_token = $1', [token])).rows[0] ?? null;
}
/** Warehouses that serve locations of a store. */
export async function warehousesOf(db: Queryable, storeId: number): Promise<number[]> {
  const { rows } = await db.query<{ warehouse_id: number }>('select distinct warehouse_id from location where store_id = $1 and warehouse_id is not null order by 1', [storeId]);
  return rows.map((row) => row.warehouse_id);
}
export async function makeWarehouse(db: Queryable, made: { name: string; connector: WarehouseConnector; settings: object; hookToken: string; now: string }): Promise<number> {
  const { rows } = await db.query<{ warehouse_id: number }>(
    'insert into warehouse (name, connector, settings, hook_token, created_at) values ($1, $2, $3, $4, $5) returning warehouse_id', [made.name, made.connector, JSON.stringify(made.settings), made.hookToken, made.now]);
  return rows[0]!.warehouse_id;
}
export async function warehouseHeard(db: Queryable, warehouseId: number, cursor: string | null, now: string): Promise<void> {
  await db.query(`update warehouse set cursor = coalesce($2, cursor), heard_at = $3, status = 'ok', checked_at = $3, last_error = null where warehouse_id = $1`, [warehouseId, cursor, now]);
}
export async function warehouseFailed(db: Queryable, warehouseId: number, message: string, now: string): Promise<void> {
  await db.query(`update warehouse set status = 'failing', checked_at = $3, last_error = $2 where warehouse_id = $1`, [warehouseId, message.slice(0, 1000), now]);
}
