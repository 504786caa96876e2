/** The flows: what each moves, its last run, and running one by hand. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { latestRuns, listRuns, type RunRow } from '../../store/runs.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { Flow, FlowRun, type Of } from '../contract.ts';
import { storeOf } from '../store-scope.ts';

export function flowRun(row: RunRow): Of<typeof FlowRun> {
  return {
    runId: row.run_id, flow: row.flow, trigger: row.trigger, state: row.state, stage: row.stage, done: row.done, total: row.total, input: row.input, applied: row.applied,
    unchanged: row.unchanged, skipped: row.skipped, failed: row.failed, detail: row.detail, error: row.error, startedAt: row.started_at, heartbeatAt: row.heartbeat_at, finishedAt: row.finished_at,
  };
}

export function flowRoutes(app: FastifyInstance, { house, flows }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const inStore = z.object({ store: z.coerce.number() });

  api.get('/api/v1/flows', { schema: { tags: ['flows'], summary: 'Every flow with its last run', querystring: inStore, response: { 200: z.object({ flows: z.array(Flow) }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    const midnight = new Date(house.clock.now().getTime() - 86_400_000).toISOString();
    const latest = new Map((await latestRuns(house.db, store.store_id, midnight)).map((run) => [run.flow, run]));
    return {
      flows: flows.map((flow) => {
        const run = latest.get(flow.name);
        return {
          flow: flow.name, moves: flow.moves, owner: flow.owner, schedule: 'cron' in flow.schedule ? flow.schedule.cron : flow.schedule.wokenBy, raises: [...flow.raises],
          lastRun: run ? flowRun(run) : null, runsToday: run?.today ?? 0,
        };
      }),
    };
  });

  api.get('/api/v1/flows/:flow/runs', { schema: {
    tags: ['flows'], summary: 'Runs of a flow, newest first', params: z.object({ flow: z.string() }), querystring: inStore.extend({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
    response: { 200: z.object({ runs: z.array(FlowRun) }) },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store);
    return { runs: (await listRuns(house.db, store.store_id, request.params.flow, request.query.limit)).map(flowRun) };
  });

  api.post('/api/v1/flows/:flow/runs', { schema: {
    tags: ['flows'], summary: 'Run a flow now', params: z.object({ flow: z.string() }), querystring: inStore, response: { 202: z.object({ queued: z.literal(true) }) },
  } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    if (!flows.some((flow) => flow.name === request.params.flow)) throw new Refusal(404, `There is no flow ${request.params.flow}`);
    await house.enqueue(request.params.flow, store.store_id);
    await audit(house.db, { at: house.clock.now().toISOString(), actor: request.user?.email ?? 'operator', action: 'flow run', subject: request.params.flow });
    return reply.code(202).send({ queued: true as const });
  });
}
