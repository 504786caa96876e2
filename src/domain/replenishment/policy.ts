/**
 * The planning policy of an item at a place, and where each of its values came from.
 * A value set by a user beats one set by a rule (supplier, vendor, category, class), which beats the store's default: field by field.
 */
import type { Day } from '../calendar.ts';

export const POLICY_KINDS = ['cycle service', 'fill rate', 'cost ratio', 's,Q', 'min/max', 'planner parity', 'planner parity floored'] as const;
/**
 * How much is ordered up to, and when.
 *  cycle service            (R,S): the share of order cycles without a stockout is at least `serviceLevel`
 *  fill rate                (R,S): the share of units met at once is at least `fillRate`
 *  cost ratio               (R,S): the critical ratio `costRatio`, or margin ÷ (margin + holding) from price and cost
 *  s,Q                      `orderQuantity` units (or lots of it) once the position is at `reorderPoint` (or what `serviceLevel` asks of it)
 *  min/max                  up to `maxStock` once the position is at `minStock`
 *  planner parity           as Inventory Planner: forecast(lead time + days of stock) + minimum − stock − on order
 *  planner parity floored   likewise, but what cannot be sold before the order arrives is not bought again
 */
export type PolicyKind = (typeof POLICY_KINDS)[number];

export interface PlanningPolicy {
  kind: PolicyKind;
  /** Days from order to receipt, whole. */
  leadTimeDays: number;
  /** Days between ordering decisions, whole, at least 1. */
  reviewDays: number;
  /** Cycle service level in (0, 1): the share of order cycles that end without a stockout. */
  serviceLevel: number;
  /** Share of units met at once, in (0, 1). */
  fillRate: number;
  /** Critical ratio in (0, 1); null: from price and cost. */
  costRatio: number | null;
  /** Position at which an (s,Q) policy orders; null: as the service level asks. */
  reorderPoint: number | null;
  /** Units of a lot of an (s,Q) policy; null: the demand of a review period. */
  orderQuantity: number | null;
  /** Days the planner's parity buys for beyond the lead time; null: the review period. */
  daysOfStock: number | null;
  /** Fewest units a supplier accepts of the item; 0 for none. */
  moq: number;
  /** Units in a case, at least 1. */
  casePack: number;
  /** Units to keep beyond the expected demand, whatever the service level asks for. */
  minStock: number;
  /** Most units the inventory position may reach by an order; null for no limit. */
  maxStock: number | null;
  /** Last day the item is sold; null: for ever. */
  endOfLife: Day | null;
  /** Last day the supplier takes an order; null: for ever. */
  lastOrder: Day | null;
  /** What a unit on the shelf costs a year, as a share of its unit cost: capital, room, insurance, loss. */
  holdingPerYear: number;
}

/** In the order in which they are kept. */
export const POLICY_FIELDS = [
  'kind', 'leadTimeDays', 'reviewDays', 'serviceLevel', 'fillRate', 'costRatio', 'reorderPoint', 'orderQuantity', 'daysOfStock', 'moq', 'casePack', 'minStock', 'maxStock', 'endOfLife', 'lastOrder', 'holdingPerYear',
] as const satisfies readonly (keyof PlanningPolicy)[];

/** What applies where nobody has said anything. */
export const BUILT_IN: PlanningPolicy = {
  kind: 'cycle service', leadTimeDays: 14, reviewDays: 7, serviceLevel: 0.95, fillRate: 0.97, costRatio: null, reorderPoint: null, orderQuantity: null, daysOfStock: null,
  moq: 1, casePack: 1, minStock: 0, maxStock: null, endOfLife: null, lastOrder: null, holdingPerYear: 0.25,
};

export const POLICY_LAYERS = ['item here', 'item', 'learned', 'supplier', 'vendor', 'category', 'class', 'store', 'built in'] as const;
/** Who said a value, strongest first. `learned` is what a supplier's receipts say of its lead time. */
export type PolicyLayer = (typeof POLICY_LAYERS)[number];
export type PolicySource = 'user' | 'rule' | 'default';

/** The kind of source a layer is. */
export const SOURCE_OF: Record<PolicyLayer, PolicySource> = { 'item here': 'user', item: 'user', learned: 'rule', supplier: 'rule', vendor: 'rule', category: 'rule', class: 'rule', store: 'default', 'built in': 'default' };

/** Values said by each layer; `undefined` is not said, null is said to be none. */
export type PolicyLayers = { [Layer in Exclude<PolicyLayer, 'built in'>]?: Partial<PlanningPolicy> | undefined };

export interface ResolvedPolicy { values: PlanningPolicy; /** The layer of each value, in the order of POLICY_FIELDS. */ layers: PolicyLayer[] }

/** The winning value of each field with its layer. */
export function resolvePolicy(said: PolicyLayers): ResolvedPolicy {
  const values: Record<string, unknown> = {}, layers = new Array<PolicyLayer>(POLICY_FIELDS.length);
  for (let f = 0; f < POLICY_FIELDS.length; f++) {
    const field = POLICY_FIELDS[f]!;
    values[field] = BUILT_IN[field];
    layers[f] = 'built in';
    for (const layer of POLICY_LAYERS) {
      const value = layer === 'built in' ? undefined : said[layer]?.[field];
      if (value !== undefined) { values[field] = value; layers[f] = layer; break; }
    }
  }
  return { values: values as unknown as PlanningPolicy, layers };
}

/** Days an order placed now must last for: until the next decision's order arrives. */
export function protectionDays(policy: Pick<PlanningPolicy, 'leadTimeDays' | 'reviewDays'>): number {
  return policy.leadTimeDays + policy.reviewDays;
}

/** What is wrong with a policy, one sentence per field; empty if it can be planned by. */
export function policyFaults(policy: PlanningPolicy): string[] {
  const faults: string[] = [];
  const whole = (field: keyof PlanningPolicy, name: string, least: number): void => {
    const value = policy[field];
    if (value !== null && (!Number.isSafeInteger(value) || (value as number) < least)) faults.push(`${name} must be a whole number of at least ${least}, not ${value}`);
  };
  const share = (value: number | null, name: string): void => { if (value !== null && !(value > 0 && value < 1)) faults.push(`${name} must lie between 0 and 1, not ${value}`); };
  whole('leadTimeDays', 'lead time', 0);
  whole('reviewDays', 'review period', 1);
  whole('moq', 'minimum order quantity', 0);
  whole('casePack', 'case pack', 1);
  whole('minStock', 'minimum stock', 0);
  whole('maxStock', 'maximum stock', 0);
  whole('reorderPoint', 'reorder point', 0);
  whole('orderQuantity', 'order quantity', 1);
  whole('daysOfStock', 'days of stock', 1);
  share(policy.serviceLevel, 'service level');
  share(policy.fillRate, 'fill rate');
  share(policy.costRatio, 'cost ratio');
  if (!(policy.holdingPerYear >= 0 && policy.holdingPerYear <= 2)) faults.push(`holding cost must be a share of the unit cost from 0 to 2 a year, not ${policy.holdingPerYear}`);
  if (policy.kind === 'min/max' && policy.maxStock === null) faults.push('a min/max policy needs a maximum stock');
  if (policy.maxStock !== null && policy.maxStock < policy.minStock) faults.push(`maximum stock of ${policy.maxStock} is below the minimum stock of ${policy.minStock}`);
  return faults;
}
