/** What people and checks did in a period, beside its units: cases by kind, who changed what by hand and why, who got in, back-ups tried, the trail's own proof. */

/** Groups of acts in the audit trail; `begins` are how their actions begin. What is in none is counted as the rest, and stands in the trail. */
export const ACT_GROUPS = [
  { group: 'stock', label: 'Stock changed by hand', begins: ['repair', 'count', 'return received', 'return inspected', 'held back', 'let go', 'move ', 'stock sharing', 'authority', 'buffer rule', 'push ', 'levels read again'] },
  { group: 'plan', label: 'Plan overridden', begins: ['plan decision', 'planning values', 'override', 'event', 'planned price', 'price planned', 'said to sell like', 'stands for itself', 'transfer change', 'purchase order approve', 'purchase order amend'] },
  { group: 'access', label: 'Who may come in', begins: ['person ', 'password', 'sessions', 'administrator', 'client secret', 'shop connected', 'sign-in failed', 'period shared', 'period no longer shared', 'handover signed'] },
  { group: 'rules', label: 'Rules and settings', begins: ['limits', 'mapping rules', 'repair policy', 'purchase settings', 'transfer settings', 'supply', 'alert channel', 'back-up watch', 'exchange rates', 'warehouse ', 'planner '] },
] as const;
export type ActGroup = (typeof ACT_GROUPS)[number]['group'];

/** The group of an action, the one with the longest beginning that fits; null: the rest. */
export function groupOf(action: string): ActGroup | null {
  let found: ActGroup | null = null, longest = 0;
  for (const { group, begins } of ACT_GROUPS) for (const begin of begins) if (begin.length > longest && action.startsWith(begin)) { found = group; longest = begin.length; }
  return found;
}

export interface Act { auditId: string; at: string; actor: string; action: string; subject: string; /** The reason that was given; null where none is asked for. */ why: string | null }
export interface ActsOf { group: ActGroup; label: string; /** In the period; `acts` are the latest of them. */ count: number; acts: Act[] }
export interface CasesOfKind { kind: string; /** Opened or come back; closed by a check or a person; open when the period ended. */ opened: number; closed: number; open: number; /** Median seconds from opening to closing, of those closed. */ medianSeconds: number | null }
export interface BackupTried { kind: 'back-up' | 'drill' | 'restore'; at: string; by: string; file: string; ok: boolean; said: string }

export interface PeriodActs {
  /** Days with a daily check, and those of them whose verdict was that stock ties or is only on its way; the others by day. */
  checks: { days: number; tied: number; others: { day: string; verdict: string }[] };
  drift: { opened: number; closed: number; open: number; /** Settled repairs, taken back ones, and the units they changed; of those settled, by a policy without a person. */ repairs: number; reversed: number; units: number; byPolicy: number };
  cases: CasesOfKind[];
  acts: ActsOf[];
  /** Entries of the audit trail in the period that are in no group. */
  rest: number;
  backups: { backUps: number; failed: number; drills: BackupTried[] };
  /** Links of the audit trail made in the period, with the hash of the last; whether the whole chain holds today. */
  trail: { first: string | null; last: string | null; head: string | null; entries: number; broken: string[] };
  versions: { instep: string; api: string; migrations: { name: string; at: string }[] };
}

/** Seconds in the largest unit that says something: "35 s", "12 min", "3.5 h", "4 d". */
export function lasted(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 360) / 10} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
