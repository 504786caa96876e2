/** Which events of cases go to which channel, and when: by role and severity, not in its quiet hours unless stock or money is misstated now. */
import { addDays, dayOf, instantOf, weekday } from '../calendar.ts';
import { backupOf, EXCEPTION_KINDS, type Role } from '../exceptions/catalogue.ts';

export const ROLES: readonly Role[] = ['ecommerce', 'planner', 'warehouse', 'finance', 'integration owner', 'admin'];
export const CHANNEL_KINDS = ['email', 'slack', 'teams', 'webhook'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** Hours of the shop's clock, from 0 to 23; `from` may be later than `to`, over midnight. */
export interface QuietHours { from: number | null; to: number | null; weekends: boolean }

export interface ChannelTerms extends QuietHours {
  kind: ChannelKind;
  /** Whose own channel it is: it tells of the cases assigned to them, and of nothing else. Null: everybody's of its roles. */
  person: string | null;
  /** Empty: every role. */
  roles: readonly string[];
  /** 1 to 4: only cases at least as urgent as this. */
  leastSeverity: number;
}

/** Something that happened to a case. `level`: of an escalation, 1 owner, 2 backup, 3 administrator. */
export interface CaseEvent {
  what: string; level: number | null; kind: string; severity: number; owner: string;
  /** Whom the case is assigned to by now; of an assignment, to whom it was, and who did it. */
  assignedTo: string | null; said: string | null; by: string;
}

/** What people are told of: a case wants them. The rest is in its history. */
const WANTS_PEOPLE: readonly string[] = ['opened', 'came back', 'woke', 'escalated'];

/** Roles an event concerns: the owner; the later it is, the more. */
export function concerned(event: CaseEvent): string[] {
  const kind = EXCEPTION_KINDS.find((one) => one.kind === event.kind), level = event.what === 'escalated' ? event.level ?? 0 : 0;
  return [...new Set([event.owner, ...(level >= 2 && kind ? [backupOf(kind)] : []), ...(level >= 3 ? ['admin'] : [])])];
}

/** When a channel is told of an event at `at`, as an instant; null: not at all. Programs hear every end, people only that of what was most urgent. */
export function tellAt(channel: ChannelTerms, event: CaseEvent, at: string, timeZone: string): string | null {
  if (channel.person !== null) return forPerson(channel.person, event) ? (event.severity === 1 ? at : afterQuiet(channel, at, timeZone)) : null;
  const ended = event.what === 'resolved' && (channel.kind === 'webhook' || event.severity === 1);
  if (!WANTS_PEOPLE.includes(event.what) && !ended) return null;
  if (event.severity > channel.leastSeverity) return null;
  if (channel.roles.length > 0 && !concerned(event).some((role) => channel.roles.includes(role))) return null;
  return event.severity === 1 ? at : afterQuiet(channel, at, timeZone);
}

/** A case somebody else gave them, one of theirs whose clock is half over or more, and one that is there again. */
function forPerson(person: string, event: CaseEvent): boolean {
  if (event.assignedTo !== person) return false;
  return event.what === 'assigned' ? event.said === person && event.by !== person : ['escalated', 'woke', 'came back'].includes(event.what);
}

/** `at`, or the end of the quiet hours it lies in. */
export function afterQuiet(quiet: QuietHours, at: string, timeZone: string): string {
  // A weekend with quiet nights around it is five steps.
  for (let n = 0, now = at; n < 12; n++) {
    const end = quietUntil(quiet, now, timeZone);
    if (end === null) return now;
    now = end;
  }
  throw new RangeError('quiet hours never end');
}

/** The next bound of the quiet hours `at` lies in; null when it lies in none. */
function quietUntil({ from, to, weekends }: QuietHours, at: string, timeZone: string): string | null {
  const day = dayOf(at, timeZone), midnight = (): string => instantOf(addDays(day, 1), 0, timeZone);
  if (weekends && weekday(day) > 5) return midnight();
  if (from === null || to === null) return null;
  const begins = instantOf(day, from, timeZone), ends = instantOf(day, to, timeZone);
  if (from < to) return at >= begins && at < ends ? ends : null;
  return at < ends ? ends : at >= begins ? midnight() : null;
}

/** Whether the hour of the daily check has come, and since when. */
export function digestDue(hour: number, at: string, timeZone: string): { day: string; since: string } | null {
  const day = dayOf(at, timeZone), since = instantOf(day, hour, timeZone);
  return at >= since ? { day, since } : null;
}
