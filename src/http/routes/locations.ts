/** Settings → Locations: who is the authority of each, how Instep may write it, and which place buys for it. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dayOf } from '../../domain/calendar.ts';
import { changePolicy, listLocations, setAuthority, type LocationRow } from '../../store/authority.ts';
import { setSupply, setTransferDays, supplyOf, type Supply } from '../../store/supply.ts';
import type { StoreRow } from '../../store/stores.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { AuthorityBody, LocationView, PolicyChange, SupplyBody } from '../contract-stock.ts';
import { storeOf } from '../store-scope.ts';

export function locationRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const now = (): string => house.clock.now().toISOString();
  const querystring = z.object({ store: z.coerce.number() }), params = z.object({ locationId: z.coerce.number().int() });
  const one = async (storeId: number, locationId: number): Promise<LocationRow> => {
    const row = (await listLocations(house.db, storeId)).find((l) => l.location_id === locationId);
    if (!row) throw new Refusal(404, `There is no location ${locationId}`);
    return row;
  };

  const supplies = (store: StoreRow): Promise<Supply> => supplyOf(house.db, store.store_id, store.time_zone, dayOf(now(), store.time_zone));

  api.get('/api/v1/locations', { schema: { tags: ['locations'], summary: 'Locations with authority, policy and the state of their levels', querystring, response: { 200: z.object({ locations: z.array(LocationView) }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const supply = await supplies(store);
    return { locations: (await listLocations(house.db, store.store_id)).map((row) => view(row, supply)) };
  });

  api.put('/api/v1/locations/:locationId/authority', { schema: { tags: ['locations'], summary: 'Give a location to a warehouse, or back to Shopify', querystring, params, body: AuthorityBody, response: { 200: LocationView } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), before = await one(store.store_id, request.params.locationId), { authority, warehouseId } = request.body;
    if (authority === 'warehouse' && warehouseId === null) throw new Refusal(400, 'warehouseId: name the warehouse that knows what is there');
    if (authority === 'warehouse') {
      const { rows } = await house.db.query<{ name: string; other: string | null }>('select w.name, l.name as other from warehouse w left join location l on l.warehouse_id = w.warehouse_id and l.store_id = $2 and l.location_id <> $3 where w.warehouse_id = $1', [warehouseId, store.store_id, before.location_id]);
      if (!rows[0]) throw new Refusal(400, `warehouseId: there is no warehouse ${warehouseId}`);
      if (rows[0].other !== null) throw new Refusal(409, `warehouseId: ${rows[0].name} already serves ${rows[0].other}; Shopify would add both up and promise its stock twice`);
    }
    await house.db.transaction(async (tx) => {
      await setAuthority(tx, store.store_id, before.location_id, authority, warehouseId);
      await audit(tx, { at: now(), actor: request.user?.email ?? 'operator', action: 'authority changed', subject: before.name, before: { authority: before.authority, warehouseId: before.warehouse_id }, after: request.body });
    });
    await house.enqueue('stock-push', store.store_id);
    house.changed(store.store_id, ['stock', 'push', 'connections']);
    return view(await one(store.store_id, before.location_id), await supplies(store));
  });

  api.put('/api/v1/locations/:locationId/supply', { schema: { tags: ['locations'], summary: 'Which location sends to this one, in how many days; null: it buys for itself', querystring, params, body: SupplyBody, response: { 200: LocationView } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), before = await one(store.store_id, request.params.locationId), { suppliedFrom, days } = request.body, by = request.user?.email ?? 'operator';
    if (suppliedFrom === null && days != null) throw new Refusal(400, 'days: nothing is sent to a place that buys for itself');
    await house.db.transaction(async (tx) => {
      const refused = await setSupply(tx, store.store_id, before.location_id, suppliedFrom, by, now());
      if (refused !== null) throw new Refusal(409, `suppliedFrom: ${refused}`);
      if (suppliedFrom !== null && days !== undefined) await setTransferDays(tx, store.store_id, suppliedFrom, before.location_id, days, by, now());
      await audit(tx, { at: now(), actor: by, action: 'supply changed', subject: before.name, before: { suppliedFrom: before.supplied_from }, after: request.body });
    });
    for (const flow of ['replenishment', 'transfer-proposals']) await house.enqueue(flow, store.store_id);
    house.changed(store.store_id, ['replenishment', 'transfers']);
    return view(await one(store.store_id, before.location_id), await supplies(store));
  });

  api.put('/api/v1/locations/:locationId/policy', { schema: { tags: ['locations'], summary: 'Off, shadow or live; paused; caps, buffers and mails to customers', querystring, params, body: PolicyChange, response: { 200: LocationView } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), before = await one(store.store_id, request.params.locationId);
    if (before.authority !== 'warehouse') throw new Refusal(409, `${before.name}: Shopify is the authority there, so Instep never sets its stock. Give the location to a warehouse first.`);
    if (request.body.mode === 'live' && before.policy?.mode !== 'live' && before.policy?.mode !== 'shadow') throw new Refusal(409, 'mode: look at the shadow first: set it to shadow, read what would be written, then go live');
    await house.db.transaction(async (tx) => {
      const policy = await changePolicy(tx, store.store_id, before.location_id, request.body, request.user?.email ?? 'operator', now());
      await audit(tx, { at: now(), actor: request.user?.email ?? 'operator', action: `push ${request.body.mode ?? (request.body.paused === undefined ? 'policy changed' : request.body.paused ? 'paused' : 'resumed')}`, subject: before.name, before: before.policy, after: policy });
    });
    await house.enqueue('stock-push', store.store_id);
    house.changed(store.store_id, ['stock', 'push']);
    return view(await one(store.store_id, before.location_id), await supplies(store));
  });
}

function view(row: LocationRow, supply: Supply): Of<typeof LocationView> {
  const of = supply.of.get(row.location_id);
  return {
    locationId: row.location_id, shopifyLocationId: row.shopify_location_id, name: row.name, isActive: row.is_active, authority: row.authority, warehouseId: row.warehouse_id, warehouse: row.warehouse, suppliedFrom: row.supplied_from, supply: of ? { buyer: of.buyer, ...supply.daysOf(of.from, row.location_id), totalDays: of.days } : null,
    policy: row.policy && {
      mode: row.policy.mode, paused: row.policy.paused, firstPushCap: row.policy.first_push_cap, liveSince: row.policy.live_since, bufferQuantile: row.policy.buffer_quantile, peakQuantile: row.policy.peak_quantile, peakUntil: row.policy.peak_until,
      bufferCapUnits: row.policy.buffer_cap_units, bufferCapShare: row.policy.buffer_cap_share, notifyCustomer: row.policy.notify_customer, updatedAt: row.policy.updated_at, updatedBy: row.policy.updated_by,
    },
    levels: row.levels, counts: row.counts,
  };
}
