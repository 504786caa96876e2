/** Saved views of lists: anybody keeps their own, and uses what others share with their role or with everybody, and what their role begins with. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dropView, MOST_OWN, saveView, viewsOf } from '../../store/saved-views.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import type { Of } from '../contract.ts';
import { SavedViews, ViewBody, type SavedView } from '../contract-views.ts';
import { STARTING_VIEWS } from '../starting-views.ts';
import { storeOf } from '../store-scope.ts';

export function viewRoutes(app: FastifyInstance, { house }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>(), tags = ['views'], querystring = z.object({ store: z.coerce.number() });

  api.get('/api/v1/views', { schema: { tags, summary: 'Views of a list: your own, then those of your role, then everybody’s', querystring: querystring.extend({ page: z.string().max(40) }), response: { 200: SavedViews } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), me = request.user?.email ?? 'operator', role = (request.user?.role ?? 'admin') as Of<typeof SavedView>['role'], { page } = request.query;
    const kept = (await viewsOf(house.db, store.store_id, page, me, role!)).map((row): Of<typeof SavedView> => ({ viewId: row.saved_view_id, name: row.name, query: row.query, columns: row.columns, owner: row.owner_name, mine: row.owner === me, shared: row.shared, role: row.for_role as Of<typeof SavedView>['role'], starting: false }));
    const begins = STARTING_VIEWS.filter((view) => view.role === role && view.page === page).map((view, n): Of<typeof SavedView> => ({ viewId: `${view.role}-${view.page}-${n}`, name: view.name, query: view.query, columns: { hidden: {}, tall: false }, owner: 'Instep', mine: false, shared: false, role: view.role, starting: true }));
    const everybodys = kept.findIndex((view) => !view.mine && view.role === null), after = everybodys === -1 ? kept.length : everybodys;
    return { views: [...kept.slice(0, after), ...begins, ...kept.slice(after)] };
  });

  api.post('/api/v1/views', { schema: { tags, summary: 'Keep a view under a name; your own of that name is changed', querystring, body: ViewBody, response: { 200: z.object({ viewId: z.string() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), { page, name, query, shared, role } = request.body, actor = request.user?.email ?? 'operator', at = house.clock.now().toISOString(), viewId = await saveView(house.db, store.store_id, request.body, actor, at);
    if (viewId === null) throw new Refusal(409, `You keep ${MOST_OWN} views of this list already. Forget one first.`);
    await audit(house.db, { at, actor, action: 'view kept', subject: `${page}: ${name}`, after: { query, shared, role } });
    return { viewId };
  });

  api.delete('/api/v1/views/:viewId', { schema: { tags, summary: 'Forget one of your own views', params: z.object({ viewId: z.string().regex(/^\d{1,18}$/) }), querystring, response: { 200: z.object({ ok: z.literal(true) }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), actor = request.user?.email ?? 'operator';
    if (!(await dropView(house.db, store.store_id, request.params.viewId, actor))) throw new Refusal(404, `None of your views has the number ${request.params.viewId}`);
    await audit(house.db, { at: house.clock.now().toISOString(), actor, action: 'view forgotten', subject: `View ${request.params.viewId}` });
    return { ok: true as const };
  });
}
