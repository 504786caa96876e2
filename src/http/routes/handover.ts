/** The daily running taken over: a person of a role says that they have done its first day with the documents alone, by name, once or again by whoever follows. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { handovers, takeOver } from '../../store/handovers.ts';
import type { StoreRow } from '../../store/stores.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { HANDOVER_OWNERS, Handovers, HandoverBody } from '../contract-people.ts';
import { storeOf } from '../store-scope.ts';

export function handoverRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), tags = ['help'], querystring = z.object({ store: z.coerce.number() });
  const view = async (store: StoreRow, request: FastifyRequest): Promise<Of<typeof Handovers>> => {
    const signed = new Map((await handovers(house.db, store.store_id)).map((row) => [row.owner, row]));
    return { owners: HANDOVER_OWNERS.map((owner) => { const row = signed.get(owner); return { owner, taken: row ? { by: row.by_whom, name: row.name, at: row.at, note: row.note, times: row.times } : null, mayTake: isOf(request, owner) }; }) };
  };

  api.get('/api/v1/handover', { schema: { tags, summary: 'Who took which part of the daily running over', querystring, response: { 200: Handovers } } }, async (request) => view(await storeOf(house.db, request.query.store), request));

  api.post('/api/v1/handover', { schema: { tags, summary: 'Take a part over, by name: people of its role; administrators that of the administrator and of the integration owner', querystring, body: HandoverBody, response: { 200: Handovers } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { owner, note } = request.body, at = house.clock.now().toISOString(), { user } = request;
    if (!user) throw new Refusal(409, 'There is no administrator yet: a handover is signed by somebody with a name. Create the first with the address printed at start.');
    if (!isOf(request, owner)) throw new Refusal(403, `Somebody of the role ${owner === 'integration owner' ? 'admin' : owner} takes this over; yours is ${user.role}.`);
    await house.db.transaction(async (tx) => {
      await takeOver(tx, store.store_id, { owner, at, by: user.email, name: user.name, note: note || null });
      await audit(tx, { at, actor: user.email, action: 'handover signed', subject: owner, after: { store: store.store_id, name: user.name, note: note ?? null } });
    });
    return view(store, request);
  });
}

const isOf = ({ user }: FastifyRequest, owner: string): boolean => user !== null && (user.role === owner || (owner === 'integration owner' && user.role === 'admin'));
