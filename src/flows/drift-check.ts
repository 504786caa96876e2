/**
 * drift-check: ledger against Shopify per level → explained, posted or raised.   Woken every minute, after an import, and by hand.
 *  1 gather  levels that differ (one SQL), each read afresh from Shopify with all its states; what is still on its way
 *  2 decide  domain/drift: causes whose units sum to the difference; equal committed and moved stock is an edit in Shopify
 *  3 record  at storefront-authority locations an edit becomes a movement (Shopify is right there); findings with their causes
 *  4 settle  unknown units raise STOCK_DRIFT; a level in step closes it. Missing orders ask sales-history to read
 */
import { explainDrift, type DriftFinding, type LevelState } from '../domain/drift/causes.ts';
import type { RaisedException } from '../domain/exceptions/catalogue.ts';
import { at, outside, type Fact, type StockState } from '../domain/stock/fact.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { driftUnits } from '../runtime/metrics.ts';
import { driftCandidates, levelsCompared, lockBalances, negativeLevels, postedSoFar, saveDrift, unplacedUnits, writesPending, type DriftCandidate, type DriftRow, type LedgerLevel } from '../store/drift.ts';
import { inboxHealth } from '../store/inbox.ts';
import { mapLevels, saveObserved, type MappedLevel } from '../store/levels.ts';
import { postFacts } from '../store/ledger.ts';
import { markDirty } from '../store/push-levels.ts';
import { readCursor } from '../store/runs.ts';

const MOST = 5_000;
const OTHER: readonly StockState[] = ['reserved', 'damaged', 'safety_stock', 'quality_control', 'incoming'];

export const driftCheck = defineFlow({
  name: 'drift-check', moves: 'ledger against Shopify → explained, posted or raised', owner: 'ecommerce', schedule: { cron: '* * * * *' },
  raises: ['STOCK_DRIFT', 'STOCK_NEGATIVE'],
  async run(context) {
    const { db, storeId, tally } = context;
    tally.input = await levelsCompared(db, storeId);
    const candidates = await driftCandidates(db, storeId, MOST);
    const causes: Record<string, number> = {};
    const unknown: RaisedException[] = [];
    let differing = 0, edits = 0;
    for (let start = 0; start < candidates.length; start += 240) {
      const some = candidates.slice(start, start + 240);
      const found = await checkLevels(context, some);
      for (const { row, finding } of found) {
        if (finding.edits.length > 0) edits++;
        for (const { cause, units } of finding.causes) causes[cause] = (causes[cause] ?? 0) + Math.abs(units);
        if (finding.settled) continue;
        differing++;
        if (finding.causes.some((c) => c.cause === 'unknown')) unknown.push(driftException(row));
      }
      context.progress('levels that differ', start + some.length, candidates.length);
    }
    tally.applied = edits;
    if (differing > 0) tally.failed['differ, see causes'] = differing;
    tally.unchanged = tally.input - edits - differing;
    context.detail['unitsByCause'] = causes;
    context.detail['unexplainedUnits'] = causes['unknown'] ?? 0;
    for (const cause of ['event received, not applied', 'push refused or pending', 'event not received', 'edited in Shopify', 'unknown']) driftUnits.set({ cause }, causes[cause] ?? 0);
    await context.checked('STOCK_DRIFT', unknown);
    await context.checked('STOCK_NEGATIVE', (await negativeLevels(db, storeId)).map((level) => ({
      kind: 'STOCK_NEGATIVE', key: `level/${level.item_id}@${level.location_id}`, subject: `${level.sku || level.title} at ${level.location}`, itemId: level.item_id, locationId: level.location_id,
      sentence: `${level.sku || level.title} shows ${level.available} available at ${level.location}: more is promised than is there.`, evidence: { available: level.available },
    })));
    if (causes['event not received']) await context.enqueue('sales-history');
    context.changed('stock', 'exceptions');
  },
});

async function checkLevels(context: FlowContext, candidates: readonly DriftCandidate[]): Promise<{ row: DriftRow; finding: DriftFinding }[]> {
  const { db, storeId, storefront } = context;
  // Gather. Orders read through a moment before the level was read: later sales are not a fault of ours.
  const readAt = context.now();
  const read = await storefront.levels(candidates.map((c) => ({ inventoryItemId: c.inventory_item_id, locationId: c.shopify_location_id })));
  const { known } = await mapLevels(db, storeId, read);
  const health = await inboxHealth(db, storeId, context.now(), context.now());
  const unplaced = await unplacedUnits(db, storeId);
  const writes = await writesPending(db, storeId, known);
  const ordersReadThrough = (await readCursor(db, storeId, 'sales-history')) ?? '';

  return db.transaction(async (tx) => {
    await saveObserved(tx, storeId, known, readAt);
    const balances = await lockBalances(tx, storeId, known);
    const found = known.map((level) => {
      const ledger = ledgerState(balances, level), observed = observedState(level);
      const finding = explainDrift({
        ledger, observed, observedAt: level.availableAt > level.onHandAt ? level.availableAt : level.onHandAt,
        unplacedUnits: unplaced.get(level.itemId) ?? 0, inboxWaiting: health.waiting, writesPending: writes.get(`${level.itemId}@${level.locationId}`) ?? 0, ordersReadThrough,
      });
      return { level, finding, row: { itemId: level.itemId, locationId: level.locationId, ledger: ledger.available, observed: observed.available, difference: finding.difference, causes: finding.causes } };
    });
    await postEdits(tx, context, found);
    await saveDrift(tx, storeId, known, found.filter((f) => !f.finding.settled).map((f) => f.row), context.now());
    return found;
  });
}

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

function driftException(row: DriftRow): RaisedException {
  return {
    kind: 'STOCK_DRIFT', key: `level/${row.itemId}@${row.locationId}`, subject: `Item ${row.itemId} at location ${row.locationId}`, itemId: row.itemId, locationId: row.locationId,
    sentence: `Shopify shows ${row.observed} available, the ledger ${row.ledger}: ${row.difference > 0 ? '+' : ''}${row.difference} units, of which ${row.causes.filter((c) => c.cause === 'unknown').reduce((s, c) => s + Math.abs(c.units), 0)} have no known cause.`,
    evidence: { ledger: row.ledger, observed: row.observed, causes: row.causes },
  };
}
