/** The thread behind `compute`: pure domain functions on batches of series. A series that cannot be forecast says so and stops no other. */
import { parentPort } from 'node:worker_threads';
import type { ForecastResult } from '../domain/forecast/forecast.ts';
import { forecastPanel, learnPool, type PanelOptions, type PanelSeries, type Pool } from '../domain/forecast/panel.ts';
import { matcher, type MatchCode, type MatchItem, type Suggestion } from '../domain/mapping/match.ts';
import { replayPanel, type ReplayTask } from '../domain/replenishment/replay-panel.ts';

/** `learn` answers a Pool; `forecast` an Outcome of each series and `replay` the lines under each policy, with the pool last shared; `match` the suggestions of each open code. */
export type ComputeTask = 'learn' | 'forecast' | 'replay' | 'match';
export interface PanelTask { panel: PanelSeries[]; options: PanelOptions }
/** Codes nobody matched, beside the items they could be and all the codes of their warehouse. */
export interface MatchTask { items: MatchItem[]; all: MatchCode[]; open: MatchCode[] }
export type Outcome = { result: ForecastResult } | { fault: string };

export type Letter = { shared: unknown } | { id: number; task: ComputeTask; input: unknown };
export interface Answer { id: number; result?: unknown; error?: string }

let pool: Pool | null = null;

function shared(): Pool {
  if (pool === null) throw new Error('forecast before a pool was shared');
  return pool;
}

/** Suggestions with the code each is of. */
function matches({ items, all, open }: MatchTask): (Suggestion & { sku: string })[] {
  const suggest = matcher(items, all, open);
  return open.flatMap((code) => suggest(code).map((suggestion) => ({ ...suggestion, sku: code.code })));
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
    answer.result = letter.task === 'learn' ? learnPool(task.panel, task.options) : letter.task === 'match' ? matches(letter.input as MatchTask) : letter.task === 'replay' ? replayPanel(letter.input as ReplayTask, shared()) : outcomes(task);
  } catch (error) {
    answer.error = (error as Error).message;
  }
  parentPort!.postMessage(answer);
});
