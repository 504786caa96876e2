/**
 * stock-push: the warehouse's stock → what Shopify shows as available.   Woken by one NOTIFY per commit that changed a shelf, an order or a bundle; every
 * minute for what lay still. Only levels of warehouse-authority locations on the allow-list are ever set.
 *  1 gather  dirty levels, longest waiting first; those Shopify was heard to differ on are read from it; shelf, orders, dispatched, rate, lag
 *  2 decide  domain/push: available to sell = W − U − (O − D) − B, shared between stores; bundles from their scarcest part; write, hold, or say why not
 *  3 record  an attempt with its key and its rows, committed before the call
 *  4 send    set if unchanged, ≤ 250 rows a call, all or none. Written: movements and balances. Stale: read and derive anew; stale twice in a row and only orders
 *            moved it: changed by the difference; anybody else: set, and the third time a case. Refused: the rows at fault are set aside, the others land. No answer:
 *            the attempt stays open and is sent again, word for word
 *  5 settle  read back or heard back: confirmed. Cases close when a later push of the level was written
 *
 * Why a difference is safe where only orders move the level (docs/decisions/020-push-by-difference.md has the whole argument). T is what the level should show, L
 * what the ledger says it shows, both of the orders heard so far and read under the level's lock; S is what Shopify shows. An order not heard of yet lowers S now and T
 * when it is heard, by the same units: S − T does not depend on who heard what, nor on what is sold while the call is on its way. S + (T − L) is the right number
 * whenever it is applied, once; the key makes it once, the movement keeps L + (T − L) true.
 */
import { bundleAvailability, explode } from '../domain/catalogue/bundle.ts';
import { availableToSell, freeUnits, type ShelfTerms } from '../domain/push/available-to-sell.ts';
import { buffer } from '../domain/push/buffer.ts';
import { bufferTerms, type BufferGoods, type BufferRule } from '../domain/push/buffer-rules.ts';
import { decideBundle, decideLevel, wayToWrite, type Decision, type LevelFacts, type PushWay } from '../domain/push/decide.ts';
import { shareOf } from '../domain/push/sharing.ts';
import { at, outside, type Fact } from '../domain/stock/fact.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { atRisk, FEWEST_SOLD, lagTooLong, minutesToZero } from '../domain/push/risk.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { bucketLeft, fastLevels, isOpen, MOST_FAST } from '../store/push-risks.ts';
import { idempotencyKey } from '../runtime/key.ts';
import { pushSeconds, pushes } from '../runtime/metrics.ts';
import { bundleBook, itemsOfVariants } from '../store/bundles.ts';
import { attemptUnknown, closeAttempt, ghostUnits, levelsAgain, levelsOvertaken, levelsQuarantined, levelsStale, levelsWritten, openAttempt, readAttempt, takeAttempts, type Attempt, type AttemptRow, type NewRow, type RowOutcome } from '../store/push-attempts.ts';
import { bufferRulesOf, goodsOf } from '../store/buffer-rules.ts';
import { coverLevels, dirtyLevels, heardLevels, lockLevels, markDirty, saveLooks, type DirtyLevel, type LookedAt } from '../store/push-levels.ts';
import { MOST_PUSH_CASES, pushCases, staleBuffers, unconfirmed } from '../store/push-checks.ts';
import { forecastRates, itemTerms, measuredLag, sharingOf, type ItemTerms } from '../store/push-terms.ts';
import { endDue, heldBackCases, heldBackOf } from '../store/held-back.ts';
import { inboxWaiting } from '../store/inbox.ts';
import { mapLevels, saveObserved, type MappedLevel } from '../store/levels.ts';
import { postFacts } from '../store/ledger.ts';
import { servedLocations } from '../store/order-demand.ts';
import { settleOrders } from '../store/orders.ts';
import { readCursor, writeCursor } from '../store/runs.ts';
import type pg from 'pg';

/** Shopify's cap on rows a call. */
const MOST_ROWS = 250;
/** How long a sender may take before another one may send the same attempt. */
const LEASE_MS = 60_000;
/** Keys live 24 hours at Shopify; an attempt older than this is never sent again. */
const KEY_LIFE_MS = 23 * 3_600_000;
/** Pause of a level after its third stale set in a row, doubled with each further one up to a quarter of an hour: a busy item is soon free, a second writer is not fought. */
const PAUSE_SECONDS = 30, LONGEST_PAUSE_SECONDS = 900;
/** While messages wait the order behind a difference is most likely among them: then the drift check is asked for no more often than this, or a rush would be read again and again. */
const RUSH_SECONDS = 10;
/** Until something was measured: a webhook's usual way plus ours. */
const FIRST_LAG_SECONDS = 5;

export const stockPush = defineFlow({
  name: 'stock-push', moves: "the warehouse's stock → what Shopify shows as available", owner: 'ecommerce', schedule: { cron: '* * * * *' },
  raises: ['PUSH_FAILED', 'PUSH_CONFLICT', 'PUSH_HELD', 'HELD_BACK_TOO_LONG', 'OVERSOLD', 'OVERSELL_RISK', 'RATE_STARVED'],
  async run(context) {
    const { db, storeId, tally } = context;
    await takeOver(context);
    context.detail['covered'] = await coverLevels(db, storeId, context.now());
    await db.transaction((tx) => endDue(tx, storeId, context.now()));
    // Rates and lag move by the minute: buffers that would differ are looked at again.
    await markDirty(db, await staleBuffers(db, storeId, new Date(Date.parse(context.now()) - 5 * 60_000).toISOString()), context.now());
    await readBack(context);
    for (let looked = -1; looked !== 0;) {
      looked = await pushWaiting(context);
      tally.input += looked;
      tally.applied += looked;
      context.progress('levels looked at', tally.input, null);
    }
    const cases = await pushCases(db, storeId, new Date(Date.parse(context.now()) - 3_600_000).toISOString());
    for (const kind of ['PUSH_FAILED', 'PUSH_CONFLICT', 'PUSH_HELD', 'OVERSOLD'] as const) {
      const of = cases.filter((c) => c.kind === kind);
      await context.checked(kind, of, of.length < MOST_PUSH_CASES);
      if (kind === 'PUSH_CONFLICT' && of.some((one) => one.evidence?.['writers'] === null)) await context.enqueue('other-writers');
    }
    await context.checked('HELD_BACK_TOO_LONG', await heldBackCases(db, storeId, context.now()));
    await watchRisks(context);
    context.changed('stock', 'exceptions');
  },
});

/** Below a tenth of its calls a shop is starved; it is over when half of them are free. */
const STARVED = 0.1, FREE = 0.5;

/** Oversales in the making: levels that sell out before the news of it arrives, a lag no buffer covers; and too few calls left to tell anything. */
async function watchRisks(context: FlowContext): Promise<void> {
  const { db, storeId } = context, hourAgo = new Date(Date.parse(context.now()) - 3_600_000).toISOString(), { inSeconds, outSeconds } = await measuredLag(db, storeId, context.now(), FIRST_LAG_SECONDS);
  const lag = inSeconds + outSeconds, selling = await fastLevels(db, storeId, hourAgo, FEWEST_SOLD), fast = selling.filter((level) => atRisk(level.shown, level.sold, lag));
  await context.checked('OVERSELL_RISK', [
    ...fast.map((level): RaisedException => ({
      kind: 'OVERSELL_RISK', key: `level/${level.item_id}@${level.location_id}`, subject: `${level.sku || level.title} at ${level.location}`, itemId: level.item_id, locationId: level.location_id, size: level.sold, evidence: { shown: level.shown, soldLastHour: level.sold, lagSeconds: lag },
      sentence: `${level.sku || level.title} at ${level.location} sells ${level.sold} an hour and has ${level.shown} left: sold out in ${Math.ceil(minutesToZero(level.shown, level.sold)! * 60)} s, while a change takes ${Math.round(lag)} s to arrive.`,
    })),
    ...(lagTooLong(lag) ? [{ kind: 'OVERSELL_RISK' as const, key: 'lag', subject: 'Lag of the stock', size: Math.round(lag), sentence: `A change of stock takes ${Math.round(lag / 60)} minutes to arrive (p99 of the last hour), longer than any buffer covers.`, evidence: { inSeconds, outSeconds } }] : []),
  ], selling.length < MOST_FAST);
  const left = await bucketLeft(db, storeId, context.now()), starved = left !== null && left < ((await isOpen(db, storeId, 'RATE_STARVED')) ? FREE : STARVED);
  await context.checked('RATE_STARVED', starved ? [{ kind: 'RATE_STARVED', key: 'bucket', subject: 'Calls to Shopify', sentence: `${Math.round(left! * 100)}% of the calls Shopify allows are left: writes wait for their turn.`, evidence: { left } }] : []);
}

/** Locations given to a warehouse since the last run: what open orders want of its shelf is read off the orders known here. */
async function takeOver(context: FlowContext): Promise<void> {
  const { db, storeId } = context;
  const served = (await servedLocations(db, storeId)).map((place) => `${place.location_id}:${place.warehouse_id}`).join(',');
  if (served === ((await readCursor(db, storeId, 'served-locations')) ?? '')) return;
  await settleOrders(db, storeId, context.now(), context, (done) => context.progress('open orders', done, null));
  await writeCursor(db, storeId, 'served-locations', served, context.now());
}

/** One round: attempts nobody is sending, then dirty levels. Returns how many levels were looked at; 0 when there is nothing to do now. */
export async function pushWaiting(context: FlowContext): Promise<number> {
  const { db, storeId } = context;
  let looked = 0;
  for (const attemptId of await takeAttempts(db, storeId, context.now(), later(context, LEASE_MS), 4)) {
    const attempt = await readAttempt(db, storeId, attemptId);
    looked += attempt.rows.length;
    await sendAttempt(context, attempt);
  }
  const levels = await dirtyLevels(db, storeId, context.now(), MOST_ROWS);
  if (levels.length === 0) return looked;
  const read = await readAfresh(context, levels.filter((level) => level.reread));
  // What was read and the ledger does not hold needs its own movement: an order on its way, or an edit in Shopify. Asked for before the look is saved, and, as the
  // check passes over levels that are being written, once more afterwards.
  const unexplained = levels.some((level) => differs(level, read));
  const afterSeconds = unexplained && (await inboxWaiting(db, storeId, 1)) > 0 ? RUSH_SECONDS : 0;
  if (unexplained) await context.enqueue('drift-check', afterSeconds);
  // Asked before levels are locked: whoever hears of an order waits for these locks.
  const lag = await measuredLag(db, storeId, context.now(), FIRST_LAG_SECONDS);
  const prepared = await db.transaction((tx) => prepare(tx, context, levels, read, lag.inSeconds + lag.outSeconds));
  for (const attemptId of prepared.attemptIds) await sendAttempt(context, await readAttempt(db, storeId, attemptId));
  if (prepared.looked > 0) context.changed('stock');
  if (unexplained) await context.enqueue('drift-check', afterSeconds);
  return looked + prepared.looked;
}

const differs = (level: DirtyLevel, read: ReadonlyMap<string, MappedLevel>): boolean => { const seen = read.get(keyOf(level)); return seen !== undefined && seen.quantities.available !== level.ledger_available; };
/** A quarter of the time it has been waiting: the order behind it is usually a moment behind, and what stays unexplained is not read for ever. Milliseconds. */
const againIn = (context: FlowContext, level: DirtyLevel): number => Math.min(60_000, Math.max(400, (Date.parse(context.now()) - Date.parse(level.dirty_at)) / 4));
const later = (context: FlowContext, ms: number): string => new Date(context.clock.now().getTime() + ms).toISOString();
const keyOf = (level: { item_id: number; location_id: number }): string => `${level.item_id}@${level.location_id}`;

/** Levels as Shopify shows them now, kept as stated. A level it does not know is absent. */
async function readAfresh(context: FlowContext, levels: readonly DirtyLevel[]): Promise<Map<string, MappedLevel>> {
  const { db, storeId, storefront } = context;
  const found = new Map<string, MappedLevel>();
  if (levels.length === 0) return found;
  const readAt = await storefront.time();
  const answer = await storefront.levels(levels.map((l) => ({ inventoryItemId: l.inventory_item_id, locationId: l.shopify_location_id })));
  const { known } = await mapLevels(db, storeId, answer);
  await db.transaction((tx) => saveObserved(tx, storeId, known, readAt));
  for (const level of known) found.set(`${level.itemId}@${level.locationId}`, level);
  return found;
}

/** Decides about levels this worker can lock, and opens an attempt for those that must be written: one for the sets, one for the differences. */
async function prepare(tx: pg.PoolClient, context: FlowContext, candidates: readonly DirtyLevel[], read: ReadonlyMap<string, MappedLevel>, lagSeconds: number): Promise<{ attemptIds: string[]; looked: number }> {
  const { storeId } = context;
  const before = new Map(candidates.map((level) => [keyOf(level), level]));
  const levels = await lockLevels(tx, storeId, candidates);
  const decisions = await decideLevels(tx, context, levels, read, lagSeconds);
  const looks: LookedAt[] = [], rows: Record<PushWay, NewRow[]> = { set: [], difference: [] };
  for (const level of levels) {
    const decision = decisions.get(keyOf(level))!;
    // A fresh read was begun for the reasons known then; those that came since are looked at again.
    const dirtyVersion = level.reread ? before.get(keyOf(level))!.dirty_version : level.dirty_version;
    // Going on marks every level of the location again (store/authority.ts).
    if (decision.do === 'write' && level.paused && level.mode === 'live') looks.push({ item_id: level.item_id, location_id: level.location_id, dirtyVersion, state: 'queued', wanted: decision.to, arithmetic: decision.arithmetic, reason: `to be shown as ${decision.to} once the location is written again: it is paused`, notBefore: null });
    else if (decision.do === 'write') rows[decision.way].push({ itemId: level.item_id, locationId: level.location_id, from: decision.from, to: decision.to, basis: decision.from + (read.get(keyOf(level))?.quantities.committed ?? level.ledger_committed), dirtyVersion, arithmetic: decision.arithmetic });
    else if (decision.state === 'in step' && differs(level, read)) looks.push({ item_id: level.item_id, location_id: level.location_id, dirtyVersion: '0', state: 'queued', wanted: decision.wanted, arithmetic: decision.arithmetic,
      reason: `right if Shopify's ${read.get(keyOf(level))!.quantities.available} is what orders made of the ledger's ${level.ledger_available}; looked at again until both agree`, notBefore: later(context, againIn(context, level)) });
    else looks.push({ item_id: level.item_id, location_id: level.location_id, dirtyVersion, state: decision.state, wanted: decision.wanted, arithmetic: decision.arithmetic, reason: decision.reason, notBefore: null });
  }
  await saveLooks(tx, storeId, looks);
  const attemptIds: string[] = [];
  for (const way of ['difference', 'set'] as const) {
    if (rows[way].length === 0) continue;
    const oldest = levels.reduce((first, level) => (level.dirty_at < first ? level.dirty_at : first), levels[0]!.dirty_at);
    attemptIds.push(await openAttempt(tx, storeId, way, rows[way], attemptKey(storeId), context.now(), later(context, LEASE_MS), oldest));
  }
  return { attemptIds, looked: levels.length };
}

const attemptKey = (storeId: number) => (attemptId: string): string => idempotencyKey(`stock-push/${storeId}/${attemptId}`);

/** Gather and decide for many levels: terms per warehouse in one statement, bundles by their parts. */
export async function decideLevels(tx: pg.PoolClient, context: FlowContext, levels: readonly DirtyLevel[], read: ReadonlyMap<string, MappedLevel>, lagSeconds: number): Promise<Map<string, Decision>> {
  const { storeId } = context;
  const now = context.now(), decisions = new Map<string, Decision>();
  if (levels.length === 0) return decisions;
  const bundles = levels.filter((level) => level.bundle_variant_id !== null);
  const book = bundles.length === 0 ? () => null : (await bundleBook(tx, storeId, bundles.map((level) => level.bundle_variant_id!)))(now);
  const parts = new Map(bundles.map((level) => [keyOf(level), explode(level.bundle_variant_id!, 1, book)]));
  const partItems: Awaited<ReturnType<typeof itemsOfVariants>> = bundles.length === 0 ? new Map() : await itemsOfVariants(tx, storeId, [...new Set([...parts.values()].flatMap((p) => [...p.keys()]))]);

  for (const [warehouseId, here] of Map.groupBy(levels, (level) => level.warehouse_id)) {
    const itemIds = [...new Set([...here.map((l) => l.item_id), ...[...partItems.values()].flatMap((p) => (p.item_id === null ? [] : [p.item_id]))])];
    const terms = await itemTerms(tx, warehouseId, itemIds, new Date(Date.parse(now) - 3_600_000).toISOString());
    const rates = await forecastRates(tx, warehouseId, itemIds, context.dayOf(now));
    const rules = await bufferRulesOf(tx, storeId), goods = rules.length === 0 ? new Map<number, BufferGoods>() : await goodsOf(tx, storeId, itemIds, rules.some((rule) => rule.scope === 'tag'));
    const sharing = await sharingOf(tx, warehouseId, itemIds), heldBack = await heldBackOf(tx, storeId, itemIds, now);
    const shelfOf = (itemId: number, level: DirtyLevel): { terms: ShelfTerms; share: number; bufferSentence: string; countedAt: string | null } => {
      const item = terms.get(itemId)!;
      const { shelf, bufferSentence } = shelfTerms(item, storeId, level, rates.get(itemId) ?? 0, lagSeconds, now, rules, goods.get(itemId));
      const free = freeUnits(shelf), rule = sharing.get(itemId) ?? sharing.get(0) ?? null;
      const openByStore = new Map(item.byStore.map((s) => [s.storeId, s.open + s.openInBundles - s.dispatched + s.ahead]));
      return { terms: shelf, bufferSentence, share: shareOf(storeId, rule, { sellable: item.onHand - item.unsellable, free, openByStore }), countedAt: item.countedAt };
    };
    for (const level of here) {
      const seen = read.get(keyOf(level));
      const assumed = seen?.quantities.available ?? level.ledger_available;
      const shown = seen === undefined ? null : { available: assumed, committed: seen.quantities.committed ?? level.ledger_committed };
      const { way, unheard } = wayToWrite({ available: level.ledger_available, committed: level.ledger_committed }, shown, level.strikes, level.basis);
      const facts = factsOf(level), rules = { mode: level.mode, firstPushCap: level.first_push_cap, pushedBefore: level.pushed !== null, released: level.released };
      const own = parts.get(keyOf(level));
      if (own === undefined) {
        decisions.set(keyOf(level), decideLevel({ facts, ...shelfOf(level.item_id, level), way, assumed, unheard, rules, heldBack: heldBack.get(level.item_id) ?? null }));
        continue;
      }
      const known = [...own].map(([variantId, perUnit]) => {
        const part = partItems.get(variantId), itemId = part?.item_id ?? null;
        const shelf = itemId === null ? null : shelfOf(itemId, level);
        return { sku: part?.sku || part?.title || variantId, perUnit, variantId, ...(itemId !== null && heldBack.has(itemId) ? { heldBack: true } : {}), available: shelf === null || shelf.countedAt === null ? 0 : availableToSell(shelf.terms, shelf.share, false).available };
      });
      // The bundle's own orders Shopify has and we have not heard of would take their parts: they count against what can be made.
      const { units } = bundleAvailability(own, (variantId) => known.find((p) => p.variantId === variantId)!.available);
      const made = ({ sku, perUnit, available, heldBack: held }: (typeof known)[number]) => ({ sku, perUnit, available: available - perUnit * Math.min(unheard, units), ...(held ? { heldBack: held } : {}) });
      decisions.set(keyOf(level), decideBundle({ facts, parts: known.map(made), way, assumed, rules, heldBack: heldBack.get(level.item_id) ?? null }));
    }
  }
  return decisions;
}

function factsOf(level: DirtyLevel): LevelFacts {
  return { tracked: level.tracked, isNativeBundle: level.is_native_bundle, opened: level.opened, activeLevel: level.is_active, activeLocation: level.location_active, continuesSelling: level.continues_selling };
}

function shelfTerms(item: ItemTerms, storeId: number, level: DirtyLevel, forecastPerDay: number, lagSeconds: number, now: string, rules: readonly BufferRule[], goods: BufferGoods | undefined): { shelf: ShelfTerms; bufferSentence: string } {
  const own = item.byStore.filter((s) => s.storeId === storeId && s.locationId === level.location_id);
  const others = item.byStore.filter((s) => !own.includes(s));
  const sum = (of: typeof own, pick: (s: (typeof own)[number]) => number): number => of.reduce((total, s) => total + pick(s), 0);
  const peak = level.peak_until !== null && level.peak_until > now;
  const usual = { quantile: peak ? level.peak_quantile : level.buffer_quantile, capUnits: level.buffer_cap_units }, by = goods === undefined ? { ...usual, atLeast: 0, by: null } : bufferTerms(rules, goods, level.location_id, peak, usual);
  const withheld = buffer({
    forecastPerDay, soldLastHour: sum(item.byStore, (s) => s.orderedLastHour), lagSeconds, ...by, capShare: level.buffer_cap_share, sellable: item.onHand - item.unsellable,
  });
  return { bufferSentence: withheld.sentence, shelf: {
    onHand: item.onHand, unsellable: item.unsellable, open: sum(own, (s) => s.open), openInBundles: sum(own, (s) => s.openInBundles), dispatched: sum(own, (s) => s.dispatched), ahead: sum(own, (s) => s.ahead),
    elsewhere: sum(others, (s) => s.open + s.openInBundles - s.dispatched + s.ahead),
    buffer: withheld.units,
  } };
}

/** Sends an attempt and records what became of it. The attempt was committed before; nothing here can lose it. `overtaken`: it is the rest of a set that sales had outrun. */
async function sendAttempt(context: FlowContext, attempt: Attempt, overtaken = false): Promise<void> {
  const { db, storeId, storefront } = context;
  if (Date.parse(context.now()) - Date.parse(attempt.created_at) > KEY_LIFE_MS) return tooOld(context, attempt);
  let result;
  try {
    const key = attempt.idempotency_key, referenceUri = `gid://instep/StockPush/${storeId}-${attempt.attempt_id}`;
    const place = (r: AttemptRow) => ({ inventoryItemId: r.inventory_item_id, locationId: r.shopify_location_id });
    result = attempt.way === 'set'
      ? await storefront.setAvailable({ key, referenceUri, rows: attempt.rows.map((r) => ({ ...place(r), quantity: r.to_quantity, changeFrom: r.from_quantity })) })
      : await storefront.adjust({ key, referenceUri, state: 'available', reason: 'correction', rows: attempt.rows.map((r) => ({ ...place(r), delta: r.to_quantity - r.from_quantity!, ledgerUri: null })) });
  } catch (error) {
    // Nobody knows whether it was applied: the same key and rows again, ever more slowly. A dead token is a person's case, and the attempt waits for it.
    pushes.inc({ outcome: 'unknown' });
    await attemptUnknown(db, storeId, attempt.attempt_id, (error as Error).message, later(context, Math.min(1_000 * 2 ** Math.min(attempt.sends, 9), 300_000)));
    if ((error as Error).name === 'TokenDead') throw error;
    return;
  }
  pushes.inc({ outcome: result.outcome === 'refused' && result.faults.some(isStale) ? 'stale' : result.outcome });
  if (result.outcome === 'written') return written(context, attempt);
  if (result.outcome === 'repeat') { await attemptUnknown(db, storeId, attempt.attempt_id, result.message, later(context, 2_000)); return; }
  if (result.outcome === 'refused') return refused(context, attempt, result.faults, overtaken);
  await db.transaction(async (tx) => {
    const closed = await closeAttempt(tx, storeId, attempt.attempt_id, 'abandoned', result.message, attempt.rows.map((row) => ({ ...rowKey(row), state: 'abandoned', message: result.message })), context.now());
    if (!closed) return;
    if (result.outcome === 'new key') await levelsAgain(tx, storeId, attempt.rows, context.now());
    // The key was used with other rows: a defect of ours. These levels stop until somebody has looked.
    else await levelsQuarantined(tx, storeId, attempt.rows.map((row) => ({ ...row, message: `stopped: Shopify knows the key of attempt ${attempt.attempt_id} with other rows (${result.message})` })));
  });
}

const rowKey = (row: AttemptRow): { itemId: number; locationId: number } => ({ itemId: row.item_id, locationId: row.location_id });
const isStale = (fault: { code: string }): boolean => fault.code === 'CHANGE_FROM_QUANTITY_STALE' || fault.code === 'COMPARE_QUANTITY_STALE';

/** Movements, balances and the levels' state in one transaction. Units restocked in Shopify without the warehouse are taken back under their own name. */
async function written(context: FlowContext, attempt: Attempt): Promise<void> {
  const { db, storeId } = context, occurredAt = await context.storefront.time();
  await db.transaction(async (tx) => {
    const now = context.now();
    if (!(await closeAttempt(tx, storeId, attempt.attempt_id, 'written', null, attempt.rows.map((row) => ({ ...rowKey(row), state: 'written', message: null })), now))) return;
    const ghosts = await ghostUnits(tx, storeId, attempt.rows);
    const facts: Fact[] = attempt.rows.flatMap((row): Fact[] => {
      const change = row.to_quantity - (row.from_quantity ?? row.to_quantity);
      const ghost = change < 0 ? Math.min(-change, ghosts.get(keyOf(row)) ?? 0) : 0;
      const fact = (kind: Fact['kind'], quantity: number, name: string): Fact => ({
        fact: `push:attempt/${attempt.attempt_id}:level/${row.item_id}@${row.location_id}${name}`, kind, itemId: row.item_id, from: outside('warehouse'), to: at(row.location_id, 'available'),
        quantity, occurredAt, source: `stock-push: ${row.arithmetic.sentence ?? ''}`.slice(0, 300),
      });
      return [...(change + ghost === 0 ? [] : [fact('stock push', change + ghost, '')]), ...(ghost === 0 ? [] : [fact('ghost restock reversed', -ghost, ':ghost')])];
    });
    await postFacts(tx, storeId, facts, now);
    await levelsWritten(tx, storeId, attempt.rows, now);
    // The answer may have come after the echo: what was heard in between is judged now.
    await heardLevels(tx, storeId, attempt.rows.map((row) => ({ ...rowKey(row), from: row.from_quantity })), now);
  });
  pushSeconds.observe(Math.max(0, context.clock.now().getTime() - Date.parse(attempt.created_at)) / 1000);
}

/**
 * Shopify applied nothing. Rows at fault leave, stale ones are read again, the rest goes out at once under a key of its own; a fault without a row is found by halving.
 * When the rest is refused as stale too, this is a rush, and each further set would be refused for the next row: all of it is read again and, where only orders moved
 * it, changed by differences.
 */
async function refused(context: FlowContext, attempt: Attempt, faults: { row: number | null; code: string; message: string }[], overtaken: boolean): Promise<void> {
  const { db, storeId } = context;
  const named = new Map<number, { code: string; message: string }>();
  for (const fault of faults) if (fault.row !== null && fault.row < attempt.rows.length) named.set(fault.row, fault);
  const alone = attempt.rows.length === 1 && named.size === 0 ? [[0, faults[0]!] as const] : [...named];
  const stale = alone.filter(([, fault]) => isStale(fault)), bad = alone.filter(([, fault]) => !isStale(fault));
  const blamed = new Map(alone);
  const rest = attempt.rows.filter((_row, n) => !blamed.has(n));
  const message = faults.map((f) => f.message).join('; ');
  const next = await db.transaction(async (tx) => {
    const now = context.now();
    const outcomes: RowOutcome[] = attempt.rows.map((row, n) => {
      const fault = blamed.get(n);
      return { ...rowKey(row), state: fault === undefined ? 'abandoned' : isStale(fault) ? 'stale' : 'refused', message: fault?.message ?? null };
    });
    if (!(await closeAttempt(tx, storeId, attempt.attempt_id, stale.length > 0 && bad.length === 0 ? 'stale' : 'refused', message, outcomes, now))) return [];
    await levelsStale(tx, storeId, stale.map(([n, fault]) => ({ ...attempt.rows[n]!, message: `Shopify no longer showed ${attempt.rows[n]!.from_quantity}: ${fault.message}` })), now, { first: PAUSE_SECONDS, longest: LONGEST_PAUSE_SECONDS });
    await levelsQuarantined(tx, storeId, bad.map(([n, fault]) => ({ ...attempt.rows[n]!, message: `Shopify refused: ${fault.message} (${fault.code})` })));
    if (stale.length > 0 && overtaken) await levelsOvertaken(tx, storeId, attempt.rows.filter((_row, n) => !blamed.has(n) || isStale(blamed.get(n)!)));
    if (rest.length === 0 || (stale.length > 0 && overtaken)) return [];
    const middle = alone.length > 0 ? rest.length : Math.ceil(rest.length / 2);
    const halves = [rest.slice(0, middle), rest.slice(middle)].filter((half) => half.length > 0);
    const ids: string[] = [];
    for (const half of halves) {
      ids.push(await openAttempt(tx, storeId, attempt.way, half.map((row) => ({ ...rowKey(row), from: row.from_quantity, to: row.to_quantity, basis: null, dirtyVersion: row.dirty_version, arithmetic: row.arithmetic })),
        attemptKey(storeId), now, later(context, LEASE_MS), attempt.created_at));
    }
    return ids;
  });
  for (const attemptId of next) await sendAttempt(context, await readAttempt(db, storeId, attemptId), stale.length > 0);
}

/**
 * Its key is forgotten at Shopify: never sent again. What the level shows now says whether a set was applied; a difference leaves no such trace. Otherwise the
 * level is looked at anew, and drift-check finds what was applied after all.
 */
async function tooOld(context: FlowContext, attempt: Attempt): Promise<void> {
  const { db, storeId, storefront } = context;
  const shown = new Map((await storefront.levels(attempt.rows.map((r) => ({ inventoryItemId: r.inventory_item_id, locationId: r.shopify_location_id })))).map((l) => [`${l.inventoryItemId}@${l.locationId}`, l.quantities.available]));
  if (attempt.way === 'set' && attempt.rows.every((row) => shown.get(`${row.inventory_item_id}@${row.shopify_location_id}`) === row.to_quantity)) return written(context, attempt);
  await db.transaction(async (tx) => {
    const reason = 'no answer for 23 hours; Shopify was read instead of asked again';
    if (await closeAttempt(tx, storeId, attempt.attempt_id, 'abandoned', reason, attempt.rows.map((row) => ({ ...rowKey(row), state: 'abandoned', message: reason })), context.now())) await levelsAgain(tx, storeId, attempt.rows, context.now());
  });
}

/** Written levels nothing was heard of for a minute are read. */
async function readBack(context: FlowContext): Promise<void> {
  const { db, storeId, storefront } = context;
  const silent = await unconfirmed(db, storeId, new Date(Date.parse(context.now()) - 60_000).toISOString(), 1_000);
  if (silent.length === 0) return;
  const readAt = await storefront.time();
  const { known } = await mapLevels(db, storeId, await storefront.levels(silent.map((l) => ({ inventoryItemId: l.inventory_item_id, locationId: l.shopify_location_id }))));
  await db.transaction(async (tx) => {
    await saveObserved(tx, storeId, known, readAt);
    await heardLevels(tx, storeId, known, context.now());
  });
}

