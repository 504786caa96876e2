import { describe, expect, it } from 'vitest';
import type { ReplayResult, ReplayTotals } from '../api/replay-queries.ts';
import { frontierPoints, mainCurrency } from './frontier.ts';

const totals = (fill: number | null, cash: number, lines = 3): ReplayTotals => ({ lines, wanted: 100, served: 0, lost: 0, fill, ordered: 0, orders: 0, shortDays: 0, averageStock: cash / 10, costs: [{ currency: 'EUR', bought: 0, holding: 0, ordering: 0, lostMargin: 0, cash }, { currency: 'USD', bought: 0, holding: 0, ordering: 0, lostMargin: 0, cash: 1 }], withoutCost: 0, returned: 0, bulkWanted: 0, bulkServed: 0, belowMinimum: 0 });
const result = (real: number): ReplayResult => ({
  days: 90, undecided: 0, policy: totals(0.96, 500), frontier: [{ kind: 'cycle service', promise: 0.9, changes: null, totals: totals(0.97, 700) }, { kind: 'cycle service', promise: 0.5, changes: null, totals: totals(0.9, 300) }, { kind: 'cycle service', promise: 0.99, changes: null, totals: totals(null, 0) }],
  compared: { policy: totals(0.96, 500, real), real: { lines: real, sold: 90, lost: 10, fill: 0.9, ordered: 0, orders: 0, cameIn: 0, averageStock: 40, costs: [{ currency: 'EUR', bought: 0, holding: 0, cash: 400 }] } }, bought: { ordered: 0, orders: 0, costs: [] }, estimated: 0, unknownDays: 0, standing: 0, learnedFrom: 3, changes: [], notes: [],
});

describe('the frontier chart', () => {
  it('lays out points by what they cost, in one currency', () => {
    expect(mainCurrency(result(3))).toBe('EUR');
    expect(frontierPoints(result(3), 'EUR', 'mine').map((point) => [point.x, point.of])).toEqual([[300, 'frontier'], [400, 'real'], [500, 'policy'], [700, 'frontier']]);
    expect(frontierPoints(result(3), null, 'mine')[0]).toMatchObject({ x: 30, label: 'cycle service 50%' });
  });
  it('lays reality of some lines beside no policy of all', () => {
    expect(frontierPoints(result(2), 'EUR', 'mine').some((point) => point.of === 'real')).toBe(false);
  });
});
