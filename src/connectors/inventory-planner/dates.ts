/** Dates of Inventory Planner. Its clients report several forms (RFC 822, ISO 8601, Unix seconds), so all are read. */
import { dayOf } from '../../domain/calendar.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** An ISO-8601 instant in UTC, or null for anything that is none. A date and time without an offset is taken as UTC. */
export function instantOf(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{9,13}$/.test(value) ? Number(value) : null;
  const text = typeof value === 'string' ? value.trim() : '';
  const ms = number !== null ? (number > 1e11 ? number : number * 1000) : Date.parse(DAY.test(text) || /[Zz]|[+-]\d{2}:?\d{2}$|GMT|UTC|\b[A-Z]{2,4}T?$/.test(text) ? text : `${text.replace(' ', 'T')}Z`);
  return Number.isNaN(ms) || ms < 0 || ms > 4e12 ? null : new Date(ms).toISOString();
}

/** YYYY-MM-DD: a plain day as it stands, an instant as the day it is in `timeZone`. */
export function dayIn(value: unknown, timeZone: string): string | null {
  if (typeof value === 'string' && DAY.test(value.trim())) return value.trim();
  const instant = instantOf(value);
  return instant === null ? null : dayOf(instant, timeZone);
}
