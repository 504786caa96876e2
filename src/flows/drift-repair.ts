/**
 * drift-repair: a repair a person asked for, or a policy allows → the ledger follows Shopify, or Shopify follows the ledger.   Woken by the request, and every minute.
 *  1 gather  repairs under way; each was recorded, with its key and what it saw of both sides, before anything was promised (http/routes/drift.ts). Before them, where
 *            an administrator set a policy, differences that have lasted: read afresh, recorded and audited like one a person asked for
 *  2 decide  domain/drift/repair.ts, when it was asked for; domain/drift/policy.ts, whether somebody has to be asked. A storm, a peak and a paused push stop the latter
 *  3 record  accept: a movement of its own cause, if both sides still are what was looked at   4 send  push: a set that Shopify refuses if it shows another number by now
 *  5 settle  the next drift check reads both sides back. Reversed, the movement is taken back, or the former number set, under the same rules
 */
import { unitsByCause } from '../domain/drift/causes.ts';
import { MOST_AUTOMATIC, underPolicy } from '../domain/drift/policy.ts';
import { decideRepair, type RepairWay } from '../domain/drift/repair.ts';
import { at, outside, type Fact } from '../domain/stock/fact.ts';
import type { WriteResult } from '../ports/storefront.ts';
import { defineFlow, type FlowContext } from '../runtime/flow.ts';
import { idempotencyKey } from '../runtime/key.ts';
import { caseOf, levelsForRepair, lockLedgerLevel, moveRepair, proposeRepair, repairLimit, repairsUnderWay, type RepairRow } from '../store/drift-repair.ts';
import { automaticStop, repairCandidates, repairPolicies } from '../store/repair-policy.ts';
import { audit } from '../store/users.ts';
import { note } from '../store/exceptions.ts';
import { postFacts } from '../store/ledger.ts';
import { markDirty } from '../store/push-levels.ts';

/** Differences looked at for a policy, at most; as many are a storm. */
const MOST_LOOKED_AT = 200;

export const driftRepair = defineFlow({
  name: 'drift-repair', moves: 'a repair a person asked for, or a policy allows → ledger or Shopify', owner: 'ecommerce', schedule: { cron: '* * * * *' }, raises: [],
  async run(context) {
    await withoutAsking(context);
    for (const row of await repairsUnderWay(context.db, context.storeId, 500)) {
      context.tally.input++;
      if (await (row.way === 'accept Shopify' ? accept(context, row) : push(context, row))) context.tally.applied++;
      else context.tally.unchanged++;
    }
    if (context.tally.applied > 0) { context.changed('stock', 'exceptions'); await context.enqueue('drift-check'); }
  },
});

/** Differences a policy covers become repairs under way. More of them than a few are a storm, and none is made: something happened to all of them. */
async function withoutAsking(context: FlowContext): Promise<void> {
  const { db, storeId, storefront } = context, now = context.now(), policies = await repairPolicies(db, storeId);
  if (policies.length === 0) return;
  const found = await repairCandidates(db, storeId, policies.map((policy) => policy.cause), now, MOST_LOOKED_AT);
  if (found.length === 0) return;
  const stop = await automaticStop(db, storeId, now), covered = found.flatMap((level) => {
    const decided = underPolicy({ ...level, policies });
    return 'refuse' in decided ? [] : [{ ...level, way: decided.way }];
  });
  const why = stop.peak ? 'a peak is on' : stop.storm || covered.length > MOST_AUTOMATIC || found.length === MOST_LOOKED_AT ? 'too many levels differ at once' : stop.made + covered.length > MOST_AUTOMATIC ? `${stop.made} were made within the hour` : null;
  context.detail['withoutAsking'] = { differ: found.length, covered: covered.length, ...(why === null ? {} : { stopped: why }) };
  if (why !== null || covered.length === 0) return;
  const levels = await levelsForRepair(db, storeId, covered), limit = await repairLimit(db, storeId);
  const shown = await storefront.levels(levels.map((level) => ({ inventoryItemId: level.inventory_item_id, locationId: level.shopify_location_id })));
  for (const level of levels) {
    const of = shown.find((each) => each.inventoryItemId === level.inventory_item_id && each.locationId === level.shopify_location_id), { way, states } = covered.find((each) => each.itemId === level.item_id && each.locationId === level.location_id)!;
    const decided = of === undefined ? null : decideRepair({ way, ledger: level, shopify: { available: of.quantities.available ?? 0, committed: of.quantities.committed ?? 0 }, authority: level.authority, limit, pending: level.pending });
    // What changed since it was checked, or is more than one person repairs alone, is not a policy's.
    if (decided === null || 'refuse' in decided || decided.approval || !stillTheSame(decided, way, states)) continue;
    const causes = [...unitsByCause(states)], by = policies.find((policy) => policy.cause === causes[0]![0])!, said = causes.map(([cause, units]) => `${units} ${cause}`).join(', ');
    await db.transaction(async (tx) => {
      const id = await proposeRepair(tx, storeId, { itemId: level.item_id, locationId: level.location_id, way, ...decided, reason: `under the policy of ${by.setBy}: ${by.reason} (${said})`.slice(0, 500), key: idempotencyKey(`drift-repair/${storeId}/${level.item_id}@${level.location_id}/${now}`), automatic: true }, 'policy', now);
      if (id === null) return;
      await note(tx, storeId, await caseOf(tx, storeId, level.item_id, level.location_id), 'tried', 'policy', `Repaired without asking: ${way}, ${said}`, now, { fix: way === 'push ours' ? 'push_ours' : 'accept_shopify' });
      await audit(tx, { at: now, actor: 'policy', action: `repair without asking: ${way}`, subject: `${level.sku || level.title} at ${level.location}`, after: { ...decided, repairId: id, causes: Object.fromEntries(causes), policySetBy: by.setBy } });
    });
  }
}

/** The difference is what the last check explained: of available, unit for unit and the same way round. Causes sum to Shopify less ledger; a push goes the other way. */
function stillTheSame({ available }: { available: { from: number; to: number } }, way: RepairWay, states: readonly { state: string; causes: readonly { units: number }[] }[]): boolean {
  const explained = states.find((each) => each.state === 'available')?.causes.reduce((sum, { units }) => sum + units, 0) ?? 0;
  return (way === 'push ours' ? available.from - available.to : available.to - available.from) === explained;
}

/** Both sides are read again first: what came between the question and the answer explains some of the difference, and accepting that too would count it twice. */
async function accept({ db, storeId, storefront, now }: FlowContext, row: RepairRow): Promise<boolean> {
  const [shown] = row.state === 'sending' ? await storefront.levels([{ inventoryItemId: row.inventory_item_id, locationId: row.shopify_location_id }]) : [];
  return db.transaction(async (tx) => {
    if (row.state === 'sending') {
      const ledger = await lockLedgerLevel(tx, storeId, row.item_id, row.location_id);
      const still = shown !== undefined && (['available', 'committed'] as const).every((state) => ledger[state] === row[`${state}_from`] && (shown.quantities[state] ?? 0) === row[`${state}_to`]);
      if (!still) return moveRepair(tx, storeId, row.repair_id, row.state, 'refused', { at: now(), message: shown === undefined ? 'Shopify does not know this level any more.' : `It shows other numbers by now: ${ledger.available} available and ${ledger.committed} committed here, ${shown.quantities.available ?? 0} and ${shown.quantities.committed ?? 0} in Shopify. Look at the level again.` });
    }
    if (!(await moveRepair(tx, storeId, row.repair_id, row.state, row.state === 'sending' ? 'done' : 'reversed', { at: now() }))) return false;
    const posted = await postFacts(tx, storeId, factsOf(row, now(), row.state === 'sending' ? 1 : 0), now());
    await markDirty(tx, posted.itemIds, now());
    return true;
  });
}

/** The same key at every try: a set whose answer was lost is sent again and changes nothing twice. */
async function push({ db, storeId, storefront, now }: FlowContext, row: RepairRow): Promise<boolean> {
  const back = row.state === 'reversing', [quantity, changeFrom] = back ? [row.available_from, row.available_to] : [row.available_to, row.available_from];
  const result = await storefront.setAvailable({
    key: back ? idempotencyKey(`${row.idempotency_key}/reverse`) : row.idempotency_key, referenceUri: `gid://instep/DriftRepair/${storeId}-${row.repair_id}`, rows: [{ inventoryItemId: row.inventory_item_id, locationId: row.shopify_location_id, quantity, changeFrom }],
  });
  if (result.outcome === 'repeat') return false;
  const written = result.outcome === 'written';
  // What could not be taken back stays done.
  await moveRepair(db, storeId, row.repair_id, row.state, back ? (written ? 'reversed' : 'done') : written ? 'done' : 'refused', { at: now(), message: written ? null : saidBy(result) });
  return true;
}

function saidBy(result: WriteResult): string {
  if (result.outcome === 'written') return '';
  if (result.outcome !== 'refused') return result.message;
  return result.faults.some((fault) => fault.code.includes('STALE')) ? 'Shopify shows another number by now. Look at the level again.' : result.faults.map((fault) => fault.message).join('; ');
}

/** The movements of accepting Shopify's number: one a state, in all or (reversed) nothing. */
function factsOf(row: RepairRow, now: string, share: 0 | 1): Fact[] {
  return (['available', 'committed'] as const).flatMap((state): Fact[] => {
    const units = row[`${state}_to`] - row[`${state}_from`];
    return units === 0 ? [] : [{ fact: `instep:repair/${row.repair_id}:${state}`, kind: 'drift accepted', itemId: row.item_id, from: outside('unknown'), to: at(row.location_id, state), quantity: share * units, occurredAt: now, source: `${row.proposed_by}: ${row.reason}`.slice(0, 300) }];
  });
}
