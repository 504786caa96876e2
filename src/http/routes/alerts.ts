/** Settings → Alerts: who is told of what by which channel, a test, the messages and another try. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { testMessage } from '../../domain/alerts/message.ts';
import type { Role } from '../../domain/exceptions/catalogue.ts';
import { changeChannel, findChannel, listChannels, makeChannel, removeChannel, sealChannel, type ChannelRow, type ChannelSettings } from '../../store/alert-channels.ts';
import { addDelivery, listDeliveries, retryDelivery, type DeliveryRow } from '../../store/alert-deliveries.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { AlertChannelBody, AlertChannelChange, AlertChannelMade, AlertChannels, AlertChannelView, AlertDelivery, AlertDeliveryPage, AlertDeliveryQuery } from '../contract-alerts.ts';
import { csv } from '../csv.ts';
import { storeOf } from '../store-scope.ts';

const MOST_CHANNELS = 50;
const id = z.string().regex(/^\d{1,18}$/);

export function alertRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() }), params = z.object({ channelId: id });
  const now = (): string => house.clock.now().toISOString(), who = (request: FastifyRequest): string => request.user?.email ?? 'operator';
  const place = (storeId: number, channelId: string): string => `${storeId}:alert_channel:${channelId}`;
  const found = async (storeId: number, channelId: string): Promise<ChannelRow> => {
    const row = await findChannel(house.db, storeId, channelId);
    if (!row) throw new Refusal(404, `There is no channel ${channelId}; it may have been removed`);
    return row;
  };
  const accepted = (kind: ChannelRow['kind'], address: string, signing: string | null): { shown: string; secret: string | null } => {
    const checked = house.alerts.check(kind, address, signing);
    if (!checked.ok) throw new Refusal(400, `${checked.field}: ${checked.message}`);
    return checked;
  };

  api.get('/api/v1/alerts/channels', { schema: { tags: ['alerts'], summary: 'By which ways people and programs are told', querystring, response: { 200: AlertChannels } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { channels: (await listChannels(house.db, store.store_id)).map(view), mailReady: house.notifier !== null, timeZone: store.time_zone };
  });

  api.post('/api/v1/alerts/channels', { schema: { tags: ['alerts'], summary: 'A further channel', querystring, body: AlertChannelBody, response: { 200: AlertChannelMade } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { body } = request, at = now(), by = who(request);
    if ((await listChannels(house.db, store.store_id)).length >= MOST_CHANNELS) throw new Refusal(409, `There are ${MOST_CHANNELS} channels; remove one first`);
    const signing = body.kind === 'webhook' ? body.secret ?? house.alerts.newSecret(randomBytes(32)) : null, { shown, secret } = accepted(body.kind, body.address, signing);
    const channelId = await house.db.transaction(async (tx) => {
      const made = await makeChannel(tx, store.store_id, body.kind, settingsOf(body, shown, false), by, at);
      if (secret !== null) await sealChannel(tx, store.store_id, made, house.vault.seal(place(store.store_id, made), secret));
      await audit(tx, { at, actor: by, action: 'alert channel added', subject: body.name, after: { kind: body.kind, ...settingsOf(body, shown, false) } });
      return made;
    });
    house.changed(store.store_id, ['alerts']);
    return { channelId, secret: body.secret === undefined ? signing : null };
  });

  api.put('/api/v1/alerts/channels/:channelId', { schema: { tags: ['alerts'], summary: 'Change a channel that is still at the version given', querystring, params, body: AlertChannelChange, response: { 200: AlertChannelMade } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), row = await found(store.store_id, request.params.channelId), { body } = request, at = now(), by = who(request);
    const kept = row.sealed === null ? null : house.vault.open(place(store.store_id, row.channel_id), row.sealed);
    const oldSigning = row.kind === 'webhook' && kept !== null ? (JSON.parse(kept) as { secret: string }).secret : null, signing = body.newSecret && row.kind === 'webhook' ? house.alerts.newSecret(randomBytes(32)) : oldSigning;
    const { shown, secret } = body.address !== undefined ? accepted(row.kind, body.address, signing) : { shown: row.shown, secret: kept !== null && signing !== oldSigning ? house.alerts.withNewSigning(kept, signing!) : kept };
    await house.db.transaction(async (tx) => {
      if (!(await changeChannel(tx, store.store_id, row.channel_id, body.version, settingsOf(body, shown, body.paused), by, at))) throw new Refusal(409, `${row.name} was changed by ${row.updated_by} meanwhile: load it again and repeat your change`);
      if (secret !== null && secret !== kept) await sealChannel(tx, store.store_id, row.channel_id, house.vault.seal(place(store.store_id, row.channel_id), secret));
      await audit(tx, { at, actor: by, action: 'alert channel changed', subject: body.name, before: view(row), after: { ...settingsOf(body, shown, body.paused), secret: signing === oldSigning ? 'kept' : 'replaced' } });
    });
    house.changed(store.store_id, ['alerts']);
    return { channelId: row.channel_id, secret: signing === oldSigning ? null : signing };
  });

  api.delete('/api/v1/alerts/channels/:channelId', { schema: { tags: ['alerts'], summary: 'Remove a channel with its messages', querystring, params, response: { 200: z.object({ removed: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), row = await found(store.store_id, request.params.channelId);
    const removed = await house.db.transaction(async (tx) => {
      await audit(tx, { at: now(), actor: who(request), action: 'alert channel removed', subject: row.name, before: view(row) });
      return removeChannel(tx, store.store_id, row.channel_id);
    });
    house.changed(store.store_id, ['alerts']);
    return { removed };
  });

  api.post('/api/v1/alerts/channels/:channelId/test', { schema: { tags: ['alerts'], summary: 'Sends a message now, once; how it went stands among the deliveries', querystring, params, response: { 200: z.object({ deliveryId: z.string() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), row = await found(store.store_id, request.params.channelId), at = now(), by = who(request);
    const message = testMessage({ at, store: { id: store.store_id, name: store.name || store.shop_domain, domain: store.shop_domain }, publicUrl: house.publicUrl }, row.name, by);
    const deliveryId = await addDelivery(house.db, store.store_id, row.channel_id, `test:${at}`, message, at);
    if (deliveryId === null) throw new Refusal(409, 'A test was asked for this very moment');
    await audit(house.db, { at, actor: by, action: 'alert channel tested', subject: row.name });
    await house.enqueue('alerts', store.store_id);
    return { deliveryId };
  });

  api.get('/api/v1/alerts/deliveries', { schema: { tags: ['alerts'], summary: 'Messages, newest first', querystring: AlertDeliveryQuery, response: { 200: z.union([AlertDeliveryPage, z.string()]) } } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), { state, channel, cursor, limit, format } = request.query, most = format === 'csv' ? 5_000 : limit;
    const rows = (await listDeliveries(house.db, store.store_id, { state, channelId: channel, before: cursor, limit: most + 1 })).map(delivery);
    if (format === 'csv') return csv(reply, 'alert-deliveries', ['created', 'channel', 'kind', 'purpose', 'title', 'cases', 'state', 'tries', 'settled', 'said'], rows.slice(0, most).map((row) => [row.createdAt, row.channel, row.kind, row.purpose, row.title, row.cases, row.state, row.tries.length, row.settledAt ?? '', row.tries.at(-1)?.said ?? ''])) as never;
    return { rows: rows.slice(0, most), nextCursor: rows.length > most ? rows[most - 1]!.deliveryId : null };
  });

  api.post('/api/v1/alerts/deliveries/:deliveryId/retry', { schema: { tags: ['alerts'], summary: 'Try a message again now', querystring, params: z.object({ deliveryId: id }), response: { 200: z.object({ asked: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), at = now();
    if (!(await retryDelivery(house.db, store.store_id, request.params.deliveryId, at))) throw new Refusal(409, 'This message got through, or is not kept any more.');
    await audit(house.db, { at, actor: who(request), action: 'alert tried again', subject: `Message ${request.params.deliveryId}` });
    await house.enqueue('alerts', store.store_id);
    house.changed(store.store_id, ['alerts']);
    return { asked: true };
  });
}

type Terms = Pick<Of<typeof AlertChannelBody>, 'name' | 'roles' | 'leastSeverity' | 'quiet' | 'quietWeekends' | 'digestHour'>;
const settingsOf = (body: Terms, shown: string, paused: boolean): ChannelSettings => ({
  name: body.name, shown, roles: [...new Set(body.roles)], leastSeverity: body.leastSeverity, quietFrom: body.quiet?.from ?? null, quietTo: body.quiet?.to ?? null, quietWeekends: body.quietWeekends, digestHour: body.digestHour, state: paused ? 'paused' : 'on',
});

const view = (row: ChannelRow): Of<typeof AlertChannelView> => ({
  channelId: row.channel_id, name: row.name, kind: row.kind, shown: row.shown, roles: row.roles as Role[], leastSeverity: row.least_severity, quiet: row.quiet_from === null || row.quiet_to === null ? null : { from: row.quiet_from, to: row.quiet_to },
  quietWeekends: row.quiet_weekends, digestHour: row.digest_hour, state: row.state, stateReason: row.state_reason, deliveredAt: row.delivered_at, failingSince: row.failing_since, version: row.version, updatedAt: row.updated_at, updatedBy: row.updated_by,
});

const delivery = (row: DeliveryRow): Of<typeof AlertDelivery> => ({
  deliveryId: row.delivery_id, channelId: row.channel_id, channel: row.channel, kind: row.kind as Of<typeof AlertDelivery>['kind'], purpose: row.message.purpose, title: row.message.title, cases: row.message.cases.length + row.message.more,
  state: row.state, attempts: row.attempts, createdAt: row.created_at, nextAt: row.next_at, settledAt: row.settled_at, tries: row.tries, message: { ...row.message },
});
