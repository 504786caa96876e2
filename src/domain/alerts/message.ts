/** What an alert says, before a channel gives it its form. Bounded: a storm or a long night is one message that fits a screen. */
import { inClockTime } from '../calendar.ts';
import { kindWords } from '../wording.ts';

export interface ToldCase {
  exceptionId: string; kind: string; what: string; severity: number; owner: string; subject: string; sentence: string; dueAt: string;
  /** Of a storm: how many cases it holds. */
  cases: number;
  link: string;
}
export interface ToldLine { text: string; tone: string; link: string | null }
export interface AlertMessage {
  purpose: 'alert' | 'digest' | 'test';
  at: string;
  store: { id: number; name: string; domain: string };
  title: string;
  cases: ToldCase[];
  /** Cases beyond those listed. */
  more: number;
  /** The daily check, verdict first. */
  digest: { day: string; verdict: string; lines: ToldLine[] } | null;
  link: string;
}

/** Cases listed one by one; the rest are counted. */
export const MOST_LISTED = 12;
export const URGENCY: Record<number, string> = { 1: 'now', 2: 'today', 3: 'this week', 4: 'when there is time' };

type About = { at: string; store: AlertMessage['store']; publicUrl: string; /** IANA zone of the shop, whose clock tells instants. */ timeZone?: string };

/** One line of text: no control characters, bounded. Titles of products come from outside and must not break a header or a message. */
export function oneLine(text: string, most = 300): string {
  const flat = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return flat.length > most ? `${flat.slice(0, most - 1)}…` : flat;
}

/** One message of all that a channel is to be told; most urgent first, one line a case. */
export function alertMessage(about: About, told: readonly Omit<ToldCase, 'link'>[]): AlertMessage {
  // A case that opened and escalated meanwhile is told of once, by what happened last.
  const last = [...new Map(told.map((one) => [one.exceptionId, one])).values()];
  const cases = last.sort((a, b) => Number(a.what === 'resolved') - Number(b.what === 'resolved') || a.severity - b.severity || (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : 0));
  const open = cases.filter((one) => one.what !== 'resolved'), over = cases.length - open.length;
  const counts = [1, 2, 3, 4].flatMap((severity) => { const n = open.filter((one) => one.severity === severity).length; return n === 0 ? [] : [`${n} ${URGENCY[severity]}`]; });
  const title = cases.length === 1 ? `${over === 1 ? 'Over: ' : ''}${oneLine(cases[0]!.subject, 80)}: ${kindWords(cases[0]!.kind)}` : [counts.length > 0 ? `To do: ${counts.join(', ')}` : '', over > 0 ? `${over} over` : ''].filter(Boolean).join('; ');
  return {
    purpose: 'alert', ...from(about), title,
    cases: cases.slice(0, MOST_LISTED).map((one) => ({ ...one, subject: oneLine(one.subject, 160), sentence: oneLine(inClockTime(one.sentence, about.timeZone ?? 'UTC'), 600), link: `${about.publicUrl}/exceptions?id=${one.exceptionId}&store=${about.store.id}` })),
    more: Math.max(0, cases.length - MOST_LISTED), digest: null, link: `${about.publicUrl}/exceptions?store=${about.store.id}`,
  };
}

/** With its verdict; a daily check is read standing. */
export const MOST_DIGEST_LINES = 12;

/** The daily check; told also when all is well, so that silence means something is wrong with the telling. */
export function digestMessage(about: About, digest: { day: string; verdict: string; lines: readonly ToldLine[] }, waiting: readonly ToldLine[] = []): AlertMessage {
  // What wants the readers themselves comes first; where that makes it long, lines that say only how much there was are left out.
  let spare = 1 + waiting.length + digest.lines.length - MOST_DIGEST_LINES;
  const lines = [...waiting, ...digest.lines.filter((line) => line.tone !== 'neutral' || spare-- <= 0)].slice(0, MOST_DIGEST_LINES - 1);
  const absolute = (link: string | null): string | null => (link === null ? null : `${about.publicUrl}${link}`);
  return {
    purpose: 'digest', ...from(about), title: `Daily check ${digest.day}: ${oneLine(digest.verdict, 120)}`, cases: [], more: 0,
    digest: { day: digest.day, verdict: oneLine(digest.verdict), lines: lines.map((line) => ({ text: oneLine(inClockTime(line.text, about.timeZone ?? 'UTC')), tone: line.tone, link: absolute(line.link) })) }, link: `${about.publicUrl}/?store=${about.store.id}`,
  };
}

export function testMessage(about: About, channel: string, by: string): AlertMessage {
  return { purpose: 'test', ...from(about), title: `Test of ${oneLine(channel, 80)}, asked for by ${oneLine(by, 80)}`, cases: [], more: 0, digest: null, link: `${about.publicUrl}/settings/alerts?store=${about.store.id}` };
}

const from = (about: About): Pick<AlertMessage, 'at' | 'store'> => ({ at: about.at, store: { ...about.store, name: oneLine(about.store.name, 80) } });

/** What happened to a case and what is wanted, as people read it. */
export function happened(one: ToldCase): string {
  const what: Record<string, string> = { opened: 'new', 'came back': 'back again', woke: 'awake again', escalated: 'still open', assigned: 'assigned to you', resolved: 'over' };
  return `${what[one.what] ?? one.what}, ${one.owner}${one.what === 'resolved' ? '' : `, ${URGENCY[one.severity] ?? ''}`}`;
}
