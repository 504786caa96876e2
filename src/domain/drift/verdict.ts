/** The first sentence of the day, on Today and in the daily check: does the stock tie? */
import { grouped, some } from '../wording.ts';

export interface VerdictNumbers {
  on_hand: number;
  /** Levels that differ, whatever the cause; units without one, wherever they were compared. */
  drift_rows: number; unexplained_units: number;
}

/** How a verdict begins that nothing is wrong with. */
const TIES = 'Stock ties';
export const isTied = (verdict: string): boolean => verdict.startsWith(TIES);

export function stockVerdict({ on_hand: onHand, drift_rows: levels, unexplained_units: unknown }: VerdictNumbers): string {
  if (unknown > 0) return `${some(unknown, 'unit differs', 'units differ')} without a known cause`;
  if (levels > 0) return `${TIES} but for ${some(levels, 'level')} still on the way`;
  return `${TIES}: ${grouped(onHand)} of ${grouped(onHand)} units explained`;
}
