/** How numbers, money, days and instants are written on every screen. Quantities are whole units; money is integer minor units. */
import { format as formatMoney, money as moneyOf } from '../../domain/money.ts';
import { kindWords } from '../../domain/wording.ts';

const LOCALE = 'en-GB';
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const toTenths = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const shareTenths = new Intl.NumberFormat(LOCALE, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 });

/** 1234 → "1,234"; a true minus sign, so that columns align. */
export function units(value: number): string {
  return whole.format(value).replace('-', '−');
}

/** One decimal at most: expected units per day, days of cover. */
export function decimal(value: number): string {
  return tenth.format(value).replace('-', '−');
}

/** One decimal always, in a column of expected units. */
export function tenths(value: number): string {
  return toTenths.format(value).replace('-', '−');
}

/** +3, −2, 0. */
export function signed(value: number): string {
  return value > 0 ? `+${units(value)}` : units(value);
}

/** 0.123 → "12.3%". */
export function percent(value: number): string {
  return share.format(value).replace('-', '−');
}

/** One decimal always, in a column of shares: 0.93 → "93.0%". */
export function percentTenths(value: number): string {
  return shareTenths.format(value).replace('-', '−');
}

/** 1230 minor units of GBP → "£12.30"; null, when no cost is known, → "–". */
export function money(minor: number | null, currency: string): string {
  return minor === null ? '–' : formatMoney(moneyOf(Math.round(minor), currency), LOCALE).replace('-', '−');
}

/** Calendar day "2026-11-24" → "24 Nov 2026"; without the year where `short`. A day has no time zone. */
export function day(value: string | null, short = false): string {
  if (value === null) return '–';
  return new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', ...(short ? {} : { year: 'numeric' }), timeZone: 'UTC' }).format(new Date(`${value}T00:00:00Z`));
}

/** Sentences name days exactly; for people they are written as everywhere: "due on 2026-11-12" → "due on 12 Nov 2026". */
export function daysInWords(text: string): string {
  return text.replaceAll(/(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])/g, (found) => (Number.isNaN(Date.parse(found)) ? found : day(found)));
}

/** An instant to the second in the shop's time zone: "24 Nov 2026, 09:00:05 EST". */
export function instant(value: string, timeZone: string): string {
  return new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone, timeZoneName: 'short' }).format(new Date(value));
}

/** Clock time of an instant in the shop's time zone, with its day when that is not today. */
export function clock(value: string, timeZone: string, now: Date = new Date()): string {
  const dayIn = (date: Date): string => new Intl.DateTimeFormat('en-CA', { timeZone }).format(date);
  const at = new Date(value), time = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', timeZone }).format(at);
  return dayIn(at) === dayIn(now) ? time : `${new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', timeZone }).format(at)}, ${time}`;
}

const STEPS: readonly (readonly [number, string])[] = [[86_400_000, 'd'], [3_600_000, 'h'], [60_000, 'min'], [1_000, 's']];

/** 90,000 ms → "1 min"; the largest unit that fits, never rounded up. */
export function duration(ms: number): string {
  for (const [size, name] of STEPS) if (Math.abs(ms) >= size) return `${Math.trunc(Math.abs(ms) / size)} ${name}`;
  return Math.abs(ms) < 1 ? '0 s' : `${Math.round(Math.abs(ms))} ms`;
}

/** "3 min ago", "in 4 h", "just now". */
export function relative(value: string, now: number): string {
  const age = now - Date.parse(value);
  if (Math.abs(age) < 5_000) return 'just now';
  // An age is never rounded up; what is to come in twelve hours is not told as eleven a second later.
  return age > 0 ? `${duration(age)} ago` : `in ${duration(age > -60_000 ? age : Math.round(age / 60_000) * 60_000)}`;
}

/** "1 unit", "2 units"; counts are written with their noun. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${units(value)} ${value === 1 ? one : many}`;
}

/** First letter up, for words that arrive in lower case. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** stock-push → "Stock push": a flow named in passing; the page of flows has it by its own name. */
export function flowWords(flow: string): string {
  return capital(flow.replaceAll('-', ' '));
}

/** STOCK_NEGATIVE → "Stock negative", PO_OVERDUE → "PO overdue". */
export function kindName(kind: string): string {
  return capital(kindWords(kind));
}
