/** The buttons of runbooks. Each press is written into the case's history before anything is promised, so that the next one who looks knows what was tried. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { dayOf } from '../../domain/calendar.ts';
import type { RepairWay } from '../../domain/drift/repair.ts';
import { fixNamed, type FixName } from '../../domain/exceptions/fixes.ts';
import { releaseLevels } from '../../store/authority.ts';
import { findRepair } from '../../store/drift-repair.ts';
import { rebuildLevels } from '../../store/ledger-check.ts';
import { rebuildDemand, recordAgain } from '../../store/book-check.ts';
import { changeCases, findException, note, type ExceptionRow } from '../../store/exceptions.ts';
import { letGo } from '../../store/held-back.ts';
import { readAgain, setAside } from '../../store/inbox.ts';
import { acceptOverFulfilled } from '../../store/over-fulfilled.ts';
import { findStore } from '../../store/stores.ts';
import { settleRejected } from '../../store/warehouse-documents.ts';
import { audit } from '../../store/users.ts';
import { Refusal, type Services } from '../app.ts';
import { storeOf } from '../store-scope.ts';
import { askRepair } from './drift.ts';

interface Press { storeId: number; row: ExceptionRow; reason: string; by: string; at: string }
/** Answers what was done, in words. */
type Deed = (services: Services, press: Press) => Promise<string>;

const DEEDS: Partial<Record<FixName, Deed>> = {
  async release_push({ house }, { storeId, row, at }) {
    if (row.item_id === null || row.location_id === null) throw new Refusal(409, 'This case is of no single level; release levels in the push queue.');
    const released = await releaseLevels(house.db, storeId, [{ itemId: row.item_id, locationId: row.location_id }], at);
    if (released === 0) throw new Refusal(409, 'The level waits for no release any more. Look at it in the push queue.');
    house.changed(storeId, ['push']);
    return 'Released; it is written within seconds';
  },
  async let_go({ house }, { storeId, row, by, at }) {
    const gone = row.item_id === null ? 0 : await house.db.transaction((tx) => letGo(tx, storeId, [row.item_id!], by, at));
    if (gone === 0) throw new Refusal(409, 'It is not held back any more; the next minute closes the case.');
    await house.enqueue('stock-push', storeId);
    house.changed(storeId, ['push', 'stock']);
    return 'Let go; it is written within seconds';
  },
  async read_message_again({ house }, { storeId, row }) {
    if (!(await readAgain(house.db, storeId, messageOf(row)))) throw new Refusal(409, 'The message is not among the unreadable ones any more.');
    return 'Back in the inbox';
  },
  async set_message_aside({ house }, { storeId, row, reason, by, at }) {
    if (!(await setAside(house.db, storeId, messageOf(row), `set aside by ${by}: ${reason}`, at))) throw new Refusal(409, 'The message is not among the unreadable ones any more.');
    await house.enqueue('subscriptions', storeId);
    return 'Set aside; its bytes are kept';
  },
  async set_row_aside({ house }, { storeId, row, reason, by, at }) {
    const [, what, id] = /:(reject|document)\/(\d+)$/.exec(row.fingerprint) ?? [];
    if (!what || !(await settleRejected(house.db, storeId, what as 'reject' | 'document', id!, `set aside by ${by}: ${reason}`, at))) throw new Refusal(409, 'The row is not among the rejected ones any more.');
    await house.enqueue('warehouse-feed', storeId);
    return 'Set aside; it is kept';
  },
  accept_shopify: (services, press) => repair(services, press, 'accept Shopify'),
  push_ours: (services, press) => repair(services, press, 'push ours'),
  async accept_over_fulfilled({ house }, { storeId, row, reason, by, at }) {
    const orderId = /:order\/(\d+)$/.exec(row.fingerprint)?.[1], units = orderId ? await acceptOverFulfilled(house.db, storeId, orderId, by, reason, at) : null;
    if (units === null) throw new Refusal(409, 'No more is fulfilled than wanted any more; the next run of fulfilments closes the case.');
    await house.enqueue('fulfilments', storeId);
    return `Accepted: ${units} units too many; the case closes`;
  },
  async rebuild_balance({ house }, { storeId, row, at }) {
    const [, what, id] = /:(demand|order|fulfilment|return|purchase)\/(\d+)/.exec(row.fingerprint) ?? [];
    if (what !== undefined) return rebuildBook(house, storeId, what, id!, row, at);
    if (row.item_id === null || row.location_id === null) throw new Refusal(409, 'This case is of a warehouse’s shelf: have the warehouse count the code, which sets the shelf anew.');
    const level = { itemId: row.item_id, locationId: row.location_id };
    if ((await house.db.transaction((tx) => rebuildLevels(tx, storeId, [level], at))) === 0) throw new Refusal(409, 'The level is what its movements make by now; the next check closes the case.');
    await house.enqueue('ledger-check', storeId);
    await house.enqueue('drift-check', storeId);
    return 'Written anew; the check that closes the case is queued';
  },
  async accept_rename({ house }, { storeId, row, by, at }) {
    if ((await findStore(house.db, storeId))?.product_master === 'warehouse') throw new Refusal(409, 'The inventory system is the master of products (Mapping → Rules): set the old SKU again in Shopify, or resolve the case when it was changed there too.');
    await changeCases(house.db.pool, storeId, [row.exception_id], { action: 'resolve', said: 'the new SKU is right' }, by, at);
    return 'Accepted';
  },
};

/** What is no balance of a level: demand is summed again from its facts, an order posts what it says and the ledger lacks; all else is looked into by a person. */
async function rebuildBook(house: Services['house'], storeId: number, what: string, id: string, row: ExceptionRow, at: string): Promise<string> {
  if (what !== 'demand' && what !== 'order') throw new Refusal(409, 'Nothing can make this right by itself: which of the two numbers is wrong has to be looked into. Take the case to whoever runs the server.');
  const place = Number(/@(\d+)$/.exec(row.fingerprint)?.[1] ?? 0), store = (await findStore(house.db, storeId))!;
  const done = what === 'demand' ? await house.db.transaction((tx) => rebuildDemand(tx, storeId, Number(id), place)) : await recordAgain(house.db, storeId, id, { now: at, dayOf: (instant) => dayOf(instant, store.time_zone) });
  if (done === 0) throw new Refusal(409, 'It is what made it by now; the next check closes the case.');
  await house.enqueue('ledger-check', storeId);
  if (what === 'order') await house.enqueue('drift-check', storeId);
  return what === 'demand' ? `${done} ${done === 1 ? 'day is' : 'days are'} summed anew; the check that closes the case is queued` : `${done} ${done === 1 ? 'movement' : 'movements'} posted; the check that closes the case is queued`;
}

async function repair(services: Services, { storeId, row, reason, by }: Press, way: RepairWay): Promise<string> {
  if (row.item_id === null || row.location_id === null) throw new Refusal(409, 'This case is of no single level.');
  if (row.fingerprint.startsWith('STOCK_DRIFT:planner/')) throw new Refusal(409, 'This case is about what the planner holds, which neither number changes. Exchange with the planner, or correct it there.');
  const id = await askRepair(services, storeId, { itemId: row.item_id, locationId: row.location_id, way, reason }, by), made = (await findRepair(services.house.db, storeId, id))!;
  return made.state === 'waits for approval' ? `${made.units} units are more than one person repairs alone: a second one approves it under Stock & drift → Repairs` : `Under way: ${made.units} units; the next check reads both sides back`;
}

function messageOf(row: ExceptionRow): string {
  const id = /:inbox\/(\d+)$/.exec(row.fingerprint)?.[1];
  if (!id) throw new Refusal(409, 'This case is of no single message.');
  return id;
}

export function exceptionFixRoutes(app: FastifyInstance, services: Services): void {
  const { house, flows } = services, api = app.withTypeProvider<ZodTypeProvider>();
  api.post('/api/v1/exceptions/:id/fix', { schema: {
    tags: ['exceptions'], summary: 'Press a button of its runbook', params: z.object({ id: z.string().regex(/^\d{1,18}$/) }), querystring: z.object({ store: z.coerce.number() }),
    body: z.object({ fix: z.string().max(60), reason: z.string().trim().max(500).default('') }).strict(), response: { 200: z.object({ said: z.string() }) },
  } }, async (request) => {
    const store = await storeOf(house.db, request.query.store), by = request.user?.email ?? 'operator', at = house.clock.now().toISOString();
    const row = await findException(house.db, store.store_id, request.params.id), fix = fixNamed(request.body.fix), { reason } = request.body;
    if (!row) throw new Refusal(404, `There is no exception ${request.params.id}`);
    if (!fix || 'open' in fix || 'outside' in fix) throw new Refusal(400, `fix: there is no button ${request.body.fix} that does something`);
    if ('kinds' in fix && !(fix.kinds as readonly string[]).includes(row.kind)) throw new Refusal(400, `fix: ${fix.name} is not for ${row.kind}`);
    if ('does' in fix && fix.reason && reason.length < 3) throw new Refusal(400, 'reason: say why, in three letters or more');
    let said: string;
    if ('run' in fix) {
      if (!flows.some((flow) => flow.name === fix.run)) throw new Refusal(409, `There is no flow ${fix.run}`);
      await house.enqueue(fix.run, store.store_id);
      said = `${fix.run} is queued`;
    } else said = await DEEDS[fix.name as FixName]!(services, { storeId: store.store_id, row, reason, by, at });
    await note(house.db, store.store_id, [row.exception_id], 'tried', by, reason === '' ? fix.label : `${fix.label}: ${reason}`, at, { fix: fix.name });
    await audit(house.db, { at, actor: by, action: `exception fix ${fix.name}`, subject: `${row.kind} ${row.subject}`, ...(reason === '' ? {} : { after: { reason } }) });
    house.changed(store.store_id, ['exceptions']);
    return { said };
  });
}

/** Buttons that do something and have nobody to do it: none, or a test fails. */
export const DOABLE = Object.keys(DEEDS);
