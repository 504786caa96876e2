/** The contract of drift: causes of one level with their evidence, and repairs. */
import { z } from 'zod';

const instant = z.string();
export const Cause = z.object({ cause: z.string(), units: z.number(), evidence: z.string() }).meta({ id: 'DriftCause' });
export const LevelDrift = z.object({
  itemId: z.number(), locationId: z.number(), authority: z.enum(['storefront', 'warehouse']),
  /** Ledger beside Shopify: available, and in `states` the others that differ; null where they agree in all. */
  shopify: z.object({ ledger: z.number(), observed: z.number(), difference: z.number(), causes: z.array(Cause), states: z.array(z.object({ state: z.string(), ledger: z.number(), observed: z.number(), difference: z.number(), causes: z.array(Cause) })), firstSeen: instant, checkedAt: instant }).nullable(),
  /** Shopify beside the warehouse's shelf; null where nothing but arithmetic is between them. */
  warehouse: z.object({
    shown: z.number(), wanted: z.number(), causes: z.array(Cause), shopifyOnHand: z.number(), warehouseOnHand: z.number(), arithmetic: z.array(z.object({ what: z.string(), units: z.number() })), shelfCauses: z.array(Cause), firstSeen: instant, checkedAt: instant,
  }).nullable(),
  /** The planner beside the ledger, stock and units on order; those that agree are left out. */
  planner: z.array(z.object({ measure: z.enum(['stock', 'incoming']), ours: z.number(), theirs: z.number(), difference: z.number(), causes: z.array(Cause), syncedAt: instant, firstSeen: instant, checkedAt: instant })),
}).meta({ id: 'LevelDrift' });

export const REPAIR_STATES = ['waits for approval', 'sending', 'done', 'refused', 'reversing', 'reversed'] as const;
const change = z.object({ from: z.number(), to: z.number() });
export const Repair = z.object({
  repairId: z.string(), itemId: z.number(), locationId: z.number(), sku: z.string().nullable(), title: z.string(), locationName: z.string(), way: z.enum(['accept Shopify', 'push ours']), state: z.enum(REPAIR_STATES),
  available: change, committed: change, units: z.number(), reason: z.string(), proposedAt: instant, proposedBy: z.string(), approvedAt: instant.nullable(), approvedBy: z.string().nullable(), settledAt: instant.nullable(), message: z.string().nullable(),
  reversedAt: instant.nullable(), reversedBy: z.string().nullable(), automatic: z.boolean().describe('made under a policy; nobody was asked'),
}).meta({ id: 'Repair' });
export const RepairBody = z.object({ itemId: z.number().int(), locationId: z.number().int(), way: z.enum(['accept Shopify', 'push ours']), reason: z.string().trim().min(3).max(500) }).strict().meta({ id: 'RepairBody' });
export const RepairAction = z.object({ action: z.enum(['approve', 'withdraw', 'reverse']) }).strict();
export const RepairPage = z.object({ repairs: z.array(Repair), limit: z.number().describe('units one person repairs alone') }).meta({ id: 'RepairPage' });

const Level = z.object({ itemId: z.number().int(), locationId: z.number().int() });
const way = z.enum(['accept Shopify', 'push ours']);
/** What repairing chosen levels would do, each read afresh; `refuse` says why one is left as it is. */
export const RepairPreviewBody = z.object({ levels: z.array(Level.strict()).min(1).max(500), way }).strict().meta({ id: 'RepairPreviewBody' });
export const RepairPreview = z.object({
  rows: z.array(Level.extend({ sku: z.string().nullable(), title: z.string(), locationName: z.string(), available: change.nullable(), committed: change.nullable(), units: z.number(), refuse: z.string().nullable() })),
  repairs: z.number(), units: z.number().describe('of all of them'), limit: z.number(), approval: z.boolean().describe('all of them wait for a second person: together they are above the limit'),
}).meta({ id: 'RepairPreview' });
export const RepairBulkBody = z.object({
  levels: z.array(Level.extend({ available: change, committed: change }).strict()).min(1).max(500).describe('with what the preview said of each: one that is another by now is left as it is'), way, reason: z.string().trim().min(3).max(500),
}).strict().meta({ id: 'RepairBulkBody' });
export const RepairBulkResult = z.object({ asked: z.number(), approval: z.boolean(), left: z.array(Level.extend({ sku: z.string().nullable(), why: z.string() })) }).meta({ id: 'RepairBulkResult' });

export const RepairApproveBody = z.object({ repairIds: z.array(z.string().regex(/^\d{1,18}$/)).min(1).max(500) }).strict().meta({ id: 'RepairApproveBody' });
export const RepairApproveResult = z.object({ approved: z.number(), left: z.number() }).meta({ id: 'RepairApproveResult' });

const Policy = z.object({ cause: z.enum(['unknown', 'edited in Shopify']), way, unitLimit: z.number().int().min(1).max(1_000_000).describe('units of the cause at one level'), moneyLimit: z.number().int().min(1).max(1_000_000_000_000).describe('their worth, minor units of the store’s currency') });
export const RepairPolicyBody = z.object({ policies: z.array(Policy.strict()).max(2).describe('one a cause; left out: off'), reason: z.string().trim().min(3).max(300) }).strict().meta({ id: 'RepairPolicyBody' });
export const RepairPolicyView = z.object({
  policies: z.array(Policy.extend({ setAt: instant, setBy: z.string(), reason: z.string() })), mayChange: z.boolean(), currency: z.string(), most: z.number().describe('levels at once or within the hour; more are a storm, and none is repaired'),
  stopped: z.string().nullable().describe('what keeps repairs from being made without asking now'), made: z.number().describe('within the hour'),
}).meta({ id: 'RepairPolicy' });

const Tolerance = { units: z.number().int().min(0).max(1_000_000).describe('without a cause, at one level'), money: z.number().int().min(0).max(1_000_000_000_000).describe('their worth, minor units of the store’s currency') };
export const DriftToleranceBody = z.object({ ...Tolerance, reason: z.string().trim().min(3).max(300) }).strict().meta({ id: 'DriftToleranceBody' });
export const DriftToleranceView = z.object({ ...Tolerance, mayChange: z.boolean(), currency: z.string() }).meta({ id: 'DriftTolerance' });
