/** The first sentence of the day, on Today and in the daily check: does the stock tie? */

export interface VerdictNumbers {
  on_hand: number;
  /** Levels that differ, whatever the cause; units without one, wherever they were compared. */
  drift_rows: number; unexplained_units: number;
}

/** How a verdict begins that nothing is wrong with. */
const TIES = 'Stock ties';
export const isTied = (verdict: string): boolean => verdict.startsWith(TIES);

export function stockVerdict({ on_hand: onHand, drift_rows: levels, unexplained_units: unknown }: VerdictNumbers): string {
  const number = (value: number): string => value.toLocaleString('en-GB');
  if (unknown > 0) return `${number(unknown)} ${unknown === 1 ? 'unit differs' : 'units differ'} without a known cause`;
  if (levels > 0) return `${TIES} but for ${number(levels)} ${levels === 1 ? 'level' : 'levels'} still on the way`;
  return `${TIES}: ${number(onHand)} of ${number(onHand)} units explained`;
}
