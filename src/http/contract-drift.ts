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
  reversedAt: instant.nullable(), reversedBy: z.string().nullable(),
}).meta({ id: 'Repair' });
export const RepairBody = z.object({ itemId: z.number().int(), locationId: z.number().int(), way: z.enum(['accept Shopify', 'push ours']), reason: z.string().trim().min(3).max(500) }).strict().meta({ id: 'RepairBody' });
export const RepairAction = z.object({ action: z.enum(['approve', 'withdraw', 'reverse']) }).strict();
export const RepairPage = z.object({ repairs: z.array(Repair), limit: z.number().describe('units one person repairs alone') }).meta({ id: 'RepairPage' });
