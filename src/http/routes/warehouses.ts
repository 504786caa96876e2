/** Settings → Warehouses: the connections, their secrets, how several stores share one shelf. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { markDirty } from '../../store/push-levels.ts';
import { STORE_NAME } from '../../store/stores.ts';
import { audit } from '../../store/users.ts';
import { findWarehouse, listWarehouses, makeWarehouse, warehouseFailed, warehouseHeard, type WarehouseRow } from '../../store/warehouses.ts';
import { Refusal, type Services } from '../app.ts';
import { TestResult, type Of } from '../contract.ts';
import { SharingBody, SharingView, WarehouseBody, WarehouseMade, WarehouseView } from '../contract-stock.ts';

export function warehouseRoutes(app: FastifyInstance, services: Services): void {
  const { house } = services;
  const api = app.withTypeProvider<ZodTypeProvider>();
  const now = (): string => house.clock.now().toISOString();
  const params = z.object({ warehouseId: z.coerce.number().int() });
  const who = (request: FastifyRequest): string => request.user?.email ?? 'operator';
  const messagesUrl = (row: Pick<WarehouseRow, 'connector' | 'hook_token'>): string | null => (row.connector === 'warehouse-rest' ? `${house.publicUrl}/warehouse/v1/${row.hook_token}` : null);
  const found = async (warehouseId: number): Promise<WarehouseRow> => {
    const row = await findWarehouse(house.db, warehouseId);
    if (!row) throw new Refusal(404, `There is no warehouse ${warehouseId}`);
    return row;
  };
  const seal = (warehouseId: number, secret: string): Buffer => house.vault.seal(`warehouse:${warehouseId}:secret`, secret);

  api.get('/api/v1/warehouses', { schema: { tags: ['warehouses'], summary: 'Warehouses of the organisation', response: { 200: z.object({ warehouses: z.array(WarehouseView) }) } } }, async () => {
    const warehouses: Of<typeof WarehouseView>[] = [];
    for (const row of await listWarehouses(house.db)) {
      const { rows: [sum] } = await house.db.query<{ skus: number; unmatched: number; units: number }>(
        `select count(*)::int as skus, count(*) filter (where k.item_id is null)::int as unmatched, coalesce(sum(s.on_hand), 0)::int as units from warehouse_sku k left join warehouse_stock s using (warehouse_id, sku) where k.warehouse_id = $1`, [row.warehouse_id]);
      const { rows: places } = await house.db.query<{ store_id: number; store: string; location_id: number; name: string }>(`select l.store_id, ${STORE_NAME} as store, l.location_id, l.name from location l join store s using (store_id) where l.warehouse_id = $1 order by 1, 4`, [row.warehouse_id]);
      warehouses.push({
        warehouseId: row.warehouse_id, name: row.name, connector: row.connector, settings: row.settings, hasSecret: row.secret !== null, messagesUrl: messagesUrl(row), status: row.status, checkedAt: row.checked_at, heardAt: row.heard_at,
        lastError: row.last_error, locations: places.map((p) => ({ storeId: p.store_id, store: p.store, locationId: p.location_id, name: p.name })), ...sum!,
      });
    }
    return { warehouses };
  });

  api.post('/api/v1/warehouses', { schema: { tags: ['warehouses'], summary: 'Set up a warehouse; nothing is read or written until a location is given to it', body: WarehouseBody, response: { 200: WarehouseMade } } }, async (request) => {
    const { name, connector, settings } = request.body;
    const secret = request.body.secret ?? (connector === 'warehouse-rest' ? house.warehouses.newSecret(randomBytes(32)) : null);
    accepted(services, connector, settings, secret);
    const hookToken = randomBytes(24).toString('base64url');
    const warehouseId = await house.db.transaction(async (tx) => {
      const made = await makeWarehouse(tx, { name, connector, settings, hookToken, now: now() });
      if (secret !== null) await tx.query('update warehouse set secret = $2 where warehouse_id = $1', [made, seal(made, secret)]);
      return made;
    });
    await audit(house.db, { at: now(), actor: who(request), action: 'warehouse set up', subject: name, after: { connector, settings } });
    return { warehouseId, secret: request.body.secret === undefined ? secret : null, messagesUrl: messagesUrl({ connector, hook_token: hookToken }) };
  });

  api.put('/api/v1/warehouses/:warehouseId', { schema: { tags: ['warehouses'], summary: 'Change a warehouse; a secret that is replaced is accepted for one more day', params, body: WarehouseBody, response: { 200: WarehouseMade } } }, async (request) => {
    const row = await found(request.params.warehouseId), { name, connector, settings, secret } = request.body;
    if (connector !== row.connector) throw new Refusal(409, 'connector: a warehouse keeps its connector; set up another one instead');
    accepted(services, connector, settings, secret ?? (row.secret ? house.vault.open(`warehouse:${row.warehouse_id}:secret`, row.secret) : null));
    await house.db.query('update warehouse set name = $2, settings = $3, previous_secret = case when $4::bytea is null then previous_secret else secret end, secret = coalesce($4, secret) where warehouse_id = $1',
      [row.warehouse_id, name, JSON.stringify(settings), secret === undefined ? null : seal(row.warehouse_id, secret)]);
    house.reconnectWarehouse(row.warehouse_id);
    await audit(house.db, { at: now(), actor: who(request), action: 'warehouse changed', subject: name, before: { name: row.name, settings: row.settings }, after: { name, settings, secret: secret === undefined ? 'kept' : 'replaced' } });
    return { warehouseId: row.warehouse_id, secret: null, messagesUrl: messagesUrl(row) };
  });

  api.post('/api/v1/warehouses/:warehouseId/test', { schema: { tags: ['warehouses'], summary: 'A read that proves the connection works', params, response: { 200: TestResult } } }, async (request) => {
    const row = await found(request.params.warehouseId);
    try {
      house.reconnectWarehouse(row.warehouse_id);
      const { detail } = await (await house.warehouse(row.warehouse_id)).check();
      await warehouseHeard(house.db, row.warehouse_id, null, now());
      return { ok: true, sentence: detail, checks: [{ label: 'Connection', ok: true, detail }] };
    } catch (error) {
      const message = (error as Error).message;
      await warehouseFailed(house.db, row.warehouse_id, message, now());
      return { ok: false, sentence: message, checks: [{ label: 'Connection', ok: false, detail: message }] };
    }
  });

  api.get('/api/v1/warehouses/:warehouseId/sharing', { schema: { tags: ['warehouses'], summary: 'How stores share this shelf, per item', params, response: { 200: z.object({ rows: z.array(SharingView) }) } } }, async (request) => {
    await found(request.params.warehouseId);
    const { rows } = await house.db.query<{ item_id: number; sku: string | null; mode: 'pool' | 'split' | 'priority'; shares: { storeId: number }[]; updated_at: string; updated_by: string }>(
      'select s.*, i.sku from stock_sharing s left join item i using (item_id) where s.warehouse_id = $1 order by s.item_id limit 5000', [request.params.warehouseId]);
    return { rows: rows.map((row) => ({ itemId: row.item_id, sku: row.sku, mode: row.mode, shares: row.shares, updatedAt: row.updated_at, updatedBy: row.updated_by })) };
  });

  api.put('/api/v1/warehouses/:warehouseId/sharing', { schema: { tags: ['warehouses'], summary: 'One pool, a split, or priority, as the default or for one item', params, body: SharingBody, response: { 200: z.object({ saved: z.boolean() }) } } }, async (request) => {
    const row = await found(request.params.warehouseId), { itemId, mode, shares } = request.body;
    await house.db.transaction(async (tx) => {
      await tx.query(
        `insert into stock_sharing (warehouse_id, item_id, mode, shares, updated_at, updated_by) values ($1, $2, $3, $4, $5, $6)
         on conflict (org_id, warehouse_id, item_id) do update set mode = excluded.mode, shares = excluded.shares, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
        [row.warehouse_id, itemId, mode, JSON.stringify(shares), now(), who(request)]);
      const touched = await tx.query<{ item_id: number }>('select distinct item_id from push_level where warehouse_id = $1 and ($2 = 0 or item_id = $2)', [row.warehouse_id, itemId]);
      await markDirty(tx, touched.rows.map((r) => r.item_id), now());
    });
    await audit(house.db, { at: now(), actor: who(request), action: 'stock sharing changed', subject: row.name, after: request.body });
    return { saved: true };
  });
}

function accepted(services: Services, connector: WarehouseRow['connector'], settings: object, secret: string | null): void {
  const checked = services.house.warehouses.check(connector, settings, secret);
  if (!checked.ok) throw new Refusal(400, `settings.${checked.field}: ${checked.message}`);
}
