/** Settings → Connections: what is connected, whether it is healthy, connecting another shop, testing one. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { hasScope } from '../../domain/audit/checks/scopes.ts';
import { dayOf } from '../../domain/calendar.ts';
import { lookAt } from '../../domain/webhooks/topic-silence.ts';
import { inboxHealth } from '../../store/inbox.ts';
import { connectionFailed, findConnection, keepSecret, listStores, replaceSecret, saveStore, updateShop, type StoreRow } from '../../store/stores.ts';
import { CATCH_UP, closeCaughtUp, openAgain } from '../../store/catch-up.ts';
import { raise } from '../../store/exceptions.ts';
import { audit } from '../../store/users.ts';
import { heardFrom, topicsHeard, watchingSince } from '../../store/webhook-hours.ts';
import { webhooksReceived } from '../../runtime/metrics.ts';
import { type Services } from '../app.ts';
import { ConnectBody, Connection, SecretBody, TestResult, type Of } from '../contract.ts';
import { storeOf } from '../store-scope.ts';

const HOUR_MS = 3_600_000;

export function connectionRoutes(app: FastifyInstance, services: Services): void {
  const { house } = services;
  const api = app.withTypeProvider<ZodTypeProvider>();
  const now = (): string => house.clock.now().toISOString();

  api.get('/api/v1/connections', { schema: { tags: ['connections'], summary: 'Connected shops and their health', response: { 200: z.object({ connections: z.array(Connection) }) } } }, async () => {
    const connections: Of<typeof Connection>[] = [];
    for (const store of await listStores(house.db)) connections.push(await describe(services, store));
    return { connections };
  });

  api.post('/api/v1/connections', { schema: { tags: ['connections'], summary: 'Connect a shop with the client id and secret of an app of its organisation', body: ConnectBody, response: { 200: TestResult } } }, async (request) => {
    const { shopDomain, clientId, clientSecret } = request.body;
    const existing = (await listStores(house.db)).find((s) => s.shop_domain === shopDomain);
    // The secret is sealed to its store's row, so the row comes first; money and time zone are read by the test call.
    const storeId = existing?.store_id ?? await house.db.transaction(async (tx) => saveStore(tx, {
      shopDomain, name: shopDomain, currency: 'USD', timeZone: 'UTC', origin: null, clientId, clientSecret: Buffer.alloc(0), hookToken: randomBytes(24).toString('base64url'), now: now(),
    }));
    await replaceSecret(house.db, storeId, clientId, house.vault.seal(`${storeId}:connection:client_secret`, clientSecret), now());
    house.reconnect(storeId);
    await audit(house.db, { at: now(), actor: request.user?.email ?? 'operator', action: 'shop connected', subject: shopDomain });
    const result = await test(services, storeId);
    if (result.ok) services.importStore(storeId);
    house.changed(storeId, ['connections']);
    return result;
  });

  api.put('/api/v1/connections/:storeId/secret', { schema: {
    tags: ['connections'], summary: 'Replace the client secret: tried at once; one Shopify refuses is not kept. What was signed with the one before is believed for a week', params: z.object({ storeId: z.coerce.number() }), body: SecretBody, response: { 200: TestResult },
  } }, async (request) => {
    const { store_id: storeId, shop_domain: shop } = await storeOf(house.db, request.params.storeId), before = (await findConnection(house.db, storeId))!, by = request.user?.email ?? 'operator';
    await replaceSecret(house.db, storeId, before.client_id, house.vault.seal(`${storeId}:connection:client_secret`, request.body.clientSecret), now());
    const result = await test(services, storeId, true), kept = (await findConnection(house.db, storeId))!.status === 'ok';
    if (!kept) {
      await keepSecret(house.db, before);
      await test(services, storeId);
    }
    await audit(house.db, { at: now(), actor: by, action: kept ? 'client secret replaced' : 'client secret refused', subject: shop });
    house.changed(storeId, ['connections']);
    return kept ? result : { ...result, sentence: `The new secret was not kept, and the one before is in use. ${result.sentence}` };
  });

  api.post('/api/v1/connections/:storeId/test', { schema: { tags: ['connections'], summary: 'A test call: token, scopes, API version, locations', params: z.object({ storeId: z.coerce.number() }), response: { 200: TestResult } } }, async (request) => {
    const store = await storeOf(house.db, request.params.storeId);
    return test(services, store.store_id);
  });
}

/** `trial`: with a secret that is not kept where it fails, so that its failing is no case of the connection. */
async function test({ house, apiVersion, scopes }: Services, storeId: number, trial = false): Promise<Of<typeof TestResult>> {
  const at = house.clock.now().toISOString();
  try {
    house.reconnect(storeId);
    const storefront = await house.storefront(storeId);
    const shop = await storefront.shop();
    const locations = await storefront.locations();
    await updateShop(house.db, storeId, shop, at);
    house.reconnect(storeId); // the shop's currency may be another than assumed
    if (await openAgain(house.db, storeId, 'TOKEN_DEAD', at, at)) for (const reading of CATCH_UP) await house.enqueue(reading, storeId);
    await closeCaughtUp(house.db, storeId, 'TOKEN_DEAD', at);
    const missing = scopes.filter((scope) => !hasScope(shop.scopes, scope));
    return {
      ok: missing.length === 0, sentence: missing.length === 0 ? `${shop.name} answers, with every scope it needs.` : `${shop.name} answers, but ${missing.length} scopes are missing: ${missing.join(', ')}.`,
      checks: [
        { label: 'Token', ok: true, detail: 'Shopify gave an access token' },
        { label: 'API version', ok: true, detail: `${apiVersion} answers` },
        { label: 'Scopes', ok: missing.length === 0, detail: missing.length === 0 ? shop.scopes.join(', ') : `missing: ${missing.join(', ')}` },
        { label: 'Locations', ok: locations.length > 0, detail: locations.map((l) => l.name).join(', ') },
      ],
    };
  } catch (error) {
    const message = (error as Error).message;
    const dead = (error as Error).name === 'TokenDead';
    if (trial) return { ok: false, sentence: message, checks: [{ label: 'Shopify answers', ok: false, detail: message }] };
    await connectionFailed(house.db, storeId, dead ? 'dead' : 'failing', message, at);
    if (dead) await raise(house.db, storeId, [{ kind: 'TOKEN_DEAD', key: 'connection', subject: 'Shopify connection', sentence: message }], at);
    return { ok: false, sentence: message, checks: [{ label: 'Shopify answers', ok: false, detail: message }] };
  }
}

async function describe({ house, apiVersion, scopes }: Services, store: StoreRow): Promise<Of<typeof Connection>> {
  const connection = (await findConnection(house.db, store.store_id))!;
  const now = house.clock.now().toISOString();
  const health = await inboxHealth(house.db, store.store_id, now, new Date(Date.parse(`${dayOf(now, store.time_zone)}T00:00:00Z`)).toISOString());
  const bucket = await house.db.query<{ available: number; maximum: number; restore_rate: number }>(
    'select least(maximum, available + restore_rate * greatest(0, extract(epoch from ($2::timestamptz - at))))::float8 as available, maximum, restore_rate from shop_bucket where store_id = $1', [store.store_id, now]);
  const locations = await house.db.query<{ location_id: number; shopify_location_id: string; name: string; is_active: boolean; authority: 'storefront' | 'warehouse' }>(
    'select * from location where store_id = $1 order by name', [store.store_id]);
  const from = await heardFrom(house.db, store.store_id), watching = (await watchingSince(house.db, store.store_id)) ?? now;
  const rejected = (await webhooksReceived.get()).values.filter((v) => v.labels['result'] === 'bad signature' || v.labels['result'] === 'headers do not fit').reduce((sum, v) => sum + v.value, 0);
  return {
    storeId: store.store_id, shopDomain: store.shop_domain, isSandbox: connection.origin !== null, apiVersion, scopes: connection.scopes,
    missingScopes: scopes.filter((scope) => !hasScope(connection.scopes, scope)), status: connection.status, checkedAt: connection.checked_at, lastError: connection.last_error,
    tokenExpiresAt: connection.access_token_expires_at,
    bucket: bucket.rows[0] ? { available: Math.round(bucket.rows[0].available), maximum: bucket.rows[0].maximum, restoreRate: bucket.rows[0].restore_rate } : null,
    webhooks: { topics: (await topicsHeard(house.db, store.store_id, now)).map((heard) => lookAt(heard, from ?? Math.floor(Date.parse(now) / HOUR_MS), watching, now)), receivedToday: health.today, lastReceivedAt: health.last, rejectedToday: rejected, deadLetters: health.dead },
    locations: locations.rows.map((l) => ({ locationId: l.location_id, shopifyLocationId: l.shopify_location_id, name: l.name, isActive: l.is_active, authority: l.authority })),
  };
}
