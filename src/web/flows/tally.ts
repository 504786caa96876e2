/** A run in one line: input = applied + unchanged + skipped (why) + failed (why). */
import type { FlowRun } from '../api/queries.ts';
import { units } from '../ui/format.ts';

const sum = (reasons: Record<string, number>): number => Object.values(reasons).reduce((total, n) => total + n, 0);
const list = (reasons: Record<string, number>): string => Object.entries(reasons).filter(([, n]) => n !== 0).sort((a, b) => b[1] - a[1]).map(([reason, n]) => `${reason} ${units(n)}`).join(', ');

export interface Term { name: string; quantity: number; why: string; bad: boolean }

export function terms(run: Pick<FlowRun, 'applied' | 'unchanged' | 'skipped' | 'failed'>): Term[] {
  return [
    { name: 'applied', quantity: run.applied, why: '', bad: false }, { name: 'unchanged', quantity: run.unchanged, why: '', bad: false },
    { name: 'skipped', quantity: sum(run.skipped), why: list(run.skipped), bad: false }, { name: 'failed', quantity: sum(run.failed), why: list(run.failed), bad: sum(run.failed) > 0 },
  ].filter((term) => term.quantity !== 0 || term.name === 'applied');
}

/** Whether everything that came in is accounted for. */
export function balances(run: Pick<FlowRun, 'input' | 'applied' | 'unchanged' | 'skipped' | 'failed'>): boolean {
  return run.input === run.applied + run.unchanged + sum(run.skipped) + sum(run.failed);
}
