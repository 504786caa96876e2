/** The two streams that are not jobs: the inbox, applied in batches as it fills, and orders that wait for their location. */
import type { Hub } from './hub.ts';
import type { Log } from './flow.ts';

export interface Stream { stop(): Promise<void> }

/** Webhooks applied in one transaction at most. */
export const INBOX_BATCH = 500;

/** The longest rest between two batches that were not full. */
const LONGEST_REST_MS = 150;
/** A look at a level costs the same however many reasons it has, and a rush gives it a new one every few milliseconds. */
const REST_OF_PUSHES_MS = 300;

/**
 * Calls `work` until it answers 0, then sleeps until woken or for `idleMs`. An error is logged and tried again, ever more slowly up to ten seconds.
 *
 * A batch costs two dozen statements whatever its size. After one of fewer than `full` the stream rests for twice as long as the batch took, at most `longestRestMs`:
 * on an idle machine that is a few milliseconds, under a rush the next batch is several times as large for the same price. The first batch after a sleep never waits.
 */
export function stream(name: string, work: () => Promise<number>, wake: (listener: () => void) => void, log: Log, idleMs: number, full: number, longestRestMs = LONGEST_REST_MS): Stream {
  let stopped = false, rouse: (() => void) | null = null, woken = false;
  wake(() => { woken = true; rouse?.(); });
  const loop = (async () => {
    for (let failures = 0; !stopped;) {
      woken = false;
      let wait = idleMs;
      try {
        const began = performance.now(), done = await work();
        failures = 0;
        if (done > 0) {
          if (done < full) await new Promise((resolve) => { setTimeout(resolve, Math.min(2 * (performance.now() - began), longestRestMs)); });
          continue;
        }
      } catch (error) {
        if (stopped) break;
        failures++;
        wait = Math.min(250 * 2 ** failures, 10_000);
        log.error({ stream: name, error: (error as Error).message }, 'stream stumbled, trying again');
      }
      if (woken && wait === idleMs) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        rouse = () => { clearTimeout(timer); resolve(); };
      });
      rouse = null;
    }
  })();
  return { async stop() { stopped = true; rouse?.(); await loop; } };
}

/** A stream woken by its own channel, looking by itself every second. Documents of warehouses come one a round: each is as full as it gets. */
export function streamOf(name: 'push' | 'feed' | 'orders-out' | 'fulfil' | 'alerts', hub: Hub, work: () => Promise<number>, log: Log): Stream {
  return stream(name, work, (listener) => hub.on(name, listener), log, 1_000, name === 'feed' ? 1 : 50, name === 'push' ? REST_OF_PUSHES_MS : LONGEST_REST_MS);
}

export function streamInbox(hub: Hub, apply: () => Promise<number>, log: Log): Stream {
  return stream('inbox', apply, (listener) => hub.on('inbox', listener), log, 1_000, INBOX_BATCH);
}

export function streamPlaces(hub: Hub, place: () => Promise<number>, log: Log): Stream {
  return stream('place', place, (listener) => hub.on('place', listener), log, 500, 200);
}
