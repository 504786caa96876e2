/** Rehearsals of a peak: asked for on the sandbox, stopped, and their reports. The flow of that name runs them. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { askRehearsal, findRehearsal, listRehearsals, stopRehearsal, type RehearsalRow } from '../../store/rehearsals.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { RehearsalBody, RehearsalReport, Rehearsals, RehearsalView } from '../contract-peak.ts';
import { storeOf } from '../store-scope.ts';

const SHOWN = 20;
const view = (row: RehearsalRow): Of<typeof RehearsalView> => ({
  rehearsalId: row.peak_rehearsal_id, times: row.times, minutes: row.minutes, askedAt: row.asked_at, askedBy: row.asked_by, startedAt: row.started_at, endedAt: row.ended_at, stopping: row.ended_at === null && row.stop_asked_by !== null,
  passed: row.passed, failed: row.failed_rules, reachedPerMinute: row.reached_per_minute, said: row.said,
});

export function rehearsalRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), tags = ['peak'], querystring = z.object({ store: z.coerce.number() }), params = z.object({ rehearsalId: z.string().regex(/^\d{1,18}$/) });
  const found = async (storeId: number, id: string): Promise<RehearsalRow> => {
    const row = await findRehearsal(house.db, storeId, id);
    if (row === null) throw new Refusal(404, `There is no rehearsal ${id}`);
    return row;
  };

  api.get('/api/v1/peak/rehearsals', { schema: { tags, summary: 'Rehearsals of a peak, newest first; the one that is on among them', querystring, response: { 200: Rehearsals } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { may: (await house.shoppers(store.store_id)) !== null, rehearsals: (await listRehearsals(house.db, store.store_id, SHOWN)).map(view) };
  });

  api.post('/api/v1/peak/rehearsals', { schema: { tags, summary: 'Rehearse a peak on the sandbox: so many times the usual orders, for so many minutes', querystring, body: RehearsalBody, response: { 200: RehearsalView } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', now = house.clock.now().toISOString();
    if ((await house.shoppers(store.store_id)) === null) throw new Refusal(409, `${store.shop_domain} is a real shop. A rehearsal places orders, so it runs on the sandbox alone.`);
    const id = await askRehearsal(house.db, store.store_id, request.body, by, now);
    if (id === null) throw new Refusal(409, 'A rehearsal is on already. Stop it, or wait for its end.');
    await audit(house.db, { at: now, actor: by, action: 'peak rehearsed', subject: store.name, after: request.body });
    await house.enqueue('rehearsal', store.store_id);
    house.changed(store.store_id, ['push']);
    return view(await found(store.store_id, id));
  });

  api.post('/api/v1/peak/rehearsals/:rehearsalId/stop', { schema: { tags, summary: 'End a rehearsal before its time: the shoppers calm down, and it is not judged', querystring, params, response: { 200: RehearsalView } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', row = await found(store.store_id, request.params.rehearsalId);
    if (!(await stopRehearsal(house.db, store.store_id, row.peak_rehearsal_id, by))) throw new Refusal(409, 'It is over already.');
    await audit(house.db, { at: house.clock.now().toISOString(), actor: by, action: 'peak rehearsal stopped', subject: store.name });
    house.changed(store.store_id, ['push']);
    return view(await found(store.store_id, row.peak_rehearsal_id));
  });

  api.get('/api/v1/peak/rehearsals/:rehearsalId', { schema: { tags, summary: 'One rehearsal with its report', querystring, params, response: { 200: RehearsalReport } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), row = await found(store.store_id, request.params.rehearsalId);
    return { ...view(row), report: row.report };
  });

  api.get('/api/v1/peak/rehearsals/:rehearsalId/text', { schema: { tags, summary: 'The report as Markdown, as `instep rehearse` prints it', querystring, params } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store), row = await found(store.store_id, request.params.rehearsalId);
    if (row.report === null) throw new Refusal(409, row.said ?? 'It is not over yet.');
    return reply.type('text/markdown; charset=utf-8').header('content-disposition', `attachment; filename="rehearsal-${row.started_at!.slice(0, 10)}-${row.peak_rehearsal_id}.md"`).send(row.report);
  });
}
