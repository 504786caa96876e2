/** A schedule in words. */

const two = (n: string): string => n.padStart(2, '0');

/** Cron in UTC → "every 5 min", "hourly at :07", "daily at 03:10 UTC"; anything else as it is written. */
export function scheduleWords(schedule: string): string {
  const parts = /^(\S+) (\S+) \* \* \*$/.exec(schedule);
  if (!parts) return schedule;
  const [, minute, hour] = parts as unknown as [string, string, string];
  const everyMinutes = /^\*\/(\d+)$/.exec(minute), everyHours = /^\*\/(\d+)$/.exec(hour);
  if (hour === '*' && minute === '*') return 'every minute';
  if (hour === '*' && everyMinutes) return `every ${everyMinutes[1]} min`;
  if (hour === '*' && /^\d+$/.test(minute)) return `hourly at :${two(minute)}`;
  if (everyHours && /^\d+$/.test(minute)) return `every ${everyHours[1]} h at :${two(minute)}`;
  if (/^\d+$/.test(hour) && /^\d+$/.test(minute)) return `daily at ${two(hour)}:${two(minute)} UTC`;
  return schedule;
}
