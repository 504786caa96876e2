/** Replays in words. */
import { changeWords } from '../../domain/replenishment/replay-result.ts';
import type { Replay } from '../api/replay-queries.ts';
import { day, money, percent } from '../ui/format.ts';

export const KIND_WORDS: Record<NonNullable<Replay['kind']>, string> = {
  'cycle service': 'Cycle service', 'fill rate': 'Fill rate', 'cost ratio': 'Cost ratio', 's,Q': 'Reorder point and lot (s,Q)', 'min/max': 'Min/max', 'planner parity': 'Planner parity', 'planner parity floored': 'Planner parity, floored',
};
export const hasPromise = (kind: Replay['kind']): boolean => kind === 'cycle service' || kind === 'fill rate' || kind === 'cost ratio' || kind === 's,Q';

export function policyName({ kind, promise, changes, known }: Pick<Replay, 'kind' | 'promise' | 'changes' | 'known'>): string {
  return `${kind === null ? 'As each line is planned' : KIND_WORDS[kind]}${promise === null ? '' : ` ${percent(promise)}`}${changeWords(changes)}${known === 'today' ? ', today’s values' : ''}`;
}
export function replayName(replay: Replay): string {
  return `${policyName(replay)}, ${day(replay.from, true)} to ${day(replay.to)}`;
}

/** Amounts of several currencies side by side, never one sum. */
export function sums(costs: readonly ({ currency: string } & Record<string, number | string>)[], of: string): string {
  return costs.map((one) => money(one[of] as number, one.currency)).join(' + ') || '–';
}
