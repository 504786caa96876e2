/** Statuses of the planner's orders: records with names of the account's own choosing, each of one of four types. Names are compared without regard to case. */
export const STATUS_TYPES = ['active', 'draft', 'closed', 'cancelled'] as const;
export type StatusType = (typeof STATUS_TYPES)[number];

/** Names the vendor ships with, and those seen in use. */
const BUILT_IN: Readonly<Record<string, StatusType>> = { open: 'active', active: 'active', draft: 'draft', closed: 'closed', canceled: 'cancelled', cancelled: 'cancelled' };
const USUAL: Readonly<Record<StatusType, string>> = { active: 'Open', draft: 'Draft', closed: 'Closed', cancelled: 'Canceled' };

/** The type of a name; null for one nobody has explained yet. `named` is what people said of the account's names, and wins. */
export function statusType(name: string, named: Readonly<Record<string, StatusType>>): StatusType | null {
  const wanted = name.trim().toLowerCase();
  for (const [each, type] of Object.entries(named)) if (each.trim().toLowerCase() === wanted) return type;
  return Object.hasOwn(BUILT_IN, wanted) ? BUILT_IN[wanted]! : null;
}

/** The account's own name of a type: one it was seen to use, one people explained, else the usual one. */
export function statusName(type: StatusType, seen: readonly string[], named: Readonly<Record<string, StatusType>>): string {
  return seen.find((name) => statusType(name, named) === type) ?? Object.entries(named).find(([, each]) => each === type)?.[0] ?? USUAL[type];
}
