/** The shop's local time: offsets of an IANA zone, both ways. */

const formats = new Map<string, Intl.DateTimeFormat>();
/** Offset in minutes by zone and quarter hour: zones change their offset only on such boundaries. */
const offsets = new Map<string, Map<number, number>>();
const QUARTER = 900_000;
const MAX_REMEMBERED = 50_000;

/** Minutes east of UTC that clocks in `zone` show at the instant (milliseconds since 1970). */
export function offsetMinutes(instant: number, zone: string): number {
  let known = offsets.get(zone);
  if (!known) offsets.set(zone, known = new Map());
  const quarter = Math.floor(instant / QUARTER);
  let minutes = known.get(quarter);
  if (minutes === undefined) {
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(quarter, minutes = readOffset(quarter * QUARTER, zone));
  }
  return minutes;
}

function readOffset(instant: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) formats.set(zone, format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }));
  const name = format.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const match = /^GMT([+-])(\d\d):(\d\d)/.exec(name);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

/** A UTC instant as Shopify's REST bodies print it: local time with offset, whole seconds, e.g. 2026-11-01T09:00:00-05:00. */
export function localTime(iso: string, zone: string): string {
  const instant = Date.parse(iso);
  const minutes = offsetMinutes(instant, zone);
  const away = Math.abs(minutes);
  const sign = minutes < 0 ? '-' : '+';
  const local = new Date(instant + minutes * 60_000).toISOString().slice(0, 19);
  return `${local}${sign}${String(Math.floor(away / 60)).padStart(2, '0')}:${String(away % 60).padStart(2, '0')}`;
}

/**
 * The instant of a wall-clock time in `zone`, given as the milliseconds it would be in UTC. A time the clocks skip in spring is read
 * with the offset before the jump; one they show twice in autumn is the first of the two.
 */
export function instantOfLocal(wallClock: number, zone: string): number {
  const before = offsetMinutes(wallClock - 86_400_000, zone);
  const first = wallClock - before * 60_000;
  if (offsetMinutes(first, zone) === before) return first;
  const after = offsetMinutes(wallClock + 86_400_000, zone);
  const second = wallClock - after * 60_000;
  return offsetMinutes(second, zone) === after ? second : first;
}
