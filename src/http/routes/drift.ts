/** Drift of one level with its evidence, and repairs: asked for, approved by a second person above a limit, reversed. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { decideRepair, type RepairWay } from '../../domain/drift/repair.ts';
import { idempotencyKey } from '../../runtime/key.ts';
import { driftOf } from '../../store/drift.ts';
import { findRepair, levelForRepair, listRepairs, moveRepair, proposeRepair, repairLimit, type RepairRow } from '../../store/drift-repair.ts';
import { plannerDriftOf } from '../../store/planner-drift.ts';
import { audit } from '../../store/users.ts';
import { warehouseDriftOf } from '../../store/warehouse-drift.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { LevelDrift, Repair, RepairAction, RepairBody, RepairPage } from '../contract-drift.ts';
import { storeOf } from '../store-scope.ts';

const SHOWN = 200;

export function driftRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() });
  const now = (): string => house.clock.now().toISOString();

  api.get('/api/v1/drift/:itemId/:locationId', { schema: { tags: ['drift'], summary: 'Why a level differs, with evidence', querystring, params: z.object({ itemId: z.coerce.number().int(), locationId: z.coerce.number().int() }), response: { 200: LevelDrift } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { itemId, locationId } = request.params;
    const level = await levelForRepair(house.db, store.store_id, itemId, locationId);
    if (!level) throw new Refusal(404, 'This item is not stocked at this location');
    const beside = await driftOf(house.db, store.store_id, itemId, locationId), shelf = await warehouseDriftOf(house.db, store.store_id, itemId, locationId), planner = await plannerDriftOf(house.db, store.store_id, itemId, locationId);
    return {
      itemId, locationId, authority: level.authority, shopify: beside,
      warehouse: shelf && { shown: shelf.shown, wanted: shelf.wanted, causes: shelf.causes, shopifyOnHand: shelf.shopifyOnHand, warehouseOnHand: shelf.warehouseOnHand, arithmetic: shelf.shelf.arithmetic, shelfCauses: shelf.shelf.causes, firstSeen: shelf.firstSeen, checkedAt: shelf.checkedAt },
      planner: planner.map((side) => ({ ...side, difference: side.theirs - side.ours })),
    };
  });

  api.get('/api/v1/drift/repairs', { schema: { tags: ['drift'], summary: 'Repairs, those that wait for approval first, then newest', querystring, response: { 200: RepairPage } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { repairs: (await listRepairs(house.db, store.store_id, SHOWN)).map(view), limit: await repairLimit(house.db, store.store_id) };
  });

  api.post('/api/v1/drift/repairs', { schema: { tags: ['drift'], summary: 'Ask for a repair: the level is read afresh first; within the limit it is carried out at once', querystring, body: RepairBody, response: { 200: Repair } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator';
    const id = await askRepair({ house }, store.store_id, request.body, by);
    return view((await findRepair(house.db, store.store_id, id))!);
  });

  api.post('/api/v1/drift/repairs/:repairId', { schema: { tags: ['drift'], summary: 'Approve, withdraw or reverse a repair', querystring, params: z.object({ repairId: z.string().regex(/^\d{1,18}$/) }), body: RepairAction, response: { 200: Repair } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', { action } = request.body, at = now();
    const row = await findRepair(house.db, store.store_id, request.params.repairId);
    if (!row) throw new Refusal(404, `There is no repair ${request.params.repairId}`);
    if (action === 'approve' && row.proposed_by === by) throw new Refusal(403, 'Somebody else has to agree to a repair of this size.');
    if (action === 'reverse' && row.proposed_by === by && row.units > await repairLimit(house.db, store.store_id)) throw new Refusal(403, 'A repair of this size is taken back by somebody else than who asked for it.');
    const [from, to] = action === 'approve' ? ['waits for approval', 'sending'] as const : action === 'withdraw' ? ['waits for approval', 'refused'] as const : ['done', 'reversing'] as const;
    if (!(await moveRepair(house.db, store.store_id, row.repair_id, from, to, { at, by, ...(action === 'withdraw' ? { message: `withdrawn by ${by}` } : {}) }))) throw new Refusal(409, `It is ${row.state} by now, which leaves nothing to ${action}.`);
    await audit(house.db, { at, actor: by, action: `repair ${action}`, subject: `${row.way} ${row.sku || row.title} at ${row.location}`, after: { units: row.units, reason: row.reason } });
    await house.enqueue('drift-repair', store.store_id);
    house.changed(store.store_id, ['stock']);
    return view((await findRepair(house.db, store.store_id, row.repair_id))!);
  });
}

/** Reads the level afresh, decides, records, and asks for it to be carried out. Refuses in words. Answers the repair's id. */
export async function askRepair({ house }: Pick<Services, 'house'>, storeId: number, asked: { itemId: number; locationId: number; way: RepairWay; reason: string }, by: string): Promise<string> {
  const at = house.clock.now().toISOString(), level = await levelForRepair(house.db, storeId, asked.itemId, asked.locationId);
  if (!level) throw new Refusal(404, 'This item is not stocked at this location');
  const [shown] = await (await house.storefront(storeId)).levels([{ inventoryItemId: level.inventory_item_id, locationId: level.shopify_location_id }]);
  if (!shown) throw new Refusal(409, 'Shopify does not know this level any more.');
  const decided = decideRepair({ way: asked.way, ledger: level, shopify: { available: shown.quantities.available ?? 0, committed: shown.quantities.committed ?? 0 }, authority: level.authority, limit: await repairLimit(house.db, storeId), pending: level.pending });
  if ('refuse' in decided) throw new Refusal(409, decided.refuse);
  const id = await proposeRepair(house.db, storeId, { ...asked, ...decided, key: idempotencyKey(`drift-repair/${storeId}/${asked.itemId}@${asked.locationId}/${at}`) }, by, at);
  if (id === null) throw new Refusal(409, 'A repair of this level is already under way.');
  await audit(house.db, { at, actor: by, action: `repair asked: ${asked.way}`, subject: `item ${asked.itemId} at ${asked.locationId}`, after: { ...decided, reason: asked.reason } });
  if (!decided.approval) await house.enqueue('drift-repair', storeId);
  house.changed(storeId, ['stock']);
  return id;
}

function view(row: RepairRow): Of<typeof Repair> {
  return {
    repairId: row.repair_id, itemId: row.item_id, locationId: row.location_id, sku: row.sku, title: row.title, locationName: row.location, way: row.way, state: row.state, available: { from: row.available_from, to: row.available_to }, committed: { from: row.committed_from, to: row.committed_to },
    units: row.units, reason: row.reason, proposedAt: row.proposed_at, proposedBy: row.proposed_by, approvedAt: row.approved_at, approvedBy: row.approved_by, settledAt: row.settled_at, message: row.message, reversedAt: row.reversed_at, reversedBy: row.reversed_by, automatic: row.automatic,
  };
}
