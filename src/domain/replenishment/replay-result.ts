/** A finished replay in sums: the policy, a frontier of the same with other promises, and beside them what was really bought. */
import type { PolicyKind } from './policy.ts';
import type { ReplayTotals } from './replay-totals.ts';

/** What really happened on the lines whose stock the ledger knew all the time. */
export interface RealTotals { lines: number; sold: number; /** Units the shop had run out for: an estimate. */ lost: number; ordered: number; orders: number; cameIn: number; unitDays: number; costs: { currency: string; bought: number; holding: number; cash: number }[] }

export interface FrontierPoint { kind: PolicyKind; promise: number; totals: ReplayTotals }

export interface ReplayResult {
  days: number;
  policy: ReplayTotals;
  frontier: FrontierPoint[];
  /** The policy and reality over the same lines; null where the ledger had begun on none of them that was wanted: stock nobody touched proves nothing. */
  compared: { policy: ReplayTotals; real: RealTotals } | null;
  /** Units bought by purchase orders of the period, whether or not stock was known. */
  bought: { ordered: number; orders: number; costs: { currency: string; cost: number }[] };
  estimated: number; unknownDays: number; standing: number; faults: Record<string, number>; learnedFrom: number;
  /** What must be said of it, in sentences. */
  notes: string[];
}

/** Promises a frontier is drawn through. */
export const PROMISES = [0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99] as const;
/** Kinds with a promise; a frontier of the others is drawn by cycle service. */
export function frontierKind(kind: PolicyKind | null): PolicyKind {
  return kind === 'fill rate' || kind === 's,Q' || kind === 'cost ratio' ? kind : 'cycle service';
}

/** What a reader must know to believe the numbers. */
export function replayNotes({ days, estimated, unknownDays, standing, faults, lines, known, first }: { days: number; estimated: number; unknownDays: number; standing: number; faults: Record<string, number>; lines: number; known: number; first: string }): string[] {
  const notes = [`Every order was decided in the morning from what was known then: demand through the day before, prices and receipts until then. What all items share was learned once, from the days before ${first}.`];
  if (unknownDays > 0) notes.push(`On ${unknownDays} days an item had run out, and what was wanted then is not known: ${estimated} units were added at the rate of the eight weeks before.`);
  if (standing > 0) notes.push(`${standing === lines ? 'The ledger had not begun: all lines begin' : `Of ${standing} of ${lines} lines the ledger had not begun: they begin`} with the stock the policy itself would hold.${known === 0 ? ' Nothing can be said of what really stood there.' : ''}`);
  if (known < lines && known > 0) notes.push(`Beside what was really held stand the ${known} lines whose stock is known for all ${days} days.`);
  const silent = Object.values(faults).reduce((sum, n) => sum + n, 0);
  if (silent > 0) notes.push(`${silent} reviews could not decide: ${Object.entries(faults).sort((a, b) => b[1] - a[1]).slice(0, 3).map(([why, n]) => `${why} (${n})`).join(', ')}.`);
  notes.push('Costs are today’s unit costs; price breaks, suppliers’ minimums and returned goods are left out.');
  return notes;
}
