/** supplier-order: the best order of a supplier under limits, by its number of lines, beside the exact solver on the same orders where it is fast enough. */
import { caseByCase, fullness } from '../src/domain/replenishment/fill.ts';
import { total, type Bound } from '../src/domain/replenishment/load.ts';
import { NO_LIMITS, type SupplierLimits } from '../src/domain/replenishment/supplier-limits.ts';
import { worthOf, type SupplierLine } from '../src/domain/replenishment/supplier-line.ts';
import { supplierOrder, withinBudget } from '../src/domain/replenishment/supplier-order.ts';
import { drawLines, exact, worthOfAll } from '../test/helpers/order-lines.ts';
import { seeded } from './random.ts';
import type { Benchmark } from './report.ts';
import { median } from './statistics.ts';

const SIZES = [30, 120, 500, 2_000], ROUNDS = 5, MOST_EXACT = 120, STORE = 100_000;

export const bench: Benchmark = {
  name: 'supplier-order',
  about: 'A supplier’s order under limits (`supplierOrder`): processor time, and how far below the best it can be, beside the exact solver HiGHS on the same orders of up to 120 lines.',
  run: async (say) => {
    const rows: (string | number)[][] = [], longest: number[] = [];
    let worst = 0;
    for (const size of SIZES) {
      say(`${size} lines`);
      const orders = Array.from({ length: ROUNDS }, (_, n) => drawLines(size, seeded(n + 1), n % 2 === 1)).map((lines) => ({ lines, most: supplierOrder(lines, NO_LIMITS).lines.map((line) => line.quantity) }));
      for (const kind of Object.keys(KINDS)) {
        const times: number[] = [], solver: number[] = [], gaps: number[] = [], stated: number[] = [];
        for (const { lines, most } of orders) {
          const { limits, cap, floor } = KINDS[kind]!(lines, most), began = cpuNow(), order = supplierOrder(lines, { ...NO_LIMITS, ...limits });
          times.push(cpuNow() - began);
          stated.push(order.gap);
          if (size > MOST_EXACT) continue;
          const start = cpuNow(), best = exact(lines, floor ? { least: most } : { most }, cap, floor);
          solver.push(cpuNow() - start);
          if (typeof best === 'number') gaps.push(Math.max(0, 1 - worthOfAll(lines, order.lines.map((line) => line.quantity)) / best));
        }
        if (size === SIZES.at(-1)) longest.push(median(times));
        worst = Math.max(worst, ...gaps);
        rows.push([`${size} lines, ${kind}`, ms(median(times)), ms(Math.max(...times)), solver.length > 0 ? ms(median(solver)) : '–', gaps.length > 0 ? percent(Math.max(...gaps)) : '–', percent(Math.max(...stated))]);
      }
    }
    say(`${STORE} lines of one store’s budget`);
    const all = drawLines(STORE, seeded(9), false), most = all.map((line) => line.quantity), start = cpuNow(), cut = withinBudget(all, most, Math.round(total(all, most).cost / 2));
    rows.push([`${STORE.toLocaleString('en-GB')} lines, the store’s budget, once`, ms(cpuNow() - start), '–', '–', '–', percent(cut.gap)]);
    return {
      tables: [{ title: `Processor time over ${ROUNDS} orders each, in turns small cases and large; gaps are the worst of them`, columns: ['', 'median', 'longest', 'HiGHS', 'below HiGHS', 'below the best at most, as stated'], rows }],
      verdicts: [
        { what: `the slowest kind of ${SIZES.at(-1)!.toLocaleString('en-GB')} lines, median`, goal: '< 100 ms', measured: ms(Math.max(...longest)), met: Math.max(...longest) < 100 },
        { what: 'worst beside the exact solver', goal: '≤ 1 %', measured: percent(worst), met: worst <= 0.01 },
      ],
      notes: [],
    };
  },
};

/** What is asked, in shares of what the lines order without limits. */
const KINDS: Record<string, (lines: readonly SupplierLine[], most: readonly number[]) => { limits: Partial<SupplierLimits>; cap: Bound; floor?: Bound }> = {
  'budget of 10 %': (lines, most) => { const cost = Math.round(total(lines, most).cost * 0.1); return { limits: { budget: cost }, cap: { cost } }; },
  'budget of 40 %': (lines, most) => { const cost = Math.round(total(lines, most).cost * 0.4); return { limits: { budget: cost }, cap: { cost } }; },
  'container, volume and weight, 25 %': (lines, most) => { const room = roomOf(lines, most, 0.25); return { limits: { ...room, containers: 1 }, cap: room }; },
  'container 50 % and budget 45 %': (lines, most) => { const room = roomOf(lines, most, 0.5), cost = Math.round(total(lines, most).cost * 0.45); return { limits: { ...room, containers: 1, budget: cost }, cap: { ...room, cost } }; },
  'a container of 130 % filled': (lines, most) => { const room = roomOf(lines, most, 1.3), cased = caseByCase(lines, lines.map(worthOf), most, room); return { limits: { ...room, containers: 1, fillContainer: true }, cap: room, floor: fullness(lines, cased, room) }; },
  'minimum of 125 %': (lines, most) => { const cost = Math.round(total(lines, most).cost * 1.25); return { limits: { minCost: cost }, cap: {}, floor: { cost } }; },
};
function roomOf(lines: readonly SupplierLine[], most: readonly number[], share: number): { volumeCm3: number; weightG: number } {
  const { volumeCm3, weightG } = total(lines, most);
  return { volumeCm3: Math.round(volumeCm3 * share), weightG: Math.round(weightG * share * 0.95) };
}

/** Milliseconds of processor this thread has used: what others do on the machine does not count. */
function cpuNow(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`, percent = (share: number): string => `${(share * 100).toFixed(3)} %`;
