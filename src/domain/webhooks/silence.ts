/**
 * When a kind of message has been silent for too long, told from its own arrivals alone. A silence is not measured in hours but in how many messages it should
 * have held: an hour of the night then weighs what nights weigh. Heard is a minute with a message in it, however many, so that a burst is one word and a flood no
 * more than sixty an hour. Hours are whole ones since 1970, UTC; the hour of the week is the same everywhere, and each is told with its two neighbours, which
 * covers the change of clocks.
 */
const WEEK = 168, HOUR_MS = 3_600_000;

/** Learned from so many weeks, at most and at least, and from so many minutes heard in them: a rarer topic would be told from chance. */
export const LEARNS_WEEKS = 4, FEWEST_WEEKS = 2, FEWEST_MINUTES = 100;

/** Of a hundred gaps this many are no longer than the usual one; by chance alone that is three messages' worth (−ln 0.05), and no gap is taken for a shorter one. */
const USUAL = 0.95, LEAST_USUAL = 3;
/** So many usual gaps without a word are a silence. */
const TIMES = 5;

export interface HeardHour { hour: number; minutes: number }

export interface TopicHabit {
  /** Minutes with a message that an hour of the week holds, by hour of the week, at the pace of the topic's quietest week. */
  expected: Float64Array;
  /** The usual gap, in such minutes. */
  usual: number;
}

/** `hours`: those it was heard in, ascending; `from`: the first hour in which it could have been. Null: too little to tell anything. */
export function habitOf(hours: readonly HeardHour[], from: number): TopicHabit | null {
  const last = hours.at(-1)?.hour;
  if (last === undefined) return null;
  const weeks = Math.min(LEARNS_WEEKS, Math.floor((last + 1 - from) / WEEK)), first = last + 1 - weeks * WEEK, known = hours.filter(({ hour }) => hour >= first);
  const total = known.reduce((sum, { minutes }) => sum + minutes, 0);
  if (weeks < FEWEST_WEEKS || total < FEWEST_MINUTES) return null;
  const byHour = new Float64Array(WEEK), byWeek = new Float64Array(weeks);
  for (const { hour, minutes } of known) { byHour[hour % WEEK]! += minutes; byWeek[Math.floor((hour - first) / WEEK)]! += minutes; }
  // Sales end, and a quieter week is no silence: the pace is that of the quietest.
  const pace = Math.min(...byWeek) / total;
  const expected = byHour.map((_, n) => (pace * (byHour[(n + WEEK - 1) % WEEK]! + byHour[n]! + byHour[(n + 1) % WEEK]!)) / 3);
  return { expected, usual: Math.max(LEAST_USUAL, usualGap(known, expected)) };
}

/** The gap that so many of a hundred do not exceed, in expected minutes: within an hour they are taken to lie evenly, and hours without a word add to the next. */
function usualGap(hours: readonly HeardHour[], expected: Float64Array): number {
  const gaps: { size: number; count: number }[] = [];
  let before: number | null = null, count = 0;
  for (const { hour, minutes } of hours) {
    const each = expected[hour % WEEK]! / minutes;
    let quiet = 0;
    if (before !== null) for (let n = before + 1; n < hour; n++) quiet += expected[n % WEEK]!;
    gaps.push({ size: quiet + each, count: 1 }, { size: each, count: minutes - 1 });
    count += minutes;
    before = hour;
  }
  gaps.sort((a, b) => a.size - b.size);
  let seen = 0;
  for (const gap of gaps) if ((seen += gap.count) >= USUAL * count) return gap.size;
  return gaps.at(-1)!.size;
}

/** Minutes with a message that should have been between two instants (ms). */
export function expectedBetween({ expected }: TopicHabit, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to;) {
    const hour = Math.floor(at / HOUR_MS), end = Math.min(to, (hour + 1) * HOUR_MS);
    sum += (expected[hour % WEEK]! * (end - at)) / HOUR_MS;
    at = end;
  }
  return sum;
}

/** The instant (ms) from which on no word since `since` is a silence; null: not within the weeks that are learned from, when the topic is forgotten. */
export function silentFrom(habit: TopicHabit, since: number): number | null {
  let left = TIMES * habit.usual;
  for (let hour = Math.floor(since / HOUR_MS), n = 0; n <= LEARNS_WEEKS * WEEK; n++, hour++) {
    const start = Math.max(since, hour * HOUR_MS), each = habit.expected[hour % WEEK]!, holds = (each * ((hour + 1) * HOUR_MS - start)) / HOUR_MS;
    if (holds > left) return start + (left / each) * HOUR_MS;
    left -= holds;
  }
  return null;
}
