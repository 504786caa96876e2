/** Server-sent events: which parts of a store changed, so that open screens read again. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Topic } from '../../runtime/flow.ts';
import type { Services } from '../app.ts';
import { storeOf } from '../store-scope.ts';

const MOST_LISTENERS = 500;

export function eventRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  let listeners = 0;
  const open = new Set<() => void>();
  app.addHook('preClose', async () => { for (const end of open) end(); });

  api.get('/api/v1/events', { schema: { tags: ['events'], summary: 'Server-sent events: {"topics":[…]} whenever something changed', querystring: z.object({ store: z.coerce.number() }) } }, async (request, reply) => {
    const store = await storeOf(house.db, request.query.store);
    if (listeners >= MOST_LISTENERS) return reply.code(503).send();
    listeners++;
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'keep-alive', 'x-accel-buffering': 'no' });
    reply.raw.write('retry: 2000\n\n');
    const tell = (storeId: number, topics: Topic[]): void => {
      if (storeId === store.store_id) reply.raw.write(`event: change\ndata: ${JSON.stringify({ topics })}\n\n`);
    };
    const beat = setInterval(() => reply.raw.write(': still here\n\n'), 20_000);
    const end = (): void => { reply.raw.end(); };
    house.hub.on('changed', tell);
    open.add(end);
    reply.raw.on('close', () => {
      listeners--;
      clearInterval(beat);
      open.delete(end);
      house.hub.off('changed', tell as never);
    });
    return reply;
  });
}
