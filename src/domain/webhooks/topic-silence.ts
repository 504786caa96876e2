/** One topic beside its own habit: when it is usually heard next, and from when on it is silent. */
import { expectedBetween, habitOf, silentFrom, type HeardHour } from './silence.ts';

export interface TopicLook { topic: string; lastAt: string; /** How many minutes with a message should have come by now; null: not known. */ expected: number | null; /** Its usual gap in such minutes. */ usual: number | null; silentFrom: string | null; silent: boolean }

/** `from`: the first hour in which anything could be heard; `watching`: since when anybody has looked. A silence before that is not the topic's. */
export function lookAt(heard: { topic: string; lastAt: string; hours: readonly HeardHour[] }, from: number, watching: string, now: string): TopicLook {
  const habit = habitOf(heard.hours, from), since = Math.max(Date.parse(heard.lastAt), Date.parse(watching)), at = Date.parse(now);
  if (habit === null) return { topic: heard.topic, lastAt: heard.lastAt, expected: null, usual: null, silentFrom: null, silent: false };
  const begins = silentFrom(habit, since);
  return { topic: heard.topic, lastAt: heard.lastAt, expected: expectedBetween(habit, since, Math.max(since, at)), usual: habit.usual, silentFrom: begins === null ? null : new Date(begins).toISOString(), silent: begins !== null && begins <= at };
}
