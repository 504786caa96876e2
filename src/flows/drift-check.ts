/**
 * drift-check: ledger against Shopify, warehouse and planner per level → explained, posted or raised.   Woken every minute, after an import, and by hand.
 *  1 gather  hot levels, asked of Shopify anew; then levels that differ (one SQL), each read afresh from Shopify with all its states; the orders on their way, each with what it will do
 *  2 decide  domain/drift: per state, causes whose units sum to the difference; equal committed and moved stock is an edit in Shopify
 *  3 record  at storefront-authority locations an edit becomes a movement (Shopify is right there); findings with their causes
 *            then Shopify beside the shelf of every warehouse, from the push's own arithmetic, in one statement; and the planner beside the ledger
 *  4 settle  unknown units beyond the tolerance raise STOCK_DRIFT, told of once they outlasted twice the lag; two checks five minutes apart that read both sides equal close it.
 *            Orders nobody told of ask sales-history to read, once they had time to be told of
 */
import { DRIFT_CAUSES, explainDrift, isPressing, unitsByCause, type DriftFinding, type LevelState, type PendingEffect } from '../domain/drift/causes.ts';
import { graceMinutes, withinTolerance } from '../domain/drift/telling.ts';
import { kindOf, type RaisedException } from '../domain/exceptions/catalogue.ts';
import { some } from '../domain/wording.ts';
import { emptyOrder, type OrderState } from '../domain/orders/order-state.ts';
import { at, outside, type Fact, type StockState } from '../domain/stock/fact.ts';
import { UnreadableWebhook } from '../ports/storefront.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { driftUnits } from '../runtime/metrics.ts';
import { driftCandidates, findingsOf, levelsCompared, lockBalances, levelsInPlain, MOST_NEGATIVE, negativeLevels, openOrdersOf, postedSoFar, saveDrift, unplacedUnits, writesSent, type DriftCandidate, type OpenOrder, type DriftRow, type LedgerLevel, type NegativeLevel } from '../store/drift.ts';
import { driftTolerance, levelsOfCases, openDriftCases } from '../store/drift-cases.ts';
import { inboxWaiting, unappliedMessages } from '../store/inbox.ts';
import { mapLevels, saveObserved, type MappedLevel } from '../store/levels.ts';
import { postFacts } from '../store/ledger.ts';
import { orderEffects, type OrderEffect } from '../store/order-effects.ts';
import { checkPlanner, type PlannerDrift } from '../store/planner-drift.ts';
import { hotLevels } from '../store/hot-levels.ts';
import { heardLevels, markDirty } from '../store/push-levels.ts';
import { bucketLeft } from '../store/push-risks.ts';
import { measuredLag } from '../store/push-terms.ts';
import { readCursor, writeCursor } from '../store/runs.ts';
import { checkWarehouses, type WarehouseDrift } from '../store/warehouse-drift.ts';

const MOST = 5_000, MOST_CASES = 100_000;
/**
 * Webhooks are seconds on their way, and a rush is all orders on their way: reading every order again, of a level that sells each second, would take the calls that
 * placing them needs. A level that stands still for this long and still lacks an order was not told of it; the five minutes' reading finds the others.
 */
const ON_ITS_WAY_MS = 45_000;
const OTHER: readonly StockState[] = ['reserved', 'damaged', 'safety_stock', 'quality_control', 'incoming'];

export const driftCheck = defineFlow({
  name: 'drift-check', moves: 'ledger against Shopify, warehouse and planner → explained, posted or raised', owner: 'ecommerce', schedule: { cron: '* * * * *' },
  raises: ['STOCK_DRIFT', 'STOCK_NEGATIVE'],
  async run(context) {
    const { db, storeId, tally } = context, startedAt = context.now();
    await readHot(context);
    tally.input = await levelsCompared(db, storeId);
    const differ = await driftCandidates(db, storeId, MOST), told = await levelsOfCases(db, storeId, MOST), candidates = [...new Map([...differ, ...told].map((level) => [`${level.item_id}@${level.location_id}`, level])).values()];
    const causes: Record<string, number> = {};
    const unknown: RaisedException[] = [], onTheWay: string[] = [];
    let differing = 0, edits = 0, missed = false;
    const shopTime = Date.parse(await context.storefront.time());
    // Edits that are seen and not posted yet, because something else of the level is still on its way.
    const editsPending = new Map<string, number>();
    const evidence = candidates.length === 0 ? NO_EVIDENCE : await pendingEffects(context, candidates);
    for (let start = 0; start < candidates.length; start += 240) {
      const some = candidates.slice(start, start + 240);
      const found = await checkLevels(context, some, evidence);
      for (const { row, finding, changedAt } of found) {
        if (finding.edits.length > 0) edits++;
        else for (const { cause, units } of finding.causes) if (cause === 'edited in Shopify') editsPending.set(`${row.itemId}@${row.locationId}`, units);
        for (const [cause, units] of unitsByCause([finding, ...finding.states])) causes[cause] = (causes[cause] ?? 0) + units;
        if (finding.settled) continue;
        differing++;
        if ([finding, ...finding.states].some(({ causes: of }) => of.some((c) => c.cause === 'unknown'))) unknown.push(driftException(row));
        else onTheWay.push(levelKey(row));
        missed ||= finding.causes.some((c) => c.cause === 'event not received') && shopTime - Date.parse(changedAt) > ON_ITS_WAY_MS;
      }
      context.progress('levels that differ', start + some.length, candidates.length);
    }
    const ordersPending = new Map([...evidence.pending].map(([key, effects]) => [key, effects.reduce((sum, effect) => sum + effect.available, 0)]));
    const shelves = await checkWarehouses(db, storeId, { orders: ordersPending, edits: editsPending }, context.now());
    for (const { cause, units } of shelves.flatMap((shelf) => shelf.causes)) if (cause !== 'event not received') causes[cause] = (causes[cause] ?? 0) + Math.abs(units);
    for (const shelf of shelves) if (shelf.causes.some((c) => c.cause === 'unknown')) unknown.push(shelfException(shelf)); else if (shelf.causes.length > 0) onTheWay.push(shelfKey(shelf));
    const planner = await besidePlanner(context, unknown);
    unknown.push(...planner.cases);
    tally.applied = edits;
    if (differing > 0) tally.failed['differ, see causes'] = differing;
    tally.unchanged = tally.input - edits - differing;
    context.detail['unitsByCause'] = causes;
    context.detail['unexplainedUnits'] = causes['unknown'] ?? 0;
    const atPlanner = (context.detail['planner'] as PlannerTally | undefined)?.unitsByCause ?? {};
    for (const cause of DRIFT_CAUSES) driftUnits.set({ cause }, (causes[cause] ?? 0) + (atPlanner[cause] ?? 0));
    await tell(context, unknown, differ.length < MOST, { startedAt, onTheWay, plannerRead: planner.fresh, read: told.length < MOST ? null : new Set(candidates.map((level) => `${level.item_id}@${level.location_id}`)) });
    const negative = await negativeLevels(db, storeId);
    await context.checked('STOCK_NEGATIVE', negative.map(negativeException), negative.length < MOST_NEGATIVE);
    if (missed) await context.enqueue('sales-history');
    context.changed('stock', 'exceptions');
  },
});

/** Hot levels asked of Shopify each minute: four calls of sixty. What is left of the bucket below this share is for what must be written. */
const HOT = 240, LEAVES = 0.5;

/** What sold within the hour, or lately and is nearest to zero, is asked of Shopify itself, whatever was heard. Everything else that changed is asked by stock-levels, every five minutes. */
async function readHot(context: FlowContext): Promise<void> {
  const { db, storeId, storefront } = context, asked = await readCursor(db, storeId, 'drift-hot'), now = context.now();
  if (asked !== null && Date.parse(now) - Date.parse(asked) < EVIDENCE_EVERY_MS) return;
  const left = await bucketLeft(db, storeId, now);
  if (left !== null && left < LEAVES) { context.detail['hot'] = { asked: 0, why: `${Math.round(left * 100)}% of the calls are left, which writes need` }; return; }
  const hot = await hotLevels(db, storeId, now, HOT);
  await writeCursor(db, storeId, 'drift-hot', now, now);
  context.detail['hot'] = { asked: hot.length };
  if (hot.length === 0) return;
  const readAt = await storefront.time(), { known } = await mapLevels(db, storeId, await storefront.levels(hot.map((level) => ({ inventoryItemId: level.inventoryItemId, locationId: level.shopifyLocationId }))));
  await db.transaction(async (tx) => heardLevels(tx, storeId, await saveObserved(tx, storeId, known, readAt), now));
}

interface PlannerTally { compared: number; differ: number; unitsByCause: Record<string, number> }

/** The planner beside the ledger: kept by level, counted in the run's detail. A level that is a case already, by what Shopify shows, is not made another. */
async function besidePlanner(context: FlowContext, raised: readonly RaisedException[]): Promise<{ cases: RaisedException[]; fresh: boolean }> {
  const { db, storeId } = context, { compared, found, fresh } = await checkPlanner(db, storeId, await readCursor(db, storeId, 'drift-planner'), context.now());
  if (compared === null) return { cases: [], fresh: true };
  if (fresh) await writeCursor(db, storeId, 'drift-planner', context.now(), context.now());
  const unitsByCause: Record<string, number> = {}, cases = new Set(raised.map((one) => `${one.itemId}@${one.locationId}`));
  for (const { cause, units } of found.flatMap((one) => one.causes)) unitsByCause[cause] = (unitsByCause[cause] ?? 0) + Math.abs(units);
  context.detail['planner'] = { compared, differ: found.length, unitsByCause } satisfies PlannerTally;
  return { cases: found.filter((one) => one.causes.some((c) => c.cause === 'unknown') && !cases.has(`${one.itemId}@${one.locationId}`)).map(plannerException), fresh };
}

/**
 * Raises what is beyond the tolerance and closes what two checks found equal. Not yet decided: a level whose difference is on its way, which is neither without
 * a cause nor equal; one seen equal less than five minutes before this check began to read; one that was not read, where there are too many; and what the planner holds while it was not compared anew.
 */
async function tell(context: FlowContext, unknown: readonly RaisedException[], all: boolean, { startedAt, onTheWay, plannerRead, read }: { startedAt: string; onTheWay: readonly string[]; plannerRead: boolean; /** Null: all. */ read: ReadonlySet<string> | null }): Promise<void> {
  const { db, storeId } = context, tolerance = await driftTolerance(db, storeId), cases = await weighed(context, unknown);
  const told = cases.filter((one) => !withinTolerance(tolerance, one.size ?? 0, one.risk ?? null));
  if (cases.length > told.length) context.detail['withinTolerance'] = cases.length - told.length;
  const latest = new Date(Date.parse(startedAt) - kindOf('STOCK_DRIFT').againMinutes! * 60_000).toISOString(), open = await openDriftCases(db, storeId, MOST_CASES);
  const undecided = open.filter(({ key, itemId, locationId, goodSince }) => (goodSince !== null && goodSince > latest) || (read !== null && !read.has(`${itemId}@${locationId}`)) || (!plannerRead && key.startsWith('planner/'))).map(({ key }) => key);
  await context.checked('STOCK_DRIFT', await graced(context, told), all && open.length < MOST_CASES, [...onTheWay, ...undecided]);
}

/** How long each has to last before it is told of: by the lag of the way its numbers come. The planner's is the age of its own figures. */
async function graced(context: FlowContext, cases: readonly RaisedException[]): Promise<RaisedException[]> {
  if (cases.length === 0) return [];
  const { inSeconds, outSeconds } = await measuredLag(context.db, context.storeId, context.now(), 0), now = Date.parse(context.now());
  return cases.map((one) => {
    const readAt = one.evidence?.['readAt'], lag = typeof readAt === 'string' ? Math.max(0, now - Date.parse(readAt)) / 1_000 : one.key.startsWith('shelf/') ? inSeconds + outSeconds : inSeconds;
    return { ...one, graceMinutes: graceMinutes(lag) };
  });
}

async function checkLevels(context: FlowContext, candidates: readonly DriftCandidate[], evidence: Evidence): Promise<{ row: DriftRow; finding: DriftFinding; changedAt: string }[]> {
  const { db, storeId, storefront } = context;
  const readAt = await storefront.time();
  const read = await storefront.levels(candidates.map((c) => ({ inventoryItemId: c.inventory_item_id, locationId: c.shopify_location_id })));
  const { known } = await mapLevels(db, storeId, read);
  const waiting = await inboxWaiting(db, storeId);
  const unplaced = await unplacedUnits(db, storeId);
  const writes = await writesSent(db, storeId, known);
  const ordersReadThrough = (await readCursor(db, storeId, 'sales-history')) ?? '';
  // Between two gatherings of evidence, what was found stands where no number has changed: it was found by more than is known now.
  const before = evidence.gathered ? new Map<string, DriftRow>() : await findingsOf(db, storeId, known);

  return db.transaction(async (tx) => {
    await saveObserved(tx, storeId, known, readAt);
    const balances = await lockBalances(tx, storeId, known);
    const found = known.map((level) => {
      const ledger = ledgerState(balances, level), observed = observedState(level), key = `${level.itemId}@${level.locationId}`;
      const changedAt = level.availableAt > level.onHandAt ? level.availableAt : level.onHandAt;
      const finding = explainDrift({
        ledger, observed, observedAt: changedAt, pending: evidence.pending.get(key) ?? [], evidenceThrough: evidence.unasked.has(level.itemId) ? null : evidence.through,
        unplacedUnits: unplaced.get(level.itemId) ?? 0, inboxWaiting: waiting, writesPending: writes.get(key)?.sets ?? 0, deltasSent: writes.get(key)?.deltas ?? [], ordersReadThrough,
      });
      const kept = before.get(key);
      if (kept && !finding.settled && sameNumbers(kept, { ledger: ledger.available, observed: observed.available, states: finding.states })) Object.assign(finding, { causes: kept.causes, states: kept.states, edits: [] });
      return { level, finding, changedAt, row: { itemId: level.itemId, locationId: level.locationId, ledger: ledger.available, observed: observed.available, difference: finding.difference, causes: finding.causes, states: finding.states } };
    });
    await postEdits(tx, context, found);
    await saveDrift(tx, storeId, known, found.filter((f) => !f.finding.settled).map((f) => f.row), context.now());
    return found;
  });
}

const sameNumbers = (a: Pick<DriftRow, 'ledger' | 'observed' | 'states'>, b: Pick<DriftRow, 'ledger' | 'observed' | 'states'>): boolean => {
  const numbers = ({ ledger, observed, states }: typeof a): string => JSON.stringify([ledger, observed, states.map((each) => [each.state, each.ledger, each.observed]).sort()]);
  return numbers(a) === numbers(b);
};

/** What is on its way to each level, and Shopify's time up to which that is all of it; null where more was there than was looked at, for all levels or for these items. */
interface Evidence { pending: ReadonlyMap<string, readonly PendingEffect[]>; through: string | null; unasked: ReadonlySet<number>; gathered: boolean }
const NO_EVIDENCE: Evidence = { pending: new Map(), through: null, unasked: new Set(), gathered: false };

/** Messages, changed orders and open orders looked at for evidence, at most. */
const MOST_MESSAGES = 2_000, MOST_CHANGED = 500, MOST_OPEN = 200, MOST_KNOWN = 5_000;
/** A little less than the minute between two checks. */
const EVIDENCE_EVERY_MS = 55_000;

/**
 * Orders are read a moment before the levels are: a sale in between is not a fault of ours.
 *
 * What orders on their way will do to the levels, order by order: of messages that wait or could not be applied; of known orders that Shopify has routed
 * meanwhile; then of orders that changed since they were last read, and of open ones that Shopify may have closed without our hearing.
 */
async function pendingEffects(context: FlowContext, candidates: readonly DriftCandidate[]): Promise<Evidence> {
  const { db, storeId, storefront } = context, items = [...new Set(candidates.map((c) => c.item_id))], levels = new Set(candidates.map((c) => `${c.item_id}@${c.location_id}`));
  // Evidence costs calls and time, which a rush needs for its pushes: gathered once a minute. In between, committed alone tells how much is missing.
  const gathered = await readCursor(db, storeId, 'drift-evidence');
  if (gathered !== null && Date.parse(context.now()) - Date.parse(gathered) < EVIDENCE_EVERY_MS) return NO_EVIDENCE;
  await writeCursor(db, storeId, 'drift-evidence', context.now(), context.now());
  const through = await storefront.time(), received: OrderState[] = [], messages = await unappliedMessages(db, storeId, MOST_MESSAGES);
  for (const message of messages) {
    try {
      const event = context.reader.read(message.topic, message.body);
      if (event.type === 'order') received.push(event.order);
    } catch (error) { if (!(error instanceof UnreadableWebhook)) throw error; }
  }
  const known = await openOrdersOf(db, storeId, items, MOST_KNOWN), { orders: unheard, unasked, all } = await unheardOrders(context, known);
  // A message says nothing of places, and a known order may have found its own meanwhile: Shopify is asked. Last of all, or an order placed in between would
  // have its place only where it was read, and be taken for one whose message never came.
  const placeless = [...new Set([...known.filter((order) => order.needs_place).map((order) => order.order_id), ...received.map((order) => order.id)])], unplaced = placeless.slice(0, MOST_OPEN);
  for (const { orderId, assignments } of unplaced.length === 0 ? [] : await storefront.assignments(unplaced)) received.push({ ...emptyOrder(orderId), assignments });

  const [fromMessages, fromShop] = await orderEffects(db, storeId, [received, unheard]), found = new Map<string, PendingEffect[]>();
  const note = (cause: PendingEffect['cause'], effects: readonly OrderEffect[]): void => {
    for (const effect of effects) {
      const key = `${effect.itemId}@${effect.locationId}`;
      if (levels.has(key)) found.set(key, [...(found.get(key) ?? []), { cause, available: effect.available, committed: effect.committed, evidence: `order ${effect.name}: ${signed(effect.available)} available, ${signed(effect.committed)} committed` }]);
    }
  };
  note('event received, not applied', fromMessages!);
  note('event not received', fromShop!);
  return { pending: found, unasked, gathered: true, through: all && messages.length < MOST_MESSAGES && known.length < MOST_KNOWN && placeless.length <= MOST_OPEN ? through : null };
}

/** Orders that changed since they were last read (`all`: of those), and as many of the open ones that did not as they are now; with the places Shopify has just given them. `unasked`: items of the rest. */
async function unheardOrders({ db, storeId, storefront }: FlowContext, open: readonly OpenOrder[]): Promise<{ orders: OrderState[]; unasked: Set<number>; all: boolean }> {
  let all = true;
  const found: OrderState[] = [], since = await readCursor(db, storeId, 'sales-history');
  if (since !== null) for await (const orders of storefront.ordersChangedSince(since)) { found.push(...orders); if (found.length >= MOST_CHANGED) { all = false; break; } }
  const heard = new Set(found.map((order) => order.id)), quiet = open.filter((order) => !heard.has(order.order_id)), asked = quiet.slice(0, MOST_OPEN);
  if (asked.length > 0) found.push(...await storefront.ordersById(asked.map((order) => order.order_id)));
  const placeless = found.filter((order) => Object.keys(order.assignments).length === 0).map((order) => order.id);
  for (const { orderId, assignments } of placeless.length === 0 ? [] : await storefront.assignments(placeless)) found.push({ ...emptyOrder(orderId), assignments });
  return { orders: found, unasked: new Set(quiet.slice(MOST_OPEN).flatMap((order) => order.item_ids)), all: all && since !== null };
}

const signed = (units: number): string => (units > 0 ? `+${units}` : String(units));

/** Edits accumulate under one fact per level and state: an edit taken for one by mistake is taken back by the next check, in the open. */
async function postEdits(tx: Parameters<typeof postFacts>[0], context: FlowContext, found: readonly { level: MappedLevel; finding: DriftFinding }[]): Promise<void> {
  const wanted = found.flatMap(({ level, finding }) => finding.edits.map((edit) => ({ level, ...edit, fact: `shopify:level/${level.inventoryItemId}@${level.locationId}:edits/${edit.state}` })));
  if (wanted.length === 0) return;
  const before = await postedSoFar(tx, context.storeId, wanted.map((w) => w.fact));
  const facts: Fact[] = wanted.map((w) => ({
    fact: w.fact, kind: 'storefront edit', itemId: w.level.itemId, from: outside('unknown'), to: at(w.level.locationId, w.state),
    quantity: (before.get(w.fact) ?? 0) + w.quantity, occurredAt: w.level.availableAt, source: 'drift-check',
  }));
  const posted = await postFacts(tx, context.storeId, facts, context.now());
  // Where a warehouse is the authority, what staff changed in Shopify is set back.
  await markDirty(tx, posted.itemIds, context.now());
}

function ledgerState(balances: readonly LedgerLevel[], level: MappedLevel): LevelState {
  const of = (state: string): number => balances.find((b) => b.item_id === level.itemId && b.location_id === level.locationId && b.state === state)?.quantity ?? 0;
  const other = Object.fromEntries(OTHER.map((state) => [state, of(state)])) as LevelState['other'];
  const available = of('available'), committed = of('committed');
  return { available, committed, onHand: available + committed + sumOnHand(other), other };
}

function observedState(level: MappedLevel): LevelState {
  const other = Object.fromEntries(OTHER.map((state) => [state, level.quantities[state] ?? 0])) as LevelState['other'];
  return { available: level.quantities.available ?? 0, committed: level.quantities.committed ?? 0, onHand: level.quantities.on_hand ?? 0, other };
}

function sumOnHand(other: LevelState['other']): number {
  return (other.reserved ?? 0) + (other.damaged ?? 0) + (other.safety_stock ?? 0) + (other.quality_control ?? 0);
}

function negativeException(level: NegativeLevel): RaisedException {
  const name = level.sku || level.title, units = -level.available;
  return {
    kind: 'STOCK_NEGATIVE', key: `level/${level.item_id}@${level.location_id}`, subject: `${name} at ${level.location}`, itemId: level.item_id, locationId: level.location_id, size: units, evidence: { available: level.available, continuesSelling: level.continues },
    ...(level.continues ? { severity: 4 as const, sentence: `${name} shows ${level.available} available at ${level.location}: it sells on when out of stock, so ${units} ${units === 1 ? 'unit is' : 'units are'} owed.` }
      : { ...(level.price === null ? {} : { risk: units * Number(level.price) }), sentence: `${name} shows ${level.available} available at ${level.location}: more is promised than is there.` }),
  };
}

/** Names and worth: who looks at the case reads what it is about, and what sells fast or is worth much is looked at first. */
async function weighed(context: FlowContext, cases: readonly RaisedException[]): Promise<RaisedException[]> {
  const facts = await levelsInPlain(context.db, context.storeId, cases.map((one) => ({ itemId: one.itemId!, locationId: one.locationId! })), context.now());
  return cases.map((one) => {
    const of = facts.get(`${one.itemId}@${one.locationId}`);
    if (of === undefined) return one;
    const risk = of.price === null ? null : Math.abs(one.size ?? 0) * Number(of.price);
    return { ...one, subject: `${of.name} at ${of.location}`, ...(risk === null ? {} : { risk }), ...(isPressing(of.soldLastHour, risk) ? { severity: 1 as const } : {}) };
  });
}

const levelKey = ({ itemId, locationId }: { itemId: number; locationId: number }): string => `level/${itemId}@${locationId}`;
const shelfKey = ({ itemId, locationId }: { itemId: number; locationId: number }): string => `shelf/${itemId}@${locationId}`;

/** "1 unit … has", "5 units … have". */
const unitsOf = (units: number, what: string): string => `${some(units, 'unit')} ${what} ${units === 1 ? 'has' : 'have'}`;

function shelfException(shelf: WarehouseDrift): RaisedException {
  const units = shelf.causes.filter((c) => c.cause === 'unknown').reduce((sum, c) => sum + Math.abs(c.units), 0);
  return {
    kind: 'STOCK_DRIFT', key: shelfKey(shelf), subject: `Item ${shelf.itemId} at location ${shelf.locationId}`, itemId: shelf.itemId, locationId: shelf.locationId, size: units,
    sentence: `Shopify shows ${shelf.shown} available, the warehouse’s shelf allows ${shelf.wanted}: ${unitsOf(units, 'of the difference')} no known cause.`, evidence: { shown: shelf.shown, allowed: shelf.wanted, causes: shelf.causes },
  };
}

function plannerException(drift: PlannerDrift): RaisedException {
  const units = drift.causes.filter((c) => c.cause === 'unknown').reduce((sum, c) => sum + Math.abs(c.units), 0), what = drift.measure === 'stock' ? 'in stock' : 'on order';
  return {
    kind: 'STOCK_DRIFT', key: `planner/${drift.measure}/${drift.itemId}@${drift.locationId}`, subject: `Item ${drift.itemId} at location ${drift.locationId}`, itemId: drift.itemId, locationId: drift.locationId, size: units,
    sentence: `The planner has ${drift.theirs} ${what}, here are ${drift.ours}: ${unitsOf(units, 'of the difference')} no known cause.`, evidence: { planner: drift.theirs, here: drift.ours, measure: drift.measure, readAt: drift.syncedAt, causes: drift.causes },
  };
}

function driftException(row: DriftRow): RaisedException {
  const units = unitsByCause([row, ...row.states]).get('unknown') ?? 0;
  return {
    kind: 'STOCK_DRIFT', key: levelKey(row), subject: `Item ${row.itemId} at location ${row.locationId}`, itemId: row.itemId, locationId: row.locationId, size: units,
    sentence: row.difference === 0 ? `Shopify and the ledger both show ${row.ledger} available, and ${unitsOf(units, 'promised to orders')} no known cause.`
      : `Shopify shows ${row.observed} available, the ledger ${row.ledger}: ${row.difference > 0 ? '+' : ''}${row.difference} ${Math.abs(row.difference) === 1 ? 'unit' : 'units'}, of which ${units} ${units === 1 ? 'has' : 'have'} no known cause.`,
    evidence: { ledger: row.ledger, observed: row.observed, causes: row.causes, states: row.states },
  };
}
