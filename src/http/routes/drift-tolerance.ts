/** How small a difference without a cause nobody is told of. Administrators change it, with a reason; everybody sees it. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { driftTolerance, setDriftTolerance } from '../../store/drift-cases.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { DriftToleranceBody, DriftToleranceView } from '../contract-drift.ts';
import { storeOf } from '../store-scope.ts';

export function driftToleranceRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), querystring = z.object({ store: z.coerce.number() }), tags = ['settings'];
  const mayChange = (request: FastifyRequest): boolean => request.user === null || request.user.role === 'admin';
  const view = async (request: FastifyRequest, store: { store_id: number; currency: string }) => ({ ...await driftTolerance(house.db, store.store_id), mayChange: mayChange(request), currency: store.currency });

  api.get('/api/v1/settings/drift-tolerance', { schema: { tags, summary: 'How small a difference without a cause raises no exception', querystring, response: { 200: DriftToleranceView } } }, async (request) => view(request, await storeOf(house.db, request.query.store)));

  api.put('/api/v1/settings/drift-tolerance', { schema: { tags, summary: 'Change it, with a reason; administrators only, in the audit trail', querystring, body: DriftToleranceBody, response: { 200: DriftToleranceView } } }, async (request) => {
    if (!mayChange(request)) throw new Refusal(403, 'Only administrators change which differences are told of. Ask one of them.');
    const store = await storeOf(house.db, request.query.store), { reason, ...to } = request.body;
    await house.db.transaction(async (tx) => {
      const before = await driftTolerance(tx, store.store_id);
      await setDriftTolerance(tx, store.store_id, to);
      await audit(tx, { at: house.clock.now().toISOString(), actor: request.user?.email ?? 'operator', action: 'drift tolerance changed', subject: store.name || store.shop_domain, before, after: { ...to, reason } });
    });
    await house.enqueue('drift-check', store.store_id);
    return view(request, store);
  });
}
