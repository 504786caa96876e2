/** Replays as the API tells them. */
import { addDays, daysBetween } from '../domain/calendar.ts';
import { orderTerms, type RealTotals } from '../domain/replenishment/replay-result.ts';
import { fillOf, type ReplayTotals } from '../domain/replenishment/replay-totals.ts';
import type { ReplayItemRow, ReplayRow } from '../store/replays.ts';
import type { Of } from './contract.ts';
import type { Replay, ReplayLine, ReplayTotals as TotalsView } from './contract-replay.ts';

const tenths = (value: number): number => Math.round(value * 10) / 10;
const number = (value: string | null): number | null => (value === null ? null : Number(value));

function totalsView(of: ReplayTotals, days: number): Of<typeof TotalsView> {
  const { unitDays, ...rest } = of;
  const { returned = null, bulkWanted = null, bulkServed = null, belowMinimum = null } = of as Partial<ReplayTotals>; // not kept by the first replays
  return { ...rest, returned, bulkWanted, bulkServed, belowMinimum, fill: fillOf(of), averageStock: tenths(unitDays / days) };
}

function realView({ unitDays, ...rest }: RealTotals, days: number) {
  return { ...rest, fill: fillOf({ wanted: rest.sold + rest.lost, served: rest.sold }), averageStock: tenths(unitDays / days) };
}

export function replayView(row: ReplayRow): Of<typeof Replay> {
  const { result } = row, days = daysBetween(row.from_day, row.to_day) + 1;
  return {
    replayId: row.replay_run_id, kind: row.kind, promise: row.promise === null ? null : Math.round(row.promise * 10_000) / 10_000, from: row.from_day, to: row.to_day, scope: row.scope, most: row.most, orderCost: Number(row.order_cost), changes: row.changes, known: row.known,
    state: row.state, message: row.message, done: row.done, total: row.total, madeAt: row.made_at, madeBy: row.made_by, startedAt: row.started_at, finishedAt: row.finished_at, hash: row.hash,
    result: result && {
      days, policy: totalsView(result.policy, days), frontier: result.frontier.map(({ kind, promise, changes, totals }) => ({ kind, promise, changes: promise === null ? changes ?? {} : null, totals: totalsView(totals, days) })),
      compared: result.compared && { policy: totalsView(result.compared.policy, days), real: realView(result.compared.real, days) },
      bought: result.bought, estimated: result.estimated, unknownDays: result.unknownDays, standing: result.standing, learnedFrom: result.learnedFrom, undecided: result.undecided ?? 0,
      changes: (result as Partial<typeof result>).changes ? orderTerms(result).map(([term, units]) => ({ term, units })) : null, notes: result.notes,
    },
  };
}

export function replayLineView(row: ReplayItemRow, run: Pick<ReplayRow, 'from_day' | 'to_day'>): Of<typeof ReplayLine> {
  const days = daysBetween(run.from_day, run.to_day) + 1;
  return {
    itemId: row.item_id, locationId: row.location_id, sku: row.sku, title: row.title, locationName: row.location, wanted: row.wanted, estimated: row.estimated, unknownDays: row.unknown_days, served: row.served, lost: row.lost, ordered: row.ordered, orders: row.orders, shortDays: row.short_days,
    opening: row.opening, closing: row.closing, averageStock: tenths(Number(row.unit_days) / days), currency: row.currency, bought: number(row.bought), holding: number(row.holding), lostMargin: number(row.lost_margin), cash: number(row.cash), standing: row.standing, fault: row.fault,
    movedIn: row.moved_in, movedOut: row.moved_out, returned: row.returned, bulkWanted: row.bulk_wanted, bulkServed: row.bulk_served, forSupplier: row.for_supplier, belowMinimum: row.below_minimum,
    real: { ordered: row.real_ordered, orders: row.real_orders, bought: number(row.real_bought), cameIn: row.real_came_in, averageStock: row.real_unit_days === null ? null : tenths(Number(row.real_unit_days) / days) },
    decisions: row.decisions.map(([on, quantity, arrives]) => ({ on: addDays(run.from_day, on), quantity, arrives: addDays(run.from_day, arrives) })),
  };
}
