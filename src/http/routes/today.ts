/** Today and freshness: the verdict, what needs somebody, how old every number is. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { addDays, dayNumber, dayOf } from '../../domain/calendar.ts';
import { stockVerdict } from '../../domain/drift/verdict.ts';
import { movementSentence } from '../../domain/stock/sentence.ts';
import { trailHead } from '../../store/audit-trail.ts';
import { acknowledgeDigest, digestNumbers, listDigests, type DigestRow } from '../../store/digests.ts';
import { COUNTS, listExceptions } from '../../store/exceptions.ts';
import { currentRun } from '../../store/forecasts.ts';
import { inboxHealth } from '../../store/inbox.ts';
import { orderNames } from '../../store/order-names.ts';
import { runningRuns } from '../../store/runs.ts';
import type { Queryable } from '../../store/db.ts';
import type { StoreRow } from '../../store/stores.ts';
import { roleNumbers, sinceNumbers, type SinceNumbers } from '../../store/today.ts';
import { audit } from '../../store/users.ts';
import type { Services } from '../app.ts';
import { Digest, Feed, Freshness, SinceLooked, Today, TodayRole, type Of } from '../contract.ts';
import { storeOf } from '../store-scope.ts';
import { tilesFor } from '../today-tiles.ts';
import { exceptionRow } from './exceptions.ts';
import { flowRun } from './flows.ts';

const SOLD_DAYS = 60;
/** A parcel not in Shopify after so long is late; cases shown; the longest absence that is looked back over. */
const LATE_MS = 30 * 60_000, SHOWN = 8, LOOK_BACK_DAYS = 14;

export function todayRoutes(app: FastifyInstance, { house, guard }: Services): void {
  const api = app.withTypeProvider<ZodTypeProvider>();
  const inStore = z.object({ store: z.coerce.number() });

  api.get('/api/v1/today', { schema: { tags: ['today'], summary: 'The state of things, as a role looks at it', querystring: inStore.extend({ role: TodayRole.optional(), since: z.iso.datetime().optional() }), response: { 200: Today } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), now = house.clock.now().toISOString(), today = dayOf(now, store.time_zone);
    const numbers = await digestNumbers(house.db, store.store_id, now, today), own = TodayRole.safeParse(request.user?.role), role = request.query.role ?? (own.success ? own.data : 'everyone'), me = request.user?.email;
    const roleWork = await roleNumbers(house.db, store.store_id, today, new Date(Date.parse(now) - LATE_MS).toISOString());
    const filter = { states: ['open'], limit: SHOWN, ...(role === 'everyone' ? {} : { owner: role }) };
    const { rows: [open] } = await house.db.query<{ all: number; overdue: number }>(`select count(*)::int as all, count(*) filter (where due_at < $2)::int as overdue from exception where store_id = $1 and state = 'open' and ${COUNTS} and ($3::text is null or owner = $3)`, [store.store_id, now, role === 'everyone' ? null : role]);
    const earliest = new Date(Date.parse(now) - LOOK_BACK_DAYS * 86_400_000).toISOString(), since = request.query.since && (request.query.since < earliest ? earliest : request.query.since);
    const digests = (await listDigests(house.db, store.store_id, 14)).map(digest);
    const soldFrom = addDays(today, 1 - SOLD_DAYS), sold = new Array<number>(SOLD_DAYS).fill(0);
    const { rows } = await house.db.query<{ day: string; units: number }>('select day, sum(quantity)::int as units from daily_demand where store_id = $1 and day between $2 and $3 group by day', [store.store_id, soldFrom, today]);
    for (const row of rows) sold[dayNumber(row.day) - dayNumber(soldFrom)] = row.units;
    return {
      at: now, verdict: stockVerdict(numbers), verdictTone: numbers.unexplained_units > 0 ? 'bad' as const : numbers.drift_rows > 0 ? 'warn' as const : 'good' as const, tiles: tilesFor(role, numbers, roleWork, open!), role,
      sinceLooked: since ? looked(since, await sinceNumbers(house.db, store.store_id, since)) : null, mine: me === undefined ? [] : (await listExceptions(house.db, store.store_id, { states: ['open'], assignedTo: me, limit: SHOWN })).map(exceptionRow),
      running: (await runningRuns(house.db, store.store_id)).map(flowRun), exceptions: (await listExceptions(house.db, store.store_id, filter)).map(exceptionRow),
      digest: digests.find((d) => d.day === today) ?? null, digests, soldFrom, sold, changes: await recentChanges(house.db, store.store_id),
      checklist: [
        { label: 'A shop is connected', done: true, link: '/settings/connections' },
        { label: 'Sales history and stock are imported', done: store.imported_at !== null, link: '/flows' },
        { label: 'A forecast is there', done: numbers.forecast_as_of !== null, link: '/forecast' },
        { label: 'An administrator exists', done: !(await guard.isOpen()), link: null },
      ],
    };
  });

  api.post('/api/v1/today/acknowledge', { schema: { tags: ['today'], summary: 'The daily check was done', querystring: inStore, response: { 200: z.object({ acknowledged: z.boolean() }) } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), now = house.clock.now().toISOString();
    const day = dayOf(now, store.time_zone), acknowledged = await acknowledgeDigest(house.db, store.store_id, day, request.user?.name ?? 'operator', now);
    if (acknowledged) {
      const [digest] = await listDigests(house.db, store.store_id, 1);
      // The entry's own link stands on every link before it: who did the check has seen the trail up to there.
      await audit(house.db, { at: now, actor: request.user?.email ?? 'operator', action: 'daily check acknowledged', subject: day, after: { store: store.store_id, verdict: digest?.verdict ?? null, head: (await trailHead(house.db)) || null } });
    }
    house.changed(store.store_id, ['digest']);
    return { acknowledged };
  });

  api.get('/api/v1/freshness', { schema: { tags: ['today'], summary: 'How old every feed is', querystring: inStore, response: { 200: Freshness } } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), now = house.clock.now().toISOString();
    return { at: now, feeds: await feeds(house.db, store, now) };
  });
}

const looked = (since: string, n: SinceNumbers): Of<typeof SinceLooked> => ({ since, opened: n.opened, stillOpen: n.still_open, resolved: n.resolved, received: n.received, edits: n.edits, orders: n.orders, purchaseOrders: n.purchase_orders });

function digest(row: DigestRow): Of<typeof Digest> {
  return { day: row.day, verdict: row.verdict, lines: row.lines, composedAt: row.composed_at, acknowledgedBy: row.acknowledged_by, acknowledgedAt: row.acknowledged_at };
}

async function recentChanges(db: Queryable, storeId: number): Promise<Of<typeof Today>['changes']> {
  const { rows } = await db.query<{ recorded_at: string; item_id: number; sku: string | null; title: string; location: string; kind: string; quantity: number; fact: string; change: number }>(
    `select m.recorded_at, m.item_id, i.sku, i.title, l.name as location, m.kind, m.quantity, m.fact, (case when m.to_state = 'available' then m.quantity else 0 end) - (case when m.from_state = 'available' then m.quantity else 0 end) as change
     from (select * from movement where store_id = $1 order by movement_id desc limit 14) m join item i using (item_id)
     join location l on l.store_id = $1 and l.location_id = greatest(m.to_location, m.from_location) where m.kind <> 'opening' order by m.movement_id desc`, [storeId]);
  const orders = await orderNames(db, storeId, rows.map((r) => r.fact));
  return rows.map((r) => ({
    at: r.recorded_at, itemId: r.item_id, sku: r.sku, title: r.title, locationName: r.location, change: r.change,
    sentence: movementSentence({ kind: r.kind, quantity: r.quantity, fact: r.fact, change: r.change, locationName: r.location, order: orders.get(r.fact) }),
  }));
}

async function feeds(db: Queryable, store: StoreRow, now: string): Promise<Of<typeof Feed>[]> {
  const age = (at: string | null): number | null => (at === null ? null : Date.parse(now) - Date.parse(at));
  const health = await inboxHealth(db, store.store_id, now, now);
  const { rows } = await db.query<{ flow: string; at: string | null }>(`select flow, max(finished_at) filter (where state = 'done') as at from flow_run where store_id = $1 group by flow`, [store.store_id]);
  const last = new Map(rows.map((row) => [row.flow, row.at]));
  const run = await currentRun(db, store.store_id);
  const waited = age(health.oldest) ?? 0;
  const state = (at: string | null, warnMs: number, badMs: number): Of<typeof Feed>['state'] => { const a = age(at); return a === null ? 'never' : a > badMs ? 'bad' : a > warnMs ? 'warn' : 'good'; };
  const minutes = (at: string | null): string => { const a = age(at); return a === null ? 'never' : a < 90_000 ? `${Math.round(a / 1000)} s ago` : a < 5_400_000 ? `${Math.round(a / 60_000)} min ago` : `${Math.round(a / 3_600_000)} h ago`; };
  const polled = (key: string, label: string, flow: string, warn: number, bad: number): Of<typeof Feed> => {
    const at = last.get(flow) ?? null;
    return { key, label, lastEventAt: at, lastSuccessAt: at, backlog: 0, lagP50Ms: null, lagP99Ms: null, state: state(at, warn, bad), detail: minutes(at) };
  };
  return [
    {
      key: 'webhooks', label: 'Shopify events', lastEventAt: health.last, lastSuccessAt: health.last_settled, backlog: health.waiting, lagP50Ms: health.p50_ms, lagP99Ms: health.p99_ms,
      state: health.last === null ? 'never' : waited > 300_000 ? 'bad' : waited > 30_000 ? 'warn' : 'good', detail: health.waiting > 0 ? `${health.waiting} waiting` : minutes(health.last),
    },
    polled('orders', 'Orders read', 'sales-history', 15 * 60_000, 60 * 60_000), polled('levels', 'Levels read', 'stock-levels', 15 * 60_000, 60 * 60_000),
    polled('drift', 'Drift checked', 'drift-check', 5 * 60_000, 30 * 60_000),
    {
      key: 'forecast', label: 'Forecast', lastEventAt: run?.finished_at ?? null, lastSuccessAt: run?.finished_at ?? null, backlog: 0, lagP50Ms: null, lagP99Ms: null,
      state: state(run?.finished_at ?? null, 26 * 3_600_000, 50 * 3_600_000), detail: run ? `of ${run.as_of}` : 'never',
    },
  ];
}
