/** What a run is called: the day it speaks from, and where another of these speaks from the same day, when it was made. */
import { clock, day } from '../ui/format.ts';

interface Named { runId: string; asOf: string; finishedAt: string | null }

export function runName(run: Named, among: readonly Named[], timeZone: string, short = false): string {
  const alone = among.every((other) => other.runId === run.runId || other.asOf !== run.asOf);
  return `run of ${day(run.asOf, short)}${alone || run.finishedAt === null ? '' : `, made ${clock(run.finishedAt, timeZone)}`}`;
}
