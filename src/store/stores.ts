/** Stores and their connections. Secrets arrive and leave sealed; runtime/secrets.ts opens them. */
import type { Queryable } from './db.ts';

export interface StoreRow {
  store_id: number; org_id: number; shop_domain: string; name: string; currency: string; time_zone: string; created_at: string;
  history_from: string | null; history_truncated: boolean; imported_at: string | null;
  /** Whose SKUs are right where the two differ. */
  product_master: 'Shopify' | 'warehouse';
}
export interface ConnectionRow {
  store_id: number; origin: string | null; client_id: string; client_secret: Buffer; previous_client_secret: Buffer | null; client_secret_since: string | null; access_token: Buffer | null; access_token_expires_at: string | null;
  scopes: string[]; hook_token: string; status: 'new' | 'ok' | 'failing' | 'dead'; checked_at: string | null; last_error: string | null;
}

/** What people call store `s`: its name, with the first part of its domain where another store has the same name. */
export const STORE_NAME = `case when exists (select from store other where other.name = s.name and other.store_id <> s.store_id) then s.name || ' (' || split_part(s.shop_domain, '.', 1) || ')' else s.name end`;

export async function listStores(db: Queryable): Promise<StoreRow[]> {
  return (await db.query<StoreRow>(`select s.*, ${STORE_NAME} as name from store s order by s.store_id`)).rows;
}

export async function findStore(db: Queryable, storeId: number): Promise<StoreRow | null> {
  return (await db.query<StoreRow>('select * from store where store_id = $1', [storeId])).rows[0] ?? null;
}

export async function setProductMaster(db: Queryable, storeId: number, master: StoreRow['product_master']): Promise<void> {
  await db.query('update store set product_master = $2 where store_id = $1', [storeId, master]);
}

export async function findConnection(db: Queryable, storeId: number): Promise<ConnectionRow | null> {
  return (await db.query<ConnectionRow>('select * from connection where store_id = $1', [storeId])).rows[0] ?? null;
}

/** The store a webhook address belongs to, or null. */
export async function connectionByHookToken(db: Queryable, token: string): Promise<(ConnectionRow & { shop_domain: string }) | null> {
  const { rows } = await db.query<ConnectionRow & { shop_domain: string }>(
    'select c.*, s.shop_domain from connection c join store s using (store_id) where hook_token = $1', [token]);
  return rows[0] ?? null;
}

/** Makes or refreshes a store with its connection; one store per shop domain. */
export async function saveStore(db: Queryable, store: {
  shopDomain: string; name: string; currency: string; timeZone: string; origin: string | null; clientId: string; clientSecret: Buffer; hookToken: string; now: string;
}): Promise<number> {
  const { rows } = await db.query<{ store_id: number }>(
    `insert into store (shop_domain, name, currency, time_zone, created_at) values ($1, $2, $3, $4, $5)
     on conflict (shop_domain) do update set name = excluded.name returning store_id`, [store.shopDomain, store.name, store.currency, store.timeZone, store.now]);
  const storeId = rows[0]!.store_id;
  await db.query(
    `insert into connection (store_id, origin, client_id, client_secret, hook_token) values ($1, $2, $3, $4, $5)
     on conflict (store_id) do update set origin = excluded.origin, client_id = excluded.client_id, client_secret = excluded.client_secret,
       access_token = null, access_token_expires_at = null, status = 'new', last_error = null`,
    [storeId, store.origin, store.clientId, store.clientSecret, store.hookToken]);
  return storeId;
}

/** Replaces the client id and the sealed secret; what was signed with the one before is still on its way, and is accepted for a while. */
export async function replaceSecret(db: Queryable, storeId: number, clientId: string, sealed: Buffer, now: string): Promise<void> {
  await db.query(
    `update connection set previous_client_secret = case when octet_length(client_secret) > 0 then client_secret end, client_id = $2, client_secret = $3, client_secret_since = $4, access_token = null, status = 'new'
     where store_id = $1`, [storeId, clientId, sealed, now]);
}

/** Puts the secrets of `before` back, after the ones that replaced them were refused. */
export async function keepSecret(db: Queryable, before: Pick<ConnectionRow, 'store_id' | 'client_secret' | 'previous_client_secret' | 'client_secret_since'>): Promise<void> {
  await db.query('update connection set client_secret = $2, previous_client_secret = $3, client_secret_since = $4, access_token = null where store_id = $1', [before.store_id, before.client_secret, before.previous_client_secret, before.client_secret_since]);
}

/** Shopify keeps a replaced secret until it is revoked there; a week is enough to do so. */
const OLD_SECRET_MS = 7 * 86_400_000;

/** The sealed secrets a webhook may be signed with now: the one in use and, for a week, the one before. */
export function sealedSecrets(row: Pick<ConnectionRow, 'client_secret' | 'previous_client_secret' | 'client_secret_since'>, now: number): Buffer[] {
  const young = row.previous_client_secret !== null && row.client_secret_since !== null && now - Date.parse(row.client_secret_since) < OLD_SECRET_MS;
  return young ? [row.client_secret, row.previous_client_secret!] : [row.client_secret];
}

export async function updateShop(db: Queryable, storeId: number, shop: { name: string; currency: string; timeZone: string; scopes: string[] }, now: string): Promise<void> {
  await db.query('update store set name = $2, currency = $3, time_zone = $4 where store_id = $1', [storeId, shop.name, shop.currency, shop.timeZone]);
  await db.query(`update connection set scopes = $2, status = 'ok', checked_at = $3, last_error = null where store_id = $1`, [storeId, shop.scopes, now]);
}

export async function connectionFailed(db: Queryable, storeId: number, status: 'failing' | 'dead', message: string, now: string): Promise<void> {
  await db.query('update connection set status = $2, last_error = $3, checked_at = $4 where store_id = $1', [storeId, status, message.slice(0, 500), now]);
}
