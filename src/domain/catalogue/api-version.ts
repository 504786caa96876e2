/** Shopify serves each version of its Admin API for at least twelve months from the first day of the quarter it is named after. */
import { daysBetween, type Day } from '../calendar.ts';

/** The first day a version like `2026-10` may be gone. Throws when it is no version. */
export function versionEnds(version: string): Day {
  const parts = /^(\d{4})-(01|04|07|10)$/.exec(version);
  if (!parts) throw new RangeError(`${version} is no version of the Admin API`);
  return `${Number(parts[1]) + 1}-${parts[2]}-01`;
}

/** Days left from `today` on when they are so few that somebody should plan the upgrade; null before. It becomes more urgent with 30 and with 7 days left. */
export function endingSoon(version: string, today: Day): { ends: Day; days: number; severity: 2 | 3 | 4 } | null {
  const ends = versionEnds(version), days = daysBetween(today, ends);
  return days <= 90 ? { ends, days, severity: days <= 7 ? 2 : days <= 30 ? 3 : 4 } : null;
}
