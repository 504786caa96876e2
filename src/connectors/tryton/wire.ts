/** Tryton's tagged values. Instants stay text with microseconds, because two of them must compare as the database compares them. */

export interface WireInstant { __class__: 'datetime'; year: number; month: number; day: number; hour: number; minute: number; second: number; microsecond: number }
export interface WireDecimal { __class__: 'Decimal'; decimal: string }

/** `2026-11-25T12:00:00.000123`: sorts as text. The server must run in UTC; Tryton's instants have no zone. */
export type Stamp = string;

export function stampOf(value: WireInstant): Stamp {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${value.year}-${two(value.month)}-${two(value.day)}T${two(value.hour)}:${two(value.minute)}:${two(value.second)}.${String(value.microsecond).padStart(6, '0')}`;
}

export function wireInstant(stamp: Stamp): WireInstant {
  const [year, month, day, hour, minute, second, microsecond] = stamp.split(/[-T:.]/).map(Number) as [number, number, number, number, number, number, number];
  return { __class__: 'datetime', year, month, day, hour, minute, second, microsecond };
}

/** ISO-8601 UTC with milliseconds. */
export const instantOf = (stamp: Stamp): string => `${stamp.slice(0, 23)}Z`;

/** The stamp `seconds` earlier, to the millisecond. */
export const earlier = (stamp: Stamp, seconds: number): Stamp => `${new Date(Date.parse(instantOf(stamp)) - seconds * 1000).toISOString().slice(0, -1)}000`;

export const decimal = (value: string): WireDecimal => ({ __class__: 'Decimal', decimal: value });
