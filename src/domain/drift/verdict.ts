/** The first sentence of the day, on Today and in the daily check: does the stock tie? */

export interface VerdictNumbers {
  on_hand: number;
  /** Levels that differ, whatever the cause; units without one, wherever they were compared. */
  drift_rows: number; unexplained_units: number;
}

export function stockVerdict({ on_hand: onHand, drift_rows: levels, unexplained_units: unknown }: VerdictNumbers): string {
  const number = (value: number): string => value.toLocaleString('en-GB');
  if (unknown > 0) return `${number(unknown)} ${unknown === 1 ? 'unit differs' : 'units differ'} without a known cause`;
  if (levels > 0) return `Stock ties but for ${number(levels)} ${levels === 1 ? 'level' : 'levels'} still on the way`;
  return `Stock ties: ${number(onHand)} of ${number(onHand)} units explained`;
}
