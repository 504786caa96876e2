/** The thread behind `compute`: pure domain functions on batches of series. A series that cannot be forecast says so and stops no other. */
import { parentPort } from 'node:worker_threads';
import type { ForecastResult } from '../domain/forecast/forecast.ts';
import { forecastPanel, learnPool, type PanelOptions, type PanelSeries, type Pool } from '../domain/forecast/panel.ts';
import { replayPanel, type ReplayTask } from '../domain/replenishment/replay-panel.ts';

/** `learn` answers a Pool; `forecast` an Outcome of each series and `replay` the lines under each policy, with the pool last shared. */
export type ComputeTask = 'learn' | 'forecast' | 'replay';
export interface PanelTask { panel: PanelSeries[]; options: PanelOptions }
export type Outcome = { result: ForecastResult } | { fault: string };

export type Letter = { shared: unknown } | { id: number; task: ComputeTask; input: unknown };
export interface Answer { id: number; result?: unknown; error?: string }

let pool: Pool | null = null;

function shared(): Pool {
  if (pool === null) throw new Error('forecast before a pool was shared');
  return pool;
}

function outcomes({ panel, options }: PanelTask): Outcome[] {
  const known = shared();
  try {
    return forecastPanel(panel, known, options).map((result) => ({ result }));
  } catch {
    return panel.map((one) => {
      try { return { result: forecastPanel([one], known, options)[0]! }; } catch (error) { return { fault: (error as Error).message }; }
    });
  }
}

parentPort?.on('message', (letter: Letter) => {
  if ('shared' in letter) { pool = letter.shared as Pool; return; }
  const answer: Answer = { id: letter.id };
  try {
    const task = letter.input as PanelTask;
    answer.result = letter.task === 'learn' ? learnPool(task.panel, task.options) : letter.task === 'replay' ? replayPanel(letter.input as ReplayTask, shared()) : outcomes(task);
  } catch (error) {
    answer.error = (error as Error).message;
  }
  parentPort!.postMessage(answer);
});
