/** Repairs of many levels with one preview, and what may be repaired without asking. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MOST_AUTOMATIC } from '../../domain/drift/policy.ts';
import { decideRepair, type RepairDecision, type RepairWay } from '../../domain/drift/repair.ts';
import { idempotencyKey } from '../../runtime/key.ts';
import { approveRepairs, caseOf, levelsForRepair, proposeRepair, repairLimit, type RepairLevel } from '../../store/drift-repair.ts';
import { note } from '../../store/exceptions.ts';
import { automaticStop, repairPolicies, setRepairPolicies } from '../../store/repair-policy.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { RepairApproveBody, RepairApproveResult, RepairBulkBody, RepairBulkResult, RepairPolicyBody, RepairPolicyView, RepairPreview, RepairPreviewBody } from '../contract-drift.ts';
import { storeOf } from '../store-scope.ts';

interface LevelKey { itemId: number; locationId: number }
interface Decided { level: RepairLevel; decided: RepairDecision }

export function repairRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() }), tags = ['drift'], now = (): string => house.clock.now().toISOString();

  /** Each level read afresh, and decided on as one alone would be. Levels that are not in the ledger are left out. */
  const decide = async (storeId: number, keys: readonly LevelKey[], way: RepairWay): Promise<Decided[]> => {
    const levels = await levelsForRepair(house.db, storeId, keys), limit = await repairLimit(house.db, storeId);
    const shown = new Map((await (await house.storefront(storeId)).levels(levels.map((level) => ({ inventoryItemId: level.inventory_item_id, locationId: level.shopify_location_id })))).map((each) => [`${each.inventoryItemId}@${each.locationId}`, each.quantities]));
    return levels.map((level): Decided => {
      const of = shown.get(`${level.inventory_item_id}@${level.shopify_location_id}`);
      if (level.under_way) return { level, decided: { refuse: 'A repair of this level is already under way.' } };
      if (of === undefined) return { level, decided: { refuse: 'Shopify does not know this level any more.' } };
      return { level, decided: decideRepair({ way, ledger: level, shopify: { available: of.available ?? 0, committed: of.committed ?? 0 }, authority: level.authority, limit, pending: level.pending }) };
    });
  };
  const unitsOf = (all: readonly Decided[]): number => all.reduce((sum, { decided }) => sum + ('refuse' in decided ? 0 : decided.units), 0);

  api.post('/api/v1/drift/repairs/preview', { schema: { tags, summary: 'What repairing these levels would do: each is read afresh, nothing is changed', querystring, body: RepairPreviewBody, response: { 200: RepairPreview } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), all = await decide(store.store_id, request.body.levels, request.body.way), limit = await repairLimit(house.db, store.store_id), units = unitsOf(all);
    return {
      rows: all.map(({ level, decided }) => ({
        itemId: level.item_id, locationId: level.location_id, sku: level.sku, title: level.title, locationName: level.location,
        ...('refuse' in decided ? { available: null, committed: null, units: 0, refuse: decided.refuse } : { available: decided.available, committed: decided.committed, units: decided.units, refuse: null }),
      })),
      repairs: all.filter(({ decided }) => !('refuse' in decided)).length, units, limit, approval: units > limit,
    };
  });

  api.post('/api/v1/drift/repairs/bulk', { schema: { tags, summary: 'Ask for the repairs of a preview; together above the limit, all of them wait for a second person', querystring, body: RepairBulkBody, response: { 200: RepairBulkResult } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), storeId = store.store_id, { way, reason, levels } = request.body, by = request.user?.email ?? 'operator', at = now();
    const wanted = new Map(levels.map((level) => [`${level.itemId}@${level.locationId}`, level])), all = await decide(storeId, levels, way), left: Of<typeof RepairBulkResult>['left'] = [];
    const leave = (level: RepairLevel, why: string): void => { left.push({ itemId: level.item_id, locationId: level.location_id, sku: level.sku, why }); };
    const same = all.filter(({ level, decided }) => {
      const seen = wanted.get(`${level.item_id}@${level.location_id}`)!;
      if ('refuse' in decided) { leave(level, decided.refuse); return false; }
      const still = (['available', 'committed'] as const).every((state) => decided[state].from === seen[state].from && decided[state].to === seen[state].to);
      if (!still) leave(level, 'It shows other numbers by now. Look at it again.');
      return still;
    });
    // Many small ones are one large one: the limit is of what one person changes at once.
    const approval = unitsOf(same) > await repairLimit(house.db, storeId);
    const asked = await house.db.transaction(async (tx) => {
      let made = 0;
      for (const { level, decided } of same) {
        if ('refuse' in decided) continue;
        const id = await proposeRepair(tx, storeId, { itemId: level.item_id, locationId: level.location_id, way, ...decided, approval, reason, key: idempotencyKey(`drift-repair/${storeId}/${level.item_id}@${level.location_id}/${at}`) }, by, at);
        if (id === null) { leave(level, 'A repair of this level is already under way.'); continue; }
        made++;
        await note(tx, storeId, await caseOf(tx, storeId, level.item_id, level.location_id), 'tried', by, `${way}, with ${same.length - 1} others: ${reason}`, at, { fix: way === 'push ours' ? 'push_ours' : 'accept_shopify' });
      }
      if (made > 0) await audit(tx, { at, actor: by, action: `repairs asked: ${way}`, subject: `${made} levels`, after: { levels: same.map(({ level }) => ({ itemId: level.item_id, locationId: level.location_id })), units: unitsOf(same), approval, reason } });
      return made;
    });
    if (asked > 0 && !approval) await house.enqueue('drift-repair', storeId);
    house.changed(storeId, ['stock']);
    return { asked, approval, left };
  });

  api.post('/api/v1/drift/repairs/approve', { schema: { tags, summary: 'Approve several repairs that wait; one’s own, and those that wait no more, are left', querystring, body: RepairApproveBody, response: { 200: RepairApproveResult } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), storeId = store.store_id, by = request.user?.email ?? 'operator', at = now(), ids = [...new Set(request.body.repairIds)];
    const approved = await house.db.transaction(async (tx) => {
      const done = await approveRepairs(tx, storeId, ids, by, at);
      if (done.length > 0) await audit(tx, { at, actor: by, action: 'repairs approved', subject: `${done.length} levels`, after: { repairs: done.map((row) => row.repair_id), units: done.reduce((sum, row) => sum + row.units, 0) } });
      return done.length;
    });
    if (approved > 0) await house.enqueue('drift-repair', storeId);
    house.changed(storeId, ['stock']);
    return { approved, left: ids.length - approved };
  });

  const mayChange = (request: FastifyRequest): boolean => request.user === null || request.user.role === 'admin';
  const policy = async (request: FastifyRequest, store: { store_id: number; currency: string }): Promise<Of<typeof RepairPolicyView>> => {
    const stop = await automaticStop(house.db, store.store_id, now());
    return {
      policies: await repairPolicies(house.db, store.store_id), mayChange: mayChange(request), currency: store.currency, most: MOST_AUTOMATIC, made: stop.made,
      stopped: stop.peak ? 'A peak is on.' : stop.storm ? 'Too many levels differ at once: a storm is open under Exceptions.' : stop.made >= MOST_AUTOMATIC ? 'As many as are allowed were made within the hour.' : null,
    };
  };
  api.get('/api/v1/settings/repair-policy', { schema: { tags: ['settings'], summary: 'Which differences are repaired without asking', querystring, response: { 200: RepairPolicyView } } }, async (request) => policy(request, await storeOf(house.db, request.query.store)));

  api.put('/api/v1/settings/repair-policy', { schema: { tags: ['settings'], summary: 'Set them, all of them, with a reason; administrators only, in the audit trail', querystring, body: RepairPolicyBody, response: { 200: RepairPolicyView } } }, async (request) => {
    if (!mayChange(request)) throw new Refusal(403, 'Only administrators change what is repaired without asking. Ask one of them.');
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', at = now(), { policies, reason } = request.body;
    if (new Set(policies.map((each) => each.cause)).size < policies.length) throw new Refusal(400, 'policies: a cause has one policy');
    await house.db.transaction(async (tx) => {
      const before = await repairPolicies(tx, store.store_id);
      await setRepairPolicies(tx, store.store_id, policies, reason, by, at);
      await audit(tx, { at, actor: by, action: 'repair policy changed', subject: store.name || store.shop_domain, before: { policies: before }, after: { policies, reason } });
    });
    return policy(request, store);
  });
}
