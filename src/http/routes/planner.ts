/** Settings → Inventory Planner: the connection, its places, shadow mode, the orders both sides keep. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ADVANCED_FOLDERS, STARTER_FILES } from '../../ports/planner.ts';
import { decodeCursor, encodeCursor } from '../../store/keyset.ts';
import { fileKinds, writtenFile, writtenFiles } from '../../store/planner-files.ts';
import { plannerOrders, sendAgain } from '../../store/planner-orders-page.ts';
import { shadowOverall, shadowPage, shadowTotals, type ShadowFilter, type ShadowRow } from '../../store/planner-shadow.ts';
import { findPlanner, plannerFailed, plannerHeard, plannerWarehouses, type PlannerConnectionRow } from '../../store/planner.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { TestResult, type Of } from '../contract.ts';
import { PlaceBody, PlannerBody, PlannerFilesPage, PlannerOrdersPage, PlannerView, ShadowPage, ShadowQuery } from '../contract-planner.ts';
import { csv } from '../csv.ts';
import { cut, decodeParts } from '../cursor.ts';
import { storeOf } from '../store-scope.ts';

export function plannerRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), tags = ['planner'], inStore = z.object({ store: z.coerce.number() });
  const now = (): string => house.clock.now().toISOString(), who = (request: FastifyRequest): string => request.user?.email ?? 'operator';
  const found = async (storeId: number): Promise<PlannerConnectionRow> => {
    const row = await findPlanner(house.db, storeId);
    if (!row) throw new Refusal(404, 'Inventory Planner is not connected to this store yet');
    return row;
  };
  const seal = (storeId: number, column: string, secret: string | undefined): Buffer | null => (secret === undefined ? null : house.vault.seal(`${storeId}:planner_connection:${column}`, secret));

  api.get('/api/v1/planner', { schema: { tags, summary: 'The connection to Inventory Planner, null when there is none', querystring: inStore, response: { 200: z.object({ planner: PlannerView.nullable() }) } } }, async (request) => {
    const { store_id: storeId } = await storeOf(house.db, request.query.store), row = await findPlanner(house.db, storeId);
    return { planner: row && await view(row) };
  });

  api.put('/api/v1/planner', { schema: { tags, summary: 'Connect Inventory Planner, or change the connection; what is left out stays', querystring: inStore, body: PlannerBody, response: { 200: z.object({ planner: PlannerView }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), storeId = store.store_id, { body } = request, row = await findPlanner(house.db, storeId);
    if (row && body.version !== row.version) throw new Refusal(409, `version: the connection was changed by ${row.updated_by} at ${row.updated_at} (version ${row.version}). Read it again, then change it.`);
    const checked = house.planners.check({ origin: body.origin ?? row?.origin, account: body.account, apiKey: body.apiKey ?? (row ? house.vault.open(`${storeId}:planner_connection:api_key`, row.api_key) : null) });
    if (!checked.ok) throw new Refusal(400, `${checked.field}: ${checked.message}`);
    if (body.sftp) {
      const fits = house.planners.checkSftp(body.sftp, body.sftpSecret ?? (row?.sftp_secret ? house.vault.open(`${storeId}:planner_connection:sftp_secret`, row.sftp_secret) : null));
      if (!fits.ok) throw new Refusal(400, `sftp.${fits.field}: ${fits.message}`);
    }
    if (body.filesUser && body.filesPassword === undefined && !row?.files_password) throw new Refusal(400, 'filesPassword: a user needs a password');
    const settings = { ...checked.settings, sendsOrders: body.sendsOrders, takesOrders: body.takesOrders, pushesStock: body.pushesStock, floorsInLeadTime: body.floorsInLeadTime, forecastDays: body.forecastDays, returnsOn: body.returnsOn, statusTypes: body.statusTypes, filesUser: body.filesUser, sftp: body.sftp, fileFolders: body.fileFolders };
    await house.db.transaction(async (tx) => {
      if (!row) await tx.query('insert into planner_connection (store_id, origin, account, api_key, version, files_token, created_at, updated_at, updated_by) values ($1, $2, $3, $4, 0, $5, $6, $6, $7) on conflict do nothing', [storeId, checked.settings.origin, checked.settings.account, seal(storeId, 'api_key', body.apiKey), randomBytes(24).toString('base64url'), now(), who(request)]);
      const { rowCount } = await tx.query(
        `update planner_connection set version = version + 1, origin = $3, account = $4, api_key = coalesce($5, api_key), sends_orders = coalesce($6, sends_orders), takes_orders = coalesce($7, takes_orders), pushes_stock = coalesce($8, pushes_stock), floors_in_lead_time = coalesce($9, floors_in_lead_time),
           forecast_days = coalesce($10, forecast_days), returns_on = coalesce($11, returns_on), status_types = coalesce($12, status_types), files_user = case when $13 then $14 else files_user end, files_password = case when $13 and $14::text is null then null else coalesce($15, files_password) end,
           sftp = case when $16 then $17 else sftp end, sftp_secret = case when $16 and $17::jsonb is null then null else coalesce($18, sftp_secret) end, updated_at = $19, updated_by = $20, file_folders = coalesce($21, file_folders) where store_id = $1 and version = $2`,
        [storeId, row?.version ?? 0, checked.settings.origin, checked.settings.account, seal(storeId, 'api_key', body.apiKey), body.sendsOrders ?? null, body.takesOrders ?? null, body.pushesStock ?? null, body.floorsInLeadTime ?? null, body.forecastDays ?? null, body.returnsOn ?? null, body.statusTypes ? JSON.stringify(body.statusTypes) : null,
          body.filesUser !== undefined, body.filesUser ?? null, seal(storeId, 'files_password', body.filesPassword), body.sftp !== undefined, body.sftp ? JSON.stringify(body.sftp) : null, seal(storeId, 'sftp_secret', body.sftpSecret), now(), who(request), body.fileFolders ? JSON.stringify(body.fileFolders) : null]);
      if (rowCount === 0) throw new Refusal(409, 'version: somebody changed the connection at the same moment. Read it again, then change it.');
      await audit(tx, { at: now(), actor: who(request), action: row ? 'planner changed' : 'planner connected', subject: store.shop_domain, after: { ...settings, apiKey: body.apiKey === undefined ? 'kept' : 'replaced' } });
    });
    house.reconnectPlanner(storeId);
    house.changed(storeId, ['planner', 'connections']);
    return { planner: await view(await found(storeId)) };
  });

  api.post('/api/v1/planner/test', { schema: { tags, summary: 'A read that proves the connection works', querystring: inStore, response: { 200: TestResult } } }, async (request) => {
    const { store_id: storeId } = await storeOf(house.db, request.query.store);
    await found(storeId);
    house.reconnectPlanner(storeId);
    try {
      const { detail } = await (await house.planner(storeId)).check();
      await plannerHeard(house.db, storeId, now());
      return { ok: true, sentence: detail, checks: [{ label: 'Connection', ok: true, detail }] };
    } catch (error) {
      const message = (error as Error).message;
      await plannerFailed(house.db, storeId, message, now());
      return { ok: false, sentence: message, checks: [{ label: 'Connection', ok: false, detail: message }] };
    }
  });

  api.post('/api/v1/planner/exchange', { schema: { tags, summary: 'Exchange now', querystring: inStore, response: { 200: z.object({ asked: z.boolean() }) } } }, async (request) => {
    const { store_id: storeId } = await storeOf(house.db, request.query.store);
    await found(storeId);
    await audit(house.db, { at: now(), actor: who(request), action: 'flow run', subject: 'planner-exchange' });
    await house.enqueue('planner-exchange', storeId);
    return { asked: true };
  });

  api.put('/api/v1/planner/places/:place', { schema: { tags, summary: 'Give one of its warehouses a location of ours, or take it away', params: z.object({ place: z.string().min(1).max(200) }), querystring: inStore, body: PlaceBody, response: { 200: z.object({ saved: z.boolean() }) } } }, async (request) => {
    const { store_id: storeId } = await storeOf(house.db, request.query.store), { place } = request.params, { locationId } = request.body;
    const places = await plannerWarehouses(house.db, storeId), known = places.find((each) => each.planner_warehouse_id === place), other = places.find((each) => each.location_id === locationId && each.planner_warehouse_id !== place);
    if (!known) throw new Refusal(404, `There is no warehouse ${place} in Inventory Planner, as far as the last exchange showed`);
    if (known.kind === 'combined' && locationId !== null) throw new Refusal(409, `locationId: ${known.name} adds other warehouses up; nothing is received there`);
    if (locationId !== null && other) throw new Refusal(409, `locationId: ${other.location} belongs to ${other.name} already. Take it away there first.`);
    const { rowCount } = await house.db.query(
      `update planner_warehouse set location_id = $3, matched_by = case when $3::int is null then 'nobody' else 'by hand' end where store_id = $1 and planner_warehouse_id = $2 and ($3::int is null or exists (select from location where store_id = $1 and location_id = $3))`, [storeId, place, locationId]);
    if (rowCount === 0) throw new Refusal(404, `locationId: there is no location ${locationId}`);
    await audit(house.db, { at: now(), actor: who(request), action: 'planner warehouse mapped', subject: known.name, before: { location: known.location }, after: { locationId } });
    house.changed(storeId, ['planner']);
    return { saved: true };
  });

  api.get('/api/v1/planner/shadow', { schema: { tags, summary: 'Our quantity beside theirs, with the reasons of each gap', querystring: ShadowQuery, response: { 200: ShadowPage } } }, async (request) => {
    const { store_id: storeId } = await storeOf(house.db, request.query.store), filter = filterOf(request.query);
    const rows = await shadowPage(house.db, storeId, { ...filter, limit: filter.limit + 1 }), page = rows.slice(0, filter.limit), last = page.at(-1), { totals, reasons } = await shadowTotals(house.db, storeId, filter), overall = await shadowOverall(house.db, storeId);
    return {
      rows: page.map(shadowLine), nextCursor: rows.length > filter.limit && last ? encodeCursor({ value: last.sort_value, key: [last.item_id, last.location_id] }) : null, computedAt: totals.computed_at, syncedAt: totals.synced_at,
      totals: { rows: totals.rows, atParity: totals.at_parity, equal: totals.equal, ours: totals.ours, theirs: totals.theirs, parity: totals.parity }, overall: { rows: overall.rows, atParity: overall.at_parity, equal: overall.equal }, reasons,
    };
  });
  api.get('/api/v1/planner/shadow.csv', { schema: { tags, summary: 'The filtered rows as CSV', querystring: ShadowQuery } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), rows = await shadowPage(house.db, store.store_id, { ...filterOf({ ...request.query, cursor: undefined }), limit: 100_000 });
    return csv(reply, `shadow-${store.shop_domain}`, ['SKU', 'Title', 'Location', 'Instep', 'Inventory Planner', 'Its formula here', 'Gap', 'Reasons'], rows.map((r) => [r.sku, r.title, r.location, r.ours, r.theirs, r.parity, r.gap, r.reasons.map((each) => `${each.reason} ${each.units > 0 ? '+' : ''}${each.units}`).join('; ')]));
  });

  api.get('/api/v1/planner/orders', { schema: { tags, summary: 'Orders both sides keep, with the last writes of each', querystring: inStore.extend({ view: z.enum(['stuck', 'all']).default('all'), cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }), response: { 200: PlannerOrdersPage } } }, async (request) => {
    const { store_id: storeId } = await storeOf(house.db, request.query.store), { view: chosen, limit, cursor } = request.query, after = decodeParts<[number]>(cursor, ['number']);
    const { page, nextCursor } = cut(await plannerOrders(house.db, storeId, chosen, after?.[0] ?? null, limit + 1), limit, (row) => [row.purchase_order_id]);
    return { nextCursor, rows: page.map((r) => ({ purchaseOrderId: r.purchase_order_id, reference: r.reference, direction: r.direction, supplier: r.supplier, state: r.state, plannerId: r.planner_id, plannerStatus: r.planner_status, link: r.link, isReadonly: r.is_readonly, message: r.message, ordered: r.ordered, received: r.received, agreed: r.agreed, updatedAt: r.updated_at, attempts: r.attempts })) };
  });
  api.post('/api/v1/planner/orders/:orderId/again', { schema: { tags, summary: 'Tell an order again that was refused', params: z.object({ orderId: z.coerce.number().int() }), querystring: inStore, response: { 200: z.object({ asked: z.boolean() }) } } }, async (request) => {
    const { store_id: storeId } = await storeOf(house.db, request.query.store);
    if (!await sendAgain(house.db, storeId, request.params.orderId, now())) throw new Refusal(409, 'Nothing of this order waits to be told again');
    await audit(house.db, { at: now(), actor: who(request), action: 'planner told again', subject: `purchase order ${request.params.orderId}` });
    await house.enqueue('planner-exchange', storeId);
    return { asked: true };
  });

  api.get('/api/v1/planner/files', { schema: { tags, summary: 'The advanced files: what each kind holds by now, what was left out of it and why, and the files put there in the last 30 days', querystring: inStore.extend({ cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }), response: { 200: PlannerFilesPage } } }, async (request) => {
    const { store_id: storeId } = await storeOf(house.db, request.query.store), { limit, cursor } = request.query, after = decodeParts<[number]>(cursor, ['number']), row = await found(storeId);
    const { page, nextCursor } = cut(await writtenFiles(house.db, storeId, after?.[0] ?? null, limit + 1), limit, (each) => [each.planner_file_id]);
    return {
      kinds: (await fileKinds(house.db, storeId)).map(({ file, rows, written_at: writtenAt }) => ({ file, folder: row.file_folders[file] ?? ADVANCED_FOLDERS[file], rows, writtenAt, leftOut: row.file_left_out[file] ?? [] })), nextCursor,
      rows: page.map((each) => ({ fileId: each.planner_file_id, file: each.file, name: each.name, rows: each.rows, removed: each.removed, bytes: each.bytes, writtenAt: each.written_at })),
    };
  });
  api.get('/api/v1/planner/files/:fileId.csv', { schema: { tags, summary: 'An advanced file as it was put there', params: z.object({ fileId: z.coerce.number().int() }), querystring: inStore } }, async (request, reply) => {
    const { store_id: storeId } = await storeOf(house.db, request.query.store), file = await writtenFile(house.db, storeId, request.params.fileId);
    if (!file) throw new Refusal(404, `There is no file ${request.params.fileId}; files are kept for 30 days`);
    return reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${file.name.split('/')[1]!.replaceAll(/[^A-Za-z0-9._-]/g, '-')}"`).send(file.content);
  });

  async function view(row: PlannerConnectionRow): Promise<Of<typeof PlannerView>> {
    const places = await plannerWarehouses(house.db, row.store_id), shopIds = new Map((await house.db.query<{ location_id: number; id: string }>('select location_id, shopify_location_id as id from location where store_id = $1', [row.store_id])).rows.map((each) => [each.location_id, each.id]));
    const { rows: [counts] } = await house.db.query<{ variants: number; unmatched: number; orders: number; refused: number; held: number }>(
      `select (select count(*)::int from planner_variant where store_id = $1) as variants, (select count(*)::int from planner_variant where store_id = $1 and item_id is null) as unmatched, count(*) filter (where planner_id is not null)::int as orders,
         count(*) filter (where state in ('refused', 'conflict', 'gone'))::int as refused, count(*) filter (where state = 'linked' and message like 'Not told%')::int as held from planner_order where store_id = $1`, [row.store_id]);
    return {
      origin: row.origin, account: row.account, version: row.version, sendsOrders: row.sends_orders, takesOrders: row.takes_orders, pushesStock: row.pushes_stock, floorsInLeadTime: row.floors_in_lead_time, forecastDays: row.forecast_days, returnsOn: row.returns_on, statusTypes: row.status_types, unknownStatuses: row.unknown_statuses,
      filesUser: row.files_user, sftp: row.sftp, filesSentAt: row.files_sent_at, fileFolders: { ...ADVANCED_FOLDERS, ...row.file_folders }, status: row.status, checkedAt: row.checked_at, lastError: row.last_error, exchangedAt: row.exchanged_at, counts: counts!,
      places: places.map((each) => ({
        plannerWarehouseId: each.planner_warehouse_id, name: each.name, kind: each.kind, isDisabled: each.is_disabled, locationId: each.location_id, location: each.location, matchedBy: each.matched_by, syncedAt: each.synced_at,
        files: each.location_id === null ? [] : STARTER_FILES.map((file) => ({ file, url: `${house.publicUrl}/planner-files/${row.files_token}/${shopIds.get(each.location_id!)}/${file}.csv` })),
      })),
    };
  }
}

function filterOf(query: Of<typeof ShadowQuery>): ShadowFilter {
  let after: ShadowFilter['after'];
  try { after = decodeCursor(query.cursor, 2); } catch { throw new Refusal(400, 'cursor: not one this API gave out'); }
  const locations = query.location?.split(',').map(Number).filter(Number.isInteger);
  return { q: query.q, ...(locations?.length ? { locations } : {}), view: query.view, reason: query.reason, sort: query.sort, dir: query.dir, after, limit: query.limit };
}
const shadowLine = (r: ShadowRow): Of<typeof ShadowPage>['rows'][number] => ({ itemId: r.item_id, locationId: r.location_id, sku: r.sku, title: r.title, vendor: r.vendor, locationName: r.location, ours: r.ours, theirs: r.theirs, parity: r.parity, gap: r.gap, reasons: r.reasons, syncedAt: r.synced_at });
