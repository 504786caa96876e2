/**
 * The planning policy of an item at a place, and where each of its values came from.
 * A value set by a user beats one set by a rule (supplier, category), which beats the store's default: field by field.
 */

export interface PlanningPolicy {
  /** Days from order to receipt, whole. */
  leadTimeDays: number;
  /** Days between ordering decisions, whole, at least 1. */
  reviewDays: number;
  /** Cycle service level in (0, 1): the share of order cycles that end without a stockout. */
  serviceLevel: number;
  /** Fewest units a supplier accepts of the item; 0 for none. */
  moq: number;
  /** Units in a case, at least 1. */
  casePack: number;
  /** Most units the inventory position may reach by an order; null for no limit. */
  maxStock: number | null;
  /** Units to keep beyond the expected demand, whatever the service level asks for. */
  minStock: number;
}

export type PolicySource = 'user' | 'rule' | 'default';

export interface PolicyLayers {
  user?: Partial<PlanningPolicy>;
  rule?: Partial<PlanningPolicy>;
  default: PlanningPolicy;
}

export type ResolvedPolicy = { [Field in keyof PlanningPolicy]: { value: PlanningPolicy[Field]; source: PolicySource } };

/** The winning value of each field with its source. `undefined` is not set; `maxStock: null` is set, to no limit. */
export function resolvePolicy(layers: PolicyLayers): ResolvedPolicy {
  const resolved: Partial<Record<keyof PlanningPolicy, { value: number | null; source: PolicySource }>> = {};
  for (const field of Object.keys(layers.default) as (keyof PlanningPolicy)[]) {
    const source: PolicySource = layers.user?.[field] !== undefined ? 'user' : layers.rule?.[field] !== undefined ? 'rule' : 'default';
    resolved[field] = { value: layers[source]![field]!, source };
    if (field === 'maxStock') resolved[field] = { value: layers[source]!.maxStock ?? null, source };
  }
  return resolved as ResolvedPolicy;
}

/** The values alone. */
export function policyValues(resolved: ResolvedPolicy): PlanningPolicy {
  return {
    leadTimeDays: resolved.leadTimeDays.value, reviewDays: resolved.reviewDays.value, serviceLevel: resolved.serviceLevel.value,
    moq: resolved.moq.value, casePack: resolved.casePack.value, maxStock: resolved.maxStock.value, minStock: resolved.minStock.value,
  };
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
    if (!Number.isSafeInteger(value) || (value as number) < least) faults.push(`${name} must be a whole number of at least ${least}, not ${value}`);
  };
  whole('leadTimeDays', 'lead time', 0);
  whole('reviewDays', 'review period', 1);
  whole('moq', 'minimum order quantity', 0);
  whole('casePack', 'case pack', 1);
  whole('minStock', 'minimum stock', 0);
  if (policy.maxStock !== null) whole('maxStock', 'maximum stock', 0);
  if (!(policy.serviceLevel > 0 && policy.serviceLevel < 1)) faults.push(`service level must lie between 0 and 1, not ${policy.serviceLevel}`);
  return faults;
}
