/** What purchasing of a store may do by itself. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { purchaseSettings, savePurchaseSettings } from '../../store/purchase-settings.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { PurchaseSettings, PurchaseSettingsBody } from '../contract-purchasing.ts';
import { storeOf } from '../store-scope.ts';

export function purchaseSettingRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), now = (): string => house.clock.now().toISOString(), querystring = z.object({ store: z.coerce.number() });
  api.get('/api/v1/purchase-settings', { schema: { tags: ['purchasing'], summary: 'Approval limits, tolerances and the planning budget', querystring, response: { 200: PurchaseSettings } } }, async (request) => purchaseSettings(house.db, (await storeOf(house.db, request.query.store)).store_id));
  api.put('/api/v1/purchase-settings', { schema: { tags: ['purchasing'], summary: 'Set approval limits, tolerances and the planning budget', querystring, body: PurchaseSettingsBody, response: { 200: PurchaseSettings } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', before = await purchaseSettings(house.db, store.store_id);
    const { approvers = before.approvers, planBudget = before.planBudget, planBudgetPer = before.planBudgetPer, overTolerancePercent = before.overTolerancePercent, ...said } = request.body, after = { ...said, approvers, planBudget, planBudgetPer, overTolerancePercent };
    const limitsSaid = after.approvers.length + before.approvers.length > 0 && JSON.stringify([after.approvers, after.approvalLimits]) !== JSON.stringify([before.approvers, before.approvalLimits]);
    if (limitsSaid && request.user && request.user.role !== 'admin') throw new Refusal(403, 'Only administrators change who may approve, and up to which amount');
    const twice = after.approvers.find((one, n) => after.approvers.findIndex((other) => other.role === one.role && other.email?.toLowerCase() === one.email?.toLowerCase()) !== n);
    if (twice) throw new Refusal(400, `approvers: ${twice.email ?? twice.role} is named twice`);
    if (!(await savePurchaseSettings(house.db, store.store_id, after, by, now()))) throw new Refusal(409, 'The settings were changed meanwhile: load them again and repeat your change');
    await audit(house.db, { at: now(), actor: by, action: 'purchase settings changed', subject: store.shop_domain, before, after });
    await house.enqueue('replenishment', store.store_id);
    return purchaseSettings(house.db, store.store_id);
  });
}
