/** What many replayed lines came to. Units add up over all lines; money by currency only. */
import type { LineCosts, Replayed } from './replay.ts';

export interface ReplayCosts { currency: string; bought: number; holding: number; ordering: number; lostMargin: number; cash: number }
export interface ReplayTotals {
  lines: number; wanted: number; served: number; lost: number; ordered: number; orders: number; shortDays: number;
  /** Units brought back to the shelf; of those wanted and served, units in bulk order lines. */
  returned: number; bulkWanted: number; bulkServed: number;
  /** Order lines in orders that stayed below their supplier's minimum. */
  belowMinimum: number;
  /** Σ units at the end of each day; over the days of the period, the average stock. */
  unitDays: number;
  /** Minor units; lines whose cost is not known are in none of them. */
  costs: ReplayCosts[];
  withoutCost: number;
}

export const noTotals = (): ReplayTotals => ({ lines: 0, wanted: 0, served: 0, lost: 0, ordered: 0, orders: 0, shortDays: 0, returned: 0, bulkWanted: 0, bulkServed: 0, belowMinimum: 0, unitDays: 0, costs: [], withoutCost: 0 });

const UNITS = ['wanted', 'served', 'lost', 'ordered', 'orders', 'shortDays', 'returned', 'bulkWanted', 'bulkServed', 'belowMinimum', 'unitDays'] as const;

/** Adds a line to the sums. */
export function addLine(sums: ReplayTotals, of: Pick<Replayed, (typeof UNITS)[number]>, costs: LineCosts | null): void {
  sums.lines++;
  for (const key of UNITS) sums[key] += of[key];
  if (costs === null) { sums.withoutCost++; return; }
  let money = sums.costs.find((one) => one.currency === costs.currency);
  if (!money) { sums.costs.push(money = { currency: costs.currency, bought: 0, holding: 0, ordering: 0, lostMargin: 0, cash: 0 }); sums.costs.sort((a, b) => (a.currency < b.currency ? -1 : 1)); }
  for (const key of ['bought', 'holding', 'ordering', 'cash'] as const) money[key] += costs[key];
  money.lostMargin += costs.lostMargin ?? 0;
}

/** Share of the units wanted that were served; null where none were. */
export function fillOf({ wanted, served }: Pick<ReplayTotals, 'wanted' | 'served'>): number | null {
  return wanted === 0 ? null : served / wanted;
}
