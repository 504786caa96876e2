/** When a message that did not get through is tried again: the waits of the Standard Webhooks specification, ten tries over three days. */
const SECOND = 1_000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE;

/** Milliseconds after the first, second … try that failed. */
export const WAITS: readonly number[] = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/** When to try after `attempts` tries the last of which ended at `at`; null: it is given up. `askedSeconds`: the other side asked for so much rest. */
export function nextTry(attempts: number, at: string, askedSeconds: number | null = null): string | null {
  const wait = WAITS[attempts - 1];
  return wait === undefined ? null : new Date(Date.parse(at) + Math.max(wait, Math.min((askedSeconds ?? 0) * SECOND, 24 * HOUR))).toISOString();
}
