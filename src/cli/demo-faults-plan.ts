/** Demonstrations of planning and buying: late goods, mail that is refused, suppliers slower than they say, demand nobody forecast, a planner that does not answer. */
import { createServer } from 'node:net';
import { addDays } from '../domain/calendar.ts';
import { flowNamed } from '../flows/contents.ts';
import { runFlow } from '../runtime/run-flow.ts';
import { addOverride, endOverride } from '../store/overrides.ts';
import type { DemoFault, DemoLevel, DemoWorld } from './demo-world.ts';

const DAY_MS = 86_400_000;

interface DemoOrder { level: DemoLevel; supplier: string; state: 'sent' | 'received'; orderedDaysAgo: number; expectedInDays: number; arrivedDaysAgo?: number }
/** A purchase order of twelve units as it would stand here by now; one that arrived with its receipt. */
async function purchase(w: DemoWorld, of: DemoOrder): Promise<number> {
  const now = w.now(), ago = (days: number): string => new Date(Date.parse(now) - days * DAY_MS).toISOString(), { locationId, itemId } = of.level;
  await w.one(`insert into supplier (store_id, name, currency, updated_at, updated_by) select $1, $3, currency, $2, 'demonstration' from store where store_id = $1 on conflict (store_id, lower(name)) do nothing`, now, of.supplier);
  const { id } = (await w.one<{ id: number }>(
    `insert into purchase_order (store_id, reference, supplier_id, location_id, state, currency, ordered_on, expected_on, sent_at, created_at, created_by, updated_at)
     select $1, 'DEMO-' || to_char($2::timestamptz, 'YYYYMMDDHH24MISSMS') || '-' || $8::int, supplier_id, $3, $4, currency, $5::date, $6::date, $5, $5, 'demonstration', $2 from supplier where store_id = $1 and name = $7 returning purchase_order_id as id`,
    now, locationId, of.state, ago(of.orderedDaysAgo), ago(-of.expectedInDays), of.supplier, of.orderedDaysAgo))!;
  await w.one('insert into purchase_order_line (store_id, purchase_order_id, line, item_id, ordered, received, unit_cost) values ($1, $2, 1, $3, 12, $4, 100)', id, itemId, of.state === 'received' ? 12 : 0);
  if (of.arrivedDaysAgo === undefined) return id;
  const receipt = await w.one<{ id: number }>(`insert into goods_receipt (store_id, reference, purchase_order_id, location_id, received_at, received_by, writes_stock) values ($1, 'demo/' || $2::int, $2, $3, $4, 'demonstration', false) returning goods_receipt_id as id`, id, locationId, ago(of.arrivedDaysAgo));
  await w.one('insert into goods_receipt_line (store_id, goods_receipt_id, line, item_id, quantity) values ($1, $2, 1, $3, 12)', receipt!.id, itemId);
  return id;
}
const cancel = (w: DemoWorld, id: number): Promise<unknown> => w.one(`update purchase_order set state = 'cancelled', closed_at = $3, updated_at = $3, version = version + 1 where store_id = $1 and purchase_order_id = $2`, id, w.now());

/** A mail server that knows nobody (RFC 5321: 550). Answers where it listens. */
async function refusingMailServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('220 demo.invalid ESMTP\r\n');
    socket.on('data', (line) => {
      const word = line.toString().slice(0, 4).toUpperCase();
      if (word === 'QUIT') socket.end('221 Bye\r\n');
      else socket.write(word === 'RCPT' ? '550 5.1.1 There is nobody of that name here\r\n' : '250 OK\r\n');
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { url: `smtp://127.0.0.1:${(server.address() as { port: number }).port}`, stop: () => new Promise((resolve) => { server.close(() => resolve()); }) };
}

/** A series of the newest forecast, so far unsuspected. */
async function forecastLevel(w: DemoWorld): Promise<DemoLevel & { runId: string; today: string }> {
  const newest = () => w.one<{ run_id: string; today: string }>('select r.run_id, ($2::timestamptz at time zone s.time_zone)::date::text as today from forecast_run r join store s using (store_id) where r.store_id = $1 and r.finished_at is not null order by r.run_id desc limit 1', w.now());
  if (!(await newest())) await w.run('forecast');
  const { run_id: runId, today } = (await newest())!;
  for (let n = 30; ; n++) {
    const level = await w.level('storefront', n);
    if (await w.one('select from forecast where store_id = $1 and run_id = $2 and item_id = $3 and location_id = $4', runId, level.itemId, level.locationId)) return { ...level, runId, today };
  }
}
/** Days the forecast is taken to be older than it is. */
const OLDER_DAYS = 4, UNUSUAL_DAYS = [3, 2, 1], UNUSUAL_UNITS = 30;
interface Anomaly { itemId: number; locationId: number; runId: string; today: string; orders: string[] }
const age = (w: DemoWorld, runId: string, days: number): Promise<unknown> => w.one('update forecast_run set as_of = as_of + $3::int where store_id = $1 and run_id = $2', runId, days);
const compareAgain = (w: DemoWorld, of: { itemId: number; locationId: number }, days: number): Promise<unknown> => w.one('update forecast_check set day = day - $4::int where store_id = $1 and item_id = $2 and location_id = $3', of.itemId, of.locationId, days);

export const PLAN_FAULTS: readonly DemoFault[] = [
  {
    kind: 'PO_OVERDUE', story: 'the day a supplier promised passed three weeks ago', look: '/purchase-orders?view=overdue',
    async raise(w) { const id = await purchase(w, { level: await w.level('storefront', 12), supplier: 'Demo supplier', state: 'sent', orderedDaysAgo: 30, expectedInDays: -21 }); await w.remember({ id }); await w.run('purchase-orders'); },
    async clear(w) { await cancel(w, (await w.recall<{ id: number }>()).id); await w.run('purchase-orders'); },
  },
  {
    kind: 'PO_MAIL_FAILED', story: 'the supplier’s mail server knows nobody of the address an order went to', look: '/purchase-orders',
    async raise(w) {
      const id = await purchase(w, { level: await w.level('storefront', 13), supplier: 'Demo supplier', state: 'sent', orderedDaysAgo: 0, expectedInDays: 14 }), post = await refusingMailServer();
      await w.remember({ id });
      await w.one(`insert into purchase_mail (store_id, purchase_order_id, version, recipient, made_at) values ($1, $2, 1, 'nobody@demo.example', $3)`, id, w.now());
      // The installation may have no mail server, or one that would take it: for this run it is one that does not.
      const notifier = w.house.notifierFor({ url: post.url, from: 'buying@demo.example' });
      try { await runFlow({ ...w.house, notifier }, flowNamed('purchase-orders')!, w.storeId, 'demonstration'); } finally { notifier.close(); await post.stop(); }
    },
    async clear(w) { await cancel(w, (await w.recall<{ id: number }>()).id); await w.run('purchase-orders'); },
  },
  {
    kind: 'LEADTIME_DRIFT', story: 'a supplier that states ten days took thirty for its last five orders', look: '/suppliers',
    async raise(w) {
      const level = await w.level('storefront', 14), supplier = 'Demo slow supplier';
      if (!(await w.one('select from supplier where store_id = $1 and name = $2', supplier))) for (const days of [170, 140, 110, 80, 50]) await purchase(w, { level, supplier, state: 'received', orderedDaysAgo: days, expectedInDays: 10 - days, arrivedDaysAgo: days - 30 });
      await w.one('update supplier set lead_time_days = 10 where store_id = $1 and name = $2', supplier);
      await w.remember({ supplier });
      await w.run('purchase-orders');
    },
    // As a buyer would: what is stated becomes what it takes.
    async clear(w) { await w.one('update supplier set lead_time_days = 30, version = version + 1 where store_id = $1 and name = $2', (await w.recall<{ supplier: string }>()).supplier); await w.run('purchase-orders'); },
  },
  {
    kind: 'DEMAND_ANOMALY', story: 'thirty units of a quiet item were wanted on each of the last three days', look: '/forecast',
    async raise(w) {
      const { runId, today, ...level } = await forecastLevel(w), orders: string[] = [];
      for (const days of UNUSUAL_DAYS) orders.push((await w.shop<{ id: string }>('orders', { lines: [{ variantId: level.variantId, quantity: UNUSUAL_UNITS }], locationId: level.shopifyLocationId, force: true, processedAt: `${addDays(today, -days)}T12:00:00.000Z` })).id);
      await w.remember({ itemId: level.itemId, locationId: level.locationId, runId, today, orders } satisfies Anomaly);
      await w.settle();
      await age(w, runId, -OLDER_DAYS);
      await compareAgain(w, level, OLDER_DAYS);
      for (const days of UNUSUAL_DAYS) await w.runAt(new Date(Date.parse(w.now()) - (days - 1) * DAY_MS).toISOString(), 'forecast-watch');
    },
    // As a planner would: an override says what the day was to be, and it came so; the orders are cancelled, so that the demonstration teaches the next forecast nothing.
    async clear(w) {
      const { itemId, locationId, runId, today, orders } = await w.recall<Anomaly>(), yesterday = addDays(today, -1);
      const { overrideId: override } = await addOverride(w.house.db, w.storeId, { item_id: itemId, location_id: locationId, from_day: yesterday, to_day: yesterday, kind: 'units', value: UNUSUAL_UNITS, reason: 'a demonstration', author: 'demonstration', expires_on: null }, w.now());
      await compareAgain(w, { itemId, locationId }, 1);
      await w.run('forecast-watch');
      await endOverride(w.house.db, w.storeId, override, 'demonstration', 'the demonstration is over', w.now());
      await age(w, runId, OLDER_DAYS);
      for (const id of orders) await w.shop(`orders/${id}/cancel`, { reason: 'CUSTOMER' });
      await w.settle();
    },
  },
  {
    kind: 'PLANNER_SILENT', story: 'Inventory Planner has answered nothing for two days', look: '/settings/planner',
    async raise(w) { await w.run('planner-exchange'); await w.remember({}); await w.planner('faults', { refuse: 100_000 }); await w.one(`update planner_connection set exchanged_at = exchanged_at - interval '2 days' where store_id = $1`); await w.run('planner-exchange'); },
    async clear(w) { await w.planner('faults', { refuse: 0 }); await w.run('planner-exchange'); },
  },
];
