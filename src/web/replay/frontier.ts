/** Points of a frontier chart: money in stock across, share of units served up. */
import { pointName } from '../../domain/replenishment/replay-result.ts';
import type { ReplayResult, ReplayTotals } from '../api/replay-queries.ts';

export interface Point { x: number; fill: number; label: string; of: 'frontier' | 'policy' | 'real' }

/** The currency most money stands in; null where no cost is known, and stock is counted in units. */
export function mainCurrency(result: ReplayResult): string | null {
  return [...result.policy.costs].sort((a, b) => b.cash - a.cash)[0]?.currency ?? null;
}

/**
 * The frontier, the policy and, where stock was known on every line, reality: by what they cost. Reality of some lines alone is not laid beside a policy of
 * all. Amounts in minor units of the currency, or average units.
 */
export function frontierPoints(result: ReplayResult, currency: string | null, policyLabel: string): Point[] {
  const at = (totals: Pick<ReplayTotals, 'averageStock'> & { costs: readonly { currency: string; cash: number }[] }): number => (currency === null ? totals.averageStock : totals.costs.find((one) => one.currency === currency)?.cash ?? 0);
  const points: Point[] = result.frontier.flatMap((one) => (one.totals.fill === null ? [] : [{ x: at(one.totals), fill: one.totals.fill, label: pointName(one), of: 'frontier' as const }]));
  if (result.policy.fill !== null) points.push({ x: at(result.policy), fill: result.policy.fill, label: policyLabel, of: 'policy' });
  const real = result.compared?.real;
  if (real && real.lines === result.policy.lines && real.fill !== null) points.push({ x: at(real), fill: real.fill, label: 'What really happened', of: 'real' });
  return points.sort((a, b) => a.x - b.x || a.fill - b.fill);
}
