/**
 * Heavy computations on worker threads, so that the event loop keeps answering. A thread starts when it is first needed and lets the process end when
 * it is idle. What many computations share (a pool learned once) is sent to each thread once, not with every batch. Series move to the thread, arrays
 * and all: the caller has them no more.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Answer, ComputeTask, Letter, PanelTask } from './compute-thread.ts';

export interface Shared { key: string; value: unknown }

export interface Compute {
  /** Callers keep no more than twice this many computations under way. */
  readonly threads: number;
  run<I, O>(task: ComputeTask, input: I, shared?: Shared): Promise<O>;
  stop(): Promise<void>;
}

/** More threads than this find no more memory bandwidth to use. */
const MOST_THREADS = 16;
/** Batches come and go: a small nursery keeps a thread's memory near what it holds. */
const YOUNG_MB = 8;

interface Lane { worker: Worker; sharedKey: string | null; waiting: Map<number, { resolve(value: never): void; reject(error: Error): void }> }

export function computeThreads(wanted = availableParallelism()): Compute {
  const threads = Math.max(1, Math.min(MOST_THREADS, wanted));
  const lanes: Lane[] = [];
  let next = 0;

  const open = (): Lane => {
    const lane: Lane = { worker: new Worker(new URL('./compute-thread.ts', import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } }), sharedKey: null, waiting: new Map() };
    lane.worker.on('message', ({ id, result, error }: Answer) => {
      const entry = lane.waiting.get(id);
      lane.waiting.delete(id);
      if (error === undefined) entry?.resolve(result as never);
      else entry?.reject(new Error(error));
      if (lane.waiting.size === 0) lane.worker.unref();
    });
    const lost = (error: Error): void => {
      const n = lanes.indexOf(lane);
      if (n >= 0) lanes.splice(n, 1);
      for (const entry of lane.waiting.values()) entry.reject(error);
      lane.waiting.clear();
    };
    lane.worker.on('error', (error) => lost(error as Error));
    lane.worker.on('exit', (code) => lost(new Error(`the computing thread ended with ${code}`)));
    lanes.push(lane);
    return lane;
  };

  return {
    threads,
    run: (task, input, shared) => new Promise((resolve, reject) => {
      let lane = lanes.reduce<Lane | null>((least, one) => (least === null || one.waiting.size < least.waiting.size ? one : least), null);
      if (lane === null || (lane.waiting.size > 0 && lanes.length < threads)) lane = open();
      lane.worker.ref();
      const id = next++;
      lane.waiting.set(id, { resolve: resolve as (value: never) => void, reject });
      if (shared && lane.sharedKey !== shared.key) { lane.sharedKey = shared.key; lane.worker.postMessage({ shared: shared.value } satisfies Letter); }
      lane.worker.postMessage({ id, task, input } satisfies Letter, movable(input));
    }),
    async stop() { await Promise.all(lanes.splice(0).map((lane) => lane.worker.terminate())); },
  };
}

/** The memory behind the arrays of a panel's series. */
function movable(input: unknown): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const one of (input as Partial<PanelTask>).panel ?? []) {
    for (const array of [one.series.demand, one.series.exposure, one.bulk, one.price, ...Object.values(one.drivers ?? {})]) if (array && array.buffer instanceof ArrayBuffer) buffers.add(array.buffer);
  }
  return [...buffers];
}
