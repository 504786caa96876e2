/**
 * Business days. A day is 'YYYY-MM-DD' in the shop's time zone; hot loops use its number instead (days since 1970-01-01).
 * Only `dayOf` knows of time zones; everything else is arithmetic on the proleptic Gregorian calendar.
 */
import { assert } from './assert.ts';

/** 'YYYY-MM-DD'. Days compare as text. */
export type Day = string;
/** Days since 1970-01-01, a whole number. */
export type DayNumber = number;

/** Days met lately, both ways: a plan of a hundred thousand lines asks for the same few hundred again and again. */
const REMEMBERED = 4_096, numbers = new Map<Day, DayNumber>(), days = new Map<DayNumber, Day>();
function remember<K, V>(known: Map<K, V>, key: K, value: V): V {
  if (known.size >= REMEMBERED) known.clear();
  known.set(key, value);
  return value;
}

/**
 * The day's number. Throws AssertionError for text that is no day ('2025-02-30').
 * Algorithm: H. Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
 */
export function dayNumber(day: Day): DayNumber {
  const known = numbers.get(day);
  if (known !== undefined) return known;
  assert(/^\d{4}-\d{2}-\d{2}$/.test(day), `not a day: ${day}`);
  const n = fromCivil(Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10)));
  assert(dayFromNumber(n) === day, `no such day: ${day}`);
  return remember(numbers, day, n);
}

function fromCivil(year: number, month: number, dayOfMonth: number): DayNumber {
  const y = month <= 2 ? year - 1 : year; // the year starts in March, so that the leap day is its last
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

/** The day with that number (civil_from_days, same source). Years 0000 to 9999. */
export function dayFromNumber(n: DayNumber): Day {
  const known = days.get(n);
  if (known !== undefined) return known;
  assert(Number.isSafeInteger(n), `not a day number: ${n}`);
  const shifted = n + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  assert(year >= 0 && year <= 9_999, `day number ${n} is outside the calendar`);
  const dayOfMonth = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  return remember(days, n, `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`);
}

/** The day so many days later (earlier if negative). */
export function addDays(day: Day, later: number): Day {
  return dayFromNumber(dayNumber(day) + later);
}

/** Days from `from` to `to`; negative if `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return dayNumber(to) - dayNumber(from);
}

/** ISO 8601 weekday: 1 is Monday, 7 is Sunday. */
export function weekday(day: Day | DayNumber): number {
  const n = typeof day === 'number' ? day : dayNumber(day);
  return ((((n + 3) % 7) + 7) % 7) + 1; // 1970-01-01 was a Thursday
}

/** Every day from `from` to `to`, both included; none if `to` is earlier. */
export function* eachDay(from: Day, to: Day): Generator<Day, void, undefined> {
  const last = dayNumber(to);
  for (let n = dayNumber(from); n <= last; n++) yield dayFromNumber(n);
}

interface Zone { formatter: Intl.DateTimeFormat; days: Map<number, Day> }
const zones = new Map<string, Zone>();
/** Every zone's offset is a multiple of 15 minutes since 1972, so the day is constant within a quarter of an hour of UTC. */
const QUARTER_HOUR = 900_000;
const SINCE_1973 = 94_694_400_000;
const REMEMBERED_QUARTERS = 70_080; // two years of them

/**
 * The business day an instant falls on in an IANA time zone, whatever daylight saving does that day.
 * Imports ask this once per order line, mostly for neighbouring instants: the answer is remembered per quarter of an hour.
 * Throws AssertionError for an unreadable instant, RangeError for an unknown zone.
 */
export function dayOf(instantIso: string, ianaTimeZone: string): Day {
  const instant = Date.parse(instantIso);
  assert(Number.isFinite(instant), `not an instant: ${instantIso}`);
  let zone = zones.get(ianaTimeZone);
  if (!zone) zones.set(ianaTimeZone, zone = { formatter: formatterOf(ianaTimeZone), days: new Map() });
  if (instant < SINCE_1973) return formatDay(zone.formatter, instant);
  const quarter = Math.floor(instant / QUARTER_HOUR);
  let day = zone.days.get(quarter);
  if (day === undefined) {
    if (zone.days.size >= REMEMBERED_QUARTERS) zone.days.clear();
    zone.days.set(quarter, day = formatDay(zone.formatter, instant));
  }
  return day;
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'gregory', numberingSystem: 'latn', year: 'numeric', month: '2-digit', day: '2-digit' });
}

function formatDay(formatter: Intl.DateTimeFormat, instant: number): Day {
  let year = '', month = '', dayOfMonth = '';
  for (const part of formatter.formatToParts(instant)) {
    if (part.type === 'year') year = part.value.padStart(4, '0');
    else if (part.type === 'month') month = part.value;
    else if (part.type === 'day') dayOfMonth = part.value;
  }
  return `${year}-${month}-${dayOfMonth}`;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Minutes that local time is ahead of UTC at an instant. */
function offsetMinutes(instant: number, timeZone: string): number {
  let clock = clocks.get(timeZone);
  if (!clock) clocks.set(timeZone, clock = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }));
  const part = Object.fromEntries(clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)])) as Record<string, number>;
  return Math.round((Date.UTC(part['year']!, part['month']! - 1, part['day'], part['hour'], part['minute']) - Math.floor(instant / 60_000) * 60_000) / 60_000);
}

/**
 * The instant (ISO) at which clocks of a zone show `hour`:00 on a day. Where they are put forward over that hour it is the hour after; where they show it
 * twice, the first of the two. Throws RangeError for an unknown zone.
 */
export function instantOf(day: Day, hour: number, timeZone: string): string {
  const local = dayNumber(day) * 86_400_000 + hour * 3_600_000;
  // The offset before the change is tried first: it gives the first of two, and the hour after in a gap.
  const before = local - offsetMinutes(local - 86_400_000, timeZone) * 60_000;
  const settled = local - offsetMinutes(before, timeZone) * 60_000;
  const shows = (instant: number): boolean => instant + offsetMinutes(instant, timeZone) * 60_000 === local;
  return new Date(shows(before) ? before : shows(settled) ? settled : Math.max(before, settled)).toISOString();
}

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g;

/** Sentences are written with exact instants; for people they are told by a clock: `2026-11-25T04:11:25.577Z` → `25 Nov 2026, 05:11` in Amsterdam. */
export function inClockTime(text: string, timeZone: string): string {
  return text.replaceAll(INSTANT, (instant) => new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(new Date(instant)));
}
