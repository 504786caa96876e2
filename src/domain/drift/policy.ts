/**
 * Repairs nobody is asked about: a pure decision from what differs at a level and what an administrator allowed, cause by cause. Nothing is repaired that a
 * policy does not cover whole: one unit of another cause, one unit or one cent too many, and a person decides.
 */
import { unitsByCause, type StateFinding } from './causes.ts';
import type { RepairWay } from './repair.ts';

/** Causes a repair may end by itself. All others are on their way and explain themselves: repairing them would count them twice. */
export const REPAIRABLE = ['unknown', 'edited in Shopify'] as const;
export type RepairableCause = (typeof REPAIRABLE)[number];

/** `unitLimit` units of one cause at one level, worth at most `moneyLimit` minor units of the store's currency. */
export interface RepairPolicy { cause: RepairableCause; way: RepairWay; unitLimit: number; moneyLimit: number }

/** More than this at once, or within the hour, is a storm: something happened to all of them, which a person has to look for first. */
export const MOST_AUTOMATIC = 20;
/** A difference has to have lasted so long: what passes by itself is nobody's work. Minutes. */
export const LASTED_MINUTES = 5;

/** `price`: of a unit, minor units; null where none is known. */
export interface PolicyInput { authority: 'storefront' | 'warehouse'; states: readonly Pick<StateFinding, 'causes'>[]; price: number | null; policies: readonly RepairPolicy[] }

/** The way to repair a level without asking, or why somebody has to be. */
export function underPolicy({ authority, states, price, policies }: PolicyInput): { way: RepairWay } | { refuse: string } {
  const causes = [...unitsByCause(states)];
  if (causes.length === 0) return { refuse: 'no units differ' };
  const ways = new Set<RepairWay>();
  for (const [cause, units] of causes) {
    const policy = policies.find((each) => each.cause === cause);
    if (!policy) return { refuse: `no policy is set for ${units} units: ${cause}` };
    if (units > policy.unitLimit) return { refuse: `${units} units are more than the ${policy.unitLimit} allowed for ${cause}` };
    if (price === null) return { refuse: 'what a unit costs is not known' };
    if (units * price > policy.moneyLimit) return { refuse: `${units} units are worth more than allowed for ${cause}` };
    ways.add(policy.way);
  }
  if (ways.size > 1) return { refuse: 'its causes are to be repaired in different ways' };
  const [way] = ways;
  if (way === 'push ours' && authority === 'warehouse') return { refuse: 'a warehouse is right about this location: its push sets Shopify' };
  return { way: way! };
}
