/** Long jobs on pg-boss: flows as queues, cron, retries, dead letters; any number of worker processes on one database. */
import { PgBoss } from 'pg-boss';
import { SteadyClient } from '../store/db.ts';
import type { Flow } from './flow.ts';
import { steadyListen } from './jobs-listener.ts';
import { runFlow, type House } from './run-flow.ts';

export interface Jobs {
  /** Soon, or after so many seconds; asking again while one run waits is asking once, and leaves the time of that run. */
  enqueue(flow: string, storeId: number, trigger?: string, afterSeconds?: number): Promise<void>;
  /** Starts working the flows and, in one process at a time, their schedules. */
  work(flows: readonly Flow[], house: House, storeIds: (flow: Flow) => Promise<number[]>): Promise<void>;
  stop(): Promise<void>;
}

interface Payload { storeId: number; trigger: string }

export async function openJobs(connectionString: string, onError: (error: unknown) => void): Promise<Jobs> {
  const boss = new PgBoss({ connectionString, schema: 'jobs', max: 4, application_name: 'instep-jobs', useListenNotify: true, Client: SteadyClient } as ConstructorParameters<typeof PgBoss>[0]);
  boss.on('error', onError);
  boss.getDb().listen = (channel, onNotification, onConnected) => steadyListen(connectionString, channel, onNotification, onConnected);
  await boss.start();
  const known = new Set<string>();
  async function queue(name: string): Promise<void> {
    if (known.has(name)) return;
    known.add(name);
    await boss.createQueue(name, { policy: 'short', retryLimit: 5, retryDelay: 5, retryBackoff: true, retryDelayMax: 600, expireInSeconds: 7_200, heartbeatSeconds: 30, retentionSeconds: 604_800, notify: true });
  }
  return {
    async enqueue(flow, storeId, trigger = 'asked', afterSeconds = 0) {
      await queue(flow);
      // Policy "short": at most one waiting job per key, so asking twice before it starts is asking once.
      await boss.send(flow, { storeId, trigger } satisfies Payload, { singletonKey: String(storeId), ...(afterSeconds > 0 ? { startAfter: afterSeconds } : {}) });
    },
    async work(flows, house, storeIds) {
      for (const flow of flows) {
        await queue(flow.name);
        await boss.work<Payload>(flow.name, { batchSize: 1, pollingIntervalSeconds: 2 }, async ([job]) => {
          const result = await runFlow(house, flow, job!.data.storeId, job!.data.trigger);
          return result?.runId ?? 'already running';
        });
        if (!('cron' in flow.schedule)) continue;
        const fan = `${flow.name}.every-store`;
        await queue(fan);
        await boss.work(fan, { batchSize: 1, pollingIntervalSeconds: 2 }, async () => {
          for (const storeId of await storeIds(flow)) await boss.send(flow.name, { storeId, trigger: 'schedule' } satisfies Payload, { singletonKey: String(storeId) });
        });
        await boss.schedule(fan, flow.schedule.cron, null, { tz: 'UTC' });
      }
    },
    async stop() { await boss.stop({ graceful: true, timeout: 10_000 }); },
  };
}
