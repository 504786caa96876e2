/**
 * Units received of an order line that two systems keep: what both last agreed on tells who has moved since. One that moved is followed; where both moved to
 * different totals nobody can know whether the same goods were booked twice, so a person decides.
 */
export interface ReceivedBySides { /** Total both showed when they last agreed. */ agreed: number; ours: number; theirs: number }
export type ReceiptStep =
  | { step: 'none' }
  /** Both show the same: remember it. */
  | { step: 'agree'; total: number }
  /** The planner received `units` more: make a receipt of them here. */
  | { step: 'take'; units: number; total: number }
  /** We received more: tell the planner the total. */
  | { step: 'write'; total: number }
  | { step: 'ask'; sentence: string };

export function receiptStep({ agreed, ours, theirs }: ReceivedBySides): ReceiptStep {
  if (ours === theirs) return ours === agreed ? { step: 'none' } : { step: 'agree', total: ours };
  if (ours === agreed) return theirs > agreed ? { step: 'take', units: theirs - agreed, total: theirs } : { step: 'ask', sentence: `Inventory Planner took back ${agreed - theirs} of ${agreed} received units. Take them back here with a receipt that reverses, or correct it there.` };
  if (theirs === agreed) return { step: 'write', total: ours };
  return { step: 'ask', sentence: `Both sides received since they last agreed on ${agreed}: ${ours} here, ${theirs} in Inventory Planner. Whether these are the same goods only a person knows: make one side's total right.` };
}
