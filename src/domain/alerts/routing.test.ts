import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf, instantOf, weekday } from '../calendar.ts';
import { alertMessage, oneLine, type ToldCase } from './message.ts';
import { nextTry, WAITS } from './retries.ts';
import { afterQuiet, concerned, digestDue, tellAt, type CaseEvent, type ChannelTerms } from './routing.ts';

const zones = fc.constantFrom('Europe/Amsterdam', 'America/Los_Angeles', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC');
const instants = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-12-31') }).map((ms) => new Date(ms).toISOString());
const hours = fc.integer({ min: 0, max: 23 });
const everything: ChannelTerms = { kind: 'email', person: null, roles: [], leastSeverity: 4, from: null, to: null, weekends: false };
const event = (part: Partial<CaseEvent> = {}): CaseEvent => ({ what: 'opened', level: null, kind: 'STOCK_DRIFT', severity: 2, owner: 'ecommerce', assignedTo: null, said: null, by: 'check', ...part });

describe('who is told', () => {
  it('the owner at first, the backup when its time is over, the administrator at last', () => {
    expect(concerned(event())).toEqual(['ecommerce']);
    expect([1, 2, 3].map((level) => concerned(event({ what: 'escalated', level })))).toEqual([['ecommerce'], ['ecommerce', 'warehouse'], ['ecommerce', 'warehouse', 'admin']]);
  });
  it('by role and severity; ends are for programs, and for people only of what was most urgent', () => {
    const at = '2026-11-24T12:00:00.000Z', say = (terms: Partial<ChannelTerms>, of: CaseEvent) => tellAt({ ...everything, ...terms }, of, at, 'UTC');
    expect([say({ roles: ['planner'] }, event()), say({ leastSeverity: 1 }, event()), say({}, event({ what: 'assigned' })), say({}, event({ what: 'gathered' })), say({}, event({ what: 'resolved' }))]).toEqual([null, null, null, null, null]);
    expect([say({ roles: ['planner', 'ecommerce'] }, event()), say({ leastSeverity: 2 }, event()), say({ kind: 'webhook' }, event({ what: 'resolved' })), say({}, event({ what: 'resolved', severity: 1 })), say({ roles: ['warehouse'] }, event({ what: 'escalated', level: 2 }))]).toEqual([at, at, at, at, at]);
  });
  it('a person is told of what somebody else assigned to them, and when its clock is half over; not of what they took themselves, nor of others’ cases', () => {
    const own = { ...everything, person: 'ann@shop.example', roles: ['finance'], leastSeverity: 1 }, at = '2026-11-24T12:00:00.000Z', say = (of: Partial<CaseEvent>) => tellAt(own, event({ assignedTo: 'ann@shop.example', ...of }), at, 'UTC') !== null;
    const given = { what: 'assigned', said: 'ann@shop.example', by: 'bob@shop.example' };
    expect([say(given), say({ ...given, severity: 4 }), say({ what: 'escalated', level: 1 }), say({ what: 'woke' })]).toEqual([true, true, true, true]);
    expect([say({ ...given, by: 'ann@shop.example' }), say({ ...given, assignedTo: 'bob@shop.example' }), say({ ...given, said: 'bob@shop.example' }), say({ what: 'escalated', level: 1, assignedTo: null }), say({ what: 'opened' }), say({ what: 'resolved', severity: 1 })]).toEqual([false, false, false, false, false, false]);
    const night = { ...own, from: 20, to: 7 }, late = '2026-11-24T22:00:00.000Z';
    expect(tellAt(night, event({ ...given, assignedTo: 'ann@shop.example' }), late, 'UTC')).toBe('2026-11-25T07:00:00.000Z');
    expect(tellAt(night, event({ ...given, assignedTo: 'ann@shop.example', severity: 1 }), late, 'UTC')).toBe(late);
  });
  it('not in quiet hours, unless stock or money is misstated now', () => {
    const night = { ...everything, from: 20, to: 7, weekends: true }, friday = '2026-11-27T22:00:00.000Z';
    expect(tellAt(night, event(), friday, 'Europe/Amsterdam')).toBe('2026-11-30T06:00:00.000Z');
    expect(tellAt(night, event({ severity: 1 }), friday, 'Europe/Amsterdam')).toBe(friday);
    expect(tellAt(night, event(), '2026-11-24T12:00:00.000Z', 'Europe/Amsterdam')).toBe('2026-11-24T12:00:00.000Z');
  });
  it('what waits is told at the first moment outside quiet hours, in every zone and over every clock change', () => {
    fc.assert(fc.property(instants, zones, hours, hours, fc.boolean(), (at, zone, from, to, weekends) => {
      fc.pre(from !== to);
      const quiet = { from, to, weekends }, told = afterQuiet(quiet, at, zone);
      expect(told >= at).toBe(true);
      expect(afterQuiet(quiet, told, zone)).toBe(told);
      const day = dayOf(told, zone);
      if (weekends) expect(weekday(day)).toBeLessThanOrEqual(5);
      // Not inside the hours, said without the function under test.
      const begins = instantOf(day, from, zone), ends = instantOf(day, to, zone);
      expect(from < to ? told >= begins && told < ends : told < ends || told >= begins).toBe(false);
      // And no earlier moment would have done: a minute before is quiet, or before `at`.
      const before = new Date(Date.parse(told) - 60_000).toISOString();
      if (before >= at) expect(afterQuiet(quiet, before, zone)).toBe(told);
      expect(Date.parse(told) - Date.parse(at)).toBeLessThan(4.1 * 86_400_000);
    }), { numRuns: 1_000 });
  });
  it('the daily check is due from its hour of the shop’s day on', () => {
    expect(digestDue(7, '2026-11-24T05:59:00.000Z', 'Europe/Amsterdam')).toBe(null);
    expect(digestDue(7, '2026-11-24T06:00:00.000Z', 'Europe/Amsterdam')).toEqual({ day: '2026-11-24', since: '2026-11-24T06:00:00.000Z' });
    expect(digestDue(7, '2026-11-24T05:00:00.000Z', 'America/Los_Angeles')?.day).toBe('2026-11-23');
  });
});

describe('a message', () => {
  const about = { at: '2026-11-24T12:00:00.000Z', store: { id: 1, name: 'Shop', domain: 'shop.example' }, publicUrl: 'https://instep.example' };
  const one = (n: number, part: Partial<ToldCase> = {}): ToldCase => ({ exceptionId: String(n), kind: 'PUSH_HELD', what: 'opened', severity: 3, owner: 'ecommerce', subject: `Case ${n}`, sentence: 'It is held.', dueAt: '2026-11-25T12:00:00.000Z', cases: 0, link: '', ...part });
  it('lists each case once, by what happened last, most urgent first, and counts the rest', () => {
    const message = alertMessage(about, [one(1), one(2, { severity: 1 }), one(1, { what: 'escalated' }), ...Array.from({ length: 30 }, (_, n) => one(10 + n))]);
    expect(message.cases.slice(0, 2).map((each) => [each.exceptionId, each.what])).toEqual([['2', 'opened'], ['1', 'escalated']]);
    expect([message.cases.length, message.more, message.title]).toEqual([12, 20, 'To do: 1 now, 31 this week']);
    expect(message.cases[0]!.link).toBe('https://instep.example/exceptions?id=2&store=1');
  });
  it('is one line wherever a title from outside stands', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
      expect(/[\p{Cc}\u2028\u2029]/u.test(oneLine(text))).toBe(false);
      expect(oneLine(text, 80).length).toBeLessThanOrEqual(80);
    }));
  });
});

describe('trying again', () => {
  it('after five seconds at first, and for the last time after about three days', () => {
    const at = '2026-11-24T12:00:00.000Z', waited = WAITS.reduce((sum, wait) => sum + wait, 0) / 3_600_000;
    expect(nextTry(1, at)).toBe('2026-11-24T12:00:05.000Z');
    expect(nextTry(1, at, 90)).toBe('2026-11-24T12:01:30.000Z');
    expect(nextTry(10, at)).toBe(null);
    expect(waited).toBeGreaterThan(72);
    expect(waited).toBeLessThan(80);
  });
});
